package store

import (
	"reflect"
	"slices"
	"time"
)

// State is where a session stands on its way into the archive.
type State string

// The states of a session. Only Claim and ClaimSession lead into StateLeased,
// only Record leads out of it.
const (
	// StateDue waits to be fetched for the first time.
	StateDue State = "due"
	// StateLeased is being fetched.
	StateLeased State = "leased"
	// StateStored has its voicemail in the archive; nothing more is expected.
	StateStored State = "stored"
	// StateEmpty was asked and holds no voicemail.
	StateEmpty State = "empty"
	// StateWaiting has media or a transcript that the upstream is still making.
	StateWaiting State = "waiting"
	// StateRetry met a passing fault and is asked again.
	StateRetry State = "retry"
	// StateGone is not to be had upstream any more.
	StateGone State = "gone"
	// StateDead could not be read again and again; a person may retry it.
	StateDead State = "dead"
	// StateSkipped is known to be no voicemail; it is never asked.
	StateSkipped State = "skipped"
)

// Flag is a yes, a no, or nothing said. The zero Flag is FlagUnknown.
type Flag string

// The values of a Flag.
const (
	FlagUnknown Flag = ""
	FlagYes     Flag = "yes"
	FlagNo      Flag = "no"
)

// How a session became known.
const (
	FoundByCallDetails = "calldetails"
	FoundByList        = "list"
	FoundByImport      = "import"
	FoundByGetSessions = "getsessions"
	FoundByHook        = "hook"
)

// Priorities of a session in Claim; smaller goes first.
const (
	PriorityVoicemail = 0 // flagged as a voicemail, or asked for by a person
	PriorityUnknown   = 1 // may be one: asked when nothing better is due
)

// SessionKey names a session: one session of one bot.
type SessionKey struct {
	BotID     string
	SessionID string
}

// Agent is one agent's part in a call.
type Agent struct {
	ID      string `json:"id"`
	Status  string `json:"status,omitempty"`
	Seconds int    `json:"seconds,omitempty"`
}

// Session is one session known upstream, voicemail or not, and how far its
// fetch has come. Fields below State are the store's: SaveSessions ignores them.
type Session struct {
	AccountID      string // "" where not known, as for imports
	BotID          string
	SessionID      string
	ConversationID string
	FoundBy        string // one of the FoundBy constants
	Voicemail      Flag
	Wanted         bool // ask the voicemail endpoint for it
	Priority       int  // one of the Priority constants
	StartedAt      time.Time
	EndedAt        time.Time
	Caller         string // as the upstream writes it
	CallerE164     string
	Called         string
	CalledE164     string
	QueueID        string
	QueueName      string
	Direction      string
	Channel        string
	FinalStatus    string
	Agents         []Agent
	CallbackOpted  bool
	CallbackAt     time.Time

	State    State
	Attempts int       // failed attempts since the last good answer
	DueAt    time.Time // when it is asked next; zero where it is not
	Reason   string    // why it is in this state; safe to show
	// Excerpt is the beginning of the reply that could not be read, redacted;
	// "" where the last reply could be.
	Excerpt string
	FoundAt time.Time // when this store first heard of it
}

// Key returns the session's key.
func (s Session) Key() SessionKey { return SessionKey{BotID: s.BotID, SessionID: s.SessionID} }

// Queue is the queue's name, or its id where it has no name.
func (s Session) Queue() string {
	if s.QueueName != "" {
		return s.QueueName
	}
	return s.QueueID
}

// Saved says what SaveSessions did.
type Saved struct {
	New int // sessions not known before
	Due int // sessions that this call made due
}

