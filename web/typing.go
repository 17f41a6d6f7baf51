package web

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"afterbeep/index/query"
)

// partResults is the template of what changes while somebody types.
const partResults = "results"

// wantsResults tells that the page is there already, and its results alone are
// wanted: somebody types.
func (v *visit) wantsResults() bool {
	h := v.Request().Header
	return h.Get("HX-Request") == "true" && h.Get("HX-Target") == "results" && h.Get("HX-Boosted") != "true"
}

// results answers with the page, or with its results alone.
func (s *Server) results(v *visit, status int, page *searchPage) error {
	if !v.wantsResults() {
		return s.page(v, status, page)
	}
	b, err := s.pages.renderPart(page, partResults)
	if err != nil {
		return err
	}
	return v.HTMLBlob(status, b)
}

// maxAddress keeps a long query out of the headers of an answer.
const maxAddress = 8 << 10

// keepAddress has the browser's address say what was searched for, without what
// a form sends of fields that are empty: so that it can be kept, sent and gone
// back to.
func (v *visit) keepAddress(p Params) {
	name := "HX-Push-Url"
	if v.wantsResults() {
		name = "HX-Replace-Url" // a letter more is no further step of one's way
	} else if v.Request().Header.Get("HX-Boosted") != "true" {
		return
	}
	if to := p.Link("/"); len(to) <= maxAddress {
		v.Response().Header().Set(name, to)
	}
}

// standsAt has the browser's address be that of the page that a form is answered
// with: that of the form shows nothing when it is asked for again.
func (v *visit) standsAt(page string) {
	v.Response().Header().Set("HX-Push-Url", page)
}

// zoned is a search that means the same to everybody: days are those of the
// visitor's zone where the address names none.
func (v *visit) zoned(p Params) Params {
	if zone := v.reading().zone; p.TZ == "" && zone != time.UTC {
		p.TZ = zone.String()
	}
	return p
}

// searchTyped searches for p, or while somebody types for what it may become:
// the last word may go on. Where nothing has such a word, what was typed may be
// a word that is one letter off. It tells what it has searched for.
func (s *Server) searchTyped(v *visit, p Params) (Params, *SearchAnswer, error) {
	ask := p
	ask.Facets = "1" // for what the page offers
	ask.TZ = v.zoned(p).TZ
	if v.wantsResults() && v.QueryParam("typing") != "" {
		ask.Q = unfinished(p.Q)
	}
	a, err := s.search(v, ask)
	if err == nil && a.Total == 0 && ask.Q != p.Q {
		ask.Q = p.Q
		a, err = s.search(v, ask)
	}
	p.Q = ask.Q
	return p, a, err
}

// unfinished is a query whose last word is only the beginning of one, where a
// query can say that: not within quotes, a filter or an operator.
func unfinished(q string) string {
	last, _ := utf8.DecodeLastRuneInString(q)
	if !unicode.IsLetter(last) && !unicode.IsMark(last) && !unicode.IsDigit(last) {
		return q
	}
	words := strings.Fields(q)
	if slices.Contains([]string{"OR", "AND", "NOT", "NEAR", "AROUND"}, words[len(words)-1]) {
		return q
	}
	before, after := query.Parse(q), query.Parse(q+"*")
	if all := clauses(before.Root); len(all) > 1 && isLetter(all[len(all)-1]) && utf8.RuneCountInString(words[len(words)-1]) == 1 {
		return strings.TrimSpace(q[:len(q)-utf8.RuneLen(last)]) // it says next to nothing yet, and stands for very much
	}
	wanted := query.Wanted(after.Root)
	if len(wanted) == 0 || !isBeginning(wanted[len(wanted)-1]) || len(after.Notes) > len(before.Notes) {
		return q
	}
	return q + "*"
}

// isLetter tells whether a clause is a single letter of a script in which words
// are longer.
func isLetter(n query.Node) bool {
	w, ok := n.(query.Word)
	r, size := utf8.DecodeRuneInString(w.Text)
	return ok && !w.Prefix && size == len(w.Text) && unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic)
}

func isBeginning(n query.Node) bool {
	switch n := n.(type) {
	case query.Word:
		return n.Prefix
	case query.Number:
		return n.Prefix
	case query.Phrase:
		return n.Prefix
	}
	return false
}

// goElsewhere sends a browser on. A script that asked for a part of a page would
// put the whole of another one in its place, so it is told to go there.
func (v *visit) goElsewhere(path string) error {
	if !v.wantsResults() {
		return v.seeOther(path)
	}
	v.Response().Header().Set("HX-Redirect", path)
	return v.NoContent(http.StatusNoContent)
}

// startAnew leads to a page, and the place on it, that a browser loads as a whole:
// after what changes more than a page's content.
func (v *visit) startAnew(path, at string) error {
	if v.Request().Header.Get("HX-Request") != "true" {
		return v.seeOther(path + at)
	}
	v.Response().Header().Set("HX-Redirect", path) // with a place, the page that one is on would be only gone through
	return v.NoContent(http.StatusNoContent)
}
