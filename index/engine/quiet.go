package engine

import (
	"runtime"
	"sync/atomic"
)

// background says whether merging gives way; it is one for the process, as are
// its threads.
var background atomic.Bool

// GiveWay has merging give way to all else that the process does, from now on
// until end is called. It is for a process that people wait for. It is safe for
// concurrent use, but whoever calls last decides.
func GiveWay() (end func()) {
	background.Store(true)
	return func() { background.Store(false) }
}

// Quietly runs f, and returns when f has: while others are to have precedence
// (GiveWay) on a thread of its own that gives way to them. Merging takes as long
// as there is to merge, and nobody waits for it, while somebody waits for every
// search. A panic of f's is the caller's.
//
// Go schedules what it runs by turns; only the system knows of importance, and
// only where it may choose: with no more threads at work than there are
// processors, each has one to itself. Serving therefore allows one more
// (runtime.GOMAXPROCS) than the machine has.
func Quietly(f func()) {
	if !background.Load() {
		f()
		return
	}
	ended := make(chan any, 1)
	go func() {
		var caught any
		defer func() { ended <- caught }()
		defer func() { caught = recover() }()
		runtime.LockOSThread() // for good: a thread that gave way once ends with its goroutine
		giveWay()
		f()
	}()
	if caught := <-ended; caught != nil {
		panic(caught)
	}
}
