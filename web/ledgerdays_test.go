package web

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

// TestTheLedgerOfThePast has sessions of today, of last year and of ten years
// ago: the API tells of all of them, the page of the latest.
func TestTheLedgerOfThePast(t *testing.T) {
	b := newBench(t)
	admin := b.person("ada", store.RoleAdmin)
	days := []string{"2015-03-04", "2024-01-01"}
	for i, day := range days {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.store.SaveSessions(t.Context(), []store.Session{
			{BotID: "st-a", SessionID: "a" + day, StartedAt: at.Add(9 * time.Hour), FoundBy: store.FoundByList},
			{BotID: "st-b", SessionID: "b" + day, StartedAt: at.Add(time.Duration(i) * time.Hour), FoundBy: store.FoundByList},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	got := b.get("/api/v1/ledger", admin)
	var a LedgerAnswer
	if err := json.Unmarshal([]byte(got.body), &a); err != nil {
		t.Fatalf("%d: %v\n%s", got.StatusCode, err, got.body)
	}
	if len(a.Bots) != 2 {
		t.Fatalf("got %d bots: %s", len(a.Bots), got.body)
	}
	for _, bot := range a.Bots {
		if bot.Total.Known != 2 || len(bot.Days) != 2 || bot.Days[0].Day != days[1] || bot.Days[1].Day != days[0] {
			t.Errorf("%s: got %+v", bot.BotID, bot.Days)
		}
	}
	page := b.get("/ledger", admin)
	if !strings.Contains(page.body, "2024-01-01") || strings.Contains(page.body, "2015-03-04") {
		t.Error("the page does not show the last days that are known, and these alone")
	}
	if asked := b.get("/ledger?from=2025-01-01&to=2025-01-03", admin); strings.Contains(asked.body, "2024-01-01") {
		t.Error("the page shows other days than were asked for")
	}
}

// spanned counts what the store is asked to count.
type spanned struct {
	store.Store
	edges []int // of each question
}

func (s *spanned) Days(ctx context.Context, scope store.Scope, edges []time.Time, indexed int64) ([]store.LedgerDay, error) {
	s.edges = append(s.edges, len(edges))
	return s.Store.Days(ctx, scope, edges, indexed)
}

// TestTheLedgerOfOddDays has sessions that speak of days on which nobody called:
// none is lost, and no reader waits for all that lies between.
func TestTheLedgerOfOddDays(t *testing.T) {
	tests := []struct {
		name  string
		days  []string // of a session each, newest first
		want  []string // days that are listed; nil is days
		parts int      // at most
	}{
		{"what an id can say", []string{"2106-02-07", "2025-02-11", "1970-01-01"}, nil, 125},
		{"no years of calls", []string{"9998-12-31", "2107-01-01", "2025-02-11", "1969-12-31", "0002-01-01"}, []string{"2107-01-01", "2025-02-11", "0002-01-01"}, 128},
		{"only the future", []string{"9998-12-31"}, nil, 1},
		{"only the past", []string{"0002-01-01"}, nil, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			asked := &spanned{}
			b := newBench(t, func(c *Config) { asked.Store, c.Store = c.Store, asked })
			for _, day := range tt.days {
				at, err := time.Parse(time.DateOnly, day)
				if err != nil {
					t.Fatal(err)
				}
				b.known(store.Session{BotID: "st-a", SessionID: day, StartedAt: at, FoundBy: store.FoundByHook}, store.Outcome{})
			}
			began := time.Now()
			got := b.get("/api/v1/ledger?kind=dead", b.person("ada", store.RoleAdmin))
			var a LedgerAnswer
			if err := json.Unmarshal([]byte(got.body), &a); err != nil || len(a.Bots) != 1 {
				t.Fatalf("%d: %v\n%s", got.StatusCode, err, got.body)
			}
			var days []string
			for _, d := range a.Bots[0].Days {
				days = append(days, d.Day)
			}
			want := tt.want
			if want == nil {
				want = tt.days
			}
			if diff := cmp.Diff(want, days); diff != "" || a.Bots[0].Total.Known != len(tt.days) {
				t.Errorf("%d known, days (-want +got):\n%s", a.Bots[0].Total.Known, diff)
			}
			if a.From != tt.days[len(tt.days)-1] || a.To != tt.days[0] {
				t.Errorf("got %s to %s", a.From, a.To)
			}
			if len(asked.edges) > tt.parts || slices.Max(asked.edges) > store.MaxDays+1 {
				t.Errorf("asked %d times, for up to %d edges", len(asked.edges), slices.Max(asked.edges))
			}
			t.Logf("took %s", time.Since(began))
		})
	}
}
