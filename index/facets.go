package index

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
	"afterbeep/index/query"
)

// Facets are exact counts of the full matches of a search.
type Facets struct {
	Lang      []FacetValue // folded codes; "" where the language is not known
	Bot       []FacetValue
	Queue     []FacetValue // "" where none is known
	Recording []FacetValue // "yes" with audio to play, and "no"
	// Callback counts by where the work stands, each match once: a value is one
	// of Request.Callback. It is empty where the index has no Work.
	Callback []FacetValue
	// Tag counts by the tags that people put on them, of which a match may have
	// several or none. It is empty where more than maxTagFacet are in use.
	Tag []FacetValue
	// Duration counts by length. A value is what a query says to have no
	// others, as "longer:15s shorter:30s"; "" where the length is not known.
	Duration  []FacetValue
	Histogram Histogram
}

// FacetValue is one value and how many matches have it.
type FacetValue struct {
	Value string
	Count int
}

// Unit is the width of a histogram's buckets.
type Unit string

// The units. Weeks begin on Monday.
const (
	UnitHour  Unit = "hour"
	UnitDay   Unit = "day"
	UnitWeek  Unit = "week"
	UnitMonth Unit = "month"
)

// Histogram counts matches by when they were left.
type Histogram struct {
	Unit Unit
	// Buckets go from the earliest match to the latest, in order, without
	// gaps: a bucket ends where the next begins. Where they would be more than
	// maxBuckets, which takes a date that is wrong, empty ones are left out.
	Buckets []Bucket
}

const maxBuckets = 1200

// Bucket is one bar of a histogram.
type Bucket struct {
	From  time.Time // its edge in the reader's zone
	Count int
}

// keywordFacets says which columns are counted. Another facet is a line here and
// one in Facets.
var keywordFacets = []struct {
	column func(*engine.Columns) *engine.Column
	values func(*Facets) *[]FacetValue
}{
	{columnOf["lang"], func(f *Facets) *[]FacetValue { return &f.Lang }},
	{columnOf["bot"], func(f *Facets) *[]FacetValue { return &f.Bot }},
	{columnOf["queue"], func(f *Facets) *[]FacetValue { return &f.Queue }},
}

// lengthEdges are where the buckets of Facets.Duration begin.
var lengthEdges = []time.Duration{0, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute}

// facetsOf counts the hits, which are live documents: hits[i] those of
// segments[i].
func facetsOf(segments []*engine.Segment, hits []*roaring.Bitmap, r Request, b *beside) (*Facets, error) {
	f := &Facets{}
	for _, k := range keywordFacets {
		counts := map[string]int{}
		for i, seg := range segments {
			if hits[i].IsEmpty() {
				continue
			}
			column := k.column(seg.Columns())
			found, err := seg.CountValues(hits[i], column)
			if err != nil {
				return nil, err
			}
			addCounts(counts, column.Names, found)
		}
		*k.values(f) = facetValues(counts)
	}
	var err error
	if f.Recording, err = recordingFacet(segments, hits); err != nil {
		return nil, err
	}
	f.Duration = durationFacet(segments, hits)
	if b != nil {
		f.Callback, f.Tag = callbackFacet(b, hits), tagFacet(b, hits)
	}
	f.Histogram = histogramOf(segments, hits, r)
	return f, nil
}

func recordingFacet(segments []*engine.Segment, hits []*roaring.Bitmap) ([]FacetValue, error) {
	with, all := 0, 0
	for i, seg := range segments {
		n, err := seg.CountHas(hits[i], engine.HasRecording)
		if err != nil {
			return nil, err
		}
		with, all = with+n, all+int(hits[i].GetCardinality())
	}
	return present(FacetValue{"yes", with}, FacetValue{"no", all - with}), nil
}

// present leaves out values that nothing has.
func present(values ...FacetValue) []FacetValue {
	return slices.DeleteFunc(values, func(v FacetValue) bool { return v.Count == 0 })
}

// lengthBuckets are those of lengthEdges; before them, what is not known.
var lengthBuckets = bucketsOf(lengthEdges)

// bucketsOf are the buckets that begin at edges; before them, what is not known.
func bucketsOf(starts []time.Duration) *engine.Lengths {
	edges := []uint32{0}
	for _, e := range starts {
		edges = append(edges, max(tenths(e), 1))
	}
	return engine.NewLengths(edges)
}

// lengthValues are what a query says for the buckets of lengthEdges.
var lengthValues = func() []string {
	out := make([]string, len(lengthEdges))
	for i := range out {
		out[i] = lengthQuery(lengthEdges, i)
	}
	return out
}()

func durationFacet(segments []*engine.Segment, hits []*roaring.Bitmap) []FacetValue {
	counts := countLengths(segments, hits, lengthBuckets, len(lengthEdges))
	values := make([]FacetValue, 0, len(counts))
	for i, value := range lengthValues {
		values = append(values, FacetValue{value, counts[i+1]})
	}
	return present(append(values, FacetValue{"", counts[0]})...)
}

// countLengths counts hits by n buckets and, before them, what is not known.
func countLengths(segments []*engine.Segment, hits []*roaring.Bitmap, buckets *engine.Lengths, n int) []int {
	counts := make([]int, n+1)
	for i, seg := range segments {
		if hits[i].IsEmpty() {
			continue
		}
		for j, n := range seg.CountDurations(hits[i], buckets) {
			counts[j] += n
		}
	}
	return counts
}

