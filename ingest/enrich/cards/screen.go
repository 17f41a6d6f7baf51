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
type tally struct {
	strong, weak int
	again        int // how often digits are said at most by saying them once; 0 is once
}

// enough reports whether there may be a card.
func (t tally) enough() bool { return (t.strong+min(t.weak, mostWeak))*max(t.again, 1) >= fewest }

// add counts what a text says.
func (t *tally) add(text string) {
	var word [maxWord]byte
	for i := 0; i < len(text); {
		begin, n := i, 0
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
		switch {
		case i > begin:
			t.count(word[:n])
		case text[i] < utf8.RuneSelf:
			if isDigit(text[i]) {
				t.strong++
			}
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

// latin are the letters from U+00E0 on without their accents, 0 for what stands
// in no number.
var latin = [32]byte([]byte("aaaaaa\x00ceeeeiiii\x00nooooo\x00ouuuuy\x00y"))

// letterAt is the folded letter at i and its size; 0 for a letter or accent that
// is left out, and the size 0 for what is no letter of a number.
func letterAt(text string, i int) (b byte, size int) {
	if b = text[i]; b < utf8.RuneSelf {
		if isLetter(b) {
			return b | 0x20, 1
		}
		return 0, 0
	}
	r, size := utf8.DecodeRuneInString(text[i:])
	switch {
	case r == '×' || r == '÷':
	case r == 'ß' || r == 'ẞ': // which numbers have as ss
		return 's', size
	case 'À' <= r && r <= 'ÿ':
		return latin[r&0x1f], size
	case r == 'œ' || r == 'Œ': // "zwoelf" is a number without the e, too
		return 'o', size
	case r == 'İ':
		return 'i', size
	case r == '\u212a': // the sign of kelvins, whose lower case is a letter
		return 'k', size
	case r == '\u212b': // that of angstroms
		return 'a', size
	case unicode.Is(unicode.M, r):
		return 0, size
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
			case hundreds, hundred:
				t.strong = max(t.strong, 3)
			case times:
				t.again = max(t.again, n.value)
			case thousand:
				t.strong = max(t.strong, 4)
			case plural:
				t.strong = max(t.strong, 8)
			}
			all[w] = t
		}
	}
	for w := range timesWords {
		all[w] = tally{again: 9}
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
			t.again = max(t.again, w.again)
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
