package words

import (
	"slices"
	"testing"
)

func TestParts(t *testing.T) {
	for word, parts := range map[string][]string{
		"stromrechnung":      {"strom", "rechnung"},
		"stromrechnungen":    {"strom", "rechnung"},
		"blutdrucktabletten": {"blut", "druck", "tabletten"},
		"versicherungskarte": {"versicherung", "karte"},
		"staubsauger":        {"staub", "sauger"},
		"kundennummer":       {"kunden", "nummer"},
		"abteilung":          nil,
		"verabredung":        nil,
		"rechnung":           nil,
		"hochzeit":           nil,
		"x":                  nil,
	} {
		var want []string
		for _, p := range parts {
			stem, _ := Stem("de", p)
			want = append(want, "de/"+stem)
		}
		if got := Parts(word); !slices.Equal(got, want) {
			t.Errorf("Parts(%q) = %q, want %q", word, got, want)
		}
	}
	if terms := Analyse("die Stromrechnung", "de"); len(terms[1].Parts) != 2 || terms[0].Parts != nil {
		t.Errorf("got %+v", terms)
	}
	if terms := Analyse("the stromrechnung", "en"); terms[1].Parts != nil {
		t.Errorf("English has parts: %+v", terms)
	}
}

func TestUnlinked(t *testing.T) {
	for first, want := range map[string][]string{
		"strom":     {"strom"},
		"rechnungs": {"rechnungs", "rechnung"},
		"jahres":    {"jahres", "jahre", "jahr"},
		"kunden":    {"kunden", "kunde", "kund"},
		"":          {""},
	} {
		if got := slices.Collect(Unlinked(first)); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", first, got, want)
		}
	}
}
