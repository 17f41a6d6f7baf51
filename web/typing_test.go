package web

import (
	"net/http"
	"strings"
	"testing"

	"afterbeep/store"
)

func TestUnfinished(t *testing.T) {
	for _, tt := range []struct{ typed, want string }{
		{"refu", "refu*"},
		{"please refu", "please refu*"},
		{"refund ", "refund "},
		{"refund o", "refund"},
		{"r", "r*"},
		{"refund OR r", "refund OR r*"},
		{"refund 退", "refund 退*"},
		{"", ""},
		{"refu*", "refu*"},
		{"refund OR", "refund OR"},
		{"refund OR ret", "refund OR ret*"},
		{`"call me ba`, `"call me ba*`},
		{`"call me back"`, `"call me back"`},
		{"from:415", "from:415"},
		{"lang:d", "lang:d"},
		{"-refu", "-refu"},
		{"jon~", "jon~"},
		{"718 55", "718 55*"},
		{"(late OR miss", "(late OR miss*"},
		{"مرحب", "مرحب*"},
	} {
		if got := unfinished(tt.typed); got != tt.want {
			t.Errorf("unfinished(%q) = %q, want %q", tt.typed, got, tt.want)
		}
	}
}

// typed asks for the results alone, as the page does while somebody types.
func (b *bench) typed(path string, cookie *http.Cookie) answer {
	r := b.request(http.MethodGet, path, nil, cookie)
	r.Header.Set("HX-Request", "true")
	r.Header.Set("HX-Target", "results")
	return b.send(r)
}

func TestResultsAlone(t *testing.T) {
	b := newBench(t)
	b.archive(kettles()...)
	admin := b.person("ada", store.RoleAdmin)
	for _, tt := range []struct {
		name, path string
		address    string
		status     int
		says, not  []string
	}{
		{"a beginning", "/?q=kettl&typing=1&lang=&sort=newest", "/?q=kettl%2A&sort=newest", ok, []string{"3 voicemails found"}, nil},
		{"one letter off", "/?q=kettel&typing=1", "/?q=kettel", ok, []string{"one letter off"}, nil},
		{"nothing typed", "/?q=&typing=1", "/", ok, []string{"6 voicemails"}, []string{"found"}},
		{"a filter that can't be read", "/?q=kett&from=x&typing=1", "/?from=x&q=kett%2A", 400, []string{"can’t be searched"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := b.typed(tt.path, admin)
			if got.StatusCode != tt.status || got.Header.Get("HX-Replace-Url") != tt.address {
				t.Errorf("got %d and the address %q, want %d and %q", got.StatusCode, got.Header.Get("HX-Replace-Url"), tt.status, tt.address)
			}
			doc := got.doc(t)
			if strings.Contains(got.body, "<html") || len(all(doc, "div", "id=results")) != 1 || len(all(doc, "form", "id=search")) != 0 {
				t.Errorf("got more than the results: %.200s", got.body)
			}
			page := text(doc)
			for _, words := range tt.says {
				if !strings.Contains(page, words) {
					t.Errorf("the results do not say %q: %s", words, page)
				}
			}
			for _, words := range tt.not {
				if strings.Contains(page, words) {
					t.Errorf("the results say %q: %s", words, page)
				}
			}
		})
	}
	if got := b.typed("/?q=kettl", nil); got.StatusCode != http.StatusNoContent || !strings.HasPrefix(got.Header.Get("HX-Redirect"), "/login") {
		t.Errorf("a stranger gets %d and is sent to %q", got.StatusCode, got.Header.Get("HX-Redirect"))
	}
}

// What a script can't be given stands where the results would.
func TestFailureAmongResults(t *testing.T) {
	b := newBench(t)
	b.archive(kettles()...)
	admin := b.person("ada", store.RoleAdmin)
	if err := b.index.Close(); err != nil {
		t.Fatal(err)
	}
	got := b.typed("/?q=kettl&typing=1", admin)
	if got.StatusCode != http.StatusServiceUnavailable || strings.Contains(got.body, "<html") || !strings.HasPrefix(strings.TrimSpace(got.body), `<div id="results">`) {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
}
