package koresim

import "strings"

// digitWords are the digits as they are said one by one.
var digitWords = map[string][]string{
	"en": {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"},
	"es": {"cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"},
	"fr": {"zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"},
	"de": {"null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"},
}

// teens and tens, for languages whose speakers say digits in pairs.
var (
	frTeens = strings.Fields("dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf")
	frTens  = []string{"", "", "vingt", "trente", "quarante", "cinquante", "soixante", "soixante", "quatre-vingt", "quatre-vingt"}
	esTeens = strings.Fields("diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve")
	esTens  = strings.Fields("- - veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa")
	esTwent = strings.Fields("veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve")
)

// sayDigits says digits one by one; anything but a digit is a short pause.
func sayDigits(d *dice, digits, lang string) string {
	words := digitWords[lang]
	var out []string
	oh, zwo := lang == "en" && d.chance(.5), lang == "de" && d.chance(.5)
	for i := 0; i < len(digits); i++ {
		c := digits[i]
		switch {
		case c < '0' || c > '9':
			if len(out) > 0 && !strings.HasSuffix(out[len(out)-1], ",") {
				out[len(out)-1] += ","
			}
		case c == '0' && oh:
			out = append(out, "oh")
		case c == '2' && zwo:
			out = append(out, "zwo")
		default:
			out = append(out, words[c-'0'])
		}
	}
	return strings.Join(out, " ")
}

// sayPair says two digits as one number, a leading zero by itself.
func sayPair(pair, lang string) string {
	if len(pair) != 2 || pair[0] == '0' {
		return sayDigits(&dice{x: 1}, pair, lang)
	}
	tens, one := int(pair[0]-'0'), int(pair[1]-'0')
	if lang == "es" {
		switch {
		case tens == 1:
			return esTeens[one]
		case tens == 2:
			return esTwent[one]
		case one == 0:
			return esTens[tens]
		}
		return esTens[tens] + " y " + digitWords["es"][one]
	}
	switch {
	case tens == 1:
		return frTeens[one]
	case tens == 7 && one == 1:
		return "soixante et onze"
	case tens == 7 || tens == 9:
		return frTens[tens] + "-" + frTeens[one]
	case tens == 8 && one == 0:
		return "quatre-vingts"
	case one == 0:
		return frTens[tens]
	case one == 1 && tens != 8:
		return frTens[tens] + " et un"
	}
	return frTens[tens] + "-" + digitWords["fr"][one]
}

// sayNumber says or writes a telephone number in one of the ways that a
// recogniser puts it down.
func sayNumber(d *dice, number, lang string) string {
	groups := national(number)
	digits := strings.Join(groups, "")
	style := d.n(10)
	if lang == "fr" || lang == "es" && len(digits)%2 == 0 && d.chance(.3) {
		switch {
		case style < 5 && len(digits)%2 == 0:
			var out []string
			for i := 0; i < len(digits); i += 2 {
				out = append(out, sayPair(digits[i:i+2], lang))
			}
			return strings.Join(out, ", ")
		case style < 8:
			return strings.Join(groups, " ")
		default:
			return digits
		}
	}
	switch {
	case style < 3:
		return sayDigits(d, strings.Join(groups, "-"), lang)
	case style < 5:
		return sayDigits(d, digits, lang)
	case style < 6 && len(groups) == 3 && lang != "de":
		return "(" + groups[0] + ") " + groups[1] + "-" + groups[2]
	case style < 7:
		return digits
	case style < 9 && lang != "de":
		return strings.Join(groups, "-")
	default:
		return strings.Join(groups, " ")
	}
}

// sayReference is a claim, order or account number, said or written.
func sayReference(d *dice, digits, lang string) string {
	switch d.n(4) {
	case 0:
		return sayDigits(d, digits, lang)
	case 1:
		half := len(digits) / 2
		return sayDigits(d, digits[:half]+"-"+digits[half:], lang)
	case 2:
		return digits[:3] + " " + digits[3:]
	default:
		return digits
	}
}

// spell says a name letter by letter.
func spell(name string) string {
	var out []string
	for _, r := range strings.ToUpper(name) {
		if r != ' ' && r != '-' && r != '\'' {
			out = append(out, string(r))
		}
	}
	return strings.Join(out, " ")
}
