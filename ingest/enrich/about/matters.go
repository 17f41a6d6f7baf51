package about

import (
	"strings"

	"afterbeep/ingest/enrich/numbers"
	"afterbeep/ingest/enrich/word"
)

// What makes a piece of a message matter. Words beyond enoughWords add nothing.
const (
	enoughWords  = 12
	topicWorth   = 6
	whyWorth     = 10
	troubleWorth = 7
	urgentWorth  = 4
	besideWorth  = 9 // what it takes
	timedWorth   = 3 // what a time to call takes of a piece beside it
	laterWorth   = 2 // what each piece before it takes: details stand behind the reason
	maxLater     = 4
	minContent   = 2
	minFilled    = 2  // common words in a clause
	minWords     = 4  // of a piece of common words
	maxPiece     = 32 // words
	longPiece    = 18 // words, from which on a piece is parted where it can be
	maxLead      = 4  // words that say nothing, at the beginning of a piece
)

// matters returns the piece of the text that says most.
func (m *message) matters() numbers.Span {
	best, from, to, later := 0, 0, 0, 0
	for i := 0; i < len(m.words); {
		if m.marks[i]&aside != 0 {
			i++
			continue
		}
		end := m.pieceEnd(i)
		if worth := m.worth(i, end); worth > 0 {
			if worth = max(1, worth-later); worth > best {
				best, from, to = worth, i, end
			}
			later = min(later+laterWorth, maxLater)
		}
		i = end
	}
	if best == 0 {
		return numbers.Span{}
	}
	from = m.clauseStart(from, to)
	for from < to && m.l.leads.Has(m.words[from].Plain) {
		from++
	}
	for from > 0 && from < to && m.words[from].Mark == word.Apostrophe {
		from-- // "I'd like" is no "d like"
	}
	for from < to && m.marks[to-1]&asked != 0 {
		to--
	}
	if end := m.sentenceEnd(from, to); end > 0 {
		to = end
	} else {
		for from < to && m.l.trims.Has(m.words[to-1].Plain) {
			to--
		}
	}
	if from >= to {
		return numbers.Span{}
	}
	return numbers.Span{Start: m.words[from].Start, End: m.words[to-1].End}
}

// pieceEnd is where the piece ends that begins at a word: at the end of a
// sentence, before what says nothing of the matter, and where it gets long before
// a word that begins another. What is beside the matter is a piece of its own, up
// to a pause or what begins to say it.
func (m *message) pieceEnd(i int) int {
	strays := m.isBeside(i)
	for j := i + 1; j < len(m.words); j++ {
		switch {
		case m.sentenceEnds(j):
			return j
		case m.marks[j]&aside != 0 && m.asideEnd(j)-j > 1:
			return j
		case m.tooLong(i, j):
			return j
		case !strays && m.isBeside(j):
			return j
		}
		if m.topic(j) && j-i >= enoughWords {
			return j
		}
		if s, _ := m.weighs(j); strays && (m.topic(j) || s == why || s == trouble || m.presses(j) || m.words[j].Mark >= word.Comma) {
			return m.clauseBack(i, j)
		}
	}
	return len(m.words)
}

// tooLong reports whether a piece from words[i] on is long enough to be parted
// before words[j].
func (m *message) tooLong(i, j int) bool {
	if m.l.holds.Has(m.words[j-1].Plain) {
		return false
	}
	return j-i >= maxPiece || j-i >= longPiece && m.l.breaks.Has(m.words[j].Plain)
}

// clauseBack is where the clause begins in which words[j] stands, behind words[i].
func (m *message) clauseBack(i, j int) int {
	for k := j; k > i && j-k <= maxLead; k-- {
		if m.words[k].Mark >= word.Comma || m.l.breaks.Has(m.words[k].Plain) {
			return k
		}
	}
	return j
}

// presses reports whether at a word something is said that is urgent by itself:
// "no hot water", not "it's urgent".
func (m *message) presses(i int) bool {
	r, n := m.l.urgent.At(m.words, i)
	return n > 0 && r != saysUrgent && r != again && r != thirdTime
}

// isBeside reports whether what begins at a word is beside the matter.
func (m *message) isBeside(i int) bool {
	s, _ := m.weighs(i)
	return s == beside
}

// asideEnd is where what says nothing of the matter ends.
func (m *message) asideEnd(j int) int {
	for j < len(m.words) && m.marks[j]&aside != 0 {
		j++
	}
	return j
}

