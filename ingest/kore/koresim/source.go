package koresim

import (
	"encoding/base64"
	"io"
)

// source is a body that need not be in memory. bytes.Reader is one.
type source interface {
	io.ReaderAt
	Size() int64
}

// pieces are sources one after the other.
type pieces []source

// Size is the sum of the pieces.
func (p pieces) Size() int64 {
	var n int64
	for _, x := range p {
		n += x.Size()
	}
	return n
}

// ReadAt reads across the joints.
func (p pieces) ReadAt(b []byte, off int64) (int, error) {
	read := 0
	for _, x := range p {
		size := x.Size()
		if off >= size {
			off -= size
			continue
		}
		n, err := x.ReadAt(b[read:read+int(min(size-off, int64(len(b)-read)))], off)
		read += n
		if read == len(b) {
			return read, nil
		}
		if err != nil && err != io.EOF {
			return read, err
		}
		off = 0
	}
	return read, io.EOF
}

// endless is a head and then the same unit again and again, cut at size.
type endless struct {
	head, unit []byte
	size       int64
}

// Size is how long it is made.
func (e endless) Size() int64 { return e.size }

// ReadAt makes up what lies there.
func (e endless) ReadAt(b []byte, off int64) (int, error) {
	n := 0
	for n < len(b) && off < e.size {
		from := e.unit
		at := off - int64(len(e.head))
		if at < 0 {
			from, at = e.head, off
		} else {
			at %= int64(len(e.unit))
		}
		room := b[n:min(int64(len(b)), int64(n)+e.size-off)]
		k := copy(room, from[at:])
		n, off = n+k, off+int64(k)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// inBase64 is a source in standard base64 with padding.
type inBase64 struct{ raw source }

// Size is four for each three begun.
func (e inBase64) Size() int64 { return (e.raw.Size() + 2) / 3 * 4 }

// ReadAt encodes the groups that b touches.
func (e inBase64) ReadAt(b []byte, off int64) (int, error) {
	const groups = 1 << 13
	raw, text := make([]byte, 3*groups), make([]byte, 4*groups)
	n := 0
	for n < len(b) && off < e.Size() {
		k, err := e.raw.ReadAt(raw, off/4*3)
		if err != nil && err != io.EOF {
			return n, err
		}
		base64.StdEncoding.Encode(text, raw[:k])
		c := copy(b[n:], text[off%4:base64.StdEncoding.EncodedLen(k)])
		n, off = n+c, off+int64(c)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}
