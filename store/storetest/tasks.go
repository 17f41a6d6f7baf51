package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/store"
)

func taskClaimRows() []row {
	return []row{
		{"claims: newest voicemail first, then by key", taskOrder},
		{"claims: only the accounts and kinds asked for", taskQueries},
		{"claims: the limit is clamped", taskLimit},
		{"claims: only what is due", taskStates},
		{"claims: those that nobody woke follow, where asked for", taskSkipped},
		{"claims: no task is handed to two callers", taskConcurrently},
		{"claims: a lease that lasts no time is refused", taskInvalidLease},
		{"one task, whatever its state", taskWhatever},
		{"one task: not known, leased, run out", taskErrors},
		{"a lease comes back when it has run out, with the state before", taskRunsOut},
		{"renew prolongs those that are held and tells the lost", taskRenew},
	}
}

// taskCalls has each method of store.Tasks with arguments that would do
// something for the voicemail "stored".
func taskCalls(b *bench) map[string]func(context.Context) error {
	q := store.TaskQuery{Accounts: []string{account}, Kinds: []store.TaskKind{store.TaskKeep}, Limit: 1, Lease: time.Hour}
	scope, key := store.AllBots(), keepKey("stored", 0)
	l := store.TaskLease{Task: store.Task{TaskKey: key}}
	return map[string]func(context.Context) error{
		"ClaimTasks": func(ctx context.Context) error { _, err := b.ClaimTasks(ctx, q); return err },
		"ClaimTask":  func(ctx context.Context) error { _, err := b.ClaimTask(ctx, key, time.Hour); return err },
		"RenewTasks": func(ctx context.Context) error {
			_, err := b.RenewTasks(ctx, []store.TaskLease{l}, time.Hour)
			return err
		},
		"RecordTask": func(ctx context.Context) error {
			_, err := b.RecordTask(ctx, l, store.TaskOutcome{State: store.StateDue})
			return err
		},
		"WakeTask": func(ctx context.Context) error { return b.WakeTask(ctx, scope, key) },
		"VoicemailTasks": func(ctx context.Context) error {
			_, err := b.VoicemailTasks(ctx, scope, key.VoicemailID)
			return err
		},
		"NextTask":  func(ctx context.Context) error { _, _, err := b.NextTask(ctx, q); return err },
		"Peaks":     func(ctx context.Context) error { _, err := b.Peaks(ctx, scope, key.VoicemailID, 0); return err },
		"KeptBytes": func(ctx context.Context) error { _, err := b.KeptBytes(ctx); return err },
	}
}

// keepKey is the task to keep recording n of a session of bot.
func keepKey(session string, n int) store.TaskKey {
	return store.TaskKey{VoicemailID: store.VoicemailID(bot, session), Kind: store.TaskKeep, N: n}
}

// lookUpKey is the task to look up the recordings of calls of a session of bot.
func lookUpKey(session string) store.TaskKey {
	return store.TaskKey{VoicemailID: store.VoicemailID(bot, session), Kind: store.TaskLookUp}
}

// tasks reads the tasks of the voicemail of a session of bot.
func (b *bench) tasks(t *testing.T, session string) []store.Task {
	t.Helper()
	all, err := b.VoicemailTasks(t.Context(), store.AllBots(), store.VoicemailID(bot, session))
	must(t, err)
	return all
}

// task reads one of them.
func (b *bench) task(t *testing.T, session string, key store.TaskKey) store.Task {
	t.Helper()
	for _, one := range b.tasks(t, session) {
		if one.TaskKey == key {
			return one
		}
	}
	t.Fatalf("%s has no task %v", session, key)
	return store.Task{}
}

// leaseTask leases the task for an hour, whatever its state.
func (b *bench) leaseTask(t *testing.T, key store.TaskKey) store.TaskLease {
	t.Helper()
	l, err := b.ClaimTask(t.Context(), key, time.Hour)
	must(t, err)
	return l
}

// work leases the task and records the outcome.
func (b *bench) work(t *testing.T, key store.TaskKey, o store.TaskOutcome) bool {
	t.Helper()
	changed, err := b.RecordTask(t.Context(), b.leaseTask(t, key), o)
	must(t, err)
	return changed
}

func (b *bench) claimTasks(t *testing.T, q store.TaskQuery) []store.TaskLease {
	t.Helper()
	q.Lease = time.Minute
	leases, err := b.ClaimTasks(t.Context(), q)
	must(t, err)
	return leases
}

