// Package archive keeps the audio of recordings, on a disk or in a bucket of S3.
// It hides where the bytes lie and how they are made sure of. What it promises:
// an object's name is the digest of its content, half an object never shows, and
// nobody is handed bytes that don't match their digest. It knows nothing of
// voicemails, and never asks who may listen.
package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

// The errors of an Archive. Compare with errors.Is.
var (
	// ErrNotFound means that the archive has no such object, or that the digest
	// is none.
	ErrNotFound = errors.New("not in the archive")
	// ErrCorrupt means that what the archive holds doesn't match its digest.
	ErrCorrupt = errors.New("the archived copy is damaged")
	// ErrFull means that the medium has no room left.
	ErrFull = errors.New("the archive is full")
)

// Object is something archived.
type Object struct {
	Digest string // SHA-256 of the content, 64 lower-case hexadecimal digits
	Bytes  int64
}

// Archive keeps objects by their content. Implementations are safe for
// concurrent use, also by several processes on one medium. Errors that are none
// of this package's are the medium's, or ctx's, and hold no secrets.
type Archive interface {
	// Put keeps what r holds, from its start to its end, and reads it twice. To
	// put something again is no error: what is there is checked, and repaired
	// where it is damaged. When Put returns, the object is safe; where it fails,
	// no part of it shows. ErrFull.
	Put(ctx context.Context, r io.ReadSeeker) (Object, error)
	// Open gives an object's content, all of it checked. It must be closed.
	// ErrNotFound, ErrCorrupt.
	Open(ctx context.Context, digest string) (io.ReadSeekCloser, error)
	// Verify reads an object whole, also where it was checked before.
	// ErrNotFound, ErrCorrupt.
	Verify(ctx context.Context, digest string) error
	// Delete removes an object. There being none is no error.
	Delete(ctx context.Context, digest string) error
	// Free is the room left on the medium, in bytes; known is false where the
	// medium doesn't tell.
	Free(ctx context.Context) (bytes int64, known bool, err error)
	// String says where the archive is, for people, without secrets.
	String() string
}

// IsLocal reports whether opening an object of an archive costs little, however
// often it is done: one says so by a method Local. Of others an object comes over
// a network each time, all of it.
func IsLocal(a Archive) bool {
	l, ok := a.(interface{ Local() bool })
	return ok && l.Local()
}

// validDigest says whether a name is a digest. Anything else must not come near
// a path.
func validDigest(digest string) bool {
	if len(digest) != hex.EncodedLen(sha256.Size) {
		return false
	}
	for _, c := range []byte(digest) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// notFound is the error of a digest that the archive doesn't have.
func notFound(digest string) error {
	if !validDigest(digest) {
		return fmt.Errorf("%w: no digest", ErrNotFound)
	}
	return fmt.Errorf("%w: %s", ErrNotFound, digest)
}

// digestOf reads r from its start to its end, into more hashes as well.
func digestOf(ctx context.Context, r io.ReadSeeker, more ...io.Writer) (Object, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return Object{}, err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(append(more, sum)...), &patient{ctx, r})
	if err != nil {
		return Object{}, err
	}
	return Object{Digest: hexOf(sum), Bytes: n}, nil
}

func hexOf(sum hash.Hash) string {
	return hex.EncodeToString(sum.Sum(nil))
}

// patient reads until its context ends.
type patient struct {
	ctx context.Context
	r   io.Reader
}

// Read reads what is there unless the context has ended.
func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}
