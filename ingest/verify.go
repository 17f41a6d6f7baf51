package ingest

import (
	"context"
	"errors"
	"fmt"

	"afterbeep/store"
	"afterbeep/store/archive"
)

// VerifyStore is what VerifyArchive needs of the store.
type VerifyStore interface {
	Changes(ctx context.Context, after int64, limit int) ([]store.Change, error)
	Head(ctx context.Context) (store.Position, error)
	WakeTask(ctx context.Context, s store.Scope, key store.TaskKey) error
}

// VerifyOptions say who is told while the archive is verified.
type VerifyOptions struct {
	Progress func(done, total int64) // how far it is, of what; nil is nobody
	Report   func(Unsound)           // each recording that is not sound; nil is nobody
}

// Unsound is an archived recording that the archive can't give.
type Unsound struct {
	Voicemail int64
	N         int   // the recording's
	Err       error // archive.ErrNotFound or archive.ErrCorrupt
}

// VerifyReport counts what VerifyArchive saw.
type VerifyReport struct {
	Sound   int
	Unsound int
}

// verifyPage is how many voicemails are read at once.
const verifyPage = 500

// VerifyArchive reads all archived audio and compares it with its digests, each
// once. What is lost or damaged is due to be archived again at once, by a Keeper
// that runs on the store or the next one: while the upstream has it, it comes
// back. Audio that is archived meanwhile may be left out. An error is the store's
// or the medium's; the report is of what was seen until then.
func VerifyArchive(ctx context.Context, s VerifyStore, a archive.Archive, opts VerifyOptions) (VerifyReport, error) {
	v := verification{store: s, archive: a, opts: opts, seen: map[string]error{}}
	head, err := s.Head(ctx)
	if err != nil {
		return v.report, fmt.Errorf("verify the archive: %w", err)
	}
	for at := int64(0); at < head.Seq; {
		page, err := s.Changes(ctx, at, verifyPage)
		if err != nil {
			return v.report, fmt.Errorf("verify the archive: %w", err)
		}
		if len(page) == 0 {
			break
		}
		for _, c := range page {
			if err := v.voicemail(ctx, c.Voicemail); err != nil {
				return v.report, fmt.Errorf("verify the archive: %w", err)
			}
			at = c.Seq
			if opts.Progress != nil {
				opts.Progress(min(at, head.Seq), head.Seq)
			}
		}
	}
	return v.report, nil
}

type verification struct {
	store   VerifyStore
	archive archive.Archive
	opts    VerifyOptions
	seen    map[string]error // by digest; several recordings may share one
	report  VerifyReport
}

// voicemail verifies the recordings of a voicemail; nil is one that was erased.
func (v *verification) voicemail(ctx context.Context, m *store.Voicemail) error {
	if m == nil {
		return nil
	}
	for _, r := range m.Recordings {
		if r.Digest == "" {
			continue
		}
		err := v.verify(ctx, r.Digest)
		if err == nil {
			v.report.Sound++
			continue
		}
		if !errors.Is(err, archive.ErrNotFound) && !errors.Is(err, archive.ErrCorrupt) {
			return err
		}
		if err := v.fetchAgain(ctx, Unsound{Voicemail: m.ID, N: r.N, Err: err}); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) verify(ctx context.Context, digest string) error {
	if err, seen := v.seen[digest]; seen {
		return err
	}
	err := v.archive.Verify(ctx, digest)
	v.seen[digest] = err
	return err
}

func (v *verification) fetchAgain(ctx context.Context, u Unsound) error {
	v.report.Unsound++
	if v.opts.Report != nil {
		v.opts.Report(u)
	}
	err := v.store.WakeTask(ctx, store.AllBots(), store.TaskKey{VoicemailID: u.Voicemail, Kind: store.TaskKeep, N: u.N})
	if errors.Is(err, store.ErrLeased) || errors.Is(err, store.ErrNotFound) {
		return nil // somebody is at it, or it was erased
	}
	return err
}
