package store

import "time"

// ClaimQuery says which due sessions a worker wants.
type ClaimQuery struct {
	Accounts []string // sessions of these accounts only; none where empty
	Limit    int      // at most this many; 1 to 100
	Lease    time.Duration
}

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
	// counted.
	State State
	// After is how long to wait before the next attempt in StateDue,
	// StateWaiting and StateRetry. The database's clock is added to it.
	After time.Duration
	// Reason says why, in words that are safe to show and log.
	Reason string
	// Reply is what arrived, flattened; nil where nothing did.
	Reply *Reply
}

// Settle is the state that an outcome leads to for a session that already has
// a voicemail: what is in the archive stays, and only a transcript that is
// still pending keeps the session waiting. had nil changes nothing.
func Settle(had *Voicemail, o Outcome) Outcome {
	if had == nil || o.State == StateDue {
		return o
	}
	waits := o.State == StateWaiting || o.State == StateRetry
	if had.Transcript == TranscriptPending && waits {
		return o
	}
	o.State, o.After = StateStored, 0
	return o
}
