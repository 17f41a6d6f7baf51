package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// What must not show in any error.
const (
	access = "AKIAEXAMPLEACCESS"
	secret = "s3cr3t/ExampleSecretKey"
	bucket = "voices"
)

// fakeS3 is a server with one empty bucket.
type fakeS3 struct {
	*httptest.Server
	backend gofakes3.Backend
	puts    atomic.Int64 // of objects
	gets    atomic.Int64
	// before may answer a request itself: then it returns true.
	before atomic.Pointer[func(w http.ResponseWriter, r *http.Request) bool]
}

func newFakeS3(t *testing.T) *fakeS3 {
	t.Helper()
	s := &fakeS3{backend: s3mem.New()}
	if err := s.backend.CreateBucket(bucket); err != nil {
		t.Fatal(err)
	}
	fake := gofakes3.New(s.backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPut:
			s.puts.Add(1)
		case http.MethodGet:
			s.gets.Add(1)
		}
		if before := s.before.Load(); before != nil && (*before)(w, r) {
			return
		}
		fake.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// intercept lets a function answer requests from now on.
func (s *fakeS3) intercept(before func(w http.ResponseWriter, r *http.Request) bool) {
	s.before.Store(&before)
}

func (s *fakeS3) config(t *testing.T) S3Config {
	return S3Config{
		Endpoint: s.URL, Region: "eu-central-1", Bucket: bucket, Prefix: "/afterbeep/audio/",
		AccessKey: access, SecretKey: secret, SpoolDir: t.TempDir(),
	}
}

// enter is an archive in a bucket that has been asked.
func enter(ctx context.Context, cfg S3Config) (*S3, error) {
	a, err := NewS3(cfg)
	if err != nil {
		return nil, err
	}
	return a, a.Check(ctx)
}

func (s *fakeS3) open(t *testing.T) *S3 {
	t.Helper()
	a, err := enter(t.Context(), s.config(t))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (s *fakeS3) names(t *testing.T) []string {
	t.Helper()
	list, err := s.backend.ListBucket(bucket, nil, gofakes3.ListBucketPage{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, o := range list.Contents {
		rest, ok := strings.CutPrefix(o.Key, "afterbeep/audio/")
		if !ok || len(rest) < 3 || rest[:3] != rest[3:5]+"/" {
			t.Errorf("an object is at %q", o.Key)
			continue
		}
		names = append(names, rest[3:])
	}
	return names
}

func TestS3(t *testing.T) {
	archiveTest(t, func(t *testing.T) medium {
		s := newFakeS3(t)
		a := s.open(t)
		return medium{
			Archive: a,
			names:   s.names,
			damage: func(t *testing.T, digest string, content []byte) {
				if _, err := s.backend.PutObject(bucket, a.key(digest), map[string]string{}, bytes.NewReader(content), int64(len(content)), nil); err != nil {
					t.Fatal(err)
				}
			},
			again: func(t *testing.T) Archive { return s.open(t) },
		}
	})
}

func TestS3LeavesNothingInTheSpool(t *testing.T) {
	s := newFakeS3(t)
	a := s.open(t)
	o := put(t, a, []byte("a voice"))
	r, err := a.Open(t.Context(), o.Digest)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got := filesIn(t, a.cfg.SpoolDir); len(got) > 0 {
		t.Errorf("while it is open, the spool has %v", got)
	}
	if got, want := a.String(), "s3://voices/afterbeep/audio"; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	if _, known, err := a.Free(t.Context()); known || err != nil {
		t.Errorf("Free: known %v, %v", known, err)
	}
}

// Put of what is there sends nothing, and where the bucket knows the checksum,
// fetches nothing.
func TestS3PutAgainSendsNothing(t *testing.T) {
	s := newFakeS3(t)
	a := s.open(t)
	put(t, a, []byte("a voice"))
	puts, gets := s.puts.Load(), s.gets.Load()
	put(t, a, []byte("a voice"))
	if s.puts.Load() != puts || s.gets.Load() != gets {
		t.Errorf("%d puts and %d gets more, want none", s.puts.Load()-puts, s.gets.Load()-gets)
	}
}

// headed changes the headers of answers.
func (s *fakeS3) headed(t *testing.T, change func(r *http.Request, h http.Header)) {
	inner := gofakes3.New(s.backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		c := &headerChanger{ResponseWriter: w, change: func(h http.Header) { change(r, h) }}
		inner.ServeHTTP(c, r)
		c.once.Do(func() { c.change(w.Header()) })
		return true
	})
}

type headerChanger struct {
	http.ResponseWriter
	once   sync.Once
	change func(h http.Header)
}

func (c *headerChanger) WriteHeader(status int) {
	c.once.Do(func() { c.change(c.Header()) })
	c.ResponseWriter.WriteHeader(status)
}

func (c *headerChanger) Write(b []byte) (int, error) {
	c.once.Do(func() { c.change(c.Header()) })
	return c.ResponseWriter.Write(b)
}

// Encrypted buckets have tags that say nothing: then the object is read back.
func TestS3WithoutUsefulTags(t *testing.T) {
	s := newFakeS3(t)
	a := s.open(t)
	s.headed(t, func(_ *http.Request, h http.Header) {
		if h.Get("ETag") != "" {
			h.Set("ETag", `"0123456789abcdef0123456789abcdef"`)
		}
	})
	gets := s.gets.Load()
	o := put(t, a, []byte("a voice"))
	if s.gets.Load() == gets {
		t.Error("nothing was read back")
	}
	if got := readAll(t, a, o.Digest); string(got) != "a voice" {
		t.Errorf("it reads %q", got)
	}
}

// A bucket that keeps something else than it was sent, and says all is well.
func TestS3ThatLosesBytes(t *testing.T) {
	s := newFakeS3(t)
	a := s.open(t)
	content := []byte("a voice that matters")
	s.headed(t, func(r *http.Request, h http.Header) {
		if r.Method == http.MethodPut {
			if _, err := s.backend.PutObject(bucket, strings.TrimPrefix(r.URL.Path, "/"+bucket+"/"), map[string]string{}, strings.NewReader("a voice that mutters"), 20, nil); err != nil {
				t.Error(err)
			}
		}
	})
	if _, err := a.Put(t.Context(), bytes.NewReader(content)); !errors.Is(err, ErrCorrupt) {
		t.Errorf("error %v, want ErrCorrupt", err)
	}
}

func TestS3AnswersCutOff(t *testing.T) {
	s := newFakeS3(t)
	a := s.open(t)
	o := put(t, a, bytes.Repeat([]byte("voice"), 10_000))
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet {
			return false
		}
		w.Header().Set("Content-Length", "50000")
		w.Header().Set("Last-Modified", time.Unix(0, 0).UTC().Format(http.TimeFormat))
		_, _ = io.WriteString(w, "voice")
		panic(http.ErrAbortHandler)
	})
	if r, err := a.Open(t.Context(), o.Digest); err == nil || errors.Is(err, ErrCorrupt) || errors.Is(err, ErrNotFound) {
		t.Errorf("Open = %v, %v; want an error that is not the object's", r, err)
	}
}

func TestABucketSays(t *testing.T) {
	s := newFakeS3(t)
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, `<Error><Code>InvalidAccessKeyId</Code><Message>key %s %s</Message></Error>`, access, secret)
	}))
	t.Cleanup(refusing.Close)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(c *S3Config)
		want   string
	}{
		{"no such bucket", func(c *S3Config) { c.Bucket = "silence" }, `there is no bucket "silence" at `},
		{"refused", func(c *S3Config) { c.Endpoint = refusing.URL }, "check both keys, the clock, and that it may"},
		{"nobody there", func(c *S3Config) { c.Endpoint = "http://" + nobody }, "can't be asked"},
		{"no bucket", func(c *S3Config) { c.Bucket = "" }, "no bucket is named"},
		{"a name that no bucket has", func(c *S3Config) { c.Bucket = "No Bucket" }, "can't be asked"},
		{"no access key", func(c *S3Config) { c.AccessKey = "" }, "needs an access key and a secret key"},
		{"no secret", func(c *S3Config) { c.SecretKey = "" }, "needs an access key and a secret key"},
		{"no spool", func(c *S3Config) { c.SpoolDir = "" }, "no folder"},
		{"another scheme", func(c *S3Config) { c.Endpoint = "ftp://host" }, "must begin with https:// or http://"},
		{"a path", func(c *S3Config) { c.Endpoint = "http://host/path" }, "must be a host"},
		{"keys in the address", func(c *S3Config) { c.Endpoint = "http://" + access + ":" + secret + "@host" }, "must be a host"},
		{"no host", func(c *S3Config) { c.Endpoint = "https://" }, "the endpoint"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cfg := s.config(t)
			tt.change(&cfg)
			_, err := enter(ctx, cfg)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
			if err != nil && (strings.Contains(err.Error(), access) || strings.Contains(err.Error(), "s3cr3t")) {
				t.Errorf("the error tells the keys: %v", err)
			}
		})
	}
}

