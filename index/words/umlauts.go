package words

import "strings"

// leastSpelledOut is how many letters a word has at least that is taken to have its
// umlauts spelled out: "due" is more often itself than "dü".
const leastSpelledOut = 5

// WithUmlauts is a folded word with the umlauts that were spelled out in it as
// folding leaves them: "kundigen" of "kuendigen", whose text has "kündigen"; ""
// where it has none. Behind a vowel or a q the e is one of its own, as in "neue".
func WithUmlauts(word string) string {
	if len(word) < leastSpelledOut {
		return ""
	}
	var b strings.Builder
	for i := 0; i < len(word); i++ {
		b.WriteByte(word[i])
		if i+1 < len(word) && word[i+1] == 'e' && strings.IndexByte("aou", word[i]) >= 0 &&
			(i == 0 || strings.IndexByte("aeiouq", word[i-1]) < 0) {
			i++
		}
	}
	if b.Len() == len(word) {
		return ""
	}
	return b.String()
}
