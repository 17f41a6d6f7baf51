package koresim

import (
	"fmt"
	"slices"
	"time"
)

// SortOrder is the order of call details rows.
type SortOrder string

// The sort orders. OrderHash is an order that means nothing but is stable.
const (
	OrderOldest   SortOrder = "oldest"
	OrderNewest   SortOrder = "newest"
	OrderEndFirst SortOrder = "newest-end"
	OrderHash     SortOrder = "hash"
)

// FlagStyle is how call details rows say that a session is a voicemail.
type FlagStyle string

// The flag styles: the named text for a voicemail and "NO" (or its sibling)
// for others, a JSON boolean, a JSON number, or no key at all.
const (
	FlagYesUpper  FlagStyle = "YES"
	FlagYesTitle  FlagStyle = "Yes"
	FlagYesLower  FlagStyle = "yes"
	FlagY         FlagStyle = "Y"
	FlagTrueLower FlagStyle = "true"
	FlagTrueUpper FlagStyle = "TRUE"
	FlagDigit     FlagStyle = "1"
	FlagBool      FlagStyle = "boolean"
	FlagNumber    FlagStyle = "number"
	FlagAbsent    FlagStyle = "absent"
)

// KeyCase is how keys of call details rows are spelled.
type KeyCase string

// The key cases: as in the samples, as in the tables ("Reason"), with a small
// first letter throughout, or all small.
const (
	KeysSample     KeyCase = "sample"
	KeysTable      KeyCase = "table"
	KeysLowerFirst KeyCase = "lower-first"
	KeysLower      KeyCase = "lower"
)

// Answer is what the voicemail endpoint says of a session without voicemail.
type Answer string

// The answers: 200 with empty arrays, 200 with status media_unavailable and no
// array at all, 200 with an error envelope, 404 or 400 with an error envelope.
const (
	AnswerEmpty       Answer = "empty"
	AnswerUnavailable Answer = "unavailable"
	AnswerEnvelope    Answer = "envelope"
	AnswerNotFound    Answer = "not-found"
	AnswerBadRequest  Answer = "bad-request"
)

// Pending is how a transcript that is not there yet looks.
type Pending string

// The looks of a missing transcript: no key, an empty array, or a
// transcription whose text is empty.
const (
	PendingAbsent Pending = "absent"
	PendingEmpty  Pending = "empty"
	PendingBlank  Pending = "blank"
)

// Overflow is what happens to an offset or limit beyond the documented maximum.
type Overflow string

// The overflows: 400, an empty page (offset only), the maximum taken instead
// (limit only), or no maximum at all (offset that counts rows only).
const (
	OverflowReject Overflow = "reject"
	OverflowEmpty  Overflow = "empty"
	OverflowClamp  Overflow = "clamp"
	OverflowNone   Overflow = "none"
)

// RecordingKey is the spelling of the voicemail reply's array of files.
type RecordingKey string

// The spellings: the samples', the tables', and what a later version may use.
const (
	KeySpace      RecordingKey = "voicemail recording"
	KeyUnderscore RecordingKey = "voicemail_recording"
	KeyCamel      RecordingKey = "voicemailRecording"
)

// V1Form is under which paths the first version of call recordings answers.
type V1Form string

// The forms: as the page's table, as its samples (/api/1.1/), or both.
const (
	V1Both      V1Form = "both"
	V1Plain     V1Form = "plain"
	V1Versioned V1Form = "1.1"
)

// NotifyShape is where a notification of a voicemail names its session.
type NotifyShape string

// The shapes: metaInfo is an object with sessionId in it, or sessionId stands
// beside it.
const (
	NotifyMeta NotifyShape = "metaInfo"
	NotifyTop  NotifyShape = "sessionId"
)

