package koresim

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// links returns the file links of a session.
func (f *fixture) links(session string) []string {
	f.t.Helper()
	var out []string
	for _, x := range decode(f.t, f.voicemail(session))[string(f.quirks.Recording)].([]any) {
		out = append(out, x.(map[string]any)["fileUrl"].(string))
	}
	return out
}

func TestLinksLookLikeTheSamples(t *testing.T) {
	f := start(t, Config{Voicemails: 30, Other: -1, Quirks: documented(nil)})
	want := regexp.MustCompile(`^http://127\.0\.0\.1:\d+/api/getMediaStream/smartassistrecording/[A-Z]+/o-[0-9a-f-]{36}/st-[0-9a-f-]{36}` +
		`/\d{4}/\d\d-\d\d-\d{4}/f-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}\.wav\?e=\d{10}&n=\d{10}&s=[A-Za-z0-9]{62}\$\$$`)
	for _, v := range f.Voicemails() {
		for _, link := range f.links(v.SessionID) {
			if !want.MatchString(link) {
				t.Fatalf("got %s", link)
			}
			if day := v.Start.Format("/2006/02-01-2006/"); !strings.Contains(link, day) {
				t.Errorf("got %s, want %s in it", link, day)
			}
		}
	}
}

func TestLinksHoldAndEnd(t *testing.T) {
	for _, tc := range []struct {
		name   string
		later  time.Duration
		edit   func(string) string
		revoke bool
		want   int
	}{
		{name: "as printed", want: 200},
		{name: "just before its end", later: 10*time.Minute - time.Second, want: 200},
		{name: "at its end", later: 10 * time.Minute, want: 403},
		{name: "revoked", revoke: true, want: 403},
		{name: "signature re-encoded", edit: func(s string) string { return strings.ReplaceAll(s, "$", "%24") }, want: 403},
		{name: "query parsed and written again", edit: func(s string) string {
			u, err := url.Parse(s)
			if err != nil {
				t.Fatal(err)
			}
			u.RawQuery = u.Query().Encode()
			return u.String()
		}, want: 403},
		{name: "padding as equals signs", edit: func(s string) string { return strings.ReplaceAll(s, "$", "=") }, want: 403},
		{name: "later expiry", edit: func(s string) string { return regexp.MustCompile(`e=\d+`).ReplaceAllString(s, "e=9999999999") }, want: 403},
		{name: "other nonce", edit: func(s string) string { return regexp.MustCompile(`n=\d+`).ReplaceAllString(s, "n=1234567890") }, want: 403},
		{name: "other file", edit: func(s string) string { return strings.Replace(s, ".wav", ".mp3", 1) }, want: 403},
		{name: "one letter of the path", edit: func(s string) string { return strings.Replace(s, "/o-", "/p-", 1) }, want: 403},
		{name: "no query", edit: func(s string) string { return s[:strings.IndexByte(s, '?')] }, want: 403},
		{name: "something added", edit: func(s string) string { return s + "&x=1" }, want: 403},
		{name: "another order", edit: func(s string) string {
			return regexp.MustCompile(`(e=\d+)&(n=\d+)`).ReplaceAllString(s, "$2&$1")
		}, want: 403},
	} {
		t.Run(tc.name, func(t *testing.T) {
			now := at
			f := start(t, Config{Voicemails: 3, Other: -1, LinkLifetime: 10 * time.Minute, Quirks: documented(nil), Now: func() time.Time { return now }})
			link := f.links(f.Voicemails()[0].SessionID)[0]
			if tc.edit != nil {
				link = tc.edit(link)
			}
			if tc.revoke {
				f.RevokeLinks()
			}
			now = now.Add(tc.later)
			if a := f.must("GET", link, nil, nil); a.status != tc.want {
				t.Errorf("got status %d, want %d", a.status, tc.want)
			}
			if got := f.Stats().LinksRefused; (got == 1) != (tc.want == 403) {
				t.Errorf("links refused: got %d", got)
			}
		})
	}
}

func TestLinkAccessesAreCounted(t *testing.T) {
	f := start(t, Config{Voicemails: 3, Other: -1, LinkAccesses: 2, Quirks: documented(nil)})
	link := f.links(f.Voicemails()[0].SessionID)[0]
	for i, want := range []int{200, 200, 403} {
		if a := f.must("GET", link, nil, nil); a.status != want {
			t.Errorf("access %d: got status %d, want %d", i+1, a.status, want)
		}
	}
}

