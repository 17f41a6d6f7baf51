package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"afterbeep/ingest/audio"
	"afterbeep/ingest/kore"
	"afterbeep/store"
	"afterbeep/store/archive"
)

// fetcher brings the bytes of a recording into a file that the caller closes.
type fetcher func(ctx context.Context, v store.Voicemail, n int) (*os.File, error)

// keep does a task of TaskKeep.
func (k *Keeper) keep(ctx context.Context, task store.Task, fetch fetcher) store.TaskOutcome {
	a := keeping{task: task}
	a.kept, a.lost, a.err = k.bring(ctx, task, fetch)
	k.trouble.host(task.VoicemailID, task.N, kore.KindOf(a.err) == kore.KindHost)
	t := k.trial(task)
	a.now, a.jitter = t.now, t.jitter
	var absent *noFile
	if errors.As(a.err, &absent) {
		a.status = absent.status
	}
	return settleKeep(a)
}

// bring archives a recording and tells what it is. lost says that it was archived
// and the archive doesn't have it any more.
func (k *Keeper) bring(ctx context.Context, task store.Task, fetch fetcher) (kept *store.Kept, lost bool, err error) {
	v, err := k.cfg.Store.Voicemail(ctx, store.AllBots(), task.VoicemailID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, &noFile{store.RecordingMissing}
	}
	if err != nil {
		return nil, false, fmt.Errorf("read the voicemail: %w", err)
	}
	place, rec, ok := placeOf(v, task.N)
	if !ok {
		return nil, false, &noFile{store.RecordingMissing}
	}
	if kept, lost = k.alreadyKept(ctx, rec); kept != nil {
		return kept, false, nil
	}
	if kept := k.inlined.find(v.ID, place, k.cfg.Now()); kept != nil {
		return kept, false, nil
	}
	if err := k.room.check(ctx, 0); err != nil {
		return nil, lost, err
	}
	file, err := fetch(ctx, v, task.N)
	if err != nil {
		return nil, lost, k.judged(v, place.Kind, err)
	}
	k.judged(v, place.Kind, nil)
	defer file.Close()
	kept, err = k.archive(ctx, file)
	return kept, lost, err
}

// alreadyKept is what the archive already has of a recording that is to be kept
// once more; nil where it has nothing. lost says that it should have it. What is
// damaged there is repaired when it is archived again.
func (k *Keeper) alreadyKept(ctx context.Context, rec store.Recording) (kept *store.Kept, lost bool) {
	if rec.Digest == "" {
		return nil, false
	}
	// Whoever woke the task may know of damage that this process has not seen.
	err := k.cfg.Archive.Verify(ctx, rec.Digest)
	if err == nil {
		if kept, err = k.archived(ctx, rec); err == nil {
			return kept, false
		}
	}
	if errors.Is(err, archive.ErrCorrupt) || errors.Is(err, archive.ErrNotFound) {
		return nil, true
	}
	k.log.WarnContext(ctx, "read from the archive", "digest", rec.Digest, "err", err)
	return nil, false
}

// archived is what can be told of a recording by its archived copy.
func (k *Keeper) archived(ctx context.Context, rec store.Recording) (*store.Kept, error) {
	content, err := k.cfg.Archive.Open(ctx, rec.Digest)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	kept, err := kindOf(content)
	if err != nil {
		return nil, err
	}
	kept.Digest, kept.Bytes = rec.Digest, rec.Bytes
	return kept, nil
}

// judged notes how an account was answered. An error that turns out to be about
// the one recording loses its air of trouble.
func (k *Keeper) judged(v store.Voicemail, kind store.RecordingKind, err error) error {
	family := familyOf(kind)
	switch {
	case err == nil:
		k.trouble.good(v.AccountID, family)
		return nil
	case !isAccountTrouble(err):
		return err
	case !k.trouble.refused(v.AccountID, family, v.ID, err):
		return &refusedOne{err}
	}
	wait, words := k.trouble.paused(v.AccountID, family)
	return &accountPause{wait, words}
}

// archive puts a recording into the archive.
func (k *Keeper) archive(ctx context.Context, file *os.File) (*store.Kept, error) {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, k.room.refused(ctx, err)
	}
	kept, err := kindOf(file)
	if err != nil {
		return nil, k.room.refused(ctx, err)
	}
	if err := k.room.reserve(ctx, size); err != nil {
		return nil, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, k.room.refused(ctx, err)
	}
	o, err := k.cfg.Archive.Put(ctx, file)
	if err != nil {
		k.room.giveBack(size)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, k.room.refused(ctx, err)
	}
	kept.Digest, kept.Bytes = o.Digest, o.Bytes
	return kept, nil
}

// kindOf is what can be told of audio by its bytes. An error is one of reading
// them: audio that can't be decoded is kept as it is.
func kindOf(r io.ReadSeeker) (*store.Kept, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	facts, err := audio.Analyse(r)
	if err != nil && !errors.Is(err, audio.ErrUnreadable) {
		return nil, err
	}
	return &store.Kept{Type: facts.Format.MediaType(), Duration: facts.Duration, Peaks: facts.Peaks}, nil
}

