package index

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
	"afterbeep/index/query"
	"afterbeep/index/words"
	"afterbeep/ingest/enrich/numbers"
	"afterbeep/store"
)

// limits is what a search is limited to beside its query: what the reader may
// see, and what was chosen apart from the words.
type limits struct {
	keywords []keywordLimit
	has      string   // "" is no limit
	callback []string // as Request.Callback, all of which must be so
	from, to int64    // microseconds, from inclusive, to exclusive
	among    []string // documents' ids, sorted; nil is no limit
}

type keywordLimit struct {
	column func(*engine.Columns) *engine.Column
	keep   func(name string) bool
}

// newLimits expects a request that is complete.
func newLimits(s store.Scope, r Request) limits {
	l := limits{has: r.Has, from: math.MinInt64, to: math.MaxInt64, among: docIDs(r.Among)}
	if r.Has == hasCallback {
		l.has, l.callback = "", append(l.callback, CallbackRequested)
	}
	if r.Callback != "" {
		l.callback = append(l.callback, r.Callback)
	}
	if !r.From.IsZero() {
		l.from = microsUp(r.From)
	}
	if !r.To.IsZero() {
		l.to = microsUp(r.To)
	}
	if !s.All() || r.Bot != "" {
		l.add(columnOf["bot"], func(bot string) bool { return s.Sees(bot) && (r.Bot == "" || bot == r.Bot) })
	}
	if r.Lang != "" {
		l.add(columnOf["lang"], func(lang string) bool { return lang == r.Lang })
	}
	if len(s.Queues()) > 0 || r.Queue != "" {
		l.add(columnOf["queue"], func(queue string) bool { return s.SeesQueue(queue) && (r.Queue == "" || queue == r.Queue) })
	}
	return l
}

func (l *limits) add(column func(*engine.Columns) *engine.Column, keep func(string) bool) {
	l.keywords = append(l.keywords, keywordLimit{column, keep})
}

// docIDs are the documents of voicemails, sorted and each once; nil stays nil.
func docIDs(ids []int64) []string {
	if ids == nil {
		return nil
	}
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = docID(id)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// pass returns the live documents of a piece's set that are within the limits. The
// result may be the set itself; neither may be changed.
func (l limits) pass(p *piece, set *roaring.Bitmap) (*roaring.Bitmap, error) {
	seg, sets := p.segment, []*roaring.Bitmap(nil)
	if seg.Live().GetCardinality() < uint64(seg.Count()) {
		sets = append(sets, seg.Live())
	}
	for _, k := range l.keywords {
		kept, err := seg.Keyword(k.column(seg.Columns()), k.keep)
		if err != nil {
			return nil, err
		}
		sets = append(sets, kept)
	}
	if l.among != nil {
		named, err := seg.Named(l.among)
		if err != nil {
			return nil, err
		}
		sets = append(sets, named)
	}
	for _, what := range l.callback {
		sets = append(sets, p.marked(what))
	}
	if l.has != "" {
		having, err := seg.Bitmap(engine.FieldHas, l.has)
		if err != nil {
			return nil, err
		}
		sets = append(sets, having)
	}
	for _, other := range sets {
		if set.IsEmpty() {
			return set, nil
		}
		set = roaring.And(set, other)
	}
	return seg.Between(set, l.from, l.to), nil
}

// columnOf are the fields of a query whose values are in a column.
var columnOf = map[string]func(*engine.Columns) *engine.Column{
	"bot":    func(c *engine.Columns) *engine.Column { return &c.Bot },
	"lang":   func(c *engine.Columns) *engine.Column { return &c.Lang },
	"queue":  func(c *engine.Columns) *engine.Column { return &c.Queue },
	"author": func(c *engine.Columns) *engine.Column { return &c.Author },
}

// partyField are the fields of a query that are about who called.
var partyField = map[string]engine.Field{"from": engine.FieldCaller, "to": engine.FieldCalled}

// addCallers says of filters about who called that look for a name what they do:
// most callers have a number alone, and nothing would tell why nothing is found.
func (r *remarks) addCallers(root query.Node) {
	switch n := root.(type) {
	case query.And:
		for _, kid := range n.Nodes {
			r.addCallers(kid)
		}
	case query.Or:
		for _, kid := range n.Nodes {
			r.addCallers(kid)
		}
	case query.Filter:
		if _, ok := partyField[n.Field]; ok && n.Digits() == "" {
			r.add(fmt.Sprintf("%s asks for a number, or for who has no other name than that; to find what was said, leave out %s:", n, n.Field))
		}
	}
}

// matching returns the documents of a segment, deleted ones included, that a
// filter in a query matches. The result must not be changed. Letters' case does
// not matter: people type names as they say them.
func matching(ctx context.Context, seg *engine.Segment, f query.Filter, now time.Time, zone *time.Location) (*roaring.Bitmap, error) {
	if column := columnOf[f.Field]; column != nil {
		value := f.Value
		if f.Field == "lang" {
			value = words.Base(value)
		}
		return seg.Keyword(column(seg.Columns()), func(name string) bool { return name != "" && strings.EqualFold(name, value) })
	}
	if field, ok := partyField[f.Field]; ok {
		return party(ctx, seg, field, f)
	}
	switch f.Field {
	case "session":
		return seg.Bitmap(engine.FieldSession, strings.ToLower(f.Value))
	case "has":
		return seg.Bitmap(engine.FieldHas, f.Value)
	case "weekday", "hour":
		return inHours(seg, f.Hours(), zone), nil
	case "longer", "shorter":
		atLeast, below := f.Length()
		most := uint32(math.MaxUint32)
		if below > 0 {
			most = tenths(below)
		}
		return seg.Lasting(tenths(atLeast), most)
	}
	l := limits{from: math.MinInt64, to: math.MaxInt64}
	from, to := f.Window(now, zone)
	if !from.IsZero() {
		l.from = microsUp(from)
	}
	if !to.IsZero() {
		l.to = microsUp(to)
	}
	all := roaring.Flip(roaring.New(), 0, uint64(seg.Count()))
	return seg.Between(all, l.from, l.to), nil
}

// party returns the documents of a caller, or of what was called.
func party(ctx context.Context, seg *engine.Segment, field engine.Field, f query.Filter) (*roaring.Bitmap, error) {
	if digits := f.Digits(); digits != "" {
		return numbered(ctx, seg, field, digits, strings.HasPrefix(f.Value, "+"))
	}
	return seg.Bitmap(field, partyTerm(f.Value))
}

// numbered returns the documents of a segment, deleted ones included, that have
// a number in a field. The result must not be changed. As many numbers end in
// the same four digits as there are: all of them are looked up.
func numbered(ctx context.Context, seg *engine.Segment, field engine.Field, digits string, plus bool) (*roaring.Bitmap, error) {
	return lookedUp(ctx, seg, field, numbers.Lookups(digits, plus))
}

func lookedUp(ctx context.Context, seg *engine.Segment, field engine.Field, list []numbers.Lookup) (*roaring.Bitmap, error) {
	var terms []string
	for _, l := range list {
		if !l.Prefix {
			terms = append(terms, l.Term)
			continue
		}
		err := seg.Prefix(field, l.Term, 0, func(term string, _ uint64) bool {
			terms = append(terms, term)
			return ctx.Err() == nil
		})
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
	}
	return seg.Union(field, terms)
}
