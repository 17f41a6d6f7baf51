package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"afterbeep/store"
)

func wakeRows() []row {
	return []row{
		{"a session of any state is due, wanted, first and with no attempts", wakeStates},
		{"leased: not while it is held", wakeLeased},
		{"not outside the scope", wakeScope},
		{"what is stored stays", wakeStored},
		{"next due: the earliest of the accounts' sessions", nextDue},
		{"next due: the end of a lease", nextDueLease},
		{"next due has come if and only if a claim finds something", nextDueProperty},
		{"an excerpt is kept until a reply can be read", excerptKept},
		{"an excerpt is cleaned and cut", excerptCleaned},
	}
}

// completenessCalls has each method of store.Bots, store.Backfills and
// store.Completeness with arguments that would do something for the session
// "s1".
func completenessCalls(b *bench) map[string]func(context.Context) error {
	scope, key := store.AllBots(), wanted("s1").Key()
	return map[string]func(context.Context) error{
		"Bots":      func(ctx context.Context) error { _, err := b.Bots(ctx); return err },
		"SaveBot":   func(ctx context.Context) error { return b.SaveBot(ctx, store.Bot{ID: "b", AccountID: account}) },
		"DeleteBot": func(ctx context.Context) error { return b.DeleteBot(ctx, "b") },
		"AddBackfill": func(ctx context.Context) error {
			_, err := b.AddBackfill(ctx, store.Backfill{AccountID: account, From: created, To: created.Add(time.Hour)})
			return err
		},
		"Backfills":   func(ctx context.Context) error { _, err := b.Backfills(ctx, ""); return err },
		"SetBackfill": func(ctx context.Context) error { return b.SetBackfill(ctx, 1, store.BackfillDone) },
		"Days": func(ctx context.Context) error {
			_, err := b.Days(ctx, scope, []time.Time{created, created.Add(time.Hour)}, 0)
			return err
		},
		"Known": func(ctx context.Context) error { _, _, err := b.Known(ctx, scope); return err },
		"Gaps":  func(ctx context.Context) error { _, err := b.Gaps(ctx, scope, store.GapQuery{}); return err },
		"Lags": func(ctx context.Context) error {
			_, err := b.Lags(ctx, scope, store.Worked{Accounts: []string{account}})
			return err
		},
		"OpenSessions": func(ctx context.Context) error {
			_, err := b.OpenSessions(ctx, scope, created, created.Add(time.Hour))
			return err
		},
		"WakeSession": func(ctx context.Context) error { return b.WakeSession(ctx, scope, key) },
		"NextDue":     func(ctx context.Context) error { _, _, err := b.NextDue(ctx, []string{account}); return err },
	}
}

func (b *bench) wake(t *testing.T, id string) {
	t.Helper()
	must(t, b.WakeSession(t.Context(), store.AllBots(), store.SessionKey{BotID: bot, SessionID: id}))
}

// fetchStates are the states that a fetch ends in.
func fetchStates() []store.State {
	return []store.State{store.StateDue, store.StateStored, store.StateEmpty, store.StateWaiting,
		store.StateRetry, store.StateGone, store.StateDead}
}

func wakeStates(t *testing.T, b *bench) {
	skipped := wanted(string(store.StateSkipped))
	skipped.Wanted, skipped.Priority, skipped.QueueName = false, store.PriorityUnknown, "Billing"
	b.save(t, skipped)
	for _, state := range fetchStates() {
		s := skipped
		s.SessionID, s.Wanted = string(state), true
		b.save(t, s)
		b.fetch(t, string(state), store.Outcome{State: state, After: time.Hour, Reason: "because"})
	}
	b.clock.move(time.Minute)
	for _, state := range append(fetchStates(), store.StateSkipped) {
		want := b.session(t, string(state))
		want.State, want.DueAt, want.Attempts, want.Reason = store.StateDue, b.clock.at(0), 0, ""
		want.Wanted, want.Priority = true, store.PriorityVoicemail
		for range 2 {
			b.wake(t, string(state))
			equal(t, string(state), b.session(t, string(state)), want)
		}
	}
	equal(t, "claimed", len(b.claim(t, 100, account)), len(fetchStates())+1)
}

func wakeLeased(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	l, had := b.lease(t, "s1"), b.session(t, "s1")
	wake := func() error { return b.WakeSession(t.Context(), store.AllBots(), wanted("s1").Key()) }
	wantErr(t, "while it is held", wake(), store.ErrLeased)
	equal(t, "session", b.session(t, "s1"), had)
	b.clock.move(time.Hour - time.Microsecond)
	wantErr(t, "to the end", wake(), store.ErrLeased)
	b.clock.move(time.Microsecond)
	must(t, wake())
	equal(t, "state when it has run out", b.session(t, "s1").State, store.StateDue)
	_, err := b.Record(t.Context(), l, store.Outcome{State: store.StateStored, Reply: said("hello")})
	wantErr(t, "the former holder", err, store.ErrLeaseLost)
	equal(t, "claimed", ids(b.claim(t, 1, account)), "s1")
}

