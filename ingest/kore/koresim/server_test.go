package koresim

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestServer(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	ask := func(url string) error {
		res, err := client.Get(url)
		if err != nil {
			return err
		}
		return res.Body.Close()
	}
	s, err := New(Config{Voicemails: 5, Other: -1, Quirks: documented(nil), Now: at.UTC})
	if err != nil {
		t.Fatal(err)
	}
	v, err := s.Serve(t.Context(), Listen{})
	if err != nil {
		t.Fatal(err)
	}
	if v.APIURL == v.MediaURL || !strings.HasPrefix(v.APIURL, "http://127.0.0.1:") {
		t.Errorf("origins: got %s and %s", v.APIURL, v.MediaURL)
	}
	if link := s.link(s.base[0], 0, ".wav", at); !strings.HasPrefix(link, v.MediaURL+"/") {
		t.Errorf("link: got %s, want %s in front", link, v.MediaURL)
	}
	for _, url := range []string{v.APIURL, v.MediaURL} {
		if err := ask(url); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	for range 2 {
		if err := v.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	if ask(v.APIURL) == nil {
		t.Error("still answers after Close")
	}
}

func TestServerEndsWithItsContext(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, err := New(Config{Voicemails: 5, Other: -1})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	v, err := s.Serve(ctx, Listen{PublicMedia: "http://koresim:9091"})
	if err != nil {
		t.Fatal(err)
	}
	if v.MediaURL != "http://koresim:9091" {
		t.Errorf("media origin: got %s", v.MediaURL)
	}
	cancel()
	if err := v.Close(); err != nil { // waits for what the context has begun
		t.Error(err)
	}
}

func TestServeRefuses(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, err := New(Config{Voicemails: 5, Other: -1})
	if err != nil {
		t.Fatal(err)
	}
	for name, l := range map[string]Listen{
		"api":    {API: "256.0.0.1:0"},
		"media":  {Media: "127.0.0.1:notaport"},
		"origin": {PublicMedia: "nowhere"},
	} {
		if _, err := s.Serve(t.Context(), l); err == nil {
			t.Errorf("%s: listens", name)
		}
	}
}

// What many do at once is all there afterwards; the race detector has its say too.
func TestManyAtOnce(t *testing.T) {
	f := start(t, Config{Voicemails: 30, Other: 30, Span: 5 * 24 * 3600e9, LivePerHour: 5, RatePerMinute: 10_000})
	list := f.Sessions()
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 5 {
				f.voicemail(list[(i*7+n)%len(list)])
				f.details("", windowBody(DefaultUntil.Add(-6*24*3600e9), DefaultUntil))
				f.Add(NewVoicemail{})
				f.Voicemails()
				f.Stats()
				f.Inject(Fault{Kind: FaultEmpty, Times: 1})()
				f.RevokeLinks()
				f.file(f.base[0], 0)
			}
		})
	}
	wg.Wait()
	if got, want := len(f.Sessions()), len(list)+4*5; got != want {
		t.Errorf("%d sessions, want %d", got, want)
	}
}
