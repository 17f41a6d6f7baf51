package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"afterbeep/store"
)

// savedQuery reads the saved searches that user ?1 sees.
const savedQuery = `SELECT s.id, s.user_id, u.name, s.name, s.params, s.shared, s.created_at, s.changed_at, COALESCE(k.seq, 0), k.at
	FROM saved_searches s JOIN users u ON u.id = s.user_id LEFT JOIN saved_looks k ON k.search_id = s.id AND k.user_id = ?1
	WHERE (s.user_id = ?1 OR s.shared)`

// scanSaved reads savedQuery with a row's Scan.
func scanSaved(scan func(...any) error) (store.SavedSearch, error) {
	var s store.SavedSearch
	err := scan(&s.ID, &s.UserID, &s.Owner, &s.Name, &s.Params, &s.Shared, at(&s.CreatedAt), at(&s.ChangedAt), &s.Looked, at(&s.LookedAt))
	return s, err
}

// SavedSearches implements store.SavedSearches.
func (s *Store) SavedSearches(ctx context.Context, userID int64) ([]store.SavedSearch, error) {
	var list []store.SavedSearch
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, savedQuery+` ORDER BY s.user_id <> ?1, s.name, s.id`, []any{userID}, func(rows *sql.Rows) error {
			one, err := scanSaved(rows.Scan)
			list = append(list, one)
			return err
		})
	})
	if err != nil {
		return nil, wrap("list saved searches", err)
	}
	return list, nil
}

// SavedSearch implements store.SavedSearches.
func (s *Store) SavedSearch(ctx context.Context, userID, id int64) (store.SavedSearch, error) {
	var one store.SavedSearch
	err := s.inView(ctx, func(tx *sql.Tx) error {
		var err error
		one, err = savedSearch(ctx, tx, userID, id)
		return err
	})
	if err != nil {
		return store.SavedSearch{}, wrap("read saved search", err)
	}
	return one, nil
}

func savedSearch(ctx context.Context, tx *sql.Tx, userID, id int64) (store.SavedSearch, error) {
	one, err := scanSaved(tx.QueryRowContext(ctx, savedQuery+` AND s.id = ?2`, userID, id).Scan)
	return one, found(err)
}

// SaveSearch implements store.SavedSearches.
func (s *Store) SaveSearch(ctx context.Context, one store.SavedSearch) (store.SavedSearch, error) {
	one, err := one.Clean()
	if err != nil {
		return store.SavedSearch{}, wrap("save search", err)
	}
	var kept store.SavedSearch
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		id, err := s.writeSearch(ctx, tx, one)
		if err != nil {
			return err
		}
		kept, err = savedSearch(ctx, tx, one.UserID, id)
		return err
	})
	if err != nil {
		return store.SavedSearch{}, wrap("save search", err)
	}
	return kept, nil
}

// writeSearch inserts a search, or replaces one, and returns its id.
func (s *Store) writeSearch(ctx context.Context, tx *sql.Tx, one store.SavedSearch) (int64, error) {
	now := known(s.now())
	if err := mayNameSearch(ctx, tx, one); err != nil {
		return 0, err
	}
	if one.ID != 0 {
		_, err := tx.ExecContext(ctx, `UPDATE saved_searches SET name = ?2, params = ?3, shared = ?4, changed_at = ?5 WHERE id = ?1`,
			one.ID, one.Name, one.Params, one.Shared, now)
		return one.ID, err
	}
	var owns int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM saved_searches WHERE user_id = ?`, one.UserID).Scan(&owns); err != nil {
		return 0, err
	}
	if owns >= store.MaxSearches {
		return 0, fmt.Errorf("%d saved searches are the most: %w", store.MaxSearches, store.ErrInvalid)
	}
	err := tx.QueryRowContext(ctx, `INSERT INTO saved_searches (user_id, name, params, shared, created_at, changed_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?5) RETURNING id`, one.UserID, one.Name, one.Params, one.Shared, now).Scan(&one.ID)
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO saved_looks (search_id, user_id, seq, at) VALUES (?,?,?,?)`, one.ID, one.UserID, one.Looked, now)
	return one.ID, err
}

// mayNameSearch is store.ErrNotFound where the user, or the one of the user's
// that is to be replaced, is not there, and store.ErrExists where another of the
// user's has the name.
func mayNameSearch(ctx context.Context, tx *sql.Tx, one store.SavedSearch) error {
	if err := userExists(ctx, tx, one.UserID); err != nil {
		return err
	}
	var owned, named bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM saved_searches WHERE user_id = ?1 AND id = ?2),
		EXISTS (SELECT 1 FROM saved_searches WHERE user_id = ?1 AND name = ?3 AND id <> ?2)`, one.UserID, one.ID, one.Name).Scan(&owned, &named)
	switch {
	case err != nil:
		return err
	case one.ID != 0 && !owned:
		return store.ErrNotFound
	case named:
		return store.ErrExists
	}
	return nil
}

// DeleteSearch implements store.SavedSearches.
func (s *Store) DeleteSearch(ctx context.Context, userID, id int64) error {
	return wrap("delete search", s.inTx(ctx, func(tx *sql.Tx) error {
		n, err := affected(tx.ExecContext(ctx, `DELETE FROM saved_searches WHERE id = ? AND user_id = ?`, id, userID))
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return err
	}))
}

// LookAt implements store.SavedSearches.
func (s *Store) LookAt(ctx context.Context, userID, id, seq int64) error {
	return wrap("look at saved search", s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := savedSearch(ctx, tx, userID, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO saved_looks AS k (search_id, user_id, seq, at) VALUES (?,?,?,?)
			ON CONFLICT (search_id, user_id) DO UPDATE SET seq = excluded.seq, at = excluded.at WHERE k.seq <= excluded.seq`,
			id, userID, seq, known(s.now()))
		return err
	}))
}

// News implements store.SavedSearches.
func (s *Store) News(ctx context.Context, after int64, limit int) ([]int64, error) {
	var ids []int64
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT voicemail_id FROM changes WHERE news > ? ORDER BY news DESC LIMIT ?`,
			[]any{after, store.Clamp(limit, store.MaxChanges)}, func(rows *sql.Rows) error {
				var id int64
				err := rows.Scan(&id)
				ids = append(ids, id)
				return err
			})
	})
	if err != nil {
		return nil, wrap("list news", err)
	}
	return ids, nil
}
