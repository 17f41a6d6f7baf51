package about

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"afterbeep/ingest/enrich/word"
)

// Names are short: what is longer is none.
const (
	maxNameWords = 4
	maxNameBytes = 60
	minSpelled   = 3 // letters said one by one
	maxFillers   = 2
	saysName     = 3 // words of "is my name", which need nothing in front
)

// isCapital reports whether a word begins with a capital letter and goes on in
// small ones.
func isCapital(w string) bool {
	r, size := utf8.DecodeRuneInString(w)
	return unicode.IsUpper(r) && (len(w) == size || w[size:] != strings.ToUpper(w[size:]))
}

// name finds who calls, and the words that say it with what introduces it:
// words[from:to].
func (m *message) name() (name string, from, to int) {
	best := 0
	for i := range m.words {
		in, n := m.l.intros.At(m.words, i)
		if n == 0 || int(in) <= best || i > 0 && m.l.denies.Has(m.words[i-1].Plain) {
			continue
		}
		if got, end := m.nameAt(i+n, in); got != "" {
			name, from, to, best = got, i, end, int(in)
		}
	}
	if best > 0 && !strings.Contains(name, " ") {
		before := from
		if name, from, to = m.fullName(name, from, to); from < before {
			best = int(likely) // said, and then spelled or said again
		}
	}
	if best >= int(likely) {
		return name, from, to
	}
	if got, begin, end := m.nameSpelled(); got != "" && best == 0 {
		return got, begin, end
	}
	if got, begin, end := m.nameBefore(); got != "" {
		return got, begin, end
	}
	if best > 0 {
		return name, from, to
	}
	if got, begin, end := m.nameAlone(); got != "" {
		return got, begin, end
	}
	return m.nameSigned()
}

// fullName is a name of one word with the words that it is said with beside its
// introduction: "Yolanda King, that's K I N G", "my name is Ann, Ann Moss".
func (m *message) fullName(name string, from, to int) (string, int, int) {
	same := func(i int) bool {
		return i >= 0 && i < len(m.words) && strings.EqualFold(m.text[m.words[i].Start:m.words[i].End], name)
	}
	if same(from - 1) {
		first := from - 1
		for first > 0 && from-first < maxNameWords && m.words[first].Mark < word.Comma && m.isProper(first-1) {
			first--
		}
		// Without capital letters anything may stand there, but behind a greeting.
		if first < from-1 && (m.cased || first == 0 || m.marks[first-1]&aside != 0) {
			return m.text[m.words[first].Start:m.words[from-1].End], first, to
		}
	}
	if to < len(m.words) {
		if end, proper := m.nameEnd(to); proper > 1 && (same(to) || same(end-1)) {
			return m.text[m.words[to].Start:m.words[end-1].End], from, end
		}
	}
	return name, from, to
}

// nameAt reads the name that begins at a word, behind an introduction, and
// where it ends.
func (m *message) nameAt(i int, in intro) (string, int) {
	begin := i
	for i < len(m.words) && i-begin < maxFillers && m.l.fillers.Has(m.words[i].Plain) {
		i++ // "this is um Alan"
	}
	if i >= len(m.words) || m.words[begin].Mark >= word.Comma || m.words[i].Mark == word.Stop {
		return "", 0
	}
	if name, end := m.spelled(i); name != "" {
		return name, end
	}
	end, proper := m.nameEnd(i)
	if proper == 0 {
		return "", 0
	}
	if in == maybe && !m.likelyName(i, end, begin) {
		return "", 0
	}
	for end-i > 2 && m.words[i].Plain == m.words[i+1].Plain {
		i++ // "this is Ann, Ann Moss", written without its pause
	}
	last := end
	if m.saidAgain(i, end) {
		last--
	}
	name := m.text[m.words[i].Start:m.words[last-1].End]
	if len(name) > maxNameBytes {
		return "", 0
	}
	if _, far := m.spelled(end); far > end {
		end = far
	}
	return name, end
}

// nameEnd is where the name ends that begins at a word, and how many of its
// words are proper ones, and not titles or the like.
func (m *message) nameEnd(i int) (end, proper int) {
	end = i
	for j := i; j < len(m.words) && j-i < maxNameWords+1; j++ {
		w := &m.words[j]
		if j > i && w.Mark >= word.Comma || w.Number || m.marks[j]&number != 0 {
			break
		}
		switch {
		case m.l.titles.Has(w.Plain) && proper == 0:
			continue
		case m.joins(j) && proper > 0:
			continue
		case m.marks[j]&(common|aside) != 0 && !(m.cased && m.marks[j]&capital != 0 && proper > 0 && len(w.Plain) > 1):
			return end, proper
		case utf8.RuneCountInString(w.Plain) < 2 && !(m.cased && m.marks[j]&capital != 0 && m.marks[j]&common == 0):
			return end, proper
		case m.cased && m.marks[j]&capital == 0:
			return end, proper
		}
		if _, n := m.l.after.At(m.words, j); n > 0 {
			return end, proper
		}
		if proper == maxNameWords {
			break
		}
		proper++
		end = j + 1
	}
	return end, proper
}

