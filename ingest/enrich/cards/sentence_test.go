package cards

import "testing"

// A date and a code that are sentences of their own belong to the card before them.
func TestSentencesBehindCards(t *testing.T) {
	for _, tt := range []struct{ name, lang, text, want string }{
		{"date and code", "en", "card 4539 1488 0343 6467. 08/27. 614.", "card [card ending 6467]. [expiry]. [security code]."},
		{"spoken card", "en", "call 415 309 2815. three six six six six six one seven six zero three one three five. 08/27. 159.", "call 415 309 2815. [card ending 3135]. [expiry]. [security code]."},
		{"long year, long code, the end", "fr", "carte 4539 1488 0343 6467. 8/2027. 6140", "carte [card ending 6467]. [expiry]. [security code]"},
		{"date alone", "de", "karte 4539 1488 0343 6467. 08/27. Danke.", "karte [card ending 6467]. [expiry]. Danke."},
		{"words with the date", "en", "card 4539 1488 0343 6467. 08/27 of them. 614.", "card [card ending 6467]. 08/27 of them. 614."},
		{"words with the code", "en", "card 4539 1488 0343 6467. 08/27. 614 tickets.", "card [card ending 6467]. [expiry]. 614 tickets."},
		{"a telephone number", "en", "card 4539 1488 0343 6467. 08/27. 617 555 0123.", "card [card ending 6467]. [expiry]. 617 555 0123."},
		{"one in sentences", "en", "card 4539 1488 0343 6467. 08/27. 617. 555. 0123.", "card [card ending 6467]. [expiry]. 617. 555. 0123."},
		{"a telephone number where one is asked for", "en", "call 4539 1488 0343 6467. 08/27. 555 0142.", "call [card ending 6467]. [expiry]. 555 0142."},
		{"no slash", "en", "card 4539 1488 0343 6467. 08 27. 614.", "card [card ending 6467]. [expiry]. [security code]."},
		{"no slash, no code", "en", "card 4539 1488 0343 6467. 08 27. Room 614.", "card [card ending 6467]. 08 27. Room 614."},
		{"no slash, a telephone number", "en", "card 4539 1488 0343 6467. 08 27. 617. 555. 0123.", "card [card ending 6467]. 08 27. 617. 555. 0123."},
		{"spoken date and code", "en", "Four two four two. Four two four two. Four two four two. Four two four two. Oh nine twenty eight. One two three.", "[card ending 4242]. [expiry]. [security code]."},
		{"no date of a card", "en", "card 4539 1488 0343 6467. 08/99. 614.", "card [card ending 6467]. 08/99. 614."},
		{"a word between", "en", "card 4539 1488 0343 6467. Room 08/27. 614.", "card [card ending 6467]. Room 08/27. 614."},
	} {
		t.Run(tt.name, func(t *testing.T) { wantMasked(t, tt.text, tt.lang, tt.want) })
	}
}

// wantMasked masks a text, and what that comes to once more: that stays as it is.
func wantMasked(t *testing.T, text, lang, want string) {
	t.Helper()
	got := MaskText(text, lang)
	if got != want {
		t.Errorf("\ngot  %s\nwant %s", got, want)
	}
	if again := MaskText(got, lang); again != got {
		t.Errorf("masked again: %s", again)
	}
}
