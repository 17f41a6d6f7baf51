package query

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"
)

// naughty reads the strings that nobody should have to type.
func naughty(t testing.TB) []string {
	t.Helper()
	f, err := os.Open("testdata/naughty.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		s, err := strconv.Unquote(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		out = append(out, s)
	}
	return out
}

// Each alone, at every place of the language, many times over, and all at once.
func TestNaughtyStrings(t *testing.T) {
	all := naughty(t)
	for _, s := range all {
		for _, typed := range []string{
			s, "-" + s, s + "*", s + "~", `"` + s, `"` + s + `"~3`, "(" + s, s + ")", "from:" + s, "from:" + s + " 555-0123", `on:"` + s, "lang:(" + s + ")",
			s + ":x", "a OR " + s, s + " OR " + s, "+1 " + s, "five " + s + " five five", strings.Repeat(s+" ", 50), strings.Repeat(s, 50),
		} {
			checkQuery(t, typed)
		}
	}
	checkQuery(t, strings.Join(all, " "))
	checkQuery(t, strings.Join(all, ""))
}
