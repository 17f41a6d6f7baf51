package kore

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says what sort of trouble an Error is, so that callers decide by it and
// never by a status code or a text.
type Kind string

// The kinds of an Error.
const (
	// KindNone is the kind of no error, and of errors that are not this
	// package's, such as the caller's own context ending.
	KindNone Kind = ""
	// KindLimited is an answer that says the request limit is reached,
	// whatever its status. RetryAfter and Hourly tell more.
	KindLimited Kind = "limited"
	// KindToken is a refused token: wrong, unknown, expired, replayed. It is
	// trouble of the account, not of the session asked for.
	KindToken Kind = "token"
	// KindScope is a token that is known but may not do this. It is trouble
	// of the account.
	KindScope Kind = "scope"
	// KindNotFound is something the upstream does not know.
	KindNotFound Kind = "not_found"
	// KindGone is something the upstream has deleted, or a link that is over.
	KindGone Kind = "gone"
	// KindServer is a passing fault of the server, or an error said without
	// a status or code that would explain it.
	KindServer Kind = "server"
	// KindNetwork is no answer, or half of one: time-out, reset, refused.
	KindNetwork Kind = "network"
	// KindMalformed is an answer that is not the API's: not JSON, a page, or
	// none of the expected keys.
	KindMalformed Kind = "malformed"
	// KindTooLarge is an answer over the size cap.
	KindTooLarge Kind = "too_large"
	// KindBadRequest is a request that was wrong, as the upstream or, before
	// anything is sent, this package says.
	KindBadRequest Kind = "bad_request"
	// KindHost is a link to a host or address that is not allowed.
	KindHost Kind = "host_not_allowed"
)

// The errors that an Error may wrap; compare with errors.Is.
var (
	// ErrHostNotAllowed is a link, a redirect or a dialled address outside
	// the allow-list.
	ErrHostNotAllowed = errors.New("host not allowed")
	// ErrLinkExpired is a signed link that the media host takes no more: a
	// fresh one may work.
	ErrLinkExpired = errors.New("link expired")
	// ErrNotMedia is a page or a JSON document where audio was expected.
	ErrNotMedia = errors.New("not media")
	// ErrEncrypted is a reply that looks encrypted: payload encryption is
	// switched on for the app, which this client does not read.
	ErrEncrypted = errors.New("payload encrypted")
	// ErrReplay is a token that the upstream took for one it had seen.
	ErrReplay = errors.New("token taken for a replay")
	// ErrUnrouted is status 404 or 405 without the API's envelope: what a web
	// framework answers where no such route is. It says nothing of what was
	// asked for.
	ErrUnrouted = errors.New("path not routed")
)

// Error is what went wrong with one call. Its text is safe to log and to show:
// it holds no secret, token, number, transcript or signed link.
type Error struct {
	Op         string // what was asked: "voicemail", "call details", "media"
	Kind       Kind
	Status     int           // HTTP status; 0 without an answer
	Code       string        // the code of the error envelope; "" without one
	Msg        string        // short, redacted
	RetryAfter time.Duration // as the answer said; 0 where it said nothing
	Hourly     bool          // a limited answer that spoke of an hour
	// Excerpt is the beginning of a reply that could not be read, "" for
	// other errors: at most 400 bytes, without links, tokens, numbers of
	// people and long texts. It is for the one who looks into it, and no
	// part of Error: keep it, show it to those who may, don't log it.
	Excerpt string
	cause   error
}

// Error says the operation, the kind, status and code, and the message.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("kore " + e.Op + ": " + string(e.Kind))
	switch {
	case e.Status != 0 && e.Code != "":
		fmt.Fprintf(&b, " (status %d, code %s)", e.Status, e.Code)
	case e.Status != 0:
		fmt.Fprintf(&b, " (status %d)", e.Status)
	case e.Code != "":
		fmt.Fprintf(&b, " (code %s)", e.Code)
	}
	if e.Msg != "" {
		b.WriteString(": " + e.Msg)
	}
	return b.String()
}

// Unwrap gives the sentinel or the network's error beneath, for errors.Is. Its
// text is not redacted: log the Error, not what it wraps.
func (e *Error) Unwrap() error { return e.cause }

// KindOf is the kind of the Error within err, KindNone where there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return KindNone
}
