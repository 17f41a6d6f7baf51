package web

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"afterbeep/store"
)

// known writes down a session and, where it isn't zero, how its fetch ended.
func (b *bench) known(s store.Session, o store.Outcome) {
	b.t.Helper()
	ctx := b.t.Context()
	if _, err := b.store.SaveSessions(ctx, []store.Session{s}); err != nil {
		b.t.Fatal(err)
	}
	if o.State == "" {
		return
	}
	lease, err := b.store.ClaimSession(ctx, s.Key(), time.Minute)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.store.Record(ctx, lease, o); err != nil {
		b.t.Fatal(err)
	}
}

const evilExcerpt = `<script>alert("502")</script><html>Bad Gateway`

// gapped fills an archive with one session of each fate, all of the day before
// noon's.
func (b *bench) gapped() {
	b.t.Helper()
	day := noon.Add(-24 * time.Hour)
	one := func(id string, flag store.Flag) store.Session {
		return store.Session{AccountID: "acc-1", BotID: "st-a", SessionID: id, FoundBy: store.FoundByCallDetails, Wanted: flag != store.FlagNo,
			Voicemail: flag, StartedAt: day}
	}
	b.known(one("due", store.FlagYes), store.Outcome{})
	b.known(one("retry", store.FlagYes), store.Outcome{State: store.StateRetry, After: time.Hour, Reason: "It did not answer in time."})
	b.known(one("dead", store.FlagYes), store.Outcome{State: store.StateDead, Reason: "The reply is not JSON.", Excerpt: evilExcerpt})
	b.known(one("gone", store.FlagYes), store.Outcome{State: store.StateGone, Reason: "It is not there any more."})
	b.known(one("lost", store.FlagYes), store.Outcome{State: store.StateEmpty})
	b.known(one("empty", store.FlagUnknown), store.Outcome{State: store.StateEmpty})
	b.known(one("skipped", store.FlagNo), store.Outcome{})
	b.archive(message{account: "acc-1", bot: "st-a", session: "stored", left: day, segments: said("hello"), recordings: wav()},
		message{account: "acc-1", bot: "st-a", session: "silent", left: day, recordings: wav()}, message{bot: "st-b", session: "other", left: day, segments: said("hi")})
}

func TestLedgerJSON(t *testing.T) {
	b := newBench(t, equipped)
	b.gapped()
	admin := b.person("ada", store.RoleAdmin)
	got := b.get("/api/v1/ledger?from=2025-02-10&to=2025-02-12&tz=America/New_York&bot=st-a", admin)
	golden(t, "ledger.json", indented(t, got.body))
	if kind := got.Header.Get("Content-Type"); kind != "application/json; charset=utf-8" {
		t.Errorf("got content type %q", kind)
	}
}

func TestLedgerParameters(t *testing.T) {
	b := newBench(t)
	b.gapped()
	admin, other := b.person("ada", store.RoleAdmin), b.person("bo", store.RoleAdmin, "st-b")
	tests := []struct {
		query  string
		cookie *http.Cookie
		status int
		bots   int
		gaps   string
		more   bool
		note   string
	}{
		{"", admin, 200, 2, "dead due gone lost other:unarchived retry silent:unarchived silent:untranscribed stored:unarchived", false, ""},
		{"bot=st-b", admin, 200, 1, "", false, ""},
		{"bot=none", admin, 200, 0, "", false, ""},
		{"kind=dead", admin, 200, 2, "dead", false, ""},
		{"kind=dead,+waiting", admin, 200, 2, "dead due retry", false, ""},
		{"kind=untranscribed", admin, 200, 2, "silent:untranscribed", false, ""},
		{"kind=waiting&limit=1", admin, 200, 2, "due", true, ""},
		{"kind=dead&limit=0", admin, 200, 2, "dead", true, "1 to 1000"},
		{"kind=dead&limit=5000", admin, 200, 2, "dead", false, "1 to 1000"},
		{"to=2025-02-10", admin, 200, 0, "", false, ""},
		{"", other, 200, 1, "", false, ""},
		{"bot=st-a", other, 200, 0, "", false, ""},
		{"kind=odd", admin, 400, 0, "", false, ""},
		{"limit=many", admin, 400, 0, "", false, ""},
		{"from=never", admin, 400, 0, "", false, ""},
		{"tz=Local", admin, 400, 0, "", false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			got := b.get("/api/v1/ledger?"+tt.query, tt.cookie)
			if got.StatusCode != tt.status {
				t.Fatalf("got %d: %s", got.StatusCode, got.body)
			}
			if tt.status != 200 {
				got.errorCode(t)
				return
			}
			var a LedgerAnswer
			if err := json.Unmarshal([]byte(got.body), &a); err != nil {
				t.Fatal(err)
			}
			if gaps := strings.ReplaceAll(gapNames(a.Gaps), "other:unarchived ", ""); gaps != strings.ReplaceAll(tt.gaps, "other:unarchived ", "") {
				t.Errorf("got gaps %q, want %q", gaps, tt.gaps)
			}
			if len(a.Bots) != tt.bots || a.GapsMore != tt.more || !strings.Contains(strings.Join(a.Notes, " "), tt.note) {
				t.Errorf("got %d bots, more %v, notes %q", len(a.Bots), a.GapsMore, a.Notes)
			}
		})
	}
}

