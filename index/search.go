package index

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/query"
	"afterbeep/store"
)

// Sort is the order of hits.
type Sort string

// The orders. Ties are broken by id.
const (
	SortNewest Sort = "newest" // by LeftAt, the latest first
	SortOldest Sort = "oldest"
	// SortRelevance puts messages that match as typed before those that match
	// one letter off, each by score, then newest. Without words to score by it
	// is SortNewest.
	SortRelevance Sort = "relevance"
)

// The bounds of Request.Limit.
const (
	DefaultLimit = 20
	MaxLimit     = 200
)

// Request is one search.
type Request struct {
	Query query.Query // the zero Query is everything
	Bot   string      // only this bot; "" is every one in the scope
	Lang  string      // only this language, whatever its region; "" is every one
	Queue string      // only this queue; "" is every one
	Has   string      // only with this: "number", "recording" or "transcript"; "" is all
	// Now is what words like "yesterday" in the query count from; the zero time
	// is time.Now.
	Now time.Time
	// From (inclusive) and To (exclusive) bound LeftAt; zero does not.
	From, To time.Time
	Zone     *time.Location // of the histogram's edges; nil is UTC
	// Sort is SortRelevance with words in the query and SortNewest without
	// where it is empty.
	Sort   Sort
	Limit  int    // hits a page; 0 is DefaultLimit, out of bounds is clamped with a note
	Cursor string // NextCursor of the page before; "" is the first page
	Facets bool   // count Facets too
}

// Result is one page of hits.
type Result struct {
	// Total is how many voicemails match, exactly.
	Total int
	// PartialTotal is how many match only more than half of the words, phrases
	// and groups that stand side by side. They are looked for when Total is
	// below ten, and follow all others in every order.
	PartialTotal int
	Hits         []Hit
	NextCursor   string   // "" where no hit follows
	Notes        []string // the query's and those of the search, in plain words
	Facets       *Facets  // nil unless asked for
	// Offers are other searches that find something where this one finds
	// little: none unless Total is below ten.
	Offers []Offer
	// Marker marks in a text why it was found.
	Marker *Marker
}

// Offer is another search that finds something in the same scope.
type Offer struct {
	Query string // as Query.String
	Why   string // what is different, in plain words
	Count int    // how many match it, exactly; never 0
}

// Hit is one voicemail found.
type Hit struct {
	ID    int64
	Score float64
	// Matched says how: "exact", "one letter off", or both where words differ
	// in that. It is empty where the query asks for no words.
	Matched []string
	Partial bool
}

// Search answers a request within a scope. What lies outside the scope is in no
// count and no facet; only how rare a word is, which decides scores, is taken
// from the whole index. ErrCursor for a cursor of another request or scope,
// ErrClosed after Close.
func (x *Index) Search(ctx context.Context, s store.Scope, r Request) (*Result, error) {
	r, notes := r.complete()
	from, err := parseCursor(r.Cursor, r.fingerprint(s))
	if err != nil {
		return nil, err
	}
	g, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer g.users.Done()
	var res *Result
	err = guarded(func() error {
		v, err := g.view()
		if err != nil {
			return err
		}
		defer v.close()
		res, err = search(ctx, v, s, r, from, notes)
		return err
	})
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, ErrCursor) {
			x.doubt(g)
		}
		return nil, fmt.Errorf("search: %w", err)
	}
	return res, nil
}

// complete fills in what was left open.
func (r Request) complete() (Request, []string) {
	notes := append([]string{}, r.Query.Notes...)
	if r.Query.Root == nil {
		r.Query.Root = query.All{}
	}
	if r.Zone == nil {
		r.Zone = time.UTC
	}
	switch r.Sort {
	case SortNewest, SortOldest, SortRelevance:
	default:
		if r.Sort != "" {
			notes = append(notes, "unknown order, the usual one was taken")
		}
		r.Sort = SortRelevance
		if _, all := r.Query.Root.(query.All); all {
			r.Sort = SortNewest
		}
	}
	if r.Limit == 0 {
		r.Limit = DefaultLimit
	}
	if limit := min(max(r.Limit, 1), MaxLimit); limit != r.Limit {
		notes = append(notes, fmt.Sprintf("limit must be 1 to %d, %d was taken", MaxLimit, limit))
		r.Limit = limit
	}
	r.Lang = foldLang(r.Lang)
	return r, notes
}

