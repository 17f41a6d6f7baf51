package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"afterbeep/index/query"
	"afterbeep/store"
)

const searchFormPath = "/search/form"

// wish is a search as the advanced form has it, as typed: its fields are those of
// the form. What the form has no field for stands in All as the language has it.
type wish struct {
	All, Phrase, Any, None                 string
	From, To, Since, Until                 string
	Lang, Bot, Queue, Has, Longer, Shorter string
	Is, Tag                                string
}

// fields names the fields as they stand in the form.
func (w *wish) fields() map[string]*string {
	out := w.filters()
	out["all"], out["phrase"], out["any"], out["none"] = &w.All, &w.Phrase, &w.Any, &w.None
	return out
}

// filters are those fields that filters of the same names write.
func (w *wish) filters() map[string]*string {
	return map[string]*string{"from": &w.From, "to": &w.To, "since": &w.Since, "until": &w.Until, "lang": &w.Lang, "bot": &w.Bot,
		"queue": &w.Queue, "has": &w.Has, "is": &w.Is, "tag": &w.Tag, "longer": &w.Longer, "shorter": &w.Shorter}
}

// filterOrder is how the filters follow each other in the query.
var filterOrder = [...]string{"from", "to", "since", "until", "lang", "bot", "queue", "has", "is", "tag", "longer", "shorter"}

// query is what the form asks for, in the language.
func (w wish) query() string {
	parts := strings.Fields(w.All)
	unquoted := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, `"`, " ")) }
	if phrase := unquoted(w.Phrase); phrase != "" {
		parts = append(parts, `"`+phrase+`"`)
	}
	if any := strings.Fields(w.Any); len(any) > 0 {
		any = slices.DeleteFunc(any, func(word string) bool { return word == "OR" })
		parts = append(parts, "("+strings.Join(any, " OR ")+")")
	}
	for _, word := range strings.Fields(w.None) {
		parts = append(parts, "-"+strings.TrimLeft(word, "-"))
	}
	filters := w.filters()
	for _, name := range filterOrder {
		if value := unquoted(*filters[name]); value != "" {
			parts = append(parts, name+`:"`+value+`"`)
		}
	}
	return query.Parse(strings.Join(parts, " ")).String()
}

// wishOf puts a query into the form, each of its clauses where it belongs.
func wishOf(q string) wish {
	var w wish
	more := func(to *string, text string) { *to = strings.TrimSpace(*to + " " + text) }
	filters := w.filters()
	set := func(name, value string) bool {
		field := filters[name]
		if field == nil || *field != "" {
			return false
		}
		*field = value
		return true
	}
	for _, c := range clauses(query.Parse(q).Root) {
		placed := false
		switch n := c.(type) {
		case query.Phrase:
			if placed = w.Phrase == "" && !n.Prefix && !n.Hyphenated; placed {
				w.Phrase = strings.Join(n.Words, " ")
			}
		case query.Or:
			if placed = w.Any == "" && !slices.ContainsFunc(n.Nodes, func(kid query.Node) bool { return !isOneWord(kid) }); placed {
				for _, kid := range n.Nodes {
					more(&w.Any, kid.String())
				}
			}
		case query.Filter:
			placed = set(n.Field, n.Value)
		case query.Not:
			if placed = isOneWord(n.Node); placed {
				more(&w.None, n.Node.String())
			} else if f, ok := n.Node.(query.Filter); ok {
				placed = set(map[string]string{"before": "since", "after": "until"}[f.Field], f.Value)
			}
		}
		if _, either := c.(query.Or); !placed && either {
			more(&w.All, "("+c.String()+")")
		} else if !placed {
			more(&w.All, c.String())
		}
	}
	return w
}

func isOneWord(n query.Node) bool {
	switch n := n.(type) {
	case query.Word:
		return true
	case query.Number:
		return len(n.Words) == 1 && !n.Plus
	}
	return false
}

// searchFormPage is the form that writes a query.
type searchFormPage struct {
	frame
	Wish   wish
	Langs  []option
	Bots   []option
	Queues []option
	Haves  []option
	Works  []option
	Tags   []string // that are in use
	Back   string   // the search that one came from
	Sort   string
	TZ     string
	Saved  string
}

// getSearchForm shows the form, or writes what it asks for and searches for that.
func (s *Server) getSearchForm(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	if v.QueryParam("write") != "" {
		var w wish
		for name, field := range w.fields() {
			*field = v.QueryParam(name)
		}
		return v.seeOther(Params{Q: w.query(), Sort: v.QueryParam("sort"), TZ: v.QueryParam("tz"), Saved: v.QueryParam(savedField)}.Link("/"))
	}
	facets, err := s.allFacets(v)
	if err != nil {
		return err
	}
	p := ParamsOf(v.QueryParams())
	w := wishOf(p.Q)
	// What the fields beside the box say, the form says in the query.
	for _, both := range []struct {
		to   *string
		from string
	}{{&w.Lang, p.Lang}, {&w.Bot, p.Bot}, {&w.Queue, p.Queue}, {&w.Has, p.Has}, {&w.Is, p.state()}, {&w.Since, p.From}, {&w.Until, p.To}} {
		if *both.to == "" {
			*both.to = both.from
		}
	}
	tags, err := s.Store.TagCounts(v.ctx(), v.scope(), offeredTags)
	if err != nil {
		return fmt.Errorf("count tags: %w", err)
	}
	p.Cursor = ""
	page := &searchFormPage{frame: s.frame(v, "Advanced search"), Wish: w,
		Langs:  options("any language", w.Lang, valuesIn(facets.Lang), langName),
		Bots:   options("any bot", w.Bot, valuesIn(facets.Bot), func(bot string) string { return bot }),
		Queues: options("any queue", w.Queue, valuesIn(facets.Queue), func(queue string) string { return queue }),
		Haves:  options("anything", w.Has, Haves(), haveWords),
		Works:  options("any", w.Is, isValues(), wordsOfCallback),
		Back:   p.Link("/"), Sort: p.Sort, TZ: p.TZ, Saved: p.Saved}
	for _, t := range tags {
		page.Tags = append(page.Tags, t.Name)
	}
	return s.page(v, http.StatusOK, page)
}