// lengthQuery is what a query says for the bucket that begins at an edge.
func lengthQuery(edges []time.Duration, i int) string {
	var parts []string
	say := func(field string, length time.Duration) {
		parts = append(parts, query.Parse(field+":"+length.String()).String())
	}
	if edges[i] > 0 {
		say("longer", edges[i])
	}
	if i+1 < len(edges) {
		say("shorter", edges[i+1])
	}
	return strings.Join(parts, " ")
}

// histogramOf counts hits in buckets whose edges are the reader's.
func histogramOf(segments []*engine.Segment, hits []*roaring.Bitmap, r Request) Histogram {
	first, last, ok := timesOf(segments, hits)
	if !ok {
		return Histogram{Unit: UnitDay, Buckets: []Bucket{}}
	}
	unit := unitFor(lookedAt(fromMicros(first), fromMicros(last), r))
	buckets, end := unit.count(segments, hits, first, last, r.Zone)
	if end > last {
		return Histogram{Unit: unit, Buckets: buckets}
	}
	// More buckets than are shown: what is empty between the hits is not even
	// looked at.
	buckets = withHits(buckets)
	for ok && end <= last && end < math.MaxInt64 {
		hits = since(segments, hits, end)
		if first, _, ok = timesOf(segments, hits); ok {
			var more []Bucket
			more, end = unit.count(segments, hits, first, last, r.Zone)
			buckets = append(buckets, withHits(more)...)
		}
	}
	return Histogram{Unit: unit, Buckets: buckets}
}

// timesOf are the earliest and the latest time of hits; ok is false where none
// has a time.
func timesOf(segments []*engine.Segment, hits []*roaring.Bitmap) (first, last int64, ok bool) {
	first, last = math.MaxInt64, math.MinInt64
	for i, seg := range segments {
		if from, to, any := seg.Times(hits[i]); any {
			first, last, ok = min(first, from), max(last, to), true
		}
	}
	return first, last, ok
}

// count counts hits in buckets from a time on, to another one or as far as
// maxBuckets go, and returns where they end. All hits are from first on.
func (u Unit) count(segments []*engine.Segment, hits []*roaring.Bitmap, first, last int64, zone *time.Location) (out []Bucket, end int64) {
	at := u.floor(fromMicros(first).In(zone))
	edges := []int64{at.UnixMicro()}
	for end = edges[0]; end <= last && len(out) < maxBuckets; {
		out = append(out, Bucket{From: at})
		at = u.next(at)
		end = at.UnixMicro()
		if at.Year() >= endOfMicros {
			end, last = math.MaxInt64, min(last, math.MaxInt64-1)
		}
		edges = append(edges, end)
	}
	for i, seg := range segments {
		if hits[i].IsEmpty() {
			continue
		}
		for j, n := range seg.CountTimes(hits[i], edges) {
			out[j].Count += n
		}
	}
	return out, end
}

// endOfMicros is the year in which microseconds since 1970 are too many for an
// int64.
const endOfMicros = 294_247

// since are the hits from a time on.
func since(segments []*engine.Segment, hits []*roaring.Bitmap, from int64) []*roaring.Bitmap {
	out := make([]*roaring.Bitmap, len(hits))
	for i, seg := range segments {
		out[i] = seg.Between(hits[i], from, math.MaxInt64)
	}
	return out
}

func withHits(buckets []Bucket) []Bucket {
	return slices.DeleteFunc(buckets, func(b Bucket) bool { return b.Count == 0 })
}

func addCounts(to map[string]int, names []string, counts []int) {
	for i, n := range counts {
		if n > 0 {
			to[names[i]] += n
		}
	}
}

// facetValues puts the most frequent first.
func facetValues(counts map[string]int) []FacetValue {
	out := make([]FacetValue, 0, len(counts))
	for value, n := range counts {
		out = append(out, FacetValue{Value: value, Count: n})
	}
	slices.SortFunc(out, func(a, b FacetValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return out
}

// lookedAt is how much time the reader looks at: what was asked for, or where that
// is open, what was found.
func lookedAt(first, last time.Time, r Request) time.Duration {
	if !r.From.IsZero() {
		first = r.From
	}
	if !r.To.IsZero() {
		last = r.To
	}
	return last.Sub(first)
}

// unitFor gives between some ten and some hundred buckets.
func unitFor(span time.Duration) Unit {
	const day = 24 * time.Hour
	switch {
	case span <= 2*day:
		return UnitHour
	case span <= 62*day:
		return UnitDay
	case span <= 366*day:
		return UnitWeek
	}
	return UnitMonth
}

// floor is the last edge that is not after t, in t's zone.
func (u Unit) floor(t time.Time) time.Time {
	y, m, d := t.Date()
	switch u {
	case UnitHour:
		// Taken from t, not built from its parts: where clocks are put back,
		// an hour is there twice.
		return t.Add(-time.Duration(t.Minute())*time.Minute - time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
	case UnitWeek:
		d -= (int(t.Weekday()) + 6) % 7
	case UnitMonth:
		d = 1
	case UnitDay:
	}
	return query.DayStart(y, m, d, t.Location())
}

// next is the edge after an edge. It is always later.
func (u Unit) next(t time.Time) time.Time {
	y, m, d := t.Date()
	switch u {
	case UnitHour:
		return u.floor(t.Add(time.Hour))
	case UnitWeek:
		d += 7
	case UnitMonth:
		m, d = m+1, 1
	default:
		d++
	}
	return query.DayStart(y, m, d, t.Location())
}
