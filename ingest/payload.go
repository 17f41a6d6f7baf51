package ingest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"html"
	"maps"
	"math/big"
	"net/url"
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
// a list are read together, as segments are. Keys, links and names of files are
// masked too, each by itself. All other bytes stay as they are, and keys in their
// order. Left alone are times, and the ids of the bot, the session, a message and
// its components, which tell what the reply is of.
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
	start, end int  // where its literal stands, quotes included
	place      int  // the same for the same keys on the way to it
	alone      bool // it is read alone: no text, or one that is no speech
	link       bool
	list       int    // the list of numbers that it is in, 0 for none
	text       string // what it says
	masked     string
}

// longEnough is from how many bytes on a text that was masked is looked for
// within others.
const longEnough = 12

// maskLeaves fills in what each leaf becomes.
func maskLeaves(leaves []leaf, said map[string]string, lang string) {
	within := replacements(said)
	places, lists := map[int][]int{}, map[int][]int{}
	for i := range leaves {
		l := &leaves[i]
		masked, known := said[l.text]
		switch {
		case known:
			l.masked = masked
		case l.list > 0:
			l.masked = maskAlone(l.text)
			lists[l.list] = append(lists[l.list], i)
		case l.link:
			l.masked = maskLink(l.text)
		case l.alone:
			l.masked = maskAlone(l.text)
		default:
			l.masked = replaced(l.text, within)
			places[l.place] = append(places[l.place], i)
		}
	}
	for _, at := range lists {
		maskList(leaves, at)
	}
	for _, at := range places {
		texts, langs := make([]string, len(at)), make([]string, len(at))
		for i, n := range at {
			texts[i], langs[i] = leaves[n].masked, lang
		}
		for i, masked := range cards.Mask(texts, langs) {
			leaves[at[i]].masked = maskMarkup(masked, lang)
		}
	}
}

// What a list of numbers has that together are a card: a digit each, or groups.
const (
	fewestListed, mostListed = 2, 19
	longestListed            = 13 // digits of a number
)

// maskList masks the numbers of a list that are one card together, and nothing else.
func maskList(leaves []leaf, at []int) {
	if len(at) < fewestListed || len(at) > mostListed {
		return
	}
	texts := make([]string, len(at))
	for i, n := range at {
		texts[i] = leaves[n].text
	}
	masked := cards.MaskText(strings.Join(texts, ", "), "")
	if !aCard.MatchString(masked) {
		return
	}
	for _, n := range at {
		leaves[n].masked = masked
	}
}

var aCard = regexp.MustCompile(`^\[card ending \d{4}\]$`)

var markup = regexp.MustCompile(`<[^<>]*>`)

// mostMarked is how often marks and characters written as HTML may stand for each other.
const mostMarked = 3

// maskMarkup masks what is a card without the marks in it and with the characters
// that HTML writes in another way, which go with it.
func maskMarkup(text, lang string) string {
	plain := text
	for range mostMarked {
		next := html.UnescapeString(markup.ReplaceAllString(plain, ""))
		if next == plain {
			break
		}
		plain = next
	}
	if plain == text {
		return text
	}
	if masked := cards.MaskText(plain, lang); masked != plain {
		return masked
	}
	return text
}

// mostWithin bounds for how many texts others are looked through, one by one.
const mostWithin = 100

// replaced is a text with what within says in it. Each search is linear: a replacer
// of one pair, for a text that nearly repeats itself, is not.
func replaced(text string, within []string) string {
	for i := 0; i+1 < len(within); i += 2 {
		text = strings.ReplaceAll(text, within[i], within[i+1])
	}
	return text
}

