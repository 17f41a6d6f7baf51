package web

import (
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

// upload sends a form with a file.
func (b *bench) upload(path string, fields url.Values, file string, cookie *http.Cookie) answer {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name := range fields {
		if err := w.WriteField(name, fields.Get(name)); err != nil {
			b.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "ids.txt")
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		b.t.Fatal(err)
	}
	r := b.request(http.MethodPost, path, &body, cookie)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.send(r)
}

func TestAddSessions(t *testing.T) {
	tests := []struct {
		name, bot, ids, file string
		status               int
		want                 string
		found                string // sessions that are there afterwards, beside the one before
	}{
		{"typed", "st-a", "s1\r\ns2\r\n", "", ok, "2 sessions are new and fetched now. None was known already.", "s1 s2"},
		{"a file", "st-a", "", "\uFEFFs1\n# a remark\n\ns2,s3;\"s4\"\n", ok, "4 sessions are new and fetched now.", "s1 s2 s3 s4"},
		{"both", "st-a", "s1", "s1\ns2", ok, "2 sessions are new and fetched now.", "s1 s2"},
		{"known", "st-a", "had\ns1", "", ok, "1 session is new and fetched now. 1 session was known already. 1 of these is tried again now.", "s1"},
		{"odd", "st-a", "s1\nnot an id\n" + strings.Repeat("a", 257) + "\na/b\n..\nb\\c", "", ok, "5 entries are no ids and were left out. not an id", "s1"},
		{"nothing", "st-a", " \n", "", unfit, "There is no session id in this list", ""},
		{"nothing but odd", "st-a", "not an id", "", unfit, "None of these lines is the id of a session", ""},
		{"another bot", "st-z", "s1", "", unfit, "Choose one of the connected bots", ""},
		{"no bot", "", "s1", "", unfit, "Choose one of the connected bots", ""},
		{"too large", "st-a", "", strings.Repeat("a\n", maxFile/2) + "b", http.StatusRequestEntityTooLarge, "more than Afterbeep takes at once", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, equipped)
			b.known(store.Session{AccountID: "acc-1", BotID: "st-a", SessionID: "had", FoundBy: store.FoundByCallDetails}, store.Outcome{})
			got := b.upload(addSessionsPath, url.Values{"bot": {tt.bot}, "ids": {tt.ids}}, tt.file, b.person("ada", store.RoleAdmin))
			if page := text(got.doc(t)); got.StatusCode != tt.status || !strings.Contains(page, tt.want) {
				t.Errorf("got %d: %s", got.StatusCode, page)
			}
			for _, id := range strings.Fields(tt.found) {
				if row, err := b.store.Session(t.Context(), store.AllBots(), id); err != nil || row.FoundBy != store.FoundByList || row.State != store.StateDue {
					t.Errorf("%s: got %+v, %v", id, row, err)
				}
			}
			l, err := b.store.Ledger(t.Context(), store.AllBots())
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, c := range l.Sessions {
				n += c
			}
			if n != 1+len(strings.Fields(tt.found)) {
				t.Errorf("got %d sessions", n)
			}
			if strings.Contains(b.log.String(), "s1") {
				t.Error("the log holds ids")
			}
		})
	}
}

// A list without a file may come as a plain form, longer than other forms.
func TestAddSessionsPlainly(t *testing.T) {
	b := newBench(t, equipped)
	var ids strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&ids, "67aa3802f1b2c3d4e5f%05d\n", i)
	}
	got := b.post(addSessionsPath, url.Values{"bot": {"st-a"}, "ids": {ids.String()}}, b.person("ada", store.RoleAdmin))
	if page := text(got.doc(t)); got.StatusCode != ok || !strings.Contains(page, "3000 sessions are new") {
		t.Errorf("got %d: %s", got.StatusCode, page)
	}
}

// A list that is taken in part says so.
func TestAddSessionsFails(t *testing.T) {
	b := newBench(t, equipped)
	b.Enlister.(*recruiter).err = errors.New("disk full")
	got := b.post(addSessionsPath, url.Values{"bot": {"st-a"}, "ids": {"s1"}}, b.person("ada", store.RoleAdmin))
	if page := text(got.doc(t)); got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(page, "Send the list again") || strings.Contains(page, "disk") {
		t.Errorf("got %d: %s", got.StatusCode, page)
	}
}

func TestAddSessionsOfOnesOwnBots(t *testing.T) {
	b := newBench(t, equipped)
	other := b.person("bo", store.RoleAdmin, "st-b")
	if page := text(b.get(addSessionsPath, other).doc(t)); !strings.Contains(page, "No bot is connected") {
		t.Errorf("got %s", page)
	}
	if got := b.post(addSessionsPath, url.Values{"bot": {"st-a"}, "ids": {"s1"}}, other); got.StatusCode != http.StatusConflict {
		t.Errorf("got %d", got.StatusCode)
	}
	alone := newBench(t)
	if got := alone.post(addSessionsPath, url.Values{"bot": {"st-a"}, "ids": {"s1"}}, alone.person("ada", store.RoleAdmin)); got.StatusCode != http.StatusConflict {
		t.Errorf("without a bot: got %d", got.StatusCode)
	}
}

