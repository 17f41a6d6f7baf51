package engine

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	"github.com/blevesearch/vellum"
)

// rawFile reads a segment straight from the bytes of its file: a tenth of the
// time that the interfaces take for a posting. The layout is no promise of
// zap's, so only files of the one version that is known here are read so, and
// tests compare what both ways read. Numbers are varints. A dictionary gives a
// term either its only document, or where its postings are:
//
//	offset of the frequencies, offset of the places, length, roaring bitmap
//
// Frequencies and places are in chunks of chunkSize documents; before them is
// how many chunks there are and where each ends. A document has
//
//	frequency*2 + 1 if it has places, length of the field
//	bytes that follow, {field, position+1, start, end, 0}...
//
// A damaged file makes all of it panic.
type rawFile struct {
	data  []byte
	total uint64 // documents
	dicts map[string]*vellum.FST
}

// zapFile is what reading a file needs of zap.
type zapFile interface {
	segment.Segment
	segment.SegmentWithCallbacks
	Data() []byte
	DictAddr(field string) (uint64, error)
	Version() uint32
	ChunkMode() uint32
}

const (
	rawVersion   = 17
	rawChunkMode = 1026
)

// newReader returns the fastest way to read a segment.
func newReader(s segment.Segment) (reader, error) {
	f, ok := s.(zapFile)
	if !ok || f.Version() != rawVersion || f.ChunkMode() != rawChunkMode || f.CallbackId() != "" {
		return interfaces{s}, nil
	}
	r := &rawFile{data: f.Data(), total: f.Count(), dicts: make(map[string]*vellum.FST, len(kinds))}
	for _, k := range kinds {
		at, err := f.DictAddr(k.field)
		if err != nil {
			continue // no document of the segment has the field
		}
		length, n := binary.Uvarint(r.data[at:])
		at += uint64(n)
		if r.dicts[k.field], err = vellum.Load(r.data[at : at+length]); err != nil {
			return nil, fmt.Errorf("open a dictionary: %w", err)
		}
	}
	return r, nil
}

// list is where a term's postings are.
type list struct {
	only        bool   // one document, which the dictionary tells
	doc         uint32 // of only
	length      uint32 // of only: of the field
	freqs, locs uint64
	bitmap      []byte
}

// list finds a term's postings; false where no document has it.
func (r *rawFile) list(field, term string) (list, bool, error) {
	dict := r.dicts[field]
	if dict == nil {
		return list{}, false, nil
	}
	value, ok, err := dict.Get([]byte(term))
	if err != nil {
		return list{}, false, fmt.Errorf("read a dictionary: %w", err)
	}
	if !ok {
		return list{}, false, nil
	}
	return r.listAt(value), true, nil
}

// listAt reads what the dictionary has for a term.
func (r *rawFile) listAt(value uint64) list {
	const only, mask = 0b10, 1<<31 - 1
	if value>>62 == only {
		return list{only: true, doc: uint32(value & mask), length: uint32(value >> 31 & mask)}
	}
	s := stream(r.data[value:])
	l := list{freqs: s.next(), locs: s.next()}
	l.bitmap = s.take(s.next())
	return l
}

// stream is varints that are taken one after the other.
type stream []byte

func (s *stream) next() uint64 {
	if b := (*s)[0]; b < 0x80 {
		*s = (*s)[1:]
		return uint64(b)
	}
	value, n := binary.Uvarint(*s)
	if n <= 0 {
		panic("a number that does not end")
	}
	*s = (*s)[n:]
	return value
}

func (s *stream) take(n uint64) []byte {
	out := (*s)[:n:n]
	*s = (*s)[n:]
	return out
}

func (l list) docs() (*roaring.Bitmap, error) {
	if l.only {
		return roaring.BitmapOf(l.doc), nil
	}
	b := roaring.New()
	if _, err := b.FromBuffer(l.bitmap); err != nil {
		return nil, fmt.Errorf("read postings: %w", err)
	}
	return b, nil
}

// A bitmap is written as a cookie, the number of containers of 65,536 documents
// each, and the key and the cardinality less one of every container. Where some
// are runs, the number is in the cookie and a bit for each follows; where there
// are a few at least or none are runs, where each container begins comes next.
// Then come the containers: low halves where there are up to 4,096 of them, else
// bits; or how many runs there are, with the start and the length less one of
// each.
const (
	cookieWithRuns = 12347
	offsetsFrom    = 4
	sparseUntil    = 4096
	bytesOfBits    = containerSize / 8
)

