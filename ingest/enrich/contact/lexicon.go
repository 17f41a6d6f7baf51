package contact

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

// cue is what words say of the numbers near them.
type cue uint64

const (
	phone    cue = 1 << iota // a telephone's, or to be called
	number                   // a number, of whatever
	account                  // an account's, an order's, a machine's
	fax                      // a fax's
	code                     // a post code, a house, a room, a key to press
	unit                     // behind an amount
	money                    // before an amount
	clock                    // beside a time
	calendar                 // beside a date
	ext                      // an extension follows
	area                     // an area code
	neg                      // not
	gone                     // behind a number that is not to be called any more
	old                      // before such a number
	remove                   // before a number that is to be forgotten
	off                      // behind such a number
	calledUs                 // before a number that somebody was called from
	dialled                  // before a number that the caller has called
	best                     // before or behind the number to call first
	orElse                   // before the number to call next
	either                   // or, also
	this                     // the caller id, or a number said nearby
	shown                    // the caller id
	same                     // the number that follows is like another one
	tail                     // beside the end of a number that differs
	instead                  // before what is replaced
	but                      // before what differs
	place                    // what a number is for: home, mobile
	person                   // whose it is
	mine                     // my, our, his
	link                     // says nothing by itself
	be                       // is
	about                    // before what the call is about
	whether                  // if
	again                    // what was said is said once more
	fix                      // what was said was wrong
	fine                     // will do, is right
	anew                     // begins to say what to do
	writing                  // before or behind a number to write to
	device                   // with this: the telephone in the caller's hand
	lure                     // calls of sellers and cheats say it
	spoken0                  // the digit 0; those of 1 to 9 come next
	_                        // 1
	_                        // 2
	_                        // 3
	_                        // 4
	_                        // 5
	_                        // 6
	_                        // 7
	_                        // 8
	_                        // 9
	spent                    // the words were used
)

// has tells whether one of the cues is there.
func (c cue) has(some cue) bool { return c&some != 0 }

// figure returns the digit that a word says.
func (c cue) figure() (digit byte, ok bool) {
	for d := range byte(10) {
		if c.has(spoken0 << d) {
			return '0' + d, true
		}
	}
	return 0, false
}

// gapWords is how many words a gap in a phrase may stand for, marked.
const gapWords = int32(-1 << 16)

// phrase is words that say something together.
type phrase struct {
	words []int32 // gapWords+n for up to n words of any kind
	cue   cue
}

// pattern is the beginning or the end of words, as a word of the lexicon.
type pattern struct {
	text string
	word int32
}

// lexicon is what words say in a language. It doesn't change once built.
type lexicon struct {
	words    map[string]int32
	parents  [][]int32            // of each word: the patterns that it fits as well
	phrases  [][]phrase           // by first word, longest first
	prefixes map[uint16][]pattern // by their first two letters, longest first
	suffixes map[uint16][]pattern // by their last two letters, longest first
}

// entry is what a list of phrases, parted by "|", says. "*" ends the beginning of
// words and begins the end of words; "~3" stands for up to three words.
type entry struct {
	cue     cue
	phrases string
}

// lexicons are those of the languages by code, and of all together under "".
// They are built on first use and shared from then on.
var lexicons = sync.OnceValue(func() map[string]*lexicon {
	tables := map[string][]entry{"en": english, "es": spanish, "fr": french, "de": german}
	all := map[string]*lexicon{}
	var every []entry
	for _, code := range []string{"en", "es", "fr", "de"} {
		all[code] = build(slices.Concat(common, tables[code]))
		every = append(every, tables[code]...)
	}
	all[""] = build(slices.Concat(common, every))
	return all
})

func build(entries []entry) *lexicon {
	x := &lexicon{
		words: map[string]int32{}, parents: make([][]int32, 1), phrases: make([][]phrase, 1),
		prefixes: map[uint16][]pattern{}, suffixes: map[uint16][]pattern{},
	}
	for _, e := range entries {
		for text := range strings.SplitSeq(e.phrases, "|") {
			x.add(e.cue, strings.Fields(text))
		}
	}
	for _, lists := range []map[uint16][]pattern{x.prefixes, x.suffixes} {
		for _, list := range lists {
			slices.SortStableFunc(list, func(a, b pattern) int { return len(b.text) - len(a.text) })
		}
	}
	for word, id := range x.words {
		if !strings.Contains(word, "*") {
			x.parents[id] = x.fits([]byte(word))
		}
	}
	for id := range x.phrases {
		slices.SortStableFunc(x.phrases[id], func(a, b phrase) int { return len(b.words) - len(a.words) })
	}
	return x
}

