package contact

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// How many digits a number has that can be dialled.
const (
	minDigits = 7
	maxDigits = 17
)

// dialling is what libphonenumber says of a reading.
type dialling struct {
	e164     string
	valid    bool
	possible bool
	guess    bool // in a region that nothing but the language speaks for
}

// dial finds out which numbers can be called.
func (r *reader) dial() {
	for i := range r.items {
		it := &r.items[i]
		if it.whole || it.role != alone || it.Kind != "" {
			continue
		}
		var prev *item
		if i > 0 {
			prev = &r.items[i-1]
		}
		d := r.tryAll(it)
		if again := r.restated(it, prev); again != "" && (!d.valid || prev != nil && len(again) < len(it.Digits)) {
			it.Digits, it.alts = again, nil
			d = r.tryAll(it)
		}
		if !d.valid {
			d = r.trimmed(it, d)
		}
		switch {
		case premium(d.e164):
			it.Kind = Other
			continue
		case d.valid, d.possible && r.meant(it):
			it.E164, it.Valid = d.e164, d.valid
			it.Kind = Call
		default:
			it.Kind = Other
			continue
		}
		if it.before.neg || it.before.removed || it.after.gone || it.after.removed || it.before.old && !it.before.best {
			it.Kind = Not
		}
	}
}

// dear are the beginnings of numbers that cost whoever calls them a fee: nobody is
// reached at them who waits for a call.
var dear = []string{"+49900", "+49137", "+43900", "+43901", "+43930", "+41900", "+41901", "+41906", "+33895", "+33897", "+33898", "+33899", "+34803", "+34806", "+34807", "+34905", "+1900", "+449", "+44871", "+44872", "+44873"}

// premium tells whether a number is one of those.
func premium(e164 string) bool {
	return slices.ContainsFunc(dear, func(start string) bool { return strings.HasPrefix(e164, start) })
}

// trimmed tries a number that is too long without what may be no part of it: a
// time behind it, or a lone digit before it.
func (r *reader) trimmed(it *item, otherwise dialling) dialling {
	n := len(it.Digits)
	timed := it.before.kind == Date // "after nine 608 555 0199"
	if n <= 9 || n > 14 || it.plus || !it.before.phone && !it.before.number && !timed {
		return otherwise
	}
	parts := []string{it.Digits[:n-1], it.Digits[:n-2], it.Digits[:n-3], it.Digits[:n-4], it.Digits[1:], it.Digits[2:]}
	if timed {
		parts = []string{it.Digits[1:], it.Digits[2:], it.Digits[3:], it.Digits[4:]}
	}
	for _, where := range r.regions() {
		if where.guess || where.code == "DE" || where.code == "AT" { // any length may be right there
			break
		}
		for _, digits := range parts {
			if len(digits) < 9 || digits[0] == '0' && !where.trunk {
				continue
			}
			if d := try(digits, where); d.valid {
				it.Digits = digits
				return d
			}
		}
	}
	return otherwise
}

// meant tells whether the words say that a number is to be called, though it may be
// none.
func (r *reader) meant(it *item) bool {
	return it.plus || it.before.phone || it.before.number || it.Label != "" || it.Digits[0] == '0' && (r.asks() || len(it.Digits) >= 10 && r.closes(it))
}

// asks tells whether a telephone is spoken of at all.
func (r *reader) asks() bool {
	for _, c := range r.cues {
		if c.has(phone) {
			return true
		}
	}
	return false
}

// reconsider takes numbers that stand behind what the call is about for numbers to
// call where nothing else is: "it's about my order, 617 555 0123".
func (r *reader) reconsider() {
	for _, it := range r.items {
		if it.Kind == Call {
			return
		}
	}
	for i := range r.items {
		it := &r.items[i]
		if !it.soft || it.role != alone || it.before.neg {
			continue
		}
		rested := r.tokens[it.first].gap&(gapComma|gapStop) != 0
		if !rested && !r.closes(it) {
			continue
		}
		if d := r.tryAll(it); d.valid && !d.guess {
			it.Kind, it.E164, it.Valid = Call, d.e164, true
		}
	}
}

// closes tells whether a number ends the message, but for a farewell.
func (r *reader) closes(it *item) bool {
	left := len(r.tokens) - 1 - it.last
	if left > 5 || left > 1 && !r.isAbout(it) {
		return false
	}
	for t := it.last + 1; t < len(r.tokens); t++ {
		if r.cues[t].has(phone) {
			return false
		}
	}
	return true
}

// isAbout tells whether the words before a number tell what the call is about.
func (r *reader) isAbout(it *item) bool {
	for k, n := it.first-1, 0; k >= 0 && n < 6; k, n = int(r.starts[k])-1, n+1 {
		if r.tokens[k].item >= 0 || r.stops(k+1) {
			return false
		}
		if r.cues[r.starts[k]].has(about) {
			return true
		}
	}
	return false
}

// minEnd is how many digits the end of a number has at least that is said alone
// before the number once more.
const minEnd = 4

