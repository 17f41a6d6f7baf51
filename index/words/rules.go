package words

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// rules cut suffixes where no other stemmer does, or only with the accents that
// folding took away. They are light: a few endings that change a word's form,
// tried from the longest on, never so many that too little is left.
type rules struct {
	suffixes map[string]string // to what stands for them
	longest  int               // suffix, in bytes
	min      int               // letters to leave
	rounds   int
}

// cutting makes rules from a list of endings with spaces between them. "qu>c"
// puts c in place of qu. At least min letters are left of a word, what stands
// for the ending counted; the rules apply at most so many times in a row.
func cutting(minimum, rounds int, list string) rules {
	r := rules{suffixes: make(map[string]string), min: minimum, rounds: rounds}
	for _, s := range strings.Fields(list) {
		suffix, by, _ := strings.Cut(s, ">")
		r.suffixes[suffix] = by
		r.longest = max(r.longest, len(suffix))
	}
	return r
}

func (r rules) apply(word string) string {
	for range r.rounds {
		shorter := r.once(word)
		if shorter == word {
			break
		}
		word = shorter
	}
	return word
}

func (r rules) once(word string) string {
	for n := min(r.longest, len(word)-1); n > 0; n-- {
		root := word[:len(word)-n]
		by, ok := r.suffixes[word[len(word)-n:]]
		if ok && utf8.RuneCountInString(root)+utf8.RuneCountInString(by) >= r.min {
			return root + by
		}
	}
	return word
}

// chain makes one stemmer of several steps.
func chain(steps ...func(string) string) func(string) string {
	return func(word string) string {
		for _, s := range steps {
			word = s(word)
		}
		return word
	}
}

// pairs reads a list of "from>to"; several forms of one word are "a,b>c".
func pairs(list string) map[string]string {
	out := make(map[string]string)
	for _, p := range strings.Fields(list) {
		from, to, _ := strings.Cut(p, ">")
		for f := range strings.SplitSeq(from, ",") {
			out[f] = to
		}
	}
	return out
}

// verbs makes a stemmer of three steps: one that cuts, the rules for what it
// left, and a list of stems that a word changes to, each with that of its usual
// form. The list may have stems from before or after the rules.
func verbs(cut func(string) string, rest func(string) string, list string) func(string) string {
	early := pairs(list)
	known := reduced(early, rest)
	return func(word string) string {
		stem := cut(word)
		if to, ok := early[stem]; ok {
			return rest(to)
		}
		stem = rest(stem)
		if to, ok := known[stem]; ok {
			return to
		}
		return stem
	}
}

// reduced returns the pairs with the rules applied to both sides. A pair that
// needs no rule comes before one that does; of several, the first in order.
func reduced(stems map[string]string, rest func(string) string) map[string]string {
	out := make(map[string]string)
	for _, from := range slices.Sorted(maps.Keys(stems)) {
		if short := rest(from); short == from || stems[short] == "" && out[short] == "" {
			out[short] = rest(stems[from])
		}
	}
	return out
}

// replacing makes a step that looks a word up among pairs.
func replacing(list string) func(string) string {
	known := pairs(list)
	return func(word string) string {
		if to, ok := known[word]; ok {
			return to
		}
		return word
	}
}
