package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"afterbeep/store"
)

const userColumns = `u.id, u.name, u.role, u.all_bots, u.bots, u.password_hash, u.disabled, u.created_at`

// scanUser reads userColumns with a row's Scan.
func scanUser(scan func(...any) error) (store.User, error) {
	var u store.User
	var bots string
	err := scan(&u.ID, &u.Name, &u.Role, &u.AllBots, &bots, &u.PasswordHash, &u.Disabled, at(&u.CreatedAt))
	if err != nil || bots == "" {
		return u, err
	}
	return u, json.Unmarshal([]byte(bots), &u.Bots)
}

// botsText is how a list of bots is kept; no bots are no text.
func botsText(bots []string) (string, error) {
	if len(bots) == 0 {
		return "", nil
	}
	b, err := json.Marshal(bots)
	return string(b), err
}

// CreateUser implements store.People.
func (s *Store) CreateUser(ctx context.Context, u store.User) (store.User, error) {
	return s.createUser(ctx, u, false)
}

// CreateFirstUser implements store.People.
func (s *Store) CreateFirstUser(ctx context.Context, u store.User) (store.User, error) {
	return s.createUser(ctx, u, true)
}

func (s *Store) createUser(ctx context.Context, u store.User, first bool) (store.User, error) {
	u, err := u.Clean()
	if err != nil {
		return store.User{}, wrap("create user", err)
	}
	bots, err := botsText(u.Bots)
	if err != nil {
		return store.User{}, wrap("create user", err)
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		var others bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users)`).Scan(&others); err != nil {
			return err
		}
		if first && others {
			return store.ErrExists
		}
		u.CreatedAt = s.now()
		err := tx.QueryRowContext(ctx, `INSERT INTO users (name, role, all_bots, bots, password_hash, disabled, created_at)
			VALUES (?,?,?,?,?,?,?) ON CONFLICT (name) DO NOTHING RETURNING id`,
			u.Name, u.Role, u.AllBots, bots, u.PasswordHash, u.Disabled, known(u.CreatedAt)).Scan(&u.ID)
		if errors.Is(err, sql.ErrNoRows) {
			return store.ErrExists
		}
		return err
	})
	if err != nil {
		return store.User{}, wrap("create user", err)
	}
	return u, nil
}

// user is the one user that a query finds.
func (s *Store) user(ctx context.Context, query string, args ...any) (store.User, error) {
	var u store.User
	err := s.inView(ctx, func(tx *sql.Tx) (err error) {
		u, err = scanUser(tx.QueryRowContext(ctx, query, args...).Scan)
		return err
	})
	if err != nil {
		return store.User{}, wrap("read user", found(err))
	}
	return u, nil
}

// User implements store.People.
func (s *Store) User(ctx context.Context, name string) (store.User, error) {
	return s.user(ctx, `SELECT `+userColumns+` FROM users u WHERE u.name = ?`, store.FoldName(name))
}

// Users implements store.People.
func (s *Store) Users(ctx context.Context) ([]store.User, error) {
	var users []store.User
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT `+userColumns+` FROM users u ORDER BY u.name`, nil, func(rows *sql.Rows) error {
			u, err := scanUser(rows.Scan)
			users = append(users, u)
			return err
		})
	})
	if err != nil {
		return nil, wrap("list users", err)
	}
	return users, nil
}

// UpdateUser implements store.People.
func (s *Store) UpdateUser(ctx context.Context, u store.User) error {
	return wrap("update user", s.inTx(ctx, func(tx *sql.Tx) error {
		had, err := scanUser(tx.QueryRowContext(ctx, `SELECT `+userColumns+` FROM users u WHERE u.id = ?`, u.ID).Scan)
		if err != nil {
			return found(err)
		}
		now, signsOut, err := store.ChangeUser(had, u)
		if err != nil {
			return err
		}
		bots, err := botsText(now.Bots)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE users SET role = ?, all_bots = ?, bots = ?, password_hash = ?, disabled = ? WHERE id = ?`,
			now.Role, now.AllBots, bots, now.PasswordHash, now.Disabled, now.ID)
		if err != nil || !signsOut {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM logins WHERE user_id = ?`, now.ID)
		return err
	}))
}

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
		return insertNew(ctx, tx, `INSERT INTO logins (hash, user_id, expires_at) VALUES (?,?,?) ON CONFLICT DO NOTHING`,
			l.Hash, l.UserID, l.ExpiresAt.UnixMicro())
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

// CreateToken implements store.People.
func (s *Store) CreateToken(ctx context.Context, t store.APIToken) error {
	t = t.Clean()
	return wrap("create token", s.inTx(ctx, func(tx *sql.Tx) error {
		if err := userExists(ctx, tx, t.UserID); err != nil {
			return err
		}
		return insertNew(ctx, tx, `INSERT INTO api_tokens (id, hash, user_id, expires_at) VALUES (?,?,?,?) ON CONFLICT DO NOTHING`,
			t.ID, t.Hash, t.UserID, t.ExpiresAt.UnixMicro())
	}))
}

// TokenUser implements store.People.
func (s *Store) TokenUser(ctx context.Context, hash string) (store.User, error) {
	return s.user(ctx, `SELECT `+userColumns+` FROM api_tokens t JOIN users u ON u.id = t.user_id
		WHERE t.hash = ? AND t.expires_at > ? AND NOT u.disabled`, store.CleanText(hash), known(s.now()))
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
