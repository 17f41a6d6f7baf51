package kore

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const opVoicemail = "voicemail"

// VoicemailReply is the answer of the voicemail endpoint for one session. A
// session may have no voicemail: then there are no Files and no Transcriptions.
type VoicemailReply struct {
	// Status is the vendor's word, "success" as far as it is documented.
	Status         string
	Files          []File
	Transcriptions []Transcription
	// Notes tell what was odd about the reply; safe to log.
	Notes []string
	// Raw is the body as received. It holds signed links: see
	// StripSignedQueries before it is kept.
	Raw []byte
}

// String tells how much is in the reply, and nothing of what is in it.
func (r VoicemailReply) String() string {
	return fmt.Sprintf("voicemail reply: status %q, %d files, %d transcriptions, %d bytes",
		excerpt(r.Status), len(r.Files), len(r.Transcriptions), len(r.Raw))
}

// LogValue is String, for slog.
func (r VoicemailReply) LogValue() slog.Value { return slog.StringValue(r.String()) }

// File is one recording.
type File struct {
	Name string
	URL  string // signed and expiring: a secret; "" where the reply has none
}

// String is the file's name: the link is a secret.
func (f File) String() string { return f.Name }

// Transcription is one message that the upstream's machine wrote down. Its
// BotID and SessionID may differ from those asked for. Times are UTC; zero
// where the reply has none.
type Transcription struct {
	ID         string
	BotID      string
	SessionID  string
	Type       string // "incoming"
	Status     string // "received"
	Channel    string // "korevg"
	Lang       string
	Author     Author
	CreatedOn  time.Time
	ModifiedOn time.Time
	Components []Component
}

// Author is who left a message; Type is "VOICEMAIL" as far as it is documented.
type Author struct {
	ID   string
	Type string
}

// Component is one part of a message.
type Component struct {
	ID   string
	Type string // the vendor's cT: "text", or something else
	Text string
}

// IsText says whether the component's Text is what was said: its type is text,
// or it has a text and no type.
func (c Component) IsText() bool {
	return strings.EqualFold(c.Type, "text") || c.Type == "" && c.Text != ""
}

// Voicemail asks for the voicemail of a session, with its transcriptions. Ids in
// the reply that differ from those asked give a note. Errors are *Error, or
// wrap those of the Budget and of ctx.
func (c *Client) Voicemail(ctx context.Context, class Class, botID, sessionID string) (*VoicemailReply, error) {
	if err := checkIDs(opVoicemail, botID, sessionID); err != nil {
		return nil, err
	}
	var reply *VoicemailReply
	_, err := c.do(ctx, call{
		op: opVoicemail, class: class, method: http.MethodGet,
		path:  "/api/public/bot/" + url.PathEscape(botID) + "/voicemail",
		query: url.Values{"sessionId": {sessionID}, "transcription": {"true"}},
		read: func(body []byte) (bool, *Error) {
			var e *Error
			if reply, e = parseVoicemail(body); e != nil {
				return false, e
			}
			return len(reply.Files)+len(reply.Transcriptions) > 0, nil
		},
	})
	if err != nil {
		return nil, err
	}
	reply.NoteIDs(botID, sessionID)
	return reply, nil
}

// checkIDs is the *Error for ids that can't be asked for.
func checkIDs(op, botID, sessionID string) error {
	for _, id := range []struct{ what, id string }{{"bot id", botID}, {"session id", sessionID}} {
		if err := checkID(id.what, id.id); err != nil {
			return &Error{Op: op, Kind: KindBadRequest, Msg: err.Error()}
		}
	}
	return nil
}

// NoteIDs adds notes where transcriptions name another bot or session than the
// given ones. The vendor's own sample does: it is no reason to reject a reply.
func (r *VoicemailReply) NoteIDs(botID, sessionID string) {
	n := notes{list: r.Notes}
	for i, t := range r.Transcriptions {
		if t.BotID != "" && t.BotID != botID {
			n.add("transcriptions[%d]: names another bot than was asked", i)
		}
		if t.SessionID != "" && t.SessionID != sessionID {
			n.add("transcriptions[%d]: names another session than was asked", i)
		}
	}
	r.Notes = n.all()
}

// ParseVoicemail reads a reply of the voicemail endpoint. It takes every
// spelling of the keys, one thing instead of a list, and values of a wrong type,
// which it leaves out with a note. Its error is an *Error: KindMalformed for
// what is no such reply, or the kind of the error that the body tells of.
func ParseVoicemail(body []byte) (*VoicemailReply, error) {
	r, e := parseVoicemail(body)
	if e != nil {
		return nil, e
	}
	return r, nil
}

