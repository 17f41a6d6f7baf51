package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"afterbeep/store"
)

// caseReader reads what the rules of cases go by. Nobody else writes meanwhile.
type caseReader struct {
	tx  *sql.Tx
	now time.Time
}

var _ store.CaseReader = caseReader{}

// Now implements store.CaseReader.
func (r caseReader) Now(context.Context) (time.Time, error) { return r.now, nil }

// Desk implements store.CaseReader.
func (r caseReader) Desk(ctx context.Context) (store.Desk, error) { return deskOf(ctx, r.tx) }

// Known implements store.CaseReader.
func (r caseReader) Known(ctx context.Context, id int64) (store.Known, error) {
	var finding string
	var works bool
	err := r.tx.QueryRowContext(ctx, `SELECT coalesce((SELECT body FROM findings WHERE voicemail_id = ?1), ''),
		EXISTS (SELECT 1 FROM callbacks WHERE voicemail_id = ?1)`, id).Scan(&finding, &works)
	if err != nil {
		return store.Known{}, err
	}
	list, err := readCorrections(ctx, r.tx, `WHERE x.voicemail_id = ?`, id)
	if err != nil {
		return store.Known{}, err
	}
	return store.NewKnown(finding, works, list)
}

// Hold implements store.CaseReader.
func (r caseReader) Hold(ctx context.Context, id int64) (store.Callback, error) {
	list, err := readCallbacks(ctx, r.tx, `SELECT `+callbackColumns+` FROM callbacks WHERE voicemail_id = ?`, id)
	if err != nil {
		return store.Callback{}, err
	}
	if len(list) == 0 {
		return store.Callback{}, store.ErrNotFound
	}
	return list[0], nil
}

// Cases implements store.CaseReader.
func (r caseReader) Cases(ctx context.Context, caseIDs []int64) ([]store.Callback, error) {
	if len(caseIDs) == 0 {
		return nil, nil
	}
	return readCallbacks(ctx, r.tx, `SELECT `+callbackColumns+` FROM callbacks WHERE case_id IN (`+marks(len(caseIDs))+`) ORDER BY voicemail_id`, anys(caseIDs)...)
}

// LinkedCases implements store.CaseReader.
func (r caseReader) LinkedCases(ctx context.Context, c store.Callback, own, others []string) ([]int64, error) {
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
	err := each(ctx, r.tx, query+` LIMIT ?`, append(args, store.MaxCase), func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// NamesSaid implements store.CaseReader.
func (r caseReader) NamesSaid(ctx context.Context, n store.Names, id int64) error {
	for _, number := range n.Numbers() {
		err := each(ctx, r.tx, `SELECT who FROM findings WHERE caller = ?1 AND caller <> '' AND who <> '' AND voicemail_id <> ?2
			UNION SELECT who FROM findings WHERE number = ?1 AND number <> '' AND who <> '' AND voicemail_id <> ?2`, []any{number, id},
			func(rows *sql.Rows) error {
				var name string
				err := rows.Scan(&name)
				n.Used(number, name)
				return err
			})
		if err != nil {
			return err
		}
	}
	return nil
}

// Tried implements store.CaseReader.
func (r caseReader) Tried(ctx context.Context, ids []int64, number string, since time.Time) (n int, err error) {
	args := append(anys(ids), known(since), number, known(since))
	err = r.tx.QueryRowContext(ctx, `SELECT count(DISTINCT at) FILTER (WHERE verb = 'attempt') - count(DISTINCT at) FILTER (WHERE verb = 'undo')
		FROM (SELECT verb, at FROM callback_events WHERE voicemail_id IN (`+marks(len(ids))+`) AND at >= ?
				AND (verb = 'attempt' OR verb = 'undo' AND detail = 'attempt')
			UNION SELECT verb, at FROM callback_events WHERE number = ? AND number <> '' AND at >= ?
				AND verb IN ('attempt', 'undo') AND (verb = 'attempt' OR detail = 'attempt')) AS tries`, args...).Scan(&n)
	return n, err
}

// CorrectionsOf implements store.CaseReader.
func (r caseReader) CorrectionsOf(ctx context.Context, ids []int64) ([]store.Correction, error) {
	return readCorrections(ctx, r.tx, `WHERE x.voicemail_id IN (`+marks(len(ids))+`)`, anys(ids)...)
}

// Lasts implements store.CaseReader.
func (r caseReader) Lasts(ctx context.Context, ids []int64, x *store.CaseAct) error {
	verbs := store.Undoable()
	return each(ctx, r.tx, `SELECT id, voicemail_id, at, done_by, verb, status_from, status_to, detail, before FROM callback_events
		WHERE id IN (SELECT max(id) FROM callback_events WHERE voicemail_id IN (`+marks(len(ids))+`) AND verb IN (`+marks(len(verbs))+`) GROUP BY voicemail_id)`,
		slices.Concat(anys(ids), anys(verbs)), func(rows *sql.Rows) error {
			var e store.CallbackEvent
			var before string
			err := rows.Scan(&e.ID, &e.VoicemailID, at(&e.At), &e.By, &e.Verb, &e.From, &e.To, &e.Detail, &before)
			if m := x.Member(e.VoicemailID); err == nil && m != nil {
				m.Last = e
				m.Before, err = store.DecodeBefore(before)
			}
			return err
		})
}
