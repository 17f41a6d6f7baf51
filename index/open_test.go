package index_test

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"afterbeep/index"
	"afterbeep/store"
)

// logged is a log that tests can read.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *logged) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

// reopen opens the index in dir and returns it with what it has logged.
func reopen(t *testing.T, dir string, feed store.Feed) (*index.Index, string) {
	t.Helper()
	log := &logged{}
	x, err := index.Open(t.Context(), index.Config{Dir: dir, Feed: feed, Log: log.logger()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x, log.String()
}

func closeIndex(t *testing.T, x *index.Index) {
	t.Helper()
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
}

// files are the paths below dir that end so.
func files(t *testing.T, dir, ending string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ending) && !strings.Contains(path, "aside") {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatalf("no file ends in %s", ending)
	}
	return out
}

func rewrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(raw), 0o600); err != nil {
		t.Fatal(err)
	}
}

func garbage(raw []byte) []byte { return bytes.Repeat([]byte("garbage "), len(raw)/8+1) }
func half(raw []byte) []byte    { return raw[:len(raw)/2] }
func flipped(raw []byte) []byte {
	raw[len(raw)/2] ^= 0x40
	return raw
}

func TestDamage(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, reason string
		damage       func(t *testing.T, dir string)
		aside        bool
	}{
		{"nothing is wrong", "", func(*testing.T, string) {}, false},
		{"the folder is missing", "there is none yet", func(t *testing.T, dir string) {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"the generation is missing", "the one before is missing", func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Dir(files(t, dir, "root.bolt")[0])); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"the name is missing", "there is none yet", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "current")); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"the name is garbage", "there is none yet", func(t *testing.T, dir string) {
			rewrite(t, filepath.Join(dir, "current"), garbage)
		}, false},
		{"the name is another path", "there is none yet", func(t *testing.T, dir string) {
			rewrite(t, filepath.Join(dir, "current"), func([]byte) []byte { return []byte("../../etc") })
		}, false},
		{"a segment is half", "damaged", each(".zap", half), true},
		{"a segment is empty", "damaged", each(".zap", func([]byte) []byte { return nil }), true},
		{"a segment is garbage", "damaged", each(".zap", garbage), true},
		{"one bit of a segment is wrong", "damaged", each(".zap", flipped), true},
		{"a segment is missing", "damaged", func(t *testing.T, dir string) {
			for _, path := range files(t, dir, ".zap") { // some may be leftovers
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			}
		}, true},
		// Half of it may still be all that is in use of it.
		{"the root is its first two pages", "damaged", each("root.bolt", func(raw []byte) []byte { return raw[:2*os.Getpagesize()] }), true},
		{"the root is garbage", "damaged", each("root.bolt", garbage), true},
		{"the root is short", "damaged", each("root.bolt", func(raw []byte) []byte { return raw[:100] }), true},
		{"the root is empty", "damaged", each("root.bolt", func([]byte) []byte { return nil }), true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := newArchive(t)
			a.record(t, say("one message", "two messages", "three messages")...)
			dir := filepath.Join(t.TempDir(), "index")
			x := openIndex(t, dir, a)
			catchUp(t, x)
			closeIndex(t, x)
			for range 2 { // and again: what was set aside before is replaced
				tc.damage(t, dir)
				x, log := reopen(t, dir, a)
				aside := tc.aside
				if aside && !strings.Contains(log, "fresh") {
					// The engine fell back to an earlier state that was whole.
					if got := x.Status(); got.Voicemails != 0 || got.Position.Seq != 0 {
						t.Errorf("a damaged index was taken as it is: %+v", got)
					}
					aside = false
				} else if tc.reason == "" {
					if got := x.Status(); got.Building || got.Voicemails != 3 || strings.Contains(log, "fresh") {
						t.Errorf("a good index was not taken as it is: %+v\n%s", got, log)
					}
				} else if !strings.Contains(log, tc.reason) {
					t.Errorf("the log does not say %q:\n%s", tc.reason, log)
				}
				if _, err := os.Stat(filepath.Join(dir, "aside")); aside && err != nil {
					t.Errorf("nothing was set aside: %v", err)
				}
				catchUp(t, x)
				if got := ask(t, x, "message").Total; got != 3 {
					t.Errorf("%d messages are found, want 3", got)
				}
				closeIndex(t, x)
			}
		})
	}
}

// each damages every file with the ending.
func each(ending string, change func([]byte) []byte) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		for _, path := range files(t, dir, ending) {
			rewrite(t, path, change)
		}
	}
}

func TestOtherStore(t *testing.T) {
	dir := t.TempDir()
	first, second := newArchive(t), newArchive(t)
	first.record(t, say("first store", "first store too")...)
	second.record(t, say("second store")...)
	x := openIndex(t, dir, first)
	catchUp(t, x)
	closeIndex(t, x)
	x, log := reopen(t, dir, second)
	if !strings.Contains(log, "another one or was restored") {
		t.Errorf("the log does not say why:\n%s", log)
	}
	if !x.Status().Building {
		t.Error("a fresh index says that it sees all")
	}
	catchUp(t, x)
	if got := x.Status(); got.Voicemails != 1 || got.Building {
		t.Errorf("after catching up: %+v", got)
	}
	if got := ask(t, x, "first").Total; got != 0 {
		t.Errorf("%d voicemails of the other store are found", got)
	}
}