// replacements are the texts to look for within others and what they become, the
// longest first, since a part of a card must not be replaced alone; the longest
// mostWithin of them. What is not among them is still masked as what it is.
func replacements(said map[string]string) []string {
	texts := slices.SortedFunc(maps.Keys(said), func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	var pairs []string
	for _, text := range texts {
		if len(text) >= longEnough && len(pairs) < 2*mostWithin {
			pairs = append(pairs, text, said[text])
		}
	}
	return pairs
}

// What stands under a key, where it is not speech.
var (
	idKey   = regexp.MustCompile(`(?i)^_*(id|(bot|stream|session)[_ ]?id)$`)
	fileKey = regexp.MustCompile(`(?i)^(file[_ ]?)?name$|ur[il]$`)
	timeKey = regexp.MustCompile(`(?i)^(_*l?modified_?on_*|_*created_?on_*|time_?stamp(_?value)?)$`)
	// notTime is longer than every time that is read from digits alone.
	notTime = regexp.MustCompile(`^[0-9][0-9 .-]{13,}[0-9]$`)
	aLink   = regexp.MustCompile(`(?i)^[a-z][a-z0-9+.-]*://`)
)

// maskLink masks a link as it stands and as it is meant: its path, its query and
// its fragment may be escaped.
func maskLink(link string) string {
	link = maskAlone(link)
	u, err := url.Parse(link)
	if err != nil {
		return link
	}
	was := *u
	if path := maskAlone(u.Path); path != u.Path {
		u.Path, u.RawPath = path, ""
	}
	if fragment := maskAlone(u.Fragment); fragment != u.Fragment {
		u.Fragment, u.RawFragment = fragment, ""
	}
	u.RawQuery = maskQuery(u.RawQuery)
	if *u == was {
		return link
	}
	return u.String()
}

// maskQuery masks each part of a query as it is meant; the others stay as they are.
func maskQuery(query string) string {
	parts := strings.FieldsFunc(query, func(r rune) bool { return r == '&' || r == ';' })
	changed := false
	for i, part := range parts {
		plain, err := url.QueryUnescape(part)
		if err != nil {
			continue
		}
		if masked := maskAlone(plain); masked != plain {
			key, value, valued := strings.Cut(masked, "=")
			if parts[i], changed = url.QueryEscape(key), true; valued {
				parts[i] += "=" + url.QueryEscape(value)
			}
		}
	}
	if !changed {
		return query
	}
	return strings.Join(parts, "&")
}

// leavesOf finds the texts and numbers in a document that may be masked, in
// order. Of what is no document it finds what it can.
func leavesOf(body []byte) []leaf {
	s := leafScanner{body: body, places: map[place]int{}, kinds: map[string]kind{}}
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
	wants  bool   // a key comes next
	of     string // the key of the object itself
	key    string
	list   int // by which the list is known
}

// kind is what stands under a key.
type kind int

const (
	speech kind = iota
	ident       // left alone
	file        // read alone
	moment      // left alone where it can be one
)

func underKey(key string) kind {
	switch {
	case idKey.MatchString(key):
		return ident
	case fileKey.MatchString(key):
		return file
	case timeKey.MatchString(key):
		return moment
	}
	return speech
}

type leafScanner struct {
	body   []byte
	at     int
	open   []level
	places map[place]int
	kinds  map[string]kind
	lists  int // that were opened
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
		s.lists++
		s.open = append(s.open, level{object: b == '{', place: s.placeOf(top), wants: b == '{', of: top.key, key: top.key, list: s.lists})
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

// kind is what stands here. An author's id says who has spoken, and not which
// message it is.
func (s *leafScanner) kind(l *level) kind {
	k, known := s.kinds[l.key]
	if !known {
		k = underKey(l.key)
		s.kinds[l.key] = k
	}
	if k == ident && l.object && strings.EqualFold(l.of, "author") {
		return speech
	}
	return k
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
	l := leaf{start: start, end: s.at, text: text}
	if top.wants {
		top.key, top.wants = text, false
		l.alone = true
		s.leaves = append(s.leaves, l)
		return
	}
	k := s.kind(top)
	if text == "" || k == ident || k == moment && !notTime.MatchString(text) {
		return
	}
	l.link = aLink.MatchString(text)
	l.alone = k != speech || l.link
	l.place = s.placeOf(top)
	s.leaves = append(s.leaves, l)
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
// many digits as a card may have, however it is written.
func (s *leafScanner) number(top *level) {
	start := s.at
	for s.at < len(s.body) && bytes.IndexByte([]byte("+-.eE0123456789"), s.body[s.at]) >= 0 {
		s.at++
	}
	text := whole(string(s.body[start:s.at]))
	k := s.kind(top)
	listed := !top.object && top.list > 0 && len(text) <= longestListed
	if text == "" || !strings.EqualFold(top.key, "text") && len(text) < 12 && !listed || k == ident || k == moment && !notTime.MatchString(text) {
		return
	}
	l := leaf{start: start, end: s.at, alone: true, text: text}
	if listed {
		l.list = top.list
	}
	s.leaves = append(s.leaves, l)
}

// whole is the digits of a number without a fraction, "" of one that has far more
// than a card, or is none.
func whole(literal string) string {
	literal = strings.TrimPrefix(literal, "-")
	if len(literal) > 64 {
		return ""
	}
	if strings.Trim(literal, "0123456789") == "" {
		return literal
	}
	n, _, err := big.ParseFloat(literal, 10, 128, big.ToNearestEven)
	if err != nil || !n.IsInt() || n.MantExp(nil) > 128 {
		return ""
	}
	return n.Text('f', 0)
}
