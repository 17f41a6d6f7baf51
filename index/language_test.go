package index_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"afterbeep/index/query"
	spoken "afterbeep/index/words"
)

// TestEveryLanguage finds a sentence of each language by other forms of its
// words and by its words without accents, among those of all others, without
// naming the language.
func TestEveryLanguage(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("words/testdata/sentences.txt")
	if err != nil {
		t.Fatal(err)
	}
	var messages []message
	var asked [][]query.Token
	seen := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		part := strings.Split(line, "|")
		lang := strings.TrimSpace(part[0])
		seen[spoken.Base(lang)] = true
		messages = append(messages, message{session: fmt.Sprint("s", len(messages)), bot: "st-a", lang: lang, text: part[1], left: noon})
		asked = append(asked, append(query.Tokens(part[2]), query.Tokens(part[3])...))
	}
	_, x := indexed(t, messages...)
	for i, m := range messages {
		for _, w := range asked[i] {
			found := false
			for _, h := range ask(t, x, w.Text).Hits {
				found = found || h.ID == m.id() && !h.Partial && len(h.Matched) > 0
			}
			if !found {
				t.Errorf("%s: %q does not find %q", m.lang, w.Text, m.text)
			}
		}
	}
	for _, lang := range spoken.Languages() {
		if !seen[lang] {
			t.Errorf("no sentence in %s", lang)
		}
	}
}
