package koresim

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultKind is a way to misbehave.
type FaultKind string

// The faults. The token of a request is checked, and its jti used up, before
// any of them strikes, but for FaultReplay which blames the token.
const (
	FaultStatus        FaultKind = "status"         // Fault.Status with an error envelope; default 503
	FaultReset         FaultKind = "reset"          // the connection is reset before a byte was sent
	FaultTruncated     FaultKind = "truncated"      // half of the true reply, then the connection ends
	FaultHTML          FaultKind = "html"           // 200 with a web page
	FaultLimit429      FaultKind = "limit-429"      // 429, Fault.RetryAfter where set
	FaultLimitText     FaultKind = "limit-text"     // 200 whose text tells of the minute's limit
	FaultLimitHourly   FaultKind = "limit-hourly"   // 200 whose text tells of the hourly limit
	FaultReplay        FaultKind = "replay"         // 401 "possibly a replay"
	FaultSlowDrip      FaultKind = "slow-drip"      // the true reply in 16 pieces, Fault.Delay before each
	FaultEmpty         FaultKind = "empty"          // 200 without a body
	FaultNotFound      FaultKind = "not-found"      // 404 with an error envelope
	FaultInvalidUTF8   FaultKind = "invalid-utf8"   // the true reply with bytes that are no UTF-8 in its strings
	FaultWrongTypes    FaultKind = "wrong-types"    // 200, the known keys with values of other types
	FaultHugeNumbers   FaultKind = "huge-numbers"   // 200, numbers that fit nowhere
	FaultUnknownStatus FaultKind = "unknown-status" // 200 with a status never heard of
	FaultHuge          FaultKind = "huge"           // 200 with Fault.Size bytes of JSON; default 100 MB
	FaultBody          FaultKind = "body"           // Fault.Status (default 200) with Fault.Body
)

// Fault says what shall go wrong, where, and how often.
type Fault struct {
	Kind FaultKind
	// On is the kind of request that it strikes; "" is any.
	On Kind
	// SessionID is the session whose requests it strikes; "" is any.
	SessionID string
	// After lets so many matching requests pass first.
	After int
	// Times is how many requests it strikes; 0 is until it is removed.
	Times int
	// Probability of striking a matching request, by the seed; 0 is always.
	Probability float64

	Status     int
	RetryAfter time.Duration
	Delay      time.Duration
	Size       int64
	Body       []byte
}

// armedFault is a fault with its counters. Sim.mu guards it.
type armedFault struct {
	Fault
	dice    dice
	passed  int
	strikes int
}

// Inject arms a fault and returns a function that removes it, and may be
// called more than once. Of several faults that match, the one armed first strikes.
func (s *Sim) Inject(f Fault) (remove func()) {
	a := &armedFault{Fault: f}
	s.mu.Lock()
	defer s.mu.Unlock()
	a.dice = newDice(s.cfg.Seed, "fault "+string(f.Kind), uint64(len(s.faults)))
	s.faults = append(s.faults, a)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults = slices.DeleteFunc(s.faults, func(b *armedFault) bool { return b == a })
	}
}

