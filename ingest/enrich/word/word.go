// Package word cuts the text of a message into words as recognisers write them
// down: with or without case, accents and punctuation. Cut is pure and safe for
// concurrent use, and takes any bytes.
package word

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mark is what stands between a word and the one before it, beside spaces.
type Mark uint8

// The marks, the strongest last.
const (
	None       Mark = iota
	Apostrophe      // one, and no space
	Hyphen          // one, and no space
	Dot             // one, and no space: "16.30"
	Colon           // the same: "16:30"
	Comma           // a short pause
	Stop            // the end of a sentence, a line break
)

// Word is a run of letters or a run of digits: text[Start:End].
type Word struct {
	Start, End int // bytes
	// Plain is the word without case and accents; "ß" is "ss".
	Plain string
	// Number says that it is digits.
	Number bool
	// Glued says that nothing stands before it: letters behind digits or the
	// other way round.
	Glued bool
	Mark  Mark
}

// Max is how many words of a text are read.
const Max = 6000

// Cut returns the words of a text, at most Max.
func Cut(text string) []Word {
	c := cutter{text: text, words: make([]Word, 0, len(text)/5+4), start: -1}
	for i, r := range text {
		plain := fold(r)
		if plain == 0 {
			c.end(i)
			c.mark(r, i)
			continue
		}
		if number := '0' <= plain && plain <= '9'; c.start >= 0 && number != c.number {
			c.end(i)
			c.glued = true
		}
		if c.start < 0 {
			if len(c.words) == Max {
				break
			}
			c.start, c.number = i, '0' <= plain && plain <= '9'
		}
		c.add(r, plain, i)
	}
	c.end(len(text))
	plain := string(c.plain)
	from := 0
	for _, f := range c.folded {
		c.words[f.word].Plain = plain[from:f.end]
		from = f.end
	}
	return c.words
}

type cutter struct {
	text   string
	words  []Word
	plain  []byte   // of the words that are not plain as they are written, one behind the other
	folded []folded // the same words
	start  int      // of the word that is read, -1 for none
	folds  bool     // it is one of those
	number bool     // it is digits
	before Mark
	spaces bool // since the last word
	glued  bool
}

// folded is where a word ends in the letters of those that were folded.
type folded struct{ word, end int }

func (c *cutter) add(r, plain rune, at int) {
	if !c.folds {
		if r == plain && r < utf8.RuneSelf {
			return
		}
		c.folds = true
		if c.plain == nil {
			c.plain, c.folded = make([]byte, 0, 64), make([]folded, 0, 8)
		}
		c.plain = append(c.plain, c.text[c.start:at]...)
	}
	switch {
	case r < utf8.RuneSelf:
		c.plain = append(c.plain, byte(plain))
	case r == 'ß' || r == 'ẞ':
		c.plain = append(c.plain, "ss"...)
	case r == 'œ' || r == 'Œ':
		c.plain = append(c.plain, "oe"...)
	case r == 'æ' || r == 'Æ':
		c.plain = append(c.plain, "ae"...)
	case unicode.Is(unicode.Mn, r): // an accent of its own
	default:
		c.plain = utf8.AppendRune(c.plain, plain)
	}
}

func (c *cutter) end(at int) {
	if c.start < 0 {
		return
	}
	c.words = append(c.words, Word{Start: c.start, End: at, Plain: c.text[c.start:at], Number: c.number, Mark: c.before, Glued: c.glued})
	if c.folds {
		c.folded = append(c.folded, folded{len(c.words) - 1, len(c.plain)})
	}
	c.start, c.folds, c.before, c.spaces, c.glued = -1, false, None, false, false
}

// mark keeps the strongest of the marks between two words.
func (c *cutter) mark(r rune, at int) {
	m := None
	if r == ' ' {
		c.spaces = true
		return
	}
	tight := !c.spaces && at+utf8.RuneLen(max(r, 0)) < len(c.text) && c.text[min(at+utf8.RuneLen(max(r, 0)), len(c.text)-1)] > ' '
	switch r {
	case '\'', '’', '‘', '`', '´', 'ʼ':
		m = Apostrophe
	case '-', '‐', '‑':
		if m = Comma; tight {
			m = Hyphen
		}
	case '.':
		if m = Stop; tight {
			m = Dot
		}
	case ':':
		if m = Comma; tight {
			m = Colon
		}
	case ',', ';', '–', '—', '(', ')', '"', '«', '»', '“', '”', '…':
		m = Comma
	case '!', '?', '\n', '\r', '¡', '¿', '。':
		m = Stop
	case '\t':
		c.spaces = true
	}
	c.before = max(c.before, m)
}

