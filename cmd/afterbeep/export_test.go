package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"afterbeep/web"
)

// TestExport writes all hits, beside a running server and without one, and reads
// them again.
func TestExport(t *testing.T) {
	t.Parallel()
	forEachDatabase(t, func(t *testing.T, in *installation) {
		const all = 60
		var lines strings.Builder
		for n := range all {
			fmt.Fprintf(&lines, `{"botId":"st-1","sessionId":"s-%d","caller":"+12025550123","response":{"status":"success","transcriptions":[{"_id":"ms-%d","lang":"en","createdOn":"2025-02-11T13:57:42.032Z","components":[{"_id":"cp-%d","cT":"text","data":{"text":"=message %d, of a refund"}}]}]}}`+"\n", n, n, n, n)
		}
		in.must(lines.String(), "import", "-")
		check := func() {
			t.Helper()
			rows, err := csv.NewReader(strings.NewReader(in.must("", "export", "refund"))).ReadAll()
			if err != nil || len(rows) != all+1 {
				t.Fatalf("%d rows, %v; want a header and %d", len(rows), err, all)
			}
			if text := rows[1][len(rows[1])-1]; !strings.HasPrefix(text, "'=message") {
				t.Errorf("a cell is %q, which a spreadsheet computes", text)
			}
			seen := make(map[int64]bool)
			for line := range strings.Lines(in.must("", "export", "--format", "jsonl", "--from", "2025-02-11", "refund")) {
				var h web.Hit
				if err := json.Unmarshal([]byte(line), &h); err != nil {
					t.Fatal(err)
				}
				seen[h.ID] = true
			}
			if len(seen) != all {
				t.Errorf("%d hits, want %d", len(seen), all)
			}
		}
		check()
		server := in.serve()
		server.awaitTotal(in.token("ann", "analyst"), all)
		check()
		if code, _, stderr := in.run("", "export", "--format", "xlsx"); code != 1 || !strings.Contains(stderr, "csv and jsonl") {
			t.Errorf("exit status %d, printed %q", code, stderr)
		}
		// What can't be read is told before a table is begun.
		for _, flag := range []string{"--from=someday", "--to=2025-02-30", "--sort=best", "--has=beard", "--tz=Mars"} {
			name, _, _ := strings.Cut(flag, "=")
			if code, stdout, stderr := in.run("", "export", flag, "refund"); code != 1 || stdout != "" || !strings.HasPrefix(stderr, "afterbeep: "+name+": ") {
				t.Errorf("%s: exit status %d, printed %q and %q", flag, code, stdout, stderr)
			}
		}
	})
}

// What is typed wrong is answered with words for people.
func TestTypedWrong(t *testing.T) {
	t.Parallel()
	in := install(t)
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"search", "--limit", "many"}, 1, "afterbeep: --limit: “many” is not a number."},
		{[]string{"search", "--limit"}, 2, "afterbeep: --limit: a value is missing (see afterbeep --help)"},
		{[]string{"serach"}, 2, `did you mean "search"?`},
		{[]string{"help"}, 0, "Usage: afterbeep <command>"},
		{[]string{"help", "export"}, 0, "Usage: afterbeep export"},
	} {
		if code, stdout, stderr := in.run("", tt.args...); code != tt.code || !strings.Contains(stdout+stderr, tt.says) {
			t.Errorf("%q: exit status %d, printed %.300s; want %d and %q", tt.args, code, stdout+stderr, tt.code, tt.says)
		}
	}
}

// The help of a command is what the command takes: settings that it has no use
// for stay out of it.
func TestHelpNamesSettingsThatMatter(t *testing.T) {
	t.Parallel()
	in := install(t)
	const store, audio, bucket = "--database-url=URL", "--archive=", "--s3-endpoint=HOST"
	const fetch, rest = "--kore-bot-id=ID", `All settings: "afterbeep serve --help".`
	for _, tt := range []struct {
		command       string
		with, without []string
	}{
		{"", nil, []string{store, fetch, rest}},
		{"version", nil, []string{store, fetch, rest}},
		{"search", []string{"--sort=ORDER", store, rest}, []string{fetch, audio, bucket}},
		{"verify", []string{store, audio, bucket, rest}, []string{fetch}},
		{"user add", []string{"--role=ROLE", store, rest}, []string{fetch}},
		{"ingest", []string{"--since=DURATION", store, fetch}, []string{rest}},
		{"serve", []string{store, fetch}, []string{rest}},
	} {
		code, help, stderr := in.run("", append(strings.Fields(tt.command), "--help")...)
		if code != 0 || stderr != "" {
			t.Errorf("%q --help: exit status %d, %s", tt.command, code, stderr)
		}
		for _, s := range tt.with {
			if !strings.Contains(help, s) {
				t.Errorf("%q --help lacks %s", tt.command, s)
			}
		}
		for _, s := range tt.without {
			if strings.Contains(help, s) {
				t.Errorf("%q --help has %s", tt.command, s)
			}
		}
	}
}