// saidAgain reports whether the last word of the name words[i:end] only begins
// its spelling: "Karin Schäfer, Schäfer, S C H ...".
func (m *message) saidAgain(i, end int) bool {
	if end-i < 2 || m.words[end-1].Plain != m.words[end-2].Plain {
		return false
	}
	for j := end; j <= min(end+maxFillers, len(m.words)-1); j++ {
		if name, _ := m.spelled(j); name != "" {
			return true
		}
	}
	return false
}

// written is a name as one writes it: in a text without capital letters it
// gets its own.
func (l *language) written(name string) string {
	if strings.IndexFunc(name, unicode.IsUpper) >= 0 {
		return name
	}
	words := strings.Split(name, " ")
	for i, w := range words {
		if i > 0 && l.joins.Has(w) {
			continue
		}
		begins := true
		words[i] = strings.Map(func(r rune) rune {
			if begins {
				r = unicode.ToTitle(r)
			}
			begins = r == '-'
			return r
		}, w)
	}
	return strings.Join(words, " ")
}

// joins reports whether a word stands within names: "de la". Without capital
// letters it may as well begin what comes behind the name, but for a few.
func (m *message) joins(i int) bool {
	if i+1 >= len(m.words) || !m.l.joins.Has(m.words[i].Plain) {
		return false
	}
	switch m.words[i].Plain {
	case "de", "del", "du", "van", "von", "mac", "mc", "bin":
		return true
	}
	return m.cased
}

// likelyName reports whether words[i:end], behind "I'm" or the like, are a name:
// written as one, or with what stands behind names.
func (m *message) likelyName(i, end, begin int) bool {
	if m.cased {
		return m.marks[end-1]&capital != 0
	}
	if strings.HasSuffix(m.text[m.words[i].Start:m.words[i].End], "é") && !givenNames().Has(m.words[i].Plain) {
		return false // "c'est fermé"
	}
	if m.l.titles.Has(m.words[i].Plain) || end-i >= 2 && end >= len(m.words) {
		return true
	}
	first := begin
	for first > 0 && m.marks[first-1]&aside == 0 && begin-first < 3 {
		first--
	}
	if begin-first < 3 && (end >= len(m.words) || m.marks[end]&(common|aside) != 0) {
		return true // right behind a greeting, or at the beginning
	}
	if end >= len(m.words) {
		return false
	}
	_, behind := m.l.after.At(m.words, end)
	return behind > 0 || m.topic(end)
}

// nameSpelled finds a name that is spelled right behind it: "Walter Osgood, O S G O O D".
func (m *message) nameSpelled() (name string, from, to int) {
	for i := 1; i < len(m.words); i++ {
		letters, end := m.spelled(i)
		if letters == "" {
			continue
		}
		first := i
		for first > 0 && i-first < maxNameWords && m.isProper(first-1) && (first == i || m.words[first].Mark < word.Comma) {
			first--
		}
		if first < i && strings.EqualFold(m.text[m.words[i-1].Start:m.words[i-1].End], letters) && (m.cased || i-first < maxNameWords) {
			return m.text[m.words[first].Start:m.words[i-1].End], first, end
		}
		i = end
	}
	return "", 0, 0
}

// nameBefore finds a name by what stands behind it: "Bronwyn here".
func (m *message) nameBefore() (name string, from, to int) {
	for i := 1; i < len(m.words); i++ {
		_, n := m.l.behind.At(m.words, i)
		if n == 0 || m.words[i].Mark == word.Stop {
			continue
		}
		first := i
		for first > 0 && i-first < maxNameWords && m.isProper(first-1) && (first == i || m.words[first].Mark < word.Comma) {
			first--
		}
		if first == i || m.words[i].Mark >= word.Comma && !m.cased {
			continue
		}
		if first > 0 && !m.cased && m.marks[first-1]&aside == 0 { // only behind a greeting or at the beginning
			if n < saysName {
				continue
			}
			first = i - 1 // "... in the shower thielemann is my name"
			if givenNames().Has(m.words[max(0, i-2)].Plain) {
				first = i - 2
			}
		}
		if name := m.text[m.words[first].Start:m.words[i-1].End]; len(name) <= maxNameBytes {
			return name, first, i + n
		}
	}
	return "", 0, 0
}

// isProper reports whether a word may be part of a name.
func (m *message) isProper(i int) bool {
	w := &m.words[i]
	if w.Number || m.marks[i]&(number|aside|common) != 0 || utf8.RuneCountInString(w.Plain) < 2 {
		return false
	}
	return !m.cased || m.marks[i]&capital != 0
}

