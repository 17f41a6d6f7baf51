package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

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

// SynonymsChanged implements store.Synonyms.
func (s *Store) SynonymsChanged(ctx context.Context) (time.Time, error) {
	var changed time.Time
	err := s.inView(ctx, func(tx *sql.Tx) error { return synonymsChanged(ctx, tx, &changed) })
	if err != nil {
		return time.Time{}, wrap("read synonyms", err)
	}
	return changed, nil
}

func synonymsChanged(ctx context.Context, tx *sql.Tx, changed *time.Time) error {
	err := tx.QueryRowContext(ctx, `SELECT changed_at FROM synonyms`).Scan(at(changed))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// SaveSynonyms implements store.Synonyms.
func (s *Store) SaveSynonyms(ctx context.Context, l store.SynonymLists, replaces time.Time) (store.SynonymLists, error) {
	l, err := l.Clean()
	if err != nil {
		return store.SynonymLists{}, wrap("save synonyms", err)
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		var before time.Time
		if err := synonymsChanged(ctx, tx, &before); err != nil {
			return err
		}
		var err error
		if l.ChangedAt, err = store.ChangedAfter(before, replaces, s.now()); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO synonyms (one, text, own_only, changed_by, changed_at) VALUES (1,?,?,?,?)
			ON CONFLICT (one) DO UPDATE SET text = excluded.text, own_only = excluded.own_only,
				changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
			l.Text, l.OwnOnly, l.ChangedBy, known(l.ChangedAt))
		return err
	})
	if err != nil {
		return store.SynonymLists{}, wrap("save synonyms", err)
	}
	return l, nil
}
