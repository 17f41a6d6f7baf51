package engine

import "github.com/RoaringBitmap/roaring/v2"

// CountTerms calls each for the terms of a field from one to below another, in
// order, with how many documents of two sets have them, until it returns an
// error. The sets must have no document in common. Terms that no document of
// either has are left out; term is reused. It takes about a nanosecond for each
// document of a term, whatever the sets.
func (s *Segment) CountTerms(field Field, from, to string, first, second *roaring.Bitmap, each func(term []byte, inFirst, inSecond int) error) error {
	if first.IsEmpty() && second.IsEmpty() {
		return nil
	}
	// A byte a document: what a bitmap takes to be asked for each is ten times more.
	const inNeither, inFirst, inSecond = 0, 1, 2
	marks := make([]uint8, s.count)
	for mark, set := range map[uint8]*roaring.Bitmap{inFirst: first, inSecond: second} {
		blocks(set, func(docs []uint32) bool {
			for _, doc := range docs {
				marks[doc] = mark
			}
			return true
		})
	}
	err := s.reader.invert(field.String(), []byte(from), []byte(to), func(term []byte, docs []uint32) error {
		var counts [3]int
		for _, doc := range docs {
			counts[marks[doc]]++
		}
		if counts[inNeither] == len(docs) {
			return nil
		}
		return each(term, counts[inFirst], counts[inSecond])
	})
	return s.wrap(err)
}
