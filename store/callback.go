package store

import (
	"context"
	"time"
)

// Lane is the list of work that a voicemail is in.
type Lane string

// The lanes.
const (
	LaneRequests Lane = "requests" // the caller asks to be called back
	LaneListen   Lane = "listen"   // a person has to listen: the machine can't judge
	// LaneOld is what would be in one of the two, had it not been found so late
	// (Desk.Old): nobody waits for it any more, unless somebody takes it up.
	LaneOld  Lane = "old"
	LaneNone Lane = "" // nothing to do
)

// CallbackStatus is where the work on a voicemail stands.
type CallbackStatus string

// The statuses.
const (
	CallbackOpen    CallbackStatus = "open"
	CallbackClaimed CallbackStatus = "claimed"
	CallbackDone    CallbackStatus = "done"
)

// Callback is the work on one voicemail. A voicemail that nobody has seen and
// that asks for nothing has none.
type Callback struct {
	VoicemailID int64
	BotID       string
	Queue       string
	Lang        string
	LeftAt      time.Time
	// CaseID is the voicemail that began the case: messages of one caller with
	// one bot that are worked together. It is the voicemail's own id where it
	// stands alone.
	CaseID int64

	Lane       Lane
	Requested  bool    // the caller asks to be called back, as a person or the machine says
	Confidence float64 // of the machine
	Listen     ListenReason
	Corrected  bool   // a person has said so
	Caller     string // E.164 caller id; "" where withheld or unreadable
	Number     string // the best number to call, E.164; "" where there is none
	Name       string // who calls, as said
	// Urgency is Found, and one more for each of Repeats, at most MaxUrgency; 0 of
	// what is old.
	Urgency int
	Found   int // the urgency that the machine found: 0 to 2, as in Finding
	Repeats int // other messages of the case that wait as well
	DueAt   time.Time

	Status     CallbackStatus
	Assignee   string    // who holds it, or has closed it; "" for nobody
	LeaseUntil time.Time // of a claim; a claim whose lease has run out is open again
	NextAt     time.Time // not offered before: snoozed, or tried without an answer
	Attempts   int       // calls that reached nobody
	Outcome    string    // of what is done: the key of a Disposition
	ClosedAt   time.Time
	SeenAt     time.Time // when somebody first opened it
	SeenBy     string
	HeardAt    time.Time // when somebody first played it
	HeardBy    string
	// Acted says that somebody has worked on it: the machine moves it no more.
	// Seen and heard alone are no work.
	Acted bool

	CreatedAt time.Time
	// Seq is the number of the last change, across all callbacks: who has seen
	// n has seen all up to n.
	Seq int64
}

// MaxUrgency is the urgency that repeats lead to at most.
const MaxUrgency = 3

// StatusAt is the status by the clock: a claim whose lease has run out is open.
func (c Callback) StatusAt(now time.Time) CallbackStatus {
	if c.Status == CallbackClaimed && !c.LeaseUntil.After(now) {
		return CallbackOpen
	}
	return c.Status
}

// Verb is what somebody does to a callback.
type Verb string

// The verbs. Those of Callbacks.Act; VerbFound, VerbRepeat and VerbLapse are the
// program's own.
const (
	VerbClaim   Verb = "claim"   // take it, for as long as a lease; again prolongs it
	VerbRelease Verb = "release" // give it back
	VerbAssign  Verb = "assign"  // give it to Action.Assignee
	VerbAttempt Verb = "attempt" // tried, and nobody was reached: back to open after a while
	VerbClose   Verb = "close"   // done, with an outcome
	VerbReopen  Verb = "reopen"
	VerbSnooze  Verb = "snooze"  // not before Action.Next
	VerbTake    Verb = "take"    // make open work of what is old, as whatever else is done to work on it does
	VerbNote    Verb = "note"    // write something down
	VerbUndo    Verb = "undo"    // take back what the same person did last, within a while
	VerbCorrect Verb = "correct" // say what the machine got wrong (Action.Correction)
	VerbSeen    Verb = "seen"    // opened; only the first time is kept
	VerbHeard   Verb = "heard"   // played; only the first time is kept
	VerbFound   Verb = "found"   // the machine found a request, or a reason to listen
	VerbRepeat  Verb = "repeat"  // the caller left another message of the case
	VerbLapse   Verb = "lapse"   // a claim ran out; written down when something happens next
)

// AttemptResult is how a call that reached nobody ended.
type AttemptResult string

// The results of an attempt.
const (
	AttemptNoAnswer    AttemptResult = "no_answer"
	AttemptBusy        AttemptResult = "busy"
	AttemptLeftMessage AttemptResult = "left_message"
)

// Action is something that a person does to a callback.
type Action struct {
	Verb       Verb
	By         string        // the name of the user
	Assignee   string        // for VerbAssign
	Lease      time.Duration // for VerbClaim and VerbAssign
	Result     AttemptResult // for VerbAttempt
	Outcome    string        // for VerbClose
	Note       string        // for every verb, in the person's own words; needed for VerbNote
	Next       time.Time     // for VerbAttempt (zero: as of Desk) and VerbSnooze
	Correction Correction    // for VerbCorrect
	// Whole does it to all messages of the case that are not done; VerbReopen and
	// VerbUndo to those that were done or changed with this one. Verbs that are
	// about one message (VerbNote, VerbCorrect, VerbSeen, VerbHeard) have no whole.
	Whole bool
	// Force takes it from whoever holds it, for VerbRelease and VerbAssign: a
	// supervisor's right.
	Force bool
	// DayStart is when the caller's day began, for VerbAttempt: the attempts since
	// then count towards Desk.MaxAttempts. Zero counts those of the last 24 hours.
	// DayEnd is when it ends, which isn't 24 hours later where clocks change.
	DayStart, DayEnd time.Time
}

