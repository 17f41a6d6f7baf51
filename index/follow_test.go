package index_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// eventually waits until ok, for as long as a slow machine may need.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(3 * time.Minute)
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("waited in vain until %s", what)
		case <-tick.C:
		}
	}
}

// follow runs Follow until the test ends.
func follow(t *testing.T, x *index.Index) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- x.Follow(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Follow ended with %v", err)
		}
	})
}

func following(t *testing.T, feed store.Feed, log *logged) *index.Index {
	t.Helper()
	x, err := index.Open(t.Context(), index.Config{Dir: t.TempDir(), Feed: feed, Poll: time.Millisecond, Log: log.logger()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	follow(t, x)
	return x
}

// changing is a feed that tests can break, replace and erase from.
type changing struct {
	mu     sync.Mutex
	feed   store.Feed
	err    error
	erased map[int64]bool
}

func (c *changing) set(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

func (c *changing) now() (store.Feed, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.feed, c.err
}

func (c *changing) Changes(ctx context.Context, after int64, limit int) ([]store.Change, error) {
	feed, err := c.now()
	if err != nil {
		return nil, err
	}
	out, err := feed.Changes(ctx, after, limit)
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range out {
		if c.erased[out[i].VoicemailID] {
			out[i].Voicemail = nil
		}
	}
	return out, err
}

func (c *changing) Head(ctx context.Context) (store.Position, error) {
	feed, err := c.now()
	if err != nil {
		return store.Position{}, err
	}
	return feed.Head(ctx)
}

func (c *changing) Knows(ctx context.Context, p store.Position) (bool, error) {
	feed, err := c.now()
	if err != nil {
		return false, err
	}
	return feed.Knows(ctx, p)
}

func total(t *testing.T, x *index.Index, q string) int { return ask(t, x, q).Total }

func TestFollow(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	feed := &changing{feed: a, erased: map[int64]bool{}}
	x := following(t, feed, &logged{})
	eventually(t, "nothing is left to do", func() bool { return !x.Status().CaughtUpAt.IsZero() })

	messages := say("an apple", "a banana", "a cherry")
	a.record(t, messages...)
	eventually(t, "new voicemails are found", func() bool { return total(t, x, "apple OR banana OR cherry") == 3 })

	messages[1].text, messages[1].modified = "a damson", noon.Add(time.Hour)
	a.record(t, messages[1])
	eventually(t, "the new text is found", func() bool { return total(t, x, "damson") == 1 })
	if got := total(t, x, "banana"); got != 0 {
		t.Errorf("%d are found by the old text", got)
	}

	feed.set(func() { feed.erased[messages[2].id()] = true })
	messages[2].text, messages[2].modified = "erased", noon.Add(time.Hour)
	a.record(t, messages[2])
	eventually(t, "the erased one is gone", func() bool { return total(t, x, "") == 2 })

	head, err := a.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the position is the store's", func() bool { return x.Status().Position == head })
	got := x.Status()
	if got.Voicemails != 2 || got.Building || got.LastError != "" {
		t.Errorf("the status is %+v, the store is at %+v", got, head)
	}
}

func TestStoreAway(t *testing.T) {
	a := newArchive(t)
	messages := say("before it was away", "while it was away")
	a.record(t, messages[0])
	feed, log := &changing{feed: a}, &logged{}
	x := following(t, feed, log)
	eventually(t, "it has caught up", func() bool { return total(t, x, "") == 1 })

	feed.set(func() { feed.err = errors.New("gone") })
	eventually(t, "the status tells", func() bool { return x.Status().LastError == "the store does not answer" })
	if got := total(t, x, "before"); got != 1 {
		t.Errorf("without the store, %d are found, want 1", got)
	}
	a.record(t, messages[1])
	feed.set(func() { feed.err = nil })
	eventually(t, "it goes on", func() bool { return total(t, x, "") == 2 })
	eventually(t, "the status is good", func() bool { return x.Status().LastError == "" })
	if got := strings.Count(log.String(), "does not answer"); got != 1 {
		t.Errorf("the log says so %d times, want once:\n%s", got, log)
	}
}

func TestStoreRestoredUnderneath(t *testing.T) {
	t.Parallel()
	all := say("kept", "lost", "instead", "instead too")
	for _, tc := range []struct {
		name    string
		instead []message
	}{
		{"to an earlier state", nil},
		{"to the same number", all[2:3]},
		{"further on", all[2:]},
	} {
		t.Run(tc.name, func(t *testing.T) {
			old, now := restored(t, all[:1], all[1:2], tc.instead)
			feed, log := &changing{feed: old}, &logged{}
			x := following(t, feed, log)
			eventually(t, "it has caught up", func() bool { return total(t, x, "") == 2 })
			feed.set(func() { feed.feed = now })
			eventually(t, "it has what the store has", func() bool {
				return total(t, x, "lost") == 0 && total(t, x, "") == 1+len(tc.instead) && !x.Status().Building
			})
			if !strings.Contains(log.String(), "restored to an earlier state") {
				t.Errorf("the log does not say so:\n%s", log)
			}
		})
	}
}

func TestCatchUpTellsHowFar(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	var texts []string
	for i := range 25 {
		texts = append(texts, fmt.Sprintf("message %d", i))
	}
	a.record(t, say(texts...)...)
	x, err := index.Open(t.Context(), index.Config{Dir: t.TempDir(), Feed: a, RebuildBatch: 10})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	if got := x.Status(); !got.Building || got.Voicemails != 0 {
		t.Errorf("before: %+v", got)
	}
	var dones []int64
	err = x.CatchUp(t.Context(), func(done, total int64) {
		if total != 25 {
			t.Errorf("total is %d, want 25", total)
		}
		dones = append(dones, done)
	})
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(dones) != "[10 20 25]" {
		t.Errorf("progress was %v", dones)
	}
	if got := x.Status(); got.Building || got.Voicemails != 25 || got.CaughtUpAt.IsZero() {
		t.Errorf("after: %+v", got)
	}
}

func TestCatchUpSaysWhatFails(t *testing.T) {
	a := newArchive(t)
	feed := &changing{feed: a}
	x := openIndex(t, t.TempDir(), feed)
	gone := errors.New("gone")
	feed.set(func() { feed.err = gone })
	if err := x.CatchUp(t.Context(), nil); !errors.Is(err, gone) {
		t.Errorf("CatchUp says %v", err)
	}
	if err := x.Rebuild(t.Context(), nil); !errors.Is(err, gone) {
		t.Errorf("Rebuild says %v", err)
	}
}

func TestLogHoldsNoText(t *testing.T) {
	a := newArchive(t)
	a.record(t, say("the secret word")...)
	log := &logged{}
	x := following(t, &changing{feed: a}, log)
	eventually(t, "it has caught up", func() bool { return total(t, x, "secret") == 1 })
	if err := x.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := x.Search(ctx, store.AllBots(), index.Request{Query: query.Parse("secret*")})
	if err == nil {
		t.Error("a search that was given up answers")
	}
	if strings.Contains(log.String()+fmt.Sprint(err), "secret") {
		t.Errorf("a text is in the log or an error: %v\n%s", err, log)
	}
}

// vanish takes a folder away in one step: to delete one file after the other
// fails while new ones are written beside them.
func vanish(t *testing.T, dir string) {
	t.Helper()
	if err := os.Rename(dir, filepath.Join(t.TempDir(), "gone")); err != nil {
		t.Fatal(err)
	}
}

func TestDiskTrouble(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	messages := say("before the disk failed", "after it failed")
	a.record(t, messages[0])
	dir := t.TempDir()
	x, err := index.Open(t.Context(), index.Config{Dir: dir, Feed: a, Poll: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- x.Follow(ctx) }()
	eventually(t, "it has caught up", func() bool { return total(t, x, "failed") == 1 })
	// A file where the folder was: nothing can be put back in its place.
	vanish(t, dir)
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	a.record(t, messages[1])
	eventually(t, "the status tells", func() bool { return x.Status().LastError == "the index can't be written" })
	eventually(t, "it answers all the same", func() bool { return total(t, x, "failed") == 2 })
	stop()
	if err := <-done; err != nil {
		t.Errorf("Follow ended with %v", err)
	}
	if err := x.Close(); err == nil {
		t.Error("Close does not tell that something is not on disk")
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	x, _ = reopen(t, dir, a)
	catchUp(t, x)
	if got := total(t, x, "failed"); got != 2 {
		t.Errorf("after a restart %d are found, want 2", got)
	}
}

// The folder may be deleted under an index that is open: it answers on, and
// comes back by itself.
func TestDeletedWhileRunning(t *testing.T) {
	t.Parallel()
	for name, what := range map[string]func(dir string) string{
		"everything":   func(dir string) string { return dir },
		"a generation": func(dir string) string { return filepath.Dir(files(t, dir, "root.bolt")[0]) },
	} {
		t.Run(name, func(t *testing.T) {
			a := newArchive(t)
			messages := say("before it went", "after it went")
			a.record(t, messages[0])
			dir := filepath.Join(t.TempDir(), "index")
			x, err := index.Open(t.Context(), index.Config{Dir: dir, Feed: a, Poll: time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- x.Follow(ctx) }()
			eventually(t, "it has caught up", func() bool { return total(t, x, "went") == 1 })
			vanish(t, what(dir))
			a.record(t, messages[1])
			eventually(t, "it is back", func() bool {
				found, err := filepath.Glob(filepath.Join(dir, "generation-*", "root.bolt"))
				return err == nil && len(found) == 1 && x.Status().LastError == "" && total(t, x, "went") == 2
			})
			if _, err := index.Open(t.Context(), index.Config{Dir: dir, Feed: a}); !errors.Is(err, index.ErrInUse) {
				t.Errorf("a second open: got %v, want ErrInUse", err)
			}
			stop()
			if err := errors.Join(<-done, x.Close()); err != nil {
				t.Errorf("follow and close: %v", err)
			}
			x, log := reopen(t, dir, a)
			if strings.Contains(log, "fresh") || total(t, x, "went") != 2 {
				t.Errorf("after a restart %d are found, the log says %s", total(t, x, "went"), log)
			}
		})
	}
}

// TestCatchUpOfAReplacedStore holds that an index that is started afresh in the
// middle of catching up is complete afterwards.
func TestCatchUpOfAReplacedStore(t *testing.T) {
	all := say("kept", "lost", "instead", "instead too")
	old, now := restored(t, all[:1], all[1:2], all[2:])
	feed := &changing{feed: old}
	x := openIndex(t, t.TempDir(), feed)
	catchUp(t, x)
	feed.set(func() { feed.feed = now })
	catchUp(t, x)
	if got := x.Status(); got.Building || got.Voicemails != 3 {
		t.Errorf("after catching up: %+v", got)
	}
	if got := total(t, x, "lost"); got != 0 {
		t.Errorf("%d are found that the store does not have", got)
	}
}
