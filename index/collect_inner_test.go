package index

import "testing"

func TestCollecting(t *testing.T) {
	for _, tc := range []struct {
		name         string
		usual, eased int
	}{
		{"usual", 100, buildPercent}, {"often", 20, buildPercent},
		{"seldom", 400, 400}, {"never", -1, -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			now := tc.usual // as the process was started
			c := &collecting{set: func(percent int) int { before := now; now = percent; return before }}
			first := c.ease()
			second := c.ease() // begins within the first and ends behind it
			first()
			if now != tc.eased {
				t.Errorf("%d while one still builds, want %d", now, tc.eased)
			}
			second()
			if now != tc.usual {
				t.Errorf("%d afterwards, want %d", now, tc.usual)
			}
		})
	}
}

func TestWhatIsUsualChangesWhileSomethingIsBuilt(t *testing.T) {
	now := 100
	c := &collecting{set: func(percent int) int { before := now; now = percent; return before }}
	end := c.ease()
	c.usually(400)
	if now != 400 {
		t.Errorf("%d while one builds, want 400", now)
	}
	c.usually(125)
	if now != buildPercent {
		t.Errorf("%d while one builds, want %d", now, buildPercent)
	}
	end()
	if now != 125 {
		t.Errorf("%d afterwards, want 125", now)
	}
}

func TestLessIsCollectedWhereLittleIsInUse(t *testing.T) {
	for _, tc := range []struct {
		used uint64
		want int
	}{{0, mostPercent}, {10 << 20, mostPercent}, {64 << 20, 400}, {100 << 20, 250}, {256 << 20, 100}, {4 << 30, 100}} {
		if got := percentFor(tc.used); got != tc.want {
			t.Errorf("%d MB in use: %d %%, want %d", tc.used>>20, got, tc.want)
		}
	}
}
