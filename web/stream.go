package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"afterbeep/store"
)

// What answers that go on for long keep to.
const (
	// rightsPause is how often it is asked whether whoever receives may still.
	rightsPause = 5 * time.Second
	// heartbeat is how long a stream of events is silent at most: proxies close
	// what is silent, and only a write tells that nobody is there any more.
	heartbeat = 15 * time.Second
	// streamPatience is how long an event may wait to be taken.
	streamPatience = 30 * time.Second
)

// errNoLonger breaks off what somebody may no longer receive.
var errNoLonger = fmt.Errorf("whoever asked may not any more: %w", http.ErrAbortHandler)

// stillMay reports whether the visitor is still signed in, and may still do and
// see what they might when they came: no more and no less, for what they see
// was decided then.
func (s *Server) stillMay(v *visit) bool {
	u, err := s.whoSends(v)
	if err != nil || u == nil || u.ID != v.user.ID || !may(u.Role, v.route.right) {
		return false
	}
	return sameScope(u.Scope(), v.scope())
}

func sameScope(a, b store.Scope) bool {
	if !slices.Equal(a.Queues(), b.Queues()) {
		return false
	}
	if a.EveryBot() || b.EveryBot() {
		return a.EveryBot() && b.EveryBot()
	}
	return slices.Equal(a.Bots(), b.Bots())
}

// eventStream is an answer of server-sent events.
type eventStream struct {
	v       *visit
	control *http.ResponseController
	last    time.Time // of the last write
}

// openStream begins an answer of events. retry is how long a browser waits
// before it comes again.
func openStream(v *visit, retry time.Duration) (*eventStream, error) {
	h := v.Response().Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	e := &eventStream{v: v, control: http.NewResponseController(v.Response())}
	v.Response().WriteHeader(http.StatusOK)
	return e, e.write(fmt.Appendf(nil, "retry: %d\n\n", retry.Milliseconds()))
}

// send sends one event. An empty id leaves the browser's as it is.
func (e *eventStream) send(id, name string, value any) error {
	said, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	var b bytes.Buffer
	if id != "" {
		fmt.Fprintf(&b, "id: %s\n", id)
	}
	fmt.Fprintf(&b, "event: %s\ndata: %s\n\n", name, said)
	return e.write(b.Bytes())
}

// beat says that the stream is alive, where it has said nothing for long.
func (e *eventStream) beat() error {
	if time.Since(e.last) < heartbeat {
		return nil
	}
	return e.write([]byte(": still here\n\n"))
}

func (e *eventStream) write(b []byte) error {
	w := patientWriter{w: e.v.Response(), control: e.control, patience: streamPatience}
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	e.last = time.Now()
	if err := e.control.Flush(); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return nil
}

// until calls step every pause until it returns false or an error, the reader
// goes, or the server stops. Between two steps it keeps the stream alive.
func (e *eventStream) until(s *Server, pause time.Duration, step func() (more bool, err error)) error {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		more, err := step()
		if err == nil && more {
			err = e.beat()
		}
		if err != nil || !more {
			return err
		}
		select {
		case <-tick.C:
		case <-s.stopping:
			return nil
		case <-e.v.ctx().Done():
			return nil
		}
	}
}
