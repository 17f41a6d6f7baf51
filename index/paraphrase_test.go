package index_test

import (
	"os"
	"path/filepath"
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
