// Command bench measures Afterbeep beside Lucene, PostgreSQL and SQLite on
// voicemails that it makes up.
//
// It owns the corpus, the queries and the truth about them: every total that an
// engine tells is compared with a plain count, so that a fast wrong answer does
// not win. Each engine is built and asked in a process of its own, one after
// the other. It never touches a real archive: all it writes is in a new folder,
// which is removed at the end, or in the one that -dir names, which stays.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// options are the flags.
type options struct {
	Voicemails int
	Seed       uint64
	Queries    int // a class
	Lucene     string
	SQLite     string
	Out        string // of the Markdown page
	JSON       string
	Dir        string
	Keep       bool
	Engines    string
	Classes    string
	Profile    string

	part    string // which process this is; "" is the one that was started
	started int64  // when that process was started, unix nanoseconds
}

// The names that flags may have as values.
var (
	engines = [...]string{"afterbeep", "lucene", "postgres", "sqlite"}
	parts   = [...]string{"load", "build", "serve", "live", "typing", "lucene", "postgres", "sqlite"}
)

// check is what is wrong with the flags, told before minutes are spent.
func (o options) check() error {
	switch {
	case o.Voicemails < 1:
		return fmt.Errorf("-voicemails %d: want one at least", o.Voicemails)
	case o.Queries < 1:
		return fmt.Errorf("-queries %d: want one at least", o.Queries)
	case o.part != "" && !slices.Contains(parts[:], o.part):
		return fmt.Errorf("-part %s: there are %s", o.part, strings.Join(parts[:], ", "))
	case o.part != "" && o.Dir == "":
		return errors.New("-part works in the folder of an earlier run: name it with -dir")
	}
	for _, list := range []struct {
		flag, value string
		known       []string
	}{{"engines", o.Engines, engines[:]}, {"classes", o.Classes, classes()}} {
		for _, name := range strings.Split(list.value, ",") {
			if list.value != "" && !slices.Contains(list.known, name) {
				return fmt.Errorf("-%s: there is no %q; there are %s", list.flag, name, strings.Join(list.known, ", "))
			}
		}
	}
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var o options
	flag.IntVar(&o.Voicemails, "voicemails", 100_000, "how many voicemails")
	flag.Uint64Var(&o.Seed, "seed", 1, "seed of the corpus and the queries")
	flag.IntVar(&o.Queries, "queries", 300, "queries a class")
	flag.StringVar(&o.Lucene, "lucene", "", "path of lucene.sh; without it Lucene is not measured")
	flag.StringVar(&o.SQLite, "sqlite3", "sqlite3", "the sqlite3 command; where it is empty or not installed, the driver that Afterbeep uses")
	flag.StringVar(&o.Out, "out", "", "write the page of results here, as Markdown")
	flag.StringVar(&o.JSON, "json", "", "write the results here, as JSON")
	flag.StringVar(&o.Dir, "dir", "", "work in this folder, which stays, and use again what an earlier run left there")
	flag.BoolVar(&o.Keep, "keep", false, "do not remove the folder that is made without -dir")
	flag.StringVar(&o.Engines, "engines", strings.Join(engines[:], ","), "which engines")
	flag.StringVar(&o.Classes, "classes", "", "only these classes of queries, separated by commas")
	flag.StringVar(&o.Profile, "profile", "", "write CPU profiles of Afterbeep's parts into this folder")
	flag.StringVar(&o.part, "part", "", "for bench itself: which part this process is")
	flag.Int64Var(&o.started, "started", 0, "for bench itself: when this process was started")
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("no arguments are taken, only flags: %q", flag.Args())
	}
	if err := o.check(); err != nil {
		return err
	}
	if o.part != "" {
		return runPart(ctx, o)
	}
	return inFolder(o, func(o options) error { return measureAll(ctx, o) })
}

