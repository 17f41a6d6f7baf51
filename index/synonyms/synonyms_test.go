package synonyms

import "testing"

func TestOfThin(t *testing.T) {
	n, o := Default().Of([]string{"please", "calling", "me", "back", "soon"}, 1)
	t.Log(n, o)
	if n != 3 {
		t.Errorf("got length %d, want 3", n)
	}
}
