package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"afterbeep/store"
)

var actedAt = time.Date(2026, 3, 12, 10, 30, 0, 0, time.UTC)

// held is a callback in somebody's hands.
func held(by string, until time.Duration) store.Callback {
	return store.Callback{VoicemailID: 1, CaseID: 1, Lane: store.LaneRequests, Status: store.CallbackClaimed, Assignee: by, LeaseUntil: actedAt.Add(until)}
}

// A message rests while its text may come, unless a person has heard that it asks
// for a call; what a person put off rests on.
func TestCallBackWithoutText(t *testing.T) {
	yes := true
	asks := store.Action{Verb: store.VerbCorrect, By: "bob", Correction: store.Correction{Requested: &yes}}
	found, _ := store.Follow(nil, store.Voicemail{ID: 1, LeftAt: actedAt, Transcript: store.TranscriptPending}, store.Finding{Listen: store.ListenNoText}, nil, store.DefaultDesk(), actedAt)
	if found.NextAt.IsZero() {
		t.Fatal("a message whose text may come does not rest")
	}
	got, _, err := store.Decide(*found, asks, store.DefaultDesk(), actedAt)
	if err != nil || got.Lane != store.LaneRequests || !got.NextAt.IsZero() {
		t.Errorf("got %s resting until %v, error %v", got.Lane, got.NextAt, err)
	}
	put := *found
	put.NextAt = actedAt.Add(3 * time.Hour)
	if got, _, err = store.Decide(put, asks, store.DefaultDesk(), actedAt); err != nil || !got.NextAt.Equal(put.NextAt) {
		t.Errorf("put off: got %v, error %v", got.NextAt, err)
	}
}

func TestDecideOnCallback(t *testing.T) {
	open := store.Callback{VoicemailID: 1, CaseID: 1, Lane: store.LaneRequests, Status: store.CallbackOpen}
	done := store.Callback{VoicemailID: 1, CaseID: 1, Lane: store.LaneRequests, Status: store.CallbackDone, Assignee: "ada", Outcome: "reached", ClosedAt: actedAt}
	for name, c := range map[string]struct {
		had    store.Callback
		action store.Action
		status store.CallbackStatus
		err    error
	}{
		"claim what is open":               {open, store.Action{Verb: store.VerbClaim}, store.CallbackClaimed, nil},
		"claim what another holds":         {held("ada", 1), store.Action{Verb: store.VerbClaim}, "", store.ErrHeld},
		"claim what another's lease lost":  {held("ada", 0), store.Action{Verb: store.VerbClaim}, store.CallbackClaimed, nil},
		"claim what is done":               {done, store.Action{Verb: store.VerbClaim}, "", store.ErrClosed},
		"close what another holds":         {held("ada", 1), store.Action{Verb: store.VerbClose, Outcome: "reached"}, "", store.ErrHeld},
		"close what nobody holds":          {open, store.Action{Verb: store.VerbClose, Outcome: "reached"}, store.CallbackDone, nil},
		"close with what isn't there":      {open, store.Action{Verb: store.VerbClose, Outcome: "sold"}, "", store.ErrInvalid},
		"try what is done":                 {done, store.Action{Verb: store.VerbAttempt, Result: store.AttemptBusy}, "", store.ErrClosed},
		"release what nobody holds":        {open, store.Action{Verb: store.VerbRelease}, "", store.ErrInvalid},
		"release another's":                {held("ada", 1), store.Action{Verb: store.VerbRelease}, "", store.ErrHeld},
		"release another's by right":       {held("ada", 1), store.Action{Verb: store.VerbRelease, Force: true}, store.CallbackOpen, nil},
		"note on another's":                {held("ada", 1), store.Action{Verb: store.VerbNote, Note: "x"}, store.CallbackClaimed, nil},
		"note on what is done":             {done, store.Action{Verb: store.VerbNote, Note: "x"}, store.CallbackDone, nil},
		"reopen":                           {done, store.Action{Verb: store.VerbReopen}, store.CallbackOpen, nil},
		"correct the number of another's":  {held("ada", 1), store.Action{Verb: store.VerbCorrect, Correction: store.Correction{Number: "+16175550100"}}, store.CallbackClaimed, nil},
		"say that another's is no request": {held("ada", 1), store.Action{Verb: store.VerbCorrect, Correction: store.Correction{Requested: new(bool)}}, "", store.ErrHeld},
		"undo without knowing":             {open, store.Action{Verb: store.VerbUndo}, "", store.ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			c.action.By = "bob"
			got, e, err := store.Decide(c.had, c.action, store.DefaultDesk(), actedAt)
			if !errors.Is(err, c.err) {
				t.Fatalf("got error %v, want %v", err, c.err)
			}
			if err != nil {
				return
			}
			if got.Status != c.status || e.To != c.status || e.From != c.had.StatusAt(actedAt) || e.By != "bob" || !e.At.Equal(actedAt) {
				t.Errorf("got %s by event %+v, want %s", got.Status, e, c.status)
			}
		})
	}
}

