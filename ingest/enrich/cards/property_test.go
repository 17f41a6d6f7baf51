package cards

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"afterbeep/ingest/enrich/numeral"

	"pgregory.net/rapid"
)

// speaker says digits in a language, without the words of the package.
type speaker struct {
	units, tens, teens []string
	pair               func(s speaker, tens, unit int) string
	double, fillers    []string
	before, plain      []string
	phone              string
	and                string
}

var speakers = map[string]speaker{
	"en": {
		units: strings.Fields("zero one two three four five six seven eight nine"),
		teens: strings.Fields("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"),
		tens:  strings.Fields("x x twenty thirty forty fifty sixty seventy eighty ninety"),
		pair:  func(s speaker, t, u int) string { return s.tens[t] + "-" + s.units[u] }, double: []string{"double", "triple"},
		fillers: []string{"uh", "um", "let me see", "hold on", "and then", "okay"},
		before:  []string{"it is", "my card is", "please use", "the visa number is", "here we go"},
		plain:   []string{"hello there", "thank you and goodbye", "my name is maria lopez", "the delivery did not come"}, phone: "call me on", and: "and",
	},
	"es": {
		units: strings.Fields("cero uno dos tres cuatro cinco seis siete ocho nueve"),
		teens: strings.Fields("diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve"),
		tens:  strings.Fields("x veinti treinta cuarenta cincuenta sesenta setenta ochenta noventa"),
		pair: func(s speaker, t, u int) string {
			return []string{"treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"}[max(t-3, 0)] + " y " + s.units[u]
		},
		double: []string{"doble", "triple"}, fillers: []string{"eh", "este", "a ver", "espere"},
		before: []string{"es", "mi tarjeta es", "usen la", "el número de la visa es"}, plain: []string{"hola buenos días", "muchas gracias adiós", "me llamo rubén"}, phone: "llámenme al", and: "y",
	},
	"fr": {
		units: strings.Fields("zéro un deux trois quatre cinq six sept huit neuf"),
		teens: strings.Fields("dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf"),
		pair: func(s speaker, t, u int) string {
			switch {
			case t >= 8:
				return "quatre-vingt-" + append(s.units, s.teens...)[(t-8)*10+u]
			case t == 7 && u == 1:
				return "soixante et onze"
			case t == 7:
				return "soixante-" + s.teens[u]
			case u == 1:
				return strings.Fields("x x vingt trente quarante cinquante soixante")[t] + " et un"
			}
			return strings.Fields("x x vingt trente quarante cinquante soixante")[t] + "-" + s.units[u]
		},
		double: []string{"double", "triple"}, fillers: []string{"euh", "attendez", "alors", "voyons"},
		before: []string{"c'est le", "ma carte c'est", "prenez la", "le numéro de la visa est"}, plain: []string{"bonjour madame", "merci au revoir", "c'est julien"}, phone: "rappelez-moi au", and: "et",
	},
	"de": {
		units: strings.Fields("null eins zwei drei vier fünf sechs sieben acht neun"),
		teens: strings.Fields("zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn"),
		tens:  strings.Fields("x x zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"),
		pair: func(s speaker, t, u int) string {
			return strings.Replace(s.units[u], "eins", "ein", 1) + "und" + s.tens[t]
		},
		double: []string{"doppel"}, fillers: []string{"äh", "ähm", "moment", "also"},
		before: []string{"es ist die", "meine karte ist", "nehmen sie die", "die visa nummer lautet"}, plain: []string{"guten tag", "vielen dank tschüss", "hier ist sabine"}, phone: "rufen sie mich an unter", and: "und",
	},
}

// aCard draws a number that passes, of an issuer.
func aCard(t *rapid.T) string {
	kind := rapid.SampledFrom([]struct {
		prefix string
		length int
	}{
		{"4", 16}, {"51", 16}, {"55", 16}, {"2221", 16}, {"2720", 16}, {"2500", 16}, {"34", 15}, {"37", 15}, {"6011", 16}, {"65", 16}, {"644", 16},
		{"36", 14}, {"305", 14}, {"38", 14}, {"3528", 16}, {"3589", 16}, {"62", 16}, {"62", 19}, {"4", 19}, {"6759", 16}, {"5018", 16}, {"6304", 18},
	}).Draw(t, "issuer")
	digits := kind.prefix
	// Drawn one by one, most would be zeros.
	drawn := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "digits"), 0))
	for len(digits) < kind.length-1 {
		digits += string(rune('0' + drawn.IntN(10)))
	}
	for d := '0'; d <= '9'; d++ {
		if numeral.Luhn(digits + string(d)) {
			return digits + string(d)
		}
	}
	t.Fatal("no check digit")
	return ""
}

// groups splits digits into groups of the sizes that people use.
func groups(t *rapid.T, digits string) []string {
	var out []string
	size := rapid.IntRange(2, 5).Draw(t, "size")
	for len(digits) > size {
		out, digits = append(out, digits[:size]), digits[size:]
	}
	return append(out, digits)
}

