package web

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"afterbeep/index"
	"afterbeep/store"
	"afterbeep/store/sqlite"
)

var update = flag.Bool("update", false, "write golden files")

// testHashing is cheap: tests are not about how much work a password costs.
var testHashing = Hashing{MemoryKiB: 64, Passes: 1, Threads: 1}

const goodPassword = "correct horse battery"

// noon is when the tests take place.
var noon = time.Date(2025, 2, 12, 12, 0, 0, 0, time.UTC)

// bench is a server over a real store and a real index, in a folder of its own.
type bench struct {
	*Server
	t     testing.TB
	store *sqlite.Store
	index *index.Index
	log   *bytes.Buffer
	path  string       // of the store's file
	hash  string       // of goodPassword
	later atomic.Int64 // how much it is after noon, in nanoseconds
}

// tick makes it later.
func (b *bench) tick(d time.Duration) { b.later.Add(int64(d)) }

func newBench(t testing.TB, change ...func(*Config)) *bench {
	t.Helper()
	dir := t.TempDir()
	b := &bench{t: t, log: new(bytes.Buffer), path: filepath.Join(dir, "afterbeep.db")}
	clock := func() time.Time { return noon.Add(time.Duration(b.later.Load())) }
	st, err := sqlite.Open(t.Context(), sqlite.Config{Path: b.path, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	thesaurus, err := OpenThesaurus(t.Context(), st, nil)
	if err != nil {
		t.Fatal(err)
	}
	ix, err := index.Open(t.Context(), index.Config{Dir: filepath.Join(dir, "index"), Feed: st, Work: st, Synonyms: thesaurus.Lists})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ix.Close() })
	b.store, b.index = st, ix
	cfg := Config{Store: st, Index: ix, Thesaurus: thesaurus, PublicURL: "http://127.0.0.1:8080", Version: "test", Hashing: testHashing,
		Log: slog.New(slog.NewTextHandler(b.log, nil)), Now: clock}
	for _, c := range change {
		c(&cfg)
	}
	if b.Server, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Server.Close)
	if b.hash, err = testHashing.hash(goodPassword); err != nil {
		t.Fatal(err)
	}
	return b
}

// person adds a user and returns the cookie of a login.
func (b *bench) person(name string, role store.Role, bots ...string) *http.Cookie {
	b.t.Helper()
	u, err := b.store.CreateUser(b.t.Context(), store.User{Name: name, Role: role, AllBots: bots == nil, Bots: bots, PasswordHash: b.hash})
	if err != nil {
		b.t.Fatal(err)
	}
	secret := NewSecret()
	err = b.store.CreateLogin(b.t.Context(), store.Login{Hash: HashSecret(secret), UserID: u.ID, ExpiresAt: noon.Add(time.Hour)})
	if err != nil {
		b.t.Fatal(err)
	}
	return &http.Cookie{Name: b.cookieName(), Value: secret}
}

// message is a voicemail to put into the archive.
type message struct {
	bot, session string
	account      string
	caller       string
	queue        string
	left         time.Time
	segments     []store.Segment
	recordings   []store.Recording
	length       time.Duration
	find         func(store.Voicemail) store.Finding
}

func said(text string) []store.Segment {
	return []store.Segment{{MessageID: "m1", ComponentID: "c1", Text: text, Lang: "en", Author: store.Author{ID: "u-1", Type: "VOICEMAIL"},
		CreatedOn: noon.Add(-time.Hour), ModifiedOn: noon.Add(-time.Hour + 7*time.Millisecond)}}
}

func wav() []store.Recording {
	return []store.Recording{{Kind: store.RecordingVoicemail, FileName: "voicemail.wav", Status: store.RecordingSuccess}}
}

// archive stores the messages and indexes them, and returns their ids.
func (b *bench) archive(ms ...message) []int64 {
	b.t.Helper()
	ctx := b.t.Context()
	var ids []int64
	for _, m := range ms {
		s := store.Session{AccountID: m.account, BotID: m.bot, SessionID: m.session, FoundBy: store.FoundByImport, Voicemail: store.FlagYes, Wanted: true,
			CallerE164: m.caller, QueueName: m.queue, StartedAt: m.left}
		if _, err := b.store.SaveSessions(ctx, []store.Session{s}); err != nil {
			b.t.Fatal(err)
		}
		lease, err := b.store.ClaimSession(ctx, s.Key(), time.Minute)
		if err != nil {
			b.t.Fatal(err)
		}
		for i := range m.segments {
			if !m.left.IsZero() {
				m.segments[i].CreatedOn = m.left
			}
		}
		reply := &store.Reply{Segments: m.segments, Recordings: m.recordings, Duration: m.length, Payload: []byte("{}"), Find: m.find}
		if _, err := b.store.Record(ctx, lease, store.Outcome{State: store.StateStored, Reply: reply}); err != nil {
			b.t.Fatal(err)
		}
		ids = append(ids, store.VoicemailID(m.bot, m.session))
	}
	b.catchUp()
	return ids
}

