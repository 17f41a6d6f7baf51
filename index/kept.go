package index

import (
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
)

// kept is what searches have looked up in the dictionaries and postings of one
// segment and may need again: people ask for the same words, typed one letter
// further each time, and a synonym of several words stands for many. A segment
// never changes, so that nothing kept is ever wrong. What takes too many bytes
// is forgotten at once, as a whole. It is safe for concurrent use; the zero
// value is empty.
type kept struct {
	mu    sync.Mutex
	words memory[[]string]
	sets  memory[*roaring.Bitmap]
	tops  memory[topWords]
}

// How many bytes for each document of a segment are kept at most: 8, 16 and 8 MB
// in an index of a million. Small segments, of which there are some ten, keep more.
const (
	keptWordBytes, keptSetBytes, keptTopBytes = 8, 16, 8
	leastKept                                 = 256 << 10
)

// memory holds values by name, until they take too many bytes.
type memory[V any] struct {
	values map[string]V
	bytes  uint64
}

// entryBytes is about what a name takes beside its letters.
const entryBytes = 64

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

// list returns the words kept under a name, or looks them up. They must not be
// changed.
func (k *kept) list(name string, documents uint32, find func() ([]string, error)) ([]string, error) {
	k.mu.Lock()
	out, ok := k.words.values[name]
	k.mu.Unlock()
	if ok {
		return out, nil
	}
	out, err := find()
	if err != nil {
		return nil, err
	}
	bytes := uint64(0)
	for _, w := range out {
		bytes += uint64(len(w)) + 16
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.words.put(name, out, bytes, max(leastKept, keptWordBytes*uint64(documents)))
	return out, nil
}

// top returns the words kept that begin with prefix, or looks them up. They must
// not be changed.
func (k *kept) top(prefix string, documents uint32, find func() (topWords, error)) (topWords, error) {
	k.mu.Lock()
	out, ok := k.tops.values[prefix]
	k.mu.Unlock()
	if ok {
		return out, nil
	}
	out, err := find()
	if err != nil {
		return topWords{}, err
	}
	bytes := uint64(0)
	for _, w := range out.words {
		bytes += uint64(len(w.term)) + 24
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tops.put(prefix, out, bytes, max(leastKept, keptTopBytes*uint64(documents)))
	return out, nil
}

// set returns the documents kept under a name, or finds them. They must not be
// changed.
func (k *kept) set(name string, documents uint32, find func() (*roaring.Bitmap, error)) (*roaring.Bitmap, error) {
	k.mu.Lock()
	out, ok := k.sets.values[name]
	k.mu.Unlock()
	if ok {
		return out, nil
	}
	found, err := find()
	if err != nil {
		return nil, err
	}
	// What was found may still be of the segment's file, which may be gone
	// sooner than this is.
	out = found.Clone()
	out.CloneCopyOnWriteContainers()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sets.put(name, out, out.GetSizeInBytes(), max(leastKept, keptSetBytes*uint64(documents)))
	return out, nil
}
