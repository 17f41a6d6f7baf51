package koresim

import "fmt"

// dice is a small deterministic source of choices (splitmix64). It is our own
// so that a seed gives the same bytes with every version of Go.
type dice struct{ x uint64 }

// newDice returns the dice of one purpose: the same seed, salt and number
// always give the same throws.
func newDice(seed uint64, salt string, n uint64) dice {
	return dice{x: mix(mix(seed^hashString(salt)) + n)}
}

// hashString is FNV-1a.
func hashString(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// mix is the finaliser of splitmix64.
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

func (d *dice) next() uint64 {
	d.x += 0x9e3779b97f4a7c15
	return mix(d.x)
}

// n returns a number in [0, k); 0 for k < 2.
func (d *dice) n(k int) int {
	if k < 2 {
		return 0
	}
	return int(d.next() % uint64(k))
}

// float returns a number in [0, 1).
func (d *dice) float() float64 { return float64(d.next()>>11) / (1 << 53) }

// chance is true with probability p.
func (d *dice) chance(p float64) bool { return d.float() < p }

// between returns a number in [lo, hi].
func (d *dice) between(lo, hi int) int { return lo + d.n(hi-lo+1) }

// pick returns one of list, which must not be empty.
func pick[T any](d *dice, list []T) T { return list[d.n(len(list))] }

// uuid returns text of the shape of a version 5 UUID.
func (d *dice) uuid() string {
	a, b := d.next(), d.next()
	return fmt.Sprintf("%08x-%04x-5%03x-%x%03x-%012x",
		uint32(a>>32), uint16(a>>16), a&0xfff, 8+(b>>62), (b>>48)&0xfff, b&0xffffffffffff)
}

// shortUUID returns a UUID whose first group has seven digits, as the vendor
// prints them after c- and qu-.
func (d *dice) shortUUID() string {
	a, b := d.next(), d.next()
	return fmt.Sprintf("%07x-%04x-4%03x-%x%03x-%012x",
		uint32(a>>36), uint16(a>>16), a&0xfff, 8+(b>>62), (b>>48)&0xfff, b&0xffffffffffff)
}

// hex returns 2*n hexadecimal digits, n at most 8.
func (d *dice) hex(n int) string {
	return fmt.Sprintf("%0*x", 2*n, d.next()>>(64-8*n))
}
