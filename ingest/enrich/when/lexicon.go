package when

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"afterbeep/ingest/enrich/langcode"
	"afterbeep/ingest/enrich/word"
)

// kind is what a word or phrase does in the words for a time.
type kind uint8

const (
	nothing  kind = iota
	greeting      // "good morning": no time at all
	bound         // a preposition; the value is a bound
	day           // the value is in how many days
	weekday       // from Sunday, 0
	part          // of a day; the value is an index of partHours
	tail          // the same, behind a day only: "tomorrow morning"
	week          // the next one; the value 0 is this one
	weekend       // where something is before or after it
	month         // 1 to 12, as "march"
	ordinal       // "the twentieth"
	hours         // "o'clock": makes a number a time of the day
	am
	pm
	half    // "half past" three; where it says the hour to come, as German has it, toHalf
	toHalf  //
	past    // "quarter past" three: minutes after it
	to      // "quarter to" three: minutes before it
	minutes // behind the hour: "y media"
	clock   // by itself: "noon"; the value is in minutes of the day
	counted // what numbers count that are no times: "minutes", "days"
	within  // "in" two hours
	link    // between the parts of a time: "the", "at"
	over    // makes what is beside it a thing of the past: "last", "ago"
)

// bounds say which end of a time is asked for.
const (
	at      = iota // its beginning, of an hour
	on             // the same, of a day
	from           // the same, and it goes on
	until          // its end
	since          // it is over
	of             // it belongs to a thing: "from Monday's bill"
	between        // two
)

// parts of a day, and the hours at which they begin and end.
const (
	morning = iota
	noonish
	afternoon
	evening
	night
	endOfDay
	wholeDay
)

var partHours = [...][2]int{morning: {8, 12}, noonish: {12, 14}, afternoon: {13, 18}, evening: {18, 22}, night: {20, 23}, endOfDay: {17, 17}, wholeDay: {8, 17}}

// sense is one meaning of a phrase.
type sense struct {
	kind  kind
	value int
}

// language is what is known of one.
type language struct {
	phrases word.Phrases[sense]
	numbers word.Index[int]
	and     string // between tens and units: "treinta y cinco"
	// needsHours says that a number is no time without a word for hours.
	needsHours bool
	// tenAnd says that seventeen to nineteen are ten and a unit.
	tenAnd bool
	// joined are words of a weekday and a part of the day, and how long the first is.
	joined map[string]int
	// needsArticle says that a number is one only behind "las".
	needsArticle bool

	// Words that stand around times: those of calling ask for the time, the
	// others speak of it. They are matched at the beginning of a word.
	calling, good, told, events, reasons, leaving word.Set
}

// languages are made once.
var languages = sync.OnceValue(func() map[string]*language {
	all := map[string]*language{}
	for code, d := range map[string]lexicon{"en": english, "es": spanish, "fr": french, "de": german} {
		all[code] = d.compile()
	}
	return all
})

// languageOf returns a language by its code, nil for one that is not known.
func languageOf(lang string) *language { return languages()[langcode.Base(lang)] }

// lexicon is a language as data: phrases separated by "|".
type lexicon struct {
	phrases                                       map[sense]string
	numbers                                       string // from 0 on
	tens                                          string // twenty to fifty
	weekdays                                      string // from Sunday; "/" between two names of one
	months                                        string
	joins                                         string // parts of the day that are written with the weekday
	ordinals                                      string // from the first on
	and                                           string
	needsHours, needsArticle, unitsFirst, tenAnd  bool
	calling, good, told, events, reasons, leaving string
}

func (d lexicon) compile() *language {
	l := &language{
		and: d.and, needsHours: d.needsHours, tenAnd: d.tenAnd, needsArticle: d.needsArticle,
		calling: word.NewSet(d.calling), good: word.NewSet(d.good), told: word.NewSet(d.told),
		events: word.NewSet(d.events), reasons: word.NewSet(d.reasons), leaving: word.NewSet(d.leaving),
	}
	for s, phrases := range d.phrases {
		l.phrases.Add(s, phrases)
	}
	each := func(list string, add func(i int, name string)) {
		for i, names := range strings.Split(list, "|") {
			for name := range strings.SplitSeq(names, "/") {
				add(i, name)
			}
		}
	}
	each(d.weekdays, func(i int, name string) { l.phrases.Add(sense{weekday, i}, name) })
	if d.joins != "" {
		l.joined = map[string]int{}
		each(d.weekdays, func(_ int, name string) {
			each(d.joins, func(_ int, part string) { l.joined[name+part] = len(name) })
		})
	}
	each(d.months, func(i int, name string) { l.phrases.Add(sense{month, i + 1}, name) })
	each(d.numbers, func(i int, name string) { l.numbers.Put(name, i) })
	if d.ordinals != "" {
		each(d.ordinals, func(i int, name string) { l.phrases.Add(sense{ordinal, i + 1}, name) })
	}
	each(d.tens, func(i int, tens string) {
		l.numbers.Put(tens, 20+10*i)
		if !d.unitsFirst {
			return
		}
		for unit, n := range unitsFirst {
			l.numbers.Put(unit+"und"+tens, 20+10*i+n)
		}
	})
	return l
}

// parted parts words that are a weekday and a part of the day: "Samstagvormittag". It
// leaves the words that it was given as they are.
func (l *language) parted(words []word.Word) []word.Word {
	words = slices.Clip(words) // so that the first that is parted makes a copy
	for i := len(words) - 1; i >= 0 && l.joined != nil; i-- {
		w := words[i]
		n := l.joined[w.Plain]
		if n == 0 || w.End-w.Start != len(w.Plain) { // letters that fold to two
			continue
		}
		head, rest := w, w
		head.End, head.Plain = w.Start+n, w.Plain[:n]
		rest.Start, rest.Plain, rest.Mark, rest.Glued = head.End, w.Plain[n:], 0, false
		words = slices.Replace(words, i, i+1, head, rest)
	}
	return words
}

// unitsFirst are German's units as they stand before tens.
var unitsFirst = map[string]int{"ein": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "funf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9}

// articles are words for one that mostly count nothing.
var articles = map[string]bool{"ein": true, "un": true, "uno": true, "une": true}

// number reads a number below 60 in words or digits at i.
func (l *language) number(words []word.Word, i int) (value, n int) {
	if w := &words[i]; w.Number {
		v, err := strconv.Atoi(w.Plain)
		if err != nil || len(w.Plain) > 2 || v > 59 {
			return 0, 0
		}
		return v, 1
	}
	v, ok := l.numbers.Get(words[i].Plain)
	if !ok {
		return 0, 0
	}
	n = 1
	j := i + 1
	if v == 10 && l.tenAnd && j < len(words) { // "dix-sept"
		if unit, _ := l.numbers.Get(words[j].Plain); unit >= 7 && unit <= 9 {
			return v + unit, 2
		}
	}
	if v < 20 || v%10 != 0 {
		return v, n
	}
	if l.and != "" && j < len(words) && words[j].Plain == l.and {
		j++
	}
	if j < len(words) && words[j].Mark < word.Comma && !words[j].Number {
		if unit, ok := l.numbers.Get(words[j].Plain); ok && 0 < unit && unit < 10 {
			return v + unit, j + 1 - i
		}
	}
	return v, n
}
