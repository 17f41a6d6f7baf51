package word_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"afterbeep/ingest/enrich/word"

	"github.com/google/go-cmp/cmp"
)

func TestCut(t *testing.T) {
	marks := []string{"", "'", "-", ".", ":", ",", "!"}
	for text, want := range map[string]string{
		"":                              "",
		"Call me, please. Tomorrow":     "call me ,please !tomorrow",
		"l’après-midi à 17h30":          "l 'apres -midi a 17 h 30",
		"um 16:30 or 16.30":             "um 16 :30 or 16 .30",
		"Grüße aus Köln, Straße\nneu":   "grusse aus koln ,strasse !neu",
		"e\u0301te\u0301 5pm":           "ete 5 pm",
		"¿Qué? - no":                    "!que !no",
		"\xff\xfea\xffb \U0001F600 c":   "a b c",
		"Привет, мир":                   "привет ,мир",
		"o'clock Œuvre":                 "o 'clock oeuvre",
		"one two - three ... four: end": "one two ,three !four ,end",
	} {
		var got []string
		for _, w := range word.Cut(text) {
			got = append(got, marks[w.Mark]+w.Plain)
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestPhrases(t *testing.T) {
	var p word.Phrases[int]
	p.Add(1, "in|in the morning")
	p.Add(2, "in the")
	words := word.Cut("in the morning in the in the. Morning")
	for i, want := range map[int][2]int{0: {1, 3}, 1: {0, 0}, 3: {2, 2}, 5: {2, 2}} {
		if v, n := p.At(words, i); v != want[0] || n != want[1] {
			t.Errorf("at %d: %d with %d words, want %v", i, v, n, want)
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add("l’après-midi à 17h30.")
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, w := range word.Cut(text) {
			if w.Start < end || w.End <= w.Start || w.End > len(text) {
				t.Fatalf("word %d-%d behind %d of %d", w.Start, w.End, end, len(text))
			}
			if utf8.ValidString(text) && !utf8.ValidString(text[w.Start:w.End]) {
				t.Fatalf("%q is not at borders of runes", text[w.Start:w.End])
			}
			end = w.End
		}
	})
}
