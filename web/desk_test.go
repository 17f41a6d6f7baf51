package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"afterbeep/store"
)

// filled is a form as a browser would send it, with what its fields hold.
func filled(doc *html.Node, action string) url.Values {
	v := url.Values{}
	for _, form := range all(doc, "form") {
		if attr(form, "action") != action {
			continue
		}
		for _, in := range all(form, "input") {
			if kind := attr(in, "type"); kind == "checkbox" && !has(in, "checked") {
				continue
			}
			v.Add(attr(in, "name"), attr(in, "value"))
		}
		for _, area := range all(form, "textarea") {
			v.Add(attr(area, "name"), strings.TrimPrefix(text(area), "\n"))
		}
		for _, list := range all(form, "select") {
			for _, o := range all(list, "option") {
				if has(o, "selected") {
					v.Add(attr(list, "name"), attr(o, "value"))
				}
			}
		}
	}
	return v
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func (b *bench) desk() store.Desk {
	b.t.Helper()
	d, err := b.store.Desk(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return d
}

func TestDeskPage(t *testing.T) {
	b := newBench(t)
	admin := b.person("ada", store.RoleAdmin)
	form := filled(b.get(deskPath, admin).doc(t), deskPath)
	if got := b.post(deskPath, form, admin); got.StatusCode != away {
		t.Fatalf("saving what is there: got %d %s", got.StatusCode, got.body)
	}
	if d := cmp.Diff(store.DefaultDesk(), b.desk()); d != "" {
		t.Errorf("saved as it was (-want +got):\n%s", d)
	}
	form = filled(b.get(deskPath, admin).doc(t), deskPath)
	for name, value := range map[string]string{"lease": "1 h 30 min", "busy": "20", "max_attempts": "", "call_link": "sip:{number}@pbx.example", "overdue": "1.5 days", "old": "",
		"shared": "+1 415 555 0100\r\n(415) 555-0100\r\n", "end.4.label": "Sent to a lawyer!", "end.4.reached": "1",
		"hours.0.bot": "st-1", "hours.0.queue": "Claims", "hours.0.zone": "Europe/Berlin", "hours.0.1": "9-12, 13:00 – 17:30", "hours.0.6": "10 to 24", "hours.0.holidays": "12-25\r\n2026-12-24"} {
		form.Set(name, value)
	}
	if got := b.post(deskPath, form, admin); got.StatusCode != away || got.Header.Get("Location") != "/desk?done=desk#main" {
		t.Fatalf("saving: got %d %s", got.StatusCode, got.body)
	}
	want := store.DefaultDesk()
	want.Lease, want.MaxAttempts, want.CallLink, want.Overdue, want.Old, want.Shared = 90*time.Minute, 0, "sip:{number}@pbx.example", 36*time.Hour, 0, []string{"+14155550100"}
	want.Retry[store.AttemptBusy] = 20 * time.Minute
	want.Dispositions = append(want.Dispositions, store.Disposition{Key: "sent_to_a_lawyer", Label: "Sent to a lawyer!", Reached: true})
	want.Hours = []store.Hours{{BotID: "st-1", Queue: "Claims", Zone: "Europe/Berlin", Week: [7]string{1: "09:00-12:00,13:00-17:30", 6: "10:00-24:00"}, Holidays: []string{"12-25", "2026-12-24"}}}
	if d := cmp.Diff(want, b.desk()); d != "" {
		t.Errorf("saved (-want +got):\n%s", d)
	}
	doc := b.get(deskPath+"?done=desk", admin).doc(t)
	if !strings.Contains(text(doc), "Saved.") {
		t.Error("the page does not say that it was saved")
	}
	form = filled(doc, deskPath)
	form.Set("hours.0.remove", "1")
	form.Set("end.4.label", "")
	if got := b.post(deskPath, form, admin); got.StatusCode != away {
		t.Fatalf("taking away: got %d %s", got.StatusCode, got.body)
	}
	if d := b.desk(); len(d.Hours) != 0 || len(d.Dispositions) != 4 || len(d.Shared) != 1 {
		t.Errorf("after taking away there are %v", d)
	}
}

func TestDeskRefusals(t *testing.T) {
	b := newBench(t)
	admin := b.person("ada", store.RoleAdmin)
	good := filled(b.get(deskPath, admin).doc(t), deskPath)
	for name, tt := range map[string]struct{ field, value, says string }{
		"lease":            {"lease", "forever", "how long a claim holds"},
		"no lease":         {"lease", "0", "how long a claim holds"},
		"rest":             {"no_answer", "-2 h", "Write a time"},
		"attempts":         {"max_attempts", "many", "up to 100"},
		"limit":            {"overdue", "0 h", "as 4 h"},
		"age":              {"old", "soon", "as 14 days"},
		"javascript":       {"call_link", "JavaScript:alert({number})", "calls nobody"},
		"data":             {"call_link", "data:text/html,{number}", "calls nobody"},
		"no place":         {"call_link", "https://phone.example/", "{number}"},
		"a host of number": {"call_link", "https://{digits}.example/", "host"},
		"no scheme":        {"call_link", "{number}", "{number}"},
		"relative":         {"call_link", "//phone.example/{number}", "{number}"},
		"shared":           {"shared", "reception", "not a number"},
		"a key twice":      {"end.4.label", "Reached", "already"},
		"zone":             {"hours.0.zone", "Berlin", "Write a time zone"},
		"hours":            {"hours.0.3", "17-9", "Write 09:00-17:00"},
		"never":            {"hours.0.queue", "q", "on which days"},
		"holidays":         {"hours.0.holidays", "31 Feb", "not a day"},
	} {
		t.Run(name, func(t *testing.T) {
			form := url.Values{}
			for k, v := range good {
				form[k] = v
			}
			form.Set(tt.field, tt.value)
			got := b.post(deskPath, form, admin)
			doc := got.doc(t)
			if got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text(doc), tt.says) {
				t.Fatalf("got %d, want %q in %s", got.StatusCode, tt.says, text(doc))
			}
			problem := all(doc, "div", "id=problem")
			if len(problem) != 1 || !has(problem[0], "autofocus") {
				t.Fatal("the focus is not on what is wrong")
			}
			for _, a := range all(problem[0], "a") {
				at := strings.TrimPrefix(attr(a, "href"), "#")
				if n := len(all(doc, "input", "id="+at)) + len(all(doc, "textarea", "id="+at)) + len(all(doc, "h2", "id="+at)); n != 1 {
					t.Errorf("a link leads to %q, which is there %d times", at, n)
				}
			}
			again := filled(doc, deskPath)
			if again.Get(tt.field) != tt.value {
				t.Errorf("what was typed is %q now, want %q", again.Get(tt.field), tt.value)
			}
		})
	}
	for link, want := range map[string]bool{"tel:{number}": true, "callto:{digits}": true, "https://phone.example/call?to={number}&ext={ext}": true, "sip:{number}@pbx.example;x=1": true,
		"zoiper:{digits}": true, "https://user:secret@phone.example/{number}": false, "mailto:": false, "tel:{nummer}{number}": false, "tel: {number}": false} {
		if got := wrongCallLink(link) == ""; got != want {
			t.Errorf("%s is taken: %v, want %v", link, got, want)
		}
	}
	if d := cmp.Diff(store.DefaultDesk(), b.desk()); d != "" {
		t.Errorf("something was saved (-want +got):\n%s", d)
	}
	other := filled(b.get(deskPath, admin).doc(t), deskPath)
	other.Set("lease", "20 min")
	if got := b.post(deskPath, other, admin); got.StatusCode != away {
		t.Fatalf("saving: got %d", got.StatusCode)
	}
	if got := b.post(deskPath, good, admin); got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, "changed it meanwhile") {
		t.Errorf("over what somebody else saved: got %d", got.StatusCode)
	}
}

