package archive

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3Config says where a bucket is and how it is entered.
type S3Config struct {
	// Endpoint is host or host:port, or an address with a scheme; "" is Amazon's.
	Endpoint string
	Region   string // "" is asked for
	Bucket   string
	Prefix   string // of the names of objects; "" is none

	AccessKey, SecretKey string
	Insecure             bool // plain http

	// SpoolDir holds what is read from the bucket while it is open. Its files
	// have no names: nothing is left there.
	SpoolDir string
}

// S3 keeps objects in a bucket: PREFIX/ab/abcdef… is the object whose digest is
// abcdef…. It is safe for concurrent use.
type S3 struct {
	client *minio.Core
	cfg    S3Config
}

var _ Archive = (*S3)(nil)

const (
	// maxObject is what S3 takes in one request.
	maxObject = 5 << 30
	// askWithin is how long a question takes at most, moveWithin a transfer.
	askWithin  = time.Minute
	moveWithin = 30 * time.Minute
	// stallAfter ends a transfer that stands still.
	stallAfter = time.Minute
	// attempts is how often a request is made that fails for now.
	attempts = 4
)

// NewS3 keeps audio in a bucket, which isn't asked for anything yet: it may be
// away for now. Check asks it.
func NewS3(cfg S3Config) (*S3, error) {
	cfg, err := cfg.normal()
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	transport, err := minio.DefaultTransport(!cfg.Insecure)
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	client, err := minio.NewCore(cfg.Endpoint, &minio.Options{
		Creds:  credentials.NewStaticV4(cfg.AccessKey, cfg.SecretKey, ""),
		Secure: !cfg.Insecure, Region: cfg.Region, Transport: transport, MaxRetries: attempts,
	})
	if err != nil {
		return nil, fmt.Errorf("open archive: the endpoint %q: %w", cfg.Endpoint, plain(err))
	}
	return &S3{client: client, cfg: cfg}, nil
}

// Check looks whether the bucket can be used. An error says what to do about it.
func (s *S3) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	return s.enter(ctx)
}

// normal checks the settings and brings them into one shape.
func (cfg S3Config) normal() (S3Config, error) {
	if cfg.Endpoint == "" {
		cfg.Endpoint = "s3.amazonaws.com"
	}
	if scheme, rest, ok := strings.Cut(cfg.Endpoint, "://"); ok {
		switch strings.ToLower(scheme) {
		case "https":
			cfg.Insecure = false
		case "http":
			cfg.Insecure = true
		default:
			return cfg, errors.New("the endpoint must begin with https:// or http://, or name the host alone")
		}
		cfg.Endpoint = rest
	}
	cfg.Endpoint = strings.TrimSuffix(cfg.Endpoint, "/")
	cfg.Prefix = strings.Trim(path.Clean("/"+cfg.Prefix), "/")
	switch {
	case strings.ContainsAny(cfg.Endpoint, "/@?#"):
		return cfg, errors.New("the endpoint must be a host, with a port where it needs one")
	case cfg.Bucket == "":
		return cfg, errors.New("no bucket is named")
	case cfg.AccessKey == "" || cfg.SecretKey == "":
		return cfg, errors.New("the bucket needs an access key and a secret key")
	case cfg.SpoolDir == "":
		return cfg, errors.New("no folder is named for what is read from the bucket")
	}
	if err := os.MkdirAll(cfg.SpoolDir, 0o700); err != nil {
		return cfg, err
	}
	return cfg, nil
}

// enter looks whether the bucket can be used.
func (s *S3) enter(ctx context.Context) error {
	there, err := s.client.BucketExists(ctx, s.cfg.Bucket)
	switch {
	case err == nil && there:
		return nil
	case err == nil:
		return fmt.Errorf("there is no bucket %q at %s: make it, or correct its name", s.cfg.Bucket, s.cfg.Endpoint)
	case minio.ToErrorResponse(err).StatusCode == http.StatusForbidden:
		return fmt.Errorf("the bucket %q at %s refuses the access key: check both keys, the clock, and that it may list the bucket and get, put and delete objects: %w", s.cfg.Bucket, s.cfg.Endpoint, plain(err))
	}
	return fmt.Errorf("the bucket %q at %s can't be asked: %w", s.cfg.Bucket, s.cfg.Endpoint, plain(err))
}

// plain takes out of an error what a server or an address might have put in:
// only the kind of failure is left.
func plain(err error) error {
	var answer minio.ErrorResponse
	if errors.As(err, &answer) {
		switch answer.Code {
		case "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded", "InsufficientCapacity":
			return fmt.Errorf("%w: the bucket says %s", ErrFull, answer.Code)
		}
		if answer.StatusCode == 0 {
			return fmt.Errorf("%s", word(answer.Code))
		}
		return fmt.Errorf("the bucket says %s (status %d)", word(answer.Code), answer.StatusCode)
	}
	var asked *url.Error
	if errors.As(err, &asked) {
		return asked.Err
	}
	return err
}

// word is a code of a server, if it looks like one.
func word(code string) string {
	const longest = 60
	if code == "" || len(code) > longest || strings.ContainsFunc(code, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}) {
		return "something unreadable"
	}
	return code
}

func missing(err error) bool {
	answer := minio.ToErrorResponse(err)
	return answer.Code == minio.NoSuchKey || answer.Code != minio.NoSuchBucket && answer.StatusCode == http.StatusNotFound
}

func (s *S3) key(digest string) string {
	return path.Join(s.cfg.Prefix, digest[:2], digest)
}