func wakeScope(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	b.fetch(t, "s1", store.Outcome{State: store.StateDead})
	had := b.session(t, "s1")
	for name, scope := range map[string]store.Scope{
		"another bot": store.OnlyBots("st-another"), "no bots": store.OnlyBots(), "the zero scope": {},
	} {
		wantErr(t, name, b.WakeSession(t.Context(), scope, wanted("s1").Key()), store.ErrNotFound)
	}
	equal(t, "session", b.session(t, "s1"), had)
	for name, key := range map[string]store.SessionKey{
		"another session": {BotID: bot, SessionID: "s2"}, "another bot's": {BotID: "st-another", SessionID: "s1"},
	} {
		wantErr(t, name, b.WakeSession(t.Context(), store.AllBots(), key), store.ErrNotFound)
	}
	must(t, b.WakeSession(t.Context(), store.OnlyBots(bot), store.SessionKey{BotID: bot + "\x00", SessionID: "s\x001"}))
	equal(t, "state", b.session(t, "s1").State, store.StateDue)
}

func wakeStored(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), said("hello"))
	had, seq := b.voicemail(t, "s1"), b.head(t)
	b.wake(t, "s1")
	equal(t, "voicemail", b.voicemail(t, "s1"), had)
	equal(t, "head", b.head(t), seq)
	equal(t, "claimed", ids(b.claim(t, 1, account)), "s1")
}

func (b *bench) nextDue(t *testing.T, accounts ...string) time.Time {
	t.Helper()
	at, now, err := b.NextDue(t.Context(), accounts)
	must(t, err)
	equal(t, "now", now, b.clock.at(0))
	return at
}

func nextDue(t *testing.T, b *bench) {
	equal(t, "nothing known", b.nextDue(t, account), time.Time{})
	other := wanted("other")
	other.AccountID = "account-2"
	b.save(t, wanted("s1"), wanted("s2"), wanted("s3"))
	b.fetch(t, "s1", store.Outcome{State: store.StateRetry, After: 2 * time.Hour})
	b.fetch(t, "s2", store.Outcome{State: store.StateWaiting, After: 3 * time.Hour})
	b.fetch(t, "s3", store.Outcome{State: store.StateGone})
	equal(t, "retry", b.nextDue(t, account), b.clock.at(2*time.Hour))
	equal(t, "no accounts", b.nextDue(t), time.Time{})
	equal(t, "an account without sessions", b.nextDue(t, "account-2"), time.Time{})
	b.clock.move(time.Minute)
	b.save(t, other)
	equal(t, "due", b.nextDue(t, "account-2"), b.clock.at(0))
	equal(t, "the earliest of both", b.nextDue(t, account, "account-2", account, "account-3"), b.clock.at(0))
	equal(t, "of the one", b.nextDue(t, account), b.clock.at(2*time.Hour-time.Minute))
	imported := wanted("imported")
	imported.AccountID = ""
	b.save(t, imported)
	equal(t, "of the unnamed account", b.nextDue(t, ""), b.clock.at(0))
}

func nextDueLease(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	l := b.lease(t, "s1")
	equal(t, "leased", b.nextDue(t, account), b.clock.at(time.Hour))
	_, err := b.Record(t.Context(), l, store.Outcome{State: store.StateStored, Reply: said("hello")})
	must(t, err)
	equal(t, "stored", b.nextDue(t, account), time.Time{})
}

