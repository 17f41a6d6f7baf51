package index

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"sync"
)

// choice is what words of a query stood for in the index, of those of which there
// were many, by how and for what they were looked up.
type choice map[string][]string

// fewestChosen is from how many words on a choice is remembered: some more may be too
// many by the next page.
const fewestChosen = maxExpansions / 2

// keptChoices is how many are remembered, some 100 KB each at most.
const keptChoices = 128

// choices remembers for cursors which words were the most frequent ones when their
// first page was made: voicemails that come and go, and merges that forget those that
// are gone, change that. What is forgotten, as at a restart, is chosen anew. It is
// safe for concurrent use; the zero value is empty.
type choices struct {
	mu    sync.Mutex
	known map[uint64]choice
	order []uint64 // the oldest first
}

// keep remembers a choice and returns by what; 0 for an empty one.
func (c *choices) keep(made choice) uint64 {
	if len(made) == 0 {
		return 0
	}
	id := made.id()
	c.mu.Lock()
	defer c.mu.Unlock()
	if at := slices.Index(c.order, id); at >= 0 {
		c.order = append(slices.Delete(c.order, at, at+1), id)
		return id
	}
	if c.known == nil {
		c.known = make(map[uint64]choice)
	}
	if len(c.order) == keptChoices {
		delete(c.known, c.order[0])
		c.order = slices.Delete(c.order, 0, 1)
	}
	c.known[id] = maps.Clone(made)
	c.order = append(c.order, id)
	return id
}

// of is what was remembered by an id; nil where nothing is. It must not be changed.
func (c *choices) of(id uint64) choice {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[id]
}

// id tells a choice from others. It is never 0.
func (c choice) id() uint64 {
	h := sha256.New()
	write := func(text string) {
		_ = binary.Write(h, binary.BigEndian, uint64(len(text)))
		h.Write([]byte(text))
	}
	for _, key := range slices.Sorted(maps.Keys(c)) {
		write(key)
		for _, word := range c[key] {
			write(word)
		}
	}
	return max(binary.BigEndian.Uint64(h.Sum(nil)), 1)
}
