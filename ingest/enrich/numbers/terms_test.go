package numbers

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTerms(t *testing.T) {
	tests := []struct {
		name string
		run  Run
		want []string
	}{
		{"one reading", Run{Digits: "5550123"}, []string{"3210555=", "=5550123", "^555012", "^555"}},
		{"more readings", Run{Digits: "5550123", Alts: []string{"550123", "44"}}, []string{"3210555=", "321055=", "44=", "=5550123", "^555012", "^555", "^550123", "^550"}},
		{"a reading twice", Run{Digits: "25", Alts: []string{"205", "25", "205"}}, []string{"52=", "502=", "^205"}},
		{"too long", Run{Digits: "7" + strings.Repeat("01", 32)}, []string{strings.Repeat("10", 32) + "=", "=7" + strings.Repeat("01", 32)[:63], "^701010", "^701"}},
		{"a country code", Run{Digits: "16175550123", Plus: true},
			[]string{"32105557161=", "=16175550123", "^161755", "^161", "=6175550123", "^617555", "^617"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Terms(tt.run)); diff != "" {
				t.Errorf("Terms (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLookups(t *testing.T) {
	tests := []struct {
		name, digits string
		plus         bool
		want         []Lookup
	}{
		{"none", "", false, nil},
		{"few", "123", false, []Lookup{{Term: "321="}}},
		{"an end", "0123", false, []Lookup{{Term: "3210", Prefix: true}}},
		{"a leading one", "16175550123", false, []Lookup{{Term: "32105557161", Prefix: true}, {Term: "3210555716="}}},
		{"a country code", "493012345678", true, []Lookup{
			{Term: "876543210394", Prefix: true}, {Term: "8765432103="}, {Term: "87654321030="},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Lookups(tt.digits, tt.plus)); diff != "" {
				t.Errorf("Lookups (-want +got):\n%s", diff)
			}
		})
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
				t.Errorf("Matches = %v, Lookups %v", got, Lookups(tt.query, tt.plus))
			}
		})
	}
}

func TestBegins(t *testing.T) {
	tests := []struct {
		name, said string
		saidPlus   bool
		query      string
		plus, want bool
	}{
		{"two digits", "6175550123", false, "61", false, false},
		{"three digits", "6175550123", false, "617", false, true},
		{"four digits", "6175550123", false, "6175", false, true},
		{"six digits", "6175550123", false, "617555", false, true},
		{"nine digits", "6175550123", false, "617555012", false, true},
		{"all digits", "6175550123", false, "6175550123", false, true},
		{"more digits", "6175550123", false, "61755501234", false, false},
		{"other digits", "6175550123", false, "617556", false, false},
		{"the middle", "6175550123", false, "555", false, false},
		{"four digits in all", "4155", false, "415", false, true},
		{"all of four digits", "4155", false, "4155", false, true},
		{"country code said", "16175550123", true, "617555", false, true},
		{"leading one said", "16175550123", false, "617555", false, true},
		{"country code asked", "6175550123", false, "1617555", true, true},
		{"leading one asked", "6175550123", false, "1617555", false, true},
		{"trunk zero asked", "493012345678", true, "03012", false, true},
		{"country code asked, trunk zero said", "03012345678", false, "493012", true, true},
		{"00 said", "00493012345678", false, "493012", true, true},
		{"00 asked", "493012345678", true, "00493012", false, true},
		{"another country", "446175550123", true, "1617555", true, false},
		{"nothing", "6175550123", false, "", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Begins(Run{Digits: tt.said, Plus: tt.saidPlus}, tt.query, tt.plus); got != tt.want {
				t.Errorf("Begins = %v, Beginnings %v", got, Beginnings(tt.query, tt.plus))
			}
		})
	}
}
