package koresim

import (
	"testing"
	"time"
)

func TestRhythm(t *testing.T) {
	s, err := New(Config{Voicemails: 2000, Other: -1, Quirks: documented(nil), Now: at.UTC})
	if err != nil {
		t.Fatal(err)
	}
	var day [7]int
	office, night, callers := 0, 0, map[string]int{}
	halves := [2]int{}
	for _, x := range s.base {
		local := x.start.Add(zones[s.langOf(x.person)])
		day[local.Weekday()]++
		switch h := local.Hour(); {
		case h >= 9 && h < 17:
			office++
		case h < 6:
			night++
		}
		if x.start.Before(DefaultUntil.Add(-DefaultSpan)) || !x.start.Before(DefaultUntil) {
			t.Errorf("session %s lies outside of the two years", x.id)
		}
		if x.start.Before(DefaultUntil.Add(-DefaultSpan / 2)) {
			halves[0]++
		} else {
			halves[1]++
		}
		callers[s.personOf(x).number]++
	}
	t.Logf("by weekday %v, in office hours %d, at night %d, halves %v, callers %d", day, office, night, halves, len(callers))
	if day[time.Sunday] >= day[time.Saturday] || day[time.Saturday]*2 > day[time.Friday] || day[time.Monday] < day[time.Friday] {
		t.Errorf("by weekday from Sunday: got %v, want few at the weekend and most on Monday", day)
	}
	if office < 1200 || night > 60 {
		t.Errorf("got %d in office hours, %d at night, want most and few of 2000", office, night)
	}
	if halves[0] < 700 || halves[1] < halves[0] {
		t.Errorf("by year: got %v, want both, the second busier", halves)
	}
	most := 0
	for _, n := range callers {
		most = max(most, n)
	}
	if len(callers) < 1200 || most < 3 {
		t.Errorf("got %d callers, the busiest with %d calls, want many and some who call again", len(callers), most)
	}
}

func TestBusyDay(t *testing.T) {
	s, err := New(Config{Voicemails: 1000, Other: -1, Span: 10 * 24 * time.Hour, BusyDay: .4, Quirks: documented(nil)})
	if err != nil {
		t.Fatal(err)
	}
	days := map[string]int{}
	for _, x := range s.base {
		days[x.start.Format(time.DateOnly)]++
	}
	if got := days[DefaultUntil.Add(-5*24*time.Hour).Format(time.DateOnly)]; got < 380 {
		t.Errorf("on the busy day: got %d of 1000, want 400 or more; %v", got, days)
	}
}
