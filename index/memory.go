package index

import (
	"fmt"
	"slices"
	"sync"

	"afterbeep/index/engine"
	"afterbeep/index/words"
)

// recalled is what searches have found out of a segment. It is kept with the
// segment's columns: these never change, and go from one snapshot to the next.
type recalled struct {
	looking sync.Mutex // held while languages are looked up
	looked  bool
	langs   []string

	mu   sync.Mutex
	tops map[term]*top

	kept kept
}

// recall returns what is remembered of the segments of a snapshot, and the
// languages that have stems in any of them, in order. Searches wait for each
// other only where they look up the languages of the same segment.
func recall(s *engine.Snapshot) (out []*recalled, langs []string, err error) {
	for _, g := range s.Segments {
		r := g.Columns().Attached(func() any { return &recalled{tops: make(map[term]*top)} }).(*recalled)
		of, err := r.languages(g)
		if err != nil {
			return nil, nil, err
		}
		out = append(out, r)
		for _, lang := range of {
			if !slices.Contains(langs, lang) {
				langs = append(langs, lang)
			}
		}
	}
	slices.Sort(langs)
	return out, langs, nil
}

// languages are those that have stems in the segment.
func (r *recalled) languages(g *engine.Segment) ([]string, error) {
	r.looking.Lock()
	defer r.looking.Unlock()
	if r.looked {
		return r.langs, nil
	}
	langs, err := stemmed(g)
	if err != nil {
		return nil, err
	}
	r.langs, r.looked = langs, true
	return langs, nil
}

// top returns what is remembered of a term, nil where nothing is.
func (r *recalled) top(t term) *top {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tops[t]
}

// remember keeps the best documents of a term, at most those of most terms.
func (r *recalled) remember(t term, best *top, most int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.tops) >= most {
		clear(r.tops)
	}
	r.tops[t] = best
}

// stemmed are the languages that have stems in a segment.
func stemmed(s *engine.Segment) ([]string, error) {
	var out []string
	for _, lang := range words.Languages() {
		err := s.Prefix(engine.FieldStem, lang+"/", 1, func(string, uint64) bool {
			out = append(out, lang)
			return false
		})
		if err != nil {
			return nil, fmt.Errorf("look up languages: %w", err)
		}
	}
	return out, nil
}
