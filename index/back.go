package index

import (
	"context"

	"github.com/RoaringBitmap/roaring/v2"
)

// fillBack is fill for the page before a key: what comes last there is looked for
// first. The shortcuts to the best of all are no help in that, so it scores all
// that may be on the page.
func (p *pager) fillBack(ctx context.Context, m *matcher, l limits, full, partial found) error {
	ranked := p.order == SortRelevance && len(m.wanted) > 0
	if p.after.partial && partial != nil {
		if err := p.rankBack(ctx, m, partial, key{partial: true}, ranked); err != nil || p.full() {
			return err
		}
	}
	if !ranked {
		return p.rankBack(ctx, m, full, key{}, false)
	}
	last := tierLoose
	if !p.after.partial {
		last = p.after.tier
	}
	for t := int(last); t >= int(tierExact) && !p.full(); t-- {
		sets, err := m.onlyAt(ctx, tier(t), l, full)
		if err != nil {
			return err
		}
		if err := p.rankBack(ctx, m, sets, key{tier: tier(t)}, true); err != nil {
			return err
		}
	}
	return nil
}

// onlyAt is what matches at a tier and at none before it.
func (m *matcher) onlyAt(ctx context.Context, t tier, l limits, full found) (found, error) {
	sets := full
	var err error
	if t < tierLoose {
		if sets, err = m.upTo(ctx, t, l, full); err != nil {
			return nil, err
		}
	}
	if t == tierExact {
		return sets, nil
	}
	before, err := m.upTo(ctx, t-1, l, full)
	if err != nil {
		return nil, err
	}
	out := make(found, len(sets))
	for i := range sets {
		out[i] = roaring.AndNot(sets[i], before[i])
	}
	return out, nil
}

// rankBack offers documents that are k but for the score, time and id.
func (p *pager) rankBack(ctx context.Context, m *matcher, sets found, k key, ranked bool) error {
	score, same := float32(0), true
	if ranked {
		score, same = m.constant(k)
	}
	if same {
		k.score = score
		p.addAllByTime(m, sets, k)
		return ctx.Err()
	}
	for at, set := range sets {
		if set.IsEmpty() {
			continue
		}
		c, err := m.score(ctx, at, set, k, 0, 0)
		if err != nil {
			return err
		}
		columns := m.pieces[at].segment.Columns()
		for i, doc := range c.docs {
			k.score, k.left, k.id = c.scores[i], columns.Left[doc], columns.ID[doc]
			p.offer(row{key: k, segment: at, doc: doc})
		}
	}
	return ctx.Err()
}

// pages sets the cursors of the pages beside one that was found. atStart says that
// nothing comes before it, more that something follows.
func (a *answer) pages(f fingerprint, rows []row, atStart, more bool) {
	if atStart && !more {
		return
	}
	c := cursor{bar: a.bar, rarities: a.matcher.rarities(), told: a.matcher.told(), choice: a.choices.keep(a.matcher.planner.expander.picked)}
	if more && len(rows) > 0 {
		c.last = rows[len(rows)-1].key
		a.result.NextCursor = c.encode(f)
	}
	if !atStart {
		c.back, c.last = true, a.from.last
		if len(rows) > 0 {
			c.last = rows[0].key
		}
		a.result.PrevCursor = c.encode(f)
	}
}
