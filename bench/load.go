package main

import (
	"context"
	"database/sql"
	"net/url"

	_ "modernc.org/sqlite" // the driver

	"afterbeep/store"
	"afterbeep/store/sqlite"
)

// loader writes voicemails into the tables of a SQLite store at once: recorded
// one by one, through lease and reply, a million would take too long.
type loader struct {
	db  *sql.DB
	seq int64
}

// newLoader makes the database where it is missing. durable keeps it whole if
// the machine stops, as the store does.
func newLoader(ctx context.Context, path string, durable bool) (*loader, error) {
	st, err := sqlite.Open(ctx, sqlite.Config{Path: path})
	if err != nil {
		return nil, err
	}
	if err := st.Close(); err != nil {
		return nil, err
	}
	sync := "synchronous(OFF)"
	if durable {
		sync = "synchronous(NORMAL)"
	}
	q := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", sync, "cache_size(-200000)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return &loader{db: db}, nil
}

// inserts are the statements of one voicemail, in the order of their use.
var inserts = [...]string{
	`INSERT INTO voicemails (id, bot_id, session_id, account_id, caller, called, queue, started_at, lang, author_id, author_type,
		created_on, modified_on, left_at, transcript, transcript_state, duration_us, analysis_version)
	VALUES (?,?,?,'',?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
	`INSERT INTO segments (voicemail_id, position, message_id, component_id, text, author_id, author_type, lang, created_on, modified_on)
	VALUES (?,?,?,?,?,?,?,?,?,?)`,
	`INSERT INTO recordings (voicemail_id, n, kind, file_name, status, expiry_hint, checked_at) VALUES (?,?,?,?,?,NULL,?)`,
	`INSERT INTO changes (seq, voicemail_id) VALUES (?,?)`,
	`INSERT INTO change_tags (seq, tag) VALUES (?,?)`,
}

// add writes voicemails in one transaction, in the order of the feed.
func (l *loader) add(ctx context.Context, voicemails []*store.Voicemail) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := tx.QueryRowContext(ctx, `SELECT seq FROM feed`).Scan(&l.seq); err != nil {
		return err
	}
	var stmts [len(inserts)]*sql.Stmt
	for i, text := range inserts {
		if stmts[i], err = tx.PrepareContext(ctx, text); err != nil {
			return err
		}
	}
	for _, v := range voicemails {
		l.seq++
		if err := insert(ctx, stmts[:], v, l.seq); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE feed SET seq = ?`, l.seq); err != nil {
		return err
	}
	return tx.Commit()
}

func insert(ctx context.Context, stmts []*sql.Stmt, v *store.Voicemail, seq int64) error {
	created := v.CreatedOn.UnixMicro()
	_, err := stmts[0].ExecContext(ctx, v.ID, v.BotID, v.SessionID, v.Caller, v.Called, v.Queue, v.StartedAt.UnixMicro(), v.Lang,
		v.Author.ID, v.Author.Type, created, created, v.LeftAt.UnixMicro(), v.Text, v.Transcript, v.Duration.Microseconds(), v.AnalysisVersion)
	for i, s := range v.Segments {
		if err == nil {
			_, err = stmts[1].ExecContext(ctx, v.ID, i, s.MessageID, s.ComponentID, s.Text, s.Author.ID, s.Author.Type, s.Lang, created, created)
		}
	}
	for _, r := range v.Recordings {
		if err == nil {
			_, err = stmts[2].ExecContext(ctx, v.ID, r.N, r.Kind, r.FileName, r.Status, r.CheckedAt.UnixMicro())
		}
	}
	if err == nil {
		_, err = stmts[3].ExecContext(ctx, seq, v.ID)
	}
	if err == nil {
		_, err = stmts[4].ExecContext(ctx, seq, tagOf(seq))
	}
	return err
}

func (l *loader) close() error { return l.db.Close() }

// loadAll writes the whole corpus.
func loadAll(ctx context.Context, c *corpus, path string) error {
	l, err := newLoader(ctx, path, false)
	if err != nil {
		return err
	}
	a := c.author()
	var batch []*store.Voicemail
	for i := range c.size {
		if batch = append(batch, a.voicemail(i)); len(batch) == 5000 || i == c.size-1 {
			if err := l.add(ctx, batch); err != nil {
				_ = l.close()
				return err
			}
			batch = batch[:0]
		}
	}
	return l.close()
}
