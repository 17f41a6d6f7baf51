package engine

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	"github.com/blevesearch/vellum"
)

// mostMerged is how many bytes segments have at most, together, that are merged
// here: in memory, which takes a third of the time that zap does. It is some
// 120,000 voicemails; what is larger is merged seldom.
const mostMerged = 160 << 20

// dropped is the number of a document that a merged segment does not have.
const dropped = math.MaxUint64

var (
	errStopped = errors.New("merging was stopped")
	errUnnamed = errors.New("a document has no name")
)

// mergedHere makes one segment of several, without the documents that drops has,
// and tells which number each document has in it. It returns nil where zap is to
// do that, and where it failed: zap tells why then.
func mergedHere(segments []segment.Segment, drops []*roaring.Bitmap, stop chan struct{}) (made *built, numbers [][]uint64) {
	err := Guard(func() error {
		m, err := newMerger(segments, drops, stop)
		if m == nil || err != nil {
			return err
		}
		if made, err = m.merge(); err == nil {
			numbers = m.numbers
		}
		return err
	})
	if err != nil {
		return nil, nil
	}
	return made, numbers
}

// merger makes one segment of several.
type merger struct {
	builder
	from    []*rawFile
	numbers [][]uint64 // of each segment's documents, by their numbers there
	count   int        // of documents
	stop    chan struct{}

	// Of one field: the dictionaries' terms, and those that are the next.
	cursors []*cursor
	next    []*cursor
	old     []uint32 // documents of a term, one segment behind the other
}

// cursor is a place in the dictionary of a segment.
type cursor struct {
	at    int // which segment
	terms *vellum.FSTIterator
	term  []byte
	value uint64
	list  list
	docs  int // where those of the term end in old
}

// newMerger returns nil for what is not to be merged here.
func newMerger(segments []segment.Segment, drops []*roaring.Bitmap, stop chan struct{}) (*merger, error) {
	m := &merger{stop: stop}
	size := 0
	for i, s := range segments {
		raw, err := rawOf(s)
		if raw == nil || err != nil {
			return nil, err
		}
		same := func(f field, name string) bool { return f.name == name }
		if size += len(raw.data); size > mostMerged || !slices.EqualFunc(writtenFields(), s.Fields(), same) {
			return nil, nil
		}
		m.from = append(m.from, raw)
		m.numbers = append(m.numbers, m.renumber(raw.total, drops[i]))
	}
	if m.count == 0 {
		return nil, nil
	}
	m.out = make([]byte, 0, size+size/8)
	return m, nil
}

// renumber numbers the documents of the next segment.
func (m *merger) renumber(documents uint64, drop *roaring.Bitmap) []uint64 {
	out := make([]uint64, documents)
	for doc := range out {
		if drop != nil && drop.Contains(uint32(doc)) {
			out[doc] = dropped
			continue
		}
		out[doc] = uint64(m.count)
		m.count++
	}
	return out
}

func (m *merger) merge() (*built, error) {
	m.begin(nil)
	names, err := m.named()
	if err != nil {
		return nil, err
	}
	stored := m.store(m.count, func(i int) string { return names[i] })
	for _, f := range writtenFields() {
		if err := m.mergeField(f); err != nil {
			return nil, err
		}
	}
	sections := m.sections()
	return &built{bytes: m.out, documents: uint64(m.count), stored: stored, sections: sections}, nil
}

