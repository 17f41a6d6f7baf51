package web

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"afterbeep/store"
)

const eventsPath = "/events"

// Bounds of streams of events.
const (
	maxStreams     = 500
	maxStreamsEach = 12 // of one person, in however many browsers
	eventsPause    = 250 * time.Millisecond
	eventsRetry    = 5 * time.Second
	// followPause is how long somebody follows by one entry of the audit log:
	// streams come and go with each tab that is looked at.
	followPause = time.Hour
)

// streams counts those that are open. Safe for concurrent use.
type streams struct {
	mu      sync.Mutex
	all     int
	each    map[int64]int
	written map[int64]time.Time // when it was written down that somebody follows
}

func newStreams() *streams {
	return &streams{each: map[int64]int{}, written: map[int64]time.Time{}}
}

// open counts one more; isNew says that it is to be written down.
func (t *streams) open(user int64, now time.Time) (isNew bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all >= maxStreams || t.each[user] >= maxStreamsEach {
		return false, &fault{status: http.StatusServiceUnavailable, code: codeUnavailable, title: "Too many streams",
			words: "Too many pages follow new messages at once. This one shows them when it is loaded again.", retry: time.Minute,
			err: errors.New("too many streams at once")}
	}
	t.all++
	t.each[user]++
	last, known := t.written[user]
	return !known || now.Sub(last) >= followPause, nil
}

// noted remembers that it was written down.
func (t *streams) noted(user int64, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.written[user] = now
}

func (t *streams) close(user int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all--
	if t.each[user]--; t.each[user] == 0 {
		delete(t.each, user)
	}
}

// getEvents tells of new voicemails as they arrive: how many of those that the
// visitor may see, never what they hold; and of callbacks who works on which, and
// who listens. Where a browser was cut off it goes on
// with what it has not been told (Last-Event-ID, or after in the address).
func (s *Server) getEvents(v *visit) error {
	if v.Request().Method == http.MethodHead {
		return v.NoContent(http.StatusOK)
	}
	isNew, err := s.streams.open(v.user.ID, v.now)
	if err != nil {
		return err
	}
	defer s.streams.close(v.user.ID)
	_, at, err := s.arrivals.since(v.ctx(), v.scope(), -1)
	if err != nil {
		return err
	}
	work, err := s.work.here(v.ctx())
	if err != nil {
		return err
	}
	if isNew {
		if err := s.allow(v, store.AuditEntry{}); err != nil {
			return err
		}
		s.streams.noted(v.user.ID, v.now)
	}
	if told, known := v.toldBefore(); known && told <= at {
		at = told
	}
	stream, err := openStream(v, eventsRetry)
	if err != nil {
		return nil // gone already
	}
	ready := struct {
		Work int64 `json:"work"` // the last change of callbacks: what a page shows that knows of less is old
	}{work.seq}
	if err := stream.send(strconv.FormatInt(at, 10), "ready", ready); err != nil {
		return nil
	}
	s.follow(v, stream, at, work)
	return nil
}

// follow tells what arrives until the reader goes or may not any more. What
// fails is tried again: a browser that is cut off would do no more.
func (s *Server) follow(v *visit, stream *eventStream, at int64, work workPlace) {
	checked, failing := time.Now(), false
	_ = stream.until(s, s.eventsPause, func() (bool, error) {
		if time.Since(checked) >= s.recheck {
			if checked = time.Now(); !s.stillMay(v) {
				return false, nil
			}
		}
		arrived, now, err := s.arrivals.since(v.ctx(), v.scope(), at)
		worked, place, errWork := s.work.since(v.ctx(), v.scope(), v.user.Name, work)
		if err := errors.Join(err, errWork); err != nil {
			if !failing && v.ctx().Err() == nil {
				s.Log.WarnContext(v.ctx(), "what is new can't be told", "request_id", v.id, "err", err)
			}
			failing = true
			return true, nil
		}
		failing, at, work = false, now, place
		if len(worked.Changes) > 0 || worked.More {
			if err := stream.send("", "work", worked); err != nil {
				return false, err
			}
		}
		if arrived.Count == 0 && !arrived.More {
			return true, nil
		}
		return true, stream.send(strconv.FormatInt(now, 10), "voicemails", arrived)
	})
}

// toldBefore is the last event that the browser knows of.
func (v *visit) toldBefore() (seq int64, known bool) {
	for _, said := range []string{v.Request().Header.Get("Last-Event-ID"), v.QueryParam("after")} {
		if seq, err := strconv.ParseInt(said, 10, 64); err == nil && seq >= 0 {
			return seq, true
		}
	}
	return 0, false
}
