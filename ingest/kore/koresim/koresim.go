// Package koresim is an upstream to practise on: http.Handlers that behave,
// and misbehave, like the vendor's public APIs for call details, sessions,
// voicemails and call recordings, and like the second host that serves the files.
//
// It is written from the vendor's documents alone and shares no code with the
// client. What the documents leave open is a Quirk, drawn from the seed.
// Everything it says follows from Config: the same configuration at the same
// time gives byte-identical replies. Its texts and sounds are made up, for
// demonstration and plumbing; nothing may be tuned on them or measured by them.
//
// It never writes to disk, makes no request but the notifications that it is
// told to send, and keeps no token: of a jti it remembers a digest.
package koresim

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
)

// DefaultUntil is the end of the calls when Config.Until is zero: a fixed time,
// so that a configuration alone decides what is said.
var DefaultUntil = time.Date(2026, time.June, 1, 0, 0, 0, 0, time.UTC)

// DefaultSpan is how far back from Config.Until the calls lie: two years.
const DefaultSpan = 104 * 7 * 24 * time.Hour

const (
	defaultVoicemails   = 2000
	defaultLinkLifetime = time.Hour
	defaultAccountID    = "64b0c0ffee0000000000a11c"
	defaultBotID        = "st-0d3a5b1e-4c6f-5a27-9b18-7e2f60c4d915"
	defaultClientID     = "cs-7f1c2d90-3b4a-5e6f-8a7b-9c0d1e2f3a4b"
	// Readable as what it is when somebody decodes it.
	defaultClientSecret = "c2ltdWxhdG9yLXNlY3JldC1ub3QtYS1yZWFsLW9uZQ=="
)

// Config says what a simulator simulates. The zero value is usable.
type Config struct {
	// Seed decides everything that is not set otherwise.
	Seed uint64
	// Voicemails is how many sessions are voicemails; 0 is 2,000, negative none.
	Voicemails int
	// Other is how many sessions are something else (answered calls, abandoned
	// calls, chats, bot-only sessions); 0 is three for each voicemail, negative none.
	Other int
	// Until is the end of the time in which calls lie; zero is DefaultUntil.
	// What lies after Now appears when its time comes.
	Until time.Time
	// Span is how long that time is; 0 is DefaultSpan.
	Span time.Duration
	// BusyDay is the share, 0 to 1, of all sessions that falls on the one UTC
	// day in the middle of Span.
	BusyDay float64
	// LivePerHour is how many new voicemails an hour (and other sessions in
	// proportion) appear after Until, as Now passes.
	LivePerHour float64
	// Retention is the age beyond which voicemails and recordings are answered
	// as deleted; 0 keeps all.
	Retention time.Duration
	// InDialog is the share, 0 to 1, of voicemails that were left in a dialog
	// of the bot: their records carry no flag, and getSessions has contained them.
	InDialog float64
	// VoicemailTag is a session tag that the flow sets on voicemails; "" is none.
	VoicemailTag string
	// VoicemailTrouble is the share, 0 to 1, of voicemails whose reply first ends in
	// another status than success; half of these recover.
	VoicemailTrouble float64
	// Trouble is that share for call recordings; 0 is one in six, negative none.
	Trouble float64
	// MediaFormat is what files are; "" is FormatPCM.
	MediaFormat Format
	// MediaSeconds is the length at which files of voicemails are cut, whatever
	// is said in them; 0 is without end. Large worlds want it small.
	MediaSeconds float64

	// AccountID, BotIDs, ClientID and ClientSecret are what requests must name
	// and sign with; empty ones get defaults that Credentials tells.
	AccountID    string
	BotIDs       []string
	ClientID     string
	ClientSecret string
	// EnforceJTI rejects tokens without jti, as the app's switch does.
	EnforceJTI bool
	// Scopes are those ticked for the app; nil is all, empty none.
	Scopes []Scope
	// MaxSkew is how far a token's times may be off; 0 is ten seconds.
	MaxSkew time.Duration

	// RatePerMinute is the account's limit in a rolling minute; 0 is none.
	// getSessions does not draw on it.
	RatePerMinute int
	// SessionsPerMinute and SessionsPerHour are getSessions' limits for each
	// bot in a rolling minute and hour; 0 is none. The documented ones are 60
	// and 1,800.
	SessionsPerMinute, SessionsPerHour int
	// LinkLifetime is how long a media link lives; 0 is one hour.
	LinkLifetime time.Duration
	// LinkAccesses is how often a media link may be used; 0 is without limit.
	LinkAccesses int

	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Log gets a line per injected fault and refused request; nil is none.
	Log *slog.Logger
	// Quirks are the open choices; nil draws them from Seed.
	Quirks *Quirks
}

