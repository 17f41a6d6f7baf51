package measure

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"afterbeep/store"
)

// nine is nine to five on five days.
var nine = [7]string{"", "09:00-17:00", "09:00-17:00", "09:00-17:00", "09:00-17:00", "09:00-17:00", ""}

func mustClock(t testing.TB, limit time.Duration, all ...store.Hours) *Clock {
	t.Helper()
	d := store.DefaultDesk()
	d.Hours, d.Overdue = all, limit
	c, err := NewClock(d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	got, err := time.Parse("Mon 2006-01-02 15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestWhoseHoursCount(t *testing.T) {
	from := func(hour int) [7]string {
		return [7]string{1: fmt.Sprintf("%02d:00-24:00", hour)}
	}
	c := mustClock(t, 0,
		store.Hours{Zone: "UTC", Week: from(1)},
		store.Hours{BotID: "b", Queue: "q", Zone: "UTC", Week: from(2)},
		store.Hours{BotID: "b", Zone: "UTC", Week: from(3)},
		store.Hours{Queue: "q", Zone: "UTC", Week: from(4)},
		store.Hours{BotID: "b", Zone: "UTC", Week: from(5)}) // the one before is used
	monday := at(t, "Mon 2026-03-09 00:00")
	for _, tt := range []struct {
		bot, queue string
		want       int
	}{{"b", "q", 2}, {"b", "other", 3}, {"b", "", 3}, {"other", "q", 4}, {"other", "other", 1}} {
		if got := c.Calendar(tt.bot, tt.queue).Next(monday).Hour(); got != tt.want {
			t.Errorf("%s of %s: opens at %d, want %d", tt.queue, tt.bot, got, tt.want)
		}
	}
	if got := mustClock(t, 0).Waited("b", "q", monday, monday.Add(100*time.Hour)); got != 100*time.Hour {
		t.Errorf("without hours %v of 100 h count", got)
	}
	d := store.DefaultDesk()
	d.Hours = []store.Hours{{Zone: "Nowhere"}}
	if _, err := NewClock(d); err == nil {
		t.Error("a clock was made of hours that can't be read")
	}
}

func TestLate(t *testing.T) {
	c := mustClock(t, 4*time.Hour, store.Hours{Zone: "UTC", Week: nine})
	for left, tt := range map[string]struct {
		now  string
		want bool
	}{
		"Fri 2026-03-13 16:00": {"Mon 2026-03-16 11:59", false},
		"Fri 2026-03-13 16:01": {"Mon 2026-03-16 12:01", true},
		"Sat 2026-03-14 10:00": {"Mon 2026-03-16 12:59", false},
		"Sat 2026-03-14 11:00": {"Mon 2026-03-16 13:00", true},
	} {
		left, now := at(t, left), at(t, tt.now)
		at := c.OverdueAt("b", "q", left, time.Time{})
		if got := !at.After(now); got != tt.want {
			t.Errorf("left %v, now %v: late is %v, want %v", left, now, got, tt.want)
		}
		if got := !left.After(c.LateBefore("b", "q", now, c.Limit)); got != tt.want {
			t.Errorf("left %v, now %v: by LateBefore it is late: %v, want %v", left, now, got, tt.want)
		}
	}
	if at := mustClock(t, 0).OverdueAt("b", "q", at(t, "Mon 2026-03-16 13:00"), time.Time{}); !at.IsZero() {
		t.Error("late without a limit")
	}
	never := mustClock(t, time.Hour, store.Hours{Zone: "UTC", Week: [7]string{1: "09:00-10:00"}, Holidays: everyDay()})
	if got := never.LateBefore("b", "q", at(t, "Mon 2026-03-16 13:00"), time.Hour); !got.IsZero() {
		t.Errorf("where nobody ever works it is late before %v", got)
	}
}

// Who wants a call when nobody works is overdue when people work again.
func TestWantedOutsideOfHours(t *testing.T) {
	c := mustClock(t, 0, store.Hours{Zone: "UTC", Week: nine})
	for due, want := range map[string]string{
		"Fri 2026-03-13 16:30": "Fri 2026-03-13 16:30",
		"Fri 2026-03-13 17:00": "Fri 2026-03-13 17:00", // until then they could call
		"Fri 2026-03-13 17:01": "Mon 2026-03-16 09:00",
		"Sat 2026-03-14 10:00": "Mon 2026-03-16 09:00",
		"Mon 2026-03-16 08:00": "Mon 2026-03-16 09:00",
		"Mon 2026-03-16 09:00": "Mon 2026-03-16 09:00",
	} {
		due, want := at(t, due), at(t, want)
		if got := c.OverdueAt("b", "q", due.Add(-time.Hour), due); !got.Equal(want) {
			t.Errorf("wanted %v it is overdue at %v, want %v", due, got, want)
		}
		for now, overdue := range map[time.Time]bool{want.Add(-time.Minute): false, want: false, want.Add(time.Minute): true} {
			one := store.Callback{Lane: store.LaneRequests, BotID: "b", Queue: "q", DueAt: due}
			if got := one.Overdue(c.Late(now), now); got != overdue {
				t.Errorf("wanted %v, at %v it is overdue: %v, want %v", due, now, got, overdue)
			}
			sum := SumUp([]store.Wait{{BotID: "b", Queue: "q", LeftAt: due.Add(-time.Hour), DueAt: due, Status: store.CallbackOpen}}, store.DefaultDesk(), c, time.UTC, now)
			if got := sum.All.Overdue == 1; got != overdue {
				t.Errorf("wanted %v, at %v it is summed up as overdue: %v, want %v", due, now, got, overdue)
			}
		}
	}
	if late := mustClock(t, 0).Late(at(t, "Mon 2026-03-16 08:00")); late != nil {
		t.Errorf("without hours and limit %v is late", late)
	}
}

func everyDay() []string {
	var days []string
	for day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2024; day = day.AddDate(0, 0, 1) {
		days = append(days, day.Format("01-02"))
	}
	return days
}

// An odometer says what its calendar does, and LateBefore is when Between is the
// limit, whatever the zone and its clocks do.
func TestCountsAsCalendarsDo(t *testing.T) {
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo"}
	weeks := [][7]string{nine, {0: "00:00-24:00", 3: "00:00-01:30,23:30-24:00"}, {6: "12:00-12:01"}, {"22:00-24:00", "00:00-06:00", "", "", "01:30-02:30", "", "02:15-02:45"}}
	rapid.Check(t, func(rt *rapid.T) {
		c := mustClock(t, 0, store.Hours{Zone: rapid.SampledFrom(zones).Draw(rt, "zone"), Week: rapid.SampledFrom(weeks).Draw(rt, "week"), Holidays: []string{"12-25", "03-29"}})
		moment := func(name string) time.Time {
			return time.Unix(rapid.Int64Range(1_500_000_000, 1_600_000_000).Draw(rt, name), 0).UTC()
		}
		a, b, from, to := moment("a"), moment("b"), moment("from"), moment("to")
		calendar := c.Calendar("b", "q")
		if got, want := newOdometer(calendar, from, to).between(a, b), calendar.Between(a, b); got != want {
			rt.Fatalf("from %v to %v are %v, want %v", a, b, got, want)
		}
		one := store.Callback{Lane: store.LaneRequests, BotID: "b", Queue: "q", DueAt: a}
		if got, want := one.Overdue(c.Late(b), b), c.OverdueAt("b", "q", from, a).Before(b); got != want {
			rt.Fatalf("wanted %v, at %v it is overdue: %v, want %v", a, b, got, want)
		}
		limit := time.Duration(rapid.Int64Range(1, int64(20*time.Hour)).Draw(rt, "limit"))
		if calendar.Between(b.AddDate(0, 0, -60), b) < limit {
			return // not often open
		}
		before := c.LateBefore("b", "q", b, limit)
		if got := calendar.Between(before, b); got < limit || got > limit+time.Microsecond {
			rt.Fatalf("since %v %v have gone by at %v, want %v", before, got, b, limit)
		}
	})
}

func TestSumUp(t *testing.T) {
	now := at(t, "Wed 2026-03-11 12:00")
	d := store.DefaultDesk()
	d.Hours, d.Overdue = []store.Hours{{Zone: "UTC", Week: nine}}, 8*time.Hour
	c, err := NewClock(d)
	if err != nil {
		t.Fatal(err)
	}
	done := func(queue, left, closed, by, outcome string) store.Wait {
		return store.Wait{BotID: "b", Queue: queue, LeftAt: at(t, left), Status: store.CallbackDone, ClosedAt: at(t, closed), Assignee: by, Outcome: outcome}
	}
	waits := []store.Wait{
		done("q", "Mon 2026-03-09 10:00", "Mon 2026-03-09 11:00", "ada", "reached"),
		done("q", "Mon 2026-03-09 16:00", "Tue 2026-03-10 10:00", "ada", "reached"), // 2 h
		done("q", "Mon 2026-03-09 12:00", "Tue 2026-03-10 12:00", "bob", "reached"), // 8 h
		done("p", "Mon 2026-03-09 12:00", "Tue 2026-03-10 12:00", "bob", "wrong_number"),
		done("p", "Mon 2026-03-09 12:00", "Tue 2026-03-10 12:00", "bob", "an outcome that is gone"),
		{BotID: "b", Queue: "p", LeftAt: at(t, "Tue 2026-03-10 11:00"), Status: store.CallbackOpen, DueAt: now.Add(-time.Minute), CaseID: 7, Tried: []time.Time{now.Add(-time.Hour), now.Add(-time.Minute)}},      // 9 h
		{BotID: "b", Queue: "p", LeftAt: at(t, "Tue 2026-03-10 23:00"), Status: store.CallbackClaimed, Assignee: "ada", LeaseUntil: now.Add(1), DueAt: now, CaseID: 7, Tried: []time.Time{now.Add(-time.Minute)}}, // 3 h
		{BotID: "b", Queue: "p", LeftAt: at(t, "Tue 2026-03-10 23:00"), Status: store.CallbackClaimed, Assignee: "cat", LeaseUntil: now, DueAt: now.Add(1)},                                                       // 3 h
		{BotID: "b", Queue: "q", LeftAt: at(t, "Wed 2026-03-11 23:00"), Status: store.CallbackOpen, DueAt: at(t, "Thu 2026-03-12 23:00")},                                                                         // of a clock that goes before
	}
	const h = time.Hour
	got := SumUp(waits, d, c, time.UTC, now)
	day := func(text string) time.Time { return at(t, text+" 00:00") }
	want := Sums{
		All: Sum{Requests: 9, Reached: 3, Closed: 2, Open: 4, Overdue: 1, Attempts: 2, Median: 2 * h, P90: 8 * h, Oldest: 9 * h},
		Days: []Row{
			{Day: day("Wed 2026-03-11"), Sum: Sum{Requests: 1, Open: 1}},
			{Day: day("Tue 2026-03-10"), Sum: Sum{Requests: 3, Open: 3, Overdue: 1, Attempts: 2, Oldest: 9 * h}},
			{Day: day("Mon 2026-03-09"), Sum: Sum{Requests: 5, Reached: 3, Closed: 2, Median: 2 * h, P90: 8 * h}},
		},
		Queues: []Row{
			{Name: "p", Sum: Sum{Requests: 5, Closed: 2, Open: 3, Overdue: 1, Attempts: 2, Oldest: 9 * h}},
			{Name: "q", Sum: Sum{Requests: 4, Reached: 3, Open: 1, Median: 2 * h, P90: 8 * h}},
		},
		Agents: []Row{
			{Name: "ada", Sum: Sum{Requests: 3, Reached: 2, Open: 1, Attempts: 1, Median: h, P90: 2 * h, Oldest: 3 * h}},
			{Name: "bob", Sum: Sum{Requests: 3, Reached: 1, Closed: 2, Median: 8 * h, P90: 8 * h}},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff(Sums{}, SumUp(nil, store.DefaultDesk(), c, time.UTC, now)); d != "" {
		t.Errorf("of nothing (-want +got):\n%s", d)
	}
	// The same days are others where it is another time.
	if got := SumUp(waits, d, c, time.FixedZone("", 2*3600), now).Days; got[0].Day.Day() != 12 || len(got) != 4 {
		t.Errorf("east of here the latest of %d days is %v", len(got), got[0].Day)
	}
}

func TestPercentile(t *testing.T) {
	one := func(n int) []time.Duration {
		var list []time.Duration
		for i := range n {
			list = append(list, time.Duration(i+1))
		}
		return list
	}
	for _, tt := range []struct {
		n     int
		share float64
		want  time.Duration
	}{{0, .5, 0}, {1, .5, 1}, {1, .9, 1}, {2, .5, 1}, {3, .5, 2}, {10, .9, 9}, {11, .9, 10}, {100, .9, 90}, {10, 0, 1}, {10, 1, 10}} {
		if got := Percentile(one(tt.n), tt.share); got != tt.want {
			t.Errorf("%v of %d is %d, want %d", tt.share, tt.n, got, tt.want)
		}
	}
}

// BenchmarkSumUp sums up a hundred thousand requests of three years.
func BenchmarkSumUp(b *testing.B) {
	now := time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC)
	d := store.DefaultDesk()
	d.Hours, d.Overdue = []store.Hours{{Zone: "Europe/Berlin", Week: nine}, {Queue: "q1", Zone: "America/New_York", Week: nine}}, 8*time.Hour
	c, err := NewClock(d)
	if err != nil {
		b.Fatal(err)
	}
	waits := make([]store.Wait, 100_000)
	for i := range waits {
		left := now.Add(-time.Duration(i) * 15 * time.Minute)
		waits[i] = store.Wait{BotID: "b", Queue: fmt.Sprint("q", i%5), LeftAt: left, Status: store.CallbackDone, Outcome: "reached", Assignee: fmt.Sprint("agent", i%50), ClosedAt: left.Add(time.Duration(i%5000) * time.Minute)}
		if i%4 == 0 {
			waits[i].Status, waits[i].Assignee = store.CallbackOpen, ""
		}
	}
	for b.Loop() {
		SumUp(waits, d, c, time.UTC, now)
	}
}
