package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

// user reads somebody from the store.
func (b *bench) user(name string) store.User {
	b.t.Helper()
	u, err := b.store.User(b.t.Context(), name)
	if err != nil {
		b.t.Fatal(err)
	}
	return u
}

// anotherLogin signs somebody in once more.
func (b *bench) anotherLogin(name string) *http.Cookie {
	b.t.Helper()
	secret := NewSecret()
	err := b.store.CreateLogin(b.t.Context(), store.Login{Hash: HashSecret(secret), UserID: b.user(name).ID, ExpiresAt: noon.Add(time.Hour),
		Agent: "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/130.0", Remote: "192.0.2.7"})
	if err != nil {
		b.t.Fatal(err)
	}
	return &http.Cookie{Name: b.cookieName(), Value: secret}
}

// signedIn reports whether the cookie leads anywhere.
func (b *bench) signedIn(c *http.Cookie) bool {
	b.t.Helper()
	return b.get("/me", c).StatusCode == ok
}

func lastEntry(b *bench) string {
	trail := b.trail()
	e := trail[len(trail)-1]
	return fmt.Sprintf("%s: %s: %s: %v", e.Actor, e.Action, e.Detail, e.Allowed)
}

func TestSettingsOfOnesOwn(t *testing.T) {
	full := url.Values{"zone": {"Asia/Tokyo"}, "locale": {"de-DE"}, "week_start": {"saturday"}, "theme": {"dark"}, "speed": {"1.5"}}
	tests := []struct {
		name   string
		form   url.Values
		want   store.Settings
		status int
		words  string
	}{
		{"all of them", full, store.Settings{Zone: "Asia/Tokyo", Locale: "de-DE", WeekStart: "saturday", Theme: store.ThemeDark, Speed: 1.5}, away, ""},
		{"one leaves the others", url.Values{"speed": {"2"}}, store.Settings{Zone: "Europe/Berlin", Speed: 2}, away, ""},
		{"an empty one is none", url.Values{"zone": {" "}}, store.Settings{}, away, ""},
		{"no zone", url.Values{"zone": {"Mars/Olympus"}}, store.Settings{Zone: "Europe/Berlin"}, unfit, "That is not a time zone"},
		{"the server's zone", url.Values{"zone": {"Local"}}, store.Settings{Zone: "Europe/Berlin"}, unfit, "That is not a time zone"},
		{"no locale", url.Values{"locale": {"xx"}}, store.Settings{Zone: "Europe/Berlin"}, unfit, "Choose one of the list"},
		{"too fast", url.Values{"speed": {"99"}}, store.Settings{Zone: "Europe/Berlin"}, unfit, "Choose a speed of the list"},
		{"no speed", url.Values{"speed": {"NaN"}}, store.Settings{Zone: "Europe/Berlin"}, unfit, "Choose a speed of the list"},
		{"no theme", url.Values{"theme": {"pink"}}, store.Settings{Zone: "Europe/Berlin"}, unfit, "This can’t be taken"},
		{"no day", url.Values{"week_start": {"tuesday"}}, store.Settings{Zone: "Europe/Berlin"}, unfit, "This can’t be taken"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			ada := b.person("ada", store.RoleAgent)
			if err := b.store.SaveSettings(t.Context(), b.user("ada").ID, store.Settings{Zone: "Europe/Berlin"}); err != nil {
				t.Fatal(err)
			}
			got := b.post("/me/settings", tt.form, ada)
			if got.StatusCode != tt.status || !strings.Contains(text(got.doc(t)), tt.words) {
				t.Errorf("got %d and %s", got.StatusCode, got.body)
			}
			if diff := cmp.Diff(tt.want, b.user("ada").Settings); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
			if entry := lastEntry(b); entry != "ada: change own page: settings: true" {
				t.Errorf("got entry %s", entry)
			}
		})
	}
}

// What was chosen shows on the very next page.
func TestSettingsShow(t *testing.T) {
	b := newBench(t)
	ada := b.person("ada", store.RoleAgent)
	b.post("/me/settings", url.Values{"zone": {"Asia/Tokyo"}, "locale": {"en-US"}, "theme": {"dark"}}, ada)
	got := b.get("/me?done=settings", ada)
	page := text(got.doc(t))
	for _, words := range []string{"Your settings are saved.", "It is now Wed, Feb 12, 2025, 9:00 PM for you."} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q: %s", words, page)
		}
	}
	if len(all(got.doc(t), "html", "data-theme=dark")) != 1 {
		t.Error("the page is not dark")
	}
}

// A script that keeps a speed wants no page.
func TestSettingsForScripts(t *testing.T) {
	b := newBench(t)
	ada := b.person("ada", store.RoleAgent)
	r := b.request(http.MethodPost, "/me/settings", strings.NewReader("speed=1.25"), ada)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	if got := b.send(r); got.StatusCode != http.StatusNoContent || b.user("ada").Settings.Speed != 1.25 {
		t.Errorf("got %d and %v", got.StatusCode, b.user("ada").Settings)
	}
}

