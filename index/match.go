package index

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"unicode"

	"github.com/RoaringBitmap/roaring/v2"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"afterbeep/index/query"
)

const (
	// maxExpansions is how many words of the index one typed word may stand for.
	maxExpansions = 200
	// maxEdited is how many words of one query are also looked up one edit away.
	maxEdited = 100
	// enough is the number of full matches from which partial ones are left out.
	enough = 10
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
	// editedShare is what a word one edit away counts for.
	editedShare = 0.4
)

// postings are the documents of one word, ascending, and how much the word
// weighs in each.
type postings struct {
	docs   []uint32
	weight []float32
}

// leaf is a word or phrase of the query and where it stands.
type leaf struct {
	node     query.Node
	exact    []postings // as typed; several for a prefix
	edited   []postings // one edit away
	exactSet *roaring.Bitmap
	set      *roaring.Bitmap // exact or edited
	rarity   float32         // BM25's idf
}

// matcher finds what matches a query in one view.
type matcher struct {
	view   *view
	root   query.Node
	leaves map[string]*leaf // by the node's print
	wanted []*leaf          // those outside every Not, each once, in order
	notes  *[]string
	edited int
}

// newMatcher looks up all words of the query.
func newMatcher(ctx context.Context, v *view, root query.Node, notes *[]string) (*matcher, error) {
	m := &matcher{view: v, root: root, leaves: make(map[string]*leaf), notes: notes}
	for _, n := range query.Wanted(root) {
		key := n.String()
		if m.leaves[key] != nil {
			continue
		}
		l, err := m.lookUp(ctx, n, true)
		if err != nil {
			return nil, err
		}
		m.leaves[key] = l
		m.wanted = append(m.wanted, l)
	}
	return m, nil
}

// freeze gives the wanted words the rarities that they had on the first page.
func (m *matcher) freeze(rarities []float32) error {
	if len(rarities) != len(m.wanted) {
		return ErrCursor
	}
	for i, l := range m.wanted {
		l.rarity = rarities[i]
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

func (m *matcher) note(text string) {
	if !slices.Contains(*m.notes, text) {
		*m.notes = append(*m.notes, text)
	}
}

func (m *matcher) lookUp(ctx context.Context, n query.Node, edits bool) (*leaf, error) {
	l := &leaf{node: n}
	var err error
	switch n := n.(type) {
	case query.Word:
		err = m.lookUpWord(ctx, l, n, edits)
	case query.Phrase:
		var p postings
		p, err = m.phrase(ctx, n)
		l.exact = []postings{p}
	}
	if err != nil {
		return nil, err
	}
	l.exactSet = union(l.exact)
	l.set = l.exactSet
	if len(l.edited) > 0 {
		l.set = roaring.Or(l.exactSet, union(l.edited))
	}
	all, df := float64(m.view.live.GetCardinality()), float64(l.set.GetCardinality())
	l.rarity = float32(math.Log(1 + (all-df+0.5)/(df+0.5)))
	return l, nil
}

func (m *matcher) lookUpWord(ctx context.Context, l *leaf, w query.Word, edits bool) error {
	if w.Prefix {
		terms, err := m.beginWith(ctx, w.Text)
		if err == nil {
			l.exact, err = m.postingsOf(ctx, terms)
		}
		return err
	}
	var err error
	if l.exact, err = m.postingsOf(ctx, []string{w.Text}); err != nil || !edits || !w.AllowsEdit() {
		return err
	}
	if m.edited++; m.edited > maxEdited {
		m.note(fmt.Sprintf("only the first %d words were also looked up one letter off", maxEdited))
		return nil
	}
	terms, err := m.oneEditFrom(ctx, w.Text)
	if err == nil {
		l.edited, err = m.postingsOf(ctx, terms)
	}
	return err
}

// beginWith lists the words of the index that begin with prefix, the most
// frequent ones where they are too many.
func (m *matcher) beginWith(ctx context.Context, prefix string) ([]string, error) {
	dict, err := m.view.snapshot.FieldDictPrefix(fieldText, []byte(prefix))
	if err != nil {
		return nil, fmt.Errorf("look up words: %w", err)
	}
	defer dict.Close()
	entries, err := m.entries(ctx, dict, func(string) bool { return true })
	if err != nil {
		return nil, err
	}
	return m.mostFrequent(entries, "beginning with", prefix), nil
}

// oneEditFrom lists the words of the index that are one edit away from word.
func (m *matcher) oneEditFrom(ctx context.Context, word string) ([]string, error) {
	dict, err := m.view.snapshot.FieldDictFuzzy(fieldText, word, 1, "")
	if err != nil {
		return nil, fmt.Errorf("look up words: %w", err)
	}
	defer dict.Close()
	entries, err := m.entries(ctx, dict, func(term string) bool {
		return !hasDigit(term) && query.OneEdit(word, term)
	})
	if err != nil {
		return nil, err
	}
	if len(entries) > maxExpansions { // this dictionary does not count
		for i := range entries {
			if entries[i].Count, err = m.count(ctx, entries[i].Term); err != nil {
				return nil, err
			}
		}
	}
	return m.mostFrequent(entries, "one letter off", word), nil
}

func hasDigit(term string) bool {
	for _, r := range term {
		if unicode.IsNumber(r) {
			return true
		}
	}
	return false
}

func (m *matcher) entries(ctx context.Context, dict bleveindex.FieldDict, keep func(string) bool) ([]bleveindex.DictEntry, error) {
	var out []bleveindex.DictEntry
	for {
		e, err := dict.Next()
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, fmt.Errorf("look up words: %w", err)
		}
		if e == nil {
			return out, nil
		}
		if keep(e.Term) {
			out = append(out, *e)
		}
	}
}

func (m *matcher) mostFrequent(entries []bleveindex.DictEntry, how, word string) []string {
	if len(entries) > maxExpansions {
		slices.SortFunc(entries, func(a, b bleveindex.DictEntry) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Term, b.Term))
		})
		// How many there are is not told: it would count other bots' words.
		m.note(fmt.Sprintf("only the %d most frequent words %s “%s” were searched", maxExpansions, how, word))
		entries = entries[:maxExpansions]
	}
	terms := make([]string, len(entries))
	for i, e := range entries {
		terms[i] = e.Term
	}
	// The order of addition decides the last bit of a score.
	slices.Sort(terms)
	return terms
}

