package koresim

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hajimehoshi/go-mp3"
	"github.com/jfreymuth/oggvorbis"
	"github.com/mewkiz/flac"
)

// wavSound reads a mono WAV file as the head says.
func wavSound(t *testing.T, b []byte) []float64 {
	t.Helper()
	if string(b[:4]) != "RIFF" || int(binary.LittleEndian.Uint32(b[4:])) != len(b)-8 || int(binary.LittleEndian.Uint32(b[40:])) != len(b)-44 {
		t.Fatalf("no WAV of the length that it says: %.44q", b)
	}
	var out []float64
	switch codec := binary.LittleEndian.Uint16(b[20:]); codec {
	case codecPCM:
		for i := 44; i < len(b); i += 2 {
			out = append(out, float64(int16(binary.LittleEndian.Uint16(b[i:]))))
		}
	case codecMulaw:
		for _, x := range b[44:] {
			x = ^x
			v := float64((int(x&15)<<3+0x84)<<(x>>4&7) - 0x84)
			out = append(out, v*(1-2*float64(x>>7)))
		}
	case codecAlaw:
		for _, x := range b[44:] {
			x ^= 0x55
			v := int(x&15)<<4 + 8
			if e := int(x >> 4 & 7); e > 0 {
				v = (v + 0x100) << (e - 1)
			}
			out = append(out, float64(v)*(2*float64(x>>7)-1))
		}
	default:
		t.Fatalf("codec %d", codec)
	}
	return out
}

