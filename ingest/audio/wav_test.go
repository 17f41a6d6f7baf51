package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// file reads a file of testdata/audio.
func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "audio", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fmtChunk is the body of a chunk "fmt ".
func fmtChunk(tag, channels, rate, bits int) []byte {
	le := binary.LittleEndian
	align := channels * ((bits + 7) / 8)
	b := le.AppendUint16(nil, uint16(tag))
	b = le.AppendUint16(b, uint16(channels))
	b = le.AppendUint32(b, uint32(rate))
	b = le.AppendUint32(b, uint32(rate*align))
	b = le.AppendUint16(b, uint16(align))
	return le.AppendUint16(b, uint16(bits))
}

// extensible is the body of an extended chunk "fmt " with a sub-format.
func extensible(tag, channels, rate, bits int, guid string) []byte {
	b := fmtChunk(tagExtensible, channels, rate, bits)
	b = binary.LittleEndian.AppendUint16(b, 22)
	b = binary.LittleEndian.AppendUint16(b, uint16(bits))
	b = append(b, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(tag))
	return append(b, guid...)
}

const rightGUID = "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"

// part is a chunk, padded to an even size, that claims to have size bytes.
func part(id string, size int, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(id), uint32(size))
	b = append(b, body...)
	if len(body)%2 != 0 {
		b = append(b, 0)
	}
	return b
}

func fmtPart(tag, channels, rate, bits int) []byte {
	b := fmtChunk(tag, channels, rate, bits)
	return part("fmt ", len(b), b)
}

func dataPart(body []byte) []byte { return part("data", len(body), body) }

// riff puts chunks into a WAV.
func riff(parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)+4)), append([]byte("WAVE"), body...)...)
}

func TestAnalyseWAVCodings(t *testing.T) {
	le := binary.LittleEndian
	f32 := func(v float32) []byte { return le.AppendUint32(nil, math.Float32bits(v)) }
	f64 := func(v float64) []byte { return le.AppendUint64(nil, math.Float64bits(v)) }
	tests := []struct {
		name   string
		header []byte
		data   []byte // four frames at 8 Hz
		want   Format
		peaks  []byte
	}{
		{"8 bits", fmtPart(1, 1, 8, 8), []byte{128, 192, 64, 0}, FormatWAVPCM, []byte{0, 128, 128, 255}},
		{"16 bits", fmtPart(1, 1, 8, 16), []byte{0, 0, 0, 0x40, 0, 0xc0, 0, 0x80}, FormatWAVPCM, []byte{0, 128, 128, 255}},
		{"24 bits", fmtPart(1, 1, 8, 24), []byte{0, 0, 0, 0, 0, 0x40, 0, 0, 0xc0, 0, 0, 0x80}, FormatWAVPCM, []byte{0, 128, 128, 255}},
		{"32 bits", fmtPart(1, 1, 8, 32), []byte{0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0xc0, 0, 0, 0, 0x80}, FormatWAVPCM, []byte{0, 128, 128, 255}},
		{"20 bits in 24", fmtPart(1, 1, 8, 20), []byte{0, 0, 0, 0, 0, 0x40, 0, 0, 0xc0, 0, 0, 0x80}, FormatWAVPCM, []byte{0, 128, 128, 255}},
		{"floats of 32 bits, some of them odd", fmtPart(3, 1, 8, 32),
			bytes.Join([][]byte{f32(float32(math.NaN())), f32(0.5), f32(float32(math.Inf(-1))), f32(-7)}, nil), FormatWAVFloat, []byte{0, 128, 255, 255}},
		{"floats of 64 bits", fmtPart(3, 1, 8, 64),
			bytes.Join([][]byte{f64(0), f64(-0.5), f64(0.25), f64(1)}, nil), FormatWAVFloat, []byte{0, 128, 64, 255}},
		{"µ-law", fmtPart(7, 1, 8, 8), []byte{0xff, 0x00, 0x80, 0x7f}, FormatWAVMuLaw, []byte{0, 250, 250, 0}},
		{"A-law", fmtPart(6, 1, 8, 8), []byte{0xd5, 0xaa, 0x2a, 0x55}, FormatWAVALaw, []byte{0, 251, 251, 0}},
		{"two channels, the louder counts", fmtPart(1, 2, 8, 8), []byte{128, 0, 0, 128, 128, 64, 192, 128}, FormatWAVPCM, []byte{255, 255, 128, 128}},
		{"extensible", part("fmt ", 40, extensible(7, 1, 8, 8, rightGUID)), []byte{0xff, 0x00, 0x80, 0x7f}, FormatWAVMuLaw, []byte{0, 250, 250, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Analyse(bytes.NewReader(riff(tt.header, dataPart(tt.data))))
			if err != nil {
				t.Fatal(err)
			}
			if got.Format != tt.want || got.Duration != 500*time.Millisecond || got.Rate != 8 || !bytes.Equal(got.Peaks, tt.peaks) {
				t.Errorf("facts %+v, want %s of half a second at 8 Hz with peaks %v", got, tt.want, tt.peaks)
			}
		})
	}
}

