// Package about reads out of a message what it is about: who calls, as said, the
// sentence that matters most, and how urgent it is, with the reasons in plain
// words. It reads English, Spanish, French and German.
//
// Names stand behind the words with which people introduce themselves, before
// those that stand behind one ("speaking", "here"), or in a sentence of their own. The sentence
// that matters is what is left of a message without greetings, names, numbers and
// the request itself: of these pieces the one that says most. Urgency follows from
// phrases; one that is denied ("it's not urgent") does not count.
//
// It is pure: it reads no clock, and everything is safe for concurrent use. It
// takes any bytes.
package about

import (
	"slices"
	"strings"
	"sync"

	"afterbeep/ingest/enrich/langcode"
	"afterbeep/ingest/enrich/numbers"
	"afterbeep/ingest/enrich/word"
)

// Version is raised with every change that may change a reading.
const Version = 7

// Options are what else was found in the message.
type Options struct {
	Asks    []numbers.Span // the words that ask for a call
	Numbers []numbers.Span // the words of numbers
	Times   []numbers.Span // the words that say when a call is wanted
}

// Gist is what a message is about.
type Gist struct {
	// Name is who calls, as said, with capital letters where the text has none;
	// "" where nobody is named.
	Name string
	// Matters is the piece of the text that matters most; empty where there is
	// none.
	Matters numbers.Span
	// Urgency is 0 for most, 1 for what should go first and 2 for what can't
	// wait. Reasons say why, the weightiest first.
	Urgency int
	Reasons []string
}

// Read reads the text of a message in the language that lang names ("en",
// "en-US"). Of a language that is not known nothing is read but names in a
// sentence of their own, and the longest sentence.
func Read(text, lang string, o Options) Gist { return ReadWords(text, word.Cut(text), lang, o) }

// ReadWords is Read for a text of which words is what word.Cut returns. It changes
// none of them.
func ReadWords(text string, words []word.Word, lang string, o Options) Gist {
	l := languageOf(lang)
	m := message{l: l, text: text, words: words}
	m.joinTitles()
	m.weigh()
	m.mark(o)
	var g Gist
	var from, to int
	g.Name, from, to = m.name()
	g.Name = m.l.written(g.Name)
	for i := from; i < to; i++ {
		m.marks[i] |= aside
	}
	g.Matters = m.matters()
	g.Urgency, g.Reasons = m.urgency()
	return g
}

// message is the text that is read.
type message struct {
	l     *language
	text  string
	words []word.Word
	marks []mark // of each word
	signs []said // of the words from each one on
	cased bool   // the text has capital letters where they belong
}

// maxShortened is how many letters a title has at most that a dot shortens.
const maxShortened = 4

// joinTitles takes the dot of a title that is shortened for no end of a sentence:
// "This is Mr. Okafor". It leaves the words that it was given as they are.
func (m *message) joinTitles() {
	given := true
	for i := 1; i < len(m.words); i++ {
		title, w := m.words[i-1], m.words[i]
		if w.Mark != word.Stop || len(title.Plain) > maxShortened || !m.l.titles.Has(title.Plain) || strings.TrimRight(m.text[title.End:w.Start], " ") != "." {
			continue
		}
		if given {
			m.words, given = slices.Clone(m.words), false
		}
		m.words[i].Mark = word.None
	}
}

// said is what the words from a place on say of the piece that they stand in.
type said struct {
	sign  sign
	words int8 // of the sign
	topic bool // it is said behind them what the message is about
}

// weigh notes what each word begins that tells whether a piece matters.
func (m *message) weigh() {
	m.signs = make([]said, len(m.words))
	for i := range m.words {
		s, n := m.l.weighs.At(m.words, i)
		_, topic := m.l.topics.At(m.words, i)
		m.signs[i] = said{s, int8(n), topic > 0}
	}
}

// weighs is the sign that begins at a word, and how many words it has.
func (m *message) weighs(i int) (sign, int) { return m.signs[i].sign, int(m.signs[i].words) }

// topic reports whether it is said behind what begins at a word what the message is about.
func (m *message) topic(i int) bool { return m.signs[i].topic }

// mark is what is known of a word.
type mark uint8

const (
	aside   mark = 1 << iota // says nothing of what it is about
	number                   // part of a number
	begins                   // the first word of a greeting, thanks and the like
	common                   // a word that says little
	capital                  // begins with a capital letter
	asked                    // part of the words that ask for a call
	timed                    // part of the words that say when
)

