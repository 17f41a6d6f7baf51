package audio

import (
	"bytes"
	"errors"
	"io"
	"log"
	"testing"
	"time"

	"github.com/jfreymuth/oggvorbis"
)

// sampleNames are the files of testdata/audio that hold the same signal.
var sampleNames = []string{
	"pcm8.wav", "mulaw.wav", "alaw.wav", "gsm.wav", "adpcm.wav", "flac.flac",
	"mpeg1.mp3", "mpeg2.mp3", "mpeg25.mp3", "notag.mp3", "vorbis.ogg", "opus.opus",
}

func TestAnalyseTheSameSignalInEveryFormat(t *testing.T) {
	const second = time.Second
	tests := []struct {
		name     string
		format   Format
		duration time.Duration
		rate     int
		drawn    bool
		readable bool
	}{
		{"pcm8.wav", FormatWAVPCM, 2 * second, 8000, true, true},
		{"mulaw.wav", FormatWAVMuLaw, 2 * second, 8000, true, true},
		{"alaw.wav", FormatWAVALaw, 2 * second, 8000, true, true},
		{"gsm.wav", FormatWAVOther, 2 * second, 8000, false, false},
		{"adpcm.wav", FormatWAVOther, 2 * second, 8000, false, false},
		{"flac.flac", FormatFLAC, 2 * second, 8000, true, true},
		{"mpeg1.mp3", FormatMP3, 2 * second, 44100, true, true},
		// Without a tag nobody knows what the encoder put in: whole frames.
		{"mpeg2.mp3", FormatMP3, 2088 * time.Millisecond, 16000, true, true},
		{"notag.mp3", FormatMP3, 2088 * time.Millisecond, 16000, true, true},
		{"mpeg25.mp3", FormatMP3, 2160 * time.Millisecond, 8000, false, true},
		{"vorbis.ogg", FormatOggVorbis, 2 * second, 8000, true, true},
		{"opus.opus", FormatOggOpus, 2 * second, 48000, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Analyse(bytes.NewReader(file(t, tt.name)))
			if errors.Is(err, ErrUnreadable) == tt.readable || tt.readable && err != nil {
				t.Errorf("error %v, want readable %v", err, tt.readable)
			}
			if got.Format != tt.format || got.Duration != tt.duration || got.Rate != tt.rate || got.Channels != 1 {
				t.Errorf("%s, %v, %d Hz, %d channels; want %s, %v, %d Hz, one", got.Format, got.Duration, got.Rate, got.Channels, tt.format, tt.duration, tt.rate)
			}
			if !tt.drawn {
				if got.Peaks != nil {
					t.Errorf("%d peaks, want none", len(got.Peaks))
				}
				return
			}
			checkShape(t, got.Peaks, got.Duration)
		})
	}
}

// checkShape looks for a quarter of full scale, silence, and three quarters.
func checkShape(t *testing.T, peaks []byte, lasts time.Duration) {
	t.Helper()
	if len(peaks) <= PeakCount/2 || len(peaks) > PeakCount {
		t.Fatalf("%d peaks, want more than %d and at most %d", len(peaks), PeakCount/2, PeakCount)
	}
	// Encoders that lose something smear and ring around the edges.
	const slack = 80 * time.Millisecond
	const tolerance = 10 // lame turns it down a little
	parts := []struct {
		from, to time.Duration
		level    int
	}{
		{0, 500 * time.Millisecond, 64},
		{500 * time.Millisecond, time.Second, 0},
		{time.Second, 2 * time.Second, 191},
	}
	at := func(d time.Duration) int { return int(int64(d) * int64(len(peaks)) / int64(lasts)) }
	for _, p := range parts {
		// A stretch may be shorter than a wave: the highest of each few counts.
		const wave = 4
		stretch := peaks[at(p.from+slack):at(p.to-slack)]
		for i := 0; i+wave <= len(stretch); i += wave {
			top := 0
			for _, v := range stretch[i : i+wave] {
				top = max(top, int(v))
			}
			if top < p.level-tolerance || top > p.level+tolerance {
				t.Errorf("from %v to %v: a peak of %d, want about %d", p.from, p.to, top, p.level)
				return
			}
		}
	}
}

func TestAnalyseFLACOf24BitsAndTwoChannels(t *testing.T) {
	got, err := Analyse(bytes.NewReader(file(t, "flac24.flac")))
	if err != nil {
		t.Fatal(err)
	}
	if got.Channels != 2 || got.Duration != 200*time.Millisecond || got.Rate != 8000 {
		t.Errorf("facts %+v, want two channels for 200 ms", got)
	}
	var top byte
	for _, v := range got.Peaks {
		top = max(top, v)
	}
	if top != 191 {
		t.Errorf("the highest peak is %d, want that of the louder channel, 191", top)
	}
}

// The library would write a line to the log for each frame.
func TestAnalyseFLACWithoutALine(t *testing.T) {
	var written bytes.Buffer
	log.SetOutput(&written)
	defer log.SetOutput(io.Discard)
	flac := file(t, "flac24khz.flac")
	got, err := Analyse(bytes.NewReader(flac))
	if err != nil || got.Duration != 100*time.Millisecond || got.Rate != 24000 {
		t.Errorf("facts %+v, error %v; want 100 ms", got, err)
	}
	// The beginning says 8 kHz, the frames say 24.
	const rate = 4 + 4 + 10 // the upper 16 bits of 20
	flac[rate], flac[rate+1] = 0x01, 0xf4
	if _, err := Analyse(bytes.NewReader(flac)); !errors.Is(err, ErrUnreadable) {
		t.Errorf("error %v, want ErrUnreadable", err)
	}
	if written.Len() > 0 {
		t.Errorf("written to the log: %s", &written)
	}
}

