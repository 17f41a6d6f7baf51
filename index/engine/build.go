package engine

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	bleveindex "github.com/blevesearch/bleve_index_api"
	"github.com/blevesearch/vellum"
)

var builders = sync.Pool{New: func() any { return new(builder) }}

// builder makes one segment after the other, and keeps the memory that it needs
// for it.
type builder struct {
	docs []*indexed
	out  []byte // the segment

	terms   *vellum.Builder
	dict    bytes.Buffer
	offsets []uint64 // of the fields
	dicts   []uint64 // where their dictionaries are

	// Of one field: the terms by number, and every occurrence in the order of
	// the documents; then in that of the terms.
	ids          [len(kinds) + 1]map[string]uint32 // by field: clearing takes as long as one ever was
	names        []string
	ends         []uint32 // of a term's occurrences
	termOf       []uint32
	docOf        []uint32
	placeOf      []uint32
	docsByTerm   []uint32
	placesByTerm []uint32
	sorted       []uint32 // terms

	// Of one term.
	key      []byte
	distinct []uint32 // documents
	freqs    pieces
	locs     pieces
}

// field is a field as it is written.
type field struct {
	name string
	at   Field
	kind kind
	id   bool // what documents are named by
}

// idField is what scorch names documents by: the one field that is stored.
const idField = "_id"

