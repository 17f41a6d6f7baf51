package ingest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

const sampleFile = "../testdata/kore/voicemail_sample.json"

func sample(t testing.TB) string {
	t.Helper()
	body, err := os.ReadFile(sampleFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestImportVendorSample(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "a.db"), time.Now)
	var id int64
	for round, want := range []ImportReport{{Replies: 1, Changed: 1}, {Replies: 1}} {
		got, err := Import(t.Context(), s, strings.NewReader(sample(t)), ImportOptions{
			Report: func(line int, err error) { t.Errorf("line %d: %v", line, err) },
		})
		if err != nil || got != want {
			t.Fatalf("round %d: got %+v, %v, want %+v", round, got, err, want)
		}
	}
	id = store.VoicemailID("st-6cbdca58-bf5e-5d9b-bc21-cb37bef2xxxx", "67ab573f3685d1ba9954xxxx")
	v, err := s.Voicemail(t.Context(), store.AllBots(), id)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2025, 2, 11, 13, 57, 42, 32e6, time.UTC)
	if v.Text != "Hi, this is voicemail testing." || v.Author.Type != "VOICEMAIL" || v.Lang != "en" ||
		!v.CreatedOn.Equal(at) || !v.ModifiedOn.Equal(at) || v.Transcript != store.TranscriptPresent {
		t.Errorf("got %+v", v)
	}
	payload, err := s.Payload(t.Context(), store.AllBots(), id)
	if err != nil || strings.Contains(string(payload), "IldYeks") {
		t.Errorf("the payload holds the link's signature, or %v", err)
	}
}
