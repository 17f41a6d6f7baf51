package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"afterbeep/store"
)

const userColumns = `u.id, u.name, u.role, u.all_bots, u.bots, u.queues, u.password_hash, u.disabled, u.settings, u.created_at`

// scanUser reads userColumns with a row's Scan.
func scanUser(scan func(...any) error) (store.User, error) {
	var u store.User
	var bots, queues, settings string
	err := scan(&u.ID, &u.Name, &u.Role, &u.AllBots, &bots, &queues, &u.PasswordHash, &u.Disabled, &settings, at(&u.CreatedAt))
	if err != nil {
		return u, err
	}
	if u.Settings, err = store.DecodeSettings(settings); err != nil {
		return u, err
	}
	if err := readList(bots, &u.Bots); err != nil {
		return u, err
	}
	return u, readList(queues, &u.Queues)
}

// readList reads what listText wrote.
func readList(text string, list *[]string) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), list)
}

// listText is how a list of names is kept; an empty one is no text.
func listText(list []string) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	b, err := json.Marshal(list)
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
	bots, err := listText(u.Bots)
	if err != nil {
		return store.User{}, wrap("create user", err)
	}
	queues, err := listText(u.Queues)
	if err != nil {
		return store.User{}, wrap("create user", err)
	}
	settings, err := u.Settings.Encode()
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
		err := tx.QueryRowContext(ctx, `INSERT INTO users (name, role, all_bots, bots, queues, password_hash, disabled, settings, created_at)
			VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (name) DO NOTHING RETURNING id`,
			u.Name, u.Role, u.AllBots, bots, queues, u.PasswordHash, u.Disabled, settings, known(u.CreatedAt)).Scan(&u.ID)
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
		bots, err := listText(now.Bots)
		if err != nil {
			return err
		}
		queues, err := listText(now.Queues)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE users SET role = ?, all_bots = ?, bots = ?, queues = ?, password_hash = ?, disabled = ? WHERE id = ?`,
			now.Role, now.AllBots, bots, queues, now.PasswordHash, now.Disabled, now.ID)
		if err != nil {
			return err
		}
		if had.Leads() && !now.Leads() {
			if err := someoneLeads(ctx, tx); err != nil {
				return err
			}
		}
		if !signsOut {
			return nil
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM logins WHERE user_id = ?`, now.ID)
		return err
	}))
}

// someoneLeads is nil while there is a user who leads, else
// store.ErrLastAdmin. Its condition is User.Leads.
func someoneLeads(ctx context.Context, tx *sql.Tx) error {
	var some bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM users WHERE role = ? AND all_bots AND queues = '' AND NOT disabled)`, store.RoleAdmin).Scan(&some)
	if err == nil && !some {
		err = store.ErrLastAdmin
	}
	return err
}

// SaveSettings implements store.People.
func (s *Store) SaveSettings(ctx context.Context, userID int64, set store.Settings) error {
	set, err := set.Clean()
	if err != nil {
		return wrap("save settings", err)
	}
	text, err := set.Encode()
	if err != nil {
		return wrap("save settings", err)
	}
	return wrap("save settings", s.inTx(ctx, func(tx *sql.Tx) error {
		n, err := affected(tx.ExecContext(ctx, `UPDATE users SET settings = ? WHERE id = ?`, text, userID))
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return err
	}))
}