func TestAnalyseWAVThatCantBeDecoded(t *testing.T) {
	fact := part("fact", 4, []byte{16, 0, 0, 0})
	tests := []struct {
		name string
		wav  []byte
		want time.Duration
	}{
		{"another coding with a count of frames", riff(fmtPart(0x31, 1, 8, 0), fact, dataPart(make([]byte, 65))), 2 * time.Second},
		{"another coding with a byte rate", riff(fmtPart(2, 1, 8, 4), dataPart(make([]byte, 16))), 2 * time.Second},
		{"extensible with another GUID", riff(part("fmt ", 40, extensible(7, 1, 8, 8, "something else")), dataPart(make([]byte, 16))), 2 * time.Second},
		{"no channels", riff(fmtPart(1, 0, 8, 16), dataPart(make([]byte, 16))), 0},
		{"no rate", riff(fmtPart(1, 1, 0, 16), dataPart(make([]byte, 16))), 0},
		{"a thousand channels", riff(fmtPart(1, 1000, 8, 8), dataPart(make([]byte, 16))), 2 * time.Millisecond},
		{"five bytes a sample", riff(fmtPart(1, 1, 8, 40), dataPart(make([]byte, 80))), 2 * time.Second},
		{"no samples", riff(fmtPart(1, 1, 8, 16)), 0},
		{"no coding", riff(dataPart(make([]byte, 16))), 0},
		{"a short coding", riff(part("fmt ", 4, make([]byte, 4)), dataPart(make([]byte, 16))), 0},
		{"a header alone", []byte("RIFF\x00\x00\x00\x00WAVE"), 0},
		{"ten thousand empty chunks", riff(bytes.Repeat(part("JUNK", 0, nil), 10_000), fmtPart(1, 1, 8, 16), dataPart(make([]byte, 16))), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Analyse(bytes.NewReader(tt.wav))
			if !errors.Is(err, ErrUnreadable) {
				t.Errorf("error %v, want ErrUnreadable", err)
			}
			if got.Duration != tt.want || got.Peaks != nil {
				t.Errorf("facts %+v, want %v without peaks", got, tt.want)
			}
		})
	}
}

// oddWAVs are all two seconds of the same at 8 Hz, 16 bits, one channel.
func oddWAVs() map[string][]byte {
	sound := make([]byte, 32)
	for i := range 16 {
		binary.LittleEndian.PutUint16(sound[2*i:], uint16(i*2048))
	}
	header := fmtPart(1, 1, 8, 16)
	list := part("LIST", 5, []byte("INFOx"))
	unpadded := list[:len(list)-1]
	rf64 := riff(part("ds64", 28, append(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, 500), 32), make([]byte, 12)...)),
		header, part("data", unknownSize, sound), part("LIST", 4, []byte("INFO")))
	copy(rf64, "RF64\xff\xff\xff\xff")
	return map[string][]byte{
		"plain":                              riff(header, dataPart(sound)),
		"size 0":                             riff(header, part("data", 0, sound)),
		"size unknown":                       riff(header, part("data", unknownSize, sound)),
		"size of a pipe":                     riff(header, part("data", 0x7ffff000, sound)),
		"larger than the file":               riff(header, part("data", 100, sound)),
		"a list of odd size before":          riff(list, header, list, dataPart(sound)),
		"a list without its padding":         riff(unpadded, header, unpadded, dataPart(sound)),
		"a list after":                       riff(header, dataPart(sound), list),
		"coding after the samples":           riff(dataPart(sound), header),
		"coding after the samples and lists": riff(list, dataPart(sound), list, header, list),
		"two rows of samples":                riff(header, dataPart(sound), dataPart(sound)),
		"64 bit sizes":                       rf64,
		"half a frame at the end":            riff(header, part("data", 33, append(bytes.Clone(sound), 7))),
	}
}

