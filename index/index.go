// Package index keeps a full-text index of the voicemails of one store and
// answers searches over it.
//
// It hides the search engine (Bleve's scorch), which no other package knows,
// and the files it keeps. The index is derived: it follows the store's change
// feed and remembers how far it has come in the same batch as the documents,
// so that a process that is killed anywhere resumes exactly there. An index
// that is missing, damaged, of another mapping version, of another store or
// ahead of a store that was restored is started afresh by itself.
//
// It never keeps the text of a voicemail: a search answers with ids, and the
// store has the rest. It never answers outside the reader's scope, totals and
// facets included. Query text and voicemail text never reach its log or errors.
package index

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"afterbeep/index/synonyms"
	"afterbeep/store"
)

// The errors of this package. Compare with errors.Is.
var (
	// ErrInUse means that another process has the index folder open.
	ErrInUse = errors.New("the index is in use by another process")
	// ErrCursor means that a cursor is broken or belongs to another search.
	ErrCursor = errors.New("the cursor does not belong to this search")
	// ErrClosed means that the index was closed.
	ErrClosed = errors.New("the index is closed")
)

// Config is what an index needs.
type Config struct {
	// Dir is the index's own folder. It is made where missing, and whatever is
	// in it may be removed.
	Dir string
	// Feed is the store whose voicemails are indexed.
	Feed store.Feed
	// Work is what people and the machine say of these voicemails beside their
	// text; nil is nothing.
	Work Work
	// Log hears of starts, rebuilds and trouble; nil is silence.
	Log *slog.Logger
	// Poll is how often Follow asks the feed for changes; 0 is 100 ms.
	Poll time.Duration
	// Batch is how many changes Follow applies at once; 0 is 1,000.
	Batch int
	// RebuildBatch is how many changes a rebuild or a catch-up applies at
	// once; 0 is 10,000. Half as many take a quarter less memory and a seventh more time.
	RebuildBatch int
	// Workers is how many goroutines analyse texts; 0 is 2.
	Workers int
	// Synonyms returns the lists to search with, asked for by every search; nil
	// is synonyms.Default.
	Synonyms func() *synonyms.Lists
}

func (c Config) complete() (Config, error) {
	if c.Dir == "" {
		return c, errors.New("index: no folder given")
	}
	if c.Feed == nil {
		return c, errors.New("index: no change feed given")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Poll <= 0 {
		c.Poll = 100 * time.Millisecond
	}
	if c.Batch <= 0 {
		c.Batch = 1000
	}
	if c.RebuildBatch <= 0 {
		c.RebuildBatch = 10_000
	}
	if c.Workers <= 0 {
		c.Workers = 2
	}
	if c.Synonyms == nil {
		c.Synonyms = synonyms.Default
	}
	return c, nil
}

// Index is an index that is open. Its methods are safe for concurrent use.
type Index struct {
	config Config
	lock   *os.File // guarded by writing

	// writing is held by whoever changes the current generation's contents or
	// swaps it, so that checkpoints only ever move forward in one place.
	writing sync.Mutex
	// rebuild is held for the whole of a Rebuild: one at a time.
	rebuild sync.Mutex

	mu      sync.RWMutex // guards current and closed
	current *generation
	closed  bool

	closing    context.Context // ends with Close
	stop       context.CancelFunc
	background sync.WaitGroup // verifications, regrowths and learning under way

	overlay   *overlay
	choices   choices
	trouble   trouble
	regrowing atomic.Bool
	learning  atomic.Bool
	caughtUp  atomic.Int64 // when nothing was left to apply, unix microseconds; 0 never
}

// Open opens the index in c.Dir, or starts a fresh one where there is none that
// can be used, which the log then says. It does not apply changes: that is
// Follow's and CatchUp's. ErrInUse while another process has the folder open.
// The store must answer.
func Open(ctx context.Context, c Config) (*Index, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the index folder: %w", err)
	}
	lock, err := lockFolder(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("open the index: %w", err)
	}
	x := &Index{config: c, lock: lock, overlay: newOverlay(c.Work)}
	x.closing, x.stop = context.WithCancel(context.Background())
	if err := x.openCurrent(ctx); err != nil {
		x.stop()
		_ = lock.Close()
		return nil, fmt.Errorf("open the index: %w", err)
	}
	return x, nil
}

// Close waits for searches and batches under way, writes what is not on disk
// yet and releases the folder. Follow, CatchUp and Rebuild return ErrClosed.
// Closing again does nothing.
func (x *Index) Close() error {
	x.stop()
	x.background.Wait()
	x.writing.Lock()
	defer x.writing.Unlock()
	x.mu.Lock()
	g := x.current
	was := x.closed
	x.closed, x.current = true, nil
	x.mu.Unlock()
	if was {
		return nil
	}
	err := g.close(closePatience)
	if cerr := x.lock.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("release the index folder: %w", cerr)
	}
	return err
}

// closePatience is how long Close waits for the disk, behind a large merge
// perhaps. What is lost then is applied again at the next start.
const closePatience = 20 * time.Second

// acquire returns the current generation, which stays open until it is released.
func (x *Index) acquire() (*generation, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.closed {
		return nil, ErrClosed
	}
	x.current.users.Add(1)
	return x.current, nil
}

// swap makes g the current generation and returns the one before.
func (x *Index) swap(g *generation) *generation {
	x.mu.Lock()
	defer x.mu.Unlock()
	old := x.current
	x.current = g
	return old
}
