package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Disk keeps objects in a folder: DIR/ab/abcdef… is the object whose digest is
// abcdef…. It is safe for concurrent use, also by several processes.
type Disk struct {
	dir string
	// create makes the file that an object is written to, before it gets its name.
	create func(dir string) (*os.File, error)

	mu      sync.Mutex // guards checked
	checked map[string]fs.FileInfo
}

var _ Archive = (*Disk)(nil)

const (
	tempPattern = ".put-*.tmp"
	// staleAfter is when a file that is being written must have been given up.
	staleAfter = 24 * time.Hour
	// maxChecked is how many files are remembered as checked.
	maxChecked = 10_000
)

// OpenDisk opens the archive in a folder, which it makes with mode 0700 where it
// is missing. What a crash left half-written is deleted. The folder must be
// writable.
func OpenDisk(dir string) (*Disk, error) {
	if dir == "" {
		return nil, errors.New("open archive: no folder is named")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	now, err := mediumNow(dir)
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	d := &Disk{dir: dir, create: createTemp, checked: map[string]fs.FileInfo{}}
	if err := d.clean(now); err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	return d, nil
}

// mediumNow writes a file to see that this can be done, and what time it is
// there: on a file server that may be another than here.
func mediumNow(dir string) (time.Time, error) {
	probe, err := createTemp(dir)
	if err != nil {
		return time.Time{}, err
	}
	is, err := probe.Stat()
	if err = errors.Join(err, probe.Close(), os.Remove(probe.Name())); err != nil {
		return time.Time{}, err
	}
	return is.ModTime(), nil
}

// createTemp makes a file that clean leaves alone as long as it is open.
func createTemp(dir string) (*os.File, error) {
	const attempts = 100
	for range attempts {
		f, err := os.CreateTemp(dir, tempPattern) // mode 0600
		if err != nil {
			return nil, err
		}
		// Some file servers know no locks: there its age protects the file.
		locked := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if _, err := os.Lstat(f.Name()); err == nil && !errors.Is(locked, syscall.EWOULDBLOCK) {
			return f, nil
		}
		// Another process is cleaning up and was quicker.
		_ = f.Close()
	}
	return nil, errors.New("another process deletes every file that is made")
}

// clean deletes what was being written by those who are no more.
func (d *Disk) clean(now time.Time) error {
	left, err := filepath.Glob(filepath.Join(quoteGlob(d.dir), "??", tempPattern))
	if err != nil {
		return err
	}
	top, err := filepath.Glob(filepath.Join(quoteGlob(d.dir), tempPattern))
	if err != nil {
		return err
	}
	for _, path := range append(left, top...) {
		if err := removeStale(path, now); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func removeStale(path string, now time.Time) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	is, err := f.Stat()
	if err != nil {
		return err
	}
	if now.Sub(is.ModTime()) < staleAfter && syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return nil // somebody is writing it
	}
	return os.Remove(path)
}

// quoteGlob makes a pattern that matches a folder alone.
func quoteGlob(dir string) string {
	var quoted []rune
	for _, r := range dir {
		if r == '*' || r == '?' || r == '[' || r == '\\' {
			quoted = append(quoted, '\\')
		}
		quoted = append(quoted, r)
	}
	return string(quoted)
}

func (d *Disk) path(digest string) string {
	return filepath.Join(d.dir, digest[:2], digest)
}

// Put keeps what r holds; see Archive.
func (d *Disk) Put(ctx context.Context, r io.ReadSeeker) (Object, error) {
	object, err := digestOf(ctx, r)
	if err != nil {
		return Object{}, fmt.Errorf("archive audio: %w", err)
	}
	if err := d.Verify(ctx, object.Digest); err == nil {
		return object, nil
	} else if ctx.Err() != nil {
		return Object{}, fmt.Errorf("archive audio: %w", err)
	}
	// It isn't there, it is damaged, or it can't be read: a fresh copy mends all
	// three, or says why not.
	if err := d.write(ctx, object, r); err != nil {
		return Object{}, fmt.Errorf("archive audio: %w", full(err))
	}
	return object, nil
}

// Verify reads a file whole; see Archive.
func (d *Disk) Verify(ctx context.Context, digest string) error {
	f, err := d.find(digest)
	if err != nil {
		return err
	}
	defer f.Close()
	d.forget(digest)
	if err := d.check(ctx, digest, f); err != nil {
		return fmt.Errorf("verify archived audio: %w", err)
	}
	return nil
}

// find opens a file, whatever it holds. ErrNotFound.
func (d *Disk) find(digest string) (*os.File, error) {
	if !validDigest(digest) {
		return nil, notFound(digest)
	}
	f, err := os.Open(d.path(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notFound(digest)
	}
	if err != nil {
		return nil, fmt.Errorf("open archived audio: %w", err)
	}
	return f, nil
}

// write puts the object in its place in one step.
func (d *Disk) write(ctx context.Context, object Object, r io.ReadSeeker) (err error) {
	path := d.path(object.Digest)
	folder := filepath.Dir(path)
	switch err := os.Mkdir(folder, 0o700); {
	case err == nil:
		if err := syncFolder(d.dir); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrExist):
		return err
	}
	f, err := d.create(folder)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	if err := copyExactly(ctx, f, r, object); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	// From here on the object is there, whatever fails.
	d.remember(object.Digest, f)
	return errors.Join(syncFolder(folder), f.Close())
}

// copyExactly writes an object whose digest was taken before.
func copyExactly(ctx context.Context, w io.Writer, r io.ReadSeeker, want Object) error {
	got, err := digestOf(ctx, r, w)
	if err != nil {
		return err
	}
	if got != want {
		return errors.New("the recording changed while it was archived")
	}
	return nil
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// full names the errors of a medium without room.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// Open gives an object's content; see Archive. A file is read once to check it,
// and again only after it has changed.
func (d *Disk) Open(ctx context.Context, digest string) (io.ReadSeekCloser, error) {
	f, err := d.find(digest)
	if err != nil {
		return nil, err
	}
	if !d.remembers(digest, f) {
		if err := d.check(ctx, digest, f); err != nil {
			return nil, errors.Join(fmt.Errorf("open archived audio: %w", err), f.Close())
		}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, errors.Join(fmt.Errorf("open archived audio: %w", err), f.Close())
	}
	return f, nil
}

// check reads a file and compares its digest.
func (d *Disk) check(ctx context.Context, digest string, f *os.File) error {
	is, err := f.Stat()
	if err != nil {
		return err
	}
	if !is.Mode().IsRegular() {
		return fmt.Errorf("%w: no file: %s", ErrCorrupt, digest)
	}
	got, err := digestOf(ctx, f)
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%w: %w", ErrCorrupt, err) // a sector that can't be read
	case got.Digest != digest:
		return fmt.Errorf("%w: %s", ErrCorrupt, digest)
	}
	d.remember(digest, f)
	return nil
}

// remember notes that a file was checked as it is.
func (d *Disk) remember(digest string, f *os.File) {
	is, err := f.Stat()
	if err != nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.checked) >= maxChecked {
		clear(d.checked)
	}
	d.checked[digest] = is
}

