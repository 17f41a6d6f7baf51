package web

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

// live serves the bench on a real port for as long as the test goes on.
func (b *bench) live() *httptest.Server {
	b.t.Helper()
	srv := httptest.NewUnstartedServer(nil)
	srv.Config = b.HTTPServer()
	srv.Start()
	b.t.Cleanup(srv.Close)
	b.t.Cleanup(b.stop) // before it: streams end
	return srv
}

// asked sends a request and leaves its answer open.
func (b *bench) asked(srv *httptest.Server, path string, cookie *http.Cookie, header ...string) *http.Response {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), "GET", srv.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	r.AddCookie(cookie)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := srv.Client().Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func TestExportOverHTTP(t *testing.T) {
	b := newBench(t)
	b.archive(
		message{bot: "st-a", session: "s1", left: noon.Add(-time.Hour), segments: said("refund: Grüße,\n\"gleich\" heute")},
		message{bot: "st-a", session: "s2", left: noon.Add(-2 * time.Hour), segments: said("=1+1 refund")},
		message{bot: "st-b", session: "s3", left: noon, segments: said("refund of another bot")},
		message{bot: "st-a", session: "s4", left: noon, segments: said("nothing of the kind")},
	)
	ann := b.person("ann", store.RoleAnalyst, "st-a")
	got := b.served("/export?q=refund&format=csv&limit=1&cursor=x", ann)
	if got.StatusCode != ok || got.Header.Get("Content-Type") != "text/csv; charset=utf-8; header=present" || got.Header.Get("X-Total-Count") != "2" ||
		got.Header.Get("Content-Disposition") != "attachment; filename=voicemails-2025-02-12-120000.csv" || got.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("got %d %v", got.StatusCode, got.Header)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.body, "\uFEFF"))).ReadAll()
	if err != nil || !strings.HasPrefix(got.body, "\uFEFF") {
		t.Fatalf("got %q, %v", got.body, err)
	}
	var texts []string
	for _, row := range rows[1:] {
		texts = append(texts, row[len(row)-1])
	}
	if diff := cmp.Diff([]string{"refund: Grüße,\n\"gleich\" heute", "'=1+1 refund"}, texts); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(rows[1][0], "http://127.0.0.1:8080/voicemails/") {
		t.Errorf("got link %q", rows[1][0])
	}
	want := store.AuditEntry{Actor: "ann", Action: store.AuditExport, Allowed: true, Detail: "refund (csv, 2 voicemails)"}
	if trail := b.trail(); !cmp.Equal(trail[len(trail)-1], want) {
		t.Errorf("the audit log says %+v, want %+v", trail[len(trail)-1], want)
	}
	lines := b.served("/export?q=refund&format=jsonl", ann)
	var h Hit
	if err := json.Unmarshal([]byte(strings.SplitAfter(lines.body, "\n")[0]), &h); err != nil || h.SessionID != "s1" || strings.Count(lines.body, "\n") != 2 {
		t.Errorf("got %q, %v", lines.body, err)
	}
}

func TestExportPage(t *testing.T) {
	b := newBench(t)
	b.archive(library()...)
	ann, agent := b.person("ann", store.RoleAnalyst), b.person("bea", store.RoleAgent)
	got := b.get("/export?q=refund&lang=en", ann)
	doc := got.doc(t)
	if heading := text(all(doc, "h1")...); got.StatusCode != ok || heading != "Export 1 voicemail" {
		t.Errorf("got %d %q", got.StatusCode, heading)
	}
	kept := map[string]string{}
	for _, field := range all(doc, "input", "type=hidden") {
		kept[attr(field, "name")] = attr(field, "value")
	}
	if diff := cmp.Diff(map[string]string{"q": "refund", "lang": "en"}, kept); diff != "" {
		t.Errorf("the form forgets the search (-want +got):\n%s", diff)
	}
	if form := all(doc, "form", "id=export")[0]; attr(form, "hx-boost") != "false" {
		t.Error("a download is swapped into the page")
	}
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/export?q=zebraquagga":  {ok, "Nothing to export"},
		"/export?from=never":     {unread, "can’t be searched"},
		"/export?format=xlsx":    {unread, "“xlsx” is no format"},
		"/export?format=csv&tz=": {ok, "link,id,left_at"},
	} {
		if got := b.get(path, ann); got.StatusCode != want.status || !strings.Contains(got.body, want.says) {
			t.Errorf("%s: got %d %s", path, got.StatusCode, got.body)
		}
	}
	// An export is in the order of the page that leads to it.
	for page, want := range map[string]string{
		"/?q=refund&sort=oldest": "/export?q=refund&sort=oldest",
		"/?q=refund":             "/export?q=refund&sort=relevance",
		"/?q=refund&sort=newest": "/export?q=refund&sort=newest",
		"/?lang=en":              "/export?lang=en",
	} {
		link := all(b.get(page, ann).doc(t), "a", "id=export")
		if len(link) != 1 || attr(link[0], "href") != want {
			t.Errorf("%s: the search page has no link to its export: %v", page, link)
		}
	}
	if len(all(b.get("/?q=refund", agent).doc(t), "a", "id=export")) != 0 {
		t.Error("an agent is offered what they may not")
	}
	before := len(b.trail())
	head := b.send(b.request("HEAD", "/export?format=csv", nil, ann))
	if head.StatusCode != ok || head.body != "" || len(b.trail()) != before {
		t.Errorf("HEAD: got %d %q", head.StatusCode, head.body)
	}
	// Who asks for no page gets the table at once.
	r := b.request("GET", "/export?q=refund", nil, ann)
	r.Header.Set("Accept", "*/*")
	if got := b.send(r); !strings.HasPrefix(got.body, "\uFEFFlink,id") {
		t.Errorf("got %q", got.body)
	}
	// Pages that travel by swaps ask for a page, whatever they accept.
	r.Header.Set("HX-Request", "true")
	r.Header.Set("HX-Boosted", "true")
	if got := b.send(r); !strings.Contains(got.body, "<h1>Export ") || strings.Contains(got.body, "link,id,left_at") {
		t.Errorf("a link that was followed on a page leads to %q", got.body)
	}
}