func (b *bench) catchUp() {
	b.t.Helper()
	if err := b.index.CatchUp(b.t.Context(), nil); err != nil {
		b.t.Fatal(err)
	}
}

// answer is what came back.
type answer struct {
	*http.Response
	body string
}

// get asks for a page as a browser does.
func (b *bench) get(path string, cookie *http.Cookie) answer {
	b.t.Helper()
	return b.send(b.request(http.MethodGet, path, nil, cookie))
}

// post sends a form as a browser does.
func (b *bench) post(path string, form url.Values, cookie *http.Cookie) answer {
	b.t.Helper()
	r := b.request(http.MethodPost, path, strings.NewReader(form.Encode()), cookie)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

func (b *bench) request(method, path string, body io.Reader, cookie *http.Cookie) *http.Request {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), method, path, body)
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	if cookie != nil {
		r.AddCookie(cookie)
	}
	return r
}

func (b *bench) send(r *http.Request) answer {
	b.t.Helper()
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	a := answer{Response: w.Result(), body: w.Body.String()}
	b.asDocumented(r, a)
	return a
}

// trail is the audit log, oldest first, without ids and times.
func (b *bench) trail() []store.AuditEntry {
	b.t.Helper()
	entries, err := b.store.AuditTrail(context.WithoutCancel(b.t.Context()), 1000)
	if err != nil {
		b.t.Fatal(err)
	}
	out := make([]store.AuditEntry, 0, len(entries))
	for i := len(entries) - 1; i >= 0; i-- {
		e := entries[i]
		e.ID, e.At, e.Remote = 0, time.Time{}, ""
		out = append(out, e)
	}
	return out
}

// doc parses the page.
func (a answer) doc(t testing.TB) *html.Node {
	t.Helper()
	n, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// main is what the page is about, without what is around every page.
func (a answer) main(t testing.TB) *html.Node {
	t.Helper()
	found := all(a.doc(t), "main")
	if len(found) != 1 {
		t.Fatalf("got %d main parts, want one", len(found))
	}
	return found[0]
}

// all finds the elements of a name, with attributes given as "name=value".
func all(n *html.Node, tag string, attrs ...string) []*html.Node {
	var found []*html.Node
	for d := range n.Descendants() {
		if d.Type != html.ElementNode || d.Data != tag {
			continue
		}
		fits := true
		for _, want := range attrs {
			name, value, _ := strings.Cut(want, "=")
			fits = fits && attr(d, name) == value
		}
		if fits {
			found = append(found, d)
		}
	}
	return found
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// text is all that is said in the nodes, with single spaces.
func text(ns ...*html.Node) string {
	var b strings.Builder
	for _, n := range ns {
		for d := range n.Descendants() {
			if d.Type == html.TextNode {
				b.WriteString(d.Data + " ")
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// errorCode reads the code of a JSON error envelope.
func (a answer) errorCode(t testing.TB) string {
	t.Helper()
	var e map[string]map[string]string
	if err := json.Unmarshal([]byte(a.body), &e); err != nil {
		t.Fatalf("error envelope %q: %v", a.body, err)
	}
	if len(e) != 1 || len(e["error"]) != 2 || e["error"]["message"] == "" {
		t.Fatalf("error envelope %q: want error with code and message alone", a.body)
	}
	return e["error"]["code"]
}

// tape is a player with one tone for everything, and another as the original.
type tape struct {
	err    error
	length error // of asking how long it is
	kind   string
	kept   bool // as from the archive
	opened int
}

type content struct {
	*bytes.Reader
	length error
	closed *bool
}

func (c content) Seek(offset int64, whence int) (int64, error) {
	if whence == io.SeekEnd && c.length != nil {
		return 0, c.length
	}
	return c.Reader.Seek(offset, whence)
}

func (c content) Close() error { *c.closed = true; return nil }

func (p *tape) OpenOriginal(_ context.Context, _ store.Voicemail, _ int) (Audio, error) {
	p.opened++
	return Audio{Content: content{bytes.NewReader([]byte("fLaCoriginal")), p.length, new(bool)}, Type: "audio/flac", ETag: `"original"`, Immutable: p.kept}, p.err
}

func (p *tape) Open(_ context.Context, _ store.Voicemail, _ int) (Audio, error) {
	p.opened++
	if p.err != nil {
		return Audio{}, p.err
	}
	kind := p.kind
	if kind == "" {
		kind = "audio/wav"
	}
	return Audio{Content: content{bytes.NewReader([]byte("RIFFtone-and-beep")), p.length, new(bool)}, Type: kind, ETag: `"tone"`, Immutable: p.kept}, nil
}

// engineRoom is an ingester that does what it is told.
type engineRoom struct {
	ran    int
	status IngestStatus
}

// running is an ingester that is connected to bots.
func running(bots ...string) *engineRoom {
	return &engineRoom{status: IngestStatus{Bots: bots}}
}

func (e *engineRoom) RunNow()              { e.ran++ }
func (e *engineRoom) Status() IngestStatus { return e.status }

func sortedWords(words []string) []string {
	slices.Sort(words)
	return words
}
