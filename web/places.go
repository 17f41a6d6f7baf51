package web

import (
	"strings"

	"afterbeep/index"
	"afterbeep/store"
)

// placesOf are where spans of a voicemail's text stand in its segments: one that
// goes on from one segment into the next is in both. Spans that fit no text, as
// of one that has changed since, are nowhere.
func placesOf(vm store.Voicemail, spans []store.Span) []index.SaidPlace {
	var out []index.SaidPlace
	for _, span := range spans {
		if span.Start < 0 || span.End > len(vm.Text) {
			continue
		}
		begins := 0
		for i, g := range vm.Segments {
			if strings.TrimSpace(g.Text) == "" {
				continue // the text is without it
			}
			start, end := max(span.Start, begins), min(span.End, begins+len(g.Text))
			if start < end {
				out = append(out, index.SaidPlace{Part: i, Start: start - begins, End: end - begins})
			}
			begins += len(g.Text) + 1 // and the line break between them
		}
	}
	return out
}

// saidAt is the text from the first span to the end of the last, "" where they
// fit no text.
func saidAt(text string, spans []store.Span) string {
	if len(spans) == 0 {
		return ""
	}
	start, end := spans[0].Start, spans[len(spans)-1].End
	if start < 0 || end > len(text) || start >= end {
		return ""
	}
	return text[start:end]
}

// saidList is what each of the spans says.
func saidList(text string, spans []store.Span) []string {
	var out []string
	for _, s := range spans {
		if said := strings.TrimSpace(saidAt(text, []store.Span{s})); said != "" {
			out = append(out, said)
		}
	}
	return out
}

// workOn is what is known of the work on a voicemail.
type workOn struct {
	callback store.Callback
	known    bool // there is any
	finding  store.Finding
	desk     store.Desk
}
