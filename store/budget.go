package store

import (
	"fmt"
	"math"
	"time"
)

// Class says what a request to the upstream is for; a smaller class goes first.
type Class int

// The classes, in the order in which they may use an account's budget.
const (
	ClassListener   Class = iota // a person waits for a recording
	ClassFresh                   // voicemails of the last hour
	ClassDiscovery               // which sessions exist
	ClassRecordings              // recordings of calls
	ClassBackfill                // everything older
)

// Allowance is how many of a limit's most requests a class may bring the
// account to. The listener may use all; each class below leaves a twentieth of
// the budget more to those above it, and every class may use at least one.
func Allowance(most int, c Class) int {
	return max(1, most-most*int(c)/20)
}

// Limit is how many requests may lie within a rolling stretch of time.
type Limit struct {
	Per  time.Duration
	Most int
}

// MaxLimit is the longest stretch that a limit may be about.
const MaxLimit = 31 * 24 * time.Hour

// remembered is how long a request is kept in mind at least.
const remembered = time.Hour

// CheckLimits is ErrInvalid for limits that can't be kept, else it returns how
// long a request must be remembered for them.
func CheckLimits(limits []Limit) (time.Duration, error) {
	if len(limits) == 0 {
		return 0, fmt.Errorf("no limit: %w", ErrInvalid)
	}
	longest := remembered
	for _, l := range limits {
		if l.Per <= 0 || l.Per > MaxLimit || l.Most < 1 {
			return 0, fmt.Errorf("%d requests in %s: %w", l.Most, l.Per, ErrInvalid)
		}
		longest = max(longest, l.Per)
	}
	return longest, nil
}

// Limits are those that keep requests at perMinute on the average, whole or not,
// and never let a minute have more than that, rounded up. None where perMinute
// is not a positive number.
func Limits(perMinute float64) []Limit {
	if !(perMinute > 0) || math.IsInf(perMinute, 1) {
		return nil
	}
	perMinute = min(perMinute, 1e6)
	if whole := math.Floor(perMinute); whole == perMinute {
		return []Limit{{Per: time.Minute, Most: int(whole)}}
	}
	if perMinute < 1 {
		return []Limit{{Per: time.Duration(min(float64(time.Minute)/perMinute, float64(MaxLimit))), Most: 1}}
	}
	const minutes = 10 // long enough for a tenth of a request to count
	return []Limit{
		{Per: time.Minute, Most: int(math.Ceil(perMinute))},
		{Per: minutes * time.Minute, Most: int(perMinute * minutes)},
	}
}

// Verdict is how the upstream answered one request.
type Verdict struct {
	Limited    bool
	RetryAfter time.Duration // as the answer said; 0 where it said nothing
	Hourly     bool          // the answer spoke of an hourly limit
	// Unclear says that the request is over and told nothing of the limit. Who
	// waited for it as a probe needs not wait any longer.
	Unclear bool
}

// The bounds of a pause.
const (
	firstPause  = time.Second
	longPause   = time.Minute
	hourlyPause = 10 * time.Minute
	// probePatience is how long an unanswered probe holds others back: its
	// sender may have died.
	probePatience = 30 * time.Second
)

// Pause is what an account that the upstream limits does: nothing until Until,
// then one probe at a time, until a good answer ends it. The zero Pause is none.
type Pause struct {
	Step   time.Duration // how long the last pause was; 0 while there is none
	Until  time.Time
	Probed time.Time // when the probe under way was let through
}

// After is the pause that follows from an answer: for RetryAfter where given;
// else a second, doubling with each further limited answer up to a minute (an
// hourly limit: up to ten minutes). The probe's good answer ends it; one that
// comes while no probe is under way is to a request from before the pause, and
// says nothing of it. An unclear one lets the next request be the probe.
func (p Pause) After(v Verdict, now time.Time) Pause {
	switch {
	case v.Unclear:
		p.Probed = time.Time{}
		return p
	case !v.Limited && p.Probed.IsZero():
		return p
	case !v.Limited:
		return Pause{}
	}
	// Answers to requests that were under way when the pause began say
	// nothing new, unless they ask for a longer one.
	if p.Step > 0 && now.Before(p.Until) {
		if until := Cut(now.Add(v.RetryAfter)); until.After(p.Until) {
			p.Until = until
		}
		return p
	}
	bound := longPause
	if v.Hourly {
		bound = hourlyPause
	}
	step := min(max(firstPause, 2*p.Step), bound)
	wait := step
	if v.RetryAfter > 0 {
		wait = v.RetryAfter
	}
	return Pause{Step: step, Until: Cut(now.Add(wait))}
}

// Wait is how long a request must wait because of the pause; 0 lets it through,
// and the caller then stores Probing.
func (p Pause) Wait(now time.Time) time.Duration {
	if p.Step == 0 {
		return 0
	}
	if now.Before(p.Until) {
		return p.Until.Sub(now)
	}
	if until := p.Probed.Add(probePatience); !p.Probed.IsZero() && now.Before(until) {
		return min(time.Second, until.Sub(now))
	}
	return 0
}

// Probing is the pause with a probe under way since now. Without a pause it is
// unchanged.
func (p Pause) Probing(now time.Time) Pause {
	if p.Step > 0 {
		p.Probed = Cut(now)
	}
	return p
}
