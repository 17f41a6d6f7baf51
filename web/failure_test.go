package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"afterbeep/index"
	"afterbeep/store"
)

// flaky is the real store with a fault let in.
type flaky struct {
	store.Store
	audit error
	panic bool
	away  atomic.Bool
}

func (f *flaky) Ready(ctx context.Context) error {
	if f.away.Load() {
		return errors.New("connection refused")
	}
	return f.Store.Ready(ctx)
}

func (f *flaky) LoginUser(ctx context.Context, hash string) (store.User, error) {
	if err := f.Ready(ctx); err != nil {
		return store.User{}, err
	}
	return f.Store.LoginUser(ctx, hash)
}

func (f *flaky) Audit(ctx context.Context, e store.AuditEntry) error {
	if f.audit != nil {
		return f.audit
	}
	return f.Store.Audit(ctx, e)
}

func (f *flaky) Summaries(ctx context.Context, s store.Scope, ids []int64) ([]store.Voicemail, error) {
	if f.panic {
		panic("the transcript said: my card is 4111")
	}
	return f.Store.Summaries(ctx, s, ids)
}

func newFlakyBench(t *testing.T, change ...func(*Config)) (*bench, *flaky) {
	f := &flaky{}
	b := newBench(t, append(change, func(c *Config) { f.Store, c.Store = c.Store, f })...)
	return b, f
}

// What is audited, with what, in which order; and without an entry there is no
// answer.
func TestAuditComesFirst(t *testing.T) {
	b, f := newFlakyBench(t, func(c *Config) { c.Player, c.Ingest = &tape{}, running("st-a") })
	id := b.archive(message{bot: "st-a", session: "s1", segments: said("the secret word"), recordings: wav()})[0]
	admin, stranger := b.person("ada", store.RoleAdmin), b.person("bea", store.RoleAgent, "st-b")
	page, api := fmt.Sprintf("/voicemails/%d", id), fmt.Sprintf("/api/v1/voicemails/%d", id)
	tests := []struct {
		method, path string
		cookie       *http.Cookie
		status       int
		want         store.AuditEntry
	}{
		{"GET", "/?q=secret", admin, ok, store.AuditEntry{Actor: "ada", Action: store.AuditSearch, Allowed: true, Detail: "secret"}},
		{"GET", "/api/v1/voicemails?q=secret&lang=en", admin, ok, store.AuditEntry{Actor: "ada", Action: store.AuditSearch, Allowed: true, Detail: "secret?lang=en"}},
		{"GET", page, admin, ok, store.AuditEntry{Actor: "ada", Action: store.AuditOpen, Allowed: true, VoicemailID: id}},
		{"GET", api, admin, ok, store.AuditEntry{Actor: "ada", Action: store.AuditOpen, Allowed: true, VoicemailID: id}},
		{"GET", "/api/v1/sessions/s1", admin, ok, store.AuditEntry{Actor: "ada", Action: store.AuditOpen, Allowed: true, VoicemailID: id, Detail: "session s1"}},
		{"GET", page + "/recordings/0", admin, ok, store.AuditEntry{Actor: "ada", Action: store.AuditPlay, Allowed: true, VoicemailID: id, Detail: "recording 0"}},
		{"HEAD", page + "/recordings/0?download=1", admin, ok, store.AuditEntry{Actor: "ada", Action: store.AuditPlay, Allowed: true, VoicemailID: id, Detail: "recording 0, downloaded"}},
		{"POST", "/ingest/run", admin, away, store.AuditEntry{Actor: "ada", Action: store.AuditRunNow, Allowed: true}},
		{"GET", page, stranger, missing, store.AuditEntry{Actor: "bea", Action: store.AuditOpen, VoicemailID: id}},
		{"GET", page + "/recordings/0", stranger, missing, store.AuditEntry{Actor: "bea", Action: store.AuditPlay, VoicemailID: id, Detail: "recording 0"}},
		{"GET", "/status", stranger, noRight, store.AuditEntry{Actor: "bea", Action: store.AuditStatus, Detail: "/status"}},
		{"POST", "/ingest/run", stranger, noRight, store.AuditEntry{Actor: "bea", Action: store.AuditRunNow, Detail: "/ingest/run"}},
		{"POST", "/logout", stranger, away, store.AuditEntry{Actor: "bea", Action: store.AuditSignOut, Allowed: true}},
	}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			before := len(b.trail())
			f.audit = errors.New("disk full at /secret/place")
			got := b.send(b.request(tt.method, tt.path, nil, tt.cookie))
			if got.StatusCode != http.StatusServiceUnavailable || strings.Contains(got.body, "secret word") || strings.Contains(got.body, "disk") {
				t.Errorf("without an entry: got %d %s, want 503 and no secret", got.StatusCode, got.body)
			}
			f.audit = nil
			got = b.send(b.request(tt.method, tt.path, nil, tt.cookie))
			if got.StatusCode != tt.status {
				t.Errorf("got %d, want %d", got.StatusCode, tt.status)
			}
			if diff := cmp.Diff([]store.AuditEntry{tt.want}, b.trail()[before:]); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("sign in", func(t *testing.T) {
		f.audit = errors.New("disk full")
		if got := b.post("/login", credentials("ada", goodPassword), nil); got.StatusCode != http.StatusServiceUnavailable || len(got.Cookies()) != 0 {
			t.Errorf("got %d with %v", got.StatusCode, got.Cookies())
		}
	})
}

