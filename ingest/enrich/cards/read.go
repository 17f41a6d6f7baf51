package cards

import (
	"strconv"
	"strings"

	"afterbeep/ingest/enrich/langcode"
)

// piece is a part of a text that says digits.
type piece struct {
	first, last int // its tokens, both included
	digits      string
	written     bool   // in digits
	weak        bool   // a word that is a digit only beside others
	apart       string // its digits where its words are numbers by themselves, "" where they are not
	end         string // the digits of the last of several words, where that is a number by itself
}

// reading are the pieces of a text, read in one language.
type reading struct {
	pieces []piece
	all    int // digits in it
	said   int // those that are written, or stand beside others
}

// read finds the pieces among tokens, in the language in which they say most. Where
// lang is known, another must say some digits more: "once" is eleven.
func read(ts []token, lang string) reading {
	lang = langcode.Base(lang)
	var best reading
	margin := 0
	if _, known := lexicons[lang]; known {
		best, margin = readIn(ts, lang), 2
	}
	for _, l := range languages {
		if l == lang {
			continue
		}
		if r := readIn(ts, l); r.said > best.said+margin || margin == 0 && r.all > best.all {
			best = r
		}
	}
	return best
}

// reader reads the number that begins at a token.
type reader struct {
	lexicon
	ts []token
}

func readIn(ts []token, lang string) reading {
	r := reader{lexicons[lang], ts}
	var out reading
	for i := 0; i < len(ts); {
		p, ok := r.piece(i)
		if !ok {
			i++
			continue
		}
		if i > 0 && p.apart == "" {
			p.apart = r.countedIn(i-1, p)
		}
		if p.last > p.first {
			p.end = r.lastOf(p)
		}
		out.pieces = append(out.pieces, p)
		i = p.last + 1
	}
	out.pieces = beside(ts, out.pieces)
	for i, p := range out.pieces {
		out.all += len(p.digits)
		next := i+1 < len(out.pieces) && p.last+1 == out.pieces[i+1].first
		if p.written || next || i > 0 && out.pieces[i-1].last+1 == p.first {
			out.said += len(p.digits)
		}
	}
	return out
}

// beside leaves out the weak pieces that have no digits beside them.
func beside(ts []token, pieces []piece) []piece {
	kept := pieces[:0]
	for i, p := range pieces {
		near := func(j int) bool {
			if j < 0 || j >= len(pieces) {
				return false
			}
			a, b := pieces[min(i, j)], pieces[max(i, j)]
			return a.last+1 == b.first && ts[b.first].gap <= thin
		}
		if !p.weak || near(i-1) || near(i+1) {
			kept = append(kept, p)
		}
	}
	return kept
}

// word is the number word at i; false where there is none, or where it has to
// stand close to the token before it and doesn't.
func (r reader) word(i int, close bool) (number, bool) {
	if i >= len(r.ts) || close && (r.ts[i].gap > thin || r.ts[i].border) {
		return number{}, false
	}
	n, ok := r.words[r.ts[i].word]
	return n, ok
}

// piece reads what begins at token i.
func (r reader) piece(i int) (piece, bool) {
	t := r.ts[i]
	if t.digits != "" {
		return piece{first: i, last: i, digits: t.digits, written: true}, true
	}
	n, ok := r.word(i, false)
	switch {
	case ok && n.kind == times:
		return r.repeated(i, n.value, i+1)
	case ok && n.value > 1 && n.kind == unit && r.counts(i):
		return piece{}, false
	case ok && articlesOne[t.word] && i+1 < len(r.ts) && afterOne[r.ts[i+1].word]:
		return piece{}, false
	case ok && (n.kind == unit || n.kind == weak):
		if p, ok := r.several(i, n.value); ok {
			return p, true
		}
	}
	value, next, found := r.whole(i)
	if found {
		p := piece{first: i, last: next - 1, digits: strconv.Itoa(value)}
		p.weak = ok && n.kind == weak && next == i+1
		p.apart = r.apart(i, next)
		return p, true
	}
	if rest, count, ok := r.glued(t.word); ok {
		return piece{first: i, last: i, digits: strings.Repeat(rest, count)}, true
	}
	return piece{}, false
}

