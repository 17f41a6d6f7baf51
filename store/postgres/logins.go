package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// CreateLogin implements store.People.
func (s *Store) CreateLogin(ctx context.Context, l store.Login) error {
	l = l.Clean()
	return s.inTx(ctx, "create login", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		// Those that another transaction is dropping need not be waited for.
		_, err = t.Exec(ctx, `DELETE FROM logins WHERE hash IN (SELECT hash FROM logins WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)`, now)
		if err != nil {
			return err
		}
		_, err = t.Exec(ctx, `INSERT INTO logins (hash, user_id, expires_at, created_at, remote, agent) VALUES ($1, $2, $3, $4, $5, $6)`,
			l.Hash, l.UserID, l.ExpiresAt, now, l.Remote, l.Agent)
		return taken(err)
	})
}

// LoginUser implements store.People.
func (s *Store) LoginUser(ctx context.Context, hash string) (store.User, error) {
	return s.holder(ctx, "find login", `SELECT `+userColumns+` FROM logins h JOIN users u ON u.id = h.user_id
		WHERE h.hash = $1 AND h.expires_at > $2 AND NOT u.disabled`, hash)
}

// holder is the user of a secret that has not expired.
func (s *Store) holder(ctx context.Context, op, query, hash string) (store.User, error) {
	var u store.User
	err := s.inView(ctx, op, func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		u, err = scanUser(t.QueryRow(ctx, query, store.CleanText(hash), now))
		return err
	})
	return u, err
}

// DeleteLogin implements store.People.
func (s *Store) DeleteLogin(ctx context.Context, hash string) error {
	return s.inTx(ctx, "delete login", func(ctx context.Context, t tx) error {
		_, err := t.Exec(ctx, `DELETE FROM logins WHERE hash = $1`, store.CleanText(hash))
		return err
	})
}

// Logins implements store.People.
func (s *Store) Logins(ctx context.Context, userID int64) ([]store.Login, error) {
	var logins []store.Login
	err := s.inView(ctx, "list logins", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		rows, err := t.Query(ctx, `SELECT hash, user_id, expires_at, created_at, remote, agent FROM logins
			WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC NULLS LAST, hash`, userID, now)
		if err != nil {
			return err
		}
		logins, err = pgx.AppendRows(logins[:0], rows, func(r pgx.CollectableRow) (store.Login, error) {
			var l store.Login
			err := r.Scan(&l.Hash, &l.UserID, at(&l.ExpiresAt), at(&l.CreatedAt), &l.Remote, &l.Agent)
			return l, err
		})
		return err
	})
	return logins, err
}

// EndLogins implements store.People.
func (s *Store) EndLogins(ctx context.Context, userID int64, keep string) (int, error) {
	var ended int
	err := s.inTx(ctx, "end logins", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		return t.QueryRow(ctx, `WITH gone AS (DELETE FROM logins WHERE user_id = $1 AND hash <> $2 RETURNING expires_at)
			SELECT count(*) FROM gone WHERE expires_at > $3`, userID, store.CleanText(keep), now).Scan(&ended)
	})
	return ended, err
}

// CreateToken implements store.People.
func (s *Store) CreateToken(ctx context.Context, a store.APIToken) error {
	a = a.Clean()
	return s.inTx(ctx, "create token", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		_, err = t.Exec(ctx, `INSERT INTO api_tokens (id, hash, user_id, expires_at, created_at, name) VALUES ($1, $2, $3, $4, $5, $6)`,
			a.ID, a.Hash, a.UserID, a.ExpiresAt, now, a.Name)
		return taken(err)
	})
}

// TokenUser implements store.People.
func (s *Store) TokenUser(ctx context.Context, hash string) (store.User, error) {
	return s.holder(ctx, "find token", `SELECT `+userColumns+` FROM api_tokens h JOIN users u ON u.id = h.user_id
		WHERE h.hash = $1 AND h.expires_at > $2 AND NOT u.disabled`, hash)
}

// Tokens implements store.People.
func (s *Store) Tokens(ctx context.Context, userID int64) ([]store.APIToken, error) {
	var tokens []store.APIToken
	err := s.inView(ctx, "list tokens", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT id, hash, user_id, expires_at, created_at, name FROM api_tokens
			WHERE user_id = $1 ORDER BY created_at DESC NULLS LAST, id`, userID)
		if err != nil {
			return err
		}
		tokens, err = pgx.AppendRows(tokens[:0], rows, func(r pgx.CollectableRow) (store.APIToken, error) {
			var a store.APIToken
			err := r.Scan(&a.ID, &a.Hash, &a.UserID, at(&a.ExpiresAt), at(&a.CreatedAt), &a.Name)
			return a, err
		})
		return err
	})
	return tokens, err
}

// RevokeToken implements store.People.
func (s *Store) RevokeToken(ctx context.Context, id string) error {
	return s.inTx(ctx, "revoke token", func(ctx context.Context, t tx) error {
		done, err := t.Exec(ctx, `DELETE FROM api_tokens WHERE id = $1`, store.CleanText(id))
		if err == nil && done.RowsAffected() == 0 {
			return store.ErrNotFound
		}
		return err
	})
}
