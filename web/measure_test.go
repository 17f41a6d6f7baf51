package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

// requested archives a request of a caller that was left so long before noon.
func (b *bench) requested(session, bot, queue, caller string, before time.Duration) int64 {
	b.t.Helper()
	s := store.Session{AccountID: "acc", BotID: bot, SessionID: session, FoundBy: store.FoundByImport, Voicemail: store.FlagYes, Wanted: true,
		CallerE164: caller, QueueName: queue, StartedAt: noon.Add(-before)}
	if _, err := b.store.SaveSessions(b.t.Context(), []store.Session{s}); err != nil {
		b.t.Fatal(err)
	}
	lease, err := b.store.ClaimSession(b.t.Context(), s.Key(), time.Minute)
	if err != nil {
		b.t.Fatal(err)
	}
	text := said("please call me back")
	text[0].CreatedOn = noon.Add(-before)
	reply := &store.Reply{Segments: text, Payload: []byte("{}"), AnalysisVersion: 1, Find: func(store.Voicemail) store.Finding {
		return store.Finding{Requested: true, Confidence: 0.97}
	}}
	if _, err := b.store.Record(b.t.Context(), lease, store.Outcome{State: store.StateStored, Reply: reply}); err != nil {
		b.t.Fatal(err)
	}
	return store.VoicemailID(bot, session)
}

func (b *bench) saveDesk(change func(*store.Desk)) store.Desk {
	b.t.Helper()
	d := store.DefaultDesk()
	change(&d)
	if err := b.store.SaveDesk(b.t.Context(), d); err != nil {
		b.t.Fatal(err)
	}
	return d
}

// nineToFive are the hours of every bot, from Monday to Friday.
func nineToFive(d *store.Desk) {
	d.Overdue = 4 * time.Hour
	d.Hours = []store.Hours{{Zone: "UTC", Week: [7]string{"", "09:00-17:00", "09:00-17:00", "09:00-17:00", "09:00-17:00", "09:00-17:00", ""}}}
}

// waited leaves five requests and closes three of them at noon, a Wednesday.
func (b *bench) waited() {
	for i, one := range []struct {
		bot, queue string
		before     time.Duration
		outcome    string
		by         string
	}{
		{"st-a", "billing", time.Hour, "reached", "ann"},      // 1 h
		{"st-a", "billing", 20 * time.Hour, "reached", "ann"}, // Tuesday 16:00: 4 h
		{"st-a", "", 21 * time.Hour, "gave_up", "bea"},        // Tuesday
		{"st-a", "billing", 24 * 7 * time.Hour, "", ""},       // a Wednesday: 5 days of 8 h
		{"st-b", "other", 2 * time.Hour, "", ""},              // another bot's
	} {
		id := b.requested(fmt.Sprint("s", i), one.bot, one.queue, fmt.Sprintf("+1415555010%d", i), one.before)
		if one.outcome != "" {
			b.act(id, store.Action{Verb: store.VerbClose, By: one.by, Outcome: one.outcome})
		}
	}
	b.catchUp()
}

