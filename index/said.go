package index

import (
	"slices"
	"strings"

	"afterbeep/index/words"
	"afterbeep/ingest/enrich/numbers"
)

// Piece is a stretch of a text: a match, or what stands between two.
type Piece struct {
	Text   string // plain, as it was said
	Marked bool
	Why    string // why it is marked; "" where it is the word itself
}

// Pieces is the excerpt in pieces, in order and without ellipses. Joined they
// are what it shows of the text.
func (e Excerpt) Pieces() []Piece {
	var out []Piece
	plain := func(text string) {
		if text != "" {
			out = append(out, Piece{Text: text})
		}
	}
	at := e.start
	for _, s := range e.spans {
		from, to := max(s.start, e.start), min(s.end, e.end)
		if from >= to {
			continue
		}
		plain(e.text[at:from])
		why := s.why
		if why == reasonExact {
			why = ""
		}
		out = append(out, Piece{Text: e.text[from:to], Marked: true, Why: why})
		at = to
	}
	plain(e.text[at:e.end])
	return out
}

// SaidNumber is a number that a message says, however it says it.
type SaidNumber struct {
	Digits string   // 0-9 only, never empty, with the international prefix that was said
	Plus   bool     // a plus, or the words for it, came before the digits
	Alts   []string // digits that the same words may stand for as well, the likelier first
	Said   string   // from its first word to its last, with what was said in between
	// Where says where it stands: a stretch of a part for each part that says
	// some of it, in order, at borders of runes.
	Where []SaidPlace
}

// SaidPlace is a stretch of one part of a message, in bytes of its text made
// valid UTF-8: what Excerpt.Pieces shows of it.
type SaidPlace struct{ Part, Start, End int }

// SaidNumbers returns the numbers that the parts of a message say, in the order
// of the message. One that goes on from a part into the next is found as a
// whole. It reads them as searches do.
func SaidNumbers(parts []Part) []SaidNumber {
	whole, begins := joined(parts)
	runs := runsOf(parts, whole, begins)
	out := make([]SaidNumber, 0, len(runs))
	for _, r := range runs {
		start, last := r.Start(), r.End()
		if r.Plus && start > 0 && whole[start-1] == '+' { // the sign belongs to it, though it says no digit
			start--
		}
		n := SaidNumber{Digits: r.Digits, Plus: r.Plus, Alts: r.Alts, Said: whole[start:last]}
		for i := partOf(begins, start); i <= partOf(begins, last-1); i++ {
			end := len(whole)
			if i+1 < len(begins) {
				end = begins[i+1] - 1 // without the line break
			}
			if place := (SaidPlace{i, max(start, begins[i]) - begins[i], min(last, end) - begins[i]}); place.Start < place.End {
				n.Where = append(n.Where, place)
			}
		}
		out = append(out, n)
	}
	return out
}

// joined is the whole message, and where its parts begin in it.
func joined(parts []Part) (whole string, begins []int) {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteByte('\n')
		}
		begins = append(begins, b.Len())
		b.WriteString(validText(p.Text))
	}
	return b.String(), begins
}

// runsOf reads the numbers of a message: as a whole, and each part by itself
// where their languages differ.
func runsOf(parts []Part, whole string, begins []int) []numbers.Run {
	if len(parts) == 0 {
		return nil
	}
	lang := words.Base(parts[0].Lang)
	if !slices.ContainsFunc(parts, func(p Part) bool { return words.Base(p.Lang) != lang }) {
		return numbers.Find(whole, lang)
	}
	var runs []numbers.Run
	for i, p := range parts {
		for _, r := range numbers.Find(validText(p.Text), words.Base(p.Lang)) {
			for j := range r.Spans {
				r.Spans[j].Start += begins[i]
				r.Spans[j].End += begins[i]
			}
			runs = append(runs, r)
		}
	}
	return withBridges(runs, numbers.Find(whole, ""), begins)
}

// withBridges puts those of the whole message that go over a border in the place
// of those that they are made of.
func withBridges(runs, whole []numbers.Run, begins []int) []numbers.Run {
	for _, r := range whole {
		if partOf(begins, r.Start()) == partOf(begins, r.End()-1) {
			continue
		}
		runs = slices.DeleteFunc(runs, func(other numbers.Run) bool { return other.Start() < r.End() && r.Start() < other.End() })
		runs = append(runs, r)
	}
	slices.SortFunc(runs, func(a, b numbers.Run) int { return a.Start() - b.Start() })
	return runs
}

// partOf is the part in which the byte of the whole stands.
func partOf(begins []int, at int) int {
	i, found := slices.BinarySearch(begins, at)
	if !found {
		i--
	}
	return i
}