// apart are the digits of several words that are numbers by themselves: 107 for
// "dix sept".
func (r reader) apart(from, to int) string {
	if to-from < 2 {
		return ""
	}
	digits := ""
	for i := from; i < to; i++ {
		if i > from && r.ts[i].gap == hyphen {
			return ""
		}
		switch n := r.words[r.ts[i].word]; {
		case n.kind == unit || n.kind == weak || n.kind == teen || n.kind == tens:
			digits += strconv.Itoa(n.value)
		default:
			return ""
		}
	}
	return digits
}

// articlesOne are digits, or articles; afterOne are words behind a "one" that is no digit: one moment, one more time.
var (
	articlesOne = set(`one un una une ein eine`)
	afterOne    = set(`moment second sec minute more time of thing momento segundo minuto instant seconde augenblick mal`)
)

// What stands before or behind a number that says how many digits come: the last
// four, les quatre derniers.
var (
	countedBefore = set(`first next last second third middle other remaining primeros siguientes ultimos otros ersten nachsten naechsten letzten`)
	countedBehind = set(`digit digits numbers premiers premieres suivants derniers dernieres chiffres digitos cifras primeros siguientes ultimos ziffern zahlen`)
)

// counts reports whether the number at i says how many digits come.
func (r reader) counts(i int) bool {
	return i > 0 && countedBefore[r.ts[i-1].word] && r.ts[i].gap <= thin ||
		i+1 < len(r.ts) && countedBehind[r.ts[i+1].word] && r.ts[i+1].gap <= thin
}

// lastOf are the digits of the last word of a piece, "" where it is none by itself.
func (r reader) lastOf(p piece) string {
	t := r.ts[p.last]
	if t.digits != "" || t.gap != thin {
		return t.digits
	}
	switch n := r.words[t.word]; n.kind {
	case unit, teen, tens:
		return strconv.Itoa(n.value)
	}
	return ""
}

// countedIn are the digits of a piece behind a word that may say how many come,
// or may be one of them: "last four three two six".
func (r reader) countedIn(i int, p piece) string {
	n, ok := r.word(i, false)
	if !ok || n.kind != unit || !r.counts(i) || r.ts[p.first].gap > thin {
		return ""
	}
	return strconv.Itoa(n.value) + p.digits
}

// repeated reads "double" and what it doubles.
func (r reader) repeated(i, count, at int) (piece, bool) {
	if at < len(r.ts) && articles[r.ts[at].word] && r.ts[at].gap <= thin {
		at++
	}
	if at >= len(r.ts) || r.ts[at].gap > thin {
		return piece{}, false
	}
	if d := r.ts[at].digits; d != "" {
		if len(d) > 5 || len(d) > 2 && at > i+1 { // a number by itself: in two times, 4242…
			return piece{}, false
		}
		if len(d) > 2 { // doubles the first of them
			return piece{first: i, last: at, digits: strings.Repeat(d[:1], count) + d[1:], written: true}, true
		}
		return piece{first: i, last: at, digits: strings.Repeat(d, count)}, true
	}
	n, ok := r.word(at, true)
	switch {
	case !ok:
		return piece{}, false
	case n.kind == plural || n.kind == unit || n.kind == weak:
		return piece{first: i, last: at, digits: strings.Repeat(strconv.Itoa(n.value), count)}, true
	}
	value, next, ok := r.whole(at)
	if !ok {
		return piece{}, false
	}
	return piece{first: i, last: next - 1, digits: strings.Repeat(strconv.Itoa(value), count)}, true
}

// articles stand before the digit in "dreimal die zwei".
var articles = map[string]bool{"the": true, "el": true, "la": true, "le": true, "die": true}

// timesWords make "three times" of a unit.
var timesWords = map[string]bool{"times": true, "veces": true, "fois": true, "mal": true}

