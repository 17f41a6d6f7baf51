package contact

import (
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
}

// dial finds out which numbers can be called.
func (r *reader) dial() {
	for i := range r.items {
		it := &r.items[i]
		if it.whole || it.role != alone || it.Kind != "" {
			continue
		}
		d := r.tryAll(it)
		switch {
		case d.valid, d.possible && (it.before.phone || it.before.number):
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
		r.caller = readCaller(r.Caller)
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
	own := r.caller.area > 0 && r.caller.region == where.code
	if local && own && it.area == "" {
		out = append(out, "+"+r.caller.code+r.caller.national[:r.caller.area]+digits)
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

// try asks libphonenumber for digits as dialled in a region, or behind a plus.
func try(digits string, where region) dialling {
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
	return dialling{phonenumbers.Format(n, phonenumbers.E164), valid, true}
}
