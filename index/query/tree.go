package query

import "strings"

// Wanted returns the Words, Phrases, Nears and Numbers of a tree that stand
// outside every Not, in order: what to mark in a text, and what a partial match
// counts. Filters are none of them.
func Wanted(n Node) []Node {
	switch n := n.(type) {
	case And:
		return wantedOf(n.Nodes)
	case Or:
		return wantedOf(n.Nodes)
	case Word, Phrase, Near, Number:
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

// Without returns the query without the leaf n, wherever n stands in it outside
// every Not: what is left if a word that nothing matches is given up. The
// result is everything where nothing is left. It has no Notes.
func (q Query) Without(n Node) Query {
	root := without(q.Root, n.String())
	if root == nil {
		root = All{}
	}
	return Query{Root: joined(root)}
}

// Unquoted returns the query with the words of a phrase as they are found without
// quotes, wherever the phrase stands outside every Not. It has no Notes.
func (q Query) Unquoted(p Phrase) Query {
	words := Parse(strings.Join(p.Words, " ") + star(p.Prefix)).Root
	return Query{Root: joined(unquoted(q.Root, p.String(), words))}
}

func unquoted(n Node, print string, words Node) Node {
	each := func(nodes []Node) []Node {
		out := make([]Node, len(nodes))
		for i, n := range nodes {
			out[i] = unquoted(n, print, words)
		}
		return out
	}
	switch n := n.(type) {
	case And:
		return newAnd(each(n.Nodes))
	case Or:
		return newOr(each(n.Nodes))
	case Phrase:
		if n.String() == print {
			return words
		}
	}
	return n
}

// without is nil where nothing is left of n.
func without(n Node, print string) Node {
	switch n := n.(type) {
	case And:
		return newAnd(eachWithout(n.Nodes, print))
	case Or:
		return newOr(eachWithout(n.Nodes, print))
	case Not:
		return n
	}
	if n.String() == print {
		return nil
	}
	return n
}

func eachWithout(nodes []Node, print string) []Node {
	var out []Node
	for _, n := range nodes {
		if n = without(n, print); n != nil {
			out = append(out, n)
		}
	}
	return out
}

// newAnd is nil for no nodes, and the node itself for one.
func newAnd(nodes []Node) Node {
	return join(nodes, func(n Node) ([]Node, bool) { and, ok := n.(And); return and.Nodes, ok },
		func(flat []Node) Node { return And{flat} })
}

// newOr is nil for no nodes, and the node itself for one.
func newOr(nodes []Node) Node {
	return join(nodes, func(n Node) ([]Node, bool) { or, ok := n.(Or); return or.Nodes, ok },
		func(flat []Node) Node { return Or{flat} })
}

// join makes one node of several, and of the nodes within those of its own kind.
func join(nodes []Node, within func(Node) ([]Node, bool), make func([]Node) Node) Node {
	var flat []Node
	for _, n := range nodes {
		if inner, ok := within(n); ok {
			flat = append(flat, inner...)
		} else {
			flat = append(flat, n)
		}
	}
	switch len(flat) {
	case 0:
		return nil
	case 1:
		return flat[0]
	}
	return make(flat)
}

// newNot is nil for nil; two Nots cancel each other.
func newNot(n Node) Node {
	switch n := n.(type) {
	case nil:
		return nil
	case Not:
		return n.Node
	}
	return Not{n}
}
