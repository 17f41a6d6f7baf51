package kore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
)

const opInline = "recordings v1"

// RecordingsV1Query asks for call recordings by v1: those of a session, or all
// of a user's. One of SessionID and UserID is given.
type RecordingsV1Query struct {
	BotID     string
	SessionID string
	UserID    string
}

// InlineAudio is one recording out of a v1 reply.
type InlineAudio struct {
	N    int    // its place among the reply's recordings, from 0
	Type string // the media type with its parameters, as the data URI says; "" without one
	// Body is the decoded audio. It is read while the reply still comes, and
	// ends with an *Error where the reply breaks off, is no base64, or is
	// over Config.MaxMedia. It is over when the call that it was given to is.
	Body io.Reader
}

// check says what can't be asked.
func (q RecordingsV1Query) check() error {
	if err := checkID("bot id", q.BotID); err != nil {
		return err
	}
	switch {
	case (q.SessionID == "") == (q.UserID == ""):
		return errors.New("want either a session id or a user id")
	case q.SessionID != "":
		return checkID("session id", q.SessionID)
	}
	return checkID("user id", q.UserID)
}

// RecordingsV1 asks for call recordings by v1, which sends them within the
// reply, and calls each for one after the other while the reply comes: no more
// than some hundred kilobytes of it are in memory. It returns how many there
// were; 0 without an error is a session without recordings.
//
// After an error whatever each has taken must be thrown away: the reply was not
// whole. An error of each ends the call and is wrapped as it is; others are
// *Error, or wrap those of the Budget and of ctx.
func (c *Client) RecordingsV1(ctx context.Context, class Class, q RecordingsV1Query, each func(InlineAudio) error) (n int, err error) {
	if err := q.check(); err != nil {
		return 0, &Error{Op: opInline, Kind: KindBadRequest, Msg: err.Error()}
	}
	ask := call{op: opInline, class: class, method: http.MethodGet, query: url.Values{"sessionId": {q.SessionID}}}
	if q.UserID != "" {
		ask.query = url.Values{"userId": {q.UserID}}
	}
	ask.stream = func(body io.Reader) (bool, error) {
		n, err = c.readInline(ctx, body, each)
		return n > 0, err
	}
	// The documents name one path and show the other.
	paths := []string{"/api/public/bot/", "/api/1.1/public/bot/"}
	if c.older.Load() {
		slices.Reverse(paths)
	}
	for i, path := range paths {
		ask.path = path + url.PathEscape(q.BotID) + "/recordings"
		if _, err = c.do(ctx, ask); err == nil || !errors.Is(err, ErrUnrouted) {
			if i > 0 {
				c.older.Store(path == "/api/1.1/public/bot/")
			}
			break
		}
	}
	return n, err
}

// readInline streams one v1 reply.
func (c *Client) readInline(ctx context.Context, body io.Reader, each func(InlineAudio) error) (int, error) {
	// Base64 takes a third more than what is in it; line breaks some more.
	most := c.cfg.MaxMedia + c.cfg.MaxMedia/2 + c.cfg.MaxReply
	s := newInlineScanner(body, c.cfg.MaxMedia, most, each)
	s.broken = func(err error) error { return cutShort(ctx, opInline, s.rest.Bytes(), s.got.n, err) }
	err := s.run()
	if e, ok := errors.AsType[*Error](err); ok && (e.Kind == KindMalformed || e.Kind == KindTooLarge) {
		e.Excerpt = bodyExcerpt(s.rest.Bytes())
	}
	return s.n, err
}

// judge says what a reply is that has been read to its end: all of it but its
// audio is in the rest.
func (s *inlineScanner) judge() error {
	n := &notes{}
	if s.n > 0 {
		if _, err := decode(s.rest.Bytes()); err != nil {
			return &Error{Op: opInline, Kind: KindMalformed, Msg: fmt.Sprintf("not JSON around %d recordings", s.n)}
		}
		return nil
	}
	o, e := readObject(opInline, s.rest.Bytes(), n)
	if e == nil {
		e = noRecordings(opInline, o)
	}
	if e == nil {
		e = statusWithout(o)
	}
	if e != nil {
		return e
	}
	return nil
}

// statusWithout is the error for a status, in the manner of v2, that says why
// there is no recording: v1 is not documented to send one.
func statusWithout(o object) *Error {
	switch status := fold(o.text("status")); status {
	case "", "success", "ok", "200", "true":
		return nil
	case "failed", "mediaunavailable", "mediaunavailableshortduration", "recordingdisabled", "mediagenerationfailed":
		return &Error{Op: opInline, Kind: KindNotFound, Msg: "no recording: " + excerpt(o.text("status"))}
	}
	return &Error{Op: opInline, Kind: KindServer, Msg: "no recording yet: " + excerpt(o.text("status"))}
}
