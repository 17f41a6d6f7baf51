package cards

import "testing"

// TestGroupsWithWordsBetween reads cards out group by group, with words between them
// that nobody can list, and numbers that are none though they look alike.
func TestGroupsWithWordsBetween(t *testing.T) {
	for _, tt := range []struct{ name, lang, text, want string }{
		{"a question", "en", "four two four two ... did you get that? four two four two ... okay four two four two ... and four two four two", "[card ending 4242] ... did you get that? [card ending 4242]"},
		{"counted groups", "en", "my card the first four are five one oh five, the next four are one oh five one, then oh five one oh, and the last four are five one oh oh",
			"my card the first four are [card ending 5100], the next four are [card ending 5100], and the last four are [card ending 5100]"},
		{"agreement", "en", "4242, right, 4242, got it, 4242, and finally, 4242", "[card ending 4242], right, [card ending 4242], got it, [card ending 4242], and finally, [card ending 4242]"},
		{"one word", "fr", "quatre deux quatre deux, quatre deux quatre deux, voilà, quatre deux quatre deux, quatre deux quatre deux", "[card ending 4242], voilà, [card ending 4242]"},
		{"Spanish", "es", "cuatro dos cuatro dos, espérate, cuatro dos cuatro dos, vale, cuatro dos cuatro dos, eso, cuatro dos cuatro dos", "[card ending 4242], espérate, [card ending 4242], vale, [card ending 4242], eso, [card ending 4242]"},
		{"German", "de", "vier zwei vier zwei, gleich, vier zwei vier zwei, gut, vier zwei vier zwei, und zum schluss vier zwei vier zwei", "[card ending 4242], gleich, [card ending 4242], gut, [card ending 4242], und zum schluss [card ending 4242]"},
		{"groups of another size", "en", "three seven eight two, yes, eight two two four six three, right, one zero zero zero five", "[card ending 0005], right, [card ending 0005]"},
		{"words that are digits elsewhere", "en", "four two four two, got it, for four two four two, yep, and to four two four two, and four two four two", "[card ending 4242], got it, [card ending 4242], yep, and [card ending 4242]"},
		{"a wrong check digit", "en", "4242, right, 4242, got it, 4242, and finally, 4243", "4242, right, 4242, got it, 4242, and finally, 4243"},
		{"no groups of a card", "en", "42, right, 424242, got it, 4242, and finally, 4242", "42, right, 424242, got it, 4242, and finally, 4242"},
		{"telephone numbers", "en", "call me at 4242 4242 or else on 4242 4242", "call me at 4242 4242 or else on 4242 4242"},
		{"two numbers", "en", "mine has always been 4242 4242 and hers was once 4242 4242", "mine has always been 4242 4242 and hers was once 4242 4242"},
		{"an order", "en", "order number 4242, right, 4242, got it, 4242, and finally, 4242", "order number 4242, right, 4242, got it, 4242, and finally, 4242"},
		{"more digits", "en", "4242, right, 4242, got it, 4242, and finally, 424217", "4242, right, 4242, got it, 4242, and finally, 424217"},
	} {
		t.Run(tt.name, func(t *testing.T) { wantMasked(t, tt.text, tt.lang, tt.want) })
	}
}

// TestCodesAndDatesBesideCards has them written and said in further ways.
func TestCodesAndDatesBesideCards(t *testing.T) {
	for _, tt := range []struct{ name, lang, text, want string }{
		{"CVV2", "en", "Card: 4242424242424242, EXP: 9/2028, CVV2: 123, ZIP 02139", "Card: [card ending 4242], EXP: [expiry], CVV2: [security code], ZIP 02139"},
		{"said CVC2", "en", "my card is 4242424242424242 the cvc2 is nine eight seven", "my card is [card ending 4242] the cvc2 is [security code]"},
		{"no spaces", "en", "4242424242424242cvv123 exp0928", "[card ending 4242]cvv[security code] exp[expiry]"},
		{"a month by its name", "en", "4242 4242 4242 4242, September 2028, 123", "[card ending 4242], [expiry], [security code]"},
		{"a month and a code", "es", "4242 4242 4242 4242, septiembre veintiocho, uno dos tres", "[card ending 4242], [expiry], [security code]"},
		{"a day", "en", "4242 4242 4242 4242, September 28 I was charged twice", "[card ending 4242], September 28 I was charged twice"},
		{"a day and a telephone number", "en", "4242 4242 4242 4242. September 28 at 415 555 2671", "[card ending 4242]. September 28 at 415 555 2671"},
		{"a visa to travel with", "en", "my visa application number is 2024 1234 5678", "my visa application number is 2024 1234 5678"},
		{"another", "fr", "visa de tourisme, visa touristique 2024 1234 5678", "visa de tourisme, visa touristique 2024 1234 5678"},
		{"names of models", "en", "model CID300 serial EXP2028", "model CID300 serial EXP2028"},
	} {
		t.Run(tt.name, func(t *testing.T) { wantMasked(t, tt.text, tt.lang, tt.want) })
	}
}
