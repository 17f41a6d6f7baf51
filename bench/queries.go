package main

import (
	"cmp"
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"afterbeep/index/query"
	"afterbeep/store"
)

// request is one query of the benchmark. Its JSON is a line of the file that
// lucene.sh reads.
type request struct {
	Class  string   `json:"class"`
	Kind   string   `json:"kind"` // term, and, or, phrase, prefix, fuzzy
	Terms  []string `json:"terms"`
	From   int64    `json:"from"` // milliseconds; 0 is no bound
	To     int64    `json:"to"`
	Lang   string   `json:"lang"`
	New    bool     `json:"new"`    // newest first
	Facets bool     `json:"facets"` // exact total, languages, months, authors
	DF     []uint32 `json:"df"`     // in how many voicemails each term is; of a prefix or typo 0

	Total int     `json:"total"`            // how many match, by truth
	Last  []int64 `json:"newest,omitempty"` // times of the 20 newest, microseconds, where New
}

// The classes, in the order of the tables.
const (
	classCommon    = "common"
	classRare      = "rare"
	classAnd       = "and"
	classOr        = "or"
	classPhrase    = "phrase"
	classPrefix    = "prefix"
	classFuzzy     = "fuzzy"
	classFilter    = "filter"
	classRelevance = "page_relevance"
	classNewest    = "page_newest"
)

// classNumber is Afterbeep's own: a caller's number, typed.
const classNumber = "number"

func classes() []string {
	return []string{classCommon, classRare, classAnd, classOr, classPhrase, classPrefix, classFuzzy, classFilter,
		classRelevance, classNewest}
}

// frequencies counts in how many voicemails each word is.
func (c *corpus) frequencies(ctx context.Context, workers int) (map[string]uint32, error) {
	type counted struct {
		df   map[string]uint32
		seen map[string]bool
	}
	parts := make([]counted, workers)
	for i := range parts {
		parts[i] = counted{map[string]uint32{}, map[string]bool{}}
	}
	err := c.each(ctx, workers, func(w, _ int, v *store.Voicemail) error {
		clear(parts[w].seen)
		for _, t := range query.Tokens(v.Text) {
			if !parts[w].seen[t.Text] {
				parts[w].seen[t.Text] = true
				parts[w].df[t.Text]++
			}
		}
		return nil
	})
	for _, p := range parts[1:] {
		for word, n := range p.df {
			parts[0].df[word] += n
		}
	}
	return parts[0].df, err
}

// asker makes queries up from a corpus: from words that stand in voicemails.
type asker struct {
	author *author
	rng    *rand.Rand
	df     map[string]uint32
	common []string // words of classCommon, sorted
	words  []string // all of them, sorted
}

// expansions is how many words a prefix stands for at most: Afterbeep leaves
// out those past it, so that wider prefixes would not be the same question.
const expansions = 200

// requests makes perClass queries of each class.
func (c *corpus) requests(df map[string]uint32, perClass int) []request {
	a := &asker{author: c.author(), rng: rand.New(rand.NewPCG(c.seed, 1<<40)), df: df}
	for word, n := range df {
		if plainWord(word) && a.share(n) > 0.02 && a.share(n) < 0.3 {
			a.common = append(a.common, word)
		}
	}
	slices.Sort(a.common)
	a.words = slices.Sorted(maps.Keys(df))
	var out []request
	for _, class := range classes() {
		for range perClass {
			r := a.request(class)
			r.Class = class
			if r.Kind != "prefix" && r.Kind != "fuzzy" {
				for _, t := range r.Terms {
					r.DF = append(r.DF, df[t])
				}
			} else {
				r.DF = []uint32{0}
			}
			out = append(out, r)
		}
	}
	return out
}

func (a *asker) share(df uint32) float64 { return float64(df) / float64(a.author.size) }