func TestAnalyseCutOff(t *testing.T) {
	tests := []struct {
		name      string
		cut       int // bytes kept
		low, high time.Duration
	}{
		{"pcm8.wav", 8044, time.Second, time.Second},
		{"mulaw.wav", 8058, time.Second, time.Second},
		{"flac.flac", 10_000, time.Second / 4, 3 * time.Second / 2},
		{"mpeg1.mp3", 8_000, 900 * time.Millisecond, time.Second},
		{"opus.opus", 6_000, 0, 2 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Analyse(bytes.NewReader(file(t, tt.name)[:tt.cut]))
			if err != nil && !errors.Is(err, ErrUnreadable) {
				t.Error(err)
			}
			if got.Duration < tt.low || got.Duration > tt.high {
				t.Errorf("it lasts %v, want %v to %v", got.Duration, tt.low, tt.high)
			}
		})
	}
}

func TestAnalyseMP3WithTagsAndRubbish(t *testing.T) {
	sound := file(t, "mpeg1.mp3")
	id3 := append([]byte("ID3\x03\x00\x00\x00\x00\x02\x00"), make([]byte, 256)...)
	rubbish := bytes.Repeat([]byte("\xff\xfb rubbish "), 30)
	half := 208 + 10*209 // on the edge of a frame, or near it
	tests := []struct {
		name      string
		mp3       []byte
		low, high time.Duration
	}{
		{"two tags before", bytes.Join([][]byte{id3, id3, sound}, nil), 2 * time.Second, 2 * time.Second},
		{"a tag after", append(bytes.Clone(sound), "TAGtitle"+string(make([]byte, 120))...), 2 * time.Second, 2 * time.Second},
		{"rubbish before", append(bytes.Clone(rubbish), sound...), 2 * time.Second, 2 * time.Second},
		{"rubbish in the middle", bytes.Join([][]byte{sound[:half], rubbish, sound[half:]}, nil), 1950 * time.Millisecond, 2 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := &source{r: bytes.NewReader(tt.mp3)}
			var got Facts
			if err := analyseMP3(src, &got); err != nil {
				t.Error(err)
			}
			if got.Duration < tt.low || got.Duration > tt.high || len(got.Peaks) == 0 {
				t.Errorf("it lasts %v with %d peaks, want %v to %v", got.Duration, len(got.Peaks), tt.low, tt.high)
			}
		})
	}
}

func TestAnalyseUnknown(t *testing.T) {
	for _, text := range []string{"", "<html>", "\x00\x00\x00\x20ftypM4A ", "#!AMR\n"} {
		got, err := Analyse(bytes.NewReader([]byte(text)))
		if !errors.Is(err, ErrUnreadable) || got.Format != Sniff([]byte(text)) || got.Duration != 0 {
			t.Errorf("%q: facts %+v, error %v; want ErrUnreadable", text, got, err)
		}
	}
}

// What lasts too long to be decoded is timed by its header alone.
func TestAnalyseTooLong(t *testing.T) {
	const hours = 7
	size := hours * 3600 * 2
	wav := riff(fmtPart(7, 1, 2, 8), dataPart(make([]byte, size)))
	got, err := Analyse(bytes.NewReader(wav))
	if err != nil || got.Peaks != nil || got.Duration != hours*time.Hour {
		t.Errorf("%v with %d peaks, error %v; want %d hours without", got.Duration, len(got.Peaks), err, hours)
	}
}

func FuzzAnalyse(f *testing.F) {
	for _, name := range append([]string{"flac24.flac"}, sampleNames...) {
		f.Add(file(f, name))
	}
	for _, wav := range oddWAVs() {
		f.Add(wav)
	}
	for _, ogg := range hostileVorbis(f) {
		f.Add(ogg)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		log.SetOutput(io.Discard)
		got, err := Analyse(bytes.NewReader(b))
		if err != nil && !errors.Is(err, ErrUnreadable) {
			t.Errorf("error %v", err)
		}
		if got.Duration < 0 || got.Duration > maxDuration || len(got.Peaks) > PeakCount || got.Format == "" {
			t.Errorf("facts %+v", got)
		}
	})
}

// The decoder's own package reads a harmless file to the same samples.
func TestVorbisLikeItsOwnReader(t *testing.T) {
	sound := file(t, "vorbis.ogg")
	samples, format, err := oggvorbis.ReadAll(bytes.NewReader(sound))
	if err != nil || format.Channels != 1 {
		t.Fatalf("%+v, %v", format, err)
	}
	p := newPeaks()
	for _, v := range samples {
		p.add(abs(v))
	}
	got, err := Analyse(bytes.NewReader(sound))
	if err != nil || !bytes.Equal(got.Peaks, p.bytes()) || got.Duration != lasting(p.frames, format.SampleRate) {
		t.Errorf("%v with %d peaks, %v; want %d frames with\n%v, got\n%v", got.Duration, len(got.Peaks), err, p.frames, p.bytes(), got.Peaks)
	}
}
