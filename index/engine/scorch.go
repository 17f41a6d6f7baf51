package engine

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	bleveindex "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	"github.com/blevesearch/vellum/levenshtein"
	zap "github.com/blevesearch/zapx/v17"
)

// What this package takes for granted of scorch and zap. A version that lacks
// any of it does not build. What they answer is compared in tests, too.
var (
	_ bleveindex.Index                    = (*scorch.Scorch)(nil)
	_ bleveindex.IndexReader              = (*scorch.IndexSnapshot)(nil)
	_ segment.Segment                     = (*zap.SegmentBase)(nil) // in memory
	_ segment.PersistedSegment            = (*zap.Segment)(nil)
	_ segment.TermDictionary              = (*zap.Dictionary)(nil)
	_ segment.OptimizablePostingsIterator = (*zap.PostingsIterator)(nil)
	_ lengthPosting                       = (*zap.Posting)(nil)
	_ zapFile                             = (*zap.Segment)(nil)
	_ uncounted                           = (*zap.Dictionary)(nil)
	_ segment.Automaton                   = (*levenshtein.DFA)(nil)
)

// lengthPosting tells the length of the field as it is; Norm only tells one
// over its root, as a float32.
type lengthPosting interface{ NormUint64() uint64 }

// openScorch opens or makes an index in a folder.
func openScorch(path string, queue *bleveindex.AnalysisQueue, p *pace) (*scorch.Scorch, error) {
	register()
	index, err := scorch.NewScorch(scorch.Name, map[string]any{
		"path": path,
		// The default waits for ever for a lock that a dying process holds.
		"bolt_timeout": "1s",
		// Searchable at once, on disk a moment later: who writes must be able
		// to write again what was lost.
		"unsafe_batch":      true,
		"eventCallbackName": paced,
	}, queue)
	if err != nil {
		return nil, err
	}
	s := index.(*scorch.Scorch)
	paces.Store(s, p)
	if err := s.Open(); err != nil {
		paces.Delete(s)
		return nil, err
	}
	return s, nil
}

// newest returns the newest state, with a reference that its Close gives back.
func newest(s *scorch.Scorch) (*scorch.IndexSnapshot, error) {
	reader, err := s.Reader()
	if err != nil {
		return nil, err
	}
	return reader.(*scorch.IndexSnapshot), nil
}

// writeErrors is how often writing to disk has failed so far.
func writeErrors(s *scorch.Scorch) uint64 {
	return atomic.LoadUint64(&s.Stats().(*scorch.Stats).TotPersistLoopErr)
}

// segmentPath is the file of a segment; "" for one in memory.
func segmentPath(s segment.Segment) string {
	if file, ok := s.(segment.PersistedSegment); ok {
		return file.Path()
	}
	return ""
}

// interfaces reads a segment through scorch's interfaces, which every kind of
// segment has. It is safe for concurrent use: all of its methods start afresh.
type interfaces struct{ segment segment.Segment }

func (r interfaces) postings(field, term string) (segment.PostingsList, error) {
	dict, err := r.segment.Dictionary(field)
	if err != nil {
		return nil, fmt.Errorf("open a dictionary: %w", err)
	}
	list, err := dict.PostingsList([]byte(term), nil, nil)
	if err != nil {
		return nil, fmt.Errorf("read postings: %w", err)
	}
	return list, nil
}

func (r interfaces) bitmap(field, term string) (*roaring.Bitmap, error) {
	list, err := r.postings(field, term)
	if err != nil {
		return nil, err
	}
	return bitmapOf(list.Iterator(false, false, false, nil)), nil
}

// bitmapOf returns an iterator's documents. The only document of a term may be
// written into the dictionary instead of a bitmap.
func bitmapOf(it segment.PostingsIterator) *roaring.Bitmap {
	whole := it.(segment.OptimizablePostingsIterator)
	if doc, ok := whole.DocNum1Hit(); ok {
		return roaring.BitmapOf(uint32(doc))
	}
	if b := whole.ActualBitmap(); b != nil {
		return b
	}
	return roaring.New()
}

func (r interfaces) union(field string, terms []string) (*roaring.Bitmap, error) {
	sets := make([]*roaring.Bitmap, len(terms))
	for i, t := range terms {
		var err error
		if sets[i], err = r.bitmap(field, t); err != nil {
			return nil, err
		}
	}
	return roaring.FastOr(sets...), nil
}

func (r interfaces) count(field, term string) (uint64, error) {
	list, err := r.postings(field, term)
	if err != nil {
		return 0, err
	}
	return list.Count(), nil
}

