package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// linkLock keeps those apart who put messages into cases: two first messages of a
// caller would not see each other.
const linkLock = 0x61667462_6c696e6b

func lockLinks(ctx context.Context, t tx) error {
	_, err := t.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(linkLock))
	return err
}

// lockCases locks the messages of the cases and returns them as they are then.
// It is asked twice, because whoever waits for a lock doesn't see what was added
// meanwhile.
func lockCases(ctx context.Context, t tx, caseIDs []int64) ([]store.Callback, error) {
	const query = `SELECT ` + callbackColumns + ` FROM callbacks WHERE case_id = ANY($1) ORDER BY voicemail_id FOR UPDATE`
	if len(caseIDs) == 0 {
		return nil, nil
	}
	var list []store.Callback
	b := &pgx.Batch{}
	b.Queue(query, caseIDs)
	b.Queue(query, caseIDs).Query(func(rows pgx.Rows) (err error) {
		list, err = pgx.CollectRows(rows, scanCallback)
		return err
	})
	err := t.run(ctx, b)
	return list, err
}

// linked is what putting a message into a case has looked at and what it makes of it.
type linked struct {
	had, after []store.Callback
	events     []store.CallbackEvent
}

// linkCase puts c, which has just come into the work or has other numbers now, into
// the case that it belongs to. who is the name that the caller said. The links are
// locked, and then the messages.
func linkCase(ctx context.Context, t tx, c store.Callback, isNew bool, who string, now time.Time) (linked, error) {
	shared, err := sharedNumbers(ctx, t, []store.Callback{c}, c, who)
	if err != nil {
		return linked{}, err
	}
	ids, err := linkedCases(ctx, t, c, shared)
	if err != nil {
		return linked{}, err
	}
	had, err := lockCases(ctx, t, ids)
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
	if l.Shared, err = sharedNumbers(ctx, t, l.Members, c, who); err != nil {
		return linked{}, err
	}
	after, events := l.Link(now)
	return linked{had, after, events}, nil
}

// linkedCases are the cases that a message may belong to, and those that a shared
// number had linked.
func linkedCases(ctx context.Context, t tx, c store.Callback, shared map[string]bool) ([]int64, error) {
	own, others := store.SplitLinks(c, shared)
	rows, err := t.Query(ctx, `SELECT case_id FROM callbacks WHERE case_id = $4
		UNION SELECT case_id FROM callbacks WHERE bot_id = $1 AND caller = ANY($2) AND caller <> ''
		UNION SELECT case_id FROM callbacks WHERE bot_id = $1 AND number = ANY($2) AND number <> ''
		UNION SELECT case_id FROM callbacks WHERE bot_id = $1 AND caller = ANY($3) AND caller <> '' AND case_id <> voicemail_id
		UNION SELECT case_id FROM callbacks WHERE bot_id = $1 AND number = ANY($3) AND number <> '' AND case_id <> voicemail_id LIMIT $5`,
		c.BotID, own, others, c.CaseID, store.MaxCase)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// sharedNumbers are those by which no messages are linked: as the desk says, and
// as the names do that callers have said.
func sharedNumbers(ctx context.Context, t tx, members []store.Callback, c store.Callback, who string) (map[string]bool, error) {
	d, err := deskOf(ctx, t)
	if err != nil {
		return nil, err
	}
	names := store.NewNames(members)
	names.Add(c, who)
	err = readNames(ctx, t, names, c.VoicemailID)
	return names.Shared(d), err
}

// readNames reads under which names the numbers are used, but for one voicemail.
func readNames(ctx context.Context, t tx, names store.Names, but int64) error {
	rows, err := t.Query(ctx, `SELECT caller, who FROM findings WHERE caller = ANY($1) AND caller <> '' AND who <> '' AND voicemail_id <> $2
		UNION SELECT number, who FROM findings WHERE number = ANY($1) AND number <> '' AND who <> '' AND voicemail_id <> $2`, names.Numbers(), but)
	if err != nil {
		return err
	}
	var number, name string
	_, err = pgx.ForEachRow(rows, []any{&number, &name}, func() error {
		names.Used(number, name)
		return nil
	})
	return err
}
