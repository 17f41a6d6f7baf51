package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"afterbeep/store"
)

func budgetRows() []row {
	return []row{
		{"grants up to the limit, then tells how long to wait", budgetLimit},
		{"classes leave room for those above", budgetClasses},
		{"accounts have budgets of their own", budgetAccounts},
		{"never more than the limit in any rolling minute", budgetProperty},
		{"many callers at once get no more than the limit", budgetConcurrent},
		{"six thousand a minute", budgetLarge},
		{"a clock that is put back holds nobody up for longer than a minute", budgetClockBack},
		{"several limits: never over any of them, and no longer a wait than needed", budgetLimitsProperty},
		{"an hourly limit beside that of a minute", budgetHourly},
		{"a rate that is no whole number", budgetFraction},
		{"an hour is remembered, whatever it was limited by", budgetRemembers},
		{"limits that can't be kept are refused", budgetInvalid},
	}
}

func (b *bench) reserve(t *testing.T, class store.Class, perMinute int) time.Duration {
	t.Helper()
	wait, err := b.Reserve(t.Context(), account, class, store.Limits(float64(perMinute))...)
	must(t, err)
	return wait
}

func budgetLimit(t *testing.T, b *bench) {
	for range 3 {
		equal(t, "wait", b.reserve(t, store.ClassListener, 3), time.Duration(0))
		b.clock.move(10 * time.Second)
	}
	equal(t, "the fourth waits for the first to pass", b.reserve(t, store.ClassListener, 3), 30*time.Second)
	b.clock.move(30*time.Second - time.Microsecond)
	equal(t, "a refusal counts nothing", b.reserve(t, store.ClassListener, 3), time.Microsecond)
	b.clock.move(time.Microsecond)
	equal(t, "on time", b.reserve(t, store.ClassListener, 3), time.Duration(0))
	equal(t, "the next", b.reserve(t, store.ClassListener, 3), 10*time.Second)
	equal(t, "a larger limit", b.reserve(t, store.ClassListener, 4), time.Duration(0))
	equal(t, "a smaller limit waits for all but its own", b.reserve(t, store.ClassListener, 1), time.Minute)
}

func budgetClasses(t *testing.T, b *bench) {
	const perMinute = 20
	granted := 0
	for class := store.ClassBackfill; class >= store.ClassListener; class-- {
		for b.reserve(t, class, perMinute) == 0 {
			granted++
		}
		equal(t, fmt.Sprintf("granted down to class %d", class), granted, store.Allowance(perMinute, class))
	}
	b.clock.move(time.Minute)
	equal(t, "every class gets at least one", b.reserve(t, store.ClassBackfill, 1), time.Duration(0))
	if b.reserve(t, store.ClassListener, 1) == 0 {
		t.Error("a limit of one gave two")
	}
}

func budgetAccounts(t *testing.T, b *bench) {
	equal(t, "first", b.reserve(t, store.ClassListener, 1), time.Duration(0))
	equal(t, "second", b.reserve(t, store.ClassListener, 1), time.Minute)
	wait, err := b.Reserve(t.Context(), "account-2", store.ClassListener, store.Limits(1)...)
	must(t, err)
	equal(t, "another account", wait, time.Duration(0))
}

