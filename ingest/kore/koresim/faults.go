package koresim

import (
	"bytes"
	"cmp"
	"compress/gzip"
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

// The faults. The token of a request is checked, its jti used up and the limit
// drawn on before any of them strikes. Those that tell of "the true reply" are
// no lies: what they leave whole is true, so that a client which asks again, or
// reads on, loses nothing. The others say nothing of the session.
const (
	FaultStatus        FaultKind = "status"         // Fault.Status with an error envelope; default 503
	FaultReset         FaultKind = "reset"          // the connection is reset before a byte was sent
	FaultResetBody     FaultKind = "reset-body"     // the connection is reset after half of the true reply
	FaultTruncated     FaultKind = "truncated"      // half of the true reply, then the connection ends
	FaultHTML          FaultKind = "html"           // 200 with a web page
	FaultLimit429      FaultKind = "limit-429"      // 429, Fault.RetryAfter where set
	FaultLimitText     FaultKind = "limit-text"     // Fault.Status (default 200) whose text tells of the minute's limit
	FaultLimitHourly   FaultKind = "limit-hourly"   // Fault.Status (default 200) whose text tells of the hourly limit
	FaultReplay        FaultKind = "replay"         // 401 "possibly a replay"
	FaultSlowDrip      FaultKind = "slow-drip"      // the true reply in 16 pieces, Fault.Delay before each
	FaultEmpty         FaultKind = "empty"          // 200 without a body
	FaultNotFound      FaultKind = "not-found"      // 404 with an error envelope
	FaultInvalidUTF8   FaultKind = "invalid-utf8"   // the true reply with bytes that are no UTF-8 in its strings
	FaultWrongTypes    FaultKind = "wrong-types"    // 200, the known keys with values of other types
	FaultTwisted       FaultKind = "twisted"        // the true reply, every field of another type
	FaultWrongLeaves   FaultKind = "wrong-leaves"   // the true reply, every text a number and every number a text
	FaultHugeNumbers   FaultKind = "huge-numbers"   // the true reply, its numbers and two more too large for anything
	FaultDuplicateKeys FaultKind = "duplicate-keys" // the true reply, each key once before with nonsense
	FaultDeepNesting   FaultKind = "deep-nesting"   // 200, Fault.Size arrays in each other; default 200,000
	FaultUnknownStatus FaultKind = "unknown-status" // 200 with a status never heard of
	FaultHuge          FaultKind = "huge"           // the true reply after Fault.Size bytes of padding; default 100 MB
	FaultGzip          FaultKind = "gzip"           // 200 that says it is gzip, and is not
	FaultGzipBomb      FaultKind = "gzip-bomb"      // FaultHuge, compressed to little
	FaultRedirect      FaultKind = "redirect"       // 302 to Fault.Location
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
	// Probability of striking a matching request; 0 is always. The seed and
	// what is asked decide, and how often it has been asked before: not what
	// else was asked meanwhile.
	Probability float64

	Status     int
	RetryAfter time.Duration
	Delay      time.Duration
	Size       int64
	Body       []byte
	Location   string
}

// armedFault is a fault with its counters. Sim.mu guards it.
type armedFault struct {
	Fault
	salt    string
	passed  int
	strikes int
}

// Inject arms a fault and returns a function that removes it, and may be
// called more than once. Of several faults that match, the one armed first strikes.
func (s *Sim) Inject(f Fault) (remove func()) {
	a := &armedFault{Fault: f}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed++
	a.salt = fmt.Sprintf("fault %d %s %d", s.armed, f.Kind, f.Status)
	s.faults = append(s.faults, a)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults = slices.DeleteFunc(s.faults, func(b *armedFault) bool { return b == a })
	}
}

