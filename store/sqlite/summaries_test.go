package sqlite

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

// BenchmarkSummaries reads what a page of 20 results shows.
func BenchmarkSummaries(b *testing.B) {
	s, err := Open(b.Context(), Config{Path: filepath.Join(b.TempDir(), "afterbeep.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const page, pages = 20, 20
	var ids []int64
	for i := range page * pages {
		one := store.Session{AccountID: "a", BotID: "b", SessionID: fmt.Sprint("s", i), Wanted: true}
		if _, err := s.SaveSessions(b.Context(), []store.Session{one}); err != nil {
			b.Fatal(err)
		}
		l, err := s.ClaimSession(b.Context(), one.Key(), time.Hour)
		if err != nil {
			b.Fatal(err)
		}
		r := &store.Reply{Payload: []byte("{}"),
			Segments:   []store.Segment{{MessageID: "m", ComponentID: "c", Text: strings.Repeat("words ", 60), Lang: "en"}},
			Recordings: []store.Recording{{Kind: store.RecordingVoicemail, FileName: "a.wav", Status: store.RecordingSuccess}}}
		if _, err := s.Record(b.Context(), l, store.Outcome{State: store.StateStored, Reply: r}); err != nil {
			b.Fatal(err)
		}
		ids = append(ids, store.VoicemailID("b", one.SessionID))
	}
	for name, read := range map[string]func(int) ([]store.Voicemail, error){
		"summaries": func(at int) ([]store.Voicemail, error) {
			return s.Summaries(b.Context(), store.AllBots(), ids[at:at+page])
		},
		"voicemails": func(at int) ([]store.Voicemail, error) {
			return s.Voicemails(b.Context(), store.AllBots(), ids[at:at+page])
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if vs, err := read(i % pages * page); err != nil || len(vs) != page {
					b.Fatal(len(vs), err)
				}
			}
		})
	}
}
