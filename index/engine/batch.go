package engine

import (
	"sync"
	"sync/atomic"

	bleveindex "github.com/blevesearch/bleve_index_api"
)

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
