package numbers

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// voice says digits in one language, for tests: written apart from the tables
// of the package, so that a slip in them shows.
type voice struct {
	lang           string
	digits         [10][]string
	pair           func(n int) []string // ways to say 10-99
	hundred        func(n int) []string // ways to say 100-999 in full, maybe none
	double, triple []string
	between        []string // what may stand between two groups of digits
	sayable        []string // numbers that are common, as patterns: N 2-9, X 0-9
	before, after  []string // what the sentence goes on with
	country        []string // the words for the plus and the country code
	countryCode    string
	correction     []string
	areaAfterwards []string
}

var voices = []voice{
	{
		lang: "en",
		digits: [10][]string{
			{"zero", "oh", "o", "O", "nought"},
			{"one"},
			{"two"},
			{"three"},
			{"four"},
			{"five"},
			{"six"},
			{"seven"},
			{"eight"},
			{"nine", "niner"},
		},
		pair: englishPair, hundred: func(int) []string { return nil },
		double: []string{"double"}, triple: []string{"triple", "treble"},
		between: []string{" ", " ", ", ", " um ", ", uh, ", " and then ", " dash ", " hyphen ", "\n", " ... ", " then, "},
		sayable: []string{"NXXNXXXXXX", "1NXXNXXXXXX", "NXXXXXX"},
		before:  []string{"please call me at ", "my number is ", "Hi. ", ""},
		after:   []string{" thanks", ". Thank you very much", " please call soon", ""},
		country: []string{"plus one"}, countryCode: "1",
		correction:     []string{", no, ", ", sorry, ", " no wait ", ", I mean, ", " correction "},
		areaAfterwards: []string{" area code ", ", with area code ", ", that's area code "},
	},
	{
		lang: "es",
		digits: [10][]string{
			{"cero"}, {"uno"}, {"dos"}, {"tres"}, {"cuatro"}, {"cinco"}, {"seis"}, {"siete"}, {"ocho"}, {"nueve"},
		},
		pair: spanishPair, hundred: spanishHundred,
		double: []string{"doble"}, triple: []string{"triple"},
		between: []string{" ", " ", ", ", " eh ", ", este, ", " guion ", " guión ", "\n", " luego "},
		sayable: []string{"6XXXXXXXX", "9XXXXXXXX", "NXXNXXXXXX"},
		before:  []string{"llámeme al ", "mi número es ", "Hola. ", ""},
		after:   []string{" gracias", ". Muchas gracias", " por favor llame pronto", ""},
		country: []string{"más treinta y cuatro", "mas treinta y cuatro"}, countryCode: "34",
		correction:     []string{", no, ", ", perdón, ", ", digo, ", " mejor dicho "},
		areaAfterwards: []string{" código de área ", ", prefijo ", ", con el prefijo "},
	},
	{
		lang: "fr",
		digits: [10][]string{
			{"zéro", "zero"}, {"un"}, {"deux"}, {"trois"}, {"quatre"}, {"cinq"}, {"six"}, {"sept"}, {"huit"}, {"neuf"},
		},
		pair: frenchPair, hundred: func(int) []string { return nil },
		double: []string{"double"}, triple: []string{"triple"},
		between: []string{", ", ", euh, ", " et puis ", " tiret ", ",\n", " heu "},
		sayable: []string{"0NXXXXXXXX"},
		before:  []string{"rappelez-moi au ", "mon numéro est le ", "Bonjour. ", ""},
		after:   []string{" merci", ". Merci beaucoup", " rappelez vite", ""},
		country: []string{"plus trente-trois", "plus trente trois"}, countryCode: "33",
		correction:     []string{", non, ", ", pardon, ", ", non pardon, ", " je veux dire "},
		areaAfterwards: []string{", indicatif ", ", avec l'indicatif "},
	},
	{
		lang: "de",
		digits: [10][]string{
			{"null"}, {"eins"}, {"zwei", "zwo"}, {"drei"}, {"vier"}, {"fünf", "funf", "fuenf"}, {"sechs"}, {"sieben"}, {"acht"}, {"neun"},
		},
		pair: germanPair, hundred: germanHundred,
		double: []string{"doppel", "zweimal", "zweimal die"}, triple: []string{"dreimal", "dreimal die"},
		between: []string{" ", " ", ", ", " äh ", ", ähm, ", " und dann ", " Strich ", "\n"},
		sayable: []string{"0NXXXXXXXXX", "0NXXXXXXXX"},
		before:  []string{"bitte rufen Sie mich an unter ", "meine Nummer lautet ", "Hallo. ", ""},
		after:   []string{" danke", ". Vielen Dank", " bitte bald anrufen", ""},
		country: []string{"plus neunundvierzig", "plus vier neun"}, countryCode: "49",
		correction:     []string{", nein, ", ", Entschuldigung, ", " Quatsch ", ", ich meine "},
		areaAfterwards: []string{" Vorwahl ", ", mit der Vorwahl "},
	},
}

