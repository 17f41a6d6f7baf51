package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"afterbeep/index"
	"afterbeep/store"
)

// fault is an error that knows what people are told: Words are a plain sentence
// for them, the wrapped error is for the log alone.
type fault struct {
	status int
	code   string // of the JSON envelope
	title  string // of the page
	words  string
	retry  time.Duration // 0: waiting doesn't help
	away   bool          // the store is, so waiting for it helps
	err    error
}

func (f *fault) Error() string {
	if f.err != nil {
		return f.code + ": " + f.err.Error()
	}
	return f.code
}

func (f *fault) Unwrap() error { return f.err }

// The codes of the JSON error envelope.
const (
	codeBadRequest   = "bad_request"
	codeUnauthorized = "unauthorized"
	codeForbidden    = "forbidden"
	codeNotFound     = "not_found"
	codeMethod       = "method_not_allowed"
	codeTooLarge     = "too_large"
	codeTooMany      = "too_many_requests"
	codeConflict     = "conflict"
	codeInternal     = "internal"
	codeUnavailable  = "unavailable"
)

// ErrorAnswer is how the API says that something was not done.
type ErrorAnswer struct {
	Error ErrorWords `json:"error"`
}

// ErrorWords is what went wrong.
type ErrorWords struct {
	Code    string `json:"code"`    // for programs
	Message string `json:"message"` // for people: a plain sentence
}

func badRequest(words string) *fault {
	return &fault{status: http.StatusBadRequest, code: codeBadRequest, title: "That can’t be read", words: words}
}

func unreadable(err error) *fault {
	f := badRequest("This form can’t be read.")
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		f = &fault{status: http.StatusRequestEntityTooLarge, code: codeTooLarge, title: "Too large", words: "That is more than Afterbeep takes at once."}
	}
	f.err = err
	return f
}

// conflict is for what goes against what is there.
func conflict(words string) *fault {
	return &fault{status: http.StatusConflict, code: codeConflict, title: "That goes against what is there", words: words}
}

func unauthorized() *fault {
	return &fault{status: http.StatusUnauthorized, code: codeUnauthorized, title: "Sign in first",
		words: "Sign in, or send a valid token as Authorization: Bearer TOKEN."}
}

func forbidden() *fault {
	return &fault{status: http.StatusForbidden, code: codeForbidden, title: "Not yours to see",
		words: "Your role does not include this. An administrator can change that."}
}

func crossOrigin(err error) *fault {
	return &fault{status: http.StatusForbidden, code: codeForbidden, title: "Sent from another site",
		words: "This form was sent from another site, so it was not carried out. If Afterbeep is behind a proxy, its public URL must be set.", err: err}
}

// notFound speaks of voicemails that don't exist and of those that somebody
// may not see in the same words.
func notFound() *fault {
	return &fault{status: http.StatusNotFound, code: codeNotFound, title: "Nothing here",
		words: "There is no such page or voicemail, or it belongs to a bot that you have no right to see."}
}

func busy(err error) *fault {
	return &fault{status: http.StatusServiceUnavailable, code: codeUnavailable, title: "Busy",
		words: "Too much is going on at once. Try again in a moment.", retry: 5 * time.Second, err: err}
}

func storeAway(err error) *fault {
	return &fault{status: http.StatusServiceUnavailable, code: codeUnavailable, title: "The database can’t be reached",
		words: "Afterbeep is running, but its database does not answer. Nothing is lost; this page works again as soon as the database does.",
		retry: 5 * time.Second, away: true, err: err}
}

func internal(err error) *fault {
	return &fault{status: http.StatusInternalServerError, code: codeInternal, title: "Something went wrong",
		words: "Afterbeep could not answer this. The reason is in its log, under the number below.", err: err}
}

func tooMany(wait time.Duration) *fault {
	return &fault{status: http.StatusTooManyRequests, code: codeTooMany, title: "Too many tries",
		words: fmt.Sprintf("That was tried too often. Try again in %s.", inWords(wait)), retry: wait}
}

// Unavailable is what a Player answers when a recording can't be played: with
// which status, and in which words for people. The cause is for the log, so its
// text must be safe there.
type Unavailable struct {
	Status     int           // 404, 409, 502 or 503
	Words      string        // one plain sentence
	RetryAfter time.Duration // 0 where waiting doesn't help
	Err        error
}

// Error returns the cause, or the words where there is none.
func (u *Unavailable) Error() string {
	if u.Err != nil {
		return "recording unavailable: " + u.Err.Error()
	}
	return "recording unavailable: " + u.Words
}

// Unwrap returns the cause, nil where there is none.
func (u *Unavailable) Unwrap() error { return u.Err }

func (u *Unavailable) fault() *fault {
	f := &fault{status: u.Status, code: codeUnavailable, title: "This recording can’t be played", words: u.Words, retry: u.RetryAfter, err: u}
	switch u.Status {
	case http.StatusNotFound:
		f.code = codeNotFound
	case http.StatusConflict:
		f.code = codeConflict
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	default:
		f.status = http.StatusBadGateway
	}
	return f
}

// classify decides, once for all routes, what people are told of an error.
// ready asks whether the store answers: what nobody foresaw while it doesn't is
// the store's doing.
func classify(err error, ready func() error) *fault {
	var f *fault
	var u *Unavailable
	var h *echo.HTTPError
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &u):
		return u.fault()
	case errors.As(err, &h):
		return ofEcho(h)
	case errors.Is(err, store.ErrNotFound):
		return notFound()
	case errors.Is(err, index.ErrCursor):
		return badRequest("This link to a further page of results belongs to another search. Search again.")
	case errors.Is(err, context.Canceled), errors.Is(err, index.ErrClosed):
		return busy(err)
	}
	if awayErr := ready(); awayErr != nil {
		return storeAway(errors.Join(err, awayErr))
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return busy(err)
	}
	return internal(err)
}

func ofEcho(h *echo.HTTPError) *fault {
	switch h.Code {
	case http.StatusNotFound:
		return notFound()
	case http.StatusMethodNotAllowed:
		return &fault{status: h.Code, code: codeMethod, title: "Not like this", words: "This address does not take that method.", err: h}
	}
	if h.Code >= 400 && h.Code < 500 {
		return &fault{status: h.Code, code: codeBadRequest, title: "That can’t be read", words: "This request can’t be read.", err: h}
	}
	return internal(h)
}
