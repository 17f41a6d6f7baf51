package sqlite

import (
	"context"
	"database/sql"
	"time"

	"afterbeep/store"
)

// readCases reads the messages of the cases. Nobody else writes meanwhile.
func readCases(ctx context.Context, tx *sql.Tx, caseIDs []int64) ([]store.Callback, error) {
	if len(caseIDs) == 0 {
		return nil, nil
	}
	return readCallbacks(ctx, tx, `SELECT `+callbackColumns+` FROM callbacks WHERE case_id IN (`+marks(len(caseIDs))+`) ORDER BY voicemail_id`, anys(caseIDs)...)
}

// linked is what putting a message into a case has looked at and what it makes of it.
type linked struct {
	had, after []store.Callback
	events     []store.CallbackEvent
}

// linkCase puts c, which has just come into the work or has other numbers now, into
// the case that it belongs to. who is the name that the caller said.
func linkCase(ctx context.Context, tx *sql.Tx, c store.Callback, isNew bool, who string, now time.Time) (linked, error) {
	shared, err := sharedNumbers(ctx, tx, []store.Callback{c}, c, who)
	if err != nil {
		return linked{}, err
	}
	ids, err := linkedCases(ctx, tx, c, shared)
	if err != nil {
		return linked{}, err
	}
	had, err := readCases(ctx, tx, ids)
	if err != nil {
		return linked{}, err
	}
	l := store.Linking{Members: store.WithCallback(had, c)}
	if len(l.Members) > store.MaxCase {
		return linked{had, l.Members, nil}, nil
	}
	if isNew {
		l.New = c.VoicemailID
	}
	if l.Shared, err = sharedNumbers(ctx, tx, l.Members, c, who); err != nil {
		return linked{}, err
	}
	after, events := l.Link(now)
	return linked{had, after, events}, nil
}

// linkedCases are the cases that a message may belong to, and those that a shared
// number had linked.
func linkedCases(ctx context.Context, tx *sql.Tx, c store.Callback, shared map[string]bool) ([]int64, error) {
	own, others := store.SplitLinks(c, shared)
	query, args := `SELECT case_id FROM callbacks WHERE case_id = ?`, []any{c.CaseID}
	for _, column := range []string{`caller`, `number`} {
		if len(own) > 0 {
			query += ` UNION SELECT case_id FROM callbacks WHERE bot_id = ? AND ` + column + ` <> '' AND ` + column + ` IN (` + marks(len(own)) + `)`
			args = append(append(args, c.BotID), anys(own)...)
		}
		if len(others) > 0 {
			query += ` UNION SELECT case_id FROM callbacks WHERE bot_id = ? AND ` + column + ` <> '' AND ` + column + ` IN (` + marks(len(others)) +
				`) AND case_id <> voicemail_id`
			args = append(append(args, c.BotID), anys(others)...)
		}
	}
	var ids []int64
	err := each(ctx, tx, query+` LIMIT ?`, append(args, store.MaxCase), func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// sharedNumbers are those by which no messages are linked: as the desk says, and
// as the names do that callers have said.
func sharedNumbers(ctx context.Context, tx *sql.Tx, members []store.Callback, c store.Callback, who string) (map[string]bool, error) {
	d, err := deskOf(ctx, tx)
	if err != nil {
		return nil, err
	}
	names := store.NewNames(members)
	names.Add(c, who)
	err = readNames(ctx, tx, names, c.VoicemailID)
	return names.Shared(d), err
}

// readNames reads under which names the numbers are used, but for one voicemail.
func readNames(ctx context.Context, tx *sql.Tx, names store.Names, but int64) error {
	for _, number := range names.Numbers() {
		err := each(ctx, tx, `SELECT who FROM findings WHERE caller = ?1 AND caller <> '' AND who <> '' AND voicemail_id <> ?2
			UNION SELECT who FROM findings WHERE number = ?1 AND number <> '' AND who <> '' AND voicemail_id <> ?2`, []any{number, but},
			func(rows *sql.Rows) error {
				var name string
				err := rows.Scan(&name)
				names.Used(number, name)
				return err
			})
		if err != nil {
			return err
		}
	}
	return nil
}
