package ingest

import (
	"fmt"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
)

func TestPassFindsEveryVoicemail(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			w := newWorld(t, koresim.Config{Seed: seed, Voicemails: 60})
			in := w.ingester()
			report, err := in.Pass(t.Context(), PassOptions{})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("quirks %+v\n%+v stats %+v", w.sim.Quirks(), report, w.sim.Stats().Requests)
			for range 12 {
				if len(w.missing()) == 0 {
					break
				}
				w.clock.Add(2 * time.Hour)
				if _, err := in.Pass(t.Context(), PassOptions{}); err != nil {
					t.Fatal(err)
				}
			}
			if missing := w.missing(); len(missing) > 0 {
				t.Errorf("%d voicemails are missing", len(missing))
			}
		})
	}
}