// inFolder does something in the folder named, which stays, or in a new one,
// which is removed unless it is to be kept.
func inFolder(o options, do func(options) error) error {
	if o.Dir != "" {
		return do(o)
	}
	dir, err := os.MkdirTemp("", "afterbeep-bench-")
	if err != nil {
		return err
	}
	o.Dir = dir
	err = do(o)
	if o.Keep {
		fmt.Fprintln(os.Stderr, "kept:", dir)
		return err
	}
	return errors.Join(err, os.RemoveAll(dir))
}

// report is one run.
type report struct {
	Date       time.Time `json:"date"`
	Command    string    `json:"command"`
	Commit     string    `json:"commit"`
	Machine    machine   `json:"machine"`
	Voicemails int       `json:"voicemails"`
	Words      int       `json:"different_words"`
	Seed       uint64    `json:"seed"`
	PerClass   int       `json:"queries_per_class"`
	Seconds    float64   `json:"seconds"`
	Classes    []asked   `json:"classes"`
	Engines    []figures `json:"engines"`
}

// asked tells of a class of queries.
type asked struct {
	Class   string  `json:"class"`
	Example string  `json:"example"` // in Afterbeep's language
	Mean    float64 `json:"mean_total"`
}

func askedOf(requests []request) []asked {
	var out []asked
	for _, class := range classesOf(requests) {
		of := ofClasses(slices.Clone(requests), class)
		a := asked{Class: class, Example: of[0].text(false)}
		for _, r := range of {
			a.Mean += float64(r.Total) / float64(len(of))
		}
		out = append(out, a)
	}
	return out
}

// plan is what the parts need of the corpus.
type plan struct {
	For      scale
	Words    int // different ones
	Requests []request
	Frequent []string // the most frequent words
}

// scale is what a plan was made for.
type scale struct {
	Voicemails int
	Seed       uint64
	Queries    int // a class
}

func (o options) scale() scale { return scale{o.Voicemails, o.Seed, o.Queries} }

// measureAll makes the plan, runs the parts and prints what came out.
func measureAll(ctx context.Context, o options) error {
	began := time.Now()
	r := report{Date: began.UTC(), Command: commandLine(o), Commit: commit(), Machine: thisMachine(), Voicemails: o.Voicemails, Seed: o.Seed, PerClass: o.Queries}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return err
	}
	p, err := makePlan(ctx, o)
	if err != nil {
		return err
	}
	r.Words, r.Classes = p.Words, askedOf(p.Requests)
	for _, engine := range strings.Split(o.Engines, ",") {
		f, err := measureEngine(ctx, o, engine)
		if errors.Is(err, errNoPostgres) || errors.Is(err, errLeftOut) {
			fmt.Fprintf(os.Stderr, "%s is left out: %v\n", engine, err)
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
		r.Engines = append(r.Engines, *f)
	}
	r.Seconds = time.Since(began).Seconds()
	return publish(o, r)
}

// publish prints the tables and writes the files that were asked for.
func publish(o options, r report) error {
	if err := r.write(os.Stdout, table.text); err != nil {
		return err
	}
	if o.JSON != "" {
		body, err := json.MarshalIndent(r, "", "  ")
		if err == nil {
			err = os.WriteFile(o.JSON, append(body, '\n'), 0o644)
		}
		if err != nil {
			return err
		}
	}
	if o.Out == "" {
		return nil
	}
	return r.writePage(o.Out)
}

func commandLine(o options) string {
	line := "make bench"
	if o.Voicemails != 100_000 {
		line += fmt.Sprintf(" VOICEMAILS=%d", o.Voicemails)
	}
	if o.Lucene != "" {
		line += " LUCENE=" + filepath.Base(o.Lucene)
	}
	return line
}

func planIn(dir string) string { return filepath.Join(dir, "plan.json") }

