package index_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// paraphrase is a query and a sentence that says the same with other words.
type paraphrase struct{ lang, batch, q, sentence string }

// leastFound are the figures of each batch that must not fall.
var leastFound = map[string]figures{
	"a all all": {recall: 0.81, mrr: 0.64}, "b all all": {recall: 0.80, mrr: 0.74}, "num all all": {recall: 0.92, mrr: 0.87},
}

const pairsDir = "synonyms/testdata/pairs"

// readPairs reads "query | sentence", one a line; a comment begins a batch.
func readPairs(t *testing.T, path string) []paraphrase {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lang, batch := filepath.Base(path)[:2], ""
	var out []paraphrase
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "#"); ok {
			batch = strings.TrimSpace(name)
			continue
		}
		q, sentence, ok := strings.Cut(line, " | ")
		if !ok {
			t.Fatalf("%s: %q is no pair", path, line)
		}
		out = append(out, paraphrase{lang, batch, q, sentence})
	}
	return out
}

// TestParaphrases asks for what callers say in other words, among all that the
// others say.
func TestParaphrases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(pairsDir, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no pairs: %v", err)
	}
	var all given
	for _, s := range readLines[said](t, filepath.Join(relevanceDir, "tuned", "voicemails.jsonl")) {
		all = append(all, s.voicemail())
	}
	var pairs []paraphrase
	for _, f := range files {
		pairs = append(pairs, readPairs(t, f)...)
	}
	for i, p := range pairs {
		s := said{ID: fmt.Sprint("pair", i), Lang: p.lang, LeftAt: time.Unix(1.6e9, 0), Segments: []string{p.sentence}}
		all = append(all, s.voicemail())
	}
	x := openIndex(t, t.TempDir(), all)
	catchUp(t, x)
	found := map[string]*figures{}
	for i, p := range pairs {
		res := search(t, x, store.AllBots(), index.Request{Query: query.Parse(p.q), Sort: index.SortRelevance, Limit: index.MaxLimit})
		got := 0.0
		for _, name := range []string{p.batch + " all all", p.batch + " " + p.lang + " all"} {
			if found[name] == nil {
				found[name] = &figures{}
			}
			got = found[name].add([]int64{store.VoicemailID("st-a", fmt.Sprint("pair", i))}, res.Hits)
		}
		if *showMisses && got < 1 {
			t.Logf("%s %s %q: %q; %d match, %d in part", p.batch, p.lang, p.q, p.sentence, res.Total, res.PartialTotal)
		}
	}
	t.Logf("\n%s", strings.Join(table(found), ""))
	for name, f := range found {
		least := leastFound[name]
		if recall, mrr := f.mean(); recall < least.recall || mrr < least.mrr {
			t.Errorf("%s: recall@5 %.3f and MRR %.3f are too low", name, recall, mrr)
		}
	}
}
