package archive

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func openDisk(t *testing.T, dir string) *Disk {
	t.Helper()
	d, err := OpenDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// filesIn are the names of all files in a folder and below.
func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, e.Name())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestDisk(t *testing.T) {
	archiveTest(t, func(t *testing.T) medium {
		dir := filepath.Join(t.TempDir(), "archive [of*voices?]")
		d := openDisk(t, dir)
		return medium{
			Archive: d,
			names:   func(t *testing.T) []string { return filesIn(t, dir) },
			damage: func(t *testing.T, digest string, content []byte) {
				// In place, as a disk damages files: not by a rename.
				f, err := os.OpenFile(d.path(digest), os.O_WRONLY|os.O_TRUNC, 0o600)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := f.Write(content); err != nil {
					t.Fatal(err)
				}
				if err := f.Close(); err != nil {
					t.Fatal(err)
				}
				// A clock that stands still must not hide it from the test.
				later := time.Now().Add(time.Hour)
				if err := os.Chtimes(d.path(digest), later, later); err != nil {
					t.Fatal(err)
				}
			},
			again: func(t *testing.T) Archive { return openDisk(t, dir) },
		}
	})
}

func TestDiskModesAndPlaces(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	d := openDisk(t, dir)
	o := put(t, d, []byte("a voice"))
	path := filepath.Join(dir, o.Digest[:2], o.Digest)
	for place, want := range map[string]fs.FileMode{dir: 0o700, filepath.Dir(path): 0o700, path: 0o600} {
		is, err := os.Stat(place)
		if err != nil {
			t.Fatal(err)
		}
		if got := is.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", place, got, want)
		}
	}
	if got := d.String(); got != "folder "+dir {
		t.Errorf("it says %q", got)
	}
	if free, known, err := d.Free(t.Context()); err != nil || !known || free <= 0 {
		t.Errorf("Free = %d, %v, %v; want room", free, known, err)
	}
}

func TestOpenDiskRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"", file, filepath.Join(file, "below")} {
		if _, err := OpenDisk(dir); err == nil {
			t.Errorf("open %q: no error", dir)
		}
	}
}

// A crash between the writing and the renaming leaves a file without a name of
// its own.
func TestDiskAfterACrash(t *testing.T) {
	dir := t.TempDir()
	d := openDisk(t, dir)
	o := put(t, d, []byte("a voice"))
	folder := filepath.Join(dir, o.Digest[:2])
	left := func(name string) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte("a voi"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	left(".put-1.tmp")
	stale, held := left(".put-2.tmp"), left(".put-3.tmp")
	old := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(stale, old, old); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{stale, held} {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
			t.Fatal(err)
		}
	}
	d = openDisk(t, dir)
	if got, want := strings.Join(filesIn(t, dir), " "), ".put-3.tmp "+o.Digest; got != want {
		t.Errorf("there is %s, want %s: what somebody writes now, and what was whole", got, want)
	}
	if got := readAll(t, d, o.Digest); string(got) != "a voice" {
		t.Errorf("it reads %q", got)
	}
}

// Opening cleans up under those who write; nobody loses anything.
func TestDiskOpenedWhileOthersWrite(t *testing.T) {
	dir := t.TempDir()
	d := openDisk(t, dir)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 50 {
			if _, err := d.Put(t.Context(), bytes.NewReader(bytes.Repeat([]byte{byte(i)}, 5000))); err != nil {
				t.Error(err)
			}
		}
	}()
	for opened := false; !opened; {
		openDisk(t, dir)
		select {
		case <-done:
			opened = true
		default:
		}
	}
	if got := len(filesIn(t, dir)); got != 50 {
		t.Errorf("there are %d files, want 50", got)
	}
}

