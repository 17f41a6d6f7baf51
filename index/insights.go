package index

import (
	"context"
	"math"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
	"afterbeep/store"
)

// Insights are exact counts of the full matches of a search, for who looks at
// many messages and not at one.
type Insights struct {
	Total  int
	Facets *Facets
	// Week counts by when in the week they were left, in the request's zone:
	// Week[0][9] are those of Mondays from nine to ten.
	Week [7][24]int
	// Lengths is Facets.Duration in smaller steps.
	Lengths []FacetValue
	// Requests are how many ask to be called back, by the buckets of
	// Facets.Histogram. Nil where the index has no Work.
	Requests []int
	// Callers are the numbers that called most often, the most frequent first.
	// Whoever called once is not among them.
	Callers []CallerCount
	// Words are more frequent than they were before, the most remarkable first.
	Words []WordCount
	// Since is from when on Words looks at what was left before the request's
	// time: as long before as the request looks at, and four weeks at least. It
	// is zero where the request has no beginning.
	Since  time.Time
	Before int // how many matched then
	Notes  []string
}

// CallerCount is how often a number called.
type CallerCount struct {
	Voicemail int64 // the id of one of its messages
	Count     int
}

// WordCount is in how many messages a word is said.
type WordCount struct {
	Word      string // folded
	Voicemail int64  // the id of one of the messages
	Count     int
	Before    int // in how many of those before
}

// weekSpan is how long before Words looks at least.
const weekSpan = 4 * 7 * 24 * time.Hour

// Insights counts what matches a request within a scope. Limit, Cursor, Sort and
// Facets of the request are not looked at. Errors are those of Search.
func (x *Index) Insights(ctx context.Context, s store.Scope, r Request) (*Insights, error) {
	r.Cursor, r.Limit, r.FullOnly = "", 0, true
	r, notes := r.complete()
	var in *Insights
	err := x.look(ctx, func(v *view) (err error) {
		in, err = x.insights(ctx, v, s, r, notes)
		return err
	})
	return in, err
}

func (x *Index) insights(ctx context.Context, v *view, s store.Scope, r Request, notes []string) (*Insights, error) {
	said := &remarks{notes}
	e, err := newExpander(v.shared, x.config.Synonyms(), said)
	if err != nil {
		return nil, err
	}
	m, err := newMatcher(ctx, e, r)
	if err != nil {
		return nil, err
	}
	m.look(x.besideOf(ctx, v, s, r, said))
	within := r.within()
	hits, err := m.find(ctx, m.root, tierLoose, newLimits(s, within))
	if err != nil {
		return nil, err
	}
	segments := e.snapshot.Segments
	in := &Insights{Total: hits.total(), Notes: said.list, Week: weekOf(segments, hits, r.Zone), Lengths: lengthsOf(segments, hits)}
	if in.Facets, err = facetsOf(segments, hits, within, m.beside); err != nil {
		return nil, err
	}
	in.Requests = requestsOf(segments, hits, m.beside, in.Facets.Histogram)
	if in.Callers, err = callersOf(ctx, segments, hits); err != nil {
		return nil, err
	}
	if within.From.IsZero() {
		return in, nil
	}
	in.Since = before(within)
	earlier := within
	earlier.From, earlier.To = in.Since, within.From
	past, err := m.find(ctx, m.root, tierLoose, newLimits(s, earlier))
	if err != nil {
		return nil, err
	}
	in.Before = past.total()
	in.Words, err = wordsOf(ctx, segments, hits, past)
	return in, err
}

// requestsOf counts those of the hits that ask to be called back in the buckets of
// a histogram of all of them.
func requestsOf(segments []*engine.Segment, hits []*roaring.Bitmap, b *beside, h Histogram) []int {
	if b == nil {
		return nil
	}
	out := make([]int, len(h.Buckets))
	if len(out) == 0 {
		return out
	}
	edges := make([]int64, 0, len(out)+1)
	for _, bucket := range h.Buckets {
		edges = append(edges, bucket.From.UnixMicro())
	}
	edges = append(edges, math.MaxInt64) // no hit is behind the last bucket
	for at, seg := range segments {
		asking := roaring.And(hits[at], b.project().segments[at].of(isRequested))
		if asking.IsEmpty() {
			continue
		}
		for i, n := range seg.CountTimes(asking, edges) {
			out[i] += n
		}
	}
	return out
}

