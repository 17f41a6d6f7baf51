package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"afterbeep/store"
	"afterbeep/store/summaries"
)

// The statements of summaries. They are prepared once for each connection: to
// parse them takes longer than to run them.
const (
	// selectSummaries reads them in one statement, and so in one view.
	selectSummaries = `SELECT (SELECT seq FROM feed), v.id, v.bot_id, v.session_id, v.account_id, v.caller, v.called, v.queue, v.started_at, v.lang,
			v.author_id, v.author_type, v.created_on, v.modified_on, v.left_at, v.transcript, v.transcript_state, v.duration_us,
			v.analysis_version,
			r.n, r.kind, r.file_name, r.status, r.digest, r.type, r.bytes, r.duration_us, r.kept_at
		FROM json_each(?) AS j CROSS JOIN voicemails AS v ON v.id = j.value LEFT JOIN recordings AS r ON r.voicemail_id = v.id`
	selectSince = `SELECT t.seq, t.tag, coalesce(c.voicemail_id, 0) FROM change_tags AS t LEFT JOIN changes AS c ON c.seq = t.seq
		WHERE t.seq >= ? ORDER BY t.seq`
	selectLast = `SELECT t.seq, t.tag, coalesce(c.voicemail_id, 0) FROM change_tags AS t LEFT JOIN changes AS c ON c.seq = t.seq
		ORDER BY t.seq DESC`
)

// errEnough ends reading rows.
var errEnough = errors.New("enough was read")

// Summaries implements store.Archive.
func (s *Store) Summaries(ctx context.Context, scope store.Scope, ids []int64) ([]store.Voicemail, error) {
	vs, err := s.summaries.Summaries(ctx, scope, ids)
	return vs, wrap("read summaries", err)
}

// summarySource reads what the cache has not.
type summarySource struct {
	s                 *Store
	read, since, last *sql.Stmt // on s.read
}

var _ summaries.Source = (*summarySource)(nil)

// newSummaries prepares reading summaries.
func newSummaries(ctx context.Context, s *Store, bytes int) (*summaries.Cache, error) {
	source := &summarySource{s: s}
	for sql, stmt := range map[string]**sql.Stmt{selectSummaries: &source.read, selectSince: &source.since, selectLast: &source.last} {
		var err error
		if *stmt, err = s.read.PrepareContext(ctx, sql); err != nil {
			return nil, err
		}
	}
	return summaries.New(source, bytes)
}

// Since implements summaries.Source.
func (x *summarySource) Since(ctx context.Context, seq int64, limit int) ([]summaries.Change, error) {
	return x.changes(ctx, x.since, limit, seq)
}

// Last implements summaries.Source.
func (x *summarySource) Last(ctx context.Context) (summaries.Change, error) {
	changes, err := x.changes(ctx, x.last, 1)
	if err != nil || len(changes) == 0 {
		return summaries.Change{}, err
	}
	return changes[0], nil
}

// changes reads the first limit rows. The statements have no limit of their own:
// SQLite parses one with a limit that is not in its text anew each time.
func (x *summarySource) changes(ctx context.Context, stmt *sql.Stmt, limit int, args ...any) ([]summaries.Change, error) {
	changes := make([]summaries.Change, 0, 1)
	err := x.query(ctx, stmt, args, func(rows *sql.Rows) error {
		var c summaries.Change
		err := rows.Scan(&c.Seq, &c.Tag, &c.VoicemailID)
		if changes = append(changes, c); err == nil && len(changes) == limit {
			err = errEnough
		}
		return err
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return changes, err
}

// Read implements summaries.Source.
func (x *summarySource) Read(ctx context.Context, ids []int64) (vs []store.Voicemail, seq int64, err error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, 0, err
	}
	at := make(map[int64]int, len(ids))
	vs = make([]store.Voicemail, 0, len(ids))
	err = x.query(ctx, x.read, []any{string(list)}, func(rows *sql.Rows) error {
		var row summaryRow
		if err := row.scan(rows, &seq); err != nil {
			return err
		}
		i, had := at[row.v.ID]
		if !had {
			i = len(vs)
			at[row.v.ID], vs = i, append(vs, row.v)
		}
		vs[i].Recordings = row.addTo(vs[i].Recordings)
		return nil
	})
	for _, v := range vs {
		slices.SortFunc(v.Recordings, func(a, b store.Recording) int { return a.N - b.N })
	}
	return vs, seq, err
}

func (x *summarySource) query(ctx context.Context, stmt *sql.Stmt, args []any, each func(*sql.Rows) error) (err error) {
	x.s.open.RLock()
	defer x.s.open.RUnlock()
	if x.s.closed {
		return errClosed
	}
	// The driver says "interrupted" where the caller gave up.
	defer func() {
		if gone := ctx.Err(); err != nil && gone != nil && !errors.Is(err, gone) {
			err = fmt.Errorf("%w: %w", gone, err)
		}
	}()
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// summaryRow is a voicemail with one of its recordings, if it has any.
type summaryRow struct {
	v                          store.Voicemail
	r                          store.Recording
	us                         int64
	n, bytes, long             sql.NullInt64
	kind, file, status, digest sql.NullString
	media                      sql.NullString
}

func (x *summaryRow) scan(rows *sql.Rows, seq *int64) error {
	v := &x.v
	err := rows.Scan(seq, &v.ID, &v.BotID, &v.SessionID, &v.AccountID, &v.Caller, &v.Called, &v.Queue, at(&v.StartedAt), &v.Lang,
		&v.Author.ID, &v.Author.Type, at(&v.CreatedOn), at(&v.ModifiedOn), at(&v.LeftAt), &v.Text, &v.Transcript, &x.us, &v.AnalysisVersion,
		&x.n, &x.kind, &x.file, &x.status, &x.digest, &x.media, &x.bytes, &x.long, at(&x.r.KeptAt))
	v.Duration = time.Duration(x.us) * time.Microsecond
	return err
}

// addTo adds the recording to those of the voicemail.
func (x *summaryRow) addTo(rs []store.Recording) []store.Recording {
	r := x.r
	r.N, r.Kind, r.FileName, r.Status = int(x.n.Int64), store.RecordingKind(x.kind.String), x.file.String, x.status.String
	r.Digest, r.Type, r.Bytes, r.Duration = x.digest.String, x.media.String, x.bytes.Int64, time.Duration(x.long.Int64)*time.Microsecond
	// An id that is there twice brings its recordings twice.
	again := func(had store.Recording) bool { return had.N == r.N }
	if !x.n.Valid || slices.ContainsFunc(rs, again) {
		return rs
	}
	return append(rs, r)
}
