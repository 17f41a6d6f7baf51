package koresim

import (
	"embed"
	"fmt"
	"path"
	"strings"
)

//go:embed texts/*.txt
var textFiles embed.FS

// library is all that callers may say, by language.
type library struct{ langs map[string]*grammar }

// grammar is what callers of one language may say. A file has sections
// "[name]"; each further line is one alternative. In an alternative, {x} is a
// word of the caller's (a name, a number) or one alternative of section x, of
// his trade's section "trade.x" first; (a|b|) is one of its parts.
type grammar struct {
	sections map[string][]node
	words    map[string][]string // the same lines as they stand, for lists of names
}

// node is a piece of an alternative.
type node interface {
	say(b *strings.Builder, t *talk)
}

type (
	literal string
	slot    string
	choice  []node
	phrase  []node
)

func (l literal) say(b *strings.Builder, _ *talk) { b.WriteString(string(l)) }

func (p phrase) say(b *strings.Builder, t *talk) {
	for _, n := range p {
		n.say(b, t)
	}
}

func (c choice) say(b *strings.Builder, t *talk) { pick(t.d, c).say(b, t) }

func (s slot) say(b *strings.Builder, t *talk) {
	if w, ok := t.word(string(s)); ok {
		b.WriteString(w)
		return
	}
	t.fresh(string(s)).say(b, t)
}

// loadLibrary parses the embedded texts: en.txt, en-bank.txt and so on all
// belong to en.
func loadLibrary() (*library, error) {
	lib := &library{langs: map[string]*grammar{}}
	files, err := textFiles.ReadDir("texts")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		text, err := textFiles.ReadFile(path.Join("texts", f.Name()))
		if err != nil {
			return nil, err
		}
		lang := f.Name()[:2]
		if lib.langs[lang] == nil {
			lib.langs[lang] = &grammar{sections: map[string][]node{}, words: map[string][]string{}}
		}
		if err := lib.langs[lang].parse(string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
	}
	return lib, nil
}

func (g *grammar) parse(text string) error {
	section := ""
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		default:
			n, rest, err := parsePhrase(line, "")
			if err != nil || rest != "" || section == "" {
				return fmt.Errorf("line %d: not understood", i+1)
			}
			g.sections[section] = append(g.sections[section], n)
			g.words[section] = append(g.words[section], line)
		}
	}
	return nil
}

// parsePhrase reads up to one of the stop characters, which it leaves.
func parsePhrase(s, stop string) (phrase, string, error) {
	var p phrase
	for s != "" {
		at := strings.IndexAny(s, "{("+stop)
		if at < 0 {
			return append(p, literal(s)), "", nil
		}
		if at > 0 {
			p = append(p, literal(s[:at]))
			s = s[at:]
		}
		switch {
		case s[0] == '{':
			name, rest, ok := strings.Cut(s[1:], "}")
			if !ok {
				return nil, "", fmt.Errorf("open brace")
			}
			p, s = append(p, slot(name)), rest
		case s[0] == '(':
			c, rest, err := parseChoice(s[1:])
			if err != nil {
				return nil, "", err
			}
			p, s = append(p, c), rest
		default:
			return p, s, nil
		}
	}
	return p, "", nil
}

func parseChoice(s string) (choice, string, error) {
	var c choice
	for {
		p, rest, err := parsePhrase(s, "|)")
		if err != nil || rest == "" {
			return nil, "", fmt.Errorf("open bracket")
		}
		c = append(c, p)
		if rest[0] == ')' {
			return c, rest[1:], nil
		}
		s = rest[1:]
	}
}

// talk is one caller talking.
type talk struct {
	d     *dice
	g     *grammar
	trade string
	who   person
	used  map[said]bool
	made  map[string]string
	cards []Card // that he has said
}

// said is an alternative of a section.
type said struct {
	section string
	n       int
}

// fresh picks an alternative of a section, if it can one not said before.
func (t *talk) fresh(name string) node {
	list := t.g.sections[t.trade+"."+name]
	key := t.trade + "." + name
	if list == nil {
		list, key = t.g.sections[name], name
	}
	if list == nil {
		return literal("")
	}
	for range 4 {
		i := t.d.n(len(list))
		k := said{key, i}
		if !t.used[k] {
			t.used[k] = true
			return list[i]
		}
	}
	return pick(t.d, list)
}

// compose says one message of a shape, as a section name.
func (t *talk) compose(shape string) string {
	var b strings.Builder
	t.fresh(shape).say(&b, t)
	return tidy(b.String())
}

// tidier closes gaps before marks and removes doubled ones; the last is
// "3 p.m." at the end of a sentence.
var tidier = strings.NewReplacer(" ,", ",", " .", ".", " ?", "?", " !", "!", ",,", ",", ",.", ".", ".m..", ".m.")

// tidy removes what empty alternatives left behind and begins sentences with
// capital letters.
func tidy(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	s = tidier.Replace(tidier.Replace(s))
	r := []rune(strings.TrimLeft(s, ",. "))
	start := true
	for i, c := range r {
		switch {
		case strings.ContainsRune(".?!", c) && (i+1 == len(r) || r[i+1] == ' '):
			start = true
		case start && c != ' ' && c != '¿' && c != '¡':
			r[i] = []rune(strings.ToUpper(string(c)))[0]
			start = false
		}
	}
	return string(r)
}
