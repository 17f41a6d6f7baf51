package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

// expectation is what each kind of visitor is answered on a route.
type expectation struct {
	stranger, agent, analyst, admin, otherBot int
}

const (
	ok      = http.StatusOK
	away    = http.StatusSeeOther
	nothing = http.StatusNoContent
	noLogin = http.StatusUnauthorized
	noRight = http.StatusForbidden
	missing = http.StatusNotFound
	unread  = http.StatusBadRequest
	unfit   = http.StatusUnprocessableEntity
	gone    = http.StatusNoContent
	clash   = http.StatusConflict
)

// expectations has a row for every route. The walk fails where one is missing
// or too many, so that no route is added without saying who may take it.
var expectations = map[string]expectation{
	"GET /healthz":          {ok, ok, ok, ok, ok},
	"GET /readyz":           {ok, ok, ok, ok, ok},
	"GET /metrics":          {ok, ok, ok, ok, ok},
	"GET /static/:digest/*": {ok, ok, ok, ok, ok},

	"GET /api/v1/openapi.json": {ok, ok, ok, ok, ok},

	"GET /favicon.ico": {ok, ok, ok, ok, ok},
	"GET /login":       {ok, away, away, away, away},
	"POST /login":      {noLogin, noLogin, noLogin, noLogin, noLogin}, // without a password
	"POST /logout":     {away, away, away, away, away},
	"GET /setup":       {missing, missing, missing, missing, missing}, // there are users
	"POST /setup":      {missing, missing, missing, missing, missing},

	"POST /theme": {away, away, away, away, away},

	"GET /":                             {away, ok, ok, ok, ok},
	"GET /help/components":              {away, ok, ok, ok, ok},
	"GET /help/search":                  {away, ok, ok, ok, ok},
	"GET /insights":                     {away, ok, ok, ok, ok},
	"GET /events":                       {away, ok, ok, ok, ok},
	"GET /export":                       {away, noRight, ok, ok, noRight},
	"GET /export/progress":              {away, noRight, unread, unread, noRight},
	"GET /voicemails/:id":               {away, ok, ok, ok, missing},
	"GET /voicemails/:id/recordings/:n": {away, ok, ok, ok, missing},
	"GET /status":                       {away, noRight, noRight, ok, noRight},
	"POST /ingest/run":                  {away, noRight, noRight, away, noRight},

	"GET /voicemails/:id/recordings/:n/peaks":  {noLogin, nothing, nothing, nothing, missing}, // it is not archived
	"POST /voicemails/:id/recordings/:n/fetch": {away, noRight, away, away, noRight},
	"POST /voicemails/:id/lookup":              {away, noRight, away, away, noRight},

	"POST /voicemails/:id/notes":                {away, unfit, unfit, unfit, missing}, // without a text
	"POST /voicemails/:id/notes/:note/delete":   {away, missing, missing, missing, missing},
	"POST /voicemails/:id/tags":                 {away, unfit, unfit, unfit, missing},
	"POST /voicemails/:id/tags/delete":          {away, missing, missing, missing, missing},
	"POST /api/v1/voicemails/:id/notes":         {noLogin, unread, unread, unread, unread}, // without a body
	"DELETE /api/v1/voicemails/:id/notes/:note": {noLogin, missing, missing, missing, missing},
	"PUT /api/v1/voicemails/:id/tags/:tag":      {noLogin, ok, ok, ok, missing},
	"DELETE /api/v1/voicemails/:id/tags/:tag":   {noLogin, noRight, noRight, gone, missing}, // whose it is, and administrators

	"GET /ledger":             {away, noRight, noRight, ok, noRight},
	"GET /ledger/gaps":        {away, noRight, noRight, ok, noRight},
	"POST /ledger/gaps/wake":  {away, noRight, noRight, away, noRight},
	"POST /backfills":         {away, noRight, noRight, unfit, noRight}, // without a range
	"POST /backfills/:id":     {away, noRight, noRight, unread, noRight},
	"GET /sessions/add":       {away, noRight, noRight, ok, noRight},
	"POST /sessions/add":      {away, noRight, noRight, unfit, noRight},
	"GET /sessions/:id":       {away, noRight, noRight, missing, noRight}, // a voicemail's id is no session's
	"POST /sessions/:id/wake": {away, noRight, noRight, missing, noRight},
	"GET /bots":               {away, noRight, noRight, ok, noRight},
	"POST /bots":              {away, noRight, noRight, unfit, noRight},
	"POST /bots/test":         {away, noRight, noRight, unfit, noRight},
	"POST /bots/delete":       {away, noRight, noRight, missing, noRight},

	"GET /callbacks":              {away, ok, ok, ok, ok},
	"GET /callbacks/:id":          {away, ok, ok, ok, missing},
	"POST /callbacks/next":        {away, away, noRight, away, away},
	"POST /callbacks/bulk":        {away, away, noRight, away, away},
	"POST /callbacks/:id/claim":   {away, away, noRight, clash, missing},  // the agent holds it
	"POST /callbacks/:id/release": {away, clash, noRight, away, missing},  // the administrator may take it away
	"POST /callbacks/:id/assign":  {away, unfit, noRight, unfit, missing}, // to nobody
	"POST /callbacks/:id/attempt": {away, unfit, noRight, unfit, missing}, // without a result
	"POST /callbacks/:id/close":   {away, unfit, noRight, unfit, missing}, // without an outcome
	"POST /callbacks/:id/reopen":  {away, unfit, noRight, unfit, missing}, // it is open
	"POST /callbacks/:id/undo":    {away, clash, noRight, clash, missing}, // somebody else did something since
	"POST /callbacks/:id/snooze":  {away, unfit, noRight, unfit, missing}, // without a time
	"POST /callbacks/:id/take":    {away, unfit, noRight, unfit, missing}, // it is not old
	"POST /callbacks/:id/note":    {away, unfit, noRight, unfit, missing}, // without words
	"POST /callbacks/:id/correct": {away, unfit, noRight, unfit, missing}, // without a correction
	"GET /api/v1/callbacks":       {noLogin, ok, ok, ok, ok},
	"GET /api/v1/callbacks/:id":   {noLogin, ok, ok, ok, missing},
	"POST /api/v1/callbacks/next": {noLogin, gone, noRight, gone, gone},

	"POST /api/v1/callbacks/:id/claim":   {noLogin, ok, noRight, clash, missing},
	"POST /api/v1/callbacks/:id/release": {noLogin, clash, noRight, ok, missing},
	"POST /api/v1/callbacks/:id/assign":  {noLogin, unread, noRight, unread, missing},
	"POST /api/v1/callbacks/:id/attempt": {noLogin, unread, noRight, unread, missing},
	"POST /api/v1/callbacks/:id/close":   {noLogin, unread, noRight, unread, missing},
	"POST /api/v1/callbacks/:id/reopen":  {noLogin, unread, noRight, unread, missing},
	"POST /api/v1/callbacks/:id/undo":    {noLogin, clash, noRight, clash, missing},
	"POST /api/v1/callbacks/:id/snooze":  {noLogin, unread, noRight, unread, missing},
	"POST /api/v1/callbacks/:id/take":    {noLogin, unread, noRight, unread, missing},
	"POST /api/v1/callbacks/:id/note":    {noLogin, unread, noRight, unread, missing},
	"POST /api/v1/callbacks/:id/correct": {noLogin, unread, noRight, unread, missing},

	"GET /me":                 {away, ok, ok, ok, ok},
	"POST /me/settings":       {away, away, away, away, away},
	"POST /me/password":       {away, unfit, unfit, unfit, unfit}, // without one
	"POST /me/sessions":       {away, away, away, away, away},
	"POST /me/tokens":         {away, unfit, unfit, unfit, unfit},
	"POST /me/tokens/revoke":  {away, missing, missing, missing, missing},
	"GET /people":             {away, noRight, noRight, ok, noRight},
	"POST /people":            {away, noRight, noRight, unfit, noRight},
	"GET /people/:id":         {away, noRight, noRight, missing, noRight}, // a voicemail's id is nobody's
	"POST /people/:id":        {away, noRight, noRight, missing, noRight},
	"POST /people/:id/state":  {away, noRight, noRight, missing, noRight},
	"POST /people/:id/tokens": {away, noRight, noRight, missing, noRight},
	"GET /audit":              {away, noRight, noRight, ok, noRight},

	"POST /people/:id/password":      {away, noRight, noRight, missing, noRight},
	"POST /people/:id/sessions":      {away, noRight, noRight, missing, noRight},
	"POST /people/:id/tokens/revoke": {away, noRight, noRight, missing, noRight},

	"GET /saved":              {away, ok, ok, ok, ok},
	"POST /saved":             {away, unfit, unfit, unfit, unfit},         // without a name
	"GET /saved/:id":          {away, missing, missing, missing, missing}, // a voicemail's id is no saved search's
	"POST /saved/:id":         {away, missing, missing, missing, missing},
	"POST /saved/:id/delete":  {away, missing, missing, missing, missing},
	"GET /alerts":             {away, ok, ok, ok, ok},
	"POST /alerts":            {away, unfit, unfit, unfit, unfit}, // without a search
	"POST /alerts/:id/test":   {away, missing, missing, missing, missing},
	"POST /alerts/:id/pause":  {away, missing, missing, missing, missing},
	"POST /alerts/:id/delete": {away, missing, missing, missing, missing},

	"POST /deliveries/:id/again": {away, missing, missing, missing, missing},

	"GET /callbacks/measure":        {away, ok, ok, ok, ok},
	"GET /callbacks/measure/export": {away, noRight, ok, ok, noRight},
	"GET /api/v1/callbacks/measure": {noLogin, ok, ok, ok, ok},

	"GET /desk":  {away, noRight, noRight, ok, noRight},
	"POST /desk": {away, noRight, noRight, unread, noRight}, // without its fields

	"GET /synonyms":  {away, noRight, noRight, ok, noRight},
	"POST /synonyms": {away, noRight, noRight, unread, noRight}, // without a text

	"GET /api/v1/synonyms": {noLogin, noRight, noRight, ok, noRight},
	"PUT /api/v1/synonyms": {noLogin, noRight, noRight, unread, noRight}, // without a body

	"POST /voicemails/:id/notes/:note":         {away, missing, missing, missing, missing}, // there is no note
	"PATCH /api/v1/voicemails/:id/notes/:note": {noLogin, unread, unread, unread, unread},  // without a body

	"GET /api/v1/saved":           {noLogin, ok, ok, ok, ok},
	"POST /api/v1/saved":          {noLogin, unread, unread, unread, unread}, // without a body
	"GET /api/v1/saved/:id":       {noLogin, missing, missing, missing, missing},
	"PATCH /api/v1/saved/:id":     {noLogin, missing, missing, missing, missing},
	"DELETE /api/v1/saved/:id":    {noLogin, missing, missing, missing, missing},
	"POST /api/v1/saved/:id/look": {noLogin, missing, missing, missing, missing},

	"GET /api/v1/alerts":           {noLogin, ok, ok, ok, ok},
	"POST /api/v1/alerts":          {noLogin, unread, unread, unread, unread}, // without a search
	"GET /api/v1/alerts/:id":       {noLogin, missing, missing, missing, missing},
	"PATCH /api/v1/alerts/:id":     {noLogin, missing, missing, missing, missing},
	"DELETE /api/v1/alerts/:id":    {noLogin, missing, missing, missing, missing},
	"POST /api/v1/alerts/:id/test": {noLogin, missing, missing, missing, missing},

	"GET /api/v1/deliveries":            {noLogin, ok, ok, ok, ok},
	"POST /api/v1/deliveries/:id/again": {noLogin, missing, missing, missing, missing},

	"GET /api/v1/ledger": {noLogin, noRight, noRight, ok, noRight},

	// Nobody pushes by signing in.
	"POST /hooks/kore/:botId": {noLogin, noLogin, noLogin, noLogin, noLogin},

	"GET /search/operators":           {noLogin, ok, ok, ok, ok},
	"GET /search/form":                {away, ok, ok, ok, ok},
	"GET /api/v1/voicemails":          {noLogin, ok, ok, ok, ok},
	"GET /api/v1/voicemails/:id":      {noLogin, ok, ok, ok, missing},
	"GET /api/v1/sessions/:sessionId": {noLogin, ok, ok, ok, missing},
}