// keeps asks for tasks of the account to keep recordings.
func keeps(limit int) store.TaskQuery {
	return store.TaskQuery{Accounts: []string{account}, Kinds: []store.TaskKind{store.TaskKeep}, Limit: limit}
}

// bothKinds asks for all tasks of the account.
func bothKinds() store.TaskQuery {
	return store.TaskQuery{Accounts: []string{account}, Kinds: []store.TaskKind{store.TaskKeep, store.TaskLookUp}, Limit: 100}
}

// names are the leased tasks' sessions, kinds and numbers, joined, so that a
// row reads in one line.
func names(leases []store.TaskLease) string {
	var all []string
	for _, l := range leases {
		name := l.Task.SessionID
		if l.Task.Kind == store.TaskLookUp {
			name += "?"
		} else if l.Task.N > 0 {
			name += fmt.Sprint("/", l.Task.N)
		}
		all = append(all, name)
	}
	return strings.Join(all, " ")
}

// leftAt is a reply that was left so long after created, with so many files.
func leftAt(later time.Duration, names ...string) *store.Reply {
	r := files(names...)
	r.Segments[0].CreatedOn = created.Add(later)
	return r
}

func taskOrder(t *testing.T, b *bench) {
	b.archive(t, wanted("old"), leftAt(-time.Hour, "a", "b"))
	b.archive(t, wanted("new"), leftAt(time.Hour, "a", "b", "c"))
	answered := wanted("between")
	answered.Agents, answered.EndedAt = []store.Agent{{ID: "u", Seconds: 1}}, created.Add(-time.Hour)
	b.archive(t, answered, leftAt(0, "a"))
	first, second := "x", "y"
	if store.VoicemailID(bot, first) > store.VoicemailID(bot, second) {
		first, second = second, first
	}
	b.archive(t, wanted("x"), leftAt(time.Minute, "a"))
	b.archive(t, wanted("y"), leftAt(time.Minute, "a"))
	equal(t, "first four", names(b.claimTasks(t, store.TaskQuery{Accounts: bothKinds().Accounts, Kinds: bothKinds().Kinds, Limit: 4})),
		"new new/1 new/2 "+first)
	equal(t, "the rest", names(b.claimTasks(t, bothKinds())), second+" between between? old old/1")
}

func taskQueries(t *testing.T, b *bench) {
	one := wanted("s1")
	one.Agents, one.EndedAt = []store.Agent{{ID: "u", Seconds: 1}}, created.Add(-time.Hour)
	b.archive(t, one, said("hello"))
	other := store.Session{AccountID: "account-2", BotID: "st-2", SessionID: "other", Wanted: true}
	b.archive(t, other, leftAt(time.Hour, "a"))
	imported := store.Session{BotID: "st-3", SessionID: "imported", Wanted: true}
	b.archive(t, imported, leftAt(2*time.Hour, "a"))
	keep, lookUp := []store.TaskKind{store.TaskKeep}, []store.TaskKind{store.TaskLookUp}
	for _, c := range []struct {
		name     string
		accounts []string
		kinds    []store.TaskKind
		want     string
	}{
		{"no accounts", nil, keep, ""},
		{"no kinds", []string{account}, nil, ""},
		{"unknown ones", []string{"nobody"}, []store.TaskKind{"nothing"}, ""},
		{"of one account", []string{account}, lookUp, "s1?"},
		{"of several", []string{account, "account-2", account}, keep, "other s1"},
		{"of the unnamed one", []string{""}, []store.TaskKind{store.TaskKeep, store.TaskKeep}, "imported"},
	} {
		got := b.claimTasks(t, store.TaskQuery{Accounts: c.accounts, Kinds: c.kinds, Limit: 10})
		equal(t, c.name, names(got), c.want)
	}
}

func taskLimit(t *testing.T, b *bench) {
	many := make([]string, 250)
	for i := range many {
		many[i] = fmt.Sprint("f", i)
	}
	b.archive(t, wanted("s1"), files(many...))
	for _, c := range []struct{ limit, want int }{{0, 1}, {-5, 1}, {3, 3}, {100, 100}, {1000, 100}} {
		if got := len(b.claimTasks(t, keeps(c.limit))); got != c.want {
			t.Errorf("limit %d: got %d leases, want %d", c.limit, got, c.want)
		}
	}
}

