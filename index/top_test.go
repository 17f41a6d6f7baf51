package index_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// TestPagesOfAFrequentWord walks through more messages than are remembered as
// the best of a word, some of which are filtered out or deleted.
func TestPagesOfAFrequentWord(t *testing.T) {
	t.Parallel()
	feed := &edited{}
	const voicemails = 3000
	for i := range int64(voicemails) {
		feed.change(i+1, &store.Voicemail{
			ID: i + 1, BotID: fmt.Sprint("st-", i%5), Lang: "en", LeftAt: noon.Add(time.Duration(i%700) * time.Minute),
			Text: strings.Repeat("refund ", int(1+i%3)) + strings.Repeat("please ", int(i%41)),
		})
	}
	for id := int64(1); id <= voicemails; id += 7 {
		feed.change(id, nil)
	}
	x := openIndex(t, t.TempDir(), feed)
	catchUp(t, x)
	for _, tc := range []struct {
		q     string
		scope store.Scope
	}{
		{"refund", store.AllBots()},
		{"refund", store.OnlyBots("st-3")},
		{"refund bot:st-1", store.AllBots()},
		{"refund -please", store.AllBots()},
		{"refund OR bot:st-1", store.AllBots()},
	} {
		r := index.Request{Query: query.Parse(tc.q), Sort: index.SortRelevance, Limit: 190}
		var hits []index.Hit
		total := 0
		for {
			res := search(t, x, tc.scope, r)
			if hits, total = append(hits, res.Hits...), res.Total; res.NextCursor == "" {
				break
			}
			r.Cursor = res.NextCursor
		}
		sorted := slices.IsSortedFunc(hits, func(a, b index.Hit) int {
			x, y := feed.changes[a.ID-1].Voicemail, feed.changes[b.ID-1].Voicemail
			return cmp.Or(cmp.Compare(b.Score, a.Score), y.LeftAt.Compare(x.LeftAt), cmp.Compare(b.ID, a.ID))
		})
		seen := map[int64]bool{}
		for _, h := range hits {
			seen[h.ID] = true
		}
		if !sorted || len(hits) != total || len(seen) != total {
			t.Errorf("%q: %d hits, %d of them different, sorted: %v; total %d", tc.q, len(hits), len(seen), sorted, total)
		}
		r.Cursor, r.Limit = "", 3
		for i, h := range search(t, x, tc.scope, r).Hits {
			if h.ID != hits[i].ID {
				t.Errorf("%q: hit %d of a short page is %d, want %d", tc.q, i, h.ID, hits[i].ID)
			}
		}
	}
}
