package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// UndoWithin is how long an action can be taken back.
const UndoWithin = 10 * time.Minute

// outcomeNotNeeded is what a message is closed with of which a person says that
// it asks for nothing. It is one of DefaultDesk's.
const outcomeNotNeeded = "not_needed"

// results are the ways in which an attempt can end.
var results = []AttemptResult{AttemptNoAnswer, AttemptBusy, AttemptLeftMessage}

// Clean returns the action with clean text and cut times. ErrInvalid without a
// person, for an unknown verb, and for what the verb needs and isn't there or is
// too long.
func (a Action) Clean() (Action, error) {
	cleanAll(&a.By, &a.Assignee, &a.Outcome, &a.Note, &a.Correction.Number)
	a.Verb, a.Result = Verb(CleanText(string(a.Verb))), AttemptResult(CleanText(string(a.Result)))
	cutAll(&a.Next, &a.DayStart, &a.DayEnd)
	switch {
	case a.By == "":
		return Action{}, fmt.Errorf("action of nobody: %w", ErrInvalid)
	case max(len(a.By), len(a.Assignee)) > MaxID:
		return Action{}, fmt.Errorf("action with a name over %d bytes: %w", MaxID, ErrInvalid)
	case len(a.Note) > MaxNote:
		return Action{}, fmt.Errorf("note of %d bytes, where %d is the most: %w", len(a.Note), MaxNote, ErrInvalid)
	case a.Lease < 0:
		return Action{}, fmt.Errorf("lease that is over: %w", ErrInvalid)
	}
	if why := a.lacks(); why != "" {
		return Action{}, fmt.Errorf("%s: %w", why, ErrInvalid)
	}
	switch a.Verb {
	case VerbNote, VerbCorrect, VerbSeen, VerbHeard:
		a.Whole = false
	}
	return a, nil
}

// lacks says what an action of its verb needs and hasn't; "" where it has all.
func (a Action) lacks() string {
	switch a.Verb {
	case VerbClaim, VerbRelease, VerbReopen, VerbTake, VerbUndo, VerbSeen, VerbHeard:
		return ""
	case VerbAssign:
		return unless(a.Assignee != "", "assignment to nobody")
	case VerbAttempt:
		return unless(slices.Contains(results, a.Result), "attempt without a known result")
	case VerbClose:
		return unless(a.Outcome != "", "closing without an outcome")
	case VerbSnooze:
		return unless(!a.Next.IsZero(), "snoozing without an end")
	case VerbNote:
		return unless(a.Note != "", "note without words")
	case VerbCorrect:
		c := a.Correction
		return unless(c.Requested != nil || isE164(c.Number), "correction of nothing, or with an unreadable number")
	}
	return "unknown verb"
}

func unless(ok bool, why string) string {
	if ok {
		return ""
	}
	return why
}

