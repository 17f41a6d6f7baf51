package koresim

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode"
)

// sampleRate is that of telephony.
const sampleRate = 8000

// peak is how loud the loudest sample is; below 1 so that nothing clips.
const peak = .6

// voice is how somebody sounds.
type voice struct {
	pitch float64 // Hz
	size  float64 // factor on the formants: shorter throats ring higher
	seed  uint64
}

func newVoice(d *dice, female bool) voice {
	v := voice{pitch: 95 + 40*d.float(), size: .96 + .08*d.float(), seed: d.next()}
	if female {
		v.pitch, v.size = 175+50*d.float(), 1.1+.1*d.float()
	}
	return v
}

// sound is a piece of speech: what excites the throat, and how the throat is shaped.
type sound struct {
	seconds float64
	voiced  float64 // loudness of the voice
	noise   float64 // loudness of the breath
	hiss    float64 // Hz, where the breath is loudest
	f1, f2  float64 // Hz, where the throat rings
	f3      float64
	lift    float64 // of the pitch, 1 is none
}

// vowels by letter: a throat shape each.
var vowels = map[rune][3]float64{
	'a': {730, 1200, 2500}, 'e': {500, 1850, 2500}, 'i': {310, 2150, 2800},
	'o': {480, 900, 2400}, 'u': {330, 950, 2300}, 'y': {340, 1900, 2500},
}

// plain maps accented letters to those that vowels knows.
var plain = map[rune]rune{
	'á': 'a', 'à': 'a', 'â': 'a', 'ä': 'e', 'é': 'e', 'è': 'e', 'ê': 'e', 'ë': 'e', 'í': 'i', 'î': 'i', 'ï': 'i',
	'ó': 'o', 'ô': 'o', 'ö': 'e', 'ú': 'u', 'ù': 'u', 'û': 'u', 'ü': 'y', 'ñ': 'n', 'ç': 's', 'ß': 's',
}

// digitSounds are the letters by which a written digit is spoken.
var digitSounds = strings.Fields("siro wan tu tri for faif siks seven eit nain")

// pause is silence.
func pause(seconds float64) sound {
	return sound{seconds: seconds, f1: 500, f2: 1500, f3: 2500, lift: 1}
}

// sounds turns a text into pieces of speech: vowels ring, s and f hiss, t and k
// stop, commas and full stops rest.
func sounds(text string) []sound {
	var out []sound
	since := 0 // words since the last rest: people must breathe without commas, too
	for _, word := range strings.Fields(text) {
		since++
		letters := strings.ToLower(word)
		rest := .03
		switch {
		case strings.HasSuffix(word, ",") || since > 9:
			rest, since = .2, 0
		case strings.ContainsAny(word[len(word)-1:], ".?!"):
			rest, since = .4, 0
		}
		lift := 1.0
		if strings.HasSuffix(word, "?") {
			lift = 1.18
		}
		if strings.ContainsFunc(letters, unicode.IsDigit) {
			for _, r := range letters {
				if r >= '0' && r <= '9' {
					out = append(syllables(out, digitSounds[r-'0'], lift), pause(.05))
				}
			}
		} else {
			out = syllables(out, letters, lift)
		}
		out = append(out, pause(rest))
	}
	return out
}

// syllables adds the sounds of a word's letters; the first vowel is stressed.
func syllables(out []sound, word string, lift float64) []sound {
	stress := 1.1
	var last rune
	for _, r := range word {
		if p, ok := plain[r]; ok {
			r = p
		}
		if r == last {
			continue
		}
		afterVowel := vowels[last] != [3]float64{}
		last = r
		if f, ok := vowels[r]; ok {
			s := sound{seconds: .11 * stress, voiced: .9 + stress/10, f1: f[0], f2: f[1], f3: f[2], lift: lift * (.97 + stress*.03)}
			if afterVowel {
				s.seconds = .06
			}
			out, stress = append(out, s), 1
			continue
		}
		out = append(out, consonant(r, lift)...)
	}
	return out
}

func consonant(r rune, lift float64) []sound {
	ring := sound{seconds: .055, voiced: .45, f1: 300, f2: 1200, f3: 2300, lift: lift}
	hiss := sound{seconds: .07, noise: .3, hiss: 3100, f1: 400, f2: 1600, f3: 2500, lift: lift}
	switch r {
	case 's', 'x', 'z', 'c':
		return []sound{hiss}
	case 'f', 'h', 'v':
		hiss.noise, hiss.hiss, hiss.seconds = .12, 1800, .055
		return []sound{hiss}
	case 'j', 'g':
		hiss.noise, hiss.hiss, hiss.voiced = .18, 2200, .25
		return []sound{hiss}
	case 'p', 't', 'k', 'b', 'd', 'q':
		burst := sound{seconds: .015, noise: .4, hiss: 1500, f1: 400, f2: 1500, f3: 2500, lift: lift}
		if r == 't' || r == 'd' {
			burst.hiss = 2900
		}
		return []sound{pause(.035), burst}
	case 'm', 'n':
		ring.f2, ring.voiced = 1000, .4
		return []sound{ring}
	case 'l', 'r', 'w':
		ring.f1, ring.voiced = 360, .55
		return []sound{ring}
	}
	return nil
}

// speak makes a voicemail: a beep, the text in a voice, and the line's noise.
// The result is exactly seconds long.
func speak(text string, seconds float64, v voice) []int16 {
	total := int(seconds * sampleRate)
	out := make([]float64, total)
	beep(out)
	list := sounds(text)
	var length float64
	for _, s := range list {
		length += s.seconds
	}
	room := seconds - beepSeconds - tailSeconds
	if length > 0 && room > 0 {
		// At most as slow as a slow talker; what is left over is silence.
		scale := min(room/length, 1.6)
		from := min(int(beepSeconds*sampleRate), total)
		newThroat(v).utter(out[from:], list, scale)
	}
	return level(out, v.seed)
}

// beep is the tone after which people speak.
func beep(out []float64) {
	n := min(int(.45*sampleRate), len(out))
	for i := range n {
		fade := min(1, float64(min(i, n-i))/80)
		out[i] = .35 * fade * math.Sin(2*math.Pi*1000*float64(i)/sampleRate)
	}
}

// level adds the noise of a telephone line and sets the loudness.
func level(in []float64, seed uint64) []int16 {
	loudest := .02 // so that silence stays silent
	for _, x := range in {
		loudest = max(loudest, math.Abs(x))
	}
	out := make([]int16, len(in))
	n := noise(seed)
	gain := peak * .97 / loudest
	for i, x := range in {
		out[i] = int16((x*gain + .004*n.next()) * math.MaxInt16)
	}
	return out
}

// noise is white, between -1 and 1; a cheap generator of its own, for speed.
type noise uint64

func (n *noise) next() float64 {
	*n = *n*6364136223846793005 + 1442695040888963407
	return float64(int32(*n>>32)) / (1 << 31)
}

// wav puts 16-bit mono samples into a RIFF file.
func wav(samples []int16) []byte {
	size := 2 * len(samples)
	b := append(make([]byte, 0, 44+size), wavHead(1, int64(size))...)
	for _, s := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}
