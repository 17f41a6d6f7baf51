package web

import (
	"net/http"
	"net/url"
	"testing"

	"afterbeep/store"
)

func TestTheme(t *testing.T) {
	tests := []struct {
		name, chosen string
		set          store.Theme
		want         string // data-theme of the page; "" is none
		scheme       string
	}{
		{"nothing was chosen", "none", "", "", "light dark"},
		{"set by the person", "none", "dark", "dark", "dark"},
		{"dark in this browser", "dark", "", "dark", "dark"},
		{"light in this browser, dark set by the person", "light", "dark", "light", "light"},
		{"as the system in this browser, dark set by the person", "", "dark", "", "light dark"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			cookie := b.person("ada", store.RoleAgent)
			if tt.set != "" {
				u, err := b.store.User(t.Context(), "ada")
				if err != nil {
					t.Fatal(err)
				}
				u.Settings.Theme = tt.set
				if err := b.store.SaveSettings(t.Context(), u.ID, u.Settings); err != nil {
					t.Fatal(err)
				}
			}
			r := b.request(http.MethodGet, "/help/search", nil, cookie)
			if tt.chosen != "none" {
				post := b.post("/theme", url.Values{"theme": {tt.chosen}}, cookie)
				if post.StatusCode != away || len(post.Cookies()) != 1 {
					t.Fatalf("choosing: got %d %v", post.StatusCode, post.Cookies())
				}
				r.AddCookie(post.Cookies()[0])
			}
			doc := b.send(r).doc(t)
			if got := attr(all(doc, "html")[0], "data-theme"); got != tt.want {
				t.Errorf("got theme %q, want %q", got, tt.want)
			}
			if got := attr(all(doc, "meta", "name=color-scheme")[0], "content"); got != tt.scheme {
				t.Errorf("got scheme %q, want %q", got, tt.scheme)
			}
		})
	}
	b := newBench(t)
	if got := b.post("/theme", url.Values{"theme": {"pink"}}, nil); got.StatusCode != unread {
		t.Errorf("an unknown theme: got %d", got.StatusCode)
	}
}

// The form leads back to the page that it is on.
func TestThemeLeadsBack(t *testing.T) {
	b := newBench(t)
	for referer, want := range map[string]string{
		"http://127.0.0.1:8080/?q=refund":          "/?q=refund",
		"http://127.0.0.1:8080/help/components":    "/help/components",
		"http://elsewhere.example/help/search":     "/",
		"http://127.0.0.1:8080//elsewhere.example": "/",
		"":    "/",
		"%zz": "/",
	} {
		r := b.request(http.MethodPost, "/theme", nil, nil)
		r.Header.Set("Referer", referer)
		if got := b.send(r).Header.Get("Location"); got != want {
			t.Errorf("from %q: got %q, want %q", referer, got, want)
		}
	}
}

func TestNavigationShowsWhatOneMayTake(t *testing.T) {
	b := newBench(t)
	for _, tt := range []struct {
		role  store.Role
		admin bool
	}{{store.RoleAgent, false}, {store.RoleAnalyst, false}, {store.RoleAdmin, true}} {
		doc := b.get("/help/components", b.person("ada-"+string(tt.role), tt.role)).doc(t)
		if got := len(all(doc, "nav", "aria-label=Administration")) == 1; got != tt.admin {
			t.Errorf("%s: administration is shown: %v, want %v", tt.role, got, tt.admin)
		}
		for _, a := range all(all(doc, "header")[0], "a") {
			path := attr(a, "href")
			if r := b.byPattern["GET "+path]; r == nil || !may(tt.role, r.right) {
				t.Errorf("%s: the navigation leads to %s", tt.role, path)
			}
		}
	}
}
