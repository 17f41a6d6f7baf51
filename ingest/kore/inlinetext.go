package kore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// literalReader gives the content of a JSON text whose opening quote has been
// read, piece by piece, up to its closing quote.
type literalReader struct {
	s     *inlineScanner
	taken int    // of what is buffered, given out by the last next
	push  []byte // to be given first
	small [utf8.UTFMax]byte
	ended bool
}

// next is the next piece, good until the next call, or io.EOF after the closing
// quote. A reply that ends before is an *Error.
func (l *literalReader) next() ([]byte, error) {
	if len(l.push) > 0 {
		p := l.push
		l.push = nil
		return p, nil
	}
	if l.ended {
		return nil, io.EOF
	}
	in := l.s.in
	in.Discard(l.taken)
	l.taken = 0
	if _, err := in.Peek(1); err != nil {
		return nil, l.cut(err)
	}
	piece, _ := in.Peek(in.Buffered())
	if end := bytes.IndexByte(piece, '"'); end >= 0 {
		piece = piece[:end]
		if end == 0 {
			in.Discard(1)
			l.ended = true
			return nil, io.EOF
		}
	}
	if esc := bytes.IndexByte(piece, '\\'); esc == 0 {
		return l.escape()
	} else if esc > 0 {
		piece = piece[:esc]
	}
	if bytes.ContainsFunc(piece, isControl) {
		return nil, &Error{Op: opInline, Kind: KindMalformed, Msg: "not JSON: a control character in a recording"}
	}
	l.taken = len(piece)
	return piece, nil
}

// isControl says whether a character must not stand in a JSON text as it is.
// Lines that are not escaped are let pass: upstreams break base64 into them.
func isControl(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' }

// cut is the error for a reply that ends within a text.
func (l *literalReader) cut(err error) error {
	if errors.Is(err, io.EOF) {
		return &Error{Op: opInline, Kind: KindMalformed, Msg: fmt.Sprintf("not JSON: cut short at %d bytes", l.s.got.n)}
	}
	return err
}

var simpleEscapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads one escape sequence.
func (l *literalReader) escape() ([]byte, error) {
	in := l.s.in
	two, err := in.Peek(2)
	if len(two) < 2 {
		return nil, l.cut(err)
	}
	if b, ok := simpleEscapes[two[1]]; ok {
		in.Discard(2)
		l.small[0] = b
		return l.small[:1], nil
	}
	r, err := l.hex()
	if err != nil {
		return nil, err
	}
	if utf16.IsSurrogate(r) {
		// Nothing of base64 is written so: that it is no character is enough.
		r = utf8.RuneError
	}
	return utf8.AppendRune(l.small[:0], r), nil
}

// hex reads a sequence of the form \u0041.
func (l *literalReader) hex() (rune, error) {
	six, err := l.s.in.Peek(6)
	if len(six) < 6 {
		return 0, l.cut(err)
	}
	n, err := strconv.ParseUint(string(six[2:]), 16, 16)
	if err != nil || six[1] != 'u' {
		return 0, &Error{Op: opInline, Kind: KindMalformed, Msg: "not JSON: an unknown escape in a recording"}
	}
	l.s.in.Discard(6)
	return rune(n), nil
}

// maxPrefix is how long a data URI's prefix may be.
const maxPrefix = 1 << 10

// prefix takes a data URI's prefix off the text, if it has one, and gives its
// media type.
func (l *literalReader) prefix() (mediaType string, err error) {
	var head []byte
	for {
		piece, err := l.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		head = append(head, piece...)
		last := err != nil || len(head) > maxPrefix
		if !startsData(head) {
			if last || len(bytes.TrimLeft(head, blanks)) >= len("data:") {
				l.push = head
				return "", nil
			}
			continue
		}
		if end := prefixEnd(head); end >= 0 && end <= maxPrefix {
			l.push = head[end+1:]
			return typeInPrefix(head[:end]), nil
		}
		if last {
			return "", &Error{Op: opInline, Kind: KindMalformed, Msg: "a data URI without data"}
		}
	}
}

const blanks = " \t\r\n"

// prefixEnd is where the comma stands that ends a data URI's prefix; a quoted
// one does not. -1 where there is none.
func prefixEnd(head []byte) int {
	quoted := false
	for i, b := range head {
		if b == '"' {
			quoted = !quoted
		}
		if b == ',' && !quoted {
			return i
		}
	}
	return -1
}

// startsData says whether a text begins as a data URI does, blanks aside.
func startsData(head []byte) bool {
	head = bytes.TrimLeft(head, blanks)
	return len(head) >= 5 && strings.EqualFold(string(head[:5]), "data:")
}

// typeInPrefix is the media type in "data:audio/wav;rate=8000;base64".
func typeInPrefix(prefix []byte) string {
	text := strings.TrimSpace(string(prefix))
	text = text[min(len(text), len("data:")):]
	if i := strings.LastIndexByte(text, ';'); i >= 0 && strings.EqualFold(strings.TrimSpace(text[i+1:]), "base64") {
		text = text[:i]
	}
	text = strings.TrimSpace(text)
	if len(text) > 255 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return ""
	}
	return text
}

