package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// keepLink is how long a link is used again: long enough for a browser's next
// request and for the other files of one reply, short enough to be alive.
const keepLink = time.Minute

// linkStore is where a fresh reply is written down.
type linkStore interface {
	ClaimSession(ctx context.Context, key store.SessionKey, lease time.Duration) (store.Lease, error)
	Record(ctx context.Context, l store.Lease, o store.Outcome) (changed bool, err error)
	ClaimTask(ctx context.Context, key store.TaskKey, lease time.Duration) (store.TaskLease, error)
	RecordTask(ctx context.Context, l store.TaskLease, o store.TaskOutcome) (changed bool, err error)
}

// linker gets links to recordings and writes down what else the replies tell.
// Whoever asks for the files of one reply at a time shares one question. It is
// safe for concurrent use.
type linker struct {
	store  linkStore
	redact Redaction
	find   func(store.Voicemail) store.Finding
	client func(botID string) (*kore.Client, bool)
	now    func() time.Time
	log    *slog.Logger

	mu     sync.Mutex // guards what is below
	known  map[linkKey]links
	asking map[asked]chan struct{} // closed when the question is answered
	swept  time.Time               // when old links were last dropped
}

// linkKey names the reply that holds a link.
type linkKey struct {
	voicemail int64
	kind      store.RecordingKind
}

// asked is a question under way. A listener doesn't wait for one of a class that
// may have to wait for long.
type asked struct {
	key   linkKey
	class kore.Class
}

// links are those of one reply.
type links struct {
	files  []kore.File
	status string
	at     time.Time
}

func newLinker(s linkStore, redact Redaction, find func(store.Voicemail) store.Finding, client func(string) (*kore.Client, bool), now func() time.Time, log *slog.Logger) *linker {
	return &linker{
		store: s, redact: redact, find: find, client: client, now: now, log: log,
		known: map[linkKey]links{}, asking: map[asked]chan struct{}{},
	}
}

// wanted is a recording that somebody wants the file of.
type wanted struct {
	v     store.Voicemail
	place store.RecordingKey
	class kore.Class
	// warm allows links that are at hand only: nothing is asked of the API.
	warm bool
	// within is how long an answer of the API is waited for; 0 is for ever.
	within time.Duration
}

func (w wanted) key() linkKey { return linkKey{w.v.ID, w.place.Kind} }

// noFile is a reply that doesn't name a file, or names it without a link.
type noFile struct{ status string }

func (e *noFile) Error() string {
	return fmt.Sprintf("%v, its status is %s", errNoFile, safeWord(e.status))
}

func (e *noFile) Unwrap() error { return errNoFile }

// open asks the media host for a file: through a link that is at hand, else
// through a fresh one. A link that the host takes no more is replaced once.
// Errors are the client's, *noFile, errNoClient or errWarmOnly.
func (l *linker) open(ctx context.Context, w wanted) (*kore.MediaReply, error) {
	client, ok := l.client(w.v.BotID)
	if !ok {
		return nil, errNoClient
	}
	found, remembered := l.remembered(w)
	if !remembered {
		if w.warm {
			return nil, errWarmOnly
		}
		var err error
		if found, err = l.fresh(ctx, client, w); err != nil {
			return nil, err
		}
	}
	media, err := l.media(ctx, client, found, w)
	// A page instead of audio is how some hosts say that a link is over.
	if !errors.Is(err, kore.ErrLinkExpired) && !(remembered && errors.Is(err, kore.ErrNotMedia)) {
		return media, err
	}
	l.forget(w.key(), found.at)
	if w.warm {
		return nil, errWarmOnly
	}
	if found, err = l.fresh(ctx, client, w); err != nil {
		return nil, err
	}
	return l.media(ctx, client, found, w)
}

// media asks the media host for the file.
func (l *linker) media(ctx context.Context, client *kore.Client, found links, w wanted) (*kore.MediaReply, error) {
	file, ok := fileAt(w.place, found.files)
	if !ok || file.URL == "" {
		return nil, &noFile{found.status}
	}
	return client.Media(ctx, file.URL)
}

