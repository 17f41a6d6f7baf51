package web

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"afterbeep/index"
	"afterbeep/store"
)

// SearchAnswer is what a search found, as the API and the command line give it.
type SearchAnswer struct {
	Query        string   `json:"query"` // what was understood
	Notes        []string `json:"notes"`
	Total        int      `json:"total"`
	PartialTotal int      `json:"partial_total"`
	TookMS       float64  `json:"took_ms"`
	NextCursor   string   `json:"next_cursor"`
	PrevCursor   string   `json:"prev_cursor"` // "" on the first page
	Hits         []Hit    `json:"hits"`
	Facets       *Facets  `json:"facets"` // null where not asked for
	Offers       []Offer  `json:"offers"` // other searches, where this one finds little
}

// Offer is another search, and what it finds.
type Offer struct {
	Query      string `json:"query"`
	Why        string `json:"why"`        // what is different
	Unfiltered bool   `json:"unfiltered"` // it is without bot, lang, queue, has, from and to
	Count      int    `json:"count"`      // never 0
}

// Hit is one voicemail that was found.
type Hit struct {
	ID         int64       `json:"id"`
	BotID      string      `json:"bot_id"`
	SessionID  string      `json:"session_id"`
	Lang       string      `json:"lang"`
	Author     Author      `json:"author"`
	Caller     string      `json:"caller"`
	Queue      string      `json:"queue"`
	LeftAt     Stamp       `json:"left_at"`
	CreatedOn  Stamp       `json:"created_on"`
	ModifiedOn Stamp       `json:"modified_on"`
	DurationS  *float64    `json:"duration_s"`
	Transcript string      `json:"transcript"`
	Text       string      `json:"text"`
	Snippet    string      `json:"snippet"` // HTML: all but <mark> is escaped
	Matched    []string    `json:"matched"`
	Partial    bool        `json:"partial"`
	Score      float64     `json:"score"`
	Callback   Callback    `json:"callback"`
	Recordings []Recording `json:"recordings"`
	Tags       []string    `json:"tags"` // what people put on it, by name

	excerpt index.Excerpt // Snippet, with its reasons
}

// Author is who the upstream says has spoken.
type Author struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// Callback is the request to be called back.
type Callback struct {
	Requested  bool     `json:"requested"`
	Status     string   `json:"status"`
	Confidence *float64 `json:"confidence"`
	Numbers    []Number `json:"numbers"`
	WantedAt   string   `json:"wanted_at"`
	Assignee   string   `json:"assignee"`
	Lane       string   `json:"lane"` // "requests", "listen", "old" or ""
}

// Number is a telephone number that was said.
type Number struct {
	E164 string `json:"e164"`
	Said string `json:"said"`
}

// Recording is one audio file of a voicemail.
type Recording struct {
	N        int    `json:"n"`
	Kind     string `json:"kind"`
	FileName string `json:"file_name"`
	Status   string `json:"status"`
	URL      string `json:"url"` // a path of our own, for ever

	Words     string   `json:"words"`      // what the status means
	NextAt    Stamp    `json:"next_at"`    // when it is tried again; told of a single voicemail alone
	DurationS *float64 `json:"duration_s"` // null where not known
	Bytes     *int64   `json:"bytes"`      // null where not archived
	Archived  bool     `json:"archived"`
}

// Facets count all that matched, by value.
type Facets struct {
	Lang      []FacetValue `json:"lang"`
	Bot       []FacetValue `json:"bot"`
	Queue     []FacetValue `json:"queue"`
	Recording []FacetValue `json:"recording"` // "yes" and "no"
	Duration  []FacetValue `json:"duration"`  // what a query says to have no others, as "longer:15s shorter:30s"; "": not known
	Callback  []FacetValue `json:"callback"`  // each match once, by where the work stands: what callback= may be
	Tag       []FacetValue `json:"tag"`       // by what people put on them: a match has several, or none
	Histogram Histogram    `json:"histogram"`
}

// FacetValue is how many matches have a value.
type FacetValue struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Histogram counts the matches by time.
type Histogram struct {
	Unit    string   `json:"unit"`
	Buckets []Bucket `json:"buckets"`
}

// Bucket is a stretch of a histogram, up to where the next begins.
type Bucket struct {
	From  WholeSecond `json:"from"`
	Count int         `json:"count"`
}

