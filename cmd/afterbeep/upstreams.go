package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"afterbeep/ingest"
	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// upstreams are the connected bots with their clients: those of the environment
// and of the bots file, and those that the store keeps. It is safe for
// concurrent use.
type upstreams struct {
	p      *program
	store  store.Store
	sealer *sealer

	mu   sync.Mutex // guards bots
	bots []connectedBot

	telling sync.Mutex // held over reading and telling, so that no older list is told last
	told    []connectedBot
}

// connectedBot is one bot. Its client is nil where none could be made.
type connectedBot struct {
	Upstream
	client  *kore.Client
	trouble string // why there is no client; safe to show
}

// newUpstreams loads the connected bots. A bot of the store that can't be
// spoken for is not an error: pages show why.
func (p *program) newUpstreams(ctx context.Context, s store.Store) (*upstreams, error) {
	sealer, err := newSealer(p.config.SecretKey, p.config.DataDir)
	if err != nil {
		return nil, err
	}
	u := &upstreams{p: p, store: s, sealer: sealer}
	for _, bot := range p.config.Bots {
		made := u.connect(bot)
		if made.client == nil {
			return nil, fmt.Errorf("bot %s: %s", printable(bot.BotID), made.trouble)
		}
		u.bots = append(u.bots, made)
	}
	if err := u.load(ctx); err != nil {
		return nil, err
	}
	u.told = u.all()
	return u, nil
}

// load reads the store's bots again. Clients of bots that are as they were stay.
func (u *upstreams) load(ctx context.Context) error {
	kept, err := u.store.Bots(ctx)
	if err != nil {
		return fmt.Errorf("list the connected bots: %w", err)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	bots := make([]connectedBot, 0, len(u.p.config.Bots)+len(kept))
	add := func(bot Upstream, trouble error) {
		at := slices.IndexFunc(u.bots, func(had connectedBot) bool { return had.Upstream == bot })
		switch {
		case trouble != nil:
			bots = append(bots, connectedBot{Upstream: bot, trouble: trouble.Error()})
		case at >= 0 && u.bots[at].client != nil:
			bots = append(bots, u.bots[at])
		default:
			bots = append(bots, u.connect(bot))
		}
	}
	for _, bot := range u.p.config.Bots {
		add(bot, nil)
	}
	for _, b := range kept {
		if slices.ContainsFunc(u.p.config.Bots, func(set Upstream) bool { return set.BotID == b.ID }) {
			continue // what the operator set goes before what the page saved
		}
		bot := upstreamOf(b)
		trouble := u.sealer.openBot(&bot, b.Sealed)
		add(bot, trouble)
	}
	u.bots = bots
	return nil
}

// sync reads the store's bots again and tells of all bots where they are others
// than were told last.
func (u *upstreams) sync(ctx context.Context, tell func([]ingest.Bot) error) error {
	u.telling.Lock()
	defer u.telling.Unlock()
	if err := u.load(ctx); err != nil {
		return err
	}
	now := u.all()
	same := func(a, b connectedBot) bool { return a.Upstream == b.Upstream && a.trouble == b.trouble }
	if slices.EqualFunc(u.told, now, same) {
		return nil
	}
	if err := tell(u.forIngest()); err != nil {
		return err
	}
	u.told = now
	return nil
}

// connect makes the client of a bot.
func (u *upstreams) connect(bot Upstream) connectedBot {
	client, err := u.p.newClient(u.store, bot)
	if err != nil {
		return connectedBot{Upstream: bot, trouble: err.Error()}
	}
	for _, warning := range client.Warnings() {
		u.p.log.Warn(warning, "bot", bot.BotID)
	}
	return connectedBot{Upstream: bot, client: client}
}

// all lists the bots: those that were set first.
func (u *upstreams) all() []connectedBot {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.bots)
}

// find is the bot of an id; false where none is connected.
func (u *upstreams) find(botID string) (connectedBot, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	at := slices.IndexFunc(u.bots, func(b connectedBot) bool { return b.BotID == botID })
	if at < 0 {
		return connectedBot{}, false
	}
	return u.bots[at], true
}

// client is the client of a bot; false where none is connected.
func (u *upstreams) client(botID string) (*kore.Client, bool) {
	b, _ := u.find(botID)
	return b.client, b.client != nil
}

// accounts are those of the bots that can be spoken for, each once.
func (u *upstreams) accounts() []string {
	var accounts []string
	for _, b := range u.all() {
		if b.client != nil && !slices.Contains(accounts, b.AccountID) {
			accounts = append(accounts, b.AccountID)
		}
	}
	return accounts
}

// accountOf is the account of a bot; "" where it is not connected.
func (u *upstreams) accountOf(botID string) string {
	b, _ := u.find(botID)
	return b.AccountID
}

// settings are a connected bot's own region and zone; "" for what it hasn't set.
func (u *upstreams) settings(botID string) (region, zone string) {
	b, _ := u.find(botID)
	return b.Region, b.TimeZone
}

// forIngest are the bots as the ingester takes them.
func (u *upstreams) forIngest() []ingest.Bot {
	var bots []ingest.Bot
	for _, b := range u.all() {
		if b.client == nil {
			continue
		}
		bot := ingest.Bot{
			ID: b.BotID, AccountID: b.AccountID, Client: b.client,
			Region: cmp.Or(b.Region, u.p.config.Region), Discovery: u.p.config.Discovery,
		}
		// Both were checked when the bot was connected; the zones of this
		// machine may be others than of the one that did.
		var zoneErr, scheduleErr error
		bot.TimeZone, zoneErr = b.zone()
		bot.Schedule, scheduleErr = b.schedule()
		if err := errors.Join(zoneErr, scheduleErr); err != nil {
			u.p.log.Warn("a bot's zone or schedule is not understood; it follows the default", "bot", b.BotID, "err", err)
			bot.TimeZone, bot.Schedule = time.UTC, ingest.Schedule{}
		}
		bots = append(bots, bot)
	}
	return bots
}

// reloadEvery is how soon a server learns of a bot that was connected on the
// page of another.
const reloadEvery = 30 * time.Second

// follow tells of the bots whenever they change, until ctx ends.
func (u *upstreams) follow(ctx context.Context, tell func([]ingest.Bot) error) error {
	ticker := time.NewTicker(reloadEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := u.sync(ctx, tell); err != nil && ctx.Err() == nil {
			u.p.log.WarnContext(ctx, "read the connected bots again", "err", err)
		}
	}
}
