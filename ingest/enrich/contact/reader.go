package contact

import (
	"slices"
	"unicode"

	"afterbeep/ingest/enrich/numbers"
)

// item is a number while it is being understood.
type item struct {
	Number
	first, last int // of its tokens
	plus        bool
	alts        []string
	before      before
	after       after
	area        string // said elsewhere, to be put before the digits
	rank        int    // of calling: the less the sooner
	whole       bool   // E164 and Kind are settled
	role        role
	mention     bool // the words mean the caller id
	soft        bool // Kind may only be what the call is about
}

// role is what an item is beside a number of its own.
type role uint8

const (
	alone     role = iota
	extension      // of another number
	areaCode       // of another number
	ending         // the end of another number
	replaced       // what another one replaces
	partOf         // said again, or wrong
)

// reader is a message while it is being read.
type reader struct {
	Message
	text   string
	words  *lexicon
	tokens []token
	cues   []cue   // of the phrase that begins at each token
	starts []int32 // of each token: where the phrase begins that it is in
	ends   []int32 // of each token: where the phrase ends that begins there
	items  []item
	places []region
	caller callerID
}

func newReader(m Message, runs []numbers.Run) *reader {
	r := &reader{Message: m, text: m.Text, words: language(m.Lang)}
	r.tokens = r.words.tokens(m.Text)
	r.items = make([]item, 0, len(runs)+2)
	t := 0
	for _, run := range runs {
		for t < len(r.tokens) && r.tokens[t].end <= run.Start() {
			t++
		}
		it := item{first: t, last: t, plus: run.Plus, alts: run.Alts}
		it.Digits, it.Spans = run.Digits, run.Spans
		for ; t < len(r.tokens) && r.tokens[t].start < run.End(); t++ {
			r.tokens[t].item = int32(len(r.items))
			it.last = t
		}
		if it.first < len(r.tokens) {
			r.items = append(r.items, it)
		}
	}
	r.match()
	return r
}

// match finds the phrases of the lexicon, none of which goes into a number.
func (r *reader) match() {
	n := len(r.tokens)
	r.cues = make([]cue, n)
	bounds := make([]int32, 2*n)
	r.starts, r.ends = bounds[:n], bounds[n:]
	for t := 0; t < n; {
		c, next := r.words.match(r.tokens, t)
		if r.tokens[t].item >= 0 {
			c, next = 0, t+1
		}
		r.cues[t], r.ends[t] = c, int32(next)
		wide := c.has(shown)
		for i := t; i < next; i++ {
			r.starts[i] = int32(t)
			if wide && i > t {
				r.starts[i], r.ends[i] = int32(i), int32(i+1)
				r.cues[i] = r.words.single(r.tokens[i].word) &^ (this | shown)
			}
		}
		t = next
	}
}

// single returns what a word says by itself.
func (x *lexicon) single(word int32) (c cue) {
	if word <= 0 {
		return 0
	}
	for _, p := range x.phrases[word] {
		if len(p.words) == 1 {
			c |= p.cue
		}
	}
	return c
}

// stops tells whether a sentence ends right before token t.
func (r *reader) stops(t int) bool { return r.tokens[t].gap&gapStop != 0 }

// sortOut reads the words around each number.
func (r *reader) sortOut() {
	for i := range r.items {
		it := &r.items[i]
		it.before = r.lookBack(it)
		it.after = r.lookAhead(it)
		it.Label = r.labelOf(it)
		it.judge()
	}
	r.shareContext()
}

// shareContext gives a number that only "and", "or" or letters part from the one before it
// what the words say of that one: "my accounts are 4711 and 4712".
func (r *reader) shareContext() {
	for i := 1; i < len(r.items); i++ {
		a, b := &r.items[i-1], &r.items[i]
		if b.Kind != "" || b.role != alone || a.role != alone || b.before.phone || b.first-a.last > 3 {
			continue
		}
		joined, listed, lettered := true, false, true
		for t := a.last + 1; t < b.first; t++ {
			letter := r.letter(t)
			joined = joined && (letter || r.cues[t].has(either|link|mine) && !r.cues[t].has(anew)) && !r.stops(t)
			listed = listed || r.cues[t].has(either)
			lettered = lettered && letter
		}
		joined = joined && (listed || lettered)
		if joined && !r.stops(b.first) && a.Kind != "" && a.Kind != Not && a.Kind != Date {
			b.Kind = a.Kind
		}
		b.before.neg = b.before.neg || joined && a.before.neg && !r.stops(b.first)
	}
}

// letter tells whether a token is a capital letter: "8R 4471" is one number.
func (r *reader) letter(t int) bool {
	k := r.tokens[t]
	return k.end-k.start == 1 && unicode.IsUpper(rune(r.text[k.start]))
}

// list returns what was found: those to call first.
func (r *reader) list() []Number {
	slices.SortStableFunc(r.items, func(a, b item) int { return a.first - b.first })
	var call, others []item
	for _, it := range r.items {
		if it.Kind == Call && !it.mention && it.toWrite() {
			it.Kind = Write
		}
		switch {
		case it.role == extension, it.role == areaCode, it.role == ending, it.mention && it.Kind == "":
			continue
		case it.Kind == Call:
			call = append(call, it)
		default:
			others = append(others, it)
		}
	}
	slices.SortStableFunc(call, func(a, b item) int { return a.rank - b.rank })
	var out []Number
	for _, it := range append(call, others...) {
		if it.Kind == "" {
			it.Kind = Other
		}
		if it.Kind != Call && it.Kind != Not && it.Kind != Write {
			it.E164, it.Ext, it.Valid = "", "", false
		}
		out = append(out, it.Number)
	}
	return out
}
