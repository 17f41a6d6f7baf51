package engine

import (
	"sync"
	"sync/atomic"
	"time"
)

// gatherFor is how long batches are gathered in memory, where they are found
// already, before they are written to disk together.
const gatherFor = 500 * time.Millisecond

// pace keeps scorch from writing a file for every small batch: while much
// arrives there are ten a second, and merging those takes more than all else.
// Scorch waits where it tells that it has written, so what comes after a pause
// is on disk at once. Safe for concurrent use.
type pace struct {
	stop    <-chan struct{} // ends all waiting
	hurried chan struct{}
	asked   atomic.Int64 // batches that somebody wants to have on disk
}

func newPace(stop <-chan struct{}) *pace { return &pace{stop: stop, hurried: make(chan struct{}, 1)} }

// gather waits for more to write, unless somebody waits for it.
func (p *pace) gather() {
	if p.asked.Load() > 0 {
		return
	}
	select {
	case <-time.After(gatherFor):
	case <-p.hurried:
	case <-p.stop:
	}
}

// hurry has everything written without a wait until done is called.
func (p *pace) hurry() (done func()) {
	p.asked.Add(1)
	select {
	case p.hurried <- struct{}{}:
	default:
	}
	return sync.OnceFunc(func() { p.asked.Add(-1) })
}