// withdrawing is the real store, with something that happens meanwhile.
type withdrawing struct {
	store.Store
	reads     atomic.Int32
	meanwhile func(read int32) error
}

func (w *withdrawing) Summaries(ctx context.Context, s store.Scope, ids []int64) ([]store.Voicemail, error) {
	if err := w.meanwhile(w.reads.Add(1)); err != nil {
		return nil, err
	}
	return w.Store.Summaries(ctx, s, ids)
}

// An export that does not come to its end breaks off, so that nobody takes the
// file for whole.
func TestExportThatBreaksOff(t *testing.T) {
	w := &withdrawing{}
	b := newBench(t, func(c *Config) { w.Store, c.Store = c.Store, w })
	b.engine.eachPage, b.recheck = 1, 0
	var ms []message
	for i := range 5 {
		ms = append(ms, message{bot: "st-a", session: fmt.Sprint(i), left: noon.Add(-time.Duration(i) * time.Hour), segments: said("refund " + strings.Repeat("please call ", 5000))})
	}
	b.archive(ms...)
	srv := b.live()
	for name, meanwhile := range map[string]func(user store.User) error{
		"the store fails": func(store.User) error { return io.ErrUnexpectedEOF },
		"who exports may see less": func(u store.User) error {
			u.AllBots, u.Bots = false, []string{"st-b"}
			return b.store.UpdateUser(b.t.Context(), u)
		},
		"who exports is disabled": func(u store.User) error { u.Disabled = true; return b.store.UpdateUser(b.t.Context(), u) },
	} {
		t.Run(name, func(t *testing.T) {
			person := strings.ReplaceAll(name, " ", "-")
			cookie := b.person(person, store.RoleAnalyst)
			u, err := b.store.User(t.Context(), person)
			if err != nil {
				t.Fatal(err)
			}
			w.reads.Store(0)
			w.meanwhile = func(read int32) error {
				if read == 5 { // the first one counts, and what was read by now is more than is held back
					return meanwhile(u)
				}
				return nil
			}
			res := b.asked(srv, "/export?format=jsonl&progress=key", cookie)
			body, err := io.ReadAll(res.Body)
			if err == nil {
				t.Errorf("it ended as if it were whole: %d %s", res.StatusCode, body)
			}
			if run, ended := b.exports.find(u.ID, "key"); run == nil || !ended || run.whole.Load() {
				t.Errorf("its progress says %+v, ended %v", run, ended)
			}
		})
	}
}

func TestExportsAreBounded(t *testing.T) {
	b := newBench(t)
	b.archive(library()...)
	cookie := b.person("ann", store.RoleAnalyst)
	u, err := b.store.User(t.Context(), "ann")
	if err != nil {
		t.Fatal(err)
	}
	var runs []*exportRun
	for range maxExportsEach {
		run, err := b.exports.begin(u.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run)
	}
	if got := b.get("/export?format=csv", cookie); got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" {
		t.Errorf("got %d %v, want to be told to come again", got.StatusCode, got.Header)
	}
	b.exports.end(runs[0])
	if got := b.get("/export?format=csv", cookie); got.StatusCode != ok {
		t.Errorf("with one ended: got %d", got.StatusCode)
	}
	b.exports.end(runs[1])
	if len(b.exports.runs) != 0 {
		t.Errorf("%d are remembered that nobody watches", len(b.exports.runs))
	}
}

func TestExportProgress(t *testing.T) {
	b := newBench(t)
	b.archive(library()...)
	srv, ann, bea := b.live(), b.person("ann", store.RoleAnalyst), b.person("bea", store.RoleAnalyst)
	watched := b.asked(srv, "/export/progress?key=k1", ann)
	if kind := watched.Header.Get("Content-Type"); kind != "text/event-stream; charset=utf-8" {
		t.Errorf("got %s", kind)
	}
	if _, err := io.ReadAll(b.asked(srv, "/export?format=csv&progress=k1", ann).Body); err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(watched.Body) // it ends when the export has
	if err != nil || !strings.HasSuffix(string(said), "event: progress\ndata: {\"written\":2,\"total\":2,\"state\":\"whole\"}\n\n") {
		t.Errorf("got %q, %v", said, err)
	}
	// Another person's export is nobody's business.
	other := b.asked(srv, "/export/progress?key=k1", bea)
	line := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(other.Body)
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "data:") {
				line <- lines.Text()
			}
		}
		close(line)
	}()
	b.stop()
	if told, any := <-line; any {
		t.Errorf("bea is told %s", told)
	}
}
