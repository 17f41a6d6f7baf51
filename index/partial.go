package index

import (
	"cmp"
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// partial returns the documents that match more than half of the words and
// groups that stand side by side, but not all, and nothing that is excluded or
// filtered out.
func (m *matcher) partial(ctx context.Context, full found, l limits) (found, error) {
	out := make(found, len(m.pieces))
	for i, p := range m.pieces {
		set, err := p.partial(ctx, m.root)
		if err != nil {
			return nil, err
		}
		if out[i], err = l.pass(p.segment, roaring.AndNot(set, full[i])); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// side is a word or group that stands side by side with others, and how often.
type side struct {
	set   *roaring.Bitmap
	times int
}

func (p *piece) partial(ctx context.Context, root *step) (*roaring.Bitmap, error) {
	if root.shape != shapeAnd {
		return nothing, nil
	}
	var wanted []side
	var needed, unwanted []*roaring.Bitmap
	seen := make(map[*leaf]int)
	all := 0
	for _, kid := range root.kids {
		if kid.shape == shapeAll {
			continue
		}
		if at, ok := seen[kid.leaf]; ok && kid.leaf != nil {
			wanted[at].times++
			all++
			continue
		}
		target := kid
		if kid.shape == shapeNot {
			target = kid.kids[0]
		}
		set, err := p.match(ctx, target, tierOfStep(kid))
		if err != nil {
			return nil, err
		}
		switch kid.shape {
		case shapeNot:
			unwanted = append(unwanted, set)
		case shapeCondition:
			needed = append(needed, set)
		default:
			seen[kid.leaf] = len(wanted)
			wanted = append(wanted, side{set, 1})
			all++
		}
	}
	out := inMost(wanted, all)
	for _, set := range needed {
		out = roaring.And(out, set)
	}
	for _, set := range unwanted {
		out = roaring.AndNot(out, set)
	}
	return out, nil
}

// tierOfStep is the tier at which a step counts: what is excluded is as typed.
func tierOfStep(s *step) tier {
	if s.shape == shapeNot {
		return tierExact
	}
	return tierLoose
}

// inMost returns what is in more than half of the sets. Whatever is, is in one
// of the smaller sets at least, so the others are only looked at for that.
func inMost(sets []side, all int) *roaring.Bitmap {
	most := all/2 + 1
	slices.SortStableFunc(sets, func(a, b side) int { return cmp.Compare(a.set.GetCardinality(), b.set.GetCardinality()) })
	var small []*roaring.Bitmap
	left := all // how many sets are in none of small
	for _, s := range sets {
		if left < most {
			break
		}
		small = append(small, s.set)
		left -= s.times
	}
	if len(small) == 0 {
		return nothing
	}
	docs := union(small).ToArray()
	counts := candidates{docs: docs}
	times := make([]int, len(docs))
	candidates := union(small)
	for _, s := range sets {
		counts.each(roaring.And(candidates, s.set), func(at int) { times[at] += s.times })
	}
	out := roaring.New()
	for i, n := range times {
		if n >= most {
			out.Add(docs[i])
		}
	}
	return out
}
