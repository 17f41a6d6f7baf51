package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"testing"
	"time"
)

// page is a page of an Ogg with these packets, each at most 254 bytes long or a
// whole page by itself.
func page(flags byte, granule int64, sequence uint32, packets ...[]byte) []byte {
	le := binary.LittleEndian
	b := append([]byte("OggS\x00"), flags)
	b = le.AppendUint64(b, uint64(granule))
	b = le.AppendUint32(b, 7)
	b = le.AppendUint32(b, sequence)
	b = le.AppendUint32(b, 0)
	var lacing, body []byte
	for _, p := range packets {
		lacing = append(lacing, bytes.Repeat([]byte{255}, len(p)/255)...)
		lacing = append(lacing, byte(len(p)%255))
		body = append(body, p...)
	}
	b = append(b, byte(len(lacing)))
	b = append(append(b, lacing...), body...)
	le.PutUint32(b[22:], oggSum(b))
	return b
}

// bitWriter writes numbers, the lowest bit first.
type bitWriter struct {
	b  []byte
	at int
}

func (w *bitWriter) put(v uint64, n int) *bitWriter {
	for i := range n {
		if w.at%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[w.at/8] |= byte(v>>i&1) << (w.at % 8)
		w.at++
	}
	return w
}

// vorbisWith is an Ogg Vorbis whose setup has one codebook as written, and then
// sound.
func vorbisWith(blocks byte, setup []byte) []byte {
	identification := append([]byte("\x01vorbis\x00\x00\x00\x00\x01\x40\x1f\x00\x00"), make([]byte, 12)...)
	identification = append(identification, blocks, 1)
	// A list of tags that claims four thousand million of them.
	comments := []byte("\x03vorbis\x00\x00\x00\x00\xff\xff\xff\xff\x01")
	setup = append([]byte("\x05vorbis\x00"), setup...)
	packets := make([][]byte, 250)
	for i := range packets {
		packets[i] = []byte{0}
	}
	return bytes.Join([][]byte{
		page(2, 0, 0, identification), page(0, 0, 1, comments, setup),
		page(0, 1000, 2, packets...), page(4, 2000, 3, packets...),
	}, nil)
}

// hostileVorbis are streams that make the decoder allocate without measure, or
// go round for ever, where nobody looks at them first.
func hostileVorbis(t testing.TB) map[string][]byte {
	book := func(dimensions, entries uint64) *bitWriter {
		return new(bitWriter).put(0x564342, 24).put(dimensions, 16).put(entries, 24)
	}
	const blocks = 0xb8
	sound := file(t, "vorbis.ogg")
	return map[string][]byte{
		"sixteen million entries":         vorbisWith(blocks, book(1, 1<<24-1).put(2, 2).b),
		"no entries":                      vorbisWith(blocks, book(1, 0).put(0, 200).b),
		"no dimensions":                   vorbisWith(blocks, book(0, 2).put(0, 2).put(0, 5).put(0, 5).put(1, 4).put(0, 100).b),
		"a table of 2^31 numbers":         vorbisWith(blocks, book(1<<16-1, 1<<15).put(2, 2).b),
		"a code that doesn't end":         vorbisWith(blocks, book(1, 4).put(2, 2).put(0, 8).put(0, 300).b),
		"a code with too many words":      vorbisWith(blocks, book(1, 4).put(0, 2).put(0, 20).put(0, 300).b),
		"words of ever more bits":         vorbisWith(blocks, book(1, 100).put(1, 1).put(0, 5).put(0, 3000).b),
		"blocks of one frame":             vorbisWith(0x00, book(1, 2).put(0, 2).put(0, 10).b),
		"short blocks longer than long":   vorbisWith(0x6d, book(1, 2).put(0, 2).put(0, 10).b),
		"a setup that ends at once":       vorbisWith(blocks, nil),
		"a page without packets, often":   append(sound[:58:58], bytes.Repeat(page(1, -1, 9), 10_000)...),
		"a packet without end":            append(sound[:58:58], bytes.Repeat(endless(), 100)...),
		"empty packets":                   append(bytes.Clone(sound), bytes.Repeat(page(0, 5, 9, make([][]byte, 255)...), 100)...),
		"a position beyond all hours":     append(bytes.Clone(sound), page(4, 1<<62, 9, []byte{0})...),
		"a position far before the start": append(bytes.Clone(sound), page(4, -1<<62, 9, []byte{0})...),
	}
}