// VoicemailAnswer is one voicemail in full.
type VoicemailAnswer struct {
	Hit
	Called         string          `json:"called"`
	StartedAt      Stamp           `json:"started_at"`
	Segments       []Segment       `json:"segments"`
	Numbers        []FoundNumber   `json:"numbers"`
	CallbackEvents []CallbackEvent `json:"callback_events"`
	LookUp         *LookUp         `json:"look_up"` // null where recordings of the call are not looked up

	Link           string         `json:"link"`        // for ever, for people
	ConsoleURL     string         `json:"console_url"` // the conversation in the upstream's console; "" where no link is known
	CallerMessages CallerMessages `json:"caller_messages"`
	Notes          []NoteAnswer   `json:"notes"`
	Tagged         []TagAnswer    `json:"tagged"` // the tags, with who put them there
	Heard          []Listening    `json:"heard"`  // the newest first, at most 500
}

// CallerMessages is what else a caller left, the newest first. It is empty where
// the caller withheld the number, or shares it with others.
type CallerMessages struct {
	Total    int             `json:"total"`
	Messages []CallerMessage `json:"messages"` // at most 500
}

// CallerMessage is one of them.
type CallerMessage struct {
	ID        int64    `json:"id"`
	LeftAt    Stamp    `json:"left_at"`
	DurationS *float64 `json:"duration_s"`
}

// LookUp is how it stands with the recordings of a voicemail's call.
type LookUp struct {
	State  string `json:"state"`
	Words  string `json:"words"`
	NextAt Stamp  `json:"next_at"`
}

// Segment is one component of one transcription.
type Segment struct {
	MessageID   string `json:"message_id"`
	ComponentID string `json:"component_id"`
	Author      Author `json:"author"`
	Lang        string `json:"lang"`
	CreatedOn   Stamp  `json:"created_on"`
	ModifiedOn  Stamp  `json:"modified_on"`
	Text        string `json:"text"`
}

// CallbackEvent is something that was done about a callback.
type CallbackEvent struct {
	ID     int64  `json:"id"`
	At     Stamp  `json:"at"`
	Actor  string `json:"actor"` // "" for the program
	Action string `json:"action"`
	From   string `json:"from"`   // the status before
	To     string `json:"to"`     // and after
	Detail string `json:"detail"` // the result, the outcome, who was given it: as the action has it
	Note   string `json:"note"`
	Number string `json:"number"` // that was to be called then
}

// SessionAnswer is a session's row in the ledger, and its voicemail where it
// has one.
type SessionAnswer struct {
	Session   LedgerRow        `json:"session"`
	Voicemail *VoicemailAnswer `json:"voicemail"`
}

// LedgerRow is how far a session has come on its way into the archive.
type LedgerRow struct {
	BotID     string `json:"bot_id"`
	SessionID string `json:"session_id"`
	State     string `json:"state"`
	Reason    string `json:"reason"`
	Attempts  int    `json:"attempts"`
	NextAt    Stamp  `json:"next_at"`
	FoundBy   string `json:"found_by"`
	FoundAt   Stamp  `json:"found_at"`
	StartedAt Stamp  `json:"started_at"`
	EndedAt   Stamp  `json:"ended_at"`
	Caller    string `json:"caller"`
	Called    string `json:"called"`
	Queue     string `json:"queue"`

	AccountID      string  `json:"account_id"`
	ConversationID string  `json:"conversation_id"`
	Words          string  `json:"words"`     // what the state means
	Excerpt        string  `json:"excerpt"`   // of a reply that could not be read, redacted
	Voicemail      string  `json:"voicemail"` // "yes", "no" or ""
	CallerRaw      string  `json:"caller_raw"`
	CalledRaw      string  `json:"called_raw"`
	QueueID        string  `json:"queue_id"`
	Direction      string  `json:"direction"`
	Channel        string  `json:"channel"`
	FinalStatus    string  `json:"final_status"`
	Agents         []Agent `json:"agents"`
	CallbackOpted  bool    `json:"callback_opted"`
	CallbackAt     Stamp   `json:"callback_at"`
}

// Agent is one agent's part in a call.
type Agent struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Seconds int    `json:"seconds"`
}

// Stamp is a time as the API writes it: RFC 3339, UTC, three decimals; null
// where not known.
type Stamp time.Time

const stampLayout = "2006-01-02T15:04:05.000Z"

// MarshalJSON writes the time.
func (s Stamp) MarshalJSON() ([]byte, error) {
	if time.Time(s).IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(s.String())
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Stamp) UnmarshalJSON(b []byte) error {
	var t time.Time
	if err := json.Unmarshal(b, &t); err != nil {
		return err
	}
	*s = Stamp(t)
	return nil
}

// String returns the time as the API writes it, "" where not known.
func (s Stamp) String() string {
	if time.Time(s).IsZero() {
		return ""
	}
	return time.Time(s).UTC().Format(stampLayout)
}

