package index

import (
	"runtime/debug"
	"sync"
)

// buildPercent is how far the heap may grow between two collections while much
// is indexed, in percent of what is in use: most of what a batch makes is gone
// with it, and a collection walks through all of it.
const buildPercent = 160

// collector has the garbage collected less often while anything is built. It is
// one for the process, as is what it sets. Safe for concurrent use.
var collector = &collecting{set: debug.SetGCPercent}

type collecting struct {
	set func(percent int) (before int)

	mu     sync.Mutex
	asked  int
	before int
}

// ease begins, and ends with what it returns, which is to be called once. Who
// has set more, or none at all, keeps that.
func (c *collecting) ease() (end func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked++; c.asked == 1 {
		if c.before = c.set(buildPercent); c.before < 0 || c.before > buildPercent {
			c.set(c.before)
		}
	}
	return c.end
}

func (c *collecting) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked--; c.asked == 0 {
		c.set(c.before)
	}
}
