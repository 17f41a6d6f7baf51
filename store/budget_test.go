package store_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"afterbeep/store"
)

func TestAllowance(t *testing.T) {
	for _, c := range []struct {
		perMinute int
		want      [5]int // by class
	}{
		{54, [5]int{54, 52, 49, 46, 44}}, {60, [5]int{60, 57, 54, 51, 48}}, {6000, [5]int{6000, 5700, 5400, 5100, 4800}},
		{1, [5]int{1, 1, 1, 1, 1}}, {0, [5]int{1, 1, 1, 1, 1}}, {-5, [5]int{1, 1, 1, 1, 1}},
	} {
		for class, want := range c.want {
			if got := store.Allowance(c.perMinute, store.Class(class)); got != want {
				t.Errorf("%d a minute, class %d: got %d, want %d", c.perMinute, class, got, want)
			}
		}
	}
}

func TestLimits(t *testing.T) {
	minute := func(most int) []store.Limit { return []store.Limit{{Per: time.Minute, Most: most}} }
	for _, c := range []struct {
		perMinute float64
		want      []store.Limit
	}{
		{60, minute(60)}, {1, minute(1)}, {6000, minute(6000)}, {1e9, minute(1e6)},
		{0.5, []store.Limit{{Per: 2 * time.Minute, Most: 1}}}, {0.25, []store.Limit{{Per: 4 * time.Minute, Most: 1}}},
		{1.5, []store.Limit{{Per: time.Minute, Most: 2}, {Per: 10 * time.Minute, Most: 15}}},
		{54.5, []store.Limit{{Per: time.Minute, Most: 55}, {Per: 10 * time.Minute, Most: 545}}},
		{1.01, []store.Limit{{Per: time.Minute, Most: 2}, {Per: 10 * time.Minute, Most: 10}}},
		{1e-12, []store.Limit{{Per: store.MaxLimit, Most: 1}}}, {math.SmallestNonzeroFloat64, []store.Limit{{Per: store.MaxLimit, Most: 1}}},
		{0, nil}, {-1, nil}, {math.NaN(), nil}, {math.Inf(1), nil}, {math.Inf(-1), nil},
	} {
		if d := cmp.Diff(c.want, store.Limits(c.perMinute)); d != "" {
			t.Errorf("%v a minute (-want +got):\n%s", c.perMinute, d)
		}
	}
}

// TestLimitsAreKept holds for any rate: its limits are such as can be kept, and
// they allow no more on the average, and no more a minute but rounded up.
func TestLimitsAreKept(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rate := rapid.OneOf(rapid.Float64Range(1e-4, 1), rapid.Float64Range(1, 1e6)).Draw(rt, "per minute")
		limits := store.Limits(rate)
		if _, err := store.CheckLimits(limits); err != nil {
			rt.Fatal(err)
		}
		average, minute := math.Inf(1), math.Inf(1)
		for _, l := range limits {
			average = min(average, float64(l.Most)/l.Per.Minutes())
			if l.Per >= time.Minute {
				minute = min(minute, float64(l.Most))
			}
		}
		if average > rate*1.0001 || minute > math.Ceil(rate) {
			rt.Fatalf("%v allow %v on the average and %v a minute", limits, average, minute)
		}
		if average < rate/2 {
			rt.Fatalf("%v allow only %v on the average", limits, average)
		}
	})
}

func TestCheckLimits(t *testing.T) {
	limit := func(per time.Duration, most int) store.Limit { return store.Limit{Per: per, Most: most} }
	for _, c := range []struct {
		name   string
		limits []store.Limit
		keep   time.Duration // 0: invalid
	}{
		{"none", nil, 0}, {"no time", []store.Limit{limit(0, 1)}, 0}, {"less", []store.Limit{limit(-time.Second, 1)}, 0},
		{"no requests", []store.Limit{limit(time.Minute, 0)}, 0}, {"fewer", []store.Limit{limit(time.Minute, -1)}, 0},
		{"too long", []store.Limit{limit(store.MaxLimit+1, 1)}, 0}, {"one of two", []store.Limit{limit(time.Minute, 1), limit(time.Minute, 0)}, 0},
		{"a minute", []store.Limit{limit(time.Minute, 60)}, time.Hour}, {"an hour and a minute", []store.Limit{limit(time.Hour, 1800), limit(time.Minute, 60)}, time.Hour},
		{"a day", []store.Limit{limit(time.Minute, 1), limit(24*time.Hour, 1)}, 24 * time.Hour}, {"the longest", []store.Limit{limit(store.MaxLimit, 1)}, store.MaxLimit},
	} {
		keep, err := store.CheckLimits(c.limits)
		if keep != c.keep || (c.keep == 0) != errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: got %v, error %v, want %v", c.name, keep, err, c.keep)
		}
	}
}

