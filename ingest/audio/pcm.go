package audio

import (
	"encoding/binary"
	"math"
)

// coding decodes samples of one size. Both functions take exactly size bytes.
type coding struct {
	size int
	// pcm16 is the sample as 16 bit PCM.
	pcm16 func(b []byte) int16
	// level is its absolute value, 1 being full scale; a NaN may come out.
	level func(b []byte) float32
}

// codingOf finds the coding of a WAV's samples, of that many bytes each; false
// where there is none.
func codingOf(format Format, size int) (coding, bool) {
	switch {
	case format == FormatWAVMuLaw && size == 1:
		return tabled(muLaw), true
	case format == FormatWAVALaw && size == 1:
		return tabled(aLaw), true
	case format == FormatWAVPCM && size == 1:
		// The only one without a sign.
		return integers(1, func(b []byte) int32 { return (int32(b[0]) - 128) << 24 }), true
	case format == FormatWAVPCM && size == 2:
		return integers(2, func(b []byte) int32 { return int32(binary.LittleEndian.Uint16(b)) << 16 }), true
	case format == FormatWAVPCM && size == 3:
		return integers(3, func(b []byte) int32 { return int32(b[0])<<8 | int32(b[1])<<16 | int32(b[2])<<24 }), true
	case format == FormatWAVPCM && size == 4:
		return integers(4, func(b []byte) int32 { return int32(binary.LittleEndian.Uint32(b)) }), true
	case format == FormatWAVFloat && size == 4:
		return floats(4, func(b []byte) float64 {
			return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
		}), true
	case format == FormatWAVFloat && size == 8:
		return floats(8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }), true
	}
	return coding{}, false
}

func tabled(table *[256]int16) coding {
	return coding{
		size:  1,
		pcm16: func(b []byte) int16 { return table[b[0]] },
		level: func(b []byte) float32 { return magnitude(int32(table[b[0]]) << 16) },
	}
}

// integers are samples that read gives in the upper bits of an int32: a narrower
// sample in a wider container is kept in its upper bits as well.
func integers(size int, read func(b []byte) int32) coding {
	return coding{
		size:  size,
		pcm16: func(b []byte) int16 { return int16(read(b) >> 16) },
		level: func(b []byte) float32 { return magnitude(read(b)) },
	}
}

func floats(size int, read func(b []byte) float64) coding {
	return coding{
		size: size,
		pcm16: func(b []byte) int16 {
			v := read(b) * -math.MinInt16
			switch {
			case v >= math.MaxInt16:
				return math.MaxInt16
			case v <= math.MinInt16:
				return math.MinInt16
			case math.IsNaN(v):
				return 0
			}
			return int16(math.Round(v))
		},
		level: func(b []byte) float32 { return float32(math.Abs(read(b))) },
	}
}

// magnitude is a sample's absolute value, 1 being full scale.
func magnitude(v int32) float32 {
	return float32(math.Abs(float64(v)) / -math.MinInt32)
}
