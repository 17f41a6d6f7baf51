// Package audio tells what the bytes of a recording are, how long they last and
// what they look like, and makes telephone formats playable in a browser. It
// hides the containers and their decoders.
//
// Recordings are foreign input: whatever the bytes say, a function of this
// package ends, uses bounded memory, and doesn't panic. It opens no files, asks
// nobody and keeps nothing.
package audio

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Format is a kind of audio: a container and what is in it.
type Format string

// The formats that are told apart.
const (
	FormatWAVPCM    Format = "wav-pcm"
	FormatWAVFloat  Format = "wav-float"
	FormatWAVMuLaw  Format = "wav-mulaw"
	FormatWAVALaw   Format = "wav-alaw"
	FormatWAVOther  Format = "wav-other" // another coding, or one that is not known yet
	FormatFLAC      Format = "flac"
	FormatMP3       Format = "mp3"
	FormatOggVorbis Format = "ogg-vorbis"
	FormatOggOpus   Format = "ogg-opus"
	FormatOggOther  Format = "ogg-other"
	FormatMP4       Format = "mp4"
	FormatWebM      Format = "webm"
	FormatAMR       Format = "amr"
	FormatUnknown   Format = "unknown"
)

// MediaType is the format's media type, "application/octet-stream" where nothing
// better can be said.
func (f Format) MediaType() string {
	switch f {
	case FormatWAVPCM, FormatWAVFloat, FormatWAVMuLaw, FormatWAVALaw, FormatWAVOther:
		return "audio/wav"
	case FormatFLAC:
		return "audio/flac"
	case FormatMP3:
		return "audio/mpeg"
	case FormatOggVorbis, FormatOggOpus, FormatOggOther:
		return "audio/ogg"
	case FormatMP4:
		return "audio/mp4"
	case FormatWebM:
		return "audio/webm"
	case FormatAMR:
		return "audio/amr"
	}
	return "application/octet-stream"
}

// Playable says whether today's browsers play the format as it is. A WAV of PCM
// is playable, but not every one: the function Playable looks closer.
func (f Format) Playable() bool {
	switch f {
	case FormatWAVPCM, FormatFLAC, FormatMP3, FormatOggVorbis, FormatOggOpus, FormatOggOther, FormatMP4, FormatWebM:
		return true
	}
	return false
}

// ErrUnreadable means that the audio is damaged, or of a format that can't be
// decoded.
var ErrUnreadable = errors.New("the audio can't be decoded")

// Facts are what is known of a recording. What is not known is zero.
type Facts struct {
	Format   Format
	Duration time.Duration
	Channels int
	Rate     int // frames a second
	// Peaks draw the recording: at most PeakCount equal stretches of it, each
	// with its highest absolute sample of any channel, 255 being full scale.
	// The last stretch may be shorter.
	Peaks []byte
}

// What is decoded at most: longer recordings get a duration where their header
// tells it, and no peaks.
const (
	maxHours = 6
	// maxValues bounds the work: samples of all channels, and a toll for each
	// packet, because some cost much and hold nothing.
	maxValues  = maxHours * 3600 * 48_000 * 2
	packetToll = 1024
	// maxDuration is more than any recording lasts, and less than what a
	// time.Duration holds.
	maxDuration = 10_000 * time.Hour
)

// errTooLong ends the decoding of what would take too long.
var errTooLong = fmt.Errorf("more than %d hours of audio are not decoded", maxHours)

// Analyse reads a recording from its start to its end. Facts hold what is known
// even where there is an error: one for which errors.Is tells ErrUnreadable
// where the recording is to blame, else what r returned.
func Analyse(r io.ReadSeeker) (facts Facts, err error) {
	src := &source{r: r}
	facts.Format = FormatUnknown
	defer func() {
		if v := recover(); v != nil {
			// Decoders index and allocate by what the file says.
			err = unreadable(fmt.Errorf("the decoder gave up: %v", v))
		}
		if src.err != nil {
			err = fmt.Errorf("analyse audio: %w", src.err)
		}
	}()
	head, err := src.head()
	if err != nil {
		return facts, err
	}
	facts.Format = Sniff(head)
	switch facts.Format {
	case FormatWAVPCM, FormatWAVFloat, FormatWAVMuLaw, FormatWAVALaw, FormatWAVOther:
		err = analyseWAV(src, &facts)
	case FormatFLAC:
		err = analyseFLAC(src, &facts)
	case FormatMP3:
		err = analyseMP3(src, &facts)
	case FormatOggVorbis:
		err = analyseVorbis(src, &facts)
	case FormatOggOpus:
		err = analyseOpus(src, &facts)
	default:
		return facts, unreadable(fmt.Errorf("no decoder for %s", facts.Format))
	}
	if errors.Is(err, errTooLong) {
		// Half a drawing would be a wrong one.
		facts.Peaks = nil
		return facts, nil
	}
	return facts, err
}

// unreadable says that the recording is to blame.
func unreadable(err error) error {
	return fmt.Errorf("%w: %w", ErrUnreadable, err)
}

// source remembers the error of its reader, which decoders reword or swallow.
type source struct {
	r   io.ReadSeeker
	err error
}

// Read reads from the reader.
func (s *source) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) && s.err == nil {
		s.err = err
	}
	return n, err
}

// Seek moves the reader.
func (s *source) Seek(offset int64, whence int) (int64, error) {
	at, err := s.r.Seek(offset, whence)
	if err != nil && s.err == nil {
		s.err = err
	}
	return at, err
}

// headSize is what is read to tell a format: enough for two frames of an MP3.
const headSize = 4096

// head reads the beginning and goes back to the start.
func (s *source) head() ([]byte, error) {
	if _, err := s.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	head := make([]byte, headSize)
	n, err := io.ReadFull(s, head)
	if err != nil && !isEnd(err) {
		return nil, err
	}
	_, err = s.Seek(0, io.SeekStart)
	return head[:n], err
}

// isEnd says whether a reader came to its end, in time or too early.
func isEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// lasting is how long frames last.
func lasting(frames int64, rate int) time.Duration {
	if frames <= 0 || rate <= 0 {
		return 0
	}
	seconds := float64(frames) / float64(rate)
	if seconds >= maxDuration.Seconds() {
		return maxDuration
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Microsecond)
}
