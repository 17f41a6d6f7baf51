package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/store"
)

func claimRows() []row {
	return []row{
		{"order: priority, newest first, unknown start last, ids by bytes", claimOrder},
		{"order holds across accounts", claimOrderAcrossAccounts},
		{"only the accounts asked for", claimAccounts},
		{"the limit is clamped", claimLimit},
		{"only what is due", claimStates},
		{"what waits comes when its time has come", claimWaits},
		{"no session is handed to two callers", claimConcurrently},
		{"a lease that lasts no time is refused", claimInvalid},
		{"one session, whatever its state", claimSessionStates},
		{"one session: not known, leased, run out", claimSessionErrors},
	}
}

func (b *bench) claim(t *testing.T, limit int, accounts ...string) []store.Lease {
	t.Helper()
	leases, err := b.Claim(t.Context(), store.ClaimQuery{Accounts: accounts, Limit: limit, Lease: time.Minute})
	must(t, err)
	return leases
}

// ordered is a session with what Claim orders by; start 0 is not known.
func ordered(id string, priority int, start time.Duration) store.Session {
	s := wanted(id)
	s.Priority = priority
	if start != 0 {
		s.StartedAt = created.Add(start)
	}
	return s
}

func claimOrder(t *testing.T, b *bench) {
	b.save(t,
		ordered("unknown", 0, 0), ordered("later", 0, 2*time.Hour), ordered("first", 1, 3*time.Hour),
		ordered("b", 0, time.Hour), ordered("a", 0, time.Hour), ordered("B", 0, time.Hour), ordered("é", 0, time.Hour),
		ordered("a-", 0, time.Hour), ordered("aa", 0, time.Hour), ordered("_", 0, time.Hour), ordered("low", 1, 0))
	equal(t, "order", ids(b.claim(t, 100, account)), "later B _ a a- aa b é unknown first low")
}

func claimOrderAcrossAccounts(t *testing.T, b *bench) {
	other := func(id string, start time.Duration) store.Session {
		s := ordered(id, 0, start)
		s.AccountID, s.BotID = "account-2", "st-bot-2"
		return s
	}
	b.save(t, ordered("1", 0, 5*time.Hour), other("2", 4*time.Hour), ordered("3", 0, 3*time.Hour), other("4", 2*time.Hour),
		ordered("same", 0, time.Hour), other("same", time.Hour), other("6", 0))
	equal(t, "first three", ids(b.claim(t, 3, "account-2", account, account)), "1 2 3")
	rest := b.claim(t, 10, "account-2", account)
	equal(t, "the rest", ids(rest), "4 same same 6")
	equal(t, "same id: by bot", rest[1].Session.BotID, bot)
}

func claimAccounts(t *testing.T, b *bench) {
	imported := wanted("imported")
	imported.AccountID = ""
	other := wanted("other")
	other.AccountID = "account-2"
	b.save(t, wanted("s1"), imported, other)
	equal(t, "no accounts", ids(b.claim(t, 10)), "")
	equal(t, "an unknown one", ids(b.claim(t, 10, "nobody")), "")
	equal(t, "one", ids(b.claim(t, 10, account)), "s1")
	equal(t, "the unnamed one", ids(b.claim(t, 10, "")), "imported")
	many := []string{"account-2"}
	for i := range 50 {
		many = append(many, fmt.Sprint("a", i))
	}
	equal(t, "many", ids(b.claim(t, 10, many...)), "other")
}

func claimLimit(t *testing.T, b *bench) {
	sessions := make([]store.Session, 250)
	for i := range sessions {
		sessions[i] = wanted(fmt.Sprint("s", i))
	}
	b.save(t, sessions...)
	for _, c := range []struct{ limit, want int }{{0, 1}, {-5, 1}, {3, 3}, {100, 100}, {1000, 100}} {
		if got := len(b.claim(t, c.limit, account)); got != c.want {
			t.Errorf("limit %d: got %d leases, want %d", c.limit, got, c.want)
		}
	}
}

func claimStates(t *testing.T, b *bench) {
	skipped := wanted("skipped")
	skipped.Wanted = false
	b.save(t, skipped)
	for _, state := range []store.State{store.StateDue, store.StateStored, store.StateEmpty, store.StateWaiting,
		store.StateRetry, store.StateGone, store.StateDead} {
		b.save(t, wanted(string(state)))
		b.fetch(t, string(state), store.Outcome{State: state})
	}
	leases := b.claim(t, 100, account)
	equal(t, "claimed", ids(leases), "due retry waiting")
	for _, l := range leases {
		equal(t, "state before", string(l.Session.State), l.Session.SessionID)
	}
}