// endings are the states that work ends in.
var endings = []store.State{store.StateDue, store.StateStored, store.StateEmpty, store.StateWaiting, store.StateRetry,
	store.StateGone, store.StateDead}

func taskStates(t *testing.T, b *bench) {
	for i, state := range endings {
		b.archive(t, wanted(string(state)), leftAt(-time.Duration(i)*time.Hour, "a"))
		b.work(t, keepKey(string(state), 0), store.TaskOutcome{State: state, After: time.Minute})
	}
	equal(t, "at once", names(b.claimTasks(t, bothKinds())), "")
	b.clock.move(time.Minute - time.Microsecond)
	equal(t, "a microsecond early", names(b.claimTasks(t, bothKinds())), "")
	b.clock.move(time.Microsecond)
	leases := b.claimTasks(t, bothKinds())
	equal(t, "on time", names(leases), "due waiting retry")
	for _, l := range leases {
		equal(t, "state before", string(l.Task.State), l.Task.SessionID)
	}
}

func taskSkipped(t *testing.T, b *bench) {
	b.archive(t, wanted("new"), leftAt(time.Hour, "a"))
	b.archive(t, wanted("old"), leftAt(-time.Hour, "a"))
	q := bothKinds()
	q.Skipped, q.Limit = true, 3
	equal(t, "first", names(b.claimTasks(t, q)), "new old new?")
	leases := b.claimTasks(t, q)
	equal(t, "the rest", names(leases), "old?")
	equal(t, "state before", leases[0].Task.State, store.StateSkipped)
	_, err := b.RecordTask(t.Context(), leases[0], store.TaskOutcome{State: store.StateEmpty})
	must(t, err)
	b.clock.move(time.Hour)
	equal(t, "when the holders died", names(b.claimTasks(t, bothKinds())), "new new? old")
	equal(t, "nothing is skipped any more", names(b.claimTasks(t, q)), "")
}

func taskConcurrently(t *testing.T, b *bench) {
	const voicemails, each = 30, 4
	for i := range voicemails {
		b.archive(t, wanted(fmt.Sprint("s", i)), leftAt(time.Duration(i)*time.Minute, "a", "b", "c", "d"))
	}
	handles := []store.Store{b.Store, b.another(t)}
	var mu sync.Mutex
	count := make(map[store.TaskKey]int)
	g, ctx := errgroup.WithContext(t.Context())
	for i := range 8 {
		g.Go(func() error {
			return workAll(ctx, handles[i%2], func(l store.TaskLease) {
				mu.Lock()
				defer mu.Unlock()
				count[l.Task.TaskKey]++
			})
		})
	}
	must(t, g.Wait())
	equal(t, "tasks claimed", len(count), voicemails*each)
	for key, n := range count {
		if n != 1 {
			t.Errorf("%v was handed out %d times", key, n)
		}
	}
	for i := range voicemails {
		v := b.voicemail(t, fmt.Sprint("s", i))
		equal(t, "duration", v.Duration, each*time.Second)
	}
	n, err := b.KeptBytes(t.Context())
	must(t, err)
	equal(t, "bytes", n, int64(voicemails*each))
}

// workAll claims, renews and records until nothing is left: each recording
// becomes one byte and one second.
func workAll(ctx context.Context, s store.Store, got func(store.TaskLease)) error {
	for {
		q := keeps(7)
		q.Lease = time.Minute
		leases, err := s.ClaimTasks(ctx, q)
		if err != nil || len(leases) == 0 {
			return err
		}
		if lost, err := s.RenewTasks(ctx, leases, time.Minute); err != nil || len(lost) > 0 {
			return fmt.Errorf("%d leases lost: %w", len(lost), err)
		}
		for _, l := range leases {
			got(l)
			k := &store.Kept{Digest: fmt.Sprint(l.Task.TaskKey), Bytes: 1, Duration: time.Second}
			if _, err := s.RecordTask(ctx, l, store.TaskOutcome{State: store.StateStored, Kept: k}); err != nil {
				return err
			}
		}
	}
}

func taskInvalidLease(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), said("hello"))
	for _, d := range []time.Duration{0, -time.Second} {
		q := keeps(1)
		q.Lease = d
		_, err := b.ClaimTasks(t.Context(), q)
		wantErr(t, "claim", err, store.ErrInvalid)
		_, err = b.ClaimTask(t.Context(), keepKey("s1", 0), d)
		wantErr(t, "claim one", err, store.ErrInvalid)
	}
	_, err := b.RenewTasks(t.Context(), []store.TaskLease{b.leaseTask(t, keepKey("s1", 0))}, 0)
	wantErr(t, "renew", err, store.ErrInvalid)
}