// several reads "four zeros", and "three times the two".
func (r reader) several(i, count int) (piece, bool) {
	if count >= 2 && i+1 < len(r.ts) && timesWords[r.ts[i+1].word] && r.ts[i+1].gap <= thin {
		return r.repeated(i, count, i+2)
	}
	n, ok := r.word(i+1, true)
	if !ok || n.kind != plural || count < 2 {
		return piece{}, false
	}
	return piece{first: i, last: i + 1, digits: strings.Repeat(strconv.Itoa(n.value), count)}, true
}

// whole reads a whole number, up to 999,999; next is the token after it.
func (r reader) whole(i int) (value, next int, ok bool) {
	value, next, ok = r.upTo999(i)
	if !ok {
		if n, is := r.word(i, false); is && n.kind == thousand && r.and != "and" {
			value, next, ok = 1, i, true // "mil", "mille", "tausend"
		}
	}
	if !ok {
		return 0, i, false
	}
	if n, is := r.word(next, next > i); is && n.kind == thousand && value > 0 {
		value, next = value*1000, next+1
		if rest, after, ok := r.upTo999(r.over(next)); ok && r.ts[next].gap <= thin {
			return value + rest, after, true
		}
	}
	return value, next, true
}

// over is the token after the word that may stand between hundreds and tens.
func (r reader) over(i int) int {
	if i+1 < len(r.ts) && r.ts[i].word == r.and && r.ts[i].gap <= thin && r.ts[i+1].gap <= thin {
		return i + 1
	}
	return i
}

// upTo999 reads a number below 1,000, or hundreds of two digits: forty-two
// hundred.
func (r reader) upTo999(i int) (value, next int, ok bool) {
	n, is := r.word(i, false)
	if is && n.kind == hundreds {
		value, next, ok = n.value, i+1, true
	} else {
		value, next, ok = r.upTo99(i)
		if !ok && is && n.kind == hundred && r.and != "and" {
			value, next, ok = 1, i, true // "cent", "hundert"
		}
		if !ok {
			return 0, i, false
		}
		h, is := r.word(next, next > i)
		if !is || h.kind != hundred || value == 0 {
			return value, next, true
		}
		value, next = value*100, next+1
	}
	if rest, after, ok := r.upTo99(r.over(next)); ok && rest > 0 && next < len(r.ts) && r.ts[next].gap <= thin {
		return value + rest, after, true
	}
	return value, next, true
}

// upTo99 reads a number below 100.
func (r reader) upTo99(i int) (value, next int, ok bool) {
	n, is := r.word(i, false)
	if !is {
		return r.compound(i)
	}
	switch n.kind {
	case unit, weak:
		return r.afterUnit(i, n)
	case teen:
		if n.value == 10 && r.and == "et" { // dix-sept
			if u, ok := r.word(i+1, true); ok && u.kind == unit && u.value >= 7 {
				return 10 + u.value, i + 2, true
			}
		}
		return n.value, i + 1, true
	case tens:
		return r.afterTens(i, n)
	}
	return 0, i, false
}

// afterUnit reads on after a unit: quatre-vingt, zwei und vierzig.
func (r reader) afterUnit(i int, n number) (value, next int, ok bool) {
	t, is := r.word(i+1, true)
	switch {
	case is && t.kind == tens && t.value == 20 && n.value == 4 && r.and == "et":
		value, next = 80, i+2
		if u, ok := r.word(next, true); ok && (u.kind == unit && u.value > 0 || u.kind == teen) {
			if v, after, ok := r.upTo99(next); ok && v < 20 {
				return value + v, after, true
			}
		}
		return value, next, true
	case r.unitFirst && n.value > 0 && i+2 < len(r.ts) && r.ts[i+1].word == r.and && r.ts[i+1].gap <= thin:
		if t, is := r.word(i+2, true); is && t.kind == tens {
			return t.value + n.value, i + 3, true
		}
	}
	return n.value, i + 1, true
}

