package web

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"afterbeep/index"
	"afterbeep/store"
)

type segmentView struct {
	N    int // its place among the voicemail's
	Lang string
	Name string // of the language; "" where it is the one before's
	Text template.HTML
}

// partsOf are the voicemail's segments as a marker takes them.
func partsOf(vm store.Voicemail) []index.Part {
	parts := make([]index.Part, len(vm.Segments))
	for i, g := range vm.Segments {
		parts[i] = index.Part{Text: g.Text, Lang: cmp.Or(g.Lang, vm.Lang)}
	}
	return parts
}

// segmentViews shows the words with their matches and numbers, and with those that
// ask to be called, and how many matches there are.
func segmentViews(vm store.Voicemail, marker *index.Marker, numbers []numberView, asks []index.SaidPlace) (out []segmentView, matches int) {
	w := weaver{numbers: numbers, asks: asks}
	before := ""
	for i, marked := range marker.Parts(partsOf(vm)) {
		g := vm.Segments[i]
		if g.Text == "" {
			continue
		}
		view := segmentView{N: i, Lang: langTag(g.Lang), Text: w.segment(i, marked.Pieces())}
		if g.Lang != before {
			view.Name, before = langName(g.Lang), g.Lang
		}
		out = append(out, view)
	}
	return out, w.matches
}

// weaver writes the words of a message as HTML: each match in a mark of its own,
// which can be gone to, and each number as a link to what can be done with it.
type weaver struct {
	numbers []numberView
	asks    []index.SaidPlace // words that ask to be called, or say when
	matches int               // so far, in the whole message

	pieces []index.Piece // of the segment, what is not written yet
	at     int           // the byte of the segment at which they begin
	html   strings.Builder
}

// numberLink is a stretch of a segment that is a link, or without an id one that
// asks to be called.
type numberLink struct {
	start, end int
	id         string
}

// tags are what opens and closes it.
func (l numberLink) tags() (open, end string) {
	if l.id == "" {
		return `<strong class="asks">`, `</strong>`
	}
	return `<a class="number" href="#` + l.id + `">`, `</a>`
}

// segment writes one segment. All text of it is escaped.
func (w *weaver) segment(part int, pieces []index.Piece) template.HTML {
	links := w.links(part, pieces)
	w.pieces, w.at = pieces, 0
	w.html.Reset()
	for _, l := range links {
		w.upTo(l.start)
		open, end := l.tags()
		w.html.WriteString(open)
		w.upTo(l.end)
		w.html.WriteString(end)
	}
	w.upTo(math.MaxInt)
	return template.HTML(w.html.String())
}

// upTo writes what comes before that byte of the segment, which cuts no mark.
func (w *weaver) upTo(end int) {
	for len(w.pieces) > 0 && w.at < end {
		p := &w.pieces[0]
		text := p.Text[:min(len(p.Text), end-w.at)]
		if p.Marked {
			w.matches++
			w.html.WriteString(`<mark id="match-` + strconv.Itoa(w.matches) + `"`)
			if p.Why != "" {
				w.html.WriteString(` title="` + template.HTMLEscapeString(p.Why) + `"`)
			}
			w.html.WriteString(`>`)
		}
		w.html.WriteString(template.HTMLEscapeString(text))
		if p.Marked {
			w.html.WriteString(`</mark>`)
		}
		w.at += len(text)
		if p.Text = p.Text[len(text):]; p.Text == "" {
			w.pieces = w.pieces[1:]
		}
	}
}

// links are where the numbers stand in a part, in order. A link goes around the
// marks that it meets, so that neither cuts the other.
func (w *weaver) links(part int, pieces []index.Piece) []numberLink {
	var links []numberLink
	for _, n := range w.numbers {
		for _, place := range n.where {
			if place.Part == part {
				links = append(links, numberLink{place.Start, place.End, n.ID})
			}
		}
	}
	for _, place := range w.asks {
		if place.Part == part {
			links = append(links, numberLink{start: place.Start, end: place.End})
		}
	}
	slices.SortStableFunc(links, func(a, b numberLink) int { return a.start - b.start })
	done := 0
	kept := links[:0]
	for _, l := range links {
		at := 0
		for _, p := range pieces {
			if from, to := at, at+len(p.Text); p.Marked && from < l.end && l.start < to {
				l.start, l.end = min(l.start, from), max(l.end, to)
			}
			at += len(p.Text)
		}
		if l.start = max(l.start, done); l.start < l.end {
			kept, done = append(kept, l), l.end
		}
	}
	return kept
}

// maxMatchLinks is how many matches are linked one by one where no script steps
// through them.
const maxMatchLinks = 40

// MatchLinks are the numbers of the matches that are linked.
func (p *voicemailPage) MatchLinks() []int {
	links := make([]int, min(p.Matches, maxMatchLinks))
	for i := range links {
		links[i] = i + 1
	}
	return links
}

// MatchWords says how many matches there are.
func (p *voicemailPage) MatchWords() string {
	if p.Matches == 1 {
		return "1 match"
	}
	return p.Number(int64(p.Matches)) + " matches"
}
