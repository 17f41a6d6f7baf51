package index_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	blevesearch "github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/searcher"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"afterbeep/index/engine"
	"afterbeep/index/query"
	spoken "afterbeep/index/words"
	"afterbeep/store"
)

// bleve is plain Bleve over the files of an index.
type bleve struct {
	t      *testing.T
	engine *scorch.Scorch
	queue  *bleveindex.AnalysisQueue
	reader bleveindex.IndexReader
	docs   float64
	ids    map[string]int64 // by Bleve's internal id

	scores    map[string]map[int64]float64 // of the leaves so far
	expansion map[string][]string          // of the words so far, by way
}

func openBleve(t *testing.T, dir string) *bleve {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "generation-*"))
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	b := &bleve{t: t, queue: bleveindex.NewAnalysisQueue(1), ids: map[string]int64{}, scores: map[string]map[int64]float64{}, expansion: map[string][]string{}}
	opened, err := scorch.NewScorch(scorch.Name, map[string]any{"path": paths[0], "read_only": true}, b.queue)
	if err != nil {
		t.Fatal(err)
	}
	b.engine = opened.(*scorch.Scorch)
	if err := b.engine.Open(); err != nil {
		t.Fatal(err)
	}
	if b.reader, err = b.engine.Reader(); err != nil {
		t.Fatal(err)
	}
	n, err := b.reader.DocCount()
	if err != nil {
		t.Fatal(err)
	}
	b.docs = float64(n)
	return b
}

func (b *bleve) close() {
	_ = b.reader.Close()
	_ = b.engine.Close()
	b.queue.Close()
}

