package request

import (
	"os"
	"strings"
	"testing"
)

// Each line of testdata/said/LANG.txt is what somebody says: behind "+" it asks
// for a call, behind "-" it doesn't. Lines stand under the kind of construction
// that they are variants of.
func TestSaid(t *testing.T) {
	for _, lang := range []string{"en", "es", "fr", "de"} {
		text, err := os.ReadFile("testdata/said/" + lang + ".txt")
		if os.IsNotExist(err) {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if line == "" || line[0] == '#' {
				continue
			}
			sign, said, _ := strings.Cut(line, " ")
			if sign != "+" && sign != "-" {
				t.Fatalf("%s: %q has no sign", lang, line)
			}
			if v := Read(said, lang, Options{}); v.Requested != (sign == "+") {
				t.Errorf("%s: %s: got %t (%.2f)", lang, said, v.Requested, v.Confidence)
			}
		}
	}
}
