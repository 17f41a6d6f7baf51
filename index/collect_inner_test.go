package index

import "testing"

func TestCollecting(t *testing.T) {
	for _, tc := range []struct {
		name         string
		usual, eased int
	}{
		{"usual", 100, buildPercent}, {"often", 20, buildPercent},
		{"seldom", 400, 400}, {"never", -1, -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			now := tc.usual
			c := &collecting{set: func(percent int) int { before := now; now = percent; return before }}
			first := c.ease()
			second := c.ease() // begins within the first and ends behind it
			first()
			if now != tc.eased {
				t.Errorf("%d while one still builds, want %d", now, tc.eased)
			}
			second()
			if now != tc.usual {
				t.Errorf("%d afterwards, want %d", now, tc.usual)
			}
		})
	}
}
