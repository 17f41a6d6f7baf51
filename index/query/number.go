package query

import (
	"slices"
	"strings"
	"unicode/utf8"

	"afterbeep/ingest/enrich/numbers"
)

const (
	// minNumber is from how many digits what is typed in groups, such as 555.0123,
	// is a number and no time, amount or version.
	minNumber = 7
	// minHyphened is that of groups with hyphens in between: fewer are a score or
	// a range.
	minHyphened = 5
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
		nodes := make([]Node, len(n.Nodes))
		for i, m := range n.Nodes {
			if _, ok := m.(hyphened); !ok {
				m = joined(m)
			}
			nodes[i] = m
		}
		return newAnd(joinNumbers(unhyphened(nodes)))
	case Or:
		nodes := make([]Node, len(n.Nodes))
		for i, m := range n.Nodes {
			nodes[i] = joined(m)
		}
		return Or{nodes}
	case Not:
		return Not{joined(n.Node)}
	case hyphened:
		return joined(And{[]Node{n}})
	case Phrase:
		return quotedNumber(n)
	case Word:
		if n.Prefix && isDigits(n.Text) {
			return joinNumbers([]Node{n})[0]
		}
	}
	return n
}

// quotedNumber is the Number that a phrase is, if it is one and no more: digits
// match exactly anyway, and who writes them in quotes does not mean the groups.
func quotedNumber(p Phrase) Node {
	if isDay(lengthsOf(p.Words)) {
		return p
	}
	leaves := make([]Node, len(p.Words))
	for i, w := range p.Words {
		leaves[i] = leafOf(w, false)
	}
	if last := len(leaves) - 1; p.Prefix {
		leaves[last] = Word{Text: p.Words[last], Prefix: true}
	}
	nodes := joinNumbers(leaves)
	if n, ok := nodes[0].(Number); ok && len(nodes) == 1 && len(n.Digits) >= minNumber {
		return n
	}
	return p
}

func lengthsOf(words []string) []int {
	out := make([]int, len(words))
	for i, w := range words {
		out[i] = len(w)
		if !isDigits(w) {
			return nil
		}
	}
	return out
}

// hyphened is a typed word such as quatre-vingt: part of a number if its
// neighbours make one with it, else a phrase. No tree that is joined holds one.
type hyphened struct{ Phrase }

// item is a typed word that may be part of a number.
type item struct {
	text   string
	plus   bool
	digits bool // nothing but digits
	prefix bool // only the beginning of the digits: nothing goes on behind it
	joint  int  // of how many items the hyphened word is that begins here
}

// itemsOf is false for a node that is no part of any number. Numbers are taken
// apart, so that it comes to the same whatever was joined before.
func itemsOf(n Node) ([]item, bool) {
	var items []item
	switch n := n.(type) {
	case Number:
		for _, w := range n.Words {
			items = append(items, item{text: w, digits: isDigits(w)})
		}
		items[0].plus = n.Plus
		items[len(items)-1].prefix = n.Prefix
	case hyphened:
		for _, w := range n.Words {
			items = append(items, item{text: w, digits: isDigits(w)})
		}
		items[0].joint = len(n.Words)
	case Word:
		if digits := isDigits(n.Text); n.Prefix && digits {
			return []item{{text: n.Text, digits: true, prefix: true}}, true
		}
		if n.Prefix || n.Fuzzy {
			return nil, false
		}
		items = append(items, item{text: n.Text})
	}
	return items, items != nil
}

// eachRun replaces the items that stand side by side among the nodes by what
// replace makes of them. A plus sign begins another run, a star ends one.
func eachRun(nodes []Node, replace func([]item) []Node) []Node {
	out := make([]Node, 0, len(nodes))
	var run []item
	flush := func() {
		if len(run) > 0 {
			out = append(out, replace(run)...)
		}
		run = run[:0]
	}
	for _, n := range nodes {
		items, ok := itemsOf(n)
		if !ok || items[0].plus {
			flush()
		}
		if !ok {
			out = append(out, n)
		}
		run = append(run, items...)
		if ok && items[len(items)-1].prefix {
			flush()
		}
	}
	flush()
	return out
}

// unhyphened makes words of the hyphened ones that are part of a number, and
// phrases of the others.
func unhyphened(nodes []Node) []Node {
	if !slices.ContainsFunc(nodes, func(n Node) bool { _, ok := n.(hyphened); return ok }) {
		return nodes
	}
	return eachRun(nodes, func(run []item) []Node {
		var out []Node
		said := spokenIn(run)
		for i := 0; i < len(run); i++ {
			joint := run[i].joint
			inside := func(s spoken) bool { return s.from <= i && i+joint <= s.to }
			if joint == 0 || slices.ContainsFunc(said, inside) {
				out = append(out, run[i].leaf())
				continue
			}
			var words []string
			for _, it := range run[i : i+joint] {
				words = append(words, it.text)
			}
			out = append(out, quotedNumber(Phrase{Words: words}))
			i += joint - 1
		}
		return out
	})
}

// joinNumbers joins within what stands side by side.
func joinNumbers(nodes []Node) []Node {
	return eachRun(nodes, func(run []item) []Node {
		var out []Node
		said := spokenIn(run)
		for i := 0; i < len(run); {
			n, length := numberAt(run, i, said)
			out = append(out, n)
			i += length
		}
		return out
	})
}

