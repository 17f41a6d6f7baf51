package kore

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
)

const opRecordings = "recordings"

// RecordingsReply is the answer of call recordings v2 for one session.
type RecordingsReply struct {
	// Status is the vendor's word as it came: "success", "media_in_progress"
	// and others, of which new ones may appear at any time.
	Status string
	Files  []File
	Notes  []string // what was odd about the reply; safe to log
}

// String tells how much is in the reply, and nothing of what is in it.
func (r RecordingsReply) String() string {
	return fmt.Sprintf("recordings reply: status %q, %d files", excerpt(r.Status), len(r.Files))
}

// LogValue is String, for slog.
func (r RecordingsReply) LogValue() slog.Value { return slog.StringValue(r.String()) }

// Recordings asks for the call recordings of a session, by v2. A session may
// have none, or none yet: Status tells. Errors are *Error, or wrap those of the
// Budget and of ctx.
func (c *Client) Recordings(ctx context.Context, class Class, botID, sessionID string) (*RecordingsReply, error) {
	if err := checkIDs(opRecordings, botID, sessionID); err != nil {
		return nil, err
	}
	var reply *RecordingsReply
	_, err := c.do(ctx, call{
		op: opRecordings, class: class, method: http.MethodGet,
		path:  "/api/public/bot/" + url.PathEscape(botID) + "/v2/recordings",
		query: url.Values{"sessionId": {sessionID}},
		read: func(body []byte) (bool, *Error) {
			var e *Error
			if reply, e = parseRecordings(body); e != nil {
				return false, e
			}
			return len(reply.Files) > 0, nil
		},
	})
	if err != nil {
		return nil, err
	}
	return reply, nil
}

// ParseRecordings reads a reply of call recordings v2, as tolerantly as
// ParseVoicemail and with the same errors.
func ParseRecordings(body []byte) (*RecordingsReply, error) {
	r, e := parseRecordings(body)
	if e != nil {
		return nil, e
	}
	return r, nil
}

// callKeys are the spellings under which call recordings stand; the first is
// the documented one.
var callKeys = []string{"recording", "recordings", "call recording", "call recordings"}

func parseRecordings(body []byte) (*RecordingsReply, *Error) {
	n := &notes{}
	o, e := readObject(opRecordings, body, n)
	if e != nil {
		return nil, e
	}
	r := &RecordingsReply{Status: o.text("status")}
	for _, key := range callKeys {
		for _, f := range filesIn(o, key) {
			if !slices.Contains(r.Files, f) {
				r.Files = append(r.Files, f)
			}
		}
	}
	if e := mistyped(opRecordings, o, r.Files); e != nil {
		return nil, e
	}
	if len(r.Files) > 0 {
		if envelopeOf(o).signal {
			n.add("the reply tells of an error beside its content")
		}
	} else if e := noRecordings(opRecordings, o); e != nil {
		return nil, e
	}
	r.Notes = n.all()
	return r, nil
}

// noRecordings judges a reply without recordings: nil where it says that there
// are none.
func noRecordings(op string, o object) *Error {
	if e := trouble(op, o, callKeys...); e != nil {
		return e
	}
	if unread(o, callKeys...) || !slices.ContainsFunc(callKeys, o.has) && o.text("status") == "" {
		return unexpected(op, o)
	}
	return nil
}
