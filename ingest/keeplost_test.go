package ingest

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
)

func TestAudioThatIsLostForGoodIsToldInWords(t *testing.T) {
	for _, tt := range []struct {
		name string
		harm func(string) error
	}{
		{"damaged", func(path string) error { return os.WriteFile(path, []byte("RIFFxxxx"), 0o600) }},
		{"lost", os.Remove},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := keepable(t, koresim.Config{}, func(c *KeeperConfig) { c.LookUps = LookUpsOff })
			k.untilArchived()
			v := k.voicemail(k.all[0].ID)
			digest := v.Recordings[0].Digest
			path := filepath.Join(k.dir, digest[:2], digest)
			if err := tt.harm(path); err != nil {
				t.Fatal(err)
			}
			_, missing := os.Stat(path)
			k.sim.SetReply(v.SessionID, []byte(`{"status":"media_unavailable","voicemail recording":[]}`))
			k.clock.Add(10 * 24 * time.Hour)
			p := k.archivePlayer()
			if a, err := p.Open(t.Context(), v, 0); !errors.Is(err, ErrGone) {
				t.Errorf("got %v, %v, want ErrGone", a, err)
			}
			k.until("it is given up", func() bool { return k.task(v.ID, store.TaskKeep, 0).State == store.StateGone })
			now := k.voicemail(v.ID)
			if r := now.Recordings[0]; r.Digest != "" || !r.KeptAt.IsZero() {
				t.Errorf("it is still told to be archived: %+v", r)
			}
			if _, err := k.store.Peaks(t.Context(), store.AllBots(), v.ID, 0); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("it still has a waveform: %v", err)
			}
			if a, err := p.Open(t.Context(), now, 0); !errors.Is(err, ErrGone) {
				t.Errorf("got %v, %v, want ErrGone", a, err)
			}
			if task := k.task(v.ID, store.TaskKeep, 0); task.State != store.StateGone || !task.DueAt.IsZero() {
				t.Errorf("playing wakes what is gone: %+v", task)
			}
			// Putting the same audio again would repair the damaged copy.
			if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) != (missing != nil) {
				t.Errorf("the damaged copy: %v", err)
			}
		})
	}
}
