package numbers

import (
	"slices"
	"strings"
	"sync"
)

// language is a place in the tables. Ties between languages go to the first.
type language int

const (
	english language = iota
	spanish
	french
	german
	languageCount
)

var codes = [languageCount]string{"en", "es", "fr", "de"}

// kind is what a word can be in a number.
type kind uint8

const (
	nothing  kind = iota
	unit          // 0-9
	small         // 10-19
	tens          // 20, 30 ... 90: a unit may follow
	pair          // 21-99 in one word
	big           // 100 and up in one word: what its trailing zeros leave room for may follow
	hundred       // multiplies what stands before
	thousand      // multiplies what stands before
	plural        // digits said as a thing: "three fives"
	repeat        // says how often the next digit comes: "double"
	times         // the same with the count before it, and maybe an article behind: "zwei mal die"
	twin          // the same digit twice in one word
	written       // digits as written
)

// doubt is how surely a word means its digits.
type doubt uint8

const (
	sure  doubt = iota
	loose       // may be something else at the end of a number: "one", "oh"
	weak        // a sound-alike: means a digit only among digits
)

// lexeme is what a word means in one language.
type lexeme struct {
	kind  kind
	doubt doubt
	value int
}

// role is what words between digits are there for.
type role uint8

const (
	filler    role = iota + 1 // nothing
	and                       // joins the parts of a number
	again                     // the end of a number may be said again, or it goes on
	glueWord                  // nothing, but only beside words of the roles below
	hesitate                  // maybe the same as the next
	correct                   // what follows replaces something before
	deny                      // what follows is what was wrong, and then what is right
	restart                   // what follows replaces all before
	plusWord                  // a country code follows
	country                   // the same
	area                      // an area code follows, wherever the rest was said
	rest                      // the rest follows
	extension                 // another number follows
)

// wordID numbers the words of the lexicon: first those that can be part of a
// number in some language, then those that only link.
type wordID uint16

const (
	unknownID  wordID = iota
	writtenID         // of items: digits as written
	compoundID        // of items: a German number in one word, not listed
	firstWordID

	firstLinkID wordID = 1 << 15
)

// maxWord is longer than every word of the lexicon and than every German number
// below a million.
const maxWord = 64

// phrase is one or several words with a role.
type phrase struct {
	words []wordID
	role  role
}

// lexicon knows the words of all languages. It doesn't change once built.
type lexicon struct {
	ids     map[string]wordID
	lengths [26]uint64 // by first letter: bit n says that some word has n letters
	lexemes [][languageCount]lexeme
	sure    []bool                             // by word: it is a number by itself in some language
	phrases [languageCount]map[wordID][]phrase // by first word, longest first
	links   int
}

// words is built on first use and shared from then on.
var words = sync.OnceValue(buildLexicon)

func buildLexicon() *lexicon {
	x := &lexicon{ids: map[string]wordID{}, lexemes: make([][languageCount]lexeme, firstWordID), sure: make([]bool, firstWordID)}
	x.sure[writtenID], x.sure[compoundID] = true, true
	tables := [languageCount]table{englishTable(), spanishTable(), frenchTable(), germanTable()}
	for lang, t := range tables {
		x.addNumbers(language(lang), t)
	}
	for lang, t := range tables {
		x.phrases[lang] = map[wordID][]phrase{}
		for _, l := range append(t.links, common...) {
			x.addLinks(language(lang), l)
		}
		for _, list := range x.phrases[lang] {
			slices.SortStableFunc(list, func(a, b phrase) int { return len(b.words) - len(a.words) })
		}
	}
	return x
}

// table lists the words of one language, folded: values with their words.
// "~" before a word makes it loose, "?" weak.
type table struct {
	units, small, tens       [10]string
	pairs, bigs              map[int]string
	hundred, thousand, times string
	plurals, twins           [10]string
	repeats                  map[int]string
	links                    []link
}

// link lists phrases of a role, separated by "|".
type link struct {
	role    role
	phrases string
}

