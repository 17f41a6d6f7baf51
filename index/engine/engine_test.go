package engine_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/index/engine"
)

func open(t testing.TB, path string) *engine.Engine {
	t.Helper()
	e, err := engine.Open(path, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// apply applies a batch and waits until it is on disk, where asked for.
func apply(t testing.TB, e *engine.Engine, b *engine.Batch, onDisk bool) {
	t.Helper()
	written := make(chan error, 1)
	if onDisk {
		b.OnDisk(func(err error) { written <- err })
	}
	if err := e.Apply(b); err != nil {
		t.Fatal(err)
	}
	if onDisk {
		select {
		case err := <-written:
			if err != nil {
				t.Fatal(err)
			}
		case <-time.After(3 * time.Minute):
			t.Fatal("the batch is not on disk after three minutes")
		}
	}
	if err := e.Refresh(); err != nil {
		t.Fatal(err)
	}
}

func snapshot(t testing.TB, e *engine.Engine) *engine.Snapshot {
	t.Helper()
	s, err := e.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestSnapshotsDoNotChange(t *testing.T) {
	e := open(t, t.TempDir())
	put := func(id int64, text ...string) {
		b := engine.NewBatch()
		b.Update(fmt.Sprint(id), func(d *engine.Document) {
			d.ID, d.Left, d.Duration = id, -id*1000, uint32(id)
			for i, w := range text {
				d.Place(engine.FieldText, w, uint32(i))
			}
			d.Add(engine.FieldBot, "st-1")
		})
		apply(t, e, b, false)
	}
	put(1, "call", "me", "call")
	first := snapshot(t, e)
	put(2, "call")
	put(1, "gone")
	second := snapshot(t, e)
	for _, tc := range []struct {
		name string
		s    *engine.Snapshot
		want []string
	}{
		{"before", first, []string{"1 at -1000 for 1 of st-1: 2 of 3 at [0 2]"}},
		{"after", second, []string{"2 at -2000 for 2 of st-1: 1 of 1 at [0]"}},
	} {
		var got []string
		for _, seg := range tc.s.Segments {
			in, c := seg.Live(), seg.Columns()
			err := seg.Weights(engine.FieldText, "call", in, func(doc, freq, length uint32) {
				err := seg.Positions(engine.FieldText, "call", in, func(doc uint32, places []uint32) {
					got = append(got, fmt.Sprintf("%d at %d for %d of %s: %d of %d at %d", c.ID[doc], c.Left[doc],
						c.Duration[doc], c.Bot.Names[c.Bot.At(doc)], freq, length, places))
				})
				if err != nil {
					t.Error(err)
				}
			})
			if err != nil {
				t.Error(err)
			}
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", tc.name, diff)
		}
	}
}

// TestSnapshotWhileRefreshing holds that the state before answers while columns
// of the next one are read.
func TestSnapshotWhileRefreshing(t *testing.T) {
	e := open(t, t.TempDir())
	fill(t, e, 0, 1)
	snapshot(t, e)
	done := make(chan error, 1)
	go func() {
		for from := int64(1); from < 5000; from += 1000 {
			b := engine.NewBatch()
			for id := from; id < from+1000; id++ {
				synthetic(id, true).put(b)
			}
			if err := errors.Join(e.Apply(b), e.Refresh()); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return
		default:
		}
		if ready, err := e.Ready(); err != nil || !ready {
			t.Fatalf("while refreshing: ready %v, error %v", ready, err)
		}
	}
}

func TestBatchIsUsedOnce(t *testing.T) {
	e := open(t, t.TempDir())
	b := engine.NewBatch()
	synthetic(1, true).put(b)
	b.SetInternal("far", []byte("1"))
	apply(t, e, b, false)
	if err := e.Apply(b); !errors.Is(err, engine.ErrUsed) {
		t.Errorf("applied again: got %v, want ErrUsed", err)
	}
}

// TestKeptSetsAreMadeBesideEachOther holds that who wants one set does not wait
// for another one that is being made.
func TestKeptSetsAreMadeBesideEachOther(t *testing.T) {
	e := open(t, t.TempDir())
	fill(t, e, 0, 10_000)
	for _, seg := range snapshot(t, e).Segments {
		if seg.Count() < 10_000 {
			continue
		}
		err := seg.HoldKept("one", func() {
			other := make(chan error, 1)
			go func() { other <- seg.HoldKept("other", func() {}) }()
			select {
			case err := <-other:
				if err != nil {
					t.Error(err)
				}
			case <-time.After(time.Minute):
				t.Error("the other set waits for the one")
			}
		})
		if err != nil {
			t.Error(err)
		}
		return
	}
	t.Error("no segment keeps sets")
}

// fill puts documents into one segment.
func fill(t *testing.T, e *engine.Engine, from, to int64) {
	t.Helper()
	b := engine.NewBatch()
	for id := from; id < to; id++ {
		synthetic(id+1, true).put(b)
	}
	many := to-from > 1000
	apply(t, e, b, many) // what is not on disk may not be merged
	if many {
		if err := e.Merge(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := e.Refresh(); err != nil {
			t.Fatal(err)
		}
	}
}
