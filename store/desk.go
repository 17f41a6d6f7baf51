package store

import "time"

// Desk is how a house works its callbacks, set by an administrator.
type Desk struct {
	// Dispositions are what a callback may be closed with, in the order of the
	// page. Those of DefaultDesk are always among them.
	Dispositions []Disposition `json:"dispositions"`
	// Lease is how long a claim holds.
	Lease time.Duration `json:"lease"`
	// Retry is how long a callback rests after an attempt, by its result.
	Retry map[AttemptResult]time.Duration `json:"retry"`
	// MaxAttempts is how often a caller is tried in a day at most, by the
	// caller's calendar day; 0 is without a limit.
	MaxAttempts int `json:"max_attempts"`
	// CallLink is the address by which a number is called, with {number} in it
	// for the E.164 number and {digits} for it without the plus; "" is tel:{number}.
	CallLink string `json:"call_link"`
	// Overdue is how old a request may get, in business time, before somebody is
	// told; 0 tells nobody.
	Overdue time.Duration `json:"overdue"`
	// Shared are E.164 numbers that many callers use: they never make a case.
	Shared []string `json:"shared"`
	// Hours are when a bot's or a queue's people work. The first that fits is
	// used: one for the bot and the queue, for the bot, for all; without any,
	// all time is business time.
	Hours []Hours `json:"hours"`
}

// Disposition is what a callback may be closed with.
type Disposition struct {
	Key   string `json:"key"` // lower case letters, digits and underscores
	Label string `json:"label"`
	// Reached says that the caller was spoken to: the measure counts it.
	Reached bool `json:"reached"`
}

// Hours are the business hours of a bot's queue.
type Hours struct {
	BotID string `json:"bot_id"` // "" is every bot
	Queue string `json:"queue"`  // "" is every queue
	Zone  string `json:"zone"`   // an IANA name
	// Week is when people work, by weekday from Sunday: "09:00-17:00", several
	// separated by commas, "" for closed.
	Week [7]string `json:"week"`
	// Holidays are days on which nobody works: "2006-01-02", or "01-02" for
	// every year.
	Holidays []string `json:"holidays"`
}

// DefaultDesk is how a house works that has set nothing.
func DefaultDesk() Desk {
	return Desk{
		Dispositions: []Disposition{
			{Key: "reached", Label: "Reached the caller", Reached: true},
			{Key: "not_needed", Label: "No call needed"},
			{Key: "wrong_number", Label: "Wrong number"},
			{Key: "gave_up", Label: "Could not be reached"},
		},
		Lease:       15 * time.Minute,
		Retry:       map[AttemptResult]time.Duration{AttemptNoAnswer: 2 * time.Hour, AttemptBusy: 15 * time.Minute, AttemptLeftMessage: 24 * time.Hour},
		MaxAttempts: 3,
	}
}
