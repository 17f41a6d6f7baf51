package store

import (
	"context"
	"fmt"
	"time"
)

// Bots keeps the bots that were connected on a page.
type Bots interface {
	// Bots lists them by id.
	Bots(ctx context.Context) ([]Bot, error)
	// SaveBot inserts a bot or replaces the one with its id; CreatedAt and
	// CreatedBy of one that is there stay. ErrInvalid without an id or an
	// account, or with one over MaxID.
	SaveBot(ctx context.Context, b Bot) error
	// DeleteBot forgets a bot; what was stored of its voicemails stays.
	// ErrNotFound when there is none.
	DeleteBot(ctx context.Context, id string) error
}

// Bot is one bot of the upstream that was connected on a page.
type Bot struct {
	ID        string
	AccountID string
	BaseURL   string
	ClientID  string
	Sealed    []byte // the client secret, sealed: the store can't read it
	Alg       string // how tokens are signed, as "HS256"
	JTI       bool   // whether tokens have an id
	Region    string // for numbers without a country code; "" is the default
	TimeZone  string // IANA name; "" is UTC
	Schedule  string // cron; "" is the default
	CreatedAt time.Time
	CreatedBy string // the user's name
}

// Clean returns the bot with clean text and a cut time. ErrInvalid as of SaveBot.
func (b Bot) Clean() (Bot, error) {
	cleanAll(&b.ID, &b.AccountID, &b.BaseURL, &b.ClientID, &b.Alg, &b.Region, &b.TimeZone, &b.Schedule, &b.CreatedBy)
	b.CreatedAt = Cut(b.CreatedAt)
	b.Sealed = append([]byte{}, b.Sealed...) // no secret is none, not NULL
	if b.ID == "" || b.AccountID == "" {
		return Bot{}, fmt.Errorf("bot without an id or an account: %w", ErrInvalid)
	}
	if most := max(len(b.ID), len(b.AccountID)); most > MaxID {
		return Bot{}, fmt.Errorf("bot with an id of %d bytes, where %d is the most: %w", most, MaxID, ErrInvalid)
	}
	return b, nil
}
