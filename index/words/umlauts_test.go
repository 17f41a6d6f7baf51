package words

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSpellings(t *testing.T) {
	for word, want := range map[string]string{
		"muller": "mueller", "mueller": "muller", "schroder": "schroeder", "goethe": "gothe", "kuhlschrank": "kuehlschrank kuhlschraenk",
		"does": "", "quelle": "", "neuer": "", "treue": "", "123456": "", "müller": "", "": "", "aeiou": "",
	} {
		if got := strings.Join(Spellings(word), " "); got != want {
			t.Errorf("Spellings(%q) = %q, want %q", word, got, want)
		}
	}
}

// One word without umlauts and one with a single one spelled out find each other.
func TestSpellingsFindEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-z]{5,12}`).Draw(t, "word")
		short, _ := withoutUmlauts(word)
		if short != word && len(short) < shortestUmlaut {
			return
		}
		for _, s := range Spellings(short) {
			if again, _ := withoutUmlauts(s); again == short && !slices.Contains(Spellings(s), short) {
				t.Fatalf("Spellings(%q) has no %q", s, short)
			}
		}
	})
}
