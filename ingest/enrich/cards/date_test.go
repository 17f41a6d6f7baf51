package cards

import "testing"

// A written date is no part of a card, and ends the number beside it.
func TestDates(t *testing.T) {
	checkMasks(t, []masking{
		{"before a telephone number", "en", "from 25.03.1989 to 02/23/2016 number 415 943 5220", ""},
		{"three of them", "de", "die termine sind 07/22/1996 26.12.1953 und 10.04.1979", ""},
		{"the year first", "en", "between 1989-03-25 2016-02-23 call 617 555 0123", ""},
		{"the same digits as a card", "en", "card 25 03 1989 02 23 2016", "card [card ending 2016]"},
		{"no month", "en", "card 25.13.1989 02/23/2016 4539 1488 0343 6467", "card 25.13.1989 02/23/2016 [card ending 6467]"},
		{"before a card", "en", "since 25.03.1989 4539 1488 0343 6467", "since 25.03.1989 [card ending 6467]"},
		{"behind a spoken card", "en", "four five three nine one four eight eight zero three four three six four six seven 25.03.1989", "[card ending 6467] 25.03.1989"},
		{"signs of a card", "en", "4539.1488.0343.6467", "[card ending 6467]"},
	})
}

func TestDateMarks(t *testing.T) {
	for text, want := range map[string]bool{
		"25.03.1989": true, "3/25/1989": true, "25/3/2016,": true, "2016-02-23 ": true, "(25.03.1989)": true,
		"25.03/1989": false, "25-03-1989": false, "32.03.1989": false, "13.13.1989": false, "25.03.1889": false,
		"25 03 1989": false, "1.25.03.1989": false, "25.03.1989.7": false, "2016-23-02": false, "25.03.89": false,
	} {
		marked := false
		for _, tok := range tokens(text) {
			marked = marked || tok.opens
		}
		if marked != want {
			t.Errorf("%q: %v, want %v", text, marked, want)
		}
	}
}
