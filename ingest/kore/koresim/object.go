package koresim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
)

// field is one key of an object.
type field struct {
	key   string
	value any
}

// object is a JSON object that keeps the order of its keys, so that replies
// read like the vendor's samples and are the same bytes each time.
type object []field

// MarshalJSON writes the fields in their order, without HTML escapes: the
// upstream prints & as it is, and signed links are full of it.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := encode(f.key)
		if err != nil {
			return nil, err
		}
		value, err := encode(f.value)
		if err != nil {
			return nil, fmt.Errorf("key %q: %w", f.key, err)
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode is json.Marshal without HTML escapes and without the line break.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// recase returns v with every key of every object in it spelled by the rule.
func recase(v any, c KeyCase) any {
	switch v := v.(type) {
	case object:
		out := make(object, len(v))
		for i, f := range v {
			out[i] = field{caseKey(f.key, c), recase(f.value, c)}
		}
		return out
	case []object:
		out := make([]object, len(v))
		for i, o := range v {
			out[i] = recase(o, c).(object)
		}
		return out
	default:
		return v
	}
}

func caseKey(key string, c KeyCase) string {
	switch c {
	case KeysTable:
		if key == "reason" {
			return "Reason"
		}
		return key
	case KeysLowerFirst:
		r := []rune(key)
		r[0] = unicode.ToLower(r[0])
		return string(r)
	case KeysLower:
		return strings.ToLower(key)
	default:
		return key
	}
}
