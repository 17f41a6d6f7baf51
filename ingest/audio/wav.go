package audio

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// layout is what the chunk "fmt " of a WAV says.
type layout struct {
	format   Format
	channels int
	rate     int
	bits     int
	align    int // bytes of a frame
	byteRate int
}

// The tags of the codings that are decoded.
const (
	tagPCM        = 0x0001
	tagFloat      = 0x0003
	tagALaw       = 0x0006
	tagMuLaw      = 0x0007
	tagExtensible = 0xfffe
)

// maxChannels is more than any recording has.
const maxChannels = 32

// layoutOf reads a chunk "fmt ", or its beginning. What can't be decoded is
// FormatWAVOther.
func layoutOf(chunk []byte) layout {
	const plain, subFormat = 16, 24
	if len(chunk) < plain {
		return layout{format: FormatWAVOther}
	}
	le := binary.LittleEndian
	l := layout{
		channels: int(le.Uint16(chunk[2:])), rate: int(le.Uint32(chunk[4:])), byteRate: int(le.Uint32(chunk[8:])),
		align: int(le.Uint16(chunk[12:])), bits: int(le.Uint16(chunk[14:])),
	}
	tag := le.Uint16(chunk)
	// The sub-format is a GUID whose beginning is a tag, and whose rest is
	// always this for those that have one.
	rest := []byte("\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71")
	if tag == tagExtensible && len(chunk) >= subFormat+2+len(rest) && bytes.HasPrefix(chunk[subFormat+2:], rest) {
		tag = le.Uint16(chunk[subFormat:])
	}
	l.format = map[uint16]Format{
		tagPCM: FormatWAVPCM, tagFloat: FormatWAVFloat, tagALaw: FormatWAVALaw, tagMuLaw: FormatWAVMuLaw,
	}[tag]
	if _, ok := l.coding(); !ok {
		l.format = FormatWAVOther
	}
	return l
}

// coding is that of the samples; false where they can't be decoded.
func (l layout) coding() (coding, bool) {
	if l.channels < 1 || l.channels > maxChannels || l.rate < 1 || l.align%l.channels != 0 {
		return coding{}, false
	}
	return codingOf(l.format, l.align/l.channels)
}

// wav is where a WAV keeps its samples.
type wav struct {
	layout
	dataAt int64
	// dataSize is in bytes; -1 where the header doesn't say, because it was
	// written before anybody knew.
	dataSize int64
	// trusted means that the whole header agrees about the size.
	trusted bool
	rf64    bool
	frames  int64 // as the chunk "fact" tells, 0 where it doesn't
}

// maxChunks is how many chunks are looked at before the samples.
const maxChunks = 1000

// unknownSize stands in a header that was written before the samples.
const unknownSize = 0xffffffff

// errNoSamples is a WAV without its chunks.
var errNoSamples = errors.New("the WAV has no samples, or doesn't say how they are coded")

// readWAV reads the chunks of a WAV up to its samples, or beyond where their
// coding is told only there.
func readWAV(r io.ReadSeeker) (wav, error) {
	c := wavChunks{r: r, size64: -1, wav: wav{layout: layout{format: FormatWAVOther}, dataAt: -1}}
	err := c.read()
	return c.wav, err
}

// wavChunks is a WAV whose chunks are being read.
type wavChunks struct {
	wav
	r         io.ReadSeeker
	described bool  // the coding is known
	riffEnd   int64 // where the whole ends, as its beginning tells
	size64    int64 // of the samples, in an RF64; -1 is not told
}

func (w *wavChunks) read() error {
	riff := make([]byte, 12)
	if err := readAt(w.r, 0, riff); err != nil {
		return err
	}
	w.rf64 = string(riff[:4]) == "RF64"
	w.riffEnd = int64(binary.LittleEndian.Uint32(riff[4:])) + 8
	at := int64(len(riff))
	for range maxChunks {
		c, err := chunkAt(w.r, at)
		if isEnd(err) {
			return unreadable(errNoSamples)
		}
		if err != nil {
			return err
		}
		if err := w.take(&c); err != nil {
			return err
		}
		if w.described && w.dataAt >= 0 {
			return nil
		}
		at = c.body + c.size
		if c.size%2 != 0 {
			if at, err = afterPadding(w.r, at); err != nil {
				return err
			}
		}
	}
	return unreadable(errNoSamples)
}

// take notes what a chunk says, and puts its size right where that was not known
// when it was written.
func (w *wavChunks) take(c *chunk) error {
	le := binary.LittleEndian
	switch {
	case c.id == "fmt ":
		w.layout, w.described = layoutOf(c.head), true
	case c.id == "fact" && len(c.head) >= 4:
		w.frames = int64(le.Uint32(c.head))
	case c.id == "ds64" && len(c.head) >= 16:
		w.riffEnd = clampSize(le.Uint64(c.head)) + 8
		w.size64 = clampSize(le.Uint64(c.head[8:]))
	case c.id == "data" && w.dataAt < 0: // the first counts
		w.dataAt, w.dataSize = c.body, c.size
		if w.rf64 && c.size == unknownSize {
			w.dataSize = w.size64
		}
		if err := w.settleSize(w.r, w.riffEnd); err != nil {
			return err
		}
		if w.dataSize < 0 && !w.described {
			return unreadable(errNoSamples) // nobody can say where it goes on
		}
		c.size = w.dataSize
	}
	return nil
}