// each calls visit for every posting of a term whose document is in the set.
func (r interfaces) each(field, term string, in *roaring.Bitmap, places bool, visit func(segment.Posting)) error {
	list, err := r.postings(field, term)
	if err != nil {
		return err
	}
	it := list.Iterator(true, true, places, nil)
	if in != nil {
		whole := it.(segment.OptimizablePostingsIterator)
		if doc, ok := whole.DocNum1Hit(); ok {
			if !in.Contains(uint32(doc)) {
				return nil
			}
		} else if all := whole.ActualBitmap(); all != nil {
			whole.ReplaceActual(roaring.And(all, in))
		}
	}
	for {
		p, err := it.Next()
		if err != nil {
			return fmt.Errorf("read postings: %w", err)
		}
		if p == nil {
			return nil
		}
		visit(p)
	}
}

func (r interfaces) weights(field, term string, in *roaring.Bitmap, visit func(doc, freq, length uint32)) error {
	return r.each(field, term, in, false, func(p segment.Posting) {
		visit(uint32(p.Number()), uint32(max(p.Frequency(), 1)), uint32(p.(lengthPosting).NormUint64()))
	})
}

func (r interfaces) positions(field, term string, in *roaring.Bitmap, visit func(doc uint32, positions []uint32)) error {
	var places []uint32
	return r.each(field, term, in, true, func(p segment.Posting) {
		places = places[:0]
		for _, l := range p.Locations() {
			places = append(places, uint32(l.Pos()-1))
		}
		if len(places) > 0 { // else the field keeps none
			visit(uint32(p.Number()), places)
		}
	})
}

// uncounted is a dictionary that can leave out how many documents a term has,
// which takes most of the time.
type uncounted interface {
	AutomatonIteratorOmitCount(a segment.Automaton, from, to []byte) segment.DictionaryIterator
}

// terms lists the terms from from (inclusive) to to (exclusive; nil is the
// end) that a accepts, where not nil, until visit returns false. docs is 0
// where it is not asked for.
func (r interfaces) terms(field string, a segment.Automaton, from, to []byte, counted bool, visit func(term string, docs uint64) bool) error {
	dict, err := r.segment.Dictionary(field)
	if err != nil {
		return fmt.Errorf("open a dictionary: %w", err)
	}
	var it segment.DictionaryIterator
	if d, ok := dict.(uncounted); ok && !counted {
		it = d.AutomatonIteratorOmitCount(a, from, to)
	} else {
		it = dict.AutomatonIterator(a, from, to)
	}
	for {
		e, err := it.Next()
		if err != nil {
			return fmt.Errorf("read a dictionary: %w", err)
		}
		if e == nil || !visit(e.Term, e.Count) {
			return nil
		}
	}
}

// invert lists the documents of every term in a range, for reading columns. What
// visit gets is reused.
func (r interfaces) invert(field string, from, to []byte, visit func(term []byte, docs []uint32) error) error {
	dict, err := r.segment.Dictionary(field)
	if err != nil {
		return fmt.Errorf("open a dictionary: %w", err)
	}
	var docs []uint32
	var failed error
	err = r.terms(field, nil, from, to, false, func(term string, _ uint64) bool {
		var list segment.PostingsList
		if list, failed = dict.PostingsList([]byte(term), nil, nil); failed == nil {
			docs = docs[:0]
			bitmapOf(list.Iterator(false, false, false, nil)).Iterate(func(doc uint32) bool {
				docs = append(docs, doc)
				return true
			})
			failed = visit([]byte(term), docs)
		}
		return failed == nil
	})
	if err == nil {
		err = failed
	}
	return err
}

// automata make what accepts all words that are at most one edit away from
// another, a swap of neighbours being one. The newest are kept, because every
// segment is asked for the same.
type automata struct {
	builder *levenshtein.LevenshteinAutomatonBuilder

	mu   sync.Mutex
	kept map[string]*levenshtein.DFA
}

// maxAutomata are kept, of some 50 KB each.
const maxAutomata = 64

func newAutomata() (*automata, error) {
	builder, err := levenshtein.NewLevenshteinAutomatonBuilder(1, true)
	if err != nil {
		return nil, fmt.Errorf("prepare automata: %w", err)
	}
	return &automata{builder: builder, kept: make(map[string]*levenshtein.DFA)}, nil
}

func (a *automata) of(word string) (*levenshtein.DFA, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if found := a.kept[word]; found != nil {
		return found, nil
	}
	made, err := a.builder.BuildDfa(word, 1)
	if err != nil {
		return nil, fmt.Errorf("look up neighbours: %w", err)
	}
	if len(a.kept) == maxAutomata {
		clear(a.kept)
	}
	a.kept[word] = made
	return made, nil
}

// Batch is changes that are applied together, once. It is filled by one
// goroutine. The zero Batch is of no use; see NewBatch.
type Batch struct {
	batch  *bleveindex.Batch
	onDisk func(error) // nil where nobody asks
	used   atomic.Bool // by Apply
}

