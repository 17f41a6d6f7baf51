package index_test

import (
	"slices"
	"strings"
	"time"

	"afterbeep/index/query"
	"afterbeep/index/synonyms"
	spoken "afterbeep/index/words"
	"afterbeep/ingest/enrich/numbers"
)

// level is how close a match must be: 0 as typed, 1 in other forms and words,
// 2 one letter off or by sound.
type level int

const (
	typedLevel level = iota
	formsLevel
	looseLevel
)

// testSynonyms are few, so that they are met often.
func testSynonyms() *synonyms.Lists {
	lists, errs := synonyms.Parse("[en]\ncall back = ring me\nrefund = money = give it back\n")
	if len(errs) > 0 {
		panic(errs[0])
	}
	return lists
}

// reading is a message as the oracle reads it.
type reading struct {
	message
	terms   []heardTerm
	numbers []numbers.Run
	lists   *synonyms.Lists
	// given are the words of the query that a synonym of a group that they stand in
	// stands for.
	given map[string]bool
}

// heardTerm is a word of a message with all its stems: in a text whose language
// nothing tells, those of several.
type heardTerm struct {
	spoken.Term
	stems []string
}

func heardTerms(text, lang string) []heardTerm {
	var out []heardTerm
	for _, t := range spoken.Analyse(text, lang) {
		h := heardTerm{Term: t, stems: []string{t.Stem}}
		if lang == "" && !t.Digits {
			h.stems = append(h.stems, spoken.StemsOfAny(t.Text)...)
		}
		out = append(out, h)
	}
	return out
}

// read reads a message for a query.
func (m message) read(root query.Node) reading {
	r := reading{m, heardTerms(m.text, spoken.Spoken(m.lang, m.text)), numbers.Find(m.text, spoken.Base(m.lang)), testSynonyms(), make(map[string]bool)}
	r.give([]query.Node{root})
	return r
}

func (r reading) holds(n query.Node, l level) bool {
	switch n := n.(type) {
	case query.And:
		return !slices.ContainsFunc(n.Nodes, func(c query.Node) bool { return !r.holds(c, l) })
	case query.Or:
		return slices.ContainsFunc(n.Nodes, func(c query.Node) bool { return r.holds(c, l) })
	case query.Not:
		return !r.holds(n.Node, typedLevel)
	case query.Word:
		if l > typedLevel && !n.Prefix && !n.Fuzzy && r.given[n.Text] {
			return true
		}
		return slices.ContainsFunc(r.terms, func(t heardTerm) bool { return is(t, n, l) })
	case query.Phrase:
		return slices.ContainsFunc(starts(r.terms), func(from int) bool { return phraseAt(n, r.terms[from:]) })
	case query.Near:
		return r.near(n.Words, n.Distance, func(t heardTerm, word string) bool { return t.Text == word })
	case query.Number:
		return r.number(n, l)
	case query.Filter:
		return r.passes(n)
	}
	return true
}

func starts(terms []heardTerm) []int {
	out := make([]int, len(terms))
	for i := range out {
		out[i] = i
	}
	return out
}

// is tells whether a term is the word of a query.
func is(t heardTerm, w query.Word, l level) bool {
	switch {
	case w.Prefix:
		return strings.HasPrefix(t.Text, w.Text)
	case t.Text == w.Text:
		return true
	case l == typedLevel:
		return false
	case !w.Fuzzy && sameStem(t, w.Text):
		return true
	case l == formsLevel || t.Digits:
		return false
	}
	return w.AllowsEdit() && (query.OneEdit(w.Text, t.Text) || !w.Fuzzy && alike(t, w.Text))
}

func sameStem(t heardTerm, word string) bool {
	return slices.ContainsFunc(t.stems, func(term string) bool {
		lang, stem, ok := strings.Cut(term, "/")
		if !ok {
			return false
		}
		of, ok := spoken.Stem(lang, word)
		return ok && (of == stem || stem == word)
	})
}

func alike(t heardTerm, word string) bool {
	sounds := slices.ContainsFunc(spoken.Sounds(word), func(code string) bool {
		return slices.ContainsFunc(t.Sounds, func(s string) bool { return strings.HasPrefix(s, code) })
	})
	return sounds && 100*edits(word, t.Text) <= 67*max(len(word), len(t.Text))
}

// edits counts the letters to change between two words, the slow way.
func edits(a, b string) int {
	switch {
	case a == "" || b == "":
		return len(a) + len(b)
	case a[0] == b[0]:
		return edits(a[1:], b[1:])
	}
	return 1 + min(edits(a[1:], b), edits(a, b[1:]), edits(a[1:], b[1:]))
}

func phraseAt(n query.Phrase, terms []heardTerm) bool {
	if len(n.Words) > len(terms) {
		return false
	}
	for i, w := range n.Words {
		if !is(terms[i], query.Word{Text: w, Prefix: n.Prefix && i == len(n.Words)-1}, typedLevel) {
			return false
		}
	}
	return true
}

// near tries every window.
func (r reading) near(list []string, distance int, is func(t heardTerm, word string) bool) bool {
	for from := range r.terms {
		window := r.terms[from:min(len(r.terms), from+distance+len(list))]
		if covers(window, list, is) {
			return true
		}
	}
	return false
}

// says tells whether the words of a synonym stand near each other, inflected in
// its language.
func (r reading) says(s synonyms.Entry) bool {
	return r.near(s.Words, 4, func(t heardTerm, word string) bool {
		if stem, ok := spoken.Stem(s.Lang, word); ok {
			return slices.Contains(t.stems, s.Lang+"/"+stem)
		}
		return t.Text == word
	})
}

