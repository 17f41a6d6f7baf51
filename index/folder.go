package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"afterbeep/index/engine"
)

// The folder holds generations in folders of their own, a file that names the
// current one, the lock, and at most one generation that was set aside because
// it could not be opened. The name is replaced by a rename, so there is always
// exactly one current generation, wherever the process is killed; all others
// are leftovers that the next start removes.
const (
	currentFile      = "current"
	asideFolder      = "aside"
	generationPrefix = "generation-"
)

// promotePatience is how long a new generation may take to get to disk.
const promotePatience = 2 * time.Minute

// guarded runs what reads from the engine; see engine.Guard.
func guarded(f func() error) error { return engine.Guard(f) }

// openCurrent opens the current generation or starts a fresh one, and removes
// leftovers.
func (x *Index) openCurrent(ctx context.Context) error {
	head, err := x.config.Feed.Head(ctx)
	if err != nil {
		return fmt.Errorf("ask the store for its position: %w", err)
	}
	name, err := readCurrent(x.config.Dir)
	if err != nil {
		return err
	}
	g, why, err := x.usable(ctx, name)
	if err != nil {
		return err
	}
	if g == nil {
		x.config.Log.InfoContext(ctx, "starting a fresh index", "reason", why)
		if g, err = x.fresh(head.StoreID); err != nil {
			return err
		}
	}
	x.current = g
	if large, err := g.size(); err != nil || large > verifyAtOnce {
		x.doubt(g)
	}
	x.learn(g)
	if err := removeLeftovers(x.config.Dir, g.name); err != nil {
		x.config.Log.WarnContext(ctx, "could not remove leftovers of the index", "error", err)
	}
	return nil
}

// usable opens the named generation. Where it can't be used, the generation is
// nil, and the reason says why in words for the log. An error is the store's.
func (x *Index) usable(ctx context.Context, name string) (g *generation, why string, err error) {
	if name == "" {
		return nil, "there is none yet", nil
	}
	g, oerr := openGeneration(ctx, x.config.Dir, name, x.config.Workers)
	switch {
	case errors.Is(oerr, errOtherMapping):
		return nil, oerr.Error(), nil
	case errors.Is(oerr, fs.ErrNotExist):
		return nil, "the one before is missing", nil
	case oerr != nil:
		x.config.Log.WarnContext(ctx, "the index can't be opened; it is set aside", "error", oerr)
		return nil, whyDamaged, setAside(x.config.Dir, name)
	}
	known, err := x.config.Feed.Knows(ctx, *g.position.Load())
	if err == nil && known {
		return g, "", nil
	}
	if serr := g.shut(); err == nil {
		err = serr
	}
	if err != nil {
		return nil, "", fmt.Errorf("compare the index with the store: %w", err)
	}
	return nil, whyUnknown, nil
}

const whyDamaged = "the one before is damaged"

const whyUnknown = "the store is another one or was restored to an earlier state"

// fresh makes an empty generation the current one on disk. The caller swaps it in.
func (x *Index) fresh(storeID string) (*generation, error) {
	name, err := x.nextName()
	if err != nil {
		return nil, err
	}
	g, err := newGeneration(x.config.Dir, name, x.config.Workers, storeID)
	if err != nil {
		return nil, err
	}
	if err := x.promote(g); err != nil {
		_ = g.discard()
		return nil, err
	}
	return g, nil
}

// promote writes all of a generation to disk and then its name as the current one.
func (x *Index) promote(g *generation) error {
	if err := g.flush(promotePatience); err != nil {
		return err
	}
	return writeCurrent(x.config.Dir, g.name)
}

// readCurrent returns the current generation's name, "" where there is none or
// the file is damaged.
func readCurrent(dir string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, currentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read which index is current: %w", err)
	}
	name := strings.TrimSpace(string(raw))
	if _, ok := generationNumber(name); !ok {
		return "", nil
	}
	return name, nil
}

// newSuffix marks a file that takes another's place once it is whole.
const newSuffix = ".new"

// writeCurrent replaces the name in one step that survives a loss of power.
func writeCurrent(dir, name string) error {
	final := filepath.Join(dir, currentFile)
	f, err := os.OpenFile(final+newSuffix, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("name the current index: %w", err)
	}
	_, err = f.WriteString(name + "\n")
	if serr := f.Sync(); err == nil {
		err = serr
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(final+newSuffix, final)
	}
	if err == nil {
		err = syncFolder(dir)
	}
	if err != nil {
		return fmt.Errorf("name the current index: %w", err)
	}
	return nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	return err
}

func generationNumber(name string) (int, bool) {
	digits, ok := strings.CutPrefix(name, generationPrefix)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n >= 0 && name == generationName(n)
}

func generationName(n int) string { return generationPrefix + strconv.Itoa(n) }

// nextName is a name that no folder has, nor the current generation, whose
// folder may have been deleted: what is discarded later must be only its own.
func (x *Index) nextName() (string, error) {
	entries, err := os.ReadDir(x.config.Dir)
	if err != nil {
		return "", fmt.Errorf("list the index folder: %w", err)
	}
	next := 1
	x.mu.RLock()
	if x.current != nil {
		n, _ := generationNumber(x.current.name)
		next = n + 1
	}
	x.mu.RUnlock()
	for _, e := range entries {
		if n, ok := generationNumber(e.Name()); ok {
			next = max(next, n+1)
		}
	}
	return generationName(next), nil
}

// setAside keeps a damaged generation for whoever wants to look, instead of the
// one that was kept before.
func setAside(dir, name string) error {
	aside := filepath.Join(dir, asideFolder)
	err := os.RemoveAll(aside)
	if err == nil {
		err = os.Rename(filepath.Join(dir, name), aside)
	}
	if err != nil {
		return fmt.Errorf("set the damaged index aside: %w", err)
	}
	return nil
}

// removeLeftovers removes what a killed process was making or had not yet
// removed: every generation but the current one, and a name half written.
func removeLeftovers(dir, current string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("list the index folder: %w", err)
	}
	for _, e := range entries {
		_, isGeneration := generationNumber(e.Name())
		if isGeneration && e.Name() != current || e.Name() == currentFile+newSuffix {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return fmt.Errorf("remove a leftover: %w", err)
			}
		}
	}
	return nil
}

func makeFolder(dir, name string) error {
	if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
		return fmt.Errorf("make a folder for the index: %w", err)
	}
	return nil
}
