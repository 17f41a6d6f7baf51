package sqlite

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

// TestGapsOfFewAndMany lists the same gaps by looking through the voicemails
// that lack something and by walking from the newest session on.
func TestGapsOfFewAndMany(t *testing.T) {
	s := inside(t, filepath.Join(t.TempDir(), "afterbeep.db"))
	start := time.Date(2025, 2, 11, 12, 0, 0, 0, time.UTC)
	for i := range 12 {
		one := store.Session{BotID: fmt.Sprint("st-", i%3), SessionID: fmt.Sprint("s-", i), Wanted: true, StartedAt: start.Add(time.Duration(i/2) * time.Hour)}
		if _, err := s.SaveSessions(t.Context(), []store.Session{one}); err != nil {
			t.Fatal(err)
		}
		l, err := s.ClaimSession(t.Context(), one.Key(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Record(t.Context(), l, store.Outcome{State: store.StateStored, Reply: &store.Reply{
			Recordings: []store.Recording{{Kind: store.RecordingVoicemail, FileName: "a", Status: store.RecordingSuccess}},
		}}); err != nil {
			t.Fatal(err)
		}
	}
	for name, q := range map[string]store.GapQuery{
		"all": {Limit: 100}, "some": {Limit: 3}, "of a bot": {BotID: "st-1", Limit: 100},
		"of a time": {From: start.Add(time.Hour), To: start.Add(3 * time.Hour), Limit: 100}, "indexed": {Indexed: 6, Limit: 100},
	} {
		q, err := q.Clean()
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []store.GapKind{store.GapUntranscribed, store.GapUnarchived, store.GapUnindexed} {
			var few, many []store.Gap
			err := s.inView(t.Context(), func(tx *sql.Tx) (err error) {
				f := gapFinder{tx: tx, q: q, scope: q.Within(store.AllBots()), few: 100}
				if few, err = f.find(t.Context(), kind); err != nil {
					return err
				}
				f.few = 0
				many, err = f.find(t.Context(), kind)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			few, many = store.SortGaps(few, q.Limit), store.SortGaps(many, q.Limit)
			if d := cmp.Diff(few, many); d != "" || len(few) == 0 {
				t.Errorf("%s, %s: %d of few, which of many are (-few +many):\n%s", name, kind, len(few), d)
			}
		}
	}
}

// TestGapsAreLookedForWhereTheyAre has four sessions lack a transcript and four
// later ones have it.
func TestGapsAreLookedForWhereTheyAre(t *testing.T) {
	s := inside(t, filepath.Join(t.TempDir(), "afterbeep.db"))
	for i := range 8 {
		one := store.Session{BotID: fmt.Sprint("st-", i%2), SessionID: fmt.Sprint("s-", i), Wanted: true, StartedAt: queuedAt.Add(time.Duration(i) * time.Hour)}
		if _, err := s.SaveSessions(t.Context(), []store.Session{one}); err != nil {
			t.Fatal(err)
		}
		l, err := s.ClaimSession(t.Context(), one.Key(), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		r := &store.Reply{Recordings: []store.Recording{{FileName: "a"}}}
		if i >= 4 {
			r.Segments = []store.Segment{{Text: "hello"}}
		}
		if _, err := s.Record(t.Context(), l, store.Outcome{State: store.StateStored, Reply: r}); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		q    store.GapQuery
		walk bool
	}{
		"many of long days":             {store.GapQuery{}, true},
		"few of long days":              {store.GapQuery{From: queuedAt.Add(2 * time.Hour)}, false},
		"none of long days":             {store.GapQuery{From: queuedAt.Add(4 * time.Hour)}, false},
		"few of a bot":                  {store.GapQuery{BotID: "st-1"}, false},
		"short days":                    {store.GapQuery{From: queuedAt.Add(5 * time.Hour)}, true},
		"days without a session at all": {store.GapQuery{From: queuedAt.Add(9 * time.Hour)}, true},
	} {
		q, err := c.q.Clean()
		if err != nil {
			t.Fatal(err)
		}
		var from string
		err = s.inView(t.Context(), func(tx *sql.Tx) (err error) {
			f := gapFinder{tx: tx, q: q, scope: q.Within(store.AllBots()), few: 3}
			from, err = f.from(t.Context(), untranscribed)
			return err
		})
		if walk := strings.Contains(from, "INDEXED BY call_sessions_day"); err != nil || from == "" || walk != c.walk {
			t.Errorf("%s: walks along the days %v, error %v, from %s", name, walk, err, from)
		}
	}
}

// TestAudioIsFoundByItsIndexes holds that neither recordings nor tasks are read
// for what is archived.
func TestAudioIsFoundByItsIndexes(t *testing.T) {
	s := inside(t, filepath.Join(t.TempDir(), "afterbeep.db"))
	for name, plan := range map[string][]string{
		"days": explain(t, s, dayQuery+`true GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`, 1, 2, 3),
		"gaps": explain(t, s, unarchived.ids),
	} {
		steps := strings.Join(plan, "\n")
		for _, index := range []string{"recordings_unkept", "tasks_unkept"} {
			if !strings.Contains(steps, "COVERING INDEX "+index) {
				t.Errorf("%s, without %s:\n%s", name, index, steps)
			}
		}
		if strings.Contains(steps, "SCAN k") || strings.Contains(steps, "AUTOMATIC") {
			t.Errorf("%s, with all tasks or an index of their own:\n%s", name, steps)
		}
	}
}
