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

// Terms returns what a run is indexed under. whole is "=" and all of its digits
// ("=6175550123"); tails are its last digits, from four up to all but the first
// ("0123" ... "175550123"). Other readings of the run (Run.Alts) stand among the
// tails, each as a whole ("=...") with its own last digits. No term comes twice.
func Terms(r Run) (whole string, tails []string) {
	whole, tails = termsOf(r.Digits)
	for _, alt := range r.Alts {
		other, more := termsOf(alt)
		for _, term := range append(more, other) {
			if term != whole && !slices.Contains(tails, term) {
				tails = append(tails, term)
			}
		}
	}
	return whole, tails
}

func termsOf(digits string) (whole string, tails []string) {
	digits = digits[max(0, len(digits)-maxDigits):]
	for n := minTail; n < len(digits); n++ {
		tails = append(tails, digits[len(digits)-n:])
	}
	return "=" + digits, tails
}

// Lookups returns the terms of Terms that a query of these digits looks up, any
// of which is a match; plus says that a plus stood before them. They are the
// whole number as typed, its other forms (with and without country code, with +,
// 00 or 011 before it, with and without a trunk zero or a leading 1), and from
// four digits on the numbers that end in it. Fewer than four digits are only
// found where they are all that was said. It is nil for no digits.
func Lookups(digits string, plus bool) []string {
	if digits == "" {
		return nil
	}
	digits = digits[max(0, len(digits)-maxDigits):]
	terms := lookups{"=" + digits}
	terms.tail(digits)
	if international, ok := dialled(digits); !plus && ok {
		digits, plus = international, true
		terms.whole(digits)
		terms.tail(digits)
	}
	switch n := len(digits); {
	case plus:
		terms.national(digits)
	case n == 11 && digits[0] == '1':
		terms.whole(digits[1:])
	case n >= 8 && digits[0] == '0' && digits[1] != '0':
		terms.whole(digits[1:])
		terms.tail(digits[1:])
	case n >= 11:
		if code := countryCode(digits); code > 1 {
			terms.whole("0" + digits[code:])
		}
	}
	return terms
}

type lookups []string

func (l *lookups) add(term string) {
	if !slices.Contains(*l, term) {
		*l = append(*l, term)
	}
}

func (l *lookups) whole(digits string) { l.add("=" + digits) }

func (l *lookups) tail(digits string) {
	if len(digits) >= minTail {
		l.add(digits)
	}
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
	for _, prefix := range []string{"00", "011"} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok && len(rest) >= 8 && rest[0] != '0' {
			return rest, true
		}
	}
	return "", false
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
// Lookups(digits, plus) is one of Terms(r).
func Matches(r Run, digits string, plus bool) bool {
	whole, tails := Terms(r)
	for _, term := range Lookups(digits, plus) {
		if term == whole || slices.Contains(tails, term) {
			return true
		}
	}
	return false
}