// settleSize finds out whether the header knows the size of the samples.
func (w *wav) settleSize(r io.ReadSeeker, riffEnd int64) error {
	switch {
	case w.dataSize == unknownSize || w.dataSize < 0:
		w.dataSize = -1
	case w.dataSize == 0:
		// Written before the samples, or truly empty: then the file ends here,
		// or another chunk follows.
		next, err := chunkAt(r, w.dataAt)
		if err != nil && !isEnd(err) {
			return err
		}
		if err != nil || !known(next.id) {
			w.dataSize = -1
		}
	default:
		// Programs that write to a pipe put in the largest number that they
		// can: then both agree, about nonsense.
		const believable = 1 << 28
		w.trusted = w.dataAt+w.dataSize <= riffEnd && w.dataSize <= believable
	}
	return nil
}

// known says whether a chunk of this name may follow the samples.
func known(id string) bool {
	switch id {
	case "LIST", "fact", "fmt ", "id3 ", "ID3 ", "bext", "cue ", "JUNK", "PAD ", "PEAK", "smpl", "inst", "iXML", "_PMX":
		return true
	}
	return false
}

// clampSize keeps a size where every file system can look for it.
func clampSize(n uint64) int64 {
	const most = 1 << 40
	return int64(min(n, most))
}

// chunk is a part of a WAV.
type chunk struct {
	id   string
	body int64 // where it begins
	size int64
	head []byte // the body's first bytes
}

// chunkAt reads a chunk's beginning. It returns io.EOF, or io.ErrUnexpectedEOF,
// where there is none.
func chunkAt(r io.ReadSeeker, at int64) (chunk, error) {
	header := make([]byte, 8)
	if err := readAt(r, at, header); err != nil {
		return chunk{}, err
	}
	c := chunk{id: string(header[:4]), body: at + 8, size: int64(binary.LittleEndian.Uint32(header[4:]))}
	const most = 64
	if c.id != "data" {
		head := make([]byte, min(c.size, most))
		n, err := io.ReadFull(r, head)
		if err != nil && !isEnd(err) {
			return chunk{}, err
		}
		c.head = head[:n]
	}
	return c, nil
}

// afterPadding is where the chunk after one of odd size begins: after a byte
// that fills it up, which some programs forget.
func afterPadding(r io.ReadSeeker, at int64) (int64, error) {
	b := make([]byte, 5)
	if err := readAt(r, at, b); err != nil {
		if isEnd(err) {
			err = nil
		}
		return at + 1, err
	}
	if id := string(b[:4]); !isName(b[1:]) && isName(b[:4]) || known(id) || id == "data" {
		return at, nil
	}
	return at + 1, nil
}

func isName(b []byte) bool {
	return !bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' || r > '~' })
}

// readAt fills b from a place.
func readAt(r io.ReadSeeker, at int64, b []byte) error {
	if _, err := r.Seek(at, io.SeekStart); err != nil {
		return err
	}
	_, err := io.ReadFull(r, b)
	return err
}

// analyseWAV reads the samples, or where they can't be decoded only the header.
func analyseWAV(src *source, facts *Facts) error {
	w, err := readWAV(src)
	facts.Format, facts.Channels, facts.Rate = w.format, w.channels, w.rate
	if err != nil {
		return asUnreadable(err)
	}
	c, ok := w.coding()
	if !ok {
		facts.Duration = w.estimate()
		return unreadable(errors.New("no decoder for the coding of this WAV"))
	}
	if _, err := src.Seek(w.dataAt, io.SeekStart); err != nil {
		return err
	}
	var data io.Reader = src
	if w.dataSize >= 0 {
		data = io.LimitReader(src, w.dataSize)
	}
	p := newPeaks()
	err = measure(data, w.layout, c, p)
	facts.Duration, facts.Peaks = lasting(p.frames, w.rate), p.bytes()
	if errors.Is(err, errTooLong) && w.dataSize >= 0 {
		facts.Duration = lasting(w.dataSize/int64(w.align), w.rate)
	}
	return err
}

// estimate is how long a WAV lasts whose samples can't be decoded.
func (w wav) estimate() time.Duration {
	switch {
	case w.frames > 0 && w.frames < unknownSize:
		return lasting(w.frames, w.rate)
	case w.byteRate > 0 && w.dataSize > 0 && w.trusted:
		return lasting(w.dataSize, w.byteRate)
	}
	return 0
}

// measure takes the peaks of samples up to their end.
func measure(data io.Reader, l layout, c coding, p *peaks) error {
	const bufferSize = 64 << 10
	in := bufio.NewReaderSize(data, bufferSize)
	frame := make([]byte, l.align)
	limit := min(int64(maxHours*3600)*int64(l.rate), maxValues/int64(l.channels))
	for {
		if _, err := io.ReadFull(in, frame); err != nil {
			if isEnd(err) {
				return nil // half a frame is dropped
			}
			return fmt.Errorf("read samples: %w", err)
		}
		if p.frames >= limit {
			return errTooLong
		}
		var top float32
		for at := 0; at < len(frame); at += c.size {
			if v := c.level(frame[at : at+c.size]); v > top {
				top = v
			}
		}
		p.add(top)
	}
}

// asUnreadable blames the recording where it came to an end too early.
func asUnreadable(err error) error {
	if isEnd(err) {
		return unreadable(err)
	}
	return err
}
