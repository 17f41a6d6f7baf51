package web

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

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
