package koresim

import (
	"sort"
	"time"
)

// The keys of limits: the account's, and getSessions' followed by the bot.
const (
	limitAccount  = "account"
	limitSessions = "sessions "
)

// rolling counts the calls of one account or bot. Sim.mu guards it.
type rolling struct {
	calls []time.Time // those that count, of the longest window at most
	log   []time.Time // all that arrived, bounded
}

// limit counts a request against the limit that it draws on and returns the
// answer where there was no room left.
func (s *Sim) limit(k Kind, c call) (reply, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key, minute, hour := limitAccount, s.cfg.RatePerMinute, 0
	if k == KindSessions {
		key, minute, hour = limitSessions+c.PathValue("botId"), s.cfg.SessionsPerMinute, s.cfg.SessionsPerHour
	}
	l := s.limitLocked(key)
	if len(l.log) == maxArrivals {
		l.log = append(l.log[:0], l.log[maxArrivals/2:]...)
	}
	l.log = append(l.log, c.now)
	if minute == 0 && hour == 0 {
		return reply{}, false
	}
	full, free := l.full(c.now, minute, hour)
	if full == 0 || s.quirks.LimitedCount {
		l.calls = append(l.calls, c.now)
	}
	if full == 0 {
		return reply{}, false
	}
	s.stats.Limited++
	words := limitedWordings[s.quirks.LimitedWording]
	if full > time.Minute {
		words = hourlyWording
	}
	out := envelope(s.quirks.LimitedStatus, s.quirks.LimitedStatus, words)
	if s.quirks.RetryAfter {
		out.retryAfter = free.Sub(c.now)
	}
	return out, true
}

func (s *Sim) limitLocked(key string) *rolling {
	l := s.limits[key]
	if l == nil {
		l = &rolling{}
		s.limits[key] = l
	}
	return l
}

// full returns the window that has no room at now, the hour's before the
// minute's, 0 where both have; and when it has room again. A limit of 0 is none.
func (l *rolling) full(now time.Time, minute, hour int) (window time.Duration, free time.Time) {
	since := func(t time.Time) int {
		return sort.Search(len(l.calls), func(i int) bool { return l.calls[i].After(t) })
	}
	l.calls = l.calls[since(now.Add(-time.Hour)):]
	n := len(l.calls)
	if hour > 0 && n >= hour {
		return time.Hour, l.calls[n-hour].Add(time.Hour)
	}
	if minute > 0 && n-since(now.Add(-time.Minute)) >= minute {
		return time.Minute, l.calls[n-minute].Add(time.Minute)
	}
	return 0, time.Time{}
}

// Spend makes n requests of somebody else on the account, now: they draw on its
// limit. AccountCalls does not tell of them.
func (s *Sim) Spend(n int) { s.spend(limitAccount, n) }

// SpendSessions is Spend for getSessions on one bot.
func (s *Sim) SpendSessions(botID string, n int) { s.spend(limitSessions+botID, n) }

func (s *Sim) spend(key string, n int) {
	now := s.cfg.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.limitLocked(key)
	for range n {
		l.calls = append(l.calls, now)
	}
}
