package audio

import (
	"bytes"
	"encoding/binary"
)

// Sniff tells a format by a recording's first bytes: names and headers of the
// upstream are not to be trusted. 512 bytes are enough, except that the chunk
// that says how a WAV is coded may lie further back: then it is FormatWAVOther.
func Sniff(head []byte) Format {
	has := func(at int, magic string) bool {
		return len(head) >= at && bytes.HasPrefix(head[at:], []byte(magic))
	}
	switch {
	case (has(0, "RIFF") || has(0, "RF64")) && has(8, "WAVE"):
		return sniffWAV(head)
	case has(0, "fLaC"):
		return FormatFLAC
	case has(0, "OggS"):
		return sniffOgg(head)
	case has(0, "ID3"):
		if size, ok := id3Size(head); ok && size <= len(head) && bytes.HasPrefix(head[size:], []byte("fLaC")) {
			return FormatFLAC
		}
		return FormatMP3
	case twoFrames(head):
		return FormatMP3
	case has(4, "ftyp"):
		return FormatMP4
	case has(0, "\x1aE\xdf\xa3"):
		return FormatWebM
	case has(0, "#!AMR"):
		return FormatAMR
	}
	return FormatUnknown
}

// sniffWAV looks for the chunk "fmt " among the first bytes.
func sniffWAV(head []byte) Format {
	for at := 12; at+8 <= len(head); {
		size := int64(binary.LittleEndian.Uint32(head[at+4:]))
		body := head[at+8:]
		if string(head[at:at+4]) == "fmt " {
			return layoutOf(body[:min(size, int64(len(body)))]).format
		}
		if size+size%2 > int64(len(body)) {
			break
		}
		at += 8 + int(size+size%2)
	}
	return FormatWAVOther
}

// sniffOgg looks at the first packet of the first page, which names the codec.
func sniffOgg(head []byte) Format {
	const table = 27
	if len(head) < table {
		return FormatOggOther
	}
	at := table + int(head[table-1])
	if at > len(head) {
		return FormatOggOther
	}
	switch packet := head[at:]; {
	case bytes.HasPrefix(packet, []byte("\x01vorbis")):
		return FormatOggVorbis
	case bytes.HasPrefix(packet, []byte("OpusHead")):
		return FormatOggOpus
	}
	return FormatOggOther
}

// id3Size is the whole size of an ID3v2 tag; false where there is none.
func id3Size(head []byte) (int, bool) {
	const header = 10
	if len(head) < header || string(head[:3]) != "ID3" {
		return 0, false
	}
	size := 0
	for _, b := range head[6:header] {
		if b >= 0x80 {
			return 0, false
		}
		size = size<<7 | int(b)
	}
	if head[5]&0x10 != 0 {
		size += header // a footer
	}
	return header + size, true
}

// twoFrames says whether a frame of layer III begins here, and another of its
// kind where it ends, as far as that can be seen.
func twoFrames(head []byte) bool {
	first, ok := parseFrame(head)
	if !ok {
		return false
	}
	if len(head) < first.size+frameHeader {
		return true
	}
	second, ok := parseFrame(head[first.size:])
	return ok && second.like(first)
}
