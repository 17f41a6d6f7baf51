package web

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"afterbeep/store"
)

// various is an archive with several values of each facet.
func various() []message {
	var out []message
	for i := range 24 {
		m := message{bot: "st-" + string("aab"[i%3]), session: fmt.Sprint("s", i), caller: "+14155550123", queue: []string{"Returns", "", "Care & <Co>", `a "b"`}[i%4],
			left: noon.Add(-time.Duration(i) * 31 * time.Hour), length: time.Duration(i) * 9 * time.Second, segments: said("please refund order number 4711, and call 617 555 0123")}
		m.segments[0].Lang = []string{"en", "de", ""}[i%3]
		if i%2 == 0 {
			m.recordings = wav()
		}
		out = append(out, m)
	}
	return out
}

// counted is how many a page says were found.
func counted(t *testing.T, doc *html.Node) int {
	t.Helper()
	return number(t, text(all(doc, "p", "class=count")[0]))
}

// number reads the number that words begin with.
func number(t *testing.T, words string) int {
	t.Helper()
	var n int
	if _, err := fmt.Sscan(strings.ReplaceAll(words, ",", ""), &n); err != nil {
		t.Fatalf("%q begins with no number", words)
	}
	return n
}

// TestFacetsLeadWhereTheySay follows every link that narrows and holds that it
// finds as many as it says, and that the one to give it up leads back.
func TestFacetsLeadWhereTheySay(t *testing.T) {
	b := newBench(t)
	b.archive(various()...)
	admin := b.person("ada", store.RoleAdmin)
	for _, from := range []string{"/", "/?q=refund&tz=Europe%2FBerlin", "/?q=refund+OR+nothing&sort=oldest", "/?q=refund+-zebra&has=number&lang=de", "/?q=%22refund+order%22+has%3Arecording", "/?q=refund+%28%22order&from=2025-02-01"} {
		t.Run(from, func(t *testing.T) {
			doc := b.get(from, admin).doc(t)
			if counted(t, doc) == 0 {
				t.Fatal("nothing is found to begin with")
			}
			links := 0
			for _, a := range all(doc, "a", "class=facet") {
				links++
				there := b.get(attr(a, "href"), admin).doc(t)
				if attr(a, "aria-current") != "" {
					if counted(t, there) < counted(t, doc) {
						t.Errorf("giving up %q finds less", text(a))
					}
					continue
				}
				want := number(t, text(all(a, "span", "class=n")[0]))
				if got := counted(t, there); got != want {
					t.Errorf("%q leads to %d at %s", text(a), got, attr(a, "href"))
				}
				chosen := all(there, "a", "class=facet", "aria-current=true")
				back := false
				for _, c := range chosen {
					back = back || counted(t, b.get(attr(c, "href"), admin).doc(t)) == counted(t, doc)
				}
				if !back {
					t.Errorf("%q can't be given up: %q", text(a), text(chosen...))
				}
			}
			bars := all(all(all(doc, "main")[0], "figure")[0], "a")
			for _, bar := range bars {
				_, said, _ := strings.Cut(text(bar), ": ")
				if got, want := counted(t, b.get(attr(bar, "href"), admin).doc(t)), number(t, said); got != want {
					t.Errorf("the bar %q leads to %d at %s", text(bar), got, attr(bar, "href"))
				}
			}
			if links < 8 || len(bars) < 2 {
				t.Errorf("got %d facets and %d bars", links, len(bars))
			}
		})
	}
}

func TestHistogramBounds(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		from        time.Time
		unit        string
		first, last string
	}{
		{time.Date(2025, 2, 11, 13, 0, 0, 0, berlin), "hour", "2025-02-11T12:00:00Z", "2025-02-11T13:00:00Z"},
		{time.Date(2025, 2, 11, 0, 0, 0, 0, berlin), "day", "2025-02-11", "2025-02-11"},
		{time.Date(2025, 2, 24, 0, 0, 0, 0, berlin), "week", "2025-02-24", "2025-03-02"},
		{time.Date(2024, 2, 1, 0, 0, 0, 0, berlin), "month", "2024-02-01", "2024-02-29"},
		{time.Date(2024, 12, 1, 0, 0, 0, 0, berlin), "month", "2024-12-01", "2024-12-31"},
	} {
		if first, last := bucketBounds(tt.from, tt.unit); first != tt.first || last != tt.last {
			t.Errorf("%s of %s: got %s to %s, want %s to %s", tt.unit, tt.from, first, last, tt.first, tt.last)
		}
	}
}

// TestOffersOnThePage follows what is offered where little is found.
func TestOffersOnThePage(t *testing.T) {
	b := newBench(t)
	b.archive(various()...)
	admin := b.person("ada", store.RoleAdmin)
	for _, path := range []string{"/?q=refund+zebra", "/?q=refund&lang=fr", "/?q=refund+session%3As1&bot=st-b"} {
		doc := b.get(path, admin).doc(t)
		offers := all(doc, "section", "class=card offers")
		if len(offers) != 1 || len(all(offers[0], "li")) == 0 {
			t.Errorf("%s: nothing is offered: %s", path, text(all(doc, "main")...))
			continue
		}
		for _, li := range all(offers[0], "li") {
			said := text(all(li, "span", "class=muted")...)
			want := number(t, said[strings.LastIndex(said, ": ")+2:])
			if got := counted(t, b.get(attr(all(li, "a")[0], "href"), admin).doc(t)); got != want {
				t.Errorf("%s: %q leads to %d", path, text(li), got)
			}
		}
	}
	// Nobody is offered what lies in other bots.
	stranger := b.person("cy", store.RoleAgent, "st-c")
	if doc := b.get("/?q=refund+zebra", stranger).doc(t); len(all(doc, "section", "class=card offers")) != 0 {
		t.Errorf("offered without a right: %s", text(doc))
	}
}