// NewBatch returns an empty batch.
func NewBatch() *Batch { return &Batch{batch: bleveindex.NewBatch()} }

// Update puts a document in place of the one with the same name, if any. fill
// is called once, by another goroutine, while the batch is applied.
func (b *Batch) Update(name string, fill func(*Document)) {
	b.batch.Update(newIndexed(name, fill))
}

// Delete removes a document; one that is not there is no error.
func (b *Batch) Delete(name string) { b.batch.Delete(name) }

// SetInternal stores a value that Snapshot.Internal returns.
func (b *Batch) SetInternal(key string, value []byte) { b.batch.SetInternal([]byte(key), value) }

// OnDisk has f called once the batch is on disk, or could not be written there.
// What else was applied before is written without a wait then, too.
func (b *Batch) OnDisk(f func(error)) { b.onDisk = f }

// split moves the documents into two batches where there are many, which leaves
// all else.
func (b *Batch) split(from int) []*bleveindex.Batch {
	if len(b.batch.IndexOps) < from {
		return nil
	}
	halves := []*bleveindex.Batch{bleveindex.NewBatch(), bleveindex.NewBatch()}
	at := 0
	for name, doc := range b.batch.IndexOps {
		halves[at%2].IndexOps[name] = doc
		at++
	}
	b.batch.IndexOps = nil
	return halves
}

// indexed is a Document as scorch takes it; plugin reads it.
type indexed struct {
	name string
	fill func(*Document) // nil once it was called
	all  []occurrence    // of all fields, one after the other
	ends [len(kinds)]int
}

func newIndexed(name string, fill func(*Document)) *indexed { return &indexed{name: name, fill: fill} }

func (k kind) options() bleveindex.FieldIndexingOptions {
	switch k {
	case placed:
		return bleveindex.IndexField | bleveindex.IncludeTermVectors
	case rare:
		return bleveindex.IndexField
	}
	return bleveindex.IndexField | bleveindex.SkipFreqNorm
}

// ID implements scorch's document, as do the methods below.
func (d *indexed) ID() string                                      { return d.name }
func (d *indexed) Size() int                                       { return 0 }
func (d *indexed) VisitComposite(bleveindex.CompositeFieldVisitor) {}
func (d *indexed) HasComposite() bool                              { return false }
func (d *indexed) NumPlainTextBytes() uint64                       { return 0 }
func (d *indexed) StoredFieldsBytes() uint64                       { return 0 }
func (d *indexed) Indexed() bool                                   { return false }
func (d *indexed) AddIDField()                                     {}

// VisitFields tells of one field, which has scorch's workers analyse all.
func (d *indexed) VisitFields(visit bleveindex.FieldVisitor) { visit(everyField{d}) }

// of is what a field has.
func (d *indexed) of(f Field) []occurrence {
	from := 0
	if f > 0 {
		from = d.ends[f-1]
	}
	return d.all[from:d.ends[f]]
}

// analyse fills all fields.
func (d *indexed) analyse() {
	doc := documentPool.Get().(*Document)
	doc.Left, doc.ID, doc.Duration = 0, 0, 0
	d.fill(doc)
	d.fill = nil
	doc.addDigits()
	n := 0
	for _, list := range doc.fields {
		n += len(list)
	}
	d.all = make([]occurrence, 0, n)
	for i, list := range doc.fields {
		d.all = append(d.all, list...)
		d.ends[i] = len(d.all)
		clear(list) // hold no text
		doc.fields[i] = list[:0]
	}
	documentPool.Put(doc)
}

var documentPool = sync.Pool{New: func() any { return &Document{fields: make([][]occurrence, len(kinds))} }}

// everyField stands for all fields of a document.
type everyField struct{ of *indexed }

// Name implements scorch's field, as do the methods below.
func (f everyField) Name() string                                          { return "" }
func (f everyField) Value() []byte                                         { return nil }
func (f everyField) ArrayPositions() []uint64                              { return nil }
func (f everyField) EncodedFieldType() byte                                { return 't' }
func (f everyField) Options() bleveindex.FieldIndexingOptions              { return bleveindex.IndexField }
func (f everyField) AnalyzedLength() int                                   { return 0 }
func (f everyField) AnalyzedTokenFrequencies() bleveindex.TokenFrequencies { return nil }
func (f everyField) NumPlainTextBytes() uint64                             { return 0 }

// Analyze is called once, by one of scorch's workers.
func (f everyField) Analyze() { f.of.analyse() }

// scorchPlace is a place as scorch has it: it counts from 1.
func scorchPlace(place uint32) uint64 { return uint64(min(place, math.MaxInt32)) + 1 }
