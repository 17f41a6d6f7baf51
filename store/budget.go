package store

import "time"

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

// Allowance is how many of perMinute requests in a rolling minute a class may
// bring the account to. The listener may use all; each class below leaves a
// twentieth of the budget more to those above it, and every class may use at
// least one.
func Allowance(perMinute int, c Class) int {
	return max(1, perMinute-perMinute*int(c)/20)
}

// Verdict is how the upstream answered one request.
type Verdict struct {
	Limited    bool
	RetryAfter time.Duration // as the answer said; 0 where it said nothing
	Hourly     bool          // the answer spoke of an hourly limit
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
// says nothing of it.
func (p Pause) After(v Verdict, now time.Time) Pause {
	switch {
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