// isE164 reports whether a number is written as E.164 has it.
func isE164(number string) bool {
	if len(number) < 4 || len(number) > 16 || number[0] != '+' {
		return false
	}
	for _, r := range number[1:] {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// Lapse is c as the clock has it: a claim that has run out is open again, which
// the event tells; nil where nothing has run out.
func (c Callback) Lapse(now time.Time) (Callback, *CallbackEvent) {
	if c.Status != CallbackClaimed || c.StatusAt(now) == CallbackClaimed {
		return c, nil
	}
	// The moment at which it ran out, which was before anything else that
	// happened to it.
	e := CallbackEvent{VoicemailID: c.VoicemailID, At: c.LeaseUntil, Verb: VerbLapse, From: CallbackClaimed, To: CallbackOpen,
		Detail: c.Assignee, Number: c.toCall()}
	return c.opened(), &e
}

// toCall is the number that one would call now.
func (c Callback) toCall() string { return cmp.Or(c.Number, c.Caller) }

// opened is c with nobody's hands on it.
func (c Callback) opened() Callback {
	c.Status, c.Assignee, c.LeaseUntil, c.Outcome, c.ClosedAt = CallbackOpen, "", time.Time{}, "", time.Time{}
	return c
}

// heldBy is who holds c now; "" for nobody.
func (c Callback) heldBy(now time.Time) string {
	if c.StatusAt(now) != CallbackClaimed {
		return ""
	}
	return c.Assignee
}

// Decide is what a clean action makes of a callback, with the entry of its
// history: VerbUndo aside, which needs to know what was before (CaseAct). A
// callback to which nothing happens, as one that is seen again, comes back as it
// was with an event without a verb. Errors are as of Callbacks.Act. It is pure.
func Decide(had Callback, a Action, d Desk, now time.Time) (Callback, CallbackEvent, error) {
	now = Cut(now)
	from := had.StatusAt(now)
	had, _ = had.Lapse(now)
	if held := had.heldBy(now); held != "" && held != a.By && a.takes() {
		return had, CallbackEvent{}, ErrHeld
	}
	if from == CallbackDone && a.needsOpen() {
		return had, CallbackEvent{}, ErrClosed
	}
	c, detail, err := had.after(a, d, now)
	if err != nil {
		return had, CallbackEvent{}, err
	}
	if c == had && a.Verb != VerbNote {
		return had, CallbackEvent{}, nil
	}
	return c, CallbackEvent{VoicemailID: c.VoicemailID, At: now, By: a.By, Verb: a.Verb, From: from, To: c.Status,
		Detail: detail, Note: a.Note, Number: had.toCall()}, nil
}

// takes reports whether an action may not be done to what somebody else holds.
func (a Action) takes() bool {
	switch a.Verb {
	case VerbNote, VerbSeen, VerbHeard:
		return false
	case VerbRelease, VerbAssign:
		return !a.Force
	case VerbCorrect: // of a number is help, not work
		return a.Correction.Requested != nil
	}
	return true
}

// needsOpen reports whether an action can't be done to what is done.
func (a Action) needsOpen() bool {
	switch a.Verb {
	case VerbClaim, VerbRelease, VerbAssign, VerbAttempt, VerbClose, VerbSnooze, VerbTake:
		return true
	}
	return false
}

// after is what an action that may be done makes of c, which has not lapsed, and
// what there is to say of it.
func (c Callback) after(a Action, d Desk, now time.Time) (Callback, string, error) {
	switch a.Verb {
	case VerbSeen:
		if c.SeenAt.IsZero() {
			c.SeenAt, c.SeenBy = now, a.By
		}
		return c, "", nil
	case VerbHeard:
		if c.HeardAt.IsZero() {
			c.HeardAt, c.HeardBy = now, a.By
		}
		return c, "", nil
	}
	c.Acted = true
	switch a.Verb {
	case VerbTake:
		if c.Lane != LaneOld {
			return c, "", fmt.Errorf("it is not old: %w", ErrInvalid)
		}
		return c.taken(), "", nil
	case VerbClaim, VerbAssign, VerbAttempt, VerbSnooze:
		c = c.taken()
	}
	switch a.Verb {
	case VerbClaim:
		return c.claimed(a.By, a, d, now), "", nil
	case VerbAssign:
		return c.claimed(a.Assignee, a, d, now), a.Assignee, nil
	case VerbRelease:
		return c.released(now)
	case VerbAttempt:
		return c.tried(a, d, now)
	case VerbClose:
		return c.closed(a, d, now)
	case VerbReopen:
		if c.Status != CallbackDone {
			return c, "", fmt.Errorf("it is not done: %w", ErrInvalid)
		}
		was := c.Outcome
		c = c.opened()
		c.NextAt = time.Time{}
		return c, was, nil
	case VerbSnooze:
		if !a.Next.After(now) {
			return c, "", fmt.Errorf("snoozed until what is over: %w", ErrInvalid)
		}
		c = c.opened()
		c.NextAt = a.Next
		return c, a.Next.Format(time.RFC3339), nil
	case VerbNote:
		return c, "", nil
	case VerbCorrect:
		c, detail := c.corrected(a.Correction, a.By, now)
		return c, detail, nil
	}
	return c, "", fmt.Errorf("%s by itself: %w", a.Verb, ErrInvalid)
}

// taken is c where it would be if it were not old: open work.
func (c Callback) taken() Callback {
	switch {
	case c.Lane != LaneOld:
		return c
	case c.Requested:
		c.Lane = LaneRequests
	default:
		c.Lane = LaneListen
	}
	return c.Weighed()
}

// claimed is c in the hands of somebody. A claim of one's own is never cut short.
func (c Callback) claimed(who string, a Action, d Desk, now time.Time) Callback {
	until := Cut(now.Add(cmp.Or(a.Lease, d.Lease, DefaultDesk().Lease)))
	if c.Status == CallbackClaimed && c.Assignee == who && c.LeaseUntil.After(until) {
		until = c.LeaseUntil
	}
	c.Status, c.Assignee, c.LeaseUntil, c.NextAt = CallbackClaimed, who, until, time.Time{}
	return c
}

func (c Callback) released(now time.Time) (Callback, string, error) {
	held := c.heldBy(now)
	if held == "" {
		return c, "", fmt.Errorf("nobody holds it: %w", ErrInvalid)
	}
	return c.opened(), held, nil
}

// tried is c after a call that reached nobody: open, and resting.
func (c Callback) tried(a Action, d Desk, now time.Time) (Callback, string, error) {
	next := a.Next
	if next.IsZero() {
		rest, known := d.Retry[a.Result]
		if !known {
			rest = DefaultDesk().Retry[a.Result]
		}
		next = Cut(now.Add(rest))
	}
	c = c.opened()
	c.Attempts++
	c.NextAt = next
	return c, string(a.Result), nil
}

func (c Callback) closed(a Action, d Desk, now time.Time) (Callback, string, error) {
	if _, known := d.Disposition(a.Outcome); !known {
		return c, "", fmt.Errorf("unknown outcome: %w", ErrInvalid)
	}
	c.Status, c.Assignee, c.LeaseUntil, c.NextAt = CallbackDone, a.By, time.Time{}, time.Time{}
	c.Outcome, c.ClosedAt = a.Outcome, now
	return c, a.Outcome, nil
}

// corrected is c as a person says it is. What asks for nothing is done; what was
// done for that reason, and does ask, is open again.
func (c Callback) corrected(x Correction, by string, now time.Time) (Callback, string) {
	detail := x.Number
	if x.Number != "" {
		c.Number = x.Number
	}
	if x.Requested == nil {
		return c, detail
	}
	idle := c.Lane == LaneNone
	if c.awaitsText() {
		c.NextAt = time.Time{} // somebody has heard it
	}
	c.Corrected, c.Requested, c.Listen = true, *x.Requested, ""
	if *x.Requested {
		c.Lane = LaneRequests
		if c.Status == CallbackDone && idle {
			c = c.opened()
		}
		return c.Weighed(), "request"
	}
	c.Lane = LaneNone
	if c.Status != CallbackDone {
		c.Status, c.Assignee, c.LeaseUntil, c.NextAt = CallbackDone, by, time.Time{}, time.Time{}
		c.Outcome, c.ClosedAt = outcomeNotNeeded, now
	}
	return c, "no request"
}

// Merge is had with what x says besides: what x leaves open stays.
func (x Correction) Merge(had *Correction) Correction {
	if had == nil {
		return x
	}
	if x.Requested == nil {
		x.Requested = had.Requested
	}
	x.Number = cmp.Or(x.Number, had.Number)
	return x
}

// Before is what an action found, kept with its event so that it can be undone.
type Before struct {
	Callback   Callback
	Correction *Correction
}

// Encode is the form in which b is kept: JSON, opaque to SQL.
func (b Before) Encode() (string, error) {
	text, err := json.Marshal(b)
	return string(text), err
}

// DecodeBefore is the reverse of Encode.
func DecodeBefore(text string) (Before, error) {
	var b Before
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return Before{}, fmt.Errorf("read what was before an action: %w", err)
	}
	return b, nil
}

// undone is c as before the event, which was the last that somebody did to it.
// What the machine found meanwhile stays.
func (c Callback) undone(last CallbackEvent, before Callback, a Action, now time.Time) (Callback, CallbackEvent, error) {
	switch {
	case last.Verb == "" || last.Verb == VerbUndo:
		return c, CallbackEvent{}, fmt.Errorf("there is nothing to undo: %w", ErrInvalid)
	case last.By != a.By || now.Sub(last.At) > UndoWithin:
		return c, CallbackEvent{}, fmt.Errorf("it can't be undone any more: %w", ErrConflict)
	}
	from := c.StatusAt(now)
	c.Status, c.Assignee, c.LeaseUntil, c.NextAt = before.Status, before.Assignee, before.LeaseUntil, before.NextAt
	c.Attempts, c.Outcome, c.ClosedAt, c.Acted = before.Attempts, before.Outcome, before.ClosedAt, before.Acted
	if before.Lane == LaneOld { // it was taken up
		c.Lane = LaneOld
	}
	if last.Verb == VerbCorrect {
		c.Lane, c.Requested, c.Listen, c.Corrected, c.Number = before.Lane, before.Requested, before.Listen, before.Corrected, before.Number
	}
	c, _ = c.Weighed().Lapse(now)
	return c, CallbackEvent{VoicemailID: c.VoicemailID, At: now, By: a.By, Verb: VerbUndo, From: from, To: c.Status,
		Detail: string(last.Verb), Note: a.Note, Number: c.toCall()}, nil
}
