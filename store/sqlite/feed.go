package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"

	"afterbeep/store"
)

// writeChanges numbers the changed voicemails. It is called last in a
// transaction. news says that they are (store.IsNews). Numbers become visible
// in order because there is one writer.
func writeChanges(ctx context.Context, tx *sql.Tx, ids []int64, news bool) error {
	for _, id := range ids {
		var seq int64
		if err := tx.QueryRowContext(ctx, `UPDATE feed SET seq = seq + 1 RETURNING seq`).Scan(&seq); err != nil {
			return wrap("number a change", err)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO changes (seq, voicemail_id, news) VALUES (?1, ?2, CASE WHEN ?3 THEN ?1 ELSE 0 END)
			ON CONFLICT (voicemail_id) DO UPDATE SET seq = excluded.seq, news = CASE WHEN ?3 THEN excluded.seq ELSE changes.news END`, seq, id, news)
		if err != nil {
			return wrap("write a change", err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO change_tags (seq, tag) VALUES (?,?)`, seq, rand.Text()); err != nil {
			return wrap("tag a change", err)
		}
	}
	return nil
}

// Changes implements store.Feed.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]store.Change, error) {
	var changes []store.Change
	err := s.inView(ctx, func(tx *sql.Tx) error {
		var ids []int64
		err := each(ctx, tx, `SELECT c.seq, t.tag, c.voicemail_id FROM changes c JOIN change_tags t ON t.seq = c.seq
			WHERE c.seq > ? ORDER BY c.seq LIMIT ?`, []any{after, store.Clamp(limit, store.MaxChanges)},
			func(rows *sql.Rows) error {
				var c store.Change
				err := rows.Scan(&c.Seq, &c.Tag, &c.VoicemailID)
				changes, ids = append(changes, c), append(ids, c.VoicemailID)
				return err
			})
		if err != nil {
			return err
		}
		byID, err := voicemails(ctx, tx, store.AllBots(), ids)
		for i := range changes {
			changes[i].Voicemail = byID[changes[i].VoicemailID]
		}
		return err
	})
	if err != nil {
		return nil, wrap("read changes", err)
	}
	return changes, nil
}

// Head implements store.Feed.
func (s *Store) Head(ctx context.Context) (store.Position, error) {
	var p store.Position
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT f.store_id, f.seq, coalesce(t.tag, '') FROM feed f
			LEFT JOIN change_tags t ON t.seq = f.seq`).Scan(&p.StoreID, &p.Seq, &p.Tag)
	})
	if err != nil {
		return store.Position{}, wrap("read the feed's head", err)
	}
	return p, nil
}

// Knows implements store.Feed.
func (s *Store) Knows(ctx context.Context, p store.Position) (bool, error) {
	var id, tag string
	err := s.inView(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `SELECT store_id FROM feed`).Scan(&id); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, `SELECT tag FROM change_tags WHERE seq = ?`, p.Seq).Scan(&tag)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return false, wrap("look up a position", err)
	}
	if id != p.StoreID {
		return false, nil
	}
	return p.Seq == 0 || (tag != "" && tag == p.Tag), nil
}
