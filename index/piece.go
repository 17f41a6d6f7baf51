package index

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
	"afterbeep/index/query"
	"afterbeep/ingest/enrich/numbers"
)

// way is how a leaf matches a voicemail.
type way uint8

// The ways, the best first.
const (
	wayTyped way = iota
	wayWords     // a number by the words that it was typed in
	wayBegun     // a number by how it begins, though it was not typed with a star
	wayInflected
	waySynonym
	wayRelated // by a kind of what was asked for, and the like
	wayEdited
	waySound
	wayApart     // a phrase with other words between its own: only in part
	wayAlike     // spelled alike but for the ending: only in part
	ways     int = iota
)

// tier is how close to what was typed a match must be. Each holds the ones
// before.
type tier uint8

const (
	tierExact tier = iota // all as typed
	tierForms             // or in other forms and words
	tierLoose             // or one letter off, by sound, or by what is related
	tiers     int  = iota
	// tierPart holds what a leaf matches in part, too: no full match is of it.
	tierPart = tier(tiers)
)

// tierOf is the first tier that a way belongs to.
var tierOf = [ways]tier{
	wayTyped: tierExact, wayWords: tierForms, wayBegun: tierForms, wayInflected: tierForms, waySynonym: tierForms,
	wayRelated: tierLoose, wayEdited: tierLoose, waySound: tierLoose, wayApart: tierPart, wayAlike: tierPart,
}

// piece matches a plan against one segment. Bitmaps are of the segment's own
// document numbers, hold deleted documents too until they are taken out at the
// end, and belong to the segment or are shared: nobody may change them.
type piece struct {
	segment  *engine.Segment
	at       int             // of segment in the snapshot
	beside   *beside         // nil where nothing is beside the text
	live     *roaring.Bitmap // nil where nothing is deleted
	moment   moment
	recalled *recalled
	leaves   []leafSets // by the leaf's number, as far as looked up
	settled  map[*step]*settled

	mostApart uint64 // documents that a phrase is looked for in with words between its own
	tooMany   bool   // there were more of some phrase's
}

// settled are the alternatives of a step that are the same at all tiers: most of
// a thousand words are only looked up as typed.
type settled struct {
	set  *roaring.Bitmap // of all of them
	rest []*step         // the others
}

// leafSets are the documents that match a leaf; nil where not looked up yet.
type leafSets struct {
	by   [ways]*roaring.Bitmap
	upTo [tiers + 1]*roaring.Bitmap
	each []*roaring.Bitmap // of its alternatives
	gaps map[uint32]uint8  // of what matches wayApart: how many words stand between
}

func newPiece(s *engine.Segment, known *recalled, now moment) *piece {
	p := &piece{segment: s, moment: now, recalled: known, mostApart: maxApart}
	if live := s.Live(); live.GetCardinality() < uint64(s.Count()) {
		p.live = live
	}
	return p
}

// sets are those of a leaf.
func (p *piece) sets(l *leaf) *leafSets {
	for l.number >= len(p.leaves) {
		p.leaves = append(p.leaves, leafSets{})
	}
	return &p.leaves[l.number]
}

// countAlive is how many of a set are not deleted.
func (p *piece) countAlive(set *roaring.Bitmap) uint64 {
	if p.live == nil {
		return set.GetCardinality()
	}
	return set.AndCardinality(p.live)
}

// everything is all documents of the segment.
func (p *piece) everything() *roaring.Bitmap {
	if p.live != nil {
		return p.live
	}
	return p.segment.Live()
}

// match returns the documents that match a step at a tier.
func (p *piece) match(ctx context.Context, s *step, t tier) (*roaring.Bitmap, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch s.shape {
	case shapeAnd:
		return p.matchAll(ctx, s, t)
	case shapeOr:
		return p.matchEither(ctx, s, t)
	case shapeNot:
		out, err := p.match(ctx, s.kids[0], tierExact)
		if err != nil {
			return nil, err
		}
		return roaring.AndNot(p.everything(), out), nil
	case shapeLeaf:
		return p.upTo(ctx, s.leaf, t)
	case shapeCondition:
		if set, ok := p.overlaid(s.field); ok {
			return set, nil
		}
		return matching(ctx, p.segment, s.field, p.moment.now, p.moment.zone)
	}
	return p.everything(), nil
}

// matchEither unites what matches the alternatives of a step.
func (p *piece) matchEither(ctx context.Context, s *step, t tier) (*roaring.Bitmap, error) {
	if len(s.kids) <= manyAlternatives {
		sets, err := p.matchEach(ctx, s.kids, t)
		return union(sets), err
	}
	known, err := p.settle(ctx, s)
	if err != nil {
		return nil, err
	}
	sets, err := p.matchEach(ctx, known.rest, t)
	return union(append(sets, known.set)), err
}

