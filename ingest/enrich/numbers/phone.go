package numbers

// How much digits look like a number that can be dialled.
const (
	complete = 8 // a whole one
	local    = 3 // one without its area code
)

// dialable returns how much the digits look like a whole phone number of a
// country in which the language is spoken. It only decides between readings of
// the same words.
func (lang language) dialable(digits string, plus bool) int {
	n := len(digits)
	switch {
	case plus && 9 <= n && n <= 15:
		return complete
	case n == 10 && northAmerican(digits), n == 11 && digits[0] == '1' && northAmerican(digits[1:]):
		return complete
	case n >= 2 && digits[0] == '0' && digits[1] != '0' && 10 <= n && n <= 12:
		return complete
	case n >= 12 && n <= 15 && digits[:2] == "00" && digits[2] != '0':
		return complete
	case n == 9 && digits[0] >= '6' && lang == spanish:
		return complete
	case n == 7 && digits[0] >= '2', n == 10:
		return local
	}
	return 0
}

// northAmerican tells whether ten digits are an area code and a number of the
// North American plan: neither begins with 0 or 1.
func northAmerican(digits string) bool { return digits[0] >= '2' && digits[3] >= '2' }

// cardLike tells whether digits pass the check of payment cards: such are never
// taken apart because a part of them looks like a phone number.
func cardLike(digits string) bool {
	if len(digits) < 13 || len(digits) > 19 {
		return false
	}
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
