package numbers

import "testing"

// A language is the same however its code is written.
func TestLanguageOf(t *testing.T) {
	for code, want := range map[string]language{
		"de": german, "DE-AT": german, "deu": german, "ger": german, "eng": english, "fra_CA": french, "spa": spanish, "en.UTF-8": english, "": -1, "ita": -1,
	} {
		if got := languageOf(code); got != want {
			t.Errorf("%q: got %d, want %d", code, got, want)
		}
	}
}
