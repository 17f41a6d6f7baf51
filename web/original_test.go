package web

import (
	"net/http"
	"testing"
	"time"

	"afterbeep/store"
)

// A download is what the upstream made, under a name that tells what it is.
func TestDownloadIsTheOriginal(t *testing.T) {
	p := &tape{}
	b := newBench(t, func(c *Config) { c.Player, c.Originals = p, p })
	id := b.archive(message{bot: "st-a", session: "s1", recordings: wav()})[0]
	admin := b.person("ada", store.RoleAdmin)
	got := b.get(recordingPath(id, 0)+"?download=1", admin)
	if got.body != "fLaCoriginal" || got.Header.Get("Content-Type") != "audio/flac" || got.Header.Get("Content-Disposition") != "attachment; filename=voicemail.flac" || got.Header.Get("ETag") != `"original"` {
		t.Errorf("download: got %q %v", got.body, got.Header)
	}
	if got := b.get(recordingPath(id, 0), admin); got.body != tone {
		t.Errorf("play: got %q", got.body)
	}
}

// What is archived may be played again for as long as it is one listen; what is
// not, for a moment.
func TestRecordingCaching(t *testing.T) {
	p := &tape{}
	b := newBench(t, func(c *Config) { c.Player = p })
	id := b.archive(message{bot: "st-a", session: "s1", recordings: wav()})[0]
	admin := b.person("ada", store.RoleAdmin)
	for _, tt := range []struct {
		kept bool
		want string
	}{{false, "private, max-age=60"}, {true, "private, max-age=600"}} {
		p.kept = tt.kept
		h := b.get(recordingPath(id, 0), admin).Header
		if h.Get("Cache-Control") != tt.want || h.Get("Vary") != "Cookie, Authorization" {
			t.Errorf("kept %v: got %v", tt.kept, h)
		}
	}
	for _, tt := range []struct {
		tag    string
		status int
		body   string
	}{{`"tone"`, http.StatusPartialContent, "tone"}, {`"before"`, ok, tone}} {
		r := b.request("GET", recordingPath(id, 0), nil, admin)
		r.Header.Set("Range", "bytes=4-7")
		r.Header.Set("If-Range", tt.tag)
		if got := b.send(r); got.StatusCode != tt.status || got.body != tt.body {
			t.Errorf("If-Range %s: got %d %q", tt.tag, got.StatusCode, got.body)
		}
	}
}

// How an archived original is can be told without opening it.
func TestHeadOfArchivedOriginal(t *testing.T) {
	p := &tape{}
	b := newBench(t, func(c *Config) { c.Player, c.Originals = p, p })
	id := b.archive(message{bot: "st-a", session: "s1", recordings: wav()})[0]
	admin := b.person("ada", store.RoleAdmin)
	head := func(header ...string) answer {
		r := b.request("HEAD", recordingPath(id, 0)+"?download=1", nil, admin)
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return b.send(r)
	}
	if got := head(); got.StatusCode != ok || p.opened != 1 {
		t.Errorf("before: got %d, opened %d times", got.StatusCode, p.opened)
	}
	b.keep(id, 0, store.Kept{Digest: digest, Bytes: 198444, Type: "audio/flac", Duration: time.Second})
	got := head()
	for name, want := range map[string]string{"Content-Length": "198444", "Content-Type": "audio/flac", "ETag": `"` + digest + `"`, "Accept-Ranges": "bytes",
		"Cache-Control": "private, max-age=600", "Content-Disposition": "attachment; filename=voicemail.flac", "Last-Modified": noon.Format(http.TimeFormat)} {
		if got.Header.Get(name) != want {
			t.Errorf("%s: got %q, want %q", name, got.Header.Get(name), want)
		}
	}
	if got.StatusCode != ok || p.opened != 1 {
		t.Errorf("got %d, opened %d times", got.StatusCode, p.opened)
	}
	tag := `"` + digest + `"`
	for _, tt := range []struct {
		name, value string
		want        int
	}{{"If-None-Match", tag, 304}, {"If-None-Match", "*", 304}, {"If-None-Match", `"x", W/` + tag, 304}, {"If-None-Match", `"x"`, ok}, {"If-Match", tag, ok}, {"If-Match", `"x"`, 412},
		{"If-Modified-Since", noon.Format(http.TimeFormat), 304}, {"If-Unmodified-Since", noon.Add(-time.Hour).Format(http.TimeFormat), 412}} {
		got := head(tt.name, tt.value)
		if got.StatusCode != tt.want || p.opened != 1 || (got.Header.Get("Content-Length") == "198444") != (tt.want == ok) {
			t.Errorf("%s: %s: got %d, opened %d times, %v", tt.name, tt.value, got.StatusCode, p.opened, got.Header)
		}
	}
	if head("Range", "bytes=0-3"); p.opened != 2 {
		t.Errorf("a range: opened %d times", p.opened)
	}
}

func TestExtensions(t *testing.T) {
	tests := []struct{ name, kind, want string }{
		{"a.wav", "audio/wav", "a.wav"},
		{"a.WAV", "audio/wav", "a.WAV"},
		{"a.wav", "audio/flac", "a.flac"},
		{"a.wav", "audio/mpeg", "a.mp3"},
		{"a.wav", "audio/ogg", "a.ogg"},
		{"a", "audio/ogg", "a.ogg"},
		{"a.2025.02", "audio/wav", "a.2025.02.wav"},
		{"a.wav", "application/octet-stream", "a.wav"},
		{"a", "", "a"},
	}
	for _, tt := range tests {
		if got := withExtension(tt.name, tt.kind); got != tt.want {
			t.Errorf("%s of %s: got %s, want %s", tt.name, tt.kind, got, tt.want)
		}
	}
}