// Whatever asks for a right is not answered without an entry, refused or not.
func TestNoAuditNoAnswer(t *testing.T) {
	b, f := newFlakyBench(t, equipped)
	id := b.archive(message{bot: "st-a", session: "s1", left: noon, segments: said("the secret word"), recordings: wav()}, message{bot: "st-b", session: "s2", left: noon, segments: said("hi")})[0]
	admin, agent := b.person("ada", store.RoleAdmin), b.person("al", store.RoleAgent, "st-b")
	fill := strings.NewReplacer("/sessions/:id", "/sessions/s1", ":id", fmt.Sprint(id), ":n", "0", ":sessionId", "s1", ":botId", "st-a")
	for _, r := range b.routes() {
		if r.right == rightPublic {
			continue
		}
		for _, cookie := range []*http.Cookie{admin, agent} {
			before := len(b.trail())
			f.audit = errors.New("disk full at /secret/place")
			req := b.request(r.method, fill.Replace(r.path), strings.NewReader(""), cookie)
			if r.right == rightPush {
				req.Header.Set("Authorization", "Bearer "+hookToken)
				req.Body = io.NopCloser(strings.NewReader(`{"sessionId": "pushed"}`))
			}
			got := b.send(req)
			f.audit = nil
			if got.StatusCode != http.StatusServiceUnavailable || strings.Contains(got.body, "secret word") || len(b.trail()) != before {
				t.Errorf("%s %s: got %d", r.method, r.path, got.StatusCode)
			}
		}
	}
	l, err := b.store.Ledger(t.Context(), store.AllBots())
	if err != nil || l.Sessions[store.StateStored] != 2 || len(l.Sessions) != 1 {
		t.Errorf("something was done all the same: %v, %v", l.Sessions, err)
	}
	if b.Keeper.(*larder).nudged+b.Enlister.(*recruiter).nudged+b.Ingest.(*engineRoom).ran > 0 {
		t.Error("somebody was told to do something")
	}
}

func TestStoreAway(t *testing.T) {
	b := newBench(t)
	id := b.archive(message{bot: "st-a", session: "s1", segments: said("hello")})[0]
	admin := b.person("ada", store.RoleAdmin)
	if got := b.get("/readyz", nil); got.StatusCode != ok || !strings.Contains(got.body, `"lag":0`) {
		t.Errorf("before: got %d %s", got.StatusCode, got.body)
	}
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/?q=hello", fmt.Sprintf("/voicemails/%d", id), "/status", "/login", "/ledger", "/ledger/gaps", "/sessions/s1", "/bots"} {
		got := b.get(path, admin)
		if got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got.body, "The database can’t be reached") || got.Header.Get("Retry-After") == "" {
			t.Errorf("%s: got %d\n%s", path, got.StatusCode, got.body)
		}
		if strings.Contains(got.body, "closed") || !strings.Contains(got.body, got.Header.Get("X-Request-Id")) {
			t.Errorf("%s: the page tells the inner error, or not its number", path)
		}
	}
	if got := b.get("/api/v1/voicemails", admin); got.StatusCode != http.StatusServiceUnavailable || got.errorCode(t) != codeUnavailable {
		t.Errorf("API: got %d %s", got.StatusCode, got.body)
	}
	if got := b.get("/healthz", nil); got.StatusCode != ok {
		t.Errorf("healthz: got %d", got.StatusCode)
	}
	if got := b.get("/readyz", nil); got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got.body, `"store":"unreachable"`) || !strings.Contains(got.body, `"lag":null`) {
		t.Errorf("readyz: got %d %s", got.StatusCode, got.body)
	}
	if got := b.get(b.pages.assets.Style, nil); got.StatusCode != ok {
		t.Errorf("style: got %d", got.StatusCode)
	}
}

