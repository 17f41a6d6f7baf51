package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// A folder that was named is its owner's.
func TestInFolder(t *testing.T) {
	for _, tt := range []struct {
		name        string
		named, keep bool
		stays       bool
	}{
		{name: "named", named: true, stays: true},
		{name: "named and kept", named: true, keep: true, stays: true},
		{name: "made"},
		{name: "made and kept", keep: true, stays: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			o := options{Keep: tt.keep}
			if tt.named {
				o.Dir = t.TempDir()
			}
			var file string
			broken := errors.New("broken")
			err := inFolder(o, func(o options) error {
				file = filepath.Join(o.Dir, "file")
				return errors.Join(broken, os.WriteFile(file, nil, 0o600))
			})
			if !errors.Is(err, broken) {
				t.Errorf("got %v, want the error from within", err)
			}
			if _, err := os.Stat(file); (err == nil) != tt.stays {
				t.Errorf("got %v, want it to stay: %v", err, tt.stays)
			}
		})
	}
}

func TestPlanOfAnotherRun(t *testing.T) {
	o := options{Voicemails: 300, Seed: 1, Queries: 1, Dir: t.TempDir()}
	first, err := makePlan(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := makePlan(t.Context(), o); err != nil || again.Words != first.Words {
		t.Errorf("the same again: got %+v, %v", again, err)
	}
	for name, change := range map[string]func(*options){
		"other voicemails":  func(o *options) { o.Voicemails++ },
		"another seed":      func(o *options) { o.Seed++ },
		"other queries":     func(o *options) { o.Queries++ },
		"a broken plan":     func(o *options) { o.Dir = folderWith(t, "plan.json") },
		"a foreign folder":  func(o *options) { o.Dir = folderWith(t, "diary.txt") },
		"a folder too many": func(o *options) { o.Dir = filepath.Join(o.Dir, "none") },
	} {
		other := o
		change(&other)
		if _, err := makePlan(t.Context(), other); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func folderWith(t *testing.T, file string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, file), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}
