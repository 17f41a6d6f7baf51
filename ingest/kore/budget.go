package kore

import (
	"context"
	"time"
)

// Class says what a request is for; a smaller class goes first.
type Class int

// The classes, in the order in which they may use an account's budget.
const (
	ClassListener   Class = iota // a person waits for a recording
	ClassFresh                   // voicemails of the last hour
	ClassDiscovery               // which sessions exist
	ClassRecordings              // recordings of calls
	ClassBackfill                // everything older
)

// String is the name of the class, for logs.
func (c Class) String() string {
	switch c {
	case ClassListener:
		return "listener"
	case ClassFresh:
		return "fresh"
	case ClassDiscovery:
		return "discovery"
	case ClassRecordings:
		return "recordings"
	case ClassBackfill:
		return "backfill"
	}
	return "unknown"
}

// Verdict is what an answer says about the upstream's limit: good where Limited
// is false.
type Verdict struct {
	Limited    bool
	RetryAfter time.Duration // as the answer said; 0 where it said nothing
	Hourly     bool          // the answer spoke of an hourly limit
	// Unclear says that the attempt is over and told nothing of the limit: no
	// answer, a fault of the server, a refused token.
	Unclear bool
}

// Budget is the allowance of one account, shared by everything that draws on
// it. Implementations must be safe for concurrent use.
type Budget interface {
	// Reserve blocks until one request of the class may be sent, or ctx ends,
	// and then returns ctx's error. Each attempt on the wire reserves once.
	Reserve(ctx context.Context, class Class) error
	// Report is told what each attempt said about the limit. Its ctx outlives
	// the request's.
	Report(ctx context.Context, v Verdict)
}
