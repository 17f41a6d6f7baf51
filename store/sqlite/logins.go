package sqlite

import (
	"context"
	"database/sql"

	"afterbeep/store"
)

// userExists is nil when there is a user with the id, else store.ErrNotFound.
func userExists(ctx context.Context, tx *sql.Tx, id int64) error {
	var one int
	return found(tx.QueryRowContext(ctx, `SELECT 1 FROM users WHERE id = ?`, id).Scan(&one))
}

// insertNew runs an INSERT that does nothing where a row is in the way;
// store.ErrExists then.
func insertNew(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	n, err := affected(tx.ExecContext(ctx, query, args...))
	if err == nil && n == 0 {
		err = store.ErrExists
	}
	return err
}

// CreateLogin implements store.People.
func (s *Store) CreateLogin(ctx context.Context, l store.Login) error {
	l = l.Clean()
	return wrap("create login", s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM logins WHERE expires_at <= ?`, known(s.now())); err != nil {
			return err
		}
		if err := userExists(ctx, tx, l.UserID); err != nil {
			return err
		}
		return insertNew(ctx, tx, `INSERT INTO logins (hash, user_id, expires_at, created_at, remote, agent) VALUES (?,?,?,?,?,?) ON CONFLICT DO NOTHING`,
			l.Hash, l.UserID, l.ExpiresAt.UnixMicro(), known(s.now()), l.Remote, l.Agent)
	}))
}

// LoginUser implements store.People.
func (s *Store) LoginUser(ctx context.Context, hash string) (store.User, error) {
	return s.user(ctx, `SELECT `+userColumns+` FROM logins l JOIN users u ON u.id = l.user_id
		WHERE l.hash = ? AND l.expires_at > ? AND NOT u.disabled`, store.CleanText(hash), known(s.now()))
}

// DeleteLogin implements store.People.
func (s *Store) DeleteLogin(ctx context.Context, hash string) error {
	return wrap("delete login", s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM logins WHERE hash = ?`, store.CleanText(hash))
		return err
	}))
}

// Logins implements store.People.
func (s *Store) Logins(ctx context.Context, userID int64) ([]store.Login, error) {
	var logins []store.Login
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT hash, user_id, expires_at, created_at, remote, agent FROM logins
			WHERE user_id = ? AND expires_at > ? ORDER BY coalesce(created_at, 0) DESC, hash`, []any{userID, known(s.now())}, func(rows *sql.Rows) error {
			var l store.Login
			err := rows.Scan(&l.Hash, &l.UserID, at(&l.ExpiresAt), at(&l.CreatedAt), &l.Remote, &l.Agent)
			logins = append(logins, l)
			return err
		})
	})
	if err != nil {
		return nil, wrap("list logins", err)
	}
	return logins, nil
}

// EndLogins implements store.People.
func (s *Store) EndLogins(ctx context.Context, userID int64, keep string) (int, error) {
	var ended int
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		keep := store.CleanText(keep)
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM logins WHERE user_id = ? AND hash <> ? AND expires_at > ?`,
			userID, keep, known(s.now())).Scan(&ended)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM logins WHERE user_id = ? AND hash <> ?`, userID, keep)
		return err
	})
	if err != nil {
		return 0, wrap("end logins", err)
	}
	return ended, nil
}

// CreateToken implements store.People.
func (s *Store) CreateToken(ctx context.Context, t store.APIToken) error {
	t = t.Clean()
	return wrap("create token", s.inTx(ctx, func(tx *sql.Tx) error {
		if err := userExists(ctx, tx, t.UserID); err != nil {
			return err
		}
		return insertNew(ctx, tx, `INSERT INTO api_tokens (id, hash, user_id, expires_at, created_at, name) VALUES (?,?,?,?,?,?) ON CONFLICT DO NOTHING`,
			t.ID, t.Hash, t.UserID, t.ExpiresAt.UnixMicro(), known(s.now()), t.Name)
	}))
}

// TokenUser implements store.People.
func (s *Store) TokenUser(ctx context.Context, hash string) (store.User, error) {
	return s.user(ctx, `SELECT `+userColumns+` FROM api_tokens t JOIN users u ON u.id = t.user_id
		WHERE t.hash = ? AND t.expires_at > ? AND NOT u.disabled`, store.CleanText(hash), known(s.now()))
}

// Tokens implements store.People.
func (s *Store) Tokens(ctx context.Context, userID int64) ([]store.APIToken, error) {
	var tokens []store.APIToken
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT id, hash, user_id, expires_at, created_at, name FROM api_tokens
			WHERE user_id = ? ORDER BY coalesce(created_at, 0) DESC, id`, []any{userID}, func(rows *sql.Rows) error {
			var t store.APIToken
			err := rows.Scan(&t.ID, &t.Hash, &t.UserID, at(&t.ExpiresAt), at(&t.CreatedAt), &t.Name)
			tokens = append(tokens, t)
			return err
		})
	})
	if err != nil {
		return nil, wrap("list tokens", err)
	}
	return tokens, nil
}

// RevokeToken implements store.People.
func (s *Store) RevokeToken(ctx context.Context, id string) error {
	return wrap("revoke token", s.inTx(ctx, func(tx *sql.Tx) error {
		n, err := affected(tx.ExecContext(ctx, `DELETE FROM api_tokens WHERE id = ?`, store.CleanText(id)))
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return err
	}))
}