// Quirks are the choices where the vendor's documents leave something open.
// Documented returns the plain ones; a nil Config.Quirks draws them from the
// seed, so that a client that relies on one reading fails with some seed.
type Quirks struct {
	// Sort: no page says in which order rows come.
	Sort SortOrder
	// TotalResults: whether numResults counts all rows of the window or those
	// of the page is not said (the sample says 10 above other numbers of rows).
	TotalResults bool
	// OffsetRows: newer pages say offset counts pages, older ones rows.
	OffsetRows bool
	// OverOffset: the maximum of 10 is documented, not what happens beyond it,
	// nor whether it holds where offset counts rows.
	OverOffset Overflow
	// OverLimit: the maximum of 100 is documented, not what happens beyond it.
	OverLimit Overflow
	// DefaultLimit: limit is optional, its default is not said. 1 to 100.
	DefaultLimit int
	// WindowByEnd: which time of a session must lie in the window is not said:
	// its start (false) or its end.
	WindowByEnd bool
	// Flag: the table says Boolean, the samples "NO", no page shows a yes.
	Flag FlagStyle
	// Keys: samples and tables differ in case.
	Keys KeyCase
	// RowLag: how long after its end a session's row appears is not said.
	RowLag time.Duration
	// LateShare of the rows appears up to LateBy later still.
	LateShare float64
	// LateBy is the most by which a late row is late.
	LateBy time.Duration
	// ChildBotRows: rows may name the child bot that took the message, and the
	// voicemail endpoint then takes any bot of the account: the sample reply
	// names another bot than its path.
	ChildBotRows bool
	// Recording: samples and table spell the key differently.
	Recording RecordingKey
	// NoVoicemail: the answer for a session that has none is not documented.
	NoVoicemail Answer
	// UnknownSession: nor is that for a session that does not exist.
	UnknownSession Answer
	// PendingTranscript: how a transcript that is not there yet looks.
	PendingTranscript Pending
	// TranscriptLag: how long after the end a transcript takes.
	TranscriptLag time.Duration
	// MediaLag: how long after the end a file takes; the console's page says
	// ten minutes for call recordings, nothing of voicemails. Before it, a
	// reply has status media_in_progress and no file.
	MediaLag time.Duration
	// ForeignIDs: the sample's transcription has another sessionId and botId
	// than asked for; some of ours then have, too.
	ForeignIDs bool
	// TellsSignature: whether a token with a wrong signature is told from one of
	// an unknown app is not documented.
	TellsSignature bool
	// AuthStatus: the HTTP status of error 4002 is not documented: 401, 400, 403.
	AuthStatus int
	// LimitedStatus: nor is that of a limited call: 429, 200, 403, 503.
	LimitedStatus int
	// LimitedWording picks one of the three documented wordings that name no
	// hour, 0 to 2.
	LimitedWording int
	// RetryAfter: whether a limited answer has the header is not documented.
	RetryAfter bool
	// NoRange: whether media supports Range and HEAD is not documented.
	NoRange bool
	// MediaType: nor is its Content-Type.
	MediaType string
	// TypeByFormat gives media the Content-Type of what it is; MediaType then
	// does not matter.
	TypeByFormat bool
	// HonestNames gives files the ending of what they are: the console's
	// downloads are .flac, the samples' names end in .wav whatever they hold.
	HonestNames bool
	// NoLength: whether media has a Content-Length is not documented.
	NoLength bool
	// Redirect: nor whether a link leads to another one on the same host.
	Redirect bool

	// SessionsCap is the most sessions on a page of getSessions: the page says
	// "a maximum of X".
	SessionsCap int
	// SessionsPageTotal: whether total counts the sessions of the page only.
	SessionsPageTotal bool
	// OpenSessions: whether getSessions lists those that have not ended.
	OpenSessions bool
	// VoiceChannel: several names of the voice channel stand in the documents.
	VoiceChannel string
	// Developer is how isDeveloper is spelled: a boolean in the sample, "1/0"
	// in the table. FlagBool, FlagNumber or FlagDigit.
	Developer FlagStyle

	// NoRecording: what is said of a session without call recording is
	// documented for v2 alone (media_unavailable).
	NoRecording Answer
	// RecordingLag: about how long after the end call recordings are made; the
	// console's page says ten minutes.
	RecordingLag time.Duration
	// V1: table and samples of v1 differ in the path.
	V1 V1Form
	// InlineType is the media type in v1's data URIs; "" leaves it out.
	InlineType string
	// Deleted: the answer for what retention has deleted is not documented.
	Deleted Answer
	// ScopeStatus: nor is the HTTP status of a request outside of the app's scopes.
	ScopeStatus int
	// LimitedCount: nor whether limited requests count against the limit.
	LimitedCount bool
	// Notify: what a notification looks like is not documented at all.
	Notify NotifyShape
}

// Documented returns the quirks nearest to what the documents print: "YES",
// pages, the space in the key, nothing late, Range supported.
func Documented() Quirks {
	return Quirks{
		Sort: OrderNewest, OverOffset: OverflowReject, OverLimit: OverflowReject,
		DefaultLimit: 100, Flag: FlagYesUpper, Keys: KeysSample, Recording: KeySpace,
		NoVoicemail: AnswerEmpty, UnknownSession: AnswerNotFound,
		PendingTranscript: PendingEmpty, AuthStatus: 401,
		LimitedStatus: 429, MediaType: "audio/wav",
		SessionsCap: 100, VoiceChannel: "korevg", Developer: FlagBool,
		NoRecording: AnswerUnavailable, RecordingLag: 10 * time.Minute, V1: V1Both, InlineType: "audio/wav",
		Deleted: AnswerNotFound, ScopeStatus: 403, Notify: NotifyMeta,
	}
}

