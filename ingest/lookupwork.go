package ingest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// lookUp does a task of TaskLookUp. kept is what was archived on the way: version
// 1 gives the audio itself. It holds nil where one was not archived.
func (k *Keeper) lookUp(ctx context.Context, task store.Task, class kore.Class) (o store.TaskOutcome, kept []*store.Kept) {
	a := lookedUp{task: task, redact: k.cfg.Redact}
	if left := store.LookUpAfter - k.trial(task).age(); task.State == store.StateSkipped && left > 0 {
		return k.trial(task).giveBack(left, idleReason), nil
	}
	v, err := k.cfg.Store.Voicemail(ctx, store.AllBots(), task.VoicemailID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return k.trial(task).end(store.StateGone, "the voicemail is there no more"), nil
	case err != nil:
		a.err = fmt.Errorf("read the voicemail: %w", err)
	default:
		a.had = v.Recordings
		kept, a.err = k.askFor(ctx, &a, v, class)
	}
	t := k.trial(task)
	a.now, a.jitter = t.now, t.jitter
	return settleLookUp(a), kept
}

// askFor asks version 2, and version 1 where the other isn't there.
func (k *Keeper) askFor(ctx context.Context, a *lookedUp, v store.Voicemail, class kore.Class) (kept []*store.Kept, err error) {
	if wait, words := k.trouble.paused(v.AccountID, familyRecordings); wait > 0 {
		return nil, &accountPause{wait, words}
	}
	client, ok := k.cfg.Client(v.BotID)
	if !ok {
		return nil, errNoClient
	}
	reply, err := client.Recordings(ctx, class, v.BotID, v.SessionID)
	switch {
	case err == nil:
		a.status, a.files = reply.Status, reply.Files
		k.links.remember(linkKey{v.ID, store.RecordingCallV2}, links{files: reply.Files, status: reply.Status, at: k.cfg.Now()})
	case errors.Is(err, kore.ErrUnrouted): // there is no version 2
		a.old = true
		kept, err = k.askOld(ctx, client, v, class)
		a.count = len(kept)
	}
	switch {
	case err == nil:
		k.trouble.good(v.AccountID, familyRecordings)
		return kept, nil
	case !isAccountTrouble(err):
		return nil, err
	case !k.trouble.refused(v.AccountID, familyRecordings, v.ID, err):
		return nil, &refusedOne{err}
	}
	wait, words := k.trouble.paused(v.AccountID, familyRecordings)
	return nil, &accountPause{wait, words}
}

// askOld asks version 1, whose reply is archived while it is read. There is one
// result for each recording of the reply.
func (k *Keeper) askOld(ctx context.Context, client *kore.Client, v store.Voicemail, class kore.Class) ([]*store.Kept, error) {
	kept := map[int]*store.Kept{}
	n, err := client.RecordingsV1(ctx, class, kore.RecordingsV1Query{BotID: v.BotID, SessionID: v.SessionID}, func(a kore.InlineAudio) error {
		if k.cfg.Archive == nil {
			return nil
		}
		file, err := k.spool(ctx, a.Body, -1)
		if err == nil {
			defer file.Close()
			kept[a.N], err = k.archive(ctx, file)
		}
		for _, ours := range []error{errNoRoom, errArchive, errTooLarge, errLargerThanRoom, errOverCap, errNoBytes, errText} {
			if errors.Is(err, ours) {
				return nil // its own task will meet it again
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	all := make([]*store.Kept, n)
	for i := range all {
		all[i] = kept[i]
	}
	return all, nil
}

// inlined are recordings that were archived when they were looked up. They are
// known for a while, so that whoever claimed their tasks in between doesn't ask
// again. It is safe for concurrent use.
type inlined struct {
	mu sync.Mutex
	of map[int64]inlinedKept // by voicemail
}

type inlinedKept struct {
	kept []*store.Kept
	at   time.Time
}

// add knows what was archived, and forgets what is old.
func (i *inlined) add(voicemail int64, kept []*store.Kept, now time.Time) {
	if len(kept) == 0 {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	maps.DeleteFunc(i.of, func(_ int64, old inlinedKept) bool { return !old.fresh(now) })
	if i.of == nil {
		i.of = map[int64]inlinedKept{}
	}
	i.of[voicemail] = inlinedKept{kept, now}
}

func (k inlinedKept) fresh(now time.Time) bool {
	return now.Sub(k.at) < keepLink && !k.at.After(now)
}

// find is what was archived of a recording; nil for nothing.
func (i *inlined) find(voicemail int64, place store.RecordingKey, now time.Time) *store.Kept {
	i.mu.Lock()
	defer i.mu.Unlock()
	known := i.of[voicemail]
	if place.Kind != store.RecordingCallV1 || place.Occurrence >= len(known.kept) || !known.fresh(now) {
		return nil
	}
	return known.kept[place.Occurrence]
}

// keepOld ends the tasks of recordings that were archived when they were looked
// up.
func (k *Keeper) keepOld(ctx context.Context, voicemail int64, kept []*store.Kept) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	v, err := k.cfg.Store.Voicemail(ctx, store.AllBots(), voicemail)
	if err != nil {
		k.log.WarnContext(ctx, "keep what was looked up", "voicemail", voicemail, "err", err)
		return // it is kept in the background
	}
	for _, r := range v.Recordings {
		place, _, _ := placeOf(v, r.N)
		if r.Kind != store.RecordingCallV1 || place.Occurrence >= len(kept) || kept[place.Occurrence] == nil {
			continue
		}
		if lease, ok := k.claimOne(ctx, store.TaskKey{VoicemailID: v.ID, Kind: store.TaskKeep, N: r.N}); ok {
			k.hold(ctx, lease, func(context.Context) store.TaskOutcome {
				return store.TaskOutcome{State: store.StateStored, Kept: kept[place.Occurrence]}
			})
		}
	}
}
