package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	bleveindex "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v17"
	gocmp "github.com/google/go-cmp/cmp"
)

// zapDocument is a document as zap's own builder takes it.
type zapDocument struct{ *indexed }

func (d zapDocument) VisitFields(visit bleveindex.FieldVisitor) {
	for _, f := range writtenFields() {
		z := zapField{name: f.name, options: f.options(), length: 1, terms: bleveindex.TokenFrequencies{}}
		all := []occurrence{{term: d.name}}
		if f.id {
			z.value = []byte(d.name)
		} else {
			all = d.of(f.at)
		}
		if f.kind == placed {
			z.length = len(all)
		}
		for _, o := range all {
			t := z.terms[o.term]
			if t == nil {
				t = new(bleveindex.TokenFreq)
				z.terms[o.term] = t
			}
			switch f.kind {
			case placed:
				t.SetFrequency(t.Frequency() + 1)
				t.Locations = append(t.Locations, &bleveindex.TokenLocation{Position: int(scorchPlace(o.place))})
			case rare:
				t.SetFrequency(1)
			}
		}
		visit(z)
	}
}

type zapField struct {
	everyField
	name    string
	value   []byte
	options bleveindex.FieldIndexingOptions
	length  int
	terms   bleveindex.TokenFrequencies
}

func (f zapField) Name() string                                          { return f.name }
func (f zapField) Value() []byte                                         { return f.value }
func (f zapField) Options() bleveindex.FieldIndexingOptions              { return f.options }
func (f zapField) AnalyzedLength() int                                   { return f.length }
func (f zapField) AnalyzedTokenFrequencies() bleveindex.TokenFrequencies { return f.terms }

// TestBuildsAsZap compares segments with those that zap builds of the same
// documents, and what both are merged to.
func TestBuildsAsZap(t *testing.T) {
	for _, tt := range []struct{ documents, words int }{{1, 5}, {1, 0}, {3, 0}, {1024, 8}, {1025, 4}, {2500, 12}, {66_000, 1}} {
		t.Run(fmt.Sprint(tt.documents, " of ", tt.words), func(t *testing.T) {
			ours, theirs := bothOf(t, someDocuments(tt.documents, tt.words))
			compareBuilt(t, ours, theirs)
			if tt.documents < 10_000 {
				once, zaps := merged(t, plugin{new(zap.ZapPlugin)}, ours), merged(t, new(zap.ZapPlugin), theirs)
				compareBuilt(t, once, zaps)
				// Of files: one that was written here, and one that zap wrote.
				want := merged(t, new(zap.ZapPlugin), zaps)
				compareBuilt(t, merged(t, plugin{new(zap.ZapPlugin)}, once), want)
				compareBuilt(t, merged(t, plugin{new(zap.ZapPlugin)}, zaps), want)
			}
		})
	}
}

func bothOf(t *testing.T, docs []bleveindex.Document) (ours, theirs segment.Segment) {
	plain := make([]bleveindex.Document, len(docs))
	for i, d := range docs {
		plain[i] = zapDocument{d.(*indexed)}
	}
	p := plugin{new(zap.ZapPlugin)}
	for range 2 { // the second time with what the first has left
		made, size, err := p.NewUsing(docs, nil)
		if err != nil || size == 0 {
			t.Fatalf("a segment of %d bytes, error %v", size, err)
		}
		ours = made
	}
	theirs, _, err := p.NewUsing(plain, nil)
	if err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}

// someDocuments have words from most frequent to in one document only.
func someDocuments(count, length int) []bleveindex.Document {
	random := rand.New(rand.NewPCG(1, uint64(count)))
	out := make([]bleveindex.Document, count)
	for i := range out {
		d := newIndexed(fmt.Sprint(i+1), func(d *Document) {
			d.ID, d.Left, d.Duration = int64(i+1), random.Int64(), random.Uint32N(5000)
			for at := range uint32(random.IntN(length + 1)) {
				word := fmt.Sprintf("w%d", int(float64(2*count)*random.Float64()*random.Float64()*random.Float64()*random.Float64()))
				d.Place(FieldText, word, 200*at)
				d.Place(FieldStem, "en/"+word[:2], at)
				d.Add(FieldCaller, word, word)
			}
			d.Add(FieldBot, fmt.Sprint(i%3), fmt.Sprint(i%3))
			d.Add(FieldSession, fmt.Sprint("s", i))
		})
		d.analyse()
		out[i] = d
	}
	return out
}

