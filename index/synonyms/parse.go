package synonyms

import (
	"fmt"
	"slices"
	"strings"

	"afterbeep/index/query"
	"afterbeep/index/words"
)

const (
	// mostWords is the longest an entry may be, in words.
	mostWords = 6
	// mostEntries is the most entries of one group.
	mostEntries = 60
	// mostGroups is the most groups of a text.
	mostGroups = 10_000
)

// Parse reads lists: one group a line, its entries with "=" between them; who
// asks for what stands before a ">" also finds what stands behind it, and not
// the other way round: "dog = hound > labrador = spaniel". What follows "#" is a comment;
// "[en]" on a line of its own begins the groups of a language, whose inflections
// then count. Groups before the first such line are for every language and match
// only as written.
//
// The lists are never nil: what can be read is kept, and each line that can't
// has an error that names the line and says, in words for whoever edits the
// text, what is wrong with it.
func Parse(text string) (*Lists, []error) {
	p := parser{lists: &Lists{starts: make(map[string][]*entry), langs: []string{""}}}
	n := 0
	for line := range strings.Lines(text) {
		n++
		if err := p.line(line); err != nil {
			p.errs = append(p.errs, fmt.Errorf("line %d: %w", n, err))
		}
	}
	return p.lists, p.errs
}

type parser struct {
	lists *Lists
	lang  string
	// skip says that the section is of no known language.
	skip bool
	errs []error
}

func (p *parser) line(line string) error {
	line, _, _ = strings.Cut(line, "#")
	line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
	switch {
	case line == "":
		return nil
	case strings.HasPrefix(line, "["):
		return p.section(line)
	case p.skip:
		return nil // the line that began the section has the error
	}
	return p.group(line)
}

func (p *parser) section(line string) error {
	name, ok := strings.CutSuffix(line[1:], "]")
	if !ok {
		return fmt.Errorf("a language is written in brackets on a line of its own, as in [en]")
	}
	lang := words.Base(name)
	if p.skip = !slices.Contains(words.Languages(), lang); p.skip {
		return fmt.Errorf("the language %q is not known, so its groups are left out; known are %s",
			strings.TrimSpace(name), strings.Join(words.Languages(), " "))
	}
	p.lang = lang
	if !slices.Contains(p.lists.langs, lang) {
		p.lists.langs = append(p.lists.langs, lang)
	}
	return nil
}

func (p *parser) group(line string) error {
	before, behind, oneWay := strings.Cut(line, ">")
	parts := strings.Split(before, "=")
	same := len(parts)
	if oneWay {
		parts = append(parts, strings.Split(behind, "=")...)
	}
	switch {
	case strings.Contains(behind, ">"):
		return fmt.Errorf("a group has one > at most")
	case len(parts) < 2:
		return fmt.Errorf("a group has at least two entries with = between them, as in: bill = invoice")
	case len(parts) > mostEntries:
		return fmt.Errorf("a group has at most %d entries, this one has %d", mostEntries, len(parts))
	case p.lists.groups == mostGroups:
		return fmt.Errorf("there are more than %d groups; this one and those after it are left out", mostGroups)
	}
	group, same, err := p.entries(parts, same)
	if err != nil {
		return err
	}
	p.lists.groups++
	for _, e := range group[:same] {
		e.group, e.same = group, same
		p.add(e)
	}
	return nil
}

// entries reads those of one group, of which the first so many mean the same. Of
// two that differ in an elided word alone ("urgence", "d'urgence") the first stays.
func (p *parser) entries(parts []string, same int) (group []*entry, stay int, err error) {
	written := make(map[string]bool)
	for i, part := range parts {
		folded, whole := fold(part), spelled(query.Tokens(part))
		again := written[whole]
		written[whole] = true
		twice := slices.ContainsFunc(group, func(e *entry) bool { return slices.Equal(e.words, folded) })
		switch {
		case len(folded) == 0:
			return nil, 0, fmt.Errorf("entry %d of the group is empty", i+1)
		case len(folded) > mostWords:
			return nil, 0, fmt.Errorf("%q has %d words, an entry has at most %d", strings.TrimSpace(part), len(folded), mostWords)
		case twice && !again:
			continue
		case twice:
			return nil, 0, fmt.Errorf("%q stands twice in the group", strings.TrimSpace(part))
		}
		group = append(group, p.entry(folded))
		if i < same {
			stay++
		}
	}
	return group, stay, nil
}

// spelled are folded words as one text.
func spelled(tokens []query.Token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.Text + " ")
	}
	return b.String()
}

func (p *parser) entry(folded []string) *entry {
	e := &entry{lang: p.lang, words: folded}
	for _, w := range folded {
		e.keys = append(e.keys, key(p.lang, w))
	}
	return e
}

// add has an entry asked for.
func (p *parser) add(e *entry) {
	p.lists.starts[literal(e.words[0])] = append(p.lists.starts[literal(e.words[0])], e)
	if e.keys[0] != literal(e.words[0]) {
		p.lists.starts[e.keys[0]] = append(p.lists.starts[e.keys[0]], e)
	}
}
