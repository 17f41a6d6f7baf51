package cards

import (
	"strings"
	"testing"
	"time"
)

// TestHostile masks 256 KB of digits and of what numbers are put together from. It
// takes a second, or twenty with the race detector on a busy machine; what grows
// faster than the text takes many minutes.
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
			begin := time.Now()
			MaskText(tt.begin+strings.Repeat(tt.text, 1<<18/len(tt.text)), "de") // the language with numbers of one word
			if took := time.Since(begin); took > time.Minute {
				t.Errorf("256 KB took %v", took)
			}
		})
	}
}
