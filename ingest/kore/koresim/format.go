package koresim

import (
	"bytes"
	"encoding/binary"
	"math"
)

// Format is what a file is inside.
type Format string

// The formats. FormatMixed draws one of the others for each session.
const (
	FormatPCM   Format = "wav-pcm"
	FormatMulaw Format = "wav-mulaw"
	FormatAlaw  Format = "wav-alaw"
	FormatFLAC  Format = "flac"
	FormatMP3   Format = "mp3"
	FormatOpus  Format = "ogg-opus"
	FormatMixed Format = "mixed"
)

// allFormats are those that Config takes, formats those that files have.
var (
	allFormats = append([]Format{FormatMixed}, formats...)
	formats    = []Format{FormatPCM}
)

// media is a file with what is said of it.
type media struct {
	source
	format     Format
	name, kind string // "": as usual
}

func byteSource(b []byte) source { return bytes.NewReader(b) }

// mediaType is the Content-Type of a format.
func (f Format) mediaType() string {
	switch f {
	case FormatFLAC:
		return "audio/flac"
	case FormatMP3:
		return "audio/mpeg"
	case FormatOpus:
		return "audio/ogg"
	default:
		return "audio/wav"
	}
}

// ending is that of a file's name.
func (f Format) ending() string {
	switch f {
	case FormatFLAC:
		return ".flac"
	case FormatMP3:
		return ".mp3"
	case FormatOpus:
		return ".ogg"
	default:
		return ".wav"
	}
}

// encode puts samples into a file of the format.
func encodeAudio(f Format, samples []int16) []byte {
	return wav(samples)
}

// wavHead is a RIFF head for size bytes of mono sound: tag is the codec.
func wavHead(tag uint16, size int64) []byte {
	width := uint16(2)
	if tag != 1 {
		width = 1
	}
	b := append(make([]byte, 0, 44), "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(36+size))
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, tag)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint32(b, sampleRate)
	b = binary.LittleEndian.AppendUint32(b, uint32(width)*sampleRate)
	b = binary.LittleEndian.AppendUint16(b, width)
	b = binary.LittleEndian.AppendUint16(b, 8*width)
	b = append(b, "data"...)
	return binary.LittleEndian.AppendUint32(b, uint32(size))
}

// huge is a file of about size bytes that is never in memory.
func huge(f Format, size int64, seed uint64) source {
	tag, unit := uint16(1), tone(seed)
	size = max(size, 44)
	return endless{head: wavHead(tag, size-44), unit: unit, size: size}
}

// tone is a second of a tone as 16-bit samples, of a pitch that goes with seed.
func tone(seed uint64) []byte {
	hz := 200 + float64(seed%800)
	b := make([]byte, 0, 2*sampleRate)
	for i := range sampleRate {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(8000*math.Sin(2*math.Pi*hz*float64(i)/sampleRate))))
	}
	return b
}
