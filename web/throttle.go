package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// throttle slows down guessing. A name is slowed per address, so that nobody
// can keep a person out from elsewhere, and an address as a whole, so that it
// can't go through all names. Nobody is locked out: waiting is always enough.
// Safe for concurrent use.
type throttle struct {
	mu      sync.Mutex
	buckets map[throttleKey]*rate.Limiter
}

// throttleKey is one name from an address, or anyName for all of them.
type throttleKey struct{ address, name string }

// anyName is no name: FoldName gives none with a NUL alone.
const anyName = "\x00"

// How many tries are free, and after how long one more is.
const (
	triesPerName    = 10
	triesPerAddress = 50
	nextPerName     = 6 * time.Second
	nextPerAddress  = time.Second
	// maxBuckets bounds the memory. The map is swept when it is full, and
	// begun anew if that does not help: whoever fills it pays for the room.
	maxBuckets = 20_000
)

func newThrottle() *throttle { return &throttle{buckets: map[throttleKey]*rate.Limiter{}} }

// try counts one try and returns 0, or how long to wait before the next.
func (t *throttle) try(address, name string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	wait := max(
		take(t.bucket(throttleKey{address, name}, nextPerName, triesPerName, now), now),
		take(t.bucket(throttleKey{address, anyName}, nextPerAddress, triesPerAddress, now), now),
	)
	return wait
}

// wait tells how long to wait before the next try, and counts none.
func (t *throttle) wait(address, name string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	var longest time.Duration
	for _, k := range []throttleKey{{address, name}, {address, anyName}} {
		if l, ok := t.buckets[k]; ok {
			r := l.ReserveN(now, 1)
			longest = max(longest, r.DelayFrom(now))
			r.CancelAt(now)
		}
	}
	return longest
}

// forget clears a name's tries from an address, after a right password.
func (t *throttle) forget(address, name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.buckets, throttleKey{address, name})
}

func take(l *rate.Limiter, now time.Time) time.Duration {
	r := l.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

func (t *throttle) bucket(k throttleKey, every time.Duration, burst int, now time.Time) *rate.Limiter {
	if l, ok := t.buckets[k]; ok {
		return l
	}
	if len(t.buckets) >= maxBuckets {
		for k, l := range t.buckets {
			if l.TokensAt(now) >= float64(l.Burst()) {
				delete(t.buckets, k)
			}
		}
		if len(t.buckets) >= maxBuckets {
			clear(t.buckets)
		}
	}
	l := rate.NewLimiter(rate.Every(every), burst)
	t.buckets[k] = l
	return l
}