// remembered are links of a reply that came a moment ago, unless the wanted one
// says that it is over.
func (l *linker) remembered(w wanted) (links, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rememberedLocked(w)
}

func (l *linker) rememberedLocked(w wanted) (links, bool) {
	now := l.now()
	found, ok := l.known[w.key()]
	if !ok || now.Sub(found.at) >= keepLink || found.at.After(now) {
		return links{}, false
	}
	if file, ok := fileAt(w.place, found.files); ok {
		if over, known := kore.ExpiryHint(file.URL); known && !over.After(now) {
			return links{}, false
		}
	}
	return found, true
}

// remember keeps the links of a reply for a moment.
func (l *linker) remember(key linkKey, found links) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known[key] = found
	if found.at.Sub(l.swept) < keepLink && !l.swept.After(found.at) {
		return
	}
	l.swept = found.at
	for k, old := range l.known {
		if found.at.Sub(old.at) >= keepLink || old.at.After(found.at) {
			delete(l.known, k)
		}
	}
}

// forget drops links that came at a time; newer ones stay.
func (l *linker) forget(key linkKey, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known[key].at.Equal(at) {
		delete(l.known, key)
	}
}

// fresh asks the upstream for links, or waits for those that another is asking
// for. A fresh link is used whenever it says that it expires.
func (l *linker) fresh(ctx context.Context, client *kore.Client, w wanted) (links, error) {
	waiting, _, done := w.patience(ctx)
	defer done()
	found, err := l.share(waiting, client, w)
	if err != nil && errors.Is(context.Cause(waiting), errNoAnswer) && kore.KindOf(err) == kore.KindNone {
		return links{}, errNoAnswer
	}
	return found, err
}

// patience is ctx until the answer of the API was waited for too long: then its
// cause is errNoAnswer. answered ends the counting; done must be called.
func (w wanted) patience(ctx context.Context) (waiting context.Context, answered, done func()) {
	waiting, cancel := context.WithCancelCause(ctx)
	if w.within <= 0 {
		return waiting, func() {}, func() { cancel(nil) }
	}
	timer := time.AfterFunc(w.within, func() { cancel(errNoAnswer) })
	return waiting, func() { timer.Stop() }, func() { timer.Stop(); cancel(nil) }
}

// share asks, or waits for the answer that another is asking for.
func (l *linker) share(ctx context.Context, client *kore.Client, w wanted) (links, error) {
	question := asked{w.key(), w.class}
	for {
		l.mu.Lock()
		answered, busy := l.asking[question]
		if !busy {
			answered = make(chan struct{})
			l.asking[question] = answered
			l.mu.Unlock()
			defer func() {
				l.mu.Lock()
				delete(l.asking, question)
				l.mu.Unlock()
				close(answered)
			}()
			return l.ask(ctx, client, w)
		}
		l.mu.Unlock()
		select {
		case <-answered:
		case <-ctx.Done():
			return links{}, ctx.Err()
		}
		if found, ok := l.remembered(w); ok {
			return found, nil
		}
	}
}

// ask puts the question and writes the answer down.
func (l *linker) ask(ctx context.Context, client *kore.Client, w wanted) (links, error) {
	var found links
	var record func(context.Context) error
	switch w.place.Kind {
	case store.RecordingCallV2:
		reply, err := client.Recordings(ctx, w.class, w.v.BotID, w.v.SessionID)
		if err != nil {
			return links{}, err
		}
		found = links{files: reply.Files, status: reply.Status, at: l.now()}
		record = func(ctx context.Context) error { return l.recordCall(ctx, w.v, reply) }
	default:
		reply, err := client.Voicemail(ctx, w.class, w.v.BotID, w.v.SessionID)
		if err != nil {
			return links{}, err
		}
		found = links{files: reply.Files, status: reply.Status, at: l.now()}
		record = func(ctx context.Context) error { return l.recordVoicemail(ctx, w.v, reply) }
	}
	l.remember(w.key(), found)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	if err := record(ctx); err != nil {
		l.log.WarnContext(ctx, "record a fresh reply", "session", w.v.SessionID, "err", err)
	}
	return found, nil
}

