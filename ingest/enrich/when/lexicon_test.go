package when

import (
	"strings"
	"testing"
)

// TestPhrasesHaveOneSense holds what makes readings the same each time: no
// phrase stands in two places.
func TestPhrasesHaveOneSense(t *testing.T) {
	for code, d := range map[string]lexicon{"en": english, "es": spanish, "fr": french, "de": german} {
		seen := map[string]sense{}
		for s, phrases := range d.phrases {
			for phrase := range strings.SplitSeq(phrases, "|") {
				if had, twice := seen[phrase]; twice {
					t.Errorf("%s: %q is %v and %v", code, phrase, had, s)
				}
				seen[phrase] = s
			}
		}
	}
}
