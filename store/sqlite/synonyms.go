package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"afterbeep/store"
)

// Synonyms implements store.Synonyms.
func (s *Store) Synonyms(ctx context.Context) (store.SynonymLists, error) {
	var l store.SynonymLists
	err := s.inView(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT text, own_only, changed_by, changed_at FROM synonyms`).
			Scan(&l.Text, &l.OwnOnly, &l.ChangedBy, at(&l.ChangedAt))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return store.SynonymLists{}, wrap("read synonyms", err)
	}
	return l, nil
}

// SaveSynonyms implements store.Synonyms.
func (s *Store) SaveSynonyms(ctx context.Context, l store.SynonymLists) (store.SynonymLists, error) {
	l, err := l.Clean()
	if err != nil {
		return store.SynonymLists{}, wrap("save synonyms", err)
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		l.ChangedAt = s.now()
		_, err := tx.ExecContext(ctx, `INSERT INTO synonyms (one, text, own_only, changed_by, changed_at) VALUES (1,?,?,?,?)
			ON CONFLICT (one) DO UPDATE SET text = excluded.text, own_only = excluded.own_only,
				changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
			l.Text, l.OwnOnly, l.ChangedBy, known(l.ChangedAt))
		return err
	})
	if err != nil {
		return store.SynonymLists{}, wrap("save synonyms", err)
	}
	l.ChangedAt = l.ChangedAt.UTC()
	return l, nil
}
