package query

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxNotes keeps the answer readable, whatever was pasted into the box.
	maxNotes = 12
	// maxExcerpt is how many runes of the typed text a note repeats.
	maxExcerpt = 40
	// minuses are what phones and word processors write for a minus sign. The
	// long dash is none: it stands between parts of a sentence.
	minuses = "-‐‑‒–−﹣－"
)

// isSpace is the one idea of space: whatever Unicode calls so, control
// characters, and the space without width.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == zeroWidthSpace
}

func isQuote(r rune) bool {
	return unicode.Is(unicode.Quotation_Mark, r) && !strings.ContainsRune(apostrophes, r)
}

func isOpen(r rune) bool  { return r == '(' || r == '（' }
func isClose(r rune) bool { return r == ')' || r == '）' }
func isMinus(r rune) bool { return strings.ContainsRune(minuses, r) }

// isBreak tells what ends a typed word.
func isBreak(r rune) bool { return isSpace(r) || isQuote(r) || isOpen(r) || isClose(r) }

// wide are the operators as keyboards for Chinese and Japanese write them.
var wide = map[rune]rune{'：': ':', '＊': '*', '～': '~', '＋': '+'}

// narrow writes all operators in ASCII. What stands in quotes stays as it is: it
// may be a name with such a character in it.
func narrow(s string) string {
	if !strings.ContainsAny(s, "：＊～＋") {
		return s
	}
	quoted := false
	return strings.Map(func(r rune) rune {
		quoted = quoted != isQuote(r)
		if n, ok := wide[r]; ok && !quoted {
			return n
		}
		return r
	}, s)
}

// cutAtRune returns the beginning of s, at most n bytes, without half a rune. In
// text that is not UTF-8 there is none to look for.
func cutAtRune(s string, n int) string {
	for i := n; i > n-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return s[:i]
		}
	}
	return s[:n]
}

// excerpt returns typed text fit for a note: short and printable.
func excerpt(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n == maxExcerpt {
			b.WriteString("…")
			break
		}
		if !unicode.IsPrint(r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// notes gathers sentences without repetitions, up to maxNotes.
type notes struct {
	list []string
	tail []string
	more int
}

func (n *notes) add(s string) {
	switch {
	case slices.Contains(n.list, s):
	case n.full():
		n.more++
	default:
		n.list = append(n.list, s)
	}
}

// full tells that nothing further will be shown.
func (n *notes) full() bool { return len(n.list) == maxNotes-2 }

// last adds a note that is shown whatever else there is to say.
func (n *notes) last(s string) { n.tail = append(n.tail, s) }

func (n *notes) all() []string {
	if n.more > 0 {
		n.list = append(n.list, fmt.Sprintf("%d more notes of this kind", n.more))
	}
	return append(n.list, n.tail...)
}