// The values of a character in base64, and what else may stand there.
const (
	b64Skip  = 64 // a blank
	b64Pad   = 65
	b64Wrong = 66
)

// b64 takes both alphabets.
var b64 = func() (table [256]byte) {
	for i := range table {
		table[i] = b64Wrong
	}
	const std = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range len(std) {
		table[std[i]] = byte(i)
	}
	table['-'], table['_'], table['='] = 62, 63, b64Pad
	for _, blank := range blanks {
		table[blank] = b64Skip
	}
	return table
}()

// base64Reader decodes a text, with or without padding.
type base64Reader struct {
	s      *inlineScanner
	lit    *literalReader
	left   int64 // of what may be decoded
	piece  []byte
	acc    uint32
	bits   uint
	padded bool
	err    error
}

// Read decodes. Its error is io.EOF, an *Error, or that of reading.
func (r *base64Reader) Read(p []byte) (int, error) {
	for {
		if r.err != nil {
			return 0, r.err
		}
		n, used, err := r.decode(p, r.piece)
		r.piece = r.piece[used:]
		if r.left -= int64(n); r.left < 0 {
			err = &Error{Op: opInline, Kind: KindTooLarge, Msg: "a recording is over the cap"}
		}
		if r.err = err; err != nil {
			return 0, err
		}
		if len(r.piece) == 0 {
			if r.piece, r.err = r.lit.next(); errors.Is(r.err, io.EOF) && r.bits == 6 {
				r.err = badBase64()
			}
		}
		if n > 0 || len(p) == 0 {
			return n, nil
		}
	}
}

func badBase64() *Error {
	return &Error{Op: opInline, Kind: KindMalformed, Msg: "a recording is not base64"}
}

// decode fills p with what piece holds.
func (r *base64Reader) decode(p, piece []byte) (n, used int, err error) {
	acc, bits := r.acc, r.bits
	for used < len(piece) && n < len(p) {
		v := b64[piece[used]]
		used++
		if v >= b64Skip || r.padded {
			if v == b64Wrong || v < b64Skip {
				return n, used, badBase64()
			}
			r.padded = r.padded || v == b64Pad
			continue
		}
		acc = acc<<6 | uint32(v)
		if bits += 6; bits >= 8 {
			bits -= 8
			p[n] = byte(acc >> bits)
			n++
		}
	}
	r.acc, r.bits = acc, bits
	return n, used, nil
}

// inlineBody is the audio as each sees it.
type inlineBody struct {
	in   *base64Reader
	head []byte // decoded before anybody asked
	over bool
}

// begin decodes the first bytes, so that what is no audio is given to nobody.
func (b *inlineBody) begin() error {
	head := make([]byte, 512)
	n, _ := io.ReadFull(b.in, head)
	b.head = head[:n]
	if errors.Is(b.in.err, io.EOF) {
		return nil
	}
	return b.in.err
}

// Read reads the audio, and notes for the scanner what went wrong.
func (b *inlineBody) Read(p []byte) (int, error) {
	if b.over {
		return 0, errors.New("kore " + opInline + ": the recording is over")
	}
	if len(b.head) > 0 {
		n := copy(p, b.head)
		b.head = b.head[n:]
		return n, nil
	}
	n, err := b.in.Read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	b.in.s.fail(err)
	return n, b.in.s.err
}
