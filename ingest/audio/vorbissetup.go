package audio

import (
	"bytes"
	"errors"
	"math/bits"
)

// What the codebooks of a Vorbis may hold. Encoders stay far below.
const (
	maxEntries    = 1 << 15
	maxDimensions = 1 << 10
	maxLookups    = 1 << 20 // numbers of a book
	maxAllLookups = 1 << 22
	maxAllEntries = 1 << 17
	longestCode   = 32
)

var (
	errSetup     = errors.New("the setup of the Vorbis is damaged")
	errBigSetup  = errors.New("the setup of the Vorbis would take too much memory")
	errLooseTree = errors.New("the setup of the Vorbis has a code that doesn't end")
)

// checkSetup reads the codebooks of a setup header as Vorbis I, 3.2.1 lays them
// out. The decoder allocates by what they say before it has read them, and goes
// round for ever in a code that some bits don't end.
func checkSetup(packet []byte) error {
	const prefix = "\x05vorbis"
	if !bytes.HasPrefix(packet, []byte(prefix)) {
		return errSetup
	}
	b := &bitReader{data: packet[len(prefix):]}
	entries, lookups := 0, 0
	for range b.read(8) + 1 {
		n, values, err := checkCodebook(b)
		if err != nil {
			return err
		}
		entries, lookups = entries+n, lookups+values
		if entries > maxAllEntries || lookups > maxAllLookups {
			return errBigSetup
		}
	}
	return nil
}

// checkCodebook reads a codebook: how many entries it has and how many numbers
// it becomes.
func checkCodebook(b *bitReader) (entries, values int, err error) {
	if b.read(24) != 0x564342 {
		return 0, 0, errSetup
	}
	dimensions := int(b.read(16))
	entries = int(b.read(24))
	if dimensions < 1 || entries < 1 {
		return 0, 0, errSetup
	}
	if dimensions > maxDimensions || entries > maxEntries || entries*dimensions > maxLookups {
		return 0, 0, errBigSetup
	}
	if err := checkCode(b, entries); err != nil {
		return 0, 0, err
	}
	switch kind := b.read(4); kind {
	case 0:
		return entries, 0, b.err
	case 1, 2:
		b.read(32)
		b.read(32)
		width := uint(b.read(4)) + 1
		b.read(1)
		count := entries * dimensions
		if kind == 1 {
			count = rootOf(entries, dimensions)
		}
		for range count {
			b.read(width)
		}
		return entries, entries * dimensions, b.err
	}
	return 0, 0, errSetup
}

// checkCode reads the lengths of a book's codewords. They must fill the tree:
// then every row of bits ends at an entry.
func checkCode(b *bitReader, entries int) error {
	var filled uint64 // of 1 << longestCode
	used := 0
	put := func(length uint32, n int) {
		if length > longestCode {
			b.err = errSetup
			return
		}
		filled += uint64(n) << (longestCode - length)
		used += n
	}
	if ordered := b.read(1) == 1; ordered {
		length := b.read(5) + 1
		for at := 0; at < entries && b.err == nil; length++ {
			n := int(b.read(uint(bits.Len(uint(entries - at)))))
			if at += n; at > entries {
				return errSetup
			}
			put(length, n)
		}
	} else {
		sparse := b.read(1) == 1
		for range entries {
			if !sparse || b.read(1) == 1 {
				put(b.read(5)+1, 1)
			}
		}
	}
	switch {
	case b.err != nil:
		return b.err
	case filled == 1<<longestCode, used == 1 && filled == 1<<(longestCode-1):
		return nil // a book of one entry has a word of one bit
	}
	return errLooseTree
}

// rootOf is the greatest number whose power is not above n.
func rootOf(n, power int) int {
	root := 1
	for {
		product := 1
		for range power {
			if product *= root + 1; product > n {
				return root
			}
		}
		root++
	}
}

// bitReader reads numbers, the lowest bit first. Behind the end it reads zeros
// and has an error.
type bitReader struct {
	data []byte
	at   int // in bits
	err  error
}

func (b *bitReader) read(n uint) uint32 {
	if b.at+int(n) > 8*len(b.data) {
		b.err = errSetup
		b.at = 8 * len(b.data)
		return 0
	}
	var v uint32
	for i := range n {
		v |= uint32(b.data[b.at>>3]>>(b.at&7)&1) << i
		b.at++
	}
	return v
}
