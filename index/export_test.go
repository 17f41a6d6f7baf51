package index

import (
	"slices"
	"testing"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
	"afterbeep/index/query"
	"afterbeep/store"
)

// SetMappingVersion writes another mapping version into the index in dir.
func SetMappingVersion(t *testing.T, dir, version string) {
	t.Helper()
	name, err := readCurrent(dir)
	if err != nil {
		t.Fatal(err)
	}
	g, err := openGeneration(t.Context(), dir, name, 1)
	if err != nil {
		t.Fatal(err)
	}
	b := engine.NewBatch()
	b.SetInternal(keyMapping, []byte(version))
	if err := g.commit(b, *g.position.Load()); err != nil {
		t.Fatal(err)
	}
	if err := g.close(time.Minute); err != nil {
		t.Fatal(err)
	}
}

// Guarded runs f as this package runs the engine.
func Guarded(f func() error) error { return engine.Guard(f) }

// Mark returns the whole text as HTML, as the only part of a message.
func (m *Marker) Mark(text, lang string) string { return m.Parts([]Part{{text, lang}})[0].HTML() }

// NotesOfApart are the notes of a search in part that looks for words between those
// of a phrase in so many documents of a segment at most.
func (x *Index) NotesOfApart(t *testing.T, q query.Query, most uint64) []string {
	t.Helper()
	said := &remarks{}
	err := x.look(t.Context(), func(v *view) error {
		e, err := newExpander(v.shared, x.config.Synonyms(), said)
		if err != nil {
			return err
		}
		r, _ := Request{Query: q}.complete()
		m, err := newMatcher(t.Context(), e, r)
		if err != nil {
			return err
		}
		for _, p := range m.pieces {
			p.mostApart = most
		}
		l := newLimits(store.AllBots(), r)
		full, err := m.find(t.Context(), m.root, tierLoose, l)
		if err == nil {
			_, _, err = m.partial(t.Context(), full, l, 0)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return said.list
}

// RankedInFull is what a search by relevance finds at any tier, in order: every
// document is scored and all are sorted.
func (x *Index) RankedInFull(t *testing.T, s store.Scope, r Request) (ids []int64, scores []float64) {
	t.Helper()
	r, _ = r.complete()
	g, err := x.acquire()
	if err != nil {
		t.Fatal(err)
	}
	defer g.users.Done()
	v, err := g.view()
	if err != nil {
		t.Fatal(err)
	}
	defer v.close()
	e, err := newExpander(v.shared, x.config.Synonyms(), &remarks{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := newMatcher(t.Context(), e, r)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.weighLeaves(t.Context()); err != nil {
		t.Fatal(err)
	}
	var keys []key
	before := make([]*roaring.Bitmap, len(m.pieces))
	for k := (key{}); k.tier < tier(tiers); k.tier++ {
		now, err := m.find(t.Context(), m.root, k.tier, newLimits(s, r.within()))
		if err != nil {
			t.Fatal(err)
		}
		for i, set := range now {
			if before[i] != nil {
				set = roaring.AndNot(set, before[i])
			}
			c, err := m.score(t.Context(), i, set, k, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			columns := m.pieces[i].segment.Columns()
			for at, doc := range c.docs {
				keys = append(keys, key{tier: k.tier, score: c.scores[at], left: columns.Left[doc], id: columns.ID[doc]})
			}
		}
		before = now
	}
	slices.SortFunc(keys, func(a, b key) int { return a.compare(b, r.Sort) })
	for _, k := range keys {
		ids, scores = append(ids, k.id), append(scores, float64(k.score))
	}
	return ids, scores
}

// Forget drops what is remembered of the best documents of words.
func (x *Index) Forget(t testing.TB) {
	t.Helper()
	g, err := x.acquire()
	if err != nil {
		t.Fatal(err)
	}
	defer g.users.Done()
	v, err := g.view()
	if err != nil {
		t.Fatal(err)
	}
	defer v.close()
	segments, _, err := recall(v.shared)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range segments {
		r.mu.Lock()
		r.tops = rememberedTops{}
		r.mu.Unlock()
	}
}

// AsksOverlay is asksOverlay.
func (r Request) AsksOverlay() bool { return r.asksOverlay() }
