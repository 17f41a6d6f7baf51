package storetest

import (
	"testing"
	"time"

	"afterbeep/store"
)

func taskEndRows() []row {
	return []row{
		{"record after it ran out, was taken or recorded writes nothing", taskLate},
		{"record moves state, attempts and due time", taskOutcomes},
		{"record refuses what can't be", taskInvalidOutcome},
		{"wake makes due, whatever the state", taskWake},
		{"wake: not known, out of scope, leased", taskWakeErrors},
		{"the next one", taskNext},
		{"the next one, where nobody woke it", taskNextSkipped},
		{"the scope holds on every method", taskScope},
	}
}

// kept is archived audio of a megabyte.
func kept(digest string, d time.Duration) *store.Kept {
	return &store.Kept{Digest: digest, Bytes: 1 << 20, Type: "audio/wav", Duration: d, Peaks: []byte{0, 127, 255}}
}

func taskLate(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), said("hello"))
	key := keepKey("s1", 0)
	late := func(what string, l store.TaskLease) {
		t.Helper()
		had, v, seq := b.tasks(t, "s1"), b.voicemail(t, "s1"), b.head(t)
		changed, err := b.RecordTask(t.Context(), l, store.TaskOutcome{State: store.StateStored, Kept: kept("late", time.Hour)})
		wantErr(t, what, err, store.ErrLeaseLost)
		equal(t, what+": changed", changed, false)
		equal(t, what+": tasks", b.tasks(t, "s1"), had)
		equal(t, what+": voicemail", b.voicemail(t, "s1"), v)
		equal(t, what+": head", b.head(t), seq)
	}
	late("never leased", store.TaskLease{Task: b.task(t, "s1", key)})
	late("made up", store.TaskLease{Task: store.Task{TaskKey: keepKey("s2", 0)}, Token: "made up"})
	first := b.claimTasks(t, keeps(1))[0]
	late("another token", store.TaskLease{Task: first.Task, Token: "made up", Until: first.Until})
	late("another task of the voicemail", store.TaskLease{Task: store.Task{TaskKey: keepKey("s1", 7)}, Token: first.Token})
	b.clock.move(time.Minute)
	late("ran out", first)
	second := b.claimTasks(t, keeps(1))[0]
	late("taken", first)
	_, err := b.RecordTask(t.Context(), second, store.TaskOutcome{State: store.StateStored, Kept: kept("in time", time.Second)})
	must(t, err)
	late("recorded", second)
	must(t, b.WakeTask(t.Context(), store.AllBots(), key))
	late("recorded and woken", second)
}

func taskOutcomes(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), said("hello"))
	seq := b.head(t)
	for _, c := range []struct {
		state    store.State
		attempts int
		again    bool
	}{
		{store.StateRetry, 1, true}, {store.StateWaiting, 2, true}, {store.StateDue, 2, true}, {store.StateDead, 3, false},
		{store.StateGone, 0, false}, {store.StateRetry, 1, true}, {store.StateStored, 0, false},
	} {
		changed := b.work(t, keepKey("s1", 0), store.TaskOutcome{State: c.state, After: 5 * time.Minute, Reason: "because\x00"})
		equal(t, "changed", changed, false)
		want := store.Task{TaskKey: keepKey("s1", 0), AccountID: account, BotID: bot, SessionID: "s1", LeftAt: created,
			State: c.state, Attempts: c.attempts, Reason: "because"}
		if c.again {
			want.DueAt = b.clock.at(5 * time.Minute)
		}
		equal(t, "task", b.task(t, "s1", keepKey("s1", 0)), want)
	}
	equal(t, "head", b.head(t), seq)
}

