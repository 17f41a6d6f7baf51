package main

import (
	"strings"
	"testing"

	"afterbeep/ingest/kore"
)

// A database that does not answer is one line, with what to do about it and
// without the password.
func TestDoctorWithoutDatabase(t *testing.T) {
	t.Setenv("AFTERBEEP_DATA_DIR", t.TempDir())
	t.Setenv("AFTERBEEP_DATABASE_URL", "postgres://ada:pa55word@127.0.0.1:1/db")
	code, stdout, stderr := runProgram(t, "doctor")
	if code != 1 || strings.Contains(stdout+stderr, "pa55word") {
		t.Errorf("got status %d: %s%s", code, stdout, stderr)
	}
	for line := range strings.Lines(stdout) {
		if state := line[:4]; state != "ok  " && state != "BAD " {
			t.Errorf("a line that is no finding: %q", line)
		}
		if strings.Contains(line, "database ") && (!strings.Contains(line, "check that") || strings.Count(line, "refused") != 1) {
			t.Errorf("got %q", line)
		}
	}
}

func TestDoctorNamesTheMissingScope(t *testing.T) {
	refused := &kore.Error{Kind: kore.KindScope}
	for _, tt := range []struct {
		name  string
		probe kore.ProbeResult
		want  string
	}{
		{"analytics", kore.ProbeResult{Analytics: refused}, "tick SmartAssist Analytics for"},
		{"voicemail", kore.ProbeResult{Voicemail: refused}, "tick SmartAssist Voicemail for"},
		{"both", kore.ProbeResult{Analytics: refused, Voicemail: refused}, "tick SmartAssist Voicemail and SmartAssist Analytics for"},
	} {
		tt.probe.Trouble = kore.TroubleScope
		got := (&program{}).judge(Upstream{}, tt.probe, refused)
		if !got.bad || !strings.Contains(got.words, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got.words, tt.want)
		}
	}
}
