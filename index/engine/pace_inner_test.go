package engine

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestPace compares how long gather waits.
func TestPace(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(p *pace, stop chan struct{}) // before gather, or while it waits
		want time.Duration
	}{
		{"nobody waits", func(*pace, chan struct{}) {}, gatherFor},
		{"somebody waits already", func(p *pace, _ chan struct{}) { p.hurry() }, 0},
		{"somebody begins to wait", func(p *pace, _ chan struct{}) { time.Sleep(100 * time.Millisecond); p.hurry() }, 100 * time.Millisecond},
		{"closing", func(_ *pace, stop chan struct{}) { time.Sleep(200 * time.Millisecond); close(stop) }, 200 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stop := make(chan struct{})
				p := newPace(stop)
				began := time.Now()
				go tt.do(p, stop)
				synctest.Wait()
				p.gather()
				if got := time.Since(began); got != tt.want {
					t.Errorf("waited %v, want %v", got, tt.want)
				}
			})
		})
	}
}

// TestPaceForgets has one who waited go, so that the next file is gathered.
func TestPaceForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(nil)
		done := p.hurry()
		p.gather()
		done()
		done()
		<-p.hurried // of then
		began := time.Now()
		p.gather()
		if got := time.Since(began); got != gatherFor {
			t.Errorf("waited %v, want %v", got, gatherFor)
		}
	})
}
