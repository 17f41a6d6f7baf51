package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
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

// What is wrong with the flags is told before anything is measured.
func TestFlags(t *testing.T) {
	good := options{Voicemails: 300, Seed: 1, Queries: 1, Engines: "afterbeep,sqlite", Classes: "common,page_newest"}
	if err := good.check(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*options){
		"-voicemails 0":                     func(o *options) { o.Voicemails = 0 },
		"-queries -1":                       func(o *options) { o.Queries = -1 },
		`-engines: there is no "bing"`:      func(o *options) { o.Engines = "afterbeep,bing" },
		`-classes: there is no "very rare"`: func(o *options) { o.Classes = "very rare" },
		"-part sing: there are load":        func(o *options) { o.part, o.Dir = "sing", "x" },
		"name it with -dir":                 func(o *options) { o.part = "serve" },
	} {
		o := good
		change(&o)
		if err := o.check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	good.part, good.Dir = "serve", filepath.Join(t.TempDir(), "none")
	if err := runPart(t.Context(), good); err == nil || !strings.Contains(err.Error(), "none has no plan of an earlier run") {
		t.Errorf("a part in no folder: %v", err)
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
