package storetest

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/store"
)

func handleRows() []row {
	return []row{
		{"ready", func(t *testing.T, b *bench) { must(t, b.Ready(t.Context())) }},
		{"what one handle writes another reads", handleShared},
		{"all is there after closing and opening", handleReopened},
		{"a closed store can't be used", handleClosed},
		{"closing waits for methods under way", handleCloseWaits},
		{"a cancelled caller gets an error and nothing is written", handleCancelled},
	}
}

func handleShared(t *testing.T, b *bench) {
	other := b.another(t)
	want := b.archive(t, wanted("s1"), said("hello"))
	got, err := other.Voicemail(t.Context(), store.AllBots(), want.ID)
	must(t, err)
	equal(t, "voicemail", got, want)
	mine, err := b.Head(t.Context())
	must(t, err)
	its, err := other.Head(t.Context())
	must(t, err)
	equal(t, "head", its, mine)
}

func handleReopened(t *testing.T, b *bench) {
	want := b.archive(t, full(), wholeReply())
	session := b.session(t, "s1")
	head, err := b.Head(t.Context())
	must(t, err)
	must(t, b.Close())
	b.Store = b.another(t)
	equal(t, "voicemail", b.voicemail(t, "s1"), want)
	equal(t, "session", b.session(t, "s1"), session)
	again, err := b.Head(t.Context())
	must(t, err)
	equal(t, "head", again, head)
	known, err := b.Knows(t.Context(), head)
	must(t, err)
	equal(t, "knows", known, true)
}