// TestCaseActHoldsOnce does actions of several people to a case at random: no two
// of them ever hold messages of it, and the events of a message follow each other.
func TestCaseActHoldsOnce(t *testing.T) {
	verbs := []store.Verb{store.VerbClaim, store.VerbRelease, store.VerbAssign, store.VerbAttempt, store.VerbClose, store.VerbReopen, store.VerbSnooze,
		store.VerbNote, store.VerbSeen, store.VerbCorrect, store.VerbUndo}
	rapid.Check(t, func(t *rapid.T) {
		now := actedAt
		members := make([]store.Member, 3)
		for i := range members {
			members[i].Callback = store.Callback{VoicemailID: int64(i + 1), CaseID: 1, Lane: store.LaneRequests, Requested: true, Status: store.CallbackOpen}
		}
		last := map[int64]store.CallbackStatus{1: store.CallbackOpen, 2: store.CallbackOpen, 3: store.CallbackOpen}
		for range rapid.IntRange(1, 25).Draw(t, "actions") {
			now = now.Add(time.Duration(rapid.IntRange(0, 8).Draw(t, "minutes")) * time.Minute)
			a := store.Action{Verb: rapid.SampledFrom(verbs).Draw(t, "verb"), By: rapid.SampledFrom([]string{"ada", "bob"}).Draw(t, "by"),
				Assignee: rapid.SampledFrom([]string{"ada", "bob", "cy"}).Draw(t, "assignee"), Result: store.AttemptBusy, Outcome: "reached", Note: "x",
				Next: now.Add(time.Hour), Whole: rapid.Bool().Draw(t, "whole"), Force: rapid.Bool().Draw(t, "force")}
			yes := rapid.Bool().Draw(t, "request")
			a.Correction.Requested = &yes
			a, err := a.Clean()
			if err != nil {
				t.Fatal(err)
			}
			x := store.CaseAct{Members: members, ID: rapid.Int64Range(1, 3).Draw(t, "message"), Action: a, Desk: store.DefaultDesk(), Scope: store.AllBots(), Now: now}
			steps, err := x.Decide()
			if err != nil {
				continue
			}
			for _, step := range steps {
				m := &members[step.Callback.VoicemailID-1]
				m.Callback, m.Correction = step.Callback, step.Correction
				for i, e := range step.Events {
					if e.From != last[e.VoicemailID] {
						t.Fatalf("%s by %s is of %s, the one before left %s", e.Verb, e.By, e.From, last[e.VoicemailID])
					}
					last[e.VoicemailID] = e.To
					if i == len(step.Events)-1 && e.Verb != store.VerbNote && e.Verb != store.VerbSeen {
						m.Last, m.Before = e, step.Before
					}
				}
				if last[m.Callback.VoicemailID] != m.Callback.Status {
					t.Fatalf("the history says %s of %+v", last[m.Callback.VoicemailID], m.Callback)
				}
			}
			holders := map[string]bool{}
			for _, m := range members {
				if m.Callback.StatusAt(now) == store.CallbackClaimed {
					holders[m.Callback.Assignee] = true
				}
			}
			if len(holders) > 1 {
				t.Fatalf("%v hold messages of one case after %s by %s", holders, a.Verb, a.By)
			}
		}
	})
}

func TestBeforeComesBack(t *testing.T) {
	want := store.Before{Callback: held("ada", time.Minute), Correction: &store.Correction{VoicemailID: 1, Requested: new(bool), By: "ada", At: actedAt}}
	text, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := store.DecodeBefore(text)
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, d)
	}
	if _, err := store.DecodeBefore("{"); err == nil {
		t.Error("no error for what can't be read")
	}
}

// TestLastAttemptRestsUntilTheDayEnds holds on days of 23 and 25 hours, too.
func TestLastAttemptRestsUntilTheDayEnds(t *testing.T) {
	desk := store.DefaultDesk()
	desk.MaxAttempts = 1
	start := actedAt.Add(-8 * time.Hour)
	for _, hours := range []time.Duration{23, 24, 25} {
		end := start.Add(hours * time.Hour)
		steps, err := store.CaseAct{Members: []store.Member{{Callback: held("ada", time.Minute)}}, ID: 1, Desk: desk, Scope: store.AllBots(), Now: actedAt,
			Action: store.Action{Verb: store.VerbAttempt, By: "ada", Result: store.AttemptBusy, DayStart: start, DayEnd: end}}.Decide()
		if err != nil {
			t.Fatal(err)
		}
		if got := steps[0].Callback.NextAt; !got.Equal(end) {
			t.Errorf("a day of %d hours: rests until %v, want %v", hours, got, end)
		}
	}
}
