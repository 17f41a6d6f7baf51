package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// placeOf tells recording n of a voicemail from its others; false where it has
// none.
func placeOf(v store.Voicemail, n int) (store.RecordingKey, bool) {
	i := slices.IndexFunc(v.Recordings, func(r store.Recording) bool {
		return r.Kind == store.RecordingVoicemail && r.N == n
	})
	if i < 0 {
		return store.RecordingKey{}, false
	}
	return store.RecordingKeys(v.Recordings)[i], true
}

// fileAt finds the file among those of a reply.
func fileAt(where store.RecordingKey, files []kore.File) (kore.File, bool) {
	named := make([]store.Recording, len(files))
	for i, f := range files {
		// As the store keeps it.
		named[i] = store.Recording{Kind: store.RecordingVoicemail, FileName: store.CleanText(fileName(f))}
	}
	i := slices.Index(store.RecordingKeys(named), where)
	if i < 0 {
		return kore.File{}, false
	}
	return files[i], true
}

// download fetches a recording into its spool: through a link that is still in
// memory, else through a fresh one. A link that the media host takes no more
// is replaced once.
func (p *Player) download(ctx context.Context, s *spool, v store.Voicemail, where store.RecordingKey) error {
	client, ok := p.cfg.Client(v.BotID)
	if !ok {
		return &PlayError{Reason: ErrNoUpstream}
	}
	found, ok := p.knownLinks(v.ID)
	if !ok {
		var err error
		if found, err = p.freshLinks(ctx, client, v); err != nil {
			return err
		}
	}
	media, err := p.media(ctx, client, found, where, v)
	if errors.Is(err, kore.ErrLinkExpired) {
		p.forgetLinks(v.ID)
		if found, err = p.freshLinks(ctx, client, v); err != nil {
			return err
		}
		media, err = p.media(ctx, client, found, where, v)
	}
	if err != nil {
		return playError(err)
	}
	defer media.Body.Close()
	if media.ContentLength > p.cfg.MaxFile {
		return tooLarge(p.cfg.MaxFile)
	}
	return s.fill(media, p.cfg.CacheDir, p.cfg.MaxFile)
}

// media asks the media host for the file.
func (p *Player) media(ctx context.Context, client *kore.Client, found links, where store.RecordingKey, v store.Voicemail) (*kore.MediaReply, error) {
	file, ok := fileAt(where, found.files)
	if !ok || file.URL == "" {
		return nil, p.absent(found, v)
	}
	return client.Media(ctx, file.URL)
}

// absent is why a reply holds no link of a recording.
func (p *Player) absent(found links, v store.Voicemail) error {
	err := fmt.Errorf("the upstream names no such file, its status is %s", safeWord(found.status))
	switch prospect := store.ProspectOf(found.status); {
	case prospect == store.ProspectComing, prospect == store.ProspectOpen && p.cfg.Now().Sub(v.LeftAt) < recent:
		return &PlayError{Reason: ErrNotReady, RetryAfter: soonReady, Err: err}
	}
	return &PlayError{Reason: ErrGone, Err: err}
}

func (p *Player) knownLinks(voicemail int64) (links, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Now()
	for id, l := range p.links {
		if now.Sub(l.at) >= keepLink || l.at.After(now) {
			delete(p.links, id)
		}
	}
	l, ok := p.links[voicemail]
	return l, ok
}

func (p *Player) forgetLinks(voicemail int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, voicemail)
}

// freshLinks asks the upstream for the session's links and writes down what
// else the reply tells. They are used at once, whenever they say they expire.
func (p *Player) freshLinks(ctx context.Context, client *kore.Client, v store.Voicemail) (links, error) {
	ask, cancel := context.WithTimeout(ctx, linkWithin)
	defer cancel()
	reply, err := client.Voicemail(ask, kore.ClassListener, v.BotID, v.SessionID)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) && kore.KindOf(err) == kore.KindNone && ctx.Err() == nil {
			// The account pauses, or its minute is used up.
			return links{}, &PlayError{Reason: ErrLimited, RetryAfter: afterLimit}
		}
		return links{}, playError(err)
	}
	found := links{files: reply.Files, status: reply.Status, at: p.cfg.Now()}
	p.mu.Lock()
	p.links[v.ID] = found
	p.mu.Unlock()
	if err := p.record(ctx, v, reply); err != nil {
		p.log.WarnContext(ctx, "record a fresh reply", "session", v.SessionID, "err", err)
	}
	return found, nil
}

// record lets the archive know what a fresh reply tells. Whoever holds the
// session's lease asks for the same, so that is no loss.
func (p *Player) record(ctx context.Context, v store.Voicemail, reply *kore.VoicemailReply) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	lease, err := p.cfg.Store.ClaimSession(ctx, store.SessionKey{BotID: v.BotID, SessionID: v.SessionID}, leaseFor)
	if errors.Is(err, store.ErrLeased) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("claim session: %w", err)
	}
	flat := Flatten(reply)
	outcome := settle(answer{session: lease.Session, reply: &flat, status: reply.Status, now: p.cfg.Now()})
	if _, err := p.cfg.Store.Record(ctx, lease, outcome); err != nil && !errors.Is(err, store.ErrLeaseLost) {
		return err
	}
	return nil
}

// playError puts the client's errors into the words of a Player.
func playError(err error) error {
	var already *PlayError
	if errors.As(err, &already) {
		return err
	}
	e := &PlayError{Reason: ErrUpstream, Err: err}
	var said *kore.Error
	errors.As(err, &said)
	switch kind := kore.KindOf(err); {
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
	case kind == kore.KindNone && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		e.Err = errors.New("the database could not be reached")
	}
	return e
}

func tooLarge(most int64) error {
	return &PlayError{Reason: ErrUpstream, Err: fmt.Errorf("the recording is larger than %d MB", most>>20)}
}
