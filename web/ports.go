package web

import (
	"context"
	"io"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// Searcher is what the pages need of the index; *index.Index is one.
type Searcher interface {
	// Search answers from what is in the scope. index.ErrCursor for a cursor
	// that is not of this query and sort.
	Search(ctx context.Context, s store.Scope, r index.Request) (*index.Result, error)
	// Insights counts what is in the scope. Errors are those of Search.
	Insights(ctx context.Context, s store.Scope, r index.Request) (*index.Insights, error)
	// Marker returns what marks the matches of q in a text.
	Marker(ctx context.Context, q query.Query) (*index.Marker, error)
	// Status says how far the index is.
	Status() index.Status
}

// Player opens recordings. It must be safe for concurrent use.
type Player interface {
	// Open returns the audio of recording n of v, which is one of
	// v.Recordings, in a form that browsers play. *Unavailable where it can't
	// be had.
	Open(ctx context.Context, v store.Voicemail, n int) (Audio, error)
}

// Originals opens recordings as the upstream made them, for those who download
// them. It must be safe for concurrent use.
type Originals interface {
	// OpenOriginal is Player.Open without decoding.
	OpenOriginal(ctx context.Context, v store.Voicemail, n int) (Audio, error)
}

// Audio is a recording that is open. Content is closed by whoever asked for it.
type Audio struct {
	Content io.ReadSeekCloser // to seek from its end may fail with *Unavailable
	Type    string            // as "audio/wav"; "" is application/octet-stream
	ModTime time.Time         // zero where not known
	ETag    string            // with its quotes; "" where not known
	// Immutable says that the address will never give other bytes: the audio
	// is in the archive, and ETag tells of its digest.
	Immutable bool
}

// Keeper brings audio into the archive in the background. It must be safe for
// concurrent use.
type Keeper interface {
	// Nudge says that a task was woken. It returns at once.
	Nudge()
	// Hurry does a task that was woken by a person who waits for it before all
	// others, as soon as it can. It returns at once.
	Hurry(key store.TaskKey)
	// Status says how the audio archive stands. It may take no longer than a
	// look at a disk does.
	Status() KeeperStatus
}

// KeeperStatus is how the audio archive stands. Words in it are shown as they
// are, so they must hold no secrets.
type KeeperStatus struct {
	Off bool // audio is not archived; recordings of calls are looked up all the same
	// LookUpsOff says that recordings of calls are not looked up.
	LookUpsOff bool
	Full       bool   // nothing is archived for now, for want of room
	Why        string // why it is off, full or failing; "" where all is well
	Where      string // as "disk /var/lib/afterbeep/audio"
	Bytes      int64  // how much is archived
	MaxBytes   int64  // how much may be; 0 is no limit
	Free       int64  // room left on the medium
	FreeKnown  bool
}

// Ingest is what the pages show of the ingester, and the one thing they ask of
// it. It must be safe for concurrent use.
type Ingest interface {
	// RunNow asks for a pass as soon as none is running, and returns at once.
	RunNow()
	// Status says how the ingester stands.
	Status() IngestStatus
}

// IngestStatus is how the ingester stands. Words in it are shown as they are,
// so they must hold no secrets and no links.
type IngestStatus struct {
	Running    bool
	Bots       []string // the connected bots; lists and pushes are taken for these
	Schedule   string   // as "*/5 * * * *"
	LastStart  time.Time
	LastEnd    time.Time
	LastResult string    // one sentence; "" before the first pass
	LastFailed bool      // LastResult tells of a failure
	NextAt     time.Time // zero where none is planned
	// Accounts are the accounts behind the bots, by id; nil where nobody tells.
	Accounts []AccountStatus
}

// AccountStatus is how one account of the upstream stands.
type AccountStatus struct {
	ID        string
	Bots      []string
	Running   bool
	LastStart time.Time
	LastEnd   time.Time
	NextAt    time.Time
	Trouble   string // one sentence: what ails the account; "" where nothing does
}

// Enlister takes sessions by their ids; *ingest.Ingester is one. It must be safe
// for concurrent use.
type Enlister interface {
	// Enlist makes sessions of a connected bot due at once. foundBy is
	// store.FoundByList or store.FoundByHook.
	Enlist(ctx context.Context, botID string, sessionIDs []string, foundBy string) (store.Saved, error)
	// Nudge says that a session was made due by hand. It returns at once.
	Nudge()
}

// Backfills looks at ranges of the past. It must be safe for concurrent use.
// Stopping one and going on with it is the store's matter (SetBackfill), with a
// Nudge of the Enlister's.
type Backfills interface {
	// AddBackfill begins one, or goes on with the same one. by is the user's
	// name. *ParamError for a range that can't be looked at.
	AddBackfill(ctx context.Context, accountID string, from, to time.Time, by string) (store.Backfill, error)
	// Backfills lists all accounts' with how far they are, the newest first.
	Backfills(ctx context.Context) ([]BackfillStatus, error)
}

// BackfillStatus is how far a backfill is.
type BackfillStatus struct {
	store.Backfill
	Looked float64   // how much of the range was looked at, 0 to 1
	Due    int       // sessions found that are still to be fetched
	EndsAt time.Time // an estimate; zero where there is none
	Why    string    // why it does not go on, or how the estimate is made; may be ""
}

// Bots connects bots of the upstream while Afterbeep runs. It must be safe for
// concurrent use.
type Bots interface {
	// List lists every connected bot by id, those from environment or file
	// included.
	List(ctx context.Context) ([]ConnectedBot, error)
	// Test tries the settings on the upstream without saving them, as the
	// doctor does: one finding for each thing that was tried, in order. An
	// empty secret is the saved one's. *FormError for settings that can't be
	// tried.
	Test(ctx context.Context, b BotSettings, secret Secret) ([]Finding, error)
	// Save connects a bot, or changes the one with its id. An empty secret
	// keeps the saved one. by is the user's name. *FormError for settings that
	// can't be saved, and for a bot that is not from a page.
	Save(ctx context.Context, b BotSettings, secret Secret, by string) error
	// Delete disconnects a bot; its voicemails stay. store.ErrNotFound where
	// none of that id was connected on a page.
	Delete(ctx context.Context, botID string) error
}

// Secret is a client secret on its way from a form to where it is sealed. It
// prints as nothing.
type Secret string

// String hides the secret from whatever prints it.
func (Secret) String() string { return "(secret)" }

// GoString hides the secret from whatever prints it.
func (Secret) GoString() string { return "(secret)" }

// BotSettings are the settings of a bot, as typed, without its secret.
type BotSettings struct {
	BotID     string
	AccountID string
	ClientID  string
	BaseURL   string
	Region    string // for numbers without a country code; "" is the default
	TimeZone  string // IANA name; "" is UTC
	Schedule  string // cron; "" is the default
	Alg       string // how tokens are signed: one of Algs
	JTI       bool   // whether tokens have an id
}

// Algs lists the ways to sign tokens that are offered, the usual one first.
// Whoever connects bots must take each of them.
func Algs() []string { return []string{"HS256", "HS512"} }

// ConnectedBot is a bot that is connected. Words in it are shown as they are.
type ConnectedBot struct {
	BotSettings
	// From says where it was connected: "" on a page, else as "the
	// environment"; one of these can't be changed on a page.
	From      string
	CreatedAt time.Time // zero where not known
	CreatedBy string
	Trouble   string // why nothing is fetched for it; "" where all is well
}

// Finding is one line of what the doctor finds. Words are for people and hold
// no secret.
type Finding struct {
	What  string // what was looked at, as "token"
	Bad   bool
	Words string // what is right, or what is wrong and what to do about it
}

// FormError says which fields of a form can't be taken. Words are for people.
type FormError struct {
	Fields []FieldError
}

// FieldError is what is wrong with one field. Field is the name of a form's
// field (bot_id, account_id, client_id, client_secret, base_url, region,
// time_zone, schedule, alg, jti); "" is the form as a whole.
type FieldError struct {
	Field string
	Words string
}

// Error returns the fields without what was typed.
func (e *FormError) Error() string {
	text := "fields that can't be taken:"
	for _, f := range e.Fields {
		text += " " + f.Field
	}
	return text
}
