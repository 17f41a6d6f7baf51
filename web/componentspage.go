package web

import (
	"maps"
	"net/http"
	"slices"

	"afterbeep/store"
)

const componentsPath = "/help/components"

// componentsPage shows what pages are made of, each part in all its states. It
// is what new pages are built from, and what the look is tried on.
type componentsPage struct {
	frame
	Colours []string // tokens
	Spaces  []string // tokens
	Icons   []string
	Rows    []specimenRow
}

// specimenRow is a row of the table that is shown.
type specimenRow struct{ Name, Words, Count string }

func (s *Server) getComponents(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	return s.page(v, http.StatusOK, components(s.frame(v, "Components")))
}

func components(f frame) *componentsPage {
	return &componentsPage{frame: f,
		Colours: []string{"ground", "surface", "raised", "sunken", "ink", "muted", "line", "edge", "accent", "accent-ink", "accent-soft",
			"mark", "good", "good-soft", "warn", "warn-line", "bad", "bad-line", "bad-ink"},
		Spaces: []string{"s1", "s2", "s3", "s4", "s5", "s7"},
		Icons:  slices.Sorted(maps.Keys(icons)),
		Rows:   []specimenRow{{"stored", "Its transcript is here", "1,204"}, {"waiting", "It is asked for again", "17"}, {"dead", "It was given up", "3"}},
	}
}
