// Package numbers reads the numbers that people say and that machines write
// down for them: digits in any grouping, or spoken in English, Spanish, French
// or German, with the words between them that speech has. It gives their digits
// and the places of the text that say them, and the terms under which a number
// is indexed and looked up.
//
// It is pure: the same text gives the same runs, nothing is read or kept, and
// everything is safe for concurrent use. It takes any bytes.
package numbers

// Span is a piece of a text in bytes, at borders of runes: text[Start:End].
type Span struct{ Start, End int }

// Run is one number as it was said or written.
type Run struct {
	// Digits is what was said, 0-9 only, never empty; an international prefix or
	// trunk zero that was said is part of it.
	Digits string
	// Plus says that a plus or the words for it came before the digits.
	Plus bool
	// Spans are the pieces of the text that say the digits, in the order of the
	// text, without overlap, never empty. What was said between them (fillers,
	// what was corrected later) is no part of them.
	Spans []Span
	// Lang is the base code of the language in which the run was read: "en",
	// "es", "fr" or "de".
	Lang string
	// Alts are digits that the same words may stand for as well, the likelier
	// first; nil where there is no doubt worth it.
	Alts []string
}

// Start is where the first piece of the run begins in the text.
func (r Run) Start() int { return r.Spans[0].Start }

// End is where the last piece of the run ends in the text.
func (r Run) End() int { return r.Spans[len(r.Spans)-1].End }
