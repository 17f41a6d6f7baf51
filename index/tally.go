package index

import (
	"math/bits"

	"github.com/RoaringBitmap/roaring/v2"
)

// tally counts in how many of many sets each document of a segment is, 64
// documents at a time: the i-th plane has the i-th bit of every count. To go
// through each set document by document takes a hundred times as long where
// they are large.
type tally struct {
	planes [][]uint64
	size   int // words of a plane
	dense  []uint64
}

func newTally(documents uint32) *tally {
	size := int(documents+63) / 64
	return &tally{size: size, dense: make([]uint64, size)}
}

// add counts the documents of a set so many times.
func (t *tally) add(set *roaring.Bitmap, times int) {
	sparse := set.GetCardinality() < uint64(t.size)/2
	if !sparse {
		clear(t.dense)
		set.WriteDenseTo(t.dense)
	}
	for ; times > 0; times &= times - 1 {
		bit := bits.TrailingZeros(uint(times))
		if sparse {
			set.Iterate(func(doc uint32) bool {
				t.carry(bit, int(doc/64), 1<<(doc%64))
				return true
			})
			continue
		}
		t.reach(bit)
		plane := t.planes[bit][:len(t.dense)]
		for i, word := range t.dense {
			both := plane[i] & word
			plane[i] ^= word
			if both != 0 {
				t.carry(bit+1, i, both)
			}
		}
	}
}

// carry adds one at a bit to the counts of the documents in a word.
func (t *tally) carry(bit, i int, word uint64) {
	for ; word != 0; bit++ {
		t.reach(bit)
		plane := t.planes[bit]
		plane[i], word = plane[i]^word, plane[i]&word
	}
}

// reach has a plane for a bit.
func (t *tally) reach(bit int) {
	for bit >= len(t.planes) {
		t.planes = append(t.planes, make([]uint64, t.size))
	}
}

// atLeast are the documents that were counted so often.
func (t *tally) atLeast(n int) *roaring.Bitmap {
	if n>>len(t.planes) > 0 {
		return roaring.New()
	}
	out := make([]uint64, t.size)
	for i := range out {
		more, same := uint64(0), ^uint64(0)
		for bit := len(t.planes) - 1; bit >= 0; bit-- {
			if word := t.planes[bit][i]; n>>bit&1 == 1 {
				same &= word
			} else {
				more |= same & word
				same &^= word
			}
		}
		out[i] = more | same
	}
	return roaring.FromDense(out, true)
}