// afterTens reads on after tens: forty two, cuarenta y dos, soixante et onze.
func (r reader) afterTens(i int, n number) (value, next int, ok bool) {
	if r.unitFirst {
		return n.value, i + 1, true
	}
	at := i + 1
	if r.and != "and" {
		at = r.over(at)
	}
	if r.and == "y" && at == i+1 {
		return n.value, at, true
	}
	u, is := r.word(at, true)
	switch {
	case is && u.kind == unit && u.value > 0:
		// Quatre-vingts after a number of tens begins the next.
		if t, is := r.word(at+1, true); is && r.and == "et" && u.value == 4 && t.kind == tens && t.value == 20 {
			break
		}
		if p, is := r.word(at+1, true); is && p.kind == plural {
			break
		}
		return n.value + u.value, at + 1, true
	case is && u.kind == teen && r.and == "et" && n.value == 60:
		v, after, _ := r.upTo99(at)
		return n.value + v, after, true
	}
	return n.value, i + 1, true
}

// longestCompound is more than the letters of every German number below a million;
// what is longer would be looked through again and again.
const longestCompound = 80

// compound reads a German number that is one word.
func (r reader) compound(i int) (value, next int, ok bool) {
	if !r.unitFirst || i >= len(r.ts) || len(r.ts[i].word) < 6 || len(r.ts[i].word) > longestCompound {
		return 0, i, false
	}
	value, ok = germanNumber(r.ts[i].word)
	return value, i + 1, ok
}

// germanNumber is the value of a compound as zweiundvierzig, below 1,000,000.
func germanNumber(word string) (int, bool) {
	if before, after, ok := strings.Cut(word, "tausend"); ok {
		return germanParts(before, after, 1000)
	}
	if before, after, ok := strings.Cut(word, "hundert"); ok {
		return germanParts(before, after, 100)
	}
	if n, ok := germanWord(word); ok {
		return n.value, true
	}
	for at := 3; at+6 <= len(word); at++ {
		if word[at:at+3] != "und" {
			continue
		}
		u, ok := germanWord(word[:at])
		t, is := germanWord(word[at+3:])
		if ok && is && u.kind <= weak && u.value > 0 && t.kind == tens {
			return t.value + u.value, true
		}
	}
	return 0, false
}

func germanParts(before, after string, by int) (int, bool) {
	value := by
	if before != "" {
		n, ok := germanNumber(before)
		if !ok || n == 0 || by == 100 && n > 99 {
			return 0, false
		}
		value = n * by
	}
	if after = strings.TrimPrefix(after, "und"); after == "" {
		return value, true
	}
	n, ok := germanNumber(after)
	return value + n, ok && n < by
}

func germanWord(word string) (number, bool) {
	n, ok := german.words[word]
	return n, ok && (n.kind == unit || n.kind == weak || n.kind == teen || n.kind == tens)
}

// glued reads a word that a machine put together: doppelnull, zweizwei,
// fourtwo. digits is what it says count times.
func (r reader) glued(word string) (digits string, count int, ok bool) {
	if len(word) < 6 {
		return "", 0, false
	}
	for _, prefix := range []string{"doppel", "double", "triple", "doble"} {
		if rest, ok := strings.CutPrefix(word, prefix); ok {
			n, known := r.words[rest]
			if by := r.words[prefix]; known && n.kind == unit && by.kind == times {
				return strconv.Itoa(n.value), by.value, true
			}
		}
	}
	var b strings.Builder
	for word != "" {
		n := r.unitAtStart(word)
		if n == 0 {
			return "", 0, false
		}
		b.WriteString(strconv.Itoa(r.words[word[:n]].value))
		word = word[n:]
	}
	return b.String(), 1, true
}

// unitAtStart is the length of the longest unit that a word begins with.
func (r reader) unitAtStart(word string) int {
	for n := min(len(word), 6); n >= 3; n-- {
		if u, ok := r.words[word[:n]]; ok && u.kind == unit {
			return n
		}
	}
	return 0
}
