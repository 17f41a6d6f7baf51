package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Role says what a person may do. Which rights a role has is web's matter.
type Role string

// The roles.
const (
	RoleAdmin   Role = "admin"
	RoleAnalyst Role = "analyst"
	RoleAgent   Role = "agent"
)

// Roles lists the roles, the one with most rights first.
func Roles() []Role { return []Role{RoleAdmin, RoleAnalyst, RoleAgent} }

// FoldName is the form in which user names are kept and compared: trimmed,
// composed (NFC), case folded and clean (CleanText). It is done here, so that databases agree.
func FoldName(name string) string {
	folded := cases.Fold().String(norm.NFC.String(strings.TrimSpace(CleanText(name))))
	return norm.NFC.String(strings.Map(foldCherokee, folded))
}

// foldCherokee completes cases.Fold, which swaps the cases of Cherokee instead
// of folding them to its capitals as Unicode says. Without it a folded name
// folds to another one.
func foldCherokee(r rune) rune {
	switch {
	case r >= 0xab70 && r <= 0xabbf:
		return r - 0xab70 + 0x13a0
	case r >= 0x13f8 && r <= 0x13fd:
		return r - 8
	}
	return r
}

// User is a person who may sign in.
type User struct {
	ID           int64
	Name         string // folded with FoldName
	Role         Role
	AllBots      bool
	Bots         []string // sorted; meaningless with AllBots
	Queues       []string // sorted: only voicemails of these may be seen; empty is no limit
	PasswordHash string   // as the hasher encodes it; "" can't sign in by password
	Disabled     bool
	Settings     Settings
	CreatedAt    time.Time
}

// Leads reports whether the user is an administrator of everything: one who can
// add people and give them rights. There is always one, once there was.
func (u User) Leads() bool {
	return u.Role == RoleAdmin && u.AllBots && len(u.Queues) == 0 && !u.Disabled
}

// ChangeUser is had as UpdateUser makes it with u: the name and the settings
// stay. signsOut says that the logins end, because the password is another or
// the user is disabled. ErrInvalid as of User.Clean.
func ChangeUser(had, u User) (now User, signsOut bool, err error) {
	u.ID, u.Name, u.Settings = had.ID, had.Name, had.Settings
	now, err = u.Clean()
	return now, now.Disabled || now.PasswordHash != had.PasswordHash, err
}

// Scope is what the user may read, and who reads it.
func (u User) Scope() Scope {
	s := OnlyBots(u.Bots...)
	if u.AllBots {
		s = AllBots()
	}
	return s.InQueues(u.Queues...).As(u.Name)
}

// Login is a browser session.
type Login struct {
	Hash      string // of the cookie's secret; the secret itself is never stored
	UserID    int64
	ExpiresAt time.Time
	CreatedAt time.Time // given by the store; zero where not known
	Remote    string    // the address that it was made from
	Agent     string    // the browser, as it names itself; cut to MaxAgent
}

// MaxAgent is how many bytes of a browser's name are kept.
const MaxAgent = 300

// APIToken is a bearer token.
type APIToken struct {
	ID        string // public; what RevokeToken takes
	Hash      string // of the token; the token itself is never stored
	UserID    int64
	ExpiresAt time.Time
	CreatedAt time.Time // given by the store; zero where not known
	Name      string    // what it is for, in the owner's words; cut to MaxTokenName
}

// MaxTokenName is how many bytes of a token's name are kept.
const MaxTokenName = 200

// People keeps users, their logins and their tokens.
type People interface {
	// CreateUser adds a user and returns it with its ID and CreatedAt.
	// ErrExists when the folded name is taken, ErrInvalid for an empty name,
	// one over MaxID or an unknown role.
	CreateUser(ctx context.Context, u User) (User, error)
	// CreateFirstUser is CreateUser while there are no users; else ErrExists.
	CreateFirstUser(ctx context.Context, u User) (User, error)
	// User returns the user of that name, folded. ErrNotFound when there is none.
	User(ctx context.Context, name string) (User, error)
	// Users lists all users by name.
	Users(ctx context.Context) ([]User, error)
	// UpdateUser replaces role, bots, queues, password hash and disabled of the user
	// with u.ID and ends that user's logins where the password changed or the
	// user is disabled. ErrNotFound when there is none, ErrInvalid for an
	// unknown role, ErrLastAdmin when no user would lead any more (Leads).
	// Name and settings stay.
	UpdateUser(ctx context.Context, u User) error
	// SaveSettings replaces the settings of the user with that id. ErrNotFound
	// when there is none, ErrInvalid as of Settings.Clean.
	SaveSettings(ctx context.Context, userID int64, s Settings) error
	// CreateLogin stores a login and drops those that have expired. ErrNotFound
	// when there is no such user, ErrExists when the hash is taken.
	CreateLogin(ctx context.Context, l Login) error
	// LoginUser returns the user of a login that has not expired and whose
	// user is not disabled; else ErrNotFound.
	LoginUser(ctx context.Context, hash string) (User, error)
	// DeleteLogin ends a login; one that isn't there is no error.
	DeleteLogin(ctx context.Context, hash string) error
	// Logins lists a user's logins that have not expired, the newest first.
	Logins(ctx context.Context, userID int64) ([]Login, error)
	// EndLogins ends a user's logins except the one with the hash keep, and
	// returns how many those were that had not expired.
	EndLogins(ctx context.Context, userID int64, keep string) (int, error)
	// CreateToken stores a bearer token. ErrNotFound when there is no such
	// user, ErrExists when the id or the hash is taken.
	CreateToken(ctx context.Context, t APIToken) error
	// TokenUser returns the user of a token that has not expired and whose
	// user is not disabled; else ErrNotFound.
	TokenUser(ctx context.Context, hash string) (User, error)
	// Tokens lists a user's tokens, the newest first, expired ones included.
	Tokens(ctx context.Context, userID int64) ([]APIToken, error)
	// RevokeToken ends a token. ErrNotFound when there is none with that id.
	RevokeToken(ctx context.Context, id string) error
}

