package engine

import (
	"encoding/binary"
	"math/bits"
)

// written is a roaring bitmap as it is written in a file. Most of what is asked
// of one takes less than making a roaring.Bitmap of it.
//
// It begins with a cookie, the number of containers of 65,536 documents each,
// and the key and the cardinality less one of every container. Where some are
// runs, the number is in the cookie and a bit for each follows; where there are
// a few at least, or none are runs, where each begins comes next. Then come the
// containers: the low halves of up to 4,096 documents, bits where they are more,
// or how many runs there are with the start and the length less one of each.
type written []byte

const (
	cookieWithRuns = 12347
	offsetsFrom    = 4
	sparseUntil    = 4096
	bytesOfBits    = containerSize / 8
)

// containers goes through the containers of a bitmap, of which the first is next.
type containers struct {
	count       int
	runs, heads []byte
	rest        []byte // the next container and those behind it
	next        int
}

// container is one of them: one of its three forms.
type container struct {
	key         uint32 // the high half of its documents
	cardinality int
	lows        []byte // low halves, two bytes each
	bits        []byte
	pairs       []byte // of runs: the first low half and how many follow it
}

func (b written) containers() containers {
	var c containers
	rest := b[8:]
	if cookie := binary.LittleEndian.Uint32(b); cookie&0xffff == cookieWithRuns {
		c.count = int(cookie>>16) + 1
		c.runs, rest = b[4:4+(c.count+7)/8], b[4+(c.count+7)/8:]
	} else {
		c.count = int(binary.LittleEndian.Uint32(b[4:]))
	}
	c.heads, c.rest = rest[:4*c.count], rest[4*c.count:]
	if c.runs == nil || c.count >= offsetsFrom {
		c.rest = c.rest[4*c.count:]
	}
	return c
}

// take returns the next container; false at the end.
func (c *containers) take() (container, bool) {
	i := c.next
	if i == c.count {
		return container{}, false
	}
	c.next++
	one := container{key: uint32(low(c.heads, 2*i)), cardinality: int(low(c.heads, 2*i+1)) + 1}
	switch {
	case c.runs != nil && c.runs[i/8]>>(i%8)&1 == 1:
		end := 2 + 4*int(low(c.rest, 0))
		one.pairs, c.rest = c.rest[2:end], c.rest[end:]
	case one.cardinality <= sparseUntil:
		one.lows, c.rest = c.rest[:2*one.cardinality], c.rest[2*one.cardinality:]
	default:
		one.bits, c.rest = c.rest[:bytesOfBits], c.rest[bytesOfBits:]
	}
	return one, true
}

// low is the i-th number of two bytes.
func low(b []byte, i int) uint16 { return binary.LittleEndian.Uint16(b[2*i:]) }

// cardinality is how many documents there are; only the head is read.
func (b written) cardinality() uint64 {
	c := b.containers()
	sum := uint64(c.count)
	for i := range c.count {
		sum += uint64(low(c.heads, 2*i+1))
	}
	return sum
}

// appendTo appends all documents to out.
func (b written) appendTo(out []uint32) []uint32 {
	all := b.containers()
	for c, ok := all.take(); ok; c, ok = all.take() {
		base := c.key << 16
		for i := range len(c.lows) / 2 {
			out = append(out, base|uint32(low(c.lows, i)))
		}
		for i := 0; i < len(c.bits); i += 8 {
			for word := binary.LittleEndian.Uint64(c.bits[i:]); word != 0; word &= word - 1 {
				out = append(out, base|uint32(8*i+bits.TrailingZeros64(word)))
			}
		}
		for i := range len(c.pairs) / 4 {
			first := uint32(low(c.pairs, 2*i))
			for doc := first; doc <= first+uint32(low(c.pairs, 2*i+1)); doc++ {
				out = append(out, base|doc)
			}
		}
	}
	return out
}

// addTo sets the bit of every document.
func (b written) addTo(words []uint64) {
	all := b.containers()
	for c, ok := all.take(); ok; c, ok = all.take() {
		own := words[c.key*containerSize/64:] // the last container may be short
		for i := range len(c.lows) / 2 {
			doc := low(c.lows, i)
			own[doc/64] |= 1 << (doc % 64)
		}
		for i := range min(len(c.bits)/8, len(own)) {
			own[i] |= binary.LittleEndian.Uint64(c.bits[8*i:])
		}
		for i := range len(c.pairs) / 4 {
			first := uint32(low(c.pairs, 2*i))
			for doc := first; doc <= first+uint32(low(c.pairs, 2*i+1)); doc++ {
				own[doc/64] |= 1 << (doc % 64)
			}
		}
	}
}

// ranks tells how many documents come before others, which are asked for in
// ascending order: it goes through the bitmap once at most.
type ranks struct {
	all     containers
	current container
	more    bool // current is one
	before  int  // documents in containers before current
	at      int  // lows, words or runs of current that are behind us
	inside  int  // documents in those words or runs
}

func (b written) ranks() ranks {
	r := ranks{all: b.containers()}
	r.current, r.more = r.all.take()
	return r
}

// rank is how many documents are below doc.
func (r *ranks) rank(doc uint32) int {
	for r.more && r.current.key < doc>>16 {
		r.before += r.current.cardinality
		r.at, r.inside = 0, 0
		r.current, r.more = r.all.take()
	}
	if !r.more || r.current.key > doc>>16 {
		return r.before
	}
	below := uint16(doc)
	switch c := &r.current; {
	case c.lows != nil:
		r.at = leap(c.lows, r.at, below)
		return r.before + r.at
	case c.bits != nil:
		for ; r.at < int(below>>6); r.at++ {
			r.inside += bits.OnesCount64(binary.LittleEndian.Uint64(c.bits[8*r.at:]))
		}
		last := binary.LittleEndian.Uint64(c.bits[8*r.at:]) & (1<<(below&63) - 1)
		return r.before + r.inside + bits.OnesCount64(last)
	default:
		for ; 4*r.at < len(c.pairs); r.at++ {
			first, more := low(c.pairs, 2*r.at), low(c.pairs, 2*r.at+1)
			if below <= first {
				break
			}
			if uint32(below) <= uint32(first)+uint32(more) {
				return r.before + r.inside + int(below-first)
			}
			r.inside += int(more) + 1
		}
		return r.before + r.inside
	}
}

// find is rank, and whether doc itself is there.
func (r *ranks) find(doc uint32) (rank int, there bool) {
	rank = r.rank(doc)
	if !r.more || r.current.key != doc>>16 {
		return rank, false
	}
	below := uint16(doc)
	switch c := &r.current; {
	case c.lows != nil:
		there = 2*r.at < len(c.lows) && low(c.lows, r.at) == below
	case c.bits != nil:
		there = c.bits[below>>3]>>(below&7)&1 == 1
	case 4*r.at < len(c.pairs):
		first, more := low(c.pairs, 2*r.at), low(c.pairs, 2*r.at+1)
		there = first <= below && uint32(below) <= uint32(first)+uint32(more)
	}
	return rank, there
}

// leap returns the first place from at on that is not below, in growing steps
// and then by halves.
func leap(lows []byte, at int, below uint16) int {
	n, step := len(lows)/2, 1
	for at+step < n && low(lows, at+step) < below {
		at += step
		step *= 2
	}
	for end := min(at+step, n); at < end; {
		if middle := (at + end) / 2; low(lows, middle) < below {
			at = middle + 1
		} else {
			end = middle
		}
	}
	return at
}
