package audio

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// frameHeader is how many bytes the header of an MPEG frame has.
const frameHeader = 4

// mpegFrame is what the header of a frame of layer III says.
type mpegFrame struct {
	version  int // 1, 2, or 25 for 2.5
	rate     int
	channels int
	samples  int // of each channel
	size     int // bytes, with the header
}

// like says whether two frames are of one stream.
func (f mpegFrame) like(other mpegFrame) bool {
	return f.version == other.version && f.rate == other.rate
}

// parseFrame reads a header as ISO/IEC 11172-3 and 13818-3 define it, and the
// customary 2.5 for lower rates. Free bitrates are not taken: their frames have
// no known end.
func parseFrame(b []byte) (mpegFrame, bool) {
	if len(b) < frameHeader {
		return mpegFrame{}, false
	}
	h := binary.BigEndian.Uint32(b)
	const sync, layer3 = 0xffe00000, 1
	if h&sync != sync || h>>17&3 != layer3 {
		return mpegFrame{}, false
	}
	f := mpegFrame{samples: 576, channels: 2}
	divide := 2
	bitrates := [...]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}
	switch h >> 19 & 3 {
	case 0:
		f.version, divide = 25, 4
	case 2:
		f.version = 2
	case 3:
		f.version, f.samples, divide = 1, 1152, 1
		bitrates = [...]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0}
	default:
		return mpegFrame{}, false
	}
	bitrate, rate, emphasis := bitrates[h>>12&15], h>>10&3, h&3
	if bitrate == 0 || rate == 3 || emphasis == 2 {
		return mpegFrame{}, false
	}
	f.rate = [...]int{44100, 48000, 32000}[rate] / divide
	if h>>6&3 == 3 {
		f.channels = 1
	}
	f.size = f.samples/8*bitrate*1000/f.rate + int(h>>9&1)
	return f, true
}

// scanBuffer holds a few frames.
const scanBuffer = 32 << 10

// mpegScanner finds the frames of an MP3.
type mpegScanner struct {
	in      *bufio.Reader
	first   mpegFrame // what the others must be like
	samples int64     // of each channel, in the frames so far
	// The samples that the encoder put before and after, where it says so.
	before, after int64
	told          bool
}

// errNoFrames is an MP3 without a frame.
var errNoFrames = errors.New("the MP3 has no frames")

// start finds the first frame, and passes over one that holds no sound but facts
// about the rest.
func (s *mpegScanner) start() error {
	if err := s.sync(); err != nil {
		if isEnd(err) {
			return unreadable(errNoFrames)
		}
		return err
	}
	head, err := s.in.Peek(frameHeader)
	if err != nil {
		return err
	}
	s.first, _ = parseFrame(head)
	frame, err := s.in.Peek(s.first.size)
	if err != nil && !isEnd(err) {
		return err
	}
	if s.readTag(frame) {
		_, err = s.in.Discard(len(frame))
		return err
	}
	return nil
}

// sync passes over what is no frame. A frame is believed when another of its
// kind follows, or nothing.
func (s *mpegScanner) sync() error {
	for {
		head, err := s.in.Peek(frameHeader)
		if err != nil {
			return err
		}
		f, ok := parseFrame(head)
		if ok && (s.first.rate == 0 || f.like(s.first)) {
			both, err := s.in.Peek(f.size + frameHeader)
			if err != nil && !isEnd(err) {
				return err
			}
			if len(both) <= f.size {
				return nil
			}
			if next, ok := parseFrame(both[f.size:]); ok && next.like(f) || isTag(both[f.size:]) {
				return nil
			}
		}
		if _, err := s.in.Discard(1); err != nil {
			return err
		}
	}
}

// isTag says whether this may begin what stands after the frames.
func isTag(b []byte) bool {
	return bytes.HasPrefix(b, []byte("TAG")) || bytes.HasPrefix(b, []byte("APET")) || bytes.HasPrefix(b, []byte("ID3"))
}

// next gives the next frame, which is valid until the next call, or io.EOF. Half
// a frame at the end is none.
func (s *mpegScanner) next() ([]byte, error) {
	head, err := s.in.Peek(frameHeader)
	if err != nil {
		return nil, err
	}
	f, ok := parseFrame(head)
	if !ok || !f.like(s.first) {
		if err := s.sync(); err != nil {
			return nil, err
		}
		if head, err = s.in.Peek(frameHeader); err != nil {
			return nil, err
		}
		f, _ = parseFrame(head)
	}
	frame := make([]byte, f.size)
	if _, err := io.ReadFull(s.in, frame); err != nil {
		return nil, err
	}
	s.samples += int64(f.samples)
	return frame, nil
}

// readTag looks for the tags "Xing", "Info" and "VBRI" in the first frame, and in
// the first two for what the encoder LAME and its heirs say of the samples that
// they put in.
func (s *mpegScanner) readTag(frame []byte) bool {
	side := 32
	switch {
	case s.first.version == 1 && s.first.channels == 1, s.first.version != 1 && s.first.channels == 2:
		side = 17
	case s.first.version != 1:
		side = 9
	}
	if tag := frameHeader + 32; len(frame) > tag && bytes.HasPrefix(frame[tag:], []byte("VBRI")) {
		return true
	}
	if len(frame) < frameHeader+side+8 {
		return false
	}
	tag := frame[frameHeader+side:]
	if !bytes.HasPrefix(tag, []byte("Xing")) && !bytes.HasPrefix(tag, []byte("Info")) {
		return false
	}
	lame := 8
	for i, size := range [...]int{4, 4, 100, 4} { // frames, bytes, contents, quality
		if tag[7]>>i&1 != 0 {
			lame += size
		}
	}
	const delays = 21
	if len(tag) >= lame+delays+3 && tag[lame] != 0 {
		d := tag[lame+delays:]
		s.before, s.after = int64(d[0])<<4|int64(d[1])>>4, int64(d[1]&0xf)<<8|int64(d[2])
		s.told = true
	}
	return true
}

// length is how many samples are to be heard.
func (s *mpegScanner) length() int64 {
	return max(s.samples-s.before-s.after, 0)
}

// delay is how many samples come out of a decoder before those that are to be
// heard: those of the encoder and its own 529.
func (s *mpegScanner) delay() int64 {
	if !s.told {
		return 0
	}
	return s.before + 529
}
