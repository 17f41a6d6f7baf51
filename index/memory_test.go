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
	}{{0, 128 << 10}, {100_000, 200 << 10}, {1_500_000, 3 << 20}} {
		r := &recalled{tops: make(map[term]*top)}
		most := maxTops(tc.documents)
		for i := range 3*most + 1 {
			r.remember(term{text: fmt.Sprint(i)}, &top{}, most)
		}
		if got := len(r.tops) * topBytes; len(r.tops) > most || most*topBytes > tc.bytes {
			t.Errorf("%d documents: %d bytes, may become %d; want at most %d", tc.documents, got, most*topBytes, tc.bytes)
		}
		if last := (term{text: fmt.Sprint(3 * most)}); r.top(last) == nil {
			t.Errorf("%d documents: the last one was forgotten", tc.documents)
		}
	}
}
