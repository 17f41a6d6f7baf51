package store

import (
	"context"
	"fmt"
	"time"
)

// Backfills keeps the ranges of the past that somebody asked to be looked at.
type Backfills interface {
	// AddBackfill writes a new one down and returns it with its ID and AskedAt.
	// The same account, From and To as one that is not done: that one, going on
	// where it was stopped. ErrInvalid where From is not known or not before
	// To, and without an account or with one over MaxID.
	AddBackfill(ctx context.Context, b Backfill) (Backfill, error)
	// Backfills lists an account's, newest AskedAt first; "" is every account.
	// Of more than MaxBackfills those that are done, and of these the oldest,
	// are left out first.
	Backfills(ctx context.Context, account string) ([]Backfill, error)
	// SetBackfill says that one is stopped, goes on, or is done.
	// ErrNotFound when there is none, ErrInvalid for an unknown state.
	SetBackfill(ctx context.Context, id int64, state BackfillState) error
}

// MaxBackfills is the most backfills that are listed at a time.
const MaxBackfills = 200

// BackfillState says how a backfill stands.
type BackfillState string

// The states of a backfill.
const (
	BackfillOpen    BackfillState = "open"
	BackfillStopped BackfillState = "stopped"
	BackfillDone    BackfillState = "done"
)

// Backfill is a range of the past of one account that is to be looked at.
// What of it was looked at is in the windows.
type Backfill struct {
	ID        int64
	AccountID string
	From      time.Time
	To        time.Time
	State     BackfillState
	AskedBy   string
	AskedAt   time.Time
	ChangedAt time.Time // when State last changed
}

// Turn is the backfill in another state since now. It is pure.
func (b Backfill) Turn(state BackfillState, now time.Time) Backfill {
	if b.State != state {
		b.State, b.ChangedAt = state, Cut(now)
	}
	return b
}

// Check is ErrInvalid for a state that there is not.
func (s BackfillState) Check() error {
	switch s {
	case BackfillOpen, BackfillStopped, BackfillDone:
		return nil
	}
	return fmt.Errorf("a backfill can't be in state %q: %w", CleanText(string(s)), ErrInvalid)
}

// Clean returns the backfill with clean text and cut times. ErrInvalid as of
// AddBackfill.
func (b Backfill) Clean() (Backfill, error) {
	cleanAll(&b.AccountID, &b.AskedBy)
	cutAll(&b.From, &b.To, &b.AskedAt, &b.ChangedAt)
	if b.AccountID == "" || len(b.AccountID) > MaxID {
		return Backfill{}, fmt.Errorf("backfill of an account of %d bytes: %w", len(b.AccountID), ErrInvalid)
	}
	if b.From.IsZero() || !b.From.Before(b.To) {
		return Backfill{}, fmt.Errorf("backfill that begins when or after it ends: %w", ErrInvalid)
	}
	return b, nil
}