func TestDeskIsForAdministratorsOfAllBots(t *testing.T) {
	b := newBench(t)
	some := b.person("bob", store.RoleAdmin, "st-1")
	doc := b.get(deskPath, some).doc(t)
	if !strings.Contains(text(doc), "only an administrator of all bots") || !has(all(doc, "fieldset", "class=plain-set")[0], "disabled") {
		t.Errorf("who may not change it is not told so")
	}
	form := filled(doc, deskPath)
	form.Set("lease", "1 h")
	if got := b.post(deskPath, form, some); got.StatusCode != http.StatusForbidden {
		t.Errorf("got %d, want it to be forbidden", got.StatusCode)
	}
	if got := b.get(deskPath, b.person("eve", store.RoleAgent)); got.StatusCode != http.StatusForbidden {
		t.Errorf("an agent gets %d", got.StatusCode)
	}
}

func TestTypedSpans(t *testing.T) {
	for text, want := range map[string]time.Duration{"15": 15 * time.Minute, "15 min": 15 * time.Minute, "1h": time.Hour, "1 h 30 min": 90 * time.Minute, "1.5 Hours": 90 * time.Minute,
		"2 days": 48 * time.Hour, "1 day 2 h": 26 * time.Hour, "1,5 h": 90 * time.Minute, "": 0, "h": 0, "3 fortnights": 0, "-1 h": 0, "1 h and": 0, "9999999 h": 0} {
		if got, ok := typedSpan(text); got != want || ok != (want > 0) {
			t.Errorf("%q is %v, %v, want %v", text, got, ok, want)
		}
	}
	for _, d := range []time.Duration{time.Minute, 90 * time.Minute, 24 * time.Hour, 49*time.Hour + time.Minute} {
		if got, ok := typedSpan(spanText(d)); got != d || !ok {
			t.Errorf("%v is written %q and read as %v", d, spanText(d), got)
		}
	}
}