// containers reads the head of a bitmap: what there is of each container, and
// its rest.
func (l list) containers() (n int, runs, heads, rest []byte) {
	cookie := binary.LittleEndian.Uint32(l.bitmap)
	rest = l.bitmap[8:]
	if cookie&0xffff == cookieWithRuns {
		n = int(cookie>>16) + 1
		runs, rest = l.bitmap[4:4+(n+7)/8], l.bitmap[4+(n+7)/8:]
	} else {
		n = int(binary.LittleEndian.Uint32(l.bitmap[4:]))
	}
	heads, rest = rest[:4*n], rest[4*n:]
	if runs == nil || n >= offsetsFrom {
		rest = rest[4*n:]
	}
	return n, runs, heads, rest
}

// cardinality is how many documents there are; it reads only the head.
func (l list) cardinality() uint64 {
	if l.only {
		return 1
	}
	n, _, heads, _ := l.containers()
	sum := uint64(n)
	for i := range n {
		sum += uint64(binary.LittleEndian.Uint16(heads[4*i+2:]))
	}
	return sum
}

// appendTo appends all documents to out. It takes a fraction of what making a
// bitmap takes where there are few.
func (l list) appendTo(out []uint32) []uint32 {
	if l.only {
		return append(out, l.doc)
	}
	n, runs, heads, rest := l.containers()
	for i := range n {
		base := uint32(binary.LittleEndian.Uint16(heads[4*i:])) << 16
		cardinality := int(binary.LittleEndian.Uint16(heads[4*i+2:])) + 1
		switch {
		case runs != nil && runs[i/8]>>(i%8)&1 == 1:
			pairs := int(binary.LittleEndian.Uint16(rest))
			rest = rest[2:]
			for range pairs {
				first, more := uint32(binary.LittleEndian.Uint16(rest)), uint32(binary.LittleEndian.Uint16(rest[2:]))
				for doc := first; doc <= first+more; doc++ {
					out = append(out, base|doc)
				}
				rest = rest[4:]
			}
		case cardinality <= sparseUntil:
			for j := range cardinality {
				out = append(out, base|uint32(binary.LittleEndian.Uint16(rest[2*j:])))
			}
			rest = rest[2*cardinality:]
		default:
			for j := 0; j < bytesOfBits; j += 8 {
				for word := binary.LittleEndian.Uint64(rest[j:]); word != 0; word &= word - 1 {
					out = append(out, base|uint32(8*j+bits.TrailingZeros64(word)))
				}
			}
			rest = rest[bytesOfBits:]
		}
	}
	return out
}

func (r *rawFile) bitmap(field, term string) (*roaring.Bitmap, error) {
	l, ok, err := r.list(field, term)
	if err != nil || !ok {
		return roaring.New(), err
	}
	return l.docs()
}

func (r *rawFile) count(field, term string) (uint64, error) {
	l, ok, err := r.list(field, term)
	if err != nil || !ok {
		return 0, err
	}
	return l.cardinality(), nil
}

// perChunk is how many postings a chunk has, evenly spread.
const perChunk = 1024

func (r *rawFile) weights(field, term string, in *roaring.Bitmap, visit func(doc, freq, length uint32)) error {
	l, ok, err := r.list(field, term)
	if err != nil || !ok {
		return err
	}
	if l.only {
		if in == nil || in.Contains(l.doc) {
			visit(l.doc, 1, l.length)
		}
		return nil
	}
	all, err := l.docs()
	if err != nil {
		return err
	}
	wanted := all
	if in != nil {
		wanted = roaring.And(all, in)
	}
	switch n, chunks := wanted.GetCardinality(), all.GetCardinality()/perChunk; {
	case n == 0:
	case n <= chunks/4:
		r.walk(l, all, wanted, false, func(doc, freq, length uint32, _ stream) { visit(doc, freq, length) })
	default:
		r.sweep(l, all, wanted, visit)
	}
	return nil
}

func (r *rawFile) positions(field, term string, in *roaring.Bitmap, visit func(doc uint32, positions []uint32)) error {
	l, ok, err := r.list(field, term)
	if err != nil || !ok || l.only {
		return err
	}
	all, err := l.docs()
	if err != nil {
		return err
	}
	wanted := all
	if in != nil {
		wanted = roaring.And(all, in)
	}
	var places []uint32
	r.walk(l, all, wanted, true, func(doc, _, _ uint32, s stream) {
		places = places[:0]
		for len(s) > 0 {
			s.next() // the field
			places = append(places, uint32(s.next()-1))
			s.next() // start
			s.next() // end
			for range s.next() {
				s.next() // places within arrays, which there are none of
			}
		}
		visit(doc, places)
	})
	return nil
}

