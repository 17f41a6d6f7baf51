package audio

import "math"

// PeakCount is how many stretches a recording is drawn in, at most.
const PeakCount = 800

// peaks gathers the highest samples of a stream whose length nobody knows. While
// there are too many stretches, each two are folded into one.
type peaks struct {
	tops   []float32 // of finished stretches, 0 to 1
	width  int64     // frames of a stretch
	filled int64     // frames of the stretch at hand
	top    float32   // of the stretch at hand
	frames int64     // all
}

func newPeaks() *peaks {
	return &peaks{tops: make([]float32, 0, PeakCount), width: 1}
}

// add takes a frame: its highest absolute sample, 1 being full scale.
func (p *peaks) add(level float32) {
	if p.filled == p.width {
		p.finish()
	}
	// A comparison that a NaN loses.
	if level > p.top {
		p.top = level
	}
	p.filled++
	p.frames++
}

// silence takes n frames of it.
func (p *peaks) silence(n int64) {
	for n > 0 {
		if p.filled == p.width {
			p.finish()
		}
		step := min(n, p.width-p.filled)
		p.filled += step
		p.frames += step
		n -= step
	}
}

// finish ends the stretch at hand and makes room for the next.
func (p *peaks) finish() {
	p.tops = append(p.tops, p.top)
	p.top, p.filled = 0, 0
	if len(p.tops) < PeakCount {
		return
	}
	for i := range PeakCount / 2 {
		p.tops[i] = max(p.tops[2*i], p.tops[2*i+1])
	}
	p.tops = p.tops[:PeakCount/2]
	p.width *= 2
}

// bytes are the peaks so far; nil of nothing.
func (p *peaks) bytes() []byte {
	if p.frames == 0 {
		return nil
	}
	all := make([]byte, 0, len(p.tops)+1)
	for _, top := range p.tops {
		all = append(all, level(top))
	}
	if p.filled > 0 {
		all = append(all, level(p.top))
	}
	return all
}

// level scales a peak to a byte.
func level(top float32) byte {
	return byte(math.Round(float64(min(top, 1)) * 255))
}
