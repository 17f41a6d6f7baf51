package cards

// kind is what a word does in a number.
type kind uint8

const (
	notNumber kind = iota
	unit           // 0 to 9
	weak           // 0 to 9 beside other digits alone: a word that a machine writes for a digit
	teen           // 10 to 19, and such as take no unit after them
	tens           // 20 to 90
	hundreds       // 200 to 900 as one word
	hundred
	thousand
	times  // doubles what comes next
	plural // "zeros": as many as the unit before says
)

type number struct {
	kind  kind
	value int
}

// lexicon has the number words of a language, folded.
type lexicon struct {
	words map[string]number
	and   string // stands between tens and units, or between hundreds and tens
	// unitFirst says that units go before tens: two and forty.
	unitFirst bool
}

func listed(k kind, from, step int, words ...string) map[string]number {
	m := make(map[string]number, len(words))
	for i, w := range words {
		m[w] = number{k, from + i*step}
	}
	return m
}

func merged(lists ...map[string]number) map[string]number {
	all := map[string]number{}
	for _, list := range lists {
		for w, n := range list {
			all[w] = n
		}
	}
	return all
}

func also(k kind, words map[string]int) map[string]number {
	m := make(map[string]number, len(words))
	for w, v := range words {
		m[w] = number{k, v}
	}
	return m
}

// languages are those that numbers are read in, in the order in which they are
// tried.
var languages = []string{"en", "es", "fr", "de"}

var lexicons = map[string]lexicon{"en": english, "es": spanish, "fr": french, "de": german}

var english = lexicon{and: "and", words: merged(
	listed(unit, 0, 1, "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
	also(unit, map[string]int{"oh": 0, "nought": 0, "naught": 0, "niner": 9, "fife": 5}),
	also(weak, map[string]int{"o": 0, "owe": 0, "won": 1, "to": 2, "too": 2, "tree": 3, "for": 4, "fore": 4, "ate": 8}),
	listed(teen, 10, 1, "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
	listed(tens, 20, 10, "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
	also(tens, map[string]int{"fourty": 40, "fivety": 50, "ninty": 90}),
	also(hundred, map[string]int{"hundred": 100}),
	also(thousand, map[string]int{"thousand": 1000}),
	also(times, map[string]int{"double": 2, "triple": 3, "treble": 3, "quadruple": 4, "twice": 2, "thrice": 3}),
	listed(plural, 0, 1, "zeros", "ones", "twos", "threes", "fours", "fives", "sixes", "sevens", "eights", "nines"),
	also(plural, map[string]int{"zeroes": 0, "ohs": 0, "os": 0}),
)}

var spanish = lexicon{and: "y", words: merged(
	listed(unit, 0, 1, "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
	also(weak, map[string]int{"un": 1, "una": 1}),
	listed(teen, 10, 1, "diez", "once", "doce", "trece", "catorce", "quince", "dieciseis", "diecisiete", "dieciocho", "diecinueve"),
	also(teen, map[string]int{
		"veintiuno": 21, "veintiun": 21, "veintiuna": 21, "veintidos": 22, "veintitres": 23, "veinticuatro": 24,
		"veinticinco": 25, "veintiseis": 26, "veintisiete": 27, "veintiocho": 28, "veintinueve": 29,
	}),
	listed(tens, 20, 10, "veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"),
	also(hundreds, map[string]int{
		"cien": 100, "ciento": 100, "doscientos": 200, "doscientas": 200, "trescientos": 300, "trescientas": 300,
		"cuatrocientos": 400, "cuatrocientas": 400, "quinientos": 500, "quinientas": 500, "seiscientos": 600, "seiscientas": 600,
		"setecientos": 700, "setecientas": 700, "ochocientos": 800, "ochocientas": 800, "novecientos": 900, "novecientas": 900,
	}),
	also(thousand, map[string]int{"mil": 1000}),
	also(times, map[string]int{"doble": 2, "triple": 3, "cuadruple": 4}),
	also(plural, map[string]int{"ceros": 0, "unos": 1, "treses": 3, "cuatros": 4, "cincos": 5, "seises": 6, "sietes": 7, "ochos": 8, "nueves": 9}),
)}

var french = lexicon{and: "et", words: merged(
	listed(unit, 0, 1, "zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"),
	also(weak, map[string]int{"une": 1, "o": 0, "cet": 7, "set": 7}),
	listed(teen, 10, 1, "dix", "onze", "douze", "treize", "quatorze", "quinze", "seize"),
	listed(tens, 20, 10, "vingt", "trente", "quarante", "cinquante", "soixante", "septante", "octante", "nonante"),
	also(tens, map[string]int{"huitante": 80, "vingts": 20}),
	also(hundred, map[string]int{"cent": 100, "cents": 100}),
	also(thousand, map[string]int{"mille": 1000, "mil": 1000}),
	also(times, map[string]int{"double": 2, "triple": 3, "quadruple": 4}),
	also(plural, map[string]int{"zeros": 0}),
)}

var german = lexicon{and: "und", unitFirst: true, words: merged(
	listed(unit, 0, 1, "null", "eins", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun"),
	also(unit, map[string]int{"zwo": 2, "fuenf": 5, "funnef": 5}),
	also(weak, map[string]int{"ein": 1, "eine": 1, "o": 0, "fur": 4}),
	listed(teen, 10, 1, "zehn", "elf", "zwolf", "dreizehn", "vierzehn", "funfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"),
	also(teen, map[string]int{"zwoelf": 12, "fuenfzehn": 15}),
	listed(tens, 20, 10, "zwanzig", "dreissig", "vierzig", "funfzig", "sechzig", "siebzig", "achtzig", "neunzig"),
	also(tens, map[string]int{"fuenfzig": 50, "dreizig": 30}),
	also(hundred, map[string]int{"hundert": 100}),
	also(thousand, map[string]int{"tausend": 1000}),
	also(times, map[string]int{"doppel": 2, "doppelt": 2, "doppelte": 2, "dreifach": 3, "dreifache": 3, "vierfach": 4, "zweimal": 2, "zwomal": 2, "dreimal": 3, "viermal": 4}),
	also(plural, map[string]int{"nullen": 0, "einsen": 1, "zweien": 2, "dreien": 3, "vieren": 4, "funfen": 5}),
)}
