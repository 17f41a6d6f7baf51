package kore

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Client speaks for one account. It is safe for concurrent use.
type Client struct {
	cfg   Config // without the secret
	base  *url.URL
	mint  func() (string, error)
	api   *http.Transport
	media *http.Transport
	// older is set once the upstream has shown that it knows recordings v1
	// under the path with a version only.
	older *atomic.Bool
}

// New makes the client of an account. The error names everything that is wrong
// with the Config, and never the secret.
func New(cfg Config) (*Client, error) {
	cfg, base, err := cfg.checked()
	if err != nil {
		return nil, err
	}
	c := &Client{base: base, mint: minter(cfg), older: &atomic.Bool{}}
	cfg.ClientSecret = "" // only the minter has it
	c.cfg = cfg
	dial := cfg.Dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: 10 * time.Second}).DialContext
	}
	c.api = newTransport(cfg, dial)
	c.media = newTransport(cfg, c.dialMedia)
	c.media.ResponseHeaderTimeout = cfg.Timeout
	return c, nil
}

// newTransport speaks HTTP/1.1 only: HTTP/2 has more ways of sending a request
// a second time by itself.
func newTransport(cfg Config, dial func(context.Context, string, string) (net.Conn, error)) *http.Transport {
	t := &http.Transport{
		DialContext:            dial,
		Protocols:              new(http.Protocols),
		TLSHandshakeTimeout:    10 * time.Second,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
	t.Protocols.SetHTTP1(true)
	if cfg.TLS != nil {
		t.TLSClientConfig = cfg.TLS.Clone()
	}
	return t
}

// Close lets go of idle connections. Calls under way go on.
func (c *Client) Close() {
	c.api.CloseIdleConnections()
	c.media.CloseIdleConnections()
}

// String tells which account this is, without the secret.
func (c *Client) String() string { return c.cfg.String() }

// GoString is String.
func (c *Client) GoString() string { return c.cfg.String() }

// LogValue is String, for slog.
func (c *Client) LogValue() slog.Value { return c.cfg.LogValue() }

// Warnings are sentences about a Config that works but is a risk; none for most.
func (c *Client) Warnings() []string {
	if c.base.Scheme == "http" && !isLoopback(c.base.Hostname()) {
		return []string{fmt.Sprintf("the upstream at %s is spoken to without TLS: tokens and transcripts can be read on the way", safeBase(c.cfg.BaseURL))}
	}
	return nil
}

const (
	tokenLife     = 60 * time.Second
	tokenBackdate = 5 * time.Second // our clock may be ahead of theirs
)

// minter closes over the secret, so that no struct that can be printed holds it.
func minter(cfg Config) func() (string, error) {
	method := jwt.SigningMethodHS256
	if cfg.Alg == AlgHS512 {
		method = jwt.SigningMethodHS512
	}
	secret, appID, withID, now := []byte(cfg.ClientSecret), cfg.ClientID, cfg.JTI, cfg.Now
	return func() (string, error) {
		at := now()
		claims := jwt.MapClaims{
			"appId": appID, // spelled so: appid and App ID are refused
			"iat":   at.Add(-tokenBackdate).Unix(),
			"exp":   at.Add(tokenLife).Unix(),
		}
		if withID {
			claims["jti"] = rand.Text()
		}
		return jwt.NewWithClaims(method, claims).SignedString(secret)
	}
}

// call is one thing to ask of the API.
type call struct {
	op     string
	class  Class
	method string
	path   string // below the base URL, escaped
	query  url.Values
	header http.Header
	body   []byte // JSON, nil for none
	budget Budget // what the request draws on; nil is the account's
	// read takes a 2xx body and says whether it held what was asked for.
	read func(body []byte) (content bool, e *Error)
	// stream takes the place of read for a body that is not held in memory.
	// Its answer must begin within Config.Timeout and end within MediaTimeout.
	stream func(body io.Reader) (content bool, err error)
}

// answer is what came back, as far as others than read need it.
type answer struct {
	header  http.Header
	sent    time.Time
	got     time.Time
	content bool // what was asked for has begun to come
}

// took is how long the answer took by the clock on the wall, which goes on while
// a machine sleeps.
func (a *answer) took() time.Duration { return a.got.Round(0).Sub(a.sent.Round(0)) }

// do asks until there is an answer to give back: once, and once more for each
// of a connection that broke before the reply, a token taken for a replay, and
// one that ran out on its way. The answer is nil where there was none.
func (c *Client) do(ctx context.Context, q call) (*answer, error) {
	if q.budget == nil {
		q.budget = c.cfg.Budget
	}
	var broke, replayed, late bool
	for {
		if err := q.budget.Reserve(ctx, q.class); err != nil {
			return nil, fmt.Errorf("kore %s: reserve: %w", q.op, err)
		}
		ans, err := c.attempt(ctx, q)
		report(ctx, q.budget, ans, err)
		switch {
		case err == nil:
			return ans, nil
		case ans == nil && !broke && connectionBroke(err) && ctx.Err() == nil:
			broke = true
			c.api.CloseIdleConnections() // the others may be as dead
		case !replayed && errors.Is(err, ErrReplay):
			replayed = true
		case !late && KindOf(err) == KindToken && ans != nil && ans.took() >= tokenLife:
			late = true // this machine was asleep, say: it says nothing of the account
		default:
			return ans, err
		}
		c.cfg.Log.DebugContext(ctx, "asking the upstream again", "op", q.op, "account", c.cfg.AccountID, "err", err)
	}
}

// attempt sends one request with a token of its own and reads its answer.
func (c *Client) attempt(parent context.Context, q call) (*answer, error) {
	ctx, begun, cancel := c.deadlines(parent, q)
	defer cancel()
	req, err := c.request(ctx, q)
	if err != nil {
		return nil, err
	}
	ans := &answer{sent: c.cfg.Now()}
	resp, err := c.api.RoundTrip(req) // no redirects, cookies or referers
	begun()
	if err != nil {
		return nil, networkError(parent, q.op, err)
	}
	defer resp.Body.Close()
	ans.header, ans.got = resp.Header, c.cfg.Now()
	if err := c.readAnswer(parent, q, resp, ans); err != nil {
		return ans, err
	}
	return ans, nil
}

// deadlines is the context of one attempt: Timeout for all of it, or, where the
// body is streamed, until begun is called, and the time of a recording for all.
func (c *Client) deadlines(parent context.Context, q call) (ctx context.Context, begun, cancel func()) {
	if q.stream == nil {
		ctx, cancel := context.WithTimeout(parent, c.cfg.Timeout)
		return ctx, func() {}, cancel
	}
	whole, cancelWhole := context.WithTimeout(parent, max(c.cfg.Timeout, c.cfg.MediaTimeout))
	ctx, late := context.WithCancelCause(whole)
	timer := time.AfterFunc(c.cfg.Timeout, func() { late(context.DeadlineExceeded) })
	begun = func() { timer.Stop() }
	return ctx, begun, func() { begun(); late(nil); cancelWhole() }
}

// request makes a request that net/http will not send twice: one with a body
// that it can't rewind, even where there is nothing in it. By itself it would
// send a GET again when a reused connection dies, with the same token.
func (c *Client) request(ctx context.Context, q call) (*http.Request, error) {
	address := strings.TrimRight(c.base.String(), "/") + q.path
	if len(q.query) > 0 {
		address += "?" + q.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, q.method, address, onceBody{bytes.NewReader(q.body)})
	if err != nil {
		return nil, &Error{Op: q.op, Kind: KindBadRequest, Msg: "no address can be made of this", cause: err}
	}
	req.ContentLength = int64(len(q.body))
	req.GetBody = nil
	token, err := c.mint()
	if err != nil {
		return nil, &Error{Op: q.op, Kind: KindBadRequest, Msg: "no token can be signed", cause: err}
	}
	for name, values := range q.header {
		req.Header[name] = values
	}
	req.Header["auth"] = []string{token} // spelled as documented
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "afterbeep")
	if q.body != nil {
		req.Header.Set("Content-Type", "application/json;charset=UTF-8")
	}
	return req, nil
}

