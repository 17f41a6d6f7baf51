package cards

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// labelled is one transcript of testdata/cards.
type transcript struct {
	Lang   string
	Text   string
	Cards  []string
	Phones []string
	Others []string
	Secret []string
}

func transcripts(t testing.TB) []transcript {
	t.Helper()
	var all []transcript
	for _, name := range []string{"cards.jsonl", "callers.jsonl"} {
		text, err := os.ReadFile("../../../testdata/cards/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			var one transcript
			if err := json.Unmarshal([]byte(line), &one); err != nil {
				t.Fatal(err)
			}
			all = append(all, one)
		}
	}
	if len(all) < 700 {
		t.Fatalf("%d transcripts", len(all))
	}
	return all
}

// heard are all the digits that a text says, in one row.
func heard(text, lang string) string {
	var b strings.Builder
	for _, p := range read(tokens(text), lang).pieces {
		b.WriteString(p.digits)
	}
	return b.String()
}

// holdsPart reports whether digits hold seven of a card's in a row, beside what is
// no card in all of them.
func holdsPart(digits, card string) bool {
	for i := 0; i+7 <= len(card); i++ {
		if strings.Contains(digits, card[i:i+7]) {
			return true
		}
	}
	return false
}

func TestLabelledSet(t *testing.T) {
	secrets, gone, lost, changed := 0, 0, 0, 0
	for _, one := range transcripts(t) {
		for _, lang := range []string{one.Lang, ""} {
			segments := strings.Split(one.Text, "\n")
			langs := slices.Repeat([]string{lang}, len(segments))
			got := strings.Join(Mask(segments, langs), "\n")
			if len(one.Cards) == 0 && got != one.Text {
				changed++
				t.Errorf("a text without cards is changed:\n%s\n%s", one.Text, got)
			}
			left := heard(got, one.Lang)
			for _, secret := range one.Secret {
				secrets++
				if strings.Contains(left, secret) || len(secret) >= fewest && holdsPart(left, secret) {
					t.Logf("%s is left:\n%s\n%s", secret, one.Text, got)
					continue
				}
				gone++
			}
			for _, last := range one.Cards {
				if !strings.Contains(got, maskBegin+last+maskEnd) {
					t.Logf("no card ending %s:\n%s\n%s", last, one.Text, got)
				}
			}
			for _, number := range slices.Concat(one.Phones, one.Others) {
				if strings.Contains(heard(one.Text, one.Lang), number) && !strings.Contains(left, number) {
					lost++
					t.Errorf("%s is lost:\n%s\n%s", number, one.Text, got)
				}
			}
		}
	}
	t.Logf("%d of %d secrets gone, %d numbers lost, %d texts changed for nothing", gone, secrets, lost, changed)
	if gone*1000 < secrets*990 {
		t.Errorf("%d of %d secrets gone, want 99 %%", gone, secrets)
	}
}
