package index_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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

func TestRebuildWhileSearching(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	var texts []string
	for i := range 120 {
		texts = append(texts, fmt.Sprintf("message number%d common", i))
	}
	a.record(t, say(texts...)...)
	dir := t.TempDir()
	x, err := index.Open(t.Context(), index.Config{Dir: dir, Feed: a, RebuildBatch: 20, Poll: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	catchUp(t, x)
	follow(t, x)

	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				res, err := x.Search(t.Context(), store.AllBots(), index.Request{Query: query.Parse("common"), Facets: true})
				if err != nil || res.Total < 120 || len(res.Hits) != 20 {
					t.Errorf("a search during a rebuild: %v, %+v", err, res)
					return
				}
			}
		})
	}
	for i := range 3 {
		fresh := message{session: fmt.Sprint("new", i), bot: "st-a", text: "common new", left: noon}
		recorded := false
		err := x.Rebuild(t.Context(), func(int64, int64) {
			if !recorded { // something is recorded while the rebuild runs
				recorded = true
				a.record(t, fresh)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := ask(t, x, "").Total; got != 121+i {
			t.Errorf("after rebuild %d, %d are found, want %d", i, got, 121+i)
		}
	}
	close(stop)
	wg.Wait()
	entries, err := filepath.Glob(filepath.Join(dir, "generation-*"))
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v; want one generation", entries, err)
	}
}

func TestRebuildOneAtATime(t *testing.T) {
	_, x := indexed(t, say("one", "two")...)
	var second error
	if err := x.Rebuild(t.Context(), func(int64, int64) { second = x.Rebuild(t.Context(), nil) }); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(second, index.ErrRebuilding) {
		t.Errorf("a second rebuild says %v", second)
	}
}

func TestRebuildGivenUp(t *testing.T) {
	a := newArchive(t)
	a.record(t, say("one message", "two messages")...)
	dir := t.TempDir()
	x, err := index.Open(t.Context(), index.Config{Dir: dir, Feed: a, RebuildBatch: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	catchUp(t, x)
	ctx, cancel := context.WithCancel(t.Context())
	if err := x.Rebuild(ctx, func(int64, int64) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("Rebuild says %v", err)
	}
	if got := ask(t, x, "message").Total; got != 2 {
		t.Errorf("%d are found, want 2", got)
	}
	entries, err := filepath.Glob(filepath.Join(dir, "generation-*"))
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v; want one generation", entries, err)
	}
}

func TestLeftoversOfAKilledRebuild(t *testing.T) {
	a := newArchive(t)
	a.record(t, say("one message")...)
	dir := t.TempDir()
	x := openIndex(t, dir, a)
	catchUp(t, x)
	closeIndex(t, x)
	for _, name := range []string{"generation-7", "generation-8"} {
		if err := os.MkdirAll(filepath.Join(dir, name, "store"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "current.new"), []byte("gener"), 0o600); err != nil {
		t.Fatal(err)
	}
	x, log := reopen(t, dir, a)
	if strings.Contains(log, "fresh") {
		t.Errorf("a good index was thrown away:\n%s", log)
	}
	if _, err := os.Stat(filepath.Join(dir, "current.new")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a name half written is left: %v", err)
	}
	if err := x.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, x, "message").Total; got != 1 {
		t.Errorf("%d are found, want 1", got)
	}
	entries, err := filepath.Glob(filepath.Join(dir, "generation-*"))
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v; want one generation", entries, err)
	}
}

func TestDamageWhileRunning(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	var texts []string
	for i := range 300 { // some pages of a file: less stays in memory
		texts = append(texts, fmt.Sprintf("message with words of its own w%dx w%dy w%dz", i, i, i))
	}
	a.record(t, say(texts...)...)
	dir := t.TempDir()
	log := &logged{}
	x, err := index.Open(t.Context(), index.Config{Dir: dir, Feed: a, Poll: time.Millisecond, Log: log.logger()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	catchUp(t, x)
	if err := x.Rebuild(t.Context(), nil); err != nil { // all is on disk now
		t.Fatal(err)
	}
	follow(t, x)
	for _, path := range files(t, dir, ".zap") {
		if err := os.Truncate(path, 10); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "it is made again", func() bool {
		res, err := x.Search(t.Context(), store.AllBots(), index.Request{Query: query.Parse("message")})
		return err == nil && res.Total == 300 && strings.Contains(log.String(), "fresh")
	})
}
