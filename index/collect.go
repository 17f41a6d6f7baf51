package index

import (
	"context"
	"math"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"

	"afterbeep/index/engine"
)

const (
	// buildPercent is how far the heap may grow between two collections while much
	// is indexed, in percent of what is in use: most of what a batch makes is gone
	// with it, and a collection walks through all of it.
	buildPercent = 160
	// roomy is how much may be made between two collections anyway (Relax), and
	// mostPercent bounds that where little is in use.
	roomy       = 256 << 20
	mostPercent = 500
	// relaxEvery is how often Relax looks at how much is in use.
	relaxEvery = 5 * time.Second
)

// collector decides how often garbage is collected. It is one for the process, as
// is what it sets. Safe for concurrent use.
var collector = &collecting{set: debug.SetGCPercent}

type collecting struct {
	set func(percent int) (before int)

	mu     sync.Mutex
	asked  int // how often ease holds
	known  bool
	usual  int // what holds when nothing is built, if known
	actual int
}

// ease has less collected, and ends with what it returns, which is to be called
// once. Who has set more, or none at all, keeps that.
func (c *collecting) ease() (end func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	c.apply()
	return c.end
}

func (c *collecting) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked--
	c.apply()
}

// usually says what is to hold when nothing is built.
func (c *collecting) usually(percent int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.apply() // to learn what held before, where nobody has yet
	c.usual = percent
	c.apply()
}

func (c *collecting) apply() {
	if !c.known {
		c.usual = c.set(buildPercent)
		c.known, c.actual = true, buildPercent
	}
	percent := c.usual
	if c.asked > 0 && percent >= 0 {
		percent = max(percent, buildPercent)
	}
	if percent != c.actual {
		c.set(percent)
		c.actual = percent
	}
}

// Relax suits the process to people who wait for searches, until ctx ends.
// Merging gives way to all else; it needs a processor more in runtime.GOMAXPROCS
// than there are. And garbage is collected less often where little is in use:
// while messages arrive, collections would follow each other within a fraction
// of a second. That costs up to 256 MB of memory, and is left alone where
// collect is false.
func Relax(ctx context.Context, collect bool) {
	defer engine.GiveWay()()
	if !collect {
		<-ctx.Done()
		return
	}
	tick := time.NewTicker(relaxEvery)
	defer tick.Stop()
	for {
		collector.usually(percentFor(inUse()))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// inUse is how much the last collection found in use.
func inUse() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return math.MaxUint64
	}
	return sample[0].Value.Uint64()
}

// percentFor is in steps, for each change stops everybody for a moment.
func percentFor(used uint64) int {
	const step = 25
	percent := uint64(roomy) * 100 / max(used, 1)
	return int(min(max(percent/step*step, 100), mostPercent))
}
