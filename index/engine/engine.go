// Package engine keeps an inverted index in a folder and reads it fast.
//
// It hides Bleve's scorch and zap, which no other package knows: analysis is
// the caller's, segments, merging and files are scorch's, and searching is
// done by the caller over what a Snapshot offers: bitmaps of documents,
// weights, positions, dictionaries, and columns of values that are kept in
// memory for every segment.
//
// A Snapshot never changes. Batches, merges and writes to disk make new ones
// beside it, which cost those who search nothing. Nothing that a Snapshot
// gives may be written to, nor used after its Close: it may lie in a mapped
// file. Damaged files make all of it panic; see Guard.
//
// Batches are searchable at once and on disk a little later, in their order:
// what a crash leaves is what some batch left. Callers store how far they have
// come in the batches themselves.
package engine

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/index/scorch/mergeplan"
	bleveindex "github.com/blevesearch/bleve_index_api"
	"golang.org/x/sync/errgroup"
)

// The errors of this package. Compare with errors.Is.
var (
	// ErrClosed means that the engine was closed.
	ErrClosed = errors.New("the search engine is closed")
	// ErrUsed means that a batch was applied before.
	ErrUsed = errors.New("the batch was applied before")
)

// refreshEvery is how often an engine looks whether segments were merged or
// written to disk. That changes nothing that is found, but what was merged is
// freed, and fewer segments are quicker.
const refreshEvery = 250 * time.Millisecond

// Engine is an index that is open. Its methods are safe for concurrent use.
type Engine struct {
	index    *scorch.Scorch
	queue    *bleveindex.AnalysisQueue
	workers  int
	automata *automata
	pace     *pace

	refreshing sync.Mutex // held by the one who makes a snapshot
	forcing    sync.Mutex // held by the one who has scorch merge, which refuses a second one

	mu      sync.Mutex // guards current, failed and closed
	current *Snapshot  // nil until one is asked for
	failed  bool       // current is not the newest: the next one could not be read
	closed  bool

	stop       chan struct{}
	background sync.WaitGroup
	merging    sync.WaitGroup // ends with the index
}

// Open opens the index in a folder, or makes one where there is none. workers
// is how many goroutines analyse documents and read columns. A damaged file may
// make it panic; see Guard.
func Open(path string, workers int) (*Engine, error) {
	automata, err := newAutomata()
	if err != nil {
		return nil, err
	}
	workers = max(workers, 1)
	e := &Engine{
		queue: bleveindex.NewAnalysisQueue(workers), workers: workers,
		automata: automata, stop: make(chan struct{}),
	}
	// Opening may panic, and the queue's workers must end then, too.
	opened := false
	defer func() {
		if !opened {
			e.queue.Close()
		}
	}()
	e.pace = newPace(e.stop)
	if e.index, err = openScorch(path, e.queue, e.pace); err != nil {
		return nil, fmt.Errorf("open the index: %w", err)
	}
	opened = true
	e.background.Go(func() { e.often(e.keepCurrent) })
	e.merging.Go(func() { e.often(e.keepMerged) })
	return e, nil
}

// splitFrom is how many documents a batch has at least that is applied in two
// halves: building a segment takes one processor, however many there are.
const splitFrom = 2000

// Apply applies a batch. What it stores with SetInternal is there only if all
// of its documents are; after a crash, documents may be there without it.
// Refresh, or the first Snapshot, shows them. Batches that change the same
// documents, or that must be there in order, must not be applied side by side.
// ErrUsed for a batch that was given to Apply before, whatever came of it: its
// documents may have left it, and what it stores must not be there without them.
func (e *Engine) Apply(b *Batch) error {
	if b.used.Swap(true) {
		return ErrUsed
	}
	introduced := false
	if b.onDisk != nil {
		done := e.pace.hurry()
		defer func() {
			if !introduced { // a panic too
				done()
			}
		}()
		b.batch.SetPersistedCallback(func(err error) { done(); b.onDisk(err) })
	}
	halves := b.split(splitFrom)
	var group errgroup.Group
	for _, half := range halves {
		group.Go(func() error { return Guard(func() error { return e.index.Batch(half) }) })
	}
	err := group.Wait()
	if err == nil {
		err = e.index.Batch(b.batch)
	}
	if err != nil {
		return fmt.Errorf("write a batch: %w", err)
	}
	introduced = true
	return nil
}