// strike returns the fault that this request meets, nil for none. request is
// what is asked, the same for each try.
func (s *Sim) strike(k Kind, sessionID, request string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) == 0 {
		return nil
	}
	asked := hashString(string(k) + " " + request)
	try := s.tries[asked]
	s.tries[asked]++
	for i, a := range s.faults {
		if a.On != "" && a.On != k || a.SessionID != "" && a.SessionID != sessionID {
			continue
		}
		if a.passed < a.After {
			a.passed++
			continue
		}
		if a.Probability > 0 {
			if d := newDice(s.cfg.Seed^asked, a.salt, uint64(try)); !d.chance(a.Probability) {
				continue
			}
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
		return envelope(cmp.Or(f.Status, 200), 4290, limitedWordings[1]), true
	case FaultLimitHourly:
		return envelope(cmp.Or(f.Status, 200), 4290, hourlyWording), true
	case FaultReplay:
		return envelope(401, 401, msgReplay), true
	case FaultEmpty:
		return reply{status: 200}, true
	case FaultNotFound:
		return envelope(404, 404, "Not Found"), true
	case FaultWrongTypes:
		return reply{status: 200, body: []byte(`{"status":7,"voicemail recording":{"fileUrl":["x"]},"recording":"none","transcriptions":"none",` +
			`"numResults":"many","data":{"sessionId":12},"sessions":"all","moreAvailable":[],"invalidSessions":{}}`)}, true
	case FaultDeepNesting:
		n := int(cmp.Or(f.Size, 200_000))
		return reply{status: 200, body: []byte(`{"status":"success","data":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}`)}, true
	case FaultUnknownStatus:
		return reply{status: 200, body: []byte(`{"status":"media_being_contemplated","voicemail recording":[],"recording":[]}`)}, true
	case FaultGzip:
		return reply{status: 200, header: http.Header{"Content-Encoding": {"gzip"}}, body: []byte("\x1f\x8b\x08\x00this was never compressed")}, true
	case FaultRedirect:
		return reply{status: 302, header: http.Header{"Location": {f.Location}}}, true
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
	case FaultResetBody:
		half(w, out)
		reset(w)
	case FaultTruncated:
		half(w, out)
		panic(http.ErrAbortHandler)
	case FaultSlowDrip:
		f.drip(w, r, out)
	case FaultHuge:
		f.flood(w, out, false)
	case FaultGzipBomb:
		f.flood(w, out, true)
	default:
		if damage := damages[f.Kind]; damage != nil {
			out.body, out.src = damage(out.whole()), nil
		}
		out.send(w)
	}
}

// half sends half of a reply whose length was promised.
func half(w http.ResponseWriter, out reply) {
	size := out.source().Size()
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	out.head(w)
	_, _ = io.Copy(w, io.LimitReader(out.reader(), size/2))
	// Flushed, so that the half does arrive.
	_ = http.NewResponseController(w).Flush()
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

// drops is how many pieces a drip has.
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

// flood sends the true reply after so much padding.
func (f *Fault) flood(w http.ResponseWriter, out reply, packed bool) {
	rest := out.source()
	padding := endless{unit: bytes.Repeat([]byte("afterbeep "), 6554), size: cmp.Or(f.Size, 100<<20)}
	first := make([]byte, 1)
	if n, _ := rest.ReadAt(first, 0); n == 1 && first[0] == '{' && rest.Size() > 2 {
		text := func(s string) source { return byteSource([]byte(s)) }
		out.src = pieces{text(`{"padding":"`), padding, text(`",`), io.NewSectionReader(rest, 1, rest.Size()-1)}
	} else { // what is no JSON object (a file) just comes later
		out.src = pieces{padding, rest}
	}
	var to io.Writer = w
	if packed {
		out.header = http.Header{"Content-Encoding": {"gzip"}}
		// BestSpeed is a level that exists.
		z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
		defer z.Close()
		to = z
	}
	out.head(w)
	if _, err := io.Copy(to, out.reader()); err != nil && !errors.Is(err, net.ErrClosed) {
		panic(http.ErrAbortHandler)
	}
}
