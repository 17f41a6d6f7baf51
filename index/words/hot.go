package words

import (
	"embed"
	"strings"
	"sync"
)

//go:embed hot
var hotFiles embed.FS

var hot = sync.OnceValue(func() map[string]bool {
	all := make(map[string]bool)
	for _, name := range []string{"de", "en", "es", "fr"} {
		text, err := hotFiles.ReadFile("hot/" + name + ".txt")
		if err != nil {
			panic("words: " + err.Error()) // embedded at build time: it is there
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			for _, w := range strings.Fields(line) {
				all[w] = true
			}
		}
	}
	return all
})

// Hot tells whether a folded word is among the few hundred most frequent ones
// of speech in English, Spanish, French or German, whatever the language of the
// text. Pairs of hot words are indexed as one term; hot words have no sounds.
func Hot(folded string) bool {
	return hot()[folded]
}
