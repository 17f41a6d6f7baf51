package store_test

import (
	"testing"
	"time"

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