// gapNames names sessions, with the kind where it does not follow from them.
func gapNames(gaps []LedgerGap) string {
	var names []string
	for _, g := range gaps {
		name := g.SessionID
		if g.VoicemailID != nil {
			name += ":" + g.Kind
		}
		names = append(names, name)
	}
	return strings.Join(sortedWords(names), " ")
}

func TestLedgerPage(t *testing.T) {
	b := newBench(t, equipped)
	b.gapped()
	admin := b.person("ada", store.RoleAdmin)
	doc := b.get("/ledger?bot=st-a", admin).doc(t)
	tables := all(doc, "table", "class=days")
	if len(tables) != 1 {
		t.Fatalf("got %d tables", len(tables))
	}
	rows := all(all(tables[0], "tbody")[0], "tr")
	if len(rows) != 2 {
		t.Fatalf("got %d rows: %s", len(rows), text(tables...))
	}
	for i, want := range []string{"All days", "Tue 11 Feb 2025"} {
		if got := text(rows[i]); got != want+" 9 7 2 1 0 2 2 not stored yet 1 given up 2 no longer to be had 1 without text 2 audio not archived" {
			t.Errorf("got %q", got)
		}
	}
	for _, link := range all(tables[0], "a") {
		got := b.get(attr(link, "href"), admin)
		if n := len(all(all(got.doc(t), "ul", "class=gaps")[0], "li")); got.StatusCode != ok || !strings.HasPrefix(text(link), fmt.Sprint(n)+" ") {
			t.Errorf("%s: got %d with %d sessions", text(link), got.StatusCode, n)
		}
	}
	page := text(doc)
	for _, words := range []string{"Newest voicemail", "(1 day ago)", "Last looked for calls not yet", "Index has every change", "0 of 2 recordings archived", "Newer days"} {
		if is := words != "Newer days"; strings.Contains(page, words) != is {
			t.Errorf("the page says %q: %v, want %v: %s", words, !is, is, page)
		}
	}
}

func TestLedgerPageWithNothing(t *testing.T) {
	b := newBench(t)
	page := text(b.get("/ledger", b.person("ada", store.RoleAdmin)).doc(t))
	for _, words := range []string{"No sessions in these days", "No bot is connected", "none yet", "Audio archive off"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q: %s", words, page)
		}
	}
}

func TestLedgerPageWithAnOddSpan(t *testing.T) {
	b := newBench(t)
	got := b.get("/ledger?from=never&tz=x", b.person("ada", store.RoleAdmin))
	if got.StatusCode != http.StatusBadRequest || !strings.Contains(text(got.doc(t)), "is not a time zone") || attr(all(got.doc(t), "input", "id=from")[0], "value") != "never" {
		t.Errorf("got %d: %s", got.StatusCode, got.body)
	}
}