func TestOwnPassword(t *testing.T) {
	const better = "an even better horse"
	form := func(now, new, again string) url.Values {
		return url.Values{"password": {now}, "new": {new}, "again": {again}}
	}
	tests := []struct {
		name   string
		form   url.Values
		status int
		words  string
	}{
		{"right", form(goodPassword, better, better), away, ""},
		{"the old one is wrong", form("wrong horse battery", better, better), unfit, "That is not your password."},
		{"the new ones differ", form(goodPassword, better, better+"!"), unfit, "The two new passwords differ."},
		{"too short", form(goodPassword, "short", "short"), unfit, "at least 10 characters"},
		{"too long", form(goodPassword, strings.Repeat("x", 1025), strings.Repeat("x", 1025)), unfit, "too long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			ada := b.person("ada", store.RoleAgent)
			elsewhere := b.anotherLogin("ada")
			bob := b.person("bob", store.RoleAgent)
			got := b.post("/me/password", tt.form, ada)
			if got.StatusCode != tt.status || !strings.Contains(text(got.doc(t)), tt.words) {
				t.Errorf("got %d and %s", got.StatusCode, got.body)
			}
			changed := tt.status == away
			if CheckPassword(b.user("ada").PasswordHash, better) != changed {
				t.Errorf("changed: want %v", changed)
			}
			here := ada
			if changed {
				here = got.Cookies()[0]
			}
			if !b.signedIn(here) || b.signedIn(elsewhere) == changed || !b.signedIn(bob) {
				t.Errorf("signed in here %v, elsewhere %v, somebody else %v", b.signedIn(here), b.signedIn(elsewhere), b.signedIn(bob))
			}
			if changed && b.signedIn(ada) {
				t.Error("the cookie from before is good still")
			}
			if strings.Contains(b.log.String(), better) {
				t.Error("the password is in the log")
			}
		})
	}
}

// Passwords can't be tried on the page faster than at the door.
func TestOwnPasswordIsThrottled(t *testing.T) {
	b := newBench(t)
	ada := b.person("ada", store.RoleAgent)
	status := 0
	for range 30 {
		status = b.post("/me/password", url.Values{"password": {"wrong horse battery"}, "new": {"x"}, "again": {"x"}}, ada).StatusCode
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("got %d after 30 tries", status)
	}
}

func TestSessionsOfOnesOwn(t *testing.T) {
	b := newBench(t)
	ada := b.person("ada", store.RoleAgent)
	elsewhere, third := b.anotherLogin("ada"), b.anotherLogin("ada")
	bob := b.person("bob", store.RoleAgent)
	page := b.get("/me", ada).doc(t)
	if said := text(page); strings.Count(said, "this one") != 2 || !strings.Contains(said, "Firefox on Windows") || !strings.Contains(said, "192.0.2.7") {
		t.Errorf("got %s", said)
	}
	id := sessionID(store.Login{Hash: HashSecret(elsewhere.Value)})
	if got := b.post("/me/sessions", url.Values{"id": {id}}, bob); got.StatusCode != missing || !b.signedIn(elsewhere) {
		t.Errorf("somebody else's: got %d, signed in %v", got.StatusCode, b.signedIn(elsewhere))
	}
	if got := b.post("/me/sessions", url.Values{"id": {id}}, ada); got.StatusCode != away || b.signedIn(elsewhere) || !b.signedIn(third) {
		t.Errorf("one: got %d, signed in %v, the third %v", got.StatusCode, b.signedIn(elsewhere), b.signedIn(third))
	}
	if got := b.post("/me/sessions", nil, ada); got.StatusCode != away || b.signedIn(third) || !b.signedIn(ada) || !b.signedIn(bob) {
		t.Errorf("all: got %d, the third %v, here %v, bob %v", got.StatusCode, b.signedIn(third), b.signedIn(ada), b.signedIn(bob))
	}
	got := b.post("/me/sessions", url.Values{"id": {sessionID(store.Login{Hash: HashSecret(ada.Value)})}}, ada)
	if got.StatusCode != away || got.Header.Get("Location") != "/login" || b.signedIn(ada) {
		t.Errorf("this one: got %d to %q", got.StatusCode, got.Header.Get("Location"))
	}
}

// madeToken is the token that a page shows.
func madeToken(t *testing.T, a answer) string {
	t.Helper()
	pre := all(a.doc(t), "pre", "aria-label=The new token")
	if len(pre) != 1 {
		t.Fatalf("got %d and no token: %s", a.StatusCode, text(a.doc(t)))
	}
	return strings.TrimSpace(text(pre...))
}

func (b *bench) withToken(method, path, token string, form url.Values) answer {
	r := b.request(method, path, strings.NewReader(form.Encode()), nil)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+token)
	return b.send(r)
}

