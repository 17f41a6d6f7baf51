package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"afterbeep/index/synonyms"
	"afterbeep/store"
)

// total is how many voicemails a search finds.
func (b *bench) total(q string) int {
	b.t.Helper()
	a, err := b.engine.Search(b.t.Context(), store.AllBots(), Params{Q: q})
	if err != nil {
		b.t.Fatal(err)
	}
	return a.Total
}

// synonymForm is the page's form as it stands there, with another text.
func synonymForm(doc *html.Node, typed string) url.Values {
	return url.Values{"text": {typed}, "version": {attr(all(doc, "input", "name=version")[0], "value")}, "do": {"save"}}
}

func TestSynonymsPage(t *testing.T) {
	b := newBench(t)
	b.archive(message{bot: "st-a", session: "s1", segments: said("I lost two grommets")}, message{bot: "st-a", session: "s2", segments: said("what does my invoice say")})
	admin := b.person("ada", store.RoleAdmin)
	if n := b.total("thingamajig"); n != 0 {
		t.Fatalf("before: got %d", n)
	}
	const typed = "[en]\nthingamajig = grommet # <é>\n"
	doc := b.get("/synonyms", admin).doc(t)
	if box := all(doc, "textarea")[0]; text(box) != "" || !strings.Contains(text(all(b.get("/synonyms?built-in=1", admin).doc(t), "section", "id=built-in")...), "call back") {
		t.Errorf("an empty form and the lists built in are expected, got %q", text(doc))
	}
	got := b.post("/synonyms", synonymForm(doc, strings.ReplaceAll(typed, "\n", "\r\n")), admin)
	if got.StatusCode != away || got.Header.Get("Location") != "/synonyms?done=synonyms" {
		t.Fatalf("saving: got %d %s", got.StatusCode, got.body)
	}
	if n := b.total("thingamajigs"); n != 1 {
		t.Errorf("after: got %d, want the synonym's inflection to be found at once", n)
	}
	doc = b.get("/synonyms?done=synonyms", admin).doc(t)
	box := all(doc, "textarea")[0]
	if got := strings.TrimPrefix(box.FirstChild.Data, "\n"); got != typed {
		t.Errorf("the form holds %q, want %q", got, typed)
	}
	for _, words := range []string{"searches use them from now on", "Last changed now, by ada"} {
		if !strings.Contains(text(doc), words) {
			t.Errorf("the page does not say %q: %s", words, text(doc))
		}
	}
	without := synonymForm(doc, typed)
	without.Set("own_only", "1")
	before := b.total("bill")
	if got := b.post("/synonyms", without, admin); got.StatusCode != away {
		t.Fatalf("leaving out those built in: got %d", got.StatusCode)
	}
	if after := b.total("bill"); before != 1 || after != 0 || b.total("thingamajig") != 1 {
		t.Errorf("bill found %d before and %d without the lists built in", before, after)
	}
	var changed []string
	for _, e := range b.trail() {
		if e.Action == store.AuditSynonymEdit {
			changed = append(changed, e.Actor+": "+e.Detail)
		}
	}
	if diff := cmp.Diff([]string{"ada: 3 lines", "ada: 3 lines, without those built in"}, changed); diff != "" {
		t.Errorf("audit: -want +got\n%s", diff)
	}
}

