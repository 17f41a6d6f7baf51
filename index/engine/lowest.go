package engine

import (
	"cmp"
	"slices"
)

// Lowest finds the lowest of many values. It takes a few nanoseconds a value in
// whatever order they come. It is not safe for concurrent use.
type Lowest[T cmp.Ordered] struct {
	k     int
	kept  []T
	bound T    // what is not below it is none of the lowest
	full  bool // there is a bound
}

// NewLowest is for the k lowest of some values, of which there are n at most.
func NewLowest[T cmp.Ordered](k, n int) *Lowest[T] {
	return &Lowest[T]{k: k, kept: make([]T, 0, max(min(n, 4*k), 1))}
}

// Add takes a value.
func (l *Lowest[T]) Add(value T) {
	if l.full && value >= l.bound {
		return
	}
	if len(l.kept) == cap(l.kept) {
		l.cut()
		if l.full && value >= l.bound {
			return
		}
	}
	l.kept = append(l.kept, value)
}

// Bound is what a value must be below to be one of the lowest so far; false
// where any is.
func (l *Lowest[T]) Bound() (T, bool) { return l.bound, l.full }

// Sorted returns the k lowest of what was added, in order.
func (l *Lowest[T]) Sorted() []T {
	l.cut()
	slices.Sort(l.kept)
	return l.kept
}

// cut drops what is none of the lowest.
func (l *Lowest[T]) cut() {
	if len(l.kept) <= l.k {
		return
	}
	partition(l.kept, l.k)
	l.kept = l.kept[:l.k]
	l.bound, l.full = slices.Max(l.kept), true
}

// partition puts the k lowest values of a list first: Hoare's selection.
func partition[T cmp.Ordered](list []T, k int) {
	for len(list) > selectFrom {
		pivot := median(list[0], list[len(list)/2], list[len(list)-1])
		i, j := 0, len(list)-1
		for i <= j {
			for list[i] < pivot {
				i++
			}
			for pivot < list[j] {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			list = list[:j+1]
		case k > i:
			list, k = list[i:], k-i
		default:
			return // what lies between is all the same
		}
	}
	slices.Sort(list)
}

// selectFrom is how many values are selected from: fewer are sorted.
const selectFrom = 16

func median[T cmp.Ordered](a, b, c T) T {
	return max(min(a, b), min(max(a, b), c))
}
