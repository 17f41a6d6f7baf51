package postgres

import (
	"context"
	"errors"
	"fmt"

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

// SaveSynonyms implements store.Synonyms.
func (s *Store) SaveSynonyms(ctx context.Context, l store.SynonymLists) (store.SynonymLists, error) {
	l, err := l.Clean()
	if err != nil {
		return store.SynonymLists{}, fmt.Errorf("save synonyms: %w", err)
	}
	err = s.inTx(ctx, "save synonyms", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		l.ChangedAt = now
		_, err = t.Exec(ctx, `INSERT INTO synonyms (one, text, own_only, changed_by, changed_at) VALUES (1, $1, $2, $3, $4)
			ON CONFLICT (one) DO UPDATE SET text = excluded.text, own_only = excluded.own_only,
				changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
			l.Text, l.OwnOnly, l.ChangedBy, l.ChangedAt)
		return err
	})
	if err != nil {
		return store.SynonymLists{}, err
	}
	l.ChangedAt = l.ChangedAt.UTC()
	return l, nil
}
