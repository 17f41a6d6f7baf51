package index_test

import (
	"slices"
	"strings"
	"testing"
)

// Umlauts that are spelled out are found as typed where nobody said so: before
// inflections, and in the midst of a phrase.
func TestUmlautsSpelledOut(t *testing.T) {
	t.Parallel()
	messages := say("ich habe gekündigt", "ich muss kündigen, Frau Müller", "puedo llamar", "pudo venir", "ich will das Abo kündigen")
	for i, lang := range []string{"de", "de", "es", "es", "xx"} {
		messages[i].lang = lang
	}
	_, x := indexed(t, messages...)
	for _, tc := range []struct {
		q    string
		want []string // what each hit matched by, the first one first
	}{
		{"kuendigen", []string{"exact", "exact", "inflected"}},
		{`"muss kuendigen frau mueller"`, []string{"exact"}},
		{`"mueller"`, []string{"exact"}},
		{"puedo", []string{"exact", "inflected"}},
	} {
		t.Run(tc.q, func(t *testing.T) {
			res := ask(t, x, tc.q)
			var got []string
			for _, hit := range res.Hits {
				got = append(got, strings.Join(hit.Matched, " and "))
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
