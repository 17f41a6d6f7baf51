package audio

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestPeaksOfKnownSignals(t *testing.T) {
	ramp := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(i) / float32(n-1)
		}
		return v
	}
	tests := []struct {
		name   string
		levels []float32
		count  int
		first  []byte
		last   []byte
	}{
		{"nothing", nil, 0, nil, nil},
		{"one frame", []float32{0.5}, 1, []byte{128}, []byte{128}},
		{"as many as there are stretches", ramp(800), 800, []byte{0, 0, 1, 1}, []byte{254, 254, 255, 255}},
		{"one more", ramp(801), 401, []byte{0, 1, 2}, []byte{254, 255, 255}},
		{"two folds", ramp(2000), 500, []byte{0, 1, 1}, []byte{254, 254, 255}},
		{"an impulse in silence", append(append(make([]float32, 5000), 1), make([]float32, 5000)...), 626, []byte{0}, []byte{0}},
		{"louder than full scale", []float32{7, 1}, 2, []byte{255, 255}, []byte{255}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPeaks()
			for _, v := range tt.levels {
				p.add(v)
			}
			got := p.bytes()
			if len(got) != tt.count || !bytes.HasPrefix(got, tt.first) || !bytes.HasSuffix(got, tt.last) {
				t.Errorf("%d peaks %v, want %d from %v to %v", len(got), got, tt.count, tt.first, tt.last)
			}
		})
	}
}

// Each stretch is the highest of its frames, whatever the folding did, and
// silence counts like frames.
func TestPeaksAreTheHighestOfTheirStretch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		levels := rapid.SliceOfN(rapid.Float32Range(0, 1), 0, 5000).Draw(t, "levels")
		quiet := rapid.IntRange(0, 5000).Draw(t, "quiet")
		p := newPeaks()
		for _, v := range levels {
			p.add(v)
		}
		p.silence(int64(quiet))
		levels = append(levels, make([]float32, quiet)...)
		var want []byte
		for stretch := range slices.Chunk(levels, int(p.width)) {
			want = append(want, level(slices.Max(stretch)))
		}
		if got := p.bytes(); !bytes.Equal(got, want) || len(got) > PeakCount {
			t.Errorf("%d peaks %v, want %d %v", len(got), got, len(want), want)
		}
		if len(levels) > PeakCount && len(want) <= PeakCount/2 {
			t.Errorf("%d peaks of %d frames: folded too often", len(want), len(levels))
		}
	})
}