func TestTokensOfOnesOwn(t *testing.T) {
	b := newBench(t)
	ada := b.person("ada", store.RoleAgent)
	token := madeToken(t, b.post("/me/tokens", url.Values{"name": {"weekly report"}, "days": {"30"}}, ada))
	if got := b.withToken("GET", "/api/v1/voicemails", token, nil); got.StatusCode != ok {
		t.Errorf("the token: got %d", got.StatusCode)
	}
	page := b.get("/me", ada)
	if strings.Contains(page.body, token) || !strings.Contains(text(page.doc(t)), "weekly report") {
		t.Error("the token stays on the page, or isn't listed")
	}
	// Who finds a token can't make more of it.
	for _, path := range []string{"/me/tokens", "/me/password", "/me/settings", "/me/sessions", "/me/tokens/revoke"} {
		if got := b.withToken("POST", path, token, url.Values{"name": {"x"}, "days": {"1"}}); got.StatusCode != noRight {
			t.Errorf("%s with a token: got %d", path, got.StatusCode)
		}
	}
	id := strings.Split(token, "_")[1]
	bob := b.person("bob", store.RoleAdmin)
	if got := b.post("/me/tokens/revoke", url.Values{"id": {id}}, bob); got.StatusCode != missing {
		t.Errorf("somebody else's: got %d", got.StatusCode)
	}
	b.post("/me/tokens/revoke", url.Values{"id": {id}}, ada)
	if entry := lastEntry(b); entry != "ada: change own page: revoke token "+id+" of ada: true" {
		t.Errorf("got entry %s", entry)
	}
	if got := b.withToken("GET", "/api/v1/voicemails", token, nil); got.StatusCode != noLogin {
		t.Errorf("revoked: got %d", got.StatusCode)
	}
	if strings.Contains(b.log.String(), token) {
		t.Error("the token is in the log")
	}
	for name, form := range map[string]url.Values{"without a name": {"days": {"1"}}, "for ever": {"name": {"x"}, "days": {"9999"}}} {
		if got := b.post("/me/tokens", form, ada); got.StatusCode != unfit {
			t.Errorf("%s: got %d", name, got.StatusCode)
		}
	}
}

func TestZoneIsLearntAtTheFirstSignIn(t *testing.T) {
	b := newBench(t)
	b.person("ada", store.RoleAgent)
	sign := func(zone string) string {
		got := b.post("/login", url.Values{"name": {"ada"}, "password": {goodPassword}, "zone": {zone}}, nil)
		if got.StatusCode != away {
			t.Fatalf("got %d", got.StatusCode)
		}
		return b.user("ada").Settings.Zone
	}
	for _, c := range []struct{ told, want string }{{"", ""}, {"Mars/Olympus", ""}, {"Asia/Tokyo", "Asia/Tokyo"}, {"Europe/Berlin", "Asia/Tokyo"}} {
		if got := sign(c.told); got != c.want {
			t.Errorf("told %q: got %q, want %q", c.told, got, c.want)
		}
	}
}

func TestBrowserNames(t *testing.T) {
	for agent, want := range map[string]string{
		"": "An unknown browser",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15":                  "Safari on macOS",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/123.0 Mobile/15E148 Safari/604.1": "Chrome on iPhone",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0.0.0 Safari/537.36 Edg/123.0.0.0":          "Edge on Windows",
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0.0.0 Mobile Safari/537.36":                  "Chrome on Android",
		"Mozilla/5.0 (X11; Linux x86_64; rv:124.0) Gecko/20100101 Firefox/124.0":                                                                 "Firefox on Linux",
		"curl/8.5.0": "curl",
	} {
		if got := browserName(agent); got != want {
			t.Errorf("%q: got %q, want %q", agent, got, want)
		}
	}
}

// What was typed is not lost while the database is away, and what changes all of the
// page loads it as a whole.
func TestOwnPageInTheBrowser(t *testing.T) {
	t.Parallel()
	b, f := newFlakyBench(t)
	r := b.reads(t, 1000, 900)
	r.do(chromedp.Navigate(r.url+"/me"), chromedp.WaitVisible(chromedp.CSS("#password")))
	for _, field := range []string{"password", "new", "again"} {
		r.do(chromedp.Focus(chromedp.CSS("#" + field)))
		r.types(goodPassword)
	}
	f.audit = errors.New("the database is away")
	r.types(kb.Enter)
	awaits(r, `document.querySelectorAll(".toast.bad").length`, 1)
	awaits(r, `["password", "new", "again"].map((id) => document.getElementById(id).value.length > 0).join()`, "true,true,true")
	f.audit = nil
	r.do(chromedp.SetValue(chromedp.CSS("#theme"), "dark"))
	r.clicks(`form[action="/me/settings"] .do button`)
	awaits(r, `document.documentElement.dataset.theme ?? ""`, "dark")
	awaits(r, `document.querySelector("main .note.good")?.textContent ?? ""`, "Your settings are saved.")
}
