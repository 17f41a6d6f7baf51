package query

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"afterbeep/ingest/enrich/numbers"
)

// maxValue is how many letters of a value count: no name or id is longer.
const maxValue = 200

// kind is that of the filter's field.
func (f Filter) kind() Kind {
	if n, ok := byName[foldName(f.Field)]; ok {
		return n.field.Kind
	}
	return KindName
}

// Digits is a phone number as digits alone, without "+" and without the 00 or
// 011 that stand for it in a number of full length. It is "" if the filter is
// of another kind, or its value has letters: then the caller is meant as it was
// written. Whether Value begins with "+" says that a country code leads.
func (f Filter) Digits() string {
	digits := strings.TrimPrefix(f.Value, "+")
	if f.kind() != KindNumber || !isDigits(digits) {
		return ""
	}
	const shortest = 8 // country code and number
	for _, abroad := range []string{"00", "011"} {
		if rest, ok := strings.CutPrefix(digits, abroad); ok && len(rest) >= shortest {
			return rest
		}
	}
	return digits
}

// Length is the least length that a longer: asks for, and the one that a
// shorter: keeps below. What is not asked for is 0.
func (f Filter) Length() (atLeast, below time.Duration) {
	if f.kind() != KindLength {
		return 0, 0
	}
	d, _, _ := readLength(f.Value)
	if f.Field == "shorter" {
		return 0, d
	}
	return d, 0
}

// read brings a typed value into its one form. It is false for what is not
// understood.
func (f *Field) read(typed string) (value string, ok bool) {
	typed = clean(typed)
	if f.Kind == KindDay || f.Kind == KindAge || f.Kind == KindLength {
		typed = strings.ToLower(strings.Map(toASCII, strings.TrimRight(typed, ".,;!?")))
	}
	switch f.Kind {
	case KindNumber:
		value = phone(typed)
	case KindLang:
		return f.language(typed)
	case KindDay:
		return readDay(typed)
	case KindAge:
		_, value, ok = readAge(typed)
		return value, ok
	case KindLength:
		_, value, ok = readLength(typed)
		return value, ok
	case KindChoice:
		return f.value(typed)
	default:
		value = typed
	}
	return value, strings.IndexFunc(value, isWordRune) >= 0
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// clean leaves of a value what can be seen, with single spaces, and at most
// maxValue runes of it.
func clean(typed string) string {
	var b strings.Builder
	blank, n := false, 0
	for _, r := range strings.ToValidUTF8(typed, "") {
		switch {
		case isSpace(r):
			blank = true
			continue
		case isInvisible(r):
			continue
		}
		if blank && n > 0 {
			b.WriteByte(' ')
			n++
		}
		if n >= maxValue {
			break
		}
		blank = false
		b.WriteRune(r)
		n++
	}
	return strings.TrimRight(b.String(), " ")
}

// phone returns a number as digits, with the plus sign if it has one, also of one
// in words. What has other letters is no number and stays as it is.
func phone(typed string) string {
	if strings.IndexFunc(typed, unicode.IsLetter) >= 0 {
		var words []string
		for _, t := range Tokens(typed) {
			words = append(words, t.Text)
		}
		if digits, ok := numbers.Said(words); ok && len(digits) >= minNumber {
			return digits
		}
		return typed
	}
	plus := strings.HasPrefix(typed, "+")
	if plus { // the trunk zero of +49 (0)30 is not dialled from abroad
		typed = strings.Replace(typed, "(0)", "", 1)
	}
	digits := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return asciiDigit(r)
		}
		return -1
	}, typed)
	if plus && digits != "" {
		return "+" + digits
	}
	return digits
}

// language returns the code of a language without region, or of one that has a
// name in the table.
func (f *Field) language(typed string) (string, bool) {
	if name, ok := f.value(typed); ok {
		return name, true
	}
	base := strings.ToLower(typed)
	if i := strings.IndexAny(base, "-_"); i >= 0 {
		base = base[:i]
		if name, ok := f.value(base); ok {
			return name, true
		}
	}
	isCode := len(base) == 2 || len(base) == 3
	for _, r := range base {
		isCode = isCode && 'a' <= r && r <= 'z'
	}
	return base, isCode
}

// units of time, by all their names. Months and years have no fixed length.
var units = map[string]string{
	"s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
	"m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m",
	"h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
	"d": "d", "day": "d", "days": "d",
	"w": "w", "wk": "w", "wks": "w", "week": "w", "weeks": "w",
	"mo": "mo", "mon": "mo", "mos": "mo", "month": "mo", "months": "mo",
	"y": "y", "yr": "y", "yrs": "y", "year": "y", "years": "y",
}

// age is how far back something lies.
type age struct {
	n    int
	unit string
}

// readAge reads a number with a unit, days where there is none.
func readAge(typed string) (a age, value string, ok bool) {
	number, unit := cutNumber(typed)
	a.n, ok = atoi(number)
	if unit == "" {
		unit = "d"
	}
	a.unit = units[unit]
	ok = ok && a.n > 0 && a.unit != "" && a.unit != "s"
	return a, strconv.Itoa(a.n) + a.unit, ok
}

// cutNumber parts the digits at the beginning from the rest.
func cutNumber(s string) (number, rest string) {
	i := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimSpace(s[i:])
}

// atoi reads a number of at most six digits: what is more is no time that
// anybody means.
func atoi(s string) (int, bool) {
	if len(s) > 6 {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// readLength reads 90, 1:30, or numbers with the units h, m and s.
func readLength(typed string) (d time.Duration, value string, ok bool) {
	rest := typed
	if minutes, seconds, clock := strings.Cut(rest, ":"); clock && len(seconds) == 2 {
		rest = minutes + "m" + seconds + "s"
	}
	for rest != "" {
		var number, unit string
		number, rest = cutNumber(rest)
		unit, rest = cutUnit(rest)
		n, isNumber := atoi(number)
		step, isUnit := steps[units[unit]]
		if !isNumber || !isUnit {
			return 0, "", false
		}
		d += time.Duration(n) * step
	}
	return d, printLength(d), d > 0
}

var steps = map[string]time.Duration{"": time.Second, "s": time.Second, "m": time.Minute, "h": time.Hour}

func cutUnit(s string) (unit, rest string) {
	i := strings.IndexFunc(s, unicode.IsDigit)
	if i < 0 {
		return strings.TrimSpace(s), ""
	}
	return strings.TrimSpace(s[:i]), s[i:]
}

func printLength(d time.Duration) string {
	var b strings.Builder
	for _, unit := range []string{"h", "m", "s"} {
		if n := d / steps[unit]; n > 0 {
			b.WriteString(strconv.FormatInt(int64(n), 10) + unit)
			d -= n * steps[unit]
		}
	}
	return b.String()
}
