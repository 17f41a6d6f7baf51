package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

const clientSecret = "hush-hush-very-secret"

func botForm(change ...string) url.Values {
	v := url.Values{"bot_id": {"st-new"}, "account_id": {"acc-9"}, "client_id": {"cs-9"}, "client_secret": {clientSecret},
		"base_url": {"https://platform.kore.ai/"}, "region": {"de"}, "time_zone": {"Europe/Berlin"}, "schedule": {"@hourly"}, "alg": {"HS512"}, "jti": {"1"}}
	for i := 0; i+1 < len(change); i += 2 {
		v.Set(change[i], change[i+1])
	}
	return v
}

func TestConnectBot(t *testing.T) {
	f := &fleet{findings: []Finding{{What: "token", Words: "taken"}, {What: "clock", Bad: true, Words: "10 minutes apart"}}}
	b := newBench(t, equipped, func(c *Config) { c.Bots = f })
	admin := b.person("ada", store.RoleAdmin)

	tested := b.post("/bots/test", botForm(), admin)
	page := text(tested.doc(t))
	for _, words := range []string{"Something is not right yet", "token is right taken", "clock is wrong 10 minutes apart"} {
		if tested.StatusCode != ok || !strings.Contains(page, words) {
			t.Errorf("test: got %d, the page does not say %q: %s", tested.StatusCode, words, page)
		}
	}
	if len(f.bots) != 0 {
		t.Errorf("the test saved it: %+v", f.bots)
	}
	form := all(all(tested.doc(t), "form", "action=/bots#form")[0], "input")
	again := url.Values{"alg": {"HS512"}}
	for _, field := range form {
		again.Set(attr(field, "name"), attr(field, "value"))
	}
	if again.Get("client_secret") != "" || again.Get("kept") == "" {
		t.Fatalf("the form is %v", again)
	}

	saved := b.post("/bots", again, admin)
	if to := saved.Header.Get("Location"); saved.StatusCode != away || to != "/bots?done=saved#main" {
		t.Fatalf("save: got %d to %s: %s", saved.StatusCode, to, text(saved.doc(t)))
	}
	want := []ConnectedBot{{BotSettings: BotSettings{BotID: "st-new", AccountID: "acc-9", ClientID: "cs-9", BaseURL: "https://platform.kore.ai",
		Region: "DE", TimeZone: "Europe/Berlin", Schedule: "@hourly", Alg: "HS512", JTI: true}, CreatedBy: "ada"}}
	if diff := cmp.Diff(want, f.bots); diff != "" {
		t.Errorf("bots (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"test " + clientSecret, "save " + clientSecret}, f.secrets); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	list := b.get("/bots?done=saved", admin)
	if page := text(list.doc(t)); !strings.Contains(page, "The bot is connected.") || !strings.Contains(page, "cs-9") {
		t.Errorf("got %s", page)
	}
	change := b.get("/bots?bot=st-new", admin)
	var entries strings.Builder
	for _, e := range b.trail() {
		fmt.Fprintln(&entries, e)
	}
	for where, body := range map[string]string{"test": tested.body, "save": saved.body, "list": list.body, "change": change.body, "log": b.log.String(), "audit": entries.String()} {
		if strings.Contains(body, clientSecret) {
			t.Errorf("%s holds the secret", where)
		}
	}
}

// What is offered is what can be connected, and nothing else is taken.
func TestSigningOffered(t *testing.T) {
	f := &fleet{}
	b := newBench(t, equipped, func(c *Config) { c.Bots = f })
	admin := b.person("ada", store.RoleAdmin)
	var offered []string
	for _, o := range all(all(b.get("/bots", admin).doc(t), "select", "name=alg")[0], "option") {
		offered = append(offered, attr(o, "value"))
	}
	if diff := cmp.Diff([]string{"HS256", "HS512"}, offered); diff != "" {
		t.Errorf("offered (-want +got):\n%s", diff)
	}
	for _, path := range []string{"/bots", "/bots/test"} {
		got := b.post(path, botForm("alg", "HS384"), admin)
		if got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, "HS256 or HS512") || len(f.bots)+len(f.secrets) > 0 {
			t.Errorf("%s: got %d, %d bots", path, got.StatusCode, len(f.bots))
		}
	}
}

func TestBotFormProblems(t *testing.T) {
	had := ConnectedBot{BotSettings: BotSettings{BotID: "st-had", AccountID: "acc-9", ClientID: "cs-9", BaseURL: "https://platform.kore.ai", Alg: "HS256"}}
	tests := []struct {
		name   string
		form   url.Values
		fields string // with a problem, sorted
	}{
		{"nothing", url.Values{}, "account_id base_url bot_id client_id client_secret"},
		{"no address", botForm("base_url", "ftp://x"), "base_url"},
		{"an address with a password", botForm("base_url", "https://a:b@platform.kore.ai"), "base_url"},
		{"ids of two words", botForm("bot_id", "st 1", "account_id", "a b"), "account_id bot_id"},
		{"ids that no request holds", botForm("bot_id", "st/1", "account_id", ".."), "account_id bot_id"},
		{"a long id", botForm("bot_id", strings.Repeat("a", 257)), "bot_id"},
		{"odd zone and region", botForm("time_zone", "Mars", "region", "Germany"), "region time_zone"},
		{"no secret", botForm("client_secret", ""), "client_secret"},
		{"the saved secret, to another address", botForm("bot_id", "st-had", "client_secret", "", "base_url", "https://evil.example"), "client_secret"},
		{"the saved secret, of another client", botForm("bot_id", "st-had", "client_secret", "", "client_id", "cs-1"), "client_secret"},
		{"the saved secret", botForm("bot_id", "st-had", "client_secret", ""), ""},
		{"somebody else's handle", botForm("client_secret", "", "kept", "0123"), "client_secret"},
		{"all is well", botForm(), ""},
	}
	f := &fleet{}
	b := newBench(t, func(c *Config) { c.Bots = f })
	admin := b.person("ada", store.RoleAdmin)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f.bots, f.secrets = []ConnectedBot{had}, nil
			got := b.post("/bots", tt.form, admin)
			var fields []string
			for _, field := range all(got.doc(t), "input", "aria-invalid=true") {
				fields = append(fields, attr(field, "name"))
			}
			if strings.Join(sortedWords(fields), " ") != tt.fields {
				t.Errorf("got problems with %q, want %q", fields, tt.fields)
			}
			wantStatus := away
			if tt.fields != "" {
				wantStatus = unfit
			}
			if got.StatusCode != wantStatus || (len(f.secrets) > 0) != (tt.fields == "") {
				t.Errorf("got %d, saved %d", got.StatusCode, len(f.secrets))
			}
		})
	}
}

