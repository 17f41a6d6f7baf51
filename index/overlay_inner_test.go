package index

import (
	"runtime"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
	"afterbeep/store"
)

// BenchmarkMarks does what the overlay does for a segment of a million documents
// of which every tenth has a state.
func BenchmarkMarks(b *testing.B) {
	const documents = 1_000_000
	columns := &engine.Columns{ID: make([]int64, documents)}
	for doc := range columns.ID {
		columns.ID[doc] = int64(doc) + 1
	}
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6
	}
	o, before := newOverlay(nil), heap()
	for id := int64(1); id <= documents; id += 10 {
		o.states[id] = stateOf(store.Callback{Requested: true, Lane: store.LaneRequests, SeenAt: fromMicros(id),
			Status: []store.CallbackStatus{store.CallbackOpen, store.CallbackDone, store.CallbackDone, store.CallbackDone}[id/10%4]})
	}
	states := heap()
	m := o.marksOf(columns)
	b.Logf("%d states take %.1f MB, and the sets of a segment of %d documents %.1f MB", len(o.states), states-before, documents, heap()-states)
	beside := &beside{project: func() projection { return projection{segments: []*marks{m}, names: o.names} }, now: 1}
	all := roaring.New()
	all.AddRange(0, documents)
	b.Run("marking a new segment", func(b *testing.B) {
		for b.Loop() {
			clear(o.known)
			o.marksOf(columns)
		}
	})
	b.Run("one claim", func(b *testing.B) {
		for b.Loop() {
			c := m.change()
			c.set(10, o.states[11], state{lease: 5, flags: isRequested | elseOpen}, nil, nil)
			c.done()
		}
	})
	for _, what := range []string{"open", "done", "new", CallbackUnrequested, CallbackNone} {
		b.Run(what, func(b *testing.B) {
			for b.Loop() {
				beside.marked(0, documents, what)
			}
		})
	}
	b.Run("facet of everything", func(b *testing.B) {
		for b.Loop() {
			callbackFacet(beside, []*roaring.Bitmap{all})
		}
	})
}
