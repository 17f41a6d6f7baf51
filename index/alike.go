package index

import "afterbeep/index/words"

// spelledAlike tells whether two words that sound alike are also written so
// alike that one may be meant by the other: at most two thirds of the longer
// one must be changed. Sound codes leave out so much of short words that
// otherwise "wifi" would be "off". A name that is not said as it is spelled is
// also compared as it is said: "siobhan" may be "shivon".
func spelledAlike(a, b string) bool { return likeness(a, b) >= leastLikeness }

const leastLikeness = 0.33

// likeness is the share of the longer word that is as in the other one, in the
// spellings in which that is the most.
func likeness(a, b string) float32 {
	best := written(a, b)
	for _, said := range words.SaidAs(a) {
		best = max(best, written(said, b))
	}
	for _, said := range words.SaidAs(b) {
		best = max(best, written(a, said))
	}
	return best
}

// written is the share of the longer word that is as in the other one, letter
// by letter.
func written(a, b string) float32 {
	x, y := []rune(a), []rune(b)
	return 1 - float32(edits(x, y))/float32(max(len(x), len(y)))
}

// edits is how many letters must be put in, left out or changed to get from a
// to b.
func edits(a, b []rune) int {
	before, now := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range before {
		before[j] = j
	}
	for i, r := range a {
		now[0] = i + 1
		for j, s := range b {
			change := before[j]
			if r != s {
				change++
			}
			now[j+1] = min(change, before[j+1]+1, now[j]+1)
		}
		before, now = now, before
	}
	return before[len(b)]
}