func TestABucketIsAskedForItsRegion(t *testing.T) {
	s := newFakeS3(t)
	cfg := s.config(t)
	cfg.Region, cfg.Prefix = "", ""
	cfg.Endpoint, cfg.Insecure = strings.TrimPrefix(s.URL, "http://"), true
	a, err := enter(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	o := put(t, a, []byte("a voice"))
	if got := readAll(t, a, o.Digest); string(got) != "a voice" || a.String() != "s3://voices" || a.key(o.Digest) != o.Digest[:2]+"/"+o.Digest {
		t.Errorf("it reads %q at %s of %s", got, a.key(o.Digest), a)
	}
}

// Whatever a bucket answers, the keys are not in the error, even where the
// answer holds them.
func TestS3Refusals(t *testing.T) {
	tests := []struct {
		name   string
		status int
		code   string
		want   error
	}{
		{"no room", http.StatusInsufficientStorage, "XMinioStorageFull", ErrFull},
		{"the quota is used up", http.StatusBadRequest, "XMinioAdminBucketQuotaExceeded", ErrFull},
		{"access denied", http.StatusForbidden, "AccessDenied", nil},
		{"the bucket has gone", http.StatusNotFound, "NoSuchBucket", nil},
		{"a code that is none", http.StatusBadRequest, secret, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newFakeS3(t)
			a := s.open(t)
			kept := put(t, a, []byte("a voice"))
			s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodHead && !strings.HasSuffix(r.URL.Path, kept.Digest) {
					return false
				}
				w.WriteHeader(tt.status)
				fmt.Fprintf(w, `<Error><Code>%s</Code><Message>%s %s</Message></Error>`, tt.code, access, secret)
				return true
			})
			_, putErr := a.Put(t.Context(), strings.NewReader("another voice"))
			_, openErr := a.Open(t.Context(), kept.Digest)
			deleteErr := a.Delete(t.Context(), kept.Digest)
			for what, err := range map[string]error{"put": putErr, "open": openErr, "delete": deleteErr} {
				if err == nil || errors.Is(err, ErrNotFound) || errors.Is(err, ErrCorrupt) {
					t.Errorf("%s: error %v, want one of the bucket", what, err)
					continue
				}
				if strings.Contains(err.Error(), access) || strings.Contains(err.Error(), "s3cr3t") {
					t.Errorf("%s: the error tells the keys: %v", what, err)
				}
			}
			if tt.want != nil && !errors.Is(putErr, tt.want) {
				t.Errorf("put: error %v, want %v", putErr, tt.want)
			}
		})
	}
}

