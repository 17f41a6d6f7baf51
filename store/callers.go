package store

import (
	"context"
	"time"
)

// Callers knows which messages are of one caller.
type Callers interface {
	// CallerMessages lists the messages of a caller in the scope, the newest
	// first, then by id, at most limit, which is clamped to 1 to
	// MaxCallerMessages; total is how many there are. caller is compared as it
	// is written in Voicemail.Caller; nobody is the caller "", nor one over
	// MaxCaller, nor a number that many callers use: by Desk.Shared, or under
	// SharedNames names.
	CallerMessages(ctx context.Context, s Scope, caller string, limit int) (list []CallerMessage, total int, err error)
}

const (
	// MaxCallerMessages is the most that one CallerMessages returns.
	MaxCallerMessages = 500
	// MaxCaller is how long a caller is at most whose messages are looked for, in
	// bytes: a number and room. What is longer is nobody's number.
	MaxCaller = 64
)

// CallerMessage is one message of a caller.
type CallerMessage struct {
	ID       int64
	LeftAt   time.Time
	Duration time.Duration // 0 where not known
}
