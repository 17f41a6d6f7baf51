package web

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// serveAudio answers with the content, or the part of it that is asked for.
// *fault for a part that lies beyond its end.
func (v *visit) serveAudio(a Audio, size int64) error {
	r := v.Request().Clone(v.ctx())
	if asked, readable := rangeOf(r.Header.Get("Range"), size); readable {
		r.Header.Set("Range", asked)
	} else {
		r.Header.Del("Range")
	}
	w := &rangeWriter{ResponseWriter: v.Response()}
	http.ServeContent(w, r, "", a.ModTime, a.Content)
	if !w.beyond {
		return nil
	}
	return &fault{status: http.StatusRequestedRangeNotSatisfiable, code: codeBadRequest, title: "Beyond the end",
		words: fmt.Sprintf("The part that was asked for lies beyond the end: this recording has %d bytes.", size)}
}

// rangeWriter keeps what ServeContent says of a range beyond the end to itself,
// for that is told in the form of all other errors.
type rangeWriter struct {
	http.ResponseWriter
	beyond bool
}

// WriteHeader implements http.ResponseWriter.
func (w *rangeWriter) WriteHeader(status int) {
	if w.beyond = status == http.StatusRequestedRangeNotSatisfiable; !w.beyond {
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write implements io.Writer.
func (w *rangeWriter) Write(b []byte) (int, error) {
	if w.beyond {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// rangeOf reads a Range as RFC 9110 has it, and writes it as ServeContent reads
// it: the parts that lie within size, or one beyond where none does. It is not
// readable, and so to be ignored, where it is of another unit or no range.
func rangeOf(header string, size int64) (asked string, readable bool) {
	unit, set, found := strings.Cut(header, "=")
	if !found || !strings.EqualFold(unit, "bytes") {
		return "", false
	}
	var parts []string
	for part := range strings.SplitSeq(set, ",") {
		part = strings.Trim(part, " \t")
		if part == "" {
			continue
		}
		first, last, within := partOf(part, size)
		if first < 0 {
			return "", false
		}
		readable = true
		if within {
			parts = append(parts, fmt.Sprintf("%d-%d", first, last))
		}
	}
	if len(parts) == 0 {
		parts = []string{fmt.Sprintf("%d-", size)}
	}
	return "bytes=" + strings.Join(parts, ","), readable
}

// partOf reads one part of a Range: its first and last byte, and whether there
// is anything of it within size. first is negative for what is no part.
func partOf(part string, size int64) (first, last int64, within bool) {
	from, to, found := strings.Cut(part, "-")
	first, hasFirst := position(from)
	last, hasLast := position(to)
	switch {
	case !found, !hasFirst && from != "", !hasLast && to != "", !hasFirst && !hasLast, hasFirst && hasLast && last < first:
		return -1, 0, false
	case !hasFirst: // the last bytes, so many
		return max(0, size-last), size - 1, last > 0 && size > 0
	case !hasLast:
		last = size - 1
	}
	return first, min(last, size-1), first < size
}

// position reads a number of bytes. One that is too large is the largest.
func position(s string) (n int64, ok bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, _ = strconv.ParseInt(s, 10, 64) // gives the largest for one that is larger
	return n, true
}

// lengthOnly stands for content of which nothing but its length is asked for.
type lengthOnly struct{ size int64 }

// Read implements io.Reader.
func (lengthOnly) Read([]byte) (int, error) { return 0, io.EOF }

// Seek implements io.Seeker.
func (l lengthOnly) Seek(offset int64, whence int) (int64, error) {
	if whence == io.SeekEnd {
		offset += l.size
	}
	return offset, nil
}
