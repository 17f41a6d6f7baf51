package engine

import (
	"encoding/binary"
	"slices"
)

// Document is what is indexed of one voicemail. It is filled once, by one
// goroutine. Left and ID are what hits are ordered and named by.
type Document struct {
	Left     int64  // when it was left: microseconds since 1970, any value
	ID       int64  // above zero
	Duration uint32 // tenths of a second; 0 where unknown

	fields [][]occurrence // by Field
}

// occurrence is a term of a field. Where the field keeps no positions, place is 0.
type occurrence struct {
	term  string
	place uint32
}

// Place adds a term of FieldText or FieldStem at a position, which is 0 for the
// first word. Positions must not go down within a field.
func (d *Document) Place(field Field, term string, position uint32) {
	d.add(field, occurrence{term: term, place: position})
}

// Add adds terms of any other field. Empty ones are left out, as is what is
// there already.
func (d *Document) Add(field Field, terms ...string) {
	for _, t := range terms {
		if t != "" {
			d.add(field, occurrence{term: t})
		}
	}
}

func (d *Document) add(field Field, o occurrence) { d.fields[field] = append(d.fields[field], o) }

// digitBits is how many bits of a number one term of fieldDigits holds: more
// would make many terms, fewer many of each document.
const digitBits = 11

// The numbers of fieldDigits. A term is the number's letter, the digit's place
// from 0 and the digit. Digits that are 0 are left out.
const (
	digitsOfLeft     = 'l'
	digitsOfID       = 'i'
	digitsOfDuration = 'd'
)

func (d *Document) addDigits() {
	d.addNumber(digitsOfLeft, uint64(d.Left))
	d.addNumber(digitsOfID, uint64(d.ID))
	d.addNumber(digitsOfDuration, uint64(d.Duration))
}

func (d *Document) addNumber(letter byte, n uint64) {
	for at := byte(0); n > 0; at, n = at+1, n>>digitBits {
		if digit := n & (1<<digitBits - 1); digit > 0 {
			term := binary.BigEndian.AppendUint16([]byte{letter, '0' + at}, uint16(digit))
			d.Add(fieldDigits, string(term))
		}
	}
}

// parseDigit reads what a term of fieldDigits adds to its number.
func parseDigit(term []byte) (n uint64, ok bool) {
	if len(term) != 4 || term[1] < '0' || term[1] > '5' {
		return 0, false
	}
	return uint64(binary.BigEndian.Uint16(term[2:])) << (digitBits * uint(term[1]-'0')), true
}

// The names of FieldHas.
const (
	HasRecording  = "recording"  // audio that can be played
	HasTranscript = "transcript" // a text
	HasNumber     = "number"     // a number to call, said or written
)

// HasNames lists the names of FieldHas; the place of one is its bit in
// Columns.Has.
func HasNames() []string { return []string{HasRecording, HasTranscript, HasNumber} }

func hasBit(name string) uint8 {
	at := slices.Index(HasNames(), name)
	if at < 0 {
		return 0
	}
	return 1 << at
}