func TestMeasure(t *testing.T) {
	b := newBench(t)
	analyst, agent, other := b.person("carl", store.RoleAnalyst), b.person("ann", store.RoleAgent), b.person("eve", store.RoleAgent, "st-b")
	if got := b.get(measurePath, analyst); got.StatusCode != ok || !strings.Contains(got.body, "Nothing to measure") {
		t.Errorf("of nothing: got %d %s", got.StatusCode, got.body)
	}
	b.saveDesk(nineToFive)
	b.waited()
	read := func(path string, cookie *http.Cookie) (a MeasureAnswer) {
		t.Helper()
		got := b.get(path, cookie)
		if got.StatusCode != ok {
			t.Fatalf("%s: got %d %s", path, got.StatusCode, got.body)
		}
		if err := json.Unmarshal([]byte(got.body), &a); err != nil {
			t.Fatal(err)
		}
		return a
	}
	hours := func(h float64) *float64 { h *= 3600; return &h }
	const h = 1
	want := MeasureAnswer{From: Stamp(noon.Add(-12*time.Hour).AddDate(0, 0, -27)), To: Stamp(noon.Add(12 * time.Hour)), TZ: "UTC", Business: true, LimitS: hours(4),
		All: SumAnswer{Requests: 5, Reached: 2, Closed: 1, Open: 2, Overdue: 1, MedianS: hours(h), P90S: hours(4), OldestS: hours(40)},
		Days: []DayAnswer{
			{"2025-02-12", SumAnswer{Requests: 2, Reached: 1, Open: 1, MedianS: hours(1), P90S: hours(1), OldestS: hours(2)}},
			{"2025-02-11", SumAnswer{Requests: 2, Reached: 1, Closed: 1, MedianS: hours(4), P90S: hours(4)}},
			{"2025-02-05", SumAnswer{Requests: 1, Open: 1, Overdue: 1, OldestS: hours(40)}}},
		Queues: []QueueAnswer{
			{"billing", SumAnswer{Requests: 3, Reached: 2, Open: 1, Overdue: 1, MedianS: hours(1), P90S: hours(4), OldestS: hours(40)}},
			{"", SumAnswer{Requests: 1, Closed: 1}},
			{"other", SumAnswer{Requests: 1, Open: 1, OldestS: hours(2)}}},
		Agents: []AgentAnswer{
			{"ann", SumAnswer{Requests: 2, Reached: 2, MedianS: hours(1), P90S: hours(4)}},
			{"bea", SumAnswer{Requests: 1, Closed: 1}}}}
	if d := cmp.Diff(want, read(apiMeasurePath, analyst), cmp.Comparer(func(a, b Stamp) bool { return time.Time(a).Equal(time.Time(b)) })); d != "" {
		t.Errorf("the API (-want +got):\n%s", d)
	}
	if got := read(apiMeasurePath, agent).Agents; len(got) != 1 || got[0].Agent != "ann" {
		t.Errorf("an agent is told of %v", got)
	}
	if got := read(apiMeasurePath, other); got.All.Requests != 1 || len(got.Queues) != 1 || len(got.Agents) != 0 {
		t.Errorf("whoever sees one bot is told of %v", got)
	}
	if got := read(apiMeasurePath+"?queue=billing&from=2025-02-12&to=2025-02-12", analyst); got.All.Requests != 1 || got.All.Reached != 1 {
		t.Errorf("of a queue's day: %v", got.All)
	}
	if got := b.get(apiMeasurePath+"?from=never", analyst); got.StatusCode != unread {
		t.Errorf("of no day: got %d", got.StatusCode)
	}
}

func TestMeasurePage(t *testing.T) {
	b := newBench(t)
	admin := b.person("ada", store.RoleAdmin)
	b.saveDesk(nineToFive)
	b.waited()
	doc := b.get(measurePath, admin).doc(t)
	page := text(doc)
	for _, said := range []string{"16 Jan 2025 to 12 Feb 2025", "5 asked to be called back", "2 reached, 40 %", "1 overdue: past their time, or open for 4 h", "1 h until half", "4 h until nine", "40 h waits the one", "Times are of business hours", "no queue", "ann", "bea"} {
		if !strings.Contains(page, said) {
			t.Errorf("the page does not say %q: %s", said, page)
		}
	}
	// Each number leads to as many messages.
	followed := 0
	for _, id := range []string{"days", "queues"} {
		for _, cell := range all(all(doc, "section", "aria-labelledby="+id)[0], "td") {
			for _, a := range all(cell, "a") {
				found := text(all(b.get(attr(a, "href"), admin).doc(t), "p", "class=count")...)
				if followed++; !strings.HasPrefix(found, text(a)+" ") {
					t.Errorf("%s: the page says %s, its search %q", attr(a, "href"), text(a), found)
				}
			}
		}
	}
	if followed < 8 {
		t.Errorf("%d numbers are links", followed)
	}
	if got := b.get(measurePath+"?from=never", admin); got.StatusCode != unread || !strings.Contains(got.body, "can’t be measured") {
		t.Errorf("of no day: got %d", got.StatusCode)
	}
	if strings.Contains(b.get(measurePath, b.person("eve", store.RoleAgent)).body, measureExportPath) {
		t.Error("an agent is offered an export")
	}
}

