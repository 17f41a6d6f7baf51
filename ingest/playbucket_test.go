package ingest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
	"afterbeep/store/archive"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// bucketed is a world whose audio is archived in a bucket; gets counts what is
// read from there.
func bucketed(t *testing.T) (k *kept, p *Player, gets *atomic.Int64) {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("voices"); err != nil {
		t.Fatal(err)
	}
	fake := gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	gets = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			gets.Add(1)
		}
		fake.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s3, err := archive.NewS3(archive.S3Config{
		Endpoint: server.URL, Region: "eu-central-1", Bucket: "voices", AccessKey: "a", SecretKey: "s", SpoolDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	k = keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.Archive, c.LookUps = s3, LookUpsOff })
	k.untilArchived()
	gets.Store(0)
	p = k.archivePlayer(func(c *PlayerConfig) { c.Archive = s3 })
	return k, p, gets
}

func TestPlayingFromABucketCostsOneDownload(t *testing.T) {
	k, p, gets := bucketed(t)
	before := k.sim.Stats().Requests[koresim.KindMedia]
	v := k.voicemail(k.all[0].ID)
	want := k.sim.VoicemailFile(v.SessionID, 0)
	var listeners sync.WaitGroup
	for i := range 8 {
		listeners.Go(func() {
			a, err := p.Open(t.Context(), v, 0)
			if err != nil {
				t.Error(err)
				return
			}
			defer a.Close()
			if !a.Immutable || a.Key != v.Recordings[0].Digest || a.ContentType != "audio/wav" {
				t.Errorf("got %+v", a)
			}
			from, to := 100*i, 100*i+99
			if got := ranged(t, a, strconv.Itoa(from), strconv.Itoa(to)); !bytes.Equal(got, want[from:to+1]) {
				t.Errorf("got %d bytes from %d that are others", len(got), from)
			}
		})
	}
	listeners.Wait()
	a, err := p.Open(t.Context(), v, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	head := httptest.NewRecorder()
	http.ServeContent(head, httptest.NewRequestWithContext(t.Context(), "HEAD", "/", nil), "", a.ModTime, a)
	if got := head.Header().Get("Content-Length"); got != strconv.Itoa(len(want)) {
		t.Errorf("HEAD tells %q bytes, want %d", got, len(want))
	}
	if got := gets.Load(); got != 1 {
		t.Errorf("%d downloads from the bucket, want 1", got)
	}
	if got := k.sim.Stats().Requests[koresim.KindMedia]; got != before {
		t.Error("the upstream was asked for what is archived")
	}
}

func TestWhatABucketLostIsFetchedAgain(t *testing.T) {
	k, p, gets := bucketed(t)
	v := k.voicemail(k.all[0].ID)
	if err := p.cfg.Archive.Delete(t.Context(), v.Recordings[0].Digest); err != nil {
		t.Fatal(err)
	}
	a, err := p.Open(t.Context(), v, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if got, err := io.ReadAll(a); err != nil || !bytes.Equal(got, k.sim.VoicemailFile(v.SessionID, 0)) || a.Immutable {
		t.Errorf("got %d bytes, %v, for ever: %t", len(got), err, a.Immutable)
	}
	eventually(t, "it is archived again", func() bool {
		content, err := p.cfg.Archive.Open(t.Context(), v.Recordings[0].Digest)
		if err == nil {
			content.Close()
		}
		return err == nil && k.task(v.ID, store.TaskKeep, 0).State == store.StateStored
	})
	gets.Store(0)
	for range 2 {
		a, err := p.Open(t.Context(), v, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !a.Immutable {
			t.Error("it isn't played from the bucket")
		}
		a.Close()
	}
	if got := gets.Load(); got != 1 {
		t.Errorf("%d downloads from the bucket, want 1", got)
	}
}