// copyStore copies a closed store's file.
func copyStore(t *testing.T, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// restored returns two continuations of one backup: the store as the index saw
// it, and as it was restored and went on differently.
func restored(t *testing.T, before, seen, instead []message) (old, now *archive) {
	t.Helper()
	dir := t.TempDir()
	backup := openArchive(t, filepath.Join(dir, "backup.db"))
	backup.record(t, before...)
	if err := backup.Close(); err != nil {
		t.Fatal(err)
	}
	paths := []string{filepath.Join(dir, "old.db"), filepath.Join(dir, "now.db")}
	for _, p := range paths {
		copyStore(t, backup.path, p)
	}
	old, now = openArchive(t, paths[0]), openArchive(t, paths[1])
	old.record(t, seen...)
	now.record(t, instead...)
	return old, now
}

func TestRestoredStore(t *testing.T) {
	t.Parallel()
	all := say("kept", "lost", "lost too", "instead", "instead too")
	for _, tc := range []struct {
		name          string
		seen, instead []message
		total         int
		fresh         bool
	}{
		{"to an earlier state", all[1:3], nil, 1, true},
		{"and went on to the same number", all[1:3], all[3:5], 3, true},
		{"and went on further", all[1:2], all[3:5], 3, true},
		{"to the very state that is indexed", nil, all[3:5], 3, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			old, now := restored(t, all[:1], tc.seen, tc.instead)
			dir := t.TempDir()
			x := openIndex(t, dir, old)
			catchUp(t, x)
			closeIndex(t, x)
			x, log := reopen(t, dir, now)
			if fresh := strings.Contains(log, "restored"); fresh != tc.fresh {
				t.Errorf("started afresh: %v, want %v\n%s", fresh, tc.fresh, log)
			}
			catchUp(t, x)
			if got := ask(t, x, "").Total; got != tc.total {
				t.Errorf("%d voicemails, want %d", got, tc.total)
			}
			if got := ask(t, x, "lost").Total; got != 0 {
				t.Errorf("%d voicemails are found that the store does not have", got)
			}
		})
	}
}

func TestInUse(t *testing.T) {
	a := newArchive(t)
	dir := t.TempDir()
	x := openIndex(t, dir, a)
	// That it answers at all shows that it does not wait: x stays open.
	if _, err := index.Open(t.Context(), index.Config{Dir: dir, Feed: a}); !errors.Is(err, index.ErrInUse) {
		t.Errorf("a second open says %v, want ErrInUse", err)
	}
	closeIndex(t, x)
	openIndex(t, dir, a)
}

func TestClosed(t *testing.T) {
	_, x := indexed(t, say("hello there")...)
	closeIndex(t, x)
	closeIndex(t, x)
	if _, err := x.Search(t.Context(), store.AllBots(), index.Request{}); !errors.Is(err, index.ErrClosed) {
		t.Errorf("Search says %v", err)
	}
	if err := x.Follow(t.Context()); !errors.Is(err, index.ErrClosed) {
		t.Errorf("Follow says %v", err)
	}
	if err := x.CatchUp(t.Context(), nil); !errors.Is(err, index.ErrClosed) {
		t.Errorf("CatchUp says %v", err)
	}
	if err := x.Rebuild(t.Context(), nil); !errors.Is(err, index.ErrClosed) {
		t.Errorf("Rebuild says %v", err)
	}
	if got := x.Status().LastError; got == "" {
		t.Error("Status does not say that it is closed")
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]index.Config{
		"no folder": {Feed: newArchive(t)},
		"no feed":   {Dir: t.TempDir()},
	} {
		if _, err := index.Open(t.Context(), c); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestOtherMappingVersion(t *testing.T) {
	a := newArchive(t)
	a.record(t, say("hello there")...)
	dir := t.TempDir()
	x := openIndex(t, dir, a)
	for _, version := range []string{"0", "2"} { // 2 had other terms of numbers
		catchUp(t, x)
		closeIndex(t, x)
		index.SetMappingVersion(t, dir, version)
		var log string
		x, log = reopen(t, dir, a)
		if !strings.Contains(log, "another mapping version") {
			t.Errorf("version %s: the log does not say why:\n%s", version, log)
		}
		catchUp(t, x)
		if got := ask(t, x, "hello").Total; got != 1 {
			t.Errorf("version %s: %d found, want 1", version, got)
		}
	}
}

func TestCloseWhileSearching(t *testing.T) {
	_, x := indexed(t, say("hello there", "hello again")...)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				res, err := x.Search(t.Context(), store.AllBots(), index.Request{Facets: true})
				if errors.Is(err, index.ErrClosed) {
					return
				}
				if err != nil || res.Total != 2 {
					t.Errorf("a search during Close: %v, %+v", err, res)
					return
				}
			}
		})
	}
	wg.Go(func() {
		if err := x.Follow(t.Context()); !errors.Is(err, index.ErrClosed) {
			t.Errorf("Follow ended with %v", err)
		}
	})
	eventually(t, "it has caught up", func() bool { return !x.Status().CaughtUpAt.IsZero() })
	closeIndex(t, x)
	wg.Wait()
}

func TestPanicTellsNoText(t *testing.T) {
	t.Parallel()
	err := index.Guarded(func() error { panic("the secret word") })
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "string") {
		t.Errorf("a panic becomes the error %v, want one with its type alone", err)
	}
}
