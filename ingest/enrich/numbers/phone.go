package numbers

import "afterbeep/ingest/enrich/numeral"

// How much digits look like something that has a form.
const (
	complete = 8 // a whole phone number
	card     = 9 // the number of a payment card, sixteen digits or fifteen
	abroad   = 5 // a phone number with 00 before it, a card number of another length
	local    = 3 // a phone number without its area code
)

// likely returns how much digits look like a phone number that callers who speak
// the language say, or like the number of a card. It only decides between
// readings of the same words.
func (lang language) likely(digits string, plus bool) int {
	n := len(digits)
	if cardLike(digits) {
		if n == 15 || n == 16 {
			return card
		}
		return abroad
	}
	switch {
	case n < 7:
		return 0
	case plus:
		return international(digits)
	case digits[:2] == "00" && 12 <= n && n <= 15 && digits[2] != '0':
		return abroad
	case digits[0] == '0' && digits[1] != '0' && 10 <= n && n <= lang.longest():
		return complete
	case lang == french || lang == german:
		return 0
	case numeral.NorthAmerican(digits), n == 11 && digits[0] == '1' && numeral.NorthAmerican(digits[1:]):
		return complete
	case n == 9 && digits[0] >= '6' && lang == spanish:
		return complete
	case n == 7 && digits[0] >= '2' && lang == english, (n == 7 || n == 9 || n == 10) && lang == spanish:
		return local
	}
	return 0
}

// international returns how much digits behind a plus look like a whole number.
func international(digits string) int {
	code := countryCode(digits)
	rest := len(digits) - code
	if rest > 0 && code > 1 && digits[code] == '0' { // a trunk zero that was said
		rest--
	}
	low, high := 7, 12
	switch digits[:code] {
	case "1", "44", "52":
		low, high = 10, 10
	case "33", "34", "32", "41":
		low, high = 9, 9
	case "49", "43":
		low, high = 9, 11
	default:
		if low <= rest && rest <= high {
			return abroad
		}
		return 0
	}
	if low <= rest && rest <= high {
		return complete
	}
	return 0
}

// longest returns how many digits a number with its trunk zero has at most.
func (lang language) longest() int {
	switch lang {
	case english:
		return 11
	case german:
		return 12
	}
	return 10
}

// cardLike tells whether digits have the length, the beginning and the check
// digit of a payment card. Such are never taken apart because a part of them
// looks like a phone number.
func cardLike(digits string) bool {
	n := len(digits)
	if n < 13 || n > 19 {
		return false
	}
	var ok bool
	switch digits[0] {
	case '2', '5':
		ok = n == 16
	case '3':
		switch digits[1] {
		case '4', '7':
			ok = n == 15
		case '5':
			ok = n == 16
		default:
			ok = n == 14 || n == 16
		}
	case '4':
		ok = n == 13 || n == 16 || n == 19
	case '6':
		ok = n >= 16
	}
	return ok && numeral.Luhn(digits)
}
