package words

import (
	"hash/maphash"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// entry is what a word is known by in one language. It never changes.
type entry struct {
	text   string
	stem   string // with the language before it
	parts  []string
	sounds []string
	hot    bool
}

const (
	shards      = 16
	shardWords  = 2048
	longestWord = 40 // in bytes: longer ones are rare, and not worth the memory
)

// cache remembers the words of one language: at most 2 x shards x shardWords of
// them. Each shard has two halves; a full one pushes the older out, so that
// frequent words stay. Safe for concurrent use.
type cache struct {
	seed   maphash.Seed
	shards [shards]shard
}

type shard struct {
	mu       sync.RWMutex
	now, old map[string]*entry
}

func newCache() *cache {
	c := &cache{seed: maphash.MakeSeed()}
	for i := range c.shards {
		c.shards[i].now = make(map[string]*entry)
	}
	return c
}

func (c *cache) shard(word string) *shard {
	return &c.shards[maphash.String(c.seed, word)%shards]
}

// get returns nil where the word is not known.
func (s *shard) get(word string) *entry {
	s.mu.RLock()
	e, fresh := s.now[word]
	if !fresh {
		e = s.old[word]
	}
	s.mu.RUnlock()
	if e != nil && !fresh {
		s.put(e)
	}
	return e
}

func (s *shard) put(e *entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.now) >= shardWords {
		s.old, s.now = s.now, make(map[string]*entry, shardWords)
	}
	s.now[e.text] = e
}

// look returns what a folded word is known by, from the cache if it can.
func (l *language) look(word string) *entry {
	if len(word) > longestWord {
		return l.make(word)
	}
	s := l.cache.shard(word)
	if e := s.get(word); e != nil {
		return e
	}
	e := l.make(strings.Clone(word))
	s.put(e)
	return e
}

func (l *language) make(word string) *entry {
	e := &entry{text: word, hot: Hot(word)}
	if word == "" || strings.ContainsFunc(word, unicode.IsNumber) {
		return e
	}
	// A stop word that is neither short nor frequent costs nothing, and people
	// may ask for it.
	stop := l.stops[word] && (e.hot || utf8.RuneCountInString(word) <= 3)
	if l.stem != nil && !stop {
		if stem := l.stem(word); stem != "" {
			e.stem = l.base + "/" + stem
			e.parts = l.parts(word)
		}
	}
	if !e.hot {
		e.sounds = l.sounds(word)
	}
	return e
}
