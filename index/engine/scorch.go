package engine

import (
	"context"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/index/scorch/mergeplan"
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
	_ scorch.SegmentPlugin                = plugin{}
	_ bleveindex.Document                 = (*indexed)(nil)
	_ bleveindex.Field                    = everyField{}
)

// What build lays out and rawFile reads is of one version: another does not build.
var _ [zap.Version - rawVersion + 1]struct{} = [1]struct{}{}

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
		// Left to itself it makes all merges of a plan before it shows one; see
		// mergePlan.
		"scorchMergePlanOptions": map[string]any{"MaxSegmentsPerTier": math.MaxInt32, "FloorSegmentSize": 1},
	}, queue)
	if err != nil {
		return nil, err
	}
	s := index.(*scorch.Scorch)
	paces.Store(s, p)
	opened := false
	defer func() {
		if !opened { // a damaged file may have made it panic
			paces.Delete(s)
		}
	}()
	if err := s.Open(); err != nil {
		return nil, err
	}
	opened = true
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

// mergePlan is what merges those files that are worth it most, up to ten, and no
// more; nil where there are few enough. Scorch shows what it merges when all of a
// plan is done: while much arrives, a plan of many merges takes so long that what
// arrives meanwhile makes the next one longer.
func mergePlan(state *scorch.IndexSnapshot) *mergeplan.MergePlanOptions {
	plan := mergeplan.DefaultMergePlanOptions
	count, total, least := 0, int64(0), int64(math.MaxInt64)
	for _, s := range state.Segments() {
		if segmentPath(s.Segment()) == "" {
			continue
		}
		live := s.LiveSize()
		least = min(least, live)
		if live < plan.MaxSegmentSize/2 { // others are not merged any more
			count, total = count+1, total+live
		}
	}
	budget := mergeplan.CalcBudget(total, plan.RaiseToFloorSegmentSize(least), &plan)
	if count <= budget {
		return nil
	}
	once := max(budget, count-plan.SegmentsPerMergeTask+1)
	plan.CalcBudget = func(int64, int64, *mergeplan.MergePlanOptions) int { return once }
	return &plan
}

