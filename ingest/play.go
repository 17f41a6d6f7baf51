package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"afterbeep/ingest/audio"
	"afterbeep/ingest/kore"
	"afterbeep/store"
	"afterbeep/store/archive"
)

// Audio reads one recording from its start, or from anywhere in it, while it
// comes. It implements io.ReadSeekCloser, for one goroutine at a time, and must
// be closed.
type Audio struct {
	// ContentType is told by the bytes themselves.
	ContentType string
	// ModTime and Key are the same for everybody who shares the recording; Key
	// is fit for an entity tag.
	ModTime time.Time
	Key     string
	// Immutable says that the recording is archived: Key is of its digest, and
	// the same bytes are had under it for ever.
	Immutable bool

	content io.ReadSeeker
	from    io.Closer
	once    sync.Once
}

var _ io.ReadSeekCloser = (*Audio)(nil)

// Read reads what has come, waiting for at least a byte. It returns io.EOF at
// the recording's end, a *PlayError where the download broke off, or the error
// of the context that Open was given.
func (a *Audio) Read(b []byte) (int, error) { return a.content.Read(b) }

// Seek moves to a place, whether its bytes have come or not. To seek from the
// end waits for the end where the upstream didn't tell the length.
func (a *Audio) Seek(offset int64, whence int) (int64, error) { return a.content.Seek(offset, whence) }

// Close ends reading. The recording stays for others.
func (a *Audio) Close() error {
	var err error
	a.once.Do(func() { err = a.from.Close() })
	return err
}

// failed closes the recording and says why it can't be read.
func (a *Audio) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		err = ctx.Err()
	} else {
		err = playError(err)
	}
	return errors.Join(err, a.Close())
}

// Open gives recording n of a voicemail in a form that browsers play: from the
// archive, else through a fresh link. It returns as soon as the recording
// begins to come; reads wait for what has not come yet and end with ctx. Who
// asks for a recording that is being fetched, or was lately, shares it. Errors
// are *PlayError, store.ErrNotFound for a recording that v doesn't have, or
// ctx's.
func (p *Player) Open(ctx context.Context, v store.Voicemail, n int) (*Audio, error) {
	a, err := p.OpenOriginal(ctx, v, n)
	if err != nil {
		return nil, err
	}
	content, kind, err := audio.Playable(a.content)
	if err != nil {
		return nil, a.failed(ctx, err)
	}
	if content != a.content {
		a.Key += "-pcm"
	}
	a.content, a.ContentType = content, kind
	return a, nil
}

// OpenOriginal is Open for those who keep the recording: the bytes are those of
// the upstream, whether browsers play them or not.
func (p *Player) OpenOriginal(ctx context.Context, v store.Voicemail, n int) (*Audio, error) {
	place, rec, ok := placeOf(v, n)
	if !ok {
		return nil, fmt.Errorf("recording %d: %w", n, store.ErrNotFound)
	}
	if a := p.archived(ctx, v, rec); a != nil {
		return a, nil
	}
	return p.fetched(ctx, v, place, rec)
}