// What the port finds wrong is shown beside its field.
func TestBotRefused(t *testing.T) {
	f := &fleet{refuse: &FormError{Fields: []FieldError{{"schedule", "this never happens"}, {"", "The bot is connected elsewhere."}}}}
	b := newBench(t, func(c *Config) { c.Bots = f })
	admin := b.person("ada", store.RoleAdmin)
	for _, path := range []string{"/bots", "/bots/test"} {
		got := b.post(path, botForm(), admin)
		page := text(got.doc(t))
		if got.StatusCode != unfit || !strings.Contains(page, "This never happens") || !strings.Contains(page, "The bot is connected elsewhere.") {
			t.Errorf("%s: got %d: %s", path, got.StatusCode, page)
		}
	}
	if err := (&FormError{Fields: []FieldError{{"schedule", "words"}}}).Error(); strings.Contains(err, "words") {
		t.Errorf("got %q", err)
	}
}

// A bot of the settings can be seen, and neither changed nor disconnected.
func TestBotOfSettings(t *testing.T) {
	f := &fleet{bots: []ConnectedBot{{BotSettings: BotSettings{BotID: "st-env"}, From: "the environment"}, {BotSettings: BotSettings{BotID: "st-page"}}}}
	b := newBench(t, func(c *Config) { c.Bots = f })
	admin := b.person("ada", store.RoleAdmin)
	b.Ingest = &engineRoom{status: IngestStatus{Accounts: []AccountStatus{{ID: "acc-1", Bots: []string{"st-page"}, Trouble: "The token was refused."}}}}
	page := text(b.get("/bots", admin).doc(t))
	if !strings.Contains(page, "st-page The token was refused.") {
		t.Errorf("the page does not say what ails the account: %s", page)
	}
	if !strings.Contains(page, "Connected by the environment, so it can’t be changed here.") {
		t.Errorf("got %s", page)
	}
	if got := b.get("/bots?bot=st-env", admin); got.StatusCode != missing {
		t.Errorf("change: got %d", got.StatusCode)
	}
	if got := b.post("/bots/delete", url.Values{"bot_id": {"st-env"}}, admin); got.StatusCode != missing || len(f.bots) != 2 {
		t.Errorf("disconnect: got %d", got.StatusCode)
	}
	if got := b.post("/bots/delete", url.Values{"bot_id": {"st-page"}}, admin); got.Header.Get("Location") != "/bots?done=gone#main" || len(f.bots) != 1 {
		t.Errorf("disconnect the other: got %d, %d left", got.StatusCode, len(f.bots))
	}
}