// onceBody hides what would let net/http rewind a body.
type onceBody struct{ io.Reader }

// Close does nothing.
func (onceBody) Close() error { return nil }

// connectionBroke says whether a connection ended before its reply began.
func connectionBroke(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ECONNABORTED) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, errClosedIdle)
}

var errClosedIdle = errors.New("server closed idle connection")

// networkError says in words what the network did. The caller's own context
// ending is passed on as such: it is nobody's fault.
func networkError(ctx context.Context, op string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("kore %s: %w", op, ctx.Err())
	}
	e := &Error{Op: op, Kind: KindNetwork, cause: err}
	var timeout interface{ Timeout() bool }
	var dns *net.DNSError
	switch {
	case strings.Contains(err.Error(), "server closed idle connection"): // net/http has no name for it
		e.Msg, e.cause = "the server had closed the connection", errClosedIdle
	// Nobody closes a connection of ours under a read but the end of its time.
	case errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, net.ErrClosed):
		e.Msg = "no answer in time"
	case errors.As(err, &dns):
		e.Msg = "the host's name is not known: " + excerpt(dns.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Msg = "connection refused"
	case errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE):
		e.Msg = "connection reset"
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		e.Msg = "the connection ended early"
	default:
		e.Msg = excerpt(err.Error())
	}
	return e
}
