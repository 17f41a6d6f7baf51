package cards_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"afterbeep/ingest/enrich/cards"
	"afterbeep/ingest/kore/koresim"
)

// withMasks is what a text becomes whose cards are masked and nothing else: where
// a card goes over several segments, each of its parts is.
func withMasks(text string, said []koresim.Card) string {
	for _, c := range said {
		words := strings.Fields(c.Said)
		for i := range words {
			words[i] = regexp.QuoteMeta(words[i])
		}
		mask := "[card ending " + c.Digits[len(c.Digits)-4:] + "]"
		text = regexp.MustCompile(`(?i)\b`+strings.Join(words, `[ \n]`)+`\b`).ReplaceAllStringFunc(text, func(found string) string {
			return mask + strings.Repeat("\n"+mask, strings.Count(found, "\n"))
		})
	}
	return text
}

// TestSimulatedCallers masks what simulated callers say: each card wholly, and
// nothing else of what they say.
func TestSimulatedCallers(t *testing.T) {
	const perSeed, seeds = 1000, uint64(7)
	langs := map[string]int{}
	all, said, bad := 0, 0, 0
	for seed := range seeds {
		sim, err := koresim.New(koresim.Config{Seed: 40 + seed, Voicemails: perSeed, Other: -1})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range sim.Voicemails() {
			text := strings.Join(v.Texts, "\n")
			want := withMasks(text, v.Cards)
			segments := strings.Split(text, "\n")
			for _, lang := range []string{v.Lang, ""} {
				if lang == "" && all%4 != 0 {
					continue
				}
				got := strings.Join(cards.Mask(segments, slices.Repeat([]string{lang}, len(segments))), "\n")
				if got != want {
					bad++
					if bad <= 20 {
						t.Errorf("%q:\nsaid %s\ngot  %s\nwant %s", lang, text, got, want)
					}
				}
			}
			all++
			langs[v.Lang]++
			if want != text {
				said++
			}
		}
	}
	t.Logf("%d voicemails (%v), %d with cards; %d wrong", all, langs, said, bad)
	if said == 0 || len(langs) < 4 {
		t.Errorf("%d cards, languages %v", said, langs)
	}
}