// named are the names of all documents.
func (m *merger) named() ([]string, error) {
	names := make([]string, m.count)
	for i, from := range m.from {
		err := from.invert(idField, nil, nil, func(term []byte, docs []uint32) error {
			for _, doc := range docs {
				if number := m.numbers[i][doc]; number != dropped {
					names[number] = string(term)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if slices.Contains(names, "") {
		return nil, errUnnamed
	}
	return names, nil
}

// mergeField writes a field: the terms of all segments, in order.
func (m *merger) mergeField(f field) error {
	if err := m.open(); err != nil {
		return err
	}
	if err := m.start(f); err != nil {
		return err
	}
	for n := 0; m.step(); n++ {
		if n%1024 == 0 && m.stopped() {
			return errStopped
		}
		m.key = append(m.key[:0], m.next[0].term...)
		if value, some := m.mergeTerm(); some {
			if err := m.terms.Insert(m.key, value); err != nil {
				return fmt.Errorf("add a term: %w", err)
			}
		}
		for _, c := range m.next {
			if err := c.forward(c.terms.Next()); err != nil {
				return err
			}
		}
	}
	return m.finish()
}

func (m *merger) stopped() bool {
	select {
	case <-m.stop:
		return true
	default:
		return false
	}
}

// start opens the dictionaries of a field.
func (m *merger) start(f field) error {
	m.cursors = m.cursors[:0]
	for i, from := range m.from {
		dict := from.dicts[f.name]
		if dict == nil {
			continue
		}
		c := &cursor{at: i}
		var err error
		c.terms, err = dict.Iterator(nil, nil)
		if err = c.forward(err); err != nil {
			return err
		}
		m.cursors = append(m.cursors, c)
	}
	return nil
}

// forward reads the term that the iterator came to, with err. At the end there
// is none.
func (c *cursor) forward(err error) error {
	switch {
	case errors.Is(err, vellum.ErrIteratorDone):
		c.terms = nil
	case err != nil:
		return fmt.Errorf("read a dictionary: %w", err)
	default:
		c.term, c.value = c.terms.Current()
	}
	return nil
}

// step finds the segments that have the next term, in their order; false at the
// end.
func (m *merger) step() bool {
	m.next = m.next[:0]
	for _, c := range m.cursors {
		if c.terms == nil {
			continue
		}
		order := -1
		if len(m.next) > 0 {
			order = bytes.Compare(c.term, m.next[0].term)
		}
		if order < 0 {
			m.next = m.next[:0]
		}
		if order <= 0 {
			m.next = append(m.next, c)
		}
	}
	return len(m.next) > 0
}

// mergeTerm writes the postings of the next term, and returns what the
// dictionary says of it; false where all of its documents are dropped.
func (m *merger) mergeTerm() (value uint64, some bool) {
	m.old, m.distinct = m.old[:0], m.distinct[:0]
	for _, c := range m.next {
		c.list = m.from[c.at].listAt(c.value)
		begin := len(m.old)
		if c.list.only {
			m.old = append(m.old, c.list.doc)
		} else {
			m.old = c.list.bitmap.appendTo(m.old)
		}
		c.docs = len(m.old)
		for _, doc := range m.old[begin:] {
			if number := m.numbers[c.at][doc]; number != dropped {
				m.distinct = append(m.distinct, uint32(number))
			}
		}
	}
	if len(m.distinct) == 0 {
		return 0, false
	}
	m.chunked(m.count)
	begin := 0
	var last posting
	for _, c := range m.next {
		m.from[c.at].postings(c.list, m.old[begin:c.docs], func(doc uint32, p posting) {
			if number := m.numbers[c.at][doc]; number != dropped {
				m.put(uint32(number), p)
				last = p
			}
		})
		begin = c.docs
	}
	if len(m.distinct) == 1 && last.freq == 1<<1 && last.length == 1 {
		return onlyDocument(m.distinct[0]), true
	}
	return m.list(), true
}

func (m *merger) put(doc uint32, p posting) {
	m.freqs.add(doc, p.freq)
	if p.freq > 1 {
		m.freqs.add(doc, p.length)
	}
	if p.freq&1 == 1 {
		m.locs.copied(doc, p.places)
	}
}

// posting is what a file has of a document and a term.
type posting struct {
	freq   uint64 // twice, one more where it has places
	length uint64 // of the field
	places []byte
}

// postings reads all postings of a term, whose documents are docs.
func (r *rawFile) postings(l list, docs []uint32, visit func(doc uint32, p posting)) {
	if l.only {
		visit(l.doc, posting{freq: 1 << 1, length: uint64(l.length)})
		return
	}
	freqs, locs := r.allOf(l.freqs), r.allOf(l.locs)
	for _, doc := range docs {
		p := posting{freq: freqs.next()}
		if p.freq > 1 {
			p.length = freqs.next()
		}
		if p.freq&1 == 1 {
			p.places = locs.take(locs.next())
		}
		visit(doc, p)
	}
}

// allOf are the chunks of frequencies or places, one behind the other.
func (r *rawFile) allOf(at uint64) stream {
	if at == 0 {
		return nil
	}
	s := stream(r.data[at:])
	s.skip(int(s.next()))
	return s
}
