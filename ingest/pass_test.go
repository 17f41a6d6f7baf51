package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
)

// finish makes passes, hours apart, until every voicemail of the upstream is stored.
func (w *world) finish(in *Ingester, passes int) {
	w.t.Helper()
	for range passes {
		if _, err := in.Pass(w.t.Context(), PassOptions{}); err != nil {
			w.t.Logf("a pass ended with %v", err)
		}
		if len(w.missing()) == 0 {
			return
		}
		w.clock.Add(2 * time.Hour)
	}
	for _, id := range w.missing() {
		s, err := w.store.Session(w.t.Context(), store.AllBots(), id)
		w.t.Errorf("missing: %s, %s (%s), %v", id, s.State, s.Reason, err)
	}
}

// noneLeased checks that nothing is left in a worker's hands.
func (w *world) noneLeased() {
	w.t.Helper()
	l, err := w.store.Ledger(w.t.Context(), store.AllBots())
	if err != nil || l.Sessions[store.StateLeased] > 0 {
		w.t.Errorf("%d sessions are leased, %v", l.Sessions[store.StateLeased], err)
	}
}

func TestPassFindsEveryVoicemail(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			w := newWorld(t, koresim.Config{Seed: seed, Voicemails: 15, Span: 30 * 24 * time.Hour})
			w.finish(w.ingester(func(c *Config) { c.LookBack = 40 * 24 * time.Hour }), 24)
			l, err := w.store.Ledger(t.Context(), store.AllBots())
			if err != nil {
				t.Fatal(err)
			}
			known := 0
			for _, n := range l.Sessions {
				known += n
			}
			if want := len(w.sim.Sessions()); known != want {
				t.Errorf("%d sessions are in the ledger, the upstream has %d", known, want)
			}
			w.noneLeased()
		})
	}
}

// A window of more sessions than its pages can hold is bisected, however the
// upstream counts its offset.
func TestPassReadsABusyDay(t *testing.T) {
	for _, tt := range []struct {
		name string
		rows bool
		over koresim.Overflow
		sort koresim.SortOrder
		many int // sessions on the day: more than can be had at once
	}{
		{"pages that end silently", false, koresim.OverflowEmpty, koresim.OrderHash, 1160},
		{"rows without an end", true, koresim.OverflowNone, koresim.OrderOldest, 150},
		{"rows up to ten", true, koresim.OverflowReject, koresim.OrderEndFirst, 300},
	} {
		t.Run(tt.name, func(t *testing.T) {
			quirks := koresim.Documented()
			quirks.OffsetRows, quirks.OverOffset, quirks.Sort = tt.rows, tt.over, tt.sort
			w := newWorld(t, koresim.Config{Voicemails: 20, Other: tt.many, Span: 20 * 24 * time.Hour, BusyDay: 0.95, Quirks: &quirks})
			in := w.ingester(func(c *Config) { c.LookBack = 30 * 24 * time.Hour })
			report, err := in.Pass(t.Context(), PassOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if want := len(w.sim.Sessions()); report.Sessions != want || report.Overfull > 0 {
				t.Errorf("found %d sessions, the upstream has %d; %d overfull", report.Sessions, want, report.Overfull)
			}
			if missing := w.missing(); len(missing) > 0 {
				t.Errorf("%d voicemails are missing", len(missing))
			}
			t.Logf("%d calls for %d sessions", w.sim.Stats().Requests[koresim.KindCallDetails], report.Sessions)
		})
	}
}

// What can arrive arrives through every fault at once, and nothing twice.
func TestPassThroughFaults(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			w := newWorld(t, koresim.Config{Seed: seed, Voicemails: 40, Span: 20 * 24 * time.Hour})
			for _, kind := range []koresim.FaultKind{
				koresim.FaultStatus, koresim.FaultReset, koresim.FaultTruncated, koresim.FaultHTML, koresim.FaultLimit429,
				koresim.FaultLimitText, koresim.FaultLimitHourly, koresim.FaultReplay, koresim.FaultEmpty, koresim.FaultInvalidUTF8,
				koresim.FaultWrongTypes, koresim.FaultUnknownStatus,
			} {
				w.sim.Inject(koresim.Fault{Kind: kind, Probability: 0.03})
			}
			w.finish(w.ingester(longLeases, func(c *Config) { c.LookBack = 30 * 24 * time.Hour }), 60)
			w.noneLeased()
		})
	}
}

