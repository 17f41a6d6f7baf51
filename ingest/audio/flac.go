package audio

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/mewkiz/flac"
)

// analyseFLAC decodes a FLAC.
func analyseFLAC(src *source, facts *Facts) error {
	in := bufio.NewReader(src)
	if err := skipID3(in); err != nil {
		return asUnreadable(err)
	}
	if err := checkStreamInfo(in); err != nil {
		return err
	}
	stream, err := flac.New(in)
	if stream == nil || stream.Info == nil {
		return unreadable(err)
	}
	info := stream.Info
	facts.Rate, facts.Channels = int(info.SampleRate), int(info.NChannels)
	told := lasting(int64(info.NSamples), facts.Rate) // 36 bits
	if err != nil {
		return unreadable(err)
	}
	if silentRate(info.SampleRate) {
		facts.Duration = told
		return nil
	}
	p := newPeaks()
	err = drawFLAC(in, stream, p)
	facts.Duration, facts.Peaks = lasting(p.frames, facts.Rate), p.bytes()
	if errors.Is(err, errTooLong) {
		facts.Duration = told
	}
	return err
}

// checkStreamInfo looks whether the first block is what it must be. The library
// parses whatever stands there, and allocates what a picture or a list of tags
// claims to need.
func checkStreamInfo(in *bufio.Reader) error {
	const magic = "fLaC"
	head, err := in.Peek(len(magic) + 4)
	if err != nil {
		return asUnreadable(err)
	}
	const lastBlock, size = 0x80, 34
	if string(head[:4]) != magic || head[4]&^lastBlock != 0 || head[5] != 0 || head[6] != 0 || head[7] != size {
		return unreadable(errors.New("the FLAC doesn't begin with its stream info"))
	}
	return nil
}

// silentRate says whether frames of this rate make the library write a line to
// the program's log, each of them. They are not decoded.
func silentRate(rate uint32) bool {
	return rate == 24_000 || rate == 176_400
}

// silentFrame says the same of the frame that stands here: its own code of the
// rate is what the library goes by.
func silentFrame(in *bufio.Reader) bool {
	const code24000, code176400 = 7, 2
	head, err := in.Peek(3)
	if err != nil {
		return false // the library will say so
	}
	code := head[2] & 0xf
	return code == code24000 || code == code176400
}

// errOtherFrames is a FLAC whose frames are of another stream.
var errOtherFrames = errors.New("the frames of the FLAC don't agree with its beginning")

// drawFLAC takes the peaks of all frames. The stream reads from in, and stands
// at a frame between two calls.
func drawFLAC(in *bufio.Reader, stream *flac.Stream, p *peaks) error {
	rate, channels := stream.Info.SampleRate, int(stream.Info.NChannels)
	limit, spent := int64(maxHours*3600)*int64(rate), int64(0)
	for {
		if silentFrame(in) {
			return unreadable(errOtherFrames)
		}
		frame, err := stream.ParseNext()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		if len(frame.Subframes) != channels || frame.SampleRate != 0 && frame.SampleRate != rate || frame.BitsPerSample == 0 {
			return unreadable(errOtherFrames)
		}
		full := float32(int64(1) << (frame.BitsPerSample - 1))
		count := len(frame.Subframes[0].Samples)
		if spent += int64(count*channels) + packetToll; spent > maxValues || p.frames+int64(count) > limit {
			return errTooLong
		}
		for i := range count {
			var top float32
			for _, sub := range frame.Subframes {
				top = max(top, abs(float32(sub.Samples[i])))
			}
			p.add(top / full)
		}
	}
}

func abs(v float32) float32 {
	if v < 0 {
		return -v
	}
	return v
}

// skipID3 passes over tags at the beginning.
func skipID3(in *bufio.Reader) error {
	const header, most = 10, 100
	for range most {
		head, err := in.Peek(header)
		size, ok := id3Size(head)
		if !ok {
			if isEnd(err) {
				err = nil // what follows is shorter than a tag
			}
			return err
		}
		if _, err := in.Discard(size); err != nil {
			return fmt.Errorf("skip a tag: %w", err)
		}
	}
	return unreadable(errors.New("nothing but tags"))
}
