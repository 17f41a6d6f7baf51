package koresim

import (
	"maps"
	"slices"
	"time"
)

// maxTokenHashes bounds Stats.TokenHashes.
const maxTokenHashes = 1 << 16

// maxArrivals bounds how many times are kept per limit: a day at three a second.
const maxArrivals = 1 << 18

// Stats are counters since New.
type Stats struct {
	// Requests counts all requests by kind, refused ones included.
	Requests map[Kind]int
	// BadTokens counts requests that were refused for their token, replays included.
	BadTokens int
	// OutOfScope counts requests refused because Config.Scopes lacks theirs.
	OutOfScope int
	// Replays counts tokens whose jti had been used before.
	Replays int
	// Tokens counts accepted tokens with a jti; TokenHashes are digests of
	// these in order of arrival (the first 65,536).
	Tokens      int
	TokenHashes []string
	// Limited counts requests beyond a limit.
	Limited int
	// Faults counts requests that an injected fault struck, FaultsBy the same by kind of fault.
	Faults   int
	FaultsBy map[FaultKind]int
	// Links counts media links handed out, LinksRefused requests to the media
	// host whose link was bad, altered, expired, used up or revoked.
	Links        int
	LinksRefused int
	// AuthLeaks counts requests to the media host that carried a credential.
	// It must stay 0.
	AuthLeaks int
	// Notified counts notifications that were answered with 2xx, NotifyFailed
	// those that were not.
	Notified, NotifyFailed int
}

// Stats returns the counters so far.
func (s *Sim) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.stats
	out.Requests = maps.Clone(s.stats.Requests)
	out.FaultsBy = maps.Clone(s.stats.FaultsBy)
	out.TokenHashes = slices.Clone(s.stats.TokenHashes)
	return out
}

// AccountCalls returns when requests arrived that draw on the account's limit
// (all with a good token but getSessions), limited ones and those that a fault
// struck included, by Config.Now: the last 262,144 at most, in order of arrival.
func (s *Sim) AccountCalls() []time.Time { return s.arrivals(limitAccount) }

// SessionsCalls is AccountCalls for getSessions on one bot; "" is the form
// without a bot.
func (s *Sim) SessionsCalls(botID string) []time.Time { return s.arrivals(limitSessions + botID) }

func (s *Sim) arrivals(key string) []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.limits[key]; l != nil {
		return slices.Clone(l.log)
	}
	return nil
}

// MostWithin returns how many of times lie in the fullest rolling window of a
// length, both ends not counted together: two calls exactly a window apart do
// not share it. It does not change times.
func MostWithin(times []time.Time, window time.Duration) int {
	sorted := slices.SortedFunc(slices.Values(times), time.Time.Compare)
	most, first := 0, 0
	for i, t := range sorted {
		for !sorted[first].After(t.Add(-window)) {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}
