package index

import (
	"fmt"
	"strings"
	"testing"

	"afterbeep/index/query"
)

// Longer queries get less for each word, and up to fifteen words get all.
func TestBoundsOfQueries(t *testing.T) {
	few, some, many := boundsOf(nil), boundsOf(query.Parse(manyWords(fewWords+1)).Root), boundsOf(query.Parse(manyWords(someWords+1)).Root)
	if few == some || some == many || few.widened < some.widened || some.widened < many.widened || many.widened < 1 {
		t.Fatalf("few %+v, some %+v, many %+v", few, some, many)
	}
	for _, tt := range []struct {
		name, q string
		want    bounds
	}{
		{"nothing", "", few},
		{"fifteen words", manyWords(15), few},
		{"filters count nothing", manyWords(15) + " lang:en has:recording", few},
		{"what is excluded counts", manyWords(15) + " -no", some},
		{"alternatives in parentheses", manyWords(10) + " (one OR (two three))" + strings.Repeat(` "a phrase"`, 3), some},
		{"sixty-four", manyWords(64), some},
		{"a thousand", manyWords(1000), many},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := boundsOf(query.Parse(tt.q).Root); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// manyWords are so many different words.
func manyWords(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "word%c%c%c ", 'a'+i%26, 'a'+i/26%26, 'a'+i/676)
	}
	return b.String()
}
