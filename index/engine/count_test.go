package engine_test

import (
	"fmt"
	"math"
	"testing"

	"afterbeep/index/engine"
)

// TestCountOddly counts with more edges than there are bytes, and with edges as
// far apart as there are.
func TestCountOddly(t *testing.T) {
	e := open(t, t.TempDir())
	b := engine.NewBatch()
	times := []int64{math.MinInt64 + 1, -1 << 62, -1, 0, 1, 1 << 61, 1<<62 + 1, math.MaxInt64 - 1}
	for i := range int64(400) {
		b.Update(fmt.Sprint(i), func(d *engine.Document) {
			d.ID, d.Left, d.Duration = i+1, times[i%int64(len(times))], uint32(i)*10
		})
	}
	apply(t, e, b, false)
	var lengths []uint32
	for i := range uint32(400) {
		lengths = append(lengths, 10*i)
	}
	for _, seg := range snapshot(t, e).Segments {
		few := seg.Between(seg.Live(), math.MinInt64, 0)
		for i, n := range seg.CountDurations(few, engine.NewLengths(lengths)) {
			want := 0
			if i%len(times) < 3 {
				want = 1
			}
			if n != want {
				t.Errorf("%d last %d s, want %d", n, i, want)
			}
		}
		edges := []int64{math.MinInt64, -1 << 62, 0, 1, 1 << 61, 1 << 62, math.MaxInt64}
		same(t, "times", []int{50, 100, 50, 50, 50, 100}, seg.CountTimes(seg.Live(), edges))
		same(t, "few times", []int{50, 100, 0, 0, 0, 0}, seg.CountTimes(few, edges))
	}
}
