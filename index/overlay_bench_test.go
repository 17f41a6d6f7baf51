package index_test

import (
	"context"
	"runtime"
	"sort"
	"testing"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// manyCallbacks is work on every tenth voicemail, in the order of its feed.
type manyCallbacks struct{ list []store.Callback }

func newManyCallbacks(voicemails int) *manyCallbacks {
	w := &manyCallbacks{}
	for id := int64(1); id <= int64(voicemails); id += 10 {
		w.say(store.Callback{VoicemailID: id, Requested: true, Lane: store.LaneRequests, Status: []store.CallbackStatus{
			store.CallbackOpen, store.CallbackDone, store.CallbackDone, store.CallbackDone}[id/10%4]})
	}
	return w
}

func (w *manyCallbacks) say(c store.Callback) {
	c.Seq = int64(len(w.list) + 1)
	w.list = append(w.list, c)
}

func (w *manyCallbacks) CallbackChanges(_ context.Context, after int64, limit int) ([]store.Callback, error) {
	first := sort.Search(len(w.list), func(i int) bool { return w.list[i].Seq > after })
	return w.list[first:min(first+limit, len(w.list))], nil
}

func (w *manyCallbacks) TagChanges(context.Context, int64, int) ([]store.TagChange, error) {
	return nil, nil
}

// BenchmarkOverlay searches with work on every tenth voicemail, and without any.
func BenchmarkOverlay(b *testing.B) {
	dir, feed := b.TempDir(), madeUp{int64(*benchVoicemails)}
	open := func(w index.Work) *index.Index {
		x, err := index.Open(b.Context(), index.Config{Dir: dir, Feed: feed, Work: w})
		if err != nil {
			b.Fatal(err)
		}
		return x
	}
	x := open(nil)
	if err := x.CatchUp(b.Context(), nil); err != nil {
		b.Fatal(err)
	}
	search := func(b *testing.B, q string, each func()) {
		r := index.Request{Query: query.Parse(q), Facets: true, Now: noon}
		for b.Loop() {
			each()
			if _, err := x.Search(b.Context(), store.AllBots().As("ada"), r); err != nil {
				b.Fatal(err)
			}
		}
	}
	nothing := func() {}
	plain := []string{"", benchWord(5), benchWord(20_000)}
	for i, q := range plain {
		b.Run("without work/"+[]string{"everything", "common", "rare"}[i], func(b *testing.B) { search(b, q, nothing) })
	}
	if err := x.Close(); err != nil {
		b.Fatal(err)
	}
	w := newManyCallbacks(*benchVoicemails)
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	x = open(w)
	defer func() { _ = x.Close() }()
	if _, err := x.Search(b.Context(), store.AllBots(), index.Request{Query: query.Parse(benchWord(5))}); err != nil {
		b.Fatal(err)
	}
	before, began := heap(), time.Now()
	if err := x.CatchUp(b.Context(), nil); err != nil {
		b.Fatal(err)
	}
	took := time.Since(began)
	b.Logf("%d states of %d voicemails: %.1f MB, followed in %s", len(w.list), *benchVoicemails, float64(heap()-before)/1e6, took.Round(time.Millisecond))
	for i, q := range plain {
		b.Run("with work/"+[]string{"everything", "common", "rare"}[i], func(b *testing.B) { search(b, q, nothing) })
	}
	for _, q := range []string{"is:open", "is:done", "is:new", "is:mine", "-has:callback", benchWord(5) + " is:open"} {
		b.Run(q, func(b *testing.B) { search(b, q, nothing) })
	}
	b.Run("is:open after a claim", func(b *testing.B) {
		id := int64(1)
		search(b, "is:open", func() {
			id = (id+10*7919)%int64(*benchVoicemails)/10*10 + 1
			w.say(store.Callback{VoicemailID: id, Requested: true, Lane: store.LaneRequests, Status: store.CallbackClaimed, Assignee: "ada", LeaseUntil: noon.Add(time.Minute)})
		})
	})
}
