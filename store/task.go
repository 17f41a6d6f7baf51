package store

import (
	"context"
	"time"
)

// Tasks is the queue of work on the audio of voicemails: which recordings of
// calls a session has, and bringing recordings into the audio archive. Tasks
// are made by the store itself, in the transaction that makes them necessary
// (TasksFor).
type Tasks interface {
	// ClaimTasks leases up to q.Limit tasks that are due, as Sessions.Claim
	// does for sessions. Order: voicemails left last first, then by key;
	// of more than MaxReady that have come due since the last claim, those due
	// for longest come into that order first. With q.Skipped those in
	// StateSkipped follow, in the same order.
	ClaimTasks(ctx context.Context, q TaskQuery) ([]TaskLease, error)
	// ClaimTask leases one task whatever its state and due time. ErrNotFound
	// when there is none, ErrLeased while another holds it, ErrInvalid for a
	// lease that isn't positive.
	ClaimTask(ctx context.Context, key TaskKey, lease time.Duration) (TaskLease, error)
	// RenewTasks prolongs the leases that are still held to d from now and
	// returns those that were lost.
	RenewTasks(ctx context.Context, leases []TaskLease, d time.Duration) (lost []TaskLease, err error)
	// RecordTask ends a lease: the task's state and what was found, in one
	// transaction, as ConcludeTask says. changed tells whether a change row was
	// written. ErrLeaseLost as for Record; ErrInvalid as TaskOutcome.Clean says.
	RecordTask(ctx context.Context, l TaskLease, o TaskOutcome) (changed bool, err error)
	// WakeTask makes a task due now, whatever its state but StateLeased, with
	// no attempts counted. ErrNotFound when there is none in the scope,
	// ErrLeased while somebody works on it.
	WakeTask(ctx context.Context, s Scope, key TaskKey) error
	// VoicemailTasks lists the tasks of one voicemail, by kind and N. Empty
	// when there is none in the scope.
	VoicemailTasks(ctx context.Context, s Scope, voicemailID int64) ([]Task, error)
	// NextTask is when the earliest task that q would claim comes due or its
	// lease runs out, and the time by the clock that judges it; at is zero
	// where there is none, and now where one is skipped that q wants. q's Limit
	// and Lease don't matter.
	NextTask(ctx context.Context, q TaskQuery) (at, now time.Time, err error)
	// Peaks returns the waveform of an archived recording as Kept gave it.
	// ErrNotFound where there is none in the scope.
	Peaks(ctx context.Context, s Scope, voicemailID int64, n int) ([]byte, error)
	// KeptBytes is the size of all archived audio, each digest counted once.
	KeptBytes(ctx context.Context) (int64, error)
}

// TaskKind says what is to be done.
type TaskKind string

// The kinds of a task.
const (
	// TaskLookUp asks which recordings of calls a voicemail's session has.
	TaskLookUp TaskKind = "look_up"
	// TaskKeep brings one recording into the audio archive.
	TaskKeep TaskKind = "keep"
)

// TaskKey names a task.
type TaskKey struct {
	VoicemailID int64
	Kind        TaskKind
	N           int // the recording's N; 0 for TaskLookUp
}

// Task is work on the audio of one voicemail. Its states are those of a session:
// StateStored is done, StateEmpty found no recordings of calls, StateGone and
// StateDead are given up, StateSkipped waits for somebody to wake it.
type Task struct {
	TaskKey
	AccountID string
	BotID     string
	SessionID string
	LeftAt    time.Time // the voicemail's
	State     State
	Attempts  int
	DueAt     time.Time // when it is tried next; zero where it is not
	Reason    string    // why it is in this state; safe to show
}

// TaskQuery says which due tasks a worker wants.
type TaskQuery struct {
	Accounts []string      // tasks of these accounts only; none where empty
	Kinds    []TaskKind    // tasks of these kinds only; none where empty
	Skipped  bool          // those that wait for somebody to wake them, too
	Limit    int           // at most this many; clamped to 1 to MaxClaim
	Lease    time.Duration // see CheckLease
}

// TaskLease is the right to work on one task until a time.
type TaskLease struct {
	Task  Task // as it was before the claim
	Token string
	Until time.Time
}

// TaskOutcome is how work on a task ended. State, After and Reason are as in
// Outcome.
type TaskOutcome struct {
	State  State
	After  time.Duration
	Reason string
	// Recordings are the recordings of calls that a TaskLookUp found. They are
	// merged into the voicemail's: those of the same kind that it doesn't name
	// keep their place with the status RecordingMissing. nil leaves all as
	// they are; a list that is not nil and has none says that there are none
	// of any kind.
	Recordings []Recording
	// Kept is what a TaskKeep archived; nil where it archived nothing.
	Kept *Kept
	// Lost says that a TaskKeep found the archive to have lost the recording's
	// audio, and that the upstream can't give it again: the recording is not
	// archived any more.
	Lost bool
}

// Kept describes archived audio.
type Kept struct {
	Digest   string // SHA-256 in hexadecimal: its name in the archive
	Bytes    int64
	Type     string        // media type, as sniffed
	Duration time.Duration // 0 where it can't be told
	Peaks    []byte        // the waveform, as package audio packs it; nil where it can't be told
}
