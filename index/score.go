package index

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
)

// The weights of BM25. The usual length, in words, is a constant and not the
// archive's average. An average moves with every voicemail that arrives, and
// with it every score: the next page would not follow on the one before. It
// would also tell how long the messages are that the reader may not see. With a
// constant, a score only depends on the message and on how rare the words were
// when the first page was asked for. 60 words is half a minute of speech; being
// off only shifts how much short messages are preferred, not which words count.
const (
	bm25K1      = 1.2
	bm25B       = 0.5
	usualLength = 60.0
)

// shareOf is what a leaf counts for by the way in which it matches. A message is
// scored by the best way of each leaf alone. All the terms of a way count as one
// word: how often any of them stands there.
var shareOf = [ways]float32{
	wayTyped: 1, wayWords: 0.7, wayBegun: 0.5, wayInflected: 0.8, waySynonym: 0.9, wayRelated: 0.8, wayEdited: 0.4, waySound: 0.4, wayApart: 0.5, wayAlike: 0.4,
}

// weigh is BM25 without the rarity: freq is how often the word stands in a
// message of length words.
func weigh(freq, length uint32) float32 {
	if freq < weightFreqs && length < weightLengths {
		return weights[freq][length]
	}
	return weighed(freq, length)
}

// weights holds most that is ever asked: looking up takes a tenth of the time.
const weightFreqs, weightLengths = 8, 512

var weights = func() (out [weightFreqs][weightLengths]float32) {
	for freq := range out {
		for length := range out[freq] {
			out[freq][length] = weighed(uint32(freq), uint32(length))
		}
	}
	return out
}()

func weighed(freq, length uint32) float32 {
	f, l := float64(freq), float64(length)
	w := f * (bm25K1 + 1) / (f + bm25K1*(1-bm25B+bm25B*l/usualLength))
	// Twice in a message twice as long is as good: it must be equal, too.
	return float32(math.Round(w*weightSteps) / weightSteps)
}

// weightSteps is how many weights there are between 0 and 1.
const weightSteps = 1e5

// rarity is BM25's idf: how much it tells that a message has what df of all have.
func rarity(df, all uint64) float32 {
	n, d := float64(all), float64(df)
	return float32(math.Log(1 + (n-d+0.5)/(d+0.5)))
}

// inexact is how far a sum of a few floats may be off, as a share of it.
const inexact = 1e-5

// candidates are documents that are being scored, ascending.
type candidates struct {
	set    *roaring.Bitmap // of docs
	docs   []uint32
	scores []float32
	places []uint32 // of the documents from 0 on, in docs; nil until needed
}

// The place of a candidate is looked up rather than searched for where there are
// so many, and they are that share of the segment.
const (
	leastPlaced = 1024
	placedShare = 8
)

func newCandidates(set *roaring.Bitmap) *candidates {
	docs := set.ToArray()
	return &candidates{set: set, docs: docs, scores: make([]float32, len(docs))}
}

// score adds what a leaf contributes to every candidate; partial tells that they
// match in part alone.
func (p *piece) score(ctx context.Context, l *leaf, c *candidates, partial bool) error {
	left := c.set
	for w := range way(ways) {
		if left.IsEmpty() || !partial && tierOf[w] == tierPart {
			return nil
		}
		set, err := p.by(ctx, l, w)
		if err != nil {
			return err
		}
		in := left
		switch n := left.AndCardinality(set); n {
		case 0:
			continue
		case left.GetCardinality():
			left = nothing
		default:
			in, left = roaring.And(left, set), roaring.AndNot(left, set)
		}
		if err := p.scoreWay(ctx, l, w, in, c); err != nil {
			return err
		}
	}
	return nil
}

