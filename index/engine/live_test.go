package engine_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"afterbeep/index/engine"
)

// TestWhileItChanges reads snapshots, as plain Bleve does and through the
// engine, while documents come and go and segments are written and merged.
func TestWhileItChanges(t *testing.T) {
	e := open(t, t.TempDir())
	const rounds, ids = 40, 300
	ctx, done := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for n := range uint64(2) {
		readers.Go(func() {
			rng := rand.New(rand.NewPCG(n, 2))
			for read := 0; ctx.Err() == nil || read < 5; read++ {
				s, err := e.Snapshot()
				if err != nil {
					t.Error(err)
					return
				}
				compareWord(t, s, fmt.Sprint("w", rng.IntN(40)))
				s.Close()
			}
		})
	}
	readers.Go(func() {
		for ctx.Err() == nil {
			if err := e.Merge(t.Context()); err != nil {
				t.Error(err)
				return
			}
		}
	})
	rng := rand.New(rand.NewPCG(1, 1))
	for round := range rounds {
		b := engine.NewBatch()
		for range rng.IntN(60) {
			id := rng.Int64N(ids) + 1
			if rng.IntN(4) == 0 {
				b.Delete(fmt.Sprint(id))
				continue
			}
			d := synthetic(int64(round)*ids+id, true) // other words than before
			d.id = id
			d.put(b)
		}
		apply(t, e, b, rng.IntN(8) == 0)
	}
	done()
	readers.Wait()
}

// compareWord compares the live documents of a word.
func compareWord(t *testing.T, s *engine.Snapshot, w string) {
	got, want := map[string]string{}, map[string]string{}
	docs := uint64(0)
	for _, seg := range s.Segments {
		docs += seg.Live().GetCardinality()
		c := seg.Columns()
		err := seg.Weights(engine.FieldText, w, seg.Live(), func(doc, freq, _ uint32) {
			got[fmt.Sprint(c.ID[doc])] = fmt.Sprint(freq)
		})
		if err != nil {
			t.Error(err)
		}
		counts, err := seg.CountValues(seg.Live(), &c.Bot)
		if err != nil {
			t.Error(err)
		}
		for _, n := range counts {
			docs -= uint64(n)
		}
	}
	if docs != 0 {
		t.Errorf("%d live documents are of no bot", docs)
	}
	plain := s.Plain()
	r, err := plain.TermFieldReader(context.Background(), []byte(w), engine.FieldText.String(), true, false, false)
	for err == nil {
		d, nerr := r.Next(nil)
		if nerr != nil || d == nil {
			err = nerr
			break
		}
		var id string
		if id, err = plain.ExternalID(d.ID); err == nil {
			want[id] = fmt.Sprint(d.Freq)
		}
	}
	if err != nil {
		t.Error(err)
		return
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", w, got, want)
	}
}
