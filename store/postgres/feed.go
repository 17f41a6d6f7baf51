package postgres

import (
	"context"
	"crypto/rand"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// queueChanges numbers the voicemails as changed. It must be the last thing
// before the commit: from here on the feed's row is locked, so whoever takes
// the next number waits until these are visible, and a transaction that rolls
// back leaves no gap. news says that they are (store.IsNews).
func queueChanges(b *pgx.Batch, ids []int64, news bool) {
	if len(ids) == 0 {
		return
	}
	tags := make([]string, len(ids))
	for i := range tags {
		tags[i] = rand.Text()
	}
	b.Queue(`WITH
		head AS (UPDATE feed SET seq = seq + cardinality($1::bigint[]) RETURNING seq - cardinality($1::bigint[]) AS seq),
		given AS (SELECT head.seq + c.n AS seq, c.id, c.tag
			FROM head, unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS c (id, tag, n)),
		tagged AS (INSERT INTO change_tags (seq, tag) SELECT seq, tag FROM given)
		INSERT INTO changes (seq, voicemail_id, news) SELECT seq, id, CASE WHEN $3 THEN seq ELSE 0 END FROM given
		ON CONFLICT (voicemail_id) DO UPDATE SET seq = excluded.seq, news = CASE WHEN $3 THEN excluded.seq ELSE changes.news END`, ids, tags, news)
}

// Changes implements store.Feed.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]store.Change, error) {
	var changes []store.Change
	err := s.inView(ctx, "read changes", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT c.seq, t.tag, c.voicemail_id FROM changes c JOIN change_tags t ON t.seq = c.seq
			WHERE c.seq > $1 ORDER BY c.seq LIMIT $2`, after, store.Clamp(limit, store.MaxChanges))
		if err != nil {
			return err
		}
		changes, err = pgx.AppendRows(changes[:0], rows, func(r pgx.CollectableRow) (store.Change, error) {
			var c store.Change
			err := r.Scan(&c.Seq, &c.Tag, &c.VoicemailID)
			return c, err
		})
		if err != nil {
			return err
		}
		return attach(ctx, t, changes)
	})
	return changes, err
}

// attach gives the changes their voicemails.
func attach(ctx context.Context, t tx, changes []store.Change) error {
	ids := make([]int64, len(changes))
	for i, c := range changes {
		ids[i] = c.VoicemailID
	}
	vs, err := readVoicemails(ctx, t, store.AllBots(), ids)
	if err != nil {
		return err
	}
	byID := make(map[int64]*store.Voicemail, len(vs))
	for i := range vs {
		byID[vs[i].ID] = &vs[i]
	}
	for i := range changes {
		changes[i].Voicemail = byID[changes[i].VoicemailID]
	}
	return nil
}

// Head implements store.Feed.
func (s *Store) Head(ctx context.Context) (store.Position, error) {
	var p store.Position
	err := s.inView(ctx, "read the head of the feed", func(ctx context.Context, t tx) error {
		return t.QueryRow(ctx, `SELECT f.store_id, f.seq, COALESCE(t.tag, '') FROM feed f LEFT JOIN change_tags t ON t.seq = f.seq`).
			Scan(&p.StoreID, &p.Seq, &p.Tag)
	})
	return p, err
}

// Knows implements store.Feed.
func (s *Store) Knows(ctx context.Context, p store.Position) (bool, error) {
	var knows bool
	err := s.inView(ctx, "look up a position of the feed", func(ctx context.Context, t tx) error {
		return t.QueryRow(ctx, `SELECT EXISTS (SELECT FROM feed WHERE store_id = $1) AND
			($2::bigint = 0 OR EXISTS (SELECT FROM change_tags WHERE seq = $2 AND tag = $3))`,
			store.CleanText(p.StoreID), p.Seq, store.CleanText(p.Tag)).Scan(&knows)
	})
	return knows, err
}
