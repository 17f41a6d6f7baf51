package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// Desk implements store.Callbacks.
func (s *Store) Desk(ctx context.Context) (store.Desk, error) {
	var d store.Desk
	err := s.inView(ctx, "read how the house works", func(ctx context.Context, t tx) (err error) {
		d, err = deskOf(ctx, t)
		return err
	})
	return d, err
}

func deskOf(ctx context.Context, t tx) (store.Desk, error) {
	var body string
	if err := t.QueryRow(ctx, `SELECT COALESCE(max(body), '') FROM desk`).Scan(&body); err != nil {
		return store.Desk{}, err
	}
	return store.DecodeDesk(body)
}

// SaveDesk implements store.Callbacks.
func (s *Store) SaveDesk(ctx context.Context, d store.Desk) error {
	d, err := d.Clean()
	if err != nil {
		return fmt.Errorf("save how the house works: %w", err)
	}
	body, err := d.Encode()
	if err != nil {
		return fmt.Errorf("save how the house works: %w", err)
	}
	return s.inTx(ctx, "save how the house works", func(ctx context.Context, t tx) error {
		if err := lockLinks(ctx, t); err != nil {
			return err
		}
		had, err := deskOf(ctx, t)
		if err != nil {
			return err
		}
		if _, err := t.Exec(ctx, `INSERT INTO desk (one, body) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET body = excluded.body`, body); err != nil {
			return err
		}
		return relinkNumbers(ctx, t, store.Differing(had.Shared, d.Shared))
	})
}

// relinkNumbers puts those messages into cases anew that use numbers which are
// shared now, or aren't any more. The links are locked.
func relinkNumbers(ctx context.Context, t tx, numbers []string) error {
	var all []store.Callback
	for _, number := range numbers {
		rows, err := t.Query(ctx, `SELECT voicemail_id FROM callbacks WHERE caller = $1 OR number = $1
			ORDER BY left_at DESC, voicemail_id LIMIT $2`, number, store.MaxCase)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		for len(ids) > 0 {
			l, err := (caseReader{t}).relink(ctx, ids[0])
			if err != nil {
				return err
			}
			all = append(all, store.ChangedCallbacks(l.Had, l.After)...)
			ids = slices.DeleteFunc(ids[1:], func(id int64) bool { return store.OfCase(l.After, id) != nil })
		}
	}
	b := &pgx.Batch{}
	numberCallbacks(b, all)
	return t.run(ctx, b)
}

// relink puts a message into a case anew, and writes what that changes but for the
// numbers of the changes. The links are locked.
func (r caseReader) relink(ctx context.Context, id int64) (store.Linked, error) {
	l, err := r.work(ctx, store.AllBots(), id, false)
	if err != nil {
		return store.Linked{}, err
	}
	if l, err = store.Relink(ctx, r, l, id); err != nil {
		return store.Linked{}, err
	}
	b := &pgx.Batch{}
	queueCallbacks(b, store.ChangedCallbacks(l.Had, l.After))
	return l, r.run(ctx, b)
}
