package query

// Token is one word of a text.
type Token struct {
	// Text is the folded word, never empty, at most maxTokenRunes runes. Tokens
	// of it gives the same one Text again.
	Text string
	// Start and End are byte offsets in the text that was cut, at borders of
	// runes: text[Start:End] is the word as it was written.
	Start, End int
	// Digits says that the word has a digit: it matches exactly or not at all.
	Digits bool
}