func TestMeasureExport(t *testing.T) {
	b := newBench(t)
	b.saveDesk(nineToFive)
	b.waited()
	id := b.requested("odd", "st-a", "=HYPERLINK()", "+14155550177", time.Hour)
	b.act(id, store.Action{Verb: store.VerbAttempt, By: "dan", Result: store.AttemptNoAnswer})
	b.act(id, store.Action{Verb: store.VerbClaim, By: "dan"})
	got := b.get(measureExportPath+"?from=2025-02-12", b.person("carl", store.RoleAnalyst))
	if got.StatusCode != ok || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/csv") {
		t.Fatalf("got %d %s", got.StatusCode, got.body)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.body, "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"by", "name", "requests", "reached", "closed_otherwise", "open", "overdue", "attempts", "median_min", "p90_min", "oldest_open_min"},
		{"all", "", "3", "1", "0", "2", "0", "1", "60.0", "60.0", "120.0"},
		{"day", "2025-02-12", "3", "1", "0", "2", "0", "1", "60.0", "60.0", "120.0"},
		{"queue", "'=HYPERLINK()", "1", "0", "0", "1", "0", "1", "", "", "60.0"},
		{"queue", "billing", "1", "1", "0", "0", "0", "0", "60.0", "60.0", ""},
		{"queue", "other", "1", "0", "0", "1", "0", "0", "", "", "120.0"},
		{"agent", "ann", "1", "1", "0", "0", "0", "0", "60.0", "60.0", ""},
		{"agent", "dan", "1", "0", "0", "1", "0", "1", "", "", "60.0"},
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	page := b.get(measurePath+"?from=2025-02-12", b.person("ida", store.RoleAdmin)).doc(t)
	if got := text(all(all(page, "section", "aria-labelledby=queues")[0], "tr")[1]); got != "=HYPERLINK() 1 0 0 1 0 1 1 h" {
		t.Errorf("the page has %q", got)
	}
}

func TestWaitingMetrics(t *testing.T) {
	b := newBench(t)
	desk := b.saveDesk(nineToFive)
	b.waited()
	c, err := b.store.Callback(t.Context(), store.AllBots(), store.VoicemailID("st-a", "s1"))
	if err != nil {
		t.Fatal(err)
	}
	b.tellReached(desk, []store.Callback{c, {Outcome: "gave_up", Status: store.CallbackDone, Lane: store.LaneRequests}})
	got := b.get("/metrics", nil)
	for name, want := range map[string]string{metricCallbacks: "2", metricOverdue: "1", metricLongestWait: "144000", metricReached + "_sum": "14400", metricReached + "_count": "1"} {
		if value := metric(got, name); value != want {
			t.Errorf("%s is %q, want %q", name, value, want)
		}
	}
}

// Where all time counts, a day is 24 hours, and long waits are told in days; of
// business hours nobody knows how many make one.
func TestWaitText(t *testing.T) {
	for _, tt := range []struct {
		wait           time.Duration
		round, working string
	}{
		{59 * time.Second, "under 1 min", "under 1 min"},
		{59 * time.Minute, "59 min", "59 min"},
		{47*time.Hour + 59*time.Minute, "47 h 59 min", "47 h 59 min"},
		{48 * time.Hour, "2 days", "48 business hours"},
		{50*time.Hour + 59*time.Minute, "2 days 2 h", "50 business hours"},
		{306*time.Hour + 30*time.Minute, "12 days 18 h", "306 business hours"},
	} {
		if round, working := waitText(tt.wait, false), waitText(tt.wait, true); round != tt.round || working != tt.working {
			t.Errorf("%v: got %q and %q, want %q and %q", tt.wait, round, working, tt.round, tt.working)
		}
	}
}
