package ingest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
)

// playable is a world with voicemails in its store and a player.
func playable(t *testing.T, cfg koresim.Config) (*world, *Player, []store.Voicemail) {
	t.Helper()
	if cfg.Quirks == nil {
		quirks := koresim.Documented()
		cfg.Quirks = &quirks
	}
	cfg.Voicemails, cfg.Other, cfg.MediaSeconds = 5, -1, 1
	w := newWorld(t, cfg)
	if _, err := w.ingester().Pass(t.Context(), PassOptions{}); err != nil {
		t.Fatal(err)
	}
	var all []store.Voicemail
	for _, v := range w.stored() {
		all = append(all, v)
	}
	if len(all) != 5 {
		t.Fatalf("%d voicemails are stored, want 5", len(all))
	}
	return w, w.player(w.client), all
}

func (w *world) player(client *kore.Client) *Player {
	w.t.Helper()
	p, err := NewPlayer(PlayerConfig{
		Store: w.store, CacheDir: filepath.Join(w.t.TempDir(), "audio"), Now: w.clock.Now,
		Client: func(string) (*kore.Client, bool) { return client, client != nil },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := p.Close(); err != nil {
			w.t.Error(err)
		}
	})
	return p
}

func readAll(t *testing.T, p *Player, v store.Voicemail) []byte {
	t.Helper()
	a, err := p.Open(t.Context(), v, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	body, err := io.ReadAll(a)
	if err != nil {
		t.Fatal(err)
	}
	if a.ContentType != "audio/wav" || !bytes.HasPrefix(body, []byte("RIFF")) {
		t.Errorf("got %s of %d bytes", a.ContentType, len(body))
	}
	return body
}

func TestPlayerSharesOneFetch(t *testing.T) {
	w, p, all := playable(t, koresim.Config{})
	before := w.sim.Stats()
	var listeners sync.WaitGroup
	bodies := make([][]byte, 6)
	for i := range bodies {
		listeners.Go(func() { bodies[i] = readAll(t, p, all[0]) })
	}
	listeners.Wait()
	after := w.sim.Stats()
	for i := range bodies {
		if !bytes.Equal(bodies[i], bodies[0]) {
			t.Errorf("listener %d heard something else", i)
		}
	}
	if got := after.Requests[koresim.KindVoicemail] - before.Requests[koresim.KindVoicemail]; got != 1 {
		t.Errorf("asked for %d links, want 1", got)
	}
	if got := after.Requests[koresim.KindMedia]; got != 1 {
		t.Errorf("fetched %d times, want 1", got)
	}
	if after.AuthLeaks != 0 {
		t.Error("the token went to the media host")
	}
}

func TestPlayerServesRanges(t *testing.T) {
	_, p, all := playable(t, koresim.Config{})
	whole := readAll(t, p, all[0])
	a, err := p.Open(t.Context(), all[0], 0)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	req := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	req.Header.Set("Range", "bytes=100-199")
	got := httptest.NewRecorder()
	http.ServeContent(got, req, "", a.ModTime, a)
	if got.Code != http.StatusPartialContent || !bytes.Equal(got.Body.Bytes(), whole[100:200]) {
		t.Errorf("got %d with %d bytes", got.Code, got.Body.Len())
	}
}

func TestPlayerReplacesDeadLinks(t *testing.T) {
	for _, tt := range []struct {
		name    string
		kill    func(*world)
		refused int
	}{
		{"expired, as it said it would", func(w *world) { w.clock.Add(30 * time.Second) }, 0},
		{"revoked", func(w *world) { w.sim.RevokeLinks() }, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, p, all := playable(t, koresim.Config{LinkLifetime: 20 * time.Second})
			// The link gets into memory by another file of the same reply.
			place, _, _ := placeOf(all[1], 0)
			if _, err := p.links.fresh(t.Context(), w.client, wanted{v: all[1], place: place}); err != nil {
				t.Fatal(err)
			}
			tt.kill(w)
			before := w.sim.Stats()
			readAll(t, p, all[1])
			after := w.sim.Stats()
			if got := after.Requests[koresim.KindVoicemail] - before.Requests[koresim.KindVoicemail]; got != 1 {
				t.Errorf("asked for %d links, want 1", got)
			}
			if got := after.LinksRefused; got != tt.refused {
				t.Errorf("%d links were refused, want %d", got, tt.refused)
			}
		})
	}
}