func taskInvalidOutcome(t *testing.T, b *bench) {
	want := b.archive(t, wanted("s1"), said("hello"))
	calls := []store.Recording{{Kind: store.RecordingCallV2, FileName: "a"}}
	for name, c := range map[string]struct {
		key store.TaskKey
		o   store.TaskOutcome
	}{
		"leased":            {keepKey("s1", 0), store.TaskOutcome{State: store.StateLeased}},
		"skipped":           {keepKey("s1", 0), store.TaskOutcome{State: store.StateSkipped}},
		"no digest":         {keepKey("s1", 0), store.TaskOutcome{State: store.StateStored, Kept: kept("", 1)}},
		"found by a keeper": {keepKey("s1", 0), store.TaskOutcome{State: store.StateStored, Recordings: calls}},
		"kept by a look-up": {lookUpKey("s1"), store.TaskOutcome{State: store.StateStored, Kept: kept("d", 1)}},
		"lost by a look-up": {lookUpKey("s1"), store.TaskOutcome{State: store.StateGone, Lost: true}},
		"lost and kept":     {keepKey("s1", 0), store.TaskOutcome{State: store.StateStored, Kept: kept("d", 1), Lost: true}},
		"of the voicemail":  {lookUpKey("s1"), store.TaskOutcome{State: store.StateStored, Recordings: want.Recordings}},
	} {
		l := b.leaseTask(t, c.key)
		_, err := b.RecordTask(t.Context(), l, c.o)
		wantErr(t, name, err, store.ErrInvalid)
		equal(t, name+": state", b.task(t, "s1", c.key).State, store.StateLeased)
		_, err = b.RecordTask(t.Context(), l, store.TaskOutcome{State: store.StateDue})
		must(t, err)
	}
	equal(t, "voicemail", b.voicemail(t, "s1"), want)
}

func taskWake(t *testing.T, b *bench) {
	for _, state := range endings {
		b.archive(t, wanted(string(state)), said("hello"))
		for _, key := range []store.TaskKey{keepKey(string(state), 0), lookUpKey(string(state))} {
			if key.Kind == store.TaskKeep {
				b.work(t, key, store.TaskOutcome{State: store.StateRetry, Reason: "first"})
				b.work(t, key, store.TaskOutcome{State: state, After: time.Hour, Reason: "why"})
			}
			must(t, b.WakeTask(t.Context(), store.OnlyBots(bot), key))
			want := store.Task{TaskKey: key, AccountID: account, BotID: bot, SessionID: string(state), LeftAt: created,
				State: store.StateDue, DueAt: b.clock.at(0)}
			equal(t, "task", b.task(t, string(state), key), want)
		}
	}
	equal(t, "claimed", len(b.claimTasks(t, bothKinds())), 2*len(endings))
}

func taskWakeErrors(t *testing.T, b *bench) {
	key := keepKey("s1", 0)
	wantErr(t, "not known", b.WakeTask(t.Context(), store.AllBots(), key), store.ErrNotFound)
	b.archive(t, wanted("s1"), said("hello"))
	wantErr(t, "another bot's", b.WakeTask(t.Context(), store.OnlyBots("st-2"), key), store.ErrNotFound)
	wantErr(t, "another number", b.WakeTask(t.Context(), store.AllBots(), keepKey("s1", 1)), store.ErrNotFound)
	l := b.leaseTask(t, key)
	wantErr(t, "leased", b.WakeTask(t.Context(), store.AllBots(), key), store.ErrLeased)
	wantErr(t, "leased, and another bot's", b.WakeTask(t.Context(), store.OnlyBots("st-2"), key), store.ErrNotFound)
	b.clock.move(time.Hour)
	must(t, b.WakeTask(t.Context(), store.AllBots(), key))
	_, err := b.RecordTask(t.Context(), l, store.TaskOutcome{State: store.StateGone})
	wantErr(t, "its holder comes back", err, store.ErrLeaseLost)
	equal(t, "state", b.leaseTask(t, key).Task.State, store.StateDue)
}

func (b *bench) nextTask(t *testing.T, q store.TaskQuery) time.Time {
	t.Helper()
	at, now, err := b.NextTask(t.Context(), q)
	must(t, err)
	equal(t, "now", now, b.clock.at(0))
	return at
}

