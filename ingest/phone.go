package ingest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// e164 reads a number as the upstream writes it (also as a sip or tel address)
// and returns it as E.164, or "" where it is none: withheld, an extension, a
// name. region is for numbers without a country code.
func e164(raw, region string) string {
	number := strings.TrimSpace(raw)
	for _, scheme := range []string{"sip:", "sips:", "tel:"} {
		if len(number) >= len(scheme) && strings.EqualFold(number[:len(scheme)], scheme) {
			number = number[len(scheme):]
			break
		}
	}
	number, _, _ = strings.Cut(number, "@")
	number, _, _ = strings.Cut(number, ";")
	if number == "" {
		return ""
	}
	parsed, err := phonenumbers.Parse(number, region)
	if err != nil || !phonenumbers.IsValidNumber(parsed) {
		return ""
	}
	return phonenumbers.Format(parsed, phonenumbers.E164)
}

// callerNumber is a caller id, E.164, as libphonenumber reads it, nil for none.
func callerNumber(e164 string) *phonenumbers.PhoneNumber {
	if number := plainNumber(e164); number != nil {
		return number
	}
	number, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return nil
	}
	return number
}

// plainCodes are country codes behind which libphonenumber takes whatever begins with
// none of 0 and 1 for the national number as it stands.
var plainCodes = []string{"1", "27", "31", "32", "33", "34", "39", "41", "43", "44", "45", "46", "47", "48", "49", "51", "52", "56", "58", "61", "64", "91"}

// plainNumber is phonenumbers.Parse for most callers, for a tenth of the time; nil where
// it can't tell.
func plainNumber(e164 string) *phonenumbers.PhoneNumber {
	digits, plus := strings.CutPrefix(e164, "+")
	if n := len(digits); !plus || n < 8 || n > 15 {
		return nil
	}
	at := slices.IndexFunc(plainCodes, func(code string) bool { return strings.HasPrefix(digits, code) })
	if at < 0 {
		return nil
	}
	national := digits[len(plainCodes[at]):]
	number, err := strconv.ParseUint(national, 10, 64)
	if err != nil || national[0] < '2' {
		return nil
	}
	code, _ := strconv.ParseInt(plainCodes[at], 10, 32) // it is one
	country := int32(code)
	return &phonenumbers.PhoneNumber{CountryCode: &country, NationalNumber: &number}
}
