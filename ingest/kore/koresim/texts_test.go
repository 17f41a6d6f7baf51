package koresim

import (
	"fmt"
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
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { checkVariety(t, seed) })
	}
}

func checkVariety(t *testing.T, seed uint64) {
	s, err := New(Config{Seed: seed, Other: -1, Quirks: documented(nil), Now: at.UTC})
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

func TestTidy(t *testing.T) {
	for in, want := range map[string]string{
		"hi , this is Jo .  um,, please call . thanks": "Hi, this is Jo. Um, please call. Thanks",
		"call at 3 p.m.. bye":                          "Call at 3 p.m. Bye",
		", so,. ¿me llaman ? gracias":                  "So. ¿Me llaman? Gracias",
		"it was 148.20 dollars":                        "It was 148.20 dollars",
		"":                                             "",
	} {
		if got := tidy(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestRecognise(t *testing.T) {
	const text = "Hi, I'm Jo O'Hara. I paid $148.20, at 3:30 p.m., okay? ¿Sí? Quatre-vingt-dix!"
	for st, want := range map[style]string{
		punctuated: text,
		bare:       "hi i'm jo o'hara i paid $148.20 at 3:30 p.m okay sí quatre-vingt-dix",
		sentences:  "Hi I'm Jo O'Hara. I paid $148.20 at 3:30 p.m. okay? Sí? Quatre-vingt-dix!",
	} {
		if got := recognise(text, st); got != want {
			t.Errorf("style %d: got %q, want %q", st, got, want)
		}
	}
}

func TestNumbersAreSaidRight(t *testing.T) {
	for _, tc := range []struct{ pair, lang, want string }{
		{"06", "fr", "zéro six"}, {"17", "fr", "dix-sept"}, {"21", "fr", "vingt et un"}, {"71", "fr", "soixante et onze"},
		{"75", "fr", "soixante-quinze"}, {"80", "fr", "quatre-vingts"}, {"81", "fr", "quatre-vingt-un"}, {"91", "fr", "quatre-vingt-onze"},
		{"99", "fr", "quatre-vingt-dix-neuf"}, {"15", "es", "quince"}, {"22", "es", "veintidós"}, {"40", "es", "cuarenta"}, {"45", "es", "cuarenta y cinco"},
	} {
		if got := sayPair(tc.pair, tc.lang); got != tc.want {
			t.Errorf("%s %s: got %q, want %q", tc.lang, tc.pair, got, tc.want)
		}
	}
	if got, want := strings.Join(national("+33639981234"), " "), "06 39 98 12 34"; got != want {
		t.Errorf("French: got %q, want %q", got, want)
	}
	if got, want := strings.Join(national("+492214710123"), " "), "0221 4710 123"; got != want {
		t.Errorf("German: got %q, want %q", got, want)
	}
	// However it is said, the last four digits of a US number are in it.
	for seed := range uint64(200) {
		d := newDice(seed, "number", 0)
		said := sayNumber(&d, "+17185550142", "en")
		if !strings.Contains(said, "0142") && !strings.Contains(said, "one four two") {
			t.Errorf("got %q", said)
		}
	}
}
