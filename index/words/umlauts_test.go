package words

import "testing"

func TestWithUmlauts(t *testing.T) {
	for word, want := range map[string]string{
		"kuendigen": "kundigen", "mueller": "muller", "oeffnen": "offnen", "aerztin": "arztin", "uebergroesse": "ubergrosse",
		"neuesten": "", "quelle": "", "bauer": "", "due": "", "refund": "", "ägypten": "", "": "",
	} {
		if got := WithUmlauts(word); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}
