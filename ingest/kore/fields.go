package kore

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxNotes bounds what a reply of nonsense can pile up.
const maxNotes = 50

// notes collects what was odd about a reply. A note names places and kinds of
// values, never values: it is safe to log.
type notes struct {
	list []string
	more int
}

func (n *notes) add(format string, args ...any) {
	if len(n.list) >= maxNotes {
		n.more++
		return
	}
	n.list = append(n.list, fmt.Sprintf(format, args...))
}

// all gives the notes, the last one saying how many were left out.
func (n *notes) all() []string {
	if n.more == 0 {
		return n.list
	}
	return append(slices.Clone(n.list), fmt.Sprintf("and %d more notes", n.more))
}

// object is a JSON object read tolerantly: its keys are found without regard to
// case, spaces, underscores and dashes, and a value of the wrong type is passed
// over with a note.
type object struct {
	at   string // where it stands in the reply, for notes
	keys map[string]any
	n    *notes
}

var separators = strings.NewReplacer(" ", "", "_", "", "-", "")

// fold brings the spellings of a key together.
func fold(key string) string { return strings.ToLower(separators.Replace(key)) }

// values are the values under a key that are not null; where several keys fold
// to the same, the one spelled as asked comes first, then the shorter.
func (o object) values(name string) []any {
	var found []string
	want := fold(name)
	for k, v := range o.keys {
		if v != nil && (k == name || fold(k) == want) {
			found = append(found, k)
		}
	}
	slices.SortFunc(found, func(a, b string) int {
		if a == name || b == name {
			return cmp.Compare(btoi(b == name), btoi(a == name))
		}
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
	vs := make([]any, 0, len(found))
	for _, k := range found {
		vs = append(vs, o.keys[k])
	}
	return vs
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// has says whether a key is there at all, null included.
func (o object) has(name string) bool {
	want := fold(name)
	for k := range o.keys {
		if fold(k) == want {
			return true
		}
	}
	return false
}

// place names a field of the object in a note.
func (o object) place(name string) string {
	if o.at == "" {
		return name
	}
	return o.at + "." + name
}

func (o object) wrong(name, want string, got any) {
	o.n.add("%s: want %s, got %s", o.place(name), want, typeOf(got))
}

// text is the first of the names that holds a string or a number, "" if none.
func (o object) text(names ...string) string {
	for _, name := range names {
		for _, v := range o.values(name) {
			s, ok := textOf(v)
			if !ok {
				o.wrong(name, "a string", v)
				continue
			}
			if strings.ContainsRune(s, 0) { // no database takes it in a text
				o.n.add("%s: a NUL was left out", o.place(name))
				s = strings.ReplaceAll(s, "\x00", "")
			}
			if s != "" {
				return s
			}
		}
	}
	return ""
}

// word is the first of the names that holds a string, "" if none: what is a
// number where an id or a link belongs is none.
func (o object) word(names ...string) string {
	for _, name := range names {
		for _, v := range o.values(name) {
			s, ok := v.(string)
			if !ok {
				o.wrong(name, "a string", v)
				continue
			}
			if s = strings.ReplaceAll(s, "\x00", ""); s != "" {
				return s
			}
		}
	}
	return ""
}

// maxNumberText is how long a number may be where a string is expected: a phone
// number or an id, not a megabyte of digits.
const maxNumberText = 64

func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), len(v) <= maxNumberText
	}
	return "", false
}

// time is the first of the names that holds a moment, the zero time if none.
func (o object) time(names ...string) time.Time {
	for _, name := range names {
		for _, v := range o.values(name) {
			if s, ok := v.(string); ok && strings.TrimSpace(s) == "" {
				continue
			}
			t, ok := timeOf(v)
			if ok {
				return t
			}
			o.n.add("%s: not a time", o.place(name))
		}
	}
	return time.Time{}
}

