// Package store holds Afterbeep's domain types and the contract that every
// database behind it keeps.
//
// The package imports nothing of Afterbeep: it is the centre that the others
// point at. It hides which database is in use, promises that a method either
// did all that its comment says or nothing, and never contains SQL, HTTP or
// the search engine. Rules that both databases share (how a later reply is
// merged into a voicemail, how long a limited account pauses) are pure
// functions here, so that they can't drift apart.
//
// Times handed in are cut to microseconds (see Cut) and times handed out are
// UTC. A zero time.Time means "not known". Text handed in is cleaned (see
// CleanText) and ordered by bytes. An empty list and nil mean the same.
// Sentences of this contract are held by the suite in store/storetest, which
// every implementation runs.
package store

import (
	"context"
	"time"
)

// Store is the whole contract. Consumers state the part they need as a
// narrower interface. Implementations are safe for concurrent use by many
// goroutines, and by many processes on one database.
type Store interface {
	Sessions
	Locks
	Budgets
	Feed
	Archive
	Analyses
	Tasks
	Bots
	Backfills
	Completeness
	Synonyms
	Remarks
	Callers
	SavedSearches
	Alerts
	Callbacks
	Waiting
	People
	AuditLog

	// Ready returns nil when the database answers and its migrations are at
	// the version that this program was built with.
	Ready(ctx context.Context) error
	// Close waits for methods under way and releases the database. Every other
	// method returns an error afterwards; closing twice is none.
	Close() error
}

// Sessions is the ledger of sessions known upstream and the queue of those
// that are to be fetched.
type Sessions interface {
	// SaveSessions inserts the sessions that are new and merges the others
	// into what is known (Enlist, MergeSession). A session is the same when
	// account and session id are, or else bot and session id. New sessions
	// become StateDue where Wanted, else StateSkipped. A session that is
	// already stored keeps its state; where its voicemail shows something that
	// changed (ShownBy), the voicemail follows and a change is written. The
	// whole call is one transaction. ErrInvalid when one lacks an id
	// or has one over MaxID; nothing is written then.
	SaveSessions(ctx context.Context, sessions []Session) (Saved, error)
	// SaveWindow writes down that a stretch of time was looked at. The same
	// account, From and To replace the earlier row.
	SaveWindow(ctx context.Context, w Window) error
	// Windows lists an account's windows that end after since, ordered by From, To.
	Windows(ctx context.Context, account string, since time.Time) ([]Window, error)
	// Claim leases up to q.Limit sessions that are due: StateDue, StateWaiting
	// or StateRetry with a due time that has come, or StateLeased with a lease
	// that has run out. Order: Priority, then StartedAt newest first with
	// unknown ones last, then session id, then bot id; of more than MaxReady
	// that have come due since the last claim, those due for longest come into
	// that order first. No session is handed to
	// two callers. A session whose holder died is handed out with the state it
	// had before that holder.
	Claim(ctx context.Context, q ClaimQuery) ([]Lease, error)
	// ClaimSession leases one session whatever its state and due time.
	// ErrNotFound when it is not known, ErrLeased while another holds it,
	// ErrInvalid for a lease that isn't positive.
	ClaimSession(ctx context.Context, key SessionKey, lease time.Duration) (Lease, error)
	// Renew prolongs the leases that are still held to d from now and returns
	// those that were lost.
	Renew(ctx context.Context, leases []Lease, d time.Duration) (lost []Lease, err error)
	// Record ends a lease: the session's state, and with a reply its
	// voicemail, segments, recordings, payload and change row, in one
	// transaction. It writes what Conclude says, so a later reply only ever
	// adds. ErrLeaseLost when the lease is not held any more, be it that its
	// time ran out or that it was recorded already; ErrInvalid when o.State is
	// none that a fetch ends in; nothing is written then. changed tells whether
	// a change row was written.
	Record(ctx context.Context, l Lease, o Outcome) (changed bool, err error)
}

// Locks gives one process at a time the right to do something.
type Locks interface {
	// AcquireLock takes the named lock for ttl, or prolongs it when holder has
	// it already. ErrLocked while another holder's time has not run out.
	AcquireLock(ctx context.Context, name, holder string, ttl time.Duration) error
	// ReleaseLock gives the lock back; releasing one that isn't held is no error.
	ReleaseLock(ctx context.Context, name, holder string) error
}

// Budgets keeps each account's use of the upstream within its limit, across
// processes.
type Budgets interface {
	// Reserve counts one request against every limit of the account's and
	// returns 0, or returns how long to wait before asking again and counts
	// nothing. Allowance says how much of a limit a class may use. While the
	// account pauses (Pause) only one probe at a time is let through. account
	// may be any name of what has a budget of its own. ErrInvalid without a
	// limit, or with one that isn't positive or is over MaxLimit long.
	Reserve(ctx context.Context, account string, class Class, limits ...Limit) (wait time.Duration, err error)
	// Answered tells how a reserved request was answered: a limited answer
	// starts or prolongs the account's pause, a good one ends it.
	Answered(ctx context.Context, account string, v Verdict) error
}

// Feed is the log of changed voicemails, numbered in the order in which their
// transactions became visible: who has seen Seq n has seen all up to n.
type Feed interface {
	// Changes returns up to limit changes (clamped to 1 to MaxChanges) with a
	// Seq above after, in order of Seq. A voicemail that changed twice is there once, with its latest Seq.
	Changes(ctx context.Context, after int64, limit int) ([]Change, error)
	// Head is the position of the newest change; Seq 0 and an empty Tag where
	// there is none yet.
	Head(ctx context.Context) (Position, error)
	// Knows reports whether this store is the one p was taken from and still
	// has p in its past: same store id, and the change p.Seq has p's tag. A
	// position with Seq 0 is known to the store with its id.
	Knows(ctx context.Context, p Position) (bool, error)
}

// Archive reads what is stored. Every method takes the reader's scope; what
// lies outside it does not exist for that reader.
type Archive interface {
	// Voicemail returns one voicemail with its segments and recordings.
	// ErrNotFound when there is none in the scope.
	Voicemail(ctx context.Context, s Scope, id int64) (Voicemail, error)
	// Voicemails returns those of ids that are in the scope, in the order of
	// ids, each once.
	Voicemails(ctx context.Context, s Scope, ids []int64) ([]Voicemail, error)
	// Summaries is Voicemails for lists, at a fraction of the cost: without
	// segments, and without when links of recordings were checked and expire.
	// It may come from memory, but is never older than what was stored when it
	// was called, by whatever process.
	Summaries(ctx context.Context, s Scope, ids []int64) ([]Voicemail, error)
	// Session returns the ledger row of a session. Where several bots have
	// the id, the one with the smallest bot id. ErrNotFound when there is none
	// in the scope.
	Session(ctx context.Context, s Scope, sessionID string) (Session, error)
	// Ledger sums up the sessions of whole bots (Scope.WholeBots), and the
	// voicemails in the scope.
	Ledger(ctx context.Context, s Scope) (Ledger, error)
	// Payload returns the reply that made the voicemail, as it was recorded.
	// ErrNotFound when there is none in the scope.
	Payload(ctx context.Context, s Scope, id int64) ([]byte, error)
}