func TestIndexClosed(t *testing.T) {
	b := newBench(t)
	b.archive(message{bot: "st-a", session: "s1", segments: said("hello")})
	admin := b.person("ada", store.RoleAdmin)
	if err := b.index.Close(); err != nil {
		t.Fatal(err)
	}
	if got := b.get("/?q=hello", admin); got.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("search: got %d, want 503", got.StatusCode)
	}
	if got := b.get("/readyz", nil); got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got.body, `"following":false`) {
		t.Errorf("readyz: got %d %s", got.StatusCode, got.body)
	}
}

func TestPanicIsAnAnswer(t *testing.T) {
	b, f := newFlakyBench(t)
	b.archive(message{bot: "st-a", session: "s1", segments: said("hello")})
	f.panic = true
	got := b.get("/?q=hello", b.person("ada", store.RoleAdmin))
	if got.StatusCode != http.StatusInternalServerError || !strings.Contains(got.body, got.Header.Get("X-Request-Id")) {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
	if log := b.log.String(); !strings.Contains(log, "panic") || strings.Contains(log, "4111") {
		t.Errorf("the log should tell of the panic, not of its words:\n%s", log)
	}
}

// What people search for, say and are called stays out of the log.
func TestLogHoldsNoPersonalWords(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Player = &tape{err: errors.New("fetch https://media.example/x?sig=abc")} })
	id := b.archive(message{bot: "st-a", session: "sess1", caller: "+14155550123", segments: said("pineapple"), recordings: wav()})[0]
	admin := b.person("ada-lovelace", store.RoleAdmin)
	for _, path := range []string{"/?q=pineapple", "/api/v1/voicemails?q=pineapple&from=never", fmt.Sprintf("/voicemails/%d?q=pineapple", id),
		"/api/v1/sessions/sess1", "/pineapple", "/login?next=/?q=pineapple"} {
		b.get(path, admin)
	}
	b.post("/login", credentials("ada-lovelace", "pineapple pineapple"), nil)
	log := b.log.String()
	for _, word := range []string{"pineapple", "+1415", "ada-lovelace", fmt.Sprint(id), "sess1", admin.Value} {
		if strings.Contains(log, word) {
			t.Errorf("the log holds %q:\n%s", word, log)
		}
	}
	if !strings.Contains(log, "route=/voicemails/:id ") {
		t.Errorf("the log does not name routes:\n%s", log)
	}
}

func TestSecurityHeaders(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/", "/login", "/nowhere", "/api/v1/voicemails", "/static/0/js/app.js"} {
		h := b.get(path, nil).Header
		if csp := h.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: got policy %q", path, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" || h.Get("X-Request-Id") == "" {
			t.Errorf("%s: got %v", path, h)
		}
		if keeps := h.Get("Cache-Control"); keeps != "no-store" && !strings.HasPrefix(path, "/static/") {
			t.Errorf("%s: got Cache-Control %q", path, keeps)
		}
	}
	if got := b.get(b.pages.assets.Style, nil); !strings.Contains(got.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("style: got %q", got.Header.Get("Cache-Control"))
	}
}