// restated returns the end of digits that begins as what was said before them, or
// as they do, or that ends so: the number once more, behind the last words of a
// correction.
func (r *reader) restated(it *item, prev *item) string {
	d := it.Digits
	if len(d) <= minDigits || it.plus {
		return ""
	}
	if half := len(d) / 2; half >= minDigits && d[:half] == d[half:] {
		return d[half:]
	}
	old := ""
	if prev != nil && it.first-prev.last < farExtension && len(prev.Digits) >= minDigits && (prev.role == alone || prev.role == partOf) {
		old = prev.Digits
	}
	for p := 1; p+minDigits <= len(d); p++ {
		own := p >= minDigits-1 && d[p:p+3] == d[:3] || p >= minEnd && strings.HasSuffix(d[p:], d[:p])
		if !own && (old == "" || d[p:p+3] != old[:3] || !alike(old, d[p:])) {
			continue
		}
		probe := *it
		probe.Digits, probe.alts = d[p:], nil
		if t := r.tryAll(&probe); t.valid && !t.guess {
			return d[p:]
		}
	}
	return ""
}

// tryAll tries every reading of a number in every region. The first that is valid
// wins, then the first that is possible.
func (r *reader) tryAll(it *item) dialling {
	var fallback dialling
	forms := append([]string{it.Digits}, it.alts...)
	for _, where := range r.regions() {
		for i, digits := range forms {
			if where.guess && i > 0 {
				break
			}
			for _, whole := range r.readings(it, digits, where) {
				d := try(whole, where)
				if d.valid {
					it.Digits = digits
					d.guess = where.guess
					return d
				}
				if d.possible && !fallback.possible && !where.guess {
					fallback = d
				}
			}
		}
		if it.plus && where.code != "" {
			break
		}
	}
	if !it.plus && len(it.Digits) >= 11 && it.Digits[0] != '0' {
		if d := try("+"+it.Digits, region{}); d.valid {
			return d
		}
	}
	return fallback
}

// regions returns where to dial, and reads the caller id first.
func (r *reader) regions() []region {
	if r.places == nil {
		r.caller = readCaller(r.Caller, r.CallerNumber)
		r.places = append(r.Message.regions(r.caller), region{guess: true})
	}
	return r.places
}

// readings returns what digits may be dialled as in a region, the likeliest first.
func (r *reader) readings(it *item, digits string, where region) []string {
	n := len(digits)
	if n > maxDigits || n+len(it.area) < minDigits {
		return nil
	}
	if it.plus {
		return []string{"+" + digits}
	}
	var out []string
	local := digits[0] != '0' && n <= 8
	if it.area != "" && n <= 9 {
		out = append(out, r.withArea(it.area, digits, where)...)
	}
	for _, prefix := range []string{"00", "011"} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok && len(rest) >= minDigits && rest[0] != '0' {
			out = append(out, "+"+rest)
		}
	}
	if where.code == "" {
		return out
	}
	if local && it.area == "" && digits == it.Digits && r.caller.region == where.code {
		if area := r.caller.area(); area != "" && !strings.HasPrefix(digits, area) {
			out = append(out, "+"+r.caller.code+area+digits)
		}
	}
	if digits[0] != '0' || where.trunk {
		out = append(out, digits)
	}
	return out
}

// withArea puts an area code that was said elsewhere, or a country code, before
// digits.
func (r *reader) withArea(area, digits string, where region) []string {
	if rest, ok := strings.CutPrefix(area, "00"); ok {
		return []string{"+" + rest + digits}
	}
	if where.code == "" {
		return nil
	}
	if where.trunk && area[0] != '0' {
		return []string{"0" + area + digits, area + digits}
	}
	if !where.trunk {
		area = strings.TrimPrefix(area, "0")
	}
	return []string{area + digits}
}

// direct is try for what is dialled in the plainest way, for which nothing needs to
// be parsed: it only knows valid numbers.
func direct(digits string, where region) (dialling, bool) {
	if where.country == 0 || digits[0] == '+' || len(digits) > 15 {
		return dialling{}, false
	}
	if where.trunk {
		digits = strings.TrimPrefix(digits, "0")
	}
	national, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || digits[0] == '0' {
		return dialling{}, false
	}
	country := int32(where.country)
	n := &phonenumbers.PhoneNumber{CountryCode: &country, NationalNumber: &national}
	if !phonenumbers.IsValidNumberForRegion(n, where.code) {
		return dialling{}, false
	}
	return dialling{e164: "+" + strconv.Itoa(where.country) + digits, valid: true, possible: true}, true
}

// try asks libphonenumber for digits as dialled in a region, or behind a plus.
func try(digits string, where region) dialling {
	if d, ok := direct(digits, where); ok {
		return d
	}
	code := where.code
	if code == "" {
		code = "ZZ"
	}
	n, err := phonenumbers.Parse(digits, code)
	if err != nil {
		return dialling{}
	}
	valid := phonenumbers.IsValidNumber(n)
	possible := valid || phonenumbers.IsPossibleNumberWithReason(n) == phonenumbers.IS_POSSIBLE
	if !possible {
		return dialling{}
	}
	return dialling{e164: phonenumbers.Format(n, phonenumbers.E164), valid: valid, possible: true}
}
