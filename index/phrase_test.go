package index_test

import (
	"strings"
	"testing"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// TestFrequentWordsSideBySide asks for phrases with many candidates, whose
// documents are kept, again and with another filter: they are as
// many as the texts that say so.
func TestFrequentWordsSideBySide(t *testing.T) {
	t.Parallel()
	feed := madeUp{2000}
	x := openIndex(t, t.TempDir(), feed)
	catchUp(t, x)
	changes, err := feed.Changes(t.Context(), 0, 2000)
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := benchWord(0), benchWord(1), benchWord(2)
	for _, phrase := range [][]string{{a, b}, {b, a}, {a, a}, {a, b, a}, {a, b, c}, {c, a, a, b}, {b, benchWord(40)}} {
		q := `"` + strings.Join(phrase, " ") + `"`
		for range 2 {
			for _, bot := range []string{"", "st-7"} {
				want := 0
				for _, change := range changes {
					v := change.Voicemail
					if (bot == "" || v.BotID == bot) && strings.Contains(" "+v.Text, " "+strings.Join(phrase, " ")+" ") {
						want++
					}
				}
				found, err := x.Search(t.Context(), store.AllBots(), index.Request{Query: query.Parse(q), Bot: bot})
				if err != nil {
					t.Fatal(err)
				}
				if found.Total != want {
					t.Errorf("%s of bot %q: %d found, want %d", q, bot, found.Total, want)
				}
			}
		}
	}
}
