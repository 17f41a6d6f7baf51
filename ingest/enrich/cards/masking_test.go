package cards

import "testing"

// masking is a text and what becomes of it; "" where it stays as it is.
type masking struct{ name, lang, text, want string }

func checkMasks(t *testing.T, all []masking) {
	t.Helper()
	for _, tt := range all {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.want
			if want == "" {
				want = tt.text
			}
			if got := MaskText(tt.text, tt.lang); got != want {
				t.Errorf("\ngot  %s\nwant %s", got, want)
			}
		})
	}
}
