package store

import (
	"context"
	"slices"
	"time"
)

// Waiting tells how long people wait who asked to be called back, and what
// happened meanwhile. What lies outside of a scope does not exist.
type Waiting interface {
	// Evidence lists the calls with any of the numbers, E.164, that began after
	// since and in which somebody of the house spoke to them (EvidenceOf), the
	// latest first, at most limit, which is clamped to 1 to MaxEvidence. Numbers
	// that many people use tell nothing of one of them and are left out: those of
	// Desk.Shared, and those used under SharedNames names. The
	// scope is judged by the call's own bot and queue.
	Evidence(ctx context.Context, s Scope, numbers []string, since time.Time, limit int) ([]Evidence, error)
	// Waits lists the requests that q asks for, but for old ones, those left first first, then by
	// id. What a person says of them counts, not what the machine found.
	Waits(ctx context.Context, s Scope, q WaitQuery) ([]Wait, error)
	// OpenRequests sums up the requests that are not done, by bot and queue, but for
	// those that are old. late says after how long a wait is too long.
	OpenRequests(ctx context.Context, s Scope, late []Late) ([]OpenRequests, error)
	// ManyNamed lists the numbers that are used under SharedNames different
	// names or more, as caller id or as the number to call, those with the most
	// names first, then by number; at most limit, which is clamped to 1 to
	// MaxManyNamed. It is about all bots: whose number it is does not depend on
	// who asks.
	ManyNamed(ctx context.Context, limit int) ([]ManyNamed, error)
}

// Bounds of Waiting.
const (
	// MaxWaits is the most that one Waits returns.
	MaxWaits = 200_000
	// MaxManyNamed is the most that one ManyNamed returns.
	MaxManyNamed = 200
)

// WaitQuery asks for requests. Every field that is empty leaves nothing out.
type WaitQuery struct {
	From   time.Time // left at or after
	To     time.Time // left before
	Open   bool      // not done
	Bots   []string
	Queues []string
	Limit  int // clamped to 1 to MaxWaits
}

// Clean returns the query with clean text, cut times and a limit within bounds.
func (q WaitQuery) Clean() WaitQuery {
	q.Bots, q.Queues = cleanSet(q.Bots), cleanSet(q.Queues)
	cutAll(&q.From, &q.To)
	q.Limit = Clamp(q.Limit, MaxWaits)
	return q
}

// Wait is a request to be called back, as far as it tells how long it waits.
type Wait struct {
	VoicemailID int64
	CaseID      int64
	BotID       string
	Queue       string
	LeftAt      time.Time
	DueAt       time.Time // as the caller wants it; zero where not known
	Status      CallbackStatus
	Assignee    string // who holds it, or has closed it
	LeaseUntil  time.Time
	Outcome     string
	ClosedAt    time.Time
	// Tried is when calls reached nobody, but for those that were taken back. An attempt
	// has the same time in all messages of the case that it was made for.
	Tried []time.Time
}

// Standing are the attempts that count of all that were ever made, in their order: what
// is taken back is the last one, and made again behind it.
func Standing(tries []time.Time, count int) []time.Time {
	return tries[max(0, len(tries)-count):]
}

// OpenRequests are the requests of a bot's queue that are not done.
type OpenRequests struct {
	BotID   string
	Queue   string
	Open    int
	Overdue int       // as of Callback.Overdue
	Oldest  time.Time // when the first was left
}

// Late says which requests of a bot's queue should have been done by now: those that
// were wanted before some time and, of those that name none, those that were left by
// some time. Of several the first that fits counts; where none does, what was wanted
// before now is overdue, and nobody waits for too long.
type Late struct {
	BotID     string    // "" is every bot
	Queue     string    // "" is every queue
	LeftBy    time.Time // zero is never
	DueBefore time.Time // earlier than now where nobody has worked since; zero is now
}

// Overdue reports whether c is a request that is not done by now and should be:
// since the time at which the caller wants the call has passed and people work or,
// where that time isn't known, since it waits for too long. It is the one meaning of
// overdue, whoever tells it. It is pure.
func (c Callback) Overdue(late []Late, now time.Time) bool {
	if c.Lane != LaneRequests || c.Status == CallbackDone {
		return false
	}
	at := slices.IndexFunc(late, func(l Late) bool {
		return (l.BotID == "" || l.BotID == c.BotID) && (l.Queue == "" || l.Queue == c.Queue)
	})
	var by Late
	if at >= 0 {
		by = late[at]
	}
	if c.DueAt.IsZero() {
		return !by.LeftBy.IsZero() && !c.LeftAt.After(by.LeftBy)
	}
	if by.DueBefore.IsZero() {
		return c.DueAt.Before(now)
	}
	return c.DueAt.Before(by.DueBefore)
}

// ManyNamed is a number that callers of many names use.
type ManyNamed struct {
	Number   string // E.164
	Names    int
	Messages int // with a name
}
