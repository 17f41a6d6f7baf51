package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

const tone = "RIFFtone-and-beep"

func TestRecordingRanges(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Player = &tape{} })
	id := b.archive(message{bot: "st-a", session: "s1", recordings: wav()})[0]
	admin := b.person("ada", store.RoleAdmin)
	tests := []struct {
		name, method string
		header       map[string]string
		status       int
		body         string
		says         map[string]string
	}{
		{"whole", "GET", nil, 200, tone, map[string]string{"Content-Type": "audio/wav", "Accept-Ranges": "bytes", "Cache-Control": "private, max-age=60", "ETag": `"tone"`,
			"Content-Disposition": "inline; filename=voicemail.wav", "Content-Length": "17"}},
		{"head", "HEAD", nil, 200, "", map[string]string{"Content-Length": "17", "Content-Type": "audio/wav"}},
		{"from the start", "GET", map[string]string{"Range": "bytes=0-"}, 206, tone, map[string]string{"Content-Range": "bytes 0-16/17"}},
		{"middle", "GET", map[string]string{"Range": "bytes=4-7"}, 206, "tone", map[string]string{"Content-Range": "bytes 4-7/17"}},
		{"end", "GET", map[string]string{"Range": "bytes=-4"}, 206, "beep", nil},
		{"past the end", "GET", map[string]string{"Range": "bytes=99-"}, 416, "", map[string]string{"Content-Range": "bytes */17"}},
		{"backwards", "GET", map[string]string{"Range": "bytes=5-3"}, 200, tone, map[string]string{"Content-Length": "17"}},
		{"another unit", "GET", map[string]string{"Range": "items=0-1"}, 200, tone, map[string]string{"Content-Range": ""}},
		{"nonsense", "GET", map[string]string{"Range": "bytes=x"}, 200, tone, nil},
		{"one of two backwards", "GET", map[string]string{"Range": "bytes=0-1,5-3"}, 200, tone, nil},
		{"no range at all", "GET", map[string]string{"Range": "bytes="}, 200, tone, nil},
		{"the unit in capitals", "GET", map[string]string{"Range": "BYTES=4-7"}, 206, "tone", nil},
		{"with blanks", "GET", map[string]string{"Range": "bytes=4-7 , 99-"}, 206, "tone", nil},
		{"beyond all numbers", "GET", map[string]string{"Range": "bytes=99999999999999999999-"}, 416, "", map[string]string{"Content-Range": "bytes */17"}},
		{"to beyond all numbers", "GET", map[string]string{"Range": "bytes=4-99999999999999999999"}, 206, tone[4:], nil},
		{"the last none", "GET", map[string]string{"Range": "bytes=-0"}, 416, "", map[string]string{"Content-Range": "bytes */17"}},
		{"past the end, of something else", "GET", map[string]string{"Range": "bytes=99-", "If-Range": `"other"`}, 200, tone, nil},
		{"past the end, unchanged", "GET", map[string]string{"Range": "bytes=99-", "If-None-Match": `"tone"`}, 304, "", nil},
		{"changed", "GET", map[string]string{"If-Match": `"other"`}, 412, "", nil},
		{"unchanged", "GET", map[string]string{"If-None-Match": `"tone"`}, 304, "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := b.request(tt.method, recordingPath(id, 0), nil, admin)
			for name, value := range tt.header {
				r.Header.Set(name, value)
			}
			got := b.send(r)
			if got.StatusCode != tt.status || tt.status < 300 && got.body != tt.body {
				t.Errorf("got %d %q, want %d %q", got.StatusCode, got.body, tt.status, tt.body)
			}
			for name, value := range tt.says {
				if got.Header.Get(name) != value {
					t.Errorf("%s: got %q, want %q", name, got.Header.Get(name), value)
				}
			}
		})
	}
	for _, accept := range []string{"text/html", "*/*"} {
		r := b.request("GET", recordingPath(id, 0), nil, admin)
		r.Header.Set("Range", "bytes=99-")
		r.Header.Set("Accept", accept)
		got := b.send(r)
		if got.StatusCode != 416 || !strings.Contains(got.body, "17 bytes") || strings.Contains(got.body, "</html>") != (accept == "text/html") || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("past the end, for %s: got %d %v %s", accept, got.StatusCode, got.Header, got.body)
		}
	}
	if got := b.get(recordingPath(id, 0)+"?download=1", admin).Header.Get("Content-Disposition"); got != "attachment; filename=voicemail.wav" {
		t.Errorf("download: got %q", got)
	}
}

