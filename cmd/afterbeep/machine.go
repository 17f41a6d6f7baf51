package main

import (
	"context"
	"os"
	"runtime"

	"afterbeep/index"
)

// useMachine suits the process to serving until ctx ends: one more thread than
// there are processors, so that what is done in the background gives way to what
// people wait for, and less garbage collection where there is room. Who has said
// otherwise in the environment (GOMAXPROCS, GOGC) keeps that.
func useMachine(ctx context.Context) (end func()) {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		index.Relax(ctx, os.Getenv("GOGC") == "")
	}()
	return func() { cancel(); <-ended }
}
