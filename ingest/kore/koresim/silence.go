package koresim

import (
	"encoding/binary"
	"math"
)

// Silence in formats for which there is no encoder at hand. A decoder needs no
// more than frames that say that nothing is in them; their number is the length.

// An MP3 frame here: MPEG 2, layer III, mono, 16 kHz, 8 kbit/s, no check sum.
const (
	mp3FrameSize    = 36
	mp3FrameSeconds = 576. / 16000
)

// mp3Frame is a frame whose side information says that no bits follow.
func mp3Frame() []byte {
	return append([]byte{0xff, 0xf3, 0x18, 0xc0}, make([]byte, mp3FrameSize-4)...)
}

// mp3Tag is an ID3v2.3 tag with a title.
func mp3Tag(title string) []byte {
	b := append([]byte{}, "TIT2"...)
	b = binary.BigEndian.AppendUint32(b, uint32(1+len(title)))
	b = append(append(b, 0, 0, 0), title...) // no flags, Latin 1
	n := len(b)                              // seven bits a byte
	return append([]byte{'I', 'D', '3', 3, 0, 0, byte(n >> 21 & 127), byte(n >> 14 & 127), byte(n >> 7 & 127), byte(n & 127)}, b...)
}

func mp3Silence(seconds float64, title string) []byte {
	b := mp3Tag(title)
	for range int(math.Ceil(seconds / mp3FrameSeconds)) {
		b = append(b, mp3Frame()...)
	}
	return b
}

// oggStream writes the pages of one logical stream.
type oggStream struct {
	out    []byte
	serial uint32
	pages  uint32
}

// The marks of the first and the last page.
const (
	oggFirst = 2
	oggLast  = 4
)

// page adds a page that holds whole packets; granule is the sample at its end.
func (o *oggStream) page(mark byte, granule int64, packets ...[]byte) {
	var lacing, body []byte
	for _, p := range packets {
		n := len(p)
		for ; n >= 255; n -= 255 {
			lacing = append(lacing, 255)
		}
		lacing = append(lacing, byte(n))
		body = append(body, p...)
	}
	b := append([]byte("OggS"), 0, mark)
	b = binary.LittleEndian.AppendUint64(b, uint64(granule))
	b = binary.LittleEndian.AppendUint32(b, o.serial)
	b = binary.LittleEndian.AppendUint32(b, o.pages)
	b = append(b, 0, 0, 0, 0, byte(len(lacing)))
	b = append(append(b, lacing...), body...)
	binary.LittleEndian.PutUint32(b[22:], oggSum(b))
	o.out, o.pages = append(o.out, b...), o.pages+1
}

// audio adds n packets, all the same, as pages of at most 50; each is step
// samples long, and the stream ends at the sample last.
func (o *oggStream) audio(packet []byte, n int, first, step, last int64) {
	for done := 0; done < n; {
		k := min(50, n-done)
		list := make([][]byte, k)
		for i := range list {
			list[i] = packet
		}
		done += k
		mark, granule := byte(0), first+int64(done)*step
		if done == n {
			mark, granule = oggLast, min(granule, last)
		}
		o.page(mark, granule, list...)
	}
}

// oggSum is the check sum of a page: a CRC-32 that is turned the other way than usual.
func oggSum(b []byte) uint32 {
	var sum uint32
	for _, x := range b {
		sum ^= uint32(x) << 24
		for range 8 {
			if sum&(1<<31) != 0 {
				sum = sum<<1 ^ 0x04c11db7
			} else {
				sum <<= 1
			}
		}
	}
	return sum
}

// comments are a vendor and one comment, as Opus and Vorbis share them.
func comments(title string) []byte {
	const vendor = "koresim"
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(vendor)))
	b = append(b, vendor...)
	b = binary.LittleEndian.AppendUint32(b, 1)
	title = "TITLE=" + title
	b = binary.LittleEndian.AppendUint32(b, uint32(len(title)))
	return append(b, title...)
}

