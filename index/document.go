package index

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"afterbeep/index/engine"
	"afterbeep/index/query"
	"afterbeep/index/words"
	"afterbeep/ingest/enrich/numbers"
	"afterbeep/store"
)

// MappingVersion is written into every index. An index with another one is
// rebuilt: raise it with every change to what is indexed or how, the folding
// and cutting of query.Tokens and all of package words included.
const MappingVersion = 7

// The fields that are searched by word.
const fieldText = engine.FieldText

// document returns what fills the document of a voicemail.
func document(v *store.Voicemail) func(*engine.Document) {
	return func(d *engine.Document) {
		d.ID, d.Left, d.Duration = v.ID, micros(v.LeftAt), tenths(lengthOf(v))
		segments := segmentsOf(v)
		addWords(d, segments)
		addNumbers(d, segments, v.Text)
		addParty(d, engine.FieldCaller, v.Caller)
		addParty(d, engine.FieldCalled, v.Called)
		d.Add(engine.FieldBot, v.BotID)
		d.Add(engine.FieldQueue, v.Queue)
		d.Add(engine.FieldAuthor, v.Author.ID)
		d.Add(engine.FieldLang, words.Base(v.Lang))
		d.Add(engine.FieldSession, strings.ToLower(v.SessionID))
		if v.Transcript == store.TranscriptPresent {
			d.Add(engine.FieldHas, engine.HasTranscript)
		}
		for _, r := range v.Recordings {
			if r.Status == store.RecordingSuccess || r.Digest != "" {
				d.Add(engine.FieldHas, engine.HasRecording)
			}
		}
	}
}

// segmentsOf is the text of a voicemail in its pieces, each with the base code
// of its language, which is the voicemail's where it has none of its own.
func segmentsOf(v *store.Voicemail) []store.Segment {
	if len(v.Segments) == 0 {
		return []store.Segment{{Text: v.Text, Lang: words.Base(v.Lang)}}
	}
	out := make([]store.Segment, len(v.Segments))
	for i, s := range v.Segments {
		out[i] = store.Segment{Text: s.Text, Lang: words.Base(cmp.Or(s.Lang, v.Lang))}
	}
	return out
}

// addWords adds what a voicemail is found by when words are asked for. Every
// segment is analysed in its own language. Positions run through all of them:
// where a recogniser cuts says nothing about what was said.
func addWords(d *engine.Document, segments []store.Segment) {
	at, before := uint32(0), words.Term{}
	for _, s := range segments {
		tokens := query.Tokens(s.Text)
		lang := spokenIn(s, tokens, segments)
		for _, t := range words.AnalyseTokens(tokens, lang) {
			d.Place(engine.FieldText, t.Text, at)
			if t.Stem != "" {
				d.Place(engine.FieldStem, t.Stem, at)
			}
			if lang == "" && !t.Digits {
				for _, stem := range words.StemsOfAny(t.Text) {
					d.Place(engine.FieldStem, stem, at)
				}
			}
			for _, part := range t.Parts {
				d.Place(engine.FieldStem, part, at)
			}
			d.Add(engine.FieldSound, t.Sounds...)
			if before.Hot && t.Hot {
				d.Add(engine.FieldPair, pairTerm(before.Text, t.Text))
			}
			at, before = at+1, t
		}
	}
}

// spokenIn is the language of a segment; where none is told, it is guessed from
// the whole text.
func spokenIn(s store.Segment, tokens []query.Token, all []store.Segment) string {
	lang := words.SpokenTokens(s.Lang, tokens)
	if lang == "" && len(all) > 1 {
		var whole strings.Builder
		for _, other := range all {
			whole.WriteString(other.Text)
			whole.WriteByte('\n')
		}
		lang = words.Spoken("", whole.String())
	}
	return lang
}

// numberDigits is how many digits a number has at least that can be called.
const numberDigits = 7

// addNumbers adds the numbers of a text. They may run across the borders of
// segments; where these differ in language, each is read by itself, too.
func addNumbers(d *engine.Document, segments []store.Segment, whole string) {
	lang := segments[0].Lang
	mixed := slices.ContainsFunc(segments, func(s store.Segment) bool { return s.Lang != lang })
	if mixed {
		lang = ""
		for _, s := range segments {
			addRuns(d, numbers.Find(s.Text, s.Lang))
		}
	}
	addRuns(d, numbers.Find(whole, lang))
}

func addRuns(d *engine.Document, runs []numbers.Run) {
	for _, r := range runs {
		addNumber(d, engine.FieldNumber, r)
		if len(r.Digits) >= numberDigits {
			d.Add(engine.FieldHas, engine.HasNumber)
		}
	}
}

func addNumber(d *engine.Document, field engine.Field, r numbers.Run) {
	d.Add(field, numbers.Terms(r)...)
}

// addParty adds who called or was called: the number, and where there are
// letters or no number, what is written.
func addParty(d *engine.Document, field engine.Field, party string) {
	runs := numbers.Find(party, "")
	for _, r := range runs {
		addNumber(d, field, r)
	}
	if len(runs) == 0 || strings.ContainsFunc(party, unicode.IsLetter) {
		d.Add(field, partyTerm(party))
	}
}

// partyTerm is the term of a caller who has no number; "" where nothing is left
// of the name.
func partyTerm(name string) string {
	tokens := query.Tokens(name)
	if len(tokens) == 0 {
		return ""
	}
	parts := make([]string, len(tokens))
	for i, t := range tokens {
		parts[i] = t.Text
	}
	return "@" + strings.Join(parts, " ")
}

// pairTerm is the term of two frequent words side by side.
func pairTerm(first, second string) string { return first + " " + second }

// lengthOf is how long a voicemail is: as the upstream says, else as long as
// the longest of its own recordings that were archived. 0 is not known.
func lengthOf(v *store.Voicemail) time.Duration {
	length := v.Duration
	if length > 0 {
		return length
	}
	for _, r := range v.Recordings {
		if r.Kind == store.RecordingVoicemail {
			length = max(length, r.Duration)
		}
	}
	return length
}

// tenths is a length in tenths of a second; what is known is never 0.
func tenths(length time.Duration) uint32 {
	if length <= 0 {
		return 0
	}
	const tenth = 100 * time.Millisecond
	return uint32(min(max((length+tenth/2)/tenth, 1), math.MaxUint32))
}

func docID(id int64) string { return strconv.FormatInt(id, 10) }

// foldLang brings a language code to its base: "en-US", "EN" and "en" are one.
func foldLang(code string) string { return words.Base(strings.TrimSpace(code)) }

// micros is a time as microseconds since 1970; the zero time comes before all.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return math.MinInt64
	}
	return t.UnixMicro()
}

// fromMicros is the inverse of micros.
func fromMicros(m int64) time.Time {
	if m == math.MinInt64 {
		return time.Time{}
	}
	return time.UnixMicro(m).UTC()
}
