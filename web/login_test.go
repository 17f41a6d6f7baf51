package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

func credentials(name, password string) url.Values {
	return url.Values{"name": {name}, "password": {password}}
}

func TestSignIn(t *testing.T) {
	tests := []struct {
		name   string
		form   url.Values
		status int
		to     string
		audit  store.AuditEntry
	}{
		{"right", credentials("ada", goodPassword), 303, "/", store.AuditEntry{Actor: "ada", Action: store.AuditSignIn, Allowed: true}},
		{"name in other letters", credentials(" ADA ", goodPassword), 303, "/", store.AuditEntry{Actor: "ada", Action: store.AuditSignIn, Allowed: true}},
		{"wrong password", credentials("ada", goodPassword+"!"), 401, "", store.AuditEntry{Actor: "ada", Action: store.AuditSignIn}},
		{"empty password", credentials("ada", ""), 401, "", store.AuditEntry{Actor: "ada", Action: store.AuditSignIn}},
		{"unknown name", credentials("eve", goodPassword), 401, "", store.AuditEntry{Actor: "eve", Action: store.AuditSignIn}},
		{"disabled", credentials("old", goodPassword), 401, "", store.AuditEntry{Actor: "old", Action: store.AuditSignIn}},
		{"without a password of one's own", credentials("bot", ""), 401, "", store.AuditEntry{Actor: "bot", Action: store.AuditSignIn}},
		{"back to a page", with(credentials("ada", goodPassword), "next", "/voicemails/17?q=refund"), 303, "/voicemails/17?q=refund",
			store.AuditEntry{Actor: "ada", Action: store.AuditSignIn, Allowed: true}},
		{"not to another site", with(credentials("ada", goodPassword), "next", "//evil.example/"), 303, "/",
			store.AuditEntry{Actor: "ada", Action: store.AuditSignIn, Allowed: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			b.person("ada", store.RoleAdmin)
			b.add(store.User{Name: "old", Role: store.RoleAdmin, PasswordHash: b.hash, Disabled: true})
			b.add(store.User{Name: "bot", Role: store.RoleAdmin})
			got := b.post("/login", tt.form, nil)
			if got.StatusCode != tt.status || got.Header.Get("Location") != tt.to {
				t.Errorf("got %d to %q, want %d to %q", got.StatusCode, got.Header.Get("Location"), tt.status, tt.to)
			}
			if diff := cmp.Diff([]store.AuditEntry{tt.audit}, b.trail()); diff != "" {
				t.Errorf("audit (-want +got):\n%s", diff)
			}
			cookies := got.Cookies()
			if signedIn := tt.status == 303; signedIn != (len(cookies) == 1) {
				t.Fatalf("got cookies %v", cookies)
			} else if !signedIn {
				if !strings.Contains(got.body, "don’t belong together") {
					t.Error("the page does not say why")
				}
				return
			}
			if got := b.get("/api/v1/voicemails", cookies[0]); got.StatusCode != ok {
				t.Errorf("with the cookie: got %d", got.StatusCode)
			}
		})
	}
}

func with(v url.Values, name, value string) url.Values {
	v.Set(name, value)
	return v
}

func (b *bench) add(u store.User) store.User {
	b.t.Helper()
	u, err := b.store.CreateUser(b.t.Context(), u)
	if err != nil {
		b.t.Fatal(err)
	}
	return u
}

// Whether there is such a user can't be told by the work that is done.
func TestUnknownUserCostsTheSameWork(t *testing.T) {
	b := newBench(t)
	b.person("ada", store.RoleAdmin)
	b.add(store.User{Name: "old", Role: store.RoleAdmin, PasswordHash: b.hash, Disabled: true})
	b.add(store.User{Name: "bot", Role: store.RoleAdmin})
	for _, name := range []string{"ada", "eve", "old", "bot", ""} {
		var work []Hashing
		b.hasher.spent = func(h Hashing) { work = append(work, h) }
		b.post("/login", credentials(name, "wrong password"), nil)
		if diff := cmp.Diff([]Hashing{testHashing}, work); diff != "" {
			t.Errorf("%q: work (-want +got):\n%s", name, diff)
		}
	}
}

