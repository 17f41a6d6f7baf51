package engine

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
)

// Columns are the values of a segment's documents, by document. They never
// change, and are safe for concurrent use.
type Columns struct {
	Left     []int64  // when it was left: microseconds since 1970
	ID       []int64  // the voicemail's
	Duration []uint32 // tenths of a second; 0 unknown
	Has      []uint8  // a bit for each of HasNames
	Bot      Column
	Lang     Column
	Queue    Column
	Author   Column

	byTime []uint32 // all documents by Left, then ID
	ranks  []uint32 // where in byTime a document is

	mu        sync.Mutex // guards durations
	durations durationCounts

	attach   sync.Once
	attached any
}

// Attached returns what its caller keeps beside the columns, made once by the
// first who asks; others wait for that. It lives as long as the columns do, in
// whichever snapshot they are, and is to be safe for concurrent use.
func (c *Columns) Attached(produce func() any) any {
	c.attach.Do(func() { c.attached = produce() })
	return c.attached
}

// keywordColumns says which fields have a column of keywords. Another one is a
// line here and one in Columns.
var keywordColumns = []struct {
	field Field
	of    func(*Columns) *Column
}{
	{FieldBot, func(c *Columns) *Column { return &c.Bot }},
	{FieldLang, func(c *Columns) *Column { return &c.Lang }},
	{FieldQueue, func(c *Columns) *Column { return &c.Queue }},
	{FieldAuthor, func(c *Columns) *Column { return &c.Author }},
}

// Column is one keyword of each document.
type Column struct {
	// Names are the segment's values; Names[0] is "", no value.
	Names []string

	field  Field
	totals []int // how many documents have each, deleted ones included
	// Exactly one of these is set: the narrowest that can hold all places.
	bytes []uint8
	words []uint16
	longs []uint32
}

// At is the place in Names of a document's value.
func (c *Column) At(doc uint32) uint32 {
	switch {
	case c.bytes != nil:
		return uint32(c.bytes[doc])
	case c.words != nil:
		return uint32(c.words[doc])
	}
	return c.longs[doc]
}

func newColumns(count uint32) *Columns {
	return &Columns{
		Left: make([]int64, count), ID: make([]int64, count),
		Duration: make([]uint32, count), Has: make([]uint8, count),
	}
}

// loads are what reads columns out of a segment, by un-inverting the terms that
// they are made of. They may run side by side, and take about as long as each
// other.
func (c *Columns) loads(r reader) []func() error {
	return []func() error{
		func() error { return c.readLeft(r) },
		func() error { return c.readNumbers(r) },
		func() error { return c.readKeywords(r) },
	}
}

func (c *Columns) readLeft(r reader) error {
	err := c.readDigits(r, digitsOfLeft, func(docs []uint32, n uint64) {
		for _, doc := range docs {
			c.Left[doc] |= int64(n)
		}
	})
	if err == nil {
		c.byTime = timeOrder(c.Left)
	}
	return err
}

func (c *Columns) readNumbers(r reader) error {
	err := c.readDigits(r, digitsOfID, func(docs []uint32, n uint64) {
		for _, doc := range docs {
			c.ID[doc] |= int64(n)
		}
	})
	if err == nil {
		err = c.readDigits(r, digitsOfDuration, func(docs []uint32, n uint64) {
			for _, doc := range docs {
				c.Duration[doc] |= uint32(n)
			}
		})
	}
	if err != nil {
		return err
	}
	for _, id := range c.ID {
		if id <= 0 {
			return fmt.Errorf("read columns: a document has no id")
		}
	}
	return nil
}

