package index_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// TestHeardNames asks for names that a recogniser wrote in another way, among
// the voicemails of the half for tuning.
func TestHeardNames(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("words/testdata/heard.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all given
	for _, s := range readLines[said](t, relevanceDir+"/tuned/voicemails.jsonl") {
		all = append(all, s.voicemail())
	}
	type pair struct{ q, heard string }
	var pairs []pair
	for line := range strings.Lines(string(raw)) {
		if q, heard, ok := strings.Cut(strings.TrimSpace(line), " | "); ok {
			pairs = append(pairs, pair{q, heard})
		}
	}
	for i, p := range pairs {
		s := said{ID: fmt.Sprint("heard", i), Lang: "en", LeftAt: time.Unix(1.6e9, 0),
			Segments: []string{"hello this is " + p.heard + " calling about my invoice please ring me"}}
		all = append(all, s.voicemail())
	}
	x := openIndex(t, t.TempDir(), all)
	catchUp(t, x)
	var f figures
	for i, p := range pairs {
		res := search(t, x, store.AllBots(), index.Request{Query: query.Parse(p.q), Sort: index.SortRelevance, Limit: index.MaxLimit})
		if got := f.add([]int64{store.VoicemailID("st-a", fmt.Sprint("heard", i))}, res.Hits); got < 1 && *showMisses {
			t.Logf("%q does not find %q; %d match, %d in part", p.q, p.heard, res.Total, res.PartialTotal)
		}
	}
	recall, mrr := f.mean()
	t.Logf("%d names: recall@5 %.3f, MRR %.3f", f.queries, recall, mrr)
	if recall < 0.85 || mrr < 0.7 {
		t.Errorf("recall@5 %.3f and MRR %.3f are too low", recall, mrr)
	}
}