// archived is the recording from the archive; nil where that doesn't have it,
// which is no reason not to play it.
func (p *Player) archived(ctx context.Context, v store.Voicemail, rec store.Recording) *Audio {
	if p.cfg.Archive == nil || rec.Digest == "" {
		return nil
	}
	content, err := p.openArchived(ctx, rec.Digest)
	if err == nil {
		return &Audio{
			ContentType: cmp.Or(rec.Type, audio.FormatUnknown.MediaType()), ModTime: rec.KeptAt.UTC(), Key: rec.Digest,
			Immutable: true, content: content, from: content,
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	p.log.ErrorContext(ctx, "play from the archive", "voicemail", v.ID, "recording", rec.N, "digest", rec.Digest, "err", err)
	if p.cfg.Keeper != nil && (errors.Is(err, archive.ErrNotFound) || errors.Is(err, archive.ErrCorrupt)) {
		p.cfg.Keeper.keepAgain(ctx, store.TaskKey{VoicemailID: v.ID, Kind: store.TaskKeep, N: rec.N})
	}
	return nil
}

// openArchived opens archived audio. Where each opening would fetch all of it,
// browsers, which ask for a recording part by part, share one through a spool.
func (p *Player) openArchived(ctx context.Context, digest string) (io.ReadSeekCloser, error) {
	if archive.IsLocal(p.cfg.Archive) {
		return p.cfg.Archive.Open(ctx, digest)
	}
	content, _, err := p.follow(ctx, recordingID{digest: digest}, func(ctx context.Context, s *spool) error {
		from, err := p.cfg.Archive.Open(ctx, digest)
		if err != nil {
			return err
		}
		defer from.Close()
		length, err := from.Seek(0, io.SeekEnd)
		if err != nil {
			return err
		}
		if _, err := from.Seek(0, io.SeekStart); err != nil {
			return err
		}
		return s.fill(from, length, p.cfg.CacheDir, length) // it was let in once
	}, func(context.Context, *spool) {})
	if err != nil {
		return nil, err // not a nil *follower
	}
	return content, nil
}

// fetched is the recording through a fresh link.
func (p *Player) fetched(ctx context.Context, v store.Voicemail, place store.RecordingKey, rec store.Recording) (*Audio, error) {
	content, s, err := p.follow(ctx, recordingID{voicemail: v.ID, n: rec.N},
		func(ctx context.Context, s *spool) error { return p.download(ctx, s, v, place) },
		func(ctx context.Context, s *spool) { p.offer(ctx, s, v, rec) })
	if err != nil {
		return nil, err
	}
	return &Audio{
		ContentType: s.kind, ModTime: s.began.UTC(), Key: fmt.Sprintf("%d-%d-%d", v.ID, rec.N, s.began.UnixNano()),
		content: content, from: content,
	}, nil
}

// follow reads a spool that all listeners share, as soon as it begins to fill;
// the first one has it downloaded.
func (p *Player) follow(ctx context.Context, id recordingID, download func(context.Context, *spool) error, after func(context.Context, *spool)) (*follower, *spool, error) {
	s, err := p.spool(id, download, after)
	if err != nil {
		return nil, nil, err
	}
	select {
	case <-s.ready:
	case <-ctx.Done():
		p.release(s)
		return nil, nil, ctx.Err()
	}
	if err := s.openErr(); err != nil {
		p.release(s)
		return nil, nil, err
	}
	file, err := os.Open(s.path)
	if err != nil {
		p.release(s)
		return nil, nil, &PlayError{Reason: ErrUpstream, Err: fmt.Errorf("read the cached recording: %w", err)}
	}
	return newFollower(ctx, s, file, func() { p.release(s) }), s, nil
}

// download fetches a recording into its spool.
func (p *Player) download(ctx context.Context, s *spool, v store.Voicemail, place store.RecordingKey) error {
	w := wanted{v: v, place: place, class: kore.ClassListener, within: linkWithin}
	if place.Kind == store.RecordingCallV1 {
		return p.playErr(v, p.links.inline(ctx, w, func(a kore.InlineAudio) error {
			return s.fill(a.Body, -1, p.cfg.CacheDir, p.cfg.MaxFile)
		}))
	}
	media, err := p.links.open(ctx, w)
	if err != nil {
		return p.playErr(v, err)
	}
	defer media.Body.Close()
	return p.playErr(v, s.fill(media.Body, media.ContentLength, p.cfg.CacheDir, p.cfg.MaxFile))
}

// offer hands a recording that came whole to the keeper.
func (p *Player) offer(ctx context.Context, s *spool, v store.Voicemail, rec store.Recording) {
	if p.cfg.Keeper == nil || s.failed() {
		return
	}
	file, err := os.Open(s.path)
	if err != nil {
		return // it was dropped already
	}
	p.cfg.Keeper.keepFetched(ctx, store.TaskKey{VoicemailID: v.ID, Kind: store.TaskKeep, N: rec.N}, file)
}

// playErr is playError with what the voicemail tells of a file that isn't there.
func (p *Player) playErr(v store.Voicemail, err error) error {
	var absent *noFile
	if !errors.As(err, &absent) {
		return playError(err)
	}
	prospect := store.ProspectOf(absent.status)
	if prospect == store.ProspectComing || prospect == store.ProspectOpen && p.cfg.Now().Sub(v.LeftAt) < recent {
		return &PlayError{Reason: ErrNotReady, RetryAfter: soonReady, Err: err}
	}
	return &PlayError{Reason: ErrGone, Err: err}
}

// playError puts the client's errors into the words of a Player.
func playError(err error) error {
	var already *PlayError
	if err == nil || errors.As(err, &already) {
		return err
	}
	e := &PlayError{Reason: ErrUpstream, Err: err}
	var said *kore.Error
	errors.As(err, &said)
	switch kind := kore.KindOf(err); {
	case errors.Is(err, errNoClient):
		e.Reason, e.Err = ErrNoUpstream, nil
	case errors.Is(err, errNoAnswer):
		e.Reason, e.RetryAfter, e.Err = ErrLimited, afterLimit, nil
	case kind == kore.KindLimited:
		e.Reason, e.RetryAfter = ErrLimited, max(said.RetryAfter, afterLimit)
	case kind == kore.KindHost || errors.Is(err, kore.ErrHostNotAllowed):
		e.Reason = ErrRefused
	case errors.Is(err, kore.ErrLinkExpired):
		// A fresh link was refused as well: the file is not there, unless the
		// host said that we may not.
		if said == nil || said.Status != 401 && said.Status != 403 {
			e.Reason = ErrGone
		}
	case kind == kore.KindNotFound || kind == kore.KindGone:
		e.Reason = ErrGone
	case kind == kore.KindServer || kind == kore.KindNetwork:
		e.RetryAfter = 10 * time.Second
	case isKeepFault(err):
	case kind == kore.KindNone && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		e.Err = errors.New("the database could not be reached")
	}
	return e
}

func tooLarge(most int64) error {
	return &PlayError{Reason: ErrUpstream, Err: fmt.Errorf("the recording is larger than %d MB", most>>20)}
}