func (x *lexicon) add(c cue, words []string) {
	if len(words) == 0 {
		return
	}
	p := phrase{cue: c}
	for _, w := range words {
		if n, ok := strings.CutPrefix(w, "~"); ok {
			most, _ := strconv.Atoi(n)
			p.words = append(p.words, gapWords+int32(most))
			continue
		}
		p.words = append(p.words, x.name(w))
	}
	first := p.words[0]
	for i, had := range x.phrases[first] {
		if slices.Equal(had.words, p.words) {
			x.phrases[first][i].cue |= c
			return
		}
	}
	x.phrases[first] = append(x.phrases[first], p)
}

// name returns the number of a word or pattern, a new one at first.
func (x *lexicon) name(w string) int32 {
	if id, ok := x.words[w]; ok {
		return id
	}
	id := int32(len(x.parents))
	x.words[w] = id
	x.parents = append(x.parents, nil)
	x.phrases = append(x.phrases, nil)
	if start, ok := strings.CutSuffix(w, "*"); ok {
		x.prefixes[pair(start[0], start[1])] = append(x.prefixes[pair(start[0], start[1])], pattern{start, id})
	} else if end, ok := strings.CutPrefix(w, "*"); ok {
		n := len(end)
		x.suffixes[pair(end[n-2], end[n-1])] = append(x.suffixes[pair(end[n-2], end[n-1])], pattern{end, id})
	}
	return id
}

func pair(a, b byte) uint16 { return uint16(a)<<8 | uint16(b) }

// find returns the word of the lexicon that a folded word is, or the longest
// pattern that it fits; 0 for none.
func (x *lexicon) find(word []byte) int32 {
	if id, ok := x.words[string(word)]; ok {
		return id
	}
	if len(word) < 3 {
		return 0
	}
	for _, p := range x.prefixes[pair(word[0], word[1])] {
		if len(word) >= len(p.text) && string(word[:len(p.text)]) == p.text {
			return p.word
		}
	}
	n := len(word)
	for _, p := range x.suffixes[pair(word[n-2], word[n-1])] {
		if n > len(p.text) && string(word[n-len(p.text):]) == p.text {
			return p.word
		}
	}
	return 0
}

// fits returns the patterns that a listed word fits.
func (x *lexicon) fits(word []byte) []int32 {
	if len(word) < 3 {
		return nil
	}
	var out []int32
	for _, p := range x.prefixes[pair(word[0], word[1])] {
		if strings.HasPrefix(string(word), p.text) {
			out = append(out, p.word)
		}
	}
	return out
}

// is tells whether a token's word is a word of a phrase.
func (x *lexicon) is(word, of int32) bool {
	return word == of || word > 0 && slices.Contains(x.parents[word], of)
}

// match returns the longest phrase at token t and where it ends; with several of
// the same words, what all of them say.
func (x *lexicon) match(ts []token, t int) (c cue, next int) {
	first := ts[t].word
	if first <= 0 {
		return 0, t + 1
	}
	next = t
	for i := -1; i < len(x.parents[first]); i++ {
		id := first
		if i >= 0 {
			id = x.parents[first][i]
		}
		for _, p := range x.phrases[id] {
			if end, ok := x.matches(p.words[1:], ts, t+1); ok && end >= next {
				if end > next {
					c = 0
				}
				c, next = c|p.cue, end
				break
			}
		}
	}
	return c, max(next, t+1)
}

func (x *lexicon) matches(words []int32, ts []token, t int) (end int, ok bool) {
	for i, w := range words {
		if w < 0 {
			for skip := range int(w-gapWords) + 1 {
				if end, ok := x.matches(words[i+1:], ts, t+skip); ok {
					return end, true
				}
			}
			return 0, false
		}
		if t >= len(ts) || !x.is(ts[t].word, w) {
			return 0, false
		}
		t++
	}
	return t, true
}
