package words

import "strings"

// metaphone writes the two Double Metaphone codes of a word (Lawrence Philips,
// "The Double Metaphone Search Algorithm", C/C++ Users Journal, June 2000): the
// usual pronunciation in America, and another one where the name may come from
// elsewhere. The codes are not cut at four letters as his are: with the whole
// code few words of an archive agree that don't sound alike.
type metaphone struct {
	word          string // of the letters a-z
	first, second []byte
	// slavoGermanic words keep hard letters.
	slavoGermanic bool
}

// doubleMetaphone returns the codes of a word of the letters a-z; the second is
// equal to the first where there is one pronunciation.
func doubleMetaphone(word string) (first, second string) {
	m := metaphone{word: word, slavoGermanic: strings.ContainsAny(word, "wk") || strings.Contains(word, "cz")}
	i := 0
	if m.has(0, "gn", "kn", "pn", "wr", "ps") {
		i = 1
	}
	for i < len(word) {
		i += m.letter(i)
	}
	return string(m.first), string(m.second)
}

// add writes the same to both codes.
func (m *metaphone) add(code string) { m.both(code, code) }

func (m *metaphone) both(first, second string) {
	m.first = append(m.first, first...)
	m.second = append(m.second, second...)
}

// has tells whether one of the options stands at i.
func (m *metaphone) has(i int, options ...string) bool {
	if i < 0 || i >= len(m.word) {
		return false
	}
	for _, o := range options {
		if strings.HasPrefix(m.word[i:], o) {
			return true
		}
	}
	return false
}

// near tells whether the letter at i is one of some.
func (m *metaphone) near(i int, some string) bool { return among(at(m.word, i), some) }

func (m *metaphone) vowel(i int) bool { return m.near(i, "aeiouy") }

func (m *metaphone) last(i int) bool { return i == len(m.word)-1 }

// letter writes the code of what begins at i and returns the letters it took.
func (m *metaphone) letter(i int) int {
	switch c := m.word[i]; c {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		if i == 0 {
			m.add("A")
		}
		return 1
	case 'b':
		return m.run(i, "P", "b")
	case 'c':
		return m.c(i)
	case 'd':
		return m.d(i)
	case 'f', 'k', 'n':
		return m.run(i, strings.ToUpper(string(c)), string(c))
	case 'g':
		return m.g(i)
	case 'h':
		return m.h(i)
	case 'j':
		return m.j(i)
	case 'l':
		return m.l(i)
	case 'm':
		return m.m(i)
	case 'p':
		if m.near(i+1, "h") {
			return m.take(2, "F", "F")
		}
		return m.run(i, "P", "pb")
	case 'q':
		return m.run(i, "K", "q")
	case 'r':
		return m.r(i)
	case 's':
		return m.s(i)
	case 't':
		return m.t(i)
	case 'v':
		return m.run(i, "F", "v")
	case 'w':
		return m.w(i)
	case 'x':
		return m.x(i)
	}
	return m.z(i)
}

// take writes the codes and returns how many letters they stand for.
func (m *metaphone) take(letters int, first, second string) int {
	m.both(first, second)
	return letters
}

// run writes a code for the letter at i and for the one after it if that is
// among some, as where a letter is doubled.
func (m *metaphone) run(i int, code, some string) int {
	m.add(code)
	if m.near(i+1, some) {
		return 2
	}
	return 1
}

func (m *metaphone) d(i int) int {
	switch {
	case m.has(i, "dgi", "dge", "dgy"): // edge
		return m.take(3, "J", "J")
	case m.has(i, "dg"): // Edgar
		return m.take(2, "TK", "TK")
	}
	return m.run(i, "T", "td")
}

func (m *metaphone) h(i int) int {
	if (i == 0 || m.vowel(i-1)) && m.vowel(i+1) {
		return m.take(2, "H", "H")
	}
	return 1
}

func (m *metaphone) j(i int) int {
	step := 1
	if m.near(i+1, "j") {
		step = 2
	}
	switch {
	case m.has(i, "jose"):
		if len(m.word) == 4 {
			return m.take(1, "H", "H")
		}
		return m.take(1, "J", "H")
	case i == 0:
		return m.take(step, "J", "A") // Jankelowicz
	case m.vowel(i-1) && !m.slavoGermanic && m.near(i+1, "ao"):
		return m.take(step, "J", "H") // bajador
	case m.last(i):
		return m.take(step, "J", "")
	case !m.near(i+1, "ltksnmbz") && !m.near(i-1, "skl"):
		return m.take(step, "J", "J")
	}
	return step
}

func (m *metaphone) l(i int) int {
	if !m.near(i+1, "l") {
		return m.take(1, "L", "L")
	}
	end := len(m.word)
	spanish := i == end-3 && m.has(i-1, "illo", "illa", "alle") ||
		(m.has(end-2, "as", "os") || m.near(end-1, "ao")) && m.has(i-1, "alle")
	if spanish { // cabrillo, gallegos
		return m.take(2, "L", "")
	}
	return m.take(2, "L", "L")
}

func (m *metaphone) m(i int) int {
	m.add("M")
	if m.near(i+1, "m") || m.has(i-1, "umb") && (m.last(i+1) || m.has(i+2, "er")) { // dumb, thumb
		return 2
	}
	return 1
}

func (m *metaphone) r(i int) int {
	first := "R"
	if m.last(i) && !m.slavoGermanic && m.has(i-2, "ie") && !m.has(i-4, "me", "ma") { // Rogier
		first = ""
	}
	m.both(first, "R")
	if m.near(i+1, "r") {
		return 2
	}
	return 1
}

func (m *metaphone) t(i int) int {
	switch {
	case m.has(i, "tion", "tia", "tch"):
		return m.take(3, "X", "X")
	case m.has(i, "th", "tth"):
		if m.has(i+2, "om", "am") || m.has(0, "sch") { // Thomas, Thames
			return m.take(2, "T", "T")
		}
		return m.take(2, "0", "T")
	}
	return m.run(i, "T", "td")
}

func (m *metaphone) w(i int) int {
	switch {
	case m.has(i, "wr"):
		return m.take(2, "R", "R")
	case i == 0 && m.vowel(1):
		return m.take(1, "A", "F") // Wasserman, Vasserman
	case m.has(0, "wh") && i == 0:
		return m.take(1, "A", "A")
	case m.last(i) && m.vowel(i-1), m.has(i-1, "ewski", "ewsky", "owski", "owsky"), m.has(0, "sch"):
		return m.take(1, "", "F") // Arnow, Arnoff
	case m.has(i, "wicz", "witz"):
		return m.take(4, "TS", "FX") // Filipowicz
	}
	return 1
}

func (m *metaphone) x(i int) int {
	if i == 0 { // Xavier
		return m.take(1, "S", "S")
	}
	french := m.last(i) && (m.has(i-3, "iau", "eau") || m.has(i-2, "au", "ou")) // breaux
	if !french {
		m.add("KS")
	}
	if m.near(i+1, "cx") {
		return 2
	}
	return 1
}

func (m *metaphone) z(i int) int {
	step := 1
	if m.near(i+1, "z") {
		step = 2
	}
	switch {
	case m.near(i+1, "h"): // Zhao
		return m.take(2, "J", "J")
	case m.has(i+1, "zo", "zi", "za"), m.slavoGermanic && i > 0 && !m.near(i-1, "t"):
		return m.take(step, "S", "TS")
	}
	return m.take(step, "S", "S")
}
