package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// begin makes the visit: its number, its route, its time.
func (s *Server) begin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		v := &visit{Context: c, id: newRequestID(), now: s.Now(), nonce: newNonce()}
		v.route = s.byPattern[c.Request().Method+" "+c.Path()]
		c.Request().URL.RawQuery = legible(c.Request().URL.RawQuery)
		c.Set(visitKey, v)
		c.Response().Header().Set("X-Request-Id", v.id)
		return next(c)
	}
}

// legible encodes what stands bare in the query of an address: a semicolon and a
// percent sign that encodes nothing. Parsing would drop such a parameter without
// a word, and a search for "a;b" would find everything.
func legible(query string) string {
	if !strings.ContainsAny(query, ";%") {
		return query
	}
	var b strings.Builder
	for i, c := range []byte(query) {
		switch {
		case c == ';':
			b.WriteString("%3B")
		case c == '%' && !encodes(query[i+1:]):
			b.WriteString("%25")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// encodes reports whether what follows a percent sign makes it a byte.
func encodes(rest string) bool {
	if len(rest) < 2 {
		return false
	}
	_, err := strconv.ParseUint(rest[:2], 16, 8)
	return err == nil
}

// noRoute stands for addresses that are not in the list.
const noRoute = "(none)"

// log writes one line for each request: the pattern of its route, never its
// path or query, for these hold what people search for.
func (s *Server) log(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		v := visitOf(c)
		if err := next(c); err != nil {
			s.answerError(err, c)
		}
		s.meter.answered(v, c.Response().Status, s.Now().Sub(v.now))
		level, pattern := slog.LevelInfo, noRoute
		if v.route != nil {
			pattern = v.route.path
			if v.route.form == formProbe {
				level = slog.LevelDebug
			}
		}
		s.Log.LogAttrs(c.Request().Context(), level, "request",
			slog.String("method", c.Request().Method), slog.String("route", pattern),
			slog.Int("status", c.Response().Status), slog.Duration("took", s.Now().Sub(v.now)),
			slog.Int64("bytes", c.Response().Size), slog.String("request_id", v.id))
		return nil
	}
}

// policy lets a page load its own style, script, icon and audio, and nothing
// else from anywhere. nonce is for the style of the waveform, which its library
// makes with a script.
func policy(nonce string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce + "'; img-src 'self'; media-src 'self'; " +
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

func (s *Server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy(visitOf(c).nonce))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		// Answers hold what people said: they are nobody's to keep. Static
		// files and recordings say otherwise for themselves.
		h.Set("Cache-Control", "no-store")
		if s.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		return next(c)
	}
}

// packed compresses pages and answers of the API. Nothing in them is a secret
// that guesses put beside it could bring out by their length: there are no
// tokens in our forms (sameOrigin).
func packed() echo.MiddlewareFunc {
	return middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1024, Skipper: func(c echo.Context) bool {
		r := visitOf(c).route
		return r == nil || r.form != formPage && r.form != formAPI || isPush(r)
	}})
}

func (s *Server) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			r := recover()
			if r == nil {
				return
			}
			if cause, ok := r.(error); ok && errors.Is(cause, http.ErrAbortHandler) {
				panic(r)
			}
			// A panic's own words may hold a transcript; the runtime's don't.
			what := fmt.Sprintf("%T", r)
			if cause, ok := r.(runtime.Error); ok {
				what = cause.Error()
			}
			s.Log.Error("panic", "what", what, "stack", string(debug.Stack()), "request_id", visitOf(c).id)
			err = internal(errors.New("panic"))
		}()
		return next(c)
	}
}

// sameOrigin refuses forms that another site sends with our visitor's cookie.
// A bearer token is never sent by a browser on its own.
func (s *Server) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if bearer(c.Request()) == "" {
			if err := s.origins.Check(c.Request()); err != nil {
				return crossOrigin(err)
			}
		}
		return next(c)
	}
}

// maxBody is more than any form of ours, maxList more than any list that is
// taken (see maxFile), and maxPush more than a push with a long conversation.
const (
	maxBody = 64 << 10
	maxList = 1<<20 + maxBody
	maxPush = 1 << 20
)

