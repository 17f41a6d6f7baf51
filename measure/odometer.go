package measure

import (
	"slices"
	"time"

	"afterbeep/hours"
)

// odometer counts the business time of one calendar from a day on. What lies
// between two times costs the same however far apart they are, where a calendar
// has to go through the days.
type odometer struct {
	calendar *hours.Calendar
	starts   []time.Time     // of days, ascending
	sums     []time.Duration // business time until then
}

// newOdometer counts between from and to, and a little beyond.
func newOdometer(calendar *hours.Calendar, from, to time.Time) *odometer {
	o := &odometer{calendar: calendar}
	if calendar == nil {
		return o
	}
	var sum time.Duration
	y, m, d := from.In(calendar.Zone()).Date()
	for n := 0; ; n++ {
		start := time.Date(y, m, d+n, 0, 0, 0, 0, calendar.Zone())
		if n > 0 {
			sum += calendar.Between(o.starts[n-1], start)
		}
		o.starts, o.sums = append(o.starts, start), append(o.sums, sum)
		if start.After(to) {
			return o
		}
	}
}

// between is calendar.Between.
func (o *odometer) between(a, b time.Time) time.Duration {
	if !b.After(a) {
		return 0
	}
	if o.calendar == nil || a.Before(o.starts[0]) || b.After(o.starts[len(o.starts)-1]) {
		return o.calendar.Between(a, b)
	}
	return o.at(b) - o.at(a)
}

func (o *odometer) at(t time.Time) time.Duration {
	i, found := slices.BinarySearchFunc(o.starts, t, time.Time.Compare)
	if found {
		return o.sums[i]
	}
	return o.sums[i-1] + o.calendar.Between(o.starts[i-1], t)
}

// odometers are those of a clock.
type odometers struct {
	*Clock
	from, to time.Time
	of       map[*hours.Calendar]*odometer
	due      map[*hours.Calendar]time.Time // what dueBefore is
}

// dueBefore is dueBefore of the hours of a bot's queue.
func (o *odometers) dueBefore(bot, queue string, now time.Time) time.Time {
	calendar := o.Calendar(bot, queue)
	at, known := o.due[calendar]
	if !known {
		at = dueBefore(calendar, now)
		o.due[calendar] = at
	}
	return at
}

// waited is Clock.Waited.
func (o *odometers) waited(bot, queue string, from, to time.Time) time.Duration {
	calendar := o.Calendar(bot, queue)
	one := o.of[calendar]
	if one == nil {
		one = newOdometer(calendar, o.from, o.to)
		o.of[calendar] = one
	}
	return one.between(from, to)
}
