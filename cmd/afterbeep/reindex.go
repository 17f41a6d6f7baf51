package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"afterbeep/index"
	"afterbeep/store"
)

type reindexCmd struct{}

// reindexStep is a line of a reindex's progress over the control socket.
type reindexStep struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// Run builds the index anew, in the running server where there is one.
func (reindexCmd) Run(ctx context.Context, p *program) error {
	bar := p.progress("indexing")
	err := p.withStore(ctx, func(s store.Store) error {
		x, err := p.openIndex(ctx, s, nil)
		if err != nil {
			return err
		}
		return errors.Join(x.Rebuild(ctx, bar.set), x.Close())
	})
	if errors.Is(err, index.ErrInUse) {
		err = newControlClient(p.config.DataDir).call(ctx, controlReindex, struct{}{}, func(value json.RawMessage) error {
			var step reindexStep
			err := json.Unmarshal(value, &step)
			bar.set(step.Done, step.Total)
			return err
		})
	}
	bar.end()
	if err == nil {
		fmt.Fprintln(p.stderr, "The index is built anew.")
	}
	return err
}