// Enlist is the row that SaveSessions keeps of s: a new one where had is nil,
// else had merged with s (MergeSession). It reports whether anything is to be
// written and whether this made the session due.
func Enlist(had *Session, s Session, now time.Time) (row Session, changed, due bool) {
	if had == nil {
		s.State, s.Attempts, s.DueAt, s.Reason, s.Excerpt, s.FoundAt = StateSkipped, 0, time.Time{}, "", "", Cut(now)
		if s.Wanted {
			s.State, s.DueAt = StateDue, Cut(now)
		}
		return s, true, s.Wanted
	}
	row, changed = MergeSession(*had, s)
	due = row.State == StateDue && had.State != StateDue
	if due {
		row.DueAt = Cut(now)
	}
	return row, changed, due
}

// Wake is the session as WakeSession makes it: due now and wanted, before those
// that nobody asked for. What the last reply was stays known. It is pure.
func (s Session) Wake(now time.Time) Session {
	s.State, s.Attempts, s.DueAt, s.Reason = StateDue, 0, Cut(now), ""
	s.Wanted, s.Priority = true, PriorityVoicemail
	return s
}

// Same finds the row that tells of the same session as s among known ones with
// its session id: the one of s's account, else the one of s's bot. It returns
// the place in known, or -1.
func Same(known []Session, s Session) int {
	at := -1
	for i, k := range known {
		switch {
		case k.SessionID != s.SessionID:
		case s.AccountID != "" && k.AccountID == s.AccountID:
			return i
		case k.BotID == s.BotID:
			at = i
		}
	}
	return at
}

// MergeSession adds what now tells to what had knows and returns the result,
// with whether it differs from had. What is known stays known: an empty field
// of now takes nothing away, a yes is never turned into a no. A session that
// was skipped, or found empty before anybody said it was a voicemail, becomes
// due when now wants it; no other state is touched.
func MergeSession(had, now Session) (Session, bool) {
	m := had
	fill(&m.AccountID, had.AccountID, now.AccountID)
	for _, f := range []struct{ to, from *string }{
		{&m.ConversationID, &now.ConversationID}, {&m.Caller, &now.Caller}, {&m.CallerE164, &now.CallerE164},
		{&m.Called, &now.Called}, {&m.CalledE164, &now.CalledE164}, {&m.QueueID, &now.QueueID},
		{&m.QueueName, &now.QueueName}, {&m.Direction, &now.Direction}, {&m.Channel, &now.Channel},
		{&m.FinalStatus, &now.FinalStatus},
	} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	for _, f := range []struct{ to, from *time.Time }{
		{&m.StartedAt, &now.StartedAt}, {&m.EndedAt, &now.EndedAt}, {&m.CallbackAt, &now.CallbackAt},
	} {
		if !f.from.IsZero() {
			*f.to = Cut(*f.from)
		}
	}
	if len(now.Agents) > 0 && !slices.Equal(had.Agents, now.Agents) {
		m.Agents = slices.Clone(now.Agents)
	}
	m.CallbackOpted = had.CallbackOpted || now.CallbackOpted
	m.Wanted = had.Wanted || now.Wanted
	m.Priority = min(had.Priority, now.Priority)
	if now.Voicemail == FlagYes || had.Voicemail == FlagUnknown {
		m.Voicemail = now.Voicemail
	}
	if now.Wanted && asksAgain(had, now) {
		m.State, m.DueAt, m.Attempts, m.Reason = StateDue, time.Time{}, 0, ""
	}
	return m, !reflect.DeepEqual(m, had)
}

// asksAgain is why a session that nobody would ask any more is asked after all.
func asksAgain(had, now Session) bool {
	switch had.State {
	case StateSkipped:
		return true
	case StateEmpty:
		return had.Voicemail != FlagYes && now.Voicemail == FlagYes
	}
	return false
}

func fill(to *string, had, now string) {
	if had == "" {
		*to = now
	}
}

// Window is a stretch of time of one account that discovery has looked at.
type Window struct {
	AccountID string
	From      time.Time
	To        time.Time
	Pages     int
	Rows      int
	LookedAt  time.Time // when the look began: rows that came later may be missing
}
