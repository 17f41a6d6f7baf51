package web

import (
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

// hits are the articles of a search page.
func hits(doc *html.Node) []*html.Node { return all(doc, "li", "class=hit") }

func TestSearchPage(t *testing.T) {
	b := newBench(t)
	ids := b.archive(library()...)
	got := b.get("/?q=refund&sort=newest", b.person("ada", store.RoleAdmin))
	doc := got.doc(t)
	found := hits(doc)
	if len(found) != 1 {
		t.Fatalf("got %d hits: %s", len(found), got.body)
	}
	link := all(found[0], "a")[0]
	if want := fmt.Sprintf("/voicemails/%d?q=refund&sort=newest", ids[0]); attr(link, "href") != want || text(link) != "+1 415-555-0123" {
		t.Errorf("got link %q to %q, want %q", text(link), attr(link, "href"), want)
	}
	at := all(found[0], "time")[0]
	if attr(at, "datetime") != "2025-02-11T13:57:42.032Z" || !strings.Contains(attr(at, "title"), "11 Feb 2025, 13:57") || text(at) != "22 hours ago" {
		t.Errorf("got time %q %q", attr(at, "datetime"), text(at))
	}
	for _, word := range []string{"English", "0:12", "Returns"} {
		if !strings.Contains(text(found[0]), word) {
			t.Errorf("the hit does not say %s: %s", word, text(found[0]))
		}
	}
	if marks := all(found[0], "mark"); len(marks) != 1 || text(marks[0]) != "refund" {
		t.Errorf("got marks %q", text(marks...))
	}
	if field := all(doc, "input", "name=q")[0]; attr(field, "value") != "refund" {
		t.Errorf("the box holds %q", attr(field, "value"))
	}
	if current := all(doc, "a", "aria-current=true"); text(current...) != "newest" {
		t.Errorf("current order is %q", text(current...))
	}
	page := text(doc)
	for _, words := range []string{"1 voicemail found", "The archive holds 2 voicemails from 2 Jan 2025", "22 hours ago", "Times are in UTC"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q: %s", words, page)
		}
	}
}

// A neighbour of a word is not marked where the word itself is in another part
// of the message.
func TestMarksOfAllParts(t *testing.T) {
	b := newBench(t)
	parts := append(said("My cell is off."), said("Please call.")...)
	parts[1].ComponentID = "c2"
	id := b.archive(message{bot: "st-1", session: "s-1", left: noon, segments: parts})[0]
	doc := b.get(voicemailPath(id)+"?q=call", b.person("ada", store.RoleAdmin)).doc(t)
	if marks := all(doc, "mark"); len(marks) != 1 || text(marks[0]) != "call" {
		t.Errorf("got marks %q, want call alone", text(marks...))
	}
}

