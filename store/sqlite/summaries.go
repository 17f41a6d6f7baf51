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
)

// selectSummaries reads a page of results in one statement, and so in one view.
// It is prepared once for each connection: to parse it takes longer than to run
// it.
const selectSummaries = `SELECT v.id, v.bot_id, v.session_id, v.account_id, v.caller, v.called, v.queue, v.started_at, v.lang,
		v.author_id, v.author_type, v.created_on, v.modified_on, v.left_at, v.transcript, v.transcript_state, v.duration_us,
		v.analysis_version,
		r.n, r.kind, r.file_name, r.status, r.expiry_hint, r.checked_at, r.digest, r.type, r.bytes, r.duration_us, r.kept_at
	FROM json_each(?) AS j CROSS JOIN voicemails AS v ON v.id = j.value LEFT JOIN recordings AS r ON r.voicemail_id = v.id`

// Summaries implements store.Archive.
func (s *Store) Summaries(ctx context.Context, scope store.Scope, ids []int64) ([]store.Voicemail, error) {
	if len(ids) == 0 {
		return nil, ctx.Err()
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, wrap("read summaries", err)
	}
	byID := make(map[int64]*store.Voicemail, len(ids))
	if err := s.readSummaries(ctx, string(list), scope, byID); err != nil {
		return nil, wrap("read summaries", err)
	}
	vs := make([]store.Voicemail, 0, len(byID))
	for _, id := range ids {
		if v := byID[id]; v != nil {
			slices.SortFunc(v.Recordings, func(a, b store.Recording) int { return a.N - b.N })
			vs = append(vs, *v)
			delete(byID, id)
		}
	}
	return vs, nil
}

func (s *Store) readSummaries(ctx context.Context, list string, scope store.Scope, byID map[int64]*store.Voicemail) (err error) {
	s.open.RLock()
	defer s.open.RUnlock()
	if s.closed {
		return errClosed
	}
	// The driver says "interrupted" where the caller gave up.
	defer func() {
		if gone := ctx.Err(); err != nil && gone != nil && !errors.Is(err, gone) {
			err = fmt.Errorf("%w: %w", gone, err)
		}
	}()
	rows, err := s.summaries.QueryContext(ctx, list)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := readSummary(rows, scope, byID); err != nil {
			return err
		}
	}
	return rows.Err()
}

// readSummary reads a voicemail with one of its recordings, if it has any.
func readSummary(rows *sql.Rows, scope store.Scope, byID map[int64]*store.Voicemail) error {
	var v store.Voicemail
	var r store.Recording
	var us int64
	var n, bytes, long sql.NullInt64
	var kind, file, status, digest, media sql.NullString
	err := rows.Scan(&v.ID, &v.BotID, &v.SessionID, &v.AccountID, &v.Caller, &v.Called, &v.Queue, at(&v.StartedAt), &v.Lang,
		&v.Author.ID, &v.Author.Type, at(&v.CreatedOn), at(&v.ModifiedOn), at(&v.LeftAt), &v.Text, &v.Transcript, &us, &v.AnalysisVersion,
		&n, &kind, &file, &status, at(&r.ExpiryHint), at(&r.CheckedAt), &digest, &media, &bytes, &long, at(&r.KeptAt))
	if err != nil || !scope.Sees(v.BotID) {
		return err
	}
	had := byID[v.ID]
	if had == nil {
		v.Duration = time.Duration(us) * time.Microsecond
		had = &v
		byID[v.ID] = had
	}
	r.N, r.Kind, r.FileName, r.Status = int(n.Int64), store.RecordingKind(kind.String), file.String, status.String
	r.Digest, r.Type, r.Bytes, r.Duration = digest.String, media.String, bytes.Int64, time.Duration(long.Int64)*time.Microsecond
	// An id that is there twice brings its recordings twice.
	again := func(had store.Recording) bool { return had.N == r.N }
	if n.Valid && !slices.ContainsFunc(had.Recordings, again) {
		had.Recordings = append(had.Recordings, r)
	}
	return nil
}
