package ingest

import (
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
)

// peakMemory watches how much memory is in use until stop is called, which
// returns the most over what it was before.
func peakMemory() (stop func() uint64) {
	in := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse + m.StackInuse
	}
	runtime.GC()
	before, most := in(), uint64(0)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, in())
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 {
		close(done)
		<-ended
		return most - min(before, most)
	}
}

func TestLargeAudioTakesLittleMemory(t *testing.T) {
	const mb = 1 << 20
	for _, tt := range []struct {
		name string
		size int64
		old  bool // in a reply of version 1
	}{
		{"a file", 200 * mb / scale, false},
		{"a reply of version 1, a third longer than its audio", 150 * mb / scale, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := keepable(t, koresim.Config{})
			k.untilArchived()
			k.timeout = time.Minute
			k.client = k.newClient(k.creds.ClientSecret)
			k.keeper = k.newKeeper(func(c *KeeperConfig) { c.SpoolDir = filepath.Join(k.dir, "spool") })
			v := k.add(koresim.NewVoicemail{Recordings: &koresim.NewRecordings{
				Statuses: []koresim.StatusAt{{Status: "success"}}, Files: []koresim.NewFile{{Size: tt.size}},
			}})
			if tt.old {
				k.routeGone(v, 404, "")
			}
			stop := peakMemory()
			k.wake(v, store.TaskLookUp, 0)
			k.keeper.soonest, k.keeper.latest = time.Second, time.Second
			runWithin(t, k.keeper, 3*time.Minute, "it is archived", func() bool {
				calls := k.calls(v)
				return len(calls) == 1 && calls[0].Digest != ""
			})
			peak := stop()
			t.Logf("%d MB archived with at most %d MB of memory", k.calls(v)[0].Bytes/mb, peak/mb)
			if peak > 32*mb {
				t.Errorf("took %d MB of memory", peak/mb)
			}
			if got := k.calls(v)[0].Bytes; got != tt.size {
				t.Errorf("archived %d bytes, want %d", got, tt.size)
			}
		})
	}
}