// chunks are the frequencies or the places of a term.
type chunks struct {
	ends []uint64
	data stream
}

func (r *rawFile) chunks(at uint64) chunks {
	if at == 0 {
		return chunks{}
	}
	s := stream(r.data[at:])
	ends := make([]uint64, s.next())
	for i := range ends {
		ends[i] = s.next()
	}
	return chunks{ends, stream(s.take(ends[len(ends)-1]))}
}

func (c chunks) at(i uint32) stream {
	if len(c.ends) == 0 {
		return nil
	}
	start := uint64(0)
	if i > 0 {
		start = c.ends[i-1]
	}
	return c.data[start:c.ends[i]]
}

// walk reads the postings of wanted documents, which are some of all, leaving
// out chunks that have none.
func (r *rawFile) walk(l list, all, wanted *roaring.Bitmap, places bool, visit func(doc, freq, length uint32, places stream)) {
	size := uint32(r.total / (all.GetCardinality()/perChunk + 1))
	freqs, locs := r.chunks(l.freqs), chunks{}
	if places {
		locs = r.chunks(l.locs)
	}
	it := all.Iterator()
	chunk, freq, loc := uint32(0), freqs.at(0), locs.at(0)
	blocks(wanted, func(docs []uint32) bool {
		for _, doc := range docs {
			if doc/size != chunk {
				chunk = doc / size
				freq, loc = freqs.at(chunk), locs.at(chunk)
				it.AdvanceIfNeeded(chunk * size)
			}
			for {
				at := it.Next()
				f, length := freq.next(), uint64(0)
				if f > 1 {
					length = freq.next()
				}
				var of stream
				if places && f&1 == 1 {
					of = stream(loc.take(loc.next()))
				}
				if at == doc {
					visit(doc, uint32(max(f>>1, 1)), uint32(length), of)
					break
				}
			}
		}
		return true
	})
}

// sweep reads all postings of a term and visits the wanted ones.
func (r *rawFile) sweep(l list, all, wanted *roaring.Bitmap, visit func(doc, freq, length uint32)) {
	s := r.chunks(l.freqs).data
	every := wanted == all
	next := wanted.Iterator()
	blocks(all, func(docs []uint32) bool {
		for _, doc := range docs {
			var f, length uint64
			if len(s) > 1 && (s[0]|s[1]) < 0x80 && s[0] > 1 {
				f, length, s = uint64(s[0]), uint64(s[1]), s[2:]
			} else if f = s.next(); f > 1 {
				length = s.next()
			}
			if !every {
				if next.PeekNext() != doc {
					continue
				}
				next.Next()
			}
			visit(doc, uint32(max(f>>1, 1)), uint32(length))
			if !every && !next.HasNext() {
				return false
			}
		}
		return true
	})
}

func (r *rawFile) terms(field string, a segment.Automaton, from, to []byte, counted bool, visit func(term string, docs uint64) bool) error {
	return r.search(field, a, from, to, func(term []byte, value uint64) (bool, error) {
		docs := uint64(0)
		if counted {
			docs = r.listAt(value).cardinality()
		}
		return visit(string(term), docs), nil
	})
}

// search goes through a dictionary until visit is false.
func (r *rawFile) search(field string, a segment.Automaton, from, to []byte, visit func(term []byte, value uint64) (bool, error)) error {
	dict := r.dicts[field]
	if dict == nil {
		return nil
	}
	it, err := dict.Search(a, from, to)
	for err == nil {
		term, value := it.Current()
		more, verr := visit(term, value)
		if verr != nil || !more {
			return verr
		}
		err = it.Next()
	}
	if err != vellum.ErrIteratorDone {
		return fmt.Errorf("read a dictionary: %w", err)
	}
	return nil
}

func (r *rawFile) invert(field string, from, to []byte, visit func(term []byte, docs []uint32) error) error {
	var reused []uint32
	return r.search(field, nil, from, to, func(term []byte, value uint64) (bool, error) {
		reused = r.listAt(value).appendTo(reused[:0])
		return true, visit(term, reused)
	})
}
