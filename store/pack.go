package store

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"sync"
)

// MaxPayload is the longest payload in bytes that is kept.
const MaxPayload = 32 << 20

// packers are used again: a new one takes most of a megabyte, and longer to
// make than a reply takes to pack.
var packers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// Pack compresses a payload for the database. ErrInvalid when it is longer
// than MaxPayload.
func Pack(body []byte) ([]byte, error) {
	if len(body) > MaxPayload {
		return nil, fmt.Errorf("payload of %d bytes: %w", len(body), ErrInvalid)
	}
	var b bytes.Buffer
	z := packers.Get().(*gzip.Writer)
	defer packers.Put(z)
	z.Reset(&b)
	if _, err := z.Write(body); err != nil {
		return nil, fmt.Errorf("pack payload: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack payload: %w", err)
	}
	return b.Bytes(), nil
}

// Unpack is the reverse of Pack. ErrInvalid when more than MaxPayload comes
// out, which Pack never wrote.
func Unpack(packed []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack payload: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(z, MaxPayload+1))
	if err != nil {
		return nil, fmt.Errorf("unpack payload: %w", err)
	}
	if len(body) > MaxPayload {
		return nil, fmt.Errorf("payload of more than %d bytes: %w", MaxPayload, ErrInvalid)
	}
	return body, nil
}