func TestAnalyseOddWAVs(t *testing.T) {
	want := make([]byte, 16)
	for i := range want {
		want[i] = byte(math.Round(float64(i) * 2048 / 32768 * 255))
	}
	for name, wav := range oddWAVs() {
		t.Run(name, func(t *testing.T) {
			got, err := Analyse(bytes.NewReader(wav))
			if err != nil {
				t.Fatal(err)
			}
			if got.Format != FormatWAVPCM || got.Duration != 2*time.Second || !bytes.Equal(got.Peaks, want) {
				t.Errorf("facts %+v, want two seconds with peaks %v", got, want)
			}
		})
	}
}

func TestAnalyseEmptyWAV(t *testing.T) {
	for name, wav := range map[string][]byte{
		"nothing behind":  riff(fmtPart(7, 1, 8000, 8), part("data", 0, nil)),
		"a list behind":   riff(fmtPart(7, 1, 8000, 8), part("data", 0, nil), part("LIST", 4, []byte("INFO"))),
		"a coding behind": riff(part("data", 0, nil), fmtPart(7, 1, 8000, 8)),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Analyse(bytes.NewReader(wav))
			if err != nil || got.Duration != 0 || got.Peaks != nil || got.Format != FormatWAVMuLaw {
				t.Errorf("facts %+v, error %v; want a µ-law WAV of no length", got, err)
			}
		})
	}
}

// A file can't be sought to where some sizes point: that is the recording's
// fault, not the disk's.
func TestAnalyseSizesBeyondEveryDisk(t *testing.T) {
	for _, size := range []uint64{1 << 50, 1<<63 - 1, math.MaxUint64} {
		sizes := binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, size), size)
		ds64 := part("ds64", 28, append(sizes, make([]byte, 12)...))
		for name, parts := range map[string][][]byte{
			"before": {ds64, fmtPart(7, 1, 8, 8), part("data", unknownSize, make([]byte, 16))},
			"after":  {ds64, part("data", unknownSize, make([]byte, 16)), fmtPart(7, 1, 8, 8)},
		} {
			wav := riff(parts...)
			copy(wav, "RF64")
			path := filepath.Join(t.TempDir(), "a.wav")
			if err := os.WriteFile(path, wav, 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			got, err := Analyse(f)
			if name == "before" && (err != nil || got.Duration != 2*time.Second) || name == "after" && !errors.Is(err, ErrUnreadable) {
				t.Errorf("%d bytes of samples, coding %s: facts %+v, error %v", size, name, got, err)
			}
			content, _, err := Playable(f)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := content.Seek(0, io.SeekEnd); err != nil || n > int64(len(wav)) {
				t.Errorf("%d bytes of samples, coding %s: %d bytes to play, %v", size, name, n, err)
			}
		}
	}
}

// broken is a recording whose reader fails on the way.
type broken struct {
	io.ReadSeeker
	left int
	err  error
}

func (b *broken) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, b.err
	}
	n, err := b.ReadSeeker.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func TestReadersErrorsComeThrough(t *testing.T) {
	gone := errors.New("the medium is gone")
	for _, name := range []string{"pcm8.wav", "mulaw.wav", "flac.flac", "mpeg1.mp3", "vorbis.ogg", "opus.opus"} {
		// The head is read first, so this is what is left of the second reading.
		for _, left := range []int{0, 100, headSize, headSize + 30, headSize + 2000} {
			b := file(t, name)
			if left >= headSize+len(b) {
				continue
			}
			_, err := Analyse(&broken{bytes.NewReader(b), min(left, len(b)), gone})
			if !errors.Is(err, gone) || errors.Is(err, ErrUnreadable) {
				t.Errorf("analyse %s after %d bytes: error %v, want the reader's", name, left, err)
			}
		}
		if _, _, err := Playable(&broken{bytes.NewReader(file(t, name)), 5, gone}); !errors.Is(err, gone) {
			t.Errorf("play %s: error %v, want the reader's", name, err)
		}
	}
	content, _, err := Playable(&broken{bytes.NewReader(file(t, "mulaw.wav")), headSize + 4000, gone})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(content); !errors.Is(err, gone) {
		t.Errorf("read what is decoded: error %v, want the reader's", err)
	}
}