func (c *Columns) readKeywords(r reader) error {
	count := uint32(len(c.ID))
	for _, k := range keywordColumns {
		if err := k.of(c).read(r, k.field, count); err != nil {
			return fmt.Errorf("read columns: %w", err)
		}
	}
	err := r.invert(FieldHas.String(), nil, nil, func(term []byte, docs []uint32) error {
		bit := hasBit(string(term))
		for _, doc := range docs {
			c.Has[doc] |= bit
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read columns: %w", err)
	}
	return nil
}

// finish is what takes more than one column. It is called after all loads.
func (c *Columns) finish() {
	for from := 0; from < len(c.byTime); {
		to := from + 1
		for to < len(c.byTime) && c.Left[c.byTime[to]] == c.Left[c.byTime[from]] {
			to++
		}
		if to-from > 1 {
			slices.SortFunc(c.byTime[from:to], func(a, b uint32) int { return cmp.Compare(c.ID[a], c.ID[b]) })
		}
		from = to
	}
	c.ranks = make([]uint32, len(c.byTime))
	for rank, doc := range c.byTime {
		c.ranks[doc] = uint32(rank)
	}
}

func (c *Columns) readDigits(r reader, number byte, set func(docs []uint32, n uint64)) error {
	err := r.invert(fieldDigits.String(), []byte{number}, []byte{number + 1}, func(term []byte, docs []uint32) error {
		n, ok := parseDigit(term)
		if !ok {
			return fmt.Errorf("a digit of %d bytes", len(term))
		}
		set(docs, n)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read columns: %w", err)
	}
	return nil
}

func (c *Column) read(r reader, field Field, count uint32) error {
	c.field, c.Names, c.totals = field, []string{""}, []int{int(count)}
	places := make([]uint32, count)
	err := r.invert(field.String(), nil, nil, func(term []byte, docs []uint32) error {
		at := uint32(len(c.Names))
		c.Names = append(c.Names, string(term))
		for _, doc := range docs {
			places[doc] = at
		}
		return nil
	})
	c.totals = make([]int, len(c.Names))
	for _, at := range places {
		c.totals[at]++
	}
	switch {
	case len(c.Names) <= math.MaxUint8+1:
		c.bytes = narrowed[uint8](places)
	case len(c.Names) <= math.MaxUint16+1:
		c.words = narrowed[uint16](places)
	default:
		c.longs = places
	}
	return err
}

func narrowed[T uint8 | uint16](places []uint32) []T {
	out := make([]T, len(places))
	for i, p := range places {
		out[i] = T(p)
	}
	return out
}

// blockSize is how many documents are taken out of a bitmap at once: so many
// that a call costs nothing, so few that they stay in the first cache.
const blockSize = 1024

// blocks calls f with the documents of a set, ascending, in pieces that are
// reused, until f returns false.
func blocks(docs *roaring.Bitmap, f func(docs []uint32) bool) {
	buffer := blockPool.Get().(*[blockSize]uint32)
	defer blockPool.Put(buffer)
	for it := docs.ManyIterator(); ; {
		n := it.NextMany(buffer[:])
		if n == 0 || !f(buffer[:n]) {
			return
		}
	}
}

var blockPool = sync.Pool{New: func() any { return new([blockSize]uint32) }}

// timeOrder returns the documents by their times, ascending, by counting the
// digits of the times from the last to the first: a fifth of what comparing
// takes.
func timeOrder(left []int64) []uint32 {
	const digits = 1 << digitBits
	order, next := make([]uint32, len(left)), make([]uint32, len(left))
	for i := range order {
		order[i] = uint32(i)
	}
	for shift := 0; shift < 64; shift += digitBits {
		// Without the sign, negative times would come last.
		digit := func(doc uint32) uint64 { return (uint64(left[doc]) ^ 1<<63) >> shift & (digits - 1) }
		var starts [digits + 1]uint32
		for doc := range order {
			starts[digit(uint32(doc))+1]++
		}
		if slices.Contains(starts[:], uint32(len(left))) {
			continue // the same digit everywhere
		}
		for i := 1; i < len(starts); i++ {
			starts[i] += starts[i-1]
		}
		for _, doc := range order {
			at := &starts[digit(doc)]
			next[*at] = doc
			*at++
		}
		order, next = next, order
	}
	return order
}