// Bots of one account share its discovery, and each keeps its sessions.
func TestPassOfTwoBots(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 30, BotIDs: []string{"st-one", "st-two"}, Quirks: &quirks})
	w.finish(w.ingester(), 1)
	stored, bots := w.stored(), map[string]int{}
	for _, v := range w.sim.Voicemails() {
		bots[v.BotID]++
		if got := stored[v.SessionID].BotID; got != v.BotID {
			t.Errorf("session %s is of bot %s, want %s", v.SessionID, got, v.BotID)
		}
	}
	if len(bots) != 2 {
		t.Fatalf("the upstream has voicemails of %d bots, want 2", len(bots))
	}
	if got := w.sim.Stats().Requests[koresim.KindCallDetails]; got > 130 {
		t.Errorf("%d looks for new sessions: one per account is enough", got)
	}
}

func TestPassOfSessions(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 10})
	in, truth := w.ingester(), w.sim.Voicemails()
	keys := []store.SessionKey{
		{BotID: truth[0].BotID, SessionID: truth[0].SessionID},
		{BotID: truth[1].BotID, SessionID: truth[1].SessionID},
	}
	for range 2 { // the second time they are known
		report, err := in.Pass(t.Context(), PassOptions{Sessions: keys, SkipDiscovery: true})
		if err != nil || report.Fetched != 2 {
			t.Fatalf("fetched %d, %v, want 2", report.Fetched, err)
		}
	}
	if got := len(w.stored()); got != 2 {
		t.Errorf("%d are stored, want 2", got)
	}
	if _, err := in.Pass(t.Context(), PassOptions{Sessions: []store.SessionKey{{BotID: "st-x", SessionID: "x"}}}); !errors.Is(err, ErrNoUpstream) {
		t.Errorf("got %v for an unknown bot, want ErrNoUpstream", err)
	}
}

// A row that no ledger can hold keeps none of the others out.
func TestDiscoveryLeavesOutWhatCannotBeStored(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 1})
	var logged bytes.Buffer
	long := strings.Repeat("x", store.MaxID+1)
	in := w.ingester(func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&logged, nil)) })
	d := &detailsReader{run: in.newRun(in.accounts[0], PassOptions{}), speakers: in.Bots()}
	page := &kore.CallDetailsPage{Rows: []kore.CallRow{{SessionID: "a"}, {SessionID: long}, {SessionID: "\x00"}, {SessionID: "b"}}}
	if err := d.savePage(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a", "b"} {
		if _, err := w.store.Session(t.Context(), store.AllBots(), id); err != nil {
			t.Errorf("session %s: %v", id, err)
		}
	}
	if got := logged.String(); !strings.Contains(got, "count=2") || strings.Contains(got, "xxx") {
		t.Errorf("the log says %q", got)
	}
	keys := []store.SessionKey{{BotID: w.creds.BotIDs[0], SessionID: long}}
	if _, err := w.ingester().Pass(t.Context(), PassOptions{Sessions: keys}); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("got %v for a session with a long id, want ErrInvalid", err)
	}
}

func TestPassOfARange(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 50, Quirks: &quirks})
	truth := w.sim.Voicemails()
	from, to := truth[10].Start.Add(-time.Second), truth[20].Start.Add(time.Second)
	if _, err := w.ingester().Pass(t.Context(), PassOptions{From: from, To: to}); err != nil {
		t.Fatal(err)
	}
	stored := w.stored()
	for i, v := range truth {
		if _, ok := stored[v.SessionID]; ok != (i >= 10 && i <= 20) {
			t.Errorf("voicemail %d is stored: %v", i, ok)
		}
	}
}