func TestEveryRouteForEveryVisitor(t *testing.T) {
	b := newBench(t, equipped)
	b.stop() // streams end after their beginning
	id := b.archive(message{bot: "st-a", session: "s1", left: noon, segments: said("please call me back"), recordings: wav()})[0]
	fill := strings.NewReplacer(":id", fmt.Sprint(id), ":n", "0", ":sessionId", "s1", ":note", "1", ":tag", "vip", ":digest/*", "0/style.css", ":botId", "st-a")
	visitors := []struct {
		name string
		want func(expectation) int
		come func() *http.Cookie
	}{
		{"stranger", func(e expectation) int { return e.stranger }, func() *http.Cookie { return nil }},
		{"agent", func(e expectation) int { return e.agent }, b.visitor(store.RoleAgent, "st-a")},
		{"analyst", func(e expectation) int { return e.analyst }, b.visitor(store.RoleAnalyst, "st-a")},
		{"admin", func(e expectation) int { return e.admin }, b.visitor(store.RoleAdmin)},
		{"user of another bot", func(e expectation) int { return e.otherBot }, b.visitor(store.RoleAgent, "st-b")},
	}
	seen := map[string]bool{}
	for _, r := range b.routes() {
		name := r.method + " " + r.path
		want, known := expectations[name]
		if !known {
			t.Errorf("%s: no expectation: say who may take it", name)
			continue
		}
		seen[name] = true
		for _, visitor := range visitors {
			t.Run(name+" "+visitor.name, func(t *testing.T) {
				cookie := visitor.come()
				var got answer
				switch r.method {
				case http.MethodGet:
					got = b.get(fill.Replace(r.path), cookie)
				case http.MethodPost:
					got = b.post(fill.Replace(r.path), url.Values{}, cookie)
				default:
					got = b.send(b.request(r.method, fill.Replace(r.path), nil, cookie))
				}
				if got.StatusCode != visitor.want(want) {
					t.Errorf("got %d, want %d", got.StatusCode, visitor.want(want))
				}
				if to := got.Header.Get("Location"); r.right != rightPublic && got.StatusCode == away && visitor.name == "stranger" && !strings.HasPrefix(to, "/login") {
					t.Errorf("sent to %q, want the sign-in", to)
				}
				if r.form == formAPI && got.StatusCode >= 400 {
					got.errorCode(t)
				}
			})
		}
		if r.right != rightPublic && may("janitor", r.right) {
			t.Errorf("%s: an unknown role may take it", name)
		}
	}
	for name := range expectations {
		if !seen[name] {
			t.Errorf("%s is expected and not in the list of routes", name)
		}
	}
}

