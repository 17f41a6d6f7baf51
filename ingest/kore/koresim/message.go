package koresim

import (
	"fmt"
	"strings"
	"unicode"
)

// Speech is timed by its words: people leave about two and a half a second.
const (
	wordsPerSecond = 2.5
	beepSeconds    = .7 // the beep and the breath after it
	tailSeconds    = .6
	silentSeconds  = 3.5
)

// message is what one voicemail session holds.
type message struct {
	lang  string
	queue queue
	opted bool // for a callback, by key
	clips []clip
	cards []Card
}

// clip is one file with its transcription.
type clip struct {
	// parts are the texts of the components; none: nothing was understood.
	parts []string
	// spoken is what is heard, even where no transcription was made.
	spoken  string
	seconds float64
}

// transcript joins the components.
func (c clip) transcript() string { return strings.Join(c.parts, "\n") }

// message works out what a session holds: always the same for the same
// session. It costs some microseconds and is not kept.
func (s *Sim) message(x *session) message {
	d := newDice(x.key, "message", 0)
	m := message{queue: pick(&d, queues), opted: d.chance(.12)}
	who := s.personOf(x)
	m.lang = who.lang
	t := &talk{
		d: &d, g: s.lib.langs[who.lang], trade: m.queue.trade, who: who,
		used: map[said]bool{}, made: map[string]string{},
	}
	if x.spec != nil {
		s.obey(x.spec, t, &m)
		return m
	}
	shape := pick(&d, shapes)
	style := pick(&d, styles)
	if shape == "" {
		m.clips = []clip{{seconds: silentSeconds + 4*d.float()}}
		if d.chance(.3) {
			m.clips[0].spoken = "mm"
		}
		return m
	}
	m.clips = []clip{newClip(&d, recognise(t.compose(shape), style), d.chance(.12))}
	switch n := d.n(100); {
	case n < 3: // called again after the beep, or went on after the tone
		m.clips = append(m.clips, newClip(&d, recognise(t.compose("second"), style), false))
	case n < 4: // a second file that nobody transcribed
		m.clips = append(m.clips, clip{spoken: "mm", seconds: silentSeconds})
	case n < 5: // spoken, but never understood
		m.clips[0].parts = nil
	}
	m.cards = t.cards
	return m
}

// shapes holds each kind of message as often as it comes; "" is silence.
var shapes = []string{
	"message", "message", "message", "message", "message", "message", "message", "message", "message", "message",
	"message", "message", "message", "message", "message", "message", "message", "message", "message", "message",
	"info", "info", "info", "info", "message.angry", "message.angry", "message.angry", "message.thanks", "message.thanks", "ramble", "ramble", "ramble",
	"wrong", "short", "short", "person", "person", "returning", "returning", "",
}

// obey fills m as Add was told.
func (s *Sim) obey(spec *NewVoicemail, t *talk, m *message) {
	for _, q := range queues {
		if spec.Queue != "" && strings.EqualFold(q.name, spec.Queue) {
			m.queue, t.trade = q, q.trade
		}
	}
	if spec.Queue != "" {
		m.queue.name = spec.Queue
	}
	texts := spec.Texts
	if texts == nil {
		texts = []string{t.compose("message")}
	}
	for _, text := range texts {
		c := clip{parts: cut(text, max(spec.Components, 1)), spoken: text, seconds: secondsOf(text)}
		if spec.NoTranscript || text == "" {
			c.parts = nil
		}
		m.clips = append(m.clips, c)
	}
	m.cards = t.cards
}

// newClip is a text as file and transcription.
func newClip(d *dice, text string, inParts bool) clip {
	n := 1
	if inParts {
		n = d.between(2, 3)
	}
	return clip{parts: cut(text, n), spoken: text, seconds: secondsOf(text)}
}

// secondsOf is how long a text takes to say, beep included.
func secondsOf(text string) float64 {
	return beepSeconds + float64(spokenWords(text))/wordsPerSecond + tailSeconds
}

