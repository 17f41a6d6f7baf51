package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
	"afterbeep/store/sqlite"
)

// TestLoadedIsAsRecorded loads a corpus and reads it back through the store.
func TestLoadedIsAsRecorded(t *testing.T) {
	c := testCorpus(t, 50)
	path := filepath.Join(t.TempDir(), "afterbeep.db")
	if err := loadAll(t.Context(), c, path); err != nil {
		t.Fatal(err)
	}
	st, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	stored, err := st.Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	made, err := (&madeFeed{Feed: st, author: c.author()}).Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(made, stored); diff != "" {
		t.Errorf("what is stored differs (-made +stored):\n%s", diff)
	}
	head, err := st.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if known, err := st.Knows(t.Context(), store.Position{StoreID: head.StoreID, Seq: 50, Tag: tagOf(50)}); !known || err != nil {
		t.Errorf("the store does not know its 50th change: %v", err)
	}
}

// TestEnginesAgree asks Afterbeep and SQLite everything about a small corpus.
func TestEnginesAgree(t *testing.T) {
	c := testCorpus(t, 600)
	dir := t.TempDir()
	df, err := c.frequencies(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	requests := c.requests(df, 4)
	if err := c.truth(t.Context(), requests, 1); err != nil {
		t.Fatal(err)
	}
	if err := loadAll(t.Context(), c, databaseIn(dir)); err != nil {
		t.Fatal(err)
	}
	a, err := openArchive(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	if err := a.index.CatchUp(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := writeRows(filepath.Join(dir, "rows"), c); err != nil {
		t.Fatal(err)
	}
	searchers := map[string]searcher{"Afterbeep": a.page(false), "index alone": alone{a.page(false), a.index}}
	for _, command := range []string{"sqlite3", ""} { // where that is not installed, the driver twice
		fts, err := openSQLite(command, filepath.Join(dir, "fts5"+command+".db"))
		if err != nil {
			t.Fatal(err)
		}
		defer fts.close()
		if err := fts.build(t.Context(), filepath.Join(dir, "rows")); err != nil {
			t.Fatal(err)
		}
		searchers["FTS5 "+command] = fts
	}
	for name, s := range searchers {
		for _, r := range requests {
			if r.Kind == "fuzzy" {
				continue // Afterbeep counts sounds and inflections too, FTS5 has none
			}
			got, err := s.search(t.Context(), r)
			if err == nil && got.total < 0 {
				got.total, err = s.count(t.Context(), r)
			}
			if err != nil {
				t.Fatalf("%s: %s %q: %v", name, r.Class, r.Terms, err)
			}
			var k check
			if k.add(r, got); k.Equal != 1 || k.WrongTop != 0 {
				t.Errorf("%s: %s %q: %+v, truth %d", name, r.Class, r.Terms, got, r.Total)
			}
		}
	}
}

func TestReadLucene(t *testing.T) {
	out := `committed 3.1s
BUILD lucene build c.jsonl idx 2 nosort docs=100000 wall=5.0s (commit 4.5) cpu=9.0s docs/s=20000 size=34.1MB rss=VmHWM:	  800000 kB
open 250.5ms segs=9 docs=100000
lucene                 common    n=2 p50=1.400 p95=1.700 p99=4.000 mean=1.500 qps8=1300.5 hits=1000 shown=19
lucene_nohl            common    n=2 p50=0.740 p95=0.920 p99=1.000 mean=0.800 qps8=2300.5 hits=1000 shown=0
lucene                 common    n=2 p50=1.400 p95=1.700 p99=4.000 mean=1.500 qps8=1300.5 hits=1000 shown=19
`
	got, err := readLucene(out, []request{{Class: "common", Total: 3000}, {Class: "common", Total: 4001}, {Class: "rare", Total: 1}})
	if err != nil {
		t.Fatal(err)
	}
	want := []classFigures{{Class: "common", Queries: 2, P50: 1.4, P95: 1.7, P99: 4, QPS: 1300.5,
		Check: check{Fewer: 2, Example: "mean total 1000, truth 3500"}}}
	if diff := cmp.Diff(want, got.Classes); diff != "" {
		t.Errorf("classes (-want +got):\n%s", diff)
	}
	if len(got.Alone) != 1 || got.BuildRate != 20_000 || got.DiskMB != 34.1 {
		t.Errorf("read %+v", got)
	}
	if _, err := readLucene("missing: apt-get install", nil); err == nil {
		t.Error("no error for an output without figures")
	}
}

func TestQuantile(t *testing.T) {
	var took []time.Duration
	for i := range 101 {
		took = append(took, time.Duration(100-i)*time.Millisecond)
	}
	for q, want := range map[float64]float64{0: 0, 0.5: 50, 0.95: 95, 0.99: 99, 1: 100} {
		if got := quantile(took, q); got != want {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	if got := quantile(nil, 0.5); got != 0 {
		t.Errorf("the quantile of nothing is %v", got)
	}
}

func TestTables(t *testing.T) {
	tab := table{title: "Latency", head: []string{"class", "Ärger"}, below: "Below."}
	tab.add("common", "1|2")
	tab.add("a rather long one")
	wantText := "\nLATENCY\n-------\nclass              Ärger\ncommon             1|2\na rather long one\nBelow.\n"
	if diff := cmp.Diff(wantText, tab.text()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	wantPage := "\n## Latency\n\n| class | Ärger |\n|---|---|\n| common | 1\\|2 |\n| a rather long one |  |\n\nBelow.\n"
	if diff := cmp.Diff(wantPage, tab.markdown()); diff != "" {
		t.Errorf("Markdown (-want +got):\n%s", diff)
	}
}

func TestNumbersInTables(t *testing.T) {
	for v, want := range map[float64]string{0: "-", 0.046: "0.05", 3.14: "3.1", 1234.5: "1234"} {
		if got := ms(v); got != want {
			t.Errorf("ms(%v) = %s, want %s", v, got, want)
		}
	}
	for v, want := range map[float64]string{0: "-", 12: "12", 1234: "1,234", 1234567: "1,234,567"} {
		if got := many(v); got != want {
			t.Errorf("many(%v) = %s, want %s", v, got, want)
		}
	}
}

func TestRatios(t *testing.T) {
	row := func(p50, p95, p99 float64) []classFigures {
		return []classFigures{{Class: classNewest, Queries: 9, P50: p50, P95: p95, P99: p99}}
	}
	r := report{Engines: []figures{{Engine: "Afterbeep", Classes: row(1, 2, 4)}, {Engine: "Lucene", Classes: row(6, 10, 8)}, {Engine: "SQLite FTS5", Classes: row(5, 12, 20)}}}
	want := [][]string{{"page newest", "5.0x", "5x", "5.0x", "4x", "2.0x", "2.5x", "SQLite FTS5", "SHORT"}}
	if diff := cmp.Diff(want, r.ratios().rows); diff != "" {
		t.Errorf("ratios (-want +got):\n%s", diff)
	}
}

func TestPageKeepsWhatIsWrittenByHand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "performance.md")
	if err := os.WriteFile(path, []byte("# Old\n\nold tables\n"+byHand+"\nIt is the disk.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := (report{Voicemails: 100_000, Machine: machine{CPU: "a CPU"}}).writePage(path); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(got), "# Performance\n") || strings.Contains(string(got), "old tables") ||
		strings.Count(string(got), "It is the disk.") != 1 || !strings.Contains(string(got), "a CPU") {
		t.Errorf("the page is\n%s", got)
	}
}
