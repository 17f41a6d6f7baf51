package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

const backfillColumns = `id, account_id, from_at, to_at, state, asked_by, asked_at, changed_at`

func scanBackfill(row pgx.Row) (store.Backfill, error) {
	var b store.Backfill
	err := row.Scan(&b.ID, &b.AccountID, at(&b.From), at(&b.To), &b.State, &b.AskedBy, at(&b.AskedAt), at(&b.ChangedAt))
	return b, err
}

// AddBackfill implements store.Backfills.
func (s *Store) AddBackfill(ctx context.Context, b store.Backfill) (store.Backfill, error) {
	b, err := b.Clean()
	if err != nil {
		return store.Backfill{}, fmt.Errorf("add backfill: %w", err)
	}
	var made store.Backfill
	err = s.inTx(ctx, "add backfill", func(ctx context.Context, t tx) error {
		// Two who ask for the same at once must get the same.
		if _, err := t.Exec(ctx, `LOCK TABLE backfills IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		had, err := scanBackfill(t.QueryRow(ctx, `SELECT `+backfillColumns+` FROM backfills
			WHERE account_id = $1 AND from_at = $2 AND to_at = $3 AND state <> 'done' ORDER BY id LIMIT 1`, b.AccountID, b.From, b.To))
		switch {
		case err == nil:
			made = had.Turn(store.BackfillOpen, now)
			return saveBackfill(ctx, t, made)
		case !errors.Is(err, pgx.ErrNoRows):
			return err
		}
		made = b
		made.State, made.AskedAt, made.ChangedAt = store.BackfillOpen, now, now
		return t.QueryRow(ctx, `INSERT INTO backfills (account_id, from_at, to_at, state, asked_by, asked_at, changed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id`,
			b.AccountID, b.From, b.To, made.State, b.AskedBy, now).Scan(&made.ID)
	})
	if err != nil {
		return store.Backfill{}, err
	}
	return made, nil
}

func saveBackfill(ctx context.Context, t tx, b store.Backfill) error {
	_, err := t.Exec(ctx, `UPDATE backfills SET state = $2, changed_at = $3 WHERE id = $1`, b.ID, b.State, b.ChangedAt)
	return err
}

// Backfills implements store.Backfills.
func (s *Store) Backfills(ctx context.Context, account string) ([]store.Backfill, error) {
	account = store.CleanText(account)
	var list []store.Backfill
	err := s.inView(ctx, "list backfills", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT `+backfillColumns+` FROM (SELECT * FROM backfills WHERE $1 = '' OR account_id = $1
			ORDER BY state = 'done', asked_at DESC, id DESC LIMIT $2) AS listed ORDER BY asked_at DESC, id DESC`, account, store.MaxBackfills)
		if err != nil {
			return err
		}
		list, err = pgx.AppendRows(list[:0], rows, func(r pgx.CollectableRow) (store.Backfill, error) { return scanBackfill(r) })
		return err
	})
	return list, err
}

// SetBackfill implements store.Backfills.
func (s *Store) SetBackfill(ctx context.Context, id int64, state store.BackfillState) error {
	if err := state.Check(); err != nil {
		return fmt.Errorf("set backfill: %w", err)
	}
	return s.inTx(ctx, "set backfill", func(ctx context.Context, t tx) error {
		b, err := scanBackfill(t.QueryRow(ctx, `SELECT `+backfillColumns+` FROM backfills WHERE id = $1 FOR UPDATE`, id))
		if err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		return saveBackfill(ctx, t, b.Turn(state, now))
	})
}
