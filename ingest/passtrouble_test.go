package ingest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
)

func TestPassEndsAtAccountTrouble(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 20})
	w.client = w.newClient("not the secret at all, but long enough")
	var trouble *AccountError
	in := w.ingester()
	_, err := in.Pass(t.Context(), PassOptions{})
	if !errors.As(err, &trouble) || trouble.AccountID != w.creds.AccountID || kore.KindOf(err) != kore.KindToken {
		t.Fatalf("got %v, want an AccountError", err)
	}
	if got := in.Status().Err; !strings.Contains(got, w.creds.AccountID) {
		t.Errorf("the status says %q", got)
	}
	if calls := w.sim.Stats().BadTokens; calls > 1+w.ingester().cfg.Workers {
		t.Errorf("asked %d times with a bad token", calls)
	}
}

// Trouble is told until an answer shows that it is over, also by passes that
// have nothing to ask.
func TestStatusTellsOfAccountTroubleUntilItEnds(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 20})
	in := w.ingester()
	for _, on := range []koresim.Kind{koresim.KindCallDetails, koresim.KindVoicemail} {
		remove := w.sim.Inject(koresim.Fault{Kind: koresim.FaultStatus, Status: 401, On: on})
		for range 3 {
			w.sim.Add(koresim.NewVoicemail{})
		}
		for range 8 { // until all that was due is put off
			_, _ = in.Pass(t.Context(), PassOptions{})
		}
		if _, err := in.Pass(t.Context(), PassOptions{SkipDiscovery: true}); err != nil {
			t.Errorf("%s: the last pass met %v", on, err)
		}
		if got := in.Status().Err; !strings.Contains(got, w.creds.AccountID) {
			t.Errorf("%s: the status says %q", on, got)
		}
		remove()
		w.clock.Add(time.Hour)
		if _, err := in.Pass(t.Context(), PassOptions{}); err != nil || in.Status().Err != "" {
			t.Errorf("%s: afterwards the status says %q, %v", on, in.Status().Err, err)
		}
		w.clock.Add(24 * time.Hour)
	}
}

// A refused token in the middle of a pass gives sessions back without an attempt.
func TestPassGivesBackAtAccountTrouble(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 40})
	remove := w.sim.Inject(koresim.Fault{Kind: koresim.FaultStatus, Status: 401, On: koresim.KindVoicemail, After: 10})
	var trouble *AccountError
	if _, err := w.ingester().Pass(t.Context(), PassOptions{}); !errors.As(err, &trouble) {
		t.Fatalf("got %v, want an AccountError", err)
	}
	w.noneLeased()
	l, err := w.store.Ledger(t.Context(), store.AllBots())
	if err != nil || l.Sessions[store.StateRetry] > refusedLimit+4 || l.Sessions[store.StateDead] > 0 {
		t.Errorf("got %v, %v", l.Sessions, err)
	}
	remove()
	w.clock.Add(time.Hour)
	w.finish(w.ingester(), 12)
}

// One session that the upstream refuses stops no others.
func TestPassGoesAroundOneRefusedSession(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 30})
	refused := w.sim.Voicemails()[29].SessionID
	w.sim.Inject(koresim.Fault{Kind: koresim.FaultStatus, Status: 403, On: koresim.KindVoicemail, SessionID: refused})
	in := w.ingester()
	for range 4 {
		_, _ = in.Pass(t.Context(), PassOptions{})
		w.clock.Add(5 * time.Minute)
	}
	if missing := w.missing(); len(missing) != 1 || missing[0] != refused {
		t.Errorf("%d are missing, want only the one refused", len(missing))
	}
}
