package storetest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"afterbeep/store"
)

// same is equal for property tests.
func same(rt *rapid.T, what string, got, want any) {
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		rt.Fatalf("%s (-want +got):\n%s", what, d)
	}
}

// drawKnown draws a session of one of the bots that begins between the first
// edge and the last.
func drawKnown(rt *rapid.T, bots []string, edges []time.Time) store.Session {
	last := edges[len(edges)-1]
	return store.Session{
		BotID: rapid.SampledFrom(bots).Draw(rt, "bot"), Wanted: rapid.Bool().Draw(rt, "wanted"),
		Voicemail: rapid.SampledFrom([]store.Flag{store.FlagYes, store.FlagNo, store.FlagUnknown}).Draw(rt, "flag"),
		StartedAt: edges[0].Add(time.Duration(rapid.Int64Range(0, int64(last.Sub(edges[0])-1)).Draw(rt, "start"))),
	}
}

// drawHistory lets a session become known, be fetched, and its audio be kept.
func drawHistory(ctx context.Context, rt *rapid.T, b *bench, s store.Session) error {
	if _, err := b.SaveSessions(ctx, []store.Session{s}); err != nil {
		return err
	}
	for range rapid.IntRange(0, 3).Draw(rt, "fetches") {
		l, err := b.ClaimSession(ctx, s.Key(), time.Hour)
		if err != nil {
			return ignore(err, store.ErrLeased)
		}
		if rapid.IntRange(0, 5).Draw(rt, "dies") == 0 {
			return nil
		}
		if _, err := b.Record(ctx, l, drawOutcome(rt)); err != nil {
			return err
		}
	}
	return drawKeeps(ctx, rt, b, s)
}

// drawKeeps lets the session's audio be kept, and be lost again. Between,
// the upstream may say something else of it.
func drawKeeps(ctx context.Context, rt *rapid.T, b *bench, s store.Session) error {
	for range rapid.IntRange(0, 3).Draw(rt, "keeps") {
		n := rapid.IntRange(0, 1).Draw(rt, "recording")
		l, err := b.ClaimTask(ctx, store.TaskKey{VoicemailID: store.VoicemailID(s.BotID, s.SessionID), Kind: store.TaskKeep, N: n}, time.Hour)
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrLeased) {
			continue
		}
		if err != nil {
			return err
		}
		if rapid.IntRange(0, 5).Draw(rt, "keeper dies") == 0 {
			continue
		}
		o := store.TaskOutcome{State: rapid.SampledFrom(fetchStates()).Draw(rt, "kept"), After: time.Hour}
		if o.State == store.StateStored && rapid.IntRange(0, 3).Draw(rt, "stores") > 0 {
			o.Kept = kept(s.SessionID, time.Second)
		}
		o.Lost = o.Kept == nil && rapid.Bool().Draw(rt, "lost")
		if _, err := b.RecordTask(ctx, l, o); err != nil {
			return err
		}
		if rapid.IntRange(0, 2).Draw(rt, "fetched again") > 0 {
			continue
		}
		again, err := b.ClaimSession(ctx, s.Key(), time.Hour)
		if err != nil {
			return ignore(err, store.ErrLeased)
		}
		if _, err := b.Record(ctx, again, drawOutcome(rt)); err != nil {
			return err
		}
	}
	return nil
}

func drawOutcome(rt *rapid.T) store.Outcome {
	o := store.Outcome{State: rapid.SampledFrom(fetchStates()).Draw(rt, "state"), After: time.Hour}
	switch rapid.IntRange(0, 3).Draw(rt, "reply") {
	case 1:
		o.Reply = file()
		o.Reply.Recordings[0].Status = rapid.SampledFrom([]string{store.RecordingSuccess, "media_in_progress", "failed"}).Draw(rt, "status")
	case 2:
		o.Reply = files("a", "b")
	case 3:
		o.Reply = &store.Reply{}
	}
	return o
}

// readDays reads each session and its voicemail and counts what Days should,
// and how many gaps of each kind there should be.
func readDays(ctx context.Context, b *bench, scope store.Scope, keys []store.SessionKey, edges []time.Time, indexed int64) ([]store.LedgerDay, map[store.GapKind]int, error) {
	changes, err := b.Changes(ctx, indexed, store.MaxChanges)
	if err != nil {
		return nil, nil, err
	}
	ahead := map[int64]bool{}
	for _, c := range changes {
		ahead[c.VoicemailID] = true
	}
	var groups []store.Alike
	lacking := map[store.GapKind]int{}
	for _, key := range keys {
		s, err := b.Session(ctx, scope, key.SessionID)
		if err != nil {
			return nil, nil, err
		}
		day, _ := slices.BinarySearchFunc(edges, s.StartedAt, func(edge, start time.Time) int {
			if edge.After(start) {
				return 1
			}
			return -1
		})
		g := store.Alike{BotID: s.BotID, Day: edges[day-1], State: s.State, Flag: s.Voicemail, N: 1}
		v, err := b.Voicemail(ctx, scope, store.VoicemailID(key.BotID, key.SessionID))
		switch {
		case err == nil:
			g.Voicemail, g.Transcript, g.Indexed = true, v.Transcript, !ahead[v.ID]
			if g.Audio, g.Unkept, err = readAudio(ctx, b, scope, v); err != nil {
				return nil, nil, err
			}
		case !errors.Is(err, store.ErrNotFound):
			return nil, nil, err
		}
		for _, k := range lacks(g) {
			lacking[k]++
		}
		groups = append(groups, g)
	}
	return store.SumDays(groups), lacking, nil
}

// readAudio tells whether a voicemail has a recording of its own that can be had
// or could once, and whether one of these is not archived.
func readAudio(ctx context.Context, b *bench, scope store.Scope, v store.Voicemail) (audio, unkept bool, err error) {
	tasks, err := b.VoicemailTasks(ctx, scope, v.ID)
	for _, r := range v.Recordings {
		if r.Kind != store.RecordingVoicemail {
			continue
		}
		can, archived := r.Status == store.RecordingSuccess || r.Digest != "", r.Digest != ""
		for _, t := range tasks {
			if t.Kind == store.TaskKeep && t.N == r.N {
				can, archived = true, archived && (t.State == store.StateStored || t.State == store.StateSkipped)
			}
		}
		audio, unkept = audio || can, unkept || can && !archived
	}
	return audio, unkept, err
}

// lacks are the kinds of gaps that a session of a group is.
func lacks(g store.Alike) []store.GapKind {
	var kinds []store.GapKind
	add := func(k store.GapKind, is bool) {
		if is {
			kinds = append(kinds, k)
		}
	}
	open := []store.State{store.StateDue, store.StateLeased, store.StateWaiting, store.StateRetry}
	add(store.GapWaiting, !g.Voicemail && slices.Contains(open, g.State))
	add(store.GapDead, !g.Voicemail && g.State == store.StateDead)
	add(store.GapGone, !g.Voicemail && g.Flag == store.FlagYes && (g.State == store.StateGone || g.State == store.StateEmpty))
	add(store.GapUntranscribed, g.Voicemail && g.Transcript != store.TranscriptPresent)
	add(store.GapUnarchived, g.Voicemail && g.Unkept)
	add(store.GapUnindexed, g.Voicemail && !g.Indexed)
	return kinds
}