// A request that fails for now is made again, with all of the content.
func TestS3TriesAgain(t *testing.T) {
	s := newFakeS3(t)
	a := s.open(t)
	var failed atomic.Int64
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPut || failed.Add(1) > 1 {
			return false
		}
		_, _ = io.CopyN(io.Discard, r.Body, 10)
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	})
	content := bytes.Repeat([]byte("voice"), 100_000)
	o := put(t, a, content)
	if got := readAll(t, a, o.Digest); !bytes.Equal(got, content) || failed.Load() != 2 {
		t.Errorf("%d bytes after %d attempts", len(got), failed.Load())
	}
}

// The content goes out with its length known and signed by its digest, in the
// bucket's own style.
func TestS3Requests(t *testing.T) {
	s := newFakeS3(t)
	a := s.open(t)
	content := []byte("a voice")
	digest := digestText(content)
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPut {
			return false
		}
		if want := "/voices/afterbeep/audio/" + digest[:2] + "/" + digest; r.URL.Path != want {
			t.Errorf("it goes to %s, want %s", r.URL.Path, want)
		}
		if r.ContentLength != 7 || r.Header.Get("X-Amz-Content-Sha256") != digest || r.Header.Get("X-Amz-Checksum-Sha256") == "" || r.Header.Get("Content-Md5") == "" {
			dump, _ := httputil.DumpRequest(r, false)
			t.Errorf("the request:\n%s", dump)
		}
		if auth := r.Header.Get("Authorization"); !strings.Contains(auth, "/eu-central-1/s3/") {
			t.Error("it isn't signed for the region")
		}
		return false
	})
	put(t, a, content)
}

// A transfer that stands still is given up.
func TestWatchEndsWhatStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, stop := watch(t.Context())
		defer stop()
		for range 5 {
			time.Sleep(stallAfter - time.Second)
			w.moved(1)
		}
		if w.ctx.Err() != nil {
			t.Fatal("it was given up although it moved")
		}
		w.moved(0)
		time.Sleep(stallAfter + time.Second)
		if w.ctx.Err() == nil || !errors.Is(w.why(w.ctx.Err()), errStalled) {
			t.Errorf("after %v: %v, want that it stood still", stallAfter, w.why(w.ctx.Err()))
		}
	})
}

func TestUploadGivesItsReaderBack(t *testing.T) {
	w, stop := watch(t.Context())
	defer stop()
	u := &upload{r: strings.NewReader("a voice"), watch: w}
	if err := u.end(); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Read(make([]byte, 1)); !errors.Is(err, errEnded) {
		t.Errorf("read after the end: %v", err)
	}
	if _, err := u.Seek(0, io.SeekStart); !errors.Is(err, errEnded) {
		t.Errorf("seek after the end: %v", err)
	}
}

func TestPlainErrors(t *testing.T) {
	gone := errors.New("connection refused")
	err := plain(&url.Error{Op: "Get", URL: "https://host/?X-Amz-Credential=" + access, Err: gone})
	if !errors.Is(err, gone) || strings.Contains(err.Error(), access) {
		t.Errorf("error %v", err)
	}
	if err := plain(os.ErrClosed); !errors.Is(err, os.ErrClosed) {
		t.Errorf("error %v", err)
	}
}

func TestOpeningCostsLittleOnADiskOnly(t *testing.T) {
	disk, err := OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if s3 := newFakeS3(t).open(t); !IsLocal(disk) || IsLocal(s3) {
		t.Errorf("the disk is local: %t, the bucket: %t", IsLocal(disk), IsLocal(s3))
	}
}
