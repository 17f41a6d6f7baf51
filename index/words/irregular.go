package words

import (
	"embed"
	"strings"
)

//go:embed irregular
var irregularFiles embed.FS

// irregular returns the folded forms of a language that no ending explains, each
// with the word it is of; of several words, the first in order. It is nil for
// languages without a list.
func irregular(base string) map[string]string {
	text, err := irregularFiles.ReadFile("irregular/" + base + ".txt")
	if err != nil {
		return nil // there is no such list
	}
	out := make(map[string]string)
	for line := range strings.Lines(string(text)) {
		forms := strings.Fields(line)
		if len(forms) == 0 || forms[0] == "#" {
			continue
		}
		for _, form := range forms[1:] {
			if _, ok := out[form]; !ok {
				out[form] = forms[0]
			}
		}
	}
	return out
}