// Put keeps what r holds; see Archive.
func (s *S3) Put(ctx context.Context, r io.ReadSeeker) (Object, error) {
	ctx, cancel := context.WithTimeout(ctx, moveWithin)
	defer cancel()
	sum := md5.New()
	object, err := digestOf(ctx, r, sum)
	if err != nil {
		return Object{}, fmt.Errorf("archive audio: %w", err)
	}
	if object.Bytes > maxObject {
		return Object{}, fmt.Errorf("archive audio: more than %d GB don't fit into one object", maxObject>>30)
	}
	known := checksums{object: object, md5: sum.Sum(nil)}
	err = s.verify(ctx, known)
	if err == nil {
		return object, nil
	}
	if !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrCorrupt) {
		return Object{}, fmt.Errorf("archive audio: %w", err)
	}
	if err := s.upload(ctx, r, known); err != nil {
		return Object{}, fmt.Errorf("archive audio: %w", err)
	}
	if err := s.verify(ctx, known); err != nil {
		return Object{}, fmt.Errorf("archive audio: after the upload: %w", err)
	}
	return object, nil
}

// checksums are what a bucket may know an object by.
type checksums struct {
	object Object
	md5    []byte
}

// upload sends an object in one request: S3 shows it whole, or not at all, and
// refuses it where the checksums differ.
func (s *S3) upload(ctx context.Context, r io.ReadSeeker, known checksums) error {
	sent, stop := watch(ctx)
	defer stop()
	body := &upload{r: r, watch: sent}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return err
	}
	raw, err := hex.DecodeString(known.object.Digest)
	if err != nil {
		return err
	}
	_, err = s.client.PutObject(sent.ctx, s.cfg.Bucket, s.key(known.object.Digest), body, known.object.Bytes,
		base64.StdEncoding.EncodeToString(known.md5), known.object.Digest, minio.PutObjectOptions{
			ContentType: "application/octet-stream",
			// Not the library's sums over parts: the one that we give.
			DisableContentSha256: true,
			UserMetadata:         map[string]string{"x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(raw)},
		})
	if err := body.end(); err != nil {
		return err
	}
	if err != nil {
		return sent.why(plain(err))
	}
	return nil
}

// verify asks the bucket for what it knows of an object, and reads it back where
// that isn't enough. ErrNotFound, ErrCorrupt.
func (s *S3) verify(ctx context.Context, known checksums) error {
	ask, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	digest := known.object.Digest
	is, err := s.client.StatObject(ask, s.cfg.Bucket, s.key(digest), minio.StatObjectOptions{})
	switch {
	case err != nil && missing(err):
		return notFound(digest)
	case err != nil:
		return plain(err)
	case is.Size != known.object.Bytes:
		return fmt.Errorf("%w: %s", ErrCorrupt, digest)
	}
	if is.ETag == hex.EncodeToString(known.md5) {
		return nil
	}
	// An encrypted bucket has other tags. A checksum that it tells is no help:
	// there are servers that repeat the one they were sent.
	return s.read(ctx, digest, io.Discard)
}

// read fetches an object into w and compares its digest. ErrNotFound,
// ErrCorrupt.
func (s *S3) read(ctx context.Context, digest string, w io.Writer) error {
	got, stop := watch(ctx)
	defer stop()
	body, is, _, err := s.client.GetObject(got.ctx, s.cfg.Bucket, s.key(digest), minio.GetObjectOptions{})
	if err != nil {
		if missing(err) {
			return notFound(digest)
		}
		return got.why(plain(err))
	}
	defer body.Close()
	if is.Size > maxObject {
		return fmt.Errorf("%w: %s: it has %d bytes", ErrCorrupt, digest, is.Size)
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum), &moving{io.LimitReader(body, maxObject), got})
	switch {
	case err != nil:
		return got.why(plain(err))
	case is.Size >= 0 && n != is.Size:
		return fmt.Errorf("read %s: %w", digest, io.ErrUnexpectedEOF)
	case hexOf(sum) != digest:
		return fmt.Errorf("%w: %s", ErrCorrupt, digest)
	}
	return nil
}

// Open gives an object's content; see Archive. All of it is fetched first.
func (s *S3) Open(ctx context.Context, digest string) (io.ReadSeekCloser, error) {
	if !validDigest(digest) {
		return nil, notFound(digest)
	}
	ctx, cancel := context.WithTimeout(ctx, moveWithin)
	defer cancel()
	f, err := os.CreateTemp(s.cfg.SpoolDir, "archived-*.audio") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("open archived audio: %w", err)
	}
	// Without a name it goes with the last who reads it, whatever happens.
	err = os.Remove(f.Name())
	if err == nil {
		err = s.read(ctx, digest, f)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open archived audio: %w", err), f.Close())
	}
	return f, nil
}

// Verify fetches an object whole; see Archive.
func (s *S3) Verify(ctx context.Context, digest string) error {
	if !validDigest(digest) {
		return notFound(digest)
	}
	ctx, cancel := context.WithTimeout(ctx, moveWithin)
	defer cancel()
	if err := s.read(ctx, digest, io.Discard); err != nil {
		return fmt.Errorf("verify archived audio: %w", err)
	}
	return nil
}

// Delete removes an object; see Archive.
func (s *S3) Delete(ctx context.Context, digest string) error {
	if !validDigest(digest) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	err := s.client.RemoveObject(ctx, s.cfg.Bucket, s.key(digest), minio.RemoveObjectOptions{})
	if err != nil && !missing(err) {
		return fmt.Errorf("delete archived audio: %w", plain(err))
	}
	return nil
}

// Free is not known: a bucket doesn't tell.
func (s *S3) Free(context.Context) (bytes int64, known bool, err error) {
	return 0, false, nil
}

// String is the bucket's address.
func (s *S3) String() string {
	return "s3://" + path.Join(s.cfg.Bucket, s.cfg.Prefix)
}
