package index

import "testing"

func TestSpelledAlike(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{"meyer", "maier", true},
		{"wifi", "off", false},
		{"siobhan", "shivon", true}, // as it is said
		{"niamh", "neev", true},
		{"nguyen", "win", true},
		{"refund", "off", false},
	} {
		if spelledAlike(tc.a, tc.b) != tc.want || spelledAlike(tc.b, tc.a) != tc.want {
			t.Errorf("%s and %s: got %g and %g, want alike: %v", tc.a, tc.b, likeness(tc.a, tc.b), likeness(tc.b, tc.a), tc.want)
		}
	}
}
