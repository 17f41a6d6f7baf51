package index

import (
	"fmt"
	"slices"
	"sync"

	"afterbeep/index/engine"
	"afterbeep/index/words"
)

// memory keeps what searches have found out of the segments of an index. They
// never change; their columns name them from one snapshot to the next.
type memory struct {
	mu       sync.Mutex
	segments map[*engine.Columns]*recalled
}

// recalled is what is remembered of one segment.
type recalled struct {
	langs []string // with stems in it

	mu   sync.Mutex
	tops map[term]*top // at most maxTops
}

// of returns what is remembered of the segments of a snapshot, and the languages
// that have stems in any of them, in order. What was of others is forgotten.
func (m *memory) of(s *engine.Snapshot) (out []*recalled, langs []string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := make(map[*engine.Columns]*recalled, len(s.Segments))
	for _, g := range s.Segments {
		r := m.segments[g.Columns()]
		if r == nil {
			r = &recalled{tops: make(map[term]*top)}
			if r.langs, err = stemmed(g); err != nil {
				return nil, nil, err
			}
		}
		now[g.Columns()] = r
		out = append(out, r)
		for _, lang := range r.langs {
			if !slices.Contains(langs, lang) {
				langs = append(langs, lang)
			}
		}
	}
	m.segments = now
	slices.Sort(langs)
	return out, langs, nil
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
