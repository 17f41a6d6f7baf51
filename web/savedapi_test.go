package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

// token makes a person and a bearer token for them.
func (b *bench) token(name string, role store.Role, bots ...string) string {
	b.t.Helper()
	b.person(name, role, bots...)
	u, err := b.store.User(b.t.Context(), name)
	if err != nil {
		b.t.Fatal(err)
	}
	token, id, hash := NewToken()
	if err := b.store.CreateToken(b.t.Context(), store.APIToken{ID: id, Hash: hash, UserID: u.ID, ExpiresAt: noon.Add(time.Hour)}); err != nil {
		b.t.Fatal(err)
	}
	return token
}

// call sends JSON with a bearer token, as programs do.
func (b *bench) call(token, method, path, body string) answer {
	b.t.Helper()
	r := b.request(method, path, strings.NewReader(body), nil)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	return b.send(r)
}

// read reads an answer of a status.
func (a answer) read(t *testing.T, status int, to any) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("got %d, want %d: %s", a.StatusCode, status, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), to); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}

// The way of a program: save, see what is new, look, change, delete.
func TestSavedSearchesByAPI(t *testing.T) {
	b := newBench(t)
	b.archive(refund("s1", noon))
	ada := b.token("ada", store.RoleAgent, "st-a")
	var one SavedAnswer
	b.call(ada, "POST", "/api/v1/saved", `{"name": " Refunds ", "search": "?q=refund&lang=en&cursor=x&nonsense=1"}`).read(t, 201, &one)
	path := fmt.Sprintf("/api/v1/saved/%d", one.ID)
	if one.Name != "Refunds" || one.Search != "lang=en&q=refund" || one.New == nil || *one.New != 0 || !one.Own || one.Owner != "ada" ||
		one.URL != fmt.Sprintf("http://127.0.0.1:8080/saved/%d", one.ID) {
		t.Fatalf("saved is %+v", one)
	}
	b.archive(refund("s2", noon), message{bot: "st-b", session: "s3", left: noon, segments: said("a refund for another bot")})
	var list SavedListAnswer
	b.call(ada, "GET", "/api/v1/saved", "").read(t, 200, &list)
	if len(list.Saved) != 1 || list.Saved[0].New == nil || *list.Saved[0].New != 1 || !list.Counted {
		t.Errorf("with a new one the list is %+v", list)
	}
	b.call(ada, "GET", path, "").read(t, 200, &one)
	if *one.New != 1 {
		t.Errorf("reading it counted as a look: %d new", *one.New)
	}
	b.call(ada, "POST", path+"/look", "").read(t, 200, &one)
	if *one.New != 0 {
		t.Errorf("after a look there are %d new", *one.New)
	}
	b.call(ada, "PATCH", path, `{"shared": true}`).read(t, 200, &one)
	if one.Name != "Refunds" || one.Search != "lang=en&q=refund" || !one.Shared {
		t.Errorf("changed to %+v", one)
	}
	b.call(ada, "PATCH", path, `{"search": "q=a;b", "name": "Semicolons"}`).read(t, 200, &one)
	if one.Name != "Semicolons" || one.Search != "q=a%3Bb" {
		t.Errorf("changed to %+v", one)
	}
	if got := b.call(ada, "DELETE", path, ""); got.StatusCode != gone || got.body != "" {
		t.Errorf("deleting: got %d %q", got.StatusCode, got.body)
	}
	if got := b.call(ada, "GET", path, ""); got.StatusCode != missing {
		t.Errorf("afterwards: got %d", got.StatusCode)
	}
}

