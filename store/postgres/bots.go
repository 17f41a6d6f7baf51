package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// Bots implements store.Bots.
func (s *Store) Bots(ctx context.Context) ([]store.Bot, error) {
	var bots []store.Bot
	err := s.inView(ctx, "list bots", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT id, account_id, base_url, client_id, sealed, alg, jti, region, time_zone, schedule, created_at, created_by
			FROM bots ORDER BY id`)
		if err != nil {
			return err
		}
		bots, err = pgx.AppendRows(bots[:0], rows, func(r pgx.CollectableRow) (store.Bot, error) {
			var b store.Bot
			err := r.Scan(&b.ID, &b.AccountID, &b.BaseURL, &b.ClientID, &b.Sealed, &b.Alg, &b.JTI, &b.Region, &b.TimeZone,
				&b.Schedule, at(&b.CreatedAt), &b.CreatedBy)
			return b, err
		})
		return err
	})
	return bots, err
}

// SaveBot implements store.Bots.
func (s *Store) SaveBot(ctx context.Context, b store.Bot) error {
	b, err := b.Clean()
	if err != nil {
		return fmt.Errorf("save bot: %w", err)
	}
	return s.inTx(ctx, "save bot", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		_, err = t.Exec(ctx, `INSERT INTO bots
				(id, account_id, base_url, client_id, sealed, alg, jti, region, time_zone, schedule, created_at, created_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
			ON CONFLICT (id) DO UPDATE SET account_id = excluded.account_id, base_url = excluded.base_url,
				client_id = excluded.client_id, sealed = excluded.sealed, alg = excluded.alg, jti = excluded.jti,
				region = excluded.region, time_zone = excluded.time_zone, schedule = excluded.schedule`,
			b.ID, b.AccountID, b.BaseURL, b.ClientID, b.Sealed, b.Alg, b.JTI, b.Region, b.TimeZone, b.Schedule, now, b.CreatedBy)
		return err
	})
}

// DeleteBot implements store.Bots.
func (s *Store) DeleteBot(ctx context.Context, id string) error {
	return s.inTx(ctx, "delete bot", func(ctx context.Context, t tx) error {
		done, err := t.Exec(ctx, `DELETE FROM bots WHERE id = $1`, store.CleanText(id))
		if err == nil && done.RowsAffected() == 0 {
			err = store.ErrNotFound
		}
		return err
	})
}