// nameAlone finds a name in a sentence of its own, or right behind a greeting,
// in a text with capital letters: "Hazel Beaumont."
func (m *message) nameAlone() (name string, from, to int) {
	if !m.cased {
		return m.nameGiven()
	}
	for i := 0; i < len(m.words); i++ {
		begins := i == 0 || m.words[i].Mark >= word.Comma
		if !begins || m.marks[i]&aside != 0 {
			continue
		}
		end, proper := m.nameEnd(i)
		titled := m.l.titles.Has(m.words[i].Plain)
		if proper == 0 || proper < 2 && !titled && !(i > 0 && m.marks[i-1]&aside != 0) {
			continue
		}
		closed := end >= len(m.words) || m.words[end].Mark >= word.Comma
		if _, topic := m.l.after.At(m.words, end-1); !closed && topic == 0 {
			if end >= len(m.words) {
				continue
			}
			if _, n := m.l.after.At(m.words, end); n == 0 {
				continue
			}
		}
		all := true
		for j := i; j < end; j++ {
			all = all && (m.marks[j]&capital != 0 || m.l.joins.Has(m.words[j].Plain) || m.l.titles.Has(m.words[j].Plain))
		}
		if name := m.text[m.words[i].Start:m.words[end-1].End]; all && len(name) <= maxNameBytes {
			return name, i, end
		}
	}
	return "", 0, 0
}

// nameSigned finds a name of one word with which somebody signs: in a sentence of its own
// before a number ("Jackie, 202 555 0118"), or a given name alone.
func (m *message) nameSigned() (name string, from, to int) {
	for i := len(m.words) - 1; i > 0; i-- {
		w := m.words[i]
		if w.Mark < word.Stop || m.marks[i]&capital == 0 || !m.isProper(i) {
			continue
		}
		ends := i+1 == len(m.words) || m.words[i+1].Mark >= word.Stop
		if ends && givenNames().Has(w.Plain) || !ends && m.digitsAt(i+1) >= minPhone {
			return m.text[w.Start:w.End], i, i + 1
		}
	}
	return "", 0, 0
}

// minPhone is how many digits a telephone number has at least that somebody signs with.
const minPhone = 7

// digitsAt counts the digits that are written from a word on.
func (m *message) digitsAt(i int) int {
	n := 0
	for ; i < len(m.words) && (m.words[i].Number || m.marks[i]&number != 0); i++ {
		n += len(m.words[i].Plain)
	}
	return n
}

// nameGiven finds a name by a given name that is known, in a text without capital
// letters: "hello petra hoffmann i'd like ...". It stands with a second word that
// nothing is known of, at the beginning, at the end or beside a greeting; a given
// name alone is rather whom the message is for.
func (m *message) nameGiven() (name string, from, to int) {
	given := givenNames()
	for i := 0; i+1 < len(m.words); i++ {
		begins := i == 0 || m.words[i].Mark >= word.Comma || m.marks[i-1]&(aside|asked) == aside
		if !given.Has(m.words[i].Plain) || m.marks[i]&(aside|number) != 0 {
			continue
		}
		end := i + 1
		for end < len(m.words) && end-i < maxNameWords && (given.Has(m.words[end].Plain) || m.surname(end)) && m.words[end].Mark < word.Comma {
			end++
		}
		ends := end == len(m.words) || m.words[end].Mark >= word.Comma || m.marks[end]&(aside|common) != 0
		if end-i < 2 || !ends || !begins && (end < len(m.words) || m.marks[i-1]&asked == 0) {
			continue
		}
		if name := m.text[m.words[i].Start:m.words[end-1].End]; len(name) <= maxNameBytes {
			return name, i, end
		}
	}
	return "", 0, 0
}

// surname reports whether a word may be one: a proper word that no phrase of what
// stands behind names or of a topic begins with.
func (m *message) surname(i int) bool {
	_, after := m.l.after.At(m.words, i)
	return after == 0 && !m.topic(i) && m.isProper(i)
}

// spelled reads a name that is said letter by letter at a word, and where it
// ends; "" where none is.
func (m *message) spelled(i int) (string, int) {
	if i < len(m.words) && len(m.words[i].Plain) > utf8.UTFMax { // most words
		return "", i
	}
	var letters strings.Builder
	j := i
	for ; j < len(m.words) && (j == i || m.words[j].Mark < word.Stop); j++ {
		w := m.words[j].Plain
		if utf8.RuneCountInString(w) != 1 || m.words[j].Number {
			break
		}
		if letters.Len() == 0 {
			w = strings.ToUpper(w)
		}
		letters.WriteString(w)
	}
	if j-i < minSpelled {
		return "", i
	}
	if j-i > minSpelled && m.saidBefore(i, letters.String(), len(m.words[j-1].Plain)) {
		j-- // "jones that's j o n e s i ..."
		return strings.TrimSuffix(letters.String(), m.words[j].Plain), j
	}
	return letters.String(), j
}

// saidBefore reports whether a word that stands a little before words[i] is what
// is spelled there but for its last bytes: letters are words, too.
func (m *message) saidBefore(i int, letters string, last int) bool {
	for j := max(0, i-maxNameWords); j < i; j++ {
		if strings.EqualFold(m.words[j].Plain, letters[:len(letters)-last]) {
			return true
		}
	}
	return false
}