// sentenceEnds reports whether a sentence ends before a word. A line break alone
// ends none: files come in parts.
func (m *message) sentenceEnds(j int) bool {
	return m.words[j].Mark == word.Stop && strings.ContainsAny(m.text[m.words[j-1].End:m.words[j].Start], stops)
}

const stops = ".!?¡¿。…"

// sentenceEnd is where the sentence ends that words[from:to] begin, behind an amount,
// a reference or a time that parts it: "I was charged $632 for a seat". 0 where
// something else comes before its end, and where texts have no sentences.
func (m *message) sentenceEnd(from, to int) int {
	for j := to; j < len(m.words) && j-from < maxPiece; j++ {
		switch {
		case j > from && m.sentenceEnds(j):
			return j
		case m.isBeside(j) || m.marks[j]&asked != 0 || m.marks[j]&aside != 0 && m.marks[j]&(number|timed) == 0:
			return 0
		}
	}
	if last := m.words[len(m.words)-1]; len(m.words)-from < maxPiece && strings.ContainsAny(m.text[last.End:], stops) {
		return len(m.words)
	}
	return 0
}

// clauseStart is where the clause begins with which words[from:to] say something:
// behind what is left of a greeting ("to you I'm calling about").
func (m *message) clauseStart(from, to int) int {
	if s, _ := m.weighs(from); s != 0 || m.words[from].Mark >= word.Comma {
		return from
	}
	for i := from; i < to && i-from <= maxLead && m.marks[i]&common != 0; i++ {
		if i > from && m.l.breaks.Has(m.words[i].Plain) && !m.l.breaks.Has(m.words[from].Plain) {
			if !m.topic(from) {
				return i
			}
		}
	}
	return from
}

// worth is how much words[from:to] say.
func (m *message) worth(from, to int) int {
	content, filled, extra, away := 0, 0, m.toldBefore(from), 0
	for i, skip := from, from; i < to; i++ {
		switch {
		case m.marks[i]&aside != 0:
		case m.marks[i]&common != 0:
			filled++
		case !m.words[i].Number:
			content++
		}
		if i < skip {
			continue
		}
		if m.topic(i) {
			extra = max(extra, topicWorth)
		}
		switch s, n := m.weighs(i); s {
		case why:
			extra = whyWorth
		case trouble:
			extra = max(extra, troubleWorth)
		case beside:
			away, skip = besideWorth, i+n
		}
		if m.presses(i) {
			extra = max(extra, urgentWorth)
		}
	}
	if extra == 0 && filled < minFilled {
		content /= 2 // a name, an address, a firm
	}
	if content == 0 && (extra < topicWorth || to-from < minWords) || content < minContent && extra == 0 {
		return 0
	}
	worth := min(content, enoughWords) + extra
	if m.atTime(from, to) {
		worth = max(1, worth-timedWorth)
	}
	return worth - away
}

// asking is what of the words that ask for a call says nothing else: its last
// sentence, nothing of a wish to know something ("I need to know"), and in German
// nothing of a reason that the verb stands behind ("wegen der Rechnung anrufen").
func (m *message) asking(s numbers.Span) []numbers.Span {
	last := len(m.words)
	for last > 0 && m.words[last-1].End > s.End {
		last--
	}
	for i := last - 1; i > 0 && m.words[i].Start >= s.Start; i-- {
		if m.sentenceEnds(i) && m.words[i].Start > s.Start {
			s.Start = m.words[i].Start
			break
		}
		switch g, n := m.weighs(i); {
		case g == why && i+n >= last-1:
			return nil
		case g == why && m.l.verbLast:
			verb := m.words[last-1]
			return []numbers.Span{{Start: s.Start, End: m.words[i].Start}, {Start: verb.Start, End: s.End}}
		}
	}
	return []numbers.Span{s}
}

// toldBefore is what words add that stand right before words[from] and are read as
// part of the request: "call me it's about" the boiler.
func (m *message) toldBefore(from int) int {
	for i := max(0, from-maxLead); i < from; i++ {
		if s, n := m.weighs(i); s == why && i+n >= from-1 && i+n <= from {
			return whyWorth
		}
	}
	return 0
}

// atTime reports whether words[from:to] stand beside a time to call or have one.
func (m *message) atTime(from, to int) bool {
	for i := max(0, from-1); i < min(to+1, len(m.marks)); i++ {
		if m.marks[i]&timed != 0 {
			return true
		}
	}
	return false
}
