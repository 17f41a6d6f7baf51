package audio

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// oggPage is a page of an Ogg, as RFC 3533 defines it.
type oggPage struct {
	continued   bool // its first packet began on an earlier page
	first, last bool
	granule     int64 // what of the stream ends here; -1 where no packet ends
	serial      uint32
	lacing      []byte // the sizes of its packets, in steps
	body        []byte
}

const (
	oggHeader  = 27
	oggMaxPage = oggHeader + 255 + 255*255
	// maxPacket is far more than a packet of sound has. Packets with tags and
	// pictures may be larger: they are not needed.
	maxPacket = 1 << 20
)

// oggReader reads the pages of an Ogg, and the packets of the first stream in it.
// It keeps a page and a packet.
type oggReader struct {
	in     *bufio.Reader
	serial uint32
	opened bool

	packet []byte // what has come of the packet at hand
	lost   bool   // the packet at hand is not whole
}

func newOggReader(r io.Reader) *oggReader {
	return &oggReader{in: bufio.NewReaderSize(r, oggMaxPage)}
}

// page reads the next page of the stream. What is no page, or damaged, is passed
// over. It returns io.EOF at the end.
func (o *oggReader) page() (oggPage, error) {
	for {
		p, err := o.anyPage()
		if err != nil {
			return oggPage{}, err
		}
		if !o.opened {
			o.serial, o.opened = p.serial, true
		}
		if p.serial == o.serial {
			return p, nil
		}
	}
}

func (o *oggReader) anyPage() (oggPage, error) {
	for {
		head, err := o.in.Peek(oggHeader)
		if err != nil {
			return oggPage{}, ended(err)
		}
		if !bytes.HasPrefix(head, []byte("OggS")) {
			skip := bytes.IndexByte(head[1:], 'O') + 1
			if skip == 0 {
				skip = len(head)
			}
			if _, err := o.in.Discard(skip); err != nil {
				return oggPage{}, err
			}
			continue
		}
		p, size, err := o.parse(int(head[oggHeader-1]))
		if err != nil {
			return oggPage{}, ended(err)
		}
		if size == 0 { // damaged, or the letters by chance
			size = 1
		}
		if _, err := o.in.Discard(size); err != nil {
			return oggPage{}, err
		}
		if size > 1 {
			return p, nil
		}
	}
}

// parse reads the page that stands here; its size is 0 where it is damaged.
func (o *oggReader) parse(segments int) (oggPage, int, error) {
	head, err := o.in.Peek(oggHeader + segments)
	if err != nil {
		return oggPage{}, 0, err
	}
	size := len(head)
	for _, n := range head[oggHeader:] {
		size += int(n)
	}
	all, err := o.in.Peek(size)
	if isEnd(err) {
		return oggPage{}, 0, nil // cut off; there may be a page in the rest
	}
	if err != nil {
		return oggPage{}, 0, err
	}
	le := binary.LittleEndian
	if all[4] != 0 || oggSum(all) != le.Uint32(all[22:]) {
		return oggPage{}, 0, nil
	}
	flags := all[5]
	return oggPage{
		continued: flags&1 != 0, first: flags&2 != 0, last: flags&4 != 0,
		granule: int64(le.Uint64(all[6:])), serial: le.Uint32(all[14:]),
		lacing: bytes.Clone(all[oggHeader : oggHeader+segments]), body: bytes.Clone(all[oggHeader+segments:]),
	}, size, nil
}

// packets gives the packets that end on a page, in order. A packet is valid
// during the call only; nil stands for one that was lost.
func (o *oggReader) packets(p oggPage, each func(packet []byte)) {
	if !p.continued {
		o.packet, o.lost = o.packet[:0], false
	} else if len(o.packet) == 0 {
		o.lost = true // its beginning was not seen
	}
	body := p.body
	for _, n := range p.lacing {
		if len(o.packet)+int(n) > maxPacket {
			o.lost = true
		}
		if !o.lost {
			o.packet = append(o.packet, body[:n]...)
		}
		body = body[n:]
		if n == 255 {
			continue
		}
		if o.lost {
			each(nil)
		} else {
			each(o.packet)
		}
		o.packet, o.lost = o.packet[:0], false
	}
}

// ended makes every early end an end.
func ended(err error) error {
	if isEnd(err) {
		return io.EOF
	}
	return err
}

// oggTable is that of the CRC of RFC 3533: polynomial 0x04c11db7, not reflected.
var oggTable = func() *[256]uint32 {
	var table [256]uint32
	for i := range table {
		sum := uint32(i) << 24
		for range 8 {
			if sum&(1<<31) != 0 {
				sum = sum<<1 ^ 0x04c11db7
			} else {
				sum <<= 1
			}
		}
		table[i] = sum
	}
	return &table
}()

// oggSum is the sum of a page, its own four bytes counted as zero.
func oggSum(page []byte) uint32 {
	sum := uint32(0)
	for i, b := range page {
		if i >= 22 && i < 26 {
			b = 0
		}
		sum = sum<<8 ^ oggTable[byte(sum>>24)^b]
	}
	return sum
}

// errNoStream is an Ogg without sound.
var errNoStream = errors.New("the Ogg has no stream of sound")

// analyseOpus finds out how long an Opus lasts: its granule positions count
// frames of 48 kHz, whatever rate was recorded. There is no decoder.
func analyseOpus(src *source, facts *Facts) error {
	o := newOggReader(src)
	var head, sound int64
	preSkip, begin, end := int64(0), int64(-1), int64(0)
	for {
		p, err := o.page()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		var here int64 // frames of the packets that end here
		o.packets(p, func(packet []byte) {
			switch head++; head {
			case 1:
				const size = 19
				if len(packet) >= size && bytes.HasPrefix(packet, []byte("OpusHead")) {
					facts.Channels, facts.Rate = int(packet[9]), opusRate
					preSkip = int64(binary.LittleEndian.Uint16(packet[10:]))
				}
			case 2: // tags
			default:
				sound++
				here += opusFrames(packet)
			}
		})
		if sound == 0 || p.granule < 0 {
			continue
		}
		if begin < 0 {
			// A recording of a stream that was on already doesn't begin at 0.
			if begin = p.granule - here; begin < 0 || p.last {
				begin = 0
			}
		}
		end = max(end, p.granule)
	}
	if facts.Rate == 0 || begin < 0 {
		return unreadable(errNoStream)
	}
	facts.Duration = lasting(end-begin-preSkip, opusRate)
	return nil
}

const opusRate = 48_000

// opusFrames is how many frames a packet holds, at 48 kHz: RFC 6716, 3.1 and 3.2.
func opusFrames(packet []byte) int64 {
	if len(packet) == 0 {
		return 0
	}
	size := [...]int64{
		480, 960, 1920, 2880, 480, 960, 1920, 2880, 480, 960, 1920, 2880, // SILK
		480, 960, 480, 960, // hybrid
		120, 240, 480, 960, 120, 240, 480, 960, 120, 240, 480, 960, 120, 240, 480, 960, // CELT
	}[packet[0]>>3]
	switch packet[0] & 3 {
	case 0:
		return size
	case 1, 2:
		return 2 * size
	}
	if len(packet) < 2 {
		return 0
	}
	return int64(packet[1]&0x3f) * size
}
