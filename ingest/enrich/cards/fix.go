package cards

import "strings"

// fixes are corrections of several words that say something else by themselves: "ich
// meine" is one where digits follow, and not before "Karte".
var fixes = func() [][]string {
	var all [][]string
	for _, phrase := range []string{
		"make that", "make it", "i mean", "i meant", "that s wrong", "my mistake", "my bad", "let me correct that", "or rather",
		"mejor dicho", "quiero decir", "quise decir", "me equivoque", "me he equivocado", "me corrijo", "mas bien", "lo siento",
		"je veux dire", "je voulais dire", "je me trompe", "je me suis trompe", "je me suis trompee", "je me corrige", "je corrige", "excusez moi", "c est faux", "ah non", "ou plutot", "au temps pour moi",
		"ich meine", "ich meinte", "ich korrigiere", "ich verbessere", "ach nein", "besser gesagt", "das war falsch", "das stimmt nicht", "tut mir leid", "oder vielmehr",
	} {
		all = append(all, strings.Fields(phrase))
	}
	return all
}()

// labelFixes labels them.
func labelFixes(ts []token, all []label) {
	for i := range ts {
		for _, phrase := range fixes {
			if n := len(phrase); saysAt(ts, i, phrase) && i+n < len(ts) && beginsNumber(ts[i+n]) {
				for k := i; k < i+n; k++ {
					all[k] = fixLabel
				}
			}
		}
	}
}

// saysAt reports whether tokens from i on are words.
func saysAt(ts []token, i int, words []string) bool {
	if i+len(words) > len(ts) {
		return false
	}
	for k, w := range words {
		if ts[i+k].word != w {
			return false
		}
	}
	return true
}

// beginsNumber reports whether a token is digits, or a word for a number in one of the
// languages.
func beginsNumber(t token) bool {
	if t.digits != "" {
		return true
	}
	if len(t.word) <= longestCompound {
		if _, ok := germanNumber(t.word); ok {
			return true
		}
	}
	for _, l := range lexicons {
		if n := l.words[t.word]; n.kind != notNumber && n.kind != weak {
			return true
		}
	}
	return false
}