// writtenFields are the fields in the order of the files.
var writtenFields = sync.OnceValue(func() []field {
	var out []field
	for i, k := range kinds {
		out = append(out, field{name: k.field, at: Field(i), kind: k.kind})
	}
	slices.SortFunc(out, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return slices.Insert(out, 0, field{name: idField, kind: rare, id: true})
})

func (f field) options() bleveindex.FieldIndexingOptions {
	if f.id {
		return bleveindex.IndexField | bleveindex.StoreField
	}
	return f.kind.options()
}

// build returns a segment of documents, laid out as zap does.
func (b *builder) build(docs []*indexed) (*built, error) {
	b.begin(docs)
	defer func() { b.docs = nil }()
	stored := b.store(len(docs), func(i int) string { return docs[i].name })
	for number, f := range writtenFields() {
		if err := b.field(uint64(number), f); err != nil {
			return nil, err
		}
	}
	sections := b.sections()
	// Copied, so that a segment takes no more room than it needs while it is in
	// memory.
	return &built{bytes: bytes.Clone(b.out), documents: uint64(len(docs)), stored: stored, sections: sections, dicts: slices.Clone(b.dicts)}, nil
}

// built is a segment that was made, and where its parts begin.
type built struct {
	bytes            []byte
	documents        uint64
	stored, sections uint64
	dicts            []uint64 // of writtenFields
}

// begin empties it.
func (b *builder) begin(docs []*indexed) {
	b.docs, b.out, b.offsets, b.dicts = docs, b.out[:0], b.offsets[:0], b.dicts[:0]
}

func (b *builder) number(n uint64) { b.out = binary.AppendUvarint(b.out, n) }

// store writes what is stored: the names, and behind each the compressed rest,
// which is nothing. It returns where the list of all begins.
func (b *builder) store(count int, nameOf func(int) string) uint64 {
	at := make([]uint64, count)
	var length []byte
	for i := range at {
		name := nameOf(i)
		at[i] = uint64(len(b.out))
		length = binary.AppendUvarint(length[:0], uint64(len(name)))
		b.number(uint64(len(length)))
		b.number(uint64(len(name) + 1))
		b.out = append(b.out, length...)
		b.out = append(b.out, name...)
		b.out = append(b.out, 0)
	}
	begin := uint64(len(b.out))
	for _, offset := range at {
		b.out = binary.BigEndian.AppendUint64(b.out, offset)
	}
	b.number(0) // documents in documents
	return begin
}

// sections writes where the fields are, and returns where that begins.
func (b *builder) sections() uint64 {
	fields := writtenFields()
	at := make([]uint64, len(fields))
	for i, f := range fields {
		at[i] = uint64(len(b.out))
		b.number(uint64(len(f.name)))
		b.out = append(b.out, f.name...)
		b.number(uint64(f.options()))
		b.number(1) // ways it is indexed
		b.out = binary.BigEndian.AppendUint16(b.out, rawInverted)
		b.out = binary.BigEndian.AppendUint64(b.out, b.offsets[i])
	}
	begin := uint64(len(b.out))
	b.number(uint64(len(fields)))
	for _, offset := range at {
		b.out = binary.BigEndian.AppendUint64(b.out, offset)
	}
	return begin
}

// notStored says that a field has no values by document.
const notStored = 1<<64 - 1

// field writes the postings of a field and its dictionary.
func (b *builder) field(number uint64, f field) error {
	if err := b.open(); err != nil {
		return err
	}
	b.collect(number, f)
	for _, term := range b.sorted {
		from := uint32(0)
		if term > 0 {
			from = b.ends[term-1]
		}
		to := b.ends[term]
		value := b.postings(number, f, b.docsByTerm[from:to], b.placesByTerm[from:to])
		b.key = append(b.key[:0], b.names[term]...)
		if err := b.terms.Insert(b.key, value); err != nil {
			return fmt.Errorf("add a term: %w", err)
		}
	}
	clear(b.ids[number]) // hold no text
	clear(b.names)
	return b.finish()
}

// finish writes the dictionary that open has begun, and where it is.
func (b *builder) finish() error {
	if err := b.terms.Close(); err != nil {
		return fmt.Errorf("write a dictionary: %w", err)
	}
	dict := uint64(len(b.out))
	b.number(uint64(b.dict.Len()))
	b.out = append(b.out, b.dict.Bytes()...)
	b.offsets, b.dicts = append(b.offsets, uint64(len(b.out))), append(b.dicts, dict)
	b.number(notStored)
	b.number(notStored)
	b.number(dict)
	return nil
}

// registry is how many ends of words a dictionary is made from that are there
// already. Segments are merged soon, which finds more.
const registry = 1000

// open begins a dictionary.
func (b *builder) open() error {
	b.dict.Reset()
	var err error
	if b.terms == nil {
		b.terms, err = vellum.New(&b.dict, &vellum.BuilderOpts{Encoder: 1, RegistryTableSize: registry, RegistryMRUSize: 1})
	} else {
		err = b.terms.Reset(&b.dict)
	}
	if err != nil {
		return fmt.Errorf("begin a dictionary: %w", err)
	}
	return nil
}

// collect numbers the terms of a field and brings its occurrences into their
// order. Those of a term stay in that of the documents and places.
func (b *builder) collect(number uint64, f field) {
	if b.ids[number] == nil {
		b.ids[number] = make(map[string]uint32)
	}
	b.names, b.ends = b.names[:0], b.ends[:0]
	b.termOf, b.docOf, b.placeOf = b.termOf[:0], b.docOf[:0], b.placeOf[:0]
	for i, d := range b.docs {
		if f.id {
			b.occur(number, d.name, uint32(i), 0)
			continue
		}
		for _, o := range d.of(f.at) {
			b.occur(number, o.term, uint32(i), o.place)
		}
	}
	b.sorted = b.sorted[:0]
	var sum uint32
	for i, n := range b.ends { // now where each begins; below, where it ends
		b.ends[i] = sum
		sum += n
		b.sorted = append(b.sorted, uint32(i))
	}
	b.docsByTerm = slices.Grow(b.docsByTerm[:0], len(b.termOf))[:len(b.termOf)]
	b.placesByTerm = slices.Grow(b.placesByTerm[:0], len(b.termOf))[:len(b.termOf)]
	for i, term := range b.termOf {
		to := b.ends[term]
		b.docsByTerm[to], b.placesByTerm[to] = b.docOf[i], b.placeOf[i]
		b.ends[term]++
	}
	slices.SortFunc(b.sorted, func(x, y uint32) int { return strings.Compare(b.names[x], b.names[y]) })
}

func (b *builder) occur(number uint64, term string, doc, place uint32) {
	ids := b.ids[number]
	id, ok := ids[term]
	if !ok {
		id = uint32(len(b.names))
		ids[term] = id
		b.names = append(b.names, term)
		b.ends = append(b.ends, 0)
	}
	b.ends[id]++
	b.termOf, b.docOf, b.placeOf = append(b.termOf, id), append(b.docOf, doc), append(b.placeOf, place)
}

// postings writes what a term has, and returns what its dictionary says of it.
func (b *builder) postings(number uint64, f field, docs, places []uint32) uint64 {
	b.distinct = b.distinct[:0]
	for i, doc := range docs {
		if i == 0 || doc != docs[i-1] {
			b.distinct = append(b.distinct, doc)
		}
	}
	if len(b.distinct) == 1 && f.kind == rare {
		return onlyDocument(docs[0])
	}
	b.chunked(len(b.docs))
	b.fill(number, f, docs, places)
	return b.list()
}

// chunked begins the frequencies and the places of a term in distinct, for so
// many documents of the segment.
func (b *builder) chunked(documents int) {
	count := uint32(documents)
	size := max(count/uint32(len(b.distinct)/perChunk+1), 1)
	b.freqs.begin(size, count)
	b.locs.begin(size, count)
}

// list writes them, and the documents, and returns where.
func (b *builder) list() uint64 {
	freqs, locs := b.freqs.write(b), b.locs.write(b)
	at := uint64(len(b.out))
	b.number(freqs)
	b.number(locs)
	b.bitmap(b.distinct)
	return at
}

// fill collects the frequencies and the places of a term.
func (b *builder) fill(number uint64, f field, docs, places []uint32) {
	for i := 0; i < len(docs); {
		doc, from := docs[i], i
		for i < len(docs) && docs[i] == doc {
			i++
		}
		switch f.kind {
		case keyword:
			b.freqs.add(doc, 0)
		case rare:
			b.freqs.add(doc, 1<<1)
			b.freqs.add(doc, 1)
		case placed:
			b.freqs.add(doc, uint64(i-from)<<1|1)
			b.freqs.add(doc, uint64(len(b.docs[doc].of(f.at))))
			b.locs.places(doc, number, places[from:i])
		}
	}
}

// bitmap writes a set of documents as roaring does. The small ones, nearly all,
// need no object.
func (b *builder) bitmap(docs []uint32) {
	const most = 4096 // in a list
	if len(docs) > most || docs[len(docs)-1] > 0xffff {
		set := roaring.New()
		set.AddMany(docs)
		written, err := set.ToBytes()
		if err != nil {
			panic(err) // memory does not fail
		}
		b.number(uint64(len(written)))
		b.out = append(b.out, written...)
		return
	}
	const header = 16
	b.number(uint64(header + 2*len(docs)))
	b.out = binary.LittleEndian.AppendUint32(b.out, 12346) // lists and bitmaps only
	b.out = binary.LittleEndian.AppendUint32(b.out, 1)     // one of them
	b.out = binary.LittleEndian.AppendUint16(b.out, 0)     // of the first 65,536
	b.out = binary.LittleEndian.AppendUint16(b.out, uint16(len(docs)-1))
	b.out = binary.LittleEndian.AppendUint32(b.out, header)
	for _, doc := range docs {
		b.out = binary.LittleEndian.AppendUint16(b.out, uint16(doc))
	}
}

// pieces are numbers by document, in chunks of so many documents.
type pieces struct {
	size uint32
	ends []uint64
	all  []byte
}

// begin empties it. count is how many documents there are.
func (c *pieces) begin(size, count uint32) {
	c.size, c.all = size, c.all[:0]
	n := int((count-1)/size + 1)
	c.ends = slices.Grow(c.ends[:0], n)[:n]
	clear(c.ends)
}

func (c *pieces) add(doc uint32, n uint64) {
	c.all = binary.AppendUvarint(c.all, n)
	c.ends[doc/c.size] = uint64(len(c.all))
}

// places adds where a term stands in a document.
func (c *pieces) places(doc uint32, field uint64, places []uint32) {
	var length uint64
	for _, p := range places {
		length += width(field) + width(scorchPlace(p)) + 3
	}
	c.all = binary.AppendUvarint(c.all, length)
	for _, p := range places {
		c.all = binary.AppendUvarint(c.all, field)
		c.all = binary.AppendUvarint(c.all, scorchPlace(p))
		c.all = append(c.all, 0, 0, 0) // start and end in the text, places in arrays
	}
	c.ends[doc/c.size] = uint64(len(c.all))
}

// copied adds where a term stands in a document as another segment has it.
func (c *pieces) copied(doc uint32, places []byte) {
	c.all = binary.AppendUvarint(c.all, uint64(len(places)))
	c.all = append(c.all, places...)
	c.ends[doc/c.size] = uint64(len(c.all))
}

// width is how many bytes a number takes as a varint.
func width(n uint64) uint64 { return uint64(bits.Len64(n|1)+6) / 7 }

// write returns where it was written; 0 is nowhere, where there is nothing.
func (c *pieces) write(b *builder) uint64 {
	if len(c.all) == 0 {
		return 0
	}
	at := uint64(len(b.out))
	b.number(uint64(len(c.ends)))
	var end uint64
	for _, e := range c.ends {
		end = max(end, e) // a chunk without a document ends where it began
		b.number(end)
	}
	b.out = append(b.out, c.all...)
	return at
}