func TestBotsWithoutPort(t *testing.T) {
	b := newBench(t)
	admin := b.person("ada", store.RoleAdmin)
	if page := b.get("/bots", admin); len(all(page.main(t), "form", "method=post")) != 0 || !strings.Contains(page.body, "AFTERBEEP_KORE_BASE_URL") {
		t.Errorf("got %s", text(page.doc(t)))
	}
	if got := b.post("/bots", botForm(), admin); got.StatusCode != http.StatusConflict {
		t.Errorf("save: got %d", got.StatusCode)
	}
}

func TestSecretsAreKeptForTheirForm(t *testing.T) {
	s, of := newSecrets(), secretFor{1, "cs-1", "https://a"}
	take := func(of secretFor, after time.Duration) Secret {
		return s.take(s.keep("x", secretFor{1, "cs-1", "https://a"}, noon), of, noon.Add(after))
	}
	for name, tt := range map[string]struct {
		of    secretFor
		after time.Duration
		want  Secret
	}{
		"right":           {of, 0, "x"},
		"almost too late": {of, secretLife - 1, "x"},
		"too late":        {of, secretLife, ""},
		"somebody else":   {secretFor{2, "cs-1", "https://a"}, 0, ""},
		"another client":  {secretFor{1, "cs-2", "https://a"}, 0, ""},
		"another address": {secretFor{1, "cs-1", "https://b"}, 0, ""},
	} {
		if got := take(tt.of, tt.after); got != tt.want {
			t.Errorf("%s: got %d characters", name, len(got))
		}
	}
	h := s.keep("x", of, noon)
	if s.take(h, of, noon); s.take(h, of, noon) != "" {
		t.Error("it was handed out twice")
	}
	for range 3 * maxSecrets {
		s.keep("x", of, noon)
	}
	if len(s.kept) > maxSecrets {
		t.Errorf("%d are kept", len(s.kept))
	}
	if got := fmt.Sprintf("%v %s %#v %+v", Secret("x"), Secret("x"), Secret("x"), struct{ S Secret }{"x"}); strings.Contains(got, "x") {
		t.Errorf("printed as %s", got)
	}
}

// lively is an ingester that looks for voicemails until it is told to be done.
type lively struct {
	engineRoom
	done atomic.Bool
}

func (l *lively) Status() IngestStatus {
	st := l.status
	st.Running = !l.done.Load()
	st.Accounts = []AccountStatus{{ID: "acc-1", Bots: st.Bots, Running: st.Running}}
	return st
}

// How far it is comes by itself, in its place, while something goes on; and is not
// asked for any more once nothing does.
func TestProgressMovesInTheBrowser(t *testing.T) {
	t.Parallel()
	room := &lively{engineRoom: *running("st-a")}
	b := newBench(t, equipped, func(c *Config) {
		c.Ingest, c.Bots = room, &fleet{bots: []ConnectedBot{{BotSettings: BotSettings{BotID: "st-a"}}}}
	})
	r := b.reads(t, 1000, 900)
	const card = `document.querySelector(".bot h2 .tag")?.textContent ?? ""`
	r.do(chromedp.Navigate(r.url+"/bots"), chromedp.WaitVisible(chromedp.CSS("#far[data-moving] .busy")), chromedp.Focus(chromedp.CSS("#look-now")))
	const place = `Math.round(document.getElementById("look-now").getBoundingClientRect().top)`
	before := says[int](r, `(window.same = true), `+place)
	awaits(r, card, "being looked at now")
	room.done.Store(true)
	awaits(r, card, "")
	awaits(r, `document.querySelector("#far p").textContent`, "Nothing is being looked for right now.")
	awaits(r, focused, "look-now")
	awaits(r, place, before)
	awaits(r, `document.getElementById("said").textContent`, "Nothing is being looked for right now.")
	if !says[bool](r, `window.same === true && !document.querySelector("[data-moving]")`) {
		t.Error("the page was left, or goes on to ask")
	}
}