// opusRate is that of all Opus positions.
const opusRate = 48000

// opusSilence is an Ogg file of Opus frames of 20 ms that hold silence.
func opusSilence(seconds float64, title string) []byte {
	const skip, step = 312, opusRate / 50
	o := &oggStream{serial: uint32(hashString(title))}
	head := append([]byte("OpusHead"), 1, 1) // version, channels
	head = binary.LittleEndian.AppendUint16(head, skip)
	head = binary.LittleEndian.AppendUint32(head, sampleRate)
	o.page(oggFirst, 0, append(head, 0, 0, 0)) // gain, mapping
	o.page(0, 0, append([]byte("OpusTags"), comments(title)...))
	samples := int64(seconds*opusRate) + skip
	o.audio([]byte{0xf8, 0xff, 0xfe}, int((samples+step-1)/step), 0, step, samples)
	return o.out
}

// bitWriter packs bits as Vorbis does: the lowest first.
type bitWriter struct {
	out  []byte
	bits int
}

func (w *bitWriter) put(value uint32, n int) {
	for i := range n {
		if w.bits%8 == 0 {
			w.out = append(w.out, 0)
		}
		w.out[len(w.out)-1] |= byte(value>>i&1) << (w.bits % 8)
		w.bits++
	}
}

// vorbisBlock is the length of both block sizes.
const vorbisBlock = 1 << 11

// vorbisSilence is an Ogg file of Vorbis packets that say that nothing is to be heard.
func vorbisSilence(seconds float64, title string) []byte {
	o := &oggStream{serial: uint32(hashString(title))}
	id := append([]byte("\x01vorbis"), 0, 0, 0, 0, 1) // version, channels
	id = binary.LittleEndian.AppendUint32(id, sampleRate)
	id = append(id, make([]byte, 12)...)     // bit rates unknown
	o.page(oggFirst, 0, append(id, 0xbb, 1)) // both blocks 2^11, framing
	said := append(append([]byte("\x03vorbis"), comments(title)...), 1)
	o.page(0, 0, said, vorbisSetup())
	samples := int64(seconds * sampleRate)
	// Each packet but the first completes half a block. A packet here: it is
	// audio (0), of the only mode, and its floor is unused (0).
	const step = vorbisBlock / 2
	o.audio([]byte{0}, int((samples+step-1)/step)+1, -step, step, samples)
	return o.out
}

// vorbisSetup is the least setup header: one of everything.
func vorbisSetup() []byte {
	w := &bitWriter{out: []byte("\x05vorbis"), bits: 7 * 8}
	w.put(0, 8)         // one codebook
	w.put(0x564342, 24) // which begins so,
	w.put(1, 16)        // has one dimension
	w.put(2, 24)        // and two entries,
	w.put(0, 2)         // neither ordered nor sparse,
	w.put(0, 5)         // of one bit
	w.put(0, 5)         // each,
	w.put(0, 4)         // and no table
	w.put(0, 6+16)      // one time domain, which is nothing
	w.put(0, 6)         // one floor
	w.put(1, 16)        // of type 1,
	w.put(1, 5)         // one partition,
	w.put(0, 4)         // of class 0,
	w.put(0, 3+2+8)     // which has one dimension, no subclass and no book,
	w.put(0, 2)         // multiplier 1,
	w.put(4, 4)         // a range of four bits
	w.put(1, 4)         // with 1 in it
	w.put(0, 6)         // one residue
	w.put(0, 16+24+24)  // of type 0 from 0 to 0,
	w.put(0, 24+6+8)    // partition of 1, one class, book 0,
	w.put(0, 3+1)       // no cascade
	w.put(0, 6+16)      // one mapping of type 0,
	w.put(0, 1+1+2)     // one submap, no coupling, reserved,
	w.put(0, 8+8+8)     // its time, floor and residue
	w.put(0, 6)         // one mode:
	w.put(0, 1+16+16+8) // short block, window, transform and mapping 0
	w.put(1, 1)         // framing
	return w.out
}
