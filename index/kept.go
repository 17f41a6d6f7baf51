package index

import (
	"sync"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"
)

// kept is what searches have looked up in the dictionaries and postings of one
// segment and may need again: people ask for the same words, typed one letter
// further each time, and a synonym of several words stands for many. A segment
// never changes, so that nothing kept is ever wrong, and nothing of it must be
// changed. It is safe for concurrent use; the zero value is empty.
type kept struct {
	words memory[[]string]
	sets  memory[*roaring.Bitmap]
	tops  memory[topWords]
	// learnt are tops that were looked up beforehand, by their beginnings, some 3 MB
	// in a segment of half a million documents: never forgotten; nil where none were.
	learnt atomic.Pointer[map[string]topWords]
}

// How many bytes for each document of a segment are kept at most: 8, 16 and 8 MB
// in an index of a million. Small segments, of which there are some ten, keep more.
const (
	keptWordBytes, keptSetBytes, keptTopBytes = 8, 16, 8
	leastKept                                 = 256 << 10
)

// memory holds values by name. What takes too many bytes is forgotten at once, as
// a whole. It is safe for concurrent use; the zero value is empty.
type memory[V any] struct {
	mu     sync.Mutex
	values map[string]V
	bytes  uint64
}

// entryBytes is about what a name takes beside its letters.
const entryBytes = 64

// recall returns the value kept under a name, or finds it and keeps it, with all
// others in most bytes. size is how many a value takes.
func (m *memory[V]) recall(name string, most uint64, size func(V) uint64, find func() (V, error)) (V, error) {
	m.mu.Lock()
	out, ok := m.values[name]
	m.mu.Unlock()
	if ok {
		return out, nil
	}
	out, err := find() // without the lock: others look for something else meanwhile
	if err != nil {
		return *new(V), err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(name, out, size(out), max(leastKept, most))
	return out, nil
}

func (m *memory[V]) put(name string, v V, bytes, most uint64) {
	bytes += uint64(len(name)) + entryBytes
	if bytes > most {
		return
	}
	if m.values == nil || m.bytes+bytes > most {
		m.values, m.bytes = make(map[string]V), 0
	}
	m.values[name] = v
	m.bytes += bytes
}

// list returns the words kept under a name, or looks them up.
func (k *kept) list(name string, documents uint32, find func() ([]string, error)) ([]string, error) {
	size := func(list []string) (bytes uint64) {
		for _, w := range list {
			bytes += uint64(len(w)) + 16
		}
		return bytes
	}
	return k.words.recall(name, keptWordBytes*uint64(documents), size, find)
}

// top returns the words kept that begin with prefix, or looks them up.
func (k *kept) top(prefix string, documents uint32, find func() (topWords, error)) (topWords, error) {
	if learnt := k.learnt.Load(); learnt != nil {
		if out, ok := (*learnt)[prefix]; ok {
			return out, nil
		}
	}
	return k.tops.recall(prefix, keptTopBytes*uint64(documents), topWords.bytes, find)
}

// set returns the documents kept under a name, or finds them.
func (k *kept) set(name string, documents uint32, find func() (*roaring.Bitmap, error)) (*roaring.Bitmap, error) {
	return k.sets.recall(name, keptSetBytes*uint64(documents), (*roaring.Bitmap).GetSizeInBytes, func() (*roaring.Bitmap, error) {
		found, err := find()
		if err != nil {
			return nil, err
		}
		// What was found may still be of the segment's file, which may be gone
		// sooner than this is.
		set := found.Clone()
		set.CloneCopyOnWriteContainers()
		return set, nil
	})
}
