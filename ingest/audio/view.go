package audio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// Playable makes a recording playable in a browser: content is r itself, at its
// start, where browsers can play it or nothing can be done about it; else a WAV
// of 16 bit PCM that is decoded while it is read. Such a WAV knows its length,
// can be sought, and reads only the header of r beforehand. content takes r
// over and is for one goroutine at a time. Errors are those of r.
//
// The end of r is asked for only where the header doesn't tell the length.
// A recording that is shorter than its header tells ends in silence.
func Playable(r io.ReadSeeker) (content io.ReadSeeker, mediaType string, err error) {
	src := &source{r: r}
	head, err := src.head()
	if err != nil {
		return nil, "", fmt.Errorf("make audio playable: %w", err)
	}
	format := Sniff(head)
	mediaType = format.MediaType()
	if mediaType != FormatWAVPCM.MediaType() {
		return r, mediaType, nil
	}
	w, err := readWAV(src)
	if src.err == nil && err == nil && !w.playable() {
		var v *view
		if v, err = newView(src, w); err == nil {
			return v, mediaType, nil
		}
	}
	if src.err == nil {
		_, err = src.Seek(0, io.SeekStart)
	}
	if src.err != nil {
		return nil, "", fmt.Errorf("make audio playable: %w", src.err)
	}
	return r, mediaType, err
}

// playable says whether browsers play the WAV as it is.
//
// All of them play PCM of 8 and 16 bits with one or two channels. Beyond that
// they differ: Chromium builds FFmpeg (its build_ffmpeg.py) with decoders for 24
// bits, 32 bit floats, µ-law and A-law, and none for 64 bit floats; Firefox long
// took PCM alone, with two channels at most (its WaveReader.cpp), and learned
// others with time; Safari leaves it to Core Audio, which isn't documented for
// this. RF64 and headers without sizes are up to luck everywhere. What is decoded
// here plays in all of them, and loses nothing of a telephone call that could be
// heard.
func (w wav) playable() bool {
	return w.format == FormatWAVPCM && (w.align == w.channels || w.align == 2*w.channels) &&
		w.channels <= 2 && !w.rf64 && w.dataSize >= 0
}

// viewHeader is how many bytes the header of a view has.
const viewHeader = 44

// view is a WAV of 16 bit PCM over the samples of another.
type view struct {
	src    io.ReadSeeker
	coding coding
	dataAt int64
	header [viewHeader]byte
	length int64 // of the view, with its header
	at     int64 // in the view
	srcAt  int64 // in src; -1 where that is not known
	ended  bool  // src has no more from srcAt on
	raw    []byte
}

var (
	_ io.ReadSeeker = (*view)(nil)

	errNoView = errors.New("the coding has no decoder")
)

// newView makes a view of w, whose samples src holds.
func newView(src io.ReadSeeker, w wav) (*view, error) {
	c, ok := w.coding()
	if !ok {
		return nil, errNoView
	}
	size := w.dataSize
	if !w.trusted {
		end, err := src.Seek(0, io.SeekEnd)
		if err != nil {
			return nil, err
		}
		if left := max(end-w.dataAt, 0); size < 0 || size > left {
			size = left
		}
	}
	const sampleSize = 2
	align := int64(w.channels * sampleSize)
	// The header has 32 bits for sizes.
	frames := min(size/int64(w.align), (math.MaxUint32-viewHeader)/align)
	v := &view{src: src, coding: c, dataAt: w.dataAt, srcAt: -1, length: viewHeader + frames*align}
	le := binary.LittleEndian
	h := v.header[:0]
	h = append(h, "RIFF"...)
	h = le.AppendUint32(h, uint32(v.length-8))
	h = append(h, "WAVEfmt "...)
	h = le.AppendUint32(h, 16)
	h = le.AppendUint16(h, tagPCM)
	h = le.AppendUint16(h, uint16(w.channels))
	h = le.AppendUint32(h, uint32(w.rate))
	h = le.AppendUint32(h, uint32(int64(w.rate)*align))
	h = le.AppendUint16(h, uint16(align))
	h = le.AppendUint16(h, 8*sampleSize)
	h = append(h, "data"...)
	le.AppendUint32(h, uint32(v.length-viewHeader))
	return v, nil
}

// Seek moves to a place, which may lie behind the end.
func (v *view) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += v.at
	case io.SeekEnd:
		offset += v.length
	default:
		return 0, errors.New("seek: unknown whence")
	}
	if offset < 0 {
		return 0, errors.New("seek: before the start")
	}
	v.at = offset
	return offset, nil
}

// Read decodes what has come, waiting for at least a sample.
func (v *view) Read(b []byte) (int, error) {
	b = b[:min(int64(len(b)), max(v.length-v.at, 0))]
	switch {
	case len(b) == 0 && v.at < v.length:
		return 0, nil
	case len(b) == 0:
		return 0, io.EOF
	case v.at < viewHeader:
		n := copy(b, v.header[v.at:])
		v.at += int64(n)
		return n, nil
	}
	n, err := v.decode(b)
	v.at += int64(n)
	return n, err
}

// decode fills b, or its beginning, from the samples at v.at.
func (v *view) decode(b []byte) (int, error) {
	const most = 16 << 10
	first := (v.at - viewHeader) / 2
	odd := int((v.at - viewHeader) % 2) // the first byte of a sample was read before
	samples := min((len(b)+odd+1)/2, most)
	raw, err := v.samples(first, samples)
	if err != nil {
		return 0, err
	}
	if raw == nil {
		clear(b)
		return len(b), nil
	}
	var out [2]byte
	n := 0
	for at := 0; at < len(raw); at += v.coding.size {
		binary.LittleEndian.PutUint16(out[:], uint16(v.coding.pcm16(raw[at:at+v.coding.size])))
		n += copy(b[n:], out[odd:])
		odd = 0
	}
	return n, nil
}

// samples reads at least one sample from the source, and nil behind its end.
func (v *view) samples(first int64, most int) ([]byte, error) {
	size := v.coding.size
	if at := v.dataAt + first*int64(size); at != v.srcAt {
		if v.ended && v.srcAt >= 0 && at > v.srcAt {
			return nil, nil
		}
		v.srcAt, v.ended = -1, false
		if _, err := v.src.Seek(at, io.SeekStart); err != nil {
			return nil, err
		}
		v.srcAt = at
	}
	if v.ended {
		return nil, nil
	}
	if len(v.raw) < most*size {
		v.raw = make([]byte, most*size)
	}
	n, err := io.ReadAtLeast(v.src, v.raw[:most*size], size)
	if isEnd(err) {
		v.ended = true
		return nil, nil
	}
	if err == nil && n%size != 0 {
		// The rest of the last sample; without it that one is lost.
		var rest int
		rest, err = io.ReadFull(v.src, v.raw[n:n+size-n%size])
		if n += rest; isEnd(err) {
			err = nil
		}
	}
	if err != nil {
		v.srcAt = -1
		return nil, err
	}
	v.srcAt += int64(n)
	n -= n % size
	return v.raw[:n], nil
}