// Whatever people say, search for or are called stays text.
func TestHostileTexts(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)> {{.}} javascript:alert(1)`
	b := newBench(t, equipped, func(c *Config) {
		c.Ingest.(*engineRoom).status.Bots = []string{evil}
		c.Bots.(*fleet).bots = []ConnectedBot{{BotSettings: BotSettings{BotID: evil, BaseURL: evil, Schedule: evil}, Trouble: evil}}
		c.Backfills.(*historian).runs = []BackfillStatus{{Backfill: store.Backfill{AccountID: evil, From: noon, To: noon, State: evil}, Why: evil}}
		c.Keeper.(*larder).status = KeeperStatus{Where: evil, Why: evil}
	})
	b.known(store.Session{AccountID: evil, BotID: evil, SessionID: "dead" + evil, FoundBy: evil, Wanted: true, Voicemail: store.FlagYes, StartedAt: noon, Caller: evil,
		Agents: []store.Agent{{ID: evil, Status: evil}}}, store.Outcome{State: store.StateDead, Reason: evil, Excerpt: evil})
	id := b.archive(message{bot: evil, session: evil, caller: evil, queue: evil, left: noon,
		segments:   []store.Segment{{MessageID: evil, ComponentID: evil, Text: "refund " + evil, Lang: evil, Author: store.Author{ID: evil, Type: evil}}},
		recordings: []store.Recording{{Kind: evil, FileName: evil, Status: evil}, {Kind: store.RecordingVoicemail, FileName: evil + "\r\nX-Evil: 1", Status: store.RecordingSuccess}}})[0]
	admin := b.person("ada", store.RoleAdmin)
	q := Params{Q: "refund " + evil, Bot: evil, TZ: evil, Cursor: evil}
	all2 := Params{Q: "refund <script>"}
	for _, path := range []string{all2.Link("/"), q.Link("/"), all2.Link(voicemailPath(id)), q.Link(voicemailPath(id)), "/login?next=" + strings.ReplaceAll(evil, " ", "+"), "/status", "/ledger", q.Link("/ledger"), "/ledger/gaps", "/ledger/gaps?bot=" + url.QueryEscape(evil),
		sessionPath(store.SessionKey{BotID: evil, SessionID: "dead" + evil}), "/bots", "/bots?bot=" + url.QueryEscape(evil), "/sessions/add?bot=" + url.QueryEscape(evil)} {
		got := b.get(path, admin)
		if got.StatusCode >= 500 {
			t.Errorf("%s: got %d", path, got.StatusCode)
		}
		doc := got.doc(t)
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if n.Data == "script" && !strings.HasPrefix(attr(n, "src"), "/static/") || n.Data == "img" && !strings.HasPrefix(attr(n, "src"), "/static/") {
				t.Errorf("%s: got <%s %v>", path, n.Data, n.Attr)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || (a.Key == "href" || a.Key == "src") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#") {
					t.Errorf("%s: attribute %s=%q", path, a.Key, a.Val)
				}
			}
		}
	}
	got := b.get(recordingPath(id, 1)+"?download=1", admin)
	if got.StatusCode != ok || got.Header.Get("X-Evil") != "" || strings.ContainsAny(got.Header.Get("Content-Disposition"), "<>\r\n") {
		t.Errorf("got %d %v", got.StatusCode, got.Header)
	}
}

func TestSearchPagePaging(t *testing.T) {
	b := newBench(t)
	var ms []message
	for i := range 5 {
		ms = append(ms, message{bot: "st-a", session: fmt.Sprint(i), left: noon.Add(-time.Duration(i) * time.Hour), segments: said("hello")})
	}
	b.archive(ms...)
	admin := b.person("ada", store.RoleAdmin)
	seen, path := 0, "/?limit=2&lang=en"
	for range 3 {
		doc := b.get(path, admin).doc(t)
		seen += len(hits(doc))
		next := all(doc, "a", "rel=next")
		if len(next) == 0 {
			break
		}
		if path = attr(next[0], "href"); !strings.Contains(path, "lang=en") || !strings.Contains(path, "limit=2") {
			t.Errorf("the next page forgets the search: %s", path)
		}
	}
	if seen != 5 {
		t.Errorf("saw %d hits, want 5", seen)
	}
	// Back the same way, to where no page is before.
	last := b.get(path, admin).doc(t)
	before := b.get(attr(all(last, "a", "rel=prev")[0], "href"), admin).doc(t)
	if n := len(hits(before)); n != 2 {
		t.Errorf("the page before the last has %d hits", n)
	}
	start := b.get(attr(all(before, "a", "rel=prev")[0], "href"), admin).doc(t)
	if n := len(hits(start)); n != 2 || len(all(start, "a", "rel=prev")) != 0 || len(all(start, "a", "rel=next")) != 1 {
		t.Errorf("the first page, come back to, has %d hits", n)
	}
	if first := text(all(last, "nav", "class=pager")...); first != "First page Previous page" {
		t.Errorf("the last page offers %q", first)
	}
}

func TestSearchPageStates(t *testing.T) {
	full := func(b *bench) {
		b.archive(message{bot: "st-a", session: "1", left: noon, segments: said("the blue kettle and my refund")},
			message{bot: "st-a", session: "2", left: noon, segments: said("the kettle")},
			message{bot: "st-a", session: "3", left: noon, recordings: []store.Recording{{Kind: store.RecordingVoicemail, FileName: "v.wav", Status: "failed"}}})
	}
	tests := []struct {
		name   string
		fill   func(*bench)
		ingest Ingest
		role   store.Role
		path   string
		status int
		says   []string
		not    []string
	}{
		{"empty, administrator", nil, nil, store.RoleAdmin, "/", ok, []string{"Nothing here yet", "AFTERBEEP_KORE_BOT_ID", "afterbeep import"}, nil},
		{"empty, agent", nil, nil, store.RoleAgent, "/", ok, []string{"Nothing here yet", "An administrator can connect a bot"}, []string{"AFTERBEEP_KORE_BOT_ID"}},
		{"empty, connected", nil, running("st-a"), store.RoleAdmin, "/", ok, []string{"A bot is connected"}, []string{"AFTERBEEP_KORE_BOT_ID"}},
		{"no hit", full, nil, store.RoleAgent, "/?q=zebra&lang=en", ok, []string{"No voicemail matches", "Search without filters", "English"}, nil},
		{"no hit of words", full, nil, store.RoleAgent, "/?q=zebra+giraffe", ok, []string{"No voicemail matches", "All words must be there", "how a word begins"}, nil},
		{"no hit of a filter", full, nil, store.RoleAgent, "/?q=is%3Amine", ok, []string{"No voicemail matches", "See all voicemails"}, []string{"All words must be there", "how a word begins"}},
		{"partial", full, nil, store.RoleAgent, "/?q=kettle+refund+blue+zebra", ok, []string{"0 voicemails found", "1 voicemail in part:"}, []string{"No voicemail matches"}},
		{"notes", full, nil, store.RoleAgent, "/?q=foo:kettle", ok, []string{"unknown operator foo:"}, nil},
		{"no text", full, nil, store.RoleAgent, "/", ok, []string{"There is no transcript of this message", "no audio"}, nil},
		{"audio tried again", func(b *bench) {
			b.archive(message{bot: "st-a", session: "1", left: noon, recordings: []store.Recording{
				{Kind: store.RecordingVoicemail, FileName: "v.wav", Status: "partial_download_failed"}}})
		}, nil, store.RoleAgent, "/", ok, []string{"audio to come"}, []string{"no audio"}},
		{"bad date", full, nil, store.RoleAgent, "/?q=kettle&from=yesterday", 400, []string{"can’t be searched", "“yesterday” is neither a date"}, []string{"blue kettle"}},
		{"bad cursor", full, nil, store.RoleAgent, "/?q=kettle&cursor=x", 400, []string{"belongs to another search"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, func(c *Config) { c.Ingest = tt.ingest })
			if tt.fill != nil {
				tt.fill(b)
			}
			got := b.get(tt.path, b.person("ada", tt.role))
			if got.StatusCode != tt.status {
				t.Errorf("got %d, want %d", got.StatusCode, tt.status)
			}
			page := text(got.doc(t))
			for _, words := range tt.says {
				if !strings.Contains(page, words) {
					t.Errorf("the page does not say %q: %s", words, page)
				}
			}
			for _, words := range tt.not {
				if strings.Contains(page, words) {
					t.Errorf("the page says %q", words)
				}
			}
		})
	}
}

// While the index is behind, the page says what may be missing.
func TestSearchPageWhileIndexing(t *testing.T) {
	b := newBench(t)
	if _, err := b.store.SaveSessions(t.Context(), []store.Session{{BotID: "st-a", SessionID: "1", Wanted: true}}); err != nil {
		t.Fatal(err)
	}
	lease, err := b.store.ClaimSession(t.Context(), store.SessionKey{BotID: "st-a", SessionID: "1"}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Record(t.Context(), lease, store.Outcome{State: store.StateStored, Reply: &store.Reply{Segments: said("kettle")}}); err != nil {
		t.Fatal(err)
	}
	admin, agent := b.person("ada", store.RoleAdmin), b.person("al", store.RoleAgent, "st-a")
	if page := text(b.get("/?q=kettle", admin).doc(t)); !strings.Contains(page, "The index is being built: 0 of 1 voicemail so far") {
		t.Errorf("got %s", page)
	}
	if page := text(b.get("/?q=kettle", agent).doc(t)); !strings.Contains(page, "The index is being built. Searches") {
		t.Errorf("with one bot: got %s", page)
	}
	b.catchUp()
	if page := text(b.get("/?q=kettle", admin).doc(t)); strings.Contains(page, "being built") || !strings.Contains(page, "1 voicemail found") {
		t.Errorf("afterwards: got %s", page)
	}
}

func TestVoicemailPage(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Player, c.Ingest = &tape{}, running("st-a") })
	id := b.archive(library()...)[0]
	got := b.get(fmt.Sprintf("/voicemails/%d?q=refund&lang=en&t=12.5", id), b.person("ada", store.RoleAdmin))
	doc := got.doc(t)
	if back := all(doc, "a", "href=/?lang=en&q=refund"); len(back) != 1 {
		t.Errorf("no way back to the results")
	}
	segments := all(doc, "p", "class=said")
	if len(segments) != 2 || text(segments[0]) != "I want my <b> refund </b> & nothing else" || attr(segments[1], "lang") != "es" || attr(segments[0], "dir") != "auto" {
		t.Errorf("got segments %q", text(segments...))
	}
	if marks := all(doc, "mark"); text(marks...) != "refund" {
		t.Errorf("got marks %q", text(marks...))
	}
	audio := all(doc, "audio")
	if len(audio) != 1 || attr(audio[0], "src") != fmt.Sprintf("/voicemails/%d/recordings/1#t=12.5", id) || attr(audio[0], "preload") != "none" {
		t.Errorf("got audio %v", audio)
	}
	page := text(doc)
	for _, words := range []string{"+1 415-555-0123", "Returns", "u-1", "VOICEMAIL", "English (en)", "11 Feb 2025, 13:57:42.032", "11 Feb 2025, 13:57:42.039",
		"67aa1", "st-a", "0:12", "still making this recording", "2. Recording of the call"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q: %s", words, page)
		}
	}
	var stamps []string
	for _, at := range all(doc, "time") {
		stamps = append(stamps, attr(at, "datetime"))
	}
	if !strings.Contains(strings.Join(stamps, " "), "2025-02-11T13:57:42.039Z") {
		t.Errorf("got times %v", stamps)
	}
}

// A page offers no player that can't play, and says why.
func TestVoicemailPageWithoutUpstream(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Player, c.Ingest = &tape{}, running("st-z") })
	id := b.archive(library()...)[0]
	doc := b.get(fmt.Sprintf("/voicemails/%d", id), b.person("ada", store.RoleAdmin)).doc(t)
	if n := len(all(doc, "audio")); n != 0 {
		t.Errorf("got %d players", n)
	}
	if page := text(doc); !strings.Contains(page, noPlayer) || !strings.Contains(page, "still making this recording") {
		t.Errorf("the page does not say why: %s", page)
	}
}

func TestVoicemailPageInAnotherZone(t *testing.T) {
	b := newBench(t)
	id := b.archive(library()...)[0]
	page := text(b.get(fmt.Sprintf("/voicemails/%d?tz=Asia/Tokyo", id), b.person("ada", store.RoleAdmin)).doc(t))
	if !strings.Contains(page, "Tue 11 Feb 2025, 22:57 Asia/Tokyo") {
		t.Errorf("got %s", page)
	}
}

func TestStatusPage(t *testing.T) {
	room := &engineRoom{status: IngestStatus{Bots: []string{"st-a"}, Schedule: "@hourly", LastStart: noon.Add(-time.Hour),
		LastEnd: noon.Add(-59 * time.Minute), LastResult: "12 sessions asked.", NextAt: noon.Add(time.Minute)}}
	b := newBench(t, func(c *Config) { c.Ingest = room })
	b.archive(library()...)
	admin := b.person("ada", store.RoleAdmin)
	page := text(b.get("/status", admin).doc(t))
	for _, words := range []string{"Connected.", "st-a", "@hourly", "12 sessions asked.", "59 minutes ago", "1 minute from now", "2 voicemails", "stored in the archive 2"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q: %s", words, page)
		}
	}
	got := b.post("/ingest/run", nil, admin)
	if got.StatusCode != away || got.Header.Get("Location") != "/status?asked=1" || room.ran != 1 {
		t.Errorf("run now: got %d to %q, %d passes", got.StatusCode, got.Header.Get("Location"), room.ran)
	}
	room.status.LastFailed, room.status.LastResult = true, "The contact centre refused the token."
	if page := text(b.get("/status", admin).doc(t)); !strings.Contains(page, "the last pass failed") || !strings.Contains(page, "refused the token") {
		t.Errorf("after a failed pass: %s", page)
	}
}

func TestStatusPageWithoutUpstream(t *testing.T) {
	b := newBench(t)
	admin := b.person("ada", store.RoleAdmin)
	page := b.get("/status", admin)
	if !strings.Contains(text(page.doc(t)), "No bot is connected") || len(all(page.doc(t), "form", "action=/ingest/run")) != 0 {
		t.Errorf("got %s", page.body)
	}
	if got := b.post("/ingest/run", nil, admin); got.StatusCode != http.StatusConflict {
		t.Errorf("run now: got %d, want 409", got.StatusCode)
	}
}

// Who types is told an older count at once while the next one is made, and never
// one that is very old.
func TestOverviewWaitsForNobodyWhoTypes(t *testing.T) {
	b := newBench(t)
	o := newOverviews()
	counts := func(now time.Time) int {
		l, err := o.atOnce(t.Context(), b.store, store.AllBots(), now)
		if err != nil {
			t.Fatal(err)
		}
		return l.Voicemails
	}
	b.archive(library()[0])
	if got := counts(noon); got != 1 {
		t.Fatalf("at first %d voicemails, want 1", got)
	}
	b.archive(library()[1])
	if got := counts(noon.Add(overviewLife + hastily)); got != 1 {
		t.Errorf("%d voicemails at once, want 1 as it was", got)
	}
	await(t, "the next count", func() bool { return counts(noon.Add(overviewLife+hastily)) == 2 })
	b.archive(message{bot: "st-a", session: "later", left: noon, segments: said("hello")})
	if got := counts(noon.Add(time.Hour)); got != 3 {
		t.Errorf("%d voicemails an hour later, want 3", got)
	}
}

// The overview is kept for a while, except that of an empty archive.
func TestOverviewIsFreshEnough(t *testing.T) {
	b := newBench(t)
	o := newOverviews()
	count := func(now time.Time, s store.Scope) int {
		l, err := o.ledger(t.Context(), b.store, s, now)
		if err != nil {
			t.Fatal(err)
		}
		return l.Voicemails
	}
	var got []int
	got = append(got, count(noon, store.AllBots()))
	b.archive(library()[0])
	got = append(got, count(noon, store.AllBots()), count(noon, store.OnlyBots("st-b")))
	b.archive(library()[1])
	got = append(got, count(noon, store.AllBots()), count(noon.Add(overviewLife), store.AllBots()), count(noon, store.OnlyBots("st-b")), count(noon, store.OnlyBots()))
	if diff := cmp.Diff([]int{0, 1, 0, 1, 2, 1, 0}, got); diff != "" {
		t.Errorf("voicemails (-want +got):\n%s", diff)
	}
}
