package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

func TestAddPerson(t *testing.T) {
	form := func(change ...string) url.Values {
		f := url.Values{"name": {"Bob"}, "role": {"analyst"}, "reach": {"some"}, "bot": {"st-a"}, "others": {"st-b, st-c"}, "new": {goodPassword}, "again": {goodPassword}}
		for i := 0; i < len(change); i += 2 {
			f.Set(change[i], change[i+1])
		}
		return f
	}
	none := form()
	none.Del("bot")
	none.Del("others")
	tests := []struct {
		name  string
		form  url.Values
		want  store.User // zero where nobody is added
		words string
	}{
		{"some bots", form(), store.User{Name: "bob", Role: store.RoleAnalyst, Bots: []string{"st-a", "st-b", "st-c"}}, ""},
		{"every bot", form("reach", "all"), store.User{Name: "bob", Role: store.RoleAnalyst, AllBots: true}, ""},
		{"no bots", none, store.User{}, "Choose the bots, or every bot."},
		{"an odd bot", form("others", "a/b"), store.User{}, "An id is"},
		{"no role", form("role", "owner"), store.User{}, "Choose what the person may do."},
		{"no name", form("name", " "), store.User{}, "Choose a name"},
		{"an odd name", form("name", "b\x1bob"), store.User{}, "That name can’t be used."},
		{"taken", form("name", "ADA"), store.User{}, "There is somebody of that name already."},
		{"short", form("new", "x", "again", "x"), store.User{}, "at least 10 characters"},
		{"differ", form("again", "x"), store.User{}, "differ"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			ada := b.person("ada", store.RoleAdmin)
			got := b.post("/people", tt.form, ada)
			if tt.want.Name == "" {
				if got.StatusCode != unfit || !strings.Contains(text(got.doc(t)), tt.words) {
					t.Errorf("got %d and %s", got.StatusCode, text(got.doc(t)))
				}
				if users, _ := b.store.Users(t.Context()); len(users) != 1 {
					t.Errorf("there are %d people", len(users))
				}
				if strings.Contains(got.body, goodPassword) {
					t.Error("the password is in the page")
				}
				return
			}
			u := b.user("bob")
			if !CheckPassword(u.PasswordHash, goodPassword) {
				t.Error("the password is another")
			}
			u.ID, u.PasswordHash, u.CreatedAt = 0, "", time.Time{}
			if diff := cmp.Diff(tt.want, u); diff != "" {
				t.Errorf("person (-want +got):\n%s", diff)
			}
			if entry := lastEntry(b); !strings.HasPrefix(entry, "ada: change user: add bob as analyst, ") {
				t.Errorf("got entry %s", entry)
			}
		})
	}
}

func TestChangePerson(t *testing.T) {
	tests := []struct {
		name, path string
		form       url.Values
		done       string
		entry      string
		signsOut   bool
		check      func(u store.User) bool
	}{
		{"rights", "", url.Values{"role": {"analyst"}, "reach": {"some"}, "bot": {"st-b"}}, "rights", "change rights of bob as analyst, st-b", false,
			func(u store.User) bool { return u.Role == store.RoleAnalyst && cmp.Equal(u.Bots, []string{"st-b"}) }},
		{"password", "/password", url.Values{"new": {"a whole new horse"}, "again": {"a whole new horse"}}, "their-password", "set password of bob", true,
			func(u store.User) bool { return CheckPassword(u.PasswordHash, "a whole new horse") }},
		{"locked out", "/state", url.Values{"to": {"disabled"}}, "disabled", "disable bob", true, func(u store.User) bool { return u.Disabled }},
		{"signed out", "/sessions", nil, "out", "sign out bob everywhere", true, func(u store.User) bool { return !u.Disabled }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			ada, bob := b.person("ada", store.RoleAdmin), b.person("bob", store.RoleAgent, "st-a")
			path := personPath(b.user("bob").ID)
			got := b.post(path+tt.path, tt.form, ada)
			if to := got.Header.Get("Location"); got.StatusCode != away || to != path+"?done="+tt.done+"#main" {
				t.Errorf("got %d to %q: %s", got.StatusCode, to, text(got.doc(t)))
			}
			if b.signedIn(bob) == tt.signsOut || !b.signedIn(ada) {
				t.Errorf("signed in: bob %v, ada %v", b.signedIn(bob), b.signedIn(ada))
			}
			if !tt.check(b.user("bob")) {
				t.Errorf("got %+v", b.user("bob"))
			}
			var told bool
			for _, e := range b.trail() {
				told = told || e.Actor == "ada" && e.Action == store.AuditUserEdit && e.Allowed && e.Detail == tt.entry
			}
			if !told {
				t.Errorf("no entry %q in %v", tt.entry, b.trail())
			}
			if page := b.get(path+"?done="+tt.done, ada); page.StatusCode != ok || len(all(page.doc(t), "p", "class=note good")) != 1 {
				t.Errorf("afterwards: got %d", page.StatusCode)
			}
		})
	}
}

