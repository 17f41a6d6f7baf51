package store

import (
	"context"
	"time"
)

// Backfills keeps the ranges of the past that somebody asked to be looked at.
type Backfills interface {
	// AddBackfill writes a new one down and returns it with its ID and AskedAt.
	// The same account, From and To as one that is not done: that one, going on
	// where it was stopped. ErrInvalid where From is not before To.
	AddBackfill(ctx context.Context, b Backfill) (Backfill, error)
	// Backfills lists an account's, newest AskedAt first; "" is every account.
	Backfills(ctx context.Context, account string) ([]Backfill, error)
	// SetBackfill says that one is stopped, goes on, or is done.
	// ErrNotFound when there is none.
	SetBackfill(ctx context.Context, id int64, state BackfillState) error
}

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