// spoken is a number that is said, at least in part, by the items from to to.
type spoken struct {
	from, to int
	digits   string
}

const (
	// minSpoken is from how many digits spoken ones are a number: a single one is
	// a word like any other.
	minSpoken = 3
	// maxSpoken is in how many words it is looked for spoken digits: nobody types
	// more, and each is tried in every language.
	maxSpoken = 200
)

// spokenIn finds the spoken numbers of a run, in order.
func spokenIn(run []item) []spoken {
	if len(run) > maxSpoken || !slices.ContainsFunc(run, func(it item) bool { return !it.digits }) {
		return nil
	}
	var text strings.Builder
	starts := make([]int, len(run)) // of the items in text
	for i, it := range run {
		starts[i] = text.Len()
		text.WriteString(it.text + " ")
	}
	var out []spoken
	for _, r := range numbers.Find(text.String(), "") {
		from, _ := slices.BinarySearch(starts, r.Start()+1)
		to, _ := slices.BinarySearch(starts, r.End())
		s := spoken{from - 1, to, r.Digits}
		isSpoken := func(it item) bool { return !it.digits }
		if to-s.from > 1 && len(r.Digits) >= minSpoken && slices.ContainsFunc(run[s.from:to], isSpoken) {
			out = append(out, s)
		}
	}
	return out
}

// spellsDigits tells whether hyphened words may be part of a number. They are
// asked for twice, for alone they may say too few digits.
func spellsDigits(words []string) bool {
	_, ok := numbers.Said(slices.Concat(words, words))
	return ok
}

// numberAt returns the Number or Word that begins at run[i], and of how many
// items it is.
func numberAt(run []item, i int, said []spoken) (Node, int) {
	first, end := run[i], len(run)
	for _, s := range said {
		switch {
		case s.from == i:
			n := Number{Digits: s.digits, Plus: first.plus}
			for _, it := range run[s.from:s.to] {
				n.Words = append(n.Words, it.text)
				n.Prefix = it.prefix
			}
			return n, s.to - s.from
		case s.from > i:
			end = min(end, s.from)
		}
	}
	if !first.digits {
		return Word{Text: first.text}, 1
	}
	n := Number{Digits: first.text, Plus: first.plus, Words: []string{first.text}}
	for i+len(n.Words) < end && continues(n, run[i+len(n.Words)]) {
		next := run[i+len(n.Words)].text
		n.Digits += next
		n.Words = append(n.Words, next)
	}
	if n.Prefix = run[i+len(n.Words)-1].prefix; n.Prefix && len(n.Digits) < minSpoken {
		return first.leaf(), 1 // too many numbers begin so
	}
	return n, len(n.Words)
}

// continues tells whether the item is one more group of the digits before it.
func continues(n Number, next item) bool {
	if !next.digits || next.plus || len(n.Digits)+len(next.text) > maxNumber {
		return false
	}
	return !isWhole(n.Words) && (!isEnough(n.Digits, n.Plus) || len(next.text) < minNumber)
}

// isEnough tells whether digits may be a number of their own, so that others
// that may be one too do not go on with it. One that begins as a long-distance
// number needs more.
func isEnough(digits string, plus bool) bool {
	const abroad = 10
	if plus || strings.HasPrefix(digits, "0") {
		return len(digits) >= abroad
	}
	return len(digits) >= minNumber
}

// isWhole tells the groups in which North America writes a whole number, with or
// without its country code.
func isWhole(groups []string) bool {
	i := len(groups) - 3
	if i < 0 || len(groups[i]) != 3 || len(groups[i+1]) != 3 || len(groups[i+2]) != 4 {
		return false
	}
	return i == 0 || i == 1 && groups[0] == "1"
}

func isDigits(folded string) bool {
	for i := range len(folded) {
		if folded[i] < '0' || folded[i] > '9' {
			return false
		}
	}
	return folded != ""
}

// leaf is the node of an item by itself.
func (it item) leaf() Node {
	if it.prefix {
		return Word{Text: it.text, Prefix: true}
	}
	return leafOf(it.text, it.plus)
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
	return strings.HasPrefix(typed, "+") || !isDate(typed, tokens)
}

// isHyphened tells whether nothing but hyphens stands between the tokens.
func isHyphened(typed string, tokens []Token) bool {
	for i := range len(tokens) - 1 {
		if strings.TrimFunc(typed[tokens[i].End:tokens[i+1].Start], isMinus) != "" {
			return false
		}
	}
	return true
}

// isJoint holds for what may stand between the groups of one number.
func isJoint(r rune) bool { return r == '.' || r == '/' || isMinus(r) }

// isDate tells three groups that are a day, in whatever order they are written.
// Two digits are no year behind hyphens: pairs are how numbers are read out.
func isDate(typed string, tokens []Token) bool {
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.Text
	}
	lengths := lengthsOf(words)
	return isDay(lengths) && (lengths[0] == 4 || lengths[2] == 4 || !isHyphened(typed, tokens))
}

// isDay tells the lengths of three groups that may be a day.
func isDay(n []int) bool {
	return len(n) == 3 && n[1] <= 2 && (n[0] == 4 && n[2] <= 2 || n[0] <= 2 && (n[2] == 4 || n[2] == 2))
}

func countDigits(tokens []Token) int {
	n := 0
	for _, t := range tokens {
		n += utf8.RuneCountInString(t.Text)
	}
	return n
}