func claimWaits(t *testing.T, b *bench) {
	b.save(t, wanted("s1"), wanted("s2"))
	b.fetch(t, "s1", store.Outcome{State: store.StateRetry, After: time.Minute})
	b.fetch(t, "s2", store.Outcome{State: store.StateWaiting, After: time.Hour})
	equal(t, "at once", ids(b.claim(t, 10, account)), "")
	b.clock.move(time.Minute - time.Microsecond)
	equal(t, "a microsecond early", ids(b.claim(t, 10, account)), "")
	b.clock.move(time.Microsecond)
	equal(t, "on time", ids(b.claim(t, 10, account)), "s1")
	b.clock.move(time.Hour)
	got := ids(b.claim(t, 10, account))
	equal(t, "an hour later, the lease run out too", got, "s1 s2")
}

func claimConcurrently(t *testing.T, b *bench) {
	const sessions = 120
	for i := range sessions {
		b.save(t, wanted(fmt.Sprint("s", i)))
	}
	handles := []store.Store{b.Store, b.another(t)}
	var mu sync.Mutex
	count := make(map[string]int)
	g, ctx := errgroup.WithContext(t.Context())
	for i := range 8 {
		g.Go(func() error {
			return claimAll(ctx, handles[i%2], func(l store.Lease) {
				mu.Lock()
				defer mu.Unlock()
				count[l.Session.SessionID]++
			})
		})
	}
	must(t, g.Wait())
	equal(t, "sessions claimed", len(count), sessions)
	for id, n := range count {
		if n != 1 {
			t.Errorf("%s was handed out %d times", id, n)
		}
	}
}

func claimAll(ctx context.Context, s store.Store, got func(store.Lease)) error {
	for {
		leases, err := s.Claim(ctx, store.ClaimQuery{Accounts: []string{account}, Limit: 7, Lease: time.Minute})
		if err != nil || len(leases) == 0 {
			return err
		}
		for _, l := range leases {
			got(l)
		}
	}
}

func claimInvalid(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	for _, d := range []time.Duration{0, -time.Second} {
		_, err := b.Claim(t.Context(), store.ClaimQuery{Accounts: []string{account}, Limit: 1, Lease: d})
		wantErr(t, "claim", err, store.ErrInvalid)
		_, err = b.ClaimSession(t.Context(), wanted("s1").Key(), d)
		wantErr(t, "claim session", err, store.ErrInvalid)
	}
	l := b.lease(t, "s1")
	_, err := b.Renew(t.Context(), []store.Lease{l}, 0)
	wantErr(t, "renew", err, store.ErrInvalid)
}

func claimSessionStates(t *testing.T, b *bench) {
	skipped := wanted("skipped")
	skipped.Wanted = false
	b.save(t, skipped)
	states := []store.State{store.StateDue, store.StateStored, store.StateEmpty, store.StateWaiting,
		store.StateRetry, store.StateGone, store.StateDead}
	for _, state := range states {
		b.save(t, wanted(string(state)))
		b.fetch(t, string(state), store.Outcome{State: state, After: time.Hour})
	}
	for _, state := range append(states, store.StateSkipped) {
		had := b.session(t, string(state))
		l := b.lease(t, string(state))
		equal(t, "session before", l.Session, had)
		equal(t, "until", l.Until, b.clock.at(time.Hour))
		now := b.session(t, string(state))
		equal(t, "state", now.State, store.StateLeased)
		equal(t, "due at", now.DueAt, l.Until)
	}
}

func claimSessionErrors(t *testing.T, b *bench) {
	key := wanted("s1").Key()
	_, err := b.ClaimSession(t.Context(), key, time.Minute)
	wantErr(t, "not known", err, store.ErrNotFound)
	b.save(t, wanted("s1"))
	_, err = b.ClaimSession(t.Context(), store.SessionKey{BotID: "st-another", SessionID: "s1"}, time.Minute)
	wantErr(t, "another bot", err, store.ErrNotFound)
	_, err = b.ClaimSession(t.Context(), key, time.Minute)
	must(t, err)
	_, err = b.ClaimSession(t.Context(), key, time.Minute)
	wantErr(t, "leased", err, store.ErrLeased)
	b.clock.move(time.Minute)
	_, err = b.ClaimSession(t.Context(), key, time.Minute)
	must(t, err)
}