func (a *asker) request(class string) request {
	switch class {
	case classCommon:
		return request{Kind: "term", Terms: []string{pick(a.rng, a.common)}}
	case classRare:
		return request{Kind: "term", Terms: []string{a.word(2, 50)}}
	case classAnd:
		return request{Kind: "and", Terms: a.pair()}
	case classOr:
		return request{Kind: "or", Terms: []string{a.middling(), a.middling()}}
	case classPhrase:
		return request{Kind: "phrase", Terms: a.phrase()}
	case classPrefix:
		return request{Kind: "prefix", Terms: []string{a.prefix()}}
	case classFuzzy:
		return request{Kind: "fuzzy", Terms: []string{a.misspelt()}}
	case classFilter:
		from := firstDay.AddDate(0, a.rng.IntN(12*years-3), 0)
		return request{Kind: "term", Terms: []string{a.middling()}, From: from.UnixMilli(), To: from.AddDate(0, 3, 0).UnixMilli() - 1,
			Lang: pick(a.rng, []string{"en", "en", "en", "es", "fr", "de"})}
	}
	r := a.page()
	r.Facets, r.New = true, class == classNewest
	return r
}

// page is what people type on the page: two words, one, or a phrase.
func (a *asker) page() request {
	switch a.rng.IntN(4) {
	case 0:
		return request{Kind: "term", Terms: []string{a.middling()}}
	case 1:
		return request{Kind: "phrase", Terms: a.phrase()}
	}
	return request{Kind: "and", Terms: a.pair()}
}

// tokens are the words of some voicemail.
func (a *asker) tokens() []query.Token {
	return query.Tokens(a.author.voicemail(a.rng.IntN(a.author.size)).Text)
}

// word is one of some voicemail that stands in least to most of them.
func (a *asker) word(least, most uint32) string {
	for {
		w := pick(a.rng, a.tokens()).Text
		if n := a.df[w]; plainWord(w) && least <= n && n <= most {
			return w
		}
	}
}

// middling is a word that people search: neither of the very frequent ones nor
// of those that are hardly anywhere.
func (a *asker) middling() string {
	n := float64(a.author.size)
	return a.word(uint32(max(3, n*0.0002)), uint32(max(10, n*0.15)))
}

// prefix is the shortest beginning of some word, of three letters or more, that
// stands for no more words than expansions.
func (a *asker) prefix() string {
	for {
		w := a.middling()
		for n := 3; n <= len(w); n++ {
			from, _ := slices.BinarySearch(a.words, w[:n])
			to, _ := slices.BinarySearch(a.words, w[:n]+"\U0010ffff")
			if to-from <= expansions {
				return w[:n]
			}
		}
	}
}

// pair is two words of one voicemail.
func (a *asker) pair() []string {
	for {
		var words []string
		for _, t := range a.tokens() {
			if s := a.share(a.df[t.Text]); plainWord(t.Text) && s > 0.0002 && s < 0.15 && !slices.Contains(words, t.Text) {
				words = append(words, t.Text)
			}
		}
		if len(words) >= 2 {
			a.rng.Shuffle(len(words), func(i, k int) { words[i], words[k] = words[k], words[i] })
			return words[:2]
		}
	}
}

// phrase is two to four words that stand side by side in some voicemail.
func (a *asker) phrase() []string {
	for {
		tokens, n := a.tokens(), 2+a.rng.IntN(3)
		if len(tokens) < n {
			continue
		}
		at := a.rng.IntN(len(tokens) - n + 1)
		words := make([]string, 0, n)
		for _, t := range tokens[at : at+n] {
			if plainWord(t.Text) || len(t.Text) < 3 && isASCIILetters(t.Text) {
				words = append(words, t.Text)
			}
		}
		if len(words) == n {
			return words
		}
	}
}

// misspelt is a word of five letters or more, half of them with a letter wrong.
func (a *asker) misspelt() string {
	for {
		w := a.middling()
		if len(w) < 5 {
			continue
		}
		if a.rng.IntN(2) == 0 {
			return w
		}
		s := speech{author: &author{rng: a.rng}}
		if wrong := s.typo(w); wrong != w && len(wrong) >= 5 {
			return wrong
		}
	}
}

// plainWord reports whether all engines read a word alike.
func plainWord(w string) bool {
	return len(w) >= 3 && isASCIILetters(w)
}

func isASCIILetters(w string) bool {
	return strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == ""
}

// newest keeps the largest n of times, largest first.
func newest(times []int64, n int) []int64 {
	slices.SortFunc(times, func(a, b int64) int { return cmp.Compare(b, a) })
	return times[:min(n, len(times))]
}