// nextDueProperty plays what may happen to the sessions of two accounts.
func nextDueProperty(t *testing.T, b *bench) {
	var run atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		n := run.Add(1)
		accounts := []string{fmt.Sprint("a-", n), fmt.Sprint("b-", n)}
		var known []store.Session
		for range rapid.IntRange(1, 7).Draw(rt, "steps") {
			b.clock.move(time.Duration(rapid.IntRange(0, 3).Draw(rt, "minutes")) * time.Minute)
			if len(known) == 0 || rapid.Bool().Draw(rt, "new") {
				s := store.Session{AccountID: rapid.SampledFrom(accounts).Draw(rt, "account"), BotID: bot,
					SessionID: fmt.Sprint("s-", n, "-", len(known)), Wanted: rapid.Bool().Draw(rt, "wanted")}
				if _, err := b.SaveSessions(t.Context(), []store.Session{s}); err != nil {
					rt.Fatal(err)
				}
				known = append(known, s)
			} else if err := stepSession(t.Context(), rt, b, rapid.SampledFrom(known).Draw(rt, "session")); err != nil {
				rt.Fatal(err)
			}
			asked := accounts[:rapid.IntRange(0, 2).Draw(rt, "accounts")]
			at, now, err := b.NextDue(t.Context(), asked)
			if err != nil {
				rt.Fatal(err)
			}
			leases, err := b.Claim(t.Context(), store.ClaimQuery{Accounts: asked, Limit: 100, Lease: 2 * time.Minute})
			if err != nil {
				rt.Fatal(err)
			}
			if due := !at.IsZero() && !at.After(now); due != (len(leases) > 0) {
				rt.Fatalf("next due %v at %v, and a claim found %d", at, now, len(leases))
			}
		}
	})
}

// stepSession lets one thing happen to a session.
func stepSession(ctx context.Context, rt *rapid.T, b *bench, s store.Session) error {
	if rapid.Bool().Draw(rt, "wake") {
		return ignore(b.WakeSession(ctx, store.AllBots(), s.Key()), store.ErrLeased)
	}
	l, err := b.ClaimSession(ctx, s.Key(), 2*time.Minute)
	if err != nil || rapid.Bool().Draw(rt, "die") {
		return ignore(err, store.ErrLeased)
	}
	o := store.Outcome{State: rapid.SampledFrom(fetchStates()).Draw(rt, "state"),
		After: time.Duration(rapid.IntRange(0, 4).Draw(rt, "after")) * time.Minute}
	_, err = b.Record(ctx, l, o)
	return err
}

func excerptKept(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	handed := wanted("s2")
	handed.Excerpt = "handed in"
	b.save(t, handed)
	equal(t, "handed in", b.session(t, "s2").Excerpt, "")
	step := func(name string, o store.Outcome, want string) {
		t.Helper()
		b.fetch(t, "s1", o)
		equal(t, name, b.session(t, "s1").Excerpt, want)
	}
	step("unreadable", store.Outcome{State: store.StateDead, Excerpt: "<html>"}, "<html>")
	again := wanted("s1")
	again.QueueName, again.Excerpt = "Billing", "other"
	b.save(t, again)
	equal(t, "saved again", b.session(t, "s1").Excerpt, "<html>")
	b.wake(t, "s1")
	equal(t, "woken", b.session(t, "s1").Excerpt, "<html>")
	equal(t, "in the lease", b.lease(t, "s1").Session.Excerpt, "<html>")
	b.clock.move(time.Hour)
	step("given back", store.Outcome{State: store.StateDue}, "<html>")
	step("another", store.Outcome{State: store.StateRetry, Excerpt: "{"}, "{")
	step("a passing fault", store.Outcome{State: store.StateRetry}, "")
	step("another", store.Outcome{State: store.StateRetry, Excerpt: "{"}, "{")
	step("a good answer", store.Outcome{State: store.StateStored, Reply: said("hello")}, "")
}

func excerptCleaned(t *testing.T, b *bench) {
	b.save(t, wanted("s1"))
	for _, c := range []struct{ name, excerpt, want string }{
		{"odd", "a\x00b\xff\xfec", "ab\ufffdc"},
		{"as long as is kept", strings.Repeat("x", store.MaxExcerpt), strings.Repeat("x", store.MaxExcerpt)},
		{"longer", strings.Repeat("x", store.MaxExcerpt) + "y", strings.Repeat("x", store.MaxExcerpt)},
		{"cut through a letter", strings.Repeat("x", store.MaxExcerpt-1) + "é", strings.Repeat("x", store.MaxExcerpt-1)},
		{"broken bytes at the end", strings.Repeat("x", store.MaxExcerpt-1) + "\xff", strings.Repeat("x", store.MaxExcerpt-1)},
		{"letters of four bytes", strings.Repeat("🦊", store.MaxExcerpt), strings.Repeat("🦊", store.MaxExcerpt/4)},
	} {
		b.fetch(t, "s1", store.Outcome{State: store.StateDead, Excerpt: c.excerpt})
		equal(t, c.name, b.session(t, "s1").Excerpt, c.want)
	}
	gaps, err := b.Gaps(t.Context(), store.AllBots(), store.GapQuery{Kinds: []store.GapKind{store.GapDead}})
	must(t, err)
	if !slices.ContainsFunc(gaps, func(g store.Gap) bool { return g.Excerpt == strings.Repeat("🦊", store.MaxExcerpt/4) }) {
		t.Error("the gap lacks the excerpt")
	}
}