// must is the searcher of a call that can't fail.
func (b *bleve) must(s blevesearch.Searcher, err error) blevesearch.Searcher {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

var plainBleve = blevesearch.SearcherOptions{}

func (b *bleve) term(field, text string) blevesearch.Searcher {
	return b.must(searcher.NewTermSearcher(b.t.Context(), b.reader, text, field, 1, plainBleve))
}

func (b *bleve) any(list ...blevesearch.Searcher) blevesearch.Searcher {
	if len(list) == 0 {
		return b.must(searcher.NewMatchNoneSearcher(b.reader))
	}
	return b.must(searcher.NewDisjunctionSearcher(b.t.Context(), b.reader, list, 1, plainBleve))
}

// terms are the terms of a way of a word, and their field.
func (b *bleve) terms(w query.Word, way int) (field string, out []string) {
	key := fmt.Sprint(w, way)
	if _, ok := b.expansion[key]; !ok {
		_, b.expansion[key] = b.lookUp(w, way)
	}
	if way == 1 {
		return engine.FieldStem.String(), b.expansion[key]
	}
	return engine.FieldText.String(), b.expansion[key]
}

func (b *bleve) lookUp(w query.Word, way int) (field string, out []string) {
	switch {
	case w.Prefix && way == 0:
		return engine.FieldText.String(), b.begin(engine.FieldText.String(), w.Text)
	case way == 0:
		return engine.FieldText.String(), []string{w.Text}
	case w.Prefix, w.Fuzzy && way != 2:
	case way == 1:
		for _, lang := range spoken.Languages() {
			if stem, ok := spoken.Stem(lang, w.Text); ok {
				out = append(out, lang+"/"+stem, lang+"/"+w.Text)
			}
		}
		slices.Sort(out)
		return engine.FieldStem.String(), slices.Compact(out)
	case way == 2 && w.AllowsEdit():
		dict, err := b.reader.(bleveindex.IndexReaderFuzzy).FieldDictFuzzy(engine.FieldText.String(), w.Text, 1, "")
		if err != nil {
			b.t.Fatal(err)
		}
		return engine.FieldText.String(), slices.DeleteFunc(all(b.t, dict), func(text string) bool { return text == w.Text })
	case way == 3 && w.AllowsEdit():
		for _, code := range spoken.Sounds(w.Text) {
			for _, text := range b.begin(engine.FieldSound.String(), code) {
				text = strings.TrimPrefix(text, code)
				if text != w.Text && 100*edits(w.Text, text) <= 67*max(len(w.Text), len(text)) && b.rare(w.Text) && b.rare(text) {
					out = append(out, text)
				}
			}
		}
		slices.Sort(out)
		return engine.FieldText.String(), slices.Compact(out)
	}
	return engine.FieldText.String(), nil
}

func (b *bleve) rare(text string) bool {
	r, err := b.reader.TermFieldReader(b.t.Context(), []byte(text), engine.FieldText.String(), false, false, false)
	if err != nil {
		b.t.Fatal(err)
	}
	defer r.Close()
	return r.Count() <= 20
}

func (b *bleve) begin(field, prefix string) []string {
	dict, err := b.reader.FieldDictPrefix(field, []byte(prefix))
	if err != nil {
		b.t.Fatal(err)
	}
	return all(b.t, dict)
}

func all(t *testing.T, dict bleveindex.FieldDict) []string {
	defer dict.Close()
	var out []string
	for {
		e, err := dict.Next()
		if err != nil {
			t.Fatal(err)
		}
		if e == nil {
			return out
		}
		out = append(out, e.Term)
	}
}

// searcher is Bleve's searcher of a node, with the words in the first ways.
func (b *bleve) searcher(n query.Node, ways int) blevesearch.Searcher {
	ctx := b.t.Context()
	switch n := n.(type) {
	case query.And:
		var must, mustNot []blevesearch.Searcher
		for _, kid := range n.Nodes {
			if not, ok := kid.(query.Not); ok {
				mustNot = append(mustNot, b.searcher(not.Node, 1))
			} else {
				must = append(must, b.searcher(kid, ways))
			}
		}
		if len(must) == 0 {
			must = append(must, b.must(searcher.NewMatchAllSearcher(ctx, b.reader, 1, plainBleve)))
		}
		out := b.must(searcher.NewConjunctionSearcher(ctx, b.reader, must, plainBleve))
		if len(mustNot) == 0 {
			return out
		}
		return b.must(searcher.NewBooleanSearcher(ctx, b.reader, out, nil, b.any(mustNot...), plainBleve))
	case query.Or:
		var kids []blevesearch.Searcher
		for _, kid := range n.Nodes {
			kids = append(kids, b.searcher(kid, ways))
		}
		return b.any(kids...)
	case query.Not:
		everything := b.must(searcher.NewMatchAllSearcher(ctx, b.reader, 1, plainBleve))
		return b.must(searcher.NewBooleanSearcher(ctx, b.reader, everything, nil, b.searcher(n.Node, 1), plainBleve))
	case query.Filter:
		return b.term(n.Field, n.Value)
	case query.Phrase:
		if len(n.Words) == 1 {
			return b.term(engine.FieldText.String(), n.Words[0])
		}
		return b.must(searcher.NewPhraseSearcher(ctx, b.reader, n.Words, 0, false, engine.FieldText.String(), 1, plainBleve))
	case query.Word:
		var list []blevesearch.Searcher
		for way := range ways {
			field, terms := b.terms(n, way)
			for _, text := range terms {
				list = append(list, b.term(field, text))
			}
		}
		return b.any(list...)
	}
	return b.must(searcher.NewMatchAllSearcher(ctx, b.reader, 1, plainBleve))
}

// run returns the ids that a searcher finds.
func (b *bleve) run(s blevesearch.Searcher) map[int64]bool {
	defer s.Close()
	ctx := &blevesearch.SearchContext{DocumentMatchPool: blevesearch.NewDocumentMatchPool(s.DocumentMatchPoolSize()+10, 0), IndexReader: b.reader}
	out := map[int64]bool{}
	for {
		m, err := s.Next(ctx)
		if err != nil {
			b.t.Fatal(err)
		}
		if m == nil {
			return out
		}
		out[b.id(m.IndexInternalID)] = true
		ctx.DocumentMatchPool.Put(m)
	}
}

func (b *bleve) id(internal bleveindex.IndexInternalID) int64 {
	if id, ok := b.ids[string(internal)]; ok {
		return id
	}
	name, err := b.reader.ExternalID(internal)
	if err != nil {
		b.t.Fatal(err)
	}
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		b.t.Fatal(err)
	}
	b.ids[string(internal)] = id
	return id
}

