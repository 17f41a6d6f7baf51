package index_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
	"afterbeep/store/sqlite"
)

// runVictim follows the store in dir and rebuilds the index again and again,
// in small batches, so that a kill hits every kind of moment.
func runVictim(dir string) int {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "store.db")})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	x, err := index.Open(ctx, index.Config{
		Dir: filepath.Join(dir, "index"), Feed: s, Poll: time.Millisecond, Batch: 7, RebuildBatch: 40,
	})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("open")
	go func() {
		for x.Rebuild(ctx, nil) == nil {
		}
	}()
	fmt.Println(x.Follow(ctx))
	return 1
}

func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	const kills = 20
	dir := t.TempDir()
	a := openArchive(t, filepath.Join(dir, "store.db"))
	rng := rand.New(rand.NewPCG(1, 2))
	var messages []message
	for round := range kills {
		victim := exec.Command(os.Args[0], "-test.run=^$")
		victim.Env = append(os.Environ(), victimDir+"="+dir)
		out, err := victim.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := victim.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		if line != "open\n" {
			t.Fatalf("round %d: the victim says %q, %v", round, line, err)
		}
		// What is recorded takes a random while, which is when the kill comes.
		for i := range rng.IntN(40) {
			m := message{session: fmt.Sprintf("s%d-%d", round, i), bot: "st-a", lang: "en", text: fmt.Sprintf("common round%d", round), left: noon}
			if len(messages) > 0 && i%5 == 0 { // a later reply replaces the text
				m = messages[rng.IntN(len(messages))]
				m.text, m.modified = fmt.Sprintf("common again%d", round), noon.Add(time.Duration(round*100+i)*time.Second)
			}
			a.record(t, m)
			at := slices.IndexFunc(messages, func(o message) bool { return o.session == m.session })
			if at < 0 {
				messages = append(messages, m)
			} else {
				messages[at] = m
			}
		}
		if err := victim.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = victim.Wait()
		if round%5 == 4 {
			verifyAll(t, filepath.Join(dir, "index"), a, messages)
		}
	}
	verifyAll(t, filepath.Join(dir, "index"), a, messages)
}

// verifyAll opens the index in dir, catches up and finds each message exactly
// once, by its present words.
func verifyAll(t *testing.T, dir string, feed store.Feed, messages []message) {
	t.Helper()
	x, err := index.Open(t.Context(), index.Config{Dir: dir, Feed: feed})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	catchUp(t, x)
	want := map[string][]int64{}
	for _, m := range messages {
		want[m.text] = append(want[m.text], m.id())
	}
	for text, ids := range want {
		slices.Sort(ids)
		got := allIDs(t, x, store.AllBots(), index.Request{Query: query.Parse(text), Sort: index.SortOldest})
		slices.Sort(got)
		if diff := cmp.Diff(ids, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", text, diff)
		}
	}
	if got := x.Status().Voicemails; got != len(messages) {
		t.Errorf("%d voicemails are indexed, want %d", got, len(messages))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) > 3 { // lock, current, one generation
		t.Errorf("the folder keeps leftovers: %v", entries)
	}
}

// allIDs walks all pages.
func allIDs(t testing.TB, x *index.Index, s store.Scope, r index.Request) []int64 {
	t.Helper()
	var ids []int64
	for {
		res := search(t, x, s, r)
		for _, h := range res.Hits {
			ids = append(ids, h.ID)
		}
		if res.NextCursor == "" {
			return ids
		}
		r.Cursor = res.NextCursor
	}
}
