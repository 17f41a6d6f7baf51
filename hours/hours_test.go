package hours_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"afterbeep/hours"

	"pgregory.net/rapid"
)

// office is nine to five with a break at noon, and a short Friday.
var office = [7]string{"", "09:00-12:00, 13:00-17:00", "09:00-12:00,13:00-17:00", "09:00-12:00,13:00-17:00", "09:00-12:00,13:00-17:00", "09:00-13:00", ""}

func mustNew(t testing.TB, zone string, week [7]string, holidays ...string) *hours.Calendar {
	t.Helper()
	c, err := hours.New(zone, week, holidays)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	got, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestNewSaysWhatIsWrong(t *testing.T) {
	for name, tt := range map[string]struct {
		zone     string
		week     [7]string
		holidays []string
		want     string
	}{
		"zone":       {"Mars/Base", office, nil, "not a time zone"},
		"local":      {"Local", office, nil, "not a time zone"},
		"no stretch": {"UTC", [7]string{1: "nine to five"}, nil, "Monday"},
		"one end":    {"UTC", [7]string{1: "09:00"}, nil, "write it as 09:00-17:00"},
		"backwards":  {"UTC", [7]string{2: "22:00-06:00"}, nil, "write what goes over midnight as two days"},
		"too late":   {"UTC", [7]string{2: "09:00-24:30"}, nil, "Tuesday"},
		"never":      {"UTC", [7]string{}, nil, "never open"},
		"holiday":    {"UTC", office, []string{"Christmas"}, "not a day"},
		"no such":    {"UTC", office, []string{"02-30"}, "not a day"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := hours.New(tt.zone, tt.week, tt.holidays)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	c := mustNew(t, "Europe/Berlin", office, "2026-03-12", "02-29", "12-25")
	for text, want := range map[string]bool{
		"2026-03-10T08:59:59+01:00": false,
		"2026-03-10T09:00:00+01:00": true,
		"2026-03-10T12:00:00+01:00": false,
		"2026-03-10T12:30:00+01:00": false,
		"2026-03-10T13:00:00+01:00": true,
		"2026-03-10T16:59:59+01:00": true,
		"2026-03-10T17:00:00+01:00": false,
		"2026-03-10T15:30:00Z":      true,  // 16:30 there
		"2026-03-10T16:30:00Z":      false, // 17:30 there
		"2026-03-12T10:00:00+01:00": false, // that year's holiday
		"2025-12-25T10:00:00+01:00": false, // every year's
		"2024-02-29T10:00:00+01:00": false,
		"2026-03-14T10:00:00+01:00": false, // Saturday
	} {
		if got := c.Open(at(t, text)); got != want {
			t.Errorf("Open(%s) is %v, want %v", text, got, want)
		}
	}
}

func TestBetweenAndAdd(t *testing.T) {
	night := [7]string{"00:00-06:00", "22:00-24:00", "00:00-06:00,22:00-24:00", "00:00-06:00", "", "", "20:00-24:00"}
	all := [7]string{"00:00-24:00", "00:00-24:00", "00:00-24:00", "00:00-24:00", "00:00-24:00", "00:00-24:00", "00:00-24:00"}
	for name, tt := range map[string]struct {
		zone     string
		week     [7]string
		holidays []string
		a, b     string
		want     time.Duration
	}{
		"within a stretch":     {"UTC", office, nil, "2026-03-10T09:30:00Z", "2026-03-10T10:00:00Z", 30 * time.Minute},
		"over the break":       {"UTC", office, nil, "2026-03-10T11:30:00Z", "2026-03-10T13:30:00Z", time.Hour},
		"over the weekend":     {"UTC", office, nil, "2026-03-13T12:00:00Z", "2026-03-16T10:00:00Z", 2 * time.Hour},
		"over a holiday":       {"UTC", office, []string{"2026-03-11"}, "2026-03-10T16:00:00Z", "2026-03-12T10:00:00Z", 2 * time.Hour},
		"over midnight":        {"UTC", night, nil, "2026-03-09T23:00:00Z", "2026-03-10T05:00:00Z", 6 * time.Hour},
		"spring":               {"Europe/Berlin", night, nil, "2026-03-28T20:00:00+01:00", "2026-03-29T06:00:00+02:00", 9 * time.Hour},
		"autumn":               {"Europe/Berlin", night, nil, "2026-10-24T20:00:00+02:00", "2026-10-25T06:00:00+01:00", 11 * time.Hour},
		"always, over spring":  {"America/New_York", all, nil, "2026-03-08T00:00:00-05:00", "2026-03-09T00:00:00-04:00", 23 * time.Hour},
		"midnight is skipped":  {"Asia/Beirut", all, nil, "2026-03-28T12:00:00+02:00", "2026-03-29T12:00:00+03:00", 23 * time.Hour},
		"another day's offset": {"Asia/Kolkata", office, nil, "2026-03-10T03:30:00Z", "2026-03-10T11:30:00Z", 7 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			c := mustNew(t, tt.zone, tt.week, tt.holidays...)
			a, b := at(t, tt.a), at(t, tt.b)
			if got := c.Between(a, b); got != tt.want {
				t.Errorf("between is %v, want %v", got, tt.want)
			}
			if got := c.Between(b, a); got != 0 {
				t.Errorf("between, backwards, is %v, want 0", got)
			}
			if got := c.Add(a, tt.want); !got.Equal(b) {
				t.Errorf("add is %v, want %v", got, b)
			}
		})
	}
}

func TestNilIsAlwaysOpen(t *testing.T) {
	var c *hours.Calendar
	a := at(t, "2026-03-14T03:00:00Z")
	if b := c.Add(a, time.Hour); !c.Open(a) || !c.Next(a).Equal(a) || c.Between(a, b) != time.Hour || c.Zone() != time.UTC {
		t.Errorf("a nil calendar is not open at all times")
	}
}

func TestNext(t *testing.T) {
	c := mustNew(t, "UTC", office, "2026-03-16")
	for from, want := range map[string]string{
		"2026-03-10T10:00:00Z": "2026-03-10T10:00:00Z",
		"2026-03-10T12:00:00Z": "2026-03-10T13:00:00Z",
		"2026-03-13T18:00:00Z": "2026-03-17T09:00:00Z",
	} {
		if got := c.Next(at(t, from)); !got.Equal(at(t, want)) {
			t.Errorf("Next(%s) is %v, want %s", from, got, want)
		}
	}
}

func TestLast(t *testing.T) {
	c := mustNew(t, "UTC", office, "2026-03-16")
	for until, want := range map[string]string{
		"2026-03-10T10:00:00Z": "2026-03-10T10:00:00Z",
		"2026-03-10T12:00:00Z": "2026-03-10T12:00:00Z", // the end of a stretch
		"2026-03-10T12:20:00Z": "2026-03-10T12:00:00Z",
		"2026-03-10T09:00:00Z": "2026-03-09T17:00:00Z", // it just begins
		"2026-03-17T08:00:00Z": "2026-03-13T13:00:00Z", // over a weekend and a holiday
	} {
		if got := c.Last(at(t, until)); !got.Equal(at(t, want)) {
			t.Errorf("Last(%s) is %v, want %s", until, got, want)
		}
	}
	var every *hours.Calendar
	if now := at(t, "2026-03-14T03:00:00Z"); !every.Last(now).Equal(now) {
		t.Error("a nil calendar is not open at all times")
	}
}

// TestEndsWhereNothingIsOpen has holidays on every day that is not one.
func TestEndsWhereNothingIsOpen(t *testing.T) {
	var every []string
	for day := at(t, "2024-01-01T00:00:00Z"); day.Year() == 2024; day = day.AddDate(0, 0, 1) {
		every = append(every, day.Format("01-02"))
	}
	c := mustNew(t, "UTC", office, every...)
	a := at(t, "2026-03-10T10:00:00Z")
	if got := c.Add(a, time.Minute); got.Year() < 2045 {
		t.Errorf("got %v, want a time far off", got)
	}
}

// drawCalendar makes any week with any holidays, in zones whose clocks change
// in all ways.
func drawCalendar(t *rapid.T) *hours.Calendar {
	var week [7]string
	for day := range week {
		var parts []string
		for range rapid.IntRange(0, 3).Draw(t, "stretches") {
			from := rapid.IntRange(0, 24*4-1).Draw(t, "from")
			to := rapid.IntRange(from+1, 24*4).Draw(t, "to")
			parts = append(parts, fmt.Sprintf("%02d:%02d-%02d:%02d", from/4, from%4*15, to/4, to%4*15))
		}
		week[day] = strings.Join(parts, ",")
	}
	if week == [7]string{} {
		week[3] = "08:00-10:00"
	}
	var holidays []string
	for range rapid.IntRange(0, 3).Draw(t, "holidays") {
		holidays = append(holidays, fmt.Sprintf("%02d-%02d", rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day")))
	}
	zone := rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "America/Santiago", "Pacific/Apia", "Africa/Cairo"}).Draw(t, "zone")
	c, err := hours.New(zone, week, holidays)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func drawTime(t *rapid.T, name string) time.Time {
	return time.Unix(rapid.Int64Range(1_700_000_000, 1_800_000_000).Draw(t, name), 0)
}

// TestBetweenIsOpenTime counts the minutes that are open one by one.
func TestBetweenIsOpenTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, a := drawCalendar(t), drawTime(t, "a").Truncate(time.Minute)
		b := a.Add(time.Duration(rapid.IntRange(0, 4*24*60).Draw(t, "minutes")) * time.Minute)
		var want time.Duration
		for m := a; m.Before(b); m = m.Add(time.Minute) {
			if c.Open(m) {
				want += time.Minute
			}
		}
		if got := c.Between(a, b); got != want {
			t.Fatalf("between %v and %v: got %v, want %v", a, b, got, want)
		}
	})
}

func TestTimesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, a := drawCalendar(t), drawTime(t, "a")
		b := a.Add(time.Duration(rapid.Int64Range(0, int64(60*24*time.Hour)).Draw(t, "b")))
		m := a.Add(time.Duration(rapid.Int64Range(0, int64(b.Sub(a))).Draw(t, "m")))
		whole := c.Between(a, b)
		if got := c.Between(a, m) + c.Between(m, b); got != whole {
			t.Fatalf("the parts are %v, the whole %v", got, whole)
		}
		if whole > b.Sub(a) {
			t.Fatalf("%v of business time in %v", whole, b.Sub(a))
		}
		d := time.Duration(rapid.Int64Range(1, int64(40*time.Hour)).Draw(t, "d"))
		end := c.Add(a, d)
		if got := c.Between(a, end); got != d {
			t.Fatalf("between a and a+%v is %v", d, got)
		}
		if got := c.Between(a, end.Add(-1)); got != d-1 {
			t.Fatalf("%v is not the earliest time: %v before it", end, got)
		}
		if last := c.Last(b); last.After(b) || c.Between(last, b) != 0 || c.Between(last.Add(-1), last) != 1 {
			t.Fatalf("last until %v is %v", b, last)
		}
		if next := c.Next(a); !c.Open(next) || c.Between(a, next) != 0 {
			t.Fatalf("next after %v is %v", a, next)
		}
	})
}
