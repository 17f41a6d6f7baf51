package audio

import "encoding/binary"

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
