package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"afterbeep/store"
)

func TestCutEdges(t *testing.T) {
	days := func(n int) []time.Time {
		var edges []time.Time
		for i := range n {
			edges = append(edges, noon.Add(time.Duration(i)*24*time.Hour+7))
		}
		return edges
	}
	for _, c := range []struct {
		name  string
		edges []time.Time
		ok    bool
	}{
		{"none", nil, false}, {"one", days(1), false}, {"two", days(2), true}, {"most", days(store.MaxDays + 1), true},
		{"too many", days(store.MaxDays + 2), false}, {"equal", []time.Time{noon, noon}, false},
		{"equal once cut", []time.Time{noon, noon.Add(1)}, false}, {"descending", []time.Time{noon, noon.Add(-1)}, false},
		{"a zero one first", []time.Time{{}, noon}, true}, {"a zero one last", []time.Time{noon, {}}, false},
	} {
		had := slices.Clone(c.edges)
		got, err := store.CutEdges(c.edges)
		if c.ok != (err == nil) || (err != nil && !errors.Is(err, store.ErrInvalid)) {
			t.Errorf("%s: got error %v", c.name, err)
		}
		if !slices.Equal(had, c.edges) {
			t.Errorf("%s: what was handed in was changed", c.name)
		}
		for _, e := range got {
			if e != store.Cut(e) {
				t.Errorf("%s: %v is not cut", c.name, e)
			}
		}
	}
}

// TestSumDays holds for any groups: a day's parts never are more than the whole
// that they are of.
func TestSumDays(t *testing.T) {
	states := []store.State{store.StateDue, store.StateLeased, store.StateStored, store.StateEmpty, store.StateWaiting,
		store.StateRetry, store.StateGone, store.StateDead, store.StateSkipped}
	rapid.Check(t, func(rt *rapid.T) {
		var groups []store.Alike
		known, stored, untold := 0, 0, 0
		for range rapid.IntRange(0, 20).Draw(rt, "groups") {
			g := store.Alike{BotID: rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "bot"),
				Day: noon.Add(time.Duration(rapid.IntRange(0, 2).Draw(rt, "day")) * 24 * time.Hour), State: rapid.SampledFrom(states).Draw(rt, "state"),
				Flag: rapid.SampledFrom([]store.Flag{"", "yes", "no"}).Draw(rt, "flag"), N: rapid.IntRange(1, 9).Draw(rt, "n"), Voicemail: rapid.Bool().Draw(rt, "voicemail")}
			if g.Voicemail {
				g.Transcript = rapid.SampledFrom([]store.TranscriptState{"present", "pending", "none"}).Draw(rt, "transcript")
				g.Audio, g.Unkept, g.Indexed = rapid.Bool().Draw(rt, "audio"), rapid.Bool().Draw(rt, "unkept"), rapid.Bool().Draw(rt, "indexed")
				stored += g.N
			} else if g.State == store.StateStored {
				untold += g.N
			}
			known += g.N
			groups = append(groups, g)
		}
		before := store.LedgerDay{}
		for _, d := range store.SumDays(groups) {
			if d.BotID < before.BotID || d.BotID == before.BotID && !d.Day.Before(before.Day) {
				rt.Fatalf("%v after %v", d, before)
			}
			before = d
			sum := d.Stored + d.Waiting + d.Dead + d.Gone + d.Empty + d.Skipped
			untold -= d.Known - sum
			known -= d.Known
			stored -= d.Stored
			if d.Transcribed+d.Pending > d.Stored || d.Archived > d.Audio || d.Audio > d.Stored || d.Indexed > d.Stored ||
				d.Voicemails < d.Stored || d.Voicemails > d.Known || d.Lost > d.Gone+d.Empty || sum > d.Known {
				rt.Fatalf("a part is more than the whole: %+v", d)
			}
		}
		if known != 0 || stored != 0 || untold != 0 {
			rt.Fatalf("%d sessions, %d voicemails and %d that don't add up are missing", known, stored, untold)
		}
	})
}

func TestGapQueryClean(t *testing.T) {
	got, err := store.GapQuery{BotID: "a\x00", From: noon.Add(7), Kinds: []store.GapKind{store.GapDead, store.GapWaiting, store.GapDead}, Limit: -1}.Clean()
	want := store.GapQuery{BotID: "a", From: noon, Kinds: []store.GapKind{store.GapWaiting, store.GapDead}, Limit: 1}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("error %v, -want +got:\n%s", err, d)
	}
	got, err = store.GapQuery{Limit: store.MaxGaps + 1}.Clean()
	if d := cmp.Diff(store.GapQuery{Kinds: store.GapKinds(), Limit: store.MaxGaps}, got); d != "" || err != nil {
		t.Errorf("error %v, -want +got:\n%s", err, d)
	}
	if _, err := (store.GapQuery{Kinds: []store.GapKind{""}}).Clean(); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("no kind: got error %v", err)
	}
}

func TestGapQueryWithin(t *testing.T) {
	for _, c := range []struct {
		name  string
		bot   string
		scope store.Scope
		want  string // the bots of a and b that are seen
	}{
		{"no bot", "", store.AllBots(), "ab"}, {"no bot, some", "", store.OnlyBots("b"), "b"}, {"a bot of all", "a", store.AllBots(), "a"},
		{"a bot of some", "a", store.OnlyBots("a", "b"), "a"}, {"a bot outside", "a", store.OnlyBots("b"), ""}, {"a bot of none", "a", store.Scope{}, ""},
	} {
		got := ""
		s := store.GapQuery{BotID: c.bot}.Within(c.scope)
		for _, bot := range []string{"a", "b"} {
			if s.Sees(bot) {
				got += bot
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAddUnkept(t *testing.T) {
	l := store.Lags{Recordings: 40, Kept: 40}
	for _, state := range []store.State{store.StateDue, store.StateLeased, store.StateWaiting, store.StateRetry, store.StateGone,
		store.StateDead, store.StateStored, store.StateEmpty, store.StateSkipped, ""} {
		l.AddUnkept(state, true, false, 2)
		l.AddUnkept(state, false, false, 1)
		l.AddUnkept(state, true, true, 3)
	}
	if want := (store.Lags{Recordings: 70, Kept: 10, Waiting: 20, GivenUp: 12}); l != want {
		t.Errorf("got %+v, want %+v", l, want)
	}
}
