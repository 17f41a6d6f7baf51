package numeral

import (
	"testing"
	"unicode"
)

func TestOf(t *testing.T) {
	for text, want := range map[string]string{"0123456789": "0123456789", "٠١٢٣٤٥٦٧٨٩": "0123456789", "०५९": "059", "５０": "50", "𝟎𝟗𝟘𝟙𝟿": "09019", "x": "0"} {
		var got []byte
		for _, r := range text {
			got = append(got, Of(r))
		}
		if string(got) != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// Every row of ten has each value once, in order.
func TestOfEveryDigit(t *testing.T) {
	n := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.Is(unicode.Nd, r) {
			continue
		}
		if want := '0' + byte(n%10); Of(r) != want {
			t.Errorf("%U: got %c, want %c", r, Of(r), want)
		}
		n++
	}
}

func TestLuhn(t *testing.T) {
	for number, want := range map[string]bool{
		"4242424242424242": true, "378282246310005": true, "79927398713": true,
		"4242424242424241": false, "4111111111111111": true, "0000000000000000": false, "": false, "0": false,
	} {
		if got := Luhn(number); got != want {
			t.Errorf("%q: got %v, want %v", number, got, want)
		}
		if got := Luhn([]byte(number)); got != want {
			t.Errorf("%q as bytes: got %v, want %v", number, got, want)
		}
	}
}

func TestNorthAmerican(t *testing.T) {
	for number, want := range map[string]bool{"6175550123": true, "1175550123": false, "6171550123": false, "617555012": false, "16175550123": false} {
		if got := NorthAmerican(number); got != want {
			t.Errorf("%q: got %v, want %v", number, got, want)
		}
	}
}
