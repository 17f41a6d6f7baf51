package ingest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Bounds of what Import holds in memory at once.
const (
	maxLine     = 64 << 20
	maxDocument = 256 << 20
)

var (
	errLongLine = fmt.Errorf("the line is longer than %d MB", maxLine>>20)
	errCutShort = errors.New("not JSON: it ends too early")
)

// eachDocument splits r into JSON documents and calls do for each with the
// number of the line on which it begins, or with what is wrong with the line.
// It returns do's first error, or the reader's.
//
// When the first line is no document by itself, all of r may be one that
// stands on many lines; when it is not that either, r is lines, of which the
// first is bad.
func eachDocument(r io.Reader, do func(line int, doc []byte, err error) error) error {
	lines := &lineReader{r: bufio.NewReaderSize(r, 64<<10)}
	first, err := lines.next()
	for err == nil && blank(first) {
		first, err = lines.next()
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err == nil && isForeign(first):
		return do(lines.n, nil, errNotText)
	case err == nil && !json.Valid(first):
		whole, err := lines.rest(first)
		if err != nil {
			return err
		}
		if whole != nil && json.Valid(whole) {
			return do(lines.first, whole, nil)
		}
		if whole != nil {
			lines = &lineReader{r: bufio.NewReader(bytes.NewReader(whole)), n: lines.first - 1}
			if looksWhole(whole) {
				return do(lines.n+1, nil, errCutShort)
			}
			first, err = lines.next()
			if err != nil {
				return err
			}
		}
	}
	return eachLine(lines, first, err, do)
}

// isForeign reports whether a file that begins with this line is no text in
// UTF-8: it has a zero byte, or the byte order mark of UTF-16. One complaint is
// enough then.
func isForeign(first []byte) bool {
	return bytes.IndexByte(first, 0) >= 0 || bytes.HasPrefix(first, []byte("\xff\xfe")) || bytes.HasPrefix(first, []byte("\xfe\xff"))
}

// looksWhole reports whether no line of a text is a document: then it is a
// single one that is damaged, and one complaint is enough.
func looksWhole(text []byte) bool {
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 1 && line[0] == '{' && json.Valid(line) {
			return false
		}
	}
	return bytes.ContainsRune(bytes.TrimSpace(text), '\n')
}

func eachLine(lines *lineReader, line []byte, err error, do func(int, []byte, error) error) error {
	for ; ; line, err = lines.next() {
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errLongLine):
			line = nil
		case err != nil:
			return err
		case blank(line):
			continue
		}
		if err := do(lines.n, line, err); err != nil {
			return err
		}
	}
}

// lineReader reads lines of bounded length and counts them.
type lineReader struct {
	r     *bufio.Reader
	n     int // number of the last line read
	first int // number of the line that rest began with
}

// next is the next line without its break. io.EOF after the last one, which
// need not end in a break; errLongLine for a line over the bound, which is skipped.
func (l *lineReader) next() ([]byte, error) {
	var line []byte
	tooLong := false
	for {
		part, err := l.r.ReadSlice('\n')
		if len(line)+len(part) > maxLine {
			tooLong, line = true, nil
		}
		if !tooLong {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && (len(line) > 0 || tooLong):
		case err != nil:
			return nil, err
		}
		break
	}
	l.n++
	if l.n == 1 {
		line = bytes.TrimPrefix(line, byteOrderMark)
	}
	if tooLong {
		return nil, errLongLine
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

// rest is a line just read and all that follows it. nil where that is more than
// one document may have: then reading goes on with lines as if nothing was read.
func (l *lineReader) rest(line []byte) ([]byte, error) {
	l.first = l.n
	whole := bytes.NewBuffer(append(line, '\n'))
	n, err := io.Copy(whole, io.LimitReader(l.r, maxDocument+1))
	if err != nil {
		return nil, err
	}
	if n > maxDocument {
		after := whole.Bytes()[len(line)+1:]
		l.r = bufio.NewReaderSize(io.MultiReader(bytes.NewReader(after), l.r), 64<<10)
		return nil, nil
	}
	return whole.Bytes(), nil
}
