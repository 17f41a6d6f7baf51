package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// userColumns are what scanUser reads, of users AS u.
const userColumns = `u.id, u.name, u.role, u.all_bots, u.bots, u.password_hash, u.disabled, u.created_at`

func scanUser(row pgx.Row) (store.User, error) {
	var u store.User
	var bots string
	if err := row.Scan(&u.ID, &u.Name, &u.Role, &u.AllBots, &bots, &u.PasswordHash, &u.Disabled, at(&u.CreatedAt)); err != nil {
		return store.User{}, err
	}
	if err := readList(bots, &u.Bots); err != nil {
		return store.User{}, fmt.Errorf("read the user's bots: %w", err)
	}
	return u, nil
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
		return store.User{}, fmt.Errorf("create user: %w", err)
	}
	bots, err := listText(u.Bots)
	if err != nil {
		return store.User{}, fmt.Errorf("create user: %w", err)
	}
	var made store.User
	err = s.inTx(ctx, "create user", func(ctx context.Context, t tx) error {
		if first {
			if err := mustBeFirst(ctx, t); err != nil {
				return err
			}
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		made, err = scanUser(t.QueryRow(ctx, `INSERT INTO users AS u (name, role, all_bots, bots, password_hash, disabled, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING `+userColumns,
			u.Name, u.Role, u.AllBots, bots, u.PasswordHash, u.Disabled, now))
		return taken(err)
	})
	if err != nil {
		return store.User{}, err
	}
	return made, nil
}

// mustBeFirst returns ErrExists where there are users, and else keeps everybody
// from adding one until the transaction ends.
func mustBeFirst(ctx context.Context, t tx) error {
	if _, err := t.Exec(ctx, `LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE`); err != nil {
		return err
	}
	var some bool
	if err := t.QueryRow(ctx, `SELECT EXISTS (SELECT FROM users)`).Scan(&some); err != nil {
		return err
	}
	if some {
		return store.ErrExists
	}
	return nil
}

// taken tells the contract's errors from what the tables refuse.
func taken(err error) error {
	switch {
	case isCode(err, codeUnique):
		return store.ErrExists
	case isCode(err, codeForeignKey):
		return store.ErrNotFound
	}
	return err
}

// User implements store.People.
func (s *Store) User(ctx context.Context, name string) (store.User, error) {
	return s.findUser(ctx, "find user", `SELECT `+userColumns+` FROM users u WHERE u.name = $1`, store.FoldName(name))
}

func (s *Store) findUser(ctx context.Context, op, query string, args ...any) (store.User, error) {
	var u store.User
	err := s.inView(ctx, op, func(ctx context.Context, t tx) error {
		var err error
		u, err = scanUser(t.QueryRow(ctx, query, args...))
		return err
	})
	return u, err
}

// Users implements store.People.
func (s *Store) Users(ctx context.Context) ([]store.User, error) {
	var users []store.User
	err := s.inView(ctx, "list users", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT `+userColumns+` FROM users u ORDER BY u.name`)
		if err != nil {
			return err
		}
		users, err = pgx.AppendRows(users[:0], rows, func(r pgx.CollectableRow) (store.User, error) { return scanUser(r) })
		return err
	})
	return users, err
}

// UpdateUser implements store.People.
func (s *Store) UpdateUser(ctx context.Context, u store.User) error {
	return s.inTx(ctx, "update user", func(ctx context.Context, t tx) error {
		had, err := scanUser(t.QueryRow(ctx, `SELECT `+userColumns+` FROM users u WHERE u.id = $1 FOR UPDATE`, u.ID))
		if err != nil {
			return err
		}
		now, signsOut, err := store.ChangeUser(had, u)
		if err != nil {
			return err
		}
		bots, err := listText(now.Bots)
		if err != nil {
			return err
		}
		_, err = t.Exec(ctx, `UPDATE users SET role = $2, all_bots = $3, bots = $4, password_hash = $5, disabled = $6 WHERE id = $1`,
			now.ID, now.Role, now.AllBots, bots, now.PasswordHash, now.Disabled)
		if err != nil || !signsOut {
			return err
		}
		_, err = t.Exec(ctx, `DELETE FROM logins WHERE user_id = $1`, now.ID)
		return err
	})
}

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
		_, err = t.Exec(ctx, `INSERT INTO logins (hash, user_id, expires_at) VALUES ($1, $2, $3)`, l.Hash, l.UserID, l.ExpiresAt)
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

// CreateToken implements store.People.
func (s *Store) CreateToken(ctx context.Context, a store.APIToken) error {
	a = a.Clean()
	return s.inTx(ctx, "create token", func(ctx context.Context, t tx) error {
		_, err := t.Exec(ctx, `INSERT INTO api_tokens (id, hash, user_id, expires_at) VALUES ($1, $2, $3, $4)`,
			a.ID, a.Hash, a.UserID, a.ExpiresAt)
		return taken(err)
	})
}

// TokenUser implements store.People.
func (s *Store) TokenUser(ctx context.Context, hash string) (store.User, error) {
	return s.holder(ctx, "find token", `SELECT `+userColumns+` FROM api_tokens h JOIN users u ON u.id = h.user_id
		WHERE h.hash = $1 AND h.expires_at > $2 AND NOT u.disabled`, hash)
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
