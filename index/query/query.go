// Package query turns what a person typed into the search box into a tree.
//
// It hides how the text is read and how words are folded. It promises that
// nothing a person types is refused: whatever can't be read as meant gives a
// tree all the same, and a note in plain words that says how it was read. A
// tree prints itself in the same language, so that what was understood can be
// shown, and Parse of that print gives an equal tree.
//
// The folding and cutting into words that Parse uses is exported as Tokens: the
// index runs the very same over the messages.
//
// The package is pure: it reads no clock, no files and no index, and keeps
// nothing. Everything in it is safe for concurrent use.
package query

import (
	"strings"
)

// Limits of one query. What lies past them is left out with a note.
const (
	// MaxBytes is how much of the typed text is read, in bytes.
	MaxBytes = 32 << 10
	// MaxClauses is how many words a query may hold; each word of a phrase
	// counts as one.
	MaxClauses = 1000
	// MaxDepth is how many parentheses may stand inside each other.
	MaxDepth = 100
)

// Query is what Parse understood.
type Query struct {
	// Root is never nil. It is All when nothing was asked for; All stands
	// nowhere else in a tree.
	Root Node
	// Notes says in plain words what was not read as typed, in the order of the
	// text. There are at most maxNotes, each short, without repetitions.
	Notes []string
}

// String returns what was understood in canonical syntax, "" for everything.
// Parse of it gives an equal Root and no Notes, as long as it is within MaxBytes
// and MaxDepth itself: it spells out parentheses that the typed text may lack.
func (q Query) String() string { return q.Root.String() }

// Node is a part of the tree: And, Or, Not, Word, Phrase or All, always by
// value. Each is a set of voicemails, so a Not may stand anywhere: alone or
// beside other Nots it means "everything but".
type Node interface {
	// String returns the node in canonical syntax.
	String() string
	node()
}

// And matches what all of its nodes match. Nodes holds at least two, none of
// them And or All.
type And struct{ Nodes []Node }

// Or matches what at least one of its nodes matches. Nodes holds at least two,
// none of them Or or All.
type Or struct{ Nodes []Node }

// Not matches everything that Node does not match. Node is neither Not nor All.
type Not struct{ Node Node }

// Word matches a word, in the ways that the index has for it: as itself and in
// the forms that count as the same word.
type Word struct {
	// Text is folded: the Text of a Token.
	Text string
	// Prefix says that Text is only the beginning of the word.
	Prefix bool
}

// Phrase matches its words side by side and in order, each exactly as it is: no
// other forms, no edits. A single word that was typed in quotes is a Phrase too.
type Phrase struct {
	// Words are folded, at least one, in order.
	Words []string
	// Prefix says that the last of Words is only the beginning of a word.
	Prefix bool
}

// All matches everything.
type All struct{}

func (And) node()    {}
func (Or) node()     {}
func (Not) node()    {}
func (Word) node()   {}
func (Phrase) node() {}
func (All) node()    {}

// String returns the nodes side by side, an Or among them in parentheses.
func (n And) String() string { return join(n.Nodes, " ") }

// String returns the nodes with OR in between, an And among them in
// parentheses although the language does not need them: people do.
func (n Or) String() string { return join(n.Nodes, " OR ") }

// String returns the node after a minus sign, And and Or in parentheses.
func (n Not) String() string { return "-" + inner(n.Node) }

// String returns the word, with a star if it is a prefix.
func (n Word) String() string { return n.Text + star(n.Prefix) }

// String returns the words in quotes, with a star behind if the last one is a
// prefix.
func (n Phrase) String() string {
	return `"` + strings.Join(n.Words, " ") + `"` + star(n.Prefix)
}

// String returns "".
func (All) String() string { return "" }

// Wanted returns the Words and Phrases of a tree that stand outside every Not,
// in order: what to mark in a text, and what a partial match counts.
func Wanted(n Node) []Node {
	switch n := n.(type) {
	case And:
		return wantedOf(n.Nodes)
	case Or:
		return wantedOf(n.Nodes)
	case Word, Phrase:
		return []Node{n}
	}
	return nil
}

func wantedOf(nodes []Node) []Node {
	var out []Node
	for _, n := range nodes {
		out = append(out, Wanted(n)...)
	}
	return out
}

func join(nodes []Node, sep string) string {
	parts := make([]string, len(nodes))
	for i, n := range nodes {
		parts[i] = inner(n)
	}
	return strings.Join(parts, sep)
}

func inner(n Node) string {
	switch n.(type) {
	case And, Or:
		return "(" + n.String() + ")"
	}
	return n.String()
}

func star(prefix bool) string {
	if prefix {
		return "*"
	}
	return ""
}
