package when_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"afterbeep/ingest/enrich/when"
)

// labelled is a line of the labelled set.
type labelled struct {
	ID       string `json:"id"`
	Lang     string `json:"lang"`
	Text     string `json:"text"`
	Left     string `json:"left"`
	Callback bool   `json:"callback"`
	When     string `json:"when"`
	Due      string `json:"due"`
}

func readSet(t *testing.T, half, lang string) []labelled {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "..", "testdata", "callbacks", half, lang+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var list []labelled
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var l labelled
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		list = append(list, l)
	}
	return list
}

// TestLabelledSet reads what was labelled by hand. Of the half that rules are tuned
// wrong is told; of the other, figures alone.
func TestLabelledSet(t *testing.T) {
	for half, floor := range map[string]float64{"tuned": 0.97, "unseen": 0.9} {
		allAsked, allRight, allOther, allQuiet := 0, 0, 0, 0
		for _, lang := range []string{"en", "es", "fr", "de"} {
			asked, right, other, quiet, wrong := 0, 0, 0, 0, 0
			for _, l := range readSet(t, half, lang) {
				left, err := time.Parse(time.RFC3339, l.Left)
				if err != nil {
					t.Fatal(err)
				}
				got := when.Read(l.Text, l.Lang, left)
				want, _ := time.Parse(time.RFC3339, l.Due)
				if !l.Callback {
					continue
				}
				switch {
				case l.Due != "":
					asked++
					if got.Due.Equal(want) {
						right++
						continue
					}
				case len(got.Words) == 0:
					other, quiet = other+1, quiet+1
					continue
				default:
					other++
				}
				if wrong++; half == "tuned" {
					var said []string
					for _, w := range got.Words {
						said = append(said, l.Text[w.Start:w.End])
					}
					t.Logf("%s: got %q %v, want %q %v, left %s: %s", l.ID, said, got.Due, l.When, l.Due, l.Left, l.Text)
				}
			}
			allAsked, allRight, allOther, allQuiet = allAsked+asked, allRight+right, allOther+other, allQuiet+quiet
			t.Logf("%s %s: %d of %d due times are right, %d of %d others say nothing", half, lang, right, asked, quiet, other)
		}
		if due, silent := float64(allRight)/float64(allAsked), float64(allQuiet)/float64(allOther); due < floor || silent < floor {
			t.Errorf("%s: %.3f of due times are right, %.3f of others say nothing; want %.2f", half, due, silent, floor)
		}
	}
}
