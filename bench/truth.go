package main

import (
	"context"
	"strings"

	"afterbeep/index/query"
	"afterbeep/store"
)

// pageSize is how many hits every engine is asked for.
const pageSize = 20

// use says that a word is a term of a request.
type use struct {
	request int
	terms   uint32 // a bit for each term that it is
}

// counter counts what the requests match, in the simplest way there is: word by
// word, with no index. Not safe for concurrent use.
type counter struct {
	requests []request
	terms    map[string][]use
	prefixes map[string][]use
	longest  int // of the prefixes
	fuzzy    []int
	uses     map[string][]use // of every word met, by what it matches
	totals   []int
	last     [][]int64

	got   []uint32 // of the voicemail at hand, terms met, by request
	met   []int    // requests with some
	words []string
}

func newCounter(requests []request) *counter {
	c := &counter{requests: requests, terms: map[string][]use{}, prefixes: map[string][]use{}, uses: map[string][]use{},
		totals: make([]int, len(requests)), last: make([][]int64, len(requests)), got: make([]uint32, len(requests))}
	for i, r := range requests {
		for k, t := range r.Terms {
			switch r.Kind {
			case "prefix":
				c.prefixes[t] = append(c.prefixes[t], use{i, 1})
				c.longest = max(c.longest, len(t))
			case "fuzzy":
				c.fuzzy = append(c.fuzzy, i)
			default:
				c.terms[t] = append(c.terms[t], use{i, 1 << k})
			}
		}
	}
	return c
}

// usesOf is which terms of which requests a word is.
func (c *counter) usesOf(w string) []use {
	uses, known := c.uses[w]
	if known {
		return uses
	}
	uses = append(uses, c.terms[w]...)
	for n := 1; n <= min(len(w), c.longest); n++ {
		uses = append(uses, c.prefixes[w[:n]]...)
	}
	for _, i := range c.fuzzy {
		if oneEdit(w, c.requests[i].Terms[0]) {
			uses = append(uses, use{i, 1})
		}
	}
	c.uses[w] = uses
	return uses
}

func (c *counter) add(v *store.Voicemail) {
	c.words, c.met = c.words[:0], c.met[:0]
	for _, t := range query.Tokens(v.Text) {
		c.words = append(c.words, t.Text)
		for _, u := range c.usesOf(t.Text) {
			if c.got[u.request] == 0 {
				c.met = append(c.met, u.request)
			}
			c.got[u.request] |= u.terms
		}
	}
	for _, i := range c.met {
		if c.matches(c.requests[i], c.got[i], v) {
			c.totals[i]++
			if c.requests[i].New {
				if c.last[i] = append(c.last[i], v.LeftAt.UnixMicro()); len(c.last[i]) > 1000 {
					c.last[i] = newest(c.last[i], pageSize)
				}
			}
		}
		c.got[i] = 0
	}
}

func (c *counter) matches(r request, got uint32, v *store.Voicemail) bool {
	if got != 1<<len(r.Terms)-1 && r.Kind != "or" {
		return false
	}
	if r.From != 0 && (v.LeftAt.UnixMilli() < r.From || v.LeftAt.UnixMilli() > r.To || v.Lang != r.Lang) {
		return false
	}
	return r.Kind != "phrase" || sideBySide(c.words, r.Terms)
}

func sideBySide(words, terms []string) bool {
next:
	for i := range max(0, len(words)-len(terms)+1) {
		for k, t := range terms {
			if words[i+k] != t {
				continue next
			}
		}
		return true
	}
	return false
}

// truth fills in what the requests match.
func (c *corpus) truth(ctx context.Context, requests []request, workers int) error {
	parts := make([]*counter, workers)
	for i := range parts {
		parts[i] = newCounter(requests)
	}
	err := c.each(ctx, workers, func(w, _ int, v *store.Voicemail) error {
		parts[w].add(v)
		return nil
	})
	for i := range requests {
		for _, p := range parts {
			requests[i].Total += p.totals[i]
			requests[i].Last = append(requests[i].Last, p.last[i]...)
		}
		requests[i].Last = newest(requests[i].Last, pageSize)
	}
	return err
}

// oneEdit reports whether a becomes b by one letter added, dropped, changed or
// swapped with its neighbour, or by none.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	restA, restB := a[i:], b[i:]
	switch {
	case len(a) < len(b):
		return restA == restB[1:]
	case len(restA) < 2:
		return true
	}
	return restA[1:] == restB[1:] ||
		restA[0] == restB[1] && restA[1] == restB[0] && strings.HasPrefix(restA[2:], restB[2:])
}
