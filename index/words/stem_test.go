package words

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"afterbeep/index/query"
)

// fold1 returns the one word of a text as folded.
func fold1(t *testing.T, text string) string {
	t.Helper()
	tokens := query.Tokens(text)
	if len(tokens) != 1 {
		t.Fatalf("%q is %d words, want one", text, len(tokens))
	}
	return tokens[0].Text
}

// Each line of testdata/forms has the forms of one word. A form with a question
// mark is derived, not inflected: it may have a stem of its own.
func TestForms(t *testing.T) {
	files, err := filepath.Glob("testdata/forms/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no forms: %v", err)
	}
	for _, file := range files {
		lang := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(lang, func(t *testing.T) { checkForms(t, lang, file) })
	}
}

func checkForms(t *testing.T, lang, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		forms := strings.Fields(line)
		if len(forms) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		want, _ := Stem(lang, fold1(t, forms[0]))
		for _, f := range forms[1:] {
			if strings.HasSuffix(f, "?") {
				continue
			}
			if got, _ := Stem(lang, fold1(t, f)); got != want {
				t.Errorf("Stem(%s, %q) = %q, want %q as of %q", lang, f, got, want, forms[0])
			}
		}
	}
}

// Words of other meanings that an ending alone tells apart.
func TestSpanishWordsApart(t *testing.T) {
	for _, pair := range [][2]string{{"rata", "rato"}, {"mesa", "mes"}, {"mesas", "meses"}, {"plaza", "plazos"}, {"casa", "caso"}, {"libre", "libro"}, {"sala", "sale"}} {
		a, _ := Stem("es", pair[0])
		if b, _ := Stem("es", pair[1]); a == b {
			t.Errorf("%s and %s are %s", pair[0], pair[1], a)
		}
	}
	for _, pair := range [][2]string{{"rato", "ratos"}, {"mesa", "mesas"}, {"plazo", "plazos"}, {"casa", "casas"}, {"cuenta", "cuentas"}} {
		a, _ := Stem("es", pair[0])
		if b, _ := Stem("es", pair[1]); a != b {
			t.Errorf("%s is %s and %s is %s", pair[0], a, pair[1], b)
		}
	}
}

// Nouns that are spelled like a form of a verb, or nearly, are not that verb.
func TestGermanNounsAreNoVerbs(t *testing.T) {
	for noun, verb := range map[string]string{
		"Bett": "bitten", "Dach": "denken", "Magen": "mögen", "Lager": "liegen", "Tante": "tun", "Ware": "sein", "Wand": "winden", "Band": "binden",
		"Bote": "bieten", "Kanne": "kennen", "Gefahr": "fahren", "Gehalt": "halten", "Gebiet": "bieten", "Wiese": "weisen", "Sand": "senden",
		"Kuchen": "Kuh", "Brötchen": "Brot", "Hähnchen": "Hahn", "Zeichen": "zeihen",
	} {
		a, _ := Stem("de", fold1(t, noun))
		if b, _ := Stem("de", fold1(t, verb)); a == b {
			t.Errorf("%s and %s have the stem %q", noun, verb, a)
		}
	}
}

func TestSeparable(t *testing.T) {
	for word, want := range map[string]string{
		"abholen": "ab hol", "abgeholt": "ab hol", "zumachen": "zu mach", "übergelaufen": "uber lauf", "angerufen": "an ruf",
		"Aufgabe": "", "holen": "", "Umschlag": "", "Ausweis": "",
	} {
		prefix, stem, ok := Separable(fold1(t, word))
		if got := strings.TrimSpace(prefix + " " + stem); ok != (want != "") || ok && got != want {
			t.Errorf("%s: got %q %t, want %q", word, got, ok, want)
		}
	}
	for _, tt := range []struct{ word, prefix, want string }{{"lauft", "uber", "uberlauf"}, {"rief", "an", "anruf"}, {"holt", "ab", "abhol"}, {"rechnung", "zwei", ""}} {
		if got, ok := Parted(tt.word, tt.prefix); ok != (tt.want != "") || ok && got != tt.want {
			t.Errorf("%s and %s: got %q %t, want %q", tt.word, tt.prefix, got, ok, tt.want)
		}
	}
}