func TestLastAdministratorStays(t *testing.T) {
	b := newBench(t)
	ada := b.person("ada", store.RoleAdmin)
	b.person("some", store.RoleAdmin, "st-a")
	path := personPath(b.user("ada").ID)
	for name, c := range map[string]struct {
		path string
		form url.Values
	}{
		"another role": {path, url.Values{"role": {"agent"}, "reach": {"all"}}},
		"fewer bots":   {path, url.Values{"role": {"admin"}, "reach": {"some"}, "bot": {"st-a"}}},
		"locked out":   {path + "/state", url.Values{"to": {"disabled"}}},
	} {
		got := b.post(c.path, c.form, ada)
		if got.StatusCode != http.StatusConflict || !strings.Contains(text(got.doc(t)), "last administrator") || !b.user("ada").Leads() {
			t.Errorf("%s: got %d, and %+v", name, got.StatusCode, b.user("ada"))
		}
		if entry := lastEntry(b); !strings.HasSuffix(entry, ": false") {
			t.Errorf("%s: got entry %s", name, entry)
		}
	}
	b.person("bea", store.RoleAdmin)
	if got := b.post(path+"/state", url.Values{"to": {"disabled"}}, ada); got.StatusCode != away || b.signedIn(ada) {
		t.Errorf("with another: got %d, signed in %v", got.StatusCode, b.signedIn(ada))
	}
}

// An administrator of some bots gives rights to nobody, least of all herself.
func TestAdministratorOfSomeBotsSeesNoPeople(t *testing.T) {
	b := newBench(t)
	b.person("ada", store.RoleAdmin)
	some := b.person("some", store.RoleAdmin, "st-a")
	own := personPath(b.user("some").ID)
	for _, path := range []string{"/people", own, "/audit"} {
		if got := b.get(path, some); got.StatusCode != noRight {
			t.Errorf("%s: got %d", path, got.StatusCode)
		}
	}
	b.post(own, url.Values{"role": {"admin"}, "reach": {"all"}}, some)
	if b.user("some").AllBots {
		t.Error("she gave herself every bot")
	}
	if page := b.get("/", some).doc(t); len(all(page, "a", "href=/people")) != 0 {
		t.Error("the navigation leads to people")
	}
}

func TestTokensOfAnother(t *testing.T) {
	b := newBench(t)
	ada := b.person("ada", store.RoleAdmin)
	b.person("bob", store.RoleAgent)
	path := personPath(b.user("bob").ID)
	token := madeToken(t, b.post(path+"/tokens", url.Values{"name": {"the wall"}, "days": {"1"}}, ada))
	if got := b.withToken("GET", "/people", token, nil); got.StatusCode != noRight { // it has bob's rights
		t.Errorf("got %d", got.StatusCode)
	}
	b.post(path+"/state", url.Values{"to": {"disabled"}}, ada)
	if got := b.withToken("GET", "/api/v1/voicemails", token, nil); got.StatusCode != noLogin {
		t.Errorf("locked out: got %d", got.StatusCode)
	}
	if got := b.post(path+"/tokens", url.Values{"name": {"more"}, "days": {"1"}}, ada); got.StatusCode != unfit {
		t.Errorf("for who is locked out: got %d", got.StatusCode)
	}
	if got := b.post(path+"/tokens/revoke", url.Values{"id": {strings.Split(token, "_")[1]}}, ada); got.StatusCode != away {
		t.Errorf("revoke: got %d", got.StatusCode)
	}
}

// A person may be limited to queues: on the form, and in all that is shown.
func TestPeopleOfQueues(t *testing.T) {
	b := newBench(t)
	lead := b.person("lead", store.RoleAdmin)
	b.archive(message{bot: "st-a", session: "one", queue: "Billing, EU", left: noon.Add(-time.Hour), segments: said("refund one")},
		message{bot: "st-a", session: "two", queue: "Claims", left: noon.Add(-time.Hour), segments: said("refund two")})
	form := url.Values{"name": {"bea"}, "role": {"agent"}, "reach": {"all"}, "queues": {" Billing, EU \r\n\r\nSales"}, "new": {goodPassword}, "again": {goodPassword}}
	if got := b.post("/people", form, lead); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("adding: %d %s", got.StatusCode, got.body)
	}
	u := b.user("bea")
	if diff := cmp.Diff([]string{"Billing, EU", "Sales"}, u.Queues); diff != "" {
		t.Errorf("queues -want +got\n%s", diff)
	}
	if page := b.get(personPath(u.ID), lead).body; !strings.Contains(page, "Billing, EU\nSales</textarea>") {
		t.Error("the form does not show the queues")
	}
	secret := NewSecret()
	if err := b.store.CreateLogin(t.Context(), store.Login{Hash: HashSecret(secret), UserID: u.ID, ExpiresAt: noon.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	bea := &http.Cookie{Name: b.cookieName(), Value: secret}
	page := b.get("/?q=refund", bea).body
	if !strings.Contains(page, "Billing, EU") || strings.Contains(page, "Claims") || !strings.Contains(page, "holds 1 voicemail") {
		t.Errorf("she sees %s", page)
	}
	if got := b.get(voicemailPath(store.VoicemailID("st-a", "two")), bea); got.StatusCode != http.StatusNotFound {
		t.Errorf("another queue's voicemail answers %d", got.StatusCode)
	}
	if got := b.get(voicemailPath(store.VoicemailID("st-a", "one")), bea); got.StatusCode != http.StatusOK {
		t.Errorf("her own answers %d", got.StatusCode)
	}
}