// endless is a page whose packet goes on, and began before it.
func endless() []byte {
	b := page(1, -1, 3, make([]byte, 254*255)) // the last of its sizes is 0
	b[26]--                                    // without that it goes on
	b = append(b[:oggHeader+254], b[oggHeader+255:]...)
	binary.LittleEndian.PutUint32(b[22:], oggSum(b))
	return b
}

// patience is for what doesn’t end: each file takes less than a second, under the
// race detector on a busy machine twenty times as much.
const patience = 5 * time.Minute

// analyseWithin fails where a recording takes much memory, or doesn’t end.
func analyseWithin(t *testing.T, r io.ReadSeeker, most uint64) (Facts, error) {
	t.Helper()
	type result struct {
		facts Facts
		err   error
	}
	done := make(chan result, 1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	go func() {
		facts, err := Analyse(r)
		done <- result{facts, err}
	}()
	select {
	case r := <-done:
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > most {
			t.Errorf("it allocated %d MB, want at most %d", took>>20, most>>20)
		}
		if r.err != nil && !errors.Is(r.err, ErrUnreadable) {
			t.Errorf("error %v, want ErrUnreadable", r.err)
		}
		return r.facts, r.err
	case <-time.After(patience):
		t.Fatalf("it has not ended after %v", patience)
	}
	return Facts{}, nil
}

func TestHostileVorbis(t *testing.T) {
	for name, ogg := range hostileVorbis(t) {
		t.Run(name, func(t *testing.T) {
			facts, _ := analyseWithin(t, bytes.NewReader(ogg), 64<<20)
			if facts.Format != FormatOggVorbis || facts.Duration > maxDuration {
				t.Errorf("facts %+v", facts)
			}
		})
	}
}

func TestHostileFLAC(t *testing.T) {
	picture := append([]byte("fLaC\x86\x00\x00\x20"), bytes.Repeat([]byte{0xff}, 100)...)
	tags := append([]byte("fLaC\x84\x00\x00\x20\x00\x00\x00\x00"), bytes.Repeat([]byte{0xff}, 100)...)
	sound := file(t, "flac.flac")
	lying := bytes.Clone(sound)
	copy(lying[4+4+13:], "\x0f\xff\xff\xff\xff") // the lower bits of a count of 36
	lying[4+4+13] = lying[4+4+13]&0xf0 | 0xf
	damaged := bytes.Clone(sound)
	damaged[len(damaged)-500] ^= 0x55
	for name, b := range map[string][]byte{
		"a picture of four gigabytes":   picture,
		"four thousand million tags":    tags,
		"a count of frames that lies":   lying,
		"a damaged frame":               damaged,
		"a tag without end":             []byte("ID3\x04\x00\x00\x7f\x7f\x7f\x7ffLaC"),
		"blocks without end":            append(bytes.Clone(sound[:42]), bytes.Repeat([]byte{1, 0, 0, 0}, 20_000)...),
		"nothing behind the first byte": []byte("fLaC"),
	} {
		t.Run(name, func(t *testing.T) {
			facts, _ := analyseWithin(t, bytes.NewReader(b), 64<<20)
			if facts.Duration > 2*time.Second {
				t.Errorf("it lasts %v, more than there is", facts.Duration)
			}
		})
	}
}

func TestHostileMP3(t *testing.T) {
	sound := file(t, "mpeg2.mp3")
	random := make([]byte, 1<<20)
	state := uint32(1)
	for i := range random {
		state = state*1664525 + 1013904223
		random[i] = byte(state >> 24)
	}
	noise := bytes.Clone(sound)
	for at := 0; at+144 < len(noise); at += 144 {
		copy(noise[at+4:at+144], random[at:])
	}
	for name, b := range map[string][]byte{
		"a tag of 256 MB":        append([]byte("ID3\x03\x00\x00\x7f\x7f\x7f\x7f"), sound...),
		"a megabyte of noise":    append(bytes.Clone(sound[:1440]), random...),
		"headers and noise":      noise,
		"headers alone":          append(bytes.Clone(sound[:144]), bytes.Repeat(sound[:4], 20_000)...),
		"a hundred thousand ID3": append(bytes.Repeat([]byte("ID3\x03\x00\x00\x00\x00\x00\x00"), 100_000), sound...),
	} {
		t.Run(name, func(t *testing.T) {
			analyseWithin(t, bytes.NewReader(b), 256<<20)
		})
	}
}

// A small file can hold much: packets of a byte that are decoded to a block each.
func TestHostileAmplification(t *testing.T) {
	packets := page(0, 1<<40, 9, bytes.Split(make([]byte, 250), nil)...)
	facts, _ := analyseWithin(t, bytes.NewReader(append(file(t, "vorbis.ogg"), bytes.Repeat(packets, 1000)...)), 64<<20)
	if facts.Duration > maxDuration || facts.Peaks == nil {
		t.Errorf("it lasts %v with %d peaks", facts.Duration, len(facts.Peaks))
	}
}

func TestCheckSetup(t *testing.T) {
	book := func(dimensions, entries uint64) *bitWriter {
		return new(bitWriter).put(0x564342, 24).put(dimensions, 16).put(entries, 24)
	}
	const noTable = 0
	tests := []struct {
		name string
		book *bitWriter
		want error
	}{
		{"two words of one bit", book(1, 2).put(0, 2).put(0, 10).put(noTable, 4), nil},
		{"three words in order", book(1, 3).put(1, 1).put(0, 5).put(1, 2).put(2, 2).put(noTable, 4), nil},
		{"one word", book(1, 1).put(0, 2).put(0, 5).put(noTable, 4), nil},
		{"one word of eight", book(1, 8).put(2, 2).put(1, 1).put(0, 5).put(0, 7).put(noTable, 4), nil},
		{"a table", book(2, 2).put(0, 2).put(0, 10).put(2, 4).put(0, 64).put(7, 4).put(0, 1).put(0, 32), nil},
		{"a shared table", book(2, 4).put(0, 2).put(0x08421, 20).put(1, 4).put(0, 64).put(7, 4).put(0, 1).put(0, 16), nil},
		{"a table cut off", book(2, 2).put(0, 2).put(0, 10).put(2, 4).put(0, 64).put(7, 4).put(0, 1).put(0, 16), errSetup},
		{"a table of a kind that there is not", book(1, 2).put(0, 2).put(0, 10).put(3, 4), errSetup},
		{"no words", book(1, 4).put(2, 2).put(0, 4).put(noTable, 4), errLooseTree},
		{"one word of two bits", book(1, 1).put(0, 2).put(1, 5).put(noTable, 4), errLooseTree},
		{"too few", book(1, 2).put(0, 2).put(0, 5).put(1, 5).put(noTable, 4), errLooseTree},
		{"too many", book(1, 3).put(0, 2).put(0, 15).put(noTable, 4), errLooseTree},
		{"more words than entries", book(1, 2).put(1, 1).put(0, 5).put(3, 2).put(noTable, 4), errSetup},
		{"words of 33 bits", book(1, 2).put(1, 1).put(31, 5).put(0, 2).put(2, 2).put(noTable, 4), errSetup},
		{"entries beyond measure", book(1, 1<<24-1), errBigSetup},
		{"dimensions beyond measure", book(1<<16-1, 2), errBigSetup},
		{"no entries", book(1, 0), errSetup},
		{"no dimensions", book(0, 2), errSetup},
		{"another mark", new(bitWriter).put(1, 64), errSetup},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// What follows the codebooks is the decoder's to read.
			setup := append([]byte("\x05vorbis\x00"), tt.book.b...)
			if err := checkSetup(setup); !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
		})
	}
	if err := checkSetup([]byte("\x03vorbis")); !errors.Is(err, errSetup) {
		t.Errorf("another header: error %v", err)
	}
}
