package numbers

import (
	"slices"
	"strings"
)

// minTail is how many last digits of a number are enough to look it up.
const minTail = 4

// maxDigits is how many digits of a run are indexed: the last ones. No number
// that people dial, order or pay with is longer.
const maxDigits = 64

// end closes a term: it is behind the first digit of the number.
const end = "="

// The marks before the terms that say how a number begins.
const (
	beginning = "=" // of a whole number that is longer than longCut digits
	cutMark   = "^" // of its first shortCut or longCut digits, or of all where it has fewer
)

// A beginning of few digits has as many numbers as an area code has: they are
// under terms of their own, so that few need to be looked through.
const (
	shortCut = 3
	longCut  = 6
)

// Terms returns what a run is indexed under. For each of its readings (Run.Digits,
// Run.Alts) that is the digits from the last to the first with "=" behind them
// ("3210555716="), so that the numbers that end in some digits are those whose
// terms begin alike; and how it begins, with and without country code, if it is
// said to have one: "=6175550123", "^617555" and "^617". No term comes twice.
func Terms(r Run) []string {
	var out []string
	add := func(term string) {
		if !slices.Contains(out, term) {
			out = append(out, term)
		}
	}
	for _, digits := range append([]string{r.Digits}, r.Alts...) {
		add(backwards(digits) + end)
	}
	for _, digits := range append([]string{r.Digits}, r.Alts...) {
		for _, form := range dialledAs(digits, r.Plus) {
			if n := len(form); n > longCut {
				add(beginning + form[:min(n, maxDigits)])
			}
			if n := len(form); n > shortCut {
				add(cutMark + form[:min(n, longCut)])
			}
			if len(form) >= shortCut {
				add(cutMark + form[:shortCut])
			}
		}
	}
	return out
}

// dialledAs returns a number and how it is dialled in its country, where it has
// a country code.
func dialledAs(digits string, plus bool) []string {
	out := []string{digits}
	if rest, ok := dialled(digits); !plus && ok {
		digits, plus = rest, true
		out = append(out, digits)
	}
	switch code := countryCode(digits); {
	case plus && len(digits)-code < longCut:
	case plus && code > 1:
		out = append(out, "0"+strings.TrimPrefix(digits[code:], "0"))
	case plus, len(digits) == 11 && digits[0] == '1':
		out = append(out, digits[1:])
	}
	return out
}

// Beginnings returns what a query for the numbers that begin with these digits
// looks up among the terms of Terms, any of which is a match: as typed, and with
// and without country code, 00 or 011 before it, and trunk zero. It is nil for
// fewer than three digits.
func Beginnings(digits string, plus bool) []Lookup {
	digits = digits[:min(len(digits), maxDigits)]
	var list lookups
	list.beginning(digits)
	if rest, ok := abroadPrefix(digits); !plus && ok {
		digits, plus = rest, true
		list.beginning(digits)
	}
	switch code := countryCode(digits); {
	case plus && code > 1 && len(digits) > code:
		list.beginning("0" + strings.TrimPrefix(digits[code:], "0"))
	case plus && code == 1, len(digits) > 1 && digits[0] == '1' && digits[1] >= '2':
		list.beginning(digits[1:])
	}
	return list
}

// abroadPrefix returns what is behind the 00 or 011 with which digits begin.
func abroadPrefix(digits string) (string, bool) {
	for _, prefix := range []string{"00", "011"} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok && rest != "" && rest[0] != '0' {
			return rest, true
		}
	}
	return "", false
}

// beginning adds the numbers that begin with the digits.
func (l *lookups) beginning(digits string) {
	switch n := len(digits); {
	case n < shortCut:
	case n == shortCut:
		l.add(Lookup{Term: cutMark + digits})
	case n <= longCut:
		l.add(Lookup{Term: cutMark + digits, Prefix: n < longCut})
	default:
		l.add(Lookup{Term: beginning + digits, Prefix: true})
	}
}

