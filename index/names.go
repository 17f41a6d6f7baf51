package index

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"afterbeep/index/words"
)

// A recogniser parts names and joins them: "mac donald", "vanderberg", "o brien",
// "delacruz". Whoever types one spelling finds the others.

const (
	// shortestName is the fewest letters of what follows a start of a name.
	shortestName = 4
	// mostStarts is how many starts may follow one another: "van der".
	mostStarts = 2
)

// nameStarts are what a recogniser may part from the name that it begins, as
// their own word or several.
var nameStarts = map[string]bool{
	"mac": true, "mc": true, "o": true, "fitz": true, "van": true, "von": true, "vander": true, "vande": true, "der": true, "den": true, "ter": true,
	"de": true, "del": true, "della": true, "la": true, "le": true, "du": true, "des": true, "di": true, "da": true, "dos": true,
	"san": true, "saint": true, "santa": true, "st": true, "sankt": true, "el": true, "al": true, "abu": true, "ben": true, "bin": true,
}

// splitStarts are the starts of names that are written as one word, with the
// words that they may be parted into, the longest first.
var splitStarts = []struct {
	joined string
	words  [][]string
}{
	{"vander", [][]string{{"van", "der"}, {"vander"}}}, {"vanden", [][]string{{"van", "den"}}}, {"vande", [][]string{{"van", "de"}}},
	{"delos", [][]string{{"de", "los"}}}, {"dela", [][]string{{"de", "la"}}}, {"saint", [][]string{{"saint"}, {"st"}}},
	{"fitz", [][]string{{"fitz"}}}, {"mac", [][]string{{"mac"}, {"mc"}}}, {"van", [][]string{{"van"}}}, {"von", [][]string{{"von"}}},
	{"san", [][]string{{"san"}}}, {"del", [][]string{{"del"}}}, {"mc", [][]string{{"mc"}, {"mac"}, {"mick"}}}, {"di", [][]string{{"di"}}}, {"da", [][]string{{"da"}}},
	{"de", [][]string{{"de"}}}, {"du", [][]string{{"du"}}}, {"la", [][]string{{"la"}}}, {"le", [][]string{{"le"}}}, {"el", [][]string{{"el"}}}, {"al", [][]string{{"al"}}}, {"o", [][]string{{"o"}, {"oh"}}},
}

// apart are the words that a name may have been parted into, where the index has
// what follows its start.
func (e *expander) apart(ctx context.Context, word string) ([]leafTerms, error) {
	var out []leafTerms
	for _, s := range splitStarts {
		rest, ok := strings.CutPrefix(word, s.joined)
		if !ok || len(rest) < shortestName || words.Hot(rest) {
			continue
		}
		name, err := e.named(ctx, rest, !words.Hot(s.words[0][0]) || s.joined == "o")
		if err != nil {
			return nil, err
		}
		if len(name.exact) == 0 {
			continue
		}
		for _, starts := range s.words {
			out = append(out, leafTerms{words: append(apiece(starts), name)})
		}
	}
	return out, nil
}

// named is a part of a name as far as the index has it: as it is, and where that
// is asked for, what sounds like it.
func (e *expander) named(ctx context.Context, name string, sounding bool) (leafTerms, error) {
	var t leafTerms
	n, err := e.alive(ctx, name, 0)
	if err != nil {
		return t, err
	}
	if n > 0 {
		t.exact = []string{name}
	}
	if sounding {
		alike, err := e.soundsLike(ctx, name, nil)
		if err != nil {
			return t, err
		}
		t.exact = slices.Concat(t.exact, alike)
	}
	return t, nil
}

// joined are the words from a place on that a recogniser may have joined to a
// name or a compound: what they are joined, and how many they are. Only behind
// the starts that are no frequent words it may also be what sounds like it.
func (e *expander) joined(ctx context.Context, list []string, at int) (int, leafTerms, error) {
	if at+1 < len(list) {
		if verb, ok, err := e.together(ctx, list[at], list[at+1]); ok || err != nil {
			return 2, verb, err
		}
	}
	to := at
	for to < len(list) && to-at < mostStarts && nameStarts[list[to]] {
		to++
	}
	starts := to > at
	if !starts {
		to++
	}
	if to >= len(list) || len(list[to]) < 3 || nameStarts[list[to]] || words.Hot(list[to]) || !starts && (len(list[at]) < 3 || words.Hot(list[at])) {
		return 0, leafTerms{}, nil
	}
	whole := strings.Join(list[at:to+1], "")
	if hasDigit(whole) || len(whole) > longestJoined {
		return 0, leafTerms{}, nil
	}
	if e.pairs++; e.pairs > e.bounds.joined {
		e.leaveOut(fmt.Sprintf("only the first %d pairs of words were also looked up as one word", e.bounds.joined))
		return 0, leafTerms{}, nil
	}
	t, err := e.named(ctx, whole, starts && (!words.Hot(list[at]) || list[at] == "o"))
	if err != nil || len(t.exact) == 0 {
		return 0, leafTerms{}, err
	}
	return to + 1 - at, t, nil
}

// longestJoined is the most bytes of words that may have been joined.
const longestJoined = 40