func handleClosed(t *testing.T, b *bench) {
	must(t, b.Close())
	must(t, b.Close())
	for name, call := range calls(b, store.Lease{}) {
		if err := call(t.Context()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// handleCloseWaits closes while many write: what was told to be done is there,
// and what failed is not.
func handleCloseWaits(t *testing.T, b *bench) {
	const writers = 4
	var done atomic.Int64
	var g errgroup.Group
	started := make(chan struct{}, writers)
	for i := range writers {
		g.Go(func() error {
			for j := 0; ; j++ {
				if _, err := b.SaveSessions(context.Background(), []store.Session{wanted(fmt.Sprint(i, "-", j))}); err != nil {
					return nil // closed
				}
				done.Add(1)
				if j == 0 {
					started <- struct{}{}
				}
			}
		})
	}
	for range writers {
		<-started
	}
	must(t, b.Close())
	told := done.Load() // all that were under way have ended, but not all counted
	must(t, g.Wait())
	if more := done.Load() - told; more > writers {
		t.Errorf("%d were written after the end", more)
	}
	l, err := b.another(t).Ledger(t.Context(), store.AllBots())
	must(t, err)
	equal(t, "sessions", int64(l.Sessions[store.StateDue]), done.Load())
}

func handleCancelled(t *testing.T, b *bench) {
	b.archive(t, wanted("stored"), said("hello"))
	b.save(t, wanted("s1"), wanted("leased"))
	l := b.lease(t, "leased")
	had, seq := b.session(t, "leased"), b.head(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range calls(b, l) {
		wantErr(t, name, call(ctx), context.Canceled)
	}
	equal(t, "leased session", b.session(t, "leased"), had)
	equal(t, "due session", b.session(t, "s1").State, store.StateDue)
	equal(t, "head", b.head(t), seq)
	equal(t, "trail", len(b.trail(t, 1)), 0)
	equal(t, "windows", len(b.windows(t, time.Time{})), 0)
	users, err := b.Users(t.Context())
	must(t, err)
	equal(t, "users", len(users), 0)
	_, err = b.Session(t.Context(), store.AllBots(), "new")
	wantErr(t, "new session", err, store.ErrNotFound)
	equal(t, "budget", b.reserve(t, store.ClassListener, 1), time.Duration(0))
	must(t, b.lock(t, "pass", "b"))

	// The table must have every method that can wait.
	var methods, tried []string
	for m := range reflect.TypeFor[store.Store]().Methods() {
		if m.Name != "Close" {
			methods = append(methods, m.Name)
		}
	}
	for name := range calls(b, l) {
		tried = append(tried, name)
	}
	slices.Sort(tried)
	equal(t, "methods tried", tried, methods)
}

// calls has each method of the store with arguments that would do something.
func calls(b *bench, l store.Lease) map[string]func(context.Context) error {
	c := writeCalls(b, l)
	maps.Copy(c, taskCalls(b))
	maps.Copy(c, completenessCalls(b))
	maps.Copy(c, remarkCalls(b))
	maps.Copy(c, loginCalls(b))
	maps.Copy(c, savedCalls(b))
	maps.Copy(c, callbackCalls(b))
	maps.Copy(c, waitingCalls(b))
	scope, id := store.AllBots(), store.VoicemailID(bot, "stored")
	c["Windows"] = func(ctx context.Context) error { _, err := b.Windows(ctx, account, time.Time{}); return err }
	c["Changes"] = func(ctx context.Context) error { _, err := b.Changes(ctx, 0, 10); return err }
	c["Head"] = func(ctx context.Context) error { _, err := b.Head(ctx); return err }
	c["Knows"] = func(ctx context.Context) error { _, err := b.Knows(ctx, store.Position{}); return err }
	c["Voicemail"] = func(ctx context.Context) error { _, err := b.Voicemail(ctx, scope, id); return err }
	c["Voicemails"] = func(ctx context.Context) error { _, err := b.Voicemails(ctx, scope, []int64{id}); return err }
	c["Summaries"] = func(ctx context.Context) error { _, err := b.Summaries(ctx, scope, []int64{id}); return err }
	c["Synonyms"] = func(ctx context.Context) error { _, err := b.Synonyms(ctx); return err }
	c["SynonymsChanged"] = func(ctx context.Context) error { _, err := b.SynonymsChanged(ctx); return err }
	c["SaveSynonyms"] = func(ctx context.Context) error {
		_, err := b.SaveSynonyms(ctx, store.SynonymLists{Text: "a = b"}, time.Time{})
		return err
	}
	c["Session"] = func(ctx context.Context) error { _, err := b.Session(ctx, scope, "stored"); return err }
	c["Ledger"] = func(ctx context.Context) error { _, err := b.Ledger(ctx, scope); return err }
	c["Payload"] = func(ctx context.Context) error { _, err := b.Payload(ctx, scope, id); return err }
	c["Outdated"] = func(ctx context.Context) error { _, err := b.Outdated(ctx, 9, 10); return err }
	c["User"] = func(ctx context.Context) error { _, err := b.User(ctx, "ada"); return err }
	c["Users"] = func(ctx context.Context) error { _, err := b.Users(ctx); return err }
	c["LoginUser"] = func(ctx context.Context) error { _, err := b.LoginUser(ctx, "h"); return err }
	c["TokenUser"] = func(ctx context.Context) error { _, err := b.TokenUser(ctx, "h"); return err }
	c["AuditTrail"] = func(ctx context.Context) error { _, err := b.AuditTrail(ctx, 1); return err }
	c["Ready"] = b.Ready
	return c
}

func writeCalls(b *bench, l store.Lease) map[string]func(context.Context) error {
	u := store.User{ID: 1, Name: "ada", Role: store.RoleAdmin}
	return map[string]func(context.Context) error{
		"SaveSessions": func(ctx context.Context) error {
			_, err := b.SaveSessions(ctx, []store.Session{wanted("new")})
			return err
		},
		"SaveWindow": func(ctx context.Context) error { return b.SaveWindow(ctx, window(0, time.Hour, 1)) },
		"Claim": func(ctx context.Context) error {
			_, err := b.Claim(ctx, store.ClaimQuery{Accounts: []string{account}, Limit: 10, Lease: time.Hour})
			return err
		},
		"ClaimSession": func(ctx context.Context) error {
			_, err := b.ClaimSession(ctx, wanted("s1").Key(), time.Hour)
			return err
		},
		"Renew": func(ctx context.Context) error { _, err := b.Renew(ctx, []store.Lease{l}, 5*time.Hour); return err },
		"Reanalyse": func(ctx context.Context) error {
			_, err := b.Reanalyse(ctx, store.VoicemailID(bot, "s1"), *analysed(9, "hello again"))
			return err
		},
		"Record": func(ctx context.Context) error {
			_, err := b.Record(ctx, l, store.Outcome{State: store.StateStored, Reply: said("hello")})
			return err
		},
		"AcquireLock":     func(ctx context.Context) error { return b.AcquireLock(ctx, "pass", "a", time.Hour) },
		"ReleaseLock":     func(ctx context.Context) error { return b.ReleaseLock(ctx, "pass", "a") },
		"Reserve":         func(ctx context.Context) error { _, err := b.Reserve(ctx, account, 0, store.Limits(1)...); return err },
		"Answered":        func(ctx context.Context) error { return b.Answered(ctx, account, store.Verdict{Limited: true}) },
		"CreateUser":      func(ctx context.Context) error { _, err := b.CreateUser(ctx, u); return err },
		"CreateFirstUser": func(ctx context.Context) error { _, err := b.CreateFirstUser(ctx, u); return err },
		"UpdateUser":      func(ctx context.Context) error { return b.UpdateUser(ctx, u) },
		"CreateLogin":     func(ctx context.Context) error { return b.CreateLogin(ctx, store.Login{Hash: "h", UserID: 1}) },
		"DeleteLogin":     func(ctx context.Context) error { return b.DeleteLogin(ctx, "h") },
		"CreateToken": func(ctx context.Context) error {
			return b.CreateToken(ctx, store.APIToken{ID: "t", Hash: "h", UserID: 1})
		},
		"RevokeToken": func(ctx context.Context) error { return b.RevokeToken(ctx, "t") },
		"Audit":       func(ctx context.Context) error { return b.Audit(ctx, store.AuditEntry{Actor: "ada"}) },
	}
}

func savedCalls(b *bench) map[string]func(context.Context) error {
	alert := store.Alert{SearchID: 1, UserID: 1, Channel: store.ChannelEmail, Target: "ada@example.com"}
	return map[string]func(context.Context) error{
		"SavedSearches": func(ctx context.Context) error { _, err := b.SavedSearches(ctx, 1); return err },
		"SavedSearch":   func(ctx context.Context) error { _, err := b.SavedSearch(ctx, 1, 1); return err },
		"SaveSearch": func(ctx context.Context) error {
			_, err := b.SaveSearch(ctx, store.SavedSearch{UserID: 1, Name: "one"})
			return err
		},
		"DeleteSearch": func(ctx context.Context) error { return b.DeleteSearch(ctx, 1, 1) },
		"LookAt":       func(ctx context.Context) error { return b.LookAt(ctx, 1, 1, 1) },
		"News":         func(ctx context.Context) error { _, err := b.News(ctx, 0, 1); return err },
		"Alerts":       func(ctx context.Context) error { _, err := b.Alerts(ctx, 1); return err },
		"SaveAlert":    func(ctx context.Context) error { _, err := b.SaveAlert(ctx, alert); return err },
		"DeleteAlert":  func(ctx context.Context) error { return b.DeleteAlert(ctx, 1, 1) },
		"ClaimAlerts":  func(ctx context.Context) error { _, err := b.ClaimAlerts(ctx, 1, 1, time.Minute); return err },
		"Changed":      func(ctx context.Context) error { _, err := b.Changed(ctx, 0, 1, 0, 1); return err },
		"RecordAlert": func(ctx context.Context) error {
			_, err := b.RecordAlert(ctx, store.AlertLease{Token: "t"}, store.AlertFound{})
			return err
		},
		"ClaimDeliveries": func(ctx context.Context) error { _, err := b.ClaimDeliveries(ctx, 1, time.Minute); return err },
		"RecordDelivery": func(ctx context.Context) error {
			return b.RecordDelivery(ctx, store.DeliveryLease{Token: "t"}, store.DeliveryOutcome{State: store.DeliverySent})
		},
		"Deliveries":   func(ctx context.Context) error { _, err := b.Deliveries(ctx, 1, 1); return err },
		"WakeDelivery": func(ctx context.Context) error { return b.WakeDelivery(ctx, 1, "id") },
		"PruneDeliveries": func(ctx context.Context) error {
			_, err := b.PruneDeliveries(ctx, time.Now(), time.Now(), 1)
			return err
		},
		"AlertSums": func(ctx context.Context) error { _, err := b.AlertSums(ctx); return err },
	}
}
