package contact

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"afterbeep/ingest/enrich/request"
)

// labelled is a voicemail of the labelled set.
type labelled struct {
	ID, Lang, Kind, Text, Caller, Region, Ext string
	Numbers                                   []string
}

func labelledSet(t *testing.T, half, lang string) []labelled {
	t.Helper()
	f, err := os.Open(filepath.Join("../../../testdata/callbacks", half, lang+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []labelled
	for in := bufio.NewScanner(f); in.Scan(); {
		var l labelled
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

// found returns the numbers to call of a labelled voicemail, and the extension of
// the first. Those of who surely sells or cheats are none, as for the program.
func (l labelled) found() (list []string, ext string) {
	if request.Read(l.Text, l.Lang, request.Options{}).Sells {
		return nil, ""
	}
	for _, n := range Find(Message{Text: l.Text, Lang: l.Lang, Caller: l.Caller, Region: l.Region}) {
		if n.Kind == Call {
			if list = append(list, n.E164); len(list) == 1 {
				ext = n.Ext
			}
		}
	}
	return list, ext
}

// score counts the voicemails whose numbers are exactly right, in their order.
type score struct{ right, all int }

func (s score) share() float64 { return float64(s.right) / float64(max(s.all, 1)) }

// TestLabelledNumbers reads both halves of the labelled set. Of the one that the
// rules were written without, only the figures are shown.
func TestLabelledNumbers(t *testing.T) {
	for half, least := range map[string]float64{"tuned": 0.97, "unseen": 0.9} {
		t.Run(half, func(t *testing.T) {
			var total, said score
			for _, lang := range []string{"en", "es", "fr", "de"} {
				kinds := map[string]score{}
				var sum score
				for _, l := range labelledSet(t, half, lang) {
					got, ext := l.found()
					ok := slices.Equal(got, l.Numbers) && (ext == l.Ext || len(l.Numbers) == 0)
					k := kinds[l.Kind]
					k.all, sum.all, total.all = k.all+1, sum.all+1, total.all+1
					if len(l.Numbers) > 0 {
						said.all++
					}
					if ok {
						k.right, sum.right, total.right = k.right+1, sum.right+1, total.right+1
						if len(l.Numbers) > 0 {
							said.right++
						}
					} else if half == "tuned" {
						t.Logf("%s: got %v %s, want %v %s\n\t%s (%s, %s)", l.ID, got, ext, l.Numbers, l.Ext, l.Text, l.Caller, l.Region)
					}
					kinds[l.Kind] = k
				}
				t.Logf("%s: %.3f of %d exactly right", lang, sum.share(), sum.all)
				for kind, k := range kinds {
					if k.right < k.all {
						t.Logf("%s %s: %d of %d", lang, kind, k.right, k.all)
					}
				}
				if sum.share() < least {
					t.Errorf("%s: %.3f exactly right, want %.2f", lang, sum.share(), least)
				}
			}
			t.Logf("%s half: %.3f of %d exactly right, %.3f of the %d with a number", half, total.share(), total.all, said.share(), said.all)
		})
	}
}
