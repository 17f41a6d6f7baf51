package cards

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestHostile masks 8 and 64 KB of digits and of what numbers are put together
// from. Eight times the text may take three times as much as that, on a machine
// that has other things to do; what grows with the square takes eight times as much.
func TestHostile(t *testing.T) {
	const card = "4242424242424242 "
	for name, tt := range map[string]struct{ begin, text string }{
		"digits":             {"", "4242"},
		"fours":              {"", "4242 "},
		"cards":              {"", "4242424242424242 "},
		"corrections":        {"", "card 4 2 no "},
		"ones behind a card": {card, "1 "},
		"tens of one word":   {card, "und"},
		"hundreds":           {card, "hundert"},
		"thousands":          {card, "tausend"},
		"codes":              {card, "cvv 1 "},
		"code":               {card, "1 1 1 1 cvv "},
		"dates":              {card, "25.03.2029. "},
		"cards again":        {"", "card 4242 4242 4242 4242 again 4242 4242. "},
	} {
		t.Run(name, func(t *testing.T) {
			took := func(bytes int) time.Duration {
				text := tt.begin + strings.Repeat(tt.text, bytes/len(tt.text))
				begin := spent(t)
				MaskText(text, "de") // the language with numbers of one word
				return spent(t) - begin
			}
			took(1 << 13) // what is made once is made
			little := took(1 << 13)
			if much := took(1 << 16); much > 24*max(little, 5*time.Millisecond) {
				t.Errorf("8 KB took %v, 64 KB %v", little, much)
			}
		})
	}
}

// spent is the time that this process was at work: what other programs take of
// the machine doesn't count.
func spent(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
