package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// mayImport says which packages of ours each package may import. A package
// that is not named here fails the test: decide first where it belongs.
var mayImport = map[string][]string{
	"cmd/afterbeep":   {"*"},
	"cmd/koresim":     {"ingest/kore/koresim"},
	"store":           {},
	"migrations":      {},
	"store/summaries": {"store"},
	"store/sqlite":    {"store", "store/summaries", "migrations"},
	"store/postgres":  {"store", "store/summaries", "migrations"},
	"store/storetest": {"store", "migrations"},
	"store/archive":   {},
	"ingest": {"store", "store/archive", "hours", "ingest/kore", "ingest/audio", "ingest/enrich/cards", "ingest/enrich/request", "ingest/enrich/contact",
		"ingest/enrich/when", "ingest/enrich/about", "ingest/enrich/numbers", "ingest/enrich/langcode", "ingest/enrich/word"},
	"ingest/audio":        {},
	"ingest/kore":         {},
	"ingest/kore/koresim": {},
	"index":               {"store", "index/engine", "index/query", "index/words", "index/synonyms", "ingest/enrich/numbers"},
	"index/engine":        {},
	"index/query":         {"ingest/enrich/numbers"},
	"index/words":         {"index/query", "ingest/enrich/langcode"},
	"index/synonyms":      {"index/query", "index/words"},
	"web":                 {"store", "measure", "hours", "index", "index/query", "index/synonyms", "ingest/enrich/cards"},
	"web/pagetest":        {},
	"cmd/screenshots":     {"web/pagetest"},
	"alert":               {"store", "measure"},
	"measure":             {"store", "hours"},
	"hours":               {},
	"bench":               {"store", "index", "index/query", "store/sqlite", "store/postgres", "web"},

	// What is read out of a text, and pure.
	"ingest/enrich/contact":  {"ingest/enrich/langcode", "ingest/enrich/numbers"},
	"ingest/enrich/numbers":  {"ingest/enrich/langcode", "ingest/enrich/numeral"},
	"ingest/enrich/cards":    {"ingest/enrich/langcode", "ingest/enrich/numbers", "ingest/enrich/numeral"},
	"ingest/enrich/numeral":  {},
	"ingest/enrich/langcode": {},
	"ingest/enrich/word":     {},
	"ingest/enrich/about":    {"ingest/enrich/langcode", "ingest/enrich/numbers", "ingest/enrich/word"},
	"ingest/enrich/when":     {"ingest/enrich/langcode", "ingest/enrich/numbers", "ingest/enrich/word"},
	"ingest/enrich/request":  {"ingest/enrich/langcode", "ingest/enrich/numbers"},
}

// onlyIn says which folders may import a module from outside.
var onlyIn = map[string][]string{
	"github.com/blevesearch/":    {"index/engine", "index/words"},
	"github.com/jackc/pgx/":      {"store/postgres", "store/storetest", "bench"},
	"modernc.org/sqlite":         {"store/sqlite", "bench"},
	"github.com/labstack/echo/":  {"web"},
	"github.com/golang-jwt/":     {"ingest/kore", "ingest/kore/koresim"},
	"github.com/robfig/cron/":    {"ingest"},
	"github.com/minio/":          {"store/archive"},
	"github.com/mewkiz/":         {"ingest/audio", "ingest/kore/koresim"},
	"github.com/hajimehoshi/":    {"ingest/audio"},
	"github.com/jfreymuth/":      {"ingest/audio"},
	"github.com/prometheus/":     {"web"},
	"github.com/alecthomas/kong": {"cmd/afterbeep", "cmd/koresim"},
	"testing":                    {"store/storetest"},
}

type listedPackage struct {
	ImportPath string
	Dir        string
	Imports    []string
	GoFiles    []string
}

func listPackages(t *testing.T) []listedPackage {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,Imports,GoFiles", "afterbeep/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listedPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listedPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func TestImportRules(t *testing.T) {
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, "afterbeep/")
		allowed, known := mayImport[name]
		if !known {
			t.Errorf("%s has no import rule", name)
		}
		for _, imported := range p.Imports {
			ours, isOurs := strings.CutPrefix(imported, "afterbeep/")
			if isOurs && !slices.Contains(allowed, ours) && !slices.Contains(allowed, "*") {
				t.Errorf("%s imports %s", name, ours)
			}
			for module, folders := range onlyIn {
				if strings.HasPrefix(imported, module) && !slices.Contains(folders, name) {
					t.Errorf("%s imports %s, which belongs to %s", name, imported, strings.Join(folders, ", "))
				}
			}
		}
		if base := path.Base(name); slices.Contains([]string{"models", "utils", "util", "common", "helpers", "service", "repository", "manager", "internal", "pkg"}, base) {
			t.Errorf("%s has a name that says nothing", name)
		}
	}
}

// TestImportRulesAreDocumented keeps the table of docs/architecture.md that of
// the rules.
func TestImportRulesAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	quoted := regexp.MustCompile("`([^`]+)`")
	documented := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 || !strings.Contains(cells[1], "`") {
			continue
		}
		imports := []string{}
		for _, name := range quoted.FindAllStringSubmatch(cells[2], -1) {
			imports = append(imports, name[1])
		}
		if strings.TrimSpace(cells[2]) == "all" {
			imports = []string{"*"}
		}
		for _, name := range quoted.FindAllStringSubmatch(cells[1], -1) {
			documented[name[1]] = imports
		}
	}
	inAnyOrder := cmpopts.SortSlices(func(a, b string) bool { return a < b })
	if d := cmp.Diff(mayImport, documented, inAnyOrder); d != "" {
		t.Errorf("docs/architecture.md says otherwise (-rules +table):\n%s", d)
	}
}

// TestOnlyCommandsReadTheEnvironment looks at the words of the sources: what a
// package reads from its surroundings can't be seen in its imports.
func TestOnlyCommandsReadTheEnvironment(t *testing.T) {
	reads := regexp.MustCompile(`os\.(Getenv|LookupEnv|Environ)\b`)
	for _, p := range listPackages(t) {
		if strings.HasPrefix(p.ImportPath, "afterbeep/cmd/") || p.ImportPath == "afterbeep/store/storetest" {
			continue
		}
		for _, name := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if found := reads.Find(text); found != nil {
				t.Errorf("%s/%s uses %s", p.ImportPath, name, found)
			}
		}
	}
}