// spokenWords counts words; a written number counts as its digits, which is
// how it is said.
func spokenWords(text string) int {
	n := 0
	for _, w := range strings.Fields(text) {
		digits := 0
		for _, r := range w {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		n += max(digits, 1)
	}
	return n
}

// cut divides a text into at most n parts of about equal numbers of words; at
// one part the text stays as it is.
func cut(text string, n int) []string {
	words := strings.Fields(text)
	if n < 2 || len(words) < 2*n {
		return []string{text}
	}
	var out []string
	for i := range n {
		out = append(out, strings.Join(words[len(words)*i/n:len(words)*(i+1)/n], " "))
	}
	return out
}

// style is how a recogniser writes.
type style int

const (
	punctuated style = iota
	bare             // small letters, no punctuation
	sentences        // capitals and full stops only
)

var styles = []style{punctuated, punctuated, punctuated, punctuated, bare, bare, bare, sentences, sentences}

// recognise writes a text down as a recogniser of that style would. Marks
// inside numbers and words (148.20, quatre-vingt, o'clock) stay.
func recognise(text string, st style) string {
	if st == punctuated {
		return text
	}
	drop := ",;¿¡\"()"
	if st == bare {
		drop += ".?!"
		text = strings.ToLower(text)
	}
	r := []rune(text)
	var b strings.Builder
	for i, c := range r {
		inside := i > 0 && i+1 < len(r) && isWord(r[i-1]) && isWord(r[i+1])
		if strings.ContainsRune(drop, c) && !inside {
			continue
		}
		b.WriteRune(c)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// word is what a slot says about this caller; ok is false for a slot that
// names a section. Who he is and what it is about stay the same all along.
func (t *talk) word(slot string) (string, bool) {
	switch slot {
	case "name", "first", "last", "spelled", "phone", "other", "ref", "street", "city", "house", "booking", "card":
		if have, ok := t.made[slot]; ok && (slot != "phone" || t.d.chance(.5)) {
			return have, true
		}
		w := t.identity(slot)
		t.made[slot] = w
		return w, true
	case "agent":
		name, _, _ := strings.Cut(pick(t.d, agents).name, " ")
		return name, true
	case "amount":
		return t.amount(), true
	case "day":
		return fmt.Sprint(t.d.between(1, 28)), true
	case "year":
		return fmt.Sprint(t.d.between(1941, 2004)), true
	case "few":
		return smallNumber[t.who.lang][t.d.n(6)], true
	case "extension":
		return fmt.Sprint(t.d.between(100, 999)), true
	}
	return "", false
}

// smallNumber are two to seven.
var smallNumber = map[string][]string{
	"en": {"two", "three", "four", "five", "six", "seven"},
	"es": {"dos", "tres", "cuatro", "cinco", "seis", "siete"},
	"fr": {"deux", "trois", "quatre", "cinq", "six", "sept"},
	"de": {"zwei", "drei", "vier", "fünf", "sechs", "sieben"},
}

// testCards are card numbers that payment companies publish for testing.
var testCards = []string{"4111111111111111", "5555555555554444", "4012888888881881", "378282246310005"}

func (t *talk) identity(slot string) string {
	switch slot {
	case "name":
		return t.who.first + " " + t.who.last
	case "first":
		return t.who.first
	case "last":
		return t.who.last
	case "spelled":
		return spell(t.who.last)
	case "phone":
		return sayNumber(t.d, t.who.number, t.who.lang)
	case "other":
		return sayNumber(t.d, lineOf(t.d, t.who.lang), t.who.lang)
	case "ref":
		digits := fmt.Sprintf("%d", t.d.between(1000000, 99999999))
		return sayReference(t.d, digits, t.who.lang)
	case "booking":
		const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
		var out []string
		for range 6 {
			out = append(out, string(letters[t.d.n(len(letters))]))
		}
		return strings.Join(out, pick(t.d, []string{"", " "}))
	case "card":
		c := pick(t.d, testCards)
		said := c[:4] + " " + c[4:8] + " " + c[8:12] + " " + c[12:]
		if t.d.chance(.4) {
			said = sayDigits(t.d, c, t.who.lang)
		}
		t.cards = append(t.cards, Card{Digits: c, Said: said})
		return said
	case "house":
		return fmt.Sprint(t.d.between(2, 980))
	default: // street, city
		return pick(t.d, t.g.words[slot])
	}
}

func (t *talk) amount() string {
	whole, cents := t.d.between(12, 960), pick(t.d, []int{0, 0, 0, 20, 45, 50, 75, 80, 95, 99})
	unit := map[string]string{"en": "dollars", "es": "dólares", "fr": "euros", "de": "Euro"}[t.who.lang]
	switch {
	case t.who.lang == "en" && t.d.chance(.5):
		return fmt.Sprintf("$%d.%02d", whole, cents)
	case cents == 0 || t.who.lang == "es":
		return fmt.Sprintf("%d %s", whole, unit)
	case t.who.lang == "en":
		return fmt.Sprintf("%d %s and %d cents", whole, unit, cents)
	default:
		return fmt.Sprintf("%d %s %02d", whole, unit, cents)
	}
}