// Credentials are what a client needs to be let in.
type Credentials struct {
	AccountID    string
	BotIDs       []string
	ClientID     string
	ClientSecret string
}

// Sim is one simulated account. Safe for concurrent use.
type Sim struct {
	cfg    Config
	quirks Quirks
	lib    *library
	base   []*session // by start, never changed after New

	mu         sync.Mutex // guards all below
	byID       map[string]*session
	added      []*session
	adds       uint64               // how often Add was called
	live       map[int64][]*session // by hour after Until
	replies    map[string][]byte
	faults     []*armedFault
	armed      int                  // how often Inject was called
	tries      map[uint64]uint32    // by what was asked, while there are faults
	seen       map[string]time.Time // digest of jti -> when it may be forgotten
	limits     map[string]*rolling  // by account or bot
	stats      Stats
	mediaURL   string
	generation int // of links; RevokeLinks starts a new one
	accesses   map[string]int
	audio      audioCache
	born       time.Time       // when New was called, by Config.Now
	told       map[string]bool // sessions that a notification was sent of
}

// New makes a simulator. It generates when calls happened, not what was said:
// texts and sounds are made when asked for.
func New(cfg Config) (*Sim, error) {
	cfg = withDefaults(cfg)
	if err := checkConfig(cfg); err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	lib, err := loadLibrary()
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	s := &Sim{
		cfg: cfg, quirks: *cfg.Quirks, lib: lib,
		byID:     make(map[string]*session, max(cfg.Voicemails, 0)+max(cfg.Other, 0)),
		live:     map[int64][]*session{},
		replies:  map[string][]byte{},
		seen:     map[string]time.Time{},
		accesses: map[string]int{},
		limits:   map[string]*rolling{},
		tries:    map[uint64]uint32{},
		told:     map[string]bool{},
		born:     cfg.Now(),
		stats:    Stats{Requests: map[Kind]int{}, FaultsBy: map[FaultKind]int{}},
		mediaURL: "http://media.invalid",
	}
	s.base = s.generate()
	for _, x := range s.base {
		s.byID[x.id] = x
	}
	return s, nil
}

