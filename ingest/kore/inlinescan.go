package kore

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

const (
	// maxRest is how much a v1 reply may hold beside its audio.
	maxRest = 1 << 20
	// maxDepth is how deep encoding/json reads, which judges the rest.
	maxDepth = 10_000
	// minBare is how long a text is at least that is taken for audio without
	// a data URI's prefix: a shorter one is a word, not a recording.
	minBare = 44
)

// inlineScanner reads a v1 reply from end to end and holds only what is not
// audio. It is lax about JSON: it finds the texts that are audio, and puts the
// rest aside, with an empty text in place of each, for a real parser to judge.
type inlineScanner struct {
	in       *bufio.Reader
	got      *countingReader
	maxAudio int64
	each     func(InlineAudio) error
	broken   func(error) error // what a failed read becomes

	rest   bytes.Buffer
	stack  []byte // the brackets that are open
	key    bool   // in an object, before a colon
	within bool   // in the value of a key that holds recordings
	n      int    // recordings so far
	err    error  // what went wrong; nothing is read after it
}

func newInlineScanner(in io.Reader, maxAudio, maxAll int64, each func(InlineAudio) error) *inlineScanner {
	got := &countingReader{in: in, left: maxAll}
	return &inlineScanner{
		in: bufio.NewReaderSize(got, 64<<10), got: got, maxAudio: maxAudio, each: each,
		broken: func(err error) error { return err },
	}
}

var errTooLong = errors.New("longer than is read")

// countingReader counts, and ends with errTooLong.
type countingReader struct {
	in   io.Reader
	n    int64
	left int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errTooLong
	}
	n, err := r.in.Read(p[:min(int64(len(p)), r.left)])
	r.n += int64(n)
	r.left -= int64(n)
	return n, err
}

// run reads to the end and gives the verdict.
func (s *inlineScanner) run() error {
	if mark, _ := s.in.Peek(len(byteOrderMark)); bytes.Equal(mark, byteOrderMark) {
		s.in.Discard(len(mark))
	}
	for s.err == nil {
		b, err := s.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return s.judge()
		case err != nil:
			s.fail(err)
		case b == '"':
			s.text()
		default:
			s.put(b)
			s.step(b)
		}
	}
	return s.err
}

// step keeps track of where a byte outside of texts leads.
func (s *inlineScanner) step(b byte) {
	switch b {
	case '{', '[':
		if len(s.stack) == maxDepth {
			s.malformed("nested too deep")
		}
		s.stack = append(s.stack, b)
		s.key = b == '{'
	case '}', ']':
		s.stack = s.stack[:max(0, len(s.stack)-1)]
		s.key = false
		s.within = s.within && len(s.stack) > 0
	case ',':
		s.key = len(s.stack) > 0 && s.stack[len(s.stack)-1] == '{'
		s.within = s.within && len(s.stack) > 1
	case ':':
		s.key = false
	}
}

// text reads one text, whose quote has been read.
func (s *inlineScanner) text() {
	top := len(s.stack) == 1 && s.stack[0] == '{'
	switch {
	case s.key:
		from := s.rest.Len()
		s.copyText()
		if top && s.err == nil {
			s.within = isCallKey(s.rest.Bytes()[from:])
		}
	case s.within && s.isAudio():
		s.audio()
	default:
		s.copyText()
	}
}

// isCallKey says whether a key's literal is one that holds recordings.
func isCallKey(literal []byte) bool {
	var key string
	if json.Unmarshal(literal, &key) != nil {
		return false
	}
	return slices.ContainsFunc(callKeys, func(name string) bool { return fold(name) == fold(key) })
}

// isAudio says whether the text that follows is to be decoded: in a list or
// bare, what is long enough; in an object, a data URI.
func (s *inlineScanner) isAudio() bool {
	head, _ := s.in.Peek(minBare)
	if bytes.HasPrefix(bytes.ToLower(bytes.TrimLeft(head, " ")), []byte("data:")) {
		return true
	}
	listed := !slices.Contains(s.stack[1:], '{')
	return listed && len(head) == minBare && bytes.IndexByte(head, '"') < 0
}

// audio gives one text to each, decoded, and reads it to its end whatever each
// has done with it.
func (s *inlineScanner) audio() {
	s.put('"', '"')
	lit := &literalReader{s: s}
	mediaType, err := lit.prefix()
	if err != nil {
		s.fail(err)
		return
	}
	body := &inlineBody{in: &base64Reader{s: s, lit: lit, left: s.maxAudio}}
	if err := body.begin(); err != nil || len(body.head) == 0 {
		s.fail(err)
		return
	}
	if err := s.each(InlineAudio{N: s.n, Type: mediaType, Body: body}); err != nil && s.err == nil {
		s.err = fmt.Errorf("kore %s: recording %d: %w", opInline, s.n, err)
	}
	s.n++
	if s.err == nil {
		_, err := io.Copy(io.Discard, body)
		s.fail(err)
	}
	body.over = true
}

// copyText puts a text aside as it is.
func (s *inlineScanner) copyText() {
	s.put('"')
	for s.err == nil {
		part, err := s.in.ReadSlice('"')
		s.put(part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return // the rest is no JSON then
		case err != nil:
			s.fail(err)
		case !s.endsEscaped():
			return
		}
	}
}

// endsEscaped says whether the quote at the end of the rest is an escaped one.
func (s *inlineScanner) endsEscaped() bool {
	n := 0
	for b := s.rest.Bytes(); n+2 <= len(b) && b[len(b)-2-n] == '\\'; n++ {
	}
	return n%2 == 1
}

// put sets bytes aside.
func (s *inlineScanner) put(bs ...byte) {
	if s.rest.Len()+len(bs) > maxRest && s.err == nil {
		s.err = &Error{Op: opInline, Kind: KindTooLarge, Msg: fmt.Sprintf("over %d bytes beside the audio", maxRest)}
	}
	if s.err == nil {
		s.rest.Write(bs)
	}
}

// fail takes note of the first error: one of ours as it is, what reading gave
// as broken says.
func (s *inlineScanner) fail(err error) {
	if err == nil || s.err != nil {
		return
	}
	if errors.Is(err, errTooLong) {
		err = &Error{Op: opInline, Kind: KindTooLarge, Msg: fmt.Sprintf("the reply is over %d bytes", s.got.n)}
	} else if _, ours := errors.AsType[*Error](err); !ours {
		err = s.broken(err)
	}
	s.err = err
}

func (s *inlineScanner) malformed(msg string) {
	s.fail(&Error{Op: opInline, Kind: KindMalformed, Msg: msg})
}
