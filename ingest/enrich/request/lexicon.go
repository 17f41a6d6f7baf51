package request

import (
	"fmt"
	"slices"
	"strings"
)

// class numbers a class of words, a chunk of words, or one word that a rule
// names. 0 is none.
type class uint16

// The classes that the reader itself knows.
const (
	noClass class = iota
	lightClass
	boundClass
	negClass
	passClass
	numClass
	phoneClass
	inventedClass
	impClass
	kinClass
	actClass
	politeClass
	unknownClass
	subjClass
	openClass
	freshClass
	predClass
	firstFree

	known = int(firstFree) - 1 // classes that the reader knows
)

// umlauted are the two words that one may be of which nobody knows whether it was
// written without its umlaut.
type umlauted struct{ plain, umlaut int32 }

// phrase is an entry of the lexicon that has several words.
type phrase struct {
	words []int32
	class class
}

// grammar is what is known of one language: its words by class, and its rules.
type grammar struct {
	lang    string
	sounds  bool // letters that sound alike in Spanish are one
	umlauts bool // ae, oe and ue are umlauts
	elides  bool // an apostrophe parts words

	ids     map[string]int32   // words by how they are spelt
	apart   map[int32]umlauted // words that are others with an umlaut: "war", "wär"
	classes [][]class          // of each word, by its number
	phrases map[int32][]phrase // by their first word
	filler  []bool             // words that say nothing
	number  []bool             // words that are numbers: twice is no stammer
	opens   []bool             // words that phrases begin with
	halts   []bool             // words that fillers of several words begin with
	fillers map[int32][][]int32
	glue    map[string]bool  // what belongs to the word before it where the apostrophe is missing
	close   map[string]int32 // words without one of their letters
	joined  map[string]int32 // words that recognisers split
	heard   map[string]int32 // words by how they sound, where recognisers split and misspell them

	names  map[string]class // classes by name; "=word" is one word
	levels []level          // chunks, in the order in which they are found
	rules  []rule
	width  int              // words of a set of classes
	wide   int              // the same with wider classes, which have the highest numbers
	wider  [][]class        // of each class: those of what is of one of several
	unions map[string]class // the wider classes
	chunks []levels         // of each class: those that may begin with it
	starts [][]opening      // rules by the class that they may begin with
}

// level finds chunks: what several words come to.
type level struct {
	class  class
	rules  []rule
	starts map[class][]opening // those that may begin with a class
}

// levels are a set of levels, by their place among them.
type levels uint32

const maxLevels = 32 // they fit

// opening is a rule that may begin with a class, and classes that a message must have
// for the rule to fit, noClass where there are fewer: these alone rule most out.
type opening struct {
	rule  int32
	needs [maxNeeds]class
}

const maxNeeds = 4 // more of them hardly rule out another

// rule is a pattern and what it says of the message.
type rule struct {
	kind    kind
	firm    bool // no negation in front reaches into it
	weight  float64
	pattern []element
}

// element is a step of a pattern.
type element struct {
	gap      int     // up to so many words that are of no matter
	light    bool    // and they must be light
	any      []class // one of these
	set      bits    // the same
	optional bool
	not      bool // none of these follows (in front: comes before)
}

// bits are a set of classes.
type bits []uint64

func (b bits) has(c class) bool { return b[c>>6]&(1<<(c&63)) != 0 }

func (b bits) add(c class) { b[c>>6] |= 1 << (c & 63) }

// build reads a language's file: sections of words, chunks and rules.
func build(lang, text string) (*grammar, error) {
	g := &grammar{
		lang: lang, sounds: lang == "es", umlauts: lang == "de", elides: lang == "fr", ids: map[string]int32{}, classes: make([][]class, 1),
		phrases: map[int32][]phrase{}, fillers: map[int32][][]int32{}, close: map[string]int32{}, joined: map[string]int32{}, heard: map[string]int32{},
		apart: map[int32]umlauted{}, glue: map[string]bool{}, names: map[string]class{
			"LIGHT": lightClass, "BOUND": boundClass, "NEG": negClass, "PASS": passClass, "NUM": numClass, "PHONE": phoneClass, "INVENTED": inventedClass, "IMP": impClass, "KINX": kinClass, "ACT": actClass, "POLITE": politeClass, "UNK": unknownClass, "SUBJ": subjClass, "OPEN": openClass, "FRESH": freshClass, "PRED": predClass,
		},
	}
	var head []string
	for n, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		var err error
		if line[0] != ' ' && line[0] != '\t' {
			head = fields
			err = g.open(head)
		} else {
			err = g.line(head, fields)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
	}
	g.finish()
	return g, nil
}

