package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// weekdays by number, as in package time.
var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

const (
	today     = "today"
	yesterday = "yesterday"
	// minWeekday is how many letters of a weekday are enough.
	minWeekday = 3
)

// readDay brings a day, month or year into its one form: 2025-02-11, 2025-02,
// 2025, or a word. A time with its zone stays one.
func readDay(typed string) (value string, ok bool) {
	switch {
	case typed == today, typed == yesterday:
		return typed, true
	case len(typed) >= minWeekday && len(typed) <= maxName:
		i := slices.IndexFunc(weekdays, func(d string) bool { return strings.HasPrefix(d, typed) })
		if i >= 0 {
			return weekdays[i], true
		}
	}
	if t, ok := instantOf(typed); ok {
		return t.Format(time.RFC3339Nano), true
	}
	d, ok := dateOf(typed)
	return d.String(), ok
}

// instantOf reads a time such as 2025-02-11T13:57:42Z.
func instantOf(typed string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, strings.ToUpper(typed))
	return t, err == nil && t.Year() >= earliest
}

// date is a year, a month of it or a day: what is not said is 0.
type date struct{ year, month, day int }

func (d date) String() string {
	switch {
	case d.month == 0:
		return fmt.Sprintf("%04d", d.year)
	case d.day == 0:
		return fmt.Sprintf("%04d-%02d", d.year, d.month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// dateOf reads a date with its year first, or with its day first and dots. The
// 2/11/2025 is not read: it is two days in two countries.
func dateOf(typed string) (date, bool) {
	parts := strings.FieldsFunc(typed, isJoint)
	if len(parts) == 3 && len(parts[2]) == 4 && strings.Count(typed, ".") == 2 {
		slices.Reverse(parts)
	}
	if len(parts) == 1 && len(parts[0]) == len("20250211") {
		parts = []string{parts[0][:4], parts[0][4:6], parts[0][6:]}
	}
	if len(parts) == 0 || len(parts) > 3 || len(parts[0]) != 4 {
		return date{}, false
	}
	var n [3]int
	for i, p := range parts {
		var ok bool
		if n[i], ok = atoi(p); !ok || n[i] < 1 {
			return date{}, false
		}
	}
	d := date{n[0], n[1], n[2]}
	first := time.Date(d.year, time.Month(max(d.month, 1)), max(d.day, 1), 0, 0, 0, 0, time.UTC)
	return d, d.year >= 1000 && (d.month == 0 || int(first.Month()) == d.month) && (d.day == 0 || first.Day() == d.day)
}

func toASCII(r rune) rune {
	if unicode.IsDigit(r) {
		return asciiDigit(r)
	}
	return r
}

// Window is the time that a filter leaves open: from included, to not. A zero
// time is no bound; both are zero if the filter is about something else. Days
// begin where they do in the zone, also where clocks are changed at midnight; an
// age in days or longer is that many days of the calendar. A weekday is its last
// one, today included. After a time includes it, on a time is its second.
func (f Filter) Window(now time.Time, zone *time.Location) (from, to time.Time) {
	now = now.In(zone)
	switch f.kind() {
	case KindAge:
		a, _, ok := readAge(f.Value)
		if !ok {
			return time.Time{}, time.Time{}
		}
		if f.Field == "older_than" {
			return time.Time{}, a.before(now)
		}
		return a.before(now), time.Time{}
	case KindDay:
		first, behind, ok := f.days(now)
		if t, isInstant := instantOf(f.Value); isInstant {
			first, behind, ok = t, t, true
			if f.Field == "on" {
				behind = t.Add(time.Second)
			}
		}
		if !ok {
			return time.Time{}, time.Time{}
		}
		switch f.Field {
		case "after":
			return behind, time.Time{}
		case "before":
			return time.Time{}, first
		}
		return first, behind
	}
	return time.Time{}, time.Time{}
}

// days are the first instant of the day, month or year that is named, and the
// first one behind it.
func (f Filter) days(now time.Time) (first, behind time.Time, ok bool) {
	y, m, d := now.Date()
	zone := now.Location()
	one := func(ago int) (time.Time, time.Time, bool) {
		return DayStart(y, m, d-ago, zone), DayStart(y, m, d-ago+1, zone), true
	}
	switch f.Value {
	case today:
		return one(0)
	case yesterday:
		return one(1)
	}
	if i := slices.Index(weekdays, f.Value); i >= 0 {
		return one((int(now.Weekday()) - i + len(weekdays)) % len(weekdays))
	}
	named, ok := dateOf(f.Value)
	next := named
	switch {
	case named.month == 0:
		next.year++
	case named.day == 0:
		next.month++
	default:
		next.day++
	}
	return named.start(zone), next.start(zone), ok
}

func (d date) start(zone *time.Location) time.Time {
	return DayStart(d.year, time.Month(max(d.month, 1)), max(d.day, 1), zone)
}

// earliest is before all that was ever recorded, and no zero time.
const earliest = 1000

// before is the instant that lies so far back. The 31st is a month's last day
// where that is shorter.
func (a age) before(now time.Time) time.Time {
	t := now
	switch a.unit {
	case "m":
		t = now.Add(-time.Duration(a.n) * time.Minute)
	case "h":
		t = now.Add(-time.Duration(a.n) * time.Hour)
	case "d":
		t = now.AddDate(0, 0, -a.n)
	case "w":
		t = now.AddDate(0, 0, -7*a.n)
	case "mo":
		t = monthsBefore(now, a.n)
	case "y":
		t = monthsBefore(now, 12*a.n)
	}
	if t.Year() < earliest {
		return time.Date(earliest, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t
}

func monthsBefore(now time.Time, months int) time.Time {
	t := now.AddDate(0, -months, 0)
	if t.Day() != now.Day() { // it has run over into the next month
		t = t.AddDate(0, 0, -t.Day())
	}
	return t
}

// DayStart is the first instant of a day in a zone: not always midnight, for
// there are zones in which clocks are changed then. Days past a month's end
// count on into the next.
func DayStart(year int, month time.Month, day int, zone *time.Location) time.Time {
	noon := time.Date(year, month, day, 12, 0, 0, 0, time.UTC) // brings days past a month's end in order
	year, month, day = noon.Date()
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	on := func(t time.Time) bool {
		y, m, d := t.In(zone).Date()
		return y == year && m == month && d == day
	}
	began, ends := t.ZoneBounds()
	switch {
	case !on(t) && !ends.IsZero(): // midnight was left out, and t lies before the gap
		return ends.In(zone)
	case began.IsZero():
		return t
	case t.Hour() != 0 && on(began): // and here behind it
		return began.In(zone)
	}
	before := began.Add(-1)
	if !on(before) {
		return t
	}
	// Clocks went back on this very day: of two midnights the first counts.
	_, offset := before.In(zone).Zone()
	first := time.Date(year, month, day, 0, 0, 0, 0, time.FixedZone("", offset))
	if first.Before(began) && on(first) {
		return first.In(zone)
	}
	return t
}

// Hours reports for each hour of the week whether the filter, of weekday or of
// hour, matches what was left in it: Hours()[0][9] is Monday from nine to ten.
func (f Filter) Hours() (of [7][24]bool) {
	for day := range of {
		for hour := range of[day] {
			of[day][hour] = f.Field == "weekday" && f.Value == weekdays[(day+1)%7] || f.Field == "hour" && f.Value == strconv.Itoa(hour)
		}
	}
	return of
}
