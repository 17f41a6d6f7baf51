package ingest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"

	"github.com/google/go-cmp/cmp"
)

// twoAccounts are two upstreams on one store.
func twoAccounts(t *testing.T, voicemails int) (one, two *world) {
	t.Helper()
	quirks := koresim.Documented()
	one = newWorld(t, koresim.Config{Voicemails: voicemails, Quirks: &quirks, Span: 20 * 24 * time.Hour})
	two = newWorldOn(t, koresim.Config{
		Seed: 2, Voicemails: voicemails, Quirks: &quirks, Span: 20 * 24 * time.Hour,
		AccountID: "64b0c0ffee0000000000b22d", BotIDs: []string{"st-two", "st-three"},
	}, one.clock, one.store)
	return one, two
}

// While trouble lasts, what is kept of it does not grow.
func TestRefusedSessionsAreNotHoarded(t *testing.T) {
	a, trouble := newAccount("acc"), &AccountError{AccountID: "acc", Err: errNotConnected}
	for i := range 100 {
		several, _, _ := a.refuse(nil, strconv.Itoa(i), trouble, noon)
		if want := i+1 >= refusedLimit; several != want {
			t.Errorf("refusal %d: several is %v, want %v", i+1, several, want)
		}
	}
	if got := len(a.rights[nil].refused); got > refusedLimit {
		t.Errorf("%d sessions are kept, want %d at most", got, refusedLimit)
	}
}

// of is how an account stands.
func of(t *testing.T, in *Ingester, account string) AccountStatus {
	t.Helper()
	for _, s := range in.Status().Accounts {
		if s.AccountID == account {
			return s
		}
	}
	t.Fatalf("no account %s in the status", account)
	return AccountStatus{}
}

func TestPassIsOverAllAccounts(t *testing.T) {
	one, two := twoAccounts(t, 10)
	in := one.ingester(func(c *Config) { c.Bots = append(c.Bots, two.bots()...) })
	report, err := in.Pass(t.Context(), PassOptions{})
	if err != nil || report.Fetched != 20 || !one.all() || !two.all() {
		t.Errorf("fetched %d, %v; all of them: %v, %v", report.Fetched, err, one.all(), two.all())
	}
	if got := of(t, in, two.creds.AccountID).Bots; cmp.Diff([]string{"st-two", "st-three"}, got) != "" {
		t.Errorf("the status names the bots %v", got)
	}
}

// An account whose credentials are refused, and one that never answers, keep
// nothing from the others.
func TestAccountsDoNotHoldEachOtherUp(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(w *world)
	}{
		{"refused", func(w *world) { w.client = w.newClient("not the secret at all, but long enough") }},
		{"silent", func(w *world) {
			silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body) // or nobody notices that the client has gone
				<-r.Context().Done()
			}))
			w.t.Cleanup(silent.Close)
			w.server.APIURL, w.timeout = silent.URL, time.Hour
			w.client = w.newClient(w.creds.ClientSecret)
		}},
		{"limited", func(w *world) {
			w.sim.Inject(koresim.Fault{Kind: koresim.FaultLimitHourly})
			w.patient = true
			w.client = w.newClient(w.creds.ClientSecret)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bad, good := twoAccounts(t, 8)
			tt.spoil(bad)
			in, stop := running(t, bad, func(c *Config) {
				c.Bots, c.StopWithin = append(c.Bots, good.bots()...), 20*time.Millisecond
			})
			until(t, "the other account's voicemails", good.all)
			if got := len(bad.stored()); got > 0 {
				t.Errorf("%d of the bad account are stored", got)
			}
			if got := of(t, in, good.creds.AccountID).Err; got != "" {
				t.Errorf("the good account's status says %q", got)
			}
			if tt.name == "refused" {
				until(t, "word of the refusal", func() bool { return of(t, in, bad.creds.AccountID).Err != "" })
				if got := in.Status().Err; !strings.Contains(got, bad.creds.AccountID) || strings.Contains(got, good.creds.AccountID) {
					t.Errorf("the status says %q", got)
				}
			}
			stop()
			good.noneLeased()
		})
	}
}

// Bots come, change and go while Run runs.
func TestSetBotsWhileRunning(t *testing.T) {
	one, two := twoAccounts(t, 8)
	in, stop := running(t, one, func(c *Config) { c.Bots = nil })
	if got := in.Bots(); len(got) > 0 || in.Status().Running {
		t.Errorf("got %v", got)
	}
	set := func(bots []Bot) {
		t.Helper()
		if err := in.SetBots(bots); err != nil {
			t.Fatal(err)
		}
	}
	good := one.client
	one.client = one.newClient("not the secret at all, but long enough")
	set(one.bots())
	until(t, "word of the refusal", func() bool { return in.Status().Err != "" })
	one.client = good
	set(append(one.bots(), two.bots()...))
	one.clock.Add(time.Hour) // what was given back for the refusal is due again
	until(t, "both accounts' voicemails", func() bool { return one.all() && two.all() })
	until(t, "the end of the refusal", func() bool { return in.Status().Err == "" })

	if err := in.SetBots([]Bot{{ID: "x"}}); err == nil || len(in.Bots()) != 3 {
		t.Errorf("a bot without a client: %v, and %d bots are left", err, len(in.Bots()))
	}
	if err := in.SetBots(append(one.bots(), one.bots()...)); err == nil {
		t.Error("the same bot twice is taken")
	}

	until(t, "the end of the work", settled(in))
	set(two.bots())
	calls := one.sim.Stats().Requests[koresim.KindCallDetails]
	if got := in.Bots(); len(got) != 2 || got[0].ID != "st-two" {
		t.Errorf("got %v", got)
	}
	if _, err := in.Enlist(t.Context(), one.creds.BotIDs[0], []string{"x"}, store.FoundByList); !errors.Is(err, ErrNoUpstream) {
		t.Errorf("got %v for a bot that is gone, want ErrNoUpstream", err)
	}
	two.sim.Add(koresim.NewVoicemail{})
	two.clock.Add(time.Hour)
	in.RunNow()
	until(t, "the other account's next voicemail", two.all)
	if got := one.sim.Stats().Requests[koresim.KindCallDetails]; got > calls {
		t.Errorf("%d looks at an account that is gone", got-calls)
	}
	stop()
	one.noneLeased()
}

