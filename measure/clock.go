// Package measure counts how long callers wait for the call that they asked for:
// in the business time of the house, from the message to when they were reached.
//
// It hides how the hours of bots and queues are chosen and how waits are summed
// up. It is pure: it reads neither a store nor a clock, and everything in it is
// safe for concurrent use.
package measure

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"afterbeep/hours"
	"afterbeep/store"
)

// Clock counts business time as a desk has it.
type Clock struct {
	calendars map[key]*hours.Calendar
	// Limit is how long a request may wait that names no time of its own, in
	// business time; 0 is for ever.
	Limit time.Duration
}

// key names whose hours they are; "" is every one.
type key struct{ bot, queue string }

// NewClock makes the clock of a desk. The error names whose hours can't be read.
func NewClock(d store.Desk) (*Clock, error) {
	c := &Clock{calendars: make(map[key]*hours.Calendar, len(d.Hours)), Limit: d.Overdue}
	same := map[string]*hours.Calendar{} // many keep the same hours
	for _, h := range d.Hours {
		k := key{h.BotID, h.Queue}
		if _, taken := c.calendars[k]; taken {
			continue // the first that fits is used
		}
		name := fmt.Sprintf("%q", append(append([]string{h.Zone}, h.Week[:]...), h.Holidays...))
		if same[name] == nil {
			calendar, err := hours.New(h.Zone, h.Week, h.Holidays)
			if err != nil {
				return nil, fmt.Errorf("hours of bot %q and queue %q: %w", h.BotID, h.Queue, err)
			}
			same[name] = calendar
		}
		c.calendars[k] = same[name]
	}
	return c, nil
}

// Calendar is when the people of a bot's queue work: those hours that are set for
// the bot and the queue, else for the bot, else for queues of that name, else for
// all; nil, which is always open, where none are.
func (c *Clock) Calendar(bot, queue string) *hours.Calendar {
	for _, k := range []key{{bot, queue}, {bot, ""}, {"", queue}, {}} {
		if calendar := c.calendars[k]; calendar != nil {
			return calendar
		}
	}
	return nil
}

// Set reports whether there are hours of anybody: else all time is business time.
func (c *Clock) Set() bool { return len(c.calendars) > 0 }

// Waited is how much business time of a bot's queue lies between from and to.
func (c *Clock) Waited(bot, queue string, from, to time.Time) time.Duration {
	return c.Calendar(bot, queue).Between(from, to)
}

// OverdueAt is when a request gets overdue, as store.Callback.Overdue has it: at the
// time at which the caller wants the call, or when people work again where they don't
// then; where that time isn't known, when it has waited for Limit; zero is never.
func (c *Clock) OverdueAt(bot, queue string, leftAt, dueAt time.Time) time.Time {
	switch {
	case !dueAt.IsZero():
		calendar := c.Calendar(bot, queue)
		if calendar.Last(dueAt).Equal(dueAt) { // also as people leave: until then they could call
			return dueAt
		}
		return calendar.Next(dueAt)
	case c.Limit <= 0:
		return time.Time{}
	}
	return c.LateAt(bot, queue, leftAt, c.Limit)
}

// Late is the list that store.Callback.Overdue is judged by at now.
func (c *Clock) Late(now time.Time) []store.Late {
	if c.Limit <= 0 && !c.Set() {
		return nil
	}
	by := map[*hours.Calendar]store.Late{}
	list := make([]store.Late, 0, len(c.calendars)+1)
	add := func(k key, calendar *hours.Calendar) {
		if _, known := by[calendar]; !known {
			by[calendar] = store.Late{LeftBy: c.LateBefore(k.bot, k.queue, now, c.Limit), DueBefore: dueBefore(calendar, now)}
		}
		late := by[calendar]
		late.BotID, late.Queue = k.bot, k.queue
		list = append(list, late)
	}
	for k, calendar := range c.calendars {
		if k != (key{}) {
			add(k, calendar)
		}
	}
	slices.SortFunc(list, func(a, b store.Late) int { // as Calendar looks for them
		return cmp.Or(rankOf(a)-rankOf(b), cmp.Compare(a.BotID, b.BotID), cmp.Compare(a.Queue, b.Queue))
	})
	add(key{}, c.calendars[key{}])
	return list
}

// dueBefore is before when a request was wanted that is overdue at now, as OverdueAt
// has it.
func dueBefore(calendar *hours.Calendar, now time.Time) time.Time {
	if last := calendar.Last(now); last.Before(now) {
		return last.Add(time.Microsecond) // as stores cut times
	}
	return now
}

// rankOf is which of several hours are used: those of a bot's queue, of a bot, of a
// queue.
func rankOf(l store.Late) int {
	switch {
	case l.BotID != "" && l.Queue != "":
		return 0
	case l.BotID != "":
		return 1
	}
	return 2
}

// LateAt is when somebody who left a message then will have waited for limit.
func (c *Clock) LateAt(bot, queue string, leftAt time.Time, limit time.Duration) time.Time {
	return c.Calendar(bot, queue).Add(leftAt, limit)
}

// LateBefore is the time before which a message was left that has waited for more
// than limit by now: for that long exactly has waited who left one then. It is
// zero where limit is not positive, or nobody has worked that long.
func (c *Clock) LateBefore(bot, queue string, now time.Time, limit time.Duration) time.Time {
	if limit <= 0 {
		return time.Time{}
	}
	calendar := c.Calendar(bot, queue)
	// Business time is never more than time: it can't be later than this.
	latest := now.Add(-limit)
	if calendar.Between(latest, now) >= limit {
		return latest
	}
	earliest := latest
	for back := limit; calendar.Between(earliest, now) < limit; back *= 2 {
		if back > farBack {
			return time.Time{}
		}
		earliest = latest.Add(-back)
	}
	counted := newOdometer(calendar, earliest, now)
	for latest.Sub(earliest) > time.Microsecond { // as stores cut times
		middle := earliest.Add(latest.Sub(earliest) / 2)
		if counted.between(middle, now) >= limit {
			earliest = middle
		} else {
			latest = middle
		}
	}
	return earliest
}

// farBack is how far LateBefore looks.
const farBack = 10 * 366 * 24 * time.Hour

// OldestLate is the earliest LateBefore of any hours that the clock has, for
// queries: nobody who left a message before it has waited for less. Zero where
// one of them never works that long.
func (c *Clock) OldestLate(now time.Time, limit time.Duration) time.Time {
	oldest := now.Add(-limit)
	for k := range c.calendars {
		at := c.LateBefore(k.bot, k.queue, now, limit)
		if at.IsZero() {
			return time.Time{}
		}
		if at.Before(oldest) {
			oldest = at
		}
	}
	return oldest
}
