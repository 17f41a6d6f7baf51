package about

import (
	"afterbeep/ingest/enrich/numbers"
	"afterbeep/ingest/enrich/word"
)

// What makes a piece of a message matter. Words beyond enoughWords add nothing.
const (
	enoughWords = 12
	topicWorth  = 6
	urgentWorth = 4
	minContent  = 2
	maxPiece    = 32 // words
	longPiece   = 18 // words, from which on a piece is parted where it can be
)

// matters returns the piece of the text that says most.
func (m *message) matters() numbers.Span {
	best, from, to := 0, 0, 0
	for i := 0; i < len(m.words); {
		if m.marks[i]&aside != 0 {
			i++
			continue
		}
		end := m.pieceEnd(i)
		if worth := m.worth(i, end); worth > best {
			best, from, to = worth, i, end
		}
		i = end
	}
	for from < to && m.l.leads.Has(m.words[from].Plain) {
		from++
	}
	for from > 0 && from < to && m.words[from].Mark == word.Apostrophe {
		from-- // "I'd like" is no "d like"
	}
	for from < to && m.l.trims.Has(m.words[to-1].Plain) {
		to--
	}
	if from >= to || best < minContent {
		return numbers.Span{}
	}
	return numbers.Span{Start: m.words[from].Start, End: m.words[to-1].End}
}

// pieceEnd is where the piece ends that begins at a word: at the end of a
// sentence, before what says nothing of the matter, and where it gets long before
// a word that begins another.
func (m *message) pieceEnd(i int) int {
	for j := i + 1; j < len(m.words); j++ {
		switch {
		case m.words[j].Mark == word.Stop || j-i >= maxPiece:
			return j
		case m.marks[j]&aside != 0 && m.asideEnd(j)-j > 1:
			return j
		case j-i >= longPiece && m.l.breaks.Has(m.words[j].Plain):
			return j
		}
		if _, n := m.l.topics.At(m.words, j); n > 0 && j-i >= enoughWords {
			return j
		}
	}
	return len(m.words)
}

// asideEnd is where what says nothing of the matter ends.
func (m *message) asideEnd(j int) int {
	for j < len(m.words) && m.marks[j]&aside != 0 {
		j++
	}
	return j
}

// worth is how much words[from:to] say.
func (m *message) worth(from, to int) int {
	content, extra := 0, 0
	for i := from; i < to; i++ {
		if m.marks[i]&(common|aside) == 0 && !m.words[i].Number {
			content++
		}
		if _, n := m.l.topics.At(m.words, i); n > 0 {
			extra = max(extra, topicWorth)
		}
		if r, n := m.l.urgent.At(m.words, i); n > 0 && r != saysUrgent {
			extra = max(extra, urgentWorth)
		}
	}
	if content == 0 || content < minContent && extra == 0 {
		return 0
	}
	return min(content, enoughWords) + extra
}
