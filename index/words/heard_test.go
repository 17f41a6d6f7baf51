package words

import (
	"slices"
	"testing"
)

// The codes of a name that is asked for are also those of what it is heard as.
func TestHeardAs(t *testing.T) {
	for _, pair := range [][2]string{
		{"hernandez", "ernandez"}, {"ernandez", "hernandez"}, {"vasquez", "basquez"}, {"basquez", "vasquez"}, {"kowalski", "kovalski"},
		{"perrault", "perro"}, {"bouchard", "bouchar"}, {"schwarz", "schwarts"}, {"lindsay", "linsay"}, {"yanez", "llanez"},
	} {
		said := soundCodes(pair[1])
		heard := slices.ContainsFunc(Sounds(pair[0]), func(c string) bool { return slices.Contains(said, c[:len(c)-1]) })
		if !heard {
			t.Errorf("%s is asked for as %q, and %s sounds %q", pair[0], Sounds(pair[0]), pair[1], said)
		}
	}
	if got := heardAs("hovawartwawawa"); len(got) > mostHeard {
		t.Errorf("%d spellings, want %d at most", len(got), mostHeard)
	}
}
