package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"afterbeep/web"
)

var update = flag.Bool("update", false, "write the generated parts of docs")

// TestMetricsAreDocumented keeps docs/metrics.md the list of what there is.
func TestMetricsAreDocumented(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Metrics\n\n`GET /metrics` answers without signing in. No label names a bot, a caller or a user.\n\n| name | type | labels | what |\n|---|---|---|---|\n")
	for _, m := range web.Metrics() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", m.Name, m.Type, strings.Join(m.Labels, ", "), m.Help)
	}
	b.WriteString("\nBeside them stand those of the Go runtime (`go_`) and of the process (`process_`).\n")
	const file = "../../docs/metrics.md"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil || string(text) != b.String() {
		t.Errorf("%s is not what it should be (%v); write it with: go test ./cmd/afterbeep -run TestMetricsAreDocumented -update", file, err)
	}
}
