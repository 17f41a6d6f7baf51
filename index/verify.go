package index

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
)

// verifyAtOnce is how many bytes of segment files are verified before an index
// is used. More would delay the start; they are verified beside the first
// searches. The engine itself compares no check sums.
const verifyAtOnce = 256 << 20

var errCheckSum = errors.New("a segment file is not as it was written")

// verify compares every segment file of g with its check sum.
func (g *generation) verify(ctx context.Context) error {
	paths, done, err := g.segmentFiles()
	if err != nil {
		return err
	}
	defer done()
	for _, p := range paths {
		// One that is gone was merged away meanwhile: the engine opens none
		// that is missing.
		if err := verifyFile(ctx, p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// segmentFiles lists the files of the newest state, which stay until done.
func (g *generation) segmentFiles() (paths []string, done func(), err error) {
	s, err := g.engine.Snapshot()
	if err != nil {
		return nil, nil, err
	}
	return s.Files(), s.Close, nil
}

// size is how many bytes verify would read.
func (g *generation) size() (int64, error) {
	paths, done, err := g.segmentFiles()
	if err != nil {
		return 0, err
	}
	defer done()
	var sum int64
	for _, p := range paths {
		info, err := os.Stat(p)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("measure the index: %w", err)
		}
		sum += info.Size()
	}
	return sum, nil
}

// verifyFile compares a segment file with the check sum that is its last four
// bytes, as the engine writes them.
func verifyFile(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("verify the index: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("verify the index: %w", err)
	}
	rest := info.Size() - crc32.Size
	if rest < 0 {
		return errCheckSum
	}
	sum, buf := uint32(0), make([]byte, 1<<20)
	for rest > 0 {
		n, err := io.ReadFull(f, buf[:min(rest, int64(len(buf)))])
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("verify the index: %w", err)
		}
		sum = crc32.Update(sum, crc32.IEEETable, buf[:n])
		rest -= int64(n)
	}
	var want [crc32.Size]byte
	if _, err := io.ReadFull(f, want[:]); err != nil {
		return fmt.Errorf("verify the index: %w", err)
	}
	if sum != binary.BigEndian.Uint32(want[:]) {
		return errCheckSum
	}
	return nil
}

// doubt verifies a generation in the background, once. What is found damaged is
// replaced by whoever applies changes next.
func (x *Index) doubt(g *generation) {
	if g.doubted.Swap(true) {
		return
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.closed || x.current != g {
		return
	}
	g.users.Add(1)
	x.background.Add(1)
	go func() {
		defer x.background.Done()
		defer g.users.Done()
		err := guarded(func() error { return g.verify(x.closing) })
		if err != nil && x.closing.Err() == nil {
			x.config.Log.WarnContext(x.closing, "the index is damaged", "error", err)
			g.damaged.Store(true)
		}
	}()
}
