package ingest

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
	"afterbeep/store/sqlite"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Wait is a wait that moves the clock instead.
func (c *clock) Wait(ctx context.Context, d time.Duration) error {
	c.Add(d)
	return ctx.Err()
}

// world is a simulator, a store and what connects them, by one clock.
type world struct {
	t      *testing.T
	clock  *clock
	sim    *koresim.Sim
	server *koresim.Server
	store  *sqlite.Store
	client *kore.Client
	creds  koresim.Credentials
	// timeout is that of new clients; 0 is patience.
	timeout time.Duration
	// patient makes new clients wait for their budget by the real clock.
	patient bool
}

// worldSpan is how far back the sessions of a world lie that says nothing else:
// every week is a request of each pass.
const worldSpan = 20 * 24 * time.Hour

func newWorld(t *testing.T, cfg koresim.Config) *world {
	t.Helper()
	c := &clock{at: koresim.DefaultUntil.Add(48 * time.Hour)}
	return newWorldOn(t, cfg, c, openStore(t, filepath.Join(t.TempDir(), "a.db"), c.Now))
}

// newWorldOn is another upstream for a store.
func newWorldOn(t *testing.T, cfg koresim.Config, c *clock, s *sqlite.Store) *world {
	t.Helper()
	w := &world{t: t, clock: c, store: s}
	cfg.Now = w.clock.Now
	cfg.Span = cmp.Or(cfg.Span, worldSpan)
	// Who waits moves the clock for all, also while others' requests are on
	// their way: their tokens are not old for that.
	cfg.MaxSkew = cmp.Or(cfg.MaxSkew, 48*time.Hour)
	var err error
	if w.sim, err = koresim.New(cfg); err != nil {
		t.Fatal(err)
	}
	if w.server, err = w.sim.Serve(context.Background(), koresim.Listen{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.server.Close() })
	w.creds = w.sim.Credentials()
	w.client = w.newClient(w.creds.ClientSecret)
	return w
}

// emptyStore is the file of a store with nothing in it: making one anew for each
// test takes longer than most tests.
var emptyStore = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "empty")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "a.db")
	s, err := sqlite.Open(context.Background(), sqlite.Config{Path: path, Now: time.Now})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func openStore(t *testing.T, path string, now func() time.Time) *sqlite.Store {
	t.Helper()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		empty, err := emptyStore()
		if err == nil {
			err = os.WriteFile(path, empty, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (w *world) newClient(secret string) *kore.Client {
	w.t.Helper()
	budget, err := NewBudget(w.store, w.creds.AccountID, store.Limits(1e6), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if !w.patient {
		budget.wait = w.clock.Wait
	}
	hosts, err := kore.ParseMediaHosts([]string{"127.0.0.1"})
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := kore.New(kore.Config{
		BaseURL: w.server.APIURL, AccountID: w.creds.AccountID, ClientID: w.creds.ClientID, ClientSecret: secret,
		JTI: true, Budget: budget, MediaHosts: hosts, Timeout: cmp.Or(w.timeout, patience), Now: w.clock.Now,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(c.Close)
	return c
}

func (w *world) ingester(change ...func(*Config)) *Ingester {
	w.t.Helper()
	cfg := Config{
		Store: w.store, LookBack: worldSpan + 10*24*time.Hour, Workers: 4, Now: w.clock.Now,
		Random: func() float64 { return 0.5 },
	}
	cfg.Bots = w.bots()
	for _, c := range change {
		c(&cfg)
	}
	in, err := New(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	in.wait = w.clock.Wait
	return in
}

// longLeases gives leases that outlive every jump of a clock that workers move
// while they wait for an hour: by it, nobody comes to renew those of the others.
func longLeases(c *Config) { c.Store = longLeased{c.Store} }

type longLeased struct{ Sessions }

const longLease = 1000 * time.Hour

func (s longLeased) Claim(ctx context.Context, q store.ClaimQuery) ([]store.Lease, error) {
	q.Lease = longLease
	return s.Sessions.Claim(ctx, q)
}

func (s longLeased) Renew(ctx context.Context, leases []store.Lease, _ time.Duration) ([]store.Lease, error) {
	return s.Sessions.Renew(ctx, leases, longLease)
}

// bots are those of the upstream, all with the world's client.
func (w *world) bots() []Bot {
	var bots []Bot
	for _, id := range w.creds.BotIDs {
		bots = append(bots, Bot{ID: id, AccountID: w.creds.AccountID, Client: w.client, Region: "US"})
	}
	return bots
}

// stored is every voicemail of the account in the store by its session.
func (w *world) stored() map[string]store.Voicemail {
	w.t.Helper()
	all := map[string]store.Voicemail{}
	for after := int64(0); ; {
		changes, err := w.store.Changes(w.t.Context(), after, 500)
		if err != nil {
			w.t.Fatal(err)
		}
		if len(changes) == 0 {
			return all
		}
		for _, c := range changes {
			after = c.Seq
			if w.creds.AccountID != "" && c.Voicemail.AccountID != w.creds.AccountID {
				continue
			}
			if _, twice := all[c.Voicemail.SessionID]; twice {
				w.t.Errorf("session %s is stored twice", c.Voicemail.SessionID)
			}
			all[c.Voicemail.SessionID] = *c.Voicemail
		}
	}
}

// missing is every voicemail of the simulator that the store lacks.
func (w *world) missing() []string {
	w.t.Helper()
	stored := w.stored()
	var missing []string
	for _, v := range w.sim.Voicemails() {
		if _, ok := stored[v.SessionID]; !ok {
			missing = append(missing, v.SessionID)
		}
	}
	if n := len(w.sim.Voicemails()); len(missing) == 0 && len(stored) > n {
		w.t.Errorf("%d voicemails are stored, the upstream has %d", len(stored), n)
	}
	return missing
}
