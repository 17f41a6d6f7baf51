package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// ErrRebuilding means that a rebuild is under way already.
var ErrRebuilding = errors.New("the index is being rebuilt already")

// Rebuild makes a new index of all that the store has beside the current one,
// which goes on answering and following, then puts it in its place. When ctx
// ends, or on an error, the current one stays. progress, where not nil, hears
// how far it is, in steps of the feed. ErrRebuilding while another is under way.
func (x *Index) Rebuild(ctx context.Context, progress func(done, total int64)) error {
	if !x.rebuild.TryLock() {
		return ErrRebuilding
	}
	defer x.rebuild.Unlock()
	ctx, cancel := x.untilClosed(ctx)
	defer cancel()

	defer collector.ease()()
	started := time.Now()
	x.config.Log.InfoContext(ctx, "rebuilding the index")
	err := x.buildBeside(ctx, progress)
	if x.closing.Err() != nil && err != nil {
		return ErrClosed
	}
	if err != nil {
		return fmt.Errorf("rebuild the index: %w", err)
	}
	x.config.Log.InfoContext(ctx, "rebuilt the index", "took", time.Since(started).Round(time.Millisecond))
	return nil
}

func (x *Index) buildBeside(ctx context.Context, progress func(done, total int64)) error {
	head, err := x.config.Feed.Head(ctx)
	if err != nil {
		return fmt.Errorf("ask the store for its position: %w", err)
	}
	name, err := x.reserveName()
	if err != nil {
		return err
	}
	g, err := newGeneration(x.config.Dir, name, x.config.Workers, head.StoreID)
	if err != nil {
		return err
	}
	for err == nil && g.position.Load().Seq < head.Seq {
		var n int
		if n, err = x.applyTo(ctx, g); n == 0 {
			break
		}
		if progress != nil {
			progress(min(g.position.Load().Seq, head.Seq), head.Seq)
		}
	}
	if err == nil {
		// Most of the writing to disk happens while the follower still runs.
		err = g.flush(promotePatience)
	}
	if err == nil {
		err = x.replace(ctx, g)
	}
	if err != nil {
		if derr := g.discard(); derr != nil {
			x.config.Log.WarnContext(ctx, "could not remove the unfinished index", "error", derr)
		}
	}
	return err
}

// reserveName returns a name for a generation. A fresh one that the follower
// starts meanwhile sees the folder and takes the next name.
func (x *Index) reserveName() (string, error) {
	x.writing.Lock()
	defer x.writing.Unlock()
	name, err := x.nextName()
	if err != nil {
		return "", err
	}
	return name, makeFolder(x.config.Dir, name)
}

// applyTo applies the next changes to a generation that is not current yet.
func (x *Index) applyTo(ctx context.Context, g *generation) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	changes, err := x.config.Feed.Changes(ctx, g.position.Load().Seq, x.config.RebuildBatch)
	if err != nil {
		return 0, fmt.Errorf("read the store's changes: %w", err)
	}
	known, err := x.config.Feed.Knows(ctx, *g.position.Load())
	if err != nil {
		return 0, fmt.Errorf("compare the index with the store: %w", err)
	}
	if !known {
		return 0, errors.New(whyUnknown)
	}
	if len(changes) == 0 {
		return 0, nil
	}
	return len(changes), apply(g, changes)
}

// replace applies what came meanwhile, makes g the current generation and
// removes the one before. The follower waits.
func (x *Index) replace(ctx context.Context, g *generation) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	if x.closing.Err() != nil {
		return ErrClosed
	}
	for {
		n, err := x.applyTo(ctx, g)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	if err := g.markBuilt(); err != nil {
		return err
	}
	if err := g.warm(); err != nil {
		return err
	}
	if err := x.promote(g); err != nil {
		return err
	}
	old := x.swap(g)
	x.caughtUp.Store(time.Now().UnixMicro())
	if err := old.discard(); err != nil {
		x.config.Log.WarnContext(ctx, "could not remove the index before", "error", err)
	}
	return nil
}

// regrow makes a deleted index anew in the background, one at a time. What
// still answers from its open files goes on until then. The caller holds
// writing.
func (x *Index) regrow(ctx context.Context) {
	if x.closing.Err() != nil || x.regrowing.Swap(true) {
		return
	}
	x.background.Go(func() {
		defer x.regrowing.Store(false)
		err := x.takeFolder()
		if err == nil {
			err = x.Rebuild(x.closing, nil)
		}
		if err != nil && x.closing.Err() == nil {
			x.trouble.set(ctx, x.config.Log, err)
		}
	})
}

// takeFolder makes the folder and takes its lock again where they are gone.
// ErrInUse where another process was quicker.
func (x *Index) takeFolder() error {
	x.writing.Lock()
	defer x.writing.Unlock()
	if err := os.MkdirAll(x.config.Dir, 0o700); err != nil {
		return fmt.Errorf("make the index folder: %w", err)
	}
	mine, err := x.lock.Stat()
	if err != nil {
		return fmt.Errorf("look at the lock: %w", err)
	}
	if there, err := os.Stat(x.lock.Name()); err == nil && os.SameFile(mine, there) {
		return nil
	}
	lock, err := lockFolder(x.config.Dir)
	if err != nil {
		return err
	}
	_ = x.lock.Close() // of a file that nobody can open any more
	x.lock = lock
	return nil
}
