package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

// saved are the saved searches of a user, by name.
func (b *bench) saved(user string) map[string]store.SavedSearch {
	b.t.Helper()
	u, err := b.store.User(b.t.Context(), user)
	if err != nil {
		b.t.Fatal(err)
	}
	list, err := b.store.SavedSearches(b.t.Context(), u.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	byName := map[string]store.SavedSearch{}
	for _, s := range list {
		byName[s.Name] = s
	}
	return byName
}

func refund(session string, at time.Time) message {
	return message{bot: "st-a", session: session, left: at, segments: said("I want a refund"), recordings: wav()}
}

// The whole way: save from the search page, see what is new, open it, see nothing
// new any more.
func TestSavedSearchCountsWhatIsNew(t *testing.T) {
	b := newBench(t)
	b.archive(refund("s1", noon))
	ada := b.person("ada", store.RoleAnalyst, "st-a")
	page := b.get("/?q=refund&lang=en&cursor=&limit=5", ada).doc(t)
	form := all(page, "input", "name=search")
	if len(form) != 1 || attr(form[0], "value") != "lang=en&q=refund" {
		t.Fatalf("got %d forms that save, or another search", len(form))
	}
	got := b.post("/saved", url.Values{"search": {attr(form[0], "value")}, "name": {" Refunds "}}, ada)
	if got.StatusCode != http.StatusSeeOther {
		t.Fatalf("got %d: %s", got.StatusCode, got.body)
	}
	if page := text(b.get("/saved?done=saved", ada).doc(t)); !strings.Contains(page, "Refunds") || strings.Contains(page, "1 new") {
		t.Errorf("right after it was saved: %s", page)
	}
	b.archive(refund("s2", noon.Add(-100*24*time.Hour)), refund("s3", noon),
		message{bot: "st-a", session: "s4", left: noon, segments: said("something else")},
		message{bot: "st-b", session: "s5", left: noon, segments: said("a refund for another bot")})
	if page := text(b.get("/saved", ada).doc(t)); !strings.Contains(page, "2 new") {
		t.Errorf("with two new ones, of which one was left long ago: %s", page)
	}
	opened := b.get(savedHref(b.saved("ada")["Refunds"].ID), ada)
	if to := opened.Header.Get("Location"); opened.StatusCode != http.StatusSeeOther || to != fmt.Sprintf("/?lang=en&q=refund&saved=%d&sort=newest", b.saved("ada")["Refunds"].ID) {
		t.Errorf("got %d to %q", opened.StatusCode, to)
	}
	if page := text(b.get("/saved", ada).doc(t)); strings.Contains(page, " new You") || strings.Contains(page, "2 new") {
		t.Errorf("after it was looked at: %s", page)
	}
}

// What is opened may be changed and saved in its place, by its owner: what is new is
// then counted for what it searches now, and from now on.
func TestSavedSearchSearchesForSomethingElse(t *testing.T) {
	b := newBench(t, equipped)
	b.archive(refund("s1", noon))
	ada, bob := b.person("ada", store.RoleAnalyst), b.person("bob", store.RoleAnalyst)
	b.post("/saved", url.Values{"search": {"q=refund"}, "name": {"Refunds"}, "shared": {"1"}}, ada)
	one := b.saved("ada")["Refunds"]
	b.post("/alerts", url.Values{"search": {fmt.Sprint(one.ID)}, "channel": {"email"}, "target": {"ada@example.com"}, "every": {"1h0m0s"}}, ada)
	opened := b.get(savedHref(one.ID), ada).Header.Get("Location")
	change := func(form url.Values) bool { return form.Has("search") }
	at := savedHref(one.ID)
	for _, tt := range []struct {
		who  *http.Cookie
		name string
		path string
		want bool
	}{
		{ada, "as it is saved", opened, false},
		{ada, "in another order", strings.Replace(opened, "newest", "oldest", 1), true},
		{ada, "on a further page", opened + "&limit=1", false},
		{ada, "of other words", strings.Replace(opened, "q=refund", "q=parcel", 1), true},
		{ada, "of other words, from nowhere", "/?q=parcel", false},
		{ada, "from what is not there", "/?q=parcel&saved=999", false},
		{ada, "from what is none", "/?q=parcel&saved=x", false},
		{bob, "by who does not own it", "/?q=parcel&saved=" + fmt.Sprint(one.ID), false},
	} {
		doc := b.get(tt.path, tt.who).doc(t)
		if got := len(all(doc, "form", "action="+at)) == 1 && change(filled(doc, at)); got != tt.want {
			t.Errorf("%s: changes are offered: %v", tt.name, got)
		}
	}
	page := b.get("/?q=parcel&sort=newest&saved="+fmt.Sprint(one.ID), ada).doc(t)
	if kept := filled(page, "/"); kept.Get("saved") != fmt.Sprint(one.ID) {
		t.Errorf("a search from here forgets where it came from: %v", kept)
	}
	b.archive(message{bot: "st-a", session: "s2", left: noon, segments: said("my parcel is lost")})
	if got := b.post(at, url.Values{"search": {"q=mine"}}, bob); got.StatusCode != noRight {
		t.Errorf("another's: got %d", got.StatusCode)
	}
	if got := b.post(at, url.Values{"search": {"q=parcel&tz=Nowhere"}}, ada); got.StatusCode != unfit {
		t.Errorf("what can't be searched for: got %d", got.StatusCode)
	}
	if got := b.post(at, filled(page, at), ada); got.StatusCode != away {
		t.Fatalf("got %d: %s", got.StatusCode, got.body)
	}
	now := b.saved("ada")["Refunds"]
	if now.Params != "q=parcel&sort=newest" || !now.Shared || now.ID != one.ID || now.Looked <= one.Looked {
		t.Errorf("saved is %+v", now)
	}
	if page := text(b.get("/saved", ada).doc(t)); strings.Contains(page, "1 new") {
		t.Errorf("what was there when it was changed is called new: %s", page)
	}
	b.archive(message{bot: "st-a", session: "s3", left: noon, segments: said("another parcel")}, refund("s4", noon))
	if page := text(b.get("/saved", ada).doc(t)); !strings.Contains(page, "1 new") {
		t.Errorf("of two new ones, one of which it searches for: %s", page)
	}
	if on := b.alerts("ada"); len(on) != 1 || on[0].Search.Params != now.Params {
		t.Errorf("the alert is on %+v", on)
	}
	edit := all(b.get("/saved", ada).doc(t), "a", "href=/?q=parcel&saved="+fmt.Sprint(one.ID)+"&sort=newest")
	if len(edit) != 1 {
		t.Error("the page of saved searches does not lead to where it is changed")
	}
}

// Asking whether it is there is not looking.
func TestOnlyOpeningIsLooking(t *testing.T) {
	b := newBench(t)
	b.archive(refund("s1", noon))
	ada := b.person("ada", store.RoleAgent)
	b.post("/saved", url.Values{"search": {"q=refund"}, "name": {"Refunds"}}, ada)
	b.archive(refund("s2", noon))
	before := b.saved("ada")["Refunds"]
	b.send(b.request(http.MethodHead, savedHref(before.ID), nil, ada))
	ahead := b.request(http.MethodGet, savedHref(before.ID), nil, ada)
	ahead.Header.Set("Sec-Purpose", "prefetch")
	b.send(ahead)
	if now := b.saved("ada")["Refunds"]; now.Looked != before.Looked {
		t.Errorf("looked up to %d, want %d", now.Looked, before.Looked)
	}
}

// A shared search is seen by all, counted with the rights of whoever looks, and
// changed by its owner alone.
func TestSharedSearches(t *testing.T) {
	b := newBench(t)
	ada, bob := b.person("ada", store.RoleAnalyst), b.person("bob", store.RoleAgent, "st-b")
	b.post("/saved", url.Values{"search": {"q=refund"}, "name": {"Own"}}, ada)
	b.post("/saved", url.Values{"search": {"q=refund"}, "name": {"All"}, "shared": {"1"}}, ada)
	shared, own := b.saved("ada")["All"], b.saved("ada")["Own"]
	page := text(b.get("/saved", bob).doc(t))
	if !strings.Contains(page, "Shared by ada") || strings.Contains(page, "Own") {
		t.Errorf("bob sees %s", page)
	}
	b.get(savedHref(shared.ID), bob)
	b.archive(refund("s1", noon))
	if page := text(b.get("/saved", bob).doc(t)); strings.Contains(page, "1 new") {
		t.Errorf("bob is told of what he may not see: %s", page)
	}
	if page := text(b.get("/saved", ada).doc(t)); strings.Count(page, "1 new") != 2 {
		t.Errorf("ada sees %s", page)
	}
	for _, c := range []struct {
		path string
		want int
	}{
		{savedHref(own.ID), missing}, {savedHref(own.ID) + "/delete", missing}, {savedHref(shared.ID), noRight}, {savedHref(shared.ID) + "/delete", noRight},
	} {
		if got := b.post(c.path, url.Values{"name": {"Mine"}}, bob); got.StatusCode != c.want {
			t.Errorf("%s: got %d, want %d", c.path, got.StatusCode, c.want)
		}
	}
	if got := b.get(savedHref(own.ID), bob); got.StatusCode != missing {
		t.Errorf("another's own: got %d", got.StatusCode)
	}
	b.post(savedHref(shared.ID), url.Values{"name": {"Renamed"}}, ada)
	if page := text(b.get("/saved", bob).doc(t)); strings.Contains(page, "Renamed") {
		t.Errorf("what is not shared any more is seen: %s", page)
	}
	b.post(savedHref(shared.ID)+"/delete", nil, ada)
	if _, there := b.saved("ada")["Renamed"]; there {
		t.Error("it is not deleted")
	}
}

func TestSavedSearchRefusals(t *testing.T) {
	b := newBench(t)
	ada := b.person("ada", store.RoleAgent)
	b.post("/saved", url.Values{"search": {"q=a"}, "name": {"Taken"}}, ada)
	for _, c := range []struct{ name, title, search, want string }{
		{"no name", "  ", "q=a", "Give the search a name"},
		{"a long name", strings.Repeat("x", maxSavedName+1), "q=a", "may have 100 letters"},
		{"a name that is taken", "Taken", "q=b", "of that name already"},
		{"a name of two lines", "a\nb", "q=b", "without line breaks"},
		{"a search that can’t be made", "Odd", "q=a&tz=Nowhere", "not a time zone"},
	} {
		got := b.post("/saved", url.Values{"search": {c.search}, "name": {c.title}}, ada)
		if page := text(got.doc(t)); got.StatusCode != unfit || !strings.Contains(page, c.want) {
			t.Errorf("%s: got %d: %s", c.name, got.StatusCode, page)
		}
	}
	if n := len(b.saved("ada")); n != 1 {
		t.Errorf("%d are saved", n)
	}
}

// Names and searches are other people's words.
func TestSavedSearchesAreText(t *testing.T) {
	const evil = `"><script>alert(1)</script>`
	b := newBench(t, equipped)
	ada, bob := b.person("ada", store.RoleAdmin), b.person("bob", store.RoleAgent)
	b.post("/saved", url.Values{"search": {url.Values{"q": {evil}, "bot": {evil}}.Encode()}, "name": {evil}, "shared": {"1"}}, ada)
	for _, path := range []string{"/saved", "/alerts", "/alerts?search=" + url.QueryEscape(evil)} {
		doc := b.get(path, bob).doc(t)
		for _, script := range all(doc, "script") {
			if !strings.HasPrefix(attr(script, "src"), "/static/") {
				t.Errorf("%s: a script of somebody's: %s", path, text(script))
			}
		}
	}
}

func TestAlertsPage(t *testing.T) {
	b := newBench(t, equipped)
	teller := b.Alerts.(*herald)
	ada := b.person("ada", store.RoleAnalyst)
	if page := text(b.get("/alerts", ada).doc(t)); !strings.Contains(page, "An alert needs a saved search") {
		t.Errorf("without a search: %s", page)
	}
	b.post("/saved", url.Values{"search": {"q=refund"}, "name": {"Refunds"}}, ada)
	search := fmt.Sprint(b.saved("ada")["Refunds"].ID)
	typed := func(more ...string) url.Values {
		v := url.Values{"search": {search}, "channel": {"email"}, "target": {"ada@example.com"}, "every": {"1h0m0s"}, "more_than": {"5"}, "within": {"15m0s"},
			"quiet_from": {"20:00"}, "quiet_to": {"07:30"}, "weekends": {"1"}, "zone": {"Europe/Berlin"}, "excerpts": {"1"}}
		for i := 0; i < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	for _, c := range []struct {
		name string
		form url.Values
		want string
	}{
		{"no search", typed("search", ""), "Choose one of the saved searches"},
		{"another's search", typed("search", "999"), "not there any more"},
		{"no number", typed("more_than", "many"), "a number from 1 to"},
		{"too long a time", typed("within", "1000h"), "up to 7 days"},
		{"half quiet", typed("quiet_to", ""), "Say both when"},
		{"no clock", typed("quiet_from", "late"), "Write a time like"},
		{"no zone", typed("zone", "Nowhere"), "not a time zone"},
	} {
		got := b.post("/alerts", c.form, ada)
		if page := text(got.doc(t)); got.StatusCode != unfit || !strings.Contains(page, c.want) {
			t.Errorf("%s: got %d: %s", c.name, got.StatusCode, page)
		}
	}
	if got := b.post("/alerts", typed(), ada); got.StatusCode != away {
		t.Fatalf("got %d: %s", got.StatusCode, got.body)
	}
	page := text(b.get("/alerts?done=saved", ada).doc(t))
	for _, words := range []string{"ada@example.com", "when more than 5 are left within 15 minutes, no more often than every hour", "20:00 to 07:30, weekends (Europe/Berlin)", "The alert is set"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q: %s", words, page)
		}
	}
	if strings.Contains(page, "beginning of what was said") {
		t.Error("excerpts are taken though they are not allowed")
	}
	a := b.alerts("ada")[0]
	teller.fails = "the mail server says no"
	if page := text(b.post(fmt.Sprintf("/alerts/%d/test", a.ID), nil, ada).doc(t)); !strings.Contains(page, "The mail server says no") {
		t.Errorf("a test that fails says %s", page)
	}
	teller.fails = ""
	if got := b.post(fmt.Sprintf("/alerts/%d/test", a.ID), nil, ada); got.StatusCode != away || len(teller.tested) != 2 {
		t.Errorf("a test that works: got %d, %d tested", got.StatusCode, len(teller.tested))
	}
	b.post(fmt.Sprintf("/alerts/%d/pause", a.ID), url.Values{"paused": {"1"}}, ada)
	if !b.alerts("ada")[0].Paused {
		t.Error("it is not paused")
	}
	changed := typed("id", fmt.Sprint(a.ID), "target", "ada@example.org", "more_than", "")
	b.post("/alerts", changed, ada)
	if now := b.alerts("ada")[0]; now.Target != "ada@example.org" || now.MoreThan != 0 || !now.Paused {
		t.Errorf("changed to %+v", now)
	}
	bob := b.person("bob", store.RoleAdmin)
	for _, what := range []string{"/test", "/pause", "/delete"} {
		if got := b.post(fmt.Sprintf("/alerts/%d%s", a.ID, what), nil, bob); got.StatusCode != missing {
			t.Errorf("another's alert%s: got %d", what, got.StatusCode)
		}
	}
	b.post(fmt.Sprintf("/alerts/%d/delete", a.ID), nil, ada)
	if n := len(b.alerts("ada")); n != 0 {
		t.Errorf("%d are left", n)
	}
}

// A webhook takes voicemails out, as an export does, and its secret is shown
// once.
func TestWebhooks(t *testing.T) {
	b := newBench(t, equipped)
	ada, bob := b.person("ada", store.RoleAnalyst), b.person("bob", store.RoleAgent)
	b.post("/saved", url.Values{"search": {"q=refund"}, "name": {"Refunds"}, "shared": {"1"}}, ada)
	form := url.Values{"search": {fmt.Sprint(b.saved("ada")["Refunds"].ID)}, "channel": {"webhook"}, "target": {"https://hooks.example.com/in"}, "every": {"0s"}}
	if got := b.post("/alerts", form, bob); got.StatusCode != noRight {
		t.Errorf("an agent's: got %d", got.StatusCode)
	}
	got := b.post("/alerts", form, ada)
	if _, sent, _ := strings.Cut(got.body, `id="form"`); got.StatusCode != ok || !strings.Contains(sent, "whsec_made") {
		t.Errorf("got %d, without its secret at the form, where a browser goes", got.StatusCode)
	}
	if strings.Contains(b.get("/alerts", ada).body, "whsec_made") {
		t.Error("the secret is shown twice")
	}
	a := b.alerts("ada")[0]
	if string(a.Sealed) != "sealed for https://hooks.example.com/in" {
		t.Errorf("sealed is %q", a.Sealed)
	}
	form.Set("id", fmt.Sprint(a.ID))
	form.Set("every", "1h0m0s")
	if got := b.post("/alerts", form, ada); got.StatusCode != away {
		t.Errorf("a change that leaves the address: got %d", got.StatusCode)
	}
	b.Alerts.(*herald).refuse = "it lies inside"
	if got := b.post("/alerts", form, ada); got.StatusCode != unfit || !strings.Contains(got.body, "It lies inside") {
		t.Errorf("an address that is refused: got %d", got.StatusCode)
	}
}

// alerts are the alerts of a user.
func (b *bench) alerts(user string) []store.Alert {
	b.t.Helper()
	u, err := b.store.User(b.t.Context(), user)
	if err != nil {
		b.t.Fatal(err)
	}
	list, err := b.store.Alerts(b.t.Context(), u.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	return list
}

// An alert on requests needs no search; it is told of by its age.
func TestAlertOnRequests(t *testing.T) {
	h := &herald{ways: AlertWays{Email: true}}
	b := newBench(t, func(c *Config) { c.Alerts = h })
	ann := b.person("ann", store.RoleAnalyst)
	form := filled(b.get(alertsPath+"?kind=overdue", ann).doc(t), alertsPath+"#form")
	if form.Get("kind") != "overdue" {
		t.Fatalf("the form is %v", form)
	}
	form.Set("target", "ann@example.com")
	form.Set("older_than", "soon")
	if got := b.post(alertsPath, form, ann); got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Write a time, as 4 h") {
		t.Fatalf("of no age: got %d %s", got.StatusCode, got.body)
	}
	form.Set("older_than", "4 h")
	if got := b.post(alertsPath, form, ann); got.StatusCode != away {
		t.Fatalf("saving: got %d %s", got.StatusCode, got.body)
	}
	list := b.alerts("ann")
	if len(list) != 1 || list[0].Kind != store.AlertOverdue || list[0].OlderThan != 4*time.Hour || h.nudged != 1 {
		t.Fatalf("got %v", list)
	}
	doc := b.get(alertsPath, ann).doc(t)
	if page := text(doc); !strings.Contains(page, "Requests that wait for too long") || !strings.Contains(page, "older than 4 h of business time") || strings.Contains(page, "Nothing is told any more") {
		t.Errorf("the page says %s", page)
	}
	form = filled(b.get(alertsPath+fmt.Sprintf("?alert=%d", list[0].ID), ann).doc(t), alertsPath+"#form")
	form.Set("older_than", "")
	if got := b.post(alertsPath, form, ann); got.StatusCode != away {
		t.Fatalf("changing: got %d %s", got.StatusCode, got.body)
	}
	if got := b.alerts("ann")[0]; got.Kind != store.AlertOverdue || got.OlderThan != 0 {
		t.Errorf("changed to %v", got)
	}
}

// What is said of a delivery that was not taken yet.
func TestDeliveryWords(t *testing.T) {
	for tries, want := range map[int]string{0: "on its way", 1: "tried 1 time, goes on", 12: "tried 12 times, goes on"} {
		if got := deliveryViewOf(store.Delivery{State: store.DeliveryDue, MadeAt: noon, Attempts: tries}, "Refunds", reading{zone: time.UTC, now: noon}).State; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