// recordVoicemail writes a fresh reply down. Whoever holds the session's lease
// asks for the same, so that is no loss.
func (l *linker) recordVoicemail(ctx context.Context, v store.Voicemail, reply *kore.VoicemailReply) error {
	lease, err := l.store.ClaimSession(ctx, store.SessionKey{BotID: v.BotID, SessionID: v.SessionID}, leaseFor)
	if errors.Is(err, store.ErrLeased) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("claim session: %w", err)
	}
	flat := Flatten(reply, l.redact)
	flat.Find = l.find
	outcome := settle(answer{session: lease.Session, reply: &flat, status: reply.Status, now: l.now()})
	if _, err := l.store.Record(ctx, lease, outcome); err != nil && !errors.Is(err, store.ErrLeaseLost) {
		return err
	}
	return nil
}

// recordCall is recordVoicemail for recordings of the call: such a reply is what
// a look-up asks for.
func (l *linker) recordCall(ctx context.Context, v store.Voicemail, reply *kore.RecordingsReply) error {
	lease, err := l.store.ClaimTask(ctx, store.TaskKey{VoicemailID: v.ID, Kind: store.TaskLookUp}, leaseFor)
	if errors.Is(err, store.ErrLeased) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("claim look-up: %w", err)
	}
	outcome := settleLookUp(lookedUp{task: lease.Task, redact: l.redact, had: v.Recordings, status: reply.Status, files: reply.Files, now: l.now()})
	if _, err := l.store.RecordTask(ctx, lease, outcome); err != nil && !errors.Is(err, store.ErrLeaseLost) {
		return err
	}
	return nil
}

// errNoAnswer is an answer that was waited for too long: the account pauses, or
// its minute is used up.
var errNoAnswer = errors.New("the upstream did not answer in time")

// errEnough ends the reading of a reply that holds nothing more of interest.
var errEnough = errors.New("that was all")

// inline reads a recording out of a reply of version 1, which holds the audio
// itself. take reads the body; the reading ends after it.
func (l *linker) inline(ctx context.Context, w wanted, take func(kore.InlineAudio) error) error {
	client, ok := l.client(w.v.BotID)
	switch {
	case !ok:
		return errNoClient
	case w.warm:
		return errWarmOnly
	}
	q := kore.RecordingsV1Query{BotID: w.v.BotID, SessionID: w.v.SessionID}
	waiting, answered, done := w.patience(ctx)
	defer done()
	var failed error
	_, err := client.RecordingsV1(waiting, w.class, q, func(a kore.InlineAudio) error {
		answered()
		if a.N != w.place.Occurrence {
			return nil
		}
		if failed = take(a); failed != nil {
			return failed
		}
		return errEnough
	})
	switch {
	case failed != nil:
		return failed
	case errors.Is(err, errEnough):
		return nil
	case errors.Is(context.Cause(waiting), errNoAnswer):
		return errNoAnswer
	case err != nil:
		return err
	}
	return &noFile{store.RecordingMissing}
}

// placeOf tells recording n of a voicemail from its others; false where it has
// none.
func placeOf(v store.Voicemail, n int) (store.RecordingKey, store.Recording, bool) {
	i := slices.IndexFunc(v.Recordings, func(r store.Recording) bool { return r.N == n })
	if i < 0 {
		return store.RecordingKey{}, store.Recording{}, false
	}
	return store.RecordingKeys(v.Recordings)[i], v.Recordings[i], true
}

// fileAt finds the file among those of a reply: by its name, or by the masked
// one.
func fileAt(where store.RecordingKey, files []kore.File) (kore.File, bool) {
	plain, masked := make([]store.Recording, len(files)), make([]store.Recording, len(files))
	for i, f := range files {
		plain[i].Kind, masked[i].Kind = where.Kind, where.Kind
		masked[i].FileName, plain[i].FileName = namesOf(f)
	}
	for _, named := range [][]store.Recording{plain, masked} {
		if i := slices.Index(store.RecordingKeys(named), where); i >= 0 {
			return files[i], true
		}
	}
	return kore.File{}, false
}