// What the audit log tells of.
const (
	AuditSearch      = "search"
	AuditOpen        = "open"
	AuditPlay        = "play"
	AuditSignIn      = "sign in"
	AuditSignOut     = "sign out"
	AuditStatus      = "see status"
	AuditRunNow      = "run ingest"
	AuditUserEdit    = "change user"
	AuditLedger      = "see ledger"
	AuditRetry       = "try again"
	AuditRefetch     = "fetch again"
	AuditEnlist      = "enlist sessions"
	AuditBackfill    = "backfill"
	AuditBots        = "see bots"
	AuditBotTest     = "test bot"
	AuditBotEdit     = "change bot"
	AuditPush        = "push"
	AuditHelp        = "see help"
	AuditSynonyms    = "see synonyms"
	AuditSynonymEdit = "change synonyms"
	AuditExport      = "export"
	AuditInsights    = "see insights"
	AuditFollow      = "follow new messages"
	AuditNoteEdit    = "change notes"
	AuditTagEdit     = "change tags"
	AuditPeople      = "see people"
	AuditOwn         = "see own page"
	AuditOwnEdit     = "change own page"
	AuditTrailSeen   = "see audit log"
	AuditSaved       = "see saved searches"
	AuditSavedEdit   = "change saved search"
	AuditAlerts      = "see alerts"
	AuditAlertEdit   = "change alert"
	AuditAlertTest   = "test alert"
	AuditAlert       = "alert"
	AuditDesk        = "see desk"
	AuditDeskEdit    = "change desk"
	AuditMeasure     = "see measure"
	AuditCallbacks   = "see callbacks"
	AuditWork        = "work callbacks"
)

// AuditActions lists what the audit log tells of, by name.
func AuditActions() []string {
	actions := []string{AuditSearch, AuditOpen, AuditPlay, AuditSignIn, AuditSignOut, AuditStatus, AuditRunNow, AuditUserEdit, AuditLedger,
		AuditRetry, AuditRefetch, AuditEnlist, AuditBackfill, AuditBots, AuditBotTest, AuditBotEdit, AuditPush, AuditHelp, AuditSynonyms,
		AuditSynonymEdit, AuditExport, AuditPeople, AuditOwn, AuditOwnEdit, AuditTrailSeen, AuditNoteEdit, AuditTagEdit,
		AuditSaved, AuditSavedEdit, AuditAlerts, AuditAlertEdit, AuditAlertTest, AuditAlert,
		AuditDesk, AuditDeskEdit, AuditMeasure, AuditCallbacks, AuditWork,
		AuditFollow, AuditInsights}
	slices.Sort(actions)
	return actions
}

// AuditEntry is one thing that somebody did or was refused.
type AuditEntry struct {
	ID          int64     // given by the store, ascending
	At          time.Time // given by the store
	Actor       string    // the user's name, or "command line"
	Action      string    // one of the Audit constants
	Allowed     bool
	VoicemailID int64  // 0 where it is about none
	Detail      string // the query searched for, the user changed
	Remote      string // the address it came from
}

// MaxAudit is the most entries that one AuditTrail returns.
const MaxAudit = 1000

// AuditLog records who did what.
type AuditLog interface {
	// Audit writes an entry; it is committed when Audit returns.
	Audit(ctx context.Context, e AuditEntry) error
	// AuditTrail returns the newest entries first, at most limit, which is
	// clamped to 1 to MaxAudit.
	AuditTrail(ctx context.Context, limit int) ([]AuditEntry, error)
	// Listens returns the entries of those who played or downloaded the
	// voicemail (AuditPlay, allowed), the newest first, at most limit, which is
	// clamped to 1 to MaxAudit. A voicemail outside the scope has none.
	Listens(ctx context.Context, s Scope, voicemailID int64, limit int) ([]AuditEntry, error)
	// AuditEntries is AuditTrail of the entries that q asks for.
	AuditEntries(ctx context.Context, q AuditQuery) ([]AuditEntry, error)
}

// AuditQuery says which entries of the audit log are asked for: those that meet
// everything in it that isn't zero.
type AuditQuery struct {
	Actor       string
	Action      string
	VoicemailID int64
	Refused     bool      // only what was refused
	From        time.Time // written at From or later
	To          time.Time // written before To
	Before      int64     // with a smaller ID than this
	Limit       int       // clamped to 1 to MaxAudit
}

// Clean returns the query with clean text, cut times and a limit within its
// bounds.
func (q AuditQuery) Clean() AuditQuery {
	cleanAll(&q.Actor, &q.Action)
	cutAll(&q.From, &q.To)
	q.Limit = Clamp(q.Limit, MaxAudit)
	return q
}