func englishPair(n int) []string {
	small := strings.Fields("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
	if n < 20 {
		return []string{small[n-10]}
	}
	ten := strings.Fields("twenty thirty forty fifty sixty seventy eighty ninety")[n/10-2]
	if n%10 == 0 {
		return []string{ten}
	}
	one := strings.Fields("one two three four five six seven eight nine")[n%10-1]
	return []string{ten + " " + one, ten + "-" + one}
}

func spanishPair(n int) []string {
	if n < 20 {
		return []string{strings.Fields("diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve")[n-10]}
	}
	ten := strings.Fields("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa")[n/10-2]
	if n%10 == 0 {
		return []string{ten}
	}
	one := strings.Fields("uno dos tres cuatro cinco seis siete ocho nueve")[n%10-1]
	if n < 30 {
		return []string{strings.Fields("veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve")[n-21]}
	}
	return []string{ten + " y " + one}
}

func spanishHundred(n int) []string {
	hundreds := strings.Fields("ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos")
	if n%100 < 10 {
		return nil // "seiscientos cinco" and what follows can be cut in two ways
	}
	return []string{hundreds[n/100-1] + " " + spanishPair(n % 100)[0]}
}

func frenchPair(n int) []string {
	ones := strings.Fields("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf")
	tens := strings.Fields("vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt")
	var out string
	switch rest := n % 10; {
	case n < 20:
		out = ones[n]
	case n >= 70 && n < 80 || n >= 90:
		out = tens[n/10-2] + "-" + ones[10+rest]
	case rest == 0:
		out = tens[n/10-2]
	case rest == 1 && n < 80:
		out = tens[n/10-2] + " et un"
	default:
		out = tens[n/10-2] + "-" + ones[rest]
	}
	if n == 71 {
		out = "soixante et onze"
	}
	all := []string{out, strings.ReplaceAll(out, "-", " ")}
	switch n / 10 {
	case 7:
		all = append(all, strings.TrimSuffix("septante-"+ones[n%10], "-zéro"))
	case 9:
		all = append(all, strings.TrimSuffix("nonante-"+ones[n%10], "-zéro"))
	}
	return all
}

func germanPair(n int) []string {
	if n < 20 {
		return []string{strings.Fields("zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn")[n-10]}
	}
	ten := strings.Fields("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")[n/10-2]
	if n%10 == 0 {
		return []string{ten}
	}
	one := strings.Fields("ein zwei drei vier fünf sechs sieben acht neun")[n%10-1]
	return []string{one + "und" + ten, strings.ReplaceAll(one+"und"+ten, "ß", "ss"), one + " und " + ten}
}

func germanHundred(n int) []string {
	one := strings.Fields("ein zwei drei vier fünf sechs sieben acht neun")[n/100-1]
	if n%100 < 10 {
		return nil
	}
	return []string{one + "hundert" + germanPair(n % 100)[0]}
}

// draw makes the digits of a pattern.
func draw(t *rapid.T, pattern string) string {
	var out strings.Builder
	for i, c := range pattern {
		low := 0
		switch c {
		case 'N':
			low = 2
		case 'X':
		default:
			out.WriteRune(c)
			continue
		}
		out.WriteString(strconv.Itoa(rapid.IntRange(low, 9).Draw(t, fmt.Sprint("digit", i))))
	}
	return out.String()
}

// say says digits: in groups of one to three, each in one of the ways that leave
// no doubt where it ends.
func (v voice) say(t *rapid.T, digits string) string {
	var out strings.Builder
	open := false // a unit would be added to what was said
	for len(digits) > 0 {
		if out.Len() > 0 {
			sep := rapid.SampledFrom(v.between).Draw(t, "between")
			if open && v.lang == "fr" {
				sep = ", "
			}
			out.WriteString(sep)
		}
		n := 1
		switch way := rapid.IntRange(0, 5).Draw(t, "way"); {
		case way == 5 && len(digits) >= 2 && digits[0] == digits[1]:
			n = 2
			if len(digits) >= 3 && digits[2] == digits[0] {
				n = 3
			}
			times := v.double
			if n == 3 {
				times = v.triple
			}
			out.WriteString(rapid.SampledFrom(times).Draw(t, "times") + " " + v.digits[digits[0]-'0'][0])
			open = false
		case way == 4 && len(digits) >= 3 && digits[0] != '0' && v.hundred(value(digits[:3])) != nil &&
			!(digits[2] == '0' && len(digits) > 3 && digits[3] != '0'):
			n = 3
			out.WriteString(rapid.SampledFrom(v.hundred(value(digits[:3]))).Draw(t, "hundred"))
			open = false
		case way >= 3 && len(digits) >= 2 && digits[0] != '0' && !(digits[1] == '0' && len(digits) > 2 && digits[2] != '0') && !open:
			n = 2
			out.WriteString(rapid.SampledFrom(v.pair(value(digits[:2]))).Draw(t, "pair"))
			open = v.lang == "fr" || digits[1] == '0'
		case way == 2:
			n = rapid.IntRange(1, min(4, len(digits))).Draw(t, "written")
			out.WriteString(digits[:n])
			open = false
		default:
			out.WriteString(rapid.SampledFrom(v.digits[digits[0]-'0']).Draw(t, "word"))
			open = v.lang == "fr"
		}
		digits = digits[n:]
	}
	return out.String()
}

func value(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// checkSpans fails where the places of runs are not as Run says.
func checkSpans(t interface{ Errorf(string, ...any) }, text string, runs []Run) {
	last := 0
	for _, r := range runs {
		if r.Digits == "" || len(r.Spans) == 0 || strings.Trim(r.Digits, "0123456789") != "" {
			t.Errorf("run %+v of %q", r, text)
			return
		}
		for _, s := range r.Spans {
			if s.Start < last || s.End <= s.Start || s.End > len(text) {
				t.Errorf("spans %v of %q", r.Spans, text)
				return
			}
			last = s.End
			if utf8.ValidString(text) && !utf8.ValidString(text[s.Start:s.End]) {
				t.Errorf("span %v of %q is not at the borders of runes", s, text)
			}
		}
	}
}

func TestSpokenNumbersAreFound(t *testing.T) {
	for _, v := range voices {
		t.Run(v.lang, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				digits := draw(t, rapid.SampledFrom(v.sayable).Draw(t, "pattern"))
				text := rapid.SampledFrom(v.before).Draw(t, "before") + v.say(t, digits) + rapid.SampledFrom(v.after).Draw(t, "after")
				runs := Find(text, v.lang)
				checkSpans(t, text, runs)
				if got := show(runs); got != digits {
					t.Fatalf("Find(%q) = %q, want %q", text, got, digits)
				}
				if got := show(Find(text, "")); got != digits {
					t.Fatalf("Find(%q) without language = %q, want %q", text, got, digits)
				}
			})
		})
	}
}
