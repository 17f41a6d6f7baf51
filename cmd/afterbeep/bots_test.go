package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"afterbeep/web"
)

const goodBot = `"bot_id": "st-1", "account_id": "acc", "client_id": "cs-1", "base_url": "https://platform.kore.ai"`

// botsFile writes a bots file and a file with a secret beside it.
func botsFile(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret-1"), []byte("from-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "bots.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestBotsFile(t *testing.T) {
	got, err := readBots(botsFile(t, `[
		{`+goodBot+`, "client_secret_file": "secret-1", "region": "de", "time_zone": "Europe/Berlin", "schedule": "0 8 * * *"},
		{"bot_id": "st-2", "account_id": "acc", "client_id": "cs-2", "client_secret": "s", "base_url": "http://127.0.0.1:9/", "jwt_alg": "HS512", "jwt_jti": false}]`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Upstream{
		{BotID: "st-1", AccountID: "acc", BaseURL: "https://platform.kore.ai", ClientID: "cs-1", ClientSecret: "from-a-file", Alg: "HS256", JTI: true,
			Region: "DE", TimeZone: "Europe/Berlin", Schedule: "0 8 * * *", From: fromBotsFile},
		{BotID: "st-2", AccountID: "acc", BaseURL: "http://127.0.0.1:9", ClientID: "cs-2", ClientSecret: "s", Alg: "HS512", From: fromBotsFile},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestBotsFilesThatAreRefused(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"not JSON", `bots: []`, "is not a JSON list of bots"},
		{"an object", `{"bots": []}`, "is not a JSON list of bots"},
		{"a typing error", `[{` + goodBot + `, "client_secret": "s3cret-value", "regoin": "US"}]`, `unknown field "regoin"`},
		{"another type", `[{` + goodBot + `, "client_secret": ["s3cret-value"]}]`, "client_secret has a value of another type"},
		{"more after the list", `[] []`, "something follows the list"},
		{"no secret", `[{` + goodBot + `}]`, "bot 1 (st-1): client_secret is missing"},
		{"both secrets", `[{` + goodBot + `, "client_secret": "s3cret-value", "client_secret_file": "secret-1"}]`, "both set; set one"},
		{"no such file", `[{` + goodBot + `, "client_secret_file": "nowhere"}]`, "nowhere: no such file"},
		{"no id", `[{"client_secret": "s3cret-value"}]`, "bot 1 (): base_url is missing"},
		{"a base without a scheme", `[{"bot_id": "st-1", "account_id": "a", "client_id": "c", "client_secret": "s3cret-value", "base_url": "platform.kore.ai"}]`, "base_url must be https://"},
		{"a region", `[{` + goodBot + `, "client_secret": "s3cret-value", "region": "Mars"}]`, `region "MARS" is not a region`},
		{"a zone", `[{` + goodBot + `, "client_secret": "s3cret-value", "time_zone": "Mars/Olympus"}]`, `time_zone "Mars/Olympus" is not`},
		{"a schedule", `[{` + goodBot + `, "client_secret": "s3cret-value", "schedule": "now and then"}]`, "schedule"},
		{"an algorithm", `[{` + goodBot + `, "client_secret": "s3cret-value", "jwt_alg": "none"}]`, `jwt_alg "none" is not allowed`},
		{"twice", `[{` + goodBot + `, "client_secret": "s3cret-value"}, {` + goodBot + `, "client_secret": "s3cret-value"}]`, "bot st-1 is connected twice"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("AFTERBEEP_DATA_DIR", t.TempDir())
			t.Setenv("AFTERBEEP_BOTS_FILE", botsFile(t, tt.text))
			code, _, stderr := runProgram(t, "serve")
			if code != 2 || !strings.Contains(stderr, "AFTERBEEP_BOTS_FILE") && !strings.Contains(stderr, "connected twice") || !strings.Contains(stderr, tt.want) {
				t.Errorf("exit status %d, printed %q; want 2 and %q", code, stderr, tt.want)
			}
			if strings.Contains(stderr, "s3cret-value") {
				t.Errorf("a secret is printed: %q", stderr)
			}
		})
	}
}

func TestABotsScheduleIsInItsZone(t *testing.T) {
	u := Upstream{TimeZone: "Europe/Berlin", Schedule: "0 8 * * *"}
	for spec, wantErr := range map[string]bool{"0 8 * * *": false, "CRON_TZ=UTC 0 8 * * *": false, "@every 2s": false, "": false, "8": true} {
		u.Schedule = spec
		if _, err := u.schedule(); (err != nil) != wantErr {
			t.Errorf("%q: got error %v", spec, err)
		}
	}
}

// What the page offers to sign tokens with can be connected.
func TestOfferedAlgorithms(t *testing.T) {
	for _, alg := range web.Algs() {
		for _, f := range (Upstream{Alg: alg}).faults() {
			if f.field == "jwt_alg" {
				t.Errorf("%s is offered, and refused: %s", alg, f.words)
			}
		}
	}
}