func TestCookie(t *testing.T) {
	for _, tt := range []struct{ public, name string }{
		{"http://127.0.0.1:8080", "afterbeep"},
		{"https://afterbeep.example", "__Host-afterbeep"},
	} {
		t.Run(tt.public, func(t *testing.T) {
			b := newBench(t, func(c *Config) { c.PublicURL = tt.public })
			b.person("ada", store.RoleAdmin)
			got := b.post("/login", credentials("ada", goodPassword), nil)
			c := got.Cookies()[0]
			secure := strings.HasPrefix(tt.public, "https")
			if c.Name != tt.name || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != secure || c.Path != "/" || c.MaxAge != 12*60*60 || len(c.Value) != 64 {
				t.Errorf("got %s", got.Header.Get("Set-Cookie"))
			}
			if hsts := got.Header.Get("Strict-Transport-Security") != ""; hsts != secure {
				t.Errorf("HSTS is %v, want %v", hsts, secure)
			}
			if _, err := b.store.LoginUser(t.Context(), c.Value); err == nil {
				t.Error("the store knows the cookie's own secret")
			}
		})
	}
}

// A cookie from before signing in is of no use afterwards, nor is one from
// before signing out.
func TestLoginIsRotatedAndEnded(t *testing.T) {
	b := newBench(t)
	before := b.person("ada", store.RoleAdmin)
	after := b.post("/login", credentials("ada", goodPassword), before).Cookies()[0]
	if after.Value == before.Value {
		t.Fatal("the secret stayed the same")
	}
	if got := b.get("/api/v1/voicemails", before); got.StatusCode != noLogin {
		t.Errorf("earlier cookie: got %d, want 401", got.StatusCode)
	}
	out := b.post("/logout", nil, after)
	if out.StatusCode != away || out.Cookies()[0].MaxAge >= 0 {
		t.Errorf("sign out: got %d with %v", out.StatusCode, out.Cookies())
	}
	if got := b.get("/api/v1/voicemails", after); got.StatusCode != noLogin {
		t.Errorf("after sign out: got %d, want 401", got.StatusCode)
	}
}

func TestThrottle(t *testing.T) {
	th := newThrottle()
	now := noon
	for i := range triesPerName {
		if wait := th.try("10.0.0.1", "ada", now); wait != 0 {
			t.Fatalf("try %d: wait %v", i, wait)
		}
	}
	if wait := th.try("10.0.0.1", "ada", now); wait <= 0 || wait > nextPerName {
		t.Errorf("one too many: wait %v, want up to %v", wait, nextPerName)
	}
	if wait := th.try("10.0.0.2", "ada", now); wait != 0 {
		t.Errorf("from elsewhere: wait %v, want none: nobody is kept out by others", wait)
	}
	if wait := th.try("10.0.0.1", "ada", now.Add(nextPerName)); wait != 0 {
		t.Errorf("after waiting: wait %v, want none", wait)
	}
	th.forget("10.0.0.1", "ada")
	if wait := th.try("10.0.0.1", "ada", now); wait != 0 {
		t.Errorf("after a right password: wait %v, want none", wait)
	}
	waited := time.Duration(0)
	for i := range 2 * triesPerAddress {
		waited = max(waited, th.try("10.0.0.3", strings.Repeat("x", i), now))
	}
	if waited <= 0 {
		t.Error("an address can go through all names")
	}
	for i := range maxBuckets + 10 {
		th.try(strings.Repeat("9", i%7)+string(rune('a'+i%20000)), "n", now)
	}
	if len(th.buckets) > maxBuckets+1 {
		t.Errorf("%d buckets, want at most %d", len(th.buckets), maxBuckets)
	}
}

