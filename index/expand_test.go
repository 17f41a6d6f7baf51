package index

import (
	"fmt"
	"strconv"
	"testing"

	"afterbeep/index/engine"
)

// opened is a snapshot of one segment whose only document has the words.
func opened(t *testing.T, list ...string) *engine.Snapshot {
	t.Helper()
	return openedAll(t, list)
}

// openedAll is an index of documents of these words.
func openedAll(t *testing.T, docs ...[]string) *engine.Snapshot {
	t.Helper()
	e, err := engine.Open(t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	b := engine.NewBatch()
	for n, list := range docs {
		b.Update(strconv.Itoa(n+1), func(d *engine.Document) {
			d.ID = int64(n + 1)
			for i, w := range list {
				d.Place(engine.FieldText, w, uint32(i))
			}
		})
	}
	if err := e.Apply(b); err != nil {
		t.Fatal(err)
	}
	s, err := e.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestBeginningsAreCutWithANote holds that whoever does not get all words that
// begin so is told, in an index of one segment, too.
func TestBeginningsAreCutWithANote(t *testing.T) {
	t.Parallel()
	s := opened(t, "refund", "refunded", "refunds", "zebra")
	for left, cut := range map[int]bool{0: true, 2: true, 3: false, 4: false} {
		t.Run(fmt.Sprint(left, " left to look through"), func(t *testing.T) {
			e, err := newExpander(s, nil, &remarks{})
			if err != nil {
				t.Fatal(err)
			}
			e.listed = e.bounds.listed - left
			found, err := e.beginWith(t.Context(), "ref")
			if err != nil || len(found) != min(left, 3) {
				t.Errorf("found %q, error %v", found, err)
			}
			if got := len(e.remarks.list) > 0; got != cut {
				t.Errorf("notes %q", e.remarks.list)
			}
		})
	}
}
