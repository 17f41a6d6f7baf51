package web

import (
	"errors"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds of the exports that are under way: each keeps the index and the
// database busy for as long as it lasts.
const (
	maxExports     = 4
	maxExportsEach = 2 // of one person
	maxExportKey   = 64
	// exportMemory is for how long it is told how an export ended.
	exportMemory = time.Minute
)

// exportRun is an export under way, or one that ended a moment ago.
type exportRun struct {
	user    int64
	key     string // "" where nobody watches
	total   atomic.Int64
	written atomic.Int64
	whole   atomic.Bool // all of it was written
	ended   time.Time   // guarded by exports.mu; zero while it is under way
}

// exports are those under way. Safe for concurrent use.
type exports struct {
	mu   sync.Mutex
	runs []*exportRun
}

// begin registers one. key is what whoever watches asks for it by; "" is nobody.
func (e *exports) begin(user int64, key string) (*exportRun, error) {
	if len(key) > maxExportKey {
		key = ""
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	all, own := 0, 0
	for _, r := range e.runs {
		if !r.ended.IsZero() {
			continue
		}
		all++
		if r.user == user {
			own++
		}
	}
	if all >= maxExports || own >= maxExportsEach {
		return nil, busyExporting()
	}
	run := &exportRun{user: user, key: key}
	e.runs = append(e.runs, run)
	return run, nil
}

// end remembers how a run ended, and forgets those that ended long ago.
func (e *exports) end(run *exportRun) {
	e.mu.Lock()
	defer e.mu.Unlock()
	run.ended = time.Now()
	e.runs = slices.DeleteFunc(e.runs, func(r *exportRun) bool {
		return !r.ended.IsZero() && (r.key == "" || time.Since(r.ended) > exportMemory)
	})
}

// find is the newest export of a person by its key; nil where there is none.
func (e *exports) find(user int64, key string) (run *exportRun, ended bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, r := range slices.Backward(e.runs) {
		if r.user == user && r.key == key && key != "" {
			return r, !r.ended.IsZero()
		}
	}
	return nil, false
}

func busyExporting() *fault {
	return &fault{status: http.StatusServiceUnavailable, code: codeUnavailable, title: "Other exports are under way",
		words: "Only so many exports run at once, two for each person. Try again when one of them is through.", retry: 10 * time.Second,
		err: errors.New("too many exports at once")}
}
