package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/jfreymuth/vorbis"
)

// analyseVorbis decodes an Ogg Vorbis. The pages are read here and not by the
// decoder's own package, which calls itself once for each empty packet and keeps
// packets of any size.
func analyseVorbis(src *source, facts *Facts) error {
	o := newOggReader(src)
	d := &vorbisStream{peaks: newPeaks(), begin: -1}
	for {
		p, err := o.page()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		d.page = p
		d.room = -1
		if p.last && p.granule >= 0 {
			// The last packet holds more than is to be heard.
			d.room = max(p.granule-max(d.begin, 0)-d.peaks.frames, 0)
		}
		o.packets(p, d.packet)
		d.endPage()
	}
	facts.Channels, facts.Rate = d.channels, d.rate
	if d.rate == 0 {
		return unreadable(errNoStream)
	}
	frames := max(d.end-max(d.begin, 0), 0)
	facts.Duration = lasting(frames, d.rate)
	if d.peaks.frames > 0 {
		d.peaks.silence(frames - d.peaks.frames)
		facts.Peaks = d.peaks.bytes()
	}
	return d.err
}

// vorbisStream is a stream on its way through the decoder.
type vorbisStream struct {
	page     oggPage
	channels int
	rate     int
	begin    int64 // granule position of the first frame; -1 until it is known
	end      int64 // of the last
	room     int64 // frames that may still come on this page; -1 is any number

	headers int
	decoder vorbis.Decoder
	buffer  []float32
	peaks   *peaks
	spent   int64
	err     error // why nothing more is decoded
}

// endPage takes the page's position.
func (d *vorbisStream) endPage() {
	const allHeaders = 3
	if d.headers < allHeaders || d.page.granule <= 0 {
		return
	}
	if d.begin < 0 {
		// A stream that was on already doesn't begin at 0. One whose first
		// page ends early begins before 0, with frames that nobody hears;
		// they stay in the peaks, being less than one block.
		d.begin = 0
		if d.err == nil && !d.page.last {
			d.begin = max(d.page.granule-d.peaks.frames, 0)
		}
	}
	d.end = max(d.end, d.page.granule)
}

// packet takes a packet; nil is one that was lost.
func (d *vorbisStream) packet(packet []byte) {
	const identification, comments, setup = 1, 2, 3
	if d.headers < setup {
		d.headers++
		switch d.headers {
		case identification:
			d.identify(packet)
		case comments: // not needed, and not to be trusted with memory
		case setup:
			if d.err == nil {
				d.err = d.setUp(packet)
			}
		}
		return
	}
	if d.err == nil && len(packet) > 0 {
		d.err = d.decode(packet)
	}
}

// identify reads the first header.
func (d *vorbisStream) identify(packet []byte) {
	const size = 30
	if len(packet) < size || !bytes.HasPrefix(packet, []byte("\x01vorbis")) {
		d.err = unreadable(errNoStream)
		return
	}
	d.channels, d.rate = int(packet[11]), int(binary.LittleEndian.Uint32(packet[12:]))
	short, long := packet[28]&0xf, packet[28]>>4
	switch {
	case d.channels < 1 || d.channels > 8 || d.rate < 1:
		d.err = unreadable(errors.New("a Vorbis of no or many channels, or without a rate"))
	case short < 6 || long > 13 || short > long:
		d.err = unreadable(errors.New("a Vorbis with blocks of sizes that there are not"))
	default:
		d.err = d.header(packet)
	}
}

// setUp reads the last header, once it is known to be harmless.
func (d *vorbisStream) setUp(packet []byte) error {
	if err := checkSetup(packet); err != nil {
		return unreadable(err)
	}
	if err := d.header(packet); err != nil {
		return err
	}
	d.buffer = make([]float32, d.decoder.BufferSize())
	return nil
}

// header lets the decoder read one.
func (d *vorbisStream) header(packet []byte) (err error) {
	defer recovered(&err)
	if err := d.decoder.ReadHeader(packet); err != nil {
		return unreadable(err)
	}
	return nil
}

// decode takes the peaks of a packet.
func (d *vorbisStream) decode(packet []byte) (err error) {
	defer recovered(&err)
	values, err := d.decoder.DecodeInto(packet, d.buffer)
	if err != nil {
		return unreadable(err)
	}
	frames := int64(len(values) / d.channels)
	if d.spent += int64(len(values)) + packetToll; d.spent > maxValues || d.peaks.frames+frames > int64(maxHours*3600)*int64(d.rate) {
		return errTooLong
	}
	for ; len(values) >= d.channels && d.room != 0; values = values[d.channels:] {
		var top float32
		for _, v := range values[:d.channels] {
			top = max(top, abs(v))
		}
		d.peaks.add(top)
		if d.room > 0 {
			d.room--
		}
	}
	return nil
}

// recovered turns a decoder's panic into an error.
func recovered(err *error) {
	if v := recover(); v != nil {
		*err = unreadable(fmt.Errorf("the decoder gave up: %v", v))
	}
}