// budgetProperty plays requests of all classes through two handles against a
// model that knows when each was granted.
func budgetProperty(t *testing.T, b *bench) {
	handles := []store.Store{b.Store, b.another(t)}
	var run atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		account := fmt.Sprint("account-", run.Add(1))
		perMinute := rapid.IntRange(1, 12).Draw(rt, "per minute")
		var granted []time.Time
		for range rapid.IntRange(1, 20).Draw(rt, "requests") {
			b.clock.move(time.Duration(rapid.Int64Range(0, 20_000_000).Draw(rt, "microseconds")) * time.Microsecond)
			class := store.Class(rapid.IntRange(0, 4).Draw(rt, "class"))
			wait, err := handles[rapid.IntRange(0, 1).Draw(rt, "handle")].Reserve(t.Context(), account, class, store.Limits(float64(perMinute))...)
			if err != nil {
				rt.Fatal(err)
			}
			now := b.clock.at(0)
			used, allowed := lastMinute(granted, now), store.Allowance(perMinute, class)
			switch {
			case wait == 0 && used >= allowed:
				rt.Fatalf("granted with %d of %d used", used, allowed)
			case wait < 0 || wait > time.Minute || (wait > 0 && used < allowed):
				rt.Fatalf("told to wait %v with %d of %d used", wait, used, allowed)
			case wait > 0 && lastMinute(granted, now.Add(wait)) >= allowed:
				rt.Fatalf("told to wait %v, which is too short", wait)
			case wait == 0:
				granted = append(granted, now)
			}
		}
	})
}

func lastMinute(granted []time.Time, now time.Time) int {
	n := 0
	for _, at := range granted {
		if at.After(now.Add(-time.Minute)) {
			n++
		}
	}
	return n
}

func budgetConcurrent(t *testing.T, b *bench) {
	handles := []store.Store{b.Store, b.another(t)}
	var granted atomic.Int64
	g, ctx := errgroup.WithContext(t.Context())
	for i := range 8 {
		g.Go(func() error {
			for range 10 {
				wait, err := handles[i%2].Reserve(ctx, account, store.ClassListener, store.Limits(25)...)
				if err != nil {
					return err
				}
				if wait == 0 {
					granted.Add(1)
				}
			}
			return nil
		})
	}
	must(t, g.Wait())
	equal(t, "granted", granted.Load(), int64(25))
}

func budgetLarge(t *testing.T, b *bench) {
	const perMinute, calls = 6000, 200
	for range calls {
		if wait := b.reserve(t, store.ClassBackfill, perMinute); wait != 0 {
			t.Fatalf("told to wait %v", wait)
		}
		b.clock.move(time.Minute / perMinute)
	}
	equal(t, "a limit that is reached", b.reserve(t, store.ClassListener, calls), time.Minute-calls*time.Minute/perMinute)
}

func budgetClockBack(t *testing.T, b *bench) {
	equal(t, "wait", b.reserve(t, store.ClassListener, 1), time.Duration(0))
	b.clock.move(-time.Hour)
	equal(t, "as if it had been now", b.reserve(t, store.ClassListener, 1), time.Minute)
	b.clock.move(time.Minute)
	equal(t, "a minute later", b.reserve(t, store.ClassListener, 1), time.Duration(0))
}

func pauseRows() []row {
	return []row{
		{"for Retry-After", pauseRetryAfter},
		{"doubling up to a minute", pauseDoubles},
		{"up to ten minutes on an hourly limit", pauseHourly},
		{"one probe at a time", pauseProbe},
		{"a good answer ends it", pauseEnds},
		{"late answers say nothing new", pauseLateAnswers},
		{"answers to requests from before a pause do not end it", pauseEarlierAnswers},
		{"is the account's, on every handle", pauseShared},
	}
}

func (b *bench) answered(t *testing.T, v store.Verdict) {
	t.Helper()
	must(t, b.Answered(t.Context(), account, v))
}

// probe is a listener's request with a budget that is never the reason to wait.
func (b *bench) probe(t *testing.T) time.Duration {
	t.Helper()
	return b.reserve(t, store.ClassListener, 1000)
}

func pauseRetryAfter(t *testing.T, b *bench) {
	b.answered(t, store.Verdict{Limited: true, RetryAfter: 17 * time.Second})
	equal(t, "wait", b.probe(t), 17*time.Second)
	b.clock.move(16 * time.Second)
	equal(t, "later", b.probe(t), time.Second)
	b.clock.move(time.Second)
	equal(t, "over", b.probe(t), time.Duration(0))
}

