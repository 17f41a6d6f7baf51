package index_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

var benchVoicemails = flag.Int("index.voicemails", 20_000, "how many voicemails benchmarks index")

// madeUp is a feed of voicemails that are made as they are asked for: what is
// measured is the index, not a database.
type madeUp struct{ n int64 }

func (f madeUp) Head(context.Context) (store.Position, error) {
	return store.Position{StoreID: "bench", Seq: f.n, Tag: "t"}, nil
}

func (f madeUp) Knows(_ context.Context, p store.Position) (bool, error) {
	return p.StoreID == "bench", nil
}

func (f madeUp) Changes(_ context.Context, after int64, limit int) ([]store.Change, error) {
	var out []store.Change
	for seq := after + 1; seq <= min(f.n, after+int64(limit)); seq++ {
		rng := rand.New(rand.NewPCG(uint64(seq), 1))
		zipf := rand.NewZipf(rng, 1.1, 4, 200_000)
		var text strings.Builder
		for range 30 + rng.IntN(60) {
			fmt.Fprintf(&text, "%s ", benchWord(zipf.Uint64()))
		}
		out = append(out, store.Change{Seq: seq, Tag: "t", VoicemailID: seq, Voicemail: &store.Voicemail{
			ID: seq, BotID: fmt.Sprint("st-", rng.IntN(40)), Lang: []string{"en", "en", "en", "es", "fr", "de"}[rng.IntN(6)],
			LeftAt: noon.Add(-time.Duration(rng.Int64N(int64(3 * 365 * 24 * time.Hour)))), Text: text.String(),
		}})
	}
	return out, nil
}

// benchWord is the n-th most frequent word, of letters only.
func benchWord(n uint64) string {
	syllables := []string{"ka", "lo", "mi", "ne", "pu", "ra", "so", "ti", "vu", "we", "xa", "ye", "zo", "bi", "du", "fa"}
	word := ""
	for {
		word += syllables[n%16]
		if n /= 16; n == 0 {
			return word
		}
	}
}

// beginnings are all that two letters may begin, one or the other.
func beginnings() string {
	var out []string
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			out = append(out, fmt.Sprintf("%c%c*", a, b))
		}
	}
	return strings.Join(out, " OR ")
}

func BenchmarkIndexing(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		x := openIndex(b, b.TempDir(), madeUp{int64(*benchVoicemails)})
		catchUp(b, x)
		if err := x.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(*benchVoicemails)*float64(b.N)/b.Elapsed().Seconds(), "voicemails/s")
}

func BenchmarkSearch(b *testing.B) {
	x := openIndex(b, b.TempDir(), madeUp{int64(*benchVoicemails)})
	catchUp(b, x)
	for _, bc := range []struct {
		name, q string
		r       index.Request
	}{
		{"everything, newest", "", index.Request{Facets: true}},
		{"common word, newest, page", benchWord(1), index.Request{Facets: true, Sort: index.SortNewest}},
		{"common word, relevance, page", benchWord(1), index.Request{Facets: true}},
		{"rare word", benchWord(150_000), index.Request{}},
		{"two words, page", benchWord(3) + " " + benchWord(300), index.Request{Facets: true}},
		{"either of two words", benchWord(3) + " OR " + benchWord(30), index.Request{}},
		{"phrase", `"` + benchWord(1) + " " + benchWord(2) + `"`, index.Request{}},
		{"prefix", "kalo*", index.Request{}},
		{"one letter off", "kalosx", index.Request{}},
		{"a thousand words", words("%s ", 1000), index.Request{}},
		{"either of a thousand words", words("%s OR ", 1000), index.Request{}},
		{"either of 676 beginnings", beginnings(), index.Request{}},
		{"word, month and language", benchWord(5), index.Request{From: noon.AddDate(0, -1, 0), Lang: "es"}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			bc.r.Query = query.Parse(bc.q)
			found := 0
			for b.Loop() {
				found = search(b, x, store.AllBots(), bc.r).Total
			}
			b.ReportMetric(float64(found), "found")
		})
	}
}

// BenchmarkRanking measures the first page by relevance of what many voicemails
// match: with the best documents of the words remembered, and without.
func BenchmarkRanking(b *testing.B) {
	x := openIndex(b, b.TempDir(), madeUp{int64(*benchVoicemails)})
	catchUp(b, x)
	one, other, last := benchWord(1), benchWord(3), benchWord(5)
	for _, bc := range []struct{ name, q string }{
		{"a word", fmt.Sprintf("%q", one)},
		{"either of two words", fmt.Sprintf("%q OR %q", one, other)},
		{"either of three words", fmt.Sprintf("%q OR %q OR %q", one, other, last)},
		{"two words", fmt.Sprintf("%q %q", one, other)},
		{"a beginning", one + "*"},
	} {
		for _, warm := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s, remembered: %v", bc.name, warm), func(b *testing.B) {
				b.ReportAllocs()
				r := index.Request{Query: query.Parse(bc.q), Sort: index.SortRelevance}
				found := search(b, x, store.AllBots(), r).Total
				for b.Loop() {
					if !warm {
						x.Forget(b)
					}
					search(b, x, store.AllBots(), r)
				}
				b.ReportMetric(float64(found), "found")
			})
		}
	}
}

// BenchmarkSnippet takes texts far longer than any that is spoken.
func BenchmarkSnippet(b *testing.B) {
	var spoken strings.Builder
	for i := range uint64(1_000_000) {
		fmt.Fprintf(&spoken, "%s ", benchWord(i*7919%5000))
	}
	for _, bc := range []struct{ name, q, text string }{
		{"a word", "zebra", spoken.String()},
		{"a thousand words", words("%s ", 1000), spoken.String()},
		{"every word", "k* l* m* n* p* r* s* t*", spoken.String()},
		{"every character", "京", strings.Repeat("京", 3_000_000)},
	} {
		b.Run(bc.name, func(b *testing.B) {
			m := index.NewMarker(query.Parse(bc.q))
			for b.Loop() {
				m.Snippet(bc.text, "")
			}
		})
	}
}