func TestTooManyTries(t *testing.T) {
	b := newBench(t)
	b.person("ada", store.RoleAdmin)
	for range triesPerName {
		b.post("/login", credentials("ada", "wrong password"), nil)
	}
	work := 0
	b.hasher.spent = func(Hashing) { work++ }
	got := b.post("/login", credentials("ada", goodPassword), nil)
	if got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") != "6" || work != 0 {
		t.Errorf("got %d, Retry-After %q, work %d; want 429, 6, 0", got.StatusCode, got.Header.Get("Retry-After"), work)
	}
}

// However many sign in at once, only a few passwords are worked on.
func TestHasherIsBounded(t *testing.T) {
	h, err := newHasher(testHashing)
	if err != nil {
		t.Fatal(err)
	}
	for range hashSlots {
		if _, err := h.acquire(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.check(ctx, "", "x"); err == nil {
		t.Error("one more was let in")
	}
}

func TestPasswords(t *testing.T) {
	if _, err := HashPassword("123456789"); err != ErrShortPassword {
		t.Errorf("nine characters: got %v, want ErrShortPassword", err)
	}
	for name, odd := range map[string]string{"too long": strings.Repeat("x", maxPassword+1), "not UTF-8": "0123456789\xff"} {
		if _, err := HashPassword(odd); err != ErrOddPassword {
			t.Errorf("%s: got %v, want ErrOddPassword", name, err)
		}
	}
	hash, err := testHashing.hash("pässwörter")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("got %s, want a PHC string", hash)
	}
	tests := []struct {
		name, hash, password string
		want                 bool
	}{
		{"right", hash, "pässwörter", true},
		{"composed otherwise", hash, "pässwörter", true},
		{"wrong", hash, "passworter", false},
		{"no hash", "", "", false},
		{"other scheme", "$2a$10$abcdefghijklmnopqrstuv", "x", false},
		{"greedy", strings.Replace(hash, "m=64", "m=4000000", 1), "pässwörter", false},
		{"no passes", strings.Replace(hash, "t=1", "t=0", 1), "pässwörter", false},
		{"cut", hash[:len(hash)-30], "pässwörter", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := CheckPassword(tt.hash, tt.password); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func FuzzCheckPassword(f *testing.F) {
	hash, err := testHashing.hash(goodPassword)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(hash)
	f.Add("$argon2id$v=19$m=8,t=1,p=1$YWJj$YWJjZGVmZ2hpamtsbW5vcA")
	f.Fuzz(func(t *testing.T, hash string) {
		if p, err := parsePHC(hash); err == nil && (p.MemoryKiB > maxMemoryKiB || p.Passes > maxPasses) {
			t.Errorf("%s asks for too much and is taken", hash)
		}
	})
}

func TestTokens(t *testing.T) {
	b := newBench(t)
	u := b.add(store.User{Name: "script", Role: store.RoleAnalyst, AllBots: true})
	token, id, hash := NewToken()
	if !strings.HasPrefix(token, "ab_"+id+"_") || hash != HashSecret(token) {
		t.Errorf("got %s, %s, %s", token, id, hash)
	}
	if err := b.store.CreateToken(t.Context(), store.APIToken{ID: id, Hash: hash, UserID: u.ID, ExpiresAt: noon.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	cookie := b.person("ada", store.RoleAdmin)
	tests := []struct {
		name, header string
		cookie       *http.Cookie
		want         int
	}{
		{"right", "Bearer " + token, nil, ok},
		{"scheme in small letters", "bearer " + token, nil, ok},
		{"wrong", "Bearer " + token + "0", nil, noLogin},
		{"the hash itself", "Bearer " + hash, nil, noLogin},
		{"other scheme", "Basic " + token, nil, noLogin},
		{"a wrong token is not saved by a cookie", "Bearer x", cookie, noLogin},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := b.request("GET", "/api/v1/voicemails", nil, tt.cookie)
			r.Header.Set("Authorization", tt.header)
			if got := b.send(r); got.StatusCode != tt.want {
				t.Errorf("got %d, want %d", got.StatusCode, tt.want)
			}
		})
	}
	if err := b.store.RevokeToken(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	r := b.request("GET", "/api/v1/voicemails", nil, nil)
	r.Header.Set("Authorization", "Bearer "+token)
	if got := b.send(r); got.StatusCode != noLogin {
		t.Errorf("revoked: got %d, want 401", got.StatusCode)
	}
}

func TestSetup(t *testing.T) {
	key := NewSecret()
	b := newBench(t, func(c *Config) { c.SetupHash = HashSecret(key) })
	if got := b.get("/setup?key=guess", nil); got.StatusCode != missing {
		t.Errorf("guessed key: got %d, want 404", got.StatusCode)
	}
	if got := b.get("/login", nil); !strings.Contains(got.body, "Nobody can sign in yet") {
		t.Error("the sign-in page does not say that there are no users")
	}
	link, _ := strings.CutPrefix(SetupLink("http://x", key), "http://x")
	form := b.get(link, nil)
	if form.StatusCode != ok || len(all(form.doc(t), "input", "name=key", "value="+key)) != 1 {
		t.Fatalf("got %d: %s", form.StatusCode, form.body)
	}
	fields := credentials("Ada", goodPassword)
	if got := b.post("/setup", fields, nil); got.StatusCode != missing {
		t.Errorf("without the key: got %d, want 404", got.StatusCode)
	}
	for _, bad := range []url.Values{credentials("ada", "short"), credentials(" ", goodPassword), credentials(strings.Repeat("a", 101), goodPassword)} {
		if got := b.post("/setup", with(bad, "key", key), nil); got.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%v: got %d, want 422", bad, got.StatusCode)
		}
	}
	got := b.post("/setup", with(fields, "key", key), nil)
	if got.StatusCode != away || len(got.Cookies()) != 1 {
		t.Fatalf("got %d: %s", got.StatusCode, got.body)
	}
	if page := b.get("/status", got.Cookies()[0]); page.StatusCode != ok {
		t.Errorf("as the first administrator: got %d", page.StatusCode)
	}
	if again := b.get(link, nil); again.StatusCode != missing {
		t.Errorf("used link: got %d, want 404", again.StatusCode)
	}
	if again := b.post("/setup", with(credentials("eve", goodPassword), "key", key), nil); again.StatusCode != missing {
		t.Errorf("used form: got %d, want 404", again.StatusCode)
	}
}

// Who signs in while the database is away needn't type the name again.
func TestDoorsKeepTheName(t *testing.T) {
	key := NewSecret()
	b, f := newFlakyBench(t, func(c *Config) { c.SetupHash = HashSecret(key) })
	stale := b.person("ada", store.RoleAdmin)
	f.away.Store(true)
	f.audit = errors.New("connection refused")
	for _, cookie := range []*http.Cookie{nil, stale} {
		for path, fields := range map[string]url.Values{"/login": with(credentials("Ada", goodPassword), "next", "/status"), "/setup": with(credentials("Ada", goodPassword), "key", key)} {
			if path == "/setup" && cookie == nil {
				continue // there is somebody already, which it sees
			}
			got := b.post(path, fields, cookie)
			form := all(got.doc(t), "form", "action="+path)
			if got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" || len(form) != 1 {
				t.Fatalf("%s: got %d %s", path, got.StatusCode, got.body)
			}
			if name := attr(all(form[0], "input", "name=name")[0], "value"); name != "Ada" {
				t.Errorf("%s: the name is %q", path, name)
			}
			if problem := text(all(got.doc(t), "p", "role=alert")...); !strings.Contains(problem, "database") && !strings.Contains(problem, "written down") {
				t.Errorf("%s says %q", path, problem)
			}
			if strings.Contains(got.body, goodPassword) || len(got.Cookies()) > 0 {
				t.Errorf("%s: got %v\n%s", path, got.Cookies(), got.body)
			}
		}
	}
}

func TestCrossOrigin(t *testing.T) {
	tests := []struct {
		name, public string
		header       map[string]string
		want         int
	}{
		{"same origin", "http://127.0.0.1:8080", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8080"}, away},
		{"another site", "http://127.0.0.1:8080", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, noRight},
		{"a neighbour", "http://127.0.0.1:8080", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:9090"}, noRight},
		{"an older browser, another site", "http://127.0.0.1:8080", map[string]string{"Origin": "https://evil.example"}, noRight},
		{"behind a proxy that changes the host", "https://afterbeep.example", map[string]string{"Origin": "https://afterbeep.example"}, away},
		{"no browser", "http://127.0.0.1:8080", nil, away},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			room := running("st-a")
			b := newBench(t, func(c *Config) { c.PublicURL, c.Ingest = tt.public, room })
			r := b.request("POST", "/ingest/run", nil, b.person("ada", store.RoleAdmin))
			for name, value := range tt.header {
				r.Header.Set(name, value)
			}
			got := b.send(r)
			if got.StatusCode != tt.want || (room.ran == 1) != (tt.want == away) {
				t.Errorf("got %d and %d passes, want %d", got.StatusCode, room.ran, tt.want)
			}
		})
	}
}

func TestOwnPath(t *testing.T) {
	tests := map[string]string{
		"":                                "/",
		"/":                               "/",
		"/?q=a+b&sort=newest":             "/?q=a+b&sort=newest",
		"/voicemails/17?t=12":             "/voicemails/17?t=12",
		"/status":                         "/status",
		"/ledger/gaps?day=2025-02-11":     "/ledger/gaps?day=2025-02-11",
		"/sessions/a%2Fb?bot=st-a":        "/sessions/a%2Fb?bot=st-a",
		"/bots":                           "/bots",
		"/hooks/kore/st-a":                "/",
		"//evil.example/":                 "/",
		"/\\evil.example":                 "/",
		"\\\\evil.example":                "/",
		"https://evil.example/status":     "/",
		"https:/status":                   "/",
		"javascript:alert(1)":             "/",
		"/voicemails/..//evil.example":    "/",
		"/voicemails/%2e%2e/%2e%2e/login": "/",
		"/%09/evil.example":               "/",
		"/\t/evil.example":                "/",
		"/login?next=/login":              "/",
		"/logout":                         "/",
		"/api/v1/voicemails":              "/",
		"status":                          "/",
		"/?q=%zz":                         "/",
	}
	for next, want := range tests {
		if got := ownPath(next); got != want {
			t.Errorf("%q: got %q, want %q", next, got, want)
		}
	}
}

func FuzzOwnPath(f *testing.F) {
	for _, seed := range []string{"/", "//evil", "/voicemails/1?x=//", "/\\e", "/voicemails/%2F%2Fevil"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, next string) {
		got := ownPath(next)
		u, err := url.Parse(got)
		if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t") {
			t.Errorf("%q leads to %q", next, got)
		}
	})
}

// A page that a stranger asked for is where signing in leads.
func TestStrangerComesBack(t *testing.T) {
	b := newBench(t)
	tests := []struct{ path, want string }{
		{"/", "/login"},
		{"/?q=refund", "/login?next=%2F%3Fq%3Drefund"},
		{"/voicemails/17?q=a", "/login?next=%2Fvoicemails%2F17%3Fq%3Da"},
		{"/?q=" + strings.Repeat("a", 3000), "/login"},
	}
	for _, tt := range tests {
		got := b.get(tt.path, nil)
		if got.StatusCode != away || got.Header.Get("Location") != tt.want {
			t.Errorf("%.40s: got %d to %q, want %q", tt.path, got.StatusCode, got.Header.Get("Location"), tt.want)
		}
	}
}
