package sqlite

import (
	"context"
	"database/sql"

	"afterbeep/store"
)

// Bots implements store.Bots.
func (s *Store) Bots(ctx context.Context) ([]store.Bot, error) {
	var bots []store.Bot
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT id, account_id, base_url, client_id, sealed, alg, jti, region, time_zone, schedule, created_at, created_by
			FROM bots ORDER BY id`, nil, func(rows *sql.Rows) error {
			var b store.Bot
			err := rows.Scan(&b.ID, &b.AccountID, &b.BaseURL, &b.ClientID, &b.Sealed, &b.Alg, &b.JTI, &b.Region, &b.TimeZone,
				&b.Schedule, at(&b.CreatedAt), &b.CreatedBy)
			bots = append(bots, b)
			return err
		})
	})
	if err != nil {
		return nil, wrap("list bots", err)
	}
	return bots, nil
}

// SaveBot implements store.Bots.
func (s *Store) SaveBot(ctx context.Context, b store.Bot) error {
	b, err := b.Clean()
	if err != nil {
		return wrap("save bot", err)
	}
	return wrap("save bot", s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO bots
				(id, account_id, base_url, client_id, sealed, alg, jti, region, time_zone, schedule, created_at, created_by)
			VALUES (?,?,?,?,?,?,?,?,?,?,?,?)
			ON CONFLICT (id) DO UPDATE SET account_id = excluded.account_id, base_url = excluded.base_url,
				client_id = excluded.client_id, sealed = excluded.sealed, alg = excluded.alg, jti = excluded.jti,
				region = excluded.region, time_zone = excluded.time_zone, schedule = excluded.schedule`,
			b.ID, b.AccountID, b.BaseURL, b.ClientID, b.Sealed, b.Alg, b.JTI, b.Region, b.TimeZone, b.Schedule,
			known(s.now()), b.CreatedBy)
		return err
	}))
}

// DeleteBot implements store.Bots.
func (s *Store) DeleteBot(ctx context.Context, id string) error {
	return wrap("delete bot", s.inTx(ctx, func(tx *sql.Tx) error {
		n, err := affected(tx.ExecContext(ctx, `DELETE FROM bots WHERE id = ?`, store.CleanText(id)))
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return err
	}))
}
