package index

import (
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// What a message says in other words than the typed ones counts by how much it
// tells: who asks for "pregnant" means "expecting", which few say, rather than
// "weeks", which many do, and who says both surely does.
const (
	// leastEvidence is what any synonym counts for, of 1.
	leastEvidence = 0.2
	// bestEvidence is what the rarest synonym of a message counts for besides, and
	// furtherEvidence what each further one does as a share of that.
	bestEvidence    = 0.8
	furtherEvidence = 0.5
	// mostEvidence is what all of them may count for in all: by the share of
	// synonyms, a quarter more than the word itself does where it stands beside what
	// was not asked for.
	mostEvidence = 1.4
	// relatedTells is how much what is related tells as a share of what a synonym
	// that is as rare does.
	relatedTells = 0.8
	// tellingShare is the share of all messages from which on a synonym tells
	// nothing: looking at each of so many would take its time.
	tellingShare = 32
	// tellsAll is how much the rarest synonym tells.
	tellsAll = 255
	// tellsFound is how much words tell that the index was looked through for: the
	// parts of a compound, or a word in two.
	tellsFound = tellsAll / 2
)

// alternatives are the synonyms of a leaf and behind them what is related.
func (t leafTerms) alternatives() []leafTerms { return slices.Concat(t.synonyms, t.related) }

// alternatives returns the documents with each of a leaf's, in their order.
func (p *piece) alternatives(ctx context.Context, l *leaf) ([]*roaring.Bitmap, error) {
	known := p.sets(l)
	if known.each != nil {
		return known.each, nil
	}
	list := l.alternatives()
	out := make([]*roaring.Bitmap, len(list))
	for i, t := range list {
		var err error
		if out[i], err = p.alternative(ctx, t); err != nil {
			return nil, err
		}
	}
	known.each = out
	return out, nil
}

func (p *piece) alternative(ctx context.Context, t leafTerms) (*roaring.Bitmap, error) {
	if len(t.words) == 0 {
		return p.any(ctx, t.forms())
	}
	return p.recalled.kept.set(t.name(), p.segment.Count(), func() (*roaring.Bitmap, error) {
		return p.near(ctx, t.words, t.distance)
	})
}

// weighAlternatives sets how much each alternative of the wanted leaves tells.
func (m *matcher) weighAlternatives(ctx context.Context) error {
	for _, l := range m.wanted {
		list := l.alternatives()
		df := make([]uint64, len(list))
		for _, p := range m.pieces {
			sets, err := p.alternatives(ctx, l)
			if err != nil {
				return err
			}
			for i, set := range sets {
				df[i] += p.countAlive(set)
			}
		}
		l.tells = make([]uint8, len(list))
		for i, t := range list {
			l.tells[i] = tells(t, df[i], m.snapshot.Docs())
			if i >= len(l.synonyms) {
				l.tells[i] = uint8(relatedTells * float32(l.tells[i]))
			}
		}
	}
	return nil
}

// tells is how much it tells that a message has an alternative that df of all have.
func tells(t leafTerms, df, all uint64) uint8 {
	switch {
	case !t.listed:
		return tellsFound
	case df == 0, df > 1 && tellingShare*df > all:
		return 0
	}
	return uint8(tellsAll * min(1, max(0, rarity(df, all)/rarity(1, all))))
}

// told are the alternatives of all wanted leaves, as freeze takes them.
func (m *matcher) told() []uint8 {
	var out []uint8
	for _, l := range m.wanted {
		out = append(out, l.tells...)
	}
	return out
}

// scoreAlternatives adds what a leaf contributes to the candidates in a set, all
// of which match it in a way that is by its alternatives.
func (p *piece) scoreAlternatives(ctx context.Context, l *leaf, w way, in *roaring.Bitmap, c *candidates) error {
	sets, err := p.alternatives(ctx, l)
	if err != nil {
		return err
	}
	best, sum := make([]uint8, len(c.docs)), make([]uint32, len(c.docs))
	for i, set := range sets {
		if tells := l.tells[i]; tells > 0 {
			c.each(roaring.And(in, set), func(at int) {
				best[at] = max(best[at], tells)
				sum[at] += uint32(tells)
			})
		}
	}
	factor := l.rarity * shareOf[w]
	c.each(in, func(at int) {
		further := furtherEvidence * float32(sum[at]-uint32(best[at]))
		evidence := leastEvidence + bestEvidence*(float32(best[at])+further)/tellsAll
		c.scores[at] += factor * min(mostEvidence, evidence)
	})
	return nil
}
