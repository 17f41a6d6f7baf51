package web

import (
	"math"
	"slices"
)

// stretch is a part of a recording: seconds from its start.
type stretch struct{ from, to float64 }

// What is taken for speech in a waveform. Loudness is a share of how loud the
// recording gets.
const (
	quietest   = 3   // a recording that never gets louder than this of 255 is silence
	overNoise  = .12 // so much louder than the line's noise is speech
	surely     = .3  // louder than this is, whatever the noise
	breath     = .3  // s; a shorter pause is within speech
	click      = .08 // s; a shorter sound is none
	beepWithin = 1.5 // s from the start
	beepLeast  = .2  // s long
	beepMost   = 1.5 // s long
	beepSteady = .06 // a tone's loudness differs by less
	beepSteps  = 4   // of the waveform that a tone takes at least
	clipped    = 250 // speech this loud is cut off, and so as even as a tone
	lowShare   = .1  // of the waveform is noise, at most
	highShare  = .95 // of the waveform is not louder than "loud"
)

// voiced finds where in a recording of so many seconds somebody speaks, in order
// and apart: louder than the line's noise, without the tone after which people
// speak. It is a judgement by loudness alone. It is pure.
func voiced(peaks []byte, seconds float64) []stretch {
	if len(peaks) == 0 || seconds <= 0 || math.IsInf(seconds, 0) {
		return nil
	}
	levels := slices.Sorted(slices.Values(peaks))
	noise, loud := float64(quantile(levels, lowShare)), float64(quantile(levels, highShare))
	if loud <= quietest {
		return nil
	}
	least := min(noise+overNoise*(loud-noise), surely*loud)
	step := seconds / float64(len(peaks))
	var found []stretch
	for i := beepEnd(peaks, least, step); i < len(peaks); i++ {
		if float64(peaks[i]) < least {
			continue
		}
		from, to := float64(i)*step, float64(i+1)*step
		if last := len(found) - 1; last >= 0 && from-found[last].to < breath {
			found[last].to = to
		} else {
			found = append(found, stretch{from, to})
		}
	}
	return slices.DeleteFunc(found, func(s stretch) bool { return s.to-s.from < min(click, 2*step) })
}

// quantile is the level that the share of the sorted levels does not exceed.
func quantile(sorted []byte, share float64) byte {
	return sorted[int(share*float64(len(sorted)-1))]
}

// beepEnd is the step behind the tone with which a voicemail begins, 0 where
// none is heard.
func beepEnd(peaks []byte, least, step float64) int {
	first := slices.IndexFunc(peaks, func(p byte) bool { return float64(p) >= least })
	if first < 0 || float64(first)*step > beepWithin || first+1 >= len(peaks) {
		return 0
	}
	// The first step of a tone may hold only a part of it.
	level, end := float64(peaks[first+1]), first+1
	for end < len(peaks) && math.Abs(float64(peaks[end])-level) <= max(2, beepSteady*level) {
		end++
	}
	lasts := float64(end-first) * step
	if level >= clipped || end-first < beepSteps || lasts < beepLeast || lasts > beepMost {
		return 0
	}
	return end
}