// Nothing that was typed is lost, and nothing is saved by half.
func TestSynonymsRefused(t *testing.T) {
	b := newBench(t)
	admin := b.person("ada", store.RoleAdmin)
	doc := b.get("/synonyms", admin).doc(t)
	if _, err := b.store.SaveSynonyms(t.Context(), store.SynonymLists{Text: "a = b\n", ChangedBy: "bob"}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	fresh := b.get("/synonyms", admin).doc(t)
	for _, tt := range []struct {
		name string
		form url.Values
		want []string
	}{
		{"lines that can't be read", synonymForm(fresh, "good = fine\nalone\n<b> = \n[xx]\nx = y\n"),
			[]string{"Nothing was saved", "Line 2: a group has at least two", "Line 3: entry 2", "Line 4: the language"}},
		{"changed meanwhile", synonymForm(doc, "mine = my"), []string{"were changed meanwhile (now, by bob)"}},
		{"too long", synonymForm(fresh, strings.Repeat("# remark\n", store.MaxSynonyms/9+1)), []string{"Nothing was saved: the text may be 1.0 MB long"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := b.post("/synonyms", tt.form, admin)
			doc := got.doc(t)
			if got.StatusCode != unfit {
				t.Errorf("got %d", got.StatusCode)
			}
			for _, words := range tt.want {
				if !strings.Contains(text(doc), words) {
					t.Errorf("the page does not say %q: %.2000s", words, text(all(doc, "main")...))
				}
			}
			if kept := strings.TrimPrefix(all(doc, "textarea")[0].FirstChild.Data, "\n"); kept != tt.form.Get("text") {
				t.Errorf("the form holds %.200q, want what was typed", kept)
			}
			if saved, err := b.store.Synonyms(t.Context()); err != nil || saved.Text != "a = b\n" {
				t.Errorf("saved is %.200q, %v", saved.Text, err)
			}
		})
	}
}

// Who begins from the lists built in can save them, and add to them.
func TestSynonymsBuiltInCanBeSaved(t *testing.T) {
	b := newBench(t)
	admin := b.person("ada", store.RoleAdmin)
	builtIn := synonyms.DefaultText()
	if len(builtIn) > store.MaxSynonyms/2 {
		t.Errorf("what is built in is %d bytes long: %d leave no room for as much again", len(builtIn), store.MaxSynonyms)
	}
	form := synonymForm(b.get("/synonyms", admin).doc(t), strings.ReplaceAll(builtIn, "\n", "\r\n"))
	form.Set("own_only", "1")
	if got := b.post("/synonyms", form, admin); got.StatusCode != away {
		t.Fatalf("got %d %.500s", got.StatusCode, text(all(got.doc(t), "main")...))
	}
	if saved, err := b.store.Synonyms(t.Context()); err != nil || saved.Text != builtIn {
		t.Errorf("%d bytes were saved of %d, %v", len(saved.Text), len(builtIn), err)
	}
}

func TestSynonymsPreview(t *testing.T) {
	b := newBench(t)
	b.archive(message{bot: "st-a", session: "s1", segments: said("a red widget")}, message{bot: "st-a", session: "s2", segments: said("a gizmo, red too")},
		message{bot: "st-a", session: "s3", segments: said("nothing of it")})
	admin := b.person("ada", store.RoleAdmin)
	form := synonymForm(b.get("/synonyms", admin).doc(t), "# mine\nred widget = gizmo = OR\nzebra = quagga\nzebra > widget = gizmo\nalone")
	form.Set("do", "preview")
	got := b.post("/synonyms", form, admin)
	var rows []string
	for _, tr := range all(got.doc(t), "tr")[1:] {
		rows = append(rows, text(tr))
	}
	if diff := cmp.Diff([]string{"2 red widget = gizmo = OR 2", "3 zebra = quagga 0", "4 zebra > widget = gizmo 2"}, rows); diff != "" || got.StatusCode != ok {
		t.Errorf("got %d, -want +got\n%s", got.StatusCode, diff)
	}
	if saved, err := b.store.Synonyms(t.Context()); err != nil || saved.Text != "" {
		t.Errorf("a preview saved %q, %v", saved.Text, err)
	}
}

// A preview is many searches: it counts nothing that could not be saved, and
// stops where it has no more time.
func TestSynonymsPreviewIsBounded(t *testing.T) {
	b := newBench(t)
	admin := b.person("ada", store.RoleAdmin)
	form := synonymForm(b.get("/synonyms", admin).doc(t), "a = b\n"+strings.Repeat("x = ", 1000)+"y\nc = d")
	form.Set("do", "preview")
	doc := b.post("/synonyms", form, admin).doc(t)
	if rows := len(all(doc, "tr")); rows != 3 || !strings.Contains(text(doc), "Line 2: a group has at most") {
		t.Errorf("with a huge group: got %d rows: %.500s", rows, text(all(doc, "main")...))
	}
	form.Set("text", strings.Repeat("a = b # remark\n", store.MaxSynonyms/15+1))
	doc = b.post("/synonyms", form, admin).doc(t)
	if rows := len(all(doc, "tr")); rows != 0 || !strings.Contains(text(doc), "the text may be 1.0 MB long") {
		t.Errorf("too long a text: got %d rows: %.500s", rows, text(all(doc, "main")...))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	if groups, slow, err := b.preview(ctx, store.AllBots(), noon, "a = b"); len(groups) != 0 || !slow || err != nil {
		t.Errorf("without time: got %v, %v, %v", groups, slow, err)
	}
}

// Synonyms change what everybody finds.
func TestSynonymsAreForAdministratorsOfAllBots(t *testing.T) {
	b := newBench(t)
	some := b.person("sam", store.RoleAdmin, "st-a")
	got := b.get("/synonyms", some)
	if got.StatusCode != ok || len(all(got.doc(t), "textarea")) != 0 {
		t.Errorf("an administrator of some bots: got %d, want to see them without a form", got.StatusCode)
	}
	if got := b.post("/synonyms", url.Values{"text": {"a = b"}}, some); got.StatusCode != noRight {
		t.Errorf("saving: got %d, want 403", got.StatusCode)
	}
	if got := b.put("/api/v1/synonyms", `{"text": "a = b"}`, some); got.StatusCode != noRight || got.errorCode(t) != codeForbidden {
		t.Errorf("the API: got %d, want 403", got.StatusCode)
	}
	if saved, err := b.store.Synonyms(t.Context()); err != nil || saved.Text != "" {
		t.Errorf("%q was saved, %v", saved.Text, err)
	}
}

func (b *bench) put(path, body string, cookie *http.Cookie) answer {
	b.t.Helper()
	r := b.request(http.MethodPut, path, strings.NewReader(body), cookie)
	r.Header.Set("Content-Type", "application/json")
	return b.send(r)
}

func TestSynonymsAPI(t *testing.T) {
	b := newBench(t)
	b.archive(message{bot: "st-a", session: "s1", segments: said("a grommet")})
	admin := b.person("ada", store.RoleAdmin)
	for _, tt := range []struct {
		name, body string
		status     int
	}{
		{"a text", `{"text": "gadget = grommet\r\n", "own_only": true}`, ok},
		{"a version of none", `{"text": "a = b", "version": ""}`, http.StatusConflict},
		{"another version", `{"text": "a = b", "version": "2001-01-01T00:00:00Z"}`, http.StatusConflict},
		{"no text", `{}`, unread},
		{"no JSON", `text=a`, unread},
		{"a line that can't be read", `{"text": "x = y\nalone"}`, unread},
		{"too long", `{"text": "` + strings.Repeat("#", store.MaxSynonyms+1) + `"}`, unread},
		{"far too long", `{"text": "` + strings.Repeat("#", maxSynonymsBody) + `"}`, http.StatusRequestEntityTooLarge},
	} {
		got := b.put("/api/v1/synonyms", tt.body, admin)
		if got.StatusCode != tt.status {
			t.Errorf("%s: got %d, want %d: %.200s", tt.name, got.StatusCode, tt.status, got.body)
		}
		if tt.status != ok {
			got.errorCode(t)
		}
		got = b.get("/api/v1/synonyms", admin)
		var a SynonymsAnswer
		if err := json.Unmarshal([]byte(got.body), &a); err != nil {
			t.Fatal(err)
		}
		want := SynonymsAnswer{Text: "gadget = grommet\n", OwnOnly: true, ChangedBy: "ada", Groups: 1}
		if !time.Time(a.ChangedAt).Equal(noon) || a.BuiltIn == "" {
			t.Errorf("%s: got %+v", tt.name, a)
		}
		if a.Version != versionOf(store.SynonymLists{ChangedAt: noon}) {
			t.Errorf("%s: got version %q", tt.name, a.Version)
		}
		a.ChangedAt, a.BuiltIn, a.Version = Stamp{}, "", ""
		if a != want {
			t.Errorf("%s: got %+v, want %+v", tt.name, a, want)
		}
	}
	first, version := "", versionOf(store.SynonymLists{ChangedAt: noon})
	for _, want := range []int{ok, http.StatusConflict} { // the second has not seen the first
		got := b.put("/api/v1/synonyms", `{"text": "gadget = grommet", "version": "`+version+`"}`, admin)
		var a SynonymsAnswer
		if err := json.Unmarshal([]byte(got.body), &a); err != nil || got.StatusCode != want {
			t.Errorf("with version %q: got %d %v, want %d", version, got.StatusCode, err, want)
		}
		if first == "" {
			first = a.Version
		}
	}
	if first == version {
		t.Errorf("the version stays %q", version)
	}
	if n := b.total("gadget"); n != 1 {
		t.Errorf("the saved group finds %d", n)
	}
}

// hurried saves lists of somebody else's just before each that it is given.
type hurried struct{ store.Store }

func (h hurried) SaveSynonyms(ctx context.Context, l store.SynonymLists, replaces time.Time) (store.SynonymLists, error) {
	if _, err := h.Store.SaveSynonyms(ctx, store.SynonymLists{Text: "first = one", ChangedBy: "bea"}, replaces); err != nil {
		return l, err
	}
	return h.Store.SaveSynonyms(ctx, l, replaces)
}

// Of two who save at once, the second is told, and the audit log doesn't say
// that it was done.
func TestSynonymsSavedMeanwhile(t *testing.T) {
	for name, save := range map[string]func(*bench, *http.Cookie) (answer, int){
		"page": func(b *bench, admin *http.Cookie) (answer, int) {
			return b.post("/synonyms", synonymForm(b.get("/synonyms", admin).doc(b.t), "second = two"), admin), http.StatusUnprocessableEntity
		},
		"API": func(b *bench, admin *http.Cookie) (answer, int) {
			return b.put("/api/v1/synonyms", `{"text": "second = two"}`, admin), http.StatusConflict
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, func(c *Config) { c.Store = hurried{c.Store} })
			got, want := save(b, b.person("ada", store.RoleAdmin))
			if got.StatusCode != want || !strings.Contains(got.body, "changed meanwhile") {
				t.Errorf("got %d, want %d: %.300s", got.StatusCode, want, got.body)
			}
			if saved, err := b.store.Synonyms(t.Context()); err != nil || saved.Text != "first = one" {
				t.Errorf("%q is saved, %v", saved.Text, err)
			}
			trail := b.trail()
			last := trail[len(trail)-1]
			if wanted := (store.AuditEntry{Actor: "ada", Action: store.AuditSynonymEdit, Detail: "1 line, changed meanwhile"}); last != wanted {
				t.Errorf("the log ends with %+v, want %+v", last, wanted)
			}
		})
	}
}

