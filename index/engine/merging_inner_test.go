package engine

import (
	"fmt"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// manyFiles are so small that one would do.
const manyFiles = 40

// writeFiles applies batches of a document each, every one of which is on disk
// before the next one is applied.
func writeFiles(t *testing.T, s *scorch.Scorch, batches int) {
	t.Helper()
	for i := range batches {
		b := bleveindex.NewBatch()
		b.Update(newIndexed(fmt.Sprint(i), func(*Document) {}))
		done := make(chan error, 1)
		b.SetPersistedCallback(func(err error) { done <- err })
		if err := s.Batch(b); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}

// files is how many files there are, of how many documents.
func files(t *testing.T, s *scorch.Scorch) (n int, documents int64) {
	t.Helper()
	state, err := newest(s)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = state.Close() }()
	for _, segment := range state.Segments() {
		if segmentPath(segment.Segment()) != "" {
			n++
		}
		documents += segment.LiveSize()
	}
	return n, documents
}

// What is merged is shown before anything else is merged.
func TestMergesAreShownOneByOne(t *testing.T) {
	queue := bleveindex.NewAnalysisQueue(1)
	defer queue.Close()
	stop := make(chan struct{})
	close(stop) // no waiting for more to write
	s, err := openScorch(t.TempDir(), queue, newPace(stop))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	writeFiles(t, s, manyFiles)
	next := func() (int, bool) {
		state, err := newest(s)
		if err != nil {
			t.Fatal(err)
		}
		plan := mergePlan(state)
		if err := state.Close(); err != nil {
			t.Fatal(err)
		}
		if plan == nil {
			n, _ := files(t, s)
			return n, false
		}
		merged, err := merge(s, plan)
		if !merged || err != nil {
			t.Fatalf("merged %v, %v", merged, err)
		}
		n, documents := files(t, s)
		if documents != manyFiles {
			t.Errorf("%d documents", documents)
		}
		return n, true
	}
	if n, _ := files(t, s); n != manyFiles {
		t.Fatalf("%d files before anybody asks for a merge, want %d", n, manyFiles)
	}
	for want := manyFiles - 9; ; want -= 9 {
		n, more := next()
		if n != max(want, 1) {
			t.Fatalf("%d files, want %d: ten became one", n, max(want, 1))
		}
		if !more {
			return
		}
	}
}

// An engine merges by itself, as long as there is something to merge.
func TestEngineKeepsItselfMerged(t *testing.T) {
	e, err := Open(t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	defer e.pace.hurry()()
	writeFiles(t, e.index, manyFiles)
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(time.Millisecond) {
		n, documents := files(t, e.index)
		if documents != manyFiles {
			t.Fatalf("%d documents", documents)
		}
		if n == 1 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("there still are %d files", n)
		}
	}
}
