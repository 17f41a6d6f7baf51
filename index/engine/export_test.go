package engine

import (
	"context"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
)

// Merge makes one segment of all.
func (e *Engine) Merge(ctx context.Context) error {
	e.forcing.Lock()
	defer e.forcing.Unlock()
	return e.index.ForceMerge(ctx, nil)
}

// Plain is the snapshot as scorch has it.
func (s *Snapshot) Plain() *scorch.IndexSnapshot { return s.index }

// Slow is the segment, read through scorch's interfaces.
func (s *Segment) Slow() *Segment {
	out := *s
	out.reader = interfaces{s.source}
	return &out
}

// IsRaw tells whether the segment is read straight from its bytes.
func (s *Segment) IsRaw() bool {
	_, ok := s.reader.(*rawFile)
	return ok
}

// ColumnOf returns a column by its field; nil where there is none.
func (c *Columns) ColumnOf(field Field) *Column {
	for _, k := range keywordColumns {
		if k.field == field {
			return k.of(c)
		}
	}
	return nil
}

// Reload reads the segment's columns again, one after the other.
func (s *Segment) Reload() error {
	c := newColumns(s.count)
	for _, load := range c.loads(s.reader) {
		if err := load(); err != nil {
			return err
		}
	}
	c.finish()
	return nil
}

// Ready tells whether a snapshot can be had without waiting for a Refresh.
func (e *Engine) Ready() (bool, error) {
	s, err := e.share()
	if s != nil {
		s.Close()
	}
	return s != nil, err
}

// HoldKept asks for a set that is kept under name, and calls meanwhile while it
// is being made.
func (s *Segment) HoldKept(name string, meanwhile func()) error {
	_, err := s.keep(name, func() (*roaring.Bitmap, error) {
		meanwhile()
		return roaring.New(), nil
	})
	return err
}
