package web

import (
	"context"

	"afterbeep/store"
)

// Alerts tells people what saved searches find anew. It must be safe for
// concurrent use. What is told when is the store's matter and whoever fills
// this: the pages keep settings and ask for tests.
type Alerts interface {
	// Ways says in which ways people can be told.
	Ways() AlertWays
	// Check says what is wrong with an address before anything is sent to it,
	// in words for people; "" where nothing is.
	Check(channel store.Channel, target string) string
	// NewSecret makes the secret of a webhook, and seals it for its address.
	NewSecret(target string) (secret Secret, sealed []byte)
	// Test sends a message without any voicemail, at once. words say what came
	// of it where it was not taken, and are safe to show; "" where it was.
	Test(ctx context.Context, a store.Alert) (words string)
	// Nudge says that something is to be sent. It returns at once.
	Nudge()
	// Sent says how many deliveries were tried since the start of this process,
	// by channel and outcome ("sent", "failed", "dropped").
	Sent() []SentCount
}

// AlertWays are the ways in which people can be told.
type AlertWays struct {
	Email    bool     // there is a mail server
	Excerpts bool     // messages may hold who called and what was said
	Domains  []string // mail goes to these alone; empty is any
}

// SentCount is how many deliveries of a channel ended in an outcome.
type SentCount struct {
	Channel store.Channel
	Outcome string
	N       uint64
}