func merged(t *testing.T, p scorch.SegmentPlugin, s segment.Segment) segment.Segment {
	path := t.TempDir() + "/merged.zap"
	drops := roaring.BitmapOf(0, uint32(s.Count()/2)) // what is deleted of the first
	segments, dropped := []segment.Segment{s, s}, []*roaring.Bitmap{drops, nil}
	if _, here := p.(plugin); here {
		if made, _ := mergedHere(segments, dropped, nil); made == nil {
			t.Fatal("the segments are left to zap")
		}
		segments = append(segments, s)
		dropped = append(dropped, everyDocument(s))
	}
	numbers, _, err := p.MergeUsing(segments, dropped, path, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	checkNumbers(t, numbers, segments, dropped)
	out, err := p.OpenUsing(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := out.Close(); err != nil {
			t.Error(err)
		}
	})
	return out
}

// TestMergingStops ends a merge when the index is closed, and leaves no file.
func TestMergingStops(t *testing.T) {
	ours, _ := bothOf(t, someDocuments(10, 5))
	stop := make(chan struct{})
	close(stop)
	path := t.TempDir() + "/merged.zap"
	_, _, err := plugin{new(zap.ZapPlugin)}.MergeUsing([]segment.Segment{ours, ours}, make([]*roaring.Bitmap, 2), path, stop, nil, nil)
	if !errors.Is(err, segment.ErrClosed) {
		t.Errorf("error %v, want %v", err, segment.ErrClosed)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file is there: %v", err)
	}
}

// everyDocument is all documents of a segment.
func everyDocument(s segment.Segment) *roaring.Bitmap {
	out := roaring.New()
	out.AddRange(0, s.Count())
	return out
}

// checkNumbers wants documents to be numbered through, dropped ones left out.
func checkNumbers(t *testing.T, numbers [][]uint64, segments []segment.Segment, drops []*roaring.Bitmap) {
	t.Helper()
	next := uint64(0)
	for i, s := range segments {
		if uint64(len(numbers[i])) != s.Count() {
			t.Fatalf("segment %d has %d numbers, want %d", i, len(numbers[i]), s.Count())
		}
		for doc, got := range numbers[i] {
			want := next
			if drops[i] != nil && drops[i].Contains(uint32(doc)) {
				want = math.MaxUint64
			} else {
				next++
			}
			if got != want {
				t.Fatalf("document %d of segment %d has number %d, want %d", doc, i, got, want)
			}
		}
	}
}

func compareBuilt(t *testing.T, ours, theirs segment.Segment) {
	t.Helper()
	if got, want := ours.Count(), theirs.Count(); got != want {
		t.Fatalf("%d documents, want %d", got, want)
	}
	if diff := gocmp.Diff(theirs.Fields(), ours.Fields()); diff != "" {
		t.Fatalf("fields (-want +got):\n%s", diff)
	}
	for doc := range ours.Count() {
		got, err := ours.DocID(doc)
		if err != nil {
			t.Fatal(err)
		}
		if want, err := theirs.DocID(doc); err != nil || string(got) != string(want) {
			t.Fatalf("document %d is %q, want %q (%v)", doc, got, want, err)
		}
	}
	for _, f := range writtenFields() {
		if want, got := contents(t, theirs, f), contents(t, ours, f); !slices.Equal(want, got) {
			t.Fatalf("%s (-want +got):\n%.2000s", f.name, gocmp.Diff(want, got))
		}
	}
}

// contents is a field as text, a line for every term.
func contents(t *testing.T, s segment.Segment, f field) []string {
	var out []string
	read := interfaces{s}
	err := read.terms(f.name, nil, nil, nil, true, func(term string, docs uint64) bool {
		line := fmt.Append(nil, term, ":")
		if f.kind != rare { // zap takes the count before for that of a term with more than one document
			line = fmt.Append(line, " in ", docs, ":")
		}
		var err error
		if f.kind == keyword {
			var set *roaring.Bitmap
			if set, err = read.bitmap(f.name, term); err == nil {
				line = fmt.Append(line, set.ToArray())
			}
		} else {
			err = read.each(f.name, term, nil, true, func(p segment.Posting) {
				line = fmt.Append(line, " ", p.Number(), "x", p.Frequency(), "/", p.(lengthPosting).NormUint64())
				for _, l := range p.Locations() {
					line = fmt.Append(line, "@", l.Pos())
				}
			})
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(line))
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