// An account that is taken away in the middle of its work ends that as at a stop.
func TestSetBotsEndsWork(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 20})
	w.sim.Inject(koresim.Fault{Kind: koresim.FaultSlowDrip, Delay: time.Minute, On: koresim.KindVoicemail})
	in, _ := running(t, w, func(c *Config) { c.StopWithin = 20 * time.Millisecond })
	leased := func() int {
		l, err := w.store.Ledger(t.Context(), store.AllBots())
		if err != nil {
			t.Fatal(err)
		}
		return l.Sessions[store.StateLeased]
	}
	until(t, "work under way", func() bool { return leased() > 0 })
	if err := in.SetBots(nil); err != nil {
		t.Fatal(err)
	}
	until(t, "work given back", func() bool { return leased() == 0 })
	w.client = w.newClient(w.creds.ClientSecret)
	if err := in.SetBots(w.bots()); err != nil {
		t.Fatal(err)
	}
	until(t, "work taken up again", func() bool { return leased() > 0 })
}

// Sessions of a bot that is not connected any more are not asked in another's
// name, and are when it is back.
func TestSessionsOfABotThatIsGoneWait(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 20, BotIDs: []string{"st-one", "st-two"}, Quirks: &quirks})
	heal := w.sim.Inject(koresim.Fault{Kind: koresim.FaultStatus, On: koresim.KindVoicemail})
	if _, err := w.ingester().Pass(t.Context(), PassOptions{}); err != nil {
		t.Fatal(err)
	}
	heal()
	w.clock.Add(time.Hour)
	in := w.ingester(func(c *Config) { c.Bots = c.Bots[:1] })
	if _, err := in.Pass(t.Context(), PassOptions{SkipDiscovery: true}); err != nil {
		t.Fatal(err)
	}
	for _, id := range w.missing() {
		s, err := w.store.Session(t.Context(), store.AllBots(), id)
		if err != nil || s.BotID != "st-two" || s.State != store.StateDue || s.Reason != errNotConnected.Error() {
			t.Errorf("got %+v, %v", s, err)
		}
	}
	if len(w.missing()) == 0 {
		t.Error("all were asked for")
	}
	w.clock.Add(2 * time.Hour)
	w.finish(w.ingester(), 1)
}

func TestNextLook(t *testing.T) {
	schedule := func(spec string) Schedule {
		s, err := ParseSchedule(spec)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, koresim.Config{Voicemails: 1})
	for _, tt := range []struct {
		name string
		bots []Bot
		want time.Time // zero is never
	}{
		{"the default", []Bot{{}}, noon.Add(5 * time.Minute)},
		{"its own", []Bot{{Schedule: schedule("@every 1h")}}, noon.Add(time.Hour)},
		{"whichever comes first", []Bot{{Schedule: schedule("@every 2h")}, {Schedule: schedule("@every 1m")}}, noon.Add(time.Minute)},
		{"in its zone", []Bot{{Schedule: schedule("0 15 * * *"), TimeZone: berlin}}, noon.Add(time.Hour)},
		{"in the zone that it names", []Bot{{Schedule: schedule("CRON_TZ=UTC 0 15 * * *"), TimeZone: berlin}}, noon.Add(3 * time.Hour)},
		{"no discovery", []Bot{{Discovery: DiscoverNone}}, time.Time{}},
		{"no discovery for one", []Bot{{Discovery: DiscoverNone, Schedule: schedule("@every 1s")}, {Schedule: schedule("@every 2h")}}, noon.Add(2 * time.Hour)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := w.ingester(func(c *Config) {
				c.Now, c.Random = func() time.Time { return noon }, func() float64 { return 0 }
				for i := range tt.bots {
					tt.bots[i].ID, tt.bots[i].AccountID, tt.bots[i].Client = string(rune('a'+i)), "a", w.client
				}
				c.Bots = tt.bots
			})
			if got := in.nextLook(in.accounts[0]); !got.Equal(tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// The bots of an account may have credentials of their own: one that is let in
// tells of all.
func TestDiscoveryAsksInAnotherBotsName(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 10, BotIDs: []string{"st-one", "st-two"}, Quirks: &quirks})
	refused := w.newClient("not the secret at all, but long enough")
	in := w.ingester(func(c *Config) { c.Bots[0].Client = refused })
	_, err := in.Pass(t.Context(), PassOptions{})
	if err != nil && !isAccountError(err) {
		t.Fatal(err)
	}
	if got, want := len(w.sessions(t.Context())), len(w.sim.Sessions()); got != want {
		t.Errorf("%d sessions are known, want %d", got, want)
	}
}

// sessions counts what is known by its states.
func (w *world) sessions(ctx context.Context) map[string]store.State {
	w.t.Helper()
	known := map[string]store.State{}
	for _, id := range w.sim.Sessions() {
		s, err := w.store.Session(ctx, store.AllBots(), id)
		switch {
		case err == nil:
			known[id] = s.State
		case !errors.Is(err, store.ErrNotFound):
			w.t.Fatal(err)
		}
	}
	return known
}