// remembers says whether this very file was checked and looks unchanged since.
func (d *Disk) remembers(digest string, f *os.File) bool {
	is, err := f.Stat()
	if err != nil {
		return false
	}
	d.mu.Lock()
	was, ok := d.checked[digest]
	d.mu.Unlock()
	return ok && os.SameFile(was, is) && was.Size() == is.Size() && was.ModTime().Equal(is.ModTime())
}

// forget has a file checked again by who opens it next.
func (d *Disk) forget(digest string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.checked, digest)
}

// Delete removes an object; see Archive. Who has it open reads on.
func (d *Disk) Delete(_ context.Context, digest string) error {
	if !validDigest(digest) {
		return nil
	}
	d.forget(digest)
	err := os.Remove(d.path(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("delete archived audio: %w", err)
	}
	if err := syncFolder(filepath.Dir(d.path(digest))); err != nil {
		return fmt.Errorf("delete archived audio: %w", err)
	}
	return nil
}

// Free is the room that is left to this program on the folder's file system.
func (d *Disk) Free(context.Context) (bytes int64, known bool, err error) {
	var is unix.Statfs_t
	if err := unix.Statfs(d.dir, &is); err != nil {
		return 0, false, fmt.Errorf("look at the archive's file system: %w", err)
	}
	const most = 1 << 62
	room := is.Bavail * uint64(is.Bsize)
	return int64(min(room, most)), true, nil
}

// Local is true; see IsLocal.
func (d *Disk) Local() bool { return true }

// String is the folder.
func (d *Disk) String() string {
	return "folder " + d.dir
}
