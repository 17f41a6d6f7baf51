package web

import (
	"net/http"
	"slices"

	"afterbeep/index/query"
	"afterbeep/store"
)

const helpPath = "/help/search"

type helpPage struct {
	frame
	Rules  []ruleView
	Fields []fieldView
}

// ruleView is a row of the help: a query to try and what it finds.
type ruleView struct{ Example, Href, Means string }

type fieldView struct {
	ruleView
	Name    string
	Aliases []string // written with their colon
}

// getHelp explains the query language from the table that it is read by.
func (s *Server) getHelp(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	page := &helpPage{frame: s.frame(v, "How to search")}
	fields := query.Fields()
	for _, r := range query.Syntax() {
		if !slices.ContainsFunc(fields, func(f query.Field) bool { return f.Example == r.Example }) {
			page.Rules = append(page.Rules, ruleViewOf(r.Example, r.Means))
		}
	}
	for _, f := range fields {
		view := fieldView{ruleView: ruleViewOf(f.Example, f.Means), Name: f.Name + ":"}
		for _, alias := range slices.Concat(f.Aliases, f.Opposites) {
			view.Aliases = append(view.Aliases, alias+":")
		}
		page.Fields = append(page.Fields, view)
	}
	return s.page(v, http.StatusOK, page)
}

func ruleViewOf(example, means string) ruleView {
	return ruleView{Example: example, Href: Params{Q: example}.Link("/"), Means: means}
}