// before is since when Words looks at what was left before a request's time.
func before(r Request) time.Time {
	end := r.To
	if end.IsZero() || end.After(r.Now) {
		end = r.Now
	}
	const week = 7 * 24 * time.Hour
	span := max(end.Sub(r.From), weekSpan)
	span = (span + week - 1) / week * week // whole weeks: each day of the week as often as the others
	return r.From.Add(-span)
}

// weekOf counts hits by weekday and hour, of zone's clocks.
func weekOf(segments []*engine.Segment, hits []*roaring.Bitmap, zone *time.Location) (week [7][24]int) {
	clock := clock{zone: zone}
	for i, seg := range segments {
		left := seg.Columns().Left
		for docs := hits[i].Iterator(); docs.HasNext(); {
			if at := left[docs.Next()]; at != engine.LeftUnknown {
				day, hour := clock.read(at)
				week[day][hour]++
			}
		}
	}
	return week
}

// inHours returns the documents of a segment, deleted ones included, that were
// left in some hours of the week, of zone's clocks.
func inHours(seg *engine.Segment, hours [7][24]bool, zone *time.Location) *roaring.Bitmap {
	clock, docs := clock{zone: zone}, []uint32(nil)
	for doc, at := range seg.Columns().Left {
		if at == engine.LeftUnknown {
			continue
		}
		if day, hour := clock.read(at); hours[day][hour] {
			docs = append(docs, uint32(doc))
		}
	}
	return roaring.BitmapOf(docs...)
}

// clock reads a zone's clocks. It knows how far they were ahead of UTC from one
// time to another; all in microseconds. Messages come mostly in the order of
// time, so that this nearly always holds for the next one, too.
type clock struct {
	zone            *time.Location
	from, to, ahead int64
}

// read is the day of the week, from Monday on, and the hour of a time.
func (c *clock) read(at int64) (weekday, hour int) {
	const perHour, perDay = int64(time.Hour / time.Microsecond), int64(24 * time.Hour / time.Microsecond)
	if at < c.from || at >= c.to {
		c.set(at)
	}
	local := at + c.ahead
	days := local / perDay
	if local%perDay < 0 {
		days--
	}
	// The first of January 1970 was a Thursday.
	return int(((days+3)%7 + 7) % 7), int((local - days*perDay) / perHour)
}

// set reads the clocks at a time.
func (c *clock) set(at int64) {
	t := time.UnixMicro(at).In(c.zone)
	_, seconds := t.Zone()
	begins, ends := t.ZoneBounds()
	// Bounds that can't be told in microseconds hold for the time alone.
	c.from, c.to, c.ahead = at, at+1, int64(seconds)*1e6
	switch {
	case begins.IsZero() && ends.IsZero(): // as in UTC
		c.from, c.to = engine.LeftUnknown+1, endless
		return
	case !begins.IsZero() && begins.Year() > -endOfMicros:
		c.from = begins.UnixMicro()
	}
	if !ends.IsZero() && ends.Year() < endOfMicros {
		c.to = ends.UnixMicro()
	}
}

const endless = 1<<63 - 1

// fineEdges are where the buckets of Insights.Lengths begin.
var fineEdges = []time.Duration{0, 5 * time.Second, 10 * time.Second, 15 * time.Second, 20 * time.Second, 30 * time.Second, 45 * time.Second,
	time.Minute, 90 * time.Second, 2 * time.Minute, 3 * time.Minute, 5 * time.Minute}

var fineBuckets = bucketsOf(fineEdges)

// lengthsOf counts hits by how long they are, buckets without hits included, and
// last those whose length is not known, if there are any.
func lengthsOf(segments []*engine.Segment, hits []*roaring.Bitmap) []FacetValue {
	counts := countLengths(segments, hits, fineBuckets, len(fineEdges))
	values := make([]FacetValue, 0, len(counts))
	for i := range fineEdges {
		values = append(values, FacetValue{lengthQuery(fineEdges, i), counts[i+1]})
	}
	if counts[0] > 0 {
		values = append(values, FacetValue{"", counts[0]})
	}
	return values
}
