package index_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// tied is a feed of messages of which many score the same and many were left at
// the same time, some changed and some deleted.
func tied(voicemails int64) *edited {
	feed := &edited{}
	rng := rand.New(rand.NewPCG(3, 4))
	put := func(id int64) {
		var words []string
		for _, w := range []struct {
			word  string
			share int
		}{{"refund", 2}, {"order", 3}, {"Monday", 5}, {"refunds", 9}, {"zebra", 200}} {
			if rng.IntN(w.share) == 0 {
				words = append(words, strings.Repeat(w.word+" ", 1+rng.IntN(2)))
			}
		}
		words = append(words, strings.Repeat("well ", 5*rng.IntN(4)))
		feed.change(id, &store.Voicemail{
			ID: id, BotID: fmt.Sprint("st-", rng.IntN(5)), Lang: "en", LeftAt: noon.Add(time.Duration(rng.IntN(400)) * time.Minute),
			Text: strings.Join(words, " "),
		})
	}
	for id := range voicemails {
		put(id + 1)
	}
	for range voicemails / 8 {
		put(1 + rng.Int64N(voicemails))
		feed.change(1+rng.Int64N(voicemails), nil)
	}
	return feed
}

// TestPagesAreTheFullOrder compares pages, from the first to the last, with
// scoring and sorting all that matches.
func TestPagesAreTheFullOrder(t *testing.T) {
	t.Parallel()
	x := openIndex(t, t.TempDir(), tied(6000))
	catchUp(t, x)
	queries := []string{
		`"refund"`, "refund", "ref*", `"refund order"`, `"refund" "order"`, `"refund" OR "order"`, `"refund" OR "order" OR "monday"`,
		`"refund" OR "zebra"`, "refund OR order", `"refund" OR mon*`, `"order monday" OR "refund"`, `"refund" OR "refund"`, `("refund" OR "order") bot:st-1`,
		`("refund" OR "order") "monday"`, `"refund" OR ("order" "monday")`, `"refund" -"order"`, `"refund" OR "nowhere"`, `ref* mon*`, `"refund" ref*`, `"refund" OR bot:st-2`,
	}
	rapid.Check(t, func(rt *rapid.T) {
		r := index.Request{
			Query: query.Parse(rapid.SampledFrom(queries).Draw(rt, "query")), Sort: index.SortRelevance, FullOnly: true,
			Limit: rapid.SampledFrom([]int{1, 2, 20, 63, 64, 127, 128, 200, 511, 512, 2000}).Draw(rt, "limit"),
		}
		scope := rapid.SampledFrom([]store.Scope{store.AllBots(), store.OnlyBots("st-3"), store.OnlyBots("st-0", "st-1", "st-2", "st-3")}).Draw(rt, "scope")
		want, scores := x.RankedInFull(t, scope, r)
		var got []int64
		for pages := 0; pages == 0 || r.Cursor != "" && pages < 30; pages++ {
			res := search(t, x, scope, r)
			for _, h := range res.Hits {
				if at := len(got); at < len(want) && h.Score != scores[at] {
					rt.Fatalf("hit %d is %d with %v, want %d with %v", at, h.ID, h.Score, want[at], scores[at])
				}
				got = append(got, h.ID)
			}
			if res.Total != len(want) {
				rt.Fatalf("%d found, want %d", res.Total, len(want))
			}
			r.Cursor = res.NextCursor
		}
		if !slices.Equal(got, want[:len(got)]) || r.Cursor == "" && len(got) != len(want) {
			rt.Fatalf("%d hits of %d are in another order", len(got), len(want))
		}
	})
}
