package koresim

import "math"

// controlStep is how many samples pass between changes of shape: 5 ms.
const controlStep = 40

// resonator rings at one frequency.
type resonator struct{ a, b, c, y1, y2 float64 }

func (r *resonator) tune(hz, width float64) {
	hz = min(hz, sampleRate*.47)
	e := math.Exp(-math.Pi * width / sampleRate)
	r.c = -e * e
	r.b = 2 * e * math.Cos(2*math.Pi*hz/sampleRate)
	r.a = 1 - r.b - r.c
}

func (r *resonator) pass(x float64) float64 {
	y := r.a*x + r.b*r.y1 + r.c*r.y2
	r.y2, r.y1 = r.y1, y
	return y
}

// throat is a source (glottal pulses and breath) and four resonators.
type throat struct {
	v          voice
	n          noise
	phase      float64
	flow       float64 // of the pulse, at the sample before
	f1, f2, f3 resonator
	hiss       resonator
	now        sound // shape at this moment, on its way to the next sound's
	time       int
}

func newThroat(v voice) *throat {
	t := &throat{v: v, n: noise(v.seed), now: pause(0)}
	t.now.hiss = 2500
	return t
}

// utter writes the sounds, each scale times its length, over out.
func (t *throat) utter(out []float64, list []sound, scale float64) {
	at := 0.0
	i := 0
	for _, s := range list {
		at += s.seconds * scale * sampleRate
		for ; i < len(out) && float64(i) < at; i++ {
			if t.time%controlStep == 0 {
				t.shape(s)
			}
			t.time++
			out[i] += t.sample()
		}
	}
	for ; i < len(out); i++ { // let the last sound ring out
		if t.time%controlStep == 0 {
			t.shape(pause(0))
		}
		t.time++
		out[i] += t.sample()
	}
}

// shape moves a step from where the throat is to where the sound wants it.
func (t *throat) shape(s sound) {
	near := func(from *float64, to, share float64) { *from += (to - *from) * share }
	near(&t.now.voiced, s.voiced, .4)
	near(&t.now.noise, s.noise, .55)
	near(&t.now.f1, s.f1, .3)
	near(&t.now.f2, s.f2, .3)
	near(&t.now.f3, s.f3, .3)
	near(&t.now.lift, s.lift, .1)
	if s.hiss > 0 {
		t.now.hiss = s.hiss
	}
	t.f1.tune(t.now.f1*t.v.size, 80)
	t.f2.tune(t.now.f2*t.v.size, 110)
	t.f3.tune(t.now.f3*t.v.size, 170)
	t.hiss.tune(t.now.hiss, 900)
}

// sample is the next one.
func (t *throat) sample() float64 {
	seconds := float64(t.time) / sampleRate
	// Two slow waves and a little shaking keep the melody from being a machine's.
	melody := 1 + .07*math.Sin(2.1*seconds) + .04*math.Sin(5.3*seconds+1)
	t.phase += t.v.pitch * melody * t.now.lift * (1 + .012*t.n.next()) / sampleRate
	if t.phase >= 1 {
		t.phase--
	}
	flow := pulse(t.phase)
	source := flow - t.flow
	t.flow = flow
	breath := t.n.next()
	ring := t.f3.pass(t.f2.pass(t.f1.pass(t.now.voiced * (source + .01*breath))))
	return ring*3 + .5*t.hiss.pass(t.now.noise*breath)
}

// pulse is the flow of air through the glottis over one period: opens slowly,
// shuts fast, stays shut.
func pulse(p float64) float64 {
	switch {
	case p < .4:
		return .5 * (1 - math.Cos(math.Pi*p/.4))
	case p < .56:
		return math.Cos(math.Pi / 2 * (p - .4) / .16)
	default:
		return 0
	}
}