// backwards turns digits around. Of too many, the last ones count.
func backwards(digits string) string {
	out := []byte(digits[max(0, len(digits)-maxDigits):])
	slices.Reverse(out)
	return string(out)
}

// Lookup is what a query looks up among the terms of Terms: one term, or all
// terms that begin with it.
type Lookup struct {
	Term   string
	Prefix bool
}

// Finds tells whether a term is one of those that are looked up.
func (l Lookup) Finds(term string) bool {
	return term == l.Term || l.Prefix && strings.HasPrefix(term, l.Term)
}

// Lookups returns what a query of these digits looks up among the terms of
// Terms, any of which is a match; plus says that a plus stood before them. They
// are the whole number as typed, its other forms (with and without country code,
// with +, 00 or 011 before it, with and without a trunk zero or a leading 1), and
// from four digits on the numbers that end in it. Fewer than four digits are only
// found where they are all that was said. It is nil for no digits.
func Lookups(digits string, plus bool) []Lookup {
	if digits == "" {
		return nil
	}
	digits = digits[max(0, len(digits)-maxDigits):]
	var list lookups
	list.tail(digits)
	if international, ok := dialled(digits); !plus && ok {
		digits, plus = international, true
		list.tail(digits)
	}
	switch n := len(digits); {
	case plus:
		list.national(digits)
	case n == 11 && digits[0] == '1':
		list.whole(digits[1:])
	case n >= 8 && digits[0] == '0' && digits[1] != '0':
		list.tail(digits[1:])
	case n >= 11:
		if code := countryCode(digits); code > 1 {
			list.whole("0" + digits[code:])
		}
	}
	return list
}

type lookups []Lookup

func (l *lookups) add(one Lookup) {
	if !slices.Contains(*l, one) {
		*l = append(*l, one)
	}
}

// whole adds the number that is all of the digits.
func (l *lookups) whole(digits string) { l.add(Lookup{Term: backwards(digits) + end}) }

// tail adds the numbers that end in the digits; the whole number alone where
// they are too few to tell one from another.
func (l *lookups) tail(digits string) {
	if len(digits) < minTail {
		l.whole(digits)
		return
	}
	l.add(Lookup{Term: backwards(digits), Prefix: true})
}

// national adds the forms without country code. They are whole numbers only:
// the same last digits under another country code are another number.
func (l *lookups) national(digits string) {
	code := countryCode(digits)
	rest := digits[min(code, len(digits)):]
	if len(rest) < 6 {
		return
	}
	l.whole(rest)
	if trimmed := strings.TrimPrefix(rest, "0"); trimmed != rest { // +49 (0)30 ...
		l.whole(digits[:code] + trimmed)
		l.whole(trimmed)
	} else if code > 1 {
		l.whole("0" + rest)
	}
}

// dialled returns the number behind an international prefix.
func dialled(digits string) (string, bool) {
	rest, ok := abroadPrefix(digits)
	return rest, ok && len(rest) >= 8
}

// countryCode returns how many of the first digits are the country calling code
// (ITU-T E.164).
func countryCode(digits string) int {
	if len(digits) < 2 {
		return len(digits)
	}
	switch digits[0] {
	case '1', '7':
		return 1
	}
	switch digits[:2] {
	case "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49",
		"51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66",
		"81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98":
		return 2
	}
	return 3
}

// Matches tells whether a query of these digits finds the run: whether one of
// Lookups(digits, plus) finds one of Terms(r).
func Matches(r Run, digits string, plus bool) bool { return finds(Lookups(digits, plus), r) }

// Begins tells whether one of Beginnings(digits, plus) finds one of Terms(r).
func Begins(r Run, digits string, plus bool) bool { return finds(Beginnings(digits, plus), r) }

func finds(list []Lookup, r Run) bool {
	terms := Terms(r)
	return slices.ContainsFunc(list, func(l Lookup) bool { return slices.ContainsFunc(terms, l.Finds) })
}