// What one process saves, another uses soon; while the store is away it goes on
// with what it has.
func TestThesaurusFollows(t *testing.T) {
	b := newBench(t)
	away := &awaySynonyms{saved: b.store}
	other, err := OpenThesaurus(t.Context(), away, nil)
	if err != nil {
		t.Fatal(err)
	}
	other.poll = time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- other.Follow(ctx) }()
	if _, err := b.store.SaveSynonyms(t.Context(), store.SynonymLists{Text: "a = b", OwnOnly: true}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	deadline := time.After(browserPatience)
	for other.Lists().Groups() != 1 {
		select {
		case <-deadline:
			t.Fatal("the other thesaurus never follows")
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the end: got %v", err)
	}
	if err := other.follow(t.Context()); err != nil || away.reads.Load() != 2 {
		t.Errorf("the lists were read %d times, want once and once more when they changed; %v", away.reads.Load(), err)
	}
	away.err = errors.New("away")
	if err := other.Reload(t.Context()); err == nil || other.Lists().Groups() != 1 {
		t.Errorf("without a store: got %v and %d groups, want an error and the lists from before", err, other.Lists().Groups())
	}
	if _, err := OpenThesaurus(t.Context(), away, nil); err == nil {
		t.Error("it opens without a store")
	}
}

// awaySynonyms is a store that can't be read while it has an error.
type awaySynonyms struct {
	saved store.Store
	err   error
	reads atomic.Int32 // of whole lists
}

func (a *awaySynonyms) SynonymsChanged(ctx context.Context) (time.Time, error) {
	if a.err != nil {
		return time.Time{}, a.err
	}
	return a.saved.SynonymsChanged(ctx)
}

func (a *awaySynonyms) Synonyms(ctx context.Context) (store.SynonymLists, error) {
	a.reads.Add(1)
	if a.err != nil {
		return store.SynonymLists{}, a.err
	}
	return a.saved.Synonyms(ctx)
}

func (a *awaySynonyms) SaveSynonyms(ctx context.Context, l store.SynonymLists, replaces time.Time) (store.SynonymLists, error) {
	return a.saved.SaveSynonyms(ctx, l, replaces)
}
