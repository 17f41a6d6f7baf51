package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"afterbeep/ingest"
	"afterbeep/store"
	"afterbeep/store/postgres"
	"afterbeep/store/sqlite"
)

// TestCorrections prints what people said, with the texts, and nothing else.
func TestCorrections(t *testing.T) {
	t.Parallel()
	forEachDatabase(t, func(t *testing.T, in *installation) {
		line := func(session, text string) string {
			return `{"botId":"st-1","sessionId":"` + session + `","caller":"+12025550123","startedAt":"2026-03-12T14:30:00Z","response":{"transcriptions":[{"_id":"m","lang":"en","createdOn":"2026-03-12T14:30:00Z","components":[{"_id":"c","cT":"text","data":{"text":"` + text + `"}}]}]}}` + "\n"
		}
		in.must(line("a", "please call me back on 617 555 0141")+line("b", "please call me back on 617 555 0142"), "import", "-")
		if out := in.must("", "corrections"); out != "" {
			t.Errorf("nothing is corrected, printed %q", out)
		}
		no := false
		correct(t, in, store.VoicemailID("st-1", "a"), store.Correction{Requested: &no})
		var got ingest.Labelled
		if err := json.Unmarshal([]byte(in.must("", "corrections")), &got); err != nil {
			t.Fatal(err)
		}
		if got.Callback || got.Text != "please call me back on 617 555 0141" || got.Region != "US" || got.Left != "2026-03-12T10:30:00-04:00" {
			t.Errorf("got %+v", got)
		}
		correct(t, in, store.VoicemailID("st-1", "b"), store.Correction{Number: "+16175550199"})
		out := in.must("", "corrections")
		if lines := strings.Count(out, "\n"); lines != 2 || !strings.Contains(out, `"numbers":["+16175550199"]`) {
			t.Errorf("printed %s", out)
		}
	})
}

// correct says what the machine got wrong in a voicemail.
func correct(t *testing.T, in *installation, id int64, x store.Correction) {
	t.Helper()
	var s store.Store
	var err error
	if database := in.env["DATABASE_URL"]; database != "" {
		s, err = postgres.Open(t.Context(), postgres.Config{URL: database})
	} else {
		s, err = sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(in.dir, "afterbeep.db")})
	}
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Act(t.Context(), store.AllBots(), id, store.Action{Verb: store.VerbCorrect, By: "ada", Correction: x}); err != nil {
		t.Fatal(err)
	}
}
