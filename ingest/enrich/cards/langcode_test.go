package cards

import "testing"

// A language is the same however its code is written.
func TestBaseOfCode(t *testing.T) {
	for code, want := range map[string]string{"de": "de", "DE_at": "de", "deu": "de", "ger-CH": "de", "fra": "fr", "spa": "es", "eng": "en", "": ""} {
		if got := langOf([]string{code}, 0); got != want {
			t.Errorf("%q: got %q, want %q", code, got, want)
		}
	}
}
