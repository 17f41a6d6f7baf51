package query

import (
	"strconv"
	"strings"
	"unicode"
)

// String returns the nodes side by side, an Or among them in parentheses.
func (n And) String() string {
	parts := make([]string, len(n.Nodes))
	for i, m := range n.Nodes {
		parts[i] = inner(m)
		if i+1 == len(n.Nodes) {
			break
		}
		switch m := m.(type) {
		case Filter:
			parts[i] = m.before(n.Nodes[i+1])
		case Not:
			if f, ok := m.Node.(Filter); ok {
				parts[i] = "-" + f.before(n.Nodes[i+1])
			}
		}
	}
	return strings.Join(parts, " ")
}

// String returns the nodes with OR in between, an And among them in
// parentheses although the language does not need them: people do.
func (n Or) String() string {
	parts := make([]string, len(n.Nodes))
	for i, m := range n.Nodes {
		parts[i] = alone(m)
	}
	return strings.Join(parts, " OR ")
}

// String returns the node after a minus sign, several words in parentheses.
func (n Not) String() string { return "-" + alone(n.Node) }

// String returns the word, with a star if it is a prefix and a tilde if it is
// fuzzy.
func (n Word) String() string {
	if n.Fuzzy {
		return n.Text + "~"
	}
	return n.Text + star(n.Prefix)
}

// String returns the words in quotes, with a star behind if the last one is a
// prefix, or with hyphens between them where these join them.
func (n Phrase) String() string {
	if n.Hyphenated {
		return strings.Join(n.Words, "-")
	}
	return `"` + strings.Join(n.Words, " ") + `"` + star(n.Prefix)
}

// String returns the words in quotes with the distance behind.
func (n Near) String() string {
	return `"` + strings.Join(n.Words, " ") + `"~` + strconv.Itoa(n.Distance)
}

// String returns the words as they were typed, with a plus sign before if there
// was one, and a star behind if they are a beginning.
func (n Number) String() string {
	text := strings.Join(n.Words, " ") + star(n.Prefix)
	if n.Plus {
		return "+" + text
	}
	return text
}

// String returns the field, a colon and the value, in quotes where it would not
// be read as a whole without.
func (f Filter) String() string {
	if strings.IndexFunc(f.Value, needsQuotes) >= 0 {
		return f.quoted()
	}
	return f.Field + ":" + f.Value
}

func (f Filter) quoted() string { return f.Field + `:"` + f.Value + `"` }

// before returns the filter as it stands before another node: a number goes on
// over the digits behind it, unless it is in quotes.
func (f Filter) before(next Node) string {
	if n, ok := next.(Number); ok && !n.Plus && f.kind() == KindNumber {
		return f.quoted()
	}
	return f.String()
}

// String returns "".
func (All) String() string { return "" }

// needsQuotes holds for all that might end a value or be read as an operator.
func needsQuotes(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.M, unicode.N) && !strings.ContainsRune("-_.@+/&#=%:", r)
}

// inner returns a node as it stands among others.
func inner(n Node) string {
	switch n.(type) {
	case And, Or:
		return "(" + n.String() + ")"
	}
	return n.String()
}

// alone returns a node as it stands where only one word could.
func alone(n Node) string {
	if number, ok := n.(Number); ok && len(number.Words) > 1 {
		return "(" + n.String() + ")"
	}
	return inner(n)
}

func star(prefix bool) string {
	if prefix {
		return "*"
	}
	return ""
}