func (m *matcher) count(ctx context.Context, term string) (uint64, error) {
	r, err := m.view.snapshot.TermFieldReader(ctx, []byte(term), fieldText, false, false, false)
	if err != nil {
		return 0, fmt.Errorf("count a word: %w", err)
	}
	defer r.Close()
	return r.Count(), nil
}

// postingsOf reads where the words stand; those that stand nowhere are left out.
func (m *matcher) postingsOf(ctx context.Context, terms []string) ([]postings, error) {
	var out []postings
	for _, t := range terms {
		p, err := m.read(ctx, t)
		if err != nil {
			return nil, err
		}
		if len(p.docs) > 0 {
			out = append(out, p)
		}
	}
	return out, nil
}

func (m *matcher) read(ctx context.Context, term string) (postings, error) {
	var p postings
	r, err := m.view.snapshot.TermFieldReader(ctx, []byte(term), fieldText, true, true, false)
	if err != nil {
		return p, fmt.Errorf("read postings: %w", err)
	}
	defer r.Close()
	n := r.Count()
	p.docs, p.weight = make([]uint32, 0, n), make([]float32, 0, n)
	var d bleveindex.TermFieldDoc
	for {
		next, err := r.Next(d.Reset())
		if err == nil && len(p.docs)%4096 == 0 {
			err = ctx.Err()
		}
		if err != nil {
			return p, fmt.Errorf("read postings: %w", err)
		}
		if next == nil {
			return p, nil
		}
		p.docs = append(p.docs, docNumber(next.ID))
		p.weight = append(p.weight, weigh(float64(next.Freq), next.Norm))
	}
}

// weigh is BM25 without the rarity. The engine's norm is one over the root of
// the text's length in words.
func weigh(freq, norm float64) float32 {
	length := usualLength
	if norm > 0 {
		length = math.Round(1 / (norm * norm))
	}
	return float32(freq * (bm25K1 + 1) / (freq + bm25K1*(1-bm25B+bm25B*length/usualLength)))
}

func union(lists []postings) *roaring.Bitmap {
	set := roaring.New()
	for _, p := range lists {
		set.AddMany(p.docs)
	}
	return set
}

// leafOf returns a node's leaf; one under a Not is looked up here, without
// edits: who excludes "refund" has not asked to lose "refunds".
func (m *matcher) leafOf(ctx context.Context, n query.Node) (*leaf, error) {
	key := n.String()
	if l := m.leaves[key]; l != nil {
		return l, nil
	}
	l, err := m.lookUp(ctx, n, false)
	if err == nil {
		m.leaves[key] = l
	}
	return l, err
}

