package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"afterbeep/store"
)

const backfillColumns = `id, account_id, from_at, to_at, state, asked_by, asked_at, changed_at`

// scanBackfill reads backfillColumns with a row's Scan.
func scanBackfill(scan func(...any) error) (store.Backfill, error) {
	var b store.Backfill
	err := scan(&b.ID, &b.AccountID, at(&b.From), at(&b.To), &b.State, &b.AskedBy, at(&b.AskedAt), at(&b.ChangedAt))
	return b, err
}

// AddBackfill implements store.Backfills.
func (s *Store) AddBackfill(ctx context.Context, b store.Backfill) (store.Backfill, error) {
	b, err := b.Clean()
	if err != nil {
		return store.Backfill{}, wrap("add backfill", err)
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		had, err := scanBackfill(tx.QueryRowContext(ctx, `SELECT `+backfillColumns+` FROM backfills
			WHERE account_id = ? AND from_at = ? AND to_at = ? AND state <> 'done' ORDER BY id LIMIT 1`,
			b.AccountID, known(b.From), known(b.To)).Scan)
		switch {
		case err == nil:
			b = had.Turn(store.BackfillOpen, now)
			return saveBackfill(ctx, tx, b)
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		b.State, b.AskedAt, b.ChangedAt = store.BackfillOpen, now, now
		return tx.QueryRowContext(ctx, `INSERT INTO backfills (account_id, from_at, to_at, state, asked_by, asked_at, changed_at)
			VALUES (?,?,?,?,?,?,?) RETURNING id`,
			b.AccountID, known(b.From), known(b.To), b.State, b.AskedBy, known(now), known(now)).Scan(&b.ID)
	})
	if err != nil {
		return store.Backfill{}, wrap("add backfill", err)
	}
	return b, nil
}

func saveBackfill(ctx context.Context, tx *sql.Tx, b store.Backfill) error {
	_, err := tx.ExecContext(ctx, `UPDATE backfills SET state = ?, changed_at = ? WHERE id = ?`, b.State, known(b.ChangedAt), b.ID)
	return err
}

// Backfills implements store.Backfills.
func (s *Store) Backfills(ctx context.Context, account string) ([]store.Backfill, error) {
	account = store.CleanText(account)
	var list []store.Backfill
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT `+backfillColumns+` FROM (SELECT * FROM backfills WHERE ?1 = '' OR account_id = ?1
			ORDER BY state = 'done', asked_at DESC, id DESC LIMIT ?2) ORDER BY asked_at DESC, id DESC`,
			[]any{account, store.MaxBackfills}, func(rows *sql.Rows) error {
				b, err := scanBackfill(rows.Scan)
				list = append(list, b)
				return err
			})
	})
	if err != nil {
		return nil, wrap("list backfills", err)
	}
	return list, nil
}

// SetBackfill implements store.Backfills.
func (s *Store) SetBackfill(ctx context.Context, id int64, state store.BackfillState) error {
	if err := state.Check(); err != nil {
		return wrap("set backfill", err)
	}
	return wrap("set backfill", s.inTx(ctx, func(tx *sql.Tx) error {
		b, err := scanBackfill(tx.QueryRowContext(ctx, `SELECT `+backfillColumns+` FROM backfills WHERE id = ?`, id).Scan)
		if err != nil {
			return found(err)
		}
		return saveBackfill(ctx, tx, b.Turn(state, s.now()))
	}))
}
