package index

import (
	"fmt"
	"slices"
	"testing"

	"afterbeep/index/engine"
)

// TestRecallAcrossSnapshots holds that searches on two snapshots don't make each
// other forget what they found.
func TestRecallAcrossSnapshots(t *testing.T) {
	t.Parallel()
	e, err := engine.Open(t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	put := func(id int64, stem string) *engine.Snapshot {
		t.Helper()
		b := engine.NewBatch()
		b.Update(fmt.Sprint(id), func(d *engine.Document) {
			d.ID = id
			d.Place(engine.FieldStem, stem, 0)
		})
		if err := e.Apply(b); err != nil {
			t.Fatal(err)
		}
		if err := e.Refresh(); err != nil {
			t.Fatal(err)
		}
		s, err := e.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	one := put(1, "en/refund")
	defer one.Close()
	two := put(2, "de/haus")
	defer two.Close()
	recalled := func(s *engine.Snapshot, want ...string) []*recalled {
		t.Helper()
		out, langs, err := recall(s)
		if err != nil || !slices.Equal(langs, want) {
			t.Fatalf("languages %q, error %v; want %q", langs, err, want)
		}
		return out
	}
	first := recalled(two, "de", "en")
	recalled(one, "en")
	if again := recalled(two, "de", "en"); !slices.Equal(first, again) {
		t.Error("what was found was forgotten for an older snapshot")
	}
}

func TestRememberedTopsAreBounded(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		documents uint32
		bytes     int
	}{{0, 64 << 10}, {100_000, 4_000_000}, {1_500_000, 60_000_000}} {
		r := &recalled{}
		most := maxTops(tc.documents)
		if most > tc.bytes {
			t.Errorf("%d documents: %d bytes, want at most %d", tc.documents, most, tc.bytes)
		}
		one := &top{keys: make([]topKey, topsDocs)}
		often := term{text: "asked for again and again"}
		r.remember(often, one, most)
		n := 3 * most / one.bytes()
		for i := range n {
			r.remember(term{text: fmt.Sprint(i)}, one, most)
			if r.top(often, most) == nil {
				t.Fatalf("%d documents: what is asked for all the time was forgotten at word %d", tc.documents, i)
			}
		}
		bytes := 0
		for _, kept := range []map[term]*top{r.tops.lately, r.tops.before} {
			for text, one := range kept {
				bytes += one.bytes() + len(text.text)
			}
		}
		if bytes > most || bytes < most/3 {
			t.Errorf("%d documents: %d bytes, may be %d", tc.documents, bytes, most)
		}
		if last := (term{text: fmt.Sprint(n - 1)}); r.top(last, most) == nil {
			t.Errorf("%d documents: the last one was forgotten", tc.documents)
		}
	}
}