// All values of each enumeration, in the order in which seeds draw them.
var (
	sortOrders    = []SortOrder{OrderOldest, OrderNewest, OrderEndFirst, OrderHash}
	flagStyles    = []FlagStyle{FlagYesUpper, FlagYesTitle, FlagYesLower, FlagY, FlagTrueLower, FlagTrueUpper, FlagDigit, FlagBool, FlagNumber, FlagAbsent}
	keyCases      = []KeyCase{KeysSample, KeysTable, KeysLowerFirst, KeysLower}
	answers       = []Answer{AnswerEmpty, AnswerUnavailable, AnswerEnvelope, AnswerNotFound, AnswerBadRequest}
	pendings      = []Pending{PendingAbsent, PendingEmpty, PendingBlank}
	recordingKeys = []RecordingKey{KeySpace, KeyUnderscore, KeyCamel}
	authStatuses  = []int{401, 400, 403}
	limitedCodes  = []int{429, 200, 403, 503}
	mediaTypes    = []string{"audio/wav", "audio/x-wav", "application/octet-stream"}
	v1Forms       = []V1Form{V1Both, V1Plain, V1Versioned}
	notifyShapes  = []NotifyShape{NotifyMeta, NotifyTop}
	voiceChannels = []string{"korevg", "audiocodes", "twiliovoice", "ivr", "ivrVoice"}
	inlineTypes   = []string{"audio/wav", "audio/x-wav", "application/octet-stream", "audio/wav;codec=pcm", ""}
)

// DrawQuirks returns the quirks that belong to a seed. Every value of every
// field is drawn by some seed; contradictions (a row offset that ends in
// silence) are not.
func DrawQuirks(seed uint64) Quirks {
	d := newDice(seed, "quirks", 0)
	q := Quirks{
		Sort:              pick(&d, sortOrders),
		TotalResults:      d.chance(0.5),
		OffsetRows:        d.chance(0.4),
		DefaultLimit:      pick(&d, []int{10, 50, 100}),
		WindowByEnd:       d.chance(0.3),
		Flag:              pick(&d, flagStyles),
		Keys:              pick(&d, keyCases),
		RowLag:            pick(&d, []time.Duration{0, 20 * time.Second, 5 * time.Minute}),
		LateShare:         pick(&d, []float64{0, 0.05, 0.2}),
		LateBy:            pick(&d, []time.Duration{30 * time.Minute, 5 * time.Hour, 20 * time.Hour}),
		ChildBotRows:      d.chance(0.3),
		Recording:         pick(&d, recordingKeys),
		NoVoicemail:       pick(&d, answers),
		UnknownSession:    pick(&d, answers),
		PendingTranscript: pick(&d, pendings),
		TranscriptLag:     pick(&d, []time.Duration{0, 30 * time.Second, 4 * time.Minute}),
		MediaLag:          pick(&d, []time.Duration{0, 15 * time.Second, 10 * time.Minute}),
		ForeignIDs:        d.chance(0.5),
		AuthStatus:        pick(&d, authStatuses),
		LimitedStatus:     pick(&d, limitedCodes),
		LimitedWording:    d.n(len(limitedWordings)),
		RetryAfter:        d.chance(0.4),
		NoRange:           d.chance(0.25),
		MediaType:         pick(&d, mediaTypes),
		OverLimit:         pick(&d, []Overflow{OverflowReject, OverflowClamp}),
	}
	if q.OffsetRows {
		q.OverOffset = pick(&d, []Overflow{OverflowReject, OverflowNone})
	} else {
		q.OverOffset = pick(&d, []Overflow{OverflowReject, OverflowEmpty})
	}
	q.TypeByFormat, q.HonestNames = d.chance(.3), d.chance(.3)
	q.NoLength, q.Redirect = d.chance(.25), d.chance(.25)
	q.SessionsCap, q.SessionsPageTotal, q.OpenSessions = pick(&d, []int{100, 100, 50, 20}), d.chance(.4), d.chance(.5)
	q.VoiceChannel, q.Developer = pick(&d, voiceChannels), pick(&d, []FlagStyle{FlagBool, FlagNumber, FlagDigit})
	q.NoRecording, q.RecordingLag = pick(&d, answers), pick(&d, []time.Duration{time.Minute, 10 * time.Minute, 25 * time.Minute})
	q.V1, q.InlineType = pick(&d, v1Forms), pick(&d, inlineTypes)
	q.Deleted, q.ScopeStatus, q.LimitedCount = pick(&d, answers), pick(&d, []int{403, 401, 400}), d.chance(.3)
	q.Notify = pick(&d, notifyShapes)
	q.TellsSignature = d.chance(.5)
	return q
}