// Snapshot returns the state of the last Refresh, or the newest where there was
// none yet or it failed. Whoever asked closes it. ErrClosed after Close.
func (e *Engine) Snapshot() (*Snapshot, error) {
	if s, err := e.share(); s != nil || err != nil {
		return s, err
	}
	if err := e.Refresh(); err != nil {
		return nil, err
	}
	s, err := e.share()
	if s == nil && err == nil {
		err = ErrFailed // another Refresh failed meanwhile
	}
	return s, err
}

// share returns the current snapshot, counted, or nil where there is none that
// is good. It does not wait for a newer one that is being made.
func (e *Engine) share() (*Snapshot, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, ErrClosed
	}
	if e.current == nil || e.failed {
		return nil, nil
	}
	e.current.users.Add(1)
	return e.current, nil
}

// Refresh makes the newest state the one that Snapshot returns. It reads the
// columns of segments that are new. ErrClosed after Close.
func (e *Engine) Refresh() error {
	e.refreshing.Lock()
	defer e.refreshing.Unlock()
	e.mu.Lock()
	before, closed := e.current, e.closed
	e.mu.Unlock()
	if closed {
		return ErrClosed
	}
	// Until it is known how this ends, the state before is good enough.
	good := false
	defer func() { // after a panic, too
		e.mu.Lock()
		defer e.mu.Unlock()
		e.failed = !good
	}()
	s, err := e.advance(before)
	if err != nil {
		return fmt.Errorf("read the index: %w", err)
	}
	good = true
	if s == before {
		return nil
	}
	e.mu.Lock()
	e.current = s
	e.mu.Unlock()
	if before != nil {
		before.Close()
	}
	return nil
}

// advance makes a snapshot of the newest state; it is the one before where that
// has it already.
func (e *Engine) advance(before *Snapshot) (*Snapshot, error) {
	state, err := newest(e.index)
	if err != nil {
		return nil, err
	}
	if before != nil && before.index == state {
		return before, state.Close()
	}
	kept := false
	defer func() { // after a panic, too
		if !kept {
			_ = state.Close()
		}
	}()
	s, err := newSnapshot(e, state, before)
	kept = err == nil
	return s, err
}

// often calls do again and again until Close.
func (e *Engine) often(do func()) {
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		select {
		case <-e.stop:
			return
		case <-tick.C:
		}
		do()
	}
}

// keepCurrent follows merges and writes to disk.
func (e *Engine) keepCurrent() {
	e.mu.Lock()
	asked := e.current != nil && !e.failed
	e.mu.Unlock()
	if asked {
		// An error stays for the next who asks for a snapshot.
		_ = Guard(e.Refresh)
	}
}

// keepMerged merges segments, one group after the other.
func (e *Engine) keepMerged() {
	// An error is scorch's, which has told of it and tries again.
	for merged := true; merged; {
		merged = false // unless it says so: it may panic
		_ = Guard(func() (err error) {
			merged, err = e.mergeNext()
			return err
		})
	}
}

// mergeNext merges one group of segments, and reports whether there was one.
func (e *Engine) mergeNext() (merged bool, err error) {
	e.forcing.Lock()
	defer e.forcing.Unlock()
	plan := e.nextMerge()
	if plan == nil {
		return false, nil
	}
	return merge(e.index, plan)
}

// nextMerge is nil where there is nothing to merge, or the engine is closed.
func (e *Engine) nextMerge() *mergeplan.MergePlanOptions {
	e.refreshing.Lock()
	defer e.refreshing.Unlock()
	e.mu.Lock()
	closed := e.closed
	e.mu.Unlock()
	if closed {
		return nil
	}
	state, err := newest(e.index)
	if err != nil {
		return nil
	}
	defer func() { _ = state.Close() }()
	return mergePlan(state)
}

// WriteErrors is how often writing to disk has failed so far. It is tried again
// and again; what is not on disk is found all the same.
func (e *Engine) WriteErrors() uint64 { return writeErrors(e.index) }

// Close ends all of it; batches that are not on disk are lost. Nobody may hold
// a snapshot then. Closing again does nothing.
func (e *Engine) Close() error {
	e.mu.Lock()
	was := e.closed
	e.closed = true
	e.mu.Unlock()
	if was {
		return nil
	}
	close(e.stop)
	e.background.Wait()
	defer e.merging.Wait() // a merge that is under way ends with the index
	e.refreshing.Lock()
	defer e.refreshing.Unlock()
	if e.current != nil {
		e.current.Close()
	}
	err := e.index.Close()
	paces.Delete(e.index)
	e.queue.Close()
	if err != nil {
		return fmt.Errorf("close the index: %w", err)
	}
	return nil
}