func TestFiltersThatAreOn(t *testing.T) {
	b := newBench(t)
	b.archive(various()...)
	admin := b.person("ada", store.RoleAdmin)
	doc := b.get("/?q=refund&lang=de&queue=Care+%26+%3CCo%3E&has=number&from=2025-01-01", admin).doc(t)
	var chips []string
	for _, a := range all(doc, "a", "class=chip") {
		chips = append(chips, text(all(a, "span", "dir=auto")...))
	}
	if got, want := strings.Join(chips, "|"), "German|queue Care & <Co>|with a number said|from 2025-01-01"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, name := range []string{"lang", "queue", "has"} {
		chosen := all(all(doc, "select", "name="+name)[0], "option", "selected=")
		found := false
		for _, o := range chosen {
			found = found || attr(o, "value") != "" && hasAttr(o, "selected")
		}
		if !found {
			t.Errorf("the form forgets %s", name)
		}
	}
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func TestReasonsOnThePage(t *testing.T) {
	b := newBench(t)
	b.archive(message{bot: "st-a", session: "s1", segments: said("they sent me an invioce")}, message{bot: "st-a", session: "s2", segments: said("two invoices")})
	doc := b.get("/?q=invoice", b.person("ada", store.RoleAdmin)).doc(t)
	var got []string
	for _, li := range hits(doc) {
		mark := all(li, "mark")[0]
		got = append(got, text(mark)+": "+attr(mark, "title")+": "+text(all(li, "p", "class=why muted")...))
	}
	want := "invoices: inflected: Matched: inflected|invioce: one letter off: Matched: one letter off"
	if strings.Join(got, "|") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "|"), want)
	}
}

func TestHelpPage(t *testing.T) {
	b := newBench(t)
	admin := b.person("ada", store.RoleAgent)
	b.archive(various()...)
	if len(all(b.get("/", admin).main(t), "a", "href=/help/search")) != 1 {
		t.Error("the search page does not lead to the help")
	}
	doc := b.get("/help/search", admin).doc(t)
	examples := all(doc, "td")
	if len(examples) < 30 || !strings.Contains(text(doc), "older_than:7d") || !strings.Contains(text(doc), "words that begin so") {
		t.Errorf("the help is not whole: %s", text(doc))
	}
	for _, a := range all(all(doc, "main")[0], "a") {
		if got := b.get(attr(a, "href"), admin); got.StatusCode != ok {
			t.Errorf("%q is answered with %d", text(a), got.StatusCode)
		} else if notes := all(got.doc(t), "ul", "class=note"); len(notes) > 0 {
			t.Errorf("%q is not read as meant: %s", text(a), text(notes...))
		}
	}
}

// Whatever is typed is answered, over a real connection, in a page that a
// browser can bear.
func TestNaughtyQueriesOverHTTP(t *testing.T) {
	b := newBench(t)
	b.archive(various()...)
	admin := b.person("ada", store.RoleAdmin)
	for name, q := range map[string]string{
		"32 KB":           strings.Repeat("ü", 16<<10),
		"32 KB of emoji":  strings.Repeat("\U0001f642", 8<<10),
		"32 KB of signs":  strings.Repeat(`"`, 32<<10),
		"more than 32 KB": strings.Repeat("refund ", 6<<10),
		"1,500 words":     strings.Repeat("refund order ", 750),
		"parentheses":     strings.Repeat("(", 50) + "refund" + strings.Repeat(")", 50),
		"prefixes":        "a* b* c* d* e* r* o* n*",
		"right to left":   "\u202eשלום refund\u202c مرحبا",
		"control signs":   "refund\x00\x01\x1b[31m\x7f\u0085\ufeff\u2028",
		"no UTF-8":        "refund \xff\xfe\xc3(",
		"markup":          `"><script>alert(1)</script><img src=x onerror=alert(1)>`,
		"a template":      "{{.}} ${7*7} %s %n' OR '1'='1",
		"operators":       "OR AND NOT - -- () \"\" ~ ~5 * : from: has: on: -() OR",
		"fields":          "from:\x00 lang:\xff on:9999-99-99 older_than:99999999999999999999y longer:-1s",
		"an odd zone":     "on:today after:0000-00-00 before:9999-12-31",
	} {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{"/api/v1/voicemails", "/"} {
				got := b.served(Params{Q: q, Facets: "1", Limit: "200"}.Link(path), admin)
				if got.StatusCode != http.StatusOK {
					t.Errorf("%s: got %d %.300s", path, got.StatusCode, got.body)
				}
				if most := 600 << 10; len(got.body) > most {
					t.Errorf("%s: the answer has %d bytes, more than %d", path, len(got.body), most)
				}
				if path == "/" {
					doc := got.doc(t)
					if len(all(doc, "script")) != 2 || len(all(doc, "img")) != 1 || strings.ContainsRune(got.body, 0) {
						t.Errorf("what was typed is part of the page: %.300s", template.HTMLEscapeString(got.body))
					}
				}
			}
		})
	}
}
