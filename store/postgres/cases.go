package postgres

import (
	"context"
	"errors"
	"slices"
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

// caseReader reads what the rules of cases go by. It locks the links, and then the
// messages.
type caseReader struct{ tx }

var _ store.CaseReader = caseReader{}

// Now implements store.CaseReader.
func (r caseReader) Now(ctx context.Context) (time.Time, error) { return r.now(ctx) }

// Desk implements store.CaseReader.
func (r caseReader) Desk(ctx context.Context) (store.Desk, error) { return deskOf(ctx, r.tx) }

// Known implements store.CaseReader.
func (r caseReader) Known(ctx context.Context, id int64) (store.Known, error) {
	var finding string
	var works bool
	err := r.QueryRow(ctx, `SELECT COALESCE((SELECT body FROM findings WHERE voicemail_id = $1), ''),
		EXISTS (SELECT FROM callbacks WHERE voicemail_id = $1)`, id).Scan(&finding, &works)
	if err != nil {
		return store.Known{}, err
	}
	list, err := readCorrections(ctx, r.tx, `WHERE x.voicemail_id = $1`, id)
	if err != nil {
		return store.Known{}, err
	}
	return store.NewKnown(finding, works, list)
}

// Hold implements store.CaseReader.
func (r caseReader) Hold(ctx context.Context, id int64) (store.Callback, error) {
	if err := lockLinks(ctx, r.tx); err != nil {
		return store.Callback{}, err
	}
	caseID, err := caseOf(ctx, r.tx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return store.Callback{}, store.ErrNotFound
	}
	if err != nil {
		return store.Callback{}, err
	}
	list, err := r.Cases(ctx, []int64{caseID})
	if err != nil {
		return store.Callback{}, err
	}
	at := slices.IndexFunc(list, func(c store.Callback) bool { return c.VoicemailID == id })
	if at < 0 {
		return store.Callback{}, errRaced // it was erased, or joined to another case
	}
	return list[at], nil
}

func caseOf(ctx context.Context, t tx, id int64) (caseID int64, err error) {
	err = t.QueryRow(ctx, `SELECT case_id FROM callbacks WHERE voicemail_id = $1`, id).Scan(&caseID)
	return caseID, err
}

// Cases implements store.CaseReader.
func (r caseReader) Cases(ctx context.Context, caseIDs []int64) ([]store.Callback, error) {
	return lockCases(ctx, r.tx, caseIDs)
}

// LinkedCases implements store.CaseReader.
func (r caseReader) LinkedCases(ctx context.Context, c store.Callback, own, others []string) ([]int64, error) {
	rows, err := r.Query(ctx, `SELECT case_id FROM callbacks WHERE case_id = $4
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

// NamesSaid implements store.CaseReader.
func (r caseReader) NamesSaid(ctx context.Context, n store.Names, id int64) error {
	rows, err := r.Query(ctx, `SELECT caller, who FROM findings WHERE caller = ANY($1) AND caller <> '' AND who <> '' AND voicemail_id <> $2
		UNION SELECT number, who FROM findings WHERE number = ANY($1) AND number <> '' AND who <> '' AND voicemail_id <> $2`, n.Numbers(), id)
	if err != nil {
		return err
	}
	var number, name string
	_, err = pgx.ForEachRow(rows, []any{&number, &name}, func() error {
		n.Used(number, name)
		return nil
	})
	return err
}

// Tried implements store.CaseReader.
func (r caseReader) Tried(ctx context.Context, ids []int64, number string, since time.Time) (n int, err error) {
	err = r.QueryRow(ctx, `SELECT count(DISTINCT at) FILTER (WHERE verb = 'attempt') - count(DISTINCT at) FILTER (WHERE verb = 'undo')
		FROM (SELECT verb, at FROM callback_events WHERE voicemail_id = ANY($1) AND at >= $3 AND (verb = 'attempt' OR verb = 'undo' AND detail = 'attempt')
			UNION SELECT verb, at FROM callback_events WHERE number = $2 AND number <> '' AND at >= $3
				AND verb IN ('attempt', 'undo') AND (verb = 'attempt' OR detail = 'attempt')) AS tries`, ids, number, since).Scan(&n)
	return n, err
}

// CorrectionsOf implements store.CaseReader.
func (r caseReader) CorrectionsOf(ctx context.Context, ids []int64) ([]store.Correction, error) {
	return readCorrections(ctx, r.tx, `WHERE x.voicemail_id = ANY($1)`, ids)
}

// Lasts implements store.CaseReader.
func (r caseReader) Lasts(ctx context.Context, ids []int64, x *store.CaseAct) error {
	rows, err := r.Query(ctx, `SELECT id, voicemail_id, at, done_by, verb, status_from, status_to, detail, before FROM callback_events
		WHERE id IN (SELECT max(id) FROM callback_events WHERE voicemail_id = ANY($1) AND verb = ANY($2) GROUP BY voicemail_id)`, ids, store.Undoable())
	if err != nil {
		return err
	}
	var e store.CallbackEvent
	var before string
	_, err = pgx.ForEachRow(rows, []any{&e.ID, &e.VoicemailID, at(&e.At), &e.By, &e.Verb, &e.From, &e.To, &e.Detail, &before}, func() error {
		m := x.Member(e.VoicemailID)
		if m == nil {
			return nil
		}
		m.Last, err = e, nil
		m.Before, err = store.DecodeBefore(before)
		return err
	})
	return err
}
