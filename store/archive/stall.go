package archive

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

var (
	// errStalled ends a transfer that stands still.
	errStalled = errors.New("the transfer stood still")
	errEnded   = errors.New("the upload has ended")
)

// watched is the context of a transfer that ends where nothing moves.
type watched struct {
	ctx   context.Context
	timer *time.Timer
}

// watch begins to look after a transfer; stop ends that.
func watch(ctx context.Context) (w *watched, stop func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(stallAfter, func() { cancel(errStalled) })
	return &watched{ctx: ctx, timer: timer}, func() {
		timer.Stop()
		cancel(nil)
	}
}

// moved says that something was transferred.
func (w *watched) moved(n int) {
	if n > 0 && w.ctx.Err() == nil {
		w.timer.Reset(stallAfter)
	}
}

// why is err, or that the transfer stood still.
func (w *watched) why(err error) error {
	if errors.Is(context.Cause(w.ctx), errStalled) {
		return errStalled
	}
	return err
}

// moving is the content that is received.
type moving struct {
	r     io.Reader
	watch *watched
}

// Read reads what came.
func (m *moving) Read(b []byte) (int, error) {
	n, err := m.r.Read(b)
	m.watch.moved(n)
	return n, err
}

// upload is the content that is sent. It can be sought, so that a request can be
// made again, and hides that its reader could be closed.
type upload struct {
	watch *watched

	mu sync.Mutex // a request that was given up may still be reading
	// r is nil when the upload has ended: its owner has it back.
	r   io.ReadSeeker
	err error // of r
}

// Read reads what is to be sent.
func (u *upload) Read(b []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.r == nil {
		return 0, errEnded
	}
	n, err := u.r.Read(b)
	u.watch.moved(n)
	if err != nil && !errors.Is(err, io.EOF) {
		u.err = err
	}
	return n, err
}

// Seek goes back for another attempt.
func (u *upload) Seek(offset int64, whence int) (int64, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.r == nil {
		return 0, errEnded
	}
	at, err := u.r.Seek(offset, whence)
	if err != nil {
		u.err = err
	}
	return at, err
}

// end takes the reader away and returns its error.
func (u *upload) end() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.r = nil
	return u.err
}
