package index

import (
	"cmp"
	"context"
	"maps"
	"math/bits"
	"slices"
	"sync"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
	"afterbeep/index/query"
	"afterbeep/store"
)

// marks are what the overlay knows of the documents of one segment, deleted ones
// included. They never change.
type marks struct {
	sets   [flagSets]*roaring.Bitmap // by the place of a flag's bit
	claims []claim                   // by document
	tags   map[string]*roaring.Bitmap
}

// claim says who holds a document's voicemail and how long.
type claim struct {
	doc    uint32
	lease  int64
	holder uint32
	flags  flags
}

// unmarked is a segment of which nothing is known.
var unmarked = &marks{sets: [flagSets]*roaring.Bitmap{nothing, nothing, nothing, nothing, nothing, nothing, nothing}}

func (m *marks) of(f flags) *roaring.Bitmap { return m.sets[bits.TrailingZeros16(uint16(f))] }

// marksChange makes other marks of some. What it changes, it copies first.
type marksChange struct {
	had, now *marks
	copied   [flagSets]bool
	tags     map[string]bool // those that are copied
	claims   map[uint32]claim
}

func (m *marks) change() *marksChange {
	now := *m
	return &marksChange{had: m, now: &now}
}

// set changes what is known of a document.
func (c *marksChange) set(doc uint32, was, is state, wasTagged, isTagged []string) {
	for i := range flagSets {
		f := flags(1) << i
		if was.flags&f == is.flags&f {
			continue
		}
		if !c.copied[i] {
			c.now.sets[i], c.copied[i] = c.now.sets[i].Clone(), true
		}
		put(c.now.sets[i], doc, is.flags&f != 0)
	}
	if was.tags != is.tags {
		c.tag(doc, wasTagged, isTagged)
	}
	if was.lease == noLease && is.lease == noLease {
		return
	}
	if c.claims == nil {
		c.claims = make(map[uint32]claim, len(c.had.claims)+1)
		for _, one := range c.had.claims {
			c.claims[one.doc] = one
		}
	}
	if is.lease == noLease {
		delete(c.claims, doc)
	} else {
		c.claims[doc] = claim{doc, is.lease, is.holder, is.flags}
	}
}

func put(set *roaring.Bitmap, doc uint32, in bool) {
	if in {
		set.Add(doc)
	} else {
		set.Remove(doc)
	}
}

func (c *marksChange) tag(doc uint32, was, is []string) {
	if c.tags == nil {
		c.tags, c.now.tags = make(map[string]bool), maps.Clone(c.now.tags)
		if c.now.tags == nil {
			c.now.tags = make(map[string]*roaring.Bitmap)
		}
	}
	own := func(name string) *roaring.Bitmap {
		set := c.now.tags[name]
		switch {
		case set == nil:
			set = roaring.New()
		case !c.tags[name]:
			set = set.Clone()
		}
		c.now.tags[name], c.tags[name] = set, true
		return set
	}
	for _, name := range was {
		if !slices.Contains(is, name) {
			own(name).Remove(doc)
		}
	}
	for _, name := range is {
		if !slices.Contains(was, name) {
			own(name).Add(doc)
		}
	}
}

// done is the marks as they are now. The change is not to be used any more.
func (c *marksChange) done() *marks {
	if c.claims != nil {
		c.now.claims = slices.SortedFunc(maps.Values(c.claims), func(a, b claim) int { return cmp.Compare(a.doc, b.doc) })
	}
	return c.now
}

// projection is what the overlay knows of the segments of a snapshot.
type projection struct {
	segments []*marks
	names    []string
}

// beside is what a search sees of the overlay: made when it is first asked for,
// and the same until the end.
type beside struct {
	project func() projection
	person  string // who asks; "" is nobody that is known
	now     int64  // microseconds
}

func newBeside(o *overlay, segments []*engine.Segment, person string, now time.Time) *beside {
	return &beside{
		project: sync.OnceValue(func() projection { return o.project(segments) }),
		person:  person, now: now.UnixMicro(),
	}
}

