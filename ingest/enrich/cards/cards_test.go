package cards

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMask(t *testing.T) {
	for _, tt := range []struct {
		name, lang string
		text, want []string
	}{
		{"nothing", "en", nil, nil},
		{"no number", "en", []string{"hello there"}, []string{"hello there"}},
		{"one run", "en", []string{"it is 4242424242424242."}, []string{"it is [card ending 4242]."}},
		{"fours", "", []string{"4242 4242 4242 4242"}, []string{"[card ending 4242]"}},
		{"hyphens", "", []string{"4242-4242-4242-4242"}, []string{"[card ending 4242]"}},
		{"odd groups", "", []string{"42 4242 424 24242 42"}, []string{"[card ending 4242]"}},
		{"signs of all kinds", "", []string{"4242_4242/4242.4242"}, []string{"[card ending 4242]"}},
		{"sentences", "en", []string{"Four two four two. Four two four two. Four two four two. Four two four two."}, []string{"[card ending 4242]."}},
		{"wide digits", "", []string{"４２４２ ４２４２ ４２４２ ４２４２"}, []string{"[card ending 4242]"}},
		{"Arabic digits", "", []string{"٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢"}, []string{"[card ending 4242]"}},
		{"joiners between", "", []string{"4242\u200b4242\u200d4242\ufeff4242"}, []string{"[card ending 4242]"}},
		{"keycaps", "", []string{strings.Repeat("4\ufe0f\u20e32\ufe0f\u20e3", 8)}, []string{"[card ending 4242]"}},
		{"letters for zeros", "", []string{"4OOO OO25 OOOO 3155"}, []string{"[card ending 3155]"}},
		{"behind a word", "", []string{"visa4242424242424242"}, []string{"visa[card ending 4242]"}},
		{"three segments", "en", []string{"my card is four two four two", "uh four two four two four two", "four two four two four two ok"},
			[]string{"my card is [card ending 4242]", "uh [card ending 4242]", "[card ending 4242] ok"}},
		{"a segment without digits between", "en", []string{"4242 4242", "one moment please", "4242 4242"},
			[]string{"[card ending 4242]", "one moment please", "[card ending 4242]"}},
		{"words between", "en", []string{"card 4242 4242 hold on let me get my glasses 4242 4242 bye"},
			[]string{"card [card ending 4242] hold on let me get my glasses [card ending 4242] bye"}},
		{"thousands", "en", []string{"four thousand two hundred forty two, four thousand two hundred and forty two, forty two hundred forty two, forty two forty two"}, []string{"[card ending 4242]"}},
		{"thousands in Spanish", "es", []string{"cuatro mil doscientos cuarenta y dos, cuatro mil doscientos cuarenta y dos, cuarenta y dos, cuarenta y dos, 4242"}, []string{"[card ending 4242]"}},
		{"thousands in French", "fr", []string{"quatre mille deux cent quarante-deux, quatre mille deux cent quarante-deux, quarante-deux, quarante-deux, 4242"}, []string{"[card ending 4242]"}},
		{"thousands in German", "de", []string{"viertausendzweihundertzweiundvierzig 4242 zwei und vierzig zweiundvierzig vier zwei vier zwo"}, []string{"[card ending 4242]"}},
		{"German in one word", "de", []string{"vierzweivierzwei vierzweivierzwei vierzweivierzwei vierzweivierzwei"}, []string{"[card ending 4242]"}},
		{"doubled", "en", []string{"double five triple five four fives double five, quadruple four oh it is 5 fives"}, nil},
		{"the wrong language", "de", []string{"four two four two four two four two four two four two four two four two"}, []string{"[card ending 4242]"}},
		{"a language of a region", "en-US", []string{"four two four two four two four two four two four two four two four two"}, []string{"[card ending 4242]"}},
		{"taken back", "en", []string{"four two four two four two four three no wait four two four two four two four two four two"}, []string{"[card ending 4242]"}},
		{"begun again", "en", []string{"four two four two five scratch that four two four two four two four two four two four two four two four two"}, []string{"[card ending 4242] scratch that [card ending 4242]"}},
		{"a part again", "en", []string{"4242 4242 4242 4242, once more the first are 4242 4242"}, []string{"[card ending 4242], once more the first are [card ending 4242]"}},
		{"two cards", "en", []string{"4242 4242 4242 4242 and 5555 5555 5555 4444"}, []string{"[card ending 4242] and [card ending 4444]"}},
		{"one digit misheard", "en", []string{"my credit card is 4242 4242 4242 4243"}, []string{"my credit card is [card ending 4243]"}},
		{"one digit lost", "en", []string{"the visa is 4242 4242 4242 424 thanks"}, []string{"the visa is [card ending 2424] thanks"}},
		{"misheard, in other languages", "", []string{"mi tarjeta es 4242 4242 4242 4243", "ma carte c'est 4242 4242 4242 4243", "meine kreditkartennummer ist 4242 4242 4242 4243"},
			[]string{"mi tarjeta es [card ending 4243]", "ma carte c'est [card ending 4243]", "meine kreditkartennummer ist [card ending 4243]"}},
		{"named afterwards", "en", []string{"4242 4242 4242 4243 is my card number"}, []string{"[card ending 4243] is my card number"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.want == nil {
				tt.want = tt.text
			}
			langs := make([]string, len(tt.text))
			for i := range langs {
				langs[i] = tt.lang
			}
			got := Mask(tt.text, langs)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if diff := cmp.Diff(got, Mask(got, langs)); diff != "" {
				t.Errorf("masked again: -want +got\n%s", diff)
			}
		})
	}
}

