package koresim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
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

// appendJSON adds v to b as JSON: objects in the order of their keys.
func appendJSON(b []byte, v any) ([]byte, error) {
	var err error
	switch v := v.(type) {
	case object:
		b = append(b, '{')
		for i, f := range v {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendJSON(b, f.key); err != nil {
				return nil, err
			}
			if b, err = appendJSON(append(b, ':'), f.value); err != nil {
				return nil, fmt.Errorf("key %q: %w", f.key, err)
			}
		}
		return append(b, '}'), nil
	case []object:
		b = append(b, '[')
		for i, o := range v {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendJSON(b, o); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	default:
		x, err := encode(v)
		return append(b, x...), err
	}
}

// encode is json.Marshal without the line break and without HTML escapes: the
// upstream prints & as it is, and signed links are full of it.
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

// sortedKeys are the keys of a decoded object, so that what is made of it is
// the same each time.
func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