// held are the documents that somebody holds by the clock; those of one person
// where mine is set.
func (b *beside) held(at int, mine bool) *roaring.Bitmap {
	p := b.project()
	var docs []uint32
	for _, c := range p.segments[at].claims {
		if c.lease > b.now && (!mine || b.person != "" && p.names[c.holder] == b.person) {
			docs = append(docs, c.doc)
		}
	}
	return roaring.BitmapOf(docs...)
}

// waiting are the documents that have a flag, or whose claim has run out and
// which have it then.
func (b *beside) waiting(at int, f, then flags) *roaring.Bitmap {
	m := b.project().segments[at]
	set := m.of(f)
	var docs []uint32
	for _, c := range m.claims {
		if c.lease <= b.now && c.flags&then != 0 {
			docs = append(docs, c.doc)
		}
	}
	if len(docs) == 0 {
		return set
	}
	return roaring.Or(set, roaring.BitmapOf(docs...))
}

// What Request.Callback may be beside the values of is: in a query.
const (
	// CallbackRequested has a request to be called back.
	CallbackRequested = "requested"
	// CallbackTimely has one that was found in time, or was taken up: not an old one,
	// whatever became of it.
	CallbackTimely = "timely"
	// CallbackUnrequested has none.
	CallbackUnrequested = "unrequested"
	// CallbackNone has nothing to do and nothing done.
	CallbackNone = "none"
)

// marked are the documents of the segment at a place, deleted ones included, of
// which something is so; ok is false for what can't be said of any. count is how
// many documents the segment has. The result must not be changed.
func (b *beside) marked(at int, count uint32, what string) (set *roaring.Bitmap, ok bool) {
	m := b.project().segments[at]
	not := func(sets ...*roaring.Bitmap) *roaring.Bitmap { return roaring.Flip(union(sets), 0, uint64(count)) }
	open := func() *roaring.Bitmap { return b.waiting(at, isOpen, elseOpen) }
	listen := func() *roaring.Bitmap { return b.waiting(at, isListen, elseListen) }
	switch what {
	case "open":
		return open(), true
	case "listen":
		return listen(), true
	case "claimed":
		return b.held(at, false), true
	case "mine":
		return b.held(at, true), true
	case "done":
		return m.of(isDone), true
	case "old":
		return roaring.AndNot(m.of(isOld), m.of(isDone)), true
	case "heard":
		return m.of(isHeard), true
	case "seen":
		return m.of(isSeen), true
	case "new":
		return not(m.of(isSeen), m.of(isDone)), true
	case CallbackRequested:
		return m.of(isRequested), true
	case CallbackTimely:
		return roaring.AndNot(m.of(isRequested), m.of(isOld)), true
	case CallbackUnrequested:
		return not(m.of(isRequested)), true
	case CallbackNone:
		return not(open(), listen(), b.held(at, false), m.of(isDone), m.of(isOld)), true
	}
	return nil, false
}

// overlaid says what of the overlay a filter asks for; ok is false for a filter
// that asks for something else.
func overlaid(f query.Filter) (what string, ok bool) {
	switch {
	case f.Field == "is":
		return f.Value, true
	case f.Field == "has" && f.Value == hasCallback:
		return CallbackRequested, true
	case f.Field == "tag":
		return f.Value, true
	}
	return "", false
}

// hasCallback is the value of has: that the overlay answers.
const hasCallback = "callback"

// marked returns the documents of a piece of which something is so; none where it
// can't be said of any. The result must not be changed.
func (p *piece) marked(what string) *roaring.Bitmap {
	if p.beside == nil {
		return nothing
	}
	if set, ok := p.beside.marked(p.at, p.segment.Count(), what); ok {
		return set
	}
	return nothing
}