func TestSavedSearchesByAPIAreRefused(t *testing.T) {
	b := newBench(t)
	ada, bob := b.token("ada", store.RoleAgent), b.token("bob", store.RoleAdmin)
	var own, shared SavedAnswer
	b.call(ada, "POST", "/api/v1/saved", `{"name": "Own", "search": "q=a"}`).read(t, 201, &own)
	b.call(ada, "POST", "/api/v1/saved", `{"name": "All", "search": "q=a", "shared": true}`).read(t, 201, &shared)
	ownPath, sharedPath := fmt.Sprintf("/api/v1/saved/%d", own.ID), fmt.Sprintf("/api/v1/saved/%d", shared.ID)
	for _, c := range []struct {
		name, token, method, path, body string
		status                          int
		words                           string
	}{
		{"no JSON", ada, "POST", "/api/v1/saved", "name=x", unread, "JSON"},
		{"no search", ada, "POST", "/api/v1/saved", `{"name": "x"}`, unread, `"search"`},
		{"a field of another type", ada, "POST", "/api/v1/saved", `{"name": 5, "search": ""}`, unread, "of its type"},
		{"an empty name", ada, "POST", "/api/v1/saved", `{"name": " ", "search": ""}`, unread, "Give the search a name"},
		{"a taken name", ada, "POST", "/api/v1/saved", `{"name": "Own", "search": ""}`, clash, "of that name already"},
		{"a search that can’t be made", ada, "POST", "/api/v1/saved", `{"name": "x", "search": "tz=Nowhere"}`, unread, "not a time zone"},
		{"another's own", bob, "GET", ownPath, "", missing, "Nothing"},
		{"another's own to change", bob, "PATCH", ownPath, `{"name": "x"}`, missing, ""},
		{"another's shared to change", bob, "PATCH", sharedPath, `{"name": "x"}`, noRight, ""},
		{"another's shared to delete", bob, "DELETE", sharedPath, "", noRight, ""},
		{"a change to a taken name", ada, "PATCH", sharedPath, `{"name": "Own"}`, clash, ""},
	} {
		got := b.call(c.token, c.method, c.path, c.body)
		if got.StatusCode != c.status {
			t.Errorf("%s: got %d, want %d: %s", c.name, got.StatusCode, c.status, got.body)
		}
		if c.words != "Nothing" && !strings.Contains(got.body, strings.ReplaceAll(c.words, `"`, `\"`)) {
			t.Errorf("%s: says %s", c.name, got.body)
		}
	}
	var seen SavedAnswer
	b.call(bob, "GET", sharedPath, "").read(t, 200, &seen)
	if seen.Own || seen.Owner != "ada" || seen.New != nil || seen.Name != "All" {
		t.Errorf("bob sees %+v", seen)
	}
	refused := 0
	for _, e := range b.trail() {
		if e.Action == store.AuditSavedEdit && !e.Allowed {
			refused++
		}
	}
	if refused != 8 {
		t.Errorf("%d refusals are written down, want 8", refused)
	}
}

// The way of a program: set, change in part, pause, test, delete.
func TestAlertsByAPI(t *testing.T) {
	b := newBench(t, equipped)
	teller := b.Alerts.(*herald)
	ada := b.token("ada", store.RoleAnalyst)
	var search SavedAnswer
	b.call(ada, "POST", "/api/v1/saved", `{"name": "Refunds", "search": "q=refund"}`).read(t, 201, &search)
	var set AlertKept
	b.call(ada, "POST", "/api/v1/alerts", fmt.Sprintf(`{"search_id": %d, "target": "ada@example.com", "more_than": 5, "within_s": 900, "every_s": 3600,
		"quiet": {"from": "20:00", "to": "07:30", "weekends": true, "zone": "Europe/Berlin"}}`, search.ID)).read(t, 201, &set)
	want := AlertAnswer{ID: set.ID, Kind: "search", Search: &AlertSearch{search.ID, "Refunds"}, Channel: "email", Target: "ada@example.com", MoreThan: 5,
		WithinS: 900, EveryS: 3600, Quiet: QuietAnswer{"20:00", "07:30", true, "Europe/Berlin"}, CreatedAt: set.CreatedAt}
	if diff := cmp.Diff(want, set.AlertAnswer, cmp.Comparer(sameStamp)); diff != "" || set.Secret != "" {
		t.Fatalf("secret %q, (-want +got):\n%s", set.Secret, diff)
	}
	path := fmt.Sprintf("/api/v1/alerts/%d", set.ID)
	var changed AlertKept
	b.call(ada, "PATCH", path, `{"paused": true, "more_than": 0}`).read(t, 200, &changed)
	want.Paused, want.MoreThan, want.WithinS = true, 0, 0
	if diff := cmp.Diff(want, changed.AlertAnswer, cmp.Comparer(sameStamp)); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	b.call(ada, "PATCH", path, `{"channel": "webhook", "target": "https://hooks.example.com/in"}`).read(t, 200, &changed)
	if !strings.HasPrefix(changed.Secret, "whsec_") {
		t.Errorf("a new address has the secret %q", changed.Secret)
	}
	var read AlertAnswer
	got := b.call(ada, "GET", path, "")
	if got.read(t, 200, &read); read.Channel != "webhook" || strings.Contains(got.body, "whsec_") {
		t.Errorf("read %s", got.body)
	}
	var tested AlertTested
	b.call(ada, "POST", path+"/test", "").read(t, 200, &tested)
	if !tested.Taken || tested.Words != "" || len(teller.tested) != 1 {
		t.Errorf("tested is %+v", tested)
	}
	teller.fails = "the receiver answered 500"
	b.call(ada, "POST", path+"/test", "").read(t, 200, &tested)
	if tested.Taken || tested.Words != "The receiver answered 500." {
		t.Errorf("a test that fails is %+v", tested)
	}
	var list AlertsAnswer
	b.call(ada, "GET", "/api/v1/alerts", "").read(t, 200, &list)
	if len(list.Alerts) != 1 || !list.Ways.Email || !list.Ways.Webhook || list.Ways.Excerpts {
		t.Errorf("listed is %+v", list)
	}
	if got := b.call(ada, "DELETE", path, ""); got.StatusCode != gone {
		t.Errorf("deleting: got %d", got.StatusCode)
	}
	if n := len(b.alerts("ada")); n != 0 {
		t.Errorf("%d are left", n)
	}
}

