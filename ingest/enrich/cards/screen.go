package cards

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// mostWeak is how many digits of a card may be words that are digits only
// beside others.
const mostWeak = 7

// tally is how many digits texts say, counted in a hurry: some more may be
// counted, never fewer.
type tally struct{ strong, weak int }

// enough reports whether there may be a card.
func (t tally) enough() bool { return t.strong+min(t.weak, mostWeak) >= fewest }

// add counts what a text says.
func (t *tally) add(text string) {
	var word [maxWord]byte
	for i := 0; i < len(text); {
		b := text[i]
		switch {
		case isLetter(b) || b == latinLead:
			n := 0
			for i < len(text) {
				b, size := letterAt(text, i)
				if size == 0 {
					break
				}
				i += size
				if b != 0 && n < maxWord {
					word[n] = b
					n++
				}
			}
			if n == 0 {
				i++
			}
			t.count(word[:n])
		case isDigit(b):
			t.strong++
			i++
		case b < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			if unicode.IsDigit(r) {
				t.strong++
			}
			i += size
		}
	}
}

// maxWord is how much of a word is looked at: more than any number word has.
const maxWord = 48

// The first bytes of accented letters of Latin-1, and of accents by themselves.
const (
	latinLead   = 0xc3
	accentLead  = 0xcc
	accentLead2 = 0xcd
)

// latin are the letters from U+00E0 on without their accents, 0 for what stands
// in no number.
var latin = [32]byte([]byte("aaaaaa\x00ceeeeiiii\x00nooooo\x00ouuuuy\x00y"))

// letterAt is the folded letter at i and its size; 0 for a letter or accent that
// is left out, and the size 0 for what is no letter.
func letterAt(text string, i int) (b byte, size int) {
	b = text[i]
	switch {
	case isLetter(b):
		return b | 0x20, 1
	case b == latinLead && i+1 < len(text) && text[i+1] == 0x9f: // ß, which numbers have as ss
		return 's', 2
	case b == latinLead && i+1 < len(text):
		return latin[text[i+1]&0x1f], 2
	case (b == accentLead || b == accentLead2) && i+1 < len(text):
		return 0, 2
	}
	return 0, 0
}

// weights are how many digits a word says at most.
var weights = func() map[string]tally {
	all := map[string]tally{}
	for _, l := range lexicons {
		for w, n := range l.words {
			t := all[w]
			switch n.kind {
			case weak:
				t.weak = 1
			case unit:
				t.strong = max(t.strong, 1)
			case teen, tens:
				t.strong = max(t.strong, 2)
			case hundreds, hundred, times:
				t.strong = max(t.strong, 3)
			case thousand:
				t.strong = max(t.strong, 4)
			case plural:
				t.strong = max(t.strong, 8)
			}
			all[w] = t
		}
	}
	all["dreisig"] = tally{strong: 2} // what dreißig is folded to here
	return all
}()

// begins has the lengths of number words by their first two letters, a bit for
// each length.
var begins = func() (table [26 * 26]uint32) {
	for w := range weights {
		if at, ok := beginning([]byte(w)); ok {
			table[at] |= 1 << len(w)
		}
	}
	return table
}()

func beginning(word []byte) (int, bool) {
	if len(word) < 2 || word[0] < 'a' || word[0] > 'z' || word[1] < 'a' || word[1] > 'z' {
		return 0, false
	}
	return int(word[0]-'a')*26 + int(word[1]-'a'), true
}

// lettersO is where words of the letter O are, which stand for zeros.
const lettersO = ('o'-'a')*26 + 'o' - 'a'

// count counts one word.
func (t *tally) count(word []byte) {
	at, ok := beginning(word)
	if !ok || at == lettersO {
		if n := bytes.Count(word, []byte("o")); n == len(word) {
			t.strong += n
		}
		return
	}
	lengths := begins[at]
	if lengths == 0 {
		return
	}
	if len(word) < 32 && lengths>>len(word)&1 == 1 {
		if w, ok := weights[string(word)]; ok {
			t.strong += w.strong
			t.weak += w.weak
			return
		}
	}
	if len(word) >= 6 {
		t.countGlued(word)
	}
}

// countGlued counts a word that may be a German number, or several words that
// lost the spaces between them.
func (t *tally) countGlued(word []byte) {
	for n := 3; n <= 8 && n < len(word); n++ {
		if _, ok := weights[string(word[:n])]; ok {
			t.strong += len(word) / 3
			return
		}
	}
	if bytes.Contains(word, []byte("hundert")) || bytes.Contains(word, []byte("tausend")) {
		t.strong += 6
	}
}
