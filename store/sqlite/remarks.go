package sqlite

import (
	"context"
	"database/sql"
	"slices"

	"afterbeep/store"
)

// mustSee is ErrNotFound where there is no such voicemail in the scope.
func mustSee(ctx context.Context, tx *sql.Tx, scope store.Scope, voicemailID int64) error {
	var bot, queue string
	if err := tx.QueryRowContext(ctx, `SELECT bot_id, queue FROM voicemails WHERE id = ?`, voicemailID).Scan(&bot, &queue); err != nil {
		return found(err)
	}
	if !scope.Holds(bot, queue) {
		return store.ErrNotFound
	}
	return nil
}

// AddNote implements store.Remarks.
func (s *Store) AddNote(ctx context.Context, scope store.Scope, n store.Note) (store.Note, error) {
	n, err := n.Clean()
	if err != nil {
		return store.Note{}, wrap("add note", err)
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		if err := mustSee(ctx, tx, scope, n.VoicemailID); err != nil {
			return err
		}
		var has int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM notes WHERE voicemail_id = ?`, n.VoicemailID).Scan(&has); err != nil {
			return err
		}
		if err := store.CheckRoom(has, store.MaxNotes); err != nil {
			return err
		}
		n.At = s.now()
		return tx.QueryRowContext(ctx, `INSERT INTO notes (voicemail_id, author, text, at) VALUES (?,?,?,?) RETURNING id`,
			n.VoicemailID, n.Author, n.Text, known(n.At)).Scan(&n.ID)
	})
	if err != nil {
		return store.Note{}, wrap("add note", err)
	}
	return n, nil
}

// Note implements store.Remarks.
func (s *Store) Note(ctx context.Context, scope store.Scope, voicemailID, noteID int64) (store.Note, error) {
	n := store.Note{ID: noteID, VoicemailID: voicemailID}
	err := s.inView(ctx, func(tx *sql.Tx) error {
		if err := mustSee(ctx, tx, scope, voicemailID); err != nil {
			return err
		}
		return found(tx.QueryRowContext(ctx, `SELECT author, text, at, edited_at FROM notes WHERE id = ? AND voicemail_id = ?`, noteID, voicemailID).
			Scan(&n.Author, &n.Text, at(&n.At), at(&n.EditedAt)))
	})
	if err != nil {
		return store.Note{}, wrap("read note", err)
	}
	return n, nil
}

// EditNote implements store.Remarks.
func (s *Store) EditNote(ctx context.Context, scope store.Scope, n store.Note) (store.Note, error) {
	n, err := n.Clean()
	if err != nil {
		return store.Note{}, wrap("edit note", err)
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		if err := mustSee(ctx, tx, scope, n.VoicemailID); err != nil {
			return err
		}
		n.EditedAt = s.now()
		return found(tx.QueryRowContext(ctx, `UPDATE notes SET text = ?4, edited_at = ?5 WHERE id = ?1 AND voicemail_id = ?2 AND author = ?3 RETURNING at`,
			n.ID, n.VoicemailID, n.Author, n.Text, known(n.EditedAt)).Scan(at(&n.At)))
	})
	if err != nil {
		return store.Note{}, wrap("edit note", err)
	}
	return n, nil
}

// DeleteNote implements store.Remarks.
func (s *Store) DeleteNote(ctx context.Context, scope store.Scope, voicemailID, noteID int64) error {
	return wrap("delete note", s.inTx(ctx, func(tx *sql.Tx) error {
		if err := mustSee(ctx, tx, scope, voicemailID); err != nil {
			return err
		}
		n, err := affected(tx.ExecContext(ctx, `DELETE FROM notes WHERE id = ? AND voicemail_id = ?`, noteID, voicemailID))
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return err
	}))
}

// Notes implements store.Remarks.
func (s *Store) Notes(ctx context.Context, scope store.Scope, voicemailID int64) ([]store.Note, error) {
	var list []store.Note
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT v.bot_id, v.queue, n.id, n.author, n.text, n.at, n.edited_at FROM notes n JOIN voicemails v ON v.id = n.voicemail_id
			WHERE n.voicemail_id = ? ORDER BY n.id LIMIT ?`, []any{voicemailID, store.MaxNotes}, func(rows *sql.Rows) error {
			var bot, queue string
			n := store.Note{VoicemailID: voicemailID}
			err := rows.Scan(&bot, &queue, &n.ID, &n.Author, &n.Text, at(&n.At), at(&n.EditedAt))
			if scope.Holds(bot, queue) {
				list = append(list, n)
			}
			return err
		})
	})
	if err != nil {
		return nil, wrap("list notes", err)
	}
	return list, nil
}