// open begins a section.
func (g *grammar) open(head []string) error {
	switch {
	case head[0] == "chunk" && len(head) == 2:
		if g.names[head[1]] == noClass {
			g.name(head[1])
		}
		if g.levels = append(g.levels, level{class: g.names[head[1]]}); len(g.levels) > maxLevels {
			return fmt.Errorf("more than %d chunks", maxLevels)
		}
	case head[0] == "class" && len(head) <= 3 && len(head) > 1:
		g.name(head[1])
	case head[0] == "filler" || head[0] == "glue" || head[0] == "real" || head[0] == "same" || head[0] == "apart":
	case len(head) == 2:
		if _, ok := kinds[strings.TrimSuffix(head[0], "!")]; !ok {
			return fmt.Errorf("section %q is not known", head[0])
		}
	default:
		return fmt.Errorf("section %q is not known", strings.Join(head, " "))
	}
	return nil
}

// line reads a line of a section.
func (g *grammar) line(head, fields []string) error {
	switch {
	case len(head) == 0:
		return fmt.Errorf("a line before the first section")
	case head[0] == "glue":
		for _, f := range fields {
			g.glue[f] = true
		}
	case head[0] == "same": // the first, however else it is said
		words := g.spelt(fields[0])
		for _, f := range fields[1:] {
			g.ids[string(g.normal(nil, f))] = words[len(words)-1]
		}
	case head[0] == "apart":
		for _, f := range fields {
			for _, entry := range expand(f) {
				g.part(entry)
			}
		}
	case head[0] == "real":
		for _, f := range fields {
			g.word(f)
		}
	case head[0] == "class" || head[0] == "filler":
		for _, f := range fields {
			for _, entry := range expand(f) {
				g.enter(head, entry)
			}
		}
	case head[0] == "chunk":
		pattern, err := g.pattern(fields)
		if err != nil {
			return err
		}
		l := &g.levels[len(g.levels)-1]
		l.rules = append(l.rules, rule{pattern: pattern})
	default:
		pattern, err := g.pattern(fields)
		if err != nil {
			return err
		}
		var weight float64
		if _, err := fmt.Sscan(head[1], &weight); err != nil {
			return fmt.Errorf("weight %q: %w", head[1], err)
		}
		name, firm := strings.CutSuffix(head[0], "!")
		g.rules = append(g.rules, rule{kind: kinds[name], firm: firm, weight: weight, pattern: pattern})
	}
	return nil
}

// expand writes out the braces of an entry: "llam{e|en}me" is "llameme" and
// "llamenme".
func expand(s string) []string {
	open := strings.IndexByte(s, '{')
	if open < 0 {
		return []string{s}
	}
	end := strings.IndexByte(s[open:], '}')
	if end < 0 {
		return []string{s}
	}
	var list []string
	for _, middle := range strings.Split(s[open+1:open+end], "|") {
		list = append(list, expand(s[:open]+middle+s[open+end+1:])...)
	}
	return list
}

// name returns the class of a name.
func (g *grammar) name(name string) class {
	c := g.names[name]
	if c == noClass {
		c = firstFree + class(len(g.names)-known)
		g.names[name] = c
	}
	return c
}

// word returns the number of a word.
func (g *grammar) word(s string) int32 {
	plain := string(g.normal(nil, s))
	id, ok := g.ids[plain]
	if !ok {
		id = int32(len(g.classes))
		g.ids[plain] = id
		g.classes = append(g.classes, nil)
	}
	return id
}

// part keeps a word with an umlaut apart from the one without.
func (g *grammar) part(s string) {
	id := g.word(s)
	g.apart[id] = umlauted{plain: int32(len(g.classes)), umlaut: int32(len(g.classes)) + 1}
	g.classes = append(g.classes, nil, nil)
}

// spelt returns the numbers of a word as the lexicon spells it: where an umlaut
// makes it another, also the number of the one that nobody can tell from it.
func (g *grammar) spelt(s string) []int32 {
	id := g.word(s)
	pair, ok := g.apart[id]
	switch {
	case !ok:
		return []int32{id}
	case hasUmlaut(s):
		return []int32{id, pair.umlaut}
	}
	return []int32{id, pair.plain}
}

// sequences are all ways in which the words of a phrase may be numbered.
func (g *grammar) sequences(words []string) [][]int32 {
	list := [][]int32{nil}
	for _, w := range words {
		var longer [][]int32
		for _, begun := range list {
			for _, id := range g.spelt(w) {
				longer = append(longer, append(slices.Clip(begun), id))
			}
		}
		list = longer
	}
	return list
}

// enterPhrase puts a phrase into a class.
func (g *grammar) enterPhrase(words []string, c class) {
	for _, ids := range g.sequences(words) {
		g.phrases[ids[0]] = append(g.phrases[ids[0]], phrase{ids, c})
	}
}