// visitor returns a function that signs in a new person each time, for signing
// out is one of the routes.
func (b *bench) visitor(role store.Role, bots ...string) func() *http.Cookie {
	n := 0
	return func() *http.Cookie {
		n++
		return b.person(fmt.Sprintf("%s-%s-%d", role, strings.Join(bots, "-"), n), role, bots...)
	}
}

// The router knows no address that is not in the list.
func TestRouterHasNothingBesideTheList(t *testing.T) {
	b := newBench(t)
	want := map[string]bool{}
	for _, r := range b.routes() {
		want[r.method+" "+r.path] = true
		if r.method == http.MethodGet {
			want["HEAD "+r.path] = true
		}
	}
	got := map[string]bool{}
	for _, r := range b.echo.Routes() {
		got[r.Method+" "+r.Path] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("routes (-list +router):\n%s", diff)
	}
}

// What asks for a right of its own is written down.
func TestRoutesWithRightsAreAudited(t *testing.T) {
	for _, r := range newBench(t).routes() {
		if r.right != rightPublic && r.action == "" {
			t.Errorf("%s %s needs a right and leaves no audit entry", r.method, r.path)
		}
	}
}

// Another bot's voicemail is answered with the very bytes of one that doesn't
// exist.
func TestOtherBotsVoicemailLooksUnknown(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Player = &tape{} })
	id := b.archive(message{bot: "st-a", session: "s1", segments: said("secret"), recordings: wav()})[0]
	cookie := b.person("bea", store.RoleAgent, "st-b")
	for _, pattern := range []string{"/voicemails/%d", "/voicemails/%d/recordings/0", "/api/v1/voicemails/%d"} {
		theirs, none := b.get(fmt.Sprintf(pattern, id), cookie), b.get(fmt.Sprintf(pattern, id+1), cookie)
		if theirs.StatusCode != missing || none.StatusCode != missing {
			t.Errorf("%s: got %d and %d, want 404 for both", pattern, theirs.StatusCode, none.StatusCode)
		}
		a, z := withoutRequest(theirs), withoutRequest(none)
		if a != z {
			t.Errorf("%s: answers differ:\n%s\n%s", pattern, a, z)
		}
	}
}