// makePlan counts words, makes queries up and counts what they match. A folder
// that was used before has a plan already, which must be for the same.
func makePlan(ctx context.Context, o options) (*plan, error) {
	if p, err := readPlan(o); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return p, err
	}
	if found, err := os.ReadDir(o.Dir); err != nil || len(found) > 0 {
		return nil, errors.Join(err, fmt.Errorf("%s has no plan of an earlier run, and is not empty: name another folder", o.Dir))
	}
	defer say("corpus, queries and truth")()
	c, err := newCorpus(o.Seed, o.Voicemails)
	if err != nil {
		return nil, err
	}
	df, err := c.frequencies(ctx, runtime.NumCPU())
	if err != nil {
		return nil, err
	}
	p := &plan{For: o.scale(), Words: len(df), Requests: c.requests(df, o.Queries), Frequent: frequentWords(df, 2000)}
	if err := c.truth(ctx, p.Requests, runtime.NumCPU()); err != nil {
		return nil, err
	}
	return p, writeFile(planIn(o.Dir), func(w io.Writer) error { return json.NewEncoder(w).Encode(p) })
}

// readPlan reads the plan in the folder. fs.ErrNotExist where there is none; it
// is also an error where it was made for something else.
func readPlan(o options) (*plan, error) {
	body, err := os.ReadFile(planIn(o.Dir))
	if err != nil {
		return nil, err
	}
	p := new(plan)
	if err := json.Unmarshal(body, p); err != nil {
		return nil, fmt.Errorf("%s: %w", planIn(o.Dir), err)
	}
	if p.For != o.scale() {
		return nil, fmt.Errorf("%s is for %d voicemails, seed %d and %d queries a class: ask for the same, or name another folder",
			o.Dir, p.For.Voicemails, p.For.Seed, p.For.Queries)
	}
	return p, nil
}

// say tells on standard error what is done, and when it is done how long it took.
func say(what string) (done func()) {
	began := time.Now()
	fmt.Fprintf(os.Stderr, "%s ...\n", what)
	return func() { fmt.Fprintf(os.Stderr, "%s: %.1f s\n", what, time.Since(began).Seconds()) }
}

// errLeftOut means that an engine was not asked for.
var errLeftOut = errors.New("no path of lucene.sh was given")

// measureEngine runs the parts of an engine, each in a process of its own.
func measureEngine(ctx context.Context, o options, engine string) (*figures, error) {
	parts := []string{engine}
	switch engine {
	case "afterbeep":
		parts = []string{"load", "build", "serve", "live", "typing"}
	case "lucene":
		if o.Lucene == "" {
			return nil, errLeftOut
		}
	case "postgres":
		if _, err := postgresPrograms(); err != nil {
			return nil, err
		}
	case "sqlite":
	default:
		return nil, errors.New("there is no such engine")
	}
	f := new(figures)
	for _, part := range parts {
		if err := startPart(ctx, o, part); err != nil {
			return nil, err
		}
		body, err := os.ReadFile(filepath.Join(o.Dir, part+".json"))
		if err == nil {
			err = json.Unmarshal(body, f) // over what the parts before have measured
		}
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}

// startPart runs this program again as one part and waits for it. Of a folder
// that was kept, what was loaded and built is used again.
func startPart(ctx context.Context, o options, part string) error {
	if _, err := os.Stat(filepath.Join(o.Dir, part+".json")); err == nil && (part == "load" || part == "build") {
		return nil
	}
	defer say(part)()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self, "-part", part, "-dir", o.Dir, "-voicemails", fmt.Sprint(o.Voicemails), "-seed", fmt.Sprint(o.Seed), "-queries", fmt.Sprint(o.Queries),
		"-lucene", o.Lucene, "-sqlite3", o.SQLite, "-classes", o.Classes, "-profile", o.Profile, "-started", fmt.Sprint(time.Now().UnixNano()))
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	return cmd.Run()
}

// ofClasses keeps the requests of the classes named, of all where none is.
func ofClasses(requests []request, classes string) []request {
	if classes == "" {
		return requests
	}
	wanted := strings.Split(classes, ",")
	return slices.DeleteFunc(requests, func(r request) bool { return !slices.Contains(wanted, r.Class) })
}
