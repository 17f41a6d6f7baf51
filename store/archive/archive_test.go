package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// Kept open for the next request.
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"),
	)
}

// medium is an archive with a way behind it.
type medium struct {
	Archive
	// names are the objects, as their digests, and whatever else lies there.
	names func(t *testing.T) []string
	// damage replaces an object's content.
	damage func(t *testing.T, digest string, content []byte)
	// again opens another archive on the same medium.
	again func(t *testing.T) Archive
}

// archiveTest is the contract of an Archive.
func archiveTest(t *testing.T, open func(t *testing.T) medium) {
	rows := []struct {
		name string
		run  func(t *testing.T, m medium)
	}{
		{"put and open", putAndOpen},
		{"put again", putAgain},
		{"put nothing, and much", putSizes},
		{"put from the start", putFromTheStart},
		{"put mends what is damaged", putMends},
		{"a reader that fails", readerFails},
		{"a reader that changes", readerChanges},
		{"a context that has ended", contextEnded},
		{"the same at once", sameAtOnce},
		{"open what is not there", openMissing},
		{"open what is damaged", openDamaged},
		{"verify", verifies},
		{"open and seek", openAndSeek},
		{"delete", deleteTwice},
		{"delete while it is open", deleteOpen},
		{"names that are no digests", hostileNames},
		{"another archive on the medium", anotherArchive},
		{"says where it is", saysWhere},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) { row.run(t, open(t)) })
	}
}

