package query

import (
	"strings"
	"unicode/utf8"
)

const (
	// minNumber is from how many digits a written group such as 555-0123 is a
	// number and no score, amount or range.
	minNumber = 7
	// maxNumber is how many digits neighbours are joined to: an account number
	// has as many.
	maxNumber = 24
)

// joined returns the tree with the neighbours that say one number together
// joined into one Number each. It is done when a tree is complete: what stands
// side by side is known only then.
func joined(n Node) Node {
	switch n := n.(type) {
	case And:
		return newAnd(joinNumbers(eachJoined(n.Nodes)))
	case Or:
		return Or{eachJoined(n.Nodes)}
	case Not:
		return Not{joined(n.Node)}
	}
	return n
}

func eachJoined(nodes []Node) []Node {
	out := make([]Node, len(nodes))
	for i, n := range nodes {
		out[i] = joined(n)
	}
	return out
}

// item is a typed word that may be part of a number.
type item struct {
	text   string
	plus   bool
	digits bool // nothing but digits
}

// joinNumbers joins within what stands side by side. Numbers among the nodes
// are taken apart first, so it comes to the same whatever was joined before.
func joinNumbers(nodes []Node) []Node {
	out := make([]Node, 0, len(nodes))
	var run []item
	flush := func() {
		out = append(out, numbersIn(run)...)
		run = run[:0]
	}
	for _, n := range nodes {
		switch n := n.(type) {
		case Number:
			if n.Plus {
				flush()
			}
			for i, w := range n.Words {
				run = append(run, item{text: w, plus: n.Plus && i == 0, digits: isDigits(w)})
			}
			continue
		case Word:
			if !n.Prefix && !n.Fuzzy {
				run = append(run, item{text: n.Text})
				continue
			}
		}
		flush()
		out = append(out, n)
	}
	flush()
	return out
}

// numbersIn returns the Words and Numbers that a run of typed words is.
func numbersIn(run []item) []Node {
	var out []Node
	for i := 0; i < len(run); {
		n, length := numberAt(run[i:])
		out = append(out, n)
		i += length
	}
	return out
}

// numberAt returns what begins the run, and of how many items.
func numberAt(run []item) (Node, int) {
	first := run[0]
	if !first.digits {
		return Word{Text: first.text}, 1
	}
	n := Number{Digits: first.text, Plus: first.plus, Words: []string{first.text}}
	length := 1
	for ; length < len(run) && continues(n.Digits, run[length]); length++ {
		n.Digits += run[length].text
		n.Words = append(n.Words, run[length].text)
	}
	return n, length
}

// continues tells whether the item is one more group of the digits before it:
// two that are long enough for numbers of their own are two.
func continues(before string, next item) bool {
	if !next.digits || next.plus || len(before)+len(next.text) > maxNumber {
		return false
	}
	return len(before) < minNumber || len(next.text) < minNumber
}

func isDigits(folded string) bool {
	for i := range len(folded) {
		if folded[i] < '0' || folded[i] > '9' {
			return false
		}
	}
	return folded != ""
}

// leafOf is the node of a single token.
func leafOf(token string, plus bool) Node {
	if isDigits(token) {
		return Number{Digits: token, Plus: plus, Words: []string{token}}
	}
	return Word{Text: token}
}

// groupsDigits tells whether a typed word of several tokens is digits in groups,
// as phone numbers are written.
func groupsDigits(typed string, tokens []Token) bool {
	last := 0
	for _, t := range tokens {
		if !isDigits(t.Text) || last > 0 && strings.TrimFunc(typed[last:t.Start], isJoint) != "" {
			return false
		}
		last = t.End
	}
	return strings.HasPrefix(typed, "+") || !isDate(tokens)
}

// isJoint holds for what may stand between the groups of one number.
func isJoint(r rune) bool { return r == '.' || r == '/' || isMinus(r) }

// isDate tells three groups that are a day, in whatever order they are written.
func isDate(tokens []Token) bool {
	if len(tokens) != 3 {
		return false
	}
	a, b, c := len(tokens[0].Text), len(tokens[1].Text), len(tokens[2].Text)
	return b <= 2 && (a == 4 && c <= 2 || a <= 2 && (c == 2 || c == 4))
}

func countDigits(tokens []Token) int {
	n := 0
	for _, t := range tokens {
		n += utf8.RuneCountInString(t.Text)
	}
	return n
}