func withDefaults(cfg Config) Config {
	if cfg.Voicemails == 0 {
		cfg.Voicemails = defaultVoicemails
	}
	if cfg.Other == 0 {
		cfg.Other = 3 * max(cfg.Voicemails, 0)
	}
	if cfg.Until.IsZero() {
		cfg.Until = DefaultUntil
	}
	cfg.Until = cfg.Until.UTC().Truncate(time.Second)
	if cfg.Span == 0 {
		cfg.Span = DefaultSpan
	}
	if cfg.AccountID == "" {
		cfg.AccountID = defaultAccountID
	}
	if len(cfg.BotIDs) == 0 {
		cfg.BotIDs = []string{defaultBotID}
	}
	if cfg.ClientID == "" {
		cfg.ClientID = defaultClientID
	}
	if cfg.ClientSecret == "" {
		cfg.ClientSecret = defaultClientSecret
	}
	if cfg.MediaFormat == "" {
		cfg.MediaFormat = FormatPCM
	}
	if cfg.Trouble == 0 {
		cfg.Trouble = defaultTrouble
	}
	if cfg.MaxSkew == 0 {
		cfg.MaxSkew = defaultSkew
	}
	if cfg.LinkLifetime == 0 {
		cfg.LinkLifetime = defaultLinkLifetime
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Quirks == nil {
		q := DrawQuirks(cfg.Seed)
		cfg.Quirks = &q
	}
	return cfg
}

func checkConfig(cfg Config) error {
	switch {
	case cfg.Span < time.Hour:
		return errors.New("span shorter than an hour")
	case cfg.BusyDay < 0 || cfg.BusyDay > 1:
		return errors.New("busy day not between 0 and 1")
	case cfg.InDialog < 0 || cfg.InDialog > 1 || cfg.VoicemailTrouble < 0 || cfg.VoicemailTrouble > 1 || cfg.Trouble > 1:
		return errors.New("share not between 0 and 1")
	case !slices.Contains(allFormats, cfg.MediaFormat) || cfg.MediaSeconds < 0:
		return errors.New("media format unknown, or seconds negative")
	case cfg.SessionsPerMinute < 0 || cfg.SessionsPerHour < 0 || cfg.MaxSkew < 0:
		return errors.New("negative limit of getSessions, or skew")
	case cfg.LivePerHour < 0 || cfg.RatePerMinute < 0 || cfg.LinkLifetime < 0 || cfg.LinkAccesses < 0 || cfg.Retention < 0:
		return errors.New("negative rate, lifetime, accesses or retention")
	case cfg.Until.Add(-cfg.Span).Unix() < 0 || cfg.Until.Unix() > 1<<32-1:
		return errors.New("until or span outside of what a session id can hold")
	}
	for _, id := range append([]string{cfg.AccountID, cfg.ClientID}, cfg.BotIDs...) {
		if id == "" || strings.ContainsAny(id, "/?# \t\n") {
			return fmt.Errorf("id %q cannot stand in a path", id)
		}
	}
	return cfg.Quirks.check()
}

// Credentials returns what requests must name and sign with.
func (s *Sim) Credentials() Credentials {
	return Credentials{
		AccountID: s.cfg.AccountID, BotIDs: append([]string(nil), s.cfg.BotIDs...),
		ClientID: s.cfg.ClientID, ClientSecret: s.cfg.ClientSecret,
	}
}

// SetMediaURL says under which origin (scheme and host, no path) Media is
// reachable; fileUrl begins with it. It returns an error for anything else.
func (s *Sim) SetMediaURL(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme == "" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return errors.New("media origin must be scheme://host[:port]")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mediaURL = u.Scheme + "://" + u.Host
	return nil
}

// RevokeLinks ends every media link handed out so far, as the administrator's
// "Revoke All Active URLs" does.
func (s *Sim) RevokeLinks() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.generation++
}

// SetReply makes the voicemail endpoint answer for this session with status
// 200 and these bytes, whatever they are; nil goes back to the usual answer.
func (s *Sim) SetReply(sessionID string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if body == nil {
		delete(s.replies, sessionID)
		return
	}
	s.replies[sessionID] = append([]byte(nil), body...)
}

// Voicemails returns the truth: every voicemail whose session has ended by
// now, oldest first, with its texts. Rows and replies may still be on their way.
func (s *Sim) Voicemails() []Voicemail {
	now := s.cfg.Now()
	var out []Voicemail
	for _, x := range s.between(time.Unix(0, 0), now) {
		if x.kind == kindVoicemail && !s.end(x).After(now) {
			out = append(out, s.truth(x))
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Start.Before(out[j].Start) })
	return out
}

// Sessions returns the ids of all sessions, voicemails or not, that have ended by now.
func (s *Sim) Sessions() []string {
	now := s.cfg.Now()
	var out []string
	for _, x := range s.between(time.Unix(0, 0), now) {
		if !s.end(x).After(now) {
			out = append(out, x.id)
		}
	}
	return out
}
