package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Completeness tells how much of what is known upstream is in the archive.
// Every method takes the reader's scope, and looks at whole bots (Scope.WholeBots): who is limited to queues sees
// nothing of the ledger.
type Completeness interface {
	// Days counts what is known, per bot and day. edges are the days' bounds,
	// ascending: a day is from one edge up to the next. A session's day is that
	// of its start, else of when it was found. indexed is the Seq up to which
	// the index has followed. Days without a session are left out. Ordered by
	// bot, then newest day first. ErrInvalid for fewer than two edges, edges
	// that don't ascend, or over MaxDays days.
	Days(ctx context.Context, s Scope, edges []time.Time, indexed int64) ([]LedgerDay, error)
	// Known tells the first and the last moment that a session counts for, by
	// its day as in Days; both zero where there is none.
	Known(ctx context.Context, s Scope) (first, last time.Time, err error)
	// Gaps lists the sessions that lack something, newest first, then by bot,
	// session and kind. ErrInvalid for a kind that there is not.
	Gaps(ctx context.Context, s Scope, q GapQuery) ([]Gap, error)
	// Lags tells how far each step is behind. Nothing waits for what nobody
	// works on: w says what is worked on.
	Lags(ctx context.Context, s Scope, w Worked) (Lags, error)
	// OpenSessions counts the sessions of a stretch of days, by their day as in
	// Days, from one moment up to the other (zero is unbounded), that are due,
	// being fetched, waiting or to be tried again and have no voicemail: what
	// Days says is Waiting, without reading anything else.
	OpenSessions(ctx context.Context, s Scope, from, to time.Time) (int, error)
	// WakeSession makes a session due now, whatever its state but StateLeased,
	// wanted, at PriorityVoicemail, with no attempts counted. ErrNotFound when
	// there is none in the scope, ErrLeased while it is being fetched.
	WakeSession(ctx context.Context, s Scope, key SessionKey) error
	// NextDue is when the earliest of the accounts' due, waiting, retry and
	// leased sessions comes due or its lease runs out, and the time by the
	// clock that judges it; at is zero where there is none. No accounts is none.
	NextDue(ctx context.Context, accounts []string) (at, now time.Time, err error)
}

// MaxDays is the most days that Days counts at a time.
const MaxDays = 400

// LedgerDay is one day of one bot. Known counts each session once; what it is
// made of is Stored (by the voicemail that is there), Waiting, Dead, Gone, Empty
// and Skipped (by the session's state, where there is none). They add up to it
// unless a session is said to be stored and has no voicemail, which is for
// people to see.
type LedgerDay struct {
	BotID string
	Day   time.Time // the edge that it begins at
	Known int       // sessions

	Stored  int // sessions with a voicemail in the archive
	Waiting int // due, being fetched, waiting or to be tried again, and not Stored
	Dead    int // and not Stored, as all below
	Gone    int
	Empty   int
	Skipped int
	Lost    int // of Gone and Empty: flagged as voicemails (GapGone)

	Voicemails  int // sessions flagged as voicemails, and those Stored
	Transcribed int // of Stored: with text
	Pending     int // of Stored: whose transcript is still waited for
	Audio       int // of Stored: with a recording of the voicemail that can be had, or could once
	Archived    int // of Audio: with all of these archived, and none being archived again or given up
	Indexed     int // of Stored: in the index
}

// GapKind says what a session lacks.
type GapKind string

// The kinds of a gap.
const (
	GapWaiting       GapKind = "waiting"       // not stored yet, and asked again
	GapDead          GapKind = "dead"          // given up as unreadable
	GapGone          GapKind = "gone"          // flagged as a voicemail, and gone or empty upstream
	GapUntranscribed GapKind = "untranscribed" // stored, without text
	GapUnarchived    GapKind = "unarchived"    // of Audio, and not Archived
	GapUnindexed     GapKind = "unindexed"     // stored, and not in the index
)

// GapKinds lists every kind, in the order in which they are shown.
func GapKinds() []GapKind {
	return []GapKind{GapWaiting, GapDead, GapGone, GapUntranscribed, GapUnarchived, GapUnindexed}
}

// GapQuery says which gaps are wanted.
type GapQuery struct {
	BotID   string    // "" is every bot in the scope
	From    time.Time // by the session's day, as in Days; zero is unbounded
	To      time.Time // exclusive; zero is unbounded
	Kinds   []GapKind // empty is every kind
	Indexed int64     // as in Days
	Limit   int       // clamped to 1 to MaxGaps
}

// MaxGaps is the most gaps that are listed at a time.
const MaxGaps = 1000