func TestMaskCodesAndDates(t *testing.T) {
	const card, masked = "4242 4242 4242 4242", "[card ending 4242]"
	for _, tt := range []struct{ name, lang, text, want string }{
		{"behind", "en", "card expires 12/27 security code 123", "card expires [expiry] security code [security code]"},
		{"before", "en", "the cvv is one two three, expiry oh nine twenty eight, card", "the cvv is [security code], expiry [expiry], card"},
		{"said afterwards", "en", "card and then 123 is the code on the back", "card and then [security code] is the code on the back"},
		{"without a word", "en", "card 12/27 123", "card [expiry] [security code]"},
		{"without a word, spoken", "en", "card oh nine twenty eight one two three", "card [expiry] [security code]"},
		{"a code alone", "en", "card and 123", "card and [security code]"},
		{"a month by name", "en", "card expires in September of 2027", "card expires in [expiry]"},
		{"a month by name, spoken", "es", "card vence en marzo del veintiocho", "card vence en [expiry]"},
		{"a year of four", "de", "card gültig bis 09/2028", "card gültig bis [expiry]"},
		{"said afterwards, behind a date", "en", "card exp 01/30 and 378 on the back", "card exp [expiry] and [security code] on the back"},
		{"said afterwards, behind a date, spoken", "en", "card exp oh one thirty and three seven eight on the back", "card exp [expiry] and [security code] on the back"},
		{"letters spelled", "en", "card C V V 987", "card C V V [security code]"},
		{"three digits on the back", "en", "card and the three digits on the back are nine eight seven", "card and the three digits on the back are [security code]"},
		{"French", "fr", "card cryptogramme visuel 456 valable jusqu'en mai 2029", "card cryptogramme visuel [security code] valable jusqu'en [expiry]"},
		{"German", "de", "card läuft am 12/28 ab Prüfnummer drei zwo eins", "card läuft am [expiry] ab Prüfnummer [security code]"},
		{"a phone behind", "en", "card 617 555 0123", "card 617 555 0123"},
		{"a phone behind the code", "en", "card code on the back 123 617 555 0123", "card code on the back [security code] 617 555 0123"},
		{"an amount", "en", "card for 300 dollars", "card for 300 dollars"},
		{"a room", "en", "card room 204", "card room 204"},
		{"a passport's date", "en", "card my passport expires 12/27", "card my passport expires 12/27"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, want := strings.Replace(tt.text, "card", card, 1), strings.Replace(tt.want, "card", masked, 1)
			if got := MaskText(text, tt.lang); got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

// In each of these stands no card, whatever the digits may look like.
func TestUntouched(t *testing.T) {
	for _, tt := range []struct{ name, lang, text string }{
		{"phone", "en", "call me at (617) 555-0123 or 857 555 0199"},
		{"phones in a row, spoken", "en", "six one seven five five five zero one two three eight five seven five five five zero one nine nine"},
		{"with a plus", "en", "my number is +49 151 2345 6789 012"},
		{"a plus and thirteen digits of a Visa", "en", "reach me on +4915123456783"},
		{"misheard account", "en", "the account number is 1234 5678 9012 3456"},
		{"order after a card word", "en", "I paid by card, the order number is 1234 5678 9012 3456"},
		{"loyalty card", "en", "my loyalty card is 1234 5678 9012 3456"},
		{"German bonus card", "de", "meine bonuskarte ist 1234 5678 9012 3456"},
		{"French loyalty card", "fr", "ma carte de fidélité c'est 1234 5678 9012 3456"},
		{"a card's phone", "en", "my card was declined, call me on 0044 20 7946 0958"},
		{"times", "en", "2025-02-11T13:57:42.032Z 2025-02-12T13:57:42.032Z"},
		{"epoch", "en", "1739282262123"},
		{"uuid", "", "550e8400-e29b-41d4-a716-446655440000"},
		{"hexadecimal", "", "67ab573f3685d1ba99544242424242424242aa"},
		{"zeros", "en", "card 0000 0000 00"},
		{"the end of a card", "en", "the card ending in 4242, order 12345678"},
		{"amounts", "en", "the card was charged 129 dollars on the 12th and 129 dollars on the 13th of 2025"},
		{"Spanish number twice", "es", "es el 622 737 011 622 737 011 gracias"},
		{"an order, said behind", "en", "6304 9490 1162 0463 is my order number"},
		{"an order, said behind, in Spanish", "es", "6304 9490 1162 0463 es mi número de pedido"},
		{"an order, said behind, in French", "fr", "6304 9490 1162 0463 c'est mon numéro de commande"},
		{"an order, said behind, in German", "de", "6304 9490 1162 0463 ist meine Bestellnummer"},
		{"a Spanish number for another", "es", "el número es 6 2 2 5 6 2 5 5 7 no 6 9 3 4 4 0 5 7 0"},
		{"the same, spoken", "es", "el número es seis cinco uno dos nueve ocho cuatro ocho dos no nueve siete cinco ocho dos nueve ocho nueve nueve"},
		{"three Spanish numbers", "es", "soy Ana 679 918 664 o si no 623 151 869 o 667 563 286"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := MaskText(tt.text, tt.lang); got != tt.text {
				t.Errorf("got  %q\nwant %q", got, tt.text)
			}
		})
	}
}

// Beside these is a card, and they stay.
func TestPhonesBesideCards(t *testing.T) {
	for _, phone := range []string{
		"617 555 0123", "6175550123", "+1 617 555 0123", "(617) 555-0123", "six one seven five five five oh one two three",
		"+44 20 7946 0958", "1-800-555-0199",
	} {
		for _, card := range []string{
			"4242 4242 4242 4242", "4242424242424242", "378282246310005", "5555-5555-5555-4444",
			"four two four two four two four two four two four two four two four two",
		} {
			for _, text := range []string{"card phone", "phone card", "my card is card call me at phone", "call phone card card", "phone, card", "card. phone."} {
				in := strings.NewReplacer("phone", phone).Replace(text)
				at := strings.LastIndex(in, "card")
				in = in[:at] + card + in[at+4:]
				got := MaskText(in, "en")
				if !strings.Contains(got, phone) {
					t.Errorf("the phone number is lost:\n%s\n%s", in, got)
				}
				if strings.Contains(got, card) {
					t.Errorf("the card is left:\n%s\n%s", in, got)
				}
			}
		}
	}
}

// The same text is masked in the same way every time.
func TestMaskIsTheSameEveryTime(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"an order", "visa 4539 1488 0343 6467 for the order cvv 123 expires 09 27 thanks",
			"visa [card ending 6467] for the order cvv [security code] expires [expiry] thanks"},
		{"a code of something else", "4539 1488 0343 6467 account cvv 123 exp 0927", "[card ending 6467] account cvv [security code] exp [expiry]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for range 50 {
				if got := MaskText(tt.text, "en"); got != tt.want {
					t.Fatalf("got  %q\nwant %q", got, tt.want)
				}
			}
		})
	}
}
