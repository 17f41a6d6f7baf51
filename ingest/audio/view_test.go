package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// following is a recording that is still coming: it must not be asked for its
// end, and reads a little at a time.
type following struct {
	io.ReadSeeker
	most int
	ends int // how often its end was asked for
}

func (f *following) Read(b []byte) (int, error) {
	return f.ReadSeeker.Read(b[:min(len(b), f.most)])
}

func (f *following) Seek(offset int64, whence int) (int64, error) {
	if whence == io.SeekEnd {
		f.ends++
	}
	return f.ReadSeeker.Seek(offset, whence)
}

func play(t testing.TB, wav []byte) (io.ReadSeeker, *following) {
	t.Helper()
	src := &following{ReadSeeker: bytes.NewReader(wav), most: 1000}
	content, mediaType, err := Playable(src)
	if err != nil || mediaType != "audio/wav" {
		t.Fatalf("Playable: %q, %v", mediaType, err)
	}
	return content, src
}

func TestPlayableAsItIs(t *testing.T) {
	tests := []struct {
		name, mediaType string
		audio           []byte
	}{
		{"8 bits", "audio/wav", file(t, "pcm8.wav")},
		{"16 bits", "audio/wav", riff(fmtPart(1, 2, 8000, 16), dataPart(make([]byte, 64)))},
		{"a WAV without a decoder", "audio/wav", file(t, "gsm.wav")},
		{"a WAV without samples", "audio/wav", riff(fmtPart(7, 1, 8000, 8))},
		{"a WAV cut off", "audio/wav", []byte("RIFF\x00\x00\x00\x00WAVEfm")},
		{"FLAC", "audio/flac", file(t, "flac.flac")},
		{"MP3", "audio/mpeg", file(t, "notag.mp3")},
		{"Opus", "audio/ogg", file(t, "opus.opus")},
		{"AMR", "audio/amr", []byte("#!AMR\n")},
		{"a page", "application/octet-stream", []byte("<html>")},
		{"nothing", "application/octet-stream", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := bytes.NewReader(tt.audio)
			content, mediaType, err := Playable(r)
			if err != nil || mediaType != tt.mediaType || content != io.ReadSeeker(r) {
				t.Fatalf("Playable: %q, %v, itself %v; want %q", mediaType, err, content == io.ReadSeeker(r), tt.mediaType)
			}
			if got, err := io.ReadAll(content); err != nil || !bytes.Equal(got, tt.audio) {
				t.Errorf("it has %d bytes, want all %d from the start; %v", len(got), len(tt.audio), err)
			}
		})
	}
}

// What another program decodes, in a header that can be checked by eye.
func TestPlayableG711(t *testing.T) {
	codes := make([]byte, 256)
	for i := range codes {
		codes[i] = byte(i)
	}
	for name, tag := range map[string]int{"mulaw.pcm": tagMuLaw, "alaw.pcm": tagALaw} {
		content, src := play(t, riff(fmtPart(tag, 2, 8000, 8), part("fact", 4, []byte{128, 0, 0, 0}), dataPart(codes)))
		got, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		want := "RIFF\x24\x02\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x02\x00\x40\x1f\x00\x00\x00\x7d\x00\x00\x04\x00\x10\x00data\x00\x02\x00\x00" + string(file(t, name))
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if src.ends > 0 {
			t.Errorf("%s: the end was asked for %d times, although the header tells the length", name, src.ends)
		}
	}
}

func TestPlayableCodings(t *testing.T) {
	le := binary.LittleEndian
	float := func(v ...float32) (b []byte) {
		for _, v := range v {
			b = le.AppendUint32(b, math.Float32bits(v))
		}
		return b
	}
	double := func(v ...float64) (b []byte) {
		for _, v := range v {
			b = le.AppendUint64(b, math.Float64bits(v))
		}
		return b
	}
	nan, inf := math.NaN(), math.Inf(1)
	tests := []struct {
		name   string
		header []byte
		data   []byte
		want   []int16
	}{
		{"24 bits", fmtPart(1, 1, 8, 24), []byte{0xff, 0x34, 0x12, 0, 0, 0x80}, []int16{0x1234, -32768}},
		{"32 bits", fmtPart(1, 1, 8, 32), []byte{0xff, 0xff, 0x34, 0x12, 0, 0, 0, 0x80}, []int16{0x1234, -32768}},
		{"8 bits in four channels", fmtPart(1, 4, 8, 8), []byte{0, 128, 129, 255}, []int16{-32768, 0, 256, 32512}},
		{"floats", fmtPart(3, 1, 8, 32), float(0, 0.5, -1, 1, float32(inf), float32(-inf), float32(nan), -0.25), []int16{0, 16384, -32768, 32767, 32767, -32768, 0, -8192}},
		{"long floats", fmtPart(3, 1, 8, 64), double(0, 0.5, -1, 1e300, -inf, nan), []int16{0, 16384, -32768, 32767, -32768, 0}},
		{"half a frame at the end", fmtPart(7, 2, 8, 8), []byte{0xff, 0x00, 0xff}, []int16{0, -32124}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			content, _ := play(t, riff(tt.header, dataPart(tt.data)))
			got, err := io.ReadAll(content)
			if err != nil {
				t.Fatal(err)
			}
			var want []byte
			for _, v := range tt.want {
				want = le.AppendUint16(want, uint16(v))
			}
			if diff := cmp.Diff(want, got[viewHeader:]); diff != "" {
				t.Errorf("samples (-want +got):\n%s", diff)
			}
			if size := le.Uint32(got[40:]); int(size) != len(want) || int(le.Uint32(got[4:])) != len(got)-8 {
				t.Errorf("the header tells of %d bytes, want %d", size, len(want))
			}
		})
	}
}