// waited is a store whose time passes with each look at what is due next, up to
// that: nothing is under way then.
type waited struct {
	Sessions
	clock *clock
}

func (s waited) NextDue(ctx context.Context, accounts []string) (at, now time.Time, err error) {
	at, now, err = s.Sessions.NextDue(ctx, accounts)
	if left := at.Sub(now); err == nil && left > 0 && left <= untilSoon {
		s.clock.Add(left)
	}
	return at, now, err
}

func TestPassUntilNothingIsDueSoon(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 10})
	w.sim.Inject(koresim.Fault{Kind: koresim.FaultStatus, On: koresim.KindVoicemail, Times: 4})
	in := w.ingester(func(c *Config) { c.Store = waited{w.store, w.clock} })
	report, err := in.Pass(t.Context(), PassOptions{Until: true})
	if err != nil || report.Fetched < 14 {
		t.Fatalf("got %+v, %v, want 4 faults and 10 voicemails", report, err)
	}
	if missing := w.missing(); len(missing) > 0 {
		t.Errorf("%d voicemails are missing", len(missing))
	}
}

// An empty or failing reply to a session that is stored wipes nothing.
func TestPassKeepsWhatIsStored(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 1, Other: -1, Quirks: &quirks})
	in := w.ingester()
	w.finish(in, 1)
	v := w.sim.Voicemails()[0]
	before := w.stored()[v.SessionID]
	for _, body := range []string{`{"status":"success","voicemail recording":[],"transcriptions":[]}`, `{"errors":[{"msg":"Not Found","code":404}]}`, `<html>`, ``} {
		w.sim.SetReply(v.SessionID, []byte(body))
		report, err := in.Pass(t.Context(), PassOptions{SkipDiscovery: true, Sessions: []store.SessionKey{{BotID: before.BotID, SessionID: v.SessionID}}})
		if err != nil || report.Fetched != 1 {
			t.Fatalf("%q: got %+v, %v", body, report, err)
		}
		after := w.stored()[v.SessionID]
		if after.Text != before.Text || len(after.Recordings) != len(before.Recordings) {
			t.Errorf("%q: got %+v, want %+v", body, after, before)
		}
	}
}

// A transcript may be there before its file is: the file is waited for.
func TestPassWaitsForTheFile(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: -1, Other: -1, Quirks: &quirks})
	id := w.sim.Add(koresim.NewVoicemail{Texts: []string{"hello"}, MediaAfter: 10 * time.Minute}).SessionID
	in := w.ingester(func(c *Config) { c.LookBack = time.Hour })
	w.finish(in, 1)
	if v := w.stored()[id]; v.Text != "hello" || len(v.Recordings) > 0 {
		t.Fatalf("before its file came: got %q and %d files", v.Text, len(v.Recordings))
	}
	for range 3 {
		w.clock.Add(10 * time.Minute)
		if _, err := in.Pass(t.Context(), PassOptions{SkipDiscovery: true}); err != nil {
			t.Fatal(err)
		}
	}
	s, err := w.store.Session(t.Context(), store.AllBots(), id)
	if err != nil || s.State != store.StateStored || len(w.stored()[id].Recordings) != 1 {
		t.Errorf("after its file came: got %s, %d files, %v", s.State, len(w.stored()[id].Recordings), err)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		cfg  Config
	}{
		{"nothing", Config{}},
		{"a bot without a client", Config{Bots: []Bot{{ID: "b", AccountID: "a"}}}},
		{"negative workers", Config{Workers: -1}},
	} {
		if in, err := New(tt.cfg); err == nil {
			t.Errorf("%s: got %v", tt.name, in)
		}
	}
}
