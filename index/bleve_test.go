package index_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/index/synonyms"
	"afterbeep/store"
)

var (
	bleveCorpora = flag.Int("index.corpora", 25, "how many random corpora are compared with plain Bleve")
	bleveSeed    = flag.Uint64("index.seed", 1, "the seed of the first of them")
)

const (
	bleveRounds  = 4   // of updates and deletes, for each corpus
	bleveQueries = 100 // after each round
)

// TestAgreesWithPlainBleve asks plain Bleve the same questions of the very same
// files: ids, totals and the order by score must be equal. Scores are computed
// from Bleve's frequencies, norms and counts by the documented formula.
func TestAgreesWithPlainBleve(t *testing.T) {
	t.Parallel()
	for n := range *bleveCorpora {
		seed := *bleveSeed + uint64(n)
		t.Run(fmt.Sprintf("-index.seed %d -index.corpora 1", seed), func(t *testing.T) {
			t.Parallel()
			agreesWithBleve(t, rand.New(rand.NewPCG(seed, 0)))
		})
	}
}

// edited is a feed of voicemails that are replaced and deleted.
type edited struct{ changes []store.Change }

func (f *edited) Head(context.Context) (store.Position, error) {
	return store.Position{StoreID: "edited", Seq: int64(len(f.changes)), Tag: "t"}, nil
}

func (f *edited) Knows(_ context.Context, p store.Position) (bool, error) {
	return p.StoreID == "edited", nil
}

func (f *edited) Changes(_ context.Context, after int64, limit int) ([]store.Change, error) {
	return f.changes[after:min(len(f.changes), int(after)+limit)], nil
}

// change replaces or deletes the voicemail of an id.
func (f *edited) change(id int64, v *store.Voicemail) {
	f.changes = append(f.changes, store.Change{Seq: int64(len(f.changes)) + 1, Tag: "t", VoicemailID: id, Voicemail: v})
}

// bleveWords are words and their like, so that every way of matching is met.
var bleveWords = []string{
	"refund", "refunds", "refunded", "refnud", "order", "orders", "ordre", "invoice", "invoices", "catherine", "kathryn",
	"meier", "mayer", "meyer", "call", "calls", "me", "back", "the", "please", "garden", "gardens", "gardener", "haus", "hauser", "zebra",
}

func drawText(rng *rand.Rand) string {
	words := make([]string, rng.IntN(30))
	for i := range words {
		words[i] = bleveWords[int(float64(len(bleveWords))*rng.Float64()*rng.Float64())]
	}
	return strings.Join(words, " ")
}

func agreesWithBleve(t *testing.T, rng *rand.Rand) {
	t.Helper()
	dir := t.TempDir()
	defer os.RemoveAll(dir)
	feed, live := &edited{}, map[int64]*store.Voicemail{}
	for range bleveRounds {
		changeSome(rng, feed, live)
		x, err := index.Open(t.Context(), index.Config{Dir: dir, Feed: feed, RebuildBatch: 1 + rng.IntN(40), Workers: 1, Synonyms: noSynonyms})
		if err != nil {
			t.Fatal(err)
		}
		catchUp(t, x)
		queries := make([]query.Query, bleveQueries)
		answers, firsts := make([]*index.Result, len(queries)), make([]*index.Result, len(queries))
		for i := range queries {
			queries[i] = drawQuery(rng)
			r := index.Request{Query: queries[i], Sort: index.SortRelevance, Limit: index.MaxLimit}
			answers[i] = look(t, x, r)
			firsts[i] = answers[i]
			if r.Limit = 3; i%3 == 0 {
				firsts[i] = look(t, x, r)
			}
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
		b := openBleve(t, dir)
		for i, q := range queries {
			if !b.agrees(q, live, answers[i], firsts[i]) {
				t.Errorf("%q over %d voicemails", q, len(live))
			}
		}
		b.close()
	}
}

// noSynonyms are those that Bleve has.
func noSynonyms() *synonyms.Lists { return &synonyms.Lists{} }

func look(t *testing.T, x *index.Index, r index.Request) *index.Result {
	t.Helper()
	res, err := x.Search(t.Context(), store.AllBots(), r)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func changeSome(rng *rand.Rand, feed *edited, live map[int64]*store.Voicemail) {
	ids := []int64{}
	for id := range live {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for range 20 + rng.IntN(40) {
		id := int64(len(feed.changes) + 1)
		if len(ids) > 0 && rng.IntN(3) == 0 {
			id = ids[rng.IntN(len(ids))]
			if rng.IntN(2) == 0 {
				delete(live, id)
				feed.change(id, nil)
				continue
			}
		}
		v := &store.Voicemail{
			ID: id, BotID: fmt.Sprint("st-", rng.IntN(3)), Lang: []string{"en", "de", ""}[rng.IntN(3)], Text: drawText(rng),
			LeftAt: noon.Add(time.Duration(rng.IntN(9)) * time.Second), Transcript: store.TranscriptPresent,
		}
		live[id] = v
		feed.change(id, v)
	}
}

func drawQuery(rng *rand.Rand) query.Query {
	word := func() string { return bleveWords[rng.IntN(len(bleveWords))] }
	leaf := func() string {
		switch rng.IntN(12) {
		case 0:
			return word()[:2] + "*"
		case 1:
			return `"` + word() + " " + word() + `"`
		case 2:
			return `"` + word() + " " + word() + " " + word() + `"`
		case 3:
			return `"` + word() + `"`
		case 4:
			return word() + "~"
		case 5:
			return []string{"bot:st-1", "lang:de", "lang:en"}[rng.IntN(3)]
		}
		return word()
	}
	var parts []string
	for range 1 + rng.IntN(4) {
		part := leaf()
		if rng.IntN(3) == 0 {
			part = "(" + part + " OR " + leaf() + ")"
		}
		if rng.IntN(6) == 0 {
			part = "-" + part
		}
		parts = append(parts, part)
	}
	return query.Parse(strings.Join(parts, []string{" ", " OR "}[rng.IntN(2)]))
}

func (b *bleve) agrees(q query.Query, live map[int64]*store.Voicemail, res, first *index.Result) bool {
	want := b.expect(q.Root, live)
	var hits []index.Hit
	for _, h := range res.Hits {
		if !h.Partial {
			hits = append(hits, h)
		}
	}
	if res.Total != len(want) || first.Total != len(want) || len(hits) != len(want) {
		b.t.Errorf("total %d and %d, %d hits, want %d", res.Total, first.Total, len(hits), len(want))
		return false
	}
	scored := len(query.Wanted(q.Root)) > 0
	for i, h := range hits {
		w, ok := want[h.ID]
		if !ok || scored && !near(h.Score, w.score) || i < 3 && first.Hits[i].ID != h.ID {
			b.t.Errorf("hit %d is %d with %f, and %d on a short page; want %v %+v", i, h.ID, h.Score, first.Hits[min(i, 2)].ID, ok, w)
			return false
		}
		if i > 0 && !follows(hits[i-1], h, want, scored) {
			b.t.Errorf("hit %d, %+v, comes behind %+v; want %+v and %+v", i, h, hits[i-1], w, want[hits[i-1].ID])
			return false
		}
	}
	return true
}

// follows tells whether a hit may come right behind another one.
func follows(a, b index.Hit, want map[int64]expected, scored bool) bool {
	x, y := want[a.ID], want[b.ID]
	if scored && x.tier != y.tier {
		return x.tier < y.tier
	}
	return cmp.Or(cmp.Compare(b.Score, a.Score), y.left.Compare(x.left), cmp.Compare(b.ID, a.ID)) < 0
}
