package numbers

import "testing"

func TestFindPlain(t *testing.T) {
	for _, tt := range []struct{ text, lang, want string }{
		{"call +1 (617) 555-0123 please", "en", "16175550123"},
		{"five five five oh one two three", "en", "5550123"},
		{"null eins fünf eins", "", "0151"},
	} {
		runs := Find(tt.text, tt.lang)
		if len(runs) != 1 || runs[0].Digits != tt.want {
			t.Errorf("Find(%q) = %v, want %s", tt.text, runs, tt.want)
		}
	}
	if digits, ok := Said([]string{"five", "five", "five"}); !ok || digits != "555" {
		t.Errorf("Said = %q %v", digits, ok)
	}
}
