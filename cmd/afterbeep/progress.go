package main

import (
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress is a bar on standard error where that is a terminal, and nothing
// elsewhere. Its methods are safe for concurrent use.
type progress struct {
	mu   sync.Mutex
	bar  *progressbar.ProgressBar // nil: not a terminal
	what string
	p    *program
}

func (p *program) progress(what string) *progress {
	return &progress{what: what, p: p}
}

// set shows done of total. The bar appears with the first total that is worth
// one.
func (b *progress) set(done, total int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !isTerminal(b.p.stderr) || total <= 0 {
		return
	}
	if b.bar == nil {
		b.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(b.p.stderr),
			progressbar.OptionSetDescription(b.what),
			progressbar.OptionSetWidth(30),
			progressbar.OptionShowCount(),
			progressbar.OptionThrottle(80*time.Millisecond),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionClearOnFinish(),
		)
	}
	b.bar.ChangeMax64(total)
	_ = b.bar.Set64(done) // a bar that can't be drawn is no failure
}

// end removes the bar.
func (b *progress) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar != nil {
		_ = b.bar.Clear()
		b.bar = nil
	}
}