func bodyLimit(r *route) int64 {
	switch {
	case takesLists(r):
		return maxList
	case isPush(r):
		return maxPush
	case takesSynonyms(r):
		return maxSynonymsBody
	}
	return maxBody
}

// limit bounds what a request may send and how long it may take.
func (s *Server) limit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		at := visitOf(c).route
		r.Body = http.MaxBytesReader(c.Response(), r.Body, bodyLimit(at))
		if !isPlay(at) && !isStream(at) {
			ctx, cancel := context.WithTimeout(r.Context(), patience(at))
			defer cancel()
			r = r.WithContext(ctx)
		}
		c.SetRequest(r)
		if r.Method == http.MethodPost && !isPush(at) {
			// Here, because FormValue would take a broken form for an empty one.
			if err := parseForm(r, at); err != nil {
				return unreadable(err)
			}
		}
		return next(c)
	}
}

func patience(r *route) time.Duration {
	if takesLists(r) {
		return listPatience
	}
	return answerPatience
}

func takesLists(r *route) bool {
	return r != nil && r.method == http.MethodPost && r.path == addSessionsPath
}

func takesSynonyms(r *route) bool {
	return r != nil && r.method != http.MethodGet && (r.path == synonymsPath || r.path == apiSynonymsPath)
}

// parseForm reads a form, with files where the route takes some: these stay in
// memory, for there is no more of them than the body may be long.
func parseForm(r *http.Request, at *route) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	if err := r.ParseMultipartForm(bodyLimit(at)); !errors.Is(err, http.ErrNotMultipart) {
		return err
	}
	return nil
}

// isPush: a push is read as it comes, whatever it says that it is.
func isPush(r *route) bool { return r != nil && r.right == rightPush }

func isStream(r *route) bool { return r != nil && r.form == formStream }

func isPlay(r *route) bool { return r != nil && r.right == rightPlay && r.form == formFile }

// answerError is the one place that decides what people see of an error.
func (s *Server) answerError(err error, c echo.Context) {
	v := visitOf(c)
	if e, ok := errors.AsType[*elsewhere](err); ok && !c.Response().Committed {
		_ = v.goElsewhere(e.path) // writes a header and nothing that could fail
		return
	}
	f := classify(err, func() error { return s.ready(c.Request().Context()) })
	level := slog.LevelError
	if errors.Is(c.Request().Context().Err(), context.Canceled) {
		level = slog.LevelDebug // whoever asked is gone: nobody's trouble
	}
	if f.status >= http.StatusInternalServerError {
		s.Log.Log(c.Request().Context(), level, "request failed", "request_id", v.id, "status", f.status, "err", f.Error())
	}
	if c.Response().Committed {
		return
	}
	v.retryAfter(f.retry)
	if f.status == http.StatusUnauthorized {
		c.Response().Header().Set("WWW-Authenticate", `Bearer realm="afterbeep"`)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	for _, name := range []string{"Content-Disposition", "Content-Length", "ETag", "Last-Modified", "Accept-Ranges"} {
		c.Response().Header().Del(name)
	}
	if v.wantsJSON() {
		err = v.json(f.status, ErrorAnswer{ErrorWords{Code: f.code, Message: f.words}})
	} else {
		err = s.answerPage(v, f)
	}
	if err != nil {
		s.Log.Log(c.Request().Context(), level, "answer error", "request_id", v.id, "err", err)
	}
}

// retryAfter says when to come back; nothing where waiting doesn't help.
func (v *visit) retryAfter(d time.Duration) {
	if d > 0 {
		v.Response().Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(d.Seconds()))))
	}
}

// bearer returns the token of the Authorization header, "" where there is none.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// inWords says a wait so that people can keep to it.
func inWords(d time.Duration) string {
	if d <= time.Minute {
		return plural(int(math.Ceil(d.Seconds())), "second")
	}
	return plural(int(math.Ceil(d.Minutes())), "minute")
}
