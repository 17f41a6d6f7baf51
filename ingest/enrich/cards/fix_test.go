package cards

import "testing"

// Corrections of several words take back what was said, before digits only.
func TestCorrectionsOfSeveralWords(t *testing.T) {
	checkMasks(t, []masking{
		{"make that", "en", "my cell is 415 309 2815, card four five three nine one four eight eight zero three four four, make that, zero three four three six four six seven",
			"my cell is 415 309 2815, card [card ending 6467]"},
		{"mejor dicho, the last group", "es", "mi móvil es 649 87 04 50. Tarjeta: 4539 1488 0343 6464, mejor dicho, 6467", "mi móvil es 649 87 04 50. Tarjeta: [card ending 6467]"},
		{"rectifico", "es", "llame al 649 87 04 50, la tarjeta 4539 1488 0344 rectifico 0343 6467", "llame al 649 87 04 50, la tarjeta [card ending 6467]"},
		{"je veux dire", "fr", "02 50 54 40 93, la carte 4539 1487, je veux dire, 1488 0343 6467", "02 50 54 40 93, la carte [card ending 6467]"},
		{"je me trompe", "fr", "le 02 50 54 40 93, carte 4539 1488 0343 6464 je me trompe 6467", "le 02 50 54 40 93, carte [card ending 6467]"},
		{"ich meine", "de", "0160 7070912 ist meine nummer und 4539 1488 0344 ich meine 0343 6467 ist die karte", "0160 7070912 ist meine nummer und [card ending 6467] ist die karte"},
		{"telephone numbers", "de", "rufen sie 0160 7070912 an, ich meine 0151 2345678", ""},
		{"telephone numbers in English", "en", "call 415 309 2815 make that 212 555 0132", ""},
		{"telephone numbers in Spanish", "es", "llame al 649 87 04 50 mejor dicho 612 34 56 78", ""},
		{"telephone numbers in French", "fr", "appelez le 02 50 54 40 93 je veux dire 06 12 34 56 78", ""},
	})
}

// What a card is for is not what its number is of.
func TestCardsForSomething(t *testing.T) {
	const card, gone = "4539 1488 0343 6467", "[card ending 6467]"
	checkMasks(t, []masking{
		{"for the account", "en", "card for the account: " + card, "card for the account: " + gone},
		{"spoken", "en", "new card for my policy, four five three nine one four eight eight zero three four three six four six seven", "new card for my policy, " + gone},
		{"on file", "en", "the card on file for this order " + card, "the card on file for this order " + gone},
		{"para la cuenta", "es", "tarjeta para la cuenta: " + card, "tarjeta para la cuenta: " + gone},
		{"vinculada al contrato", "es", "tarjeta vinculada al contrato " + card, "tarjeta vinculada al contrato " + gone},
		{"pour le compte", "fr", "carte pour le compte : " + card, "carte pour le compte : " + gone},
		{"für das Konto", "de", "karte für das konto " + card, "karte für das konto " + gone},
		{"zum Vertrag", "de", "die Karte zum Vertrag ist " + card, "die Karte zum Vertrag ist " + gone},
		{"the number of the account", "en", "card for the account number " + card, ""},
		{"no word whose", "en", "there is a charge on my card for order " + card, ""},
		{"a charge on the card", "en", "there is a charge on my card for my order " + card, ""},
		{"another card", "en", "loyalty card for the account: " + card, ""},
		{"the account beside the card", "en", "it was my card and my account is " + card, ""},
		{"Kontonummer", "de", "die Karte und die Kontonummer " + card, ""},
		{"nothing near a card", "en", "card for the account: 4539 1488 0343 646", ""},
		{"a telephone number", "en", "card for the account: 415 309 2815", ""},
	})
}