// decodeSound decodes by means that are not ours, where there are some: the
// sound as 16-bit values and its length in seconds.
func decodeSound(t *testing.T, f Format, b []byte) (sound []float64, seconds float64) {
	t.Helper()
	switch f {
	case FormatFLAC:
		s, err := flac.New(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		for {
			fr, err := s.ParseNext()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range fr.Subframes[0].Samples {
				sound = append(sound, float64(x))
			}
		}
		return sound, float64(s.Info.NSamples) / float64(s.Info.SampleRate)
	case FormatMP3:
		d, err := mp3.NewDecoder(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, d)
		if err != nil {
			t.Fatal(err)
		}
		return nil, float64(n) / 4 / float64(d.SampleRate())
	case FormatVorbis:
		all, format, err := oggvorbis.ReadAll(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		return nil, float64(len(all)) / float64(format.SampleRate)
	case FormatOpus:
		last := bytes.LastIndex(b, []byte("OggS"))
		return nil, float64(binary.LittleEndian.Uint64(b[last+6:])-312) / opusRate
	default:
		sound = wavSound(t, b)
		return sound, float64(len(sound)) / sampleRate
	}
}

func TestFormats(t *testing.T) {
	samples := speak("hello, call me back please", 5.3, voice{pitch: 110, size: 1, seed: 1})
	for _, f := range formats {
		t.Run(string(f), func(t *testing.T) {
			b, err := encodeAudio(f, samples, "a title")
			if err != nil {
				t.Fatal(err)
			}
			sound, seconds := decodeSound(t, f, b)
			if math.Abs(seconds-5.3) > .04 {
				t.Errorf("%.3f seconds, want 5.3", seconds)
			}
			for i, x := range sound {
				// A companded sample is off by a thirty-second part at most.
				if want := float64(samples[i]); math.Abs(x-want) > 8+math.Abs(want)/31 || f == FormatFLAC && x != want {
					t.Fatalf("sample %d: got %v, want %v", i, x, want)
				}
			}
			if again, err := encodeAudio(f, samples, "a title"); err != nil || !bytes.Equal(b, again) {
				t.Errorf("not the same bytes again: %v", err)
			}
			if empty, err := encodeAudio(f, nil, ""); err != nil || len(empty) == 0 {
				t.Errorf("no sound at all: %d bytes, %v", len(empty), err)
			}
		})
	}
}

func TestFilesInEveryFormat(t *testing.T) {
	magic := map[Format]string{
		FormatPCM: "RIFF", FormatMulaw: "RIFF", FormatAlaw: "RIFF", FormatFLAC: "fLaC", FormatMP3: "ID3", FormatOpus: "OggS", FormatVorbis: "OggS",
	}
	for _, f := range formats {
		for _, honest := range []bool{false, true} {
			w := start(t, Config{Voicemails: 3, Other: -1, MediaFormat: f, MediaSeconds: 1,
				Quirks: documented(func(q *Quirks) { q.HonestNames, q.TypeByFormat = honest, honest })})
			link := w.links(w.Voicemails()[0].SessionID)[0]
			a := w.must("GET", link, nil, nil)
			wantEnd, wantType := ".wav", "audio/wav"
			if honest {
				wantEnd, wantType = f.ending(), f.mediaType()
			}
			path, _, _ := strings.Cut(link, "?")
			if a.status != 200 || !strings.HasPrefix(string(a.body), magic[f]) || !strings.HasSuffix(path, wantEnd) || a.header.Get("Content-Type") != wantType {
				t.Errorf("%s, honest %v: status %d, %.4q, %s, type %s", f, honest, a.status, a.body, path[len(path)-9:], a.header.Get("Content-Type"))
			}
		}
	}
}

func TestMixedFormats(t *testing.T) {
	f := start(t, Config{Voicemails: 60, Other: -1, MediaFormat: FormatMixed, MediaSeconds: 1, Quirks: documented(nil)})
	seen := map[Format]int{}
	for _, v := range f.Voicemails() {
		seen[f.formatOf(f.find(v.SessionID), NewFile{})]++
	}
	if len(seen) != len(formats) {
		t.Errorf("seen %v, want all", seen)
	}
}

func TestFilesAreWhatAddSays(t *testing.T) {
	f := start(t, Config{Voicemails: -1, Other: -1, Quirks: documented(nil)})
	v := f.Add(NewVoicemail{Texts: []string{"one", "two", "three"}, Files: []NewFile{
		{Format: FormatFLAC, Name: "odd name.wav", Type: "text/plain"}, {Audio: []byte("no sound")}, {Size: 5 << 20, Format: FormatMP3},
	}})
	reply := decode(t, f.voicemail(v.SessionID))
	list := reply["voicemail recording"].([]any)
	if name := list[0].(map[string]any)["fileName"]; name != "odd name.wav" {
		t.Errorf("name: got %v", name)
	}
	for i, want := range []struct {
		head, kind string
		size       int
	}{{"fLaC", "text/plain", 0}, {"no sound", "audio/wav", 8}, {"ID3", "audio/wav", 5 << 20}} {
		a := f.must("GET", list[i].(map[string]any)["fileUrl"].(string), nil, nil)
		if !strings.HasPrefix(string(a.body), want.head) || a.header.Get("Content-Type") != want.kind || want.size > 0 && len(a.body) != want.size {
			t.Errorf("file %d: %.8q, %s, %d bytes", i, a.body, a.header.Get("Content-Type"), len(a.body))
		}
		if got := f.VoicemailFile(v.SessionID, i); !bytes.Equal(got, a.body) {
			t.Errorf("file %d: %d bytes said, %d sent", i, len(got), len(a.body))
		}
	}
	if f.VoicemailFile(v.SessionID, 3) != nil || f.CallFile(v.SessionID, 0) != nil || f.VoicemailFile("x", 0) != nil || f.VoicemailFile(v.SessionID, callFile) != nil {
		t.Error("files that are not there")
	}
}

func TestLongFilesAreLegal(t *testing.T) {
	for _, f := range []Format{FormatPCM, FormatMulaw, FormatAlaw, FormatMP3, FormatFLAC} {
		src := huge(f, 60_001, 7)
		b := make([]byte, src.Size())
		if n, err := src.ReadAt(b, 0); n != 60_001 || err != nil && err != io.EOF {
			t.Fatalf("%s: %d bytes, %v", f, n, err)
		}
		is := f
		if f == FormatFLAC {
			is = FormatPCM
		}
		if is == FormatPCM {
			b = append(b, 0) // an odd number of bytes is half a sample
			binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
			binary.LittleEndian.PutUint32(b[40:], uint32(len(b)-44))
		}
		if _, seconds := decodeSound(t, is, b); seconds < 3.7 {
			t.Errorf("%s: %.1f seconds", f, seconds)
		}
	}
}

func TestMediaQuirks(t *testing.T) {
	f := start(t, Config{Voicemails: 2, Other: -1, MediaSeconds: 1, Quirks: documented(func(q *Quirks) { q.NoLength, q.Redirect = true, true })})
	id := f.Voicemails()[0].SessionID
	link := f.links(id)[0]
	a := f.must("GET", link, nil, nil)
	to := a.header.Get("Location")
	if a.status != http.StatusFound || !strings.HasPrefix(to, "/") {
		t.Fatalf("got status %d to %q, want a way on the same host", a.status, to)
	}
	b := f.must("GET", f.media.URL+to, map[string]string{"Range": "bytes=0-9"}, nil)
	if b.status != 200 || !bytes.Equal(b.body, f.VoicemailFile(id, 0)) || b.header.Get("Content-Length") != "" {
		t.Errorf("got status %d, %d bytes, length %q", b.status, len(b.body), b.header.Get("Content-Length"))
	}
	if c := f.must("GET", f.media.URL+strings.Replace(to, "s=", "s=x", 1), nil, nil); c.status != 403 {
		t.Errorf("altered on the way: got status %d, want 403", c.status)
	}
	f.RevokeLinks()
	if c := f.must("GET", f.media.URL+to, nil, nil); c.status != 403 {
		t.Errorf("revoked: got status %d, want 403", c.status)
	}
}

func TestDeletedByRetention(t *testing.T) {
	for a, want := range map[Answer]int{AnswerNotFound: 404, AnswerUnavailable: 200, AnswerEnvelope: 200, AnswerBadRequest: 400, AnswerEmpty: 200} {
		now := at
		f := start(t, Config{Voicemails: -1, Other: -1, Quirks: documented(func(q *Quirks) { q.Deleted = a }), Now: func() time.Time { return now }})
		v := f.Add(NewVoicemail{DeletedAfter: 30 * time.Minute, Recordings: &NewRecordings{}, Files: []NewFile{{Seconds: 1}}})
		link := f.links(v.SessionID)[0]
		now = now.Add(30 * time.Minute)
		if got := f.voicemail(v.SessionID); got.status != want || strings.Contains(string(got.body), "fileUrl") {
			t.Errorf("%s: got status %d: %s", a, got.status, got.body)
		}
		if got := f.must("GET", link, nil, nil); got.status != 404 {
			t.Errorf("%s: file: got status %d, want 404", a, got.status)
		}
		if got := f.v2(v.SessionID); strings.Contains(string(got.body), "fileUrl") {
			t.Errorf("%s: recording: got %s", a, got.body)
		}
	}
}

// TestAverageSizes tells how large an average voicemail is in each format, with -v.
func TestAverageSizes(t *testing.T) {
	for _, format := range formats {
		f := start(t, Config{Voicemails: 10, Other: -1, MediaFormat: format, Quirks: documented(nil)})
		files, size, seconds := 0, 0, 0.
		for _, v := range f.Voicemails() {
			for i, s := range v.Seconds {
				files, size, seconds = files+1, size+len(f.VoicemailFile(v.SessionID, i)), seconds+s
			}
		}
		if files == 0 || size/files > 1<<20 {
			t.Errorf("%s: %d bytes in %d files", format, size, files)
		}
		t.Logf("%-10s %7d bytes for %.1f seconds", format, size/max(files, 1), seconds/float64(max(files, 1)))
	}
}
