package index

import (
	"math"
	"strconv"
	"strings"
	"time"

	"afterbeep/index/engine"
	"afterbeep/index/words"
	"afterbeep/store"
)

// MappingVersion is written into every index. An index with another one is
// rebuilt: raise it with every change to what is indexed or how, the folding
// and cutting of query.Tokens and all of package words included.
const MappingVersion = 2

// The fields that are searched by word.
const fieldText = engine.FieldText

// document returns what fills the document of a voicemail.
func document(v *store.Voicemail) func(*engine.Document) {
	return func(d *engine.Document) {
		d.ID, d.Left, d.Duration = v.ID, micros(v.LeftAt), tenths(lengthOf(v))
		addText(d, v)
		d.Add(engine.FieldBot, v.BotID)
		d.Add(engine.FieldQueue, v.Queue)
		d.Add(engine.FieldAuthor, v.Author.ID)
		d.Add(engine.FieldLang, words.Base(v.Lang))
		d.Add(engine.FieldSession, v.SessionID)
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

// addText adds what a voicemail is found by when words are asked for. Every
// segment is analysed in its own language. Positions run through all of them:
// where a recogniser cuts says nothing about what was said.
func addText(d *engine.Document, v *store.Voicemail) {
	segments := v.Segments
	if len(segments) == 0 {
		segments = []store.Segment{{Text: v.Text}}
	}
	at, before := uint32(0), words.Term{}
	for _, s := range segments {
		lang := s.Lang
		if lang == "" {
			lang = v.Lang
		}
		for _, t := range words.Analyse(s.Text, lang) {
			d.Place(engine.FieldText, t.Text, at)
			if t.Stem != "" {
				d.Place(engine.FieldStem, t.Stem, at)
			}
			d.Add(engine.FieldSound, t.Sounds...)
			if before.Hot && t.Hot {
				d.Add(engine.FieldPair, pairTerm(before.Text, t.Text))
			}
			at, before = at+1, t
		}
	}
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
