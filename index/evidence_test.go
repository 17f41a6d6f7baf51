package index_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/index/synonyms"
	"afterbeep/store"
)

// evident is a feed of messages about being pregnant, each in another way, the best
// first, and of as many others about anything.
func evident() *edited {
	feed := &edited{}
	put := func(text string) {
		id := int64(len(feed.changes)) + 1
		feed.change(id, &store.Voicemail{
			ID: id, BotID: "st-a", Lang: "en", LeftAt: noon.Add(time.Duration(id) * time.Minute), Text: text,
		})
	}
	put("i am expecting and my midwife says hello")
	put("i am expecting and my sister says hello")
	for i := range 30 {
		put(fmt.Sprintf("since %d weeks my sister says hello", i))
	}
	for range 300 {
		put("my sister says hello")
	}
	return feed
}

// TestSynonymsTell holds that a rare synonym comes before a frequent one, and two
// before one, and that pages stay as they were told while that changes.
func TestSynonymsTell(t *testing.T) {
	t.Parallel()
	lists, errs := synonyms.Parse("[en]\npregnant = weeks = expecting = midwife\n")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	feed := evident()
	x, err := index.Open(t.Context(), index.Config{
		Dir: filepath.Join(t.TempDir(), "index"), Feed: feed, Synonyms: func() *synonyms.Lists { return lists },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	catchUp(t, x)
	r := index.Request{Query: query.Parse("pregnant"), Sort: index.SortRelevance, Limit: 1}
	var got []int64
	for range 40 {
		res := search(t, x, store.AllBots(), r)
		for _, h := range res.Hits {
			got = append(got, h.ID)
		}
		if r.Cursor = res.NextCursor; r.Cursor == "" {
			break
		}
		id := int64(len(feed.changes)) + 1 // another one that expects, and is found on no page behind
		feed.change(id, &store.Voicemail{ID: id, BotID: "st-a", Lang: "en", LeftAt: noon.Add(time.Hour * 24), Text: "expecting a midwife, an expecting midwife"})
		catchUp(t, x)
	}
	want := []int64{1, 2}
	for id := int64(32); id > 2; id-- { // the others are equal: the newest first
		want = append(want, id)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

// BenchmarkSynonyms measures words of which each stands for many others, rare and
// frequent.
func BenchmarkSynonyms(b *testing.B) {
	x, err := index.Open(b.Context(), index.Config{
		Dir: b.TempDir(), Feed: madeUp{int64(*benchVoicemails)}, Synonyms: manySynonyms(b),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = x.Close() })
	catchUp(b, x)
	for _, q := range []string{"wanted", "wanted asked"} {
		b.Run(q, func(b *testing.B) {
			b.ReportAllocs()
			r := index.Request{Query: query.Parse(q), Sort: index.SortRelevance}
			found := search(b, x, store.AllBots(), r).Total
			for b.Loop() {
				search(b, x, store.AllBots(), r)
			}
			b.ReportMetric(float64(found), "found")
		})
	}
}

// manySynonyms are lists of two words with forty synonyms each.
func manySynonyms(t testing.TB) func() *synonyms.Lists {
	t.Helper()
	text := ""
	for word, first := range map[string]uint64{"wanted": 60, "asked": 75} {
		text += word
		for i := range uint64(40) {
			text += " = " + benchWord(first+i*i*5)
		}
		text += "\n"
	}
	lists, errs := synonyms.Parse(text)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return func() *synonyms.Lists { return lists }
}
