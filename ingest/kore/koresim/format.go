package koresim

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
)

// Format is what a file is inside.
type Format string

// The formats. FormatMixed draws one of the others for each session.
const (
	FormatPCM   Format = "wav-pcm"
	FormatMulaw Format = "wav-mulaw"
	FormatAlaw  Format = "wav-alaw"
	FormatFLAC  Format = "flac"
	// Those below are silence of the right length: what is said in them nobody hears.
	FormatMP3    Format = "mp3"
	FormatOpus   Format = "ogg-opus"
	FormatVorbis Format = "ogg-vorbis"
	FormatMixed  Format = "mixed"
)

// allFormats are those that Config takes, formats those that files have.
var (
	allFormats = append([]Format{FormatMixed}, formats...)
	formats    = []Format{FormatPCM, FormatMulaw, FormatAlaw, FormatFLAC, FormatMP3, FormatOpus, FormatVorbis}
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
	case FormatOpus, FormatVorbis:
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
	case FormatOpus, FormatVorbis:
		return ".ogg"
	default:
		return ".wav"
	}
}

// The codecs of WAV, as its head numbers them.
const (
	codecPCM   = 1
	codecAlaw  = 6
	codecMulaw = 7
)

// encodeAudio puts samples into a file of the format. What has tags gets the
// title, so that no two silent files are the same.
func encodeAudio(f Format, samples []int16, title string) ([]byte, error) {
	seconds := float64(len(samples)) / sampleRate
	switch f {
	case FormatMulaw:
		return companded(codecMulaw, samples, mulaw), nil
	case FormatAlaw:
		return companded(codecAlaw, samples, alaw), nil
	case FormatFLAC:
		return flacFile(samples)
	case FormatMP3:
		return mp3Silence(seconds, title), nil
	case FormatOpus:
		return opusSilence(seconds, title), nil
	case FormatVorbis:
		return vorbisSilence(seconds, title), nil
	default:
		return wav(samples), nil
	}
}

// companded is a WAV file of one byte a sample.
func companded(codec uint16, samples []int16, byteOf func(int16) byte) []byte {
	b := append(make([]byte, 0, 44+len(samples)), wavHead(codec, int64(len(samples)))...)
	for _, x := range samples {
		b = append(b, byteOf(x))
	}
	return b
}

// mulaw is G.711's µ-law.
func mulaw(sample int16) byte {
	const bias, clip = 0x84, 32635
	x, sign := int(sample), byte(0)
	if x < 0 {
		x, sign = -x, 0x80
	}
	x = min(x, clip) + bias
	exponent := bits.Len(uint(x)) - 8
	return ^(sign | byte(exponent)<<4 | byte(x>>(exponent+3))&0x0f)
}

// alaw is G.711's A-law.
func alaw(sample int16) byte {
	x, sign := int(sample)>>3, byte(0x80)
	if x < 0 {
		x, sign = -x-1, 0
	}
	exponent := max(bits.Len(uint(x))-5, 0)
	mantissa := x >> 1
	if exponent > 0 {
		mantissa = x >> exponent
	}
	return (sign | byte(exponent)<<4 | byte(mantissa)&0x0f) ^ 0x55
}

// wavHead is a RIFF head for size bytes of mono sound: tag is the codec.
func wavHead(tag uint16, size int64) []byte {
	width := uint16(2)
	if tag != codecPCM {
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

// huge is a file of size bytes that is never in memory: a tone, of a pitch that
// goes with seed, or an MP3's silence.
func huge(f Format, size int64, seed uint64) source {
	hz := 200 + float64(mix(seed)%800)
	second := make([]int16, sampleRate)
	for i := range second {
		second[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/sampleRate))
	}
	codec, unit := uint16(codecPCM), wav(second)
	switch f {
	case FormatMulaw:
		codec, unit = codecMulaw, companded(codecMulaw, second, mulaw)
	case FormatAlaw:
		codec, unit = codecAlaw, companded(codecAlaw, second, alaw)
	case FormatMP3:
		return endless{head: mp3Tag(strconv.FormatUint(seed, 16)), unit: mp3Frame(), size: size}
	}
	const head = 44
	return endless{head: wavHead(codec, max(size-head, 0)), unit: unit[head:], size: size}
}