// enter puts an entry into a class: a word, or several with "_" between them.
func (g *grammar) enter(head []string, entry string) {
	words := strings.Split(entry, "_")
	if head[0] == "filler" {
		for _, ids := range g.sequences(words) {
			g.fillers[ids[0]] = append(g.fillers[ids[0]], ids)
		}
		return
	}
	c := g.names[head[1]]
	if len(words) > 1 {
		g.enterPhrase(words, c)
		return
	}
	ids := g.spelt(words[0])
	for _, id := range ids {
		if !slices.Contains(g.classes[id], c) {
			g.classes[id] = append(g.classes[id], c)
		}
	}
	plain := string(g.normal(nil, words[0]))
	if len(head) < 3 || head[2] != "near" || len(plain) < minJoined {
		return
	}
	g.joined[plain] = ids[0]
	if len(plain) >= minNear {
		for _, short := range deletions(plain) {
			g.close[short] = ids[0]
		}
	}
	if g.elides && strings.HasPrefix(plain, "rap") {
		g.heard[skeleton(plain)] = ids[0]
	}
}

// finish works out what follows from what was read.
func (g *grammar) finish() {
	g.filler, g.number = make([]bool, len(g.classes)), make([]bool, len(g.classes))
	for first, list := range g.fillers {
		for _, p := range list {
			if len(p) == 1 {
				g.filler[first] = true
			}
		}
	}
	g.opens, g.halts = make([]bool, len(g.classes)), make([]bool, len(g.classes))
	for first := range g.phrases {
		g.opens[first] = true
	}
	for first := range g.fillers {
		g.halts[first] = true
	}
	for id, classes := range g.classes {
		g.number[id] = slices.Contains(classes, numClass)
	}
	g.width = (len(g.names) + int(firstFree) + 63) / 64
	had := map[string]bits{}
	for _, r := range g.rules {
		g.sets(r.pattern, had)
	}
	for _, l := range g.levels {
		for _, r := range l.rules {
			g.sets(r.pattern, had)
		}
	}
	g.starts = make([][]opening, len(g.names)+int(firstFree))
	g.chunks = make([]levels, len(g.starts))
	g.wider, g.unions = make([][]class, len(g.starts)), map[string]class{}
	for i, r := range g.rules {
		o := opening{int32(i), g.needs(r.pattern)}
		for _, c := range first(r.pattern) {
			g.starts[c] = append(g.starts[c], o)
		}
	}
	for i := range g.levels {
		l := &g.levels[i]
		l.starts = map[class][]opening{}
		for j, r := range l.rules {
			o := opening{int32(j), g.needs(r.pattern)}
			for _, c := range first(r.pattern) {
				l.starts[c] = append(l.starts[c], o)
				g.chunks[c] |= 1 << i
			}
		}
	}
	g.wide = (len(g.starts) + len(g.unions) + 63) / 64
}

// sets writes the alternatives of a pattern's steps as sets: the same ones as the same
// set, as there are many.
func (g *grammar) sets(pattern []element, had map[string]bits) {
	for i := range pattern {
		key := fmt.Sprint(pattern[i].any)
		if had[key] == nil {
			had[key] = make(bits, g.width)
			for _, c := range pattern[i].any {
				had[key].add(c)
			}
		}
		pattern[i].set = had[key]
	}
}

// first are the classes that a pattern may begin with.
func first(pattern []element) []class {
	var list []class
	for _, e := range pattern {
		if e.not || e.gap > 0 {
			continue
		}
		list = append(list, e.any...)
		if !e.optional {
			break
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// needs are the classes of the steps of a pattern that may not be missing, those first
// that are rarely met. Where a rule is tried its first step was met mostly.
func (g *grammar) needs(pattern []element) (list [maxNeeds]class) {
	var steps [][]class
	for _, e := range pattern {
		if e.gap == 0 && !e.optional && !e.not {
			steps = append(steps, e.any)
		}
	}
	slices.SortStableFunc(steps[1:], func(a, b []class) int { return len(a) - len(b) })
	steps = append(steps[1:], steps[0])
	for i, any := range steps[:min(len(steps), maxNeeds)] {
		list[i] = g.widest(any)
	}
	return list
}

// widest is the class of whatever is of one of several: a wider one, unless they are one.
func (g *grammar) widest(any []class) class {
	if len(any) == 1 {
		return any[0]
	}
	key := fmt.Sprint(any)
	wide, had := g.unions[key]
	if !had {
		wide = class(len(g.starts) + len(g.unions))
		g.unions[key] = wide
		for _, c := range any {
			g.wider[c] = append(g.wider[c], wide)
		}
	}
	return wide
}