// Odd headers of PCM are put right; the end is asked for only where they don't
// tell the length.
func TestPlayableOddWAVs(t *testing.T) {
	asItIs := map[string]bool{
		"plain": true, "larger than the file": true, "size of a pipe": true, "half a frame at the end": true,
		"a list of odd size before": true, "a list without its padding": true, "a list after": true,
		"coding after the samples": true, "coding after the samples and lists": true, "two rows of samples": true,
	}
	for name, wav := range oddWAVs() {
		t.Run(name, func(t *testing.T) {
			content, src := play(t, wav)
			got, err := io.ReadAll(content)
			if err != nil {
				t.Fatal(err)
			}
			if asItIs[name] {
				if !bytes.Equal(got, wav) || src.ends > 0 {
					t.Errorf("it was changed, or its end asked for %d times", src.ends)
				}
				return
			}
			facts, err := Analyse(bytes.NewReader(got))
			if err != nil || facts.Duration.Seconds() < 2 || len(got) < viewHeader+32 || binary.LittleEndian.Uint32(got[40:]) != uint32(len(got)-viewHeader) {
				t.Errorf("%d bytes with facts %+v, error %v; want two seconds and a header that tells so", len(got), facts, err)
			}
		})
	}
}

// Where the header promises more than comes, what was announced is kept: the
// rest is silent.
func TestPlayableShorterThanPromised(t *testing.T) {
	wav := riff(fmtPart(7, 1, 8000, 8), dataPart(bytes.Repeat([]byte{0}, 1000)))
	content, _ := play(t, wav[:len(wav)-400])
	want, err := content.Seek(0, io.SeekEnd)
	if err != nil || want != viewHeader+2000 {
		t.Fatalf("its length is %d, %v; want that of the header", want, err)
	}
	for _, from := range []int64{0, 1000, viewHeader + 1199, viewHeader + 1201, viewHeader + 1999} {
		if _, err := content.Seek(from, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(content)
		if err != nil || int64(len(got)) != want-from {
			t.Fatalf("from %d: %d bytes, %v; want %d", from, len(got), err, want-from)
		}
		for i, b := range got {
			at := from + int64(i)
			if silent := at >= viewHeader+1200; silent && b != 0 || !silent && at >= viewHeader && b == 0 {
				t.Fatalf("byte %d is %d", at, b)
			}
		}
	}
}

// A header that claims far more than there could be is not believed.
func TestPlayableUnbelievable(t *testing.T) {
	wav := riff(fmtPart(6, 1, 8000, 8), part("data", 0x7ffff000, make([]byte, 1000)))
	binary.LittleEndian.PutUint32(wav[4:], 0x7ffff024)
	content, src := play(t, wav)
	got, err := io.ReadAll(content)
	if err != nil || len(got) != viewHeader+2000 || src.ends != 1 {
		t.Errorf("%d bytes, %v, end asked for %d times; want what is there", len(got), err, src.ends)
	}
}

func TestPlayableSeek(t *testing.T) {
	content, _ := play(t, file(t, "mulaw.wav"))
	if _, err := content.Seek(-1, io.SeekStart); err == nil {
		t.Error("seek before the start: no error")
	}
	if _, err := content.Seek(0, 7); err == nil {
		t.Error("seek from nowhere: no error")
	}
	if at, err := content.Seek(10, io.SeekEnd); err != nil || at != viewHeader+32000+10 {
		t.Errorf("seek behind the end: %d, %v", at, err)
	}
	if n, err := content.Read(make([]byte, 10)); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("read behind the end: %d, %v; want the end", n, err)
	}
	if n, err := content.Read(nil); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("read nothing behind the end: %d, %v", n, err)
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if n, err := content.Read(nil); n != 0 || err != nil {
		t.Errorf("read nothing: %d, %v; want no error", n, err)
	}
	all, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	if err := iotest.TestReader(mulawView(t), all); err != nil {
		t.Error(err)
	}
}

