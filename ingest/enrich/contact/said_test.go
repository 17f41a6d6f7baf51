package contact

import (
	"os"
	"strings"
	"testing"
)

// Each line of testdata/said.txt is a language, the caller id, the bot's region,
// what somebody says, and the numbers to call with the extension of the first.
func TestSaid(t *testing.T) {
	text, err := os.ReadFile("testdata/said.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		parts := strings.Split(strings.TrimRight(line, "\n"), "|")
		if len(parts) != 5 {
			t.Fatalf("%q has %d parts", line, len(parts))
		}
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		m := Message{Lang: parts[0], Caller: parts[1], Region: parts[2], Text: parts[3]}
		list := Find(m)
		checkNumbers(t, m, list)
		var got []string
		ext := ""
		for _, n := range list {
			if n.Kind == Call {
				got = append(got, n.E164)
				if n.Ext != "" {
					ext = " x" + n.Ext
				}
			}
		}
		if s := strings.Join(got, " ") + ext; s != parts[4] {
			t.Errorf("%s: got %q, want %q\n\t%s\n\t%+v", m.Lang, s, parts[4], m.Text, list)
		}
	}
}
