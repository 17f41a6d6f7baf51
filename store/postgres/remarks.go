package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// holdVoicemail is ErrNotFound where there is no such voicemail in the scope, and
// else keeps others from adding remarks to it until the transaction ends: they
// are counted.
func holdVoicemail(ctx context.Context, t tx, scope store.Scope, voicemailID int64) error {
	var one int
	return t.QueryRow(ctx, `SELECT 1 FROM voicemails WHERE id = $1`+inScope+` FOR NO KEY UPDATE`,
		scopeArgs(voicemailID, scope)...).Scan(&one)
}

// AddNote implements store.Remarks.
func (s *Store) AddNote(ctx context.Context, scope store.Scope, n store.Note) (store.Note, error) {
	n, err := n.Clean()
	if err != nil {
		return store.Note{}, fmt.Errorf("add note: %w", err)
	}
	err = s.inTx(ctx, "add note", func(ctx context.Context, t tx) error {
		if err := holdVoicemail(ctx, t, scope, n.VoicemailID); err != nil {
			return err
		}
		var has int
		if err := t.QueryRow(ctx, `SELECT count(*) FROM notes WHERE voicemail_id = $1`, n.VoicemailID).Scan(&has); err != nil {
			return err
		}
		if err := store.CheckRoom(has, store.MaxNotes); err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		n.At = now
		return t.QueryRow(ctx, `INSERT INTO notes (voicemail_id, author, text, at) VALUES ($1, $2, $3, $4) RETURNING id`,
			n.VoicemailID, n.Author, n.Text, n.At).Scan(&n.ID)
	})
	if err != nil {
		return store.Note{}, err
	}
	return n, nil
}

// Note implements store.Remarks.
func (s *Store) Note(ctx context.Context, scope store.Scope, voicemailID, noteID int64) (store.Note, error) {
	n := store.Note{ID: noteID, VoicemailID: voicemailID}
	err := s.inView(ctx, "read note", func(ctx context.Context, t tx) error {
		return t.QueryRow(ctx, `SELECT n.author, n.text, n.at, n.edited_at FROM notes n JOIN voicemails v ON v.id = n.voicemail_id
			WHERE n.id = $1 AND n.voicemail_id = $2 AND ($3 OR v.bot_id = ANY($4)) AND ($5 OR v.queue = ANY($6))`, noteID, voicemailID, scope.EveryBot(), scope.Bots(), scope.EveryQueue(), scope.Queues()).
			Scan(&n.Author, &n.Text, at(&n.At), at(&n.EditedAt))
	})
	if err != nil {
		return store.Note{}, err
	}
	return n, nil
}

// EditNote implements store.Remarks.
func (s *Store) EditNote(ctx context.Context, scope store.Scope, n store.Note) (store.Note, error) {
	n, err := n.Clean()
	if err != nil {
		return store.Note{}, fmt.Errorf("edit note: %w", err)
	}
	err = s.inTx(ctx, "edit note", func(ctx context.Context, t tx) error {
		if err := holdVoicemail(ctx, t, scope, n.VoicemailID); err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		n.EditedAt = now
		return t.QueryRow(ctx, `UPDATE notes SET text = $4, edited_at = $5 WHERE id = $1 AND voicemail_id = $2 AND author = $3 RETURNING at`,
			n.ID, n.VoicemailID, n.Author, n.Text, n.EditedAt).Scan(at(&n.At))
	})
	if err != nil {
		return store.Note{}, err
	}
	return n, nil
}

// DeleteNote implements store.Remarks.
func (s *Store) DeleteNote(ctx context.Context, scope store.Scope, voicemailID, noteID int64) error {
	return s.inTx(ctx, "delete note", func(ctx context.Context, t tx) error {
		done, err := t.Exec(ctx, `DELETE FROM notes n USING voicemails v WHERE v.id = n.voicemail_id
			AND n.id = $1 AND n.voicemail_id = $2 AND ($3 OR v.bot_id = ANY($4)) AND ($5 OR v.queue = ANY($6))`, noteID, voicemailID,
			scope.EveryBot(), scope.Bots(), scope.EveryQueue(), scope.Queues())
		if err == nil && done.RowsAffected() == 0 {
			err = store.ErrNotFound
		}
		return err
	})
}

// Notes implements store.Remarks.
func (s *Store) Notes(ctx context.Context, scope store.Scope, voicemailID int64) ([]store.Note, error) {
	var list []store.Note
	err := s.inView(ctx, "list notes", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT n.id, n.author, n.text, n.at, n.edited_at FROM notes n JOIN voicemails v ON v.id = n.voicemail_id
			WHERE n.voicemail_id = $1`+inScope+` ORDER BY n.id LIMIT $6`,
			append(scopeArgs(voicemailID, scope), store.MaxNotes)...)
		if err != nil {
			return err
		}
		list, err = pgx.AppendRows(list[:0], rows, func(r pgx.CollectableRow) (store.Note, error) {
			n := store.Note{VoicemailID: voicemailID}
			err := r.Scan(&n.ID, &n.Author, &n.Text, at(&n.At), at(&n.EditedAt))
			return n, err
		})
		return err
	})
	return list, err
}

// AddTag implements store.Remarks.
func (s *Store) AddTag(ctx context.Context, scope store.Scope, tag store.Tag) (added bool, err error) {
	tag, err = tag.Clean()
	if err != nil {
		return false, fmt.Errorf("add tag: %w", err)
	}
	err = s.inTx(ctx, "add tag", func(ctx context.Context, t tx) error {
		added = false
		if err := holdVoicemail(ctx, t, scope, tag.VoicemailID); err != nil {
			return err
		}
		var has, there int
		err := t.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE name = $1) FROM tags WHERE voicemail_id = $2`, tag.Name, tag.VoicemailID).
			Scan(&has, &there)
		if err != nil || there > 0 {
			return err
		}
		if err := store.CheckRoom(has, store.MaxTags); err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		_, err = t.Exec(ctx, `INSERT INTO tags (voicemail_id, name, put_by, at) VALUES ($1, $2, $3, $4)`, tag.VoicemailID, tag.Name, tag.By, now)
		if err == nil {
			err = writeTagChange(ctx, t, tag.VoicemailID)
		}
		added = err == nil
		return err
	})
	return added && err == nil, err
}