func (x *lexicon) addNumbers(lang language, t table) {
	for v := range 10 {
		x.addWords(lang, unit, v, t.units[v])
		x.addWords(lang, small, 10+v, t.small[v])
		x.addWords(lang, tens, 10*v, t.tens[v])
		x.addWords(lang, plural, v, t.plurals[v])
		x.addWords(lang, twin, v, t.twins[v])
	}
	for k, list := range map[kind]map[int]string{pair: t.pairs, big: t.bigs, repeat: t.repeats} {
		for v, words := range list {
			x.addWords(lang, k, v, words)
		}
	}
	x.addWords(lang, hundred, 100, t.hundred)
	x.addWords(lang, thousand, 1000, t.thousand)
	x.addWords(lang, times, 0, t.times)
}

func (x *lexicon) addWords(lang language, k kind, value int, list string) {
	for word := range strings.FieldsSeq(list) {
		l := lexeme{kind: k, value: value}
		switch word[0] {
		case '~':
			l.doubt, word = loose, word[1:]
		case '?':
			l.doubt, word = weak, word[1:]
		}
		id, ok := x.ids[word]
		if !ok {
			id = wordID(len(x.lexemes))
			x.lexemes = append(x.lexemes, [languageCount]lexeme{})
			x.sure = append(x.sure, false)
			x.name(word, id)
		}
		if x.lexemes[id][lang].kind == nothing {
			x.lexemes[id][lang] = l
		}
		x.sure[id] = x.sure[id] || l.doubt != weak
	}
}

func (x *lexicon) name(word string, id wordID) {
	x.ids[word] = id
	x.lengths[word[0]-'a'] |= 1 << len(word)
}

func (x *lexicon) addLinks(lang language, l link) {
	for text := range strings.SplitSeq(strings.ReplaceAll(l.phrases, "'", " "), "|") {
		p := phrase{role: l.role}
		for word := range strings.FieldsSeq(text) {
			id, ok := x.ids[word]
			if !ok {
				id = firstLinkID + wordID(x.links)
				x.links++
				x.name(word, id)
			}
			p.words = append(p.words, id)
		}
		x.phrases[lang][p.words[0]] = append(x.phrases[lang][p.words[0]], p)
	}
}

// lexeme returns what a word means in a language.
func (x *lexicon) lexeme(id wordID, lang language) lexeme {
	if int(id) >= len(x.lexemes) {
		return lexeme{}
	}
	return x.lexemes[id][lang]
}

// isSure tells whether a word is a number by itself in some language.
func (x *lexicon) isSure(id wordID) bool { return int(id) < len(x.sure) && x.sure[id] }

// compound reads a German number of hundreds or thousands in one word.
func (x *lexicon) compound(word []byte) (value int, ok bool) {
	s := string(word)
	if !strings.Contains(s, "hundert") && !strings.Contains(s, "tausend") {
		return 0, false
	}
	left, right, isThousands := strings.Cut(s, "tausend")
	if !isThousands {
		return x.below(s, 10_000)
	}
	high, ok := x.below(left, 1000)
	if !ok {
		return 0, false
	}
	low, ok := x.below(strings.TrimPrefix(right, "und"), 1000)
	if right == "" {
		low, ok = 0, true
	}
	return max(high, 1)*1000 + low, ok
}

// below reads a German number without thousands; nothing stands for one.
func (x *lexicon) below(s string, limit int) (value int, ok bool) {
	left, right, isHundreds := strings.Cut(s, "hundert")
	if !isHundreds {
		return x.belowHundred(s)
	}
	high, ok := x.belowHundred(left)
	low, lowOK := x.belowHundred(strings.TrimPrefix(right, "und"))
	if right == "" {
		low, lowOK = 0, true
	}
	value = high*100 + low
	return value, ok && lowOK && value < limit
}

func (x *lexicon) belowHundred(s string) (value int, ok bool) {
	if s == "" {
		return 1, true
	}
	l := x.lexeme(x.ids[s], german)
	switch l.kind {
	case unit, small, tens, pair:
		return l.value, l.value > 0
	}
	return 0, false
}
