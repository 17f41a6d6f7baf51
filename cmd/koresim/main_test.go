package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"afterbeep/ingest/kore/koresim"
)

func TestHelpAndWrongFlags(t *testing.T) {
	for _, tc := range []struct {
		args []string
		exit int
		want string
	}{
		{[]string{"--help"}, 0, "afterbeep serve"},
		{[]string{"--nonsense"}, 2, "unknown flag --nonsense"},
		{[]string{"--until", "yesterday"}, 1, "want yyyy-mm-dd"},
		{[]string{"--rate=-1"}, 1, "negative rate"},
		{[]string{"--format=vinyl"}, 2, "--format must be one of"},
		{[]string{"--chaos=2"}, 1, "between 0 and 1"},
		{[]string{"--session-rate=-1"}, 1, "negative limit"},
		{[]string{"--listen=127.0.0.1:0", "--media-listen=127.0.0.1:0", "--notify-url=nowhere"}, 1, "url must be http or https"},
		{[]string{"--listen=127.0.0.1:0", "--media-listen=127.0.0.1:0", "--bots-file=/nowhere/bots.json"}, 1, "no such file"},
	} {
		var out, errs bytes.Buffer
		if got := run(tc.args, &out, &errs); got != tc.exit {
			t.Errorf("%v: exit status %d, want %d", tc.args, got, tc.exit)
		}
		if both := out.String() + errs.String(); !strings.Contains(both, tc.want) {
			t.Errorf("%v: got %q, want %q in it", tc.args, both, tc.want)
		}
	}
}

// TestServePrintsWhatConnects starts the program's inside on free ports and
// uses what it printed.
func TestServePrintsWhatConnects(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan error, 1)
	f := flags{Listen: "127.0.0.1:0", MediaListen: "127.0.0.1:0", Seed: 1, Voicemails: 10, Other: 0, Rate: 60, LinkLife: time.Hour, Documented: true}
	go func() { done <- serve(ctx, f, w, io.Discard) }()

	env := map[string]string{}
	lines := bufio.NewScanner(r)
	for len(env) < 7 && lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), "=")
		env[name] = value
	}
	if got := env["AFTERBEEP_KORE_RATE_PER_MINUTE"]; got != "54" {
		t.Errorf("rate: got %q, want nine tenths of the limit", got)
	}
	for _, name := range []string{"BOT_ID", "ACCOUNT_ID", "CLIENT_ID", "CLIENT_SECRET"} {
		if env["AFTERBEEP_KORE_"+name] == "" {
			t.Errorf("%s: not printed", name)
		}
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for url, want := range map[string]int{
		env["AFTERBEEP_KORE_BASE_URL"] + "/api/public/bot/x/voicemail": 401,
		"http://" + env["AFTERBEEP_KORE_MEDIA_HOSTS"] + "/":            403,
	} {
		res, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
		if res.StatusCode != want {
			t.Errorf("%s: got status %d, want %d", url, res.StatusCode, want)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("stop: %v", err)
	}
}

func TestFlagsBecomeAConfiguration(t *testing.T) {
	now := time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC)
	cfg, err := config(flags{Voicemails: 0, Other: 0, Documented: true, Verbose: true}, now, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Voicemails >= 0 || cfg.Other >= 0 || cfg.Quirks == nil || cfg.Log == nil || !cfg.Until.Equal(now.Truncate(24*time.Hour)) {
		t.Errorf("got %+v", cfg)
	}
	cfg, err = config(flags{Voicemails: 7, Other: -1, Until: "2026-02-28"}, now, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Voicemails != 7 || cfg.Other != 0 || cfg.Quirks != nil || cfg.Until.Format(time.RFC3339) != "2026-03-01T00:00:00Z" {
		t.Errorf("got %+v", cfg)
	}
}

func TestEnvironmentOfContainers(t *testing.T) {
	var out bytes.Buffer
	c := koresim.Credentials{AccountID: "acc", BotIDs: []string{"st-1"}, ClientID: "cs-1", ClientSecret: "s"}
	if err := printEnvironment(&out, c, "http://koresim:9090", "https://media.example", 0); err != nil {
		t.Fatal(err)
	}
	want := `AFTERBEEP_KORE_BASE_URL=http://koresim:9090
AFTERBEEP_KORE_BOT_ID=st-1
AFTERBEEP_KORE_ACCOUNT_ID=acc
AFTERBEEP_KORE_CLIENT_ID=cs-1
AFTERBEEP_KORE_CLIENT_SECRET=s
AFTERBEEP_KORE_MEDIA_HOSTS=media.example
AFTERBEEP_KORE_RATE_PER_MINUTE=60000
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestBotsFile writes several bots as Afterbeep's file of bots lists them, and
// tells of new voicemails.
func TestBotsFileAndNotifications(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	path := filepath.Join(t.TempDir(), "bots.json")
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan error, 1)
	f := flags{Listen: "127.0.0.1:0", MediaListen: "127.0.0.1:0", Voicemails: 1, Bots: 3, BotsFile: path,
		Rate: 60, Documented: true, NotifyURL: "http://127.0.0.1:1/{botId}", NotifyToken: "x"}
	go func() { done <- serve(ctx, f, w, io.Discard) }()
	var lines []string
	for s := bufio.NewScanner(r); len(lines) < 3 && s.Scan(); {
		lines = append(lines, s.Text())
	}
	if len(lines) != 3 || lines[0] != "AFTERBEEP_BOTS_FILE="+path || lines[2] != "AFTERBEEP_KORE_RATE_PER_MINUTE=54" {
		t.Errorf("got %q", lines)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var bots []map[string]string
	if err := json.Unmarshal(b, &bots); err != nil || len(bots) != 3 || bots[0]["bot_id"] == bots[1]["bot_id"] || bots[2]["base_url"] == "" {
		t.Errorf("got %v, %v", bots, err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v, want 0600", st.Mode(), err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("stop: %v", err)
	}
}
