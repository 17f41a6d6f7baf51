package words

import (
	"os"
	"slices"
	"strings"
	"testing"

	"afterbeep/index/query"
)

// found tells how a folded word of a query finds one of the terms, as the index
// looks it up: as itself, or by its stem in the language; "" if not at all.
func found(terms []Term, lang, word string) string {
	if slices.ContainsFunc(terms, func(t Term) bool { return t.Text == word }) {
		return "exact"
	}
	stem, ok := Stem(lang, word)
	if ok && slices.ContainsFunc(terms, func(t Term) bool { return t.Stem == Base(lang)+"/"+stem }) {
		return "inflected"
	}
	return ""
}

// A sentence of every language is found by other forms of its words, and by its
// words without accents.
func TestSentences(t *testing.T) {
	text, err := os.ReadFile("testdata/sentences.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		part := strings.Split(line, "|")
		lang := strings.TrimSpace(part[0])
		seen[lang] = true
		t.Run(lang, func(t *testing.T) {
			terms := Analyse(part[1], lang)
			inflected := 0
			for _, w := range query.Tokens(part[2]) {
				switch found(terms, lang, w.Text) {
				case "":
					t.Errorf("%q is not found", w.Text)
				case "inflected":
					inflected++
				}
			}
			if inflected == 0 && Base(lang) != "zh" && Base(lang) != "ja" && Base(lang) != "th" {
				t.Errorf("no word of %q is another form", part[2])
			}
			for _, w := range query.Tokens(part[3]) {
				if found(terms, lang, w.Text) == "" {
					t.Errorf("%q, without accents, is not found", w.Text)
				}
			}
		})
	}
	for _, lang := range Languages() {
		if !seen[lang] {
			t.Errorf("no sentence in %s", lang)
		}
	}
}

// Bleve has analyzers or stop words for these; cjk are Chinese, Japanese, Korean.
func TestLanguages(t *testing.T) {
	want := strings.Fields("ar bg ca ckb cs da de el en es eu fa fi fr ga gl hi hr hu hy id it ko nl no pl pt ro ru sv ta tr")
	if got := Languages(); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestBase(t *testing.T) {
	for in, want := range map[string]string{
		"en-US": "en", "EN": "en", "en_GB": "en", "en": "en", " de-CH ": "de", "xx": "xx", "": "", "-": "", "nb-NO": "no", "nn": "no", "deu": "de",
		"zh-Hant-TW": "zh", "ckb-IQ": "ckb", "in": "id", "Klingon": "klingon", "de_AT.UTF-8": "de", "de.UTF-8": "de", "sr@latin": "sr",
	} {
		if got := Base(in); got != want {
			t.Errorf("Base(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestStem(t *testing.T) {
	tests := []struct {
		name, lang, word, want string
		ok                     bool
	}{
		{"region", "en-GB", "refunds", "refund", true},
		{"upper case", "EN", "refunds", "refund", true},
		{"frequent stop word", "en", "the", "", false},
		{"short stop word", "fr", "les", "", false},
		{"rare stop word", "en", "themselves", "themselv", true},
		{"stop word of another language", "en", "und", "und", true},
		{"asked although listed", "de", "machen", "mach", true},
		{"digits", "en", "24h", "", false},
		{"nothing", "en", "", "", false},
		{"unknown language", "xx", "refunds", "", false},
		{"no language", "", "refunds", "", false},
		{"Chinese", "zh", "电", "", false},
		{"umlaut spelled out", "de", "mueller", "mull", true},
		{"umlaut left out", "de", "muller", "mull", true},
		{"long", "en", strings.Repeat("a", 99) + "s", strings.Repeat("a", 99), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for range 2 { // made, then remembered
				got, ok := Stem(tt.lang, tt.word)
				if got != tt.want || ok != tt.ok {
					t.Errorf("Stem(%q, %q) = %q %t, want %q %t", tt.lang, tt.word, got, ok, tt.want, tt.ok)
				}
			}
		})
	}
}