func search(ctx context.Context, v *view, s store.Scope, r Request, from cursor, notes []string) (*Result, error) {
	res := &Result{Notes: notes, Hits: []Hit{}, Marker: NewMarker(r.Query)}
	m, err := newMatcher(ctx, v, r.Query.Root, &res.Notes)
	if err != nil {
		return nil, err
	}
	if from.given {
		if err := m.freeze(from.rarities); err != nil {
			return nil, err
		}
	}
	full, err := m.matching(ctx, r.Query.Root, false)
	if err != nil {
		return nil, err
	}
	exact, err := m.matching(ctx, r.Query.Root, true)
	if err != nil {
		return nil, err
	}
	filter := newFilter(v, s, r)
	found := filter.pass(full)
	res.Total = len(found)
	withPartial := res.Total < enough
	if from.given {
		// As decided on the first page: else a page could be missing.
		withPartial = from.withPartial
	}
	var partial []uint32
	if withPartial {
		set, err := m.partial(ctx, full)
		if err != nil {
			return nil, err
		}
		partial = filter.pass(set)
		res.PartialTotal = len(partial)
	}
	if r.Facets {
		res.Facets = countFacets(v, found, r)
	}
	p := &pager{order: r.Sort, limit: r.Limit, matcher: m, exact: exact}
	if from.given {
		p.after = &from.last
	}
	p.add(found, false)
	p.add(partial, true)
	rows, more := p.page()
	res.Hits = p.hits(rows)
	if more {
		c := cursor{withPartial: withPartial, last: rows[len(rows)-1].key, rarities: m.rarities()}
		res.NextCursor = c.encode(r.fingerprint(s))
	}
	return res, ctx.Err()
}

// filter keeps the documents that the reader may see and has asked for.
type filter struct {
	view     *view
	from, to int64    // microseconds, from inclusive, to exclusive
	bots     [][]bool // by part and place in its bots
	langs    [][]bool
}

func newFilter(v *view, s store.Scope, r Request) *filter {
	f := &filter{view: v, from: math.MinInt64, to: math.MaxInt64}
	if !r.From.IsZero() {
		f.from = microsUp(r.From)
	}
	if !r.To.IsZero() {
		f.to = microsUp(r.To)
	}
	for _, p := range v.parts {
		f.bots = append(f.bots, allowed(p.cols.bots, func(bot string) bool {
			return s.Sees(bot) && (r.Bot == "" || bot == r.Bot)
		}))
		f.langs = append(f.langs, allowed(p.cols.langs, func(lang string) bool {
			return r.Lang == "" || lang == r.Lang
		}))
	}
	return f
}

func allowed(names []string, ok func(string) bool) []bool {
	out := make([]bool, len(names))
	for i, n := range names {
		out[i] = ok(n)
	}
	return out
}

// microsUp is the first microsecond that is not before t.
func microsUp(t time.Time) int64 {
	m := t.UnixMicro()
	if t.After(time.UnixMicro(m)) {
		m++
	}
	return m
}

// pass returns the documents of a set that pass, ascending.
func (f *filter) pass(set *roaring.Bitmap) []uint32 {
	out := make([]uint32, 0, set.GetCardinality())
	at := 0
	for it := set.Iterator(); it.HasNext(); {
		doc := it.Next()
		at = f.view.partFrom(at, doc)
		c, i := f.view.parts[at].cols, doc-f.view.parts[at].base
		if left := c.left[i]; left < f.from || left >= f.to {
			continue
		}
		if f.bots[at][c.bot[i]] && f.langs[at][c.lang[i]] {
			out = append(out, doc)
		}
	}
	return out
}