func pauseDoubles(t *testing.T, b *bench) {
	for _, seconds := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
		b.answered(t, store.Verdict{Limited: true})
		want := time.Duration(seconds) * time.Second
		equal(t, "wait", b.probe(t), want)
		b.clock.move(want)
		equal(t, "probe", b.probe(t), time.Duration(0))
	}
}

func pauseHourly(t *testing.T, b *bench) {
	for _, seconds := range []int{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600} {
		b.answered(t, store.Verdict{Limited: true, Hourly: true})
		want := time.Duration(seconds) * time.Second
		equal(t, "wait", b.probe(t), want)
		b.clock.move(want)
		equal(t, "probe", b.probe(t), time.Duration(0))
	}
}

func pauseProbe(t *testing.T, b *bench) {
	b.answered(t, store.Verdict{Limited: true})
	b.clock.move(time.Second)
	equal(t, "the probe", b.probe(t), time.Duration(0))
	equal(t, "another", b.probe(t), time.Second)
	b.clock.move(29*time.Second + 500*time.Millisecond)
	equal(t, "while the probe may be under way", b.probe(t), 500*time.Millisecond)
	b.clock.move(500 * time.Millisecond)
	equal(t, "when its sender must have died", b.probe(t), time.Duration(0))
	equal(t, "and the next", b.probe(t), time.Second)
	b.answered(t, store.Verdict{Unclear: true})
	equal(t, "after one that told nothing", b.probe(t), time.Duration(0))
	equal(t, "which is the probe", b.probe(t), time.Second)
}

func pauseEnds(t *testing.T, b *bench) {
	b.answered(t, store.Verdict{Limited: true})
	b.clock.move(time.Second)
	b.probe(t)
	b.answered(t, store.Verdict{Limited: true})
	b.clock.move(2 * time.Second)
	b.probe(t)
	b.answered(t, store.Verdict{})
	for range 3 {
		equal(t, "wait", b.probe(t), time.Duration(0))
	}
	b.answered(t, store.Verdict{})
	b.answered(t, store.Verdict{Limited: true})
	equal(t, "back to a second", b.probe(t), time.Second)
}

func pauseLateAnswers(t *testing.T, b *bench) {
	for range 5 {
		b.answered(t, store.Verdict{Limited: true})
	}
	equal(t, "five answers of one moment are one pause", b.probe(t), time.Second)
	b.answered(t, store.Verdict{Limited: true, RetryAfter: time.Minute})
	equal(t, "one that asks for more prolongs it", b.probe(t), time.Minute)
	b.answered(t, store.Verdict{Limited: true, RetryAfter: time.Second})
	equal(t, "one that asks for less doesn't shorten it", b.probe(t), time.Minute)
	b.clock.move(time.Minute)
	equal(t, "probe", b.probe(t), time.Duration(0))
	b.answered(t, store.Verdict{Limited: true})
	equal(t, "the next step is the second", b.probe(t), 2*time.Second)
}

func pauseEarlierAnswers(t *testing.T, b *bench) {
	b.answered(t, store.Verdict{Limited: true, RetryAfter: time.Minute})
	b.answered(t, store.Verdict{})
	equal(t, "a good answer to a request from before the pause", b.probe(t), time.Minute)
	b.clock.move(time.Minute)
	b.answered(t, store.Verdict{})
	equal(t, "probe", b.probe(t), time.Duration(0))
	equal(t, "one at a time", b.probe(t), time.Second)
}

func pauseShared(t *testing.T, b *bench) {
	other := b.another(t)
	must(t, other.Answered(t.Context(), account, store.Verdict{Limited: true, RetryAfter: time.Minute}))
	equal(t, "wait", b.probe(t), time.Minute)
	wait, err := b.Reserve(t.Context(), "account-2", store.ClassListener, store.Limits(10)...)
	must(t, err)
	equal(t, "another account", wait, time.Duration(0))
}
