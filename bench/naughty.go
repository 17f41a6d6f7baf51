package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"afterbeep/store"
	"afterbeep/web"
)

// naughtyTries is how often each naughty query is asked; the slowest counts. One
// that takes long enough to fail is not asked again.
const naughtyTries = 5

// measureNaughty asks what nobody should ask, as the page does.
func measureNaughty(ctx context.Context, a *archive, common []string) ([]naughtyQuery, error) {
	var out []naughtyQuery
	p := a.page(true)
	for _, n := range naughtyQueries(common) {
		row := naughtyQuery{Name: n.name, Bytes: len(n.q)}
		for range naughtyTries {
			start := time.Now()
			found, err := p.engine.Search(ctx, store.AllBots(), web.Params{Q: n.q, Facets: "1"})
			if err != nil {
				return nil, fmt.Errorf("%s: %w", n.name, err)
			}
			row.Worst = max(row.Worst, float64(time.Since(start).Microseconds())/1000)
			row.Total = found.Total
			if len(found.Notes) > 0 {
				row.Note = clip(found.Notes[0], 80)
			}
			if row.Worst > 4*goalWorst {
				break
			}
		}
		out = append(out, row)
	}
	return out, nil
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

type named struct{ name, q string }

// naughtyQueries are long, deep, wide or strange. common are frequent words.
func naughtyQueries(common []string) []named {
	word := func(i int) string { return common[i%len(common)] }
	joined := func(n int, between string) string {
		words := make([]string, n)
		for i := range words {
			words[i] = word(i)
		}
		return strings.Join(words, between)
	}
	misspelt := strings.Fields(joined(60, " "))
	for i, w := range misspelt {
		misspelt[i] = w + string(rune('a'+i%26))
	}
	return []named{
		{"nothing", ""},
		{"a* b* c*", "a* b* c*"},
		{"every letter*", strings.Join(strings.Split("abcdefghijklmnopqrstuvwxyz", ""), "* OR ") + "*"},
		{"the 200 most frequent, all", joined(200, " ")},
		{"the 200 most frequent, any", joined(200, " OR ")},
		{"1,500 words, all", joined(1500, " ")},
		{"1,500 words, any", joined(1500, " OR ")},
		{"32 KB of one letter", strings.Repeat("a", 32<<10)},
		{"32 KB of words", joined(12_000, " ")[:32<<10]},
		{"32 KB of prefixes", strings.Repeat("a* ", 32<<10/3)},
		{"32 KB of quotes", strings.Repeat(`"`, 32<<10)},
		{"32 KB of minus", strings.Repeat("-", 32<<10)},
		{"a phrase of 500 words", `"` + joined(500, " ") + `"`},
		{"the most frequent, side by side", `"` + strings.Join([]string{"the", "to", "you", "i"}, " ") + `"`},
		{"near of frequent words", `"` + joined(8, " ") + `"~50`},
		{"60 misspelt words", strings.Join(misspelt, " ")},
		{"60 fuzzy words", strings.Join(misspelt, "~ ") + "~"},
		{"not anything", "-" + joined(100, " -")},
		{"50 nested parentheses", strings.Repeat("(", 50) + joined(50, ") OR ") + ")"},
		{"unbalanced", strings.Repeat("((((\"", 100) + word(0)},
		{"right to left", "\u202eשלום עליכם مرحبا بالعالم\u202c " + word(1)},
		{"emoji", "👩‍👩‍👧‍👦 ☎️ 🔥 " + word(2)},
		{"NUL and controls", "a\x00b\x01\x7f" + word(3) + "\xff\xfe"},
		{"combining marks", "Z" + strings.Repeat("\u0301\u0489", 2000)},
		{"Chinese", "请尽快给我回电话谢谢"},
		{"SQL", `'; DROP TABLE voicemails; --`},
		{"regular expression", `(a+)+$ .*.*.*[[[`},
		{"digits", strings.Repeat("5", 400)},
		{"spoken digits", strings.Repeat("five ", 300)},
		{"every filter at once", "lang:en bot:x queue:y from:0123 to:9 after:2023 before:2025-02 longer:3s shorter:9m has:number has:recording " + word(4)},
		{"contradiction", word(0) + " -" + word(0)},
	}
}

// frequentWords are the most frequent of the corpus, most frequent first.
func frequentWords(df map[string]uint32, n int) []string {
	words := make([]string, 0, len(df))
	for w := range df {
		if isASCIILetters(w) {
			words = append(words, w)
		}
	}
	slices.SortFunc(words, func(a, b string) int {
		if df[a] != df[b] {
			return int(df[b]) - int(df[a])
		}
		return strings.Compare(a, b)
	})
	return words[:min(n, len(words))]
}
