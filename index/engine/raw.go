package engine

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"sync"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	"github.com/blevesearch/vellum"
)

// rawFile reads a segment straight from its bytes, in its file or in memory: a
// tenth of the time that the interfaces take for a posting. The layout is no
// promise of zap's, so only the one version that is known here is read so, and
// tests compare what both ways read. Numbers are varints. A dictionary gives a
// term either its only document, or where its postings are:
//
//	offset of the frequencies, offset of the places, length, roaring bitmap
//
// Frequencies and places are in chunks of as many documents each; before them is
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
	last  atomic.Pointer[listing]
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
	r, err := rawOf(s)
	if r == nil && err == nil {
		return interfaces{s}, nil
	}
	return r, err
}

// rawOf returns what reads the bytes of a segment; nil where they are not of the
// layout that is known here.
func rawOf(s segment.Segment) (*rawFile, error) {
	if f, ok := s.(*fresh); ok {
		return f.raw, nil
	}
	f, ok := s.(zapFile)
	if !ok || f.Version() != rawVersion || f.ChunkMode() != rawChunkMode || f.CallbackId() != "" {
		return nil, nil
	}
	r := newRaw(f.Data(), f.Count())
	for _, name := range append(fieldNames(), idField) {
		at, err := f.DictAddr(name)
		if err != nil {
			continue // no document of the segment has the field
		}
		if err := r.open(name, at); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// newRaw reads the bytes of a segment of so many documents, once its
// dictionaries are open.
func newRaw(data []byte, documents uint64) *rawFile {
	return &rawFile{data: data, total: documents, dicts: make(map[string]*vellum.FST, len(kinds)+1)}
}

// open opens the dictionary of a field.
func (r *rawFile) open(field string, at uint64) (err error) {
	length, n := binary.Uvarint(r.data[at:])
	at += uint64(n)
	if r.dicts[field], err = vellum.Load(r.data[at : at+length]); err != nil {
		return fmt.Errorf("open a dictionary: %w", err)
	}
	return nil
}

// list is where a term's postings are.
type list struct {
	only        bool   // one document, which the dictionary tells
	doc         uint32 // of only
	length      uint32 // of only: of the field
	freqs, locs uint64
	bitmap      written
}

// list finds a term's postings; false where no document has it.
func (r *rawFile) list(field, term string) (list, bool, error) {
	dict := r.dicts[field]
	if dict == nil {
		return list{}, false, nil
	}
	return r.listOf(dict, term)
}

// listOf is list with a dictionary, or a reader of one.
func (r *rawFile) listOf(dict interface {
	Get([]byte) (uint64, bool, error)
}, term string) (list, bool, error) {
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
	l.bitmap = written(s.take(s.next()))
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

// skip leaves out n numbers: as many as there are bytes without the highest bit.
func (s *stream) skip(n int) {
	const highest = 0x8080808080808080
	rest := *s
	for n > 8 && len(rest) >= 8 {
		n -= bits.OnesCount64(^binary.LittleEndian.Uint64(rest) & highest)
		rest = rest[8:]
	}
	for n > 0 {
		if rest[0] < 0x80 {
			n--
		}
		rest = rest[1:]
	}
	*s = rest
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

func (l list) cardinality() uint64 {
	if l.only {
		return 1
	}
	return l.bitmap.cardinality()
}

func (r *rawFile) bitmap(field, term string) (*roaring.Bitmap, error) {
	l, ok, err := r.list(field, term)
	if err != nil || !ok {
		return roaring.New(), err
	}
	return l.docs()
}

// union finds the documents of many terms bit by bit: a bitmap of each, which
// would be made and thrown away, takes several times as long.
func (r *rawFile) union(field string, terms []string) (*roaring.Bitmap, error) {
	dict := r.dicts[field]
	if dict == nil {
		return roaring.New(), nil
	}
	reader, err := dict.Reader() // takes less than the dictionary, but for one goroutine
	if err != nil {
		return nil, fmt.Errorf("read a dictionary: %w", err)
	}
	words := bitsOf(r.total)
	defer wordPool.Put(words)
	listed := r.last.Load()
	for _, t := range terms {
		var l list
		value, ok, known := listed.find(field, t)
		if ok {
			l = r.listAt(value)
		} else if !known {
			l, ok, err = r.listOf(reader, t)
		}
		switch {
		case err != nil:
			return nil, err
		case !ok:
		case l.only:
			(*words)[l.doc/64] |= 1 << (l.doc % 64)
		default:
			l.bitmap.addTo(*words)
		}
	}
	return roaring.FromDense(*words, true), nil
}

var wordPool sync.Pool // of *[]uint64

// bitsOf are bits for so many documents, all 0, of wordPool.
func bitsOf(docs uint64) *[]uint64 {
	size := int(docs+63) / 64
	words, _ := wordPool.Get().(*[]uint64)
	if words == nil || cap(*words) < size {
		return new(make([]uint64, size))
	}
	*words = (*words)[:size]
	clear(*words)
	return words
}

func (r *rawFile) count(field, term string) (uint64, error) {
	l, ok, err := r.list(field, term)
	if err != nil || !ok {
		return 0, err
	}
	return l.cardinality(), nil
}

// perChunk is how many postings a chunk has where they are evenly spread.
const perChunk = 1024

// sweepShare is the share of a term's documents from which reading all of them
// is quicker than finding each.
const sweepShare = 20

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
	if n := wanted.GetCardinality(); n > 0 && n*sweepShare >= all.GetCardinality() {
		r.sweep(l, all, wanted, visit)
	} else {
		r.walk(l, wanted, visit)
	}
	return nil
}

func (r *rawFile) positions(field, term string, in *roaring.Bitmap, visit func(doc uint32, positions []uint32)) error {
	l, ok, err := r.list(field, term)
	if err != nil || !ok || l.only || l.locs == 0 {
		return err // only placed terms have places
	}
	all, err := l.docs()
	if err != nil {
		return err
	}
	wanted := all
	if in != nil {
		wanted = roaring.And(all, in)
	}
	places, positions := r.placesOf(l), []uint32(nil)
	blocks(wanted, func(docs []uint32) bool {
		for _, doc := range docs {
			positions = places.in(doc, positions[:0])
			visit(doc, positions)
		}
		return true
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

// walk finds the postings of wanted documents, which are some of the term's: by
// how many come before each in its chunk.
func (r *rawFile) walk(l list, wanted *roaring.Bitmap, visit func(doc, freq, length uint32)) {
	size, freqs, ranks := r.chunkSize(l), r.chunks(l.freqs), l.bitmap.ranks()
	var s stream
	chunk, next := uint32(math.MaxUint32), 0 // the chunk, and the rank of its next posting
	blocks(wanted, func(docs []uint32) bool {
		for _, doc := range docs {
			if doc/size != chunk {
				chunk = doc / size
				s = freqs.at(chunk)
				next = ranks.rank(chunk * size)
			}
			rank := ranks.rank(doc)
			if n := rank - next; s[0] > 1 {
				s.skip(2 * n)
			} else { // keywords have no length
				s.skip(n)
			}
			next = rank + 1
			f, length := s.next(), uint64(0)
			if f > 1 {
				length = s.next()
			}
			visit(doc, uint32(max(f>>1, 1)), uint32(length))
		}
		return true
	})
}

// chunkSize is how many documents a chunk of a term's is for.
func (r *rawFile) chunkSize(l list) uint32 {
	return uint32(r.total / (l.bitmap.cardinality()/perChunk + 1))
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
	var all *listing
	if a == nil && counted && to != nil {
		all = &listing{field: field, from: string(from), to: string(to)}
	}
	err := r.search(field, a, from, to, func(term []byte, value uint64) (bool, error) {
		text, docs := string(term), uint64(0)
		if counted {
			docs = r.listAt(value).cardinality()
			all = all.add(text, value)
		}
		more := visit(text, docs)
		if !more {
			all = nil
		}
		return more, nil
	})
	if err == nil && all != nil {
		r.last.Store(all)
	}
	return err
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
		if l := r.listAt(value); l.only {
			reused = append(reused[:0], l.doc)
		} else {
			reused = l.bitmap.appendTo(reused[:0])
		}
		return true, visit(term, reused)
	})
}
