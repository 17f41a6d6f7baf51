package web

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"testing"
)

// Every key that a page of the work names does something there: the one that closes a
// case for its evidence did nothing, as the script didn't know it.
func TestKeysOfTheWorkAreKnown(t *testing.T) {
	script, err := os.ReadFile("static/js/work.js")
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, m := range regexp.MustCompile(`(?m)^  (\w): "`).FindAllStringSubmatch(string(script), -1) {
		known = append(known, m[1])
	}
	pages, err := fs.Glob(os.DirFS("."), "templates/callback*.html")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`data-key="(\w)"`).FindAllStringSubmatch(string(text), -1) {
			if named++; !slices.Contains(known, m[1]) {
				t.Errorf("%s names the key %q, which the script knows nothing of", page, m[1])
			}
		}
	}
	if named == 0 || len(known) == 0 {
		t.Errorf("found %d keys on pages and %d in the script", named, len(known))
	}
}