// DeleteTag implements store.Remarks.
func (s *Store) DeleteTag(ctx context.Context, scope store.Scope, voicemailID int64, name string) error {
	return s.inTx(ctx, "delete tag", func(ctx context.Context, t tx) error {
		done, err := t.Exec(ctx, `DELETE FROM tags t USING voicemails v WHERE v.id = t.voicemail_id
			AND t.voicemail_id = $1 AND t.name = $2 AND ($3 OR v.bot_id = ANY($4)) AND ($5 OR v.queue = ANY($6))`, voicemailID, store.FoldTag(name),
			scope.EveryBot(), scope.Bots(), scope.EveryQueue(), scope.Queues())
		switch {
		case err != nil:
			return err
		case done.RowsAffected() == 0:
			return store.ErrNotFound
		}
		return writeTagChange(ctx, t, voicemailID)
	})
}

// writeTagChange numbers a voicemail whose tags changed. It must be the last
// thing before the commit: from here on the row of the feed is locked, so that
// numbers become visible in order.
func writeTagChange(ctx context.Context, t tx, voicemailID int64) error {
	_, err := t.Exec(ctx, `WITH head AS (UPDATE tag_feed SET seq = seq + 1 RETURNING seq)
		INSERT INTO tag_changes (seq, voicemail_id) SELECT seq, $1 FROM head
		ON CONFLICT (voicemail_id) DO UPDATE SET seq = excluded.seq`, voicemailID)
	return err
}

// TagChanges implements store.Remarks.
func (s *Store) TagChanges(ctx context.Context, after int64, limit int) ([]store.TagChange, error) {
	var list []store.TagChange
	err := s.inView(ctx, "read changes of tags", func(ctx context.Context, t tx) error {
		list = list[:0]
		rows, err := t.Query(ctx, `SELECT c.seq, c.voicemail_id, coalesce(t.name, '') FROM
				(SELECT seq, voicemail_id FROM tag_changes WHERE seq > $1 ORDER BY seq LIMIT $2) c
			LEFT JOIN tags t ON t.voicemail_id = c.voicemail_id ORDER BY c.seq, t.name`, after, store.Clamp(limit, store.MaxChanges))
		if err != nil {
			return err
		}
		var c store.TagChange
		var name string
		_, err = pgx.ForEachRow(rows, []any{&c.Seq, &c.VoicemailID, &name}, func() error {
			list = store.AppendTagChange(list, c, name)
			return nil
		})
		return err
	})
	return list, err
}

// Tags implements store.Remarks.
func (s *Store) Tags(ctx context.Context, scope store.Scope, voicemailIDs []int64) (map[int64][]store.Tag, error) {
	tags := make(map[int64][]store.Tag)
	if len(voicemailIDs) == 0 {
		return tags, ctx.Err()
	}
	err := s.inView(ctx, "list tags", func(ctx context.Context, t tx) error {
		clear(tags)
		rows, err := t.Query(ctx, `SELECT t.voicemail_id, t.name, t.put_by, t.at FROM tags t JOIN voicemails v ON v.id = t.voicemail_id
			WHERE t.voicemail_id = ANY($1)`+inScope+` ORDER BY t.voicemail_id, t.name`, scopeArgs(voicemailIDs, scope)...)
		if err != nil {
			return err
		}
		var one store.Tag
		_, err = pgx.ForEachRow(rows, []any{&one.VoicemailID, &one.Name, &one.By, at(&one.At)}, func() error {
			tags[one.VoicemailID] = append(tags[one.VoicemailID], one)
			return nil
		})
		return err
	})
	return tags, err
}

// TagCounts implements store.Remarks.
func (s *Store) TagCounts(ctx context.Context, scope store.Scope, limit int) ([]store.TagCount, error) {
	counts := make(map[string]int)
	err := s.inView(ctx, "count tags", func(ctx context.Context, t tx) error {
		clear(counts)
		rows, err := t.Query(ctx, `SELECT t.name, count(*) FROM tags t JOIN voicemails v ON v.id = t.voicemail_id
			WHERE ($1 OR v.bot_id = ANY($2)) AND ($3 OR v.queue = ANY($4)) GROUP BY t.name`, scope.EveryBot(), scope.Bots(), scope.EveryQueue(), scope.Queues())
		if err != nil {
			return err
		}
		var name string
		var n int
		_, err = pgx.ForEachRow(rows, []any{&name, &n}, func() error {
			counts[name] = n
			return nil
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return store.RankTags(counts, limit), nil
}