// settle unites the alternatives of a step that are the same at all tiers, once.
func (p *piece) settle(ctx context.Context, s *step) (*settled, error) {
	if known := p.settled[s]; known != nil {
		return known, nil
	}
	out := new(settled)
	var sets []*roaring.Bitmap
	for _, kid := range s.kids {
		if kid.shape != shapeLeaf {
			out.rest = append(out.rest, kid)
			continue
		}
		exact, err := p.upTo(ctx, kid.leaf, tierExact)
		if err != nil {
			return nil, err
		}
		loose, err := p.upTo(ctx, kid.leaf, tierLoose)
		if err != nil {
			return nil, err
		}
		if exact != loose { // as it is where nothing was to be united
			out.rest = append(out.rest, kid)
			continue
		}
		sets = append(sets, exact)
	}
	out.set = unionOfMany(sets, p.segment.Count())
	if p.settled == nil {
		p.settled = make(map[*step]*settled)
	}
	p.settled[s] = out
	return out, nil
}

func (p *piece) matchAll(ctx context.Context, s *step, t tier) (*roaring.Bitmap, error) {
	var wanted, unwanted []*step
	for _, kid := range s.kids {
		switch kid.shape {
		case shapeNot:
			unwanted = append(unwanted, kid.kids[0])
		case shapeAll:
		default:
			wanted = append(wanted, kid)
		}
	}
	out, err := p.inAll(ctx, wanted, t)
	if err != nil || out.IsEmpty() {
		return out, err
	}
	for _, kid := range unwanted {
		set, err := p.match(ctx, kid, tierExact)
		if err != nil {
			return nil, err
		}
		if out.Intersects(set) {
			out = roaring.AndNot(out, set)
		}
	}
	return out, nil
}

// inAll intersects what matches each of the steps. Of many they are looked up only
// until nothing is left.
func (p *piece) inAll(ctx context.Context, steps []*step, t tier) (*roaring.Bitmap, error) {
	if len(steps) == 0 {
		return p.everything(), nil
	}
	var out *roaring.Bitmap
	for part := range slices.Chunk(steps, manyAlternatives) {
		sets, err := p.matchEach(ctx, part, t)
		if err != nil {
			return nil, err
		}
		if out != nil {
			sets = append(sets, out)
		}
		if out = intersection(sets); out.IsEmpty() {
			break
		}
	}
	return out, nil
}

