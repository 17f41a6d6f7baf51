package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/pprof"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// searcher asks an engine on behalf of one client. It need not be safe for
// concurrent use.
type searcher interface {
	// search answers a request as its class wants it: the first 20 hits with
	// excerpts, and for pages facets and the exact total.
	search(ctx context.Context, r request) (answer, error)
	// count is the exact total, where search does not tell it.
	count(ctx context.Context, r request) (int, error)
}

// answer is what was found.
type answer struct {
	total int // -1 where it was not counted
	hits  int
	last  []int64 // times of the hits, microseconds, where the newest were asked for
}

// errNoWay is the error of a class that an engine has no way to answer.
var errNoWay = errors.New("this engine has no such search")

// How long each step of a class may take. A class whose queries take longer is
// measured on fewer of them, which its row says.
const (
	warmFor    = 10 * time.Second
	measureFor = 12 * time.Second
	clientsFor = 3 * time.Second
	clients    = 8
)

// classFigures is how one engine does on one class. Times are milliseconds.
type classFigures struct {
	Class   string  `json:"class"`
	Queries int     `json:"queries"`
	P50     float64 `json:"p50_ms"`
	P95     float64 `json:"p95_ms"`
	P99     float64 `json:"p99_ms"`
	QPS     float64 `json:"qps"` // of 8 clients
	Check   check   `json:"check"`
}

// check compares totals, and which are the newest, with the truth.
type check struct {
	Equal    int    `json:"equal"`
	More     int    `json:"more"`
	Fewer    int    `json:"fewer"`
	WrongTop int    `json:"wrong_top"` // newest first: other times than the newest
	Example  string `json:"example,omitempty"`
}

func (c *check) add(r request, a answer) {
	switch {
	case a.total == r.Total:
		c.Equal++
	case a.total > r.Total:
		c.More++
	default:
		c.Fewer++
	}
	if a.total != r.Total && c.Example == "" {
		c.Example = fmt.Sprintf("%s %q: %d, not %d", r.Kind, r.Terms, a.total, r.Total)
	}
	if a.hits < min(a.total, pageSize) || r.New && a.last != nil && a.total == r.Total && !slices.Equal(a.last, r.Last) {
		c.WrongTop++
	}
}

// measureClasses asks an engine all requests, class by class: one pass to warm
// up and compare with the truth, one that is timed, then several clients, each
// with a searcher of its own.
func measureClasses(ctx context.Context, requests []request, connect func() (searcher, error)) ([]classFigures, error) {
	out, err := measureAlone(ctx, requests, connect)
	for i := range out {
		if err == nil {
			of := ofClasses(slices.Clone(requests), out[i].Class)
			out[i].QPS, err = throughput(ctx, of[:min(len(of), out[i].Queries)], connect)
		}
	}
	return out, err
}

// measureAlone is measureClasses without the clients.
func measureAlone(ctx context.Context, requests []request, connect func() (searcher, error)) ([]classFigures, error) {
	var out []classFigures
	for _, class := range classesOf(requests) {
		var f classFigures
		var err error
		pprof.Do(ctx, pprof.Labels("class", class), func(ctx context.Context) {
			f, err = measureClass(ctx, ofClasses(slices.Clone(requests), class), connect)
		})
		if errors.Is(err, errNoWay) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", class, err)
		}
		f.Class = class
		out = append(out, f)
	}
	return out, nil
}

func classesOf(requests []request) []string {
	var out []string
	for _, r := range requests {
		if !slices.Contains(out, r.Class) {
			out = append(out, r.Class)
		}
	}
	return out
}

func measureClass(ctx context.Context, requests []request, connect func() (searcher, error)) (classFigures, error) {
	var f classFigures
	s, err := connect()
	if err != nil {
		return f, err
	}
	began, warm := time.Now(), 0
	for _, r := range requests {
		a, err := s.search(ctx, r)
		if err == nil && a.total < 0 {
			a.total, err = s.count(ctx, r)
		}
		if err != nil {
			return f, err
		}
		f.Check.add(r, a)
		if warm++; time.Since(began) > warmFor {
			break
		}
	}
	took := make([]time.Duration, 0, warm)
	began = time.Now()
	for _, r := range requests[:warm] {
		start := time.Now()
		if _, err := s.search(ctx, r); err != nil {
			return f, err
		}
		took = append(took, time.Since(start))
		if time.Since(began) > measureFor {
			break
		}
	}
	f.Queries = len(took)
	f.P50, f.P95, f.P99 = quantile(took, 0.5), quantile(took, 0.95), quantile(took, 0.99)
	return f, nil
}

// quantile is in milliseconds; of nothing it is 0.
func quantile(took []time.Duration, q float64) float64 {
	if len(took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(took))
	return float64(sorted[int(q*float64(len(sorted)-1))].Nanoseconds()) / 1e6
}

// throughput is how many searches a second the clients get answered together.
func throughput(ctx context.Context, requests []request, connect func() (searcher, error)) (float64, error) {
	var next, answered atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	for range clients {
		s, err := connect()
		if err != nil {
			return 0, err
		}
		group.Go(func() error {
			for time.Since(began) < clientsFor {
				if _, err := s.search(ctx, requests[int(next.Add(1))%len(requests)]); err != nil {
					return err
				}
				answered.Add(1)
			}
			return nil
		})
	}
	err := group.Wait()
	return float64(answered.Load()) / time.Since(began).Seconds(), err
}
