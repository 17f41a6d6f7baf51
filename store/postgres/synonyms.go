package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// Synonyms implements store.Synonyms.
func (s *Store) Synonyms(ctx context.Context) (store.SynonymLists, error) {
	var l store.SynonymLists
	err := s.inView(ctx, "read synonyms", func(ctx context.Context, t tx) error {
		l = store.SynonymLists{}
		err := t.QueryRow(ctx, `SELECT text, own_only, changed_by, changed_at FROM synonyms`).
			Scan(&l.Text, &l.OwnOnly, &l.ChangedBy, at(&l.ChangedAt))
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return l, err
}

// SynonymsChanged implements store.Synonyms.
func (s *Store) SynonymsChanged(ctx context.Context) (time.Time, error) {
	var changed time.Time
	err := s.inView(ctx, "read synonyms", func(ctx context.Context, t tx) error {
		changed = time.Time{}
		return synonymsChanged(ctx, t, &changed)
	})
	return changed, err
}

func synonymsChanged(ctx context.Context, t tx, changed *time.Time) error {
	err := t.QueryRow(ctx, `SELECT changed_at FROM synonyms`).Scan(at(changed))
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}

// SaveSynonyms implements store.Synonyms.
func (s *Store) SaveSynonyms(ctx context.Context, l store.SynonymLists, replaces time.Time) (store.SynonymLists, error) {
	l, err := l.Clean()
	if err != nil {
		return store.SynonymLists{}, fmt.Errorf("save synonyms: %w", err)
	}
	err = s.inTx(ctx, "save synonyms", func(ctx context.Context, t tx) error {
		// The table and not its row: the first two to save find none.
		if _, err := t.Exec(ctx, `LOCK TABLE synonyms IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		var before time.Time
		if err := synonymsChanged(ctx, t, &before); err != nil {
			return err
		}
		if l.ChangedAt, err = store.ChangedAfter(before, replaces, now); err != nil {
			return err
		}
		_, err = t.Exec(ctx, `INSERT INTO synonyms (one, text, own_only, changed_by, changed_at) VALUES (1, $1, $2, $3, $4)
			ON CONFLICT (one) DO UPDATE SET text = excluded.text, own_only = excluded.own_only,
				changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
			l.Text, l.OwnOnly, l.ChangedBy, l.ChangedAt)
		return err
	})
	if err != nil {
		return store.SynonymLists{}, err
	}
	return l, nil
}