func TestRecordingUnavailable(t *testing.T) {
	p := &tape{}
	b := newBench(t, func(c *Config) { c.Player = p })
	id := b.archive(message{bot: "st-a", session: "s1", recordings: wav()})[0]
	admin := b.person("ada", store.RoleAdmin)
	tests := []struct {
		name   string
		err    error
		path   string
		status int
		code   string
		retry  string
	}{
		{"to come", &Unavailable{Status: 409, Words: "Come back in ten minutes.", RetryAfter: 10 * time.Minute, Err: errors.New("inner")}, recordingPath(id, 0), 409, codeConflict, "600"},
		{"never", fmt.Errorf("play: %w", &Unavailable{Status: 404, Words: "There is none."}), recordingPath(id, 0), 404, codeNotFound, ""},
		{"media host down", &Unavailable{Status: 502, Words: "The contact centre does not answer."}, recordingPath(id, 0), 502, codeUnavailable, ""},
		{"out of budget", &Unavailable{Status: 503, Words: "Too many requests.", RetryAfter: 1500 * time.Millisecond}, recordingPath(id, 0), 503, codeUnavailable, "2"},
		{"something else", errors.New("inner"), recordingPath(id, 0), 500, codeInternal, ""},
		{"no such recording", nil, recordingPath(id, 7), 404, codeNotFound, ""},
		{"no number", nil, voicemailPath(id) + "/recordings/x", 404, codeNotFound, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p.err = tt.err
			page := b.get(tt.path, admin)
			if page.StatusCode != tt.status || page.Header.Get("Retry-After") != tt.retry || !strings.Contains(page.body, "</html>") || strings.Contains(page.body, "inner") {
				t.Errorf("page: got %d, Retry-After %q: %s", page.StatusCode, page.Header.Get("Retry-After"), page.body)
			}
			r := b.request("GET", tt.path, nil, admin)
			r.Header.Set("Accept", "*/*")
			got := b.send(r)
			if code := got.errorCode(t); got.StatusCode != tt.status || code != tt.code {
				t.Errorf("JSON: got %d %s, want %d %s", got.StatusCode, code, tt.status, tt.code)
			}
			if u, ok := errors.AsType[*Unavailable](tt.err); ok && !strings.Contains(got.body, u.Words) {
				t.Errorf("got %s, want the words %q", got.body, u.Words)
			}
		})
	}
}

func TestRecordingWithoutPlayer(t *testing.T) {
	b := newBench(t)
	id := b.archive(message{bot: "st-a", session: "s1", recordings: wav()})[0]
	got := b.get(recordingPath(id, 0), b.person("ada", store.RoleAdmin))
	if got.StatusCode != http.StatusConflict || !strings.Contains(got.body, "Its bot is not connected") {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
}

// Content whose length can't be told broke off on its way.
func TestRecordingBreaksOff(t *testing.T) {
	p := &tape{length: fmt.Errorf("read: %w", &Unavailable{Status: 502, Words: "It broke off."})}
	b := newBench(t, func(c *Config) { c.Player = p })
	id := b.archive(message{bot: "st-a", session: "s1", recordings: wav()})[0]
	got := b.get(recordingPath(id, 0), b.person("ada", store.RoleAdmin))
	if got.StatusCode != http.StatusBadGateway || !strings.Contains(got.body, "It broke off.") || got.Header.Get("Content-Disposition") != "" {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
}

// A player may take longer than other answers, and then say why not.
func TestRecordingTakesItsTime(t *testing.T) {
	b := newBench(t, func(c *Config) {
		c.Player = &tape{err: &Unavailable{Status: 502, Words: "The contact centre does not answer."}}
	})
	id := b.archive(message{bot: "st-a", session: "s1", recordings: wav()})[0]
	late := func(s *http.Server) { s.WriteTimeout = time.Nanosecond }
	if got := b.served(recordingPath(id, 0), b.person("ada", store.RoleAdmin), late); got.StatusCode != http.StatusBadGateway {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
}

// The log says what the words leave out.
func TestUnavailableTellsItsCause(t *testing.T) {
	err := &Unavailable{Status: 502, Words: "Try again.", Err: errors.New("status 500")}
	if got := err.Error(); !strings.Contains(got, "status 500") {
		t.Errorf("got %q", got)
	}
}

// What is no audio is never shown as a page.
func TestRecordingTypeIsSafe(t *testing.T) {
	p := &tape{kind: "text/html"}
	b := newBench(t, func(c *Config) { c.Player = p })
	id := b.archive(message{bot: "st-a", session: "s1", recordings: wav()})[0]
	got := b.get(recordingPath(id, 0), b.person("ada", store.RoleAdmin))
	if kind := got.Header.Get("Content-Type"); kind != "application/octet-stream" {
		t.Errorf("got %q", kind)
	}
}

func TestFileNames(t *testing.T) {
	tests := []struct{ name, kind, want string }{
		{"voicemail_1.wav", "audio/wav", "inline; filename=voicemail_1.wav"},
		{"", "audio/mpeg", "inline; filename=recording-3.mp3"},
		{"../../etc/passwd", "", "inline; filename=_.._etc_passwd"},
		{"a\r\nb\"c;d.wav", "audio/wav", "inline; filename=a__b_c_d.wav"},
		{"grüße.wav", "audio/wav", "inline; filename*=utf-8''gr%C3%BC%C3%9Fe.wav"},
	}
	for _, tt := range tests {
		if got := disposition(false, store.Recording{N: 3, FileName: tt.name}, tt.kind); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// served asks over a real connection.
func (b *bench) served(path string, cookie *http.Cookie, change ...func(*http.Server)) answer {
	b.t.Helper()
	srv := httptest.NewUnstartedServer(nil)
	srv.Config = b.HTTPServer()
	for _, c := range change {
		c(srv.Config)
	}
	srv.Start()
	b.t.Cleanup(srv.Close)
	r, err := http.NewRequestWithContext(b.t.Context(), "GET", srv.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	r.AddCookie(cookie)
	res, err := srv.Client().Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{Response: res, body: string(body)}
}

// Over a real connection, deadlines and all.
func TestRecordingOverHTTP(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Player = &tape{} })
	id := b.archive(message{bot: "st-a", session: "s1", recordings: wav()})[0]
	if got := b.served(recordingPath(id, 0), b.person("ada", store.RoleAdmin)); got.StatusCode != ok || got.body != tone {
		t.Errorf("got %d %q", got.StatusCode, got.body)
	}
}