// How the audio archive stands is told as it is.
func TestLedgerPageKeeping(t *testing.T) {
	tests := []struct {
		name   string
		keeper Keeper
		want   string
	}{
		{"none", nil, "Audio archive off"},
		{"off", &larder{status: KeeperStatus{Off: true, Why: "It is set so."}}, "Audio archive off Why It is set so."},
		{"keeping", &larder{status: KeeperStatus{Where: "disk /audio", Bytes: 3e9, MaxBytes: 1e10, Free: 5e9, FreeKnown: true}},
			"keeping every recording as soon as it is there Where disk /audio Used 3.0 GB of the 10 GB allowed Room left 5.0 GB"},
		{"full", &larder{status: KeeperStatus{Full: true, Why: "Only 1 GB is free."}}, "full: nothing more is kept until there is room Why Only 1 GB is free."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, func(c *Config) { c.Keeper = tt.keeper })
			if page := text(b.get("/ledger", b.person("ada", store.RoleAdmin)).doc(t)); !strings.Contains(page, tt.want) {
				t.Errorf("the page does not say %q: %s", tt.want, page)
			}
		})
	}
}

// TestWhatDoesNotAddUp loses a voicemail from a store, as a bad copy of its file
// would: whoever looks at the ledger sees that it is missing.
func TestWhatDoesNotAddUp(t *testing.T) {
	b := newBench(t)
	b.gapped()
	admin := b.person("ada", store.RoleAdmin)
	const day, all = "8 are accounted for.", "The archive holds 2 voicemails, and the index says that it holds 3 voicemails"
	look := func(is bool) {
		t.Helper()
		page := text(b.get("/ledger", admin).doc(t))
		var a LedgerAnswer
		if err := json.Unmarshal([]byte(b.get("/api/v1/ledger", admin).body), &a); err != nil {
			t.Fatal(err)
		}
		odd := a.Odd
		for _, bot := range a.Bots {
			if bot.BotID == "st-a" {
				odd = append(odd, bot.Days[0].Odd...)
				odd = append(odd, bot.Total.Odd...)
			} else if len(bot.Days[0].Odd) > 0 {
				t.Errorf("bot %s: got %q", bot.BotID, bot.Days[0].Odd)
			}
		}
		if told := strings.Join(odd, " "); (strings.Count(told, day) == 2) != is || strings.Contains(told, all) != is || !is && told != "" {
			t.Errorf("the API tells %q", told)
		}
		if strings.Contains(page, "9 sessions are known, but "+day) != is || strings.Contains(page, all) != is {
			t.Errorf("the page tells %s", page)
		}
	}
	look(false)
	file, err := sql.Open("sqlite", b.path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.ExecContext(t.Context(), "DELETE FROM voicemails WHERE session_id = 'stored'"); err != nil {
		t.Fatal(err)
	}
	look(true)
}

func TestGapsPage(t *testing.T) {
	b := newBench(t, equipped)
	b.gapped()
	admin := b.person("ada", store.RoleAdmin)
	got := b.get("/ledger/gaps?bot=st-a&day=2025-02-11", admin)
	doc := got.doc(t)
	items := map[string]*html.Node{}
	for _, li := range all(all(doc, "ul", "class=gaps")[0], "li") {
		items[text(all(li, "a")[0])+" "+text(all(li, "span", "class=tag")[0])] = li
	}
	wants := map[string]string{
		"due not stored yet":        "waiting to be fetched",
		"retry not stored yet":      "It did not answer in time. Tried again Wed 12 Feb 2025, 13:00",
		"dead given up":             `The reply is not JSON. How the reply began <script>alert("502")</script><html>Bad Gateway Try again now`,
		"gone no longer to be had":  "It is not there any more.",
		"lost no longer to be had":  "asked, holds no voicemail",
		"silent without text":       "Open the voicemail",
		"silent audio not archived": "waiting for its turn",
		"stored audio not archived": "Open the voicemail",
	}
	for name, want := range wants {
		if items[name] == nil || !strings.Contains(text(items[name]), want) {
			t.Errorf("%s: got %v, want %q", name, items[name] != nil && true, want)
		}
	}
	if len(items) != len(wants) {
		t.Errorf("got %d gaps, want %d: %s", len(items), len(wants), text(doc))
	}
	if len(all(got.main(t), "details")) != 1 || len(all(got.main(t), "details", "open=")) != 1 || strings.Contains(got.body, "<script>alert") {
		t.Errorf("the excerpt should be shown on opening, as text")
	}
	if page := text(b.get("/ledger/gaps?day=2025-02-01", admin).doc(t)); !strings.Contains(page, "Nothing is missing here") || !strings.Contains(page, "What is missing 1 Feb 2025") {
		t.Errorf("got %s", page)
	}
	if got := b.get("/ledger/gaps?kind=odd", admin); got.StatusCode != http.StatusBadRequest {
		t.Errorf("an odd kind: got %d", got.StatusCode)
	}
}

func TestWake(t *testing.T) {
	keeper := &larder{}
	b := newBench(t, equipped, func(c *Config) { c.Keeper = keeper })
	recruits := b.Enlister.(*recruiter)
	b.gapped()
	admin := b.person("ada", store.RoleAdmin)
	form := url.Values{"bot": {"st-a"}, "back": {"/ledger/gaps?day=2025-02-11&done=old"}}
	got := b.post("/sessions/dead/wake", form, admin)
	if to := got.Header.Get("Location"); got.StatusCode != away || to != "/ledger/gaps?day=2025-02-11&done=wake" {
		t.Fatalf("got %d to %s", got.StatusCode, to)
	}
	row, err := b.store.Session(t.Context(), store.AllBots(), "dead")
	if err != nil || row.State != store.StateDue || row.DueAt.After(noon) || recruits.nudged != 1 {
		t.Errorf("got %+v, %v, nudged %d times", row, err, recruits.nudged)
	}
	if _, err := b.store.ClaimSession(t.Context(), row.Key(), time.Minute); err != nil {
		t.Fatal(err)
	}
	got = b.post("/sessions/dead/wake", url.Values{"back": {"//evil.example"}}, admin)
	if to := got.Header.Get("Location"); to != "/sessions/dead?bot=st-a&done=busy" {
		t.Errorf("while it is fetched: sent to %s", to)
	}
	if got := b.post("/sessions/dead/wake", url.Values{"bot": {"st-b"}}, admin); got.StatusCode != missing {
		t.Errorf("of another bot: got %d", got.StatusCode)
	}
	if got := b.post("/sessions/dead/wake", nil, b.person("bo", store.RoleAdmin, "st-b")); got.StatusCode != missing {
		t.Errorf("by somebody of another bot: got %d", got.StatusCode)
	}
	if got := b.post("/sessions/other/wake", nil, admin); got.StatusCode != http.StatusConflict {
		t.Errorf("of a bot that is not connected: got %d", got.StatusCode)
	}
	b.post("/sessions/stored/wake", url.Values{"kind": {"unarchived"}}, admin)
	if keeper.nudged == 0 {
		t.Error("nobody was told that audio is to be kept")
	}
}

func TestWakeAll(t *testing.T) {
	b := newBench(t, equipped)
	b.gapped()
	admin := b.person("ada", store.RoleAdmin)
	form := url.Values{"bot": {"st-a"}, "day": {"2025-02-11"}, "kind": {"dead,gone"}, "back": {"/ledger/gaps?day=2025-02-11"}}
	got := b.post("/ledger/gaps/wake", form, admin)
	if to := got.Header.Get("Location"); to != "/ledger/gaps?day=2025-02-11&done=wakes&n=3" {
		t.Fatalf("got %d to %s", got.StatusCode, to)
	}
	if page := text(b.get(got.Header.Get("Location"), admin).doc(t)); !strings.Contains(page, "3 sessions are tried again now.") {
		t.Errorf("the page does not say so: %s", page)
	}
	states := map[string]store.State{}
	for _, id := range []string{"dead", "gone", "lost", "empty", "retry"} {
		row, err := b.store.Session(t.Context(), store.AllBots(), id)
		if err != nil {
			t.Fatal(err)
		}
		states[id] = row.State
	}
	want := map[string]store.State{"dead": "due", "gone": "due", "lost": "due", "empty": "empty", "retry": "retry"}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}

func TestSessionPage(t *testing.T) {
	b := newBench(t, equipped)
	const odd = "a/b c?d#é%41"
	b.known(store.Session{AccountID: "acc-1", BotID: "st-a", SessionID: odd, FoundBy: store.FoundByCallDetails, Wanted: true, Voicemail: store.FlagYes,
		StartedAt: noon.Add(-time.Hour), EndedAt: noon.Add(-50 * time.Minute), Caller: "(415) 555-0123", CallerE164: "+14155550123", QueueName: "Returns",
		Agents:        []store.Agent{{ID: "u-1", Status: "answered", Seconds: 312}},
		CallbackOpted: true}, store.Outcome{State: store.StateDead, Reason: "The reply is not JSON.", Excerpt: evilExcerpt})
	admin := b.person("ada", store.RoleAdmin)
	path := sessionPath(store.SessionKey{BotID: "st-a", SessionID: odd})
	got := b.get(path, admin)
	page := text(got.doc(t))
	for _, words := range []string{odd, "given up.", "The reply is not JSON.", `alert("502")`, "u-1 answered 5:12", "the caller asked to be called back", "+14155550123", "(415) 555-0123", "Returns", "acc-1",
		"the call details", "yes, says the contact centre", "Call ended 12 Feb 2025, 11:10:00.000 (50 minutes ago)"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q: %s", words, page)
		}
	}
	if strings.Contains(got.body, "<script>alert") {
		t.Error("the excerpt is not escaped")
	}
	wake := attr(all(all(got.doc(t), "main")[0], "form")[0], "action")
	if got := b.post(wake, url.Values{"bot": {"st-a"}}, admin); got.StatusCode != away || got.Header.Get("Location") != path+"&done=wake" {
		t.Errorf("try again: got %d to %s", got.StatusCode, got.Header.Get("Location"))
	}
	var a SessionAnswer
	api := b.get("/api/v1/sessions/"+url.PathEscape(odd), admin)
	if err := json.Unmarshal([]byte(api.body), &a); err != nil || a.Session.SessionID != odd || a.Session.Agents[0].Seconds != 312 || !a.Session.CallbackOpted {
		t.Errorf("API: got %d %s, %v", api.StatusCode, api.body, err)
	}
}

