package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a script left empty gives no rights, and "all" means the same
// everywhere.
func TestBotsOfAUser(t *testing.T) {
	tests := []struct {
		name string
		args []string
		code int
		want string // the BOTS column
	}{
		{"no flag", nil, 0, "all"},
		{"one", []string{"--bots", "st-1"}, 0, "st-1"},
		{"spaces", []string{"--bots", " st-2, st-1 ,st-2"}, 0, "st-1,st-2"},
		{"all", []string{"--bots", "all"}, 0, "all"},
		{"nothing", []string{"--bots", ""}, 1, ""},
		{"no name", []string{"--bots", " ,"}, 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("AFTERBEEP_DATA_DIR", dir)
			password := filepath.Join(dir, "password")
			if err := os.WriteFile(password, []byte("correct horse\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			add := append([]string{"user", "add", "ada", "--role", "agent", "--password-file", password}, tt.args...)
			if code, _, stderr := runProgram(t, add...); code != tt.code {
				t.Fatalf("add: got status %d, want %d: %s", code, tt.code, stderr)
			}
			if got := botsOf(t, "ada"); got != tt.want {
				t.Errorf("added: got bots %q, want %q", got, tt.want)
			}
			if tt.args == nil {
				return // the role's command changes nothing then
			}
			if code, _, stderr := runProgram(t, "user", "add", "bob", "--role", "agent", "--bots", "st-9", "--password-file", password); code != 0 {
				t.Fatal(stderr)
			}
			if code, _, stderr := runProgram(t, append([]string{"user", "role", "bob", "analyst"}, tt.args...)...); code != tt.code {
				t.Errorf("role: got status %d, want %d: %s", code, tt.code, stderr)
			}
			want := tt.want
			if tt.code != 0 {
				want = "st-9"
			}
			if got := botsOf(t, "bob"); got != want {
				t.Errorf("changed: got bots %q, want %q", got, want)
			}
		})
	}
}

// botsOf is what the list of users says that one may see, "" where there is no
// such user.
func botsOf(t *testing.T, name string) string {
	t.Helper()
	_, list, stderr := runProgram(t, "user", "list")
	for line := range strings.Lines(list) {
		if f := strings.Fields(line); len(f) > 2 && f[0] == name {
			return f[2]
		}
	}
	if list == "" {
		t.Fatal(stderr)
	}
	return ""
}

// A user may be limited to queues, and what was left empty limits nobody by
// mistake.
func TestQueuesOfAUser(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("AFTERBEEP_DATA_DIR", dir)
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte("correct horse\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"user", "add", "ada", "--role", "agent", "--password-file", password, "--queues", "Customer care, Billing"}, 0, "Billing,Customer care"},
		{[]string{"user", "role", "ada", "agent"}, 0, "Billing,Customer care"},
		{[]string{"user", "role", "ada", "agent", "--queues", " ,"}, 1, "Billing,Customer care"},
		{[]string{"user", "role", "ada", "agent", "--queues", "all"}, 0, "all"},
	} {
		if code, _, stderr := runProgram(t, tt.args...); code != tt.code {
			t.Fatalf("%v: got status %d, want %d: %s", tt.args, code, tt.code, stderr)
		}
		_, out, _ := runProgram(t, "user", "list")
		if !strings.Contains(out, tt.want+"  ") {
			t.Errorf("%v: the list lacks %q: %s", tt.args, tt.want, out)
		}
	}
}