func withoutRequest(a answer) string {
	_, nonce, _ := strings.Cut(a.Header.Get("Content-Security-Policy"), "'nonce-")
	nonce, _, _ = strings.Cut(nonce, "'")
	return strings.NewReplacer(a.Header.Get("X-Request-Id"), "", nonce, "").Replace(a.body)
}

// Who is lost keeps the navigation.
func TestUnknownAddressKeepsTheNavigation(t *testing.T) {
	b := newBench(t)
	if page := text(b.get("/nowhere", b.person("ada", store.RoleAdmin)).doc(t)); !strings.Contains(page, "Sign out") || !strings.Contains(page, "Ledger") {
		t.Errorf("got %s", page)
	}
	if page := text(b.get("/nowhere", nil).doc(t)); strings.Contains(page, "Sign out") || strings.Contains(page, "Ledger") {
		t.Errorf("a stranger got %s", page)
	}
}

func TestUnknownAddressesAndMethods(t *testing.T) {
	b := newBench(t)
	admin := b.person("ada", store.RoleAdmin)
	tests := []struct {
		method, path string
		status       int
		code         string // "" is a page
	}{
		{"GET", "/nowhere", 404, ""},
		{"GET", "/voicemails/abc", 404, ""},
		{"GET", "/voicemails/-1", 404, ""},
		{"GET", "/voicemails/99999999999999999999", 404, ""},
		{"GET", "/api/v1/nowhere", 404, "not_found"},
		{"GET", "/api/v1/voicemails/abc", 404, "not_found"},
		{"GET", "/api/v1/sessions/none", 404, "not_found"},
		{"POST", "/api/v1/voicemails", 405, "method_not_allowed"},
		{"DELETE", "/api/v1/voicemails/1", 405, "method_not_allowed"},
		{"POST", "/", 405, ""},
		{"GET", "/logout", 405, ""},
		{"GET", "/static/0/../server.go", 404, ""},
		{"GET", "/static/0/css/../../server.go", 404, ""},
		{"GET", "/static/0/none.css", 404, ""},
	}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			got := b.send(b.request(tt.method, tt.path, nil, admin))
			if got.StatusCode != tt.status {
				t.Errorf("got %d, want %d", got.StatusCode, tt.status)
			}
			if tt.code == "" {
				if !strings.Contains(got.body, "</html>") {
					t.Errorf("got %q, want a page", got.body)
				}
			} else if code := got.errorCode(t); code != tt.code {
				t.Errorf("got code %s, want %s", code, tt.code)
			}
		})
	}
}
