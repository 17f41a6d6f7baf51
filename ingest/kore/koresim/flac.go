package koresim

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"fmt"

	"github.com/mewkiz/flac"
	"github.com/mewkiz/flac/frame"
	"github.com/mewkiz/flac/meta"
)

// flacBlock is how many samples are in a frame.
const flacBlock = 4096

// flacFile puts samples into a FLAC file.
func flacFile(samples []int16) ([]byte, error) {
	raw := make([]byte, 0, 2*len(samples))
	for _, x := range samples {
		raw = binary.LittleEndian.AppendUint16(raw, uint16(x))
	}
	info := &meta.StreamInfo{
		BlockSizeMin: flacBlock, BlockSizeMax: flacBlock, SampleRate: sampleRate, NChannels: 1,
		BitsPerSample: 16, NSamples: uint64(len(samples)), MD5sum: md5.Sum(raw),
	}
	var out bytes.Buffer
	e, err := flac.NewEncoder(&out, info)
	if err != nil {
		return nil, fmt.Errorf("begin flac: %w", err)
	}
	for from := 0; from < len(samples); from += flacBlock {
		block := samples[from:min(from+flacBlock, len(samples))]
		if err := e.WriteFrame(flacFrame(block)); err != nil {
			return nil, fmt.Errorf("write flac: %w", err)
		}
	}
	if err := e.Close(); err != nil {
		return nil, fmt.Errorf("end flac: %w", err)
	}
	return out.Bytes(), nil
}

// flacFrame is one block; the encoder chooses how to write it.
func flacFrame(block []int16) *frame.Frame {
	wide := make([]int32, len(block))
	for i, x := range block {
		wide[i] = int32(x)
	}
	return &frame.Frame{
		Header: frame.Header{
			HasFixedBlockSize: true, BlockSize: uint16(len(block)), SampleRate: sampleRate,
			Channels: frame.ChannelsMono, BitsPerSample: 16,
		},
		Subframes: []*frame.Subframe{{
			SubHeader: frame.SubHeader{Pred: frame.PredVerbatim}, Samples: wide, NSamples: len(wide),
		}},
	}
}
