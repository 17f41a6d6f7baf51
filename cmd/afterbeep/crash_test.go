package main

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
)

// TestKillAnywhere kills the server twenty times while it fetches and indexes.
// After that every voicemail is there once, in the store and in the index.
func TestKillAnywhere(t *testing.T) {
	t.Parallel()
	forEachDatabase(t, func(t *testing.T, in *installation) {
		const voicemails = 600
		upstream := in.connect(koresim.Config{Seed: 7, Voicemails: voicemails, Other: 200, Until: lately(), Span: 20 * 24 * time.Hour, MediaSeconds: 1})
		in.env["INGEST_LOOKBACK"] = "21d"
		in.env["INGEST_SCHEDULE"] = "@every 1s"
		token := in.token("ann", "admin")
		for round := range 20 {
			server := in.serve()
			killAt := time.NewTimer(time.Duration(rand.IntN(400)) * time.Millisecond)
			<-killAt.C
			server.kill()
			if round%5 == 4 { // indexing from the beginning is killed too
				if err := os.RemoveAll(filepath.Join(in.dir, "index")); err != nil {
					t.Fatal(err)
				}
			}
		}
		server := in.serve()
		server.awaitTotal(token, voicemails)
		t.Logf("the upstream was asked %v", upstream.Sim.Stats().Requests)
		sessions := server.allSessions(token)
		if len(sessions) != voicemails {
			t.Errorf("%d sessions are found, want %d", len(sessions), voicemails)
		}
		for id, times := range sessions {
			if times != 1 {
				t.Errorf("session %s is found %d times", id, times)
			}
		}
		server.stop()
	})
}

// TestRestoredStore puts an index beside a database that was restored to an
// earlier state, and beside another one.
func TestRestoredStore(t *testing.T) {
	t.Parallel()
	in := install(t)
	importLines := func(first, last int, word string) {
		t.Helper()
		lines := ""
		for n := first; n <= last; n++ {
			lines += fmt.Sprintf(`{"botId":"st-1","sessionId":"s-%d","response":{"status":"success","transcriptions":[{"_id":"ms-%d","lang":"en","createdOn":"2025-02-11T13:57:42.032Z","components":[{"_id":"cp-%d","cT":"text","data":{"text":"message %s"}}]}]}}`+"\n", n, n, n, word)
		}
		in.must(lines, "import", "-")
	}
	database := filepath.Join(in.dir, "afterbeep.db")
	copyFile := func(from, to string) {
		t.Helper()
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		for _, more := range []string{"-wal", "-shm"} {
			if err := os.RemoveAll(to + more); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(to, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found := func(q string) int {
		t.Helper()
		server := in.serve()
		defer server.stop()
		token := in.token(fmt.Sprintf("ann%d", rand.Int()), "analyst")
		server.awaitIndexed()
		a, err := server.search(token, url.Values{"q": {q}})
		if err != nil {
			t.Fatal(err)
		}
		return a.Total
	}

	importLines(1, 3, "first")
	backup := filepath.Join(t.TempDir(), "backup.db")
	copyFile(database, backup)
	importLines(4, 8, "second")
	if got := found("message"); got != 8 {
		t.Fatalf("before the restore %d are found, want 8", got)
	}
	// The restored database goes on to other changes with the same numbers.
	copyFile(backup, database)
	importLines(11, 15, "third")
	for q, want := range map[string]int{"message": 8, "second": 0, "third": 5} {
		if got := found(q); got != want {
			t.Errorf("after the restore %q finds %d, want %d", q, got, want)
		}
	}
	// Another database with as many changes takes its place.
	if err := os.Remove(database); err != nil {
		t.Fatal(err)
	}
	importLines(21, 28, "fourth")
	for q, want := range map[string]int{"third": 0, "fourth": 8} {
		if got := found(q); got != want {
			t.Errorf("beside another database %q finds %d, want %d", q, got, want)
		}
	}
}