func sameStamp(a, b Stamp) bool { return time.Time(a).Equal(time.Time(b)) }

// Lengths of time stay as they were sent, to the second.
func TestAlertsOnRequestsByAPI(t *testing.T) {
	b := newBench(t, equipped)
	ada := b.token("ada", store.RoleAgent)
	var set AlertKept
	b.call(ada, "POST", "/api/v1/alerts", `{"kind": "overdue", "target": "ada@example.com", "older_than_s": 5400}`).read(t, 201, &set)
	b.call(ada, "PATCH", fmt.Sprintf("/api/v1/alerts/%d", set.ID), `{"every_s": 60}`).read(t, 200, &set)
	if set.Kind != "overdue" || set.Search != nil || set.OlderThanS != 5400 || set.EveryS != 60 {
		t.Errorf("set is %+v", set.AlertAnswer)
	}
}

func TestAlertsByAPIAreRefused(t *testing.T) {
	b := newBench(t, equipped)
	ada, bob := b.token("ada", store.RoleAnalyst), b.token("bob", store.RoleAgent)
	var search SavedAnswer
	b.call(ada, "POST", "/api/v1/saved", `{"name": "Refunds", "search": "q=refund", "shared": true}`).read(t, 201, &search)
	var set AlertKept
	b.call(ada, "POST", "/api/v1/alerts", fmt.Sprintf(`{"search_id": %d, "target": "ada@example.com"}`, search.ID)).read(t, 201, &set)
	path, on := fmt.Sprintf("/api/v1/alerts/%d", set.ID), fmt.Sprintf(`{"search_id": %d, "target": "a@example.com"`, search.ID)
	for _, c := range []struct {
		name, token, method, path, body string
		status                          int
		words                           string
	}{
		{"no search", ada, "POST", "/api/v1/alerts", `{"target": "a@example.com"}`, unread, "search_id: Choose one"},
		{"no such search", ada, "POST", "/api/v1/alerts", `{"search_id": 99, "target": "a@example.com"}`, unread, "search_id: That search is not there"},
		{"another channel", ada, "POST", "/api/v1/alerts", on + `, "channel": "pigeon"}`, unread, "channel: it is"},
		{"another kind", ada, "POST", "/api/v1/alerts", on + `, "kind": "odd"}`, unread, "kind: it is"},
		{"a burst without a time", ada, "POST", "/api/v1/alerts", on + `, "more_than": 5}`, unread, "within_s: Choose a time"},
		{"too long a time", ada, "POST", "/api/v1/alerts", on + `, "every_s": 1e300}`, unread, "every_s: it may be from 0 to 604800 seconds"},
		{"less than no time", ada, "POST", "/api/v1/alerts", on + `, "every_s": -1}`, unread, "every_s: it may be from 0"},
		{"two things", ada, "POST", "/api/v1/alerts", on + `, "quiet": {"from": "late", "to": "07:00", "zone": "Nowhere"}}`, unread, "quiet.zone: That is not a time zone"},
		{"another's", bob, "GET", path, "", missing, ""},
		{"another's to change", bob, "PATCH", path, `{"paused": true}`, missing, ""},
		{"another's to test", bob, "POST", path + "/test", "", missing, ""},
		{"another's to delete", bob, "DELETE", path, "", missing, ""},
		{"a webhook of an agent", bob, "POST", "/api/v1/alerts", on + `, "channel": "webhook"}`, noRight, ""},
		{"another search", ada, "PATCH", path, `{"search_id": 99}`, unread, "can’t be changed"},
		{"another kind of it", ada, "PATCH", path, `{"kind": "overdue"}`, unread, "can’t be changed"},
	} {
		got := b.call(c.token, c.method, c.path, c.body)
		if got.StatusCode != c.status || !strings.Contains(got.body, c.words) {
			t.Errorf("%s: got %d, want %d: %s", c.name, got.StatusCode, c.status, got.body)
		}
	}
	if list := b.alerts("ada"); len(list) != 1 || list[0].Paused || len(b.alerts("bob")) != 0 {
		t.Errorf("there are %v", list)
	}
}

