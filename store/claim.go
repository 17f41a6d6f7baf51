package store

import (
	"fmt"
	"slices"
	"time"
)

// ClaimQuery says which due sessions a worker wants.
type ClaimQuery struct {
	Accounts []string      // sessions of these accounts only; none where empty
	Limit    int           // at most this many; clamped to 1 to MaxClaim
	Lease    time.Duration // see CheckLease
}

// CheckLease is ErrInvalid for a lease that would not last.
func CheckLease(d time.Duration) error {
	if d <= 0 {
		return fmt.Errorf("a lease of %s: %w", d, ErrInvalid)
	}
	return nil
}

// MaxExcerpt is how many bytes of an excerpt are kept.
const MaxExcerpt = 2048

// MaxReady is how many sessions of an account, and tasks of an account and kind,
// that have come due meanwhile one claim takes up. It bounds what a claim
// writes; of more than that, those due for longest are taken up first.
const MaxReady = 1000

// Ready reports whether what is due at that time (zero: never) is so by now.
// Databases keep it in a column when they write a due time, since most of what
// waits is not due yet and must not lie in a claim's way; what comes due later
// the claims take up.
func Ready(due, now time.Time) bool { return !due.IsZero() && !due.After(now) }

// MaxClaim is the most sessions that one Claim leases.
const MaxClaim = 100

// Lease is the right to fetch one session until a time. It is ended by Record
// or by running out.
type Lease struct {
	Session Session // as it was before the claim, its State and Attempts included
	Token   string
	Until   time.Time
}

// Outcome is how a fetch ended.
type Outcome struct {
	// State is the session's next state: anything but StateLeased and
	// StateSkipped. StateDue gives the session back untouched: no attempt is
	// counted. StateWaiting, StateRetry and StateDead count one, the others are
	// good answers and set the count back to 0.
	State State
	// After is how long to wait before the next attempt in StateDue,
	// StateWaiting and StateRetry. The database's clock is added to it.
	After time.Duration
	// Reason says why, in words that are safe to show and log.
	Reason string
	// Excerpt is the beginning of a reply that could not be read, redacted by
	// whoever hands it in and cut to MaxExcerpt. It takes the place of the
	// session's; without one that is cleared, but for StateDue, which tells
	// nothing of a reply.
	Excerpt string
	// Reply is what arrived, flattened; nil where nothing did.
	Reply *Reply
}

// Settle is the state that an outcome leads to for a session that already has
// a voicemail: what is in the archive stays, and only a transcript that is
// still pending or a file that was never named keeps the session waiting. had
// nil changes nothing.
func Settle(had *Voicemail, o Outcome) Outcome {
	if had == nil || o.State == StateDue {
		return o
	}
	waits := o.State == StateWaiting || o.State == StateRetry
	if waits && (had.Transcript == TranscriptPending || !had.hasFile()) {
		return o
	}
	o.State, o.After = StateStored, 0
	return o
}

// Conclusion is what Record writes.
type Conclusion struct {
	Session Session
	// Voicemail is the session's voicemail as it now is; nil where there is
	// none to write.
	Voicemail *Voicemail
	// Changed asks for a change row: readers or the index see a difference.
	// Without it, only when recordings were last checked is new.
	Changed bool
	// Payload replaces the stored payload; nil leaves that as it is.
	Payload []byte
}

// Conclude works out what Record writes for a session s, as it is in the
// ledger, with the voicemail had (nil for none), when a fetch ends with o. It
// applies Settle and MergeVoicemail. A reply that holds no message makes no
// voicemail, and one that leaves out something that is stored doesn't replace
// the payload, from which that could still be read.
func Conclude(s Session, had *Voicemail, o Outcome, now time.Time) Conclusion {
	o = Settle(had, o)
	c := Conclusion{Session: s.after(o, now)}
	if had == nil && !o.Reply.IsVoicemail() {
		return c
	}
	if o.State == StateDue && o.Reply == nil {
		return c
	}
	waits := !c.Session.DueAt.IsZero()
	v, changed := MergeVoicemail(had, s, o.Reply, waits, now)
	c.Voicemail, c.Changed = &v, changed
	if changed && o.Reply.IsVoicemail() && len(o.Reply.Payload) > 0 && o.Reply.holds(v) {
		c.Payload = o.Reply.Payload
	}
	return c
}

// after is the session when a fetch has ended with o, which is settled.
func (s Session) after(o Outcome, now time.Time) Session {
	s.State, s.Reason, s.DueAt = o.State, o.Reason, time.Time{}
	if o.Excerpt != "" || o.State != StateDue {
		s.Excerpt = o.Excerpt
	}
	s.Attempts, s.DueAt = o.State.next(s.Attempts, o.After, now)
	return s
}

// hasFile reports whether the upstream ever named a file of the voicemail
// itself.
func (v Voicemail) hasFile() bool {
	return slices.ContainsFunc(v.Recordings, func(r Recording) bool { return !r.Kind.IsCall() })
}

// ends reports whether a piece of work may end in the state.
func (s State) ends() bool {
	switch s {
	case StateDue, StateStored, StateEmpty, StateWaiting, StateRetry, StateGone, StateDead:
		return true
	}
	return false
}

// next is the count of failed attempts and the due time of work that ended in
// the state: zero where it is not tried again.
func (s State) next(attempts int, after time.Duration, now time.Time) (int, time.Time) {
	at := Cut(now.Add(after))
	switch s {
	case StateDue:
		return attempts, at
	case StateWaiting, StateRetry:
		return attempts + 1, at
	case StateDead:
		return attempts + 1, time.Time{}
	}
	return 0, time.Time{}
}
