// Package langcode reads the codes of languages as recognisers write them. It is
// pure, and safe for concurrent use.
package langcode

import "strings"

// aliases are codes of three letters and older or narrower ones that recognisers write.
var aliases = map[string]string{
	"ara": "ar", "arb": "ar", "bul": "bg", "cat": "ca", "ces": "cs", "cze": "cs", "cmn": "zh", "dan": "da", "deu": "de",
	"ell": "el", "eng": "en", "eus": "eu", "fas": "fa", "fin": "fi", "fra": "fr", "fre": "fr", "ger": "de", "gle": "ga",
	"glg": "gl", "hin": "hi", "hrv": "hr", "hun": "hu", "hye": "hy", "ind": "id", "in": "id", "ita": "it", "jpn": "ja",
	"kor": "ko", "nb": "no", "nn": "no", "nld": "nl", "nor": "no", "nob": "no", "nno": "no", "pes": "fa", "pol": "pl",
	"por": "pt", "ron": "ro", "rum": "ro", "mo": "ro", "rus": "ru", "spa": "es", "swe": "sv", "tur": "tr", "yue": "zh", "zho": "zh",
}

// Base returns the language of a code as upstreams write it, without region and
// script, in lower case: "en-US", "en_GB" and "EN" are "en". Codes of three
// letters and Norwegian's two written forms become the usual code of two. A
// code that is not known stays, cut and lowered; "" is "".
func Base(code string) string {
	code = strings.TrimSpace(code)
	if i := strings.IndexAny(code, "-_.@ "); i >= 0 {
		code = code[:i]
	}
	code = strings.ToLower(code)
	if base, ok := aliases[code]; ok {
		return base
	}
	return code
}
