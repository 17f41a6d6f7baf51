package index_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestParaphrase measures the ranking on queries that say with other words what
// voicemails of the half for tuning say, and on that half's own queries beside them,
// all among its voicemails alone. Figures that fall below the golden ones fail.
func TestParaphrase(t *testing.T) {
	t.Parallel()
	var all given
	for _, s := range readLines[said](t, filepath.Join(relevanceDir, "tuned", "voicemails.jsonl")) {
		all = append(all, s.voicemail())
	}
	x := openIndex(t, t.TempDir(), all)
	catchUp(t, x)
	found := map[string]*figures{}
	for set, path := range map[string]string{
		"first":  filepath.Join("paraphrase", "first.jsonl"),
		"second": filepath.Join("paraphrase", "second.jsonl"),
		"third":  filepath.Join("paraphrase", "third.jsonl"),
		"tuned":  filepath.Join("tuned", "queries.jsonl"),
	} {
		for _, a := range readLines[asked](t, filepath.Join(relevanceDir, path)) {
			measure(t, x, set, a, found)
		}
	}
	lines := strings.Join(table(found), "")
	t.Logf("\n%s", lines)
	golden := filepath.Join(relevanceDir, "paraphrase", "golden.txt")
	if *updateGolden {
		if err := os.WriteFile(golden, []byte(lines), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	compareGolden(t, golden, found)
}

// TestParaphraseOfOwn measures the ranking on sets of queries that bring along what
// they are to find, each among the voicemails of its set.
func TestParaphraseOfOwn(t *testing.T) {
	t.Parallel()
	found := map[string]*figures{}
	for _, set := range []string{"fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"} {
		var all given
		var queries []asked
		for _, a := range readLines[askedOfOwn](t, filepath.Join(relevanceDir, "paraphrase", set+".jsonl")) {
			if !slices.ContainsFunc(queries, func(q asked) bool { return q.Want[0] == a.Want[0] }) {
				s := said{ID: a.Want[0], Lang: a.Lang, LeftAt: noon, Segments: []string{a.Text}}
				all = append(all, s.voicemail())
			}
			queries = append(queries, a.asked)
		}
		x := openIndex(t, t.TempDir(), all)
		catchUp(t, x)
		for _, a := range queries {
			measure(t, x, set, a, found)
		}
	}
	lines := strings.Join(table(found), "")
	t.Logf("\n%s", lines)
	golden := filepath.Join(relevanceDir, "paraphrase", "own.txt")
	if *updateGolden {
		if err := os.WriteFile(golden, []byte(lines), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	compareGolden(t, golden, found)
}

// askedOfOwn is a query and the text of the voicemail that is right.
type askedOfOwn struct {
	asked
	Text string `json:"text"`
}
