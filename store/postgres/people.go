package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// userColumns are what scanUser reads, of users AS u.
const userColumns = `u.id, u.name, u.role, u.all_bots, u.bots, u.queues, u.password_hash, u.disabled, u.settings, u.created_at`

func scanUser(row pgx.Row) (store.User, error) {
	var u store.User
	var bots, queues, settings string
	err := row.Scan(&u.ID, &u.Name, &u.Role, &u.AllBots, &bots, &queues, &u.PasswordHash, &u.Disabled, &settings, at(&u.CreatedAt))
	if err != nil {
		return store.User{}, err
	}
	if u.Settings, err = store.DecodeSettings(settings); err != nil {
		return store.User{}, fmt.Errorf("read the user's settings: %w", err)
	}
	if err := readList(bots, &u.Bots); err != nil {
		return store.User{}, fmt.Errorf("read the user's bots: %w", err)
	}
	if err := readList(queues, &u.Queues); err != nil {
		return store.User{}, fmt.Errorf("read the user's queues: %w", err)
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
	queues, err := listText(u.Queues)
	if err != nil {
		return store.User{}, fmt.Errorf("create user: %w", err)
	}
	settings, err := u.Settings.Encode()
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
		made, err = scanUser(t.QueryRow(ctx, `INSERT INTO users AS u (name, role, all_bots, bots, queues, password_hash, disabled, settings, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING `+userColumns,
			u.Name, u.Role, u.AllBots, bots, queues, u.PasswordHash, u.Disabled, settings, now))
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
		// The table and not the row: two administrators who demote each other at
		// once would each find the other in office.
		if _, err := t.Exec(ctx, `LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
		had, err := scanUser(t.QueryRow(ctx, `SELECT `+userColumns+` FROM users u WHERE u.id = $1`, u.ID))
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
		queues, err := listText(now.Queues)
		if err != nil {
			return err
		}
		_, err = t.Exec(ctx, `UPDATE users SET role = $2, all_bots = $3, bots = $4, queues = $5, password_hash = $6, disabled = $7 WHERE id = $1`,
			now.ID, now.Role, now.AllBots, bots, queues, now.PasswordHash, now.Disabled)
		if err != nil {
			return err
		}
		if had.Leads() && !now.Leads() {
			if err := someoneLeads(ctx, t); err != nil {
				return err
			}
		}
		if !signsOut {
			return nil
		}
		_, err = t.Exec(ctx, `DELETE FROM logins WHERE user_id = $1`, now.ID)
		return err
	})
}

// someoneLeads is nil while there is a user who leads, else
// store.ErrLastAdmin. Its condition is User.Leads.
func someoneLeads(ctx context.Context, t tx) error {
	var some bool
	err := t.QueryRow(ctx, `SELECT EXISTS (SELECT FROM users WHERE role = $1 AND all_bots AND queues = '' AND NOT disabled)`, store.RoleAdmin).Scan(&some)
	if err == nil && !some {
		err = store.ErrLastAdmin
	}
	return err
}

// SaveSettings implements store.People.
func (s *Store) SaveSettings(ctx context.Context, userID int64, set store.Settings) error {
	set, err := set.Clean()
	if err != nil {
		return fmt.Errorf("save settings: %w", err)
	}
	text, err := set.Encode()
	if err != nil {
		return fmt.Errorf("save settings: %w", err)
	}
	return s.inTx(ctx, "save settings", func(ctx context.Context, t tx) error {
		done, err := t.Exec(ctx, `UPDATE users SET settings = $2 WHERE id = $1`, userID, text)
		if err == nil && done.RowsAffected() == 0 {
			return store.ErrNotFound
		}
		return err
	})
}
