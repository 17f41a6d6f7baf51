package langcode

import "testing"

func TestBase(t *testing.T) {
	for code, want := range map[string]string{
		"": "", "en": "en", "EN": "en", "en-US": "en", "de_AT": "de", "zh-Hant-TW": "zh", "deu": "de", "fra-CA": "fr", "GER": "de",
		"nb": "no", "en_US.UTF-8": "en", " es ": "es", "tlh": "tlh", "?": "?",
	} {
		if got := Base(code); got != want {
			t.Errorf("%q: got %q, want %q", code, got, want)
		}
	}
}
