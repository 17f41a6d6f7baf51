package web

import (
	"encoding/json"
	"math"
	"sort"
	"unicode"
	"unicode/utf16"

	"afterbeep/index"
	"afterbeep/store"
)

// The transcripts of the upstream don't say when a word is said. About where is
// told by spreading the words over what is voiced, each as long as it is to say:
// right to a second or two in a message of a minute, and always called "about".

// AboutWord is a word of a transcript and about when it is said. In JSON it is
// [segment, from, to, at].
type AboutWord struct {
	Segment  int     // its place among the voicemail's segments
	From, To int     // in the segment's text, in UTF-16 units as scripts count
	At       float64 // seconds
}

// MarshalJSON writes the word as a list, for there are hundreds of them.
func (w AboutWord) MarshalJSON() ([]byte, error) {
	return json.Marshal([4]float64{float64(w.Segment), float64(w.From), float64(w.To), w.At})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (w *AboutWord) UnmarshalJSON(b []byte) error {
	var a [4]float64
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	*w = AboutWord{Segment: int(a[0]), From: int(a[1]), To: int(a[2]), At: a[3]}
	return nil
}

// AboutMark is a match of what was searched and about when it is said.
type AboutMark struct {
	At   float64 `json:"at"` // seconds
	Text string  `json:"text"`
}

// How much is told of one recording.
const (
	maxAboutWords = 5000
	maxAboutMarks = 100
	maxMarkLong   = 60 // letters
)

// spokenText is a segment that is said in a recording.
type spokenText struct {
	segment int
	excerpt index.Excerpt
}

// saidIn picks what is said in recording n of the voicemail, of all its segments.
// Files and transcriptions come in the same order; where there is not one for
// each, nobody can tell what belongs to which. excerpts are the segments'.
func saidIn(vm store.Voicemail, n int, excerpts []index.Excerpt) []spokenText {
	files, place := 0, -1
	for _, r := range vm.Recordings {
		if r.Kind != store.RecordingVoicemail {
			continue
		}
		if r.N == n {
			place = files
		}
		files++
	}
	if place < 0 {
		return nil // of the call: the message is somewhere in it
	}
	var list []spokenText
	message := -1
	for i, g := range vm.Segments {
		if i == 0 || g.MessageID != vm.Segments[i-1].MessageID {
			message++
		}
		if files == 1 || message == place {
			list = append(list, spokenText{i, excerpts[i]})
		}
	}
	if files > 1 && message+1 != files {
		return nil
	}
	return list
}

// aboutWords spreads the words over what is voiced. It is pure.
func aboutWords(list []spokenText, where []stretch) []AboutWord {
	var words []AboutWord
	var begins []float64 // how much was said before each
	total := 0.0
	for _, s := range list {
		for _, w := range wordsOf(s.excerpt.Text()) {
			if len(words) < maxAboutWords {
				words = append(words, AboutWord{Segment: s.segment, From: w.from, To: w.to})
				begins = append(begins, total)
			}
			total += w.weight
		}
	}
	lasts := 0.0
	for _, s := range where {
		lasts += s.to - s.from
	}
	if total == 0 || lasts == 0 {
		return nil
	}
	i, before := 0, 0.0 // voiced seconds before stretch i
	for k := range words {
		at := begins[k] / total * lasts
		for i+1 < len(where) && at >= before+where[i].to-where[i].from {
			before += where[i].to - where[i].from
			i++
		}
		words[k].At = hundredths(where[i].from + at - before)
	}
	return words
}

// aboutMarks tells where the marks are, given where the words are.
func aboutMarks(list []spokenText, words []AboutWord) []AboutMark {
	marks := []AboutMark{}
	for _, s := range list {
		text := s.excerpt.Text()
		for _, p := range s.excerpt.Places() {
			from := utf16Len(text[:p.From])
			// The last word that begins there or before.
			i := sort.Search(len(words), func(i int) bool {
				w := words[i]
				return w.Segment > s.segment || w.Segment == s.segment && w.From > from
			}) - 1
			if i >= 0 && words[i].Segment == s.segment && len(marks) < maxAboutMarks {
				marks = append(marks, AboutMark{At: words[i].At, Text: cut(text[p.From:p.To], maxMarkLong)})
			}
		}
	}
	return marks
}

// weighed is a word, in UTF-16 units, and how long it is to say, in letters.
type weighed struct {
	from, to int
	weight   float64
}

// How long things are to say, in letters.
const (
	wordWeight  = 1   // beside its letters
	digitWeight = 4   // "7" is "seven"
	signWeight  = 2.5 // of a script whose signs are syllables
)

// wordsOf cuts a text at its spaces, and between signs that are words or
// syllables by themselves.
func wordsOf(text string) []weighed {
	var words []weighed
	at, open := 0, false
	for _, r := range text {
		size := utf16.RuneLen(r)
		if size < 0 {
			size = 1
		}
		switch {
		case unicode.IsSpace(r):
			open = false
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
			words = append(words, weighed{at, at + size, signWeight})
			open = false
		default:
			if !open {
				words = append(words, weighed{from: at, weight: wordWeight})
				open = true
			}
			w := &words[len(words)-1]
			w.to = at + size
			switch {
			case unicode.IsDigit(r):
				w.weight += digitWeight
			case unicode.IsLetter(r):
				w.weight++
			}
		}
		at += size
	}
	return words
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

func hundredths(s float64) float64 { return math.Round(s*100) / 100 }
