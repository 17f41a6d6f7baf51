package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"afterbeep/index/synonyms"
	"afterbeep/store"
)

// thesaurusPoll is how often the lists are looked at that another process may
// have saved.
const thesaurusPoll = 2 * time.Second

// Thesaurus has the synonyms that searches use: those built in, and those that
// an administrator has written, which the store keeps. It is safe for concurrent
// use.
type Thesaurus struct {
	saved   store.Synonyms
	log     *slog.Logger
	poll    time.Duration
	loading sync.Mutex // one at a time, so that an older text never follows a newer one
	current atomic.Pointer[thesaurusState]
}

type thesaurusState struct {
	changed time.Time
	lists   *synonyms.Lists
}

// OpenThesaurus reads the lists that are saved. log hears of trouble; nil is
// silence.
func OpenThesaurus(ctx context.Context, saved store.Synonyms, log *slog.Logger) (*Thesaurus, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	t := &Thesaurus{saved: saved, log: log, poll: thesaurusPoll}
	return t, t.Reload(ctx)
}

// Lists returns what searches use now: what an index's Config.Synonyms is to be.
// It never waits.
func (t *Thesaurus) Lists() *synonyms.Lists { return t.current.Load().lists }

// follow reloads where something else is saved than is used.
func (t *Thesaurus) follow(ctx context.Context) error {
	changed, err := t.saved.SynonymsChanged(ctx)
	if err != nil {
		return fmt.Errorf("read synonyms: %w", err)
	}
	if t.current.Load().changed.Equal(changed) {
		return nil
	}
	return t.Reload(ctx)
}

// Reload reads what is saved and uses it from now on.
func (t *Thesaurus) Reload(ctx context.Context) error {
	t.loading.Lock()
	defer t.loading.Unlock()
	saved, err := t.saved.Synonyms(ctx)
	if err != nil {
		return fmt.Errorf("read synonyms: %w", err)
	}
	if had := t.current.Load(); had == nil || !had.changed.Equal(saved.ChangedAt) {
		t.current.Store(&thesaurusState{saved.ChangedAt, listsOf(saved)})
	}
	return nil
}

// Follow looks every two seconds, so that what is saved in another process is
// used here, until ctx ends, and returns its error then. A store that can't be
// read is told to the log once and tried again.
func (t *Thesaurus) Follow(ctx context.Context) error {
	tick := time.NewTicker(t.poll)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		err := t.follow(ctx)
		if err != nil && !failing && !errors.Is(err, ctx.Err()) {
			t.log.WarnContext(ctx, "synonyms can't be read for now; searches use those read before", "err", err)
		}
		failing = err != nil
	}
}

// listsOf are the lists in use with what is saved. What of it can't be read is
// left out: it was told when it was written.
func listsOf(l store.SynonymLists) *synonyms.Lists {
	if l.Text == "" && !l.OwnOnly {
		return synonyms.Default()
	}
	text := l.Text
	if !l.OwnOnly {
		// Last, because it begins with a language of its own.
		text = strings.TrimRight(text, "\n") + "\n" + synonyms.DefaultText()
	}
	lists, _ := synonyms.Parse(text)
	return lists
}