// A whole file is read once, and again only after it has changed.
func TestDiskRemembersWhatItChecked(t *testing.T) {
	dir := t.TempDir()
	content := []byte("a voice that matters")
	o := put(t, openDisk(t, dir), content)
	d := openDisk(t, dir)
	path := d.path(o.Digest)
	is, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	readAll(t, d, o.Digest)
	// Damage that leaves no trace is not seen until somebody looks again.
	if err := os.WriteFile(path, []byte("a voice that mutters"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, is.ModTime(), is.ModTime()); err != nil {
		t.Fatal(err)
	}
	if got := readAll(t, d, o.Digest); string(got) != "a voice that mutters" {
		t.Errorf("it reads %q: the file was read twice", got)
	}
	if _, err := openDisk(t, dir).Open(t.Context(), o.Digest); !errors.Is(err, ErrCorrupt) {
		t.Errorf("another archive: error %v, want ErrCorrupt", err)
	}
	// Another file in its place is looked at, even if it looks the same.
	if err := os.WriteFile(path+".new", []byte("a voice that mutters"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path+".new", is.ModTime(), is.ModTime()); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Open(t.Context(), o.Digest); !errors.Is(err, ErrCorrupt) {
		t.Errorf("after a swap: error %v, want ErrCorrupt", err)
	}
	// Put doesn't believe its memory.
	put(t, d, content)
	if got := readAll(t, d, o.Digest); !bytes.Equal(got, content) {
		t.Errorf("it reads %q", got)
	}
}

// Put of what is there writes nothing.
func TestDiskPutAgainWritesNothing(t *testing.T) {
	d := openDisk(t, t.TempDir())
	put(t, d, []byte("a voice"))
	d.create = func(string) (*os.File, error) { return nil, errors.New("nothing was to be written") }
	put(t, d, []byte("a voice"))
}

// A folder in the place of an object is damage that Put can't mend.
func TestDiskFolderInTheWay(t *testing.T) {
	d := openDisk(t, t.TempDir())
	content := []byte("a voice")
	path := d.path(digestText(content))
	if err := os.MkdirAll(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Open(t.Context(), filepath.Base(path)); !errors.Is(err, ErrCorrupt) {
		t.Errorf("open: error %v, want ErrCorrupt", err)
	}
	if _, err := d.Put(t.Context(), bytes.NewReader(content)); err == nil {
		t.Error("put: no error")
	}
	if got := filesIn(t, d.dir); len(got) > 0 {
		t.Errorf("left behind: %v", got)
	}
}

// onFullDisk makes files that can't be written for want of room: links to the
// device that is always full.
func onFullDisk(dir string) (*os.File, error) {
	path := filepath.Join(dir, ".put-full.tmp")
	if err := os.Symlink("/dev/full", path); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_WRONLY, 0)
}

func TestDiskFull(t *testing.T) {
	d := openDisk(t, t.TempDir())
	kept := put(t, d, []byte("a voice"))
	d.create = onFullDisk
	_, err := d.Put(t.Context(), strings.NewReader("one voice too many"))
	if !errors.Is(err, ErrFull) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v, want ErrFull", err)
	}
	if got := filesIn(t, d.dir); len(got) != 1 || got[0] != kept.Digest {
		t.Errorf("there is %v, want %s alone", got, kept.Digest)
	}
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Fatal(err)
	}
	d.create = createTemp
	put(t, d, []byte("one voice too many"))
}

func TestDiskGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "archive")
	d := openDisk(t, dir)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Put(context.Background(), strings.NewReader("a voice")); err == nil {
		t.Error("put into a folder that is gone: no error")
	}
	if _, known, err := d.Free(t.Context()); err == nil || known {
		t.Errorf("Free: known %v, %v; want an error", known, err)
	}
}

// A disk that rots leaves a file's size and time as they were, so that who has
// checked it before takes it for whole.
func TestDiskVerifiesWhatWasChecked(t *testing.T) {
	d := openDisk(t, t.TempDir())
	o := put(t, d, []byte("a voice"))
	is, err := os.Stat(d.path(o.Digest))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(d.path(o.Digest), []byte("a voicf"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(d.path(o.Digest), is.ModTime(), is.ModTime()); err != nil {
		t.Fatal(err)
	}
	if err := d.Verify(t.Context(), o.Digest); !errors.Is(err, ErrCorrupt) {
		t.Errorf("Verify: %v, want ErrCorrupt", err)
	}
	if _, err := d.Open(t.Context(), o.Digest); !errors.Is(err, ErrCorrupt) {
		t.Errorf("Open after that: %v, want ErrCorrupt", err)
	}
}