// AddTag implements store.Remarks.
func (s *Store) AddTag(ctx context.Context, scope store.Scope, t store.Tag) (added bool, err error) {
	t, err = t.Clean()
	if err != nil {
		return false, wrap("add tag", err)
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		if err := mustSee(ctx, tx, scope, t.VoicemailID); err != nil {
			return err
		}
		var has, there int
		err := tx.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(name = ?), 0) FROM tags WHERE voicemail_id = ?`, t.Name, t.VoicemailID).
			Scan(&has, &there)
		if err != nil || there > 0 {
			return err
		}
		if err := store.CheckRoom(has, store.MaxTags); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO tags (voicemail_id, name, put_by, at) VALUES (?,?,?,?)`,
			t.VoicemailID, t.Name, t.By, known(s.now()))
		if err == nil {
			err = writeTagChange(ctx, tx, t.VoicemailID)
		}
		added = err == nil
		return err
	})
	if err != nil {
		return false, wrap("add tag", err)
	}
	return added, nil
}

// DeleteTag implements store.Remarks.
func (s *Store) DeleteTag(ctx context.Context, scope store.Scope, voicemailID int64, name string) error {
	return wrap("delete tag", s.inTx(ctx, func(tx *sql.Tx) error {
		if err := mustSee(ctx, tx, scope, voicemailID); err != nil {
			return err
		}
		n, err := affected(tx.ExecContext(ctx, `DELETE FROM tags WHERE voicemail_id = ? AND name = ?`, voicemailID, store.FoldTag(name)))
		switch {
		case err != nil:
			return err
		case n == 0:
			return store.ErrNotFound
		}
		return writeTagChange(ctx, tx, voicemailID)
	}))
}

// writeTagChange numbers a voicemail whose tags changed. It is called last in a
// transaction. Numbers become visible in order because there is one writer.
func writeTagChange(ctx context.Context, tx *sql.Tx, voicemailID int64) error {
	var seq int64
	if err := tx.QueryRowContext(ctx, `UPDATE tag_feed SET seq = seq + 1 RETURNING seq`).Scan(&seq); err != nil {
		return wrap("number a change of tags", err)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO tag_changes (seq, voicemail_id) VALUES (?,?)
		ON CONFLICT (voicemail_id) DO UPDATE SET seq = excluded.seq`, seq, voicemailID)
	return wrap("write a change of tags", err)
}

// TagChanges implements store.Remarks.
func (s *Store) TagChanges(ctx context.Context, after int64, limit int) ([]store.TagChange, error) {
	var list []store.TagChange
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT c.seq, c.voicemail_id, coalesce(t.name, '') FROM
				(SELECT seq, voicemail_id FROM tag_changes WHERE seq > ? ORDER BY seq LIMIT ?) c
			LEFT JOIN tags t ON t.voicemail_id = c.voicemail_id ORDER BY c.seq, t.name`,
			[]any{after, store.Clamp(limit, store.MaxChanges)}, func(rows *sql.Rows) error {
				var c store.TagChange
				var name string
				err := rows.Scan(&c.Seq, &c.VoicemailID, &name)
				list = store.AppendTagChange(list, c, name)
				return err
			})
	})
	if err != nil {
		return nil, wrap("read changes of tags", err)
	}
	return list, nil
}

// Tags implements store.Remarks.
func (s *Store) Tags(ctx context.Context, scope store.Scope, voicemailIDs []int64) (map[int64][]store.Tag, error) {
	tags := make(map[int64][]store.Tag)
	if len(voicemailIDs) == 0 {
		return tags, ctx.Err()
	}
	ids := slices.Clone(voicemailIDs)
	slices.Sort(ids)
	err := s.inView(ctx, func(tx *sql.Tx) error {
		for part := range slices.Chunk(slices.Compact(ids), chunk) {
			if err := loadTags(ctx, tx, scope, part, tags); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, wrap("list tags", err)
	}
	return tags, nil
}

func loadTags(ctx context.Context, tx *sql.Tx, scope store.Scope, ids []int64, tags map[int64][]store.Tag) error {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	return each(ctx, tx, `SELECT v.bot_id, v.queue, t.voicemail_id, t.name, t.put_by, t.at FROM tags t JOIN voicemails v ON v.id = t.voicemail_id
		WHERE t.voicemail_id IN (`+marks(len(ids))+`) ORDER BY t.voicemail_id, t.name`, args, func(rows *sql.Rows) error {
		var bot, queue string
		var t store.Tag
		err := rows.Scan(&bot, &queue, &t.VoicemailID, &t.Name, &t.By, at(&t.At))
		if scope.Holds(bot, queue) {
			tags[t.VoicemailID] = append(tags[t.VoicemailID], t)
		}
		return err
	})
}

// TagCounts implements store.Remarks.
func (s *Store) TagCounts(ctx context.Context, scope store.Scope, limit int) ([]store.TagCount, error) {
	counts := make(map[string]int)
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT v.bot_id, v.queue, t.name, count(*) FROM tags t JOIN voicemails v ON v.id = t.voicemail_id GROUP BY v.bot_id, v.queue, t.name`,
			nil, func(rows *sql.Rows) error {
				var bot, queue, name string
				var n int
				err := rows.Scan(&bot, &queue, &name, &n)
				if scope.Holds(bot, queue) {
					counts[name] += n
				}
				return err
			})
	})
	if err != nil {
		return nil, wrap("count tags", err)
	}
	return store.RankTags(counts, limit), nil
}
