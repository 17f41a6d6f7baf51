package measure

import (
	"cmp"
	"math"
	"slices"
	"time"

	"afterbeep/hours"
	"afterbeep/store"
)

// Sum sums up requests.
type Sum struct {
	Requests int
	Reached  int // closed, and the caller was spoken to
	Closed   int // closed otherwise
	Open     int // not closed
	Overdue  int // open, as of store.Callback.Overdue
	Attempts int // calls that reached nobody, each once however many messages it was made for
	// Median and P90 are within which business time half and nine of ten were
	// reached of those who were; 0 where nobody was.
	Median, P90 time.Duration
	// Oldest is for how long the one of Open waits that waits longest, in
	// business time.
	Oldest time.Duration
}

// Row is the Sum of the requests of a day, a queue or an agent.
type Row struct {
	Name string
	Day  time.Time // when the day began; zero of all but days
	Sum
}

// Sums are requests summed up in every way.
type Sums struct {
	All    Sum
	Days   []Row // by the day on which the message was left, the latest first
	Queues []Row // the most requests first
	// Agents are those who hold or closed them, who reached the most first. The
	// requests that nobody has are in none.
	Agents []Row
}

// SumUp sums up requests as they stand at now. Days are those of zone. An outcome
// that the desk has no more counts as closed otherwise.
func SumUp(waits []store.Wait, d store.Desk, c *Clock, zone *time.Location, now time.Time) Sums {
	reached := map[string]bool{}
	for _, x := range d.Dispositions {
		reached[x.Key] = x.Reached
	}
	counted := &odometers{Clock: c, from: now, to: now, of: map[*hours.Calendar]*odometer{}, due: map[*hours.Calendar]time.Time{}}
	for _, w := range waits {
		if w.LeftAt.Before(counted.from) {
			counted.from = w.LeftAt
		}
	}
	all, days, queues, agents := new(heap), heaps[dayKey]{}, heaps[string]{}, heaps[string]{}
	for _, w := range waits {
		one := observed(w, reached, counted, now)
		y, m, day := w.LeftAt.In(zone).Date()
		all.add(one)
		days.of(dayKey{y, m, day}).add(one)
		queues.of(w.Queue).add(one)
		if one.by != "" {
			agents.of(one.by).add(one)
		}
	}
	s := Sums{All: all.sum(), Queues: rows(queues, func(name string) Row { return Row{Name: name} }), Agents: rows(agents, func(name string) Row { return Row{Name: name} })}
	s.Days = rows(days, func(k dayKey) Row { return Row{Day: time.Date(k.year, k.month, k.day, 0, 0, 0, 0, zone)} })
	slices.SortFunc(s.Days, func(a, b Row) int { return b.Day.Compare(a.Day) })
	slices.SortFunc(s.Queues, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Name, b.Name))
	})
	slices.SortFunc(s.Agents, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Reached, a.Reached), cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Name, b.Name))
	})
	return s
}

type dayKey struct {
	year  int
	month time.Month
	day   int
}

// observation is one request as the measure sees it.
type observation struct {
	open, reached, overdue bool
	waited                 time.Duration
	tried                  []attempt
	by                     string
}

// attempt is a call that reached nobody: of a case, at a time.
type attempt struct{ caseID, at int64 }

func observed(w store.Wait, reached map[string]bool, c *odometers, now time.Time) observation {
	o := observation{open: w.Status != store.CallbackDone, by: w.Assignee}
	for _, at := range w.Tried {
		o.tried = append(o.tried, attempt{w.CaseID, at.UnixMicro()})
	}
	if !o.open {
		o.reached = reached[w.Outcome]
		if o.reached { // the others' waits are not asked for, and cost time
			o.waited = c.waited(w.BotID, w.Queue, w.LeftAt, w.ClosedAt)
		}
		return o
	}
	if w.Status == store.CallbackClaimed && !w.LeaseUntil.After(now) {
		o.by = "" // the lease has run out
	}
	o.waited = c.waited(w.BotID, w.Queue, w.LeftAt, now)
	if w.DueAt.IsZero() {
		o.overdue = c.Limit > 0 && o.waited >= c.Limit
	} else {
		o.overdue = w.DueAt.Before(c.dueBefore(w.BotID, w.Queue, now))
	}
	return o
}

// heap gathers requests.
type heap struct {
	Sum
	waits []time.Duration // of those reached
	tries map[attempt]bool
}

func (h *heap) add(o observation) {
	h.Requests++
	for _, t := range o.tried {
		if h.tries == nil {
			h.tries = map[attempt]bool{}
		}
		h.tries[t] = true
	}
	switch {
	case o.open:
		h.Open++
		h.Oldest = max(h.Oldest, o.waited)
		h.Overdue += count(o.overdue)
	case o.reached:
		h.Reached++
		h.waits = append(h.waits, o.waited)
	default:
		h.Closed++
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

func (h *heap) sum() Sum {
	slices.Sort(h.waits)
	h.Attempts = len(h.tries)
	h.Median, h.P90 = Percentile(h.waits, 0.5), Percentile(h.waits, 0.9)
	return h.Sum
}

// Percentile is the smallest of the sorted waits within which a share of them
// lies, from 0 to 1; 0 of none.
func Percentile(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	at := int(math.Ceil(share*float64(len(sorted)))) - 1
	return sorted[min(max(at, 0), len(sorted)-1)]
}

type heaps[K comparable] map[K]*heap

func (m heaps[K]) of(k K) *heap {
	h := m[k]
	if h == nil {
		h = new(heap)
		m[k] = h
	}
	return h
}

func rows[K comparable](m heaps[K], named func(K) Row) []Row {
	var list []Row
	for k, h := range m {
		r := named(k)
		r.Sum = h.sum()
		list = append(list, r)
	}
	return list
}
