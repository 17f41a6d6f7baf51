// Package hours counts time as people who work see it: only while they are
// there. A Calendar knows a zone, a week and holidays, and says whether it is
// open, how much of its time lies between two instants, and when a given amount
// of it will have gone by. Days on which clocks change are as long as they are.
//
// It is pure: it reads no clock, and everything in it is safe for concurrent use.
package hours

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Calendar are the times at which people work. A nil Calendar is open at all
// times. Make one with New.
type Calendar struct {
	zone     *time.Location
	week     [7][]stretch    // by weekday from Sunday, ascending, without overlap
	holidays map[string]bool // "2006-01-02" and "01-02"
}

// stretch is a part of a day by its clock, in minutes after midnight.
type stretch struct{ from, to int }

const dayMinutes = 24 * 60

// New makes a calendar. zone is an IANA name, "" is UTC. week says when people
// work by weekday from Sunday: "09:00-17:00", several stretches separated by
// commas, "" for closed; 24:00 is the end of a day. holidays are days on which
// nobody works: "2006-01-02", or "01-02" for every year. The error names
// everything that can't be read; a week that is never open is one.
func New(zone string, week [7]string, holidays []string) (*Calendar, error) {
	c := &Calendar{holidays: map[string]bool{}}
	var faults []error
	var err error
	if c.zone, err = time.LoadLocation(zone); err != nil || zone == "Local" {
		faults = append(faults, fmt.Errorf("%q is not a time zone; use a name as Europe/Berlin", zone))
	}
	open := false
	for day, text := range week {
		if c.week[day], err = readDay(text); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", time.Weekday(day), err))
		}
		open = open || len(c.week[day]) > 0
	}
	for _, day := range holidays {
		day = strings.TrimSpace(day)
		if !isHoliday(day) {
			faults = append(faults, fmt.Errorf("%q is not a day; write it as 2006-12-25, or 12-25 for every year", day))
		}
		c.holidays[day] = true
	}
	if len(faults) == 0 && !open {
		faults = append(faults, errors.New("the week is never open"))
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return c, nil
}

// readDay reads the stretches of a day. Those that meet or overlap become one.
func readDay(text string) ([]stretch, error) {
	var day []stretch
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		from, to, _ := strings.Cut(part, "-")
		begin, beginOK := readClock(from)
		end, endOK := readClock(to)
		switch {
		case !beginOK || !endOK:
			return nil, fmt.Errorf("%q is not a stretch; write it as 09:00-17:00", part)
		case begin >= end:
			return nil, fmt.Errorf("%q ends before it begins; write what goes over midnight as two days", part)
		}
		day = append(day, stretch{begin, end})
	}
	slices.SortFunc(day, func(a, b stretch) int { return a.from - b.from })
	var joined []stretch
	for _, s := range day {
		if n := len(joined); n > 0 && s.from <= joined[n-1].to {
			joined[n-1].to = max(joined[n-1].to, s.to)
			continue
		}
		joined = append(joined, s)
	}
	return joined, nil
}

// readClock reads "9:00" or "09:00", up to "24:00", as minutes after midnight.
func readClock(text string) (int, bool) {
	text = strings.TrimSpace(text)
	if text == "24:00" {
		return dayMinutes, true
	}
	at, err := time.Parse("15:04", text)
	return at.Hour()*60 + at.Minute(), err == nil
}

func isHoliday(day string) bool {
	if _, err := time.Parse(time.DateOnly, day); err == nil {
		return true
	}
	_, err := time.Parse(time.DateOnly, "2004-"+day) // a year with a 29th of February
	return err == nil
}

// Zone is whose clock the calendar goes by; UTC for the nil Calendar.
func (c *Calendar) Zone() *time.Location {
	if c == nil {
		return time.UTC
	}
	return c.zone
}

// Open reports whether people work at t. A stretch's end is not in it.
func (c *Calendar) Open(t time.Time) bool {
	if c == nil {
		return true
	}
	for _, s := range c.stretches(c.day(t, 0)) {
		if !t.Before(s.from) && t.Before(s.to) {
			return true
		}
	}
	return false
}

// Between is how much business time lies between a and b; 0 where b is not
// after a. It takes a time that grows with the days between the two.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	if !b.After(a) {
		return 0
	}
	if c == nil {
		return b.Sub(a)
	}
	var sum time.Duration
	for n := 0; ; n++ {
		day := c.day(a, n)
		if day.After(b) {
			return sum
		}
		for _, s := range c.stretches(day) {
			from, to := later(s.from, a), earlier(s.to, b)
			if to.After(from) {
				sum += to.Sub(from)
			}
		}
	}
}

// maxDays is how far Add looks. What lies behind is no business time of anybody's.
const maxDays = 20 * 366

// Add is when d of business time will have gone by since t, the earliest such
// time: t itself for a d that is not positive. A d that is not used up after
// twenty years ends there.
func (c *Calendar) Add(t time.Time, d time.Duration) time.Time {
	if d <= 0 {
		return t
	}
	if c == nil {
		return t.Add(d)
	}
	for n := range maxDays {
		for _, s := range c.stretches(c.day(t, n)) {
			from := later(s.from, t)
			length := s.to.Sub(from)
			if length <= 0 {
				continue
			}
			if d <= length {
				return from.Add(d).In(t.Location())
			}
			d -= length
		}
	}
	return c.day(t, maxDays).In(t.Location())
}

// Next is the first time at or after t at which people work.
func (c *Calendar) Next(t time.Time) time.Time {
	if c.Open(t) {
		return t
	}
	return c.Add(t, 1).Add(-1)
}

// Last is the last time up to t at which people worked: t itself where they did until
// then, which they do up to and at the end of a stretch. Of those who have not worked
// for twenty years it is the time so long ago.
func (c *Calendar) Last(t time.Time) time.Time {
	if c == nil {
		return t
	}
	for n := range maxDays {
		for _, s := range slices.Backward(c.stretches(c.day(t, -n))) {
			if s.from.Before(t) {
				return earlier(s.to, t).In(t.Location())
			}
		}
	}
	return c.day(t, -maxDays).In(t.Location())
}

// day is when the nth day after t's begins, by the calendar's clock.
func (c *Calendar) day(t time.Time, n int) time.Time {
	y, m, d := t.In(c.zone).Date()
	return time.Date(y, m, d+n, 0, 0, 0, 0, c.zone)
}

// span is a stretch of one certain day.
type span struct{ from, to time.Time }

// stretches are those of the day that begins at day, ascending, without
// overlap: where clocks change, a stretch may be empty.
func (c *Calendar) stretches(day time.Time) []span {
	// Where clocks skip midnight, the day begins on the evening before by some
	// readings: noon is sure to lie in it.
	noon := day.Add(12 * time.Hour)
	y, m, d := noon.Date()
	if c.holidays[noon.Format(time.DateOnly)] || c.holidays[noon.Format("01-02")] {
		return nil
	}
	var spans []span
	for _, s := range c.week[noon.Weekday()] {
		one := span{time.Date(y, m, d, 0, s.from, 0, 0, c.zone), time.Date(y, m, d, 0, s.to, 0, 0, c.zone)}
		if n := len(spans); n > 0 {
			one.from = later(one.from, spans[n-1].to)
		}
		if one.to.After(one.from) {
			spans = append(spans, one)
		}
	}
	return spans
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
