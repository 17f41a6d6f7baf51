package cards

import "testing"

// Quotes, colons and characters written as HTML part the groups of a card, and other
// numbers still end at them.
func TestSignsBetweenGroups(t *testing.T) {
	const gone = "[card ending 6467]"
	checkMasks(t, []masking{
		{"a list of texts", "en", `["4539", "1488", "0343", "6467"]`, `["` + gone + `"]`},
		{"a list under a key", "en", `{"card":["4539","1488","0343","6467"],"phone":"415 309 2815"}`, `{"card":["` + gone + `"],"phone":"415 309 2815"}`},
		{"a code and a date in the list", "en", `["4539","1488","0343","6467","08/27"]`, `["` + gone + `","08/27"]`},
		{"a list of digits", "en", `["4","5","3","9","1","4","8","8","0","3","4","3","6","4","6","7"]`, `["` + gone + `"]`},
		{"quotes", "en", `it is "4539" "1488" "0343" "6467" thanks`, `it is "` + gone + `" thanks`},
		{"typographic quotes", "de", "Karte „4539“ „1488“ „0343“ „6467“", "Karte „" + gone + "“"},
		{"colons", "fr", "carte : 4539 : 1488 : 0343 : 6467", "carte : " + gone},
		{"American Express", "en", "3714:496353:98431", "[card ending 8431]"},
		{"hard spaces", "es", "tarjeta 4539&nbsp;1488&nbsp;0343&nbsp;6467", "tarjeta " + gone},
		{"numbered characters", "en", "4539&#160;1488&#xA0;0343&#32;6467", gone},
		{"behind a telephone number", "en", `call 415-309-2815, "4539" "1488" "0343" "6467"`, `call 415-309-2815, "` + gone + `"`},
		{"different signs", "en", `4539: "1488", 0343: 6467`, ""},
		{"times", "en", "10:30 to 12:45, 14:15 to 17:50", ""},
		{"pairs", "en", "45:39:14:88:03:43:64:67", ""},
		{"no card", "en", `["4539", "1488", "0343", "6468"]`, ""},
		{"telephone numbers", "en", `["4155550132", "5105550177"]`, ""},
		{"telephone numbers in groups", "en", `"415" "555" "0132"`, ""},
		{"a number and what it counts", "en", "it was 4539: 1488 came, 0343: 6467 went", ""},
	})
}
