package ingest

import (
	"testing"
	"time"

	"afterbeep/store"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// looks is a window that was looked at, all times as distances before noon.
func looks(from, to, at time.Duration) store.Window {
	return store.Window{From: noon.Add(-from), To: noon.Add(-to), LookedAt: noon.Add(-at)}
}

func TestPlanWindows(t *testing.T) {
	const h, day = time.Hour, 24 * time.Hour
	regular := []store.Window{looks(48*h, 0, 3*h), looks(6*h, -10*time.Minute, 20*time.Minute), looks(h, -10*time.Minute, 5*time.Minute)}
	for _, tt := range []struct {
		name   string
		looked []store.Window
		back   time.Duration
		want   []span // as distances before noon, newest first
	}{
		{"new account", nil, 48 * h, []span{ago(48*h, 0)}},
		{"new account, long look-back", nil, 20 * day, []span{ago(7*day, 0), ago(14*day, 7*day), ago(20*day, 14*day)}},
		{"next pass", regular, 48 * h, []span{ago(h, 0)}},
		{"half an hour later", []store.Window{looks(48*h, 0, 3*h), looks(6*h, 0, 31*time.Minute)}, 48 * h, []span{ago(6*h, 0)}},
		{"six hours later", []store.Window{looks(60*h, 6*h, 6*h+time.Minute), looks(12*h, 0, 5*time.Minute)}, 48 * h, []span{ago(48*h, 0)}},
		{"a day's outage", []store.Window{looks(72*h, 24*h, 24*h)}, 48 * h, []span{ago(48*h, 0)}},
		// What was last looked at within a day of its time is looked at again.
		{"an outage of five days", []store.Window{looks(400*h, 120*h, 120*h)}, 48 * h, []span{ago(144*h, 0)}},
		{"an outage of twenty days", []store.Window{looks(30*day, 20*day, 20*day)}, 48 * h, []span{ago(7*day, 0), ago(14*day, 7*day), ago(21*day, 14*day)}},
		{"a range of the past is no beginning", append([]store.Window{looks(90*day, 80*day, 3*h)}, regular...), 48 * h, []span{ago(h, 0)}},
		{"the first look was broken off", []store.Window{looks(7*day, 0, time.Minute), looks(14*day, 7*day, time.Minute)}, 20 * day,
			[]span{ago(7*day, 0), ago(20*day, 14*day)}},
		{"short look-back", []store.Window{looks(2*h, 0, time.Minute)}, 30 * time.Minute, []span{ago(30*time.Minute, 0)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, planWindows(noon, tt.looked, tt.back)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func ago(from, to time.Duration) span { return span{noon.Add(-from), noon.Add(-to)} }

// Looks that a clock wrote which was ahead say nothing of what is there by now.
func TestPlanAfterAClockThatWasAhead(t *testing.T) {
	ahead := noon.Add(24 * time.Hour)
	looked := []store.Window{
		{From: noon.Add(-48 * time.Hour), To: noon.Add(-2 * time.Hour), LookedAt: noon.Add(-time.Minute)},
		{From: noon.Add(-2 * time.Hour), To: ahead, LookedAt: ahead},
	}
	if got := planWindows(noon, looked, 48*time.Hour); len(got) == 0 || got[len(got)-1].From.After(noon.Add(-2*time.Hour)) {
		t.Errorf("got %v, want the last hours looked at again", got)
	}
}

// However passes are timed and however often they are broken off, each minute
// since the first pass is looked at when it is old, and each pass leaves no
// minute of the look-back unseen.
func TestPlanCoversEveryMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lookBack := time.Duration(rapid.IntRange(1, 60).Draw(t, "look-back hours")) * time.Hour
		now := noon
		var looked []store.Window
		first := now.Add(-lookBack)
		passes := rapid.IntRange(1, 12).Draw(t, "passes")
		for range passes {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{1, 5, 30, 300, 6000, 30000}).Draw(t, "minutes")) * time.Minute)
			windows := planWindows(now, looked, lookBack)
			done := len(windows)
			if rapid.IntRange(0, 3).Draw(t, "broken off") == 0 {
				done = rapid.IntRange(0, len(windows)).Draw(t, "windows done")
			}
			for _, w := range windows[:done] {
				if w.To.Sub(w.From) > maxWindow || !w.From.Before(w.To) {
					t.Fatalf("a window of %v", w.To.Sub(w.From))
				}
				looked = append(looked, store.Window{From: w.From, To: w.To, LookedAt: now})
			}
		}
		for _, w := range planWindows(now, looked, lookBack) {
			looked = append(looked, store.Window{From: w.From, To: w.To, LookedAt: now})
		}
		if live := liveSince(looked); live.After(first) {
			first = now.Add(-lookBack) // no earlier pass got anywhere
		}
		if left := subtract(span{first, now}, covered(looked, time.Time{}, 0)); len(left) > 0 {
			t.Fatalf("not looked at: %v", left)
		}
		if first.Before(now.Add(-lookBack)) {
			if left := subtract(span{first, now.Add(-lookBack)}, covered(looked, time.Time{}, lookBack/2)); len(left) > 0 {
				t.Fatalf("not looked at late enough: %v", left)
			}
		}
		if left := subtract(span{now.Add(-lookBack), now.Add(-min(recent, lookBack))}, covered(looked, now.Add(-lookBackEach), 0)); len(left) > 0 {
			t.Fatalf("not looked at for six hours: %v", left)
		}
	})
}

