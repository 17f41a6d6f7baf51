package index

import (
	"html"
	"slices"
	"strings"
)

// Excerpt is a text, or a part of it, with the places of what was searched. It
// never changes and is safe for concurrent use.
type Excerpt struct {
	text          string
	start, end    int // of what is shown
	before, after bool
	spans         []span
}

// sure tells that something is marked that is more than a neighbour of a word
// that may be somewhere else.
func (e Excerpt) sure() bool {
	return slices.ContainsFunc(e.spans, func(s span) bool { return !s.weak })
}

// HTML returns the text in which everything but <mark> is escaped, with an
// ellipsis where it goes on.
func (e Excerpt) HTML() string { return e.write(func(span) string { return "<mark>" }) }

// Explained returns HTML in which a <mark> that is there for another reason than
// the word itself says so in its title.
func (e Excerpt) Explained() string {
	return e.write(func(s span) string {
		if s.why == "" || s.why == reasonExact {
			return "<mark>"
		}
		return `<mark title="` + html.EscapeString(s.why) + `">`
	})
}

func (e Excerpt) write(open func(span) string) string {
	var b strings.Builder
	b.Grow(e.end - e.start + 20*len(e.spans)/4 + 32)
	if e.before {
		b.WriteString("… ")
	}
	at := e.start
	for _, s := range e.spans {
		from, to := max(s.start, e.start), min(s.end, e.end)
		if from >= to {
			continue
		}
		escape(&b, e.text[at:from])
		b.WriteString(open(s))
		escape(&b, e.text[from:to])
		b.WriteString("</mark>")
		at = to
	}
	escape(&b, e.text[at:e.end])
	if e.after {
		b.WriteString(" …")
	}
	return b.String()
}

// escape writes the text as html.EscapeString does, without making a copy of it.
func escape(b *strings.Builder, text string) {
	from := 0
	for i := range len(text) {
		var as string
		switch text[i] {
		case '&':
			as = "&amp;"
		case '\'':
			as = "&#39;"
		case '<':
			as = "&lt;"
		case '>':
			as = "&gt;"
		case '"':
			as = "&#34;"
		default:
			continue
		}
		b.WriteString(text[from:i])
		b.WriteString(as)
		from = i + 1
	}
	b.WriteString(text[from:])
}

// Text returns what is shown, without marks and without an ellipsis.
func (e Excerpt) Text() string { return e.text[e.start:e.end] }

// Place is where something is marked: bytes From to To of an excerpt's Text.
type Place struct{ From, To int }

// Places returns where the marks are, in order; none overlaps another.
func (e Excerpt) Places() []Place {
	var places []Place
	for _, s := range e.spans {
		if from, to := max(s.start, e.start), min(s.end, e.end); from < to {
			places = append(places, Place{from - e.start, to - e.start})
		}
	}
	return places
}
