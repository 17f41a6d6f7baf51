package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"afterbeep/web"
)

// TestExport writes more hits than a page holds, beside a running server and
// without one, and reads them again.
func TestExport(t *testing.T) {
	t.Parallel()
	forEachDatabase(t, func(t *testing.T, in *installation) {
		const all = 450
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
		if code, _, stderr := in.run("", "export", "--from", "someday", "refund"); code != 1 || !strings.Contains(stderr, "from") {
			t.Errorf("exit status %d, printed %q", code, stderr)
		}
	})
}