// fetchFor is the fetcher of a task: through a link at hand, else through a
// fresh one unless it is to be warm.
func (k *Keeper) fetchFor(task store.Task, class kore.Class, warm bool) fetcher {
	return func(ctx context.Context, v store.Voicemail, n int) (*os.File, error) {
		place, _, _ := placeOf(v, n)
		if wait, words := k.trouble.paused(task.AccountID, familyOf(place.Kind)); wait > 0 {
			return nil, &accountPause{wait, words}
		}
		w := wanted{v: v, place: place, class: class, warm: warm}
		if place.Kind == store.RecordingCallV1 {
			var file *os.File
			err := k.links.inline(ctx, w, func(a kore.InlineAudio) (err error) {
				file, err = k.spool(ctx, a.Body, -1)
				return err
			})
			if err != nil && file != nil {
				file.Close()
			}
			return file, err
		}
		media, err := k.links.open(ctx, w)
		if err != nil {
			k.countMedia(err)
			return nil, err
		}
		defer media.Body.Close()
		file, err := k.spool(ctx, media.Body, media.ContentLength)
		k.countMedia(err)
		return file, err
	}
}

// countMedia notes how a media host answered; the API's faults are none of its.
func (k *Keeper) countMedia(err error) {
	if err == nil || isMedia(err) {
		k.sights.count(err)
	}
}

// spool copies a recording of a length, -1 where unknown, into a file without a
// name: whatever happens, nothing of it is left.
func (k *Keeper) spool(ctx context.Context, body io.Reader, length int64) (*os.File, error) {
	if length > k.cfg.MaxFile {
		return nil, tooLargeFor(k.cfg.MaxFile)
	}
	if err := k.room.check(ctx, max(length, 0)); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(k.cfg.SpoolDir, "keep-*.audio") // mode 0600
	if err != nil {
		return nil, k.room.refused(ctx, err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(k.room.refused(ctx, err), file.Close())
	}
	if err := k.fill(ctx, file, body); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func (k *Keeper) fill(ctx context.Context, file *os.File, body io.Reader) error {
	into := &spoolWriter{file: file}
	most := min(k.cfg.MaxFile, k.room.leftNow())
	n, err := io.Copy(into, io.LimitReader(body, most+1))
	switch {
	case into.err != nil:
		return k.room.refused(ctx, into.err)
	case err != nil:
		return err
	case n > k.cfg.MaxFile:
		return tooLargeFor(k.cfg.MaxFile)
	case n > most:
		return k.room.tooLarge(n)
	}
	head := make([]byte, min(n, sniffed))
	if _, err := file.ReadAt(head, 0); err != nil && n > 0 {
		return k.room.refused(ctx, err)
	}
	return checkHead(head)
}

// spoolWriter tells errors of the disk from those of the network.
type spoolWriter struct {
	file *os.File
	err  error
}

func (w *spoolWriter) Write(b []byte) (int, error) {
	n, err := w.file.Write(b)
	w.err = err
	return n, err
}

// firstSight keeps what is not kept yet of a voicemail's files.
func (k *Keeper) firstSight(ctx context.Context, voicemail int64, files []kore.File) {
	v, err := k.cfg.Store.Voicemail(ctx, store.AllBots(), voicemail)
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, store.ErrNotFound) {
			k.log.WarnContext(ctx, "keep at first sight", "voicemail", voicemail, "err", err)
		}
		return
	}
	// It may have waited for longer than links are remembered.
	k.links.remember(linkKey{v.ID, store.RecordingVoicemail}, links{files: files, status: store.RecordingSuccess, at: k.cfg.Now()})
	for _, r := range v.Recordings {
		place, _, _ := placeOf(v, r.N)
		if r.Kind != store.RecordingVoicemail || r.Digest != "" || ctx.Err() != nil {
			continue
		}
		if f, ok := fileAt(place, files); !ok || f.URL == "" || k.room.check(ctx, 0) != nil {
			continue
		}
		key := store.TaskKey{VoicemailID: v.ID, Kind: store.TaskKeep, N: r.N}
		if lease, ok := k.claimOne(ctx, key); ok {
			k.hold(ctx, lease, func(ctx context.Context) store.TaskOutcome {
				return k.keep(ctx, lease.Task, k.fetchFor(lease.Task, kore.ClassFresh, true))
			})
		}
	}
}

// keepFetched keeps a recording that somebody else has fetched, and closes its
// file.
func (k *Keeper) keepFetched(ctx context.Context, key store.TaskKey, file *os.File) {
	defer file.Close()
	if k.cfg.Archive == nil || k.room.check(ctx, 0) != nil {
		return
	}
	if lease, ok := k.claimOne(ctx, key); ok {
		k.hold(ctx, lease, func(ctx context.Context) store.TaskOutcome {
			return k.keep(ctx, lease.Task, func(context.Context, store.Voicemail, int) (*os.File, error) { return file, nil })
		})
	}
}

// claimOne leases a task that is not done; false where there is none or another
// does it.
func (k *Keeper) claimOne(ctx context.Context, key store.TaskKey) (store.TaskLease, bool) {
	lease, err := k.cfg.Store.ClaimTask(ctx, key, leaseFor)
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrLeased) {
			k.log.WarnContext(ctx, "claim a task", "voicemail", key.VoicemailID, "err", err)
		}
		return store.TaskLease{}, false
	}
	return lease, true
}

// keepAgain wakes the task of a recording that the archive has lost.
func (k *Keeper) keepAgain(ctx context.Context, key store.TaskKey) {
	err := k.cfg.Store.WakeTask(ctx, store.AllBots(), key)
	if errors.Is(err, store.ErrLeased) {
		return
	}
	if err != nil {
		k.log.WarnContext(ctx, "wake a task", "voicemail", key.VoicemailID, "err", err)
		return
	}
	k.Nudge()
}
