package koresim

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// damages are the ways to spoil a true reply that need all of it.
var damages = map[FaultKind]func([]byte) []byte{
	FaultInvalidUTF8:   invalidUTF8,
	FaultTwisted:       func(b []byte) []byte { return rebuild(b, twist) },
	FaultWrongLeaves:   func(b []byte) []byte { return rebuild(b, swapLeaves) },
	FaultHugeNumbers:   func(b []byte) []byte { return enlarge(rebuild(b, markNumbers)) },
	FaultDuplicateKeys: duplicateKeys,
}

// invalidUTF8 puts bytes that are no UTF-8 before each space of the strings;
// the key that has a space stays what it is.
func invalidUTF8(b []byte) []byte {
	const bad = "\xff\xfe "
	b = bytes.ReplaceAll(b, []byte(" "), []byte(bad))
	return bytes.ReplaceAll(b, []byte(`"voicemail`+bad+`recording":`), []byte(`"voicemail recording":`))
}

// rebuild changes a JSON document; anything else stays as it is.
func rebuild(b []byte, change func(any) any) []byte {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return b
	}
	root, ok := v.(map[string]any)
	if !ok {
		return b
	}
	for k, x := range root {
		root[k] = change(x)
	}
	out, err := encode(root)
	if err != nil {
		return b
	}
	return out
}

// twist gives a value and all in it another type.
func twist(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := []any{}
		for _, k := range sortedKeys(v) {
			out = append(out, twist(v[k]))
		}
		return out
	case []any:
		out := map[string]any{}
		for i, x := range v {
			out[strconv.Itoa(i)] = twist(x)
		}
		return out
	default:
		return swapLeaves(v)
	}
}

// swapLeaves gives what is neither object nor array another type.
func swapLeaves(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			v[k] = swapLeaves(x)
		}
		return v
	case []any:
		for i, x := range v {
			v[i] = swapLeaves(x)
		}
		return v
	case string:
		return len(v)
	case json.Number:
		return "about " + v.String()
	case bool:
		return "perhaps"
	default:
		return 0
	}
}

// The marks of numbers that enlarge replaces: no JSON encoder prints such ones.
const (
	markExponent = "@1e400@"
	markDigits   = "@1+40@"
)

// markNumbers replaces numbers by texts that stand for too large ones.
func markNumbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			v[k] = markNumbers(x)
		}
		return v
	case []any:
		for i, x := range v {
			v[i] = markNumbers(x)
		}
		return v
	case json.Number:
		if len(v)%2 == 0 {
			return markExponent
		}
		return markDigits
	default:
		return v
	}
}

// enlarge writes the marked numbers out, and two more.
func enlarge(b []byte) []byte {
	big := "1" + strings.Repeat("0", 40)
	text := strings.NewReplacer(`"`+markExponent+`"`, "1e400", `"`+markDigits+`"`, big).Replace(string(b))
	if rest, ok := strings.CutPrefix(text, "{"); ok && len(rest) > 1 {
		return []byte(`{"x":1e400,"y":-` + big + "," + rest)
	}
	return []byte(text)
}

// duplicateKeys puts every key of the document once before itself, with nonsense.
func duplicateKeys(b []byte) []byte {
	var root map[string]json.RawMessage
	if json.Unmarshal(b, &root) != nil || len(root) == 0 {
		return b
	}
	out := []byte("{")
	for i, k := range sortedKeys(root) {
		name, err := encode(k)
		if err != nil {
			return b
		}
		out = append(append(out, name...), ":"+strconv.Itoa(i)+","...)
	}
	return append(out, bytes.TrimPrefix(b, []byte("{"))...)
}
