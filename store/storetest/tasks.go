package storetest

import (
	"context"
	"testing"
	"time"

	"afterbeep/store"
)

func taskRows() []row {
	return []row{
		{"a recording that can be had is to be kept, its call skipped", taskMade},
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

func taskMade(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), said("hello"))
	of := store.Task{AccountID: account, BotID: bot, SessionID: "s1", LeftAt: created}
	keep, lookUp := of, of
	keep.TaskKey, keep.State, keep.DueAt = keepKey("s1", 0), store.StateDue, b.clock.at(0)
	lookUp.TaskKey, lookUp.State = lookUpKey("s1"), store.StateSkipped
	equal(t, "tasks", b.tasks(t, "s1"), []store.Task{keep, lookUp})
}