// say renders a group of digits.
func (s speaker) say(t *rapid.T, group string) string {
	if rapid.IntRange(0, 3).Draw(t, "written") == 0 {
		return group
	}
	style := rapid.IntRange(0, 2).Draw(t, "style")
	var words []string
	for i := 0; i < len(group); i++ {
		d := int(group[i] - '0')
		if style == 1 && i+1 < len(group) && len(group)%2 == 0 && i%2 == 0 {
			u := int(group[i+1] - '0')
			switch {
			case d == 1:
				words, i = append(words, s.teens[u]), i+1
				continue
			case d > 2 && u > 0:
				words, i = append(words, s.pair(s, d, u)), i+1
				continue
			}
		}
		run := 1
		for i+run < len(group) && group[i+run] == group[i] && run <= len(s.double) {
			run++
		}
		if style == 2 && run > 1 {
			words, i = append(words, s.double[run-2]+" "+s.units[d]), i+run-1
			continue
		}
		words = append(words, s.units[d])
	}
	return strings.Join(words, " ")
}

// TestAnyCardIsMasked says cards of all issuers in all manners, over segments and
// beside phone numbers.
func TestAnyCardIsMasked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom(languages).Draw(t, "lang")
		s := speakers[lang]
		card := aCard(t)
		var b strings.Builder
		before := rapid.SampledFrom(s.before).Draw(t, "before")
		if len(card) > 16 {
			before = s.before[1] // what nobody calls a card may be two telephone numbers, and these come first
		}
		fmt.Fprintf(&b, "%s %s ", rapid.SampledFrom(s.plain).Draw(t, "begin"), before)
		for i, g := range groups(t, card) {
			if i > 0 {
				b.WriteString(rapid.SampledFrom([]string{", ", ", ", "\n", " " + rapid.SampledFrom(s.fillers).Draw(t, "filler") + ", "}).Draw(t, "gap"))
			}
			b.WriteString(s.say(t, g))
		}
		phone := rapid.SampledFrom([]string{"617 555 0123", "+1 857 555 0199", "212-555-0168"}).Draw(t, "phone")
		fmt.Fprintf(&b, " %s %s %s", s.phone, phone, rapid.SampledFrom(s.plain).Draw(t, "end"))

		segments := strings.Split(b.String(), "\n")
		langs := slices.Repeat([]string{rapid.SampledFrom([]string{lang, ""}).Draw(t, "told")}, len(segments))
		masked := Mask(segments, langs)
		got := strings.Join(masked, "\n")
		if want := maskBegin + card[len(card)-4:] + maskEnd; !strings.Contains(got, want) {
			t.Fatalf("%s is not masked:\n%s\n%s", card, b.String(), got)
		}
		if !strings.Contains(got, phone) {
			t.Fatalf("the phone number is lost:\n%s\n%s", b.String(), got)
		}
		if n := len(heard(strings.ReplaceAll(got, phone, ""), lang)); n > 4 {
			t.Fatalf("%d digits are left:\n%s\n%s", n, b.String(), got)
		}
		if again := Mask(masked, langs); !slices.Equal(again, masked) {
			t.Fatalf("masked again:\n%q\n%q", masked, again)
		}
	})
}

// TestNearlyACardIsMasked says cards of which a digit was misheard, lost or heard
// twice, where somebody speaks of a card.
func TestNearlyACardIsMasked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom(languages).Draw(t, "lang")
		s := speakers[lang]
		card := aCard(t)
		at := rapid.IntRange(1, len(card)-2).Draw(t, "at")
		card = card[:at] + rapid.SampledFrom([]string{"", "7", "33"}).Draw(t, "heard") + card[at+1:]
		var said []string
		for _, g := range groups(t, card) {
			said = append(said, s.say(t, g))
		}
		text := rapid.SampledFrom(s.plain).Draw(t, "begin") + " " + s.before[1] + " " + strings.Join(said, ", ") + " " + s.phone + " 617 555 0123"
		got := MaskText(text, lang)
		if left := len(heard(strings.ReplaceAll(got, "617 555 0123", ""), lang)); left > 4 || !strings.Contains(got, "617 555 0123") {
			t.Fatalf("%d digits are left:\n%s\n%s", left, text, got)
		}
		if again := MaskText(got, lang); again != got {
			t.Fatalf("masked again:\n%q\n%q", got, again)
		}
	})
}

func holdsNoCard(number string) bool {
	for i := range number {
		for j := i + fewest; j <= len(number); j++ {
			if gradeOf([]byte(number[i:j])) != noCard {
				return false
			}
		}
	}
	return true
}

