package store

import (
	"context"
	"time"
)

// Waiting tells how long people wait who asked to be called back, and what
// happened meanwhile. What lies outside of a scope does not exist.
type Waiting interface {
	// Evidence lists the calls with any of the numbers, E.164, that began after
	// since and in which somebody of the house spoke to them (EvidenceOf), the
	// latest first, at most limit, which is clamped to 1 to MaxEvidence. The
	// scope is judged by the call's own bot and queue.
	Evidence(ctx context.Context, s Scope, numbers []string, since time.Time, limit int) ([]Evidence, error)
	// Waits lists the requests that q asks for, those left first first, then by
	// id. What a person says of them counts, not what the machine found.
	Waits(ctx context.Context, s Scope, q WaitQuery) ([]Wait, error)
	// OpenRequests sums up the requests that are not done, by bot and queue. late
	// says, by bot and queue, before when a message was left that waits for too
	// long by now; a zero time is never. It must be pure and quick: it is called
	// while the store is read.
	OpenRequests(ctx context.Context, s Scope, late func(botID, queue string) time.Time) ([]OpenRequests, error)
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
	BotID       string
	Queue       string
	LeftAt      time.Time
	DueAt       time.Time // as the caller wants it; zero where not known
	Status      CallbackStatus
	Assignee    string // who holds it, or has closed it
	LeaseUntil  time.Time
	Outcome     string
	ClosedAt    time.Time
	Attempts    int
}

// OpenRequests are the requests of a bot's queue that are not done.
type OpenRequests struct {
	BotID   string
	Queue   string
	Open    int
	PastDue int       // their due time has passed
	Late    int       // they wait for too long
	Oldest  time.Time // when the first was left
}

// ManyNamed is a number that callers of many names use.
type ManyNamed struct {
	Number   string // E.164
	Names    int
	Messages int // with a name
}