// merge has files merged as planned, and reports whether some were.
func merge(s *scorch.Scorch, plan *mergeplan.MergePlanOptions) (bool, error) {
	done := &s.Stats().(*scorch.Stats).TotFileMergeSegments
	before := atomic.LoadUint64(done)
	err := s.ForceMerge(context.Background(), plan)
	return atomic.LoadUint64(done) > before, err
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

// scorchPlace is a place as scorch has it: it counts from 1.
func scorchPlace(place uint32) uint64 { return uint64(min(place, math.MaxInt32)) + 1 }

// plugin makes segments of documents in a fifth of the time that zap takes,
// which is the most of what indexing costs: it knows the fields and their
// kinds, sorts where zap looks up, and keeps no posting as an object. What it
// writes is laid out as zap does (see rawFile), and compared with that in
// tests. It merges what is small so, too. All else is zap's.
type plugin struct{ *zap.ZapPlugin }

// register has scorch use it, and pace, for all of the process.
var register = sync.OnceFunc(func() {
	scorch.RegisterSegmentPlugin(plugin{new(zap.ZapPlugin)}, true)
	scorch.RegistryEventCallbacks[paced] = onEvent
})

// New implements scorch's plugin, as NewUsing does.
func (p plugin) New(results []bleveindex.Document) (segment.Segment, uint64, error) {
	return p.NewUsing(results, nil)
}

// NewUsing makes a segment in memory.
func (p plugin) NewUsing(results []bleveindex.Document, config map[string]any) (segment.Segment, uint64, error) {
	docs := make([]*indexed, len(results))
	for i, r := range results {
		d, ok := r.(*indexed)
		if !ok { // another's index
			return p.ZapPlugin.NewUsing(results, config)
		}
		docs[i] = d
	}
	if len(docs) == 0 {
		return p.ZapPlugin.NewUsing(results, config)
	}
	b := builders.Get().(*builder)
	made, err := b.build(docs)
	if err != nil {
		return nil, 0, fmt.Errorf("build a segment: %w", err)
	}
	builders.Put(b) // not one that failed, by a panic even: it may be in any state
	s, err := made.inMemory(config)
	if err != nil {
		return nil, 0, fmt.Errorf("read a segment that was built: %w", err)
	}
	return s, uint64(len(made.bytes)), nil
}

// fresh is a segment in memory that was built here. It is zap's in all that
// scorch does with it, but read straight from its bytes.
type fresh struct {
	*zap.SegmentBase
	raw *rawFile
}

func (b *built) inMemory(config map[string]any) (*fresh, error) {
	s, err := b.base(config)
	if err != nil {
		return nil, err
	}
	base := s.(*zap.SegmentBase)
	f := &fresh{SegmentBase: base, raw: newRaw(b.bytes, b.documents)}
	for i, field := range writtenFields() {
		if err := f.raw.open(field.name, b.dicts[i]); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// base is the segment as zap has it.
func (b *built) base(config map[string]any) (segment.Segment, error) {
	return zap.InitSegmentBase(b.bytes, crc32.ChecksumIEEE(b.bytes), rawChunkMode, b.documents, b.stored, b.sections, config, statsOf(config))
}

// Merge implements scorch's plugin, as MergeUsing does.
func (p plugin) Merge(segments []segment.Segment, drops []*roaring.Bitmap, path string, stop chan struct{}, stats segment.StatsReporter) ([][]uint64, uint64, error) {
	return p.MergeUsing(segments, drops, path, stop, stats, nil)
}

// MergeUsing writes one file of several segments, quietly. What zap is left with
// is large, or not of the layout that is known here.
func (p plugin) MergeUsing(segments []segment.Segment, drops []*roaring.Bitmap, path string, stop chan struct{}, stats segment.StatsReporter, config map[string]any) (numbers [][]uint64, written uint64, err error) {
	Quietly(func() {
		var made *built
		if made, numbers = mergedHere(segments, drops, stop); made == nil {
			numbers, written, err = p.ZapPlugin.MergeUsing(zapsOwn(segments), drops, path, stop, stats, config)
			return
		}
		if written = uint64(len(made.bytes)); stats != nil {
			stats.ReportBytesWritten(written)
		}
		err = made.persist(path, config)
	})
	return numbers, written, err
}

// persist writes a segment into a file.
func (b *built) persist(path string, config map[string]any) error {
	s, err := b.base(config)
	if err != nil {
		return err
	}
	return s.(segment.UnpersistedSegment).Persist(path)
}

// zapsOwn are segments as zap takes them.
func zapsOwn(segments []segment.Segment) []segment.Segment {
	out := slices.Clone(segments)
	for i, s := range out {
		if f, ok := s.(*fresh); ok {
			out[i] = f.SegmentBase
		}
	}
	return out
}

// onlyDocument is what a dictionary says of a term that one document has, once.
func onlyDocument(doc uint32) uint64 { return zap.FSTValEncode1Hit(uint64(doc), 1) }

// rawInverted is the number of the section that has the terms of a field.
const rawInverted = zap.SectionInvertedTextIndex

func statsOf(config map[string]any) *segment.Stats {
	if s, ok := config[segment.StatsKey].(*segment.Stats); ok && s != nil {
		return s
	}
	return new(segment.Stats)
}

// paced is the name that scorch knows onEvent by.
const paced = "afterbeep"

// paces holds the pace of every open index by its *scorch.Scorch.
var paces sync.Map

func onEvent(e scorch.Event) bool {
	if e.Kind == scorch.EventKindPersisterProgress {
		if p, ok := paces.Load(e.Scorch); ok {
			p.(*pace).gather()
		}
	}
	return true
}
