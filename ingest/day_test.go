package ingest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
	"afterbeep/store/postgres"
	"afterbeep/store/sqlite"
	"afterbeep/store/storetest"
)

// pipes is a listener without a network: its connections are pipes.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

// Accept implements net.Listener.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr implements net.Listener.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes"} }

// dial is kore.Config.Dial.
func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// dayStore is what a simulated day needs of a store.
type dayStore interface {
	Sessions
	store.Budgets
	store.Feed
	Close() error
}

// day is a simulated day: an upstream and processes on one store, in a bubble
// whose clock moves when nobody has anything to do.
type day struct {
	t      *testing.T
	sim    *koresim.Sim
	listen *pipes
	stores []dayStore
	began  time.Time

	mu    sync.Mutex             // guards what is below
	asked map[string][]time.Time // when each session's voicemail was asked for
	looks []time.Time            // when call details were asked for
	seen  map[string]time.Time   // when a voicemail's file was seen first
}

// ServeHTTP notes who asked for what, and lets the upstream answer.
func (d *day) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	if id := r.URL.Query().Get("sessionId"); id != "" {
		d.asked[id] = append(d.asked[id], time.Now())
	} else {
		d.looks = append(d.looks, time.Now())
	}
	d.mu.Unlock()
	d.sim.API().ServeHTTP(w, r)
}

const dayRate = 54

// dayHours is how long a day is: under the race detector a short one.
const dayHours = 24 / min(scale, 3)

