package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"afterbeep/ingest/audio"
)

// spool is a recording on its way into a file that readers follow.
type spool struct {
	id    recordingID
	began time.Time
	ready chan struct{} // closed when kind, total and path are set, or at an error

	// Set before ready is closed, read after.
	path  string
	kind  string // content type
	total int64  // -1 where unknown

	mu   sync.Mutex // guards what is below
	more *sync.Cond // on mu: told at each change
	size int64      // bytes in the file
	done bool
	err  error

	// Guarded by Player.mu.
	users int
	used  time.Time
	timer *time.Timer
}

func newSpool(id recordingID, now time.Time) *spool {
	s := &spool{id: id, began: now, used: now, ready: make(chan struct{}), total: -1}
	s.more = sync.NewCond(&s.mu)
	return s
}

// sniffed is how many bytes are looked at for what they are.
const sniffed = 512

// fill copies a recording of a length, -1 where unknown, into a new file in dir.
// Readers may begin when its first bytes are there.
func (s *spool) fill(body io.Reader, length int64, dir string, most int64) error {
	if length > most {
		return tooLarge(most)
	}
	head := make([]byte, sniffed)
	n, err := io.ReadFull(body, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	head = head[:n]
	if err := checkHead(head); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, cachePattern) // mode 0600
	if err != nil {
		return &PlayError{Reason: ErrUpstream, Err: fmt.Errorf("make a cache file: %w", err)}
	}
	s.path, s.kind, s.total = file.Name(), audio.Sniff(head).MediaType(), length
	if _, err = file.Write(head); err == nil {
		s.grow(n)
		close(s.ready)
		err = s.copy(file, body, most-int64(n))
	}
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	return err
}

// checkHead refuses what can't be a recording by its first bytes: nothing, and
// text.
func checkHead(head []byte) error {
	if len(head) == 0 {
		return errNoBytes
	}
	if audio.Sniff(head) != audio.FormatUnknown {
		return nil
	}
	for i := 0; i < len(head); {
		r, size := utf8.DecodeRune(head[i:])
		cut := r == utf8.RuneError && size == 1 && len(head) == sniffed && len(head)-i < utf8.UTFMax
		if !cut && (r == utf8.RuneError && size == 1 || r < ' ' && !unicode.IsSpace(r)) {
			return nil
		}
		i += size
	}
	return errText
}

func (s *spool) copy(file *os.File, body io.Reader, most int64) error {
	buf := make([]byte, 64<<10)
	for {
		n, err := body.Read(buf)
		if most -= int64(n); most < 0 {
			return tooLarge(s.length() - most)
		}
		if n > 0 {
			if _, err := file.Write(buf[:n]); err != nil {
				return &PlayError{Reason: ErrUpstream, Err: fmt.Errorf("write the cached recording: %w", err)}
			}
			s.grow(n)
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

func (s *spool) grow(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.size += int64(n)
	s.more.Broadcast()
}

// end closes the spool with the download's error.
func (s *spool) end(err error) {
	s.mu.Lock()
	s.done, s.err = true, err
	s.more.Broadcast()
	s.mu.Unlock()
	if !closed(s.ready) {
		close(s.ready)
	}
}

// openErr is why there is nothing to read. What breaks off later is the
// reader's to find.
func (s *spool) openErr() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil && (s.path == "" || s.size == 0) {
		return s.err
	}
	return nil
}

func (s *spool) failed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err != nil
}

func (s *spool) finished() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done
}

func (s *spool) length() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.size
}

// follower reads a spool from anywhere in it, while it fills. It is for one
// goroutine at a time.
type follower struct {
	spool   *spool
	file    *os.File
	at      int64
	gone    error // guarded by spool.mu: why reads end before the recording does
	unhook  func() bool
	release func()
	once    sync.Once
}

var _ io.ReadSeekCloser = (*follower)(nil)

func newFollower(ctx context.Context, s *spool, file *os.File, release func()) *follower {
	a := &follower{spool: s, file: file, release: release}
	a.unhook = context.AfterFunc(ctx, func() { a.leave(ctx.Err()) })
	return a
}

// leave makes reads that wait return err.
func (a *follower) leave(err error) {
	a.spool.mu.Lock()
	defer a.spool.mu.Unlock()
	if a.gone == nil {
		a.gone = err
	}
	a.spool.more.Broadcast()
}

// await blocks until the file has more than at bytes, or has all. It returns
// how many bytes there are.
func (a *follower) await(at int64) (size int64, err error) {
	s := a.spool
	s.mu.Lock()
	defer s.mu.Unlock()
	for a.gone == nil && !s.done && s.size <= at {
		s.more.Wait()
	}
	switch {
	case a.gone != nil:
		return 0, a.gone
	case s.size <= at && s.err != nil:
		return 0, s.err
	}
	return s.size, nil
}

// Read reads what has come, waiting for at least a byte. It returns io.EOF at
// the recording's end, a *PlayError where the download broke off, or the error
// of the context that Open was given.
func (a *follower) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	size, err := a.await(a.at)
	if err != nil {
		return 0, err
	}
	if a.at >= size {
		return 0, io.EOF
	}
	n, err := a.file.ReadAt(b[:min(int64(len(b)), size-a.at)], a.at)
	a.at += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// Seek moves to a place, whether its bytes have come or not. To seek from the
// end waits for the end where the upstream didn't tell the length.
func (a *follower) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += a.at
	case io.SeekEnd:
		length, err := a.length()
		if err != nil {
			return 0, err
		}
		offset += length
	default:
		return 0, errors.New("seek: unknown whence")
	}
	if offset < 0 {
		return 0, errors.New("seek: before the start")
	}
	a.at = offset
	return offset, nil
}

// length is that of the whole recording.
func (a *follower) length() (int64, error) {
	if a.spool.total >= 0 {
		return a.spool.total, nil
	}
	const never = 1 << 62
	return a.await(never)
}

// Close ends reading. The recording stays for others.
func (a *follower) Close() error {
	var err error
	a.once.Do(func() {
		a.unhook()
		a.leave(os.ErrClosed)
		err = a.file.Close()
		a.release()
	})
	return err
}
