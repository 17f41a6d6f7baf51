package words

import (
	"embed"
	"strings"
	"sync"
)

//go:embed hot
var hotFiles embed.FS

// hotBases are the languages of the lists, in order.
var hotBases = [...]string{"de", "en", "es", "fr"}

// hotLanguages has the words of the lists, each with a bit for every language of
// hotBases in whose list it stands.
var hotLanguages = sync.OnceValue(func() map[string]uint8 {
	all := make(map[string]uint8)
	for i, name := range hotBases {
		text, err := hotFiles.ReadFile("hot/" + name + ".txt")
		if err != nil {
			panic("words: " + err.Error()) // embedded at build time: it is there
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			for _, w := range strings.Fields(line) {
				all[w] |= 1 << i
			}
		}
	}
	return all
})

// Hot tells whether a folded word is among the few hundred most frequent ones
// of speech in English, Spanish, French or German, whatever the language of the
// text. Pairs of hot words are indexed as one term; hot words have no sounds.
func Hot(folded string) bool {
	return hotLanguages()[folded] != 0
}
