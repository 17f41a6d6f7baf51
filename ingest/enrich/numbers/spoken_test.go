package numbers

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// one says each digit by its word, with spaces between.
func (v voice) one(digits string) string {
	var words []string
	for _, d := range digits {
		words = append(words, v.digits[d-'0'][0])
	}
	return strings.Join(words, " ")
}

func checkSaid(t *rapid.T, v voice, text, want string) {
	t.Helper()
	for _, lang := range []string{v.lang, ""} {
		runs := Find(text, lang)
		checkSpans(t, text, runs)
		if got := show(runs); got != want {
			t.Fatalf("Find(%q, %q) = %q, want %q", text, lang, got, want)
		}
	}
}

func TestCorrectedNumbersAreFound(t *testing.T) {
	for _, v := range voices {
		t.Run(v.lang, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				digits := draw(t, v.sayable[0])
				groups := []string{digits[:3], digits[3:6], digits[6:]}
				slip := rapid.IntRange(0, 2).Draw(t, "slip")
				wrong := []byte(groups[slip])
				at := rapid.IntRange(max(0, 1-slip), len(wrong)-1).Draw(t, "at")
				wrong[at] = '0' + (wrong[at]-'0'+byte(rapid.IntRange(1, 8).Draw(t, "by")))%10
				var said []string
				for i, group := range groups {
					text := v.one(group)
					if i == slip {
						text = v.one(string(wrong)) + rapid.SampledFrom(v.correction).Draw(t, "correction") + text
					}
					said = append(said, text)
				}
				checkSaid(t, v, strings.Join(said, ", "), digits)
			})
		})
	}
}

func TestCountryCodesAreFound(t *testing.T) {
	for _, v := range voices {
		t.Run(v.lang, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				national := strings.TrimPrefix(draw(t, v.sayable[0]), "0")
				text := rapid.SampledFrom(v.country).Draw(t, "country") + ", " + v.one(national)
				checkSaid(t, v, text, "+"+v.countryCode+national)
			})
		})
	}
}

func TestAreaCodesSaidAfterwardsAreFound(t *testing.T) {
	for _, v := range voices {
		t.Run(v.lang, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				area, number := draw(t, "NXX"), draw(t, "NXXXXXX")
				text := v.one(number) + rapid.SampledFrom(v.areaAfterwards).Draw(t, "area") + v.one(area)
				checkSaid(t, v, text, area+number)
			})
		})
	}
}

// TestLookupsFindTerms checks Matches against the words of a query: what was
// said is found by itself, with and without country code, and by its end.
func TestLookupsFindTerms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Run{Digits: draw(t, "NXXNXXXXXX")}
		for _, query := range []string{r.Digits, "1" + r.Digits, "011" + "1" + r.Digits, r.Digits[6:], r.Digits[3:]} {
			if !Matches(r, query, false) {
				t.Errorf("%s doesn't find %s", query, r.Digits)
			}
		}
		other := draw(t, "NXXNXXXXXX")
		if other != r.Digits && Matches(r, other, false) {
			t.Errorf("%s finds %s", other, r.Digits)
		}
	})
}

func FuzzFind(f *testing.F) {
	for _, seed := range []string{
		"call me at six one seven, no, six one eight, five five five oh one two three", "+49 (0)30 1234",
		"555O123 x12 ٦١٧\xff 1\n2", "soixante dix huit quatre vingt et un", "zweimal die ein und zwanzig tausend",
		"area code plus plus area code 1 area code", "dos mil mil mil cien y", "hundertundeinstausend", "double double triple",
	} {
		f.Add(seed, "en")
		f.Add(seed, "")
	}
	f.Fuzz(func(t *testing.T, text, lang string) {
		runs := Find(text, lang)
		checkSpans(t, text, runs)
		if diff := cmp.Diff(runs, Find(text, lang)); diff != "" {
			t.Errorf("another result for the same text:\n%s", diff)
		}
		for _, r := range runs {
			if !Matches(r, r.Digits, r.Plus) {
				t.Errorf("%+v is not found by its own digits", r)
			}
		}
		digits, ok := Said(strings.Fields(text))
		if ok != (digits != "") || !utf8.ValidString(digits) {
			t.Errorf("Said = %q, %v", digits, ok)
		}
	})
}
