package sqlite

import (
	"context"
	"database/sql"
	"slices"

	"afterbeep/store"
)

// Desk implements store.Callbacks.
func (s *Store) Desk(ctx context.Context) (store.Desk, error) {
	var d store.Desk
	err := s.inView(ctx, func(tx *sql.Tx) (err error) {
		d, err = deskOf(ctx, tx)
		return err
	})
	return d, wrap("read how the house works", err)
}

func deskOf(ctx context.Context, tx *sql.Tx) (store.Desk, error) {
	var body string
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(body), '') FROM desk`).Scan(&body); err != nil {
		return store.Desk{}, err
	}
	return store.DecodeDesk(body)
}

// SaveDesk implements store.Callbacks.
func (s *Store) SaveDesk(ctx context.Context, d store.Desk) error {
	d, err := d.Clean()
	if err != nil {
		return wrap("save how the house works", err)
	}
	body, err := d.Encode()
	if err != nil {
		return wrap("save how the house works", err)
	}
	return wrap("save how the house works", s.inTx(ctx, func(tx *sql.Tx) error {
		had, err := deskOf(ctx, tx)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO desk (one, body) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET body = excluded.body`, body); err != nil {
			return err
		}
		return s.relinkNumbers(ctx, tx, store.Differing(had.Shared, d.Shared))
	}))
}

// relinkNumbers puts those messages into cases anew that use numbers which are
// shared now, or aren't any more.
func (s *Store) relinkNumbers(ctx context.Context, tx *sql.Tx, numbers []string) error {
	var all []store.Callback
	for _, number := range numbers {
		var ids []int64
		err := each(ctx, tx, `SELECT voicemail_id FROM callbacks WHERE caller = ?1 OR number = ?1 ORDER BY left_at DESC, voicemail_id LIMIT ?2`,
			[]any{number, store.MaxCase}, func(rows *sql.Rows) error {
				var id int64
				err := rows.Scan(&id)
				ids = append(ids, id)
				return err
			})
		if err != nil {
			return err
		}
		for len(ids) > 0 {
			l, err := (caseReader{tx, s.now()}).relink(ctx, ids[0])
			if err != nil {
				return err
			}
			all = append(all, store.ChangedCallbacks(l.Had, l.After)...)
			ids = slices.DeleteFunc(ids[1:], func(id int64) bool { return store.OfCase(l.After, id) != nil })
		}
	}
	return numberCallbacks(ctx, tx, all)
}

// relink puts a message into a case anew, and writes what that changes but for the
// numbers of the changes.
func (r caseReader) relink(ctx context.Context, id int64) (store.Linked, error) {
	l, err := r.work(ctx, store.AllBots(), id)
	if err != nil {
		return store.Linked{}, err
	}
	if l, err = store.Relink(ctx, r, l, id); err != nil {
		return store.Linked{}, err
	}
	return l, saveCallbacks(ctx, r.tx, store.ChangedCallbacks(l.Had, l.After))
}
