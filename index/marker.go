package index

import (
	"slices"
	"strings"
	"sync"

	"afterbeep/index/query"
	"afterbeep/index/words"
	"afterbeep/ingest/enrich/numbers"
)

// Marker marks in a text what a query was found by. It never changes once made
// and is safe for concurrent use; nil marks nothing.
type Marker struct {
	leaves   int // of the query, each with a number of its own
	units    []markUnit
	words    map[string][]int32  // folded words to units
	begins   [256]bool           // the first bytes of words and prefixes: few words of a text are any
	stems    map[string]*stemSet // by the base of their language
	prefixes []markPrefix
	groups   []markGroup
	numbers  []markNumber
}

// The reasons of a hit, and of a mark.
const (
	reasonExact     = "exact"
	reasonInflected = "inflected"
	reasonSynonym   = "synonym"
	reasonEdited    = "one letter off"
	reasonSound     = "sounds like"
	reasonApart     = "words between"
	reasonAlike     = "spelled alike"
	reasonNumber    = "number"
)

// markUnit is something that a single word of a text can be.
type markUnit struct {
	leaf  int32
	group int32 // one of the words of this group; -1 for a match by itself
	slot  int32 // which of its words
	why   string
	// weak ones only count where the leaf is not found better: a neighbour of a
	// word that is there ("cell" beside "call") is not why the text was found,
	// and marking it would only distract.
	weak bool
}

// stemSet is the stems of one language.
type stemSet struct {
	units map[string][]int32

	// A stemmer costs much more than a look at what it has said before, and the
	// words of one page repeat.
	mu    sync.Mutex
	asked map[string][]int32 // at most maxAsked words to units
}

const maxAsked = 4096

type markPrefix struct {
	text string
	unit int32
}

// markGroup is several words that match together.
type markGroup struct {
	leaf     int32
	slots    int
	ordered  bool // one behind the other, as a phrase; else near each other
	distance int  // how many further words may stand between; of a phrase, where it stands nowhere by itself
	why      string
}

type markNumber struct {
	leaf   int32
	digits string
	plus   bool
	begins bool // it is found by how it begins, alone
}

// is tells whether a run is found by the number.
func (n markNumber) is(r numbers.Run) bool {
	if n.begins {
		return numbers.Begins(r, n.digits, n.plus)
	}
	return numbers.Matches(r, n.digits, n.plus) || len(n.digits) >= minBegun && numbers.Begins(r, n.digits, n.plus)
}

// newMarker prepares marking what the leaves of a query were found as. Of leaves
// that are alike the first counts.
func newMarker(leaves []leafTerms) *Marker {
	m := &Marker{words: make(map[string][]int32)}
	seen := make(map[string]bool, len(leaves))
	for _, l := range leaves {
		if l.node != nil {
			key := l.node.String()
			if seen[key] {
				continue
			}
			seen[key] = true
		}
		m.addLeaf(l, int32(m.leaves), "")
		m.leaves++
	}
	return m
}

// addLeaf adds all that a leaf, or a synonym of one, may be found as. why is
// the reason that all of it has, "" where each has its own.
func (m *Marker) addLeaf(l leafTerms, leaf int32, why string) {
	if l.digits != "" {
		m.numbers = append(m.numbers, markNumber{leaf, l.digits, l.plus, l.begins})
	}
	if len(l.words) > 0 {
		m.addGroup(l, leaf, why)
	}
	m.addWord(l, leaf, why, -1, 0)
	for _, s := range l.synonyms {
		m.addLeaf(s, leaf, reasonSynonym)
	}
	for _, s := range l.related {
		m.addLeaf(s, leaf, reasonSynonym)
	}
}

// addGroup adds a phrase, words near each other, or the words of a number, which
// may stand anywhere.
func (m *Marker) addGroup(l leafTerms, leaf int32, why string) {
	if l.digits != "" {
		for _, w := range l.words {
			from := len(m.units)
			m.addWord(w, leaf, why, -1, 0)
			for i := range m.units[from:] {
				m.units[from+i].weak = true // "one" is everywhere
			}
		}
		return
	}
	_, phrase := l.node.(query.Phrase)
	at := int32(len(m.groups))
	g := markGroup{leaf: leaf, slots: len(l.words), ordered: phrase || l.distance == 0, distance: l.distance, why: why}
	if l.mayStandApart() {
		g.distance = phraseDistance
	}
	m.groups = append(m.groups, g)
	for i, w := range l.words {
		m.addWord(w, leaf, why, at, int32(i))
	}
}

