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
}

// callerID is the number that the call came from.
type callerID struct {
	e164     string
	region   string
	code     string // of the country
	national string
	area     int // digits of national that are its area code; 0 for none
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
	var out []region
	add := func(code string, guess bool) {
		if code == "" {
			return
		}
		for _, had := range out {
			if had.code == code {
				return
			}
		}
		out = append(out, region{code, trunkZero(code), guess})
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

// trunks are the regions with a zero before their area codes.
var trunks = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{"IT": true, "SM": true, "VA": true} // there it is a part of the number
	for code := range phonenumbers.GetSupportedRegions() {
		if strings.HasPrefix(phonenumbers.GetNddPrefixForRegion(code, true), "0") {
			all[code] = true
		}
	}
	return all
})

func trunkZero(code string) bool { return trunks()[code] }

// readCaller reads a caller id.
func readCaller(e164 string) callerID {
	if !strings.HasPrefix(e164, "+") {
		return callerID{}
	}
	n, err := phonenumbers.Parse(e164, "ZZ")
	if err != nil {
		return callerID{}
	}
	c := callerID{e164: e164, region: phonenumbers.GetRegionCodeForNumber(n)}
	if c.region == "" {
		c.region = phonenumbers.GetRegionCodeForCountryCode(int(n.GetCountryCode()))
	}
	c.national = phonenumbers.GetNationalSignificantNumber(n)
	c.code = strings.TrimSuffix(strings.TrimPrefix(e164, "+"), c.national)
	c.area = phonenumbers.GetLengthOfGeographicalAreaCode(n)
	return c
}
