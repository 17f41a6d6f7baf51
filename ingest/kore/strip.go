package kore

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
)

// StripSignedQueries takes the query off every signed link in a reply, under
// whatever key and in whatever text it stands, and leaves every other byte as it
// is. What is JSON stays JSON. It works on any bytes, also on half a reply. raw
// is not changed.
func StripSignedQueries(raw []byte) []byte {
	var out bytes.Buffer
	rest := raw
	for len(rest) > 0 {
		start := bytes.IndexByte(rest, '"')
		if start < 0 {
			start = len(rest)
		}
		out.WriteString(stripText(string(rest[:start])))
		rest = rest[start:]
		if len(rest) == 0 {
			break
		}
		end := LiteralEnd(rest)
		out.Write(stripLiteral(rest[:end]))
		rest = rest[end:]
	}
	return out.Bytes()
}

// LiteralEnd is the length of the string literal that text starts with, its
// quotes included; all of it where it has no end.
func LiteralEnd(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// stripLiteral strips within one string literal. Only one that changes is
// written anew; a slash or an ampersand may be escaped in it.
func stripLiteral(literal []byte) []byte {
	var text string
	if err := json.Unmarshal(literal, &text); err != nil {
		return []byte(stripText(string(literal)))
	}
	stripped := stripText(text)
	if stripped == text {
		return literal
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(stripped); err != nil {
		return []byte(`""`) // not reached: a string always encodes
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// linkQuery is a question mark and what follows it up to the end of a link.
// Half a literal is not decoded, so its escapes are known here too.
var linkQuery = regexp.MustCompile(`(?:\?|\\u003[fF])[^\s"'<>#]*`)

var unescaped = strings.NewReplacer(`\u0026`, "&", "&amp;", "&", `\u003d`, "=", `\u003D`, "=", `\u003f`, "?", `\u003F`, "?")

// stripText takes signed queries out of a text. A query that was cut out may
// leave another one standing there, so it looks until there is none.
func stripText(text string) string {
	for {
		stripped := linkQuery.ReplaceAllStringFunc(text, func(query string) string {
			if signed(unescaped.Replace(query), 0) {
				return ""
			}
			return query
		})
		if stripped == text {
			return text
		}
		text = stripped
	}
}

// signatureKeys are the parameters by which a link is known to be signed, beside
// the vendor's s with its e and n.
var signatureKeys = regexp.MustCompile(`(?i)^(sig|signature|token|access_token|auth|key-pair-id|policy|x-(amz|goog)-(signature|credential|security-token))$`)

// signed says whether a query gives access to what its link names; nested links
// count too.
func signed(query string, depth int) bool {
	var s, e, n bool
	for _, pair := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' || r == ';' || r == '?' }) {
		key, value, _ := strings.Cut(pair, "=")
		s = s || strings.EqualFold(key, "s") && value != ""
		e = e || strings.EqualFold(key, "e")
		n = n || strings.EqualFold(key, "n")
		if signatureKeys.MatchString(key) {
			return true
		}
		if plain, err := url.QueryUnescape(value); err == nil && depth < 3 && plain != value {
			if _, inner, ok := strings.Cut(plain, "?"); ok && signed(inner, depth+1) {
				return true
			}
		}
	}
	return s && (e || n)
}
