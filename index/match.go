package index

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
	"afterbeep/index/query"
)

// moment is when and where a reader asks: what "today" is.
type moment struct {
	now  time.Time
	zone *time.Location
}

// matcher finds what matches a query in one snapshot, segment by segment.
type matcher struct {
	snapshot *engine.Snapshot
	planner  *planner
	wanted   []*leaf
	root     *step
	pieces   []*piece
	beside   *beside // nil where nothing is beside the text
	inPart   bool    // what matches in part is looked for, too
	order    []*leaf // of wanted, those by which hits are scored; nil until asked for
}

// found is what matches, by segment: without what is deleted or filtered out.
type found []*roaring.Bitmap

func (f found) total() int {
	sum := 0
	for _, set := range f {
		sum += int(set.GetCardinality())
	}
	return sum
}

// newMatcher looks up all words of a request's query.
func newMatcher(ctx context.Context, e *expander, r Request) (*matcher, error) {
	m := &matcher{snapshot: e.snapshot, planner: newPlanner(e)}
	var err error
	if m.root, m.wanted, err = m.planner.plan(ctx, r.Query.Root); err != nil {
		return nil, err
	}
	for i, s := range e.snapshot.Segments {
		m.pieces = append(m.pieces, newPiece(s, e.segments[i], moment{r.Now, r.Zone}))
	}
	return m, nil
}

// look has the filters about what is beside the text look at b.
func (m *matcher) look(b *beside) {
	m.beside = b
	for i, p := range m.pieces {
		p.at, p.beside = i, b
	}
}

// find returns what matches a step at a tier within limits.
func (m *matcher) find(ctx context.Context, s *step, t tier, l limits) (found, error) {
	out := make(found, len(m.pieces))
	for i, p := range m.pieces {
		set, err := p.match(ctx, s, t)
		if err == nil {
			out[i], err = l.pass(p, set)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// upTo is find of the root, where what matches it at any tier is known.
func (m *matcher) upTo(ctx context.Context, t tier, l limits, full found) (found, error) {
	out := slices.Clone(full)
	for i, p := range m.pieces {
		same, err := p.sameAt(ctx, m.wanted, t)
		if err == nil && !same && !full[i].IsEmpty() {
			if out[i], err = p.match(ctx, m.root, t); err == nil {
				out[i], err = l.pass(p, out[i])
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// sameAt tells whether leaves match the same documents at a tier as at any.
func (p *piece) sameAt(ctx context.Context, leaves []*leaf, t tier) (bool, error) {
	for _, l := range leaves {
		some, err := p.upTo(ctx, l, t)
		if err != nil {
			return false, err
		}
		all, err := p.upTo(ctx, l, tierLoose)
		if err != nil || some != all && some.GetCardinality() < all.GetCardinality() {
			return false, err
		}
	}
	return true, nil
}

// weighLeaves sets the rarities of the wanted leaves: by how many voicemails match
// as typed, or where none does, in the first tier in which one does. It is 0 for
// what is nowhere.
func (m *matcher) weighLeaves(ctx context.Context) error {
	last := tierLoose
	if m.inPart {
		last = tierPart
	}
	for _, l := range m.wanted {
		var df uint64
		for t := tierExact; t <= last && df == 0; t++ {
			for _, p := range m.pieces {
				set, err := p.upTo(ctx, l, t)
				if err != nil {
					return err
				}
				df += p.countAlive(set)
			}
		}
		l.rarity = 0
		if df > 0 {
			l.rarity = rarity(df, m.snapshot.Docs())
		}
	}
	return m.weighAlternatives(ctx)
}

// freeze gives the wanted leaves the rarities that they had on the first page, and
// what their alternatives told. Where the lists have been edited since, these tell
// what they do now.
func (m *matcher) freeze(ctx context.Context, rarities []float32, told []uint8) error {
	if len(rarities) != len(m.wanted) {
		return ErrCursor
	}
	all := 0
	for i, l := range m.wanted {
		l.rarity = rarities[i]
		all += len(l.synonyms) + len(l.related)
	}
	if len(told) != all {
		return m.weighAlternatives(ctx)
	}
	for _, l := range m.wanted {
		n := len(l.synonyms) + len(l.related)
		l.tells, told = told[:n:n], told[n:]
	}
	return nil
}

func (m *matcher) rarities() []float32 {
	out := make([]float32, len(m.wanted))
	for i, l := range m.wanted {
		out[i] = l.rarity
	}
	return out
}

// reasonOf says how a leaf matches in a way, for Hit.Matched.
var reasonOf = [ways]string{
	wayTyped: reasonExact, wayWords: reasonExact, wayBegun: reasonNumber, wayInflected: reasonInflected, waySynonym: reasonSynonym,
	wayRelated: reasonSynonym, wayEdited: reasonEdited, waySound: reasonSound, wayApart: reasonApart, wayAlike: reasonAlike,
}

// reasons says how a document matches, the best way of each leaf; exact tells
// that it does as typed, so that no other leaf is of interest, and partial that it
// does in part alone.
func (m *matcher) reasons(ctx context.Context, at int, doc uint32, exact, partial bool) ([]string, error) {
	var there [ways + 1]bool // the last one is reasonNumber
	for _, l := range m.wanted {
		for w := range way(ways) {
			if exact && w != wayTyped || !partial && tierOf[w] == tierPart {
				break
			}
			set, err := m.pieces[at].by(ctx, l, w)
			if err != nil {
				return nil, err
			}
			if !set.Contains(doc) {
				continue
			}
			if w == wayTyped && l.digits != "" {
				w = way(ways)
			}
			there[w] = true
			break
		}
	}
	out := []string{}
	for w, yes := range there {
		reason := reasonNumber
		if w < ways {
			reason = reasonOf[w]
		}
		if yes && !slices.Contains(out, reason) {
			out = append(out, reason)
		}
	}
	return out, nil
}

// marker marks what the wanted leaves were found as.
func (m *matcher) marker() *Marker {
	leaves := make([]leafTerms, len(m.wanted))
	for i, l := range m.wanted {
		leaves[i] = l.leafTerms
	}
	return newMarker(leaves)
}

// Marker returns what marks the matches of q in any text, without a search.
// ErrClosed after Close.
func (x *Index) Marker(ctx context.Context, q query.Query) (*Marker, error) {
	g, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer g.users.Done()
	r, _ := Request{Query: q}.complete()
	var marker *Marker
	err = guarded(func() error {
		v, err := g.view()
		if err != nil {
			return err
		}
		defer v.close()
		e, err := newExpander(v.shared, x.config.Synonyms(), &remarks{})
		if err != nil {
			return err
		}
		m, err := newMatcher(ctx, e, r)
		if err != nil {
			return err
		}
		marker = m.marker()
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("prepare marks: %w", err)
	}
	return marker, nil
}
