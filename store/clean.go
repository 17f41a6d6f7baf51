package store

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// CleanText brings text to what every database can keep: valid UTF-8 (each run
// of broken bytes becomes one U+FFFD) without U+0000, which Postgres can't
// store. Stores clean all text that is handed in, keys and names to look up
// included, so that what was put in under an odd name is found under it.
func CleanText(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x00", "")
}

// MaxID is how many bytes an id of an account, bot or session has at most, and
// a user's name: databases index them, two and three together, and Postgres
// takes 2,700 bytes for one entry.
const MaxID = 512

// cutText is as much of clean text as fits into most bytes.
func cutText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") // what is left of a letter that was cut through
}

func cleanAll(texts ...*string) {
	for _, t := range texts {
		*t = CleanText(*t)
	}
}

func cutAll(times ...*time.Time) {
	for _, t := range times {
		*t = Cut(*t)
	}
}

// Clamp brings n into 1 to most: the rule for every limit of this contract.
func Clamp(n, most int) int { return min(max(n, 1), most) }

// Clean returns the key with clean text.
func (k SessionKey) Clean() SessionKey {
	return SessionKey{BotID: CleanText(k.BotID), SessionID: CleanText(k.SessionID)}
}

// Clean returns the session as a store keeps it: clean text, cut times.
// ErrInvalid when it has no bot id or no session id, or one over MaxID.
func (s Session) Clean() (Session, error) {
	cleanAll(&s.AccountID, &s.BotID, &s.SessionID, &s.ConversationID, &s.FoundBy, &s.Caller, &s.CallerE164,
		&s.Called, &s.CalledE164, &s.QueueID, &s.QueueName, &s.Direction, &s.Channel, &s.FinalStatus)
	s.Voicemail = Flag(CleanText(string(s.Voicemail)))
	cutAll(&s.StartedAt, &s.EndedAt, &s.CallbackAt)
	s.Agents = slices.Clone(s.Agents)
	for i := range s.Agents {
		cleanAll(&s.Agents[i].ID, &s.Agents[i].Status)
	}
	if len(s.Agents) == 0 {
		s.Agents = nil
	}
	if s.BotID == "" || s.SessionID == "" {
		return Session{}, fmt.Errorf("session without a bot id or session id: %w", ErrInvalid)
	}
	if most := max(len(s.AccountID), len(s.BotID), len(s.SessionID), len(s.CallerE164)); most > MaxID {
		return Session{}, fmt.Errorf("session with an id of %d bytes, where %d is the most: %w", most, MaxID, ErrInvalid)
	}
	return s, nil
}

// Clean returns the query with clean accounts, sorted and each once, and a limit
// within its bounds. ErrInvalid for a lease that would not last.
func (q ClaimQuery) Clean() (ClaimQuery, error) {
	q.Accounts = cleanSet(q.Accounts)
	q.Limit = Clamp(q.Limit, MaxClaim)
	return q, CheckLease(q.Lease)
}

// cleanSet returns the texts clean, sorted and each once.
func cleanSet(texts []string) []string {
	texts = slices.Clone(texts)
	for i := range texts {
		texts[i] = CleanText(texts[i])
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// Clean returns the window with clean text and cut times.
func (w Window) Clean() Window {
	w.AccountID = CleanText(w.AccountID)
	cutAll(&w.From, &w.To, &w.LookedAt)
	return w
}

// Clean returns a copy of the reply with clean text and cut times; nil stays nil.
func (r *Reply) Clean() *Reply {
	if r == nil {
		return nil
	}
	c := *r
	c.Duration = r.Duration.Truncate(time.Microsecond)
	c.Segments = slices.Clone(r.Segments)
	for i := range c.Segments {
		g := &c.Segments[i]
		cleanAll(&g.MessageID, &g.ComponentID, &g.Text, &g.Author.ID, &g.Author.Type, &g.Lang)
		cutAll(&g.CreatedOn, &g.ModifiedOn)
	}
	c.Recordings = slices.Clone(r.Recordings)
	for i := range c.Recordings {
		c.Recordings[i].clean()
	}
	return &c
}

func (r *Recording) clean() {
	cleanAll(&r.FileName, &r.Alias, &r.Status)
	r.Kind = RecordingKind(CleanText(string(r.Kind)))
	cutAll(&r.ExpiryHint)
}

// Clean returns the outcome with clean text and no negative wait. ErrInvalid
// when State is none that Record leads to.
func (o Outcome) Clean() (Outcome, error) {
	if !o.State.ends() {
		return Outcome{}, fmt.Errorf("a fetch can't end in state %q: %w", CleanText(string(o.State)), ErrInvalid)
	}
	o.After = max(o.After, 0)
	o.Reason = CleanText(o.Reason)
	o.Excerpt = cutText(CleanText(o.Excerpt), MaxExcerpt)
	o.Reply = o.Reply.Clean()
	return o, nil
}

// Clean returns the user as a store keeps it: name folded, bots sorted, each
// once, none with AllBots. ErrInvalid for an empty name, one over MaxID or with
// control characters, an unknown role, or settings that Settings.Clean refuses.
func (u User) Clean() (User, error) {
	u.Name = FoldName(u.Name)
	u.PasswordHash = CleanText(u.PasswordHash)
	u.Bots = cleanSet(u.Bots)
	if u.AllBots || len(u.Bots) == 0 {
		u.Bots = nil
	}
	u.Queues = slices.DeleteFunc(cleanSet(u.Queues), func(queue string) bool { return queue == "" })
	if len(u.Queues) == 0 {
		u.Queues = nil
	}
	if u.Name == "" {
		return User{}, fmt.Errorf("user without a name: %w", ErrInvalid)
	}
	if len(u.Name) > MaxID {
		return User{}, fmt.Errorf("a name of %d bytes, where %d is the most: %w", len(u.Name), MaxID, ErrInvalid)
	}
	if strings.ContainsFunc(u.Name, unicode.IsControl) {
		return User{}, fmt.Errorf("a name with control characters: %w", ErrInvalid)
	}
	if !slices.Contains(Roles(), u.Role) {
		return User{}, fmt.Errorf("unknown role: %w", ErrInvalid)
	}
	var err error
	if u.Settings, err = u.Settings.Clean(); err != nil {
		return User{}, err
	}
	return u, nil
}

// Clean returns the login with clean text and a cut time.
func (l Login) Clean() Login {
	cleanAll(&l.Hash, &l.Remote, &l.Agent)
	l.ExpiresAt, l.Agent = Cut(l.ExpiresAt), cutText(l.Agent, MaxAgent)
	return l
}

// Clean returns the token with clean text and a cut time.
func (t APIToken) Clean() APIToken {
	cleanAll(&t.ID, &t.Hash, &t.Name)
	t.ExpiresAt, t.Name = Cut(t.ExpiresAt), cutText(t.Name, MaxTokenName)
	return t
}

// Clean returns the entry with clean text.
func (e AuditEntry) Clean() AuditEntry {
	cleanAll(&e.Actor, &e.Action, &e.Detail, &e.Remote)
	return e
}
