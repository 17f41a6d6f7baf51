package engine

import (
	"fmt"
	"math"

	"github.com/RoaringBitmap/roaring/v2"
)

// Columns are the values of a segment's documents, by document. They never
// change.
type Columns struct {
	Left     []int64  // when it was left: microseconds since 1970
	ID       []int64  // the voicemail's
	Duration []uint32 // tenths of a second; 0 unknown
	Has      []uint8  // a bit for each of HasNames
	Bot      Column
	Lang     Column
	Queue    Column
	Author   Column
}

// keywordColumns says which fields have a column of keywords. Another one is a
// line here and in Columns.
var keywordColumns = []struct {
	field string
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

// readColumns un-inverts the terms that columns are made of.
func readColumns(r reader, count uint32) (*Columns, error) {
	c := &Columns{
		Left: make([]int64, count), ID: make([]int64, count),
		Duration: make([]uint32, count), Has: make([]uint8, count),
	}
	err := c.readDigits(r)
	for _, k := range keywordColumns {
		if err == nil {
			err = k.of(c).read(r, k.field, count)
		}
	}
	if err == nil {
		err = r.invert(FieldHas, nil, nil, func(term []byte, docs *roaring.Bitmap) error {
			bit := hasBit(string(term))
			return each(docs, count, func(doc uint32) { c.Has[doc] |= bit })
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read columns: %w", err)
	}
	for _, id := range c.ID {
		if id <= 0 {
			return nil, fmt.Errorf("read columns: a document has no id")
		}
	}
	return c, nil
}

func (c *Columns) readDigits(r reader) error {
	count := uint32(len(c.ID))
	return r.invert(fieldDigits, nil, nil, func(term []byte, docs *roaring.Bitmap) error {
		letter, n, ok := parseDigit(term)
		if !ok {
			return fmt.Errorf("a digit of %d bytes", len(term))
		}
		switch letter {
		case digitsOfLeft:
			return each(docs, count, func(doc uint32) { c.Left[doc] |= int64(n) })
		case digitsOfID:
			return each(docs, count, func(doc uint32) { c.ID[doc] |= int64(n) })
		case digitsOfDuration:
			return each(docs, count, func(doc uint32) { c.Duration[doc] |= uint32(n) })
		}
		return fmt.Errorf("a digit of another number")
	})
}

func (c *Column) read(r reader, field string, count uint32) error {
	c.Names = []string{""}
	places := make([]uint32, count)
	err := r.invert(field, nil, nil, func(term []byte, docs *roaring.Bitmap) error {
		at := uint32(len(c.Names))
		c.Names = append(c.Names, string(term))
		return each(docs, count, func(doc uint32) { places[doc] = at })
	})
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

// each calls f for every document of a set; an error where one is not below
// count.
func each(docs *roaring.Bitmap, count uint32, f func(doc uint32)) error {
	if docs.IsEmpty() {
		return nil
	}
	if last := docs.Maximum(); last >= count {
		return fmt.Errorf("document %d of %d", last, count)
	}
	var buffer [512]uint32
	for it := docs.ManyIterator(); ; {
		n := it.NextMany(buffer[:])
		if n == 0 {
			return nil
		}
		for _, doc := range buffer[:n] {
			f(doc)
		}
	}
}
