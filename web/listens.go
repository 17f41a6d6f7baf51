package web

import (
	"net/http"
	"sync"
	"time"
)

// listens knows who is listening to what. A browser asks for a recording piece
// by piece, and each time somebody moves about in it: one listen, of which the
// audit log is told once. Safe for concurrent use.
//
// A request for the whole recording is a listen of its own. A request for a
// part belongs to the listen of the same person, recording and purpose that is
// going on, else it begins one: whatever byte it asks for, so that nothing is
// heard without an entry. A listen ends when nothing was asked for during
// listenPause, or when it lasted for listenLongest. The memory is this
// process's: after a restart, or in another process, there is an entry more,
// never one less.
type listens struct {
	mu    sync.Mutex
	going map[listenKey]listening
}

type listenKey struct {
	user      int64
	voicemail int64
	n         int
	download  bool
}

type listening struct{ began, last time.Time }

const (
	listenPause   = 10 * time.Minute
	listenLongest = time.Hour
	maxListens    = 20_000
)

func newListens() *listens { return &listens{going: map[listenKey]listening{}} }

// isNew reports whether a request is to be written down.
func (l *listens) isNew(k listenKey, r *http.Request, now time.Time) bool {
	if r.Method == http.MethodGet && r.Header.Get("Range") == "" {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	on, ok := l.going[k]
	return !ok || !on.goesOn(now)
}

func (on listening) goesOn(now time.Time) bool {
	return now.Sub(on.last) < listenPause && now.Sub(on.began) < listenLongest
}

// heard remembers a request that was answered. isNew as isNew said.
func (l *listens) heard(k listenKey, isNew bool, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.going) >= maxListens {
		for k, on := range l.going {
			if !on.goesOn(now) {
				delete(l.going, k)
			}
		}
		if len(l.going) >= maxListens {
			clear(l.going)
		}
	}
	on := l.going[k]
	if isNew {
		on.began = now
	}
	on.last = now
	l.going[k] = on
}
