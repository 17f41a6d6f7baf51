package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"afterbeep/store"
	"afterbeep/store/summaries"
)

// The statements of summaries. Each is one, and so one view, and needs no
// transaction around it.
const (
	selectSummaries = `SELECT (SELECT seq FROM feed), v.id, v.bot_id, v.session_id, v.account_id, v.caller, v.called, v.queue, v.started_at, v.lang,
			v.author_id, v.author_type, v.created_on, v.modified_on, v.left_at, v.transcript, v.transcript_state, v.duration_us,
			v.analysis_version,
			r.n, r.kind, r.file_name, r.status, r.digest, r.type, r.bytes, r.duration_us, r.kept_at
		FROM voicemails AS v LEFT JOIN recordings AS r ON r.voicemail_id = v.id WHERE v.id = ANY($1)`
	selectSince = `SELECT t.seq, t.tag, COALESCE(c.voicemail_id, 0) FROM change_tags AS t LEFT JOIN changes AS c ON c.seq = t.seq
		WHERE t.seq >= $1 ORDER BY t.seq LIMIT $2`
	selectLast = `SELECT t.seq, t.tag, COALESCE(c.voicemail_id, 0) FROM change_tags AS t LEFT JOIN changes AS c ON c.seq = t.seq
		ORDER BY t.seq DESC LIMIT 1`
)

// Summaries implements store.Archive.
func (s *Store) Summaries(ctx context.Context, scope store.Scope, ids []int64) ([]store.Voicemail, error) {
	vs, err := s.summaries.Summaries(ctx, scope, ids)
	if err != nil {
		return nil, fmt.Errorf("read summaries: %w", plain(err))
	}
	return vs, nil
}

// summarySource reads what the cache has not.
type summarySource struct{ s *Store }

var _ summaries.Source = summarySource{}

// Since implements summaries.Source.
func (x summarySource) Since(ctx context.Context, seq int64, limit int) ([]summaries.Change, error) {
	return query(ctx, x.s, selectSince, []any{seq, limit}, scanChange)
}

// Last implements summaries.Source.
func (x summarySource) Last(ctx context.Context) (summaries.Change, error) {
	changes, err := query(ctx, x.s, selectLast, nil, scanChange)
	if err != nil || len(changes) == 0 {
		return summaries.Change{}, err
	}
	return changes[0], nil
}

func scanChange(row pgx.CollectableRow) (c summaries.Change, err error) {
	err = row.Scan(&c.Seq, &c.Tag, &c.VoicemailID)
	return c, err
}

// Read implements summaries.Source.
func (x summarySource) Read(ctx context.Context, ids []int64) ([]store.Voicemail, int64, error) {
	rows, err := query(ctx, x.s, selectSummaries, []any{ids}, scanSummary)
	if err != nil || len(rows) == 0 {
		return nil, 0, err
	}
	at := make(map[int64]int, len(ids))
	vs := make([]store.Voicemail, 0, len(ids))
	for _, row := range rows {
		i, had := at[row.v.ID]
		if !had {
			i = len(vs)
			at[row.v.ID], vs = i, append(vs, row.v)
		}
		if row.n != nil {
			vs[i].Recordings = append(vs[i].Recordings, row.recording())
		}
	}
	for _, v := range vs {
		slices.SortFunc(v.Recordings, func(a, b store.Recording) int { return a.N - b.N })
	}
	return vs, rows[0].seq, nil
}

// summaryRow is a voicemail with one of its recordings, if it has any.
type summaryRow struct {
	seq                               int64
	v                                 store.Voicemail
	n                                 *int
	kind, file, status, digest, media *string
	bytes, long                       *int64
	keptAt                            time.Time
}

func scanSummary(row pgx.CollectableRow) (summaryRow, error) {
	var x summaryRow
	var us int64
	v := &x.v
	err := row.Scan(&x.seq, &v.ID, &v.BotID, &v.SessionID, &v.AccountID, &v.Caller, &v.Called, &v.Queue, at(&v.StartedAt), &v.Lang,
		&v.Author.ID, &v.Author.Type, at(&v.CreatedOn), at(&v.ModifiedOn), at(&v.LeftAt), &v.Text, &v.Transcript, &us, &v.AnalysisVersion,
		&x.n, &x.kind, &x.file, &x.status, &x.digest, &x.media, &x.bytes, &x.long, at(&x.keptAt))
	v.Duration = time.Duration(us) * time.Microsecond
	return x, err
}

// recording is the row's, where it has one: none of its columns is NULL then.
func (x *summaryRow) recording() store.Recording {
	return store.Recording{N: *x.n, Kind: store.RecordingKind(*x.kind), FileName: *x.file, Status: *x.status,
		Digest: *x.digest, Type: *x.media, Bytes: *x.bytes, Duration: time.Duration(*x.long) * time.Microsecond, KeptAt: x.keptAt}
}

// query reads the rows of one statement outside of a transaction, again where
// the connection was dead, as after a restart of the server.
func query[T any](ctx context.Context, s *Store, sql string, args []any, scan pgx.RowToFunc[T]) ([]T, error) {
	ctx, cancel := context.WithTimeout(ctx, txTimeout)
	defer cancel()
	for n := 1; ; n++ {
		if s.closed.Load() {
			return nil, errClosed
		}
		rows, err := s.pool.Query(ctx, sql, args...)
		var out []T
		if err == nil {
			out, err = pgx.CollectRows(rows, scan)
		}
		if err == nil || n == tries || ctx.Err() != nil || !lost(err) || !pause(ctx, n) {
			return out, err
		}
	}
}

// lost reports whether a connection may have ended that was pooled. Anything else,
// such as a row that can't be read, would be the same the next time.
func lost(err error) bool {
	var c *pgconn.ConnectError
	var e *pgconn.PgError
	var n net.Error
	const ending = "57P" // of the SQLSTATE: the server stops, or has stopped
	switch {
	case errors.As(err, &c):
		return false // a server that takes no connection is the caller's to wait for
	case errors.As(err, &e):
		return strings.HasPrefix(e.Code, ending)
	}
	return pgconn.SafeToRetry(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &n)
}
