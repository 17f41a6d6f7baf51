package ingest

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
	"afterbeep/store/sqlite"
)

// callbackOf is the work on a session of st-1; false where there is none.
func callbackOf(t *testing.T, s *sqlite.Store, session string) (store.Callback, bool) {
	t.Helper()
	c, err := s.Callback(t.Context(), store.AllBots(), store.VoicemailID("st-1", session))
	if errors.Is(err, store.ErrNotFound) {
		return c, false
	}
	if err != nil {
		t.Fatal(err)
	}
	return c, true
}

// evening is some hours after the messages of row and says were left.
func evening() time.Time { return time.Date(2025, 2, 11, 18, 0, 0, 0, time.UTC) }

// What is imported is read in the same transaction.
func TestImportFindsCallbacks(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "a.db"), evening)
	lines := []string{
		row("asks", "hi this is Agnes Mulcahy please call me back at 617 555 0141 after three"),
		row("thanks", "hi this is Agnes Mulcahy thanks for the parcel it has arrived and everything is fine no need to call me back"),
		row("silent", ""),
	}
	if _, err := Import(t.Context(), s, strings.NewReader(strings.Join(lines, "\n")), ImportOptions{Find: newFinder(t).Find}); err != nil {
		t.Fatal(err)
	}
	asks, ok := callbackOf(t, s, "asks")
	if !ok || asks.Lane != store.LaneRequests || asks.Number != "+16175550141" || asks.Name != "Agnes Mulcahy" || asks.DueAt.IsZero() {
		t.Errorf("got %+v, %v", asks, ok)
	}
	if c, ok := callbackOf(t, s, "thanks"); ok && c.Lane == store.LaneRequests {
		t.Errorf("got %+v", c)
	}
	if c, ok := callbackOf(t, s, "silent"); !ok || c.Lane != store.LaneListen || c.Listen != store.ListenNoText {
		t.Errorf("without text: got %+v, %v", c, ok)
	}
}

// A message that waits for its text needs a listen when the hour has passed, and is
// judged by its text where that comes.
func TestNoTextAfterAnHour(t *testing.T) {
	now := time.Date(2026, 3, 12, 10, 0, 0, 0, time.UTC)
	s := openStore(t, filepath.Join(t.TempDir(), "a.db"), func() time.Time { return now })
	key := store.SessionKey{BotID: "st-1", SessionID: "a"}
	if _, err := s.SaveSessions(t.Context(), []store.Session{{AccountID: "acc", BotID: "st-1", SessionID: "a", StartedAt: now, FoundAt: now, Wanted: true}}); err != nil {
		t.Fatal(err)
	}
	record := func(state store.State, text string) {
		t.Helper()
		flat := store.Reply{AnalysisVersion: AnalysisVersion, Find: newFinder(t).Find, Segments: []store.Segment{{MessageID: "m", ComponentID: "a", Text: text, Lang: "en", CreatedOn: now}}}
		lease, err := s.ClaimSession(t.Context(), key, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Record(t.Context(), lease, store.Outcome{State: state, After: time.Minute, Reply: &flat}); err != nil {
			t.Fatal(err)
		}
	}
	offered := func() int {
		t.Helper()
		cases, _, err := s.Work(t.Context(), store.AllBots(), store.WorkQuery{Lane: store.LaneListen, Ready: true})
		if err != nil {
			t.Fatal(err)
		}
		return len(cases)
	}
	record(store.StateWaiting, "")
	if n := offered(); n != 0 {
		t.Errorf("%d cases to listen to within the hour, want 0", n)
	}
	now = now.Add(time.Hour + time.Second)
	if n := offered(); n != 1 {
		t.Errorf("%d cases to listen to after the hour, want 1", n)
	}
	record(store.StateStored, "please call me back as soon as you can my name is Agnes Mulcahy")
	if n := offered(); n != 0 {
		t.Errorf("%d cases to listen to with text, want 0", n)
	}
	if c, ok := callbackOf(t, s, "a"); !ok || c.Lane != store.LaneRequests {
		t.Errorf("with text: got %+v, %v", c, ok)
	}
}

// An archive of an older version is read anew, and what somebody has worked on
// stays as it is.
func TestReanalyseFindsCallbacks(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "a.db"), evening)
	archivedBy(t, s, AnalysisVersion-1, "asks", says("a", "please call me back at 617 555 0141"))
	archivedBy(t, s, AnalysisVersion-1, "no", says("a", "thank you everything is fine no need to call back"))
	if _, ok := callbackOf(t, s, "asks"); ok {
		t.Fatal("the older version found something")
	}
	if got, err := Reanalyse(t.Context(), s, RedactCards, newFinder(t).Find); err != nil || got.Voicemails != 2 {
		t.Fatalf("got %+v, %v", got, err)
	}
	c, ok := callbackOf(t, s, "asks")
	if !ok || c.Lane != store.LaneRequests || c.Number != "+16175550141" {
		t.Errorf("got %+v, %v", c, ok)
	}
	if c, ok := callbackOf(t, s, "no"); ok && c.Lane != store.LaneNone {
		t.Errorf("got %+v", c)
	}
}

func TestLabel(t *testing.T) {
	no, yes := false, true
	v := store.Voicemail{ID: 17, BotID: "st-de", Lang: "de-DE", Caller: "+493023125116", LeftAt: time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC),
		Text: "rufen sie mich nach drei zurück unter 030 23125117"}
	f := newFinder(t)
	found := f.Find(v)
	base := Labelled{
		ID: "corrected-17", Lang: "de", Kind: "correction", Text: v.Text, Caller: v.Caller, Region: "DE", Left: "2026-03-12T10:00:00+01:00",
		Callback: true, Numbers: []string{"+493023125117"}, Words: "rufen sie mich nach drei zurück", When: "nach drei", Due: "2026-03-12T15:00:00+01:00",
	}
	for name, tt := range map[string]struct {
		x    store.Correction
		want func(*Labelled)
	}{
		"it is one":         {store.Correction{Requested: &yes}, func(*Labelled) {}},
		"it is none":        {store.Correction{Requested: &no}, func(l *Labelled) { l.Callback, l.Words, l.When, l.Due = false, "", "", "" }},
		"another number":    {store.Correction{Number: "+493023125118"}, func(l *Labelled) { l.Numbers = []string{"+493023125118"} }},
		"the same, at last": {store.Correction{Number: "+493023125117"}, func(*Labelled) {}},
	} {
		t.Run(name, func(t *testing.T) {
			want := base
			tt.want(&want)
			got := f.Label(v, found, tt.x)
			if got.Words != "" {
				got.Words = want.Words // which words they are is another package's matter
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
