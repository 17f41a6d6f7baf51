package index

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"afterbeep/index/engine"
	"afterbeep/index/query"
	"afterbeep/store"
)

// Sort is the order of hits.
type Sort string

// The orders. Ties are broken by id.
const (
	SortNewest Sort = "newest" // by LeftAt, the latest first
	SortOldest Sort = "oldest"
	// SortRelevance puts messages that match as typed before those that match in
	// other forms and words, and these before those that match one letter off
	// or by sound; each by score, then newest. Without words to score by it is
	// SortNewest.
	SortRelevance Sort = "relevance"
)

// enough is the number of full matches from which partial ones and offers are
// left out.
const enough = 10

// The bounds of Request.Limit.
const (
	DefaultLimit = 20
	MaxLimit     = 200
	// MaxFullLimit is the bound with Request.FullOnly: for those who read all
	// there is, each page of a search costs as much as the first.
	MaxFullLimit = 2000
)

// Request is one search.
type Request struct {
	Query query.Query // the zero Query is everything
	Bot   string      // only this bot; "" is every one in the scope
	Lang  string      // only this language, whatever its region; "" is every one
	Queue string      // only this queue; "" is every one
	Has   string      // only with this: "number", "recording", "transcript" or "callback"; "" is all
	// Callback leaves only voicemails of which that is so: a value of "is:" in a
	// query, or one of CallbackRequested, CallbackUnrequested and CallbackNone;
	// "" is all. Whose is "mine" is said by the scope.
	Callback string
	// Now is what words like "yesterday" in the query count from; the zero time
	// is time.Now.
	Now time.Time
	// From (inclusive) and To (exclusive) bound LeftAt; zero does not.
	From, To time.Time
	Zone     *time.Location // of the histogram's edges and of days in the query; nil is UTC
	// Sort is SortRelevance with words in the query and SortNewest without
	// where it is empty.
	Sort   Sort
	Limit  int    // hits a page; 0 is DefaultLimit, out of bounds is clamped with a note
	Cursor string // NextCursor of the page before, or PrevCursor of the one behind; "" is the first page
	Facets bool   // count Facets too
	// Among, where it is not nil, has only these voicemails be found, by their ids.
	Among []int64
	// FullOnly leaves out partial matches and offers, however few match.
	FullOnly bool
}

// Result is one page of hits.
type Result struct {
	// Total is how many voicemails match, exactly.
	Total int
	// PartialTotal is how many match only most of the words, phrases and groups
	// that stand side by side, phrases with other words between their own
	// included, the most frequent words of the languages apart:
	// more than half of them, or where nothing has all as typed
	// nor more than half, exactly half. They are looked for when Total is below
	// ten, and follow all others in every order.
	PartialTotal int
	Hits         []Hit
	NextCursor   string   // "" where no hit follows
	PrevCursor   string   // of the page before; "" on the first page
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
	// Unfiltered says that it is meant without the other filters of the request:
	// Bot, Lang, Queue, Has, From and To.
	Unfiltered bool
}

// Hit is one voicemail found.
type Hit struct {
	ID    int64
	Score float64 // 0 unless by relevance
	// Matched says how, the best first: "exact", "number", "inflected",
	// "synonym", "one letter off", "sounds like", in part "words
	// between" and "spelled alike"; several where words differ in
	// that. It is empty where the query asks for no words.
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
	var res *Result
	err = x.look(ctx, func(v *view) (err error) {
		res, err = x.search(ctx, v, s, r, from, notes)
		return err
	})
	return res, err
}

// look lets something look at the index as it is now.
func (x *Index) look(ctx context.Context, at func(*view) error) error {
	g, err := x.acquire()
	if err != nil {
		return err
	}
	defer g.users.Done()
	err = guarded(func() error {
		v, err := g.view()
		if err != nil {
			return err
		}
		defer v.close()
		return at(v)
	})
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, ErrCursor) {
			x.doubt(g)
		}
		return fmt.Errorf("search: %w", err)
	}
	return nil
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
	if r.Now.IsZero() {
		r.Now = time.Now()
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
	most := MaxLimit
	if r.FullOnly {
		most = MaxFullLimit
	}
	if limit := min(max(r.Limit, 1), most); limit != r.Limit {
		notes = append(notes, fmt.Sprintf("limit must be 1 to %d, %d was taken", most, limit))
		r.Limit = limit
	}
	r.Lang = foldLang(r.Lang)
	if w := r.within(); !w.From.IsZero() && !w.To.IsZero() && !w.From.Before(w.To) {
		notes = append(notes, "nothing can be found: the time searched ends before it begins")
	}
	return r, notes
}

