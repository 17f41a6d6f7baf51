package ingest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// Run looks recordings of calls up and keeps audio in the background, as tasks
// come due, until ctx ends. It returns nil when what was under way is finished
// or given back, also of what FirstSight and Hurry took; from ctx's end on these
// take nothing more. It is for one run.
func (k *Keeper) Run(ctx context.Context) error {
	var loops sync.WaitGroup
	if k.cfg.LookUps != LookUpsOff {
		loops.Go(func() { k.loop(ctx, loopWork{kind: store.TaskLookUp}) })
	}
	if k.cfg.LookUps == LookUpsAll {
		// With workers of its own: these may have to wait for long.
		loops.Go(func() { k.loop(ctx, loopWork{kind: store.TaskLookUp, idle: true}) })
	}
	if k.cfg.Archive != nil {
		loops.Go(func() { k.loop(ctx, loopWork{kind: store.TaskKeep}) })
	}
	<-ctx.Done()
	k.sights.close()
	loops.Wait()
	<-k.sights.whenIdle()
	return nil
}

// loopWork is what a loop does.
type loopWork struct {
	kind store.TaskKind
	idle bool // tasks that nobody woke, too
}

// loop claims and works on tasks.
func (k *Keeper) loop(ctx context.Context, w loopWork) {
	var workers sync.WaitGroup
	defer workers.Wait()
	free := make(chan struct{}, k.cfg.Workers)
	for range k.cfg.Workers {
		free <- struct{}{}
	}
	for {
		slots := takeSlots(ctx, free)
		if slots == 0 {
			return
		}
		leases := k.claim(ctx, w, slots)
		for range slots - len(leases) {
			free <- struct{}{}
		}
		for _, lease := range leases {
			workers.Go(func() {
				defer func() { free <- struct{}{} }()
				k.work(ctx, lease, classOfTask(lease.Task))
			})
		}
		if len(leases) == 0 {
			k.awaitTask(ctx, w)
		}
	}
}

// idleReason is of look-ups that nobody woke and that were too early.
const idleReason = "looked up when nothing better is due"

// classOfTask puts look-ups that nobody woke behind voicemails that are not
// fetched yet.
func classOfTask(task store.Task) kore.Class {
	if task.State == store.StateSkipped || task.Reason == idleReason {
		return kore.ClassBackfill
	}
	return kore.ClassRecordings
}

// query is for the due tasks of which something can be done now.
func (k *Keeper) query(ctx context.Context, w loopWork, limit int) store.TaskQuery {
	q := store.TaskQuery{Kinds: []store.TaskKind{w.kind}, Limit: limit, Lease: leaseFor, Skipped: w.idle}
	if w.kind == store.TaskKeep && k.room.check(ctx, 0) != nil {
		return q // of no account
	}
	for _, id := range k.cfg.Accounts() {
		if !k.pausedFor(id, w.kind) {
			q.Accounts = append(q.Accounts, id)
		}
	}
	return q
}

// pausedFor is whether all tasks of a kind of an account would be given back:
// to be kept, a file needs a link of one of two families.
func (k *Keeper) pausedFor(account string, kind store.TaskKind) bool {
	pauses := func(family string) bool {
		wait, _ := k.trouble.paused(account, family)
		return wait > 0
	}
	if kind == store.TaskLookUp {
		return pauses(familyRecordings)
	}
	return pauses(familyRecordings) && pauses(familyVoicemail)
}

func (k *Keeper) claim(ctx context.Context, w loopWork, limit int) []store.TaskLease {
	q := k.query(ctx, w, limit)
	if len(q.Accounts) == 0 {
		return nil
	}
	leases, err := k.cfg.Store.ClaimTasks(ctx, q)
	if err != nil {
		if ctx.Err() == nil {
			k.log.WarnContext(ctx, "claim tasks", "kind", w.kind, "err", err)
		}
		return nil
	}
	return leases
}

// awaitTask waits until a task comes due, or until it may be so. Nudges are for
// tasks that somebody woke.
func (k *Keeper) awaitTask(ctx context.Context, w loopWork) {
	wait := k.latest
	if q := k.query(ctx, w, 1); len(q.Accounts) > 0 {
		at, now, err := k.cfg.Store.NextTask(ctx, q)
		if err == nil && !at.IsZero() {
			wait = min(max(at.Sub(now), k.soonest), k.latest)
		}
	}
	nudges := k.nudges[w.kind]
	if w.idle {
		nudges = nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-nudges:
	}
}