func TestPauseAfter(t *testing.T) {
	limited := store.Verdict{Limited: true}
	retry := func(d time.Duration) store.Verdict { return store.Verdict{Limited: true, RetryAfter: d} }
	over := store.Pause{Step: 8 * time.Second, Until: noon}
	under := store.Pause{Step: 8 * time.Second, Until: noon.Add(5 * time.Second)}
	probing := store.Pause{Step: 8 * time.Second, Until: noon, Probed: noon}
	at := func(step, wait time.Duration) store.Pause { return store.Pause{Step: step, Until: noon.Add(wait)} }
	for _, c := range []struct {
		name string
		had  store.Pause
		v    store.Verdict
		want store.Pause
	}{
		{"good, no pause", store.Pause{}, store.Verdict{}, store.Pause{}},
		{"the probe's good answer ends it", probing, store.Verdict{}, store.Pause{}},
		{"unclear, no pause", store.Pause{}, store.Verdict{Unclear: true}, store.Pause{}},
		{"the probe's end was unclear", probing, store.Verdict{Unclear: true}, store.Pause{Step: probing.Step, Until: probing.Until}},
		{"unclear, asked before the pause", under, store.Verdict{Unclear: true}, under},
		{"good, asked before the pause", under, store.Verdict{}, under},
		{"good, asked before the pause, that is over", over, store.Verdict{}, over},
		{"good with what only a limited answer says", probing, store.Verdict{RetryAfter: time.Hour, Hourly: true}, store.Pause{}},
		{"first", store.Pause{}, limited, at(time.Second, time.Second)},
		{"doubles", over, limited, at(16*time.Second, 16*time.Second)},
		{"the probe is answered", probing, limited, at(16*time.Second, 16*time.Second)},
		{"at most a minute", store.Pause{Step: 40 * time.Second, Until: noon}, limited, at(time.Minute, time.Minute)},
		{"hourly goes on", store.Pause{Step: 40 * time.Second, Until: noon}, store.Verdict{Limited: true, Hourly: true}, at(80*time.Second, 80*time.Second)},
		{"hourly at most ten minutes", store.Pause{Step: 9 * time.Minute, Until: noon}, store.Verdict{Limited: true, Hourly: true}, at(10*time.Minute, 10*time.Minute)},
		{"Retry-After", store.Pause{}, retry(17 * time.Second), at(time.Second, 17*time.Second)},
		{"Retry-After beyond the bound", over, retry(time.Hour), at(16*time.Second, time.Hour)},
		{"late answer", under, limited, under},
		{"late answer that asks for less", under, retry(time.Second), under},
		{"late answer that asks for more", under, retry(time.Minute), at(8*time.Second, time.Minute)},
	} {
		if got := c.had.After(c.v, noon); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestPauseWait(t *testing.T) {
	for _, c := range []struct {
		name string
		p    store.Pause
		want time.Duration
	}{
		{"none", store.Pause{}, 0},
		{"none, whatever else is set", store.Pause{Until: noon.Add(time.Hour), Probed: noon}, 0},
		{"paused", store.Pause{Step: 1, Until: noon.Add(7 * time.Second)}, 7 * time.Second},
		{"over", store.Pause{Step: 1, Until: noon}, 0},
		{"a probe is under way", store.Pause{Step: 1, Until: noon, Probed: noon}, time.Second},
		{"a probe is almost given up", store.Pause{Step: 1, Until: noon, Probed: noon.Add(-29900 * time.Millisecond)}, 100 * time.Millisecond},
		{"a probe is given up", store.Pause{Step: 1, Until: noon, Probed: noon.Add(-30 * time.Second)}, 0},
	} {
		if got := c.p.Wait(noon); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	if got := (store.Pause{}).Probing(noon); got != (store.Pause{}) {
		t.Errorf("probing without a pause: got %+v", got)
	}
}

// TestPauseEnds holds for any answers: a limited one always makes the next
// request wait, one waiter is let through when its time has come, and the good
// answer to that one ends it.
func TestPauseEnds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var p store.Pause
		now := noon
		for range rapid.IntRange(1, 20).Draw(rt, "answers") {
			v := store.Verdict{Limited: true, Hourly: rapid.Bool().Draw(rt, "hourly"),
				RetryAfter: time.Duration(rapid.IntRange(0, 100_000).Draw(rt, "retry after")) * time.Millisecond}
			p = p.After(v, now)
			wait := p.Wait(now)
			if wait <= 0 || wait < v.RetryAfter || wait > max(10*time.Minute, 100*time.Second) {
				rt.Fatalf("wait %v after %+v", wait, v)
			}
			if rapid.Bool().Draw(rt, "waits") {
				now = now.Add(wait)
				if p.Wait(now) != 0 || p.Probing(now).Wait(now) == 0 {
					rt.Fatalf("not one probe after %v", wait)
				}
				p = p.Probing(now)
			}
		}
		now = now.Add(p.Wait(now))
		if got := p.Probing(now).After(store.Verdict{}, now); got != (store.Pause{}) {
			rt.Fatalf("a good answer left %+v", got)
		}
	})
}