func TestLinksOutliveARestart(t *testing.T) {
	cfg := Config{Voicemails: 3, Other: -1, Quirks: documented(nil)}
	f := start(t, cfg)
	link := f.links(f.Voicemails()[0].SessionID)[0]
	want := f.must("GET", link, nil, nil).body
	again := start(t, cfg)
	a := again.must("GET", strings.Replace(link, f.media.URL, again.media.URL, 1), nil, nil)
	if a.status != 200 || !bytes.Equal(a.body, want) {
		t.Errorf("got status %d, %d bytes, want 200, %d", a.status, len(a.body), len(want))
	}
}

func TestCredentialsAtTheMediaHostAreTold(t *testing.T) {
	f := start(t, Config{Voicemails: 3, Other: -1, Quirks: documented(nil)})
	link := f.links(f.Voicemails()[0].SessionID)[0]
	for i, h := range []string{"auth", "Authorization", "Cookie", "accountId"} {
		if a := f.must("GET", link, map[string]string{h: "x"}, nil); a.status != 400 {
			t.Errorf("%s: got status %d, want 400", h, a.status)
		}
		if got := f.Stats().AuthLeaks; got != i+1 {
			t.Errorf("%s: leaks: got %d, want %d", h, got, i+1)
		}
	}
}

func TestRangesAndHead(t *testing.T) {
	f := start(t, Config{Voicemails: 3, Other: -1, Quirks: documented(nil)})
	link := f.links(f.Voicemails()[0].SessionID)[0]
	whole := f.must("GET", link, nil, nil)
	part := f.must("GET", link, map[string]string{"Range": "bytes=100-199"}, nil)
	if part.status != 206 || !bytes.Equal(part.body, whole.body[100:200]) {
		t.Errorf("range: got status %d, %d bytes", part.status, len(part.body))
	}
	head := f.must("HEAD", link, nil, nil)
	if head.status != 200 || head.header.Get("Content-Length") != whole.header.Get("Content-Length") || len(head.body) != 0 {
		t.Errorf("head: got status %d, length %q", head.status, head.header.Get("Content-Length"))
	}
	if got := whole.header.Get("Content-Type"); got != "audio/wav" {
		t.Errorf("type: got %q", got)
	}

	f = start(t, Config{Voicemails: 3, Other: -1, Quirks: documented(func(q *Quirks) { q.NoRange, q.MediaType = true, "application/octet-stream" })})
	link = f.links(f.Voicemails()[0].SessionID)[0]
	part = f.must("GET", link, map[string]string{"Range": "bytes=100-199"}, nil)
	if part.status != 200 || !bytes.Equal(part.body, whole.body) || part.header.Get("Accept-Ranges") != "" {
		t.Errorf("without ranges: got status %d, %d bytes", part.status, len(part.body))
	}
	if head := f.must("HEAD", link, nil, nil); head.status != http.StatusMethodNotAllowed {
		t.Errorf("head without ranges: got status %d, want 405", head.status)
	}
}

func TestSetMediaURLIsChecked(t *testing.T) {
	s, err := New(Config{Voicemails: 1, Other: -1})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "localhost:1", "http://", "http://x/path", "::"} {
		if s.SetMediaURL(bad) == nil {
			t.Errorf("%q: taken", bad)
		}
	}
	if err := s.SetMediaURL("https://media.example/"); err != nil {
		t.Error(err)
	}
}

// FuzzMedia sends anything as path and query of a media link: never a panic,
// never a file.
func FuzzMedia(f *testing.F) {
	s, err := New(Config{Voicemails: 2, Other: -1, Quirks: documented(nil), Now: at.UTC})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(mediaPath+"o/b/2025/01-01-2025/f-00000000-0000-5000-8000-000000000000.wav", "e=1&n=1234567890&s=abc$$")
	f.Add("/", "")
	f.Fuzz(func(t *testing.T, path, query string) {
		if x, _ := s.open(path, query, at); x != nil {
			t.Errorf("%q %q: opens a file", path, query)
		}
		if id, _, ok := s.fileOf(path); ok && len(id) != 24 {
			t.Errorf("%q: session %q", path, id)
		}
	})
}
