package index

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"

	"afterbeep/store"
)

// cursor says behind which hit the next page begins, or before which the page
// before ends. It carries what must stay
// as it was on the first page while new voicemails arrive: how rare each word
// was and how much its synonyms tell, which decides scores, whether partial matches are shown, and by what the
// words are remembered that a beginning of many stands for. So pages
// are complete and without repetitions for all voicemails that do not change.
type cursor struct {
	given    bool // false for the first page
	back     bool // the page before last is asked for, not the one behind it
	bar      int  // how much partial matches match; 0 where they are not shown
	last     key
	choice   uint64 // what words stood for, of which there were many; 0 where there were none
	rarities []float32
	told     []uint8 // how much the alternatives of the words tell
}

const (
	cursorVersion = 5
	// cursorFixed is the length without rarities and what is told: version, flags,
	// fingerprint, bar, score, left, id, choice, how much is told.
	cursorFixed = 1 + 1 + fingerprintBytes + 2 + 4 + 8 + 8 + 8 + 2
	// cursorSum is the length of the check sum at the end. It tells broken
	// cursors; it is no secret: a made-up cursor shows nothing more.
	cursorSum        = 4
	fingerprintBytes = 8

	flagPartial = 1 << 0
	flagBack    = 1 << 7
	tierShift   = 1 // the bits from here on are the tier
)

type fingerprint [fingerprintBytes]byte

// fingerprint identifies all of a request that decides which hits there are and
// in which order, and the scope. Now is left out: days and ages in the query move
// with it, and a cursor must not end with the moment that it was made in.
func (r Request) fingerprint(s store.Scope) fingerprint {
	parts := []string{
		r.Query.Root.String(), r.Bot, r.Lang, r.Queue, r.Has, string(r.Sort),
		strconv.FormatInt(micros(r.From), 10), strconv.FormatInt(micros(r.To), 10),
		r.Zone.String(), strconv.FormatBool(s.All()),
	}
	if !s.All() {
		parts = append(parts, s.Bots()...)
	}
	if queues := s.Queues(); len(queues) > 0 {
		parts = append(append(parts, "queues"), queues...)
	}
	if r.Callback != "" {
		parts = append(parts, "callback", r.Callback)
	}
	if r.asksMine() {
		parts = append(parts, "person", s.Person())
	}
	if r.Among != nil {
		parts = append(append(parts, "among"), docIDs(r.Among)...)
	}
	h := sha256.New()
	for _, p := range parts {
		_ = binary.Write(h, binary.BigEndian, uint64(len(p)))
		h.Write([]byte(p))
	}
	return fingerprint(h.Sum(nil)[:fingerprintBytes])
}

func (c cursor) encode(f fingerprint) string {
	b := make([]byte, 0, cursorFixed+len(c.told)+4*len(c.rarities)+cursorSum)
	flags := byte(c.last.tier) << tierShift
	if c.last.partial {
		flags |= flagPartial
	}
	if c.back {
		flags |= flagBack
	}
	b = append(b, cursorVersion, flags)
	b = append(b, f[:]...)
	b = binary.BigEndian.AppendUint16(b, uint16(c.bar))
	b = binary.BigEndian.AppendUint32(b, math.Float32bits(c.last.score))
	b = binary.BigEndian.AppendUint64(b, uint64(c.last.left))
	b = binary.BigEndian.AppendUint64(b, uint64(c.last.id))
	b = binary.BigEndian.AppendUint64(b, c.choice)
	b = binary.BigEndian.AppendUint16(b, uint16(len(c.told)))
	b = append(b, c.told...)
	for _, r := range c.rarities {
		b = binary.BigEndian.AppendUint32(b, math.Float32bits(r))
	}
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(append(b, sum[:cursorSum]...))
}

// parseCursor reads a cursor; "" is the first page. ErrCursor where it is
// broken or was made for another fingerprint.
func parseCursor(text string, f fingerprint) (cursor, error) {
	if text == "" {
		return cursor{}, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < cursorFixed+cursorSum {
		return cursor{}, ErrCursor
	}
	body, sum := b[:len(b)-cursorSum], b[len(b)-cursorSum:]
	want := sha256.Sum256(body)
	rest := body[2+fingerprintBytes:]
	if string(sum) != string(want[:cursorSum]) || body[0] != cursorVersion ||
		string(body[2:2+fingerprintBytes]) != string(f[:]) {
		return cursor{}, ErrCursor
	}
	flags := body[1]
	c := cursor{given: true, back: flags&flagBack != 0, bar: int(binary.BigEndian.Uint16(rest)), last: key{
		partial: flags&flagPartial != 0,
		tier:    tier(flags &^ flagBack >> tierShift),
		score:   math.Float32frombits(binary.BigEndian.Uint32(rest[2:])),
		left:    int64(binary.BigEndian.Uint64(rest[6:])),
		id:      int64(binary.BigEndian.Uint64(rest[14:])),
	}, choice: binary.BigEndian.Uint64(rest[22:])}
	told := int(binary.BigEndian.Uint16(rest[30:]))
	if rest = rest[32:]; len(rest) < told || (len(rest)-told)%4 != 0 {
		return cursor{}, ErrCursor
	}
	c.told = rest[:told:told]
	for rest = rest[told:]; len(rest) > 0; rest = rest[4:] {
		c.rarities = append(c.rarities, math.Float32frombits(binary.BigEndian.Uint32(rest)))
	}
	return c, nil
}