func taskNext(t *testing.T, b *bench) {
	equal(t, "of nothing", b.nextTask(t, bothKinds()), time.Time{})
	b.archive(t, wanted("s1"), files("a", "b"))
	equal(t, "due", b.nextTask(t, bothKinds()), b.clock.at(0))
	b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateWaiting, After: 3 * time.Hour})
	b.work(t, keepKey("s1", 1), store.TaskOutcome{State: store.StateRetry, After: 2 * time.Hour})
	equal(t, "retry", b.nextTask(t, keeps(0)), b.clock.at(2*time.Hour))
	equal(t, "look-ups", b.nextTask(t, store.TaskQuery{Accounts: []string{account}, Kinds: []store.TaskKind{store.TaskLookUp}}), time.Time{})
	equal(t, "another account", b.nextTask(t, store.TaskQuery{Accounts: []string{"nobody", ""}, Kinds: bothKinds().Kinds}), time.Time{})
	equal(t, "no account", b.nextTask(t, store.TaskQuery{Kinds: bothKinds().Kinds}), time.Time{})
	equal(t, "no kind", b.nextTask(t, store.TaskQuery{Accounts: []string{account}}), time.Time{})
	b.leaseTask(t, keepKey("s1", 0))
	equal(t, "lease", b.nextTask(t, bothKinds()), b.clock.at(time.Hour))
	b.work(t, keepKey("s1", 1), store.TaskOutcome{State: store.StateDead})
	b.clock.move(2 * time.Hour)
	equal(t, "a lease that has run out", b.nextTask(t, bothKinds()), b.clock.at(-time.Hour))
}

func taskNextSkipped(t *testing.T, b *bench) {
	q := store.TaskQuery{Accounts: []string{account}, Kinds: []store.TaskKind{store.TaskLookUp}, Skipped: true}
	equal(t, "of nothing", b.nextTask(t, q), time.Time{})
	b.archive(t, wanted("s1"), said("hello"))
	equal(t, "skipped", b.nextTask(t, q), b.clock.at(0))
	must(t, b.WakeTask(t.Context(), store.AllBots(), lookUpKey("s1")))
	b.clock.move(time.Hour)
	b.archive(t, wanted("s2"), said("hello"))
	equal(t, "due before", b.nextTask(t, q), b.clock.at(-time.Hour))
	b.work(t, lookUpKey("s1"), store.TaskOutcome{State: store.StateWaiting, After: time.Hour})
	equal(t, "due after", b.nextTask(t, q), b.clock.at(0))
	b.work(t, lookUpKey("s2"), store.TaskOutcome{State: store.StateEmpty})
	equal(t, "no more", b.nextTask(t, q), b.clock.at(time.Hour))
}

func taskScope(t *testing.T, b *bench) {
	v := b.archive(t, wanted("s1"), said("hello"))
	b.work(t, keepKey("s1", 0), store.TaskOutcome{State: store.StateStored, Kept: kept("d", time.Second)})
	for _, c := range []struct {
		name  string
		scope store.Scope
		sees  bool
	}{
		{"every bot", store.AllBots(), true},
		{"this bot", store.OnlyBots("st-another", bot), true},
		{"another bot", store.OnlyBots("st-another", bot+" "), false},
		{"the zero scope", store.Scope{}, false},
	} {
		var want error
		if !c.sees {
			want = store.ErrNotFound
		}
		all, err := b.VoicemailTasks(t.Context(), c.scope, v.ID)
		must(t, err)
		equal(t, c.name+": tasks", len(all) == 2, c.sees)
		equal(t, c.name+": no tasks", len(all) == 0, !c.sees)
		_, err = b.Peaks(t.Context(), c.scope, v.ID, 0)
		wantErr(t, c.name+": peaks", err, want)
		wantErr(t, c.name+": wake", b.WakeTask(t.Context(), c.scope, lookUpKey("s1")), want)
	}
}