// No page says anything in a style or script of its own: the policy would not
// let it.
func TestPagesHaveNothingInline(t *testing.T) {
	p := newBench(t).pages
	tried := map[string]bool{}
	for _, sample := range samples(p.blank("Sample")) {
		tried[sample.template()] = true
		body, err := p.render(sample)
		if err != nil {
			t.Fatal(err)
		}
		doc := answer{body: string(body)}.doc(t)
		for n := range doc.Descendants() {
			if n.Type == html.ElementNode && (n.Data == "style" || n.Data == "script" && attr(n, "src") == "") {
				t.Errorf("%s: inline <%s>", sample.template(), n.Data)
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s: attribute %s", sample.template(), a.Key)
				}
			}
		}
		for _, field := range append(all(doc, "input"), all(doc, "select")...) {
			if kind := attr(field, "type"); kind != "hidden" && len(all(doc, "label", "for="+attr(field, "id"))) != 1 {
				t.Errorf("%s: field %s has no label", sample.template(), attr(field, "name"))
			}
		}
		if got := len(all(doc, "h1")); got != 1 {
			t.Errorf("%s: %d first headings, want one", sample.template(), got)
		}
	}
	for name := range p.byName {
		if !tried[name] {
			t.Errorf("template %s has no sample", name)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	b := newBench(t)
	tests := []struct {
		name   string
		change func(*Config)
	}{
		{"no store", func(c *Config) { c.Store = nil }},
		{"no index", func(c *Config) { c.Index = nil }},
		{"no log", func(c *Config) { c.Log = nil }},
		{"no public URL", func(c *Config) { c.PublicURL = "" }},
		{"no scheme", func(c *Config) { c.PublicURL = "afterbeep.example" }},
		{"other scheme", func(c *Config) { c.PublicURL = "ftp://afterbeep.example" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := b.Config
			tt.change(&cfg)
			if _, err := New(cfg); err == nil {
				t.Error("it was taken")
			}
		})
	}
}

func TestUnreadableForms(t *testing.T) {
	b := newBench(t)
	tests := []struct {
		name, body string
		want       int
	}{
		{"too large", "name=" + strings.Repeat("a", maxBody), http.StatusRequestEntityTooLarge},
		{"broken", "name=%zz", http.StatusBadRequest},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := b.request("POST", "/login", strings.NewReader(tt.body), nil)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if got := b.send(r); got.StatusCode != tt.want {
				t.Errorf("got %d, want %d", got.StatusCode, tt.want)
			}
		})
	}
}

// Only a proxy, which there must be with https, is believed about addresses.
func TestAddressOfWhoeverCalls(t *testing.T) {
	tests := []struct{ public, peer, forwarded, want string }{
		{"http://127.0.0.1:8080", "127.0.0.1:999", "203.0.113.9", "127.0.0.1"},
		{"https://afterbeep.example", "10.0.0.7:999", "203.0.113.9", "203.0.113.9"},
		{"https://afterbeep.example", "10.0.0.7:999", "198.51.100.1, 203.0.113.9", "203.0.113.9"},
		{"https://afterbeep.example", "192.0.2.5:999", "203.0.113.9", "192.0.2.5"},
	}
	for _, tt := range tests {
		b := newBench(t, func(c *Config) { c.PublicURL = tt.public })
		r := b.request("GET", "/api/v1/voicemails", nil, b.person("ada", store.RoleAdmin))
		r.RemoteAddr = tt.peer
		r.Header.Set("X-Forwarded-For", tt.forwarded)
		b.send(r)
		trail, err := b.store.AuditTrail(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if trail[0].Remote != tt.want {
			t.Errorf("%s from %s for %s: got %s, want %s", tt.public, tt.peer, tt.forwarded, trail[0].Remote, tt.want)
		}
	}
}

func TestClassify(t *testing.T) {
	here := func() error { return nil }
	tests := []struct {
		name  string
		err   error
		ready func() error
		want  int
	}{
		{"not found", fmt.Errorf("open: %w", store.ErrNotFound), here, 404},
		{"cursor", fmt.Errorf("search: %w", index.ErrCursor), here, 400},
		{"unknown", errors.New("boom"), here, 500},
		{"unknown while the store is away", errors.New("boom"), func() error { return errors.New("gone") }, 503},
		{"too slow", fmt.Errorf("read: %w", context.DeadlineExceeded), here, 503},
		{"visitor left", fmt.Errorf("read: %w", context.Canceled), here, 503},
		{"recording to come", fmt.Errorf("open: %w", &Unavailable{Status: 409, RetryAfter: time.Minute}), here, 409},
		{"recording with an odd status", &Unavailable{Status: 200}, here, 502},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := classify(tt.err, tt.ready).status; got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
