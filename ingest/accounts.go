package ingest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"afterbeep/ingest/kore"
)

// Discovery says how the sessions of a bot are found.
type Discovery int

// The ways to find sessions. The zero Discovery is DiscoverCallDetails.
const (
	// DiscoverCallDetails reads the account's call details, which tell which
	// sessions are voicemails: once for all bots of the account.
	DiscoverCallDetails Discovery = iota
	// DiscoverSessions reads the bot's session history, and asks for every
	// session in it that may be a voicemail.
	DiscoverSessions
	// DiscoverNone leaves finding sessions to lists and pushes.
	DiscoverNone
)

// Bot is one bot of the upstream and the client that speaks for it. Bots with
// the same account share one discovery and one budget.
type Bot struct {
	ID        string
	AccountID string
	Client    *kore.Client
	Region    string // for numbers without a country code, as "US"
	// Schedule is when this bot's account is looked at; the zero Schedule is
	// the Config's. The bots of an account need not agree: it is looked at
	// whenever one of them says so.
	Schedule Schedule
	// TimeZone is whose hours a cron Schedule means that names no zone itself;
	// nil is UTC.
	TimeZone  *time.Location
	Discovery Discovery
}

// same reports whether nothing about the bot differs.
func (b Bot) same(o Bot) bool {
	return b.ID == o.ID && b.AccountID == o.AccountID && b.Client == o.Client && b.Region == o.Region &&
		b.Schedule.spec == o.Schedule.spec && b.TimeZone.String() == o.TimeZone.String() && b.Discovery == o.Discovery
}

// account is the bots that share an account, and how it stands.
type account struct {
	id string
	// looks and digs let one goroutine of this process at a time look for
	// sessions: the locks in the store keep other processes out.
	looks, digs chan struct{}
	runNow      chan struct{} // asks Run for a look
	nudged      chan struct{} // tells Run that something may have come due
	dug         chan struct{} // tells Run that there may be a backfill to work on
	pace        meter         // of requests about the past

	mu   sync.Mutex // guards what is below
	bots []Bot      // at least one

	// notListed is why the account's last discovery was refused; nil when it
	// was not.
	notListed *AccountError
	// rights are how its clients fare: bots may have credentials of their own.
	rights map[*kore.Client]*rights
	// undescribed are sessions that were named by their ids alone, by bot.
	undescribed map[string][]string
	standing
}

// rights is how one client's credentials fare with fetching.
type rights struct {
	lastGood time.Time // when the upstream last answered as it should
	// refused are the sessions for which it refused the token since then.
	refused map[string]bool
	// trouble is why the last fetches were refused; nil when they were not.
	trouble *AccountError
}

func newAccount(id string) *account {
	one := func() chan struct{} { return make(chan struct{}, 1) }
	return &account{id: id, looks: one(), digs: one(), runNow: one(), nudged: one(), dug: one(), undescribed: map[string][]string{},
		rights: map[*kore.Client]*rights{}}
}

// signal tells whoever waits on c; several signals before it looks are one.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// all lists the account's bots.
func (a *account) all() []Bot {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.bots)
}

// bot is the account's bot with that id; ok is false where it has none.
func (a *account) bot(id string) (Bot, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := slices.IndexFunc(a.bots, func(b Bot) bool { return b.ID == id })
	if at < 0 {
		return Bot{}, false
	}
	return a.bots[at], true
}

// set replaces the account's bots and reports whether anything differs. Old
// trouble says nothing of new credentials.
func (a *account) set(bots []Bot) (changed bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if slices.EqualFunc(a.bots, bots, Bot.same) {
		return false
	}
	a.bots = bots
	a.notListed = nil
	clear(a.rights)
	return true
}

// trouble is what the account was last refused for and has not been granted
// since; nil for nothing.
func (a *account) trouble() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.troubled()
}

// troubled is trouble for who has the lock.
func (a *account) troubled() error {
	if a.notListed != nil {
		return a.notListed
	}
	for _, b := range a.bots {
		if r := a.rights[b.Client]; r != nil && r.trouble != nil {
			return r.trouble
		}
	}
	return nil
}

// listed notes how discovery ended: e is why it was refused, nil that it was
// not. It reports whether that is new.
func (a *account) listed(e *AccountError) (news bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	news = e != nil && a.notListed == nil
	a.notListed = e
	return news
}

// good notes that a client was answered as it should be.
func (a *account) good(client *kore.Client, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rights[client] = &rights{lastGood: now}
}

// refuse notes a session for which a client's token was refused. several says
// that it was so for several in a row, answered that others were answered
// lately, news that the account was not known to be refused so.
func (a *account) refuse(client *kore.Client, session string, trouble *AccountError, now time.Time) (several, answered, news bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r := a.rights[client]
	if r == nil {
		r = &rights{}
		a.rights[client] = r
	}
	if r.refused == nil {
		r.refused = map[string]bool{}
	}
	if len(r.refused) < refusedLimit { // more would say no more
		r.refused[session] = true
	}
	several, answered = len(r.refused) >= refusedLimit, !r.lastGood.IsZero() && now.Sub(r.lastGood) <= goodFor
	if several || !answered {
		news = r.trouble == nil
		r.trouble = trouble
	}
	return several, answered, news
}

// accountsOf groups bots by account, in the order in which they are given. The
// accounts in had are taken over, with new bots where they differ; changed are
// those that do.
func accountsOf(bots []Bot, had []*account) (accounts, changed []*account, err error) {
	if err := checkBots(bots); err != nil {
		return nil, nil, err
	}
	grouped := map[string][]Bot{}
	var order []string
	for _, b := range bots {
		if len(grouped[b.AccountID]) == 0 {
			order = append(order, b.AccountID)
		}
		grouped[b.AccountID] = append(grouped[b.AccountID], b)
	}
	for _, id := range order {
		at := slices.IndexFunc(had, func(a *account) bool { return a.id == id })
		a := newAccount(id)
		if at >= 0 {
			a = had[at]
		}
		if a.set(grouped[id]) {
			changed = append(changed, a)
		}
		accounts = append(accounts, a)
	}
	return accounts, changed, nil
}

// checkBots names everything that is wrong with bots.
func checkBots(bots []Bot) error {
	var faults []error
	seen := map[string]bool{}
	for _, b := range bots {
		if b.ID == "" || b.AccountID == "" || b.Client == nil {
			faults = append(faults, fmt.Errorf("bot %q: want an id, an account and a client", b.ID))
			continue
		}
		if seen[b.ID] {
			faults = append(faults, fmt.Errorf("bot %q: listed twice", b.ID))
		}
		if b.Discovery < DiscoverCallDetails || b.Discovery > DiscoverNone {
			faults = append(faults, fmt.Errorf("bot %q: unknown way of discovery", b.ID))
		}
		seen[b.ID] = true
	}
	return errors.Join(faults...)
}