// addWord adds the forms of one word, which may be one of a group.
func (m *Marker) addWord(l leafTerms, leaf int32, why string, group, slot int32) {
	unit := func(own string) int32 {
		weak := own == reasonEdited || own == reasonSound || own == reasonAlike
		if why != "" {
			own = why
		}
		m.units = append(m.units, markUnit{leaf: leaf, group: group, slot: slot, why: own, weak: weak})
		return int32(len(m.units) - 1)
	}
	add := func(ws []string, own string) {
		if len(ws) == 0 {
			return
		}
		u := unit(own)
		for _, w := range ws {
			if w != "" {
				m.begins[w[0]] = true
				m.words[w] = append(m.words[w], u)
			}
		}
	}
	if l.prefix == "" { // else they are what an index has of it
		add(l.exact, reasonExact)
	}
	add(l.edited, reasonEdited)
	add(l.sounds, reasonSound)
	add(l.alike, reasonAlike)
	if l.prefix != "" {
		m.begins[l.prefix[0]] = true
		m.prefixes = append(m.prefixes, markPrefix{l.prefix, unit(reasonExact)})
	}
	if len(l.stems) > 0 {
		m.addStems(l.stems, unit(reasonInflected))
	}
}

func (m *Marker) addStems(stems []string, unit int32) {
	if m.stems == nil {
		m.stems = make(map[string]*stemSet)
	}
	for _, s := range stems {
		base, stem, ok := strings.Cut(s, "/")
		if !ok || stem == "" {
			continue
		}
		set := m.stems[base]
		if set == nil {
			set = &stemSet{units: make(map[string][]int32), asked: make(map[string][]int32)}
			m.stems[base] = set
		}
		set.units[stem] = append(set.units[stem], unit)
	}
}

// of returns the units of which the word is an inflection. The caller has mu.
func (s *stemSet) of(base string, word []byte) []int32 {
	if units, ok := s.asked[string(word)]; ok {
		return units
	}
	text := string(word)
	stem, ok := words.Stem(base, text)
	var units []int32
	if ok {
		units = s.units[stem]
		if base == compounding {
			for _, part := range words.Parts(text) {
				units = slices.Concat(units, s.units[part[len(compounding)+1:]])
			}
		}
	}
	if len(s.asked) < maxAsked {
		s.asked[text] = units
	}
	return units
}

// Part is a piece of a message, in its own language.
type Part struct {
	Text string
	Lang string // as the upstream writes it
}

// Parts marks the parts of one message: a word that stands in it as it is, in
// whatever part, is not marked one letter off or by its sound in any of them,
// and what is said across their borders is found.
func (m *Marker) Parts(parts []Part) []Excerpt {
	valid := make([]Part, len(parts))
	var whole strings.Builder
	for i, p := range parts {
		valid[i] = Part{validText(p.Text), words.Base(p.Lang)}
		if i > 0 {
			whole.WriteByte('\n')
		}
		whole.WriteString(valid[i].Text)
	}
	text, at := whole.String(), 0
	spans := m.find(text, valid)
	out := make([]Excerpt, len(parts))
	for i, p := range valid {
		out[i] = Excerpt{text: text, start: at, end: at + len(p.Text), spans: spans}
		at += len(p.Text) + 1
	}
	return out
}

// Snippet returns Excerpt as HTML.
func (m *Marker) Snippet(text, lang string) string { return m.Excerpt(text, lang).HTML() }

// Excerpt returns the part of the text with the most of what was searched, about
// 200 characters, whole sentences where they fit. Without a match it is the
// text's beginning. It looks at 64 KB at a time, no further than where it finds
// something, and at 1 MB at most.
func (m *Marker) Excerpt(text, lang string) Excerpt {
	base := words.Base(lang)
	best, next := m.excerptFrom(text, 0, base)
	for m != nil && m.leaves > 0 && !best.sure() && next < min(len(text), snippetReach) {
		var e Excerpt
		e, next = m.excerptFrom(text, next, base)
		if e.sure() || len(best.spans) == 0 && len(e.spans) > 0 {
			best = e
		}
	}
	return best
}

// excerptFrom is the excerpt of one stretch of a text, and where the next begins.
func (m *Marker) excerptFrom(text string, from int, base string) (e Excerpt, next int) {
	s, end, next := stretch(text, from)
	spans := m.find(s, []Part{{s, base}})
	start, stop := window(s, spans)
	return Excerpt{text: s, start: start, end: stop, before: from+start > 0, after: stop < len(s) || end < len(text), spans: spans}, next
}
