package index

import (
	"cmp"
	"html"
	"slices"
	"strings"
	"unicode/utf8"

	"afterbeep/index/query"
)

const (
	// snippetRunes is about how long a snippet is.
	snippetRunes = 200
	// snippetBytes is how much of a text a snippet is chosen from: an hour of
	// speech. A page of hits must not wait for texts that nobody has spoken.
	snippetBytes = 64 << 10
)

// Marker marks in a text what matches a query. It is safe for concurrent use.
type Marker struct {
	leaves   []query.Node
	words    map[string]int // whole words to their place in leaves
	prefixes []markWord
	edits    []markWord
	phrases  []markPhrase
}

type markWord struct {
	text string
	leaf int
}

type markPhrase struct {
	query.Phrase
	leaf int
}

// NewMarker prepares marking the words and phrases of q that are not excluded.
func NewMarker(q query.Query) *Marker {
	m := &Marker{words: make(map[string]int)}
	if q.Root == nil {
		return m
	}
	seen := make(map[string]bool)
	for _, n := range query.Wanted(q.Root) {
		if key := n.String(); !seen[key] {
			seen[key] = true
			m.addLeaf(n)
		}
	}
	return m
}

func (m *Marker) addLeaf(n query.Node) {
	at := len(m.leaves)
	m.leaves = append(m.leaves, n)
	switch n := n.(type) {
	case query.Word:
		if n.Prefix {
			m.prefixes = append(m.prefixes, markWord{n.Text, at})
			return
		}
		m.words[n.Text] = at
		// Past the limit, the search has not looked for neighbours either.
		if n.AllowsEdit() && len(m.edits) < maxEdited {
			m.edits = append(m.edits, markWord{n.Text, at})
		}
	case query.Phrase:
		m.phrases = append(m.phrases, markPhrase{n, at})
	}
}

// For is the Marker for the parts of text: a word that stands in it as it is, in
// whatever part, is not marked one letter off in any of them.
func (m *Marker) For(text string) *Marker {
	parts := *m
	parts.edits = m.missing(query.Tokens(text))
	return &parts
}

// Mark returns the whole text as HTML: each match in a <mark>, all else
// escaped. Bytes that are no UTF-8 become the replacement character.
func (m *Marker) Mark(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	var b strings.Builder
	writeMarked(&b, text, 0, len(text), m.spans(text, query.Tokens(text)))
	return b.String()
}

// Snippet returns the part of the text with the most of what was searched,
// about 200 runes, as Mark does, with an ellipsis where the text goes on.
// Without a match it is the text's beginning. It looks at the first 64 KB only.
func (m *Marker) Snippet(text string) string {
	text, tokens, cut := head(text)
	spans := m.spans(text, tokens)
	start, end := window(text, tokens, spans)
	var b strings.Builder
	if start > 0 {
		b.WriteString("… ")
	}
	writeMarked(&b, text, start, end, spans)
	if end < len(text) || cut {
		b.WriteString(" …")
	}
	return b.String()
}

// head is as much of a text as a snippet is chosen from, in UTF-8, with its
// words; cut tells that the text goes on.
func head(text string) (start string, tokens []query.Token, cut bool) {
	end := len(text)
	if end > snippetBytes {
		end, cut = snippetBytes, true
		for end > snippetBytes-utf8.UTFMax && !utf8.RuneStart(text[end]) {
			end--
		}
	}
	start = strings.ToValidUTF8(text[:end], "\uFFFD")
	tokens = query.Tokens(start)
	if n := len(tokens) - 1; cut && n > 0 { // the last word may be half
		start, tokens = start[:tokens[n-1].End], tokens[:n]
	}
	return start, tokens, cut
}

// span is one match: bytes start to end of a text, of one leaf.
type span struct{ start, end, leaf int }