// check refuses values that no handler knows.
func (q Quirks) check() error {
	switch {
	case !slices.Contains(sortOrders, q.Sort):
		return fmt.Errorf("quirk Sort %q unknown", q.Sort)
	case !slices.Contains(flagStyles, q.Flag):
		return fmt.Errorf("quirk Flag %q unknown", q.Flag)
	case !slices.Contains(keyCases, q.Keys):
		return fmt.Errorf("quirk Keys %q unknown", q.Keys)
	case !slices.Contains(recordingKeys, q.Recording):
		return fmt.Errorf("quirk Recording %q unknown", q.Recording)
	case !slices.Contains(answers, q.NoVoicemail):
		return fmt.Errorf("quirk NoVoicemail %q unknown", q.NoVoicemail)
	case !slices.Contains(answers, q.UnknownSession):
		return fmt.Errorf("quirk UnknownSession %q unknown", q.UnknownSession)
	case !slices.Contains(pendings, q.PendingTranscript):
		return fmt.Errorf("quirk PendingTranscript %q unknown", q.PendingTranscript)
	case !slices.Contains([]Overflow{OverflowReject, OverflowEmpty, OverflowNone}, q.OverOffset):
		return fmt.Errorf("quirk OverOffset %q unknown", q.OverOffset)
	case !slices.Contains([]Overflow{OverflowReject, OverflowClamp}, q.OverLimit):
		return fmt.Errorf("quirk OverLimit %q unknown", q.OverLimit)
	case q.DefaultLimit < 1 || q.DefaultLimit > maxLimit:
		return fmt.Errorf("quirk DefaultLimit %d, want 1 to %d", q.DefaultLimit, maxLimit)
	case q.AuthStatus < 400 || q.AuthStatus > 499:
		return fmt.Errorf("quirk AuthStatus %d, want 400 to 499", q.AuthStatus)
	case q.LimitedStatus < 200 || q.LimitedStatus > 599:
		return fmt.Errorf("quirk LimitedStatus %d, want 200 to 599", q.LimitedStatus)
	case q.LimitedWording < 0 || q.LimitedWording >= len(limitedWordings):
		return fmt.Errorf("quirk LimitedWording %d, want 0 to %d", q.LimitedWording, len(limitedWordings)-1)
	case q.MediaType == "":
		return fmt.Errorf("quirk MediaType empty")
	case q.RowLag < 0 || q.LateBy < 0 || q.LateShare < 0 || q.LateShare > 1 || q.TranscriptLag < 0 || q.MediaLag < 0:
		return fmt.Errorf("quirk lag negative, or LateShare not between 0 and 1")
	}
	return q.checkMore()
}

// checkMore is check for sessions, recordings and notifications.
func (q Quirks) checkMore() error {
	switch {
	case q.SessionsCap < 1:
		return fmt.Errorf("quirk SessionsCap %d, want at least 1", q.SessionsCap)
	case q.VoiceChannel == "":
		return fmt.Errorf("quirk VoiceChannel empty")
	case !slices.Contains([]FlagStyle{FlagBool, FlagNumber, FlagDigit}, q.Developer):
		return fmt.Errorf("quirk Developer %q unknown", q.Developer)
	case !slices.Contains(answers, q.NoRecording):
		return fmt.Errorf("quirk NoRecording %q unknown", q.NoRecording)
	case q.RecordingLag < 0:
		return fmt.Errorf("quirk RecordingLag negative")
	case !slices.Contains(v1Forms, q.V1):
		return fmt.Errorf("quirk V1 %q unknown", q.V1)
	case !slices.Contains(answers, q.Deleted):
		return fmt.Errorf("quirk Deleted %q unknown", q.Deleted)
	case q.ScopeStatus < 400 || q.ScopeStatus > 499:
		return fmt.Errorf("quirk ScopeStatus %d, want 400 to 499", q.ScopeStatus)
	case !slices.Contains(notifyShapes, q.Notify):
		return fmt.Errorf("quirk Notify %q unknown", q.Notify)
	}
	return nil
}
