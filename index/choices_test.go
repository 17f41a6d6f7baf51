package index_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// growing is a feed that voicemails are added to and erased from.
type growing struct {
	mu      sync.Mutex
	seq     int64
	changes map[int64]store.Change // by voicemail
}

func (f *growing) put(id int64, text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seq++
	c := store.Change{Seq: f.seq, Tag: "t", VoicemailID: id}
	if text != "" {
		c.Voicemail = &store.Voicemail{ID: id, BotID: "st-a", Lang: "en", LeftAt: noon.AddDate(0, 0, int(id)), Text: text}
	}
	if f.changes == nil {
		f.changes = map[int64]store.Change{}
	}
	f.changes[id] = c
}

func (f *growing) Head(context.Context) (store.Position, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return store.Position{StoreID: "growing", Seq: f.seq, Tag: "t"}, nil
}

func (f *growing) Knows(_ context.Context, p store.Position) (bool, error) {
	return p.StoreID == "growing", nil
}

func (f *growing) Changes(_ context.Context, after int64, limit int) ([]store.Change, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	bySeq := map[int64]store.Change{}
	for _, c := range f.changes {
		bySeq[c.Seq] = c
	}
	var out []store.Change
	for seq := after + 1; seq <= f.seq && len(out) < limit; seq++ {
		if c, ok := bySeq[seq]; ok {
			out = append(out, c)
		}
	}
	return out, nil
}

// TestPagesOfManyWords goes through the pages of a beginning of more words than are
// looked up, while voicemails come, change and go between them: each that stays is
// there once.
func TestPagesOfManyWords(t *testing.T) {
	t.Parallel()
	const words, each = 230, 2
	word := func(i int) string { return fmt.Sprintf("abc%c%c", 'a'+i/26, 'a'+i%26) }
	f := &growing{}
	x := openIndex(t, t.TempDir(), f)
	rapid.Check(t, func(rt *rapid.T) {
		for id := range f.changes {
			f.put(id, "")
		}
		for i := range words * each {
			f.put(int64(i)+1, "message "+word(i%words))
		}
		catchUp(t, x)
		r := index.Request{
			Query: query.Parse("abc* message"), FullOnly: true, Limit: 2 * words * each,
			Sort: rapid.SampledFrom([]index.Sort{index.SortRelevance, index.SortNewest, index.SortOldest}).Draw(rt, "sort"),
		}
		want := map[int64]bool{}
		for _, h := range search(t, x, store.AllBots(), r).Hits {
			want[h.ID] = true
		}
		if len(want) != 200*each {
			rt.Fatalf("%d hits, want those of 200 words", len(want))
		}
		r.Limit = rapid.SampledFrom([]int{50, 120}).Draw(rt, "limit")
		seen := map[int64]int{}
		for {
			res := search(t, x, store.AllBots(), r)
			for _, h := range res.Hits {
				seen[h.ID]++
			}
			if r.Cursor = res.NextCursor; r.Cursor == "" {
				break
			}
			for range rapid.IntRange(1, 60).Draw(rt, "changes") {
				id := rapid.Int64Range(1, 3*words).Draw(rt, "id")
				delete(want, id)
				if rapid.Bool().Draw(rt, "erase") {
					f.put(id, "")
				} else {
					f.put(id, "message "+word(rapid.IntRange(0, words-1).Draw(rt, "word")))
				}
			}
			catchUp(t, x)
		}
		for id := range want {
			if seen[id] != 1 {
				rt.Errorf("voicemail %d, which did not change, is there %d times", id, seen[id])
			}
		}
	})
}