func TestPlanOverADay(t *testing.T) {
	const lookBack = 48 * time.Hour
	var looked []store.Window
	looks := map[string]int{}
	for now := noon; now.Before(noon.Add(24 * time.Hour)); now = now.Add(5 * time.Minute) {
		windows := planWindows(now, looked, lookBack)
		switch length := windows[0].To.Sub(windows[0].From); {
		case len(windows) > 1:
			looks["several"]++
		case length > 40*time.Hour:
			looks["look-back"]++
		case length > 5*time.Hour:
			looks["six hours"]++
		default:
			looks["hour"]++
		}
		for _, w := range windows {
			looked = append(looked, store.Window{From: w.From, To: w.To, LookedAt: now})
		}
	}
	// The wide look replaces a narrower one.
	want := map[string]int{"look-back": 4, "six hours": 44, "hour": 240}
	if diff := cmp.Diff(want, looks); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// However rows lie, each stretch is read, none is longer than it may be, and
// few windows overflow.
func TestStepperReadsAllOfAWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		room := rapid.IntRange(1, 2000).Draw(t, "room")
		longest := time.Duration(rapid.IntRange(1, 7*24*60).Draw(t, "longest minutes")) * time.Minute
		left := ago(time.Duration(rapid.IntRange(1, 30*24*3600).Draw(t, "seconds"))*time.Second, 0)
		dense := rapid.SliceOfN(rapid.IntRange(0, 100), 1, 20).Draw(t, "rows a minute, by day")
		steps, next := stepper{room: 1000}, left.To
		for reads := 0; left.From.Before(left.To); reads++ {
			s := steps.newest(left, longest)
			if s.To != next || s.To.Sub(s.From) > longest+time.Second || !s.From.Before(s.To) || s.From.Before(left.From) {
				t.Fatalf("got %v of what is left of %v", s, left)
			}
			if reads > 100_000 {
				t.Fatal("it does not end")
			}
			rows := int(s.To.Sub(s.From).Minutes() * float64(dense[s.From.YearDay()%len(dense)]))
			if rows > room && s.To.Sub(s.From) > time.Minute {
				steps.overflowed(s, room)
				continue
			}
			steps.held(s, rows, longest)
			left.To, next = s.From, s.From
		}
	})
}

// A day on which sessions crowd costs little more than its pages.
func TestStepperCostsLittle(t *testing.T) {
	const room = 1100
	pages, rows := 0, 0
	steps := stepper{room: room}
	left := ago(10*24*time.Hour, 0)
	for left.From.Before(left.To) {
		s := steps.newest(left, maxWindow)
		perHour := 140.0
		if d := noon.Sub(s.To); d >= 5*24*time.Hour && d < 6*24*time.Hour {
			perHour = 833
		}
		n := int(s.To.Sub(s.From).Hours() * perHour)
		if pages += min(n, room)/100 + 1; n > room {
			steps.overflowed(s, room)
			continue
		}
		steps.held(s, n, maxWindow)
		rows += n
		left.To = s.From
	}
	if t.Logf("%d pages for %d rows", pages, rows); float64(pages) > 1.2*float64(rows)/100 {
		t.Errorf("%d pages for %d rows", pages, rows)
	}
}

func TestRangeWindows(t *testing.T) {
	got := rangeWindows(noon.Add(-8*24*time.Hour), noon.Add(time.Millisecond))
	want := []span{
		{noon.Add(time.Second - maxWindow), noon.Add(time.Second)},
		{noon.Add(-8 * 24 * time.Hour), noon.Add(time.Second - maxWindow)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