// Where nobody can be told, alerts can be read and none can be set.
func TestAlertsByAPIWithoutAnyWay(t *testing.T) {
	b := newBench(t)
	ada := b.token("ada", store.RoleAdmin)
	var list AlertsAnswer
	b.call(ada, "GET", "/api/v1/alerts", "").read(t, 200, &list)
	if len(list.Alerts) != 0 || list.Ways.Email || list.Ways.Webhook {
		t.Errorf("listed is %+v", list)
	}
	if got := b.call(ada, "POST", "/api/v1/alerts", `{"search_id": 1, "target": "a@example.com"}`); got.StatusCode != clash {
		t.Errorf("setting one: got %d", got.StatusCode)
	}
}

// What was given up is sent again; what was not, is not.
func TestDeliveriesByAPI(t *testing.T) {
	b := newBench(t, equipped)
	ada, bob := b.token("ada", store.RoleAgent), b.token("bob", store.RoleAdmin)
	id := b.givenUp("ada")
	var list DeliveriesAnswer
	b.call(ada, "GET", "/api/v1/deliveries", "").read(t, 200, &list)
	if len(list.Deliveries) != 1 || list.Deliveries[0].ID != id || list.Deliveries[0].State != "given_up" || list.Deliveries[0].Reason != "nobody answers" ||
		list.Deliveries[0].Attempts != 1 || list.Deliveries[0].Voicemails != 1 {
		t.Fatalf("listed is %+v", list)
	}
	path := "/api/v1/deliveries/" + id + "/again"
	for _, c := range []struct {
		name, token string
		want        int
	}{{"another's", bob, missing}, {"given up", ada, gone}, {"on its way", ada, clash}} {
		if got := b.call(c.token, "POST", path, ""); got.StatusCode != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got.StatusCode, c.want)
		}
	}
	b.call(ada, "GET", "/api/v1/deliveries", "").read(t, 200, &list)
	if list.Deliveries[0].State != "due" || list.Deliveries[0].Attempts != 0 {
		t.Errorf("sent again it is %+v", list.Deliveries[0])
	}
}

// givenUp makes a delivery of a user's that was given up, and returns its id.
func (b *bench) givenUp(user string) string {
	b.t.Helper()
	u := b.user(user)
	ctx := b.t.Context()
	saved, err := b.store.SaveSearch(ctx, store.SavedSearch{UserID: u.ID, Name: "Refunds", Params: "q=refund"})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.store.SaveAlert(ctx, store.Alert{UserID: u.ID, SearchID: saved.ID, Channel: store.ChannelEmail, Target: user + "@example.com"}); err != nil {
		b.t.Fatal(err)
	}
	ids := b.archive(refund("told", noon))
	head, err := b.store.Head(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	looks, err := b.store.ClaimAlerts(ctx, head.Seq, 1, time.Minute)
	if err != nil || len(looks) != 1 {
		b.t.Fatalf("%d looks, %v", len(looks), err)
	}
	if _, err := b.store.RecordAlert(ctx, looks[0], store.AlertFound{Seen: head.Seq, Matches: []store.Match{{VoicemailID: ids[0], LeftAt: noon}}}); err != nil {
		b.t.Fatal(err)
	}
	sends, err := b.store.ClaimDeliveries(ctx, 1, time.Minute)
	if err != nil || len(sends) != 1 {
		b.t.Fatalf("%d deliveries, %v", len(sends), err)
	}
	if err := b.store.RecordDelivery(ctx, sends[0], store.DeliveryOutcome{State: store.DeliveryDead, Reason: "nobody answers", Attempt: true}); err != nil {
		b.t.Fatal(err)
	}
	return sends[0].Delivery.ID
}