// weights adds what a word contributes to each message, by the documented
// formula: the best way alone, all of its terms as one word; of words that sound
// alike the best one.
func (b *bleve) weights(w query.Word, to map[int64]float64) {
	rarity, done := 0.0, map[int64]bool{}
	for tier, ways := range []int{1, 2, 4} {
		if found := b.run(b.searcher(w, ways)); rarity == 0 && (len(found) > 0 || tier == 2) {
			df := float64(len(found))
			rarity = math.Log(1 + (b.docs-df+0.5)/(df+0.5))
		}
	}
	shares := []float64{1, 0.8, 0.4, 0.4}
	for way, share := range shares {
		freqs, lengths, best := map[int64]float64{}, map[int64]float64{}, map[int64]float64{}
		field, terms := b.terms(w, way)
		for _, text := range terms {
			like := 0.0
			if way == 3 {
				like = 1 - float64(edits(w.Text, text))/float64(max(len(w.Text), len(text)))
			}
			b.read(field, text, func(id int64, freq, length float64) {
				freqs[id] += freq
				lengths[id] = max(lengths[id], length)
				best[id] = max(best[id], like*bm25(freq, length))
			})
		}
		for id, freq := range freqs {
			weight := bm25(freq, lengths[id])
			if w.Prefix {
				weight = 1
			}
			if way == 3 {
				weight = best[id]
			}
			if !done[id] {
				to[id] += rarity * share * weight
			}
		}
		for id := range freqs {
			done[id] = true
		}
	}
}

func bm25(freq, length float64) float64 { return freq * 2.2 / (freq + 1.2*(0.5+0.5*length/60)) }

func (b *bleve) read(field, text string, each func(id int64, freq, length float64)) {
	r, err := b.reader.TermFieldReader(b.t.Context(), []byte(text), field, true, true, false)
	if err != nil {
		b.t.Fatal(err)
	}
	defer r.Close()
	for {
		d, err := r.Next(nil)
		if err != nil {
			b.t.Fatal(err)
		}
		if d == nil {
			return
		}
		each(b.id(d.ID), float64(d.Freq), math.Round(1/(d.Norm*d.Norm)))
	}
}

// score is what a leaf contributes to each message.
func (b *bleve) score(n query.Node) map[int64]float64 {
	if out := b.scores[n.String()]; out != nil {
		return out
	}
	out := map[int64]float64{}
	b.scores[n.String()] = out
	switch n := n.(type) {
	case query.Word:
		b.weights(n, out)
	case query.Phrase:
		if len(n.Words) == 1 {
			b.weightsAsTyped(n, out)
			break
		}
		found := b.run(b.searcher(n, 1))
		df := float64(len(found))
		for id := range found {
			out[id] = math.Log(1 + (b.docs-df+0.5)/(df+0.5))
		}
	}
	return out
}

// expected is a message that Bleve finds.
type expected struct {
	tier  int
	score float64
	left  time.Time
}

// expect is what Bleve finds.
func (b *bleve) expect(root query.Node, live map[int64]*store.Voicemail) map[int64]expected {
	scores := map[int64]float64{}
	seen := map[string]bool{}
	for _, n := range query.Wanted(root) {
		if key := n.String(); !seen[key] {
			seen[key] = true
			for id, score := range b.score(n) {
				scores[id] += score
			}
		}
	}
	out := map[int64]expected{}
	for tier, ways := range []int{1, 2, 4} {
		for id := range b.run(b.searcher(root, ways)) {
			if _, ok := out[id]; !ok {
				out[id] = expected{tier, scores[id], live[id].LeftAt}
			}
		}
	}
	return out
}

func (b *bleve) weightsAsTyped(n query.Phrase, to map[int64]float64) {
	df := float64(len(b.run(b.searcher(n, 1))))
	b.read(engine.FieldText.String(), n.Words[0], func(id int64, freq, length float64) {
		to[id] += math.Log(1+(b.docs-df+0.5)/(df+0.5)) * bm25(freq, length)
	})
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-4*max(1, a, b) }
