package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"afterbeep/index"
	"afterbeep/store"
	"afterbeep/web"
)

// What the control socket answers.
const (
	controlSearch  = "/search"
	controlExport  = "/export"
	controlReindex = "/reindex"
)

// control answers the commands that need the index while a server has it.
type control struct {
	store store.Store
	index *index.Index
}

func (c control) server() *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+controlSearch, c.search)
	mux.HandleFunc("POST "+controlExport, c.export)
	mux.HandleFunc("POST "+controlReindex, c.reindex)
	return &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
}

type controlFailure struct {
	Error string `json:"error"`
}

func (c control) search(w http.ResponseWriter, r *http.Request) {
	encoder := json.NewEncoder(w)
	params, err := paramsIn(w, r)
	if err != nil {
		_ = encoder.Encode(controlFailure{Error: err.Error()})
		return
	}
	answer, err := searchAs(r.Context(), c.store, c.index, params)
	if err != nil {
		_ = encoder.Encode(controlFailure{Error: err.Error()})
		return
	}
	_ = encoder.Encode(answer)
}

func paramsIn(w http.ResponseWriter, r *http.Request) (web.Params, error) {
	var params web.Params
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&params); err != nil {
		return params, errors.New("the two versions of afterbeep don't understand each other; restart the server")
	}
	return params, nil
}

// export answers with a line for each hit.
func (c control) export(w http.ResponseWriter, r *http.Request) {
	encoder := json.NewEncoder(w)
	params, err := paramsIn(w, r)
	if err == nil {
		err = exportAs(r.Context(), c.store, c.index, params, func(step exportStep) error { return encoder.Encode(step) })
	}
	if err != nil {
		_ = encoder.Encode(controlFailure{Error: err.Error()})
	}
}

// reindex answers with a line of progress now and then. The rebuild goes on
// while somebody listens: who interrupts the command stops it.
func (c control) reindex(w http.ResponseWriter, r *http.Request) {
	var mu sync.Mutex
	encoder, flush := json.NewEncoder(w), http.NewResponseController(w).Flush
	var last time.Time
	err := c.index.Rebuild(r.Context(), func(done, total int64) {
		mu.Lock()
		defer mu.Unlock()
		if now := time.Now(); now.Sub(last) > 100*time.Millisecond {
			last = now
			_ = encoder.Encode(reindexStep{Done: done, Total: total})
			_ = flush()
		}
	})
	mu.Lock()
	defer mu.Unlock()
	if err != nil {
		_ = encoder.Encode(controlFailure{Error: err.Error()})
		return
	}
	_ = encoder.Encode(reindexStep{Done: 1, Total: 1})
}

// serveUntil serves on l until ctx ends, then lets requests under way finish for
// a while.
func serveUntil(ctx context.Context, s *http.Server, l net.Listener, patience time.Duration) error {
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := s.Shutdown(stopping); err != nil {
		_ = s.Close() // somebody listens on; the program has to end
	}
	<-failed
	return nil
}
