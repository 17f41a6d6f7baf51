package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"time"

	"afterbeep/index"
	"afterbeep/store"
	"afterbeep/store/sqlite"
)

// runPart is what a process does that was started for one part. It leaves its
// figures in the folder.
func runPart(ctx context.Context, o options) error {
	p, err := readPlan(o)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s has no plan of an earlier run: measure in it without -part first", o.Dir)
	}
	if err != nil {
		return err
	}
	c, err := newCorpus(o.Seed, o.Voicemails)
	if err != nil {
		return err
	}
	p.Requests = ofClasses(p.Requests, o.Classes)
	finish, err := startProfile(o)
	if err != nil {
		return err
	}
	defer finish()
	var f *figures
	switch o.part {
	case "load":
		f, err = partLoad(ctx, c, o)
	case "build":
		f, err = partBuild(ctx, c, o)
	case "serve":
		f, err = partServe(ctx, c, p, o)
	case "live":
		f, err = partLive(ctx, c, p, o)
	case "typing":
		f, err = partTyping(ctx, p, o)
	case "postgres":
		f, err = measurePostgres(ctx, c, p.Requests)
	case "sqlite":
		f, err = measureSQLite(ctx, c, p.Requests, o)
	case "lucene":
		f, err = measureLucene(ctx, o.Lucene, c, p.Requests, o.Dir)
	default:
		err = fmt.Errorf("there is no part %q", o.part)
	}
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(o.Dir, o.part+".json"), func(w io.Writer) error { return json.NewEncoder(w).Encode(f) })
}

// startProfile profiles Afterbeep's parts where that was asked for.
func startProfile(o options) (finish func(), err error) {
	if o.Profile == "" || !slices.Contains([]string{"build", "serve", "live"}, o.part) {
		return func() {}, nil
	}
	if err := os.MkdirAll(o.Profile, 0o755); err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(o.Profile, o.part+".pprof"))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); _ = f.Close() }, nil
}

func partLoad(ctx context.Context, c *corpus, o options) (*figures, error) {
	f := &figures{Engine: "Afterbeep"}
	if err := loadAll(ctx, c, databaseIn(o.Dir)); err != nil {
		return nil, err
	}
	mb, err := folderMB(databaseIn(o.Dir))
	f.Notes = []string{fmt.Sprintf("texts are in the store: SQLite through modernc.org/sqlite, %.0f MB, which no row counts as the index's", mb)}
	return f, err
}

// partBuild indexes the corpus, which is made as it is asked for.
func partBuild(ctx context.Context, c *corpus, o options) (*figures, error) {
	st, err := sqlite.Open(ctx, sqlite.Config{Path: databaseIn(o.Dir)})
	if err != nil {
		return nil, err
	}
	defer st.Close()
	feed := &madeFeed{Feed: st, author: c.author()}
	most := watchMemory()
	began := time.Now()
	a, err := openArchive(ctx, o.Dir, feed)
	if err != nil {
		return nil, err
	}
	err = a.index.CatchUp(ctx, nil)
	if cerr := a.close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	f := new(figures)
	f.BuildSecs = time.Since(began).Seconds()
	f.BuildRate = float64(c.size) / f.BuildSecs
	f.BuildMB = most()
	f.DiskMB, err = folderMB(indexIn(o.Dir))
	return f, err
}

// watchMemory returns a function that stops watching and tells the most memory
// that was held, in megabytes.
func watchMemory() (most func() float64) {
	var all sync.WaitGroup
	done, top := make(chan struct{}), 0.0
	all.Go(func() {
		for tick := time.NewTicker(100 * time.Millisecond); ; {
			top = max(top, anonymous(os.Getpid()))
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	return func() float64 { close(done); all.Wait(); return top }
}

// asServed suits the process to serving, as the program itself does.
func asServed(ctx context.Context) {
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	go index.Relax(ctx, true)
}

// partServe opens what was built, asks everything, and looks at its memory.
func partServe(ctx context.Context, c *corpus, p *plan, o options) (*figures, error) {
	asServed(ctx)
	a, err := openArchive(ctx, o.Dir, nil)
	if err != nil {
		return nil, err
	}
	defer a.close()
	f := &figures{Engine: "Afterbeep", About: "production mapping; web.Engine over a SQLite store, as the page asks: exact total, all facets, excerpts of the stored texts"}
	if _, err := a.page(true).search(ctx, request{Class: "first", Kind: "term", Terms: []string{"refund"}, Facets: true}); err != nil {
		return nil, err
	}
	f.StartMS = float64(time.Now().UnixNano()-o.started) / 1e6
	if n := a.index.Status().Voicemails; n != c.size {
		return nil, fmt.Errorf("%d voicemails are indexed, not %d", n, c.size)
	}
	// What is measured is a label of the profile.
	measure := func(rows string, do func(context.Context) error) {
		if err == nil {
			pprof.Do(ctx, pprof.Labels("rows", rows), func(ctx context.Context) { err = do(ctx) })
		}
	}
	measure("classes", func(ctx context.Context) (err error) {
		f.Classes, err = measureClasses(ctx, p.Requests, func() (searcher, error) { return a.page(false), nil })
		return err
	})
	measure("alone", func(ctx context.Context) (err error) {
		f.Alone, err = measureAlone(ctx, p.Requests, func() (searcher, error) { return alone{a.page(false), a.index}, nil })
		return err
	})
	measure("typed", func(ctx context.Context) (err error) {
		f.Typed, err = measureAlone(ctx, typed(p.Requests, c), func() (searcher, error) { return a.page(true), nil })
		return err
	})
	measure("naughty", func(ctx context.Context) (err error) {
		f.Naughty, err = measureNaughty(ctx, a, p.Frequent)
		return err
	})
	for _, part := range []func(context.Context, *archive) (string, error){measureInsights, measureExport} {
		measure("everything", func(ctx context.Context) error {
			note, err := part(ctx, a)
			f.Notes = append(f.Notes, note)
			return err
		})
	}
	if err != nil {
		return nil, err
	}
	runtime.GC()
	f.ServeMB = anonymous(os.Getpid())
	return f, nil
}

// typed are the requests whose words people type without quotes, and numbers.
func typed(requests []request, c *corpus) []request {
	var out []request
	for _, r := range requests {
		switch r.Kind {
		case "term", "and", "or":
			out = append(out, r)
		}
	}
	a := c.author()
	for i := range 300 {
		v := a.voicemail(i * 7919 % c.size)
		digits := strings.TrimLeft(v.Caller, "+")
		out = append(out, request{Class: classNumber, Kind: "term", Terms: []string{digits[len(digits)-9:]}, Facets: true})
	}
	return out
}

func partLive(ctx context.Context, c *corpus, p *plan, o options) (*figures, error) {
	asServed(ctx)
	a, err := openArchive(ctx, o.Dir, nil)
	if err != nil {
		return nil, err
	}
	defer a.close()
	pages := slices.DeleteFunc(p.Requests, func(r request) bool { return !r.Facets })
	if len(pages) == 0 {
		return new(figures), nil
	}
	for _, r := range pages { // warm
		if _, err := a.page(true).search(ctx, r); err != nil {
			return nil, err
		}
	}
	f := new(figures)
	f.Live, err = measureLive(ctx, a, c, databaseIn(o.Dir), pages)
	return f, err
}

var _ store.Feed = (*madeFeed)(nil)
