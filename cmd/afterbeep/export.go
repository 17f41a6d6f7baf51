package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"afterbeep/index"
	"afterbeep/store"
	"afterbeep/web"

	"github.com/dustin/go-humanize/english"
)

type exportCmd struct {
	Format string `help:"csv (for spreadsheets) or jsonl (one hit a line, as the API gives it); ${default} without this flag." default:"csv" placeholder:"FORMAT"`
	asked  `embed:""`
}

// exportStep is one step of an export on its way through the control socket.
// The last one is Done: without it, something is missing.
type exportStep struct {
	Total int64    `json:"total"`
	Hit   *web.Hit `json:"hit,omitempty"`
	Done  bool     `json:"done,omitempty"`
}

// Run prints all that was found.
func (c exportCmd) Run(ctx context.Context, p *program) error {
	params, err := c.params("", "")
	if err != nil {
		return err
	}
	out, err := web.NewExport(p.stdout, c.Format, p.config.PublicURL)
	if err != nil {
		return fmt.Errorf("--format: %w", err)
	}
	bar, written, done := p.progress("exporting"), int64(0), false
	err = p.export(ctx, params, func(step exportStep) error {
		done = step.Done
		if step.Hit == nil {
			return nil
		}
		written++
		bar.set(written, step.Total)
		return out.Write(*step.Hit)
	})
	bar.end()
	if err == nil && !done {
		err = errors.New("the running server stopped before the end")
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("the export is not complete, %d are written: %w", written, err)
	}
	fmt.Fprintf(p.stderr, "%s written.\n", english.Plural(int(written), "voicemail", ""))
	return nil
}

// export asks the running server, or opens the index where none is running.
func (p *program) export(ctx context.Context, params web.Params, each func(exportStep) error) error {
	err := p.withIndex(ctx, func(s store.Store, x *index.Index) error {
		return exportAs(ctx, s, x, params, each)
	})
	if !errors.Is(err, index.ErrInUse) {
		return err
	}
	return newControlClient(p.config.DataDir).call(ctx, controlExport, params, func(value json.RawMessage) error {
		var step exportStep
		if err := json.Unmarshal(value, &step); err != nil {
			return fmt.Errorf("read the running server's answer: %w", err)
		}
		return each(step)
	})
}

// exportAs is searchAs for all that is found.
func exportAs(ctx context.Context, s store.Store, x *index.Index, params web.Params, each func(exportStep) error) error {
	first := params
	first.Limit = "1"
	answer, err := ask(ctx, s, x, first, store.AuditExport)
	if err != nil {
		return err
	}
	step := exportStep{Total: int64(answer.Total)}
	engine := web.Engine{Index: x, Archive: s}
	err = engine.Each(ctx, store.AllBots(), params, func(h web.Hit) error {
		step.Hit = &h
		return each(step)
	})
	if err != nil {
		return err
	}
	step.Hit, step.Done = nil, true
	return each(step)
}