// Late is what somebody works on, and nothing else.
func TestLagsOfWhatIsWorkedOn(t *testing.T) {
	tests := []struct {
		name            string
		change          func(*Config)
		sessions, audio bool
		waiting         int
	}{
		{"all", func(*Config) {}, true, true, 2},
		{"look-ups are off", func(c *Config) { c.Keeper = &larder{status: KeeperStatus{LookUpsOff: true}} }, true, true, 2},
		{"archiving is off", func(c *Config) { c.Keeper = &larder{status: KeeperStatus{Off: true}} }, true, false, 0},
		{"no keeper", func(c *Config) { c.Keeper = nil }, true, false, 0},
		{"another account", func(c *Config) { c.Ingest.(*engineRoom).status.Accounts[0].ID = "acc-2" }, false, false, 0},
		{"nobody", func(c *Config) { c.Ingest = nil }, false, false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, equipped, tt.change)
			b.gapped()
			var a LedgerAnswer
			if err := json.Unmarshal([]byte(b.get("/api/v1/ledger", b.person("ada", store.RoleAdmin)).body), &a); err != nil {
				t.Fatal(err)
			}
			l := a.Lags
			if late := !time.Time(l.OldestDueAt).IsZero(); late != tt.sessions {
				t.Errorf("sessions are late: %v", late)
			}
			if late := !time.Time(l.OldestAudioAt).IsZero(); late != tt.audio || l.Waiting != tt.waiting {
				t.Errorf("audio is late: %v, %d recordings wait", late, l.Waiting)
			}
		})
	}
}
