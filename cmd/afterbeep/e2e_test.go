package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
)

const vendorSample = "../../testdata/kore/voicemail_sample.json"

// TestVendorSample imports the vendor's printed reply and finds it by its words.
func TestVendorSample(t *testing.T) {
	t.Parallel()
	forEachDatabase(t, func(t *testing.T, in *installation) {
		for range 2 {
			in.must("", "import", vendorSample)
		}
		server := in.serve()
		token := in.token("ann", "analyst")
		server.awaitTotal(token, 1)
		a, err := server.search(token, url.Values{"q": {"voicemail testing"}})
		if err != nil || a.Total != 1 {
			t.Fatalf("found %d, %v; want 1", a.Total, err)
		}
		h := a.Hits[0]
		for _, check := range []struct{ what, got, want string }{
			{"author", h.Author.ID, "u-353e231f-f6d7-5de2-bd88-5323235fxxxx"},
			{"author type", h.Author.Type, "VOICEMAIL"},
			{"lang", h.Lang, "en"},
			{"created", h.CreatedOn, "2025-02-11T13:57:42.032Z"},
			{"modified", h.ModifiedOn, "2025-02-11T13:57:42.032Z"},
			{"text", h.Text, "Hi, this is voicemail testing."},
			{"bot", h.BotID, "st-6cbdca58-bf5e-5d9b-bc21-cb37bef2xxxx"},
			{"session", h.SessionID, "67ab573f3685d1ba9954xxxx"},
			{"snippet", h.Snippet, "Hi, this is <mark>voicemail</mark> <mark>testing</mark>."},
		} {
			if check.got != check.want {
				t.Errorf("%s: got %q, want %q", check.what, check.got, check.want)
			}
		}
	})
}

// TestWithoutUpstream goes the way of somebody who has files and no upstream.
func TestWithoutUpstream(t *testing.T) {
	t.Parallel()
	forEachDatabase(t, func(t *testing.T, in *installation) {
		text, err := os.ReadFile(vendorSample)
		if err != nil {
			t.Fatal(err)
		}
		lines := `{"botId":"st-1","sessionId":"s-1","caller":"+12025550123","startedAt":"2025-02-11T13:57:00Z","response":` + oneLine(string(text)) + "}\n" +
			`{"botId":"st-1","sessionId":` + "\n" +
			`{"botId":"st-2","sessionId":"s-2","response":` + strings.ReplaceAll(oneLine(string(text)), "voicemail testing", "a refund please") + "}"
		code, _, stderr := in.run(lines, "import", "-")
		if code != 1 || !strings.Contains(stderr, "line 2") {
			t.Fatalf("exit status %d, printed %q; want 1 and line 2 named", code, stderr)
		}
		server := in.serve()
		everything := in.token("ann", "analyst")
		second := in.token("bob", "agent", "--bots", "st-2")
		server.awaitTotal(everything, 2)
		if a, err := server.search(second, url.Values{}); err != nil || a.Total != 1 || a.Hits[0].SessionID != "s-2" {
			t.Errorf("the agent of st-2 sees %+v, %v", a, err)
		}
		if a, err := server.search(everything, url.Values{"q": {"refund"}}); err != nil || a.Total != 1 {
			t.Errorf("refund: %+v, %v", a, err)
		}
		if status, body := server.get("/readyz", ""); status != 200 {
			t.Errorf("readyz: %d %s", status, body)
		}
		// Commands beside the server ask it.
		if out := in.must("", "search", "--json", "refund"); !strings.Contains(out, `"session_id": "s-2"`) {
			t.Errorf("search printed %s", out)
		}
		in.must("", "reindex")
		server.awaitTotal(everything, 2)
		server.stop()
		if out := in.must("", "search", "refund", "--sort", "newest"); !strings.Contains(out, "1 found") {
			t.Errorf("search without a server printed %s", out)
		}
		if out := in.must("", "search", "--", "-refund"); !strings.Contains(out, "1 found") {
			t.Errorf("search -- -refund printed %s", out)
		}
	})
}

// TestImportSaysWhatIsWrongWithAFile tells of files that hold no reply, without
// counting what was not read.
func TestImportSaysWhatIsWrongWithAFile(t *testing.T) {
	t.Parallel()
	in := install(t)
	for _, tt := range []struct {
		name, stdin, file, says, not string
	}{
		{"empty", "", "-", "nothing in the file", "replies read"},
		{"blank", " \n\n", "-", "nothing in the file", "replies read"},
		{"a folder", "", t.TempDir(), "is a folder", "replies read"},
		{"UTF-16", "\xff\xfe{\x00}\x00", "-", "not UTF-8 JSON", "nothing"},
	} {
		code, _, stderr := in.run(tt.stdin, "import", tt.file)
		if code != 1 || !strings.Contains(stderr, tt.says) || strings.Contains(stderr, tt.not) {
			t.Errorf("%s: exit status %d, printed %q; want 1 and %q", tt.name, code, stderr, tt.says)
		}
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestOneServerADataFolder refuses the second server.
func TestOneServerADataFolder(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.serve()
	code, _, stderr := in.run("", "serve")
	if code != 1 || !strings.Contains(stderr, "another afterbeep has the data folder") {
		t.Errorf("exit status %d, printed %q", code, stderr)
	}
}

// TestLongDataFolder checks the control socket, whose path the system limits.
func TestLongDataFolder(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.dir = filepath.Join(in.dir, strings.Repeat("long/", 40))
	in.env["DATA_DIR"] = in.dir
	in.serve()
	if out := in.must("", "search"); !strings.Contains(out, "0 found") {
		t.Errorf("search printed %q", out)
	}
}

// TestIngestCommand fetches once and ends.
func TestIngestCommand(t *testing.T) {
	t.Parallel()
	forEachDatabase(t, func(t *testing.T, in *installation) {
		in.connect(koresim.Config{Seed: 3, Voicemails: 40, Other: 60, Until: lately(), Span: 4 * 24 * time.Hour, MediaSeconds: 1})
		in.must("", "ingest", "--since", "5d")
		in.disconnect()
		if out := in.must("", "search"); !strings.Contains(out, "40 found") {
			t.Errorf("search printed %s", tail(out, 300))
		}
	})
}
