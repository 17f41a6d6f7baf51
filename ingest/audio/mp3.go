package audio

import (
	"bufio"
	"errors"
	"io"

	"github.com/hajimehoshi/go-mp3"
)

// analyseMP3 counts the frames of an MP3, and decodes them where there is a
// decoder: for MPEG 1 and 2, not for the 2.5 of rates below 16 kHz.
func analyseMP3(src *source, facts *Facts) error {
	in := bufio.NewReaderSize(src, scanBuffer)
	if err := skipID3(in); err != nil {
		return asUnreadable(err)
	}
	s := &mpegScanner{in: in}
	if err := s.start(); err != nil {
		return asUnreadable(err)
	}
	facts.Rate, facts.Channels = s.first.rate, s.first.channels
	p := newPeaks()
	drawErr := drawMP3(s, p)
	// The decoder stops where it is stuck; the rest is still counted.
	for {
		if _, err := s.next(); isEnd(err) {
			break
		} else if err != nil {
			return err
		}
	}
	frames := s.length()
	facts.Duration = lasting(frames, facts.Rate)
	if p.frames > 0 {
		p.silence(frames - p.frames)
		facts.Peaks = p.bytes()
	}
	return drawErr
}

// drawMP3 takes the peaks of what can be decoded.
func drawMP3(s *mpegScanner, p *peaks) (err error) {
	if s.first.version == 25 {
		return nil
	}
	defer func() {
		if v := recover(); v != nil {
			err = unreadable(errors.New("the decoder of MP3 gave up"))
		}
	}()
	frames := &frameReader{scanner: s}
	// Without an io.Seeker the decoder reads only forwards, and without tags it
	// allocates nothing by what they claim.
	decoder, err := mp3.NewDecoder(frames)
	if err != nil {
		return frames.why(err)
	}
	skip, limit := s.delay(), int64(maxHours*3600)*int64(s.first.rate)
	pcm := make([]byte, 16<<10) // 16 bit, two channels
	for {
		n, err := io.ReadFull(decoder, pcm)
		for at := 0; at+4 <= n; at += 4 {
			if skip > 0 {
				skip--
				continue
			}
			left := magnitude(int32(uint32(pcm[at])<<16 | uint32(pcm[at+1])<<24))
			right := magnitude(int32(uint32(pcm[at+2])<<16 | uint32(pcm[at+3])<<24))
			p.add(max(left, right))
		}
		switch {
		case isEnd(err) && frames.err == nil:
			return nil
		case err != nil:
			return frames.why(err)
		case p.frames > limit:
			return errTooLong
		}
	}
}

// frameReader hands the scanner's frames to the decoder, which would otherwise
// take much for a frame that is none.
type frameReader struct {
	scanner *mpegScanner
	rest    []byte
	err     error // of the scanner, other than its end
}

// Read reads whole frames only, one after the other.
func (f *frameReader) Read(b []byte) (int, error) {
	if len(f.rest) == 0 {
		frame, err := f.scanner.next()
		if err != nil {
			if !isEnd(err) {
				f.err = err
			}
			return 0, err
		}
		f.rest = frame
	}
	n := copy(b, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

// why tells the scanner's errors from the decoder's.
func (f *frameReader) why(err error) error {
	if f.err != nil {
		return f.err
	}
	return unreadable(err)
}
