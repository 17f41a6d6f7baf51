package web

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"afterbeep/store"
)

// months are three months of messages until noon, in which a word comes up.
func months() []message {
	var out []message
	for i := range 180 {
		left := noon.Add(-time.Duration(i) * 12 * time.Hour)
		text := []string{"please call me about the invoice", "my delivery is late", "the password does not work"}[i%3]
		if i < 40 && i%2 == 0 {
			text += " since the outage in Köln"
		}
		out = append(out, message{bot: []string{"st-a", "st-b"}[i%2], session: fmt.Sprint("m", i), caller: fmt.Sprintf("+1415555%04d", 100+i%17), queue: []string{"Billing", "Care", ""}[i%3],
			left: left, length: time.Duration(i%97) * time.Second, segments: said(text), recordings: wav()})
	}
	return out
}

// linked are the links of numbers within a node, and what these say.
func linked(n *html.Node) map[string]string {
	out := map[string]string{}
	for _, a := range all(n, "a") {
		if number := text(a); number != "" && strings.Trim(number, "0123456789,") == "" {
			out[attr(a, "href")] = strings.ReplaceAll(number, ",", "")
		}
	}
	return out
}

// Every number of the page is what its search finds.
func TestInsightsNumbersAreTheirSearches(t *testing.T) {
	b := newBench(t)
	b.archive(months()...)
	for name, tc := range map[string]struct {
		settings store.Settings
		bots     []string
		path     string
		atLeast  int
	}{
		"four weeks":         {path: "/insights", atLeast: 40},
		"in a zone":          {settings: store.Settings{Zone: "Asia/Kolkata"}, path: "/insights?period=12w", atLeast: 40},
		"of a search":        {path: "/insights?q=invoice+OR+delivery&period=all", atLeast: 30},
		"of a bot and queue": {bots: []string{"st-b"}, path: "/insights?queue=Care&from=2025-01-01&to=2025-02-12&tz=America/New_York", atLeast: 10},
	} {
		t.Run(name, func(t *testing.T) {
			person := strings.ReplaceAll(name, " ", "-")
			cookie := b.person(person, store.RoleAnalyst, tc.bots...)
			u, err := b.store.User(t.Context(), person)
			if err != nil {
				t.Fatal(err)
			}
			if err := b.store.SaveSettings(t.Context(), u.ID, tc.settings); err != nil {
				t.Fatal(err)
			}
			got := b.get(tc.path, cookie)
			links := linked(got.doc(t))
			if got.StatusCode != ok || len(links) < tc.atLeast {
				t.Fatalf("got %d with %d numbers, want %d at least: %s", got.StatusCode, len(links), tc.atLeast, got.body)
			}
			for href, number := range links {
				found := text(all(b.get(href, cookie).doc(t), "p", "class=count")...)
				if want := number + " voicemail"; !strings.HasPrefix(found, want) && !strings.HasPrefix(found, number+" ") {
					t.Errorf("%s: the page says %s, its search %q", unescaped(href), number, found)
				}
			}
		})
	}
}

// The results of a search lead to their figures, of all days where it names
// none, and the figures back to the search.
func TestInsightsOfASearch(t *testing.T) {
	b := newBench(t)
	b.archive(months()...)
	ann := b.person("ann", store.RoleAnalyst)
	for _, path := range []string{"/", "/?q=invoice+OR+delivery&sort=oldest&limit=5", "/?q=outage&queue=Care&from=2025-01-20&to=2025-02-10"} {
		results := b.get(path, ann).doc(t)
		var figures, back string
		for _, a := range all(results, "a", "class=button quiet") {
			if strings.HasPrefix(attr(a, "href"), "/insights") {
				figures = attr(a, "href")
			}
		}
		page := b.get(figures, ann).doc(t)
		for _, a := range all(page, "a") {
			if text(a) == "These voicemails" {
				back = attr(a, "href")
			}
		}
		want := strings.Fields(text(all(results, "p", "class=count")...))[0]
		if got := text(all(page, "b")[0]); got != want {
			t.Errorf("%s: %s leads to figures of %s voicemails, want %s", path, figures, got, want)
		}
		if got := strings.Fields(text(all(b.get(back, ann).doc(t), "p", "class=count")...))[0]; got != want {
			t.Errorf("%s: %s leads back to %s voicemails, want %s", path, unescaped(back), got, want)
		}
	}
	for _, a := range all(b.get("/?q=nobodysaysthis", ann).doc(t), "a", "class=button quiet") {
		if strings.HasPrefix(attr(a, "href"), "/insights") {
			t.Error("figures of nothing are offered")
		}
	}
}