// spans finds the matches, in order, none overlapping another.
func (m *Marker) spans(text string, tokens []query.Token) []span {
	var out []span
	edits := m.missing(tokens)
	for i, t := range tokens {
		if leaf, ok := m.leafOf(t, edits); ok {
			out = append(out, span{t.Start, t.End, leaf})
		}
		for _, p := range m.phrases {
			if p.matches(tokens[i:]) {
				out = append(out, span{t.Start, tokens[i+len(p.Words)-1].End, p.leaf})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b span) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	kept := out[:0]
	for _, s := range out {
		if n := len(kept); n > 0 && s.start < kept[n-1].end {
			kept[n-1].end = max(kept[n-1].end, s.end)
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// missing are the words that a text holds at most one letter off. Where a word
// stands as it is, a neighbour of it ("cell" beside "call") is not why the text
// was found, and marking it would only distract.
func (m *Marker) missing(tokens []query.Token) []markWord {
	if len(m.edits) == 0 {
		return nil
	}
	there := make(map[string]bool, len(tokens))
	for _, t := range tokens {
		there[t.Text] = true
	}
	var missing []markWord
	for _, e := range m.edits {
		if !there[e.text] {
			missing = append(missing, e)
		}
	}
	return missing
}

func (m *Marker) leafOf(t query.Token, edits []markWord) (int, bool) {
	if leaf, ok := m.words[t.Text]; ok {
		return leaf, true
	}
	for _, p := range m.prefixes {
		if strings.HasPrefix(t.Text, p.text) {
			return p.leaf, true
		}
	}
	if t.Digits {
		return 0, false
	}
	for _, e := range edits {
		// The lengths spare most comparisons.
		if d := len(t.Text) - len(e.text); d >= -utf8.UTFMax && d <= utf8.UTFMax && query.OneEdit(e.text, t.Text) {
			return e.leaf, true
		}
	}
	return 0, false
}

func (p markPhrase) matches(tokens []query.Token) bool {
	if len(tokens) < len(p.Words) {
		return false
	}
	for i, w := range p.Words {
		if p.Prefix && i == len(p.Words)-1 {
			return strings.HasPrefix(tokens[i].Text, w)
		}
		if tokens[i].Text != w {
			return false
		}
	}
	return true
}

func writeMarked(b *strings.Builder, text string, start, end int, spans []span) {
	at := start
	for _, s := range spans {
		from, to := max(s.start, start), min(s.end, end)
		if from >= to {
			continue
		}
		b.WriteString(html.EscapeString(text[at:from]))
		b.WriteString("<mark>")
		b.WriteString(html.EscapeString(text[from:to]))
		b.WriteString("</mark>")
		at = to
	}
	b.WriteString(html.EscapeString(text[at:end]))
}

// window chooses the bytes of a snippet.
func window(text string, tokens []query.Token, spans []span) (start, end int) {
	if utf8.RuneCountInString(text) <= snippetRunes {
		return 0, len(text)
	}
	first, last := 0, 0
	if len(spans) > 0 {
		first, last = bestSpans(text, spans)
		first, last = spans[first].start, spans[last].end
	}
	spare := max(0, snippetRunes-utf8.RuneCountInString(text[first:last]))
	start = back(text, first, spare/2)
	end = forth(text, start, snippetRunes)
	if end == len(text) {
		start = back(text, end, snippetRunes)
	}
	return wholeWords(text, tokens, start, end)
}

// bestSpans returns the first and last of the matches that fit one snippet and
// cover most leaves, then most matches.
func bestSpans(text string, spans []span) (first, last int) {
	best := 0
	counted := make(map[int]int) // leaves to the span they were last counted for, and one
	for i := range spans {
		leaves := 0
		limit := forth(text, spans[i].start, snippetRunes)
		for j := i; j < len(spans) && (j == i || spans[j].end <= limit); j++ {
			if counted[spans[j].leaf] != i+1 {
				counted[spans[j].leaf] = i + 1
				leaves++
			}
			if worth := leaves*len(spans) + j - i; worth > best || i == 0 && j == 0 {
				best, first, last = worth, i, j
			}
		}
	}
	return first, last
}

// wholeWords moves the borders inwards so that no word is cut, except one that
// is longer than the snippet.
func wholeWords(text string, tokens []query.Token, start, end int) (int, int) {
	from, to := end, start
	for _, t := range tokens {
		if t.Start >= start && t.End <= end {
			from, to = min(from, t.Start), max(to, t.End)
		}
	}
	if from >= to {
		return start, end
	}
	if start > 0 {
		start = from
	}
	if end < len(text) {
		end = to
	}
	return start, end
}

// forth is the offset up to n runes behind at.
func forth(text string, at, n int) int {
	for ; n > 0 && at < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

// back is the offset up to n runes before at.
func back(text string, at, n int) int {
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return at
}