// media is a media host of its own, and a world whose first voicemail lies there.
func mediaAt(t *testing.T, h http.HandlerFunc) (*Player, store.Voicemail) {
	t.Helper()
	w, p, all := playable(t, koresim.Config{})
	host := httptest.NewServer(h)
	t.Cleanup(host.Close)
	v := all[0]
	w.sim.SetReply(v.SessionID, []byte(`{"status":"success","voicemail recording":[{"fileName":"`+
		v.Recordings[0].FileName+`","fileUrl":"`+host.URL+`/f.wav?e=1&n=2&s=3"}]}`))
	return p, v
}

// wavHead is the head of a WAV of 16 bit PCM; how much follows doesn't matter.
const wavHead = "RIFF\xff\xff\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\xdb\xff\x00\x00"

func TestPlayerReadsWhileItDownloads(t *testing.T) {
	more, length := make(chan string), 6000+400
	p, v := mediaAt(t, func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Length", "6400")
		io.WriteString(rw, wavHead+strings.Repeat("a", 6000-len(wavHead)))
		http.NewResponseController(rw).Flush()
		io.WriteString(rw, <-more)
	})
	a, err := p.Open(t.Context(), v, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if end, err := a.Seek(0, io.SeekEnd); err != nil || end != int64(length) {
		t.Fatalf("the end is at %d, %v, want %d while it downloads", end, err, length)
	}
	a.Seek(0, io.SeekStart)
	if _, err := io.ReadFull(a, make([]byte, 512)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	gone, err := p.Open(ctx, v, 0)
	if err != nil {
		t.Fatal(err)
	}
	gone.Seek(6200, io.SeekStart)
	cancel()
	if _, err := gone.Read(make([]byte, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v from a read that waits when its listener leaves", err)
	}
	gone.Close()
	more <- strings.Repeat("b", 400)
	rest, err := io.ReadAll(a)
	if err != nil || len(rest) != length-512 {
		t.Errorf("got %d bytes more, %v, want %d", len(rest), err, length-512)
	}
}

func TestPlayerWaitsForAnUnknownLength(t *testing.T) {
	p, v := mediaAt(t, func(rw http.ResponseWriter, r *http.Request) {
		io.WriteString(rw, wavHead)
		http.NewResponseController(rw).Flush()
		io.WriteString(rw, strings.Repeat("a", 2000))
	})
	a, err := p.Open(t.Context(), v, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if end, err := a.Seek(0, io.SeekEnd); err != nil || end != int64(2000+len(wavHead)) {
		t.Errorf("the end is at %d, %v", end, err)
	}
}

func TestPlayerSaysWhyNot(t *testing.T) {
	refusing := func(status int) http.HandlerFunc {
		return func(rw http.ResponseWriter, r *http.Request) { rw.WriteHeader(status) }
	}
	for _, tt := range []struct {
		name  string
		setup func(t *testing.T) (*Player, store.Voicemail)
		want  error
	}{
		{"not connected", func(t *testing.T) (*Player, store.Voicemail) {
			w, _, all := playable(t, koresim.Config{})
			return w.player(nil), all[0]
		}, ErrNoUpstream},
		{"in progress", replying(`{"status":"media_in_progress"}`), ErrNotReady},
		{"unavailable", replying(`{"status":"media_unavailable","voicemail recording":[]}`), ErrGone},
		{"another file", replying(`{"status":"success","voicemail recording":[{"fileName":"x.wav","fileUrl":"http://127.0.0.1/x"}]}`), ErrGone},
		{"another host", func(t *testing.T) (*Player, store.Voicemail) {
			w, p, all := playable(t, koresim.Config{})
			w.sim.SetReply(all[0].SessionID, []byte(`{"status":"success","voicemail recording":[{"fileName":"`+
				all[0].Recordings[0].FileName+`","fileUrl":"http://169.254.169.254/x.wav"}]}`))
			return p, all[0]
		}, ErrRefused},
		{"limited", func(t *testing.T) (*Player, store.Voicemail) {
			w, p, all := playable(t, koresim.Config{})
			w.sim.Inject(koresim.Fault{Kind: koresim.FaultLimit429, RetryAfter: time.Minute})
			return p, all[0]
		}, ErrLimited},
		{"failing", func(t *testing.T) (*Player, store.Voicemail) {
			w, p, all := playable(t, koresim.Config{})
			w.sim.Inject(koresim.Fault{Kind: koresim.FaultStatus})
			return p, all[0]
		}, ErrUpstream},
		{"media gone", func(t *testing.T) (*Player, store.Voicemail) { return mediaAt(t, refusing(404)) }, ErrGone},
		{"media forbidden", func(t *testing.T) (*Player, store.Voicemail) { return mediaAt(t, refusing(403)) }, ErrUpstream},
		{"a page", func(t *testing.T) (*Player, store.Voicemail) {
			return mediaAt(t, func(rw http.ResponseWriter, r *http.Request) {
				rw.Header().Set("Content-Type", "text/html")
				io.WriteString(rw, "<html><body>sign in</body></html>")
			})
		}, ErrUpstream},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, v := tt.setup(t)
			a, err := p.Open(t.Context(), v, 0)
			var said *PlayError
			if !errors.Is(err, tt.want) || !errors.As(err, &said) {
				t.Fatalf("got %v, %v, want %v", a, err, tt.want)
			}
			if (tt.want == ErrNotReady || tt.want == ErrLimited) && said.RetryAfter == 0 {
				t.Error("it isn't said when to try again")
			}
		})
	}
}

func replying(body string) func(*testing.T) (*Player, store.Voicemail) {
	return func(t *testing.T) (*Player, store.Voicemail) {
		w, p, all := playable(t, koresim.Config{})
		w.sim.SetReply(all[0].SessionID, []byte(body))
		return p, all[0]
	}
}

func TestPlayerOfUnknownRecording(t *testing.T) {
	_, p, all := playable(t, koresim.Config{})
	if _, err := p.Open(t.Context(), all[0], 9); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("got %v, want store.ErrNotFound", err)
	}
}

func TestPlayerTriesAgainAfterAFault(t *testing.T) {
	w, p, all := playable(t, koresim.Config{})
	undo := w.sim.Inject(koresim.Fault{Kind: koresim.FaultStatus})
	if _, err := p.Open(t.Context(), all[0], 0); !errors.Is(err, ErrUpstream) {
		t.Fatalf("got %v", err)
	}
	undo()
	readAll(t, p, all[0])
}

func TestPlayerKeepsItsCacheSmall(t *testing.T) {
	w, _, all := playable(t, koresim.Config{})
	dir := filepath.Join(t.TempDir(), "audio")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, "recording-1.audio")
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := NewPlayer(PlayerConfig{
		Store: w.store, CacheDir: dir, MaxCache: 1, Now: w.clock.Now,
		Client: func(string) (*kore.Client, bool) { return w.client, true },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		readAll(t, p, v)
	}
	p.trim()
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("%d files are left, %v", len(files), err)
	}
	a, err := p.Open(t.Context(), all[0], 0)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(a.from.(*follower).spool.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want mode 0600", info, err)
	}
	a.Close()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("%d files are left after Close, %v", len(files), err)
	}
}
