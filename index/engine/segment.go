package engine

import (
	"fmt"
	"unicode/utf8"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// Segment is one part of a Snapshot, with documents 0 to Count()-1, some of
// which may be deleted: only Live tells. It is safe for concurrent use while
// its snapshot is open.
type Segment struct {
	id      uint64
	count   uint32
	live    *roaring.Bitmap
	columns *Columns
	kept    *keptSets
	source  segment.Segment
	reader  reader
	engine  *Engine
}

// reader reads what an immutable segment holds of terms. What it gives for
// deleted documents is as good as for others.
type reader interface {
	bitmap(field, term string) (*roaring.Bitmap, error)
	union(field string, terms []string) (*roaring.Bitmap, error)
	count(field, term string) (uint64, error)
	weights(field, term string, in *roaring.Bitmap, visit func(doc, freq, length uint32)) error
	positions(field, term string, in *roaring.Bitmap, visit func(doc uint32, positions []uint32)) error
	places(field, term string, in *roaring.Bitmap) (*Places, error)
	terms(field string, a segment.Automaton, from, to []byte, counted bool, visit func(term string, docs uint64) bool) error
	invert(field string, from, to []byte, visit func(term []byte, docs []uint32) error) error
}

// Count is how many documents there are, deleted ones included.
func (s *Segment) Count() uint32 { return s.count }

// Live is the documents that are not deleted. It must not be changed.
func (s *Segment) Live() *roaring.Bitmap { return s.live }

// Columns are the values of the segment's documents.
func (s *Segment) Columns() *Columns { return s.columns }

// Bitmap is the documents that have the term, deleted ones included. It is
// never nil and must not be changed.
func (s *Segment) Bitmap(field Field, term string) (*roaring.Bitmap, error) {
	b, err := s.reader.bitmap(field.String(), term)
	return b, s.wrap(err)
}

// Union is the documents that have any of the terms, deleted ones included. It
// is never nil and must not be changed. Of many terms, it takes far less than
// the Bitmap of each.
func (s *Segment) Union(field Field, terms []string) (*roaring.Bitmap, error) {
	switch len(terms) {
	case 0:
		return roaring.New(), nil
	case 1:
		return s.Bitmap(field, terms[0])
	}
	b, err := s.reader.union(field.String(), terms)
	return b, s.wrap(err)
}

// Named is the documents with the ids that they were updated under, deleted ones
// included. It must not be changed.
func (s *Segment) Named(ids []string) (*roaring.Bitmap, error) {
	switch len(ids) {
	case 0:
		return roaring.New(), nil
	case 1:
		b, err := s.reader.bitmap(idField, ids[0])
		return b, s.wrap(err)
	}
	b, err := s.reader.union(idField, ids)
	return b, s.wrap(err)
}

// DocFreq is how many documents have the term, deleted ones included. It costs
// far less than Bitmap.
func (s *Segment) DocFreq(field Field, term string) (uint64, error) {
	n, err := s.reader.count(field.String(), term)
	return n, s.wrap(err)
}

// Weights calls each for every document that has the term and is in the set,
// ascending, deleted ones included: with how often it has the term and how many
// terms the field has, positions counted. in nil is every document. It is meant
// for FieldText and FieldStem; other fields have 1 for both, or nothing useful.
func (s *Segment) Weights(field Field, term string, in *roaring.Bitmap, each func(doc, freq, length uint32)) error {
	return s.wrap(s.reader.weights(field.String(), term, in, each))
}

// Positions calls each for every document that has the term and is in the set,
// ascending, deleted ones included: with where the term stands, ascending, 0
// being the first word. The slice is reused. in nil is every document. Only
// FieldText and FieldStem have positions.
func (s *Segment) Positions(field Field, term string, in *roaring.Bitmap, each func(doc uint32, positions []uint32)) error {
	return s.wrap(s.reader.positions(field.String(), term, in, each))
}

// Prefix calls each for the terms that begin with prefix, in order, with how
// many documents have them, until each returns false or limit terms were told;
// limit 0 is no limit.
func (s *Segment) Prefix(field Field, prefix string, limit int, each func(term string, docs uint64) bool) error {
	told := 0
	return s.wrap(s.reader.terms(field.String(), nil, []byte(prefix), behind(prefix), true, func(term string, docs uint64) bool {
		told++
		return each(term, docs) && told != limit
	}))
}

// behind is the first term that is behind all that begin with prefix; nil where
// there is none.
func behind(prefix string) []byte {
	out := []byte(prefix)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i] < 0xff {
			out[i]++
			return out[:i+1]
		}
	}
	return nil
}

// OneEdit calls each for the terms that are at most one edit away from word, in
// order, word itself included, until each returns false. An edit is one
// character more, less or another, or a swap of neighbours. Words of more than
// 40 characters have none: to look for them takes too long, and nobody says them.
func (s *Segment) OneEdit(field Field, word string, each func(term string) bool) error {
	if utf8.RuneCountInString(word) > longestEdited {
		return nil
	}
	automaton, err := s.engine.automata.of(word)
	if err != nil {
		return err
	}
	return s.wrap(s.reader.terms(field.String(), automaton, nil, nil, false, func(term string, _ uint64) bool { return each(term) }))
}

// longestEdited is how many characters a word has at most that is looked up one
// edit away: what its automaton takes grows faster than the word.
const longestEdited = 40

func (s *Segment) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("read segment %d: %w", s.id, err)
}
