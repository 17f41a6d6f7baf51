package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// AnalysisStore is what Reanalyse needs of the store.
type AnalysisStore interface {
	store.Analyses
	// Voicemail and Payload are store.Archive's.
	Voicemail(ctx context.Context, s store.Scope, id int64) (store.Voicemail, error)
	Payload(ctx context.Context, s store.Scope, id int64) ([]byte, error)
}

// AnalysisReport counts what was analysed anew.
type AnalysisReport struct {
	Voicemails int
	Changed    int // of them are different now
	Unread     int // of them have no payload that can be read: only their texts were masked
}

// What is analysed anew at a time, and how long it rests when the store is away.
const (
	analysisBatch = 100
	analysisRest  = time.Minute
)

// again is what a reply is made anew with.
type again struct {
	redact Redaction
	find   func(store.Voicemail) store.Finding
}

// Reanalyse makes anew what earlier versions of Flatten and of Finder, whose Find
// find is, made of an archive's replies, from the payloads that are kept, with no
// upstream: it ends when nothing older than AnalysisVersion is left, and may be
// stopped and begun again at any time. Segments that came with earlier replies than the one that is kept are
// masked as they are stored. It works half of the time, so that others get at the
// store. Errors are the store's, or those of redact.
func Reanalyse(ctx context.Context, s AnalysisStore, redact Redaction, find func(store.Voicemail) store.Finding) (AnalysisReport, error) {
	var report AnalysisReport
	if err := redact.check(); err != nil {
		return report, fmt.Errorf("reanalyse: %w", err)
	}
	for {
		begin := time.Now()
		ids, err := s.Outdated(ctx, AnalysisVersion, analysisBatch)
		if err != nil || len(ids) == 0 {
			return report, err
		}
		for _, id := range ids {
			if err := reanalyse(ctx, s, id, again{redact, find}, &report); err != nil {
				return report, fmt.Errorf("reanalyse voicemail %d: %w", id, err)
			}
		}
		if err := pauseOrStop(ctx, time.Since(begin)); err != nil {
			return report, err
		}
	}
}

// KeepAnalysed is Reanalyse for a server: it looks again and again, since a voicemail
// whose caller turns out to be another has to be read anew (store.Unread), and goes on
// where the store was away, until ctx ends. It logs to log, which may be nil.
func KeepAnalysed(ctx context.Context, s AnalysisStore, redact Redaction, find func(store.Voicemail) store.Finding, log *slog.Logger) error {
	log = orDiscard(log)
	for {
		report, err := Reanalyse(ctx, s, redact, find)
		if report.Voicemails > 0 {
			log.Info("analysed the archive anew", "voicemails", report.Voicemails, "changed", report.Changed, "unread", report.Unread, "done", err == nil)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			log.Warn("the archive could not be analysed anew", "err", err)
		}
		if err := pauseOrStop(ctx, analysisRest); err != nil {
			return err
		}
	}
}

// reanalyse analyses one voicemail anew. One that is gone meanwhile is none.
func reanalyse(ctx context.Context, s AnalysisStore, id int64, as again, report *AnalysisReport) error {
	had, err := s.Voicemail(ctx, store.AllBots(), id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	payload, err := s.Payload(ctx, store.AllBots(), id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	flat, read := flattenAgain(had, payload, as.redact)
	flat.Find = as.find
	changed, err := s.Reanalyse(ctx, id, flat)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	report.Voicemails++
	if changed {
		report.Changed++
	}
	if !read {
		report.Unread++
	}
	return nil
}

// flattenAgain is what Flatten makes today of a stored payload, with the segments
// that are stored and not in it; read is false where it can't be read. It has a
// payload only where that is a different one now.
func flattenAgain(had store.Voicemail, payload []byte, redact Redaction) (flat store.Reply, read bool) {
	reply, err := kore.ParseVoicemail(payload)
	if read = err == nil; read {
		flat = Flatten(reply, RedactOff)
	}
	flat.AnalysisVersion = AnalysisVersion
	flat.Recordings = nil
	flat.Segments = latest(had.Segments, flat.Segments)
	redact.redact(&flat)
	if !read || bytes.Equal(flat.Payload, payload) {
		flat.Payload = nil
	}
	return flat, read
}

// latest are stored segments and those of a payload, of two that are the same the
// later one: in the order of the payload where it holds all, else in that of the store.
func latest(had, got []store.Segment) []store.Segment {
	type key struct{ message, component string }
	keyOf := func(g store.Segment) key { return key{g.MessageID, g.ComponentID} }
	stored, made := map[key]store.Segment{}, map[key]bool{}
	for _, g := range had {
		stored[keyOf(g)] = g
	}
	var all []store.Segment
	for _, g := range got {
		if made[keyOf(g)] {
			continue
		}
		made[keyOf(g)] = true
		if old, known := stored[keyOf(g)]; known && (old.ModifiedOn.After(g.ModifiedOn) || strings.TrimSpace(g.Text) == "") {
			g = old
		}
		all = append(all, g)
	}
	left := slices.DeleteFunc(slices.Clone(had), func(g store.Segment) bool { return made[keyOf(g)] })
	if len(left) == 0 {
		return all
	}
	byKey := map[key]store.Segment{}
	for _, g := range all {
		byKey[keyOf(g)] = g
	}
	ordered := slices.Clone(had)
	for i, g := range had {
		if newer, ok := byKey[keyOf(g)]; ok {
			ordered[i] = newer
			delete(byKey, keyOf(g))
		}
	}
	for _, g := range all {
		if _, ok := byKey[keyOf(g)]; ok {
			ordered = append(ordered, g)
		}
	}
	return ordered
}
