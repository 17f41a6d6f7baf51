package ingest

import (
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
