package store

import "slices"

// Scope says which voicemails a reader may see. The zero Scope sees nothing.
// Build one with AllBots or OnlyBots.
type Scope struct {
	all    bool
	bots   []string
	queues []string
	person string
}

// AllBots is the scope of a reader who may see every bot, imported ones included.
func AllBots() Scope { return Scope{all: true} }

// OnlyBots is the scope of a reader who may see the named bots and no others.
func OnlyBots(ids ...string) Scope { return Scope{bots: cleanSet(ids)} }

// All reports whether the scope has no limits: neither of bots nor of queues.
func (s Scope) All() bool { return s.all && len(s.queues) == 0 }

// EveryBot reports whether every bot is in the scope, be it only in some queues.
func (s Scope) EveryBot() bool { return s.all }

// EveryQueue reports whether the scope is not limited to queues.
func (s Scope) EveryQueue() bool { return len(s.queues) == 0 }

// Bots lists the visible bots, sorted; nil and meaningless when EveryBot.
func (s Scope) Bots() []string { return slices.Clone(s.bots) }

// Sees reports whether a voicemail of the bot is in the scope.
func (s Scope) Sees(botID string) bool {
	if s.all {
		return true
	}
	_, ok := slices.BinarySearch(s.bots, botID)
	return ok
}

// InQueues is the scope without the voicemails of queues that aren't named;
// without names nothing is left out.
func (s Scope) InQueues(names ...string) Scope {
	s.queues = cleanSet(names)
	return s
}

// Queues lists the queues that the scope is limited to, sorted; empty without a limit.
func (s Scope) Queues() []string { return slices.Clone(s.queues) }

// As is the scope with the name of who reads, for what is told of "me".
func (s Scope) As(name string) Scope {
	s.person = name
	return s
}

// Person is the name of who reads; "" where nobody is known.
func (s Scope) Person() string { return s.person }

// Holds reports whether a voicemail of a bot and a queue is in the scope.
func (s Scope) Holds(botID, queue string) bool { return s.Sees(botID) && s.SeesQueue(queue) }

// WholeBots is the scope of the bots that are in it with all of their queues: it
// holds nothing for who is limited to queues. The ledger is read by it: a session
// that is no voicemail yet has no queue that could be relied on.
func (s Scope) WholeBots() Scope {
	if s.EveryQueue() {
		return s
	}
	return Scope{person: s.person}
}

// SeesQueue reports whether voicemails of the queue may be in the scope.
func (s Scope) SeesQueue(name string) bool {
	if len(s.queues) == 0 {
		return true
	}
	_, ok := slices.BinarySearch(s.queues, name)
	return ok
}