// covers tells whether every word has a term of its own.
func covers(terms []heardTerm, list []string, is func(t heardTerm, word string) bool) bool {
	if len(list) == 0 {
		return true
	}
	for i, t := range terms {
		if is(t, list[0]) {
			rest := slices.Delete(slices.Clone(terms), i, i+1)
			if covers(rest, list[1:], is) {
				return true
			}
		}
	}
	return false
}

func (r reading) number(n query.Number, l level) bool {
	begins := func(t heardTerm) bool { return strings.HasPrefix(t.Text, n.Words[len(n.Words)-1]) }
	if n.Prefix && len(n.Words) == 1 && slices.ContainsFunc(r.terms, begins) {
		return true
	}
	for _, run := range r.numbers {
		switch {
		case !n.Prefix && numbers.Matches(run, n.Digits, n.Plus):
			return true
		case (n.Prefix || l > typedLevel && len(n.Digits) >= 6) && numbers.Begins(run, n.Digits, n.Plus):
			return true
		}
	}
	if len(n.Words) > 1 && len(n.Digits) > 12 {
		return false // the groups of a card's number mean nothing by themselves
	}
	if n.Prefix && !slices.ContainsFunc(r.terms, begins) {
		return false
	}
	said := n.Words
	if n.Prefix {
		said = said[:len(said)-1]
	}
	return l > typedLevel && !slices.ContainsFunc(said, func(w string) bool {
		return !slices.ContainsFunc(r.terms, func(t heardTerm) bool { return t.Text == w })
	})
}

func (r reading) passes(f query.Filter) bool {
	switch f.Field {
	case "bot":
		return r.bot == f.Value
	case "lang":
		return spoken.Base(r.lang) == f.Value
	case "session":
		return r.session == f.Value
	case "has":
		return f.Value == "transcript" && r.text != ""
	}
	from, to := f.Window(noon, time.UTC)
	return !r.left.Before(from) && (to.IsZero() || r.left.Before(to))
}

// give finds the words among nodes side by side, and within them, that a synonym
// of a group stands for: wherever else in the query they stand, too.
func (r reading) give(nodes []query.Node) {
	for from := 0; from < len(nodes); from++ {
		var list []string
		for _, n := range nodes[from:] {
			w, ok := n.(query.Word)
			if !ok || w.Prefix || w.Fuzzy {
				break
			}
			list = append(list, w.Text)
		}
		for at := 0; at < len(list); at++ {
			length, others := r.lists.Of(list, at)
			for i := range length {
				r.given[list[at+i]] = r.given[list[at+i]] || slices.ContainsFunc(others, r.says)
			}
			at += max(length-1, 0)
		}
		from += len(list)
	}
	for _, n := range nodes {
		switch n := n.(type) {
		case query.And:
			r.give(n.Nodes)
		case query.Or:
			for i := range n.Nodes {
				r.give(n.Nodes[i : i+1])
			}
		}
	}
}

// standsApart tells whether the words of a phrase stand in order with at most four
// others between them, the slow way.
func (r reading) standsApart(n query.Node) bool {
	p, ok := n.(query.Phrase)
	if !ok || p.Hyphenated || len(p.Words) < 2 {
		return false
	}
	for from := range r.terms {
		window := r.terms[from:min(len(r.terms), from+len(p.Words)+4)]
		if len(window) > 0 && phraseAt(query.Phrase{Words: p.Words[:1]}, window) && inOrder(p.Words[1:], p.Prefix, window[1:]) {
			return true
		}
	}
	return false
}

func inOrder(list []string, prefix bool, terms []heardTerm) bool {
	for _, t := range terms {
		if len(list) > 0 && is(t, query.Word{Text: list[0], Prefix: prefix && len(list) == 1}, typedLevel) {
			list = list[1:]
		}
	}
	return len(list) == 0
}

// most is how many of the words and groups side by side match, out of all; none
// where something excluded does.
func (r reading) most(nodes []query.Node) (found, all int) {
	frequent := func(n query.Node) bool {
		w, ok := n.(query.Word)
		return ok && !w.Prefix && !w.Fuzzy && spoken.Hot(w.Text)
	}
	others := slices.ContainsFunc(nodes, func(n query.Node) bool {
		switch n.(type) {
		case query.Not, query.Filter:
			return false
		}
		return !frequent(n)
	})
	for _, n := range nodes {
		switch n := n.(type) {
		case query.Not:
			if r.holds(n.Node, typedLevel) {
				return 0, 0
			}
		case query.Filter:
			if !r.holds(n, looseLevel) {
				return 0, 0
			}
		default:
			if others && frequent(n) {
				continue
			}
			all++
			if r.holds(n, looseLevel) || r.standsApart(n) {
				found++
			}
		}
	}
	return found, all
}

// partial keeps the messages that match most of what stands side by side, or
// where none does, half; none says that nothing matches all as typed.
func (o oracle) partial(root query.Node, none bool) []message {
	and, ok := root.(query.And)
	if !ok {
		and.Nodes = []query.Node{root}
	}
	var most, half []message
	for _, m := range o {
		switch found, all := m.read(root).most(and.Nodes); {
		case all == 0:
		case 2*found > all:
			most = append(most, m)
		case 2*found == all:
			half = append(half, m)
		}
	}
	if none && len(most) == 0 {
		return half
	}
	return most
}
