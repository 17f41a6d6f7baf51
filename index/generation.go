package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"afterbeep/index/engine"
	"afterbeep/store"
)

// The internal values of a generation.
const (
	keyMapping    = "afterbeep.mapping"
	keyCheckpoint = "afterbeep.checkpoint"
	keyBuilt      = "afterbeep.built" // there once all that the store had was applied
)

var (
	errOtherMapping = errors.New("the one before has another mapping version")
	// errNoMapping is what is left of a damaged index: the engine leaves out
	// what it can't read and goes on with nothing.
	errNoMapping = errors.New("no mapping version")
)

// generation is one index in one folder. A rebuild makes a new one.
type generation struct {
	name   string
	path   string
	engine *engine.Engine
	users  sync.WaitGroup // searches under way

	// position is what is applied. It is written by the holder of
	// Index.writing (or by the rebuild that is making the generation).
	position atomic.Pointer[store.Position]
	shown    atomic.Int64 // Seq of position as searches see it
	built    atomic.Bool
	doubted  atomic.Bool // its files are being verified, or were
	damaged  atomic.Bool // and are not as they were written
	// diskErrors is how many failed writes diskTrouble has seen.
	diskErrors atomic.Uint64
}

// openEngine opens or makes the engine's files.
func openEngine(root, name string, workers int) (*generation, error) {
	g := &generation{name: name, path: filepath.Join(root, name)}
	err := guarded(func() (err error) {
		g.engine, err = engine.Open(g.path, workers)
		return err
	})
	if err != nil {
		return nil, err
	}
	return g, nil
}

// openGeneration opens one that exists and reads where it stands.
func openGeneration(ctx context.Context, root, name string, workers int) (*generation, error) {
	if _, err := os.Stat(filepath.Join(root, name, "root.bolt")); err != nil {
		return nil, fmt.Errorf("look for the index: %w", err)
	}
	g, err := openEngine(root, name, workers)
	if err != nil {
		return nil, err
	}
	if err := guarded(func() error { return g.load(ctx) }); err != nil {
		_ = g.shut()
		return nil, err
	}
	return g, nil
}

// load reads the internal values and looks at every segment once, so that
// damage shows here and not in the first search.
func (g *generation) load(ctx context.Context) error {
	size, err := g.size()
	if err == nil && size <= verifyAtOnce {
		err = g.verify(ctx)
	}
	if err != nil {
		return err
	}
	s, err := g.engine.Snapshot()
	if err != nil {
		return err
	}
	defer s.Close()
	version, err := s.Internal(keyMapping)
	if err != nil {
		return fmt.Errorf("read the mapping version: %w", err)
	}
	if version == nil {
		return errNoMapping
	}
	if string(version) != fmt.Sprint(MappingVersion) {
		return errOtherMapping
	}
	raw, err := s.Internal(keyCheckpoint)
	if err != nil {
		return fmt.Errorf("read the checkpoint: %w", err)
	}
	var p store.Position
	if err := json.Unmarshal(raw, &p); err != nil {
		return fmt.Errorf("read the checkpoint: %w", err)
	}
	built, err := s.Internal(keyBuilt)
	if err != nil {
		return fmt.Errorf("read the build mark: %w", err)
	}
	g.position.Store(&p)
	g.shown.Store(p.Seq)
	g.built.Store(built != nil)
	return nil
}

// newGeneration makes an empty one that stands at the beginning of a store.
func newGeneration(root, name string, workers int, storeID string) (*generation, error) {
	g, err := openEngine(root, name, workers)
	if err != nil {
		return nil, fmt.Errorf("make an index: %w", err)
	}
	b := engine.NewBatch()
	b.SetInternal(keyMapping, fmt.Append(nil, MappingVersion))
	if err := g.commit(b, store.Position{StoreID: storeID}); err != nil {
		_ = g.shut()
		return nil, fmt.Errorf("make an index: %w", err)
	}
	return g, nil
}

// commit applies a batch and the position it leads to, both or neither.
func (g *generation) commit(b *engine.Batch, p store.Position) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write the checkpoint: %w", err)
	}
	b.SetInternal(keyCheckpoint, raw)
	if err := guarded(func() error { return g.engine.Apply(b) }); err != nil {
		return fmt.Errorf("write to the index: %w", err)
	}
	g.position.Store(&p)
	return nil
}

// markBuilt remembers that all that the store had has been applied once.
func (g *generation) markBuilt() error {
	b := engine.NewBatch()
	b.SetInternal(keyBuilt, []byte{1})
	if err := g.commit(b, *g.position.Load()); err != nil {
		return err
	}
	g.built.Store(true)
	return nil
}

var (
	errNotOnDisk = errors.New("the index could not be written to disk in time")
	errDisk      = errors.New("the index can't be written to disk")
	errMissing   = errors.New("the index's folder is gone")
)

// diskTrouble is errDisk if writing has failed since the last call. The engine
// tries again for ever, and answers from memory meanwhile.
func (g *generation) diskTrouble() error {
	now := g.engine.WriteErrors()
	if g.diskErrors.Swap(now) != now {
		return errDisk
	}
	return nil
}

// missing reports whether the generation's folder has been deleted. Searches
// still answer: what is open stays readable.
func (g *generation) missing() bool {
	_, err := os.Stat(filepath.Join(g.path, "root.bolt"))
	return errors.Is(err, fs.ErrNotExist)
}

// flush waits until all that was committed is on disk.
func (g *generation) flush(patience time.Duration) error {
	b := engine.NewBatch()
	onDisk := make(chan error, 1)
	b.OnDisk(func(err error) { onDisk <- err })
	if err := g.commit(b, *g.position.Load()); err != nil {
		return err
	}
	_ = g.diskTrouble() // what is known already
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for deadline := time.After(patience); ; {
		select {
		case err := <-onDisk:
			return err
		case <-look.C:
			if err := g.diskTrouble(); err != nil {
				return err
			}
		case <-deadline:
			return errNotOnDisk
		}
	}
}

// close waits for the last user, flushes and closes.
func (g *generation) close(patience time.Duration) error {
	g.users.Wait()
	err := g.flush(patience)
	if serr := g.shut(); err == nil {
		err = serr
	}
	return err
}

// discard closes and removes a generation that is not needed any more.
func (g *generation) discard() error {
	g.users.Wait()
	err := g.shut()
	if rerr := os.RemoveAll(g.path); err == nil {
		err = rerr
	}
	return err
}

// shut closes the engine; what is not on disk is lost.
func (g *generation) shut() error {
	return guarded(g.engine.Close)
}