const (
	keyRecording      = "voicemail recording" // voicemail_recording in the vendor's tables
	keyTranscriptions = "transcriptions"
)

func parseVoicemail(body []byte) (*VoicemailReply, *Error) {
	n := &notes{}
	o, e := readObject(opVoicemail, body, n)
	if e != nil {
		return nil, e
	}
	r := &VoicemailReply{Status: o.text("status"), Raw: body}
	r.Files = filesIn(o, keyRecording)
	for _, t := range o.objects(keyTranscriptions) {
		r.Transcriptions = append(r.Transcriptions, transcriptionIn(t))
	}
	if e := mistyped(opVoicemail, o, r.Files); e != nil {
		return nil, e
	}
	if len(r.Files)+len(r.Transcriptions) > 0 {
		if envelopeOf(o).signal {
			n.add("the reply tells of an error beside its content")
		}
	} else if e := trouble(opVoicemail, o, keyRecording, keyTranscriptions); e != nil {
		return nil, e
	} else if len(o.keys) == 0 {
		n.add("the reply is an empty object")
	} else if unread(o, keyRecording, keyTranscriptions) || !o.has(keyRecording) && !o.has(keyTranscriptions) && !o.has("status") {
		return nil, unexpected(opVoicemail, o)
	}
	r.Notes = n.all()
	return r, nil
}

// filesIn reads the recordings under a key: objects, or bare links. One link
// told twice, under two spellings of the key, is one file.
func filesIn(o object, key string) []File {
	var files []File
	seen := map[File]bool{}
	for i, v := range o.list(key) {
		at := key + "[" + strconv.Itoa(i) + "]"
		var f File
		switch v := v.(type) {
		case map[string]any:
			item := object{at: at, keys: v, n: o.n}
			f = File{Name: item.word("fileName", "name"), URL: strings.TrimSpace(item.word("fileUrl", "url"))}
			if f.URL == "" {
				o.n.add("%s: has no link", at)
			}
		case string:
			if !strings.HasPrefix(v, "https://") && !strings.HasPrefix(v, "http://") {
				o.n.add("%s: want an object, got a string", at)
				continue
			}
			o.n.add("%s: a bare link", at)
			f = File{URL: strings.TrimSpace(v)}
		default:
			o.n.add("%s: want an object, got %s", at, typeOf(v))
		}
		if f != (File{}) && !seen[f] {
			seen[f] = true
			files = append(files, f)
		}
	}
	return files
}

// mistyped is the error for a reply without a link whose status is a number that
// is no HTTP status: something has exchanged the types of its values, and what
// it says is not what it meant.
func mistyped(op string, o object, files []File) *Error {
	if slices.ContainsFunc(files, func(f File) bool { return f.URL != "" }) {
		return nil
	}
	for _, v := range o.values("status") {
		n, ok := v.(json.Number)
		if status, err := strconv.Atoi(n.String()); ok && (err != nil || status < 100 || status > 599) {
			return &Error{Op: op, Kind: KindMalformed, Msg: "the status is a number"}
		}
	}
	return nil
}

func transcriptionIn(o object) Transcription {
	author := o.child("author")
	t := Transcription{
		ID:         o.text("_id"),
		BotID:      o.text("botId"),
		SessionID:  o.text("sessionId"),
		Type:       o.text("type"),
		Status:     o.text("status"),
		Channel:    o.text("chnl", "channel"),
		Lang:       o.text("lang"),
		Author:     Author{ID: author.text("id"), Type: author.text("type")},
		CreatedOn:  o.time("createdOn", "timestampValue"),
		ModifiedOn: o.time("lmodifiedOn"), // also __lModifiedOn__, which folds to it
	}
	for _, item := range o.objects("components") {
		t.Components = append(t.Components, componentIn(item))
	}
	return t
}

func componentIn(o object) Component {
	c := Component{ID: o.text("_id"), Type: o.text("cT")}
	for _, v := range o.values("data") {
		switch v := v.(type) {
		case map[string]any:
			c.Text = object{at: o.place("data"), keys: v, n: o.n}.text("text")
		case string:
			o.n.add("%s: a bare text", o.place("data"))
			c.Text = strings.ReplaceAll(v, "\x00", "")
		default:
			o.wrong("data", "an object", v)
		}
	}
	if c.Text == "" {
		c.Text = o.text("text")
	}
	return c
}
