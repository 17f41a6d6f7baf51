package cards

import (
	"strings"
	"testing"
	"time"
)

// TestHostile masks a megabyte of digits and of what numbers are put together from.
// It takes some seconds; what grows faster than the text would take hours.
func TestHostile(t *testing.T) {
	for name, text := range map[string]string{
		"digits":      "4242",
		"fours":       "4242 ",
		"cards":       "4242424242424242 ",
		"corrections": "card 4 2 no ",
		"cards again": "card 4242 4242 4242 4242 again 4242 4242. ",
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			MaskText(strings.Repeat(text, 1<<20/len(text)), "en")
			if took := time.Since(begin); took > time.Minute {
				t.Errorf("a megabyte took %v", took)
			}
		})
	}
}
