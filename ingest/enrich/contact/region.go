package contact

import (
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"

	"afterbeep/ingest/enrich/langcode"
)

// region is where a number may be dialled.
type region struct {
	code  string // ISO 3166
	trunk bool   // a zero is said before its area codes
	guess bool   // nothing but the language speaks for it

	country int // its country code, 0 where zeros are a part of its numbers
}

// callerID is the number that the call came from.
type callerID struct {
	e164     string
	region   string // the main one of its country code: all of them dial alike
	code     string // of the country
	national string
	number   *phonenumbers.PhoneNumber
}

// spokenIn are the regions where a language is spoken, the likeliest first.
var spokenIn = map[string][]string{
	"en": {"US", "GB", "CA", "AU", "IE", "NZ", "IN", "ZA", "SG", "JM", "KE", "NG"},
	"es": {"ES", "MX", "AR", "CO", "CL", "PE", "VE", "EC", "GT", "CU", "BO", "DO", "HN", "PY", "SV", "NI", "CR", "PA", "UY", "PR"},
	"fr": {"FR", "BE", "CH", "CA", "LU", "MC", "MA", "TN", "SN", "CI", "RE", "GP", "MQ"},
	"de": {"DE", "AT", "CH", "LI", "LU"},
}

// maxGuesses is how many regions are tried for nothing but the language.
const maxGuesses = 4

// regions returns where the numbers of a message may be dialled, the likeliest
// first: the caller id's region; one of the message's language, unless the bot's
// own speaks it; the bot's; and others that speak the language.
func (m Message) regions(caller callerID) []region {
	out := make([]region, 0, maxGuesses+4)
	add := func(code string, guess bool) {
		if code == "" {
			return
		}
		for _, had := range out {
			if had.code == code {
				return
			}
		}
		where := regionsByCode()[code] // zero for numbers that belong to no country
		where.code, where.guess = code, guess
		out = append(out, where)
	}
	lang := langcode.Base(m.Lang)
	own := strings.ToUpper(m.Region)
	add(caller.region, false)
	if list := spokenIn[lang]; len(list) > 0 && lang != "en" && !contains(list, own) {
		add(list[0], false)
	}
	add(own, false)
	for i, code := range spokenIn[lang] {
		if i == maxGuesses {
			break
		}
		add(code, true)
	}
	return out
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// regionsByCode are those of libphonenumber, as they dial.
var regionsByCode = sync.OnceValue(func() map[string]region {
	all := map[string]region{}
	for code := range phonenumbers.GetSupportedRegions() {
		where := region{code: code, trunk: italian(code) || strings.HasPrefix(phonenumbers.GetNddPrefixForRegion(code, true), "0")}
		if !italian(code) {
			where.country = phonenumbers.GetCountryCodeForRegion(code)
		}
		all[code] = where
	}
	return all
})

// italian tells whether the zero is a part of the numbers of a region.
func italian(code string) bool { return code == "IT" || code == "SM" || code == "VA" }

// valid tells whether libphonenumber takes a caller id for a valid number.
func (c callerID) valid() bool { return c.number != nil && phonenumbers.IsValidNumber(c.number) }

// area returns the area code of a caller id, "" where its number has none.
func (c callerID) area() string {
	if c.number == nil {
		return ""
	}
	return c.national[:min(len(c.national), phonenumbers.GetLengthOfGeographicalAreaCode(c.number))]
}

// readCaller reads a caller id; n is it as libphonenumber reads it, nil where that is
// not known. What is no E.164, as with the letters that libphonenumber would take for
// digits, is none.
func readCaller(e164 string, n *phonenumbers.PhoneNumber) callerID {
	if digits, ok := strings.CutPrefix(e164, "+"); !ok || strings.Trim(digits, "0123456789") != "" {
		return callerID{}
	}
	if n == nil {
		var err error
		if n, err = phonenumbers.Parse(e164, "ZZ"); err != nil {
			return callerID{}
		}
	}
	c := callerID{e164: e164, number: n}
	c.region = phonenumbers.GetRegionCodeForCountryCode(int(n.GetCountryCode()))
	c.national = phonenumbers.GetNationalSignificantNumber(n)
	c.code = strings.TrimSuffix(strings.TrimPrefix(e164, "+"), c.national)
	return c
}
