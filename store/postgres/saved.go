package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// savedQuery reads the saved searches that user $1 sees.
const savedQuery = `SELECT s.id, s.user_id, u.name, s.name, s.params, s.shared, s.created_at, s.changed_at, COALESCE(k.seq, 0), k.at
	FROM saved_searches s JOIN users u ON u.id = s.user_id LEFT JOIN saved_looks k ON k.search_id = s.id AND k.user_id = $1
	WHERE (s.user_id = $1 OR s.shared)`

func scanSaved(row pgx.Row) (store.SavedSearch, error) {
	var s store.SavedSearch
	err := row.Scan(&s.ID, &s.UserID, &s.Owner, &s.Name, &s.Params, &s.Shared, at(&s.CreatedAt), at(&s.ChangedAt), &s.Looked, at(&s.LookedAt))
	return s, err
}

// SavedSearches implements store.SavedSearches.
func (s *Store) SavedSearches(ctx context.Context, userID int64) ([]store.SavedSearch, error) {
	var list []store.SavedSearch
	err := s.inView(ctx, "list saved searches", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, savedQuery+` ORDER BY s.user_id <> $1, s.name, s.id`, userID)
		if err != nil {
			return err
		}
		list, err = pgx.AppendRows(list[:0], rows, func(r pgx.CollectableRow) (store.SavedSearch, error) { return scanSaved(r) })
		return err
	})
	return list, err
}

// SavedSearch implements store.SavedSearches.
func (s *Store) SavedSearch(ctx context.Context, userID, id int64) (store.SavedSearch, error) {
	var one store.SavedSearch
	err := s.inView(ctx, "read saved search", func(ctx context.Context, t tx) error {
		var err error
		one, err = savedSearch(ctx, t, userID, id)
		return err
	})
	if err != nil {
		return store.SavedSearch{}, err
	}
	return one, nil
}

func savedSearch(ctx context.Context, t tx, userID, id int64) (store.SavedSearch, error) {
	return scanSaved(t.QueryRow(ctx, savedQuery+` AND s.id = $2`, userID, id))
}

// SaveSearch implements store.SavedSearches.
func (s *Store) SaveSearch(ctx context.Context, one store.SavedSearch) (store.SavedSearch, error) {
	one, err := one.Clean()
	if err != nil {
		return store.SavedSearch{}, fmt.Errorf("save search: %w", err)
	}
	var kept store.SavedSearch
	err = s.inTx(ctx, "save search", func(ctx context.Context, t tx) error {
		id, err := writeSearch(ctx, t, one)
		if err != nil {
			return taken(err)
		}
		kept, err = savedSearch(ctx, t, one.UserID, id)
		return err
	})
	if err != nil {
		return store.SavedSearch{}, err
	}
	return kept, nil
}

// writeSearch inserts a search, or replaces one, and returns its id.
func writeSearch(ctx context.Context, t tx, one store.SavedSearch) (int64, error) {
	if err := lockUser(ctx, t, one.UserID); err != nil {
		return 0, err
	}
	now, err := t.now(ctx)
	if err != nil {
		return 0, err
	}
	if one.ID != 0 {
		err := t.QueryRow(ctx, `UPDATE saved_searches SET name = $3, params = $4, shared = $5, changed_at = $6
			WHERE id = $1 AND user_id = $2 RETURNING id`, one.ID, one.UserID, one.Name, one.Params, one.Shared, now).Scan(&one.ID)
		return one.ID, err
	}
	var owns int
	if err := t.QueryRow(ctx, `SELECT count(*) FROM saved_searches WHERE user_id = $1`, one.UserID).Scan(&owns); err != nil {
		return 0, err
	}
	if owns >= store.MaxSearches {
		return 0, fmt.Errorf("%d saved searches are the most: %w", store.MaxSearches, store.ErrInvalid)
	}
	err = t.QueryRow(ctx, `INSERT INTO saved_searches (user_id, name, params, shared, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $5) RETURNING id`, one.UserID, one.Name, one.Params, one.Shared, now).Scan(&one.ID)
	if err != nil {
		return 0, err
	}
	_, err = t.Exec(ctx, `INSERT INTO saved_looks (search_id, user_id, seq, at) VALUES ($1, $2, $3, $4)`, one.ID, one.UserID, one.Looked, now)
	return one.ID, err
}

// lockUser has those wait who count what a user has. ErrNotFound where there is
// no such user.
func lockUser(ctx context.Context, t tx, userID int64) error {
	return t.QueryRow(ctx, `SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE`, userID).Scan(&userID)
}

// DeleteSearch implements store.SavedSearches.
func (s *Store) DeleteSearch(ctx context.Context, userID, id int64) error {
	return s.inTx(ctx, "delete search", func(ctx context.Context, t tx) error {
		done, err := t.Exec(ctx, `DELETE FROM saved_searches WHERE id = $1 AND user_id = $2`, id, userID)
		if err == nil && done.RowsAffected() == 0 {
			return store.ErrNotFound
		}
		return err
	})
}

// LookAt implements store.SavedSearches.
func (s *Store) LookAt(ctx context.Context, userID, id, seq int64) error {
	return s.inTx(ctx, "look at saved search", func(ctx context.Context, t tx) error {
		if _, err := savedSearch(ctx, t, userID, id); err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		_, err = t.Exec(ctx, `INSERT INTO saved_looks AS k (search_id, user_id, seq, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (search_id, user_id) DO UPDATE SET seq = excluded.seq, at = excluded.at WHERE k.seq <= excluded.seq`, id, userID, seq, now)
		return taken(err)
	})
}

// News implements store.SavedSearches.
func (s *Store) News(ctx context.Context, after int64, limit int) ([]int64, error) {
	var ids []int64
	err := s.inView(ctx, "list news", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT voicemail_id FROM changes WHERE news > $1 ORDER BY news DESC LIMIT $2`,
			after, store.Clamp(limit, store.MaxChanges))
		if err != nil {
			return err
		}
		ids, err = pgx.AppendRows(ids[:0], rows, pgx.RowTo[int64])
		return err
	})
	return ids, err
}
