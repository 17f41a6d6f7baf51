package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"afterbeep/store"
	"afterbeep/web"
)

// counting counts what is written and keeps none of it.
type counting struct{ bytes int64 }

// Write implements io.Writer.
func (c *counting) Write(b []byte) (int, error) {
	c.bytes += int64(len(b))
	return len(b), nil
}

// measureExport exports everything, as the page and the command line do, and
// tells what that took of time and memory.
func measureExport(ctx context.Context, a *archive) (note string, err error) {
	runtime.GC()
	before, most := anonymous(os.Getpid()), watchMemory()
	out, rows, began := new(counting), 0, time.Now()
	x, err := web.NewExport(out, web.ExportCSV, "https://afterbeep.example")
	if err == nil {
		engine := web.Engine{Index: a.index, Archive: a.store}
		err = errors.Join(engine.Each(ctx, store.AllBots(), web.Params{}, func(h web.Hit) error {
			rows++
			return x.Write(h)
		}), x.Close())
	}
	top, took := most(), time.Since(began)
	if err != nil {
		return "", fmt.Errorf("export: %w", err)
	}
	return fmt.Sprintf("export of everything as CSV: %d rows, %.0f MB in %.0f s, %.0f rows/s; at most %.0f MB of memory, %.0f MB before",
		rows, float64(out.bytes)/1e6, took.Seconds(), float64(rows)/took.Seconds(), top, before), nil
}

// measureInsights counts four weeks and everything, as the page does.
func measureInsights(ctx context.Context, a *archive) (note string, err error) {
	engine := web.Engine{Index: a.index, Archive: a.store}
	note = "insights:"
	for _, p := range []struct {
		name   string
		params web.Params
	}{
		{"four weeks", web.Params{From: lastDay().AddDate(0, 0, -28).Format(time.DateOnly), To: lastDay().Format(time.DateOnly)}},
		{"everything", web.Params{}},
	} {
		best := time.Duration(0)
		for range 3 {
			began := time.Now()
			if _, err := engine.Insights(ctx, store.AllBots(), p.params); err != nil {
				return "", fmt.Errorf("insights: %w", err)
			}
			if took := time.Since(began); best == 0 || took < best {
				best = took
			}
		}
		note += fmt.Sprintf(" %s in %.0f ms;", p.name, float64(best.Microseconds())/1000)
	}
	return note + " best of three", nil
}