// ingester is a process on the store.
func (d *day) ingester(s dayStore) *Ingester {
	d.t.Helper()
	creds := d.sim.Credentials()
	budget, err := NewBudget(s, creds.AccountID, store.Limits(dayRate), nil)
	if err != nil {
		d.t.Fatal(err)
	}
	client, err := kore.New(kore.Config{
		BaseURL: "http://upstream.test", AccountID: creds.AccountID, ClientID: creds.ClientID, ClientSecret: creds.ClientSecret,
		JTI: true, Budget: budget, Dial: d.listen.dial,
	})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(client.Close)
	in, err := New(Config{
		Store: s, RatePerMinute: dayRate,
		Bots: []Bot{{ID: creds.BotIDs[0], AccountID: creds.AccountID, Client: client, Region: "US"}},
		FirstSight: func(_ context.Context, s store.SessionKey, _ []kore.File) {
			d.mu.Lock()
			defer d.mu.Unlock()
			if _, had := d.seen[s.SessionID]; !had {
				d.seen[s.SessionID] = time.Now()
			}
		},
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return in
}

// A simulated day in the life of one process on SQLite, and of two on one
// Postgres: thousands of voicemails of the days before are to be had, new ones
// come all the time, some of them late, some never.
func TestADay(t *testing.T) {
	t.Parallel()
	t.Run("one process on SQLite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "a.db")
		aDay(t, 1, func(ctx context.Context) (dayStore, error) {
			return sqlite.Open(ctx, sqlite.Config{Path: path, Now: time.Now})
		})
	})
	t.Run("two processes on Postgres", func(t *testing.T) {
		t.Parallel()
		url := storetest.Postgres(t)
		aDay(t, 2, func(ctx context.Context) (dayStore, error) {
			return postgres.Open(ctx, postgres.Config{URL: url, Now: time.Now, MaxConns: 8})
		})
	})
}

func aDay(t *testing.T, processes int, open func(context.Context) (dayStore, error)) {
	began := time.Now()
	synctest.Test(t, func(t *testing.T) {
		quirks := koresim.Documented()
		quirks.RowLag, quirks.TranscriptLag, quirks.MediaLag = 3*time.Minute, 5*time.Minute, 12*time.Minute
		d := &day{
			t: t, began: time.Now(), listen: newPipes(), asked: map[string][]time.Time{}, seen: map[string]time.Time{},
		}
		var err error
		d.sim, err = koresim.New(koresim.Config{
			Voicemails: 800 / scale, Other: 800 / scale, Until: d.began, Span: 40 * time.Hour, LivePerHour: 12 / min(scale, 4),
			RatePerMinute: 60, Quirks: &quirks, Now: time.Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: d}
		var work sync.WaitGroup
		work.Go(func() {
			if err := server.Serve(d.listen); !errors.Is(err, http.ErrServerClosed) {
				t.Error(err)
			}
		})
		for range processes {
			s, err := open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			d.stores = append(d.stores, s)
		}
		d.run(&work)
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		work.Wait()
		d.check()
		for _, s := range d.stores {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	t.Logf("it took %s", time.Since(began).Round(time.Second))
}

// run lets the day pass.
func (d *day) run(work *sync.WaitGroup) {
	late := d.sim.Add(koresim.NewVoicemail{Texts: []string{"late"}, MediaAfter: 3 * time.Hour, TranscriptAfter: 3 * time.Hour}).SessionID
	never := d.sim.Add(koresim.NewVoicemail{}).SessionID
	broken := d.sim.Add(koresim.NewVoicemail{}).SessionID
	d.sim.SetReply(never, []byte(`{"status":"contemplated","voicemail recording":[],"transcriptions":[]}`))
	d.sim.Inject(koresim.Fault{Kind: koresim.FaultStatus, Status: 503, SessionID: broken})
	ctx, cancel := context.WithCancel(context.Background())
	for _, s := range d.stores {
		in := d.ingester(s)
		work.Go(func() {
			if err := in.Run(ctx); err != nil {
				d.t.Error(err)
			}
		})
	}
	time.Sleep(dayHours * time.Hour)
	cancel()
	synctest.Wait()
	d.late(late)
	d.retried(broken)
	d.waited(never)
}

// late checks that a voicemail whose parts came after three hours is there soon
// after them.
func (d *day) late(id string) {
	d.t.Helper()
	at, ok := d.seen[id]
	if took := at.Sub(d.began); !ok || took < 3*time.Hour || took > 5*time.Hour {
		d.t.Errorf("what came after three hours was fetched after %s", took)
	}
}

// retried checks that a session that always fails is asked again after 1 s, 5 s,
// 30 s, 2 min, 10 min and then hourly, give or take a fifth and what the budget
// takes.
func (d *day) retried(id string) {
	d.t.Helper()
	times := d.asked[id]
	if len(times) < dayHours || len(times) > dayHours+10 {
		d.t.Errorf("what always fails was asked for %d times in a day", len(times))
	}
	for i, at := range times[1:] {
		gap, want := at.Sub(times[i]), retryWait(i, 0)
		if gap < want*4/5 || gap > want*6/5+2*time.Minute {
			d.t.Errorf("failure %d was followed by a wait of %s, want %s", i+1, gap, want)
		}
	}
}

// waited checks that a session that is never ready is asked for less and less.
func (d *day) waited(id string) {
	d.t.Helper()
	times := d.asked[id]
	if len(times) < 8 || len(times) > 24 {
		d.t.Errorf("what is never ready was asked for %d times in a day", len(times))
	}
	for i, at := range times[1:] {
		gap, known := at.Sub(times[i]), times[i].Sub(d.began)
		want := max(known/2, firstWait)
		if gap < want*4/5-time.Minute || gap > want*6/5+5*time.Minute {
			d.t.Errorf("after %s it was asked for again after %s, want %s", known, gap, want)
		}
	}
}

// check holds the whole day against what was promised.
func (d *day) check() {
	d.t.Helper()
	calls, stats := d.sim.AccountCalls(), d.sim.Stats()
	minute, hour := koresim.MostWithin(calls, time.Minute), koresim.MostWithin(calls, time.Hour)
	if minute > dayRate || hour > 60*dayRate || stats.Limited > 0 {
		d.t.Errorf("%d calls in a minute, %d in an hour, %d limited; want %d and %d at most", minute, hour, stats.Limited, dayRate, 60*dayRate)
	}
	missing, fresh := 0, []time.Duration{}
	for _, v := range d.sim.Voicemails() {
		at, ok := d.seen[v.SessionID]
		switch {
		case !ok && v.End.Before(time.Now().Add(-time.Hour)):
			missing++
		case ok && v.End.After(d.began):
			fresh = append(fresh, at.Sub(v.End))
		}
	}
	if missing != 2 {
		d.t.Errorf("%d voicemails are missing, want the two that can't be had", missing)
	}
	slices.Sort(fresh)
	// A row appears after 3 minutes and is found within 5 and a half more; the
	// file takes 12.
	if median := fresh[len(fresh)/2]; median > 20*time.Minute {
		d.t.Errorf("new voicemails took %s", median)
	}
	// A page every five minutes, five every half hour, and four times those of
	// two days: for two processes as for one.
	looks := len(d.looks)
	if looks < dayHours*12*9/10 || looks > dayHours*12*3 {
		d.t.Errorf("%d pages were asked for in a day of a look every five minutes", looks)
	}
	d.t.Logf("%d calls, %d of them for pages; at most %d in a minute and %d in an hour; %d voicemails of the day, half of them within %s, all but one in a hundred within %s",
		len(calls), looks, minute, hour, len(fresh), fresh[len(fresh)/2].Round(time.Second), fresh[len(fresh)*99/100].Round(time.Second))
}
