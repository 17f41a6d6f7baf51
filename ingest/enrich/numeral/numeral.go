// Package numeral is what is known of digits whoever reads them out of a text:
// their values in any script, and what check digits and number plans say of
// rows of them. It is pure, and safe for concurrent use.
package numeral

import "unicode"

// Of returns the digit 0-9, as ASCII, for a decimal digit of any script: Unicode
// lists them in runs of ten that begin with zero. It is '0' for what is none.
func Of(r rune) byte {
	if '0' <= r && r <= '9' {
		return byte(r)
	}
	for _, t := range unicode.Nd.R16 {
		if lo := rune(t.Lo); lo <= r && r <= rune(t.Hi) {
			return '0' + byte((r-lo)%10)
		}
	}
	for _, t := range unicode.Nd.R32 {
		if lo := rune(t.Lo); lo <= r && r <= rune(t.Hi) {
			return '0' + byte((r-lo)%10)
		}
	}
	return '0'
}

// Luhn reports whether the last of the digits 0-9 is the check digit of the
// others by the formula of ISO/IEC 7812-1, which payment cards have. Nothing but
// zeros, which would pass, does not.
func Luhn[T ~string | ~[]byte](digits T) bool {
	sum, any := 0, false
	for i := range len(digits) {
		v := int(digits[i] - '0')
		any = any || v != 0
		if (len(digits)-i)%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return any && sum%10 == 0
}

// NorthAmerican reports whether ten digits 0-9 may be an area code and a number
// of the North American plan: neither begins with 0 or 1.
func NorthAmerican(digits string) bool {
	return len(digits) == 10 && digits[0] >= '2' && digits[3] >= '2'
}