// scoreWay adds what a leaf contributes to the candidates in a set, all of which
// match it in that way.
func (p *piece) scoreWay(ctx context.Context, l *leaf, w way, in *roaring.Bitmap, c *candidates) error {
	factor := l.rarity * shareOf[w]
	list := l.terms(w)
	if w == waySynonym || w == wayRelated {
		return p.scoreAlternatives(ctx, l, w, in, c)
	}
	if w == wayTyped && l.counted() || w == wayWords || w == wayBegun {
		c.each(in, func(at int) { c.scores[at] += factor })
		return nil
	}
	if w == wayApart {
		gaps := p.sets(l).gaps
		c.each(in, func(at int) { c.scores[at] += factor / float32(1+gaps[c.docs[at]]) })
		return nil
	}
	if w == waySound {
		return p.scoreSounds(ctx, l, factor, in, c)
	}
	if len(list) == 1 {
		every := in == c.set // every candidate is told
		if set, err := p.by(ctx, l, w); err != nil || set.GetCardinality() == in.GetCardinality() {
			in = nil // nothing else has the term: spare the look
		}
		at := 0
		if every {
			return p.weights(ctx, list[0], in, func(_, freq, length uint32) {
				c.scores[at] += factor * weigh(freq, length)
				at++
			})
		}
		return p.weights(ctx, list[0], in, func(doc, freq, length uint32) {
			at = c.find(at, doc)
			c.scores[at] += factor * weigh(freq, length)
		})
	}
	freqs, lengths := make([]uint32, len(c.docs)), make([]uint32, len(c.docs))
	for _, t := range list {
		at := 0
		err := p.weights(ctx, t, in, func(doc, freq, length uint32) {
			at = c.find(at, doc)
			freqs[at] += freq
			lengths[at] = max(lengths[at], length)
		})
		if err != nil {
			return err
		}
	}
	c.each(in, func(at int) {
		if freqs[at] > 0 {
			c.scores[at] += factor * weigh(freqs[at], lengths[at])
		}
	})
	return nil
}

// scoreSounds adds what the words that sound like a word contribute. Each counts
// as much as it is spelled like it, the best one alone.
func (p *piece) scoreSounds(ctx context.Context, l *leaf, factor float32, in *roaring.Bitmap, c *candidates) error {
	best := make([]float32, len(c.docs))
	for _, text := range l.sounds {
		like := likeness(l.exact[0], text)
		at := 0
		err := p.weights(ctx, term{engine.FieldText, text}, in, func(doc, freq, length uint32) {
			at = c.find(at, doc)
			best[at] = max(best[at], like*weigh(freq, length))
		})
		if err != nil {
			return err
		}
	}
	c.each(in, func(at int) { c.scores[at] += factor * best[at] })
	return nil
}

// counted tells whether a message has the leaf or not, however often: a phrase,
// a number, words near each other, or any of the many words of a beginning. It
// weighs as a word does that stands once in a message of the usual length.
func (t leafTerms) counted() bool { return len(t.words) > 0 || t.digits != "" || t.prefix != "" }

func (p *piece) weights(ctx context.Context, t term, in *roaring.Bitmap, each func(doc, freq, length uint32)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := p.segment.Weights(t.field, t.text, in, each); err != nil {
		return fmt.Errorf("score: %w", err)
	}
	return nil
}

// each calls f with the place of each candidate that is in a set.
func (c *candidates) each(in *roaring.Bitmap, f func(at int)) {
	if in == c.set {
		for at := range c.docs {
			f(at)
		}
		return
	}
	at := 0
	for it := in.Iterator(); it.HasNext(); {
		at = c.find(at, it.Next())
		f(at)
	}
}

// find is the place of a candidate that is at or behind a place. It leaps in
// growing steps: the candidates may be far more than are asked for.
func (c *candidates) find(at int, doc uint32) int {
	if c.places != nil {
		return int(c.places[doc])
	}
	if n := len(c.docs); n >= leastPlaced && n > int(c.docs[n-1])/placedShare {
		c.place()
		return int(c.places[doc])
	}
	step := 1
	for at+step < len(c.docs) && c.docs[at+step] < doc {
		at += step
		step *= 2
	}
	end := min(at+step+1, len(c.docs))
	i, _ := slices.BinarySearch(c.docs[at:end], doc)
	return at + i
}

// place notes the places of all candidates.
func (c *candidates) place() {
	c.places = make([]uint32, c.docs[len(c.docs)-1]+1)
	for i, doc := range c.docs {
		c.places[doc] = uint32(i)
	}
}

// score scores the documents of a set in a segment, which are k but for the score,
// time and id. Where most is above 0, those that can't be among the first so many,
// or that can't reach floor, may be left out on the way.
func (m *matcher) score(ctx context.Context, at int, set *roaring.Bitmap, k key, most int, floor float32) (*candidates, error) {
	leaves, p := m.scored(), m.pieces[at]
	rests := make([]float32, len(leaves)+1) // what leaves can add from one on
	for i := len(leaves) - 1; i >= 0; i-- {
		rests[i] = rests[i+1] + m.most(at, leaves[i], k)
	}
	if most > 0 && rests[0]+rests[0]*inexact < floor {
		return &candidates{set: nothing}, nil
	}
	c := newCandidates(set)
	lacking := float32(0)
	for i, l := range leaves {
		if err := p.score(ctx, l, c, k.partial); err != nil {
			return nil, err
		}
		// What a leaf adds brings the bar up and what may follow down by that
		// at most: until then, looking for the bar is in vain.
		if lacking -= 2 * (rests[i] - rests[i+1]); most > 0 && lacking <= 0 {
			lacking = c.prune(most, floor, rests[i+1])
		}
	}
	return c, nil
}