// matching returns the documents that match n, with exact only as typed. The
// caller must not change them.
func (m *matcher) matching(ctx context.Context, n query.Node, exact bool) (*roaring.Bitmap, error) {
	switch n := n.(type) {
	case query.And:
		return m.matchingAll(ctx, n, exact)
	case query.Or:
		sets, err := m.sets(ctx, n.Nodes, exact)
		if err != nil {
			return nil, err
		}
		return roaring.FastOr(sets...), nil
	case query.Not:
		out, err := m.matching(ctx, n.Node, true)
		if err != nil {
			return nil, err
		}
		return roaring.AndNot(m.view.live, out), nil
	case query.Word, query.Phrase:
		l, err := m.leafOf(ctx, n)
		if err != nil {
			return nil, err
		}
		if exact {
			return l.exactSet, nil
		}
		return l.set, nil
	}
	return m.view.live, nil
}

func (m *matcher) matchingAll(ctx context.Context, n query.And, exact bool) (*roaring.Bitmap, error) {
	wanted, unwanted := split(n.Nodes)
	sets, err := m.sets(ctx, wanted, exact)
	if err != nil {
		return nil, err
	}
	var out *roaring.Bitmap
	if len(sets) > 0 {
		out = roaring.FastAnd(sets...)
	} else {
		out = m.view.live.Clone()
	}
	sets, err = m.sets(ctx, unwanted, true)
	if err != nil {
		return nil, err
	}
	for _, s := range sets {
		out.AndNot(s)
	}
	return out, nil
}

// split parts the nodes from what their Nots exclude.
func split(nodes []query.Node) (wanted, unwanted []query.Node) {
	for _, n := range nodes {
		if not, ok := n.(query.Not); ok {
			unwanted = append(unwanted, not.Node)
		} else {
			wanted = append(wanted, n)
		}
	}
	return wanted, unwanted
}

func (m *matcher) sets(ctx context.Context, nodes []query.Node, exact bool) ([]*roaring.Bitmap, error) {
	sets := make([]*roaring.Bitmap, len(nodes))
	for i, n := range nodes {
		var err error
		if sets[i], err = m.matching(ctx, n, exact); err != nil {
			return nil, err
		}
	}
	return sets, ctx.Err()
}

// partial returns the documents that match more than half of the words and
// groups that stand side by side, but not all, and nothing that is excluded.
func (m *matcher) partial(ctx context.Context, full *roaring.Bitmap) (*roaring.Bitmap, error) {
	and, ok := m.root.(query.And)
	if !ok {
		return roaring.New(), nil
	}
	wanted, unwanted := split(and.Nodes)
	sets, err := m.sets(ctx, wanted, false)
	if err != nil {
		return nil, err
	}
	most := uint16(len(sets)/2 + 1)
	counts := make([]uint16, m.view.docs)
	out := roaring.New()
	for _, s := range sets {
		for it := s.Iterator(); it.HasNext(); {
			doc := it.Next()
			if counts[doc]++; counts[doc] == most {
				out.Add(doc)
			}
		}
	}
	if sets, err = m.sets(ctx, unwanted, true); err != nil {
		return nil, err
	}
	for _, s := range append(sets, full) {
		out.AndNot(s)
	}
	return out, nil
}

// scores are the relevance of documents, which are in ascending order.
func (m *matcher) scores(docs []uint32) []float32 {
	out := make([]float32, len(docs))
	for _, l := range m.wanted {
		for _, p := range l.exact {
			p.addTo(out, docs, l.rarity)
		}
		for _, p := range l.edited {
			p.addTo(out, docs, l.rarity*editedShare)
		}
	}
	return out
}

func (p postings) addTo(scores []float32, docs []uint32, factor float32) {
	at := 0
	for i, doc := range docs {
		// Leap in growing steps: docs may be far fewer than the postings.
		step := 1
		for at+step < len(p.docs) && p.docs[at+step] < doc {
			at += step
			step *= 2
		}
		end := min(at+step+1, len(p.docs))
		at += sort.Search(end-at, func(j int) bool { return p.docs[at+j] >= doc })
		if at == len(p.docs) {
			return
		}
		if p.docs[at] == doc {
			scores[i] += factor * p.weight[at]
		}
	}
}

// The reasons of Hit.Matched.
const (
	matchedExact  = "exact"
	matchedEdited = "one letter off"
)

// reasons says how a document matches; exact tells whether it does as typed.
func (m *matcher) reasons(doc uint32, exact bool) []string {
	out := []string{}
	if len(m.wanted) == 0 {
		return out
	}
	if exact {
		return append(out, matchedExact)
	}
	asTyped, edited := false, false
	for _, l := range m.wanted {
		if l.exactSet.Contains(doc) {
			asTyped = true
		} else if l.set.Contains(doc) {
			edited = true
		}
	}
	if asTyped {
		out = append(out, matchedExact)
	}
	if edited {
		out = append(out, matchedEdited)
	}
	return out
}
