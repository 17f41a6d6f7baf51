package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"afterbeep/store"
)

// described is what the element of an id says of itself by aria-describedby.
func described(t *testing.T, doc *html.Node, id string) (field *html.Node, words string) {
	t.Helper()
	for n := range doc.Descendants() {
		if attr(n, "id") == id {
			field = n
		}
	}
	if field == nil {
		t.Fatalf("no element %s", id)
	}
	var said []string
	for by := range strings.FieldsSeq(attr(field, "aria-describedby")) {
		found := false
		for n := range doc.Descendants() {
			if attr(n, "id") == by {
				said, found = append(said, text(n)), true
			}
		}
		if !found {
			t.Errorf("%s is described by %s, which is not there", id, by)
		}
	}
	return field, strings.Join(said, " | ")
}

// A field that was not taken says why to who can't see what stands below it, and
// goes on saying what it is for.
func TestFieldsSayWhatIsWrong(t *testing.T) {
	b := newBench(t, equipped)
	ada := b.person("ada", store.RoleAdmin)
	for _, tt := range []struct {
		path, field string
		form        url.Values
		want        []string
	}{
		{"/people", "new", url.Values{"name": {"bob"}, "role": {"agent"}, "reach": {"all"}, "new": {"short"}, "again": {"short"}}, []string{"characters", "They can change it"}},
		{"/people", "others", url.Values{"name": {"bob"}, "role": {"agent"}, "reach": {"some"}, "new": {"long enough, really"}, "again": {"long enough, really"}}, []string{"Choose the bots"}},
		{"/bots", "bot_id", url.Values{"base_url": {"https://platform.kore.ai"}}, []string{"Enter the bot’s id"}},
		{"/desk", "lease", url.Values{"lease": {"soon"}}, []string{"", "Then it is open for others again"}},
	} {
		got := b.post(tt.path, tt.form, ada)
		if got.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: got %d", tt.path, got.StatusCode)
			continue
		}
		field, words := described(t, got.doc(t), tt.field)
		if attr(field, "aria-invalid") != "true" || strings.Count(words, "|") != len(tt.want)-1 {
			t.Errorf("%s: %s is invalid=%q, described by %q", tt.path, tt.field, attr(field, "aria-invalid"), words)
		}
		for _, part := range tt.want {
			if !strings.Contains(words, part) {
				t.Errorf("%s: %s says %q, not %q", tt.path, tt.field, words, part)
			}
		}
	}
	fine, words := described(t, b.get("/people", ada).doc(t), "new")
	if attr(fine, "aria-invalid") != "" || !strings.Contains(words, "characters") {
		t.Errorf("a field with nothing wrong says %q, invalid=%q", words, attr(fine, "aria-invalid"))
	}
}

// A page that answers a form stands at an address that shows it when it is asked
// for again: that of the form itself does not.
func TestAnswersToFormsCanBeLoadedAgain(t *testing.T) {
	b := newBench(t, equipped)
	ada := b.person("ada", store.RoleAdmin)
	b.person("bob", store.RoleAgent)
	bob := strconv.FormatInt(b.user("bob").ID, 10)
	mail := voicemailPath(b.archive(refund("s1", noon))[0])
	b.post("/saved", url.Values{"search": {"q=a"}, "name": {"Own"}}, ada)
	saved := savedHref(b.saved("ada")["Own"].ID)
	for _, tt := range []struct {
		path string
		form url.Values
		want string
	}{
		{mail + "/notes?q=refund", url.Values{"note": {""}}, mail + "?q=refund"},
		{mail + "/tags?q=refund", url.Values{"tag": {""}}, mail + "?q=refund"},
		{saved, url.Values{"name": {""}}, "/saved"},
		{"/bots/test", url.Values{"bot_id": {"st-new"}}, "/bots"},
		{"/backfills", url.Values{"from": {"never"}}, "/ledger"},
		{"/me/settings", url.Values{"zone": {"Nowhere"}}, "/me"},
		{"/me/password", url.Values{"password": {"wrong"}}, "/me"},
		{"/me/tokens", url.Values{"name": {"mine"}, "days": {"-1"}}, "/me"},
		{"/people/" + bob + "/password", url.Values{"new": {"short"}}, "/people/" + bob},
		{"/people/" + bob + "/tokens", url.Values{"name": {"his"}, "days": {"-1"}}, "/people/" + bob},
	} {
		got := b.post(tt.path, tt.form, ada)
		at := got.Header.Get("HX-Push-Url")
		if got.StatusCode == away || at != tt.want {
			t.Errorf("%s: got %d at %q, want %q", tt.path, got.StatusCode, at, tt.want)
		} else if again := b.get(at, ada); again.StatusCode != ok {
			t.Errorf("%s: %s shows %d", tt.path, at, again.StatusCode)
		}
	}
}

// Days are chosen where they are days; a moment that a link has brought is kept.
func TestDayFields(t *testing.T) {
	b := newBench(t, equipped)
	ada := b.person("ada", store.RoleAdmin)
	for _, tt := range []struct{ path, kind, value string }{
		{"/insights?period=all", "date", ""},
		{"/insights?from=2025-02-10", "date", "2025-02-10"},
		{"/insights?from=2025-02-10T12:00:00Z", "text", "2025-02-10T12:00:00Z"},
		{"/?q=refund&from=never", "text", "never"},
		{"/ledger?from=2025-02-10&to=2025-02-11", "date", "2025-02-10"},
	} {
		field := all(b.get(tt.path, ada).doc(t), "input", "id=from")
		if len(field) != 1 || attr(field[0], "type") != tt.kind || attr(field[0], "value") != tt.value {
			t.Errorf("%s: got %q", tt.path, field[0].Attr)
		}
	}
}