// most is what a leaf can add at most to the score of a document of a segment that
// is of a kind.
func (m *matcher) most(at int, l *leaf, k key) float32 {
	t, factor, ok := l.single()
	if !ok || !k.asTyped() {
		return l.most()
	}
	p := m.pieces[at]
	known := p.recalled.top(t, maxTops(p.segment.Count()))
	switch {
	case known == nil:
		return l.most()
	case m.everyLeaf() || len(l.stems)+len(l.edited)+len(l.sounds)+len(l.synonyms)+len(l.related) == 0:
		return factor * known.most()
	}
	// Beside another leaf that stands there as typed, it may match in other ways.
	return max(factor*known.most(), l.most()*slices.Max(shareOf[wayTyped+1:]))
}

// How many words and phrases of a query decide the order: of a thousand
// alternatives, each would have all that matches looked through.
const (
	maxScored = 64
	// leastScored of them always do. From there on, the voicemails that have them
	// are counted, each for each word: maxWeighed at most are looked at.
	leastScored = 8
	maxWeighed  = 1 << 19
	// Of more alternatives than these, one alone of which must be there, half as
	// many decide: what has any of them is nearly everything.
	manyAlternatives = 16
)

// scored are the leaves by which hits are scored, those first that can add the
// most: the rarest, where there are many.
func (m *matcher) scored() []*leaf {
	if m.order != nil {
		return m.order
	}
	m.order = slices.DeleteFunc(slices.Clone(m.wanted), func(l *leaf) bool { return l.rarity == 0 })
	slices.SortStableFunc(m.order, func(a, b *leaf) int { return cmp.Compare(b.rarity, a.rarity) })
	part := 1
	if m.root.shape == shapeOr && len(m.wanted) > manyAlternatives {
		part = 2
	}
	if n := affordable(m.order, m.snapshot.Docs(), part); n < len(m.order) {
		m.order = m.order[:n]
		m.planner.expander.remarks.add(fmt.Sprintf("the order was decided by the %d rarest words that were found", n))
	}
	slices.SortStableFunc(m.order, func(a, b *leaf) int { return cmp.Compare(b.most(), a.most()) })
	return m.order
}

// affordable is how many of the leaves, the rarest first, are scored by. It is
// told by the rarities, which stay from page to page, and by how many voicemails
// there are, halved or not: the order must stay, too, while some arrive. All
// bounds are divided by part.
func affordable(leaves []*leaf, documents uint64, part int) int {
	all := math.Exp2(float64(bits.Len64(documents)))
	sum, most := 0.0, min(len(leaves), maxScored/part)
	for i, l := range leaves[:most] {
		sum += all * math.Exp(-float64(l.rarity))
		if i >= leastScored/part && sum > maxWeighed/float64(part) {
			return i
		}
	}
	return most
}

// most is what a leaf can add to a score at most.
func (l *leaf) most() float32 {
	if l.counted() {
		return l.rarity
	}
	return l.rarity * (bm25K1 + 1)
}

// prune leaves out what can't be among the first, given what may be added yet.
// Where that could be anything, it tells how much is lacking.
func (c *candidates) prune(most int, floor, rest float32) (lacking float32) {
	if len(c.docs) < 4*most || rest <= 0 {
		return 0
	}
	floor = max(floor, c.nth(most))
	floor -= rest + (floor+rest)*inexact
	if floor <= 0 {
		return -floor
	}
	kept := 0
	for i, score := range c.scores {
		if score >= floor {
			c.docs[kept], c.scores[kept] = c.docs[i], score
			kept++
		}
	}
	if kept == len(c.docs) {
		return 0
	}
	c.docs, c.scores, c.places = c.docs[:kept], c.scores[:kept], nil
	c.set = roaring.New()
	c.set.AddMany(c.docs)
	return 0
}

// nth is the n-th best score so far.
func (c *candidates) nth(n int) float32 {
	best := make(smallest, n)
	copy(best, c.scores)
	heap.Init(best)
	for _, score := range c.scores[n:] {
		if score > best[0] {
			best[0] = score
			heap.Fix(best, 0)
		}
	}
	return best[0]
}

// smallest is a heap with the smallest on top.
type smallest []float32

func (h smallest) Len() int           { return len(h) }
func (h smallest) Less(i, j int) bool { return h[i] < h[j] }
func (h smallest) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h smallest) Push(any)           {}
func (h smallest) Pop() any           { return nil }