func (p *piece) matchEach(ctx context.Context, steps []*step, t tier) ([]*roaring.Bitmap, error) {
	out := make([]*roaring.Bitmap, len(steps))
	for i, s := range steps {
		var err error
		if out[i], err = p.match(ctx, s, t); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// upTo returns the documents that match a leaf in a way of the tier or a better
// one.
func (p *piece) upTo(ctx context.Context, l *leaf, t tier) (*roaring.Bitmap, error) {
	if set := p.sets(l).upTo[t]; set != nil {
		return set, nil
	}
	if t == tierPart && !l.mayStandApart() && len(l.alike) == 0 {
		return p.upTo(ctx, l, tierLoose)
	}
	if tierExact < t && t < tierPart && l.isPlain() {
		return p.upTo(ctx, l, tierExact)
	}
	var sets []*roaring.Bitmap
	for w := range way(ways) {
		if tierOf[w] > t {
			continue
		}
		set, err := p.by(ctx, l, w)
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	out := union(sets)
	p.sets(l).upTo[t] = out
	return out, nil
}

// by returns the documents that match a leaf in a way.
func (p *piece) by(ctx context.Context, l *leaf, w way) (*roaring.Bitmap, error) {
	if set := p.sets(l).by[w]; set != nil {
		return set, nil
	}
	set, err := p.lookUp(ctx, l, w)
	if err != nil {
		return nil, fmt.Errorf("match: %w", err)
	}
	p.sets(l).by[w] = set
	return set, nil
}

func (p *piece) lookUp(ctx context.Context, l *leaf, w way) (*roaring.Bitmap, error) {
	switch w {
	case wayTyped:
		switch n := l.node.(type) {
		case query.Phrase:
			if len(l.words) > 0 {
				return p.phrase(ctx, l.words)
			}
		case query.Near:
			return p.near(ctx, l.words, n.Distance)
		case query.Number:
			return p.number(ctx, l)
		}
	case wayWords:
		if l.digits == "" || len(l.words) == 0 {
			return nothing, nil
		}
		return p.every(ctx, l.words)
	case wayBegun:
		if n, ok := l.node.(query.Number); !ok || n.Prefix || len(l.digits) < minBegun {
			return nothing, nil
		}
		return lookedUp(ctx, p.segment, engine.FieldNumber, numbers.Beginnings(l.digits, l.plus))
	case waySynonym, wayRelated:
		sets, err := p.alternatives(ctx, l)
		if err != nil {
			return nil, err
		}
		if w == waySynonym {
			return union(sets[:len(l.synonyms)]), nil
		}
		return union(sets[len(l.synonyms):]), nil
	case wayApart:
		if !l.mayStandApart() {
			return nothing, nil
		}
		var set *roaring.Bitmap
		var err error
		set, p.sets(l).gaps, err = p.apart(ctx, l.words)
		return set, err
	}
	return p.any(ctx, l.terms(w))
}

// term is a term of a field.
type term struct {
	field engine.Field
	text  string
}

func terms(field engine.Field, list []string) []term {
	out := make([]term, len(list))
	for i, text := range list {
		out[i] = term{field, text}
	}
	return out
}

// isPlain reports whether a word or phrase is only found as typed.
func (t leafTerms) isPlain() bool {
	return t.digits == "" && len(t.stems)+len(t.edited)+len(t.sounds)+len(t.synonyms)+len(t.related) == 0
}

// terms are the terms of a way of a word: where one of them stands, it matches.
func (t leafTerms) terms(w way) []term {
	switch w {
	case wayTyped:
		return terms(engine.FieldText, t.exact)
	case wayInflected:
		return terms(engine.FieldStem, t.stems)
	case wayEdited:
		return terms(engine.FieldText, t.edited)
	case waySound:
		return terms(engine.FieldText, t.sounds)
	case wayAlike:
		return terms(engine.FieldText, t.alike)
	}
	return nil
}

// forms are the terms of a word as typed and wayInflected.
func (t leafTerms) forms() []term { return slices.Concat(t.terms(wayTyped), t.terms(wayInflected)) }

// any returns the documents with any of the terms.
func (p *piece) any(ctx context.Context, list []term) (*roaring.Bitmap, error) {
	var sets []*roaring.Bitmap
	for len(list) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := 1 // terms of one field
		for n < len(list) && list[n].field == list[0].field {
			n++
		}
		texts := make([]string, n)
		for i, t := range list[:n] {
			texts[i] = t.text
		}
		set, err := p.segment.Union(list[0].field, texts)
		if err != nil {
			return nil, err
		}
		sets, list = append(sets, set), list[n:]
	}
	return union(sets), nil
}

// minBegun is from how many digits a number is also found by how it begins.
const minBegun = 6

// number returns the documents with a number as it was typed. A beginning that
// was typed as one word may also be that of a word.
func (p *piece) number(ctx context.Context, l *leaf) (*roaring.Bitmap, error) {
	if !l.begins {
		return numbered(ctx, p.segment, engine.FieldNumber, l.digits, l.plus)
	}
	set, err := lookedUp(ctx, p.segment, engine.FieldNumber, numbers.Beginnings(l.digits, l.plus))
	if err != nil || len(l.words) != 1 {
		return set, err
	}
	words, err := p.any(ctx, l.words[0].forms())
	return union([]*roaring.Bitmap{set, words}), err
}

// every returns the documents with all of the words in any of their forms.
func (p *piece) every(ctx context.Context, list []leafTerms) (*roaring.Bitmap, error) {
	sets := make([]*roaring.Bitmap, len(list))
	for i, w := range list {
		var err error
		if sets[i], err = p.any(ctx, w.forms()); err != nil {
			return nil, err
		}
		if sets[i].IsEmpty() {
			return nothing, nil
		}
	}
	return intersection(sets), nil
}

// nothing is an empty set. Like all sets, it is not to be changed.
var nothing = roaring.New()

// union returns what is in any of the sets.
func union(sets []*roaring.Bitmap) *roaring.Bitmap {
	sets = slices.DeleteFunc(slices.Clone(sets), (*roaring.Bitmap).IsEmpty)
	switch len(sets) {
	case 0:
		return nothing
	case 1:
		return sets[0]
	case 2:
		if sets[0] == sets[1] {
			return sets[0]
		}
	}
	return roaring.FastOr(sets...)
}

// unionOfMany unites the largest sets first, until it has all documents.
func unionOfMany(sets []*roaring.Bitmap, documents uint32) *roaring.Bitmap {
	if len(sets) <= manyAlternatives {
		return union(sets)
	}
	sets = slices.Clone(sets)
	slices.SortStableFunc(sets, func(a, b *roaring.Bitmap) int { return cmp.Compare(b.GetCardinality(), a.GetCardinality()) })
	out := union(sets[:manyAlternatives])
	for part := manyAlternatives; len(sets) > part && out.GetCardinality() < uint64(documents); part *= 2 {
		sets = sets[part:]
		out = union(append(slices.Clone(sets[:min(2*part, len(sets))]), out))
	}
	return out
}

// intersection returns what is in all of the sets, of which there is one.
func intersection(sets []*roaring.Bitmap) *roaring.Bitmap {
	if len(sets) == 1 {
		return sets[0]
	}
	sets = slices.Clone(sets)
	slices.SortStableFunc(sets, func(a, b *roaring.Bitmap) int {
		return int(min(a.GetCardinality(), 1<<40)) - int(min(b.GetCardinality(), 1<<40))
	})
	if sets[0].IsEmpty() {
		return nothing
	}
	out := roaring.And(sets[0], sets[1])
	for i, s := range sets[2:] {
		if out.IsEmpty() {
			break
		}
		if s != sets[i+1] { // a word may be asked for a thousand times
			out.And(s)
		}
	}
	return out
}
