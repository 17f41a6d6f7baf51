package koresim

import (
	"slices"
	"strings"
	"testing"
	"unicode"
)

// ownWords are the slots that the caller fills himself.
var ownWords = []string{
	"name", "first", "last", "spelled", "phone", "other", "ref", "street", "city", "house", "booking", "card",
	"agent", "amount", "day", "year", "few", "extension",
}

var trades = []string{"insurance", "utilities", "retail", "clinic", "travel", "bank"}

// slotsOf lists the slots of a piece.
func slotsOf(n node) []string {
	var out []string
	switch n := n.(type) {
	case slot:
		out = append(out, string(n))
	case phrase:
		for _, x := range n {
			out = append(out, slotsOf(x)...)
		}
	case choice:
		for _, x := range n {
			out = append(out, slotsOf(x)...)
		}
	}
	return out
}

func TestEverySlotIsKnown(t *testing.T) {
	lib, err := loadLibrary()
	if err != nil {
		t.Fatal(err)
	}
	for lang, g := range lib.langs {
		for _, shape := range shapes {
			if shape != "" && len(g.sections[shape]) == 0 {
				t.Errorf("%s: no section %q", lang, shape)
			}
		}
		for section, list := range g.sections {
			// A trade's line may use what only its trade has, others what all have.
			inTrades := trades
			if trade, _, ok := strings.Cut(section, "."); ok && slices.Contains(trades, trade) {
				inTrades = []string{trade}
			}
			for _, n := range list {
				for _, s := range slotsOf(n) {
					for _, trade := range inTrades {
						if !slices.Contains(ownWords, s) && g.sections[s] == nil && g.sections[trade+"."+s] == nil {
							t.Errorf("%s: section %s: slot {%s} unknown in %s", lang, section, s, trade)
						}
					}
				}
			}
		}
	}
}

func TestTextsAreVaried(t *testing.T) {
	s, err := New(Config{Quirks: documented(nil), Now: at.UTC})
	if err != nil {
		t.Fatal(err)
	}
	seen, words, langs := map[string]string{}, map[string]bool{}, map[string]int{}
	empty, texts := 0, 0
	for _, v := range s.Voicemails() {
		langs[v.Lang]++
		for _, text := range v.Texts {
			texts++
			if text == "" {
				empty++
				continue
			}
			if other, twice := seen[text]; twice {
				t.Errorf("sessions %s and %s say the same: %q", other, v.SessionID, text)
			}
			seen[text] = v.SessionID
			for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
				words[w] = true
			}
			if strings.ContainsAny(text, "{}|[]") || strings.Contains(text, "  ") {
				t.Errorf("session %s: not expanded: %q", v.SessionID, text)
			}
		}
	}
	t.Logf("%d texts, %d without, %d distinct words, languages %v", texts, empty, len(words), langs)
	if len(words) < 2500 {
		t.Errorf("distinct words: got %d, want at least 2500", len(words))
	}
	if empty == 0 || empty > texts/10 {
		t.Errorf("texts never understood: got %d of %d, want some, at most a tenth", empty, texts)
	}
	for lang, want := range map[string][2]int{"en": {1300, 1500}, "es": {240, 360}, "fr": {110, 210}, "de": {90, 190}} {
		if got := langs[lang]; got < want[0] || got > want[1] {
			t.Errorf("%s: got %d voicemails, want %d to %d", lang, got, want[0], want[1])
		}
	}
}