func digestText(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func put(t *testing.T, a Archive, content []byte) Object {
	t.Helper()
	got, err := a.Put(t.Context(), bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if want := (Object{Digest: digestText(content), Bytes: int64(len(content))}); got != want {
		t.Fatalf("Put = %+v, want %+v", got, want)
	}
	return got
}

func readAll(t *testing.T, a Archive, digest string) []byte {
	t.Helper()
	r, err := a.Open(t.Context(), digest)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func wantNames(t *testing.T, m medium, want ...string) {
	t.Helper()
	if got := m.names(t); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("there is %v, want %v", got, want)
	}
}

func putAndOpen(t *testing.T, m medium) {
	content := []byte("a voice")
	o := put(t, m, content)
	if got := readAll(t, m, o.Digest); !bytes.Equal(got, content) {
		t.Errorf("it reads %q, want %q", got, content)
	}
	wantNames(t, m, o.Digest)
}

func putAgain(t *testing.T, m medium) {
	o := put(t, m, []byte("a voice"))
	put(t, m, []byte("a voice"))
	wantNames(t, m, o.Digest)
}

func putSizes(t *testing.T, m medium) {
	for _, content := range [][]byte{{}, {0}, bytes.Repeat([]byte("voice"), 1<<20)} {
		o := put(t, m, content)
		if got := readAll(t, m, o.Digest); !bytes.Equal(got, content) {
			t.Errorf("%d bytes came back, want %d", len(got), len(content))
		}
	}
}

func putFromTheStart(t *testing.T, m medium) {
	r := strings.NewReader("a voice")
	if _, err := r.Seek(3, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if o, err := m.Put(t.Context(), r); err != nil || o.Digest != digestText([]byte("a voice")) {
		t.Errorf("Put = %+v, %v; want all of it", o, err)
	}
}

func putMends(t *testing.T, m medium) {
	content := []byte("a voice that matters")
	o := put(t, m, content)
	for _, rubbish := range []string{"a voice that mutters", "a voice", ""} {
		m.damage(t, o.Digest, []byte(rubbish))
		put(t, m, content)
		if got := readAll(t, m, o.Digest); !bytes.Equal(got, content) {
			t.Errorf("it reads %q, want %q", got, content)
		}
	}
	wantNames(t, m, o.Digest)
}

// seekable reads like one reader and seeks to the start of another.
type seekable struct {
	open func(time int) io.Reader
	time int
	r    io.Reader
}

func (s *seekable) Seek(int64, int) (int64, error) {
	s.r = s.open(s.time)
	s.time++
	return 0, nil
}

func (s *seekable) Read(b []byte) (int, error) { return s.r.Read(b) }

func readerFails(t *testing.T, m medium) {
	gone := errors.New("the connection is gone")
	for failing := range 2 {
		content := strings.Repeat("voice", 10_000)
		r := &seekable{open: func(time int) io.Reader {
			if time >= failing {
				return io.MultiReader(strings.NewReader(content[:30_000]), iotest.ErrReader(gone))
			}
			return strings.NewReader(content)
		}}
		if _, err := m.Put(t.Context(), r); !errors.Is(err, gone) {
			t.Errorf("error %v, want the reader's", err)
		}
		wantNames(t, m)
	}
}

func readerChanges(t *testing.T, m medium) {
	for _, second := range []string{"another voice!", "a voice", "a voice, and more of it"} {
		r := &seekable{open: func(time int) io.Reader {
			return strings.NewReader([]string{"a voice, first", second}[min(time, 1)])
		}}
		if _, err := m.Put(t.Context(), r); err == nil {
			t.Errorf("put %q in the place of something else: no error", second)
		}
		wantNames(t, m)
	}
}

func contextEnded(t *testing.T, m medium) {
	o := put(t, m, []byte("a voice"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Put(ctx, strings.NewReader("another voice")); !errors.Is(err, context.Canceled) {
		t.Errorf("put: error %v, want the context's", err)
	}
	if r, err := m.again(t).Open(ctx, o.Digest); !errors.Is(err, context.Canceled) {
		t.Errorf("open: %v, error %v, want the context's", r, err)
	}
	wantNames(t, m, o.Digest)
}

func sameAtOnce(t *testing.T, m medium) {
	content := bytes.Repeat([]byte("voice"), 100_000)
	other := m.again(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			a := []Archive{m, other}[i%2]
			o, err := a.Put(t.Context(), bytes.NewReader(content))
			if err != nil {
				t.Error(err)
				return
			}
			r, err := a.Open(t.Context(), o.Digest)
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Close()
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
				t.Errorf("%d bytes came back, %v", len(got), err)
			}
		})
	}
	group.Wait()
	wantNames(t, m, digestText(content))
}

func openMissing(t *testing.T, m medium) {
	put(t, m, []byte("a voice"))
	if r, err := m.Open(t.Context(), digestText([]byte("silence"))); !errors.Is(err, ErrNotFound) {
		t.Errorf("Open = %v, %v; want ErrNotFound", r, err)
	}
}

func openDamaged(t *testing.T, m medium) {
	o := put(t, m, []byte("a voice that matters"))
	readAll(t, m, o.Digest)
	for _, rubbish := range []string{"a voice that mutters", "a voice", "", "a voice that matters, longer"} {
		m.damage(t, o.Digest, []byte(rubbish))
		if r, err := m.Open(t.Context(), o.Digest); !errors.Is(err, ErrCorrupt) {
			t.Errorf("Open of %q = %v, %v; want ErrCorrupt", rubbish, r, err)
		}
	}
}

// verifies damages what was checked before, so that its medium's own account of
// it, size and time, is as it was.
func verifies(t *testing.T, m medium) {
	o := put(t, m, []byte("a voice"))
	if err := m.Verify(t.Context(), o.Digest); err != nil {
		t.Errorf("Verify of what is whole: %v", err)
	}
	m.damage(t, o.Digest, []byte("a voicf"))
	if err := m.Verify(t.Context(), o.Digest); !errors.Is(err, ErrCorrupt) {
		t.Errorf("Verify of what is damaged: %v, want ErrCorrupt", err)
	}
	if r, err := m.Open(t.Context(), o.Digest); !errors.Is(err, ErrCorrupt) {
		t.Errorf("Open after that: %v, %v; want ErrCorrupt", r, err)
	}
	if err := m.Delete(t.Context(), o.Digest); err != nil {
		t.Fatal(err)
	}
	for _, digest := range []string{o.Digest, "", "../../etc/passwd"} {
		if err := m.Verify(t.Context(), digest); !errors.Is(err, ErrNotFound) {
			t.Errorf("Verify of %q: %v, want ErrNotFound", digest, err)
		}
	}
}

func openAndSeek(t *testing.T, m medium) {
	content := bytes.Repeat([]byte("0123456789"), 1000)
	o := put(t, m, content)
	r, err := m.Open(t.Context(), o.Digest)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := iotest.TestReader(r, content); err != nil {
		t.Error(err)
	}
}

func deleteTwice(t *testing.T, m medium) {
	o, kept := put(t, m, []byte("a voice")), put(t, m, []byte("another voice"))
	for range 2 {
		if err := m.Delete(t.Context(), o.Digest); err != nil {
			t.Fatal(err)
		}
	}
	if r, err := m.Open(t.Context(), o.Digest); !errors.Is(err, ErrNotFound) {
		t.Errorf("Open = %v, %v; want ErrNotFound", r, err)
	}
	wantNames(t, m, kept.Digest)
	put(t, m, []byte("a voice"))
	readAll(t, m, o.Digest)
}

func deleteOpen(t *testing.T, m medium) {
	content := bytes.Repeat([]byte("voice"), 100_000)
	o := put(t, m, content)
	r, err := m.Open(t.Context(), o.Digest)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := m.Delete(t.Context(), o.Digest); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes, %v; want the whole object", len(got), err)
	}
}

func hostileNames(t *testing.T, m medium) {
	o := put(t, m, []byte("a voice"))
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("a voice"), 0o600); err != nil {
		t.Fatal(err)
	}
	names := []string{
		"", ".", "..", "ab", "/", outside, "../../../../../../../.." + outside, o.Digest[:63], o.Digest + "0", o.Digest + "/", "../" + o.Digest,
		strings.ToUpper(o.Digest), strings.Repeat("..", 32), strings.Repeat("./", 32), strings.Repeat("é", 32), strings.Repeat("\x00", 64),
		o.Digest[:2] + "/" + o.Digest[:61], " " + o.Digest[1:], "*" + o.Digest[1:],
	}
	for _, name := range names {
		if r, err := m.Open(t.Context(), name); !errors.Is(err, ErrNotFound) {
			t.Errorf("open %q: %v, %v; want ErrNotFound", name, r, err)
		}
		if err := m.Delete(t.Context(), name); err != nil {
			t.Errorf("delete %q: %v", name, err)
		}
	}
	wantNames(t, m, o.Digest)
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}
}

func anotherArchive(t *testing.T, m medium) {
	content := []byte("a voice")
	o := put(t, m, content)
	other := m.again(t)
	if got := readAll(t, other, o.Digest); !bytes.Equal(got, content) {
		t.Errorf("it reads %q", got)
	}
	if err := other.Delete(t.Context(), o.Digest); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Open(t.Context(), o.Digest); !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v, want ErrNotFound", err)
	}
}

func saysWhere(t *testing.T, m medium) {
	s := m.String()
	if s == "" || strings.Contains(s, secret) || strings.Contains(s, access) {
		t.Errorf("it says %q", s)
	}
	if _, _, err := m.Free(t.Context()); err != nil {
		t.Error(err)
	}
}