func (x *Index) search(ctx context.Context, v *view, s store.Scope, r Request, from cursor, notes []string) (*Result, error) {
	said := &remarks{notes}
	e, err := newExpander(v.shared, x.config.Synonyms(), said)
	if err != nil {
		return nil, err
	}
	e.chosen = x.choices.of(from.choice)
	m, err := newMatcher(ctx, e, r)
	if err != nil {
		return nil, err
	}
	m.look(x.besideOf(ctx, v, s, r, said))
	if from.given {
		if err := m.freeze(ctx, from.rarities, from.told); err != nil {
			return nil, err
		}
	}
	a := &answer{matcher: m, request: r, scope: s, limits: newLimits(s, r.within()), from: from, choices: &x.choices, result: &Result{Hits: []Hit{}}}
	if err := a.match(ctx); err != nil {
		return nil, err
	}
	if !from.given && a.result.Total+a.result.PartialTotal > 0 { // nothing has no order
		if err := m.weighLeaves(ctx); err != nil {
			return nil, err
		}
	}
	counted := a.count(e.snapshot.Segments)
	defer func() { _ = counted() }() // whatever happens: it reads from the snapshot
	if err := a.page(ctx, r.fingerprint(s)); err != nil {
		return nil, err
	}
	if err := counted(); err != nil {
		return nil, err
	}
	if a.result.Total == 0 {
		said.addCallers(r.Query.Root)
	}
	a.result.Notes, a.result.Marker = said.list, m.marker()
	return a.result, ctx.Err()
}

// answer is a search under way.
type answer struct {
	matcher *matcher
	request Request
	scope   store.Scope
	limits  limits
	from    cursor
	choices *choices
	result  *Result
	full    found
	partial found // nil where they are not shown
	bar     int   // of partial: how many words they match at least; 0 where they are not shown
}

// match finds all that matches.
func (a *answer) match(ctx context.Context) error {
	var err error
	if a.full, err = a.matcher.find(ctx, a.matcher.root, tierLoose, a.limits); err != nil {
		return err
	}
	a.result.Total = a.full.total()
	few := a.result.Total < enough
	if a.from.given {
		// As decided on the first page: else a page could be missing.
		few, a.bar = a.from.bar > 0, a.from.bar
	}
	if !few || a.request.FullOnly {
		return nil
	}
	if differentSides(a.matcher.root) > mostSides {
		a.matcher.planner.expander.remarks.add(fmt.Sprintf("messages with most of the words were not looked for, as there are more than %d of them", mostSides))
		return nil
	}
	if a.partial, a.bar, err = a.matcher.partial(ctx, a.full, a.limits, a.bar); err != nil {
		return err
	}
	a.result.PartialTotal = a.partial.total()
	if !a.from.given {
		a.result.Offers, err = a.matcher.offers(ctx, a.scope, a.request, a.result.Total)
	}
	return err
}

// countedBeside is from how many hits on facets are counted beside the ranking,
// which takes about as long. Below, handing over is no gain.
const countedBeside = 2000

// count counts the facets, if they are wanted, beside what is done until the
// function that it returns is called: that waits for them. It may be called again.
func (a *answer) count(segments []*engine.Segment) (wait func() error) {
	if !a.request.Facets {
		return func() error { return nil }
	}
	facets := func() (err error) {
		a.result.Facets, err = facetsOf(segments, a.full, a.request.within(), a.matcher.beside)
		return err
	}
	if a.result.Total < countedBeside {
		return sync.OnceValue(facets)
	}
	done := make(chan error, 1)
	go func() { done <- engine.Guard(facets) }()
	return sync.OnceValue(func() error { return <-done })
}

// page fills in the hits of the page.
func (a *answer) page(ctx context.Context, f fingerprint) error {
	p := &pager{order: a.request.Sort, limit: a.request.Limit}
	if a.from.given {
		p.after, p.back = &a.from.last, a.from.back
	}
	if err := p.fill(ctx, a.matcher, a.limits, a.full, a.partial); err != nil {
		return err
	}
	rows, more := p.page()
	atStart := !a.from.given
	if p.back && !more { // the first page, whole, and not what is left of it
		atStart, p = true, &pager{order: a.request.Sort, limit: a.request.Limit}
		if err := p.fill(ctx, a.matcher, a.limits, a.full, a.partial); err != nil {
			return err
		}
		rows, more = p.page()
	} else if p.back {
		more = true // where it was come from
	}
	var err error
	if a.result.Hits, err = a.matcher.hits(ctx, rows); err != nil {
		return err
	}
	a.pages(f, rows, atStart, more)
	return nil
}

// within is the request bounded by the filters of its query that are about time
// and must hold: columns in order of time answer them best.
func (r Request) within() Request {
	for _, f := range boundsAll(r.Query.Root) {
		from, to := f.Window(r.Now, r.Zone)
		if from.After(r.From) {
			r.From = from
		}
		if !to.IsZero() && (r.To.IsZero() || to.Before(r.To)) {
			r.To = to
		}
	}
	return r
}

// boundsAll are the filters of a query about time that must hold for all that
// matches. Request.within has them; a plan leaves them out.
func boundsAll(root query.Node) []query.Filter {
	var out []query.Filter
	for _, n := range sideBySide(root) {
		if f, ok := n.(query.Filter); ok && boundsTime(f) {
			out = append(out, f)
		}
	}
	return out
}

// sideBySide are the nodes that all must match.
func sideBySide(root query.Node) []query.Node {
	if and, ok := root.(query.And); ok {
		return and.Nodes
	}
	return []query.Node{root}
}

// boundsTime tells whether a filter is about when a voicemail was left.
func boundsTime(f query.Filter) bool {
	switch f.Field {
	case "after", "before", "on", "older_than", "newer_than":
		return true
	}
	return false
}

// microsUp is the first microsecond that is not before t.
func microsUp(t time.Time) int64 {
	m := t.UnixMicro()
	if t.After(time.UnixMicro(m)) {
		m++
	}
	return m
}
