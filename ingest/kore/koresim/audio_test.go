package koresim

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

// samplesOf checks a WAV header by hand and returns what follows.
func samplesOf(t *testing.T, file []byte) []int16 {
	t.Helper()
	if len(file) < 44 || string(file[:4]) != "RIFF" || string(file[8:16]) != "WAVEfmt " || string(file[36:40]) != "data" {
		t.Fatalf("no WAV: %q", file[:min(44, len(file))])
	}
	le := binary.LittleEndian
	for _, x := range []struct {
		what      string
		got, want uint32
	}{
		{"RIFF size", le.Uint32(file[4:]), uint32(len(file) - 8)},
		{"fmt size", le.Uint32(file[16:]), 16},
		{"format", uint32(le.Uint16(file[20:])), 1},
		{"channels", uint32(le.Uint16(file[22:])), 1},
		{"rate", le.Uint32(file[24:]), 8000},
		{"bytes a second", le.Uint32(file[28:]), 16000},
		{"block", uint32(le.Uint16(file[32:])), 2},
		{"bits", uint32(le.Uint16(file[34:])), 16},
		{"data size", le.Uint32(file[40:]), uint32(len(file) - 44)},
	} {
		if x.got != x.want {
			t.Errorf("%s: got %d, want %d", x.what, x.got, x.want)
		}
	}
	out := make([]int16, (len(file)-44)/2)
	for i := range out {
		out[i] = int16(le.Uint16(file[44+2*i:]))
	}
	return out
}

func TestAudioFitsItsText(t *testing.T) {
	f := start(t, Config{Voicemails: 40, Other: -1, Quirks: documented(nil)})
	for _, v := range f.Voicemails() {
		for n, link := range f.links(v.SessionID) {
			samples := samplesOf(t, f.must("GET", link, nil, nil).body)
			seconds := float64(len(samples)) / sampleRate
			if math.Abs(seconds-v.Seconds[n]) > .01 {
				t.Errorf("session %s: %v s, want %v", v.SessionID, seconds, v.Seconds[n])
			}
			if v.Texts[n] != "" {
				if want := float64(spokenWords(v.Texts[n]))/2.5 + 1.3; math.Abs(seconds-want) > .01 {
					t.Errorf("session %s: %v s for %d words, want %v", v.SessionID, seconds, spokenWords(v.Texts[n]), want)
				}
			}
			loudest := 0
			for _, s := range samples {
				loudest = max(loudest, int(math.Abs(float64(s))))
			}
			if loudest > math.MaxInt16*62/100 || loudest < 50 {
				t.Errorf("session %s: peak %d of %d", v.SessionID, loudest, math.MaxInt16)
			}
		}
	}
}

// TestAudioHasTheRhythmOfSpeech looks at loudness over time: sound where words
// are, silence where a sentence ends.
func TestAudioHasTheRhythmOfSpeech(t *testing.T) {
	text := strings.Repeat("my number is seven one eight. ", 6)
	d := newDice(7, "voice", 0)
	samples := speak(text, secondsOf(text), newVoice(&d, true))
	const frame = 160 // 20 ms
	var loud, quiet, turns int
	was := false
	for i := int(beepSeconds * sampleRate); i+frame < len(samples)-int(tailSeconds*sampleRate); i += frame {
		var sum float64
		for _, s := range samples[i : i+frame] {
			sum += float64(s) * float64(s)
		}
		is := math.Sqrt(sum/frame) > 600
		if is {
			loud++
		} else {
			quiet++
		}
		if is != was {
			turns++
		}
		was = is
	}
	if loud < 2*quiet || quiet < 20 || turns < 24 {
		t.Errorf("got %d loud frames, %d quiet, %d turns; want mostly sound, some silence, many turns", loud, quiet, turns)
	}
}

func TestAudioOfOddTexts(t *testing.T) {
	d := newDice(1, "voice", 0)
	for _, text := range []string{"", " ", "?", "...", "12", "été çà ß 你好", strings.Repeat("a", 5000), "o'clock 7:30 p.m."} {
		for _, seconds := range []float64{0, .1, 2} {
			if got, want := len(speak(text, seconds, newVoice(&d, false))), int(seconds*sampleRate); got != want {
				t.Errorf("%q: got %d samples, want %d", text, got, want)
			}
		}
	}
}

func BenchmarkThirtySeconds(b *testing.B) {
	d := newDice(1, "voice", 0)
	v := newVoice(&d, true)
	text := strings.Repeat("please call me back about the claim tomorrow morning, ", 8)
	for b.Loop() {
		wav(speak(text, 30, v))
	}
}

func BenchmarkMessage(b *testing.B) {
	s, err := New(Config{Other: -1})
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		s.message(s.base[i%len(s.base)])
	}
}