// strike returns the fault that this request meets, nil for none.
func (s *Sim) strike(k Kind, sessionID, request string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, a := range s.faults {
		if a.On != "" && a.On != k || a.SessionID != "" && a.SessionID != sessionID {
			continue
		}
		if a.passed < a.After {
			a.passed++
			continue
		}
		if a.Probability > 0 && !a.dice.chance(a.Probability) {
			continue
		}
		a.strikes++
		s.stats.Faults++
		s.stats.FaultsBy[a.Kind]++
		f := a.Fault
		if a.Times > 0 && a.strikes >= a.Times {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		return &f
	}
	return nil
}

// limitedWordings are the documented texts of a limited call that name no hour.
var limitedWordings = []string{
	"You've exceeded the per-minute rate limit. Please wait for sometime before retrying.",
	"Rate limit for this API has been reached. Please try again after some time.",
	"Rate limit for this API has been reached. Please try again later",
}

const hourlyWording = "You've exceeded the hourly rate limit. Please wait for sometime before retrying."

// instead returns what a fault answers in place of the true reply; false for
// faults that damage the true one.
func (f *Fault) instead() (reply, bool) {
	switch f.Kind {
	case FaultStatus:
		status := cmp.Or(f.Status, 503)
		return envelope(status, status, http.StatusText(status)), true
	case FaultHTML:
		return reply{status: 200, kind: "text/html; charset=utf-8",
			body: []byte("<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>")}, true
	case FaultLimit429:
		r := envelope(429, 429, limitedWordings[0])
		r.retryAfter = f.RetryAfter
		return r, true
	case FaultLimitText:
		return envelope(200, 4290, limitedWordings[1]), true
	case FaultLimitHourly:
		return envelope(200, 4290, hourlyWording), true
	case FaultReplay:
		return envelope(401, 401, msgReplay), true
	case FaultEmpty:
		return reply{status: 200}, true
	case FaultNotFound:
		return envelope(404, 404, "Not Found"), true
	case FaultWrongTypes:
		return reply{status: 200, body: []byte(`{"status":7,"voicemail recording":{"fileUrl":["x"]},"transcriptions":"none","numResults":"many","data":{"sessionId":12}}`)}, true
	case FaultHugeNumbers:
		return reply{status: 200, body: []byte(`{"status":"success","voicemail recording":[],"transcriptions":[{"_id":"ms-1","timestampValue":1e999,"__v":` +
			strings.Repeat("9", 400) + `,"components":[]}],"numResults":1e400,"data":[]}`)}, true
	case FaultUnknownStatus:
		return reply{status: 200, body: []byte(`{"status":"media_being_contemplated","voicemail recording":[]}`)}, true
	case FaultBody:
		return reply{status: cmp.Or(f.Status, 200), body: f.Body}, true
	}
	return reply{}, false
}

// deliver sends the reply, damaged as the fault says.
func (f *Fault) deliver(w http.ResponseWriter, r *http.Request, out reply) {
	switch f.Kind {
	case FaultReset:
		reset(w)
	case FaultTruncated:
		size := out.source().Size()
		w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
		out.head(w)
		_, _ = io.Copy(w, io.LimitReader(out.reader(), size/2))
		// Flushed first, so that the half that was promised does arrive.
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case FaultSlowDrip:
		f.drip(w, r, out)
	case FaultInvalidUTF8:
		out.body = bytes.ReplaceAll(out.whole(), []byte(" "), []byte("\xff\xfe "))
		out.src = nil
		out.send(w)
	case FaultHuge:
		f.flood(w)
	default:
		out.send(w)
	}
}

// reset ends the connection so that the other side reads a reset, not an end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// pieces of a drip.
const drops = 16

func (f *Fault) drip(w http.ResponseWriter, r *http.Request, out reply) {
	size := out.source().Size()
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	out.head(w)
	rc, body := http.NewResponseController(w), out.reader()
	for left := size; left > 0; left -= size/drops + 1 {
		select {
		case <-r.Context().Done():
			return
		case <-time.After(cmp.Or(f.Delay, 100*time.Millisecond)):
		}
		if _, err := io.CopyN(w, body, min(left, size/drops+1)); err != nil {
			return
		}
		_ = rc.Flush()
	}
}

// flood sends a JSON document that is as long as asked and means nothing.
func (f *Fault) flood(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	left := cmp.Or(f.Size, 100<<20)
	_, err := fmt.Fprint(w, `{"status":"success","voicemail recording":[],"padding":"`)
	chunk := bytes.Repeat([]byte("afterbeep "), 6554)
	for left > 0 && err == nil {
		n := min(left, int64(len(chunk)))
		_, err = w.Write(chunk[:n])
		left -= n
	}
	if err == nil {
		_, err = fmt.Fprint(w, `"}`)
	}
	if err != nil && !errors.Is(err, net.ErrClosed) {
		panic(http.ErrAbortHandler)
	}
}
