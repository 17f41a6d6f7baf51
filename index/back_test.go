package index_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// TestPagesBack goes through pages to the end, or far, and back again: each page
// is as it was.
func TestPagesBack(t *testing.T) {
	t.Parallel()
	x := openIndex(t, t.TempDir(), tied(3000))
	catchUp(t, x)
	queries := []string{"", `"refund"`, "refund", "ref*", `"refund order"`, `"refund" OR "order"`, "refund order monday", `("refund" OR "order") "monday"`,
		`"refund" OR ("order" "monday")`, "refund -order", "refund zebra monday nowhere", "refund~ mon*"}
	rapid.Check(t, func(rt *rapid.T) {
		r := index.Request{
			Query: query.Parse(rapid.SampledFrom(queries).Draw(rt, "query")),
			Sort:  rapid.SampledFrom([]index.Sort{index.SortRelevance, index.SortNewest, index.SortOldest}).Draw(rt, "sort"),
			Limit: rapid.SampledFrom([]int{1, 2, 20, 63, 128, 200}).Draw(rt, "limit"),
		}
		scope := rapid.SampledFrom([]store.Scope{store.AllBots(), store.OnlyBots("st-3"), store.OnlyBots("st-0", "st-1")}).Draw(rt, "scope")
		var pages [][]int64
		take := func() (next, prev string) {
			res := search(t, x, scope, r)
			var page []int64
			for _, h := range res.Hits {
				page = append(page, h.ID)
			}
			pages = append(pages, page)
			return res.NextCursor, res.PrevCursor
		}
		next, prev := take()
		if prev != "" {
			rt.Fatal("something is before the first page")
		}
		for range 12 {
			if next == "" {
				break
			}
			r.Cursor = next
			next, prev = take()
		}
		there := slices.Clone(pages)
		for at := len(there) - 2; at >= 0; at-- {
			r.Cursor = prev
			next, prev = take()
			if got := pages[len(pages)-1]; !slices.Equal(got, there[at]) {
				rt.Fatalf("%q by %s: page %d is %v on the way back, was %v", r.Query, r.Sort, at, got, there[at])
			}
			if next == "" {
				rt.Fatalf("nothing follows page %d of %d", at, len(there))
			}
		}
		if prev != "" {
			rt.Fatal("something is before the first page")
		}
	})
}