func taskWhatever(t *testing.T, b *bench) {
	for _, state := range endings {
		b.archive(t, wanted(string(state)), said("hello"))
		b.work(t, keepKey(string(state), 0), store.TaskOutcome{State: state, After: time.Hour, Reason: "why"})
		lookUp := lookUpKey(string(state))
		for _, key := range []store.TaskKey{keepKey(string(state), 0), lookUp} {
			had := b.task(t, string(state), key)
			l := b.leaseTask(t, key)
			equal(t, "task before", l.Task, had)
			equal(t, "until", l.Until, b.clock.at(time.Hour))
			now := b.task(t, string(state), key)
			equal(t, "state", now.State, store.StateLeased)
			equal(t, "due at", now.DueAt, l.Until)
		}
	}
}

func taskErrors(t *testing.T, b *bench) {
	key := keepKey("s1", 0)
	_, err := b.ClaimTask(t.Context(), key, time.Minute)
	wantErr(t, "not known", err, store.ErrNotFound)
	b.archive(t, wanted("s1"), said("hello"))
	for _, other := range []store.TaskKey{keepKey("s1", 1), keepKey("s1", 1<<40), {VoicemailID: key.VoicemailID, Kind: "o\xff\x00"}, keepKey("s2", 0)} {
		_, err = b.ClaimTask(t.Context(), other, time.Minute)
		wantErr(t, "another", err, store.ErrNotFound)
		wantErr(t, "wake another", b.WakeTask(t.Context(), store.AllBots(), other), store.ErrNotFound)
		made := []store.TaskLease{{Task: store.Task{TaskKey: other}, Token: "\x00"}}
		lost, err := b.RenewTasks(t.Context(), made, time.Minute)
		must(t, err)
		equal(t, "lost", lost, made)
	}
	_, err = b.ClaimTask(t.Context(), key, time.Minute)
	must(t, err)
	_, err = b.ClaimTask(t.Context(), key, time.Minute)
	wantErr(t, "leased", err, store.ErrLeased)
	b.clock.move(time.Minute)
	_, err = b.ClaimTask(t.Context(), key, time.Minute)
	must(t, err)
}

func taskRunsOut(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), said("hello"))
	for range 3 {
		b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateRetry, Reason: "time-out"})
	}
	want := b.task(t, "s1", keepKey("s1", 0))
	equal(t, "attempts", want.Attempts, 3)
	for range 3 { // holders that die
		l := b.claimTasks(t, keeps(1))[0]
		want.DueAt = l.Task.DueAt // of one whose holder died: when its lease ran out
		equal(t, "task", l.Task, want)
		b.clock.move(time.Minute - time.Microsecond)
		equal(t, "while it lasts", names(b.claimTasks(t, keeps(1))), "")
		b.clock.move(time.Microsecond)
	}
	b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateGone})
	b.leaseTask(t, keepKey("s1", 0))
	b.clock.move(2 * time.Hour)
	equal(t, "state of one that was gone", b.leaseTask(t, keepKey("s1", 0)).Task.State, store.StateGone)
}

func taskRenew(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), files("held", "late", "recorded", "taken"))
	leases := b.claimTasks(t, keeps(10)) // for a minute
	held, late, recorded, taken := leases[0], leases[1], leases[2], leases[3]
	_, err := b.RecordTask(t.Context(), recorded, store.TaskOutcome{State: store.StateGone})
	must(t, err)
	b.clock.move(30 * time.Second)
	lost, err := b.RenewTasks(t.Context(), []store.TaskLease{held, recorded}, time.Minute)
	must(t, err)
	equal(t, "lost", lost, []store.TaskLease{recorded})
	b.clock.move(30 * time.Second)
	b.leaseTask(t, taken.Task.TaskKey)
	lost, err = b.RenewTasks(t.Context(), leases, time.Minute)
	must(t, err)
	equal(t, "lost later", lost, []store.TaskLease{late, recorded, taken})
	b.clock.move(59 * time.Second)
	_, err = b.RecordTask(t.Context(), held, store.TaskOutcome{State: store.StateStored, Kept: kept("d", time.Second)})
	must(t, err)
	lost, err = b.RenewTasks(t.Context(), nil, time.Minute)
	must(t, err)
	equal(t, "of nothing", len(lost), 0)
}