// whole is the number under name, rounded, 0 if there is none.
func (o object) whole(name string) int {
	for _, v := range o.values(name) {
		s, ok := textOf(v)
		if !ok {
			o.wrong(name, "a number", v)
			continue
		}
		if strings.TrimSpace(s) == "" {
			continue
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil || math.IsNaN(f) || math.Abs(f) > math.MaxInt32 {
			o.n.add("%s: not a number that fits", o.place(name))
			continue
		}
		return int(math.Round(f))
	}
	return 0
}

// flag is the yes or no under name.
func (o object) flag(name string) Flag {
	for _, v := range o.values(name) {
		f, ok := flagOf(v)
		if !ok {
			o.n.add("%s: neither yes nor no", o.place(name))
			continue
		}
		if f != FlagUnknown {
			return f
		}
	}
	return FlagUnknown
}

// child is the object under name; an empty one where there is none.
func (o object) child(name string) object {
	empty := object{at: o.place(name), n: o.n}
	for _, v := range o.values(name) {
		if m, ok := v.(map[string]any); ok {
			return object{at: o.place(name), keys: m, n: o.n}
		}
		o.wrong(name, "an object", v)
	}
	return empty
}

// maxItems is how many elements of one list are read: far more than any reply
// has a use for, and few enough that a reply of nonsense costs little.
const maxItems = 10_000

// list is the array under name, all spellings of the key one after another; a
// value that is no array stands for an array of one. What lies past maxItems is
// left out with a note.
func (o object) list(name string) []any {
	var all []any
	for _, v := range o.values(name) {
		if a, ok := v.([]any); ok {
			all = append(all, a...)
			continue
		}
		all = append(all, v)
	}
	if len(all) > maxItems {
		o.n.add("%s: %d elements left out", o.place(name), len(all)-maxItems)
		all = all[:maxItems]
	}
	return all
}

// objects is list with what is no object left out and noted.
func (o object) objects(name string) []object {
	var all []object
	for i, v := range o.list(name) {
		at := o.place(name) + "[" + strconv.Itoa(i) + "]"
		m, ok := v.(map[string]any)
		if !ok {
			o.n.add("%s: want an object, got %s", at, typeOf(v))
			continue
		}
		all = append(all, object{at: at, keys: m, n: o.n})
	}
	return all
}

func typeOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case json.Number:
		return "a number"
	case string:
		return "a string"
	case []any:
		return "an array"
	}
	return "an object"
}

// Flag is a yes, a no, or nothing said. The zero Flag is FlagUnknown.
type Flag string

// The values of a Flag.
const (
	FlagUnknown Flag = ""
	FlagYes     Flag = "yes"
	FlagNo      Flag = "no"
)

// flagOf reads a flag in any spelling; ok is false where it is none.
func flagOf(v any) (f Flag, ok bool) {
	if b, is := v.(bool); is {
		if b {
			return FlagYes, true
		}
		return FlagNo, true
	}
	s, is := textOf(v)
	if !is {
		return FlagUnknown, false
	}
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "yes", "y", "true", "t", "1", "on":
		return FlagYes, true
	case "no", "n", "false", "f", "0", "off":
		return FlagNo, true
	case "", "null", "unknown", "na", "n/a", "-":
		return FlagUnknown, true
	}
	return FlagUnknown, false
}

// The ways in which times are written. Those without a zone are UTC: the client
// asks for times at offset 0.
var timeLayouts = [...]string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05",
}

// timeOf reads a moment: a written one, or milliseconds (or, when small,
// seconds) since 1970, also as the vendor's database prints them.
func timeOf(v any) (time.Time, bool) {
	if m, ok := v.(map[string]any); ok && len(m) == 1 && m["$date"] != nil {
		if _, nested := m["$date"].(map[string]any); nested {
			return time.Time{}, false
		}
		return timeOf(m["$date"])
	}
	s, ok := textOf(v)
	if !ok || len(s) > maxNumberText {
		return time.Time{}, false
	}
	s = strings.TrimSpace(s)
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return plausible(ofEpoch(f))
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return plausible(t.UTC())
		}
	}
	return time.Time{}, false
}

// ofEpoch takes seconds up to the year 5138, and milliseconds from 1973.
func ofEpoch(f float64) time.Time {
	if math.IsNaN(f) || math.Abs(f) > 1e14 {
		return time.Time{}
	}
	if math.Abs(f) < 1e11 {
		f *= 1000
	}
	return time.UnixMilli(int64(math.Round(f))).UTC()
}

func plausible(t time.Time) (time.Time, bool) {
	if t.Year() < 1990 || t.Year() > 2200 {
		return time.Time{}, false
	}
	return t, true
}

var byteOrderMark = []byte("\ufeff")

// maxValues is how many values a document may hold: far more than any reply has,
// and few enough that one of sixteen megabytes of brackets, which would take
// twenty times that when decoded, is not.
const maxValues = 1 << 18

var errTooMany = fmt.Errorf("more than %d values", maxValues)

// tooMany says whether a document has more values than are read.
func tooMany(body []byte) bool {
	n := 0
	for i := 0; i < len(body) && n <= maxValues; i++ {
		switch body[i] {
		case '"':
			i += LiteralEnd(body[i:]) - 1
		case ',', ':', '[', '{':
			n++
		}
	}
	return n > maxValues
}

// decode reads one JSON document and nothing after it.
func decode(body []byte) (any, error) {
	if tooMany(body) {
		return nil, errTooMany
	}
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, byteOrderMark)))
	dec.UseNumber() // ids and numbers keep every digit
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more after the end of the document")
	}
	return v, nil
}

// noteUTF8 tells of bytes that the decoder replaces.
func noteUTF8(body []byte, n *notes) {
	if !utf8.Valid(body) {
		n.add("body is not valid UTF-8; repaired")
	}
}
