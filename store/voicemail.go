package store

import (
	"crypto/sha256"
	"encoding/binary"
	"time"
)

// VoicemailID derives a voicemail's id: the first 53 bits of
// SHA-256(bot id, NUL, session id), never 0. It is the same in every store and
// after every restore, and fits a JSON number.
func VoicemailID(botID, sessionID string) int64 {
	h := sha256.New()
	h.Write([]byte(botID))
	h.Write([]byte{0})
	h.Write([]byte(sessionID))
	id := int64(binary.BigEndian.Uint64(h.Sum(nil)) >> 11)
	return max(id, 1)
}

// TranscriptState says whether a voicemail's words are there.
type TranscriptState string

// The states of a transcript.
const (
	// TranscriptPresent has text.
	TranscriptPresent TranscriptState = "present"
	// TranscriptPending has none yet; it is asked for again.
	TranscriptPending TranscriptState = "pending"
	// TranscriptNone has none, and none is expected any more.
	TranscriptNone TranscriptState = "none"
)

// Author is who the upstream says has spoken.
type Author struct {
	ID   string
	Type string // "VOICEMAIL" in the vendor's sample
}

// Segment is the text of one component of one transcription.
type Segment struct {
	MessageID   string // the transcription's _id
	ComponentID string // the component's _id, or "#n" with its place where it has none
	Text        string
	Author      Author
	Lang        string // as the upstream writes it
	CreatedOn   time.Time
	ModifiedOn  time.Time
}

// RecordingKind says what a recording is of.
type RecordingKind string

// The kinds of a recording.
const (
	// RecordingVoicemail is a file that the voicemail endpoint names.
	RecordingVoicemail RecordingKind = "voicemail"
	// RecordingCallV2 is a file that version 2 of the call recording endpoint names.
	RecordingCallV2 RecordingKind = "call_v2"
	// RecordingCallV1 is audio that version 1 of it holds: it has no name.
	RecordingCallV1 RecordingKind = "call_v1"
)

// The statuses of a recording that Afterbeep itself gives. The upstream's own
// words (as "media_in_progress") are kept as they came.
const (
	// RecordingSuccess can be played.
	RecordingSuccess = "success"
	// RecordingMissing was named once and is not named any more.
	RecordingMissing = "missing"
	// RecordingNoLink is named without a link, in a reply that says nothing of
	// why.
	RecordingNoLink = "no_link"
)

// Recording is one audio file of a voicemail. Its link is never stored.
type Recording struct {
	N          int // its place in URLs; never changes
	Kind       RecordingKind
	FileName   string
	Status     string
	Alias      string    // another name by which an earlier reply may have named the file; never kept
	ExpiryHint time.Time // when the last link seen said it would expire
	CheckedAt  time.Time // when the upstream last told of it

	// What the audio archive holds of it; all zero where it holds nothing.
	Digest   string // SHA-256 in hexadecimal: its name in the archive
	Type     string // media type, as sniffed
	Bytes    int64
	Duration time.Duration
	KeptAt   time.Time
}

// Voicemail is one session of one bot that holds a message.
type Voicemail struct {
	ID         int64
	AccountID  string
	BotID      string
	SessionID  string
	Caller     string // E.164 where it could be read, else as the upstream writes it
	Called     string
	Queue      string
	StartedAt  time.Time // the session's start
	Lang       string
	Author     Author
	CreatedOn  time.Time // first transcription, else the session's start
	ModifiedOn time.Time
	// LeftAt is the one time used for order, filters and waiting: the first
	// transcription's createdOn, else the session's start, else when Afterbeep
	// first heard of it.
	LeftAt          time.Time
	Transcript      TranscriptState
	Text            string // the segments' texts joined by line breaks
	Duration        time.Duration
	AnalysisVersion int
	Segments        []Segment
	Recordings      []Recording
}

// Reply is a voicemail endpoint's answer after flattening.
type Reply struct {
	Segments        []Segment
	Recordings      []Recording // N is given by the store
	Duration        time.Duration
	AnalysisVersion int
	// Redacted says that something was taken out of the segments' texts: they
	// replace stored ones that were modified at the same time, in which it may
	// still stand.
	Redacted bool
	// Payload is the answer's body without signed queries, kept so that a
	// better flatten can be run on it. The store compresses it.
	Payload []byte
	// Find makes a finding of the voicemail as it is stored. It is pure, and is
	// called within the transaction; nil finds nothing, and leaves what was found.
	Find func(Voicemail) Finding
}

// IsVoicemail reports whether the reply holds a message: a file or a segment.
func (r *Reply) IsVoicemail() bool {
	return r != nil && (len(r.Segments) > 0 || len(r.Recordings) > 0)
}

// Finder is Find; nil of no reply.
func (r *Reply) Finder() func(Voicemail) Finding {
	if r == nil {
		return nil
	}
	return r.Find
}

// holds reports whether the reply has every segment of v.
func (r *Reply) holds(v Voicemail) bool {
	got := make(map[segmentKey]bool, len(r.Segments))
	for _, g := range r.Segments {
		got[g.key()] = true
	}
	for _, g := range v.Segments {
		if !got[g.key()] {
			return false
		}
	}
	return true
}

// Ledger sums up what is known.
type Ledger struct {
	Sessions   map[State]int // how many are in each state; absent is 0
	Voicemails int
	Oldest     time.Time // LeftAt of the oldest voicemail
	Newest     time.Time
	// NextDue is when the earliest of the due, waiting, retry and leased
	// sessions comes due or its lease runs out; zero where there is none.
	NextDue time.Time
	// Now is the time by the clock that due times are judged by.
	Now time.Time
}