// WholeSecond is a time as histograms write it: RFC 3339, UTC, no decimals.
type WholeSecond time.Time

// MarshalJSON writes the time.
func (s WholeSecond) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Time(s).UTC().Format(time.RFC3339))
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *WholeSecond) UnmarshalJSON(b []byte) error {
	return (*Stamp)(s).UnmarshalJSON(b)
}

// hitOf says what is known of a voicemail without a search.
func hitOf(v store.Voicemail) Hit {
	return Hit{
		ID: v.ID, BotID: v.BotID, SessionID: v.SessionID, Lang: v.Lang, Author: Author(v.Author),
		Caller: v.Caller, Queue: v.Queue, LeftAt: Stamp(v.LeftAt), CreatedOn: Stamp(v.CreatedOn), ModifiedOn: Stamp(v.ModifiedOn),
		DurationS: seconds(v.Duration), Transcript: string(v.Transcript), Text: v.Text,
		Matched: []string{}, Callback: Callback{Numbers: []Number{}}, Recordings: recordingsOf(v), Tags: []string{},
	}
}

func seconds(d time.Duration) *float64 {
	if d <= 0 {
		return nil
	}
	s := d.Seconds()
	return &s
}

// recordingsOf puts voicemail files first.
func recordingsOf(v store.Voicemail) []Recording {
	rs := make([]Recording, 0, len(v.Recordings))
	for _, r := range sorted(v.Recordings) {
		a := Recording{N: r.N, Kind: string(r.Kind), FileName: r.FileName, Status: plainStatus(r.Status), URL: recordingPath(v.ID, r.N),
			Words: recordingWords(r.Status), DurationS: seconds(r.Duration), Archived: !r.KeptAt.IsZero()}
		if a.Archived {
			a.Bytes = &r.Bytes
		}
		rs = append(rs, a)
	}
	return rs
}

func sorted(rs []store.Recording) []store.Recording {
	rs = slices.Clone(rs)
	slices.SortFunc(rs, func(a, b store.Recording) int {
		if first := a.Kind == store.RecordingVoicemail; first != (b.Kind == store.RecordingVoicemail) {
			if first {
				return -1
			}
			return 1
		}
		return a.N - b.N
	})
	return rs
}

func voicemailPath(id int64) string { return "/voicemails/" + strconv.FormatInt(id, 10) }

func recordingPath(id int64, n int) string {
	return voicemailPath(id) + "/recordings/" + strconv.Itoa(n)
}

func voicemailAnswerOf(v store.Voicemail) *VoicemailAnswer {
	a := &VoicemailAnswer{Hit: hitOf(v), Called: v.Called, StartedAt: Stamp(v.StartedAt),
		Segments: make([]Segment, 0, len(v.Segments)), Numbers: []FoundNumber{}, CallbackEvents: []CallbackEvent{}}
	for _, g := range v.Segments {
		a.Segments = append(a.Segments, Segment{MessageID: g.MessageID, ComponentID: g.ComponentID, Author: Author(g.Author),
			Lang: g.Lang, CreatedOn: Stamp(g.CreatedOn), ModifiedOn: Stamp(g.ModifiedOn), Text: g.Text})
	}
	return a
}

func ledgerRowOf(s store.Session) LedgerRow {
	caller, called := s.CallerE164, s.CalledE164
	if caller == "" {
		caller = s.Caller
	}
	if called == "" {
		called = s.Called
	}
	agents := make([]Agent, 0, len(s.Agents))
	for _, a := range s.Agents {
		agents = append(agents, Agent(a))
	}
	return LedgerRow{BotID: s.BotID, SessionID: s.SessionID, State: string(s.State), Reason: s.Reason, Attempts: s.Attempts,
		NextAt: Stamp(s.DueAt), FoundBy: s.FoundBy, FoundAt: Stamp(s.FoundAt), StartedAt: Stamp(s.StartedAt), EndedAt: Stamp(s.EndedAt),
		Caller: caller, Called: called, Queue: s.Queue(),
		AccountID: s.AccountID, ConversationID: s.ConversationID, Words: stateSentence(s.State), Excerpt: s.Excerpt,
		Voicemail: string(s.Voicemail), CallerRaw: s.Caller, CalledRaw: s.Called, QueueID: s.QueueID, Direction: s.Direction,
		Channel: s.Channel, FinalStatus: s.FinalStatus, Agents: agents, CallbackOpted: s.CallbackOpted, CallbackAt: Stamp(s.CallbackAt)}
}
