package words

import "strings"

// frenchSound writes what a word sounds like in French, spellings of one sound
// as one:
//
//	what is silent at the end (t d s x z p, ault aud ot, er ez et as E, the e of
//	-e and -es), h, doubled letters; ph F, ch X (K before l r), qu k c K,
//	c-before-e-i s S, g-before-e-i j J, gu G, gn N, ill Y, s between vowels Z,
//	eau au o O, ou u U, ai ei e E, oi WA, eu oeu 4, i y I,
//	nasal vowels: an en 2, on 3, in ain ein un 1.
//
// It is a code of our own, after the rules that French phonetic codes share.
func frenchSound(word string) string {
	if said, ok := frenchWhole[word]; ok {
		word = said
	}
	f := frenchReader{word: frenchEnd(frenchBefore.Replace(word))}
	for f.i < len(f.word) {
		f.step()
	}
	return string(f.out)
}

var (
	// frenchWhole are names that are not said as written.
	frenchWhole = map[string]string{"jean": "jan", "jeanne": "jane", "caen": "kan", "laon": "lan", "saens": "sans", "metz": "mess", "aix": "aiks", "monsieur": "messieu"}
	// frenchBefore joins what needs more than one letter's surroundings.
	frenchBefore = strings.NewReplacer("bvr", "vr", "ille", "iye", "ouill", "ouy", "euill", "euy", "aill", "ay", "eill", "ey", "ph", "f", "sch", "ch",
		"chr", "kr", "chl", "kl", "th", "t", "rh", "r", "tion", "sion", "qu", "k", "gea", "ja", "geo", "jo", "eau", "o", "au", "o", "oeu", "eu", "ck", "k", "w", "v")
)

// frenchEnd drops what is not heard at the end of a word: an e, which keeps the
// consonants before it, or else the consonants.
func frenchEnd(word string) string {
	for _, s := range []string{"es", "e"} {
		if root, ok := strings.CutSuffix(word, s); ok && len(root) >= 2 {
			if last := root[len(root)-1:]; last == "n" || last == "m" {
				return root + last // no nasal vowel: Martine, Guillaume
			}
			return root
		}
	}
	for _, s := range []string{"er", "ez", "et", "ets", "ers"} {
		if root, ok := strings.CutSuffix(word, s); ok && len(root) >= 2 {
			return root + "ai"
		}
	}
	root := strings.TrimRight(word, "tdsxzp")
	if len(root) < 2 {
		return word
	}
	if root != word && (strings.HasSuffix(root, "ol") || strings.HasSuffix(root, "oul")) {
		root = root[:len(root)-1] // Renault, Thibault
	}
	for _, s := range []string{"nc", "ng", "rc", "rg"} {
		if strings.HasSuffix(root, s) {
			return root[:len(root)-1]
		}
	}
	return root
}

// frenchReader reads a word from left to right.
type frenchReader struct {
	word string
	i    int
	out  []byte
}

func (f *frenchReader) put(code string, letters int) {
	for _, c := range []byte(code) {
		if len(f.out) == 0 || f.out[len(f.out)-1] != c {
			f.out = append(f.out, c)
		}
	}
	f.i += letters
}

// frenchVowels are groups of letters with one sound, the longest first.
var frenchVowels = []struct{ letters, code string }{
	{"oin", "W1"}, {"ain", "1"}, {"ein", "1"}, {"aim", "1"}, {"ien", "I1"}, {"yen", "I1"}, {"ean", "2"}, {"aen", "2"},
	{"an", "2"}, {"am", "2"}, {"en", "2"}, {"em", "2"}, {"on", "3"}, {"om", "3"}, {"in", "1"}, {"im", "1"}, {"yn", "1"}, {"ym", "1"}, {"un", "1"}, {"um", "1"},
}

var frenchPlain = []struct{ letters, code string }{
	{"eoi", "WA"}, {"oi", "WA"}, {"oy", "WA"}, {"ou", "U"}, {"ai", "E"}, {"ay", "E"}, {"ei", "E"}, {"ey", "E"}, {"eu", "4"}, {"ea", "A"}, {"ae", "E"},
	{"a", "A"}, {"e", "E"}, {"i", "I"}, {"y", "I"}, {"o", "O"}, {"u", "U"},
}

func (f *frenchReader) step() {
	rest := f.word[f.i:]
	for _, v := range frenchVowels {
		if after := at(rest, len(v.letters)); strings.HasPrefix(rest, v.letters) && !among(after, "aeiouymn") {
			f.put(v.code, len(v.letters))
			return
		}
	}
	for _, v := range frenchPlain {
		if strings.HasPrefix(rest, v.letters) {
			f.put(v.code, len(v.letters))
			return
		}
	}
	f.consonant(rest[0], at(rest, 1))
}

func (f *frenchReader) consonant(c, next byte) {
	soft := among(next, "eiy")
	switch {
	case c == 'c' && next == 'h':
		f.put("X", 2)
	case c == 'c' && (soft || strings.HasSuffix(f.word, "coi") && f.i == len(f.word)-3): // Cécile, François
		f.put("S", 1)
	case c == 'c', c == 'k', c == 'q':
		f.put("K", 1)
	case c == 'g' && next == 'n':
		f.put("N", 2)
	case c == 'g' && next == 'u' && among(at(f.word, f.i+2), "eiy"):
		f.put("G", 2)
	case c == 'g' && soft, c == 'j':
		f.put("J", 1)
	case c == 'h':
		f.i++
	case c == 's' && next == 'c' && among(at(f.word, f.i+2), "eiy"), c == 's' && next == 's':
		f.put("S", 2)
	case c == 's' && f.i > 0 && among(f.word[f.i-1], "aeiouy") && among(next, "aeiouy"):
		f.put("Z", 1)
	case c == 'x':
		f.put("KS", 1)
	default:
		f.put(strings.ToUpper(string(c)), 1)
	}
}
