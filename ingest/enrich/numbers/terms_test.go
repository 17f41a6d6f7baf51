package numbers

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTerms(t *testing.T) {
	whole, tails := Terms(Run{Digits: "5550123", Alts: []string{"550123", "44"}})
	if whole != "=5550123" {
		t.Errorf("whole = %q", whole)
	}
	want := []string{"0123", "50123", "550123", "=550123", "=44"}
	if diff := cmp.Diff(want, tails); diff != "" {
		t.Errorf("tails (-want +got):\n%s", diff)
	}
	if whole, tails := Terms(Run{Digits: "25"}); whole != "=25" || tails != nil {
		t.Errorf("Terms(25) = %q %q", whole, tails)
	}
}

func TestMatches(t *testing.T) {
	tests := []struct {
		name, said string
		saidPlus   bool
		query      string
		plus, want bool
	}{
		{"the same", "6175550123", false, "6175550123", false, true},
		{"last four", "6175550123", false, "0123", false, true},
		{"last seven", "6175550123", false, "5550123", false, true},
		{"last three", "6175550123", false, "123", false, false},
		{"first six", "6175550123", false, "617555", false, false},
		{"one digit off", "6175550123", false, "6175550124", false, false},
		{"leading one in the query", "6175550123", false, "16175550123", false, true},
		{"leading one said", "16175550123", false, "6175550123", false, true},
		{"country code in the query", "6175550123", false, "16175550123", true, true},
		{"country code said", "16175550123", true, "6175550123", false, true},
		{"011 in the query", "493012345678", true, "011493012345678", false, true},
		{"011 said", "011493012345678", false, "493012345678", true, true},
		{"00 in the query", "493012345678", true, "00493012345678", false, true},
		{"00 said", "00493012345678", false, "493012345678", true, true},
		{"00 both", "00493012345678", false, "00493012345678", false, true},
		{"trunk zero said, country code asked", "03012345678", false, "493012345678", true, true},
		{"country code said, trunk zero asked", "493012345678", true, "03012345678", false, true},
		{"country code without plus", "03012345678", false, "493012345678", false, true},
		{"trunk zero behind the country code", "493012345678", true, "4903012345678", true, true},
		{"another country", "446175550123", true, "16175550123", true, false},
		{"two digits", "25", false, "25", false, true},
		{"two digits at the end of more", "125", false, "25", false, false},
		{"short with a zero", "123", false, "0123", false, false},
		{"nothing", "123", false, "", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Matches(Run{Digits: tt.said, Plus: tt.saidPlus}, tt.query, tt.plus); got != tt.want {
				t.Errorf("Matches = %v, Lookups %q", got, Lookups(tt.query, tt.plus))
			}
		})
	}
}