func mulawView(t testing.TB) io.ReadSeeker {
	content, _ := play(t, file(t, "mulaw.wav"))
	return content
}

// Any row of seeks and reads gives the bytes of the whole, whatever the coding,
// and however little comes at a time.
func TestPlayableAnyRowOfSeeks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		codings := []struct{ tag, bits int }{{7, 8}, {6, 8}, {1, 24}, {1, 32}, {3, 32}, {3, 64}}
		c := rapid.SampledFrom(codings).Draw(t, "coding")
		channels := rapid.IntRange(1, 3).Draw(t, "channels")
		data := rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(t, "data")
		wav := riff(fmtPart(c.tag, channels, 8000, c.bits), part("data", len(data), data))
		cut := rapid.IntRange(0, min(40, len(data))).Draw(t, "cut")
		src := &following{ReadSeeker: bytes.NewReader(wav[:len(wav)-cut]), most: rapid.IntRange(1, 50).Draw(t, "most")}
		content, _, err := Playable(src)
		if err != nil {
			t.Fatal(err)
		}
		want := reference(t, wav, len(data), cut, channels, c.tag, c.bits)
		at := 0
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "seek") {
				at = rapid.IntRange(0, len(want)+5).Draw(t, "at")
				if got, err := content.Seek(int64(at-len(want)), io.SeekEnd); err != nil || got != int64(at) {
					t.Fatalf("seek to %d: %d, %v", at, got, err)
				}
			}
			b := make([]byte, rapid.IntRange(1, 200).Draw(t, "size"))
			n, err := content.Read(b)
			rest := want[min(at, len(want)):]
			if n == 0 && len(rest) > 0 || n > len(rest) || !bytes.Equal(b[:n], rest[:n]) || (err == nil) != (n > 0) {
				t.Fatalf("read at %d: %d bytes %v, %v; want the beginning of %v", at, n, b[:n], err, rest)
			}
			at += n
		}
	})
}

// reference decodes a WAV in the plainest way.
func reference(t *rapid.T, wav []byte, size, cut, channels, tag, bits int) []byte {
	width := bits / 8
	frames := size / (width * channels)
	data := wav[viewHeader:]
	have := len(wav) - cut - viewHeader
	c, ok := codingOf(map[int]Format{1: FormatWAVPCM, 3: FormatWAVFloat, 6: FormatWAVALaw, 7: FormatWAVMuLaw}[tag], width)
	if !ok {
		t.Fatal("no coding")
	}
	all := []byte("RIFF....WAVEfmt ....................data")
	le := binary.LittleEndian
	le.PutUint32(all[4:], uint32(36+2*channels*frames))
	copy(all[16:], le.AppendUint32(nil, 16))
	copy(all[20:], fmtChunk(1, channels, 8000, 16))
	all = le.AppendUint32(all, uint32(2*channels*frames))
	for i := range frames * channels {
		var v int16
		if (i+1)*width <= have {
			v = c.pcm16(data[i*width : (i+1)*width])
		}
		all = le.AppendUint16(all, uint16(v))
	}
	return all
}

func FuzzPlayable(f *testing.F) {
	for _, name := range sampleNames {
		f.Add(file(f, name), int64(100))
	}
	for _, wav := range oddWAVs() {
		f.Add(wav, int64(50))
	}
	f.Fuzz(func(t *testing.T, b []byte, at int64) {
		content, mediaType, err := Playable(bytes.NewReader(b))
		if err != nil || mediaType == "" {
			t.Fatalf("Playable: %q, %v", mediaType, err)
		}
		const most = 1 << 20 // a header may claim much
		all, err := io.ReadAll(io.LimitReader(content, most))
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		length, err := content.Seek(0, io.SeekEnd)
		if err != nil || int64(len(all)) != min(length, most) {
			t.Fatalf("%d bytes of %d, %v", len(all), length, err)
		}
		if at < 0 || at > int64(len(all)) {
			return
		}
		if _, err := content.Seek(at, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(io.LimitReader(content, int64(len(all))-at))
		if err != nil || !bytes.Equal(part, all[at:]) {
			t.Fatalf("from %d: %d bytes differ from the whole, %v", at, len(part), err)
		}
	})
}
