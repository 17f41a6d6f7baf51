package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCardsAreMasked imports a message with the number of a card and looks for
// it by searching, in the answer, and in every byte of the data folder.
func TestCardsAreMasked(t *testing.T) {
	t.Parallel()
	const said = "please charge 4242 4242 4242 4242 security code 123 and call me back on 617 555 0123"
	line := fmt.Sprintf(`{"botId":"st-1","sessionId":"s-1","response":{"status":"success","transcriptions":[{"_id":"ms-1","lang":"en","createdOn":"2025-02-11T13:57:42.032Z","components":[{"_id":"cp-1","cT":"text","data":{"text":%q}}]}]}}`, said)
	for _, tt := range []struct {
		redact, found string
		kept          bool
	}{{"", "0 found", false}, {"off", "1 found", true}} {
		t.Run("redact="+tt.redact, func(t *testing.T) {
			t.Parallel()
			in := install(t)
			if tt.redact != "" {
				in.env["REDACT"] = tt.redact
			}
			in.must(line, "import", "-")
			for _, typed := range []string{"4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242"} {
				if out := in.must("", "search", typed); !strings.Contains(out, tt.found) {
					t.Errorf("search for the card printed %s; want %s", out, tt.found)
				}
			}
			if out := in.must("", "search", "--json", "617 555 0123"); strings.Contains(out, "4242 4242") != tt.kept || !strings.Contains(out, "555 0123") {
				t.Errorf("the answer is %s", out)
			}
			if got := holds(t, in.dir, "4242 4242 4242 4242", "4242424242424242"); got != tt.kept {
				t.Errorf("the data folder holds the card: %t, want %t", got, tt.kept)
			}
		})
	}
}

// holds looks for texts in the files of a folder.
func holds(t *testing.T, dir string, texts ...string) bool {
	t.Helper()
	found := false
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, text := range texts {
			found = found || strings.Contains(string(content), text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