// overlaid returns the documents of a piece that a filter about the overlay
// matches; ok is false for one that is about something else.
func (p *piece) overlaid(f query.Filter) (set *roaring.Bitmap, ok bool) {
	what, ok := overlaid(f)
	if !ok {
		return nil, false
	}
	if f.Field != "tag" {
		return p.marked(what), true
	}
	if p.beside != nil {
		if set := p.beside.project().segments[p.at].tags[store.FoldTag(what)]; set != nil {
			return set, true
		}
	}
	return nothing, true
}

// besideOf is what a search of the scope sees of the overlay; nil where there is
// none. Who asks for something of it gets it as it is in the store; else it may
// be some moments old.
func (x *Index) besideOf(ctx context.Context, v *view, s store.Scope, r Request, said *remarks) *beside {
	if x.overlay.work == nil {
		return nil
	}
	if r.asksOverlay() {
		if err := x.overlay.catchUp(ctx, v.shared.Segments); err != nil && ctx.Err() == nil {
			x.config.Log.WarnContext(ctx, "searches may be behind what people do", "error", err)
			said.add("what people did in the last moments may be missing: the store does not answer")
		}
		if r.asksMine() && s.Person() == "" {
			said.add("nobody is signed in here, so nothing is yours")
		}
	}
	return newBeside(x.overlay, v.shared.Segments, s.Person(), r.Now)
}

// asksOverlay tells whether a request asks for something of the overlay.
func (r Request) asksOverlay() bool {
	return r.Callback != "" || r.Has == hasCallback || someFilter(r.Query.Root, func(f query.Filter) bool { _, ok := overlaid(f); return ok })
}

// asksMine tells whether what a request finds depends on who asks.
func (r Request) asksMine() bool {
	return r.Callback == "mine" || someFilter(r.Query.Root, func(f query.Filter) bool { return f == query.Filter{Field: "is", Value: "mine"} })
}

// someFilter tells whether one of the filters of a query is so.
func someFilter(n query.Node, so func(query.Filter) bool) bool {
	some := func(kid query.Node) bool { return someFilter(kid, so) }
	switch n := n.(type) {
	case query.And:
		return slices.ContainsFunc(n.Nodes, some)
	case query.Or:
		return slices.ContainsFunc(n.Nodes, some)
	case query.Not:
		return some(n.Node)
	case query.Filter:
		return so(n)
	}
	return false
}

// callbackFacet counts hits by where the work on them stands: each of them once.
func callbackFacet(b *beside, hits []*roaring.Bitmap) []FacetValue {
	var open, listen, claimed, old, done, all int
	for at, set := range hits {
		if set.IsEmpty() {
			continue
		}
		m := b.project().segments[at]
		all += int(set.GetCardinality())
		open += int(set.AndCardinality(m.of(isOpen)))
		listen += int(set.AndCardinality(m.of(isListen)))
		old += int(set.AndCardinality(roaring.AndNot(m.of(isOld), m.of(isDone))))
		done += int(set.AndCardinality(m.of(isDone)))
		for _, c := range m.claims {
			switch {
			case !set.Contains(c.doc):
			case c.lease > b.now:
				claimed++
			case c.flags&elseOpen != 0:
				open++
			case c.flags&elseListen != 0:
				listen++
			}
		}
	}
	return present(FacetValue{"open", open}, FacetValue{"claimed", claimed}, FacetValue{"listen", listen}, FacetValue{"old", old}, FacetValue{"done", done},
		FacetValue{CallbackNone, all - open - listen - claimed - old - done})
}

// maxTagFacet is how many tags are counted at most. More are no list from which
// somebody chooses, and would cost each search time.
const maxTagFacet = 1000

// tagFacet counts hits by their tags.
func tagFacet(b *beside, hits []*roaring.Bitmap) []FacetValue {
	counts := make(map[string]int)
	for at, set := range hits {
		if set.IsEmpty() {
			continue
		}
		tags := b.project().segments[at].tags
		if len(tags) > maxTagFacet {
			return nil
		}
		for name, tagged := range tags {
			if n := int(set.AndCardinality(tagged)); n > 0 {
				counts[name] += n
			}
		}
		if len(counts) > maxTagFacet {
			return nil
		}
	}
	return facetValues(counts)
}
