package cards

import (
	"strings"
	"testing"
)

// What stands beside a card neither hides it nor goes with it.
func TestNeighbours(t *testing.T) {
	for _, tt := range []struct{ lang, text, want string }{
		{"en", "visa 4539 1488 0343 finally 6467 thanks", "visa [card ending 6467] finally [card ending 6467] thanks"},
		{"es", "tarjeta 4539 1488 0343 por último 6467", "tarjeta [card ending 6467] por último [card ending 6467]"},
		{"fr", "ma carte 4539 1488 0343 pour finir 6467", "ma carte [card ending 6467] pour finir [card ending 6467]"},
		{"de", "meine karte 4539 1488 0343 zum Schluss 6467", "meine karte [card ending 6467] zum Schluss [card ending 6467]"},
		{"en", "visa 4539 1488 0343 6467 finally call 617 555 0123", "visa [card ending 6467] finally call 617 555 0123"},
		{"en", "the number is six seven five nine one nine seven six four seven four nine sorry four seven four six one three eight seven", "the number is [card ending 1387]"},
		{"fr", "cinq un sept cinq six trois cinq trois non six trois cinq zéro sept sept trois trois huit huit un trois merci", "[card ending 8813] merci"},
		{"en", "it is 4539600583842702 for two payments", "it is [card ending 2702] for two payments"},
		{"en", "it is 4539600583842702 for 4 payments", "it is [card ending 2702] for 4 payments"},
		{"en", "it is 4539600583842702 five dollars", "it is [card ending 2702] five dollars"},
		{"en", "it is 4539600583842702 50 dollars", "it is [card ending 2702] 50 dollars"},
		{"en", "it is 4539600583842702 two times", "it is [card ending 2702] two times"},
		{"en", "zip 02139 5425183780157152 oh nine twenty seven", "zip 02139 [card ending 7152] [expiry]"},
		{"en", "my phone 617-555-0123 4716678899430144", "my phone 617-555-0123 [card ending 0144]"},
		{"en", "text two 5425301661318608 cvv 123", "text two [card ending 8608] cvv [security code]"},
		{"en", "apartment 4 5425301661318608", "apartment 4 [card ending 8608]"},
		{"en", "invoice 7 5425301661318608", "invoice 7 [card ending 8608]"},
		{"en", "invoice 7 5425-3016-6131-8608", "invoice 7 [card ending 8608]"},
		{"en", "the amount is 50 5425 3016 6131 8608", "the amount is 50 [card ending 8608]"},
		{"en", "it is five fifty 5425301661318608", "it is five fifty [card ending 8608]"},
		{"en", "it is five fifty five four two five three zero one six six one three one eight six zero eight", "it is five fifty five four two five three zero one six six one three one eight six zero eight"},
		{"en", "may 5 5425301661318608", "may 5 [card ending 8608]"},
		{"en", "invoice seven five four two five three zero one six six one three one eight six zero eight", "invoice seven five four two five three zero one six six one three one eight six zero eight"},
		{"es", "páguelo con 5425301661318608 dos veces", "páguelo con [card ending 8608] dos veces"},
		{"de", "bezahlen mit 4716678899430144 zwei raten", "bezahlen mit [card ending 0144] zwei raten"},
		{"de", "acht 5425301661318608 acht", "acht [card ending 8608] acht"},
		{"en", "4539600583842702 5550142 is my number", "[card ending 2702] 5550142 is my number"},
		{"en", "card number 4539600583842702, 555 0142", "card number [card ending 2702], 555 0142"},
		{"en", "card number 4539600583842702 and 555 0142", "card number [card ending 2702] and 555 0142"},
		{"en", "card number 4539600583842702 five five five oh one four two", "card number [card ending 2702] five five five oh one four two"},
		{"en", "card 4539600583842702 02139", "card [card ending 2702] 02139"},
		{"en", "card 4539600583842702 0927123", "card [card ending 2702] [expiry]"},
		{"en", "card 4539600583842702 9 27 123", "card [card ending 2702] [expiry] [security code]"},
		{"en", "card 4539600583842702 9/2027", "card [card ending 2702] [expiry]"},
		{"en", "card 4539600583842702 1227 1234", "card [card ending 2702] [expiry] [security code]"},
		{"en", "card 4539600583842702 1399 123", "card [card ending 2702] 1399 123"},
		{"en", "card 4539600583842702 cvv 1234 555 0142", "card [card ending 2702] cvv [security code] 555 0142"},
		{"en", "card 4539600583842702, 2 payments please", "card [card ending 2702], 2 payments please"},
		{"en", "visa 4539600583842702 5 dollars", "visa [card ending 2702] 5 dollars"},
		{"en", "first four four four eight five next four seven eight six five then seven nine seven five and last four three two six",
			"first four [card ending 4326] next four [card ending 4326] and last four [card ending 4326]"},
		{"en", "4539207074137484779", "[card ending 4779]"},
		{"en", "four five three nine two zero seven zero seven four one three seven four eight four seven seven nine", "[card ending 4779]"},
		{"en", "my card is four two four two four two four two four two four two four two four two and the three on the back are nine eight two",
			"my card is [card ending 4242] and the three on the back are [security code]"},
		{"en", "my date of birth is february 24 1955 8475550123 that's my work number", "my date of birth is february 24 1955 8475550123 that's my work number"},
		{"en", "I lost my card. I've filed a police report number 3972860. Three one four five five five zero one seven one that's my work number", "I lost my card. I've filed a police report number 3972860. Three one four five five five zero one seven one that's my work number"},
		{"en", "the iban is DE12 5001 0517 0648 4898 90", "the iban is DE12 5001 0517 0648 4898 90"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			for _, lang := range []string{tt.lang, ""} {
				got := MaskText(tt.text, lang)
				if got != tt.want {
					t.Errorf("lang %q:\ngot  %q\nwant %q", lang, got, tt.want)
				}
				if again := MaskText(got, lang); again != got {
					t.Errorf("masked again: %q", again)
				}
			}
		})
	}
	if !strings.Contains(MaskText("4539207074137484779", ""), maskBegin) {
		t.Error("a card of nineteen digits stays")
	}
}
