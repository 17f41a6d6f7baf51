package store

import (
	"slices"
	"time"
)

// Member is a message of a case with what deciding about it needs.
type Member struct {
	Callback   Callback
	Correction *Correction
	// Last is what somebody last did to it, for VerbUndo; its Verb is empty where
	// nobody did anything. Before is what that found.
	Last   CallbackEvent
	Before Before
}

// CaseAct is an action on a case, with all that is known of it.
type CaseAct struct {
	Members []Member // all messages of the case
	ID      int64    // the one that the action is about
	Action  Action   // clean
	Desk    Desk
	// Tried is how often the caller was tried since Action.Since.
	Tried int
	Scope Scope
	Now   time.Time
}

// Step is what an action makes of one message.
type Step struct {
	Callback   Callback
	Correction *Correction
	Events     []CallbackEvent // in their order
	Before     Before          // what the last of the events found
	// Corrects says that Correction differs from what is stored.
	Corrects bool
}

// Judged are the voicemails of which the steps say whether they ask to be called
// back, where that was said otherwise: for followers, as a finding that changes.
func Judged(steps []Step) []int64 {
	var ids []int64
	for _, s := range steps {
		if s.Corrects && s.Callback.Requested != s.Before.Callback.Requested {
			ids = append(ids, s.Callback.VoicemailID)
		}
	}
	return ids
}

// Since is from when on attempts count towards Desk.MaxAttempts.
func (a Action) Since(now time.Time) time.Time {
	if a.DayStart.IsZero() || a.DayStart.After(now) {
		return Cut(now.Add(-24 * time.Hour))
	}
	return a.DayStart
}

// Decide works out what the action makes of the case, the message that it is
// about first; nothing where that leaves everything as it is. Whatever it does,
// no two people hold messages of the case afterwards that didn't before. Errors
// are as of Callbacks.Act. It is pure.
func (x CaseAct) Decide() ([]Step, error) {
	at := slices.IndexFunc(x.Members, func(m Member) bool { return m.Callback.VoicemailID == x.ID })
	if at < 0 || !x.sees(x.Members[at].Callback) {
		return nil, ErrNotFound
	}
	if err := x.mayAct(); err != nil {
		return nil, err
	}
	x.Action = x.restsToday()
	first := x.Members[at]
	step, err := x.step(first)
	if err != nil {
		return nil, err
	}
	steps := []Step{step}
	if x.Action.Whole {
		for i, m := range x.Members {
			if i == at || !x.sees(m.Callback) || !x.goesWith(first, m) {
				continue
			}
			step, err := x.step(m)
			if err != nil {
				return nil, err
			}
			steps = append(steps, step)
		}
	}
	if err := x.heldOnce(steps); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(steps, func(s Step) bool { return len(s.Events) == 0 }), nil
}

func (x CaseAct) sees(c Callback) bool { return x.Scope.Sees(c.BotID) && x.Scope.SeesQueue(c.Queue) }

// mayAct judges what is the case's and not the message's: who holds any of it, and
// how often the caller was tried.
func (x CaseAct) mayAct() error {
	if x.Action.Verb == VerbAttempt && x.Desk.MaxAttempts > 0 && x.Tried >= x.Desk.MaxAttempts {
		return ErrTooOften
	}
	if !x.Action.takes() || !x.Action.needsOpen() {
		return nil
	}
	for _, m := range x.Members {
		if held := m.Callback.heldBy(x.Now); held != "" && held != x.Action.By {
			return ErrHeld
		}
	}
	return nil
}

// restsToday is the action, of an attempt that is the day's last one with a rest
// until the next day.
func (x CaseAct) restsToday() Action {
	a := x.Action
	if a.Verb != VerbAttempt || a.DayStart.IsZero() || x.Desk.MaxAttempts <= 0 || x.Tried+1 < x.Desk.MaxAttempts {
		return a
	}
	c, _, err := (Callback{}).tried(a, x.Desk, x.Now)
	if err == nil && a.DayEnd.After(c.NextAt) {
		a.Next = a.DayEnd
	}
	return a
}

// goesWith reports whether what is done to the whole case is done to m too.
func (x CaseAct) goesWith(first, m Member) bool {
	had, now := first.Callback, m.Callback
	switch x.Action.Verb {
	case VerbReopen:
		return now.Status == CallbackDone && now.ClosedAt.Equal(had.ClosedAt)
	case VerbUndo:
		return m.Last.Verb == first.Last.Verb && m.Last.By == first.Last.By && m.Last.At.Equal(first.Last.At)
	case VerbRelease:
		return now.heldBy(x.Now) != ""
	case VerbTake:
		return now.Lane == LaneOld && now.Status != CallbackDone
	}
	if now.Lane == LaneOld && had.Lane != LaneOld && x.Action.Verb != VerbClose {
		return false // who works on what is new doesn't take up what is old
	}
	return now.Status != CallbackDone && (now.Lane != LaneNone || now.StatusAt(x.Now) == CallbackClaimed)
}

// step is what the action makes of one message.
func (x CaseAct) step(m Member) (Step, error) {
	now := Cut(x.Now)
	had, lapsed := m.Callback.Lapse(now)
	s := Step{Correction: m.Correction, Before: Before{Callback: had, Correction: m.Correction}}
	if lapsed != nil {
		s.Events = append(s.Events, *lapsed)
	}
	var e CallbackEvent
	var err error
	if x.Action.Verb == VerbUndo {
		s.Callback, e, err = had.undone(m.Last, m.Before.Callback, x.Action, now)
		if m.Last.Verb == VerbCorrect {
			s.Correction, s.Corrects = m.Before.Correction, true
		}
	} else {
		s.Callback, e, err = Decide(had, x.Action, x.Desk, now)
	}
	if err != nil || e.Verb == "" {
		s.Events = nil
		return s, err
	}
	if x.Action.Verb == VerbCorrect {
		c := x.Action.Correction
		c.VoicemailID, c.By, c.At = had.VoicemailID, x.Action.By, now
		c = c.Merge(m.Correction)
		s.Correction, s.Corrects = &c, true
	}
	s.Events = append(s.Events, e)
	return s, nil
}

// heldOnce is ErrHeld where the steps would have two people hold messages of the
// case: what an undo restores may be somebody else's by now.
func (x CaseAct) heldOnce(steps []Step) error {
	after := make(map[int64]string, len(x.Members))
	for _, m := range x.Members {
		after[m.Callback.VoicemailID] = m.Callback.heldBy(x.Now)
	}
	taken := ""
	for _, s := range steps {
		after[s.Callback.VoicemailID] = s.Callback.heldBy(x.Now)
		if held := s.Callback.heldBy(x.Now); held != "" {
			taken = held
		}
	}
	for _, held := range after {
		if taken != "" && held != "" && held != taken {
			return ErrHeld
		}
	}
	return nil
}

// Member is the message with the id; nil where it isn't of the case.
func (x *CaseAct) Member(id int64) *Member {
	for i := range x.Members {
		if x.Members[i].Callback.VoicemailID == id {
			return &x.Members[i]
		}
	}
	return nil
}

// Number is the number whose attempts count towards Desk.MaxAttempts; "" where
// only the case's do, as of one that is shared.
func (x *CaseAct) Number() string {
	m := x.Member(x.ID)
	if m == nil || slices.Contains(x.Desk.Shared, m.Callback.toCall()) {
		return ""
	}
	return m.Callback.toCall()
}