// TestOtherNumbersStay says numbers that are called something else and don't
// pass for cards.
func TestOtherNumbersStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom(languages).Draw(t, "lang")
		s := speakers[lang]
		number := rapid.StringMatching(`[0-9]{5,17}`).Filter(holdsNoCard).Draw(t, "number")
		what := rapid.SampledFrom(map[string][]string{
			"en": {"my order number is", "the account number is", "policy", "the tracking number", "my number is"},
			"es": {"mi número de cuenta es", "el pedido", "la póliza", "mi número es"},
			"fr": {"le numéro de compte est", "la commande", "mon contrat", "mon numéro c'est le"},
			"de": {"die kontonummer ist", "die bestellnummer lautet", "meine kundennummer ist", "meine nummer ist"},
		}[lang]).Draw(t, "what")
		var said []string
		for _, g := range groups(t, number) {
			said = append(said, s.say(t, g))
		}
		text := rapid.SampledFrom(s.plain).Draw(t, "begin") + " " + what + " " + strings.Join(said, ", ")
		if got := MaskText(text, lang); got != text {
			t.Fatalf("got  %q\nwant %q", got, text)
		}
	})
}

// TestScreenHidesNoCard holds for words with letters that are no letters of
// numbers, or that are written in other ways: what is not looked at says nothing.
func TestScreenHidesNoCard(t *testing.T) {
	odd := []string{"", "", "", " ", "æ", "Æ", "ð", "þ", "×", "÷", "ß", "\u0301", "\u20e3", "\ufe0f", "\u00ad", "\u200b", "œ", "İ", "\u212a", "ª", "д", "\xc3", "\xcc", "\xcd", "-", "\n"}
	forms := strings.NewReplacer("oe", "œ", "ss", "ß", "ö", "œ", "ß", "ẞ")
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom(languages).Draw(t, "lang")
		s := speakers[lang]
		oddly := rapid.SampledFrom(odd)
		var b strings.Builder
		for _, g := range groups(t, aCard(t)) {
			word := s.say(t, g)
			switch rapid.IntRange(0, 5).Draw(t, "form") {
			case 0:
				word = strings.ToUpper(word)
			case 1:
				word = forms.Replace(word)
			case 2:
				word = strings.NewReplacer("i", "İ", "k", "\u212a", "a", "a\u0301", "o", "O\u20dd").Replace(word)
			}
			b.WriteString(oddly.Draw(t, "before") + word + oddly.Draw(t, "behind") + " ")
		}
		texts, langs := strings.Split(b.String(), "\n"), []string{lang}
		if got, want := Mask(texts, langs), maskAll(texts, langs); !slices.Equal(got, want) {
			t.Fatalf("%q: got %q, want %q", texts, got, want)
		}
	})
	for _, text := range []string{
		"4×2×4×2×4×2×4×2×4×2×4×2×4×2×4×2", "un×un×un×un×un×un×un×un×un×un×un×un×un×un×un×un", "\xc34\xc32\xc34\xc32 4242 4242 4242",
		"eight times 42", "visa eight times forty-two", "quadruple 4242 quadruple 42", "achtmal 42", "acht mal zweiundvierzig",
	} {
		for _, lang := range append([]string{""}, languages...) {
			if got, want := MaskText(text, lang), maskAll([]string{text}, []string{lang})[0]; got != want {
				t.Errorf("%q in %q: got %q, want %q", text, lang, got, want)
			}
		}
	}
}

// FuzzMask holds for any bytes: no panic, broken bytes are not made, and what was
// masked is masked for good. What says fewer digits than a card has stays.
func FuzzMask(f *testing.F) {
	f.Add("my card is 4242 4242 4242 4242 expires 12/27 code on the back 123", "en")
	f.Add("ma carte quatre mille deux cent quarante-deux\nquarante-deux", "fr")
	f.Add("vier no zwei no dreimal die zwei \xff 4242[card ending 4242]", "de")
	f.Add("٤٢ 4\ufe0f\u20e3 OOO + plus [expiry", "")
	for _, text := range []string{withCard, plain} {
		f.Add(text, "es")
	}
	f.Fuzz(func(t *testing.T, text, lang string) {
		segments := strings.Split(text, "\n")
		langs := []string{lang}
		got := Mask(segments, langs)
		if len(got) != len(segments) {
			t.Fatalf("%d segments became %d", len(segments), len(got))
		}
		if again := Mask(got, langs); !slices.Equal(again, got) {
			t.Errorf("masked again: %q, then %q", got, again)
		}
		for i := range got {
			if utf8.ValidString(segments[i]) && !utf8.ValidString(got[i]) {
				t.Errorf("%q became the broken %q", segments[i], got[i])
			}
		}
		said := 0
		for _, l := range languages {
			ts := tokens(strings.Join(segments, "\n"))
			n := 0
			for _, p := range readIn(ts, l).pieces {
				n += len(p.digits)
			}
			said = max(said, n)
		}
		if said < fewest && !slices.Equal(got, segments) {
			t.Errorf("%d digits, and %q became %q", said, segments, got)
		}
	})
}
