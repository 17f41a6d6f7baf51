package index

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"afterbeep/index/engine"
	"afterbeep/store"
)

const (
	// knowsEvery is how often an index with nothing to do asks whether the
	// store still has its position: a store may be restored under it.
	knowsEvery = time.Second
	// slowestRetry bounds the pause between attempts while the store is away.
	slowestRetry = 5 * time.Second
)

// Follow applies changes until ctx ends, which is no error: it returns nil
// then, and ErrClosed after Close. A store that does not answer is asked again
// and again; Status tells.
func (x *Index) Follow(ctx context.Context) error {
	asked := ctx
	ctx, cancel := x.untilClosed(ctx)
	var beside sync.WaitGroup
	beside.Go(func() { x.overlay.follow(ctx, x) })
	defer beside.Wait()
	defer cancel()
	pause := x.config.Poll
	checked := time.Time{}
	for {
		began := time.Now()
		check := began.Sub(checked) >= knowsEvery
		n, err := x.applyNext(ctx, x.config.Batch, check)
		switch {
		case asked.Err() != nil:
			return nil
		case ctx.Err() != nil || errors.Is(err, ErrClosed):
			return ErrClosed
		case err != nil:
			x.trouble.set(ctx, x.config.Log, err)
			pause = min(2*pause, slowestRetry)
		default:
			x.trouble.clear(ctx, x.config.Log)
			pause = x.config.Poll
			if check {
				checked = time.Now()
			}
		}
		wait := pause
		if n > 0 { // a few at a time would cost more than they are
			wait -= time.Since(began)
		}
		if n >= x.config.Batch || wait <= 0 {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// untilClosed is ctx, ended by Close too.
func (x *Index) untilClosed(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(x.closing, cancel)
	return ctx, func() { stop(); cancel() }
}

// CatchUp applies all that the feed has when it is called, then returns.
// progress, where not nil, hears how far it is, in steps of the feed.
func (x *Index) CatchUp(ctx context.Context, progress func(done, total int64)) error {
	ctx, cancel := x.untilClosed(ctx)
	defer cancel()
	err := x.catchUp(ctx, progress)
	if err == nil {
		err = x.freshen(ctx)
	}
	if err != nil && x.closing.Err() != nil {
		return ErrClosed
	}
	return err
}

func (x *Index) catchUp(ctx context.Context, progress func(done, total int64)) error {
	head, err := x.config.Feed.Head(ctx)
	if err != nil {
		return fmt.Errorf("ask the store for its position: %w", err)
	}
	if at, err := x.position(); err == nil && head.Seq-at.Seq > int64(2*x.config.RebuildBatch) {
		defer collector.ease()()
	}
	for first := true; ; first = false {
		n, err := x.applyNext(ctx, x.config.RebuildBatch, first)
		if err != nil {
			x.trouble.set(ctx, x.config.Log, err)
			return err
		}
		x.trouble.clear(ctx, x.config.Log)
		at, err := x.position()
		if err != nil {
			return err
		}
		if progress != nil {
			progress(min(at.Seq, head.Seq), head.Seq)
		}
		if n == 0 || at.StoreID == head.StoreID && at.Seq >= head.Seq {
			return x.finishBuild()
		}
	}
}

func (x *Index) position() (store.Position, error) {
	g, err := x.acquire()
	if err != nil {
		return store.Position{}, err
	}
	defer g.users.Done()
	return *g.position.Load(), nil
}

// finishBuild marks the current generation as complete.
func (x *Index) finishBuild() error {
	x.writing.Lock()
	defer x.writing.Unlock()
	g, err := x.acquire()
	if err != nil {
		return err
	}
	defer g.users.Done()
	x.caughtUp.Store(time.Now().UnixMicro())
	if g.built.Load() {
		return nil
	}
	return g.markBuilt()
}

// applyNext applies up to limit changes to the current generation and returns
// how many. A generation that is damaged, or whose position the store does not
// know any more (asked when there are changes or check is set), is replaced by
// an empty one first.
func (x *Index) applyNext(ctx context.Context, limit int, check bool) (int, error) {
	x.writing.Lock()
	defer x.writing.Unlock()
	for range 2 {
		g, err := x.acquire()
		if err != nil {
			return 0, err
		}
		n, why, err := x.applyOrDoubt(ctx, g, limit, check)
		if err == nil && why == "" && check {
			x.learn(g)
			if err = g.diskTrouble(); g.missing() {
				x.regrow(ctx)
				err = errMissing
			}
		}
		g.users.Done()
		if err != nil || why == "" {
			return n, err
		}
		if err := x.startOver(ctx, why); err != nil {
			return 0, err
		}
	}
	return 0, storeTrouble(errors.New("the store was replaced while it was read"))
}

// applyOrDoubt applies changes to g, or says why it must be replaced.
func (x *Index) applyOrDoubt(ctx context.Context, g *generation, limit int, check bool) (n int, why string, err error) {
	if g.damaged.Load() {
		return 0, whyDamaged, nil
	}
	at := *g.position.Load()
	changes, err := x.config.Feed.Changes(ctx, at.Seq, limit)
	if err != nil {
		return 0, "", storeTrouble(fmt.Errorf("read the store's changes: %w", err))
	}
	// Asked after the changes were read: a store that was replaced before is
	// noticed now, one that is replaced from here on is noticed next time.
	if len(changes) > 0 || check {
		known, err := x.config.Feed.Knows(ctx, at)
		if err != nil {
			return 0, "", storeTrouble(fmt.Errorf("compare the index with the store: %w", err))
		}
		if !known {
			return 0, whyUnknown, nil
		}
	}
	if len(changes) == 0 {
		if g.shown.Load() < at.Seq { // it could not be read when it was applied
			if err := g.warm(); err != nil {
				return 0, "", err
			}
		}
		x.caughtUp.Store(time.Now().UnixMicro())
		if !g.built.Load() {
			return 0, "", g.markBuilt()
		}
		return 0, "", nil
	}
	if err := apply(g, changes); err != nil {
		return 0, "", err
	}
	return len(changes), "", g.warm()
}

// apply puts changes into a generation, in one batch with the position.
func apply(g *generation, changes []store.Change) error {
	b := engine.NewBatch()
	for _, c := range changes {
		if c.Voicemail == nil {
			b.Delete(docID(c.VoicemailID))
			continue
		}
		b.Update(docID(c.VoicemailID), document(c.Voicemail))
	}
	last := changes[len(changes)-1]
	p := store.Position{StoreID: g.position.Load().StoreID, Seq: last.Seq, Tag: last.Tag}
	return g.commit(b, p)
}

// warm makes what was applied what searches see, and reads the columns of new
// segments, so that no search has to.
func (g *generation) warm() error {
	at := g.position.Load().Seq
	err := guarded(g.engine.Refresh)
	if err == nil {
		g.shown.Store(at)
	}
	return err
}

// startOver puts an empty generation in place of the current one at once:
// answers from another store's voicemails would be worse than few. The caller
// holds writing.
func (x *Index) startOver(ctx context.Context, why string) error {
	head, err := x.config.Feed.Head(ctx)
	if err != nil {
		return storeTrouble(fmt.Errorf("ask the store for its position: %w", err))
	}
	x.config.Log.WarnContext(ctx, "starting a fresh index", "reason", why)
	g, err := x.fresh(head.StoreID)
	if err != nil {
		return err
	}
	old := x.swap(g)
	x.overlay.forget()
	x.caughtUp.Store(0)
	if err := old.discard(); err != nil {
		x.config.Log.WarnContext(ctx, "could not remove the index before", "error", err)
	}
	return nil
}
