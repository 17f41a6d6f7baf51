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
	tops rememberedTops

	kept kept
}

const (
	// topShare is how many bytes a segment has for the best documents of words,
	// for each of its documents: 40 MB in an index of a million.
	topShare = 40
	// leastTops is what a small segment has for them: there are some ten of
	// these at a time.
	leastTops = 64 << 10
)

// maxTops is how many bytes a segment has for the best documents of words. Words
// that so few documents have that all of them would be are not remembered.
func maxTops(documents uint32) int { return max(int(documents)*topShare, leastTops) }

// rememberedTops are the best documents of words: of those that were asked for
// lately. When new ones have taken half of the bytes, those that were not asked
// for since the last time that they had are forgotten.
type rememberedTops struct {
	lately, before map[term]*top
	bytes          int // of lately; before has no more
}

func (r *rememberedTops) of(t term, most int) *top {
	if known := r.lately[t]; known != nil {
		return known
	}
	known := r.before[t]
	if known != nil {
		r.put(t, known, most)
	}
	return known
}

func (r *rememberedTops) put(t term, best *top, most int) {
	bytes := best.bytes() + len(t.text)
	if old := r.lately[t]; old != nil {
		r.bytes -= old.bytes() + len(t.text)
	}
	if r.lately == nil || r.bytes+bytes > most/2 {
		r.lately, r.before, r.bytes = make(map[term]*top), r.lately, 0
	}
	r.lately[t] = best
	r.bytes += bytes
}

// recall returns what is remembered of the segments of a snapshot, and the
// languages that have stems in any of them, in order. Searches wait for each
// other only where they look up the languages of the same segment.
func recall(s *engine.Snapshot) (out []*recalled, langs []string, err error) {
	for _, g := range s.Segments {
		r := recalledOf(g)
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

func recalledOf(g *engine.Segment) *recalled {
	return g.Columns().Attached(func() any { return &recalled{} }).(*recalled)
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

// top returns what is remembered of a term, nil where nothing is; most is what
// all may take.
func (r *recalled) top(t term, most int) *top {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tops.of(t, most)
}

// remember keeps the best documents of a term, at most so many bytes of all.
func (r *recalled) remember(t term, best *top, most int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tops.put(t, best, most)
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
