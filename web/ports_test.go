package web

import (
	"context"
	"slices"
	"sync"
	"time"

	"afterbeep/store"
)

// equipped gives a server all that it may have beside store and index.
func equipped(c *Config) {
	room := &engineRoom{status: IngestStatus{Bots: []string{"st-a"}, Accounts: []AccountStatus{{ID: "acc-1", Bots: []string{"st-a"}}}}}
	c.Player, c.Ingest, c.Keeper = &tape{}, room, &larder{}
	c.Enlister, c.Backfills = &recruiter{store: c.Store}, &historian{}
	c.Bots, c.HookHash = &fleet{}, HashSecret(hookToken)
	c.Alerts = &herald{ways: AlertWays{Email: true}}
}

const hookToken = "push me over the edge"

// larder is a keeper that counts.
type larder struct {
	nudged  int
	hurried []store.TaskKey
	status  KeeperStatus
}

func (l *larder) Nudge()                  { l.nudged++ }
func (l *larder) Hurry(key store.TaskKey) { l.hurried = append(l.hurried, key) }
func (l *larder) Status() KeeperStatus    { return l.status }

// recruiter enlists as the ingester does: in the real store.
type recruiter struct {
	store   store.Store
	err     error
	nudged  int
	foundBy []string
}

func (r *recruiter) Enlist(ctx context.Context, botID string, ids []string, foundBy string) (store.Saved, error) {
	if r.err != nil {
		return store.Saved{}, r.err
	}
	var sessions []store.Session
	for _, id := range ids {
		sessions = append(sessions, store.Session{AccountID: "acc-1", BotID: botID, SessionID: id, FoundBy: foundBy, Wanted: true})
	}
	r.foundBy = append(r.foundBy, foundBy)
	return r.store.SaveSessions(ctx, sessions)
}

func (r *recruiter) Nudge() { r.nudged++ }

// historian looks at the past in words alone.
type historian struct {
	runs  []BackfillStatus
	asked []store.Backfill
	err   error
}

func (h *historian) AddBackfill(_ context.Context, account string, from, to time.Time, by string) (store.Backfill, error) {
	b := store.Backfill{AccountID: account, From: from, To: to, AskedBy: by}
	h.asked = append(h.asked, b)
	return b, h.err
}

func (h *historian) Backfills(context.Context) ([]BackfillStatus, error) { return h.runs, nil }

// fleet keeps bots in memory, and what it was given for the tests to see.
type fleet struct {
	mu       sync.Mutex
	bots     []ConnectedBot
	secrets  []string
	findings []Finding
	refuse   *FormError
}

func (f *fleet) List(context.Context) ([]ConnectedBot, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.bots), nil
}

func (f *fleet) Test(_ context.Context, _ BotSettings, secret Secret) ([]Finding, error) {
	if f.refuse != nil {
		return nil, f.refuse
	}
	f.secrets = append(f.secrets, "test "+string(secret))
	return f.findings, nil
}

func (f *fleet) Save(_ context.Context, b BotSettings, secret Secret, by string) error {
	if f.refuse != nil {
		return f.refuse
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.secrets = append(f.secrets, "save "+string(secret))
	f.bots = slices.DeleteFunc(f.bots, func(had ConnectedBot) bool { return had.BotID == b.BotID })
	f.bots = append(f.bots, ConnectedBot{BotSettings: b, CreatedBy: by})
	return nil
}

func (f *fleet) Delete(_ context.Context, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bots = slices.DeleteFunc(f.bots, func(had ConnectedBot) bool { return had.BotID == id })
	return nil
}

// herald tells nobody, and keeps what it was asked for.
type herald struct {
	ways   AlertWays
	refuse string // what is wrong with every address
	fails  string // what comes of every test
	tested []store.Alert
	nudged int
}

func (h *herald) Ways() AlertWays                    { return h.ways }
func (h *herald) Check(store.Channel, string) string { return h.refuse }
func (h *herald) NewSecret(to string) (Secret, []byte) {
	return "whsec_made", []byte("sealed for " + to)
}
func (h *herald) Nudge()            { h.nudged++ }
func (h *herald) Sent() []SentCount { return []SentCount{{store.ChannelEmail, "sent", 3}} }

func (h *herald) Test(_ context.Context, a store.Alert) string {
	h.tested = append(h.tested, a)
	return h.fails
}
