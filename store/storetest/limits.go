package storetest

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"afterbeep/store"
)

func (b *bench) reserveWithin(t *testing.T, class store.Class, limits ...store.Limit) time.Duration {
	t.Helper()
	wait, err := b.Reserve(t.Context(), account, class, limits...)
	must(t, err)
	return wait
}

// budgetLimitsProperty plays requests of all classes through two handles, each
// within all of an account's limits, against a model that knows when each was
// granted.
func budgetLimitsProperty(t *testing.T, b *bench) {
	handles := []store.Store{b.Store, b.another(t)}
	var run atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		account := fmt.Sprint("account-", run.Add(1))
		limits := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) store.Limit {
			return store.Limit{Per: time.Duration(rapid.Int64Range(1, 9_000_000_000).Draw(rt, "per")) * time.Microsecond, Most: rapid.IntRange(1, 25).Draw(rt, "most")}
		}), 1, 3).Draw(rt, "limits")
		var granted []time.Time
		var wait time.Duration
		for range rapid.IntRange(1, 25).Draw(rt, "requests") {
			if wait == 0 || rapid.Bool().Draw(rt, "moves on") {
				wait = time.Duration(rapid.Int64Range(0, 300_000_000).Draw(rt, "microseconds")) * time.Microsecond
			}
			b.clock.move(wait)
			class := store.Class(rapid.IntRange(0, 4).Draw(rt, "class"))
			var err error
			wait, err = handles[rapid.IntRange(0, 1).Draw(rt, "handle")].Reserve(t.Context(), account, class, limits...)
			if err != nil {
				rt.Fatal(err)
			}
			now := b.clock.at(0)
			if want := untilRoom(granted, limits, class, now); wait != want {
				rt.Fatalf("told to wait %v, want %v", wait, want)
			}
			if wait == 0 {
				granted = append(granted, now)
			}
		}
		for _, l := range limits {
			if n := mostWithin(granted, l.Per); n > l.Most {
				rt.Fatalf("%d within %v, where %d is the most", n, l.Per, l.Most)
			}
		}
	})
}

// untilRoom tries every moment at which a granted request leaves a limit.
func untilRoom(granted []time.Time, limits []store.Limit, class store.Class, now time.Time) time.Duration {
	waits := []time.Duration{0}
	for _, at := range granted {
		for _, l := range limits {
			if w := at.Add(l.Per).Sub(now); w > 0 {
				waits = append(waits, w)
			}
		}
	}
	slices.Sort(waits)
	for _, w := range waits {
		if !slices.ContainsFunc(limits, func(l store.Limit) bool {
			return countAfter(granted, now.Add(w-l.Per)) >= store.Allowance(l.Most, class)
		}) {
			return w
		}
	}
	return -1
}

func countAfter(granted []time.Time, since time.Time) int {
	n := 0
	for _, at := range granted {
		if at.After(since) {
			n++
		}
	}
	return n
}

// mostWithin is how many requests lie in the fullest stretch that is shorter
// than per. They are in the order of their times.
func mostWithin(granted []time.Time, per time.Duration) int {
	most := 0
	for i, first := range granted {
		n := 0
		for _, at := range granted[i:] {
			if at.Before(first.Add(per)) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func budgetHourly(t *testing.T, b *bench) {
	limits := []store.Limit{{Per: time.Minute, Most: 4}, {Per: time.Hour, Most: 10}}
	granted := 0
	for range 60 {
		for b.reserveWithin(t, store.ClassListener, limits...) == 0 {
			granted++
		}
		b.clock.move(time.Minute)
	}
	// The hour that began with the first is over: what was granted then is free.
	equal(t, "granted in an hour", granted, 10)
	for range 4 {
		equal(t, "the first four again", b.reserveWithin(t, store.ClassListener, limits...), time.Duration(0))
	}
	equal(t, "of the minute", b.reserveWithin(t, store.ClassListener, limits...), time.Minute)
	b.clock.move(time.Minute)
	for range 4 {
		equal(t, "the next four", b.reserveWithin(t, store.ClassListener, limits...), time.Duration(0))
	}
	b.clock.move(time.Minute)
	for range 2 {
		equal(t, "the last two", b.reserveWithin(t, store.ClassListener, limits...), time.Duration(0))
	}
	equal(t, "of the hour", b.reserveWithin(t, store.ClassListener, limits...), 58*time.Minute)
	equal(t, "a class below has less of both", b.reserveWithin(t, store.ClassBackfill, limits...), 58*time.Minute)
}

func budgetFraction(t *testing.T, b *bench) {
	for _, c := range []struct {
		perMinute float64
		minutes   int
		want      int // granted in so many minutes to one who asks all the time
	}{{0.5, 10, 5}, {1.5, 10, 15}, {1.5, 20, 30}, {54.5, 10, 545}, {0.25, 8, 2}} {
		account := fmt.Sprint(c.perMinute, c.minutes)
		limits := store.Limits(c.perMinute)
		end, granted := b.clock.at(time.Duration(c.minutes)*time.Minute), 0
		for b.clock.at(0).Before(end) {
			wait, err := b.Reserve(t.Context(), account, store.ClassListener, limits...)
			must(t, err)
			if wait == 0 {
				granted++
			}
			b.clock.move(wait)
		}
		equal(t, fmt.Sprintf("%v a minute, in %d minutes", c.perMinute, c.minutes), granted, c.want)
	}
}

func budgetRemembers(t *testing.T, b *bench) {
	minute := store.Limit{Per: time.Minute, Most: 1}
	for range 30 {
		equal(t, "wait", b.reserveWithin(t, store.ClassListener, minute), time.Duration(0))
		b.clock.move(time.Minute)
	}
	equal(t, "an hour, asked for the first time", b.reserveWithin(t, store.ClassListener, store.Limit{Per: time.Hour, Most: 30}), 30*time.Minute)
	day := store.Limit{Per: 24 * time.Hour, Most: 31}
	equal(t, "a day", b.reserveWithin(t, store.ClassListener, day), time.Duration(0))
	b.clock.move(23 * time.Hour)
	equal(t, "a day later", b.reserveWithin(t, store.ClassListener, day), 30*time.Minute)
}

func budgetInvalid(t *testing.T, b *bench) {
	ok := store.Limit{Per: time.Minute, Most: 1}
	for name, limits := range map[string][]store.Limit{
		"none": nil, "no time": {{Most: 1}}, "less than no time": {{Per: -time.Minute, Most: 1}}, "no requests": {{Per: time.Minute}},
		"too long": {{Per: store.MaxLimit + 1, Most: 1}}, "one of two": {ok, {}}, "a rate that is none": store.Limits(0),
	} {
		_, err := b.Reserve(t.Context(), account, store.ClassListener, limits...)
		wantErr(t, name, err, store.ErrInvalid)
	}
	equal(t, "nothing was counted", b.reserveWithin(t, store.ClassListener, ok), time.Duration(0))
	equal(t, "the longest", b.reserveWithin(t, store.ClassListener, store.Limit{Per: store.MaxLimit, Most: 1}), store.MaxLimit)
}