// fold returns what a letter is without case and accent, 0 for what is no part
// of a word.
func fold(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
		return r
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	case r < utf8.RuneSelf || r == utf8.RuneError:
		return 0
	}
	r = unicode.ToLower(r)
	if 0xE0 <= r && r <= 0xFF {
		if plain := accented[r-0xE0]; plain != ' ' {
			return rune(plain)
		}
	}
	if unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) {
		return r
	}
	return 0
}

// accented are the plain letters for U+00E0 to U+00FF; ' ' where there is none.
const accented = "aaaaaa ceeeeiiii nooooo ouuuuy y"

// Phrases finds phrases of several words, each of which stands for a T. It is safe
// for concurrent use once all are added.
type Phrases[T any] struct{ byFirst Index[[]phrase[T]] }

type phrase[T any] struct {
	rest  []string // behind its first word
	value T
}

// Add adds phrases, separated by "|".
// Of two that fit, the longer is found.
func (p *Phrases[T]) Add(value T, phrases string) {
	for text := range strings.SplitSeq(phrases, "|") {
		var words []string
		for _, w := range Cut(text) {
			words = append(words, w.Plain)
		}
		if len(words) == 0 {
			continue
		}
		list, _ := p.byFirst.Get(words[0])
		at := len(list)
		for at > 0 && len(list[at-1].rest) < len(words)-1 {
			at--
		}
		list = append(list, phrase[T]{})
		copy(list[at+1:], list[at:])
		list[at] = phrase[T]{words[1:], value}
		p.byFirst.Put(words[0], list)
	}
}

// At returns what the longest phrase that begins with words[i] stands for, and
// how many words it has; 0 where there is none. No phrase goes over a Stop.
func (p *Phrases[T]) At(words []Word, i int) (value T, n int) {
	list, _ := p.byFirst.Get(words[i].Plain)
next:
	for _, ph := range list {
		if i+len(ph.rest) >= len(words) {
			continue
		}
		for j, w := range ph.rest {
			if got := &words[i+1+j]; got.Plain != w || got.Mark == Stop {
				continue next
			}
		}
		return ph.value, 1 + len(ph.rest)
	}
	return value, 0
}

// Has reports whether a phrase was added.
func (p *Phrases[T]) Has(text string) bool {
	words := Cut(text)
	if len(words) == 0 {
		return false
	}
	_, n := p.At(words, 0)
	return n == len(words)
}

// Index is a T for each of some words. It rules out most other words without a
// look-up. The zero Index is empty. It is safe for concurrent use once all are put.
type Index[T any] struct {
	byWord map[string]T
	shapes shapes
}

// Put sets what a word, as Word.Plain has it, stands for.
func (x *Index[T]) Put(plain string, value T) {
	if x.byWord == nil {
		x.byWord = map[string]T{}
	}
	x.byWord[plain] = value
	x.shapes.add(plain)
}

// Get returns what a word stands for.
func (x *Index[T]) Get(plain string) (value T, ok bool) {
	if !x.shapes.may(plain) {
		return value, false
	}
	value, ok = x.byWord[plain]
	return value, ok
}

// shapes tell of most words that they are not in a list, for less than asking its
// map takes: by the first letter and the last, bit n says that some word has n bytes.
type shapes [64]uint64

func (s *shapes) add(w string) {
	at, bit := shape(w)
	s[at] |= bit
}

func (s *shapes) may(w string) bool {
	at, bit := shape(w)
	return s[at]&bit != 0
}

func shape(w string) (at int, bit uint64) {
	if w == "" {
		return 0, 1
	}
	return int(w[0]+5*w[len(w)-1]) % len(shapes{}), 1 << min(len(w), 63)
}

// Set is a set of words and of beginnings of words. The zero Set is empty.
type Set struct {
	words, stems *Index[bool]
	short, long  int // stems
}

// NewSet makes a set from words separated by "|"; "call*" is every word that
// begins with "call".
func NewSet(list string) Set {
	s := Set{words: new(Index[bool]), stems: new(Index[bool]), short: 99}
	for w := range strings.SplitSeq(list, "|") {
		stem, isStem := strings.CutSuffix(w, "*")
		for _, plain := range Cut(stem) {
			if !isStem {
				s.words.Put(plain.Plain, true)
				continue
			}
			s.stems.Put(plain.Plain, true)
			s.short, s.long = min(s.short, len(plain.Plain)), max(s.long, len(plain.Plain))
		}
	}
	return s
}

// Has reports whether a word, as Word.Plain has it, is in the set.
func (s Set) Has(plain string) bool {
	if s.words == nil {
		return false
	}
	if _, ok := s.words.Get(plain); ok {
		return true
	}
	for n := s.short; n <= min(s.long, len(plain)); n++ {
		if _, ok := s.stems.Get(plain[:n]); ok {
			return true
		}
	}
	return false
}