func unescaped(href string) string {
	plain, err := url.QueryUnescape(href)
	if err != nil {
		return href
	}
	return plain
}

func TestInsightsPage(t *testing.T) {
	b := newBench(t)
	ann := b.person("ann", store.RoleAnalyst)
	if got := b.get("/insights", ann); got.StatusCode != ok || !strings.Contains(got.body, "Nothing to count") {
		t.Errorf("with nothing: got %d %s", got.StatusCode, got.body)
	}
	b.archive(months()...)
	doc := b.get("/insights", ann).doc(t)
	words := text(all(doc, "table", "class=table words")...)
	if !strings.Contains(words, "outage 20") || !strings.Contains(words, "köln 20") || !strings.Contains(words, "new") {
		t.Errorf("the words are %s", words)
	}
	page := text(doc)
	for _, said := range []string{"16 Jan 2025 to 12 Feb 2025", "56 voicemails", "Languages", "Queues", "Bots", "Who called most often", "with audio", "How long they are"} {
		if !strings.Contains(page, said) {
			t.Errorf("the page does not say %q: %s", said, page)
		}
	}
	if got := b.get("/insights?from=never", ann); got.StatusCode != unread || !strings.Contains(got.body, "can’t be counted") {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
	if days := all(b.get("/insights?period=7d", ann).doc(t), "a", "aria-current=true"); text(days...) != "7 days" {
		t.Errorf("the current period is %q", text(days...))
	}
	// What one may not see is in no number.
	other := text(b.get("/insights", b.person("bea", store.RoleAgent, "st-z")).doc(t))
	if !strings.Contains(other, "Nothing to count") {
		t.Errorf("who may see nothing sees %s", other)
	}
	trail := b.trail()
	last := trail[len(trail)-1]
	if last.Actor != "bea" || last.Action != store.AuditInsights || !last.Allowed || last.Detail != "?from=2025-01-16&to=2025-02-12" {
		t.Errorf("the audit log says %+v", last)
	}
}

// What has no length that is known is found, from the figures and from the facet.
func TestUnknownLengthsLead(t *testing.T) {
	b := newBench(t)
	for i, length := range []time.Duration{0, 0, 500 * time.Millisecond, 20 * time.Second} {
		b.archive(message{bot: "st-a", session: fmt.Sprint("s", i), left: noon.Add(-time.Hour), length: length, segments: said("please call")})
	}
	ann := b.person("ann", store.RoleAnalyst)
	followed := 0
	for _, path := range []string{"/insights?period=all", "/?q=please"} {
		for _, a := range all(b.get(path, ann).main(t), "a") {
			if !strings.Contains(attr(a, "href"), "-longer") {
				continue
			}
			followed++
			if found := text(all(b.get(attr(a, "href"), ann).doc(t), "p", "class=count")...); !strings.HasPrefix(found, "2 ") {
				t.Errorf("%s: %s leads to %q, want 2", path, text(a), found)
			}
		}
	}
	if followed != 2 {
		t.Errorf("%d links lead to those of unknown length, want 2", followed)
	}
}

// A share is never said to be all, or none, of what it is not.
func TestPercent(t *testing.T) {
	german := reading{}
	german.manner, _ = mannerOf("de-DE")
	if got := german.Percent(1, 100) + ", " + german.Percent(1, 9000) + ", " + german.Decimal(1234.56); got != "1,0 %, < 0,1 %, 1.234,6" {
		t.Errorf("in German it is %s", got)
	}
	for _, tt := range []struct {
		n, of int
		want  string
	}{{0, 0, "0 %"}, {0, 9, "0 %"}, {1, 9000, "< 0.1 %"}, {1, 100, "1.0 %"}, {33, 100, "33 %"}, {99, 100, "99 %"}, {342, 343, "> 99 %"}, {343, 343, "100 %"}} {
		if got := (reading{}).Percent(tt.n, tt.of); got != tt.want {
			t.Errorf("%d of %d: got %q, want %q", tt.n, tt.of, got, tt.want)
		}
	}
}