// work does a task.
func (k *Keeper) work(ctx context.Context, lease store.TaskLease, class kore.Class) {
	if lease.Task.Kind == store.TaskKeep {
		k.hold(ctx, lease, func(ctx context.Context) store.TaskOutcome {
			return k.keep(ctx, lease.Task, k.fetchFor(lease.Task, class, false))
		})
		return
	}
	var kept []*store.Kept
	found := false
	recorded := k.hold(ctx, lease, func(ctx context.Context) (o store.TaskOutcome) {
		o, kept = k.lookUp(ctx, lease.Task, class)
		found = len(o.Recordings) > 0
		k.inlined.add(lease.Task.VoicemailID, kept, k.cfg.Now())
		return o
	})
	if recorded && len(kept) > 0 {
		k.keepOld(ctx, lease.Task.VoicemailID, kept)
	}
	if recorded && found {
		k.nudge(store.TaskKeep)
	}
}

// hold does something under a lease, which is renewed until that is done, and
// records the outcome: it is the only way to RecordTask. A stop of ctx gives it StopWithin; a lost lease ends it.
// It reports whether the outcome was recorded.
func (k *Keeper) hold(ctx context.Context, lease store.TaskLease, do func(context.Context) store.TaskOutcome) bool {
	work, cancel := context.WithCancelCause(withStopping(context.WithoutCancel(ctx), ctx))
	done := make(chan struct{})
	var beat sync.WaitGroup
	beat.Go(func() { k.renew(ctx, lease, done, cancel) })
	outcome := k.guarded(work, lease.Task, do)
	close(done)
	beat.Wait()
	lost := errors.Is(context.Cause(work), store.ErrLeaseLost)
	cancel(nil)
	if lost {
		return false // another has it now, and does the same
	}
	record, stop := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer stop()
	_, err := k.cfg.Store.RecordTask(record, lease, outcome)
	if err != nil && !errors.Is(err, store.ErrLeaseLost) {
		k.log.WarnContext(ctx, "record a task", "voicemail", lease.Task.VoicemailID, "kind", lease.Task.Kind, "err", err)
	}
	return err == nil
}

// guarded is do, whose panic is a fault of the recording. The log gets the
// panic's type alone: its value may hold what somebody said.
func (k *Keeper) guarded(ctx context.Context, task store.Task, do func(context.Context) store.TaskOutcome) (o store.TaskOutcome) {
	defer func() {
		if v := recover(); v != nil {
			k.log.ErrorContext(ctx, "panic in a task", "voicemail", task.VoicemailID, "kind", task.Kind,
				"panic", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			o = k.trial(task).unreadable(errPanicked.Error())
		}
	}()
	return do(ctx)
}

// renew keeps a lease until done, and ends the work when it is lost, or when
// ctx has ended and the time to finish is over.
func (k *Keeper) renew(ctx context.Context, lease store.TaskLease, done <-chan struct{}, cancel context.CancelCauseFunc) {
	ticker := time.NewTicker(k.beat)
	defer ticker.Stop()
	stopping := ctx.Done()
	var over <-chan time.Time
	held := time.Now()
	for {
		select {
		case <-done:
			return
		case <-over:
			cancel(errStopping)
			over = nil
		case <-stopping:
			timer := time.NewTimer(k.cfg.StopWithin)
			defer timer.Stop()
			stopping, over = nil, timer.C
		case <-ticker.C:
			at := time.Now()
			beat, stop := context.WithTimeout(context.WithoutCancel(ctx), k.beat)
			lost, err := k.cfg.Store.RenewTasks(beat, []store.TaskLease{lease}, leaseFor)
			stop()
			switch {
			case err == nil && len(lost) == 0:
				held = at
			case err == nil, time.Since(held) > leaseFor:
				cancel(store.ErrLeaseLost)
				return
			default:
				k.log.WarnContext(ctx, "renew a task's lease", "err", err)
			}
		}
	}
}

func (k *Keeper) trial(task store.Task) trial {
	return trial{task: task, now: k.cfg.Now(), jitter: 2*k.cfg.Random() - 1}
}

// familyOf is what a recording of a kind needs the account's right for.
func familyOf(kind store.RecordingKind) string {
	if slices.Contains([]store.RecordingKind{store.RecordingCallV1, store.RecordingCallV2}, kind) {
		return familyRecordings
	}
	return familyVoicemail
}