// CallbackEvent is one entry of a callback's history, which only grows.
type CallbackEvent struct {
	ID          int64 // given by the store, ascending
	VoicemailID int64
	At          time.Time // given by the store
	By          string    // the user's name; "" for the program
	Verb        Verb
	From, To    CallbackStatus
	Detail      string // the result, the outcome, the assignee: as the verb has it
	Note        string
	Number      string // the number that was to be called then
}

// WorkQuery asks for a part of the work list. Every field that is empty leaves
// nothing out.
type WorkQuery struct {
	Lane     Lane
	Status   CallbackStatus // as of StatusAt
	Assignee string         // held or closed by
	Overdue  bool           // as of Callback.Overdue
	Late     []Late         // after how long a wait is too long, for Overdue
	Ready    bool           // open, with a NextAt that has come
	Bots     []string
	Queues   []string
	Langs    []string // base codes
	Limit    int      // of cases; clamped to 1 to MaxWork
	After    WorkKey  // what the page before ended with
}

// MaxWork is the most cases that one Work returns.
const MaxWork = 200

// MaxCorrections is the most that one Corrections returns.
const MaxCorrections = 1000

// WorkKey is a place in the work list's order. The zero WorkKey is before all.
type WorkKey struct {
	Rank   int // what is worked now before what rests, then what is done
	At     time.Time
	CaseID int64
}

// Case is one row of the work list: the messages of one caller that match, the
// one that waits longest first.
type Case struct {
	ID       int64
	Messages []Callback
	Key      WorkKey
}

// WorkCounts are how many cases stand where, in what a person may see. Those of
// which all that waits is old are in Old, and in none but Done of the others.
type WorkCounts struct {
	Open, Mine, Claimed, Done, Overdue, Listen, Old int
	Bots, Queues, Langs                             map[string]int // of open ones
}

// Callbacks keeps the work on voicemails. Every method takes the person's scope;
// what lies outside it does not exist.
type Callbacks interface {
	// Callback returns the work on one voicemail. ErrNotFound when there is none
	// in the scope.
	Callback(ctx context.Context, s Scope, voicemailID int64) (Callback, error)
	// CallbacksOf returns the work on those of the voicemails that have any, in
	// the scope, by voicemail.
	CallbacksOf(ctx context.Context, s Scope, voicemailIDs []int64) (map[int64]Callback, error)
	// Work returns a page of the work list: cases to be worked now, the most urgent
	// first and then by Callback.OrderAt, each in the place of the message that goes
	// first; then resting ones by NextAt; done ones by ClosedAt, the latest first.
	// What is in no lane is listed only while it is claimed or done, and what is old
	// and not done only where LaneOld is asked for: the one left last first, cases
	// in which something else waits left out. A claim that
	// has run out reads as open. next is where the page after begins, zero at the end.
	Work(ctx context.Context, s Scope, q WorkQuery) (cases []Case, next WorkKey, err error)
	// CountWork counts the cases of a scope as the named person sees them. late
	// says after how long a wait is too long.
	CountWork(ctx context.Context, s Scope, user string, late []Late) (WorkCounts, error)
	// CaseOf returns all messages of the case that a voicemail is in, those left
	// first first, in the scope; none where there is no work on it.
	CaseOf(ctx context.Context, s Scope, voicemailID int64) ([]Callback, error)
	// Act does one action on a voicemail, and with Action.Whole on its case, in
	// one transaction, as Decide says. It returns what has changed.
	// ErrNotFound when there is no such voicemail in the scope, ErrHeld when
	// somebody else holds it, ErrClosed where it is done and the verb needs it
	// open, ErrTooOften past the attempts of a day, ErrConflict for a VerbUndo that
	// comes too late, ErrInvalid for what makes no sense.
	Act(ctx context.Context, s Scope, voicemailID int64, a Action) ([]Callback, error)
	// ClaimNext claims the case that goes first in the work list among those
	// that are open and not resting, one with a message in q.Langs before others,
	// and returns its messages. ErrNotFound when there is none.
	ClaimNext(ctx context.Context, s Scope, q WorkQuery, a Action) ([]Callback, error)
	// Finding returns what the machine found in a voicemail; ErrNotFound when
	// there is no such voicemail in the scope.
	Finding(ctx context.Context, s Scope, voicemailID int64) (Finding, error)
	// FindingsOf returns what the machine found in those of the voicemails in
	// which it has looked, in the scope, by voicemail.
	FindingsOf(ctx context.Context, s Scope, voicemailIDs []int64) (map[int64]Finding, error)
	// CallbackEvents returns a voicemail's history, the oldest first.
	CallbackEvents(ctx context.Context, s Scope, voicemailID int64) ([]CallbackEvent, error)
	// Corrections lists what people corrected in the scope, by voicemail, after
	// the voicemail id after, at most limit (clamped to 1 to MaxCorrections).
	Corrections(ctx context.Context, s Scope, after int64, limit int) ([]Correction, error)
	// CallbackChanges returns up to limit callbacks (clamped to 1 to MaxChanges)
	// with a Seq above after, in order of Seq: for followers that keep a copy.
	CallbackChanges(ctx context.Context, after int64, limit int) ([]Callback, error)
	// LastCallbackChange returns the Seq of the last change of a callback, 0 where
	// there is no callback: where a follower begins that wants news alone.
	LastCallbackChange(ctx context.Context) (int64, error)
	// Desk returns how the house works, or DefaultDesk.
	Desk(ctx context.Context) (Desk, error)
	// SaveDesk replaces it. ErrInvalid as of Desk.Clean.
	SaveDesk(ctx context.Context, d Desk) error
}
