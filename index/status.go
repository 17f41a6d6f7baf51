package index

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"afterbeep/store"
)

// Status says how an index is.
type Status struct {
	// Position is what is applied; compare it with the store's Head.
	Position store.Position
	// Shown is the Seq up to which searches see all changes: Position's, or for a
	// moment one before.
	Shown int64
	// Voicemails is how many are indexed.
	Voicemails int
	// Building is true from a fresh start until all that the store had was
	// applied once: until then searches don't see all.
	Building bool
	// LastError says in words that are safe to show why the index does not
	// follow right now; "" while it does.
	LastError string
	// CaughtUpAt is when nothing was left to apply; zero while that has not
	// happened since the start.
	CaughtUpAt time.Time
}

// Status tells how the index is. After Close only LastError is set.
func (x *Index) Status() Status {
	g, err := x.acquire()
	if err != nil {
		return Status{LastError: ErrClosed.Error()}
	}
	defer g.users.Done()
	s := Status{
		Shown:     g.shown.Load(), // first: it must not be ahead of Position
		Position:  *g.position.Load(),
		Building:  !g.built.Load(),
		LastError: x.trouble.words(),
	}
	if at := x.caughtUp.Load(); at != 0 {
		s.CaughtUpAt = time.UnixMicro(at).UTC()
	}
	err = guarded(func() error {
		newest, err := g.engine.Snapshot()
		if err != nil {
			return err
		}
		defer newest.Close()
		s.Voicemails = int(newest.Docs())
		return nil
	})
	if err != nil && s.LastError == "" {
		s.LastError = wordsUnreadable
	}
	return s
}

// The words of LastError.
const (
	wordsStore      = "the store does not answer"
	wordsIndex      = "the index can't be written"
	wordsUnreadable = "the index can't be read"
)

// storeError marks errors that are the store's.
type storeError struct{ error }

func (e storeError) Unwrap() error { return e.error }

func storeTrouble(err error) error { return storeError{err} }

// trouble is why the index does not follow. It logs changes, not repetitions.
type trouble struct {
	mu  sync.Mutex
	now string
}

func (t *trouble) set(ctx context.Context, log *slog.Logger, err error) {
	words := wordsIndex
	if errors.As(err, new(storeError)) {
		words = wordsStore
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now != words {
		log.WarnContext(ctx, words, "error", err)
	}
	t.now = words
}

func (t *trouble) clear(ctx context.Context, log *slog.Logger) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now != "" {
		log.InfoContext(ctx, "the index follows again")
	}
	t.now = ""
}

func (t *trouble) words() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now
}
