package web

import (
	"sync"
	"time"
)

// secrets keeps client secrets between the test of a form and its saving, so
// that they need neither be typed twice nor stand in a page. One is handed out
// only for what it was typed for. Safe for concurrent use.
type secrets struct {
	mu   sync.Mutex
	kept map[string]keptSecret // by the handle that stands in the form
}

// secretFor is what a secret was typed for, and by whom.
type secretFor struct {
	user              int64
	clientID, baseURL string
}

type keptSecret struct {
	secret Secret
	of     secretFor
	until  time.Time
}

const (
	secretLife = 10 * time.Minute
	maxSecrets = 100
)

func newSecrets() *secrets { return &secrets{kept: map[string]keptSecret{}} }

// keep returns a handle for the secret.
func (s *secrets) keep(secret Secret, of secretFor, now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for h, k := range s.kept {
		if !now.Before(k.until) {
			delete(s.kept, h)
		}
	}
	if len(s.kept) >= maxSecrets {
		clear(s.kept)
	}
	handle := NewSecret()
	s.kept[handle] = keptSecret{secret, of, now.Add(secretLife)}
	return handle
}

// take returns the secret of a handle and forgets it; "" where there is none for
// that.
func (s *secrets) take(handle string, of secretFor, now time.Time) Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.kept[handle]
	if !ok || k.of != of || !now.Before(k.until) {
		return ""
	}
	delete(s.kept, handle)
	return k.secret
}
