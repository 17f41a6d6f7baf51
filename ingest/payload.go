package ingest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"afterbeep/ingest/enrich/cards"
	"afterbeep/ingest/kore"
)

// maskPayload masks cards in a reply's body, a JSON document: in every text of
// it and in numbers, wherever they stand. said are the texts of segments that
// were masked, with what they became; those become the same here, also where
// they stand again or within others. Texts of the same place in the elements of
// a list are read together, as segments are. All other bytes stay as they are,
// and keys in their order. Ids and links are left alone.
func maskPayload(body []byte, said map[string]string, lang string) []byte {
	leaves := leavesOf(body)
	maskLeaves(leaves, said, lang)
	var out bytes.Buffer
	done := 0
	for _, l := range leaves {
		if l.masked == l.text {
			continue
		}
		out.Write(body[done:l.start])
		out.Write(quoted(l.masked))
		done = l.end
	}
	if done == 0 {
		return body
	}
	out.Write(body[done:])
	return out.Bytes()
}

// quoted is a text as a JSON literal.
func quoted(text string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		return []byte(`""`) // not reached: a string always encodes
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// leaf is a text or a number in a document.
type leaf struct {
	start, end int    // where its literal stands, quotes included
	place      int    // the same for the same keys on the way to it
	number     bool   // it is no text, and read alone
	text       string // what it says
	masked     string
}

// longEnough is from how many bytes on a text that was masked is looked for
// within others.
const longEnough = 12

// maskLeaves fills in what each leaf becomes.
func maskLeaves(leaves []leaf, said map[string]string, lang string) {
	within := replacements(said)
	inside := strings.NewReplacer(within...)
	places := map[int][]int{}
	for i := range leaves {
		l := &leaves[i]
		masked, known := said[l.text]
		switch {
		case known:
			l.masked = masked
		case l.number:
			l.masked = cards.MaskText(l.text, lang)
		default:
			l.masked = l.text
			if len(within) > 0 {
				l.masked = inside.Replace(l.text)
			}
			places[l.place] = append(places[l.place], i)
		}
	}
	for _, at := range places {
		texts, langs := make([]string, len(at)), make([]string, len(at))
		for i, n := range at {
			texts[i], langs[i] = leaves[n].masked, lang
		}
		for i, masked := range cards.Mask(texts, langs) {
			leaves[at[i]].masked = masked
		}
	}
}

// replacements are the texts to look for within others and what they become, the
// longest first: of two that begin at the same place the first is replaced, and
// a part of a card must not be.
func replacements(said map[string]string) []string {
	texts := slices.SortedFunc(maps.Keys(said), func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	var pairs []string
	for _, text := range texts {
		if len(text) >= longEnough {
			pairs = append(pairs, text, said[text])
		}
	}
	return pairs
}

// untouched are the keys under which ids, links and times stand.
var untouched = regexp.MustCompile(`^_?(id|ID|Id)$|[a-z](Id|ID|_id)s?$|(?i)ur[il]$|^(file[_ ]?name|_*l?modified_?on_*|_*created_?on_*|time_?stamp(_?value)?)$`)

// leavesOf finds the texts and numbers in a document that may be masked, in
// order. Of what is no document it finds what it can.
func leavesOf(body []byte) []leaf {
	s := leafScanner{body: body, places: map[place]int{}, names: map[string]bool{}}
	for s.at < len(body) {
		s.next()
	}
	return s.leaves
}

// place is a key below another place.
type place struct {
	above int
	key   string
}

// level is an object or a list that is open.
type level struct {
	object bool
	place  int
	wants  bool // a key comes next
	key    string
}

type leafScanner struct {
	body   []byte
	at     int
	open   []level
	places map[place]int
	names  map[string]bool // whether a key is one of the untouched
	leaves []leaf
}

// top is the innermost object or list that is open.
func (s *leafScanner) top() *level {
	if len(s.open) == 0 {
		s.open = append(s.open, level{})
	}
	return &s.open[len(s.open)-1]
}

// placeOf is the place of a value that stands here.
func (s *leafScanner) placeOf(l *level) int {
	if !l.object {
		return l.place
	}
	p := place{l.place, l.key}
	n, ok := s.places[p]
	if !ok {
		n = 1 + len(s.places)
		s.places[p] = n
	}
	return n
}

// next reads one token.
func (s *leafScanner) next() {
	top := s.top()
	switch b := s.body[s.at]; {
	case b == '"':
		s.literal(top)
		return
	case b == '{' || b == '[':
		s.open = append(s.open, level{object: b == '{', place: s.placeOf(top), wants: b == '{', key: top.key})
	case b == '}' || b == ']':
		s.open = s.open[:len(s.open)-1]
	case b == ',':
		top.wants = top.object
	case b == '-' || '0' <= b && b <= '9':
		s.number(top)
		return
	}
	s.at++
}

// keep reports whether what stands under a key is left alone.
func (s *leafScanner) keep(key string) bool {
	kept, known := s.names[key]
	if !known {
		kept = untouched.MatchString(key)
		s.names[key] = kept
	}
	return kept
}

func (s *leafScanner) literal(top *level) {
	start := s.at
	s.at += kore.LiteralEnd(s.body[start:])
	literal := s.body[start:s.at]
	text, plain := plainLiteral(literal)
	if !plain && json.Unmarshal(literal, &text) != nil {
		return
	}
	text = strings.ReplaceAll(text, "\x00", "") // as it is read
	if top.wants {
		top.key, top.wants = text, false
		return
	}
	if text != "" && !s.keep(top.key) {
		s.leaves = append(s.leaves, leaf{start: start, end: s.at, place: s.placeOf(top), text: text})
	}
}

// plainLiteral reads a literal without escapes; false where it may have some.
func plainLiteral(literal []byte) (string, bool) {
	if len(literal) < 2 || literal[len(literal)-1] != '"' {
		return "", false
	}
	inner := literal[1 : len(literal)-1]
	for _, b := range inner {
		if b == '\\' || b >= 0x80 || b < 0x20 {
			return "", false
		}
	}
	return string(inner), true
}

// number reads a number. A leaf is one that is read as a text, and one with as
// many digits as a card may have.
func (s *leafScanner) number(top *level) {
	start := s.at
	for s.at < len(s.body) && bytes.IndexByte([]byte("+-.eE0123456789"), s.body[s.at]) >= 0 {
		s.at++
	}
	literal := string(s.body[start:s.at])
	spoken := strings.EqualFold(top.key, "text")
	if strings.Trim(literal, "0123456789") == "" && (spoken || len(literal) >= 12 && len(literal) <= 64 && !s.keep(top.key)) {
		s.leaves = append(s.leaves, leaf{start: start, end: s.at, place: s.placeOf(top), number: true, text: literal})
	}
}
