package ingest

import (
	"slices"
	"time"

	"afterbeep/store"
)

// Bounds of discovery. The upstream takes windows of at most 7 days.
const (
	maxWindow = 7 * 24 * time.Hour
	// windowGrid is what planned windows are widened to, so that a window
	// asked for again is the same row in the store and not one more.
	windowGrid = 10 * time.Minute

	recent = time.Hour // looked at on each pass
	middle = 6 * time.Hour
	// A minute less than half an hour and six hours: passes come a little
	// early or late.
	middleEvery  = 29 * time.Minute
	lookBackEach = 6*time.Hour - time.Minute
	// justLooked is how fresh a look at old times must be for an interrupted
	// look over the whole look-back to go on behind it.
	justLooked = 30 * time.Minute
)

// span is a stretch of time, From before To.
type span struct{ From, To time.Time }

// historyNeeded is how far back the planner must know the windows looked at,
// unless none of them reaches that far.
func historyNeeded(now time.Time, lookBack time.Duration) time.Time {
	return now.Add(-2*lookBack - maxWindow)
}

// planWindows says which windows a pass looks at, newest first. looked are the
// windows that were looked at before.
//
// The last hour is looked at always; the last six hours when a part of them
// was not looked at for half an hour; the whole look-back when a part of it
// was not looked at for six hours, which is so of a new account. Rows may come
// late, so times that have left the look-back are looked at once more unless
// their last look came well after them: that catches an outage up, however
// long it was.
//
// Looks that lie ahead of now were written by a clock that was wrong: they
// don't count.
func planWindows(now time.Time, looked []store.Window, lookBack time.Duration) []span {
	looked = slices.DeleteFunc(slices.Clone(looked), func(w store.Window) bool { return w.LookedAt.After(now) })
	wide := span{now.Add(-lookBack), now}
	six := span{now.Add(-min(middle, lookBack)), now}
	hour := span{now.Add(-min(recent, lookBack)), now}
	need := []span{hour}
	switch {
	case stale(span{wide.From, hour.From}, looked, now.Add(-lookBackEach)):
		need = subtract(wide, settledSince(looked, now.Add(-justLooked), now.Add(-middle)))
	case stale(span{six.From, hour.From}, looked, now.Add(-middleEvery)):
		need = []span{six}
	}
	if began := liveSince(looked); !began.IsZero() && began.Before(wide.From) {
		left := span{began, wide.From}
		need = append(need, subtract(left, covered(looked, time.Time{}, lookBack/2))...)
	}
	return cutWindows(need)
}

// stale reports whether a part of s was not looked at since a time. s ends
// where the last hour begins: that is looked at anyway.
func stale(s span, looked []store.Window, since time.Time) bool {
	return len(subtract(s, covered(looked, since, 0))) > 0
}

// cutWindows widens spans to the grid, joins those that touch, and cuts them
// into windows, newest first. Neighbours share their boundary.
func cutWindows(need []span) []span {
	wide := make([]span, 0, len(need))
	for _, s := range need {
		s.From = s.From.UTC().Truncate(windowGrid)
		if to := s.To.UTC().Truncate(windowGrid); to.Before(s.To) {
			s.To = to.Add(windowGrid)
		}
		wide = append(wide, s)
	}
	return sliced(union(wide))
}

// sliced cuts spans into windows of at most maxWindow, newest first.
func sliced(spans []span) []span {
	var windows []span
	for _, s := range slices.Backward(spans) {
		for to := s.To; to.After(s.From); {
			from := to.Add(-maxWindow)
			if from.Before(s.From) {
				from = s.From
			}
			windows = append(windows, span{from, to})
			to = from
		}
	}
	return windows
}

// rangeWindows are the windows of a range that somebody asked for, newest first.
func rangeWindows(from, to time.Time) []span {
	from = from.UTC().Truncate(time.Second)
	if cut := to.UTC().Truncate(time.Second); cut.Before(to) {
		to = cut.Add(time.Second)
	}
	return sliced([]span{{from, to.UTC()}})
}