// mark notes what is known of each word.
func (m *message) mark(o Options) {
	m.marks = make([]mark, len(m.words))
	capitals := 0
	for i := 0; i < len(m.words); i++ {
		w := &m.words[i]
		if m.l.common.Has(w.Plain) {
			m.marks[i] |= common
		}
		if isCapital(m.text[w.Start:w.End]) {
			m.marks[i] |= capital
			if capitals++; i > 0 && w.Mark < word.Stop {
				m.cased = true
			}
		}
	}
	m.cased = m.cased && capitals*2 < len(m.words)+8
	for i := 0; i < len(m.words); {
		_, n := m.l.asides.At(m.words, i)
		for j := range n {
			m.marks[i+j] |= aside
		}
		i += max(n, 1)
	}
	for i := 0; i < len(m.words); i++ {
		if letters, end := m.spelled(i); letters != "" {
			for ; i < end; i++ {
				m.marks[i] |= aside
			}
		}
	}
	m.put(o.Numbers, number|aside)
	for _, s := range o.Asks {
		m.put(m.asking(s), aside|asked)
	}
	m.put(o.Times, aside|timed)
}

// put marks the words of spans.
func (m *message) put(spans []numbers.Span, mk mark) {
	for _, s := range spans {
		for i := range m.words {
			if m.words[i].Start >= s.Start && m.words[i].End <= s.End {
				m.marks[i] |= mk
			}
		}
	}
}

// language is what is known of one.
type language struct {
	intros  word.Phrases[intro] // behind which a name stands
	asides  word.Phrases[bool]  // greetings, thanks: what a message is not about
	behind  word.Phrases[bool]  // what stands behind a name and nowhere else: "speaking"
	after   word.Phrases[bool]  // what may stand behind a name: "from"
	topics  word.Phrases[bool]  // behind which it is said what it is about
	weighs  word.Phrases[sign]  // what else tells whether a piece says it
	urgent  word.Phrases[reason]
	soft    word.Phrases[bool] // what takes urgency back: "no rush"
	titles  word.Set           // "mr", "frau"
	joins   word.Set           // within a name: "de", "van"
	common  word.Set           // words that are no names and say little
	fillers word.Set           // between an introduction and the name
	denies  word.Set           // "not", "no"
	leads   word.Set           // at the beginning of a piece that matters, of which they are no part
	trims   word.Set           // the same, at the end
	breaks  word.Set           // at which a long piece is parted
	holds   word.Set           // behind which it isn't: they need the next word
	// verbLast says that a verb may stand behind all that belongs to it.
	verbLast bool
}

// sign is what a phrase says of the piece that it stands in.
type sign uint8

const (
	why     sign = iota + 1 // it names the reason of the call: "calling about"
	trouble                 // something is wrong, or not there: "never came"
	beside                  // it is about the caller, the time or the line: "sorry about the noise"
)

// intro says how sure a name is behind a phrase.
type intro uint8

const (
	maybe  intro = 1 // "I'm", "it's"
	likely intro = 2 // "this is"
	surely intro = 3 // "my name is"
)

// lexicon is a language as data: phrases and words separated by "|".
type lexicon struct {
	maybe, likely, surely                string
	asides, behind, after, topics, soft  string
	why, trouble, beside                 string
	fillers, leads                       string
	titles, joins, common, denies, trims string
	breaks, holds                        string
	urgent                               map[reason]string
	verbLast                             bool
}

func (d lexicon) compile() *language {
	l := &language{
		verbLast: d.verbLast,
		titles:   word.NewSet(d.titles), joins: word.NewSet(d.joins), common: word.NewSet(d.common),
		denies: word.NewSet(d.denies), fillers: word.NewSet(d.fillers), trims: word.NewSet(d.trims), leads: word.NewSet(d.leads), breaks: word.NewSet(d.breaks), holds: word.NewSet(d.holds),
	}
	l.intros.Add(maybe, d.maybe)
	l.intros.Add(likely, d.likely)
	l.intros.Add(surely, d.surely)
	l.asides.Add(true, d.asides)
	l.behind.Add(true, d.behind)
	l.after.Add(true, d.after)
	l.topics.Add(true, d.topics)
	l.weighs.Add(why, d.why)
	l.weighs.Add(trouble, d.trouble)
	l.weighs.Add(beside, d.beside)
	l.soft.Add(true, d.soft)
	for r, phrases := range d.urgent {
		l.urgent.Add(r, phrases)
	}
	return l
}

// languages are made once.
var languages = sync.OnceValue(func() map[string]*language {
	all := map[string]*language{"": lexicon{}.compile()}
	for code, d := range map[string]lexicon{"en": english, "es": spanish, "fr": french, "de": german} {
		all[code] = d.compile()
	}
	return all
})

// givenNames are made once.
var givenNames = sync.OnceValue(func() word.Set { return word.NewSet(given) })

func languageOf(lang string) *language {
	all := languages()
	if l, ok := all[langcode.Base(lang)]; ok {
		return l
	}
	return all[""]
}