func FuzzSessionList(f *testing.F) {
	for _, seed := range []string{"a\nb", "a,b;c", "# x\n\uFEFFa\r\n\"b\"", "a b\x00\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ids, _ := sessionList(text)
		seen := map[string]bool{}
		for _, id := range ids {
			if !isID(id) || seen[id] {
				t.Errorf("got %q of %q", ids, text)
			}
			seen[id] = true
		}
		again, odd := sessionList(strings.Join(ids, "\n"))
		if diff := cmp.Diff(ids, again); len(ids) > 0 && !strings.ContainsAny(text, "#\"'") && (diff != "" || odd != nil) {
			t.Errorf("read again (-first +again):\n%s", diff)
		}
	})
}

func TestBackfill(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2024, 1, d, 0, 0, 0, 0, zone(t, "Europe/Berlin")) }
	tests := []struct {
		name, account, from, to string
		problem                 string
		want                    store.Backfill
	}{
		{"a range", "acc-1", "2024-01-01", "2024-01-31", "", store.Backfill{AccountID: "acc-1", From: day(1), To: day(32), AskedBy: "ada"}},
		{"up to now", "acc-1", "2024-01-01", "", "", store.Backfill{AccountID: "acc-1", From: day(1), To: noon, AskedBy: "ada"}},
		{"into the future", "acc-1", "2024-01-01", "2030-01-01", "", store.Backfill{AccountID: "acc-1", From: day(1), To: noon, AskedBy: "ada"}},
		{"the only account", "", "2024-01-01", "2024-01-31", "", store.Backfill{AccountID: "acc-1", From: day(1), To: day(32), AskedBy: "ada"}},
		{"another account", "acc-2", "2024-01-01", "2024-01-31", "Choose one of the connected accounts", store.Backfill{}},
		{"nothing", "acc-1", "", "", "Say from which day on", store.Backfill{}},
		{"no date", "acc-1", "long ago", "", "is neither a date", store.Backfill{}},
		{"backwards", "acc-1", "2024-02-01", "2024-01-01", "must begin before it ends", store.Backfill{}},
		{"the future alone", "acc-1", "2030-01-01", "", "before now", store.Backfill{}},
	}
	b := newBench(t, equipped)
	admin := b.person("ada", store.RoleAdmin)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b.Backfills.(*historian).asked, b.Enlister.(*recruiter).nudged = nil, 0
			form := url.Values{"account": {tt.account}, "past_from": {tt.from}, "past_to": {tt.to}, "tz": {"Europe/Berlin"}, "back": {"/ledger?tz=Europe/Berlin"}}
			got := b.post("/backfills", form, admin)
			asked := b.Backfills.(*historian).asked
			if tt.problem != "" {
				page := got.doc(t)
				if got.StatusCode != unfit || !strings.Contains(text(page), tt.problem) || attr(all(page, "input", "id=past_from")[0], "value") != tt.from || len(asked) > 0 {
					t.Errorf("got %d: %s", got.StatusCode, text(page))
				}
				return
			}
			if to := got.Header.Get("Location"); to != "/ledger?done=backfill&tz=Europe%2FBerlin" {
				t.Errorf("got %d to %s", got.StatusCode, to)
			}
			if diff := cmp.Diff([]store.Backfill{tt.want}, asked); diff != "" {
				t.Errorf("asked for (-want +got):\n%s", diff)
			}
			if b.Enlister.(*recruiter).nudged != 1 {
				t.Error("nobody was told")
			}
		})
	}
}

func TestBackfillStopsAndGoesOn(t *testing.T) {
	b := newBench(t, equipped)
	run, err := b.store.AddBackfill(t.Context(), store.Backfill{AccountID: "acc-1", From: noon.AddDate(-1, 0, 0), To: noon, AskedBy: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	past := b.Backfills.(*historian)
	past.runs = []BackfillStatus{{Backfill: run, Looked: 0.428, Due: 1, EndsAt: noon.Add(3 * time.Hour), Why: "54 requests a minute."}}
	admin := b.person("ada", store.RoleAdmin)
	page := b.get("/ledger", admin).doc(t)
	for _, words := range []string{"12 Feb 2024 to 12 Feb 2025", "going on", "42 % looked at", "about 3 hours to go, by an estimate", "1 session is still to be fetched", "54 requests a minute.", "asked for by ada"} {
		if !strings.Contains(text(page), words) {
			t.Errorf("the page does not say %q: %s", words, text(page))
		}
	}
	state := func() store.BackfillState {
		runs, err := b.store.Backfills(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		return runs[0].State
	}
	path := fmt.Sprintf("/backfills/%d", run.ID)
	for _, to := range []store.BackfillState{store.BackfillStopped, store.BackfillOpen} {
		if got := b.post(path, url.Values{"state": {string(to)}}, admin); got.StatusCode != away || state() != to {
			t.Errorf("to %s: got %d, %s", to, got.StatusCode, state())
		}
	}
	for _, odd := range []struct {
		path, state string
		want        int
	}{{path, "done", 400}, {path, "", 400}, {"/backfills/999", "open", 404}, {"/backfills/x", "open", 404}} {
		if got := b.post(odd.path, url.Values{"state": {odd.state}}, admin); got.StatusCode != odd.want {
			t.Errorf("%s to %q: got %d, want %d", odd.path, odd.state, got.StatusCode, odd.want)
		}
	}
}
