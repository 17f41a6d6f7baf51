package engine

import (
	"encoding/binary"

	"github.com/RoaringBitmap/roaring/v2"
)

// Places tells where a term stands in documents of a segment. It is for one
// goroutine, while the snapshot is open.
type Places struct {
	docs uint64
	raw  rawPlaces
	read func(doc uint32, out []uint32) []uint32 // nil where it is raw
}

// Places is where a term of FieldText or FieldStem stands. Only documents of
// the set may be asked for: other segments than straight files read all of them
// at once.
func (s *Segment) Places(field Field, term string, in *roaring.Bitmap) (*Places, error) {
	p, err := s.reader.places(field.String(), term, in)
	return p, s.wrap(err)
}

// Docs is how many documents of the segment have the term, those that are not
// asked for included; what it takes to find them grows with it.
func (p *Places) Docs() uint64 { return p.docs }

// In appends the positions in a document to out, ascending, 0 being the first
// word; nothing where the document does not have the term. Documents must be
// asked for in ascending order, each once.
func (p *Places) In(doc uint32, out []uint32) []uint32 {
	if p.read != nil {
		return p.read(doc, out)
	}
	return p.raw.in(doc, out)
}

// rawPlaces finds places by how many documents with the term come before: the
// places of each begin with their length.
type rawPlaces struct {
	ranks ranks
	locs  chunks
	size  uint32 // documents of a chunk
	end   uint64 // the first document behind the chunk
	rest  stream // of the chunk
	next  int    // the rank of the document that rest begins with
}

func (r *rawFile) places(field, term string, _ *roaring.Bitmap) (*Places, error) {
	l, ok, err := r.list(field, term)
	if err != nil || !ok || l.only || l.locs == 0 { // only placed terms have places
		return &Places{}, err
	}
	return &Places{docs: l.cardinality(), raw: r.placesOf(l)}, nil
}

func (r *rawFile) placesOf(l list) rawPlaces {
	return rawPlaces{ranks: l.bitmap.ranks(), locs: r.chunks(l.locs), size: r.chunkSize(l)}
}

func (p *rawPlaces) in(doc uint32, out []uint32) []uint32 {
	if p.size == 0 { // no document has the term
		return out
	}
	if uint64(doc) >= p.end {
		chunk := doc / p.size
		p.rest, p.end = p.locs.at(chunk), uint64(chunk+1)*uint64(p.size)
		p.next = p.ranks.rank(chunk * p.size)
	}
	rank, ok := p.ranks.find(doc)
	if !ok {
		return out
	}
	own := p.rest.piece(rank - p.next)
	p.next = rank + 1
	return appendPlaces(out, own)
}

// piece leaves out n pieces, each behind its length, and takes the next.
func (s *stream) piece(n int) []byte {
	rest, at := *s, 0
	for {
		length := int(rest[at])
		at++
		if length >= 0x80 {
			long, more := binary.Uvarint(rest[at-1:])
			length, at = int(long), at-1+more
		}
		if n == 0 {
			*s = rest[at+length:]
			return rest[at : at+length]
		}
		at += length
		n--
	}
}

// appendPlaces reads the places of a document: {field, position+1, start, end,
// 0}..., of which nearly all take a byte each.
func appendPlaces(out []uint32, s stream) []uint32 {
	for len(s) > 0 {
		if len(s) >= 5 && s[0]|s[1]|s[2]|s[3] < 0x80 && s[4] == 0 {
			out, s = append(out, uint32(s[1])-1), s[5:]
			continue
		}
		s.next() // the field
		out = append(out, uint32(s.next()-1))
		s.next() // start
		s.next() // end
		for range s.next() {
			s.next() // places within arrays, which there are none of
		}
	}
	return out
}

// places reads those of all documents of the set.
func (r interfaces) places(field, term string, in *roaring.Bitmap) (*Places, error) {
	of := make(map[uint32][]uint32)
	err := r.positions(field, term, in, func(doc uint32, positions []uint32) {
		of[doc] = append([]uint32(nil), positions...)
	})
	read := func(doc uint32, out []uint32) []uint32 { return append(out, of[doc]...) }
	return &Places{docs: uint64(len(of)), read: read}, err
}

// Keep is the documents of a set that keep is true for, which is called with
// each, ascending. The set must be of the segment; it is not changed.
func (s *Segment) Keep(in *roaring.Bitmap, keep func(doc uint32) bool) *roaring.Bitmap {
	if in.GetCardinality() < fewKept {
		out := roaring.New()
		for it := in.Iterator(); it.HasNext(); {
			if doc := it.Next(); keep(doc) {
				out.Add(doc)
			}
		}
		return out
	}
	words := bitsOf(uint64(s.count))
	defer wordPool.Put(words)
	blocks(in, func(docs []uint32) bool {
		for _, doc := range docs {
			if keep(doc) {
				(*words)[doc/64] |= 1 << (doc % 64)
			}
		}
		return true
	})
	return roaring.FromDense(*words, true)
}

// fewKept is how many documents a set has at least for a bit of each document
// of the segment to cost less than a set that grows.
const fewKept = 1000
