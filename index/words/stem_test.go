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