// Gap is one thing that one session lacks. GapUnindexed tells no more than
// which session it is, and its State: the index follows by itself.
type Gap struct {
	SessionKey
	VoicemailID int64 // 0 where there is no voicemail
	Kind        GapKind
	State       State  // the session's; of GapUnarchived the task's, "" without one
	Reason      string // why, safe to show
	Excerpt     string // of the reply that could not be read, redacted; "" where there is none
	Attempts    int
	NextAt      time.Time // when it is tried next; zero where it is not
	StartedAt   time.Time // the session's start, else when it was found
}

// Worked says what is worked on: the accounts that are connected, and the kinds
// of their tasks that are done, as TaskQuery does. Its zero value is nothing.
type Worked struct {
	Accounts []string   // whose sessions are fetched; none where empty
	Kinds    []TaskKind // which of these accounts' tasks are done; none where empty
}

// Clean returns the accounts and kinds with clean text, sorted and each once.
func (w Worked) Clean() Worked {
	q := TaskQuery{Accounts: w.Accounts, Kinds: w.Kinds}.Clean()
	return Worked{Accounts: q.Accounts, Kinds: q.Kinds}
}

// Lags tells how far the steps are behind. Zero times are "nothing there".
type Lags struct {
	Now         time.Time // by the store's clock
	Newest      time.Time // LeftAt of the newest voicemail
	LookedAt    time.Time // the newest look of discovery, over all accounts
	OldestDue   time.Time // due time of the session that is worked on and overdue for longest
	OldestAudio time.Time // due time of the task that is worked on and overdue for longest
	Recordings  int       // recordings of any kind that can be had, or could once
	Kept        int       // of these, archived
	Waiting     int       // of these, not archived, and their tasks are worked on and tried again
	GivenUp     int       // of these, not archived and given up
	KeptBytes   int64     // of the archived ones, each digest counted once
}

// AddUnkept counts n recordings that are not archived, by the state of their
// tasks, "" for those without one, and whether these are worked on. Those with
// a digest were counted as Kept before, which they are not any more. Those that
// nobody archives and nobody has given up are in Recordings alone, which people
// see.
func (l *Lags) AddUnkept(task State, worked, digest bool, n int) {
	if digest {
		l.Kept -= n
	} else {
		l.Recordings += n
	}
	switch task {
	case StateDue, StateLeased, StateWaiting, StateRetry:
		if worked {
			l.Waiting += n
		}
	case StateGone, StateDead:
		l.GivenUp += n
	}
}

// Day is the time that says which day the session is of: that of its start,
// else when it was found. Databases keep it in a column.
func (s Session) Day() time.Time { return firstTime(s.StartedAt, s.FoundAt) }

// CutEdges returns the edges of Days cut (Cut). ErrInvalid as of Days.
func CutEdges(edges []time.Time) ([]time.Time, error) {
	if len(edges) < 2 || len(edges) > MaxDays+1 {
		return nil, fmt.Errorf("%d edges of days, where 2 to %d are taken: %w", len(edges), MaxDays+1, ErrInvalid)
	}
	edges = slices.Clone(edges)
	for i := range edges {
		edges[i] = Cut(edges[i])
		if i > 0 && !edges[i-1].Before(edges[i]) {
			return nil, fmt.Errorf("edges of days that don't ascend: %w", ErrInvalid)
		}
	}
	return edges, nil
}

// Clean returns the query with clean text, cut times, every kind where none is
// named, in the order of GapKinds and each once, and a limit within its bounds.
// ErrInvalid for a kind that there is not.
func (q GapQuery) Clean() (GapQuery, error) {
	q.BotID = CleanText(q.BotID)
	cutAll(&q.From, &q.To)
	q.Limit = Clamp(q.Limit, MaxGaps)
	all := GapKinds()
	for _, k := range q.Kinds {
		if !slices.Contains(all, k) {
			return GapQuery{}, fmt.Errorf("gaps of kind %q: %w", CleanText(string(k)), ErrInvalid)
		}
	}
	if len(q.Kinds) > 0 {
		all = slices.DeleteFunc(all, func(k GapKind) bool { return !slices.Contains(q.Kinds, k) })
	}
	q.Kinds = all
	return q, nil
}

// Within is the part of the scope that the query asks about. It is pure.
func (q GapQuery) Within(s Scope) Scope {
	switch {
	case q.BotID == "":
		return s
	case s.Sees(q.BotID):
		return OnlyBots(q.BotID)
	}
	return OnlyBots()
}

// SortGaps brings the gaps, each kind's newest ones, into the order of Gaps and
// cuts them to the limit. It is pure.
func SortGaps(gaps []Gap, limit int) []Gap {
	kinds := GapKinds()
	slices.SortFunc(gaps, func(a, b Gap) int {
		return cmp.Or(b.StartedAt.Compare(a.StartedAt), cmp.Compare(a.BotID, b.BotID), cmp.Compare(a.SessionID, b.SessionID),
			cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)))
	})
	return gaps[:min(limit, len(gaps))]
}
