package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"afterbeep/ingest/kore/koresim"
)

// TestPlaysFromTheArchive keeps all audio at first sight, on disk and on S3, and
// plays it when the upstream is gone, after a crash.
func TestPlaysFromTheArchive(t *testing.T) {
	t.Parallel()
	for name, keep := range map[string]func(t *testing.T, in *installation){
		"disk": func(*testing.T, *installation) {},
		"s3": func(t *testing.T, in *installation) {
			bucket := s3mem.New()
			if err := bucket.CreateBucket("voicemails"); err != nil {
				t.Fatal(err)
			}
			s3 := httptest.NewServer(gofakes3.New(bucket).Server())
			t.Cleanup(s3.Close)
			in.env["ARCHIVE"] = "s3://voicemails/audio"
			in.env["S3_ENDPOINT"], in.env["S3_REGION"] = s3.URL, "here"
			in.env["S3_ACCESS_KEY_ID"], in.env["S3_SECRET_ACCESS_KEY"] = "key", "secret"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := install(t)
			plain := koresim.Documented()
			upstream := in.connect(koresim.Config{
				Quirks: &plain, Seed: 8, Voicemails: 10, Other: -1, Until: lately(), Span: 24 * time.Hour, MediaFormat: koresim.FormatMulaw,
			})
			keep(t, in)
			server := in.serve()
			token := in.token("ada", "admin")
			server.awaitTotal(token, 10)
			server.await("all audio is kept", func() (bool, string) {
				a, err := server.search(token, url.Values{})
				have, kept := 0, 0
				for _, h := range a.Hits {
					for _, r := range h.Recordings {
						have++
						if r.Archived {
							kept++
						}
					}
				}
				return have > 0 && have == kept, fmt.Sprintf("%d of %d, error %v", kept, have, err)
			})
			if n := upstream.Sim.Stats().Requests[koresim.KindVoicemail]; n > 20 {
				t.Errorf("%d requests for 10 voicemails: keeping audio at first sight costs none", n)
			}
			server.kill()
			upstream.Close()

			server = in.serve()
			server.awaitTotal(token, 10) // the index may have lost what it had not written
			a, err := server.search(token, url.Values{})
			if err != nil || len(a.Hits) == 0 {
				t.Fatal(err)
			}
			for _, h := range a.Hits {
				for _, r := range h.Recordings {
					server.hear(r.URL, token)
				}
			}
		})
	}
}

// TestVerify damages one archived file as a disk does, behind the back of the
// server that has checked it, and loses another: both come back.
func TestVerify(t *testing.T) {
	t.Parallel()
	l := listen(t, spoken[:3], nil)
	files, err := filepath.Glob(filepath.Join(l.in.dir, "audio", "??", "*"))
	if err != nil || len(files) != 3 {
		t.Fatalf("archived are %q, %v", files, err)
	}
	verify := func() (int, string) {
		code, stdout, stderr := l.in.run("", "verify")
		return code, stdout + stderr
	}
	if code, printed := verify(); code != 0 || !strings.Contains(printed, "3 recordings verified") {
		t.Fatalf("status %d: %s", code, printed)
	}
	rot(t, files[0])
	if err := os.Remove(files[1]); err != nil {
		t.Fatal(err)
	}
	code, printed := verify()
	if code != 1 || strings.Count(printed, ": damaged\n") != 1 || strings.Count(printed, ": missing\n") != 1 {
		t.Errorf("status %d: %s", code, printed)
	}
	l.server.await("both are back", func() (bool, string) {
		code, printed := verify()
		return code == 0, printed
	})
}

// rot changes a byte of a file, which keeps its size and time.
func rot(t *testing.T, path string) {
	t.Helper()
	is, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2]++
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, is.ModTime(), is.ModTime()); err != nil {
		t.Fatal(err)
	}
}

// hear asks for a piece of a recording, as a browser does: PCM that it can play.
func (p *process) hear(path, token string) {
	p.in.t.Helper()
	req, err := http.NewRequestWithContext(p.in.t.Context(), http.MethodGet, p.url+path, nil)
	if err != nil {
		p.in.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Range", "bytes=0-43")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		p.in.t.Fatal(err)
	}
	defer resp.Body.Close()
	head := make([]byte, 44)
	n, err := resp.Body.Read(head)
	if resp.StatusCode != http.StatusPartialContent || err != nil && n == 0 || string(head[:4]) != "RIFF" || head[20] != 1 {
		p.in.t.Errorf("%s: status %d, %d bytes, %q, error %v; want a piece of PCM", path, resp.StatusCode, n, head[:n], err)
	}
	if kind, cache := resp.Header.Get("Content-Type"), resp.Header.Get("Cache-Control"); !strings.Contains(kind, "wav") || !strings.Contains(cache, "private") {
		p.in.t.Errorf("%s: type %q, cached as %q", path, kind, cache)
	}
}

// TestServeWithoutItsBucket starts although the archive is away, and says so.
func TestServeWithoutItsBucket(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.env["ARCHIVE"], in.env["S3_ENDPOINT"] = "s3://voicemails", "http://"+closedPort
	in.env["S3_ACCESS_KEY_ID"], in.env["S3_SECRET_ACCESS_KEY"] = "key", "s3cret-of-the-bucket"
	server := in.serve()
	if status, body := server.get("/readyz", ""); status != http.StatusOK {
		t.Errorf("readyz: %d %s", status, body)
	}
	printed, _ := server.out.read()
	code, stdout, _ := in.run("", "doctor")
	if code != 1 || !strings.Contains(stdout, "BAD  audio ") || !strings.Contains(printed, "the audio archive can't be used for now") {
		t.Errorf("doctor: status %d\n%s\nserve printed %s", code, stdout, printed)
	}
	if strings.Contains(stdout+printed, "s3cret") {
		t.Error("the secret is printed")
	}
}