// covered is what the looks since a time have covered: each its window, as far
// as it lies at least age before the look.
func covered(looked []store.Window, since time.Time, age time.Duration) []span {
	spans := make([]span, 0, len(looked))
	for _, w := range looked {
		if w.LookedAt.Before(since) {
			continue
		}
		s := span{w.From, w.To}
		if end := w.LookedAt.Add(-age); end.Before(s.To) {
			s.To = end
		}
		spans = append(spans, s)
	}
	return union(spans)
}

// settledSince is what looks since a time have covered by windows that ended
// before old.
func settledSince(looked []store.Window, since, old time.Time) []span {
	settled := make([]store.Window, 0, len(looked))
	for _, w := range looked {
		if !w.To.After(old) {
			settled = append(settled, w)
		}
	}
	return covered(settled, since, 0)
}

// liveSince is where the account's being watched begins: the earliest start of
// a window that reached the present when it was looked at. A range of the past
// that somebody asked for is not that. Zero where there is none.
func liveSince(looked []store.Window) time.Time {
	var began time.Time
	for _, w := range looked {
		if w.To.Before(w.LookedAt.Add(-windowGrid)) {
			continue
		}
		if began.IsZero() || w.From.Before(began) {
			began = w.From
		}
	}
	return began
}

// union sorts spans and joins those that overlap or touch. Empty ones are dropped.
func union(spans []span) []span {
	spans = slices.DeleteFunc(slices.Clone(spans), func(s span) bool { return !s.From.Before(s.To) })
	slices.SortFunc(spans, func(a, b span) int { return a.From.Compare(b.From) })
	var joined []span
	for _, s := range spans {
		if n := len(joined); n > 0 && !s.From.After(joined[n-1].To) {
			if s.To.After(joined[n-1].To) {
				joined[n-1].To = s.To
			}
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// subtract is what of s the joined spans leave.
func subtract(s span, joined []span) []span {
	var rest []span
	for _, c := range joined {
		if !c.To.After(s.From) {
			continue
		}
		if !c.From.Before(s.To) {
			break
		}
		if s.From.Before(c.From) {
			rest = append(rest, span{s.From, c.From})
		}
		s.From = c.To
		if !s.From.Before(s.To) {
			return rest
		}
	}
	if s.From.Before(s.To) {
		rest = append(rest, s)
	}
	return rest
}

// stepper says how long the windows are in which a stretch of time is read. It
// begins with the longest; where one overflows it goes on with a quarter of it,
// and then with as much as holds about as many rows as a window can: an overflow
// costs all the pages of a window, windows that are too small half a page each.
type stepper struct {
	room   int           // rows that a window can hold; 0 is not known
	length time.Duration // 0 is the longest
}

// newest is the newest stretch of left to be read, at a whole second.
func (t *stepper) newest(left span, longest time.Duration) span {
	length := longest
	if t.length > 0 {
		length = min(t.length, longest)
	}
	if from := left.To.Add(-length).Truncate(time.Second); from.After(left.From) {
		left.From = from
	}
	return left
}

// overflowed notes that a stretch held more than the rows that could be had of it.
func (t *stepper) overflowed(s span, rows int) {
	if rows > 0 && (t.room == 0 || rows < t.room) {
		t.room = rows
	}
	t.length = max(s.To.Sub(s.From)/4, time.Minute)
}

// held notes how many rows a stretch held.
func (t *stepper) held(s span, rows int, longest time.Duration) {
	if t.length == 0 || t.room == 0 {
		return
	}
	had := s.To.Sub(s.From)
	factor := min(max(0.6*float64(t.room)/float64(max(rows, 1)), 0.25), 4)
	next := time.Duration(float64(had) * factor)
	if had < t.length && factor >= 1 {
		next = max(next, t.length) // the last stretch of a window may be short
	}
	t.length = min(max(next, time.Minute), longest)
}
