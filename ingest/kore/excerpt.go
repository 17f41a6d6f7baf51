package kore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxBodyExcerpt is how many bytes Error.Excerpt has at most, and excerptWindow
// how much of a body is looked at for it.
const (
	maxBodyExcerpt = 400
	excerptWindow  = 4 << 10
)

// maxPlainText is how many characters a text within a body may have that is
// shown: a longer one may be what somebody said.
const maxPlainText = 24

var looksJSON = regexp.MustCompile(`^\s*[{\["]|["']\s*[:,}\]]|[:,{\[]\s*["']`)

// bodyExcerpt is the beginning of an unreadable body without anything that is
// nobody's business, and with everything in it visible.
func bodyExcerpt(body []byte) string {
	window := bytes.TrimPrefix(body[:min(len(body), excerptWindow)], byteOrderMark)
	if !mostlyText(window) {
		return fmt.Sprintf("[no text, begins %x]", window[:min(len(window), 4)])
	}
	if len(body) > excerptWindow { // what is cut in half would not be known
		window = window[:1+bytes.LastIndexAny(window, " \t\r\n\",:;<>()[]{}")]
	}
	text := string(window)
	switch {
	case looksJSON.MatchString(text):
		text = (&jsonExcerpt{}).of(text)
	case strings.HasPrefix(strings.TrimSpace(text), "<"):
		text = pageExcerpt(text)
	default:
		text = plainExcerpt(text)
	}
	return visible(text, maxBodyExcerpt)
}

// mostlyText says whether a body can be read as UTF-8. Text in another width has
// a NUL beside each letter.
func mostlyText(window []byte) bool {
	odd := bytes.Count(window, []byte{0})
	for rest := window; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			odd++
		}
		rest = rest[size:]
	}
	return odd <= len(window)/8
}

// visible writes out what can't be seen, up to so many bytes.
func visible(text string, most int) string {
	var b strings.Builder
	for rest := text; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		shown := rest[:size]
		switch {
		case r == utf8.RuneError && size == 1:
			shown = fmt.Sprintf(`\x%02x`, rest[0])
		case r == '\n':
			shown = `\n`
		case r == '\t':
			shown = `\t`
		case r == '\r':
			shown = `\r`
		case !unicode.IsPrint(r):
			shown = fmt.Sprintf(`\u%04x`, r)
		}
		if b.Len()+len(shown) > most {
			break
		}
		b.WriteString(shown)
		rest = rest[size:]
	}
	return b.String()
}

var (
	hiddenRun = regexp.MustCompile(`[A-Za-z0-9+/_=$%-]{20,}`)
	plainWord = regexp.MustCompile(`^[a-z]+(_[a-z]+)+$`)
	// hiddenNumber is a run of digits, of any script, also where something
	// that can't be seen stands between them.
	hiddenNumber = regexp.MustCompile(`\p{N}(?:[\p{Cc}\p{Cf}\p{M}]*\p{N}){2,}`)
)

// hide takes links, tokens, keys, addresses and numbers out of a text.
func hide(text string) string {
	text = secretLink.ReplaceAllString(text, "[link]")
	text = secretQuery.ReplaceAllString(text, "[query]")
	text = secretJWT.ReplaceAllString(text, "[…]")
	text = secretMail.ReplaceAllString(text, "[address]")
	text = hiddenRun.ReplaceAllStringFunc(text, func(run string) string {
		if plainWord.MatchString(run) { // as the statuses are written
			return run
		}
		return "[…]"
	})
	text = secretNumber.ReplaceAllString(text, "#")
	return hiddenNumber.ReplaceAllString(text, "#")
}

// lengthNote stands for a text that is not shown.
func lengthNote(text string) string {
	return fmt.Sprintf("[%d characters]", utf8.RuneCountInString(text))
}

// plainExcerpt is a text up to its first quotation.
func plainExcerpt(text string) string {
	end := strings.IndexByte(text, '"')
	if end < 0 {
		return hide(text)
	}
	return hide(text[:end]) + lengthNote(text[end:])
}

var (
	pagePart   = regexp.MustCompile(`<([/!]?[A-Za-z0-9]{0,12})([^<>]*>?)([^<]*)`)
	headingTag = regexp.MustCompile(`(?i)^(title|h[1-3])$`)
)

// pageExcerpt keeps the tags of a page, without what is in them, and its
// headings.
func pageExcerpt(text string) string {
	return pagePart.ReplaceAllStringFunc(text, func(part string) string {
		m := pagePart.FindStringSubmatch(part)
		inner := hide(m[3])
		if strings.TrimSpace(inner) != "" && !headingTag.MatchString(m[1]) {
			inner = lengthNote(inner)
		}
		return "<" + hide(m[1]) + ">" + inner
	})
}

var (
	// privateKeys are those under which people's words and names stand.
	privateKeys = regexp.MustCompile(`text|data|transcri|remark|summary|customer|caller|callee|phone|handle|utterance|` +
		`^e?mail|^value$|^(first|last|full|display|agent|user|queue)?name$`)
	// wordyKeys are those under which the upstream's own sentences stand.
	wordyKeys = regexp.MustCompile(`^(msg|message|errors?|errormessage|description|reason|status|title|code)$`)
	bareValue = regexp.MustCompile(`^(?:true|false|null|[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)$`)
)

// jsonExcerpt shows something like JSON by its structure: keys, short words and
// the length of everything else. From the first thing on that stands where JSON
// would not have it, no word can be told from the others, and none is shown.
type jsonExcerpt struct {
	out    strings.Builder
	stack  []jsonFrame
	prev   byte // {, [, comma, colon; k a key, v a value or a closed one; 0 nothing
	key    string
	strict bool
}

type jsonFrame struct {
	open    byte
	private bool
}

func (j *jsonExcerpt) top() jsonFrame {
	if len(j.stack) == 0 {
		return jsonFrame{}
	}
	return j.stack[len(j.stack)-1]
}

// of is the excerpt of a text.
func (j *jsonExcerpt) of(text string) string {
	for text != "" && j.out.Len() < 4*maxBodyExcerpt {
		n := 1
		switch b := text[0]; b {
		case ' ', '\t', '\r', '\n':
			j.out.WriteByte(b)
		case '"':
			n = LiteralEnd([]byte(text))
			j.literal(text[:n], text[n:])
		case '{', '[':
			j.stack = append(j.stack, jsonFrame{b, j.top().private || j.privateKey()})
			j.structure(b, b)
		case '}', ']':
			j.strict = j.strict || len(j.stack) == 0
			j.stack = j.stack[:max(0, len(j.stack)-1)]
			j.structure(b, 'v')
		case ',', ':':
			j.strict = j.strict || (b == ':') != (j.prev == 'k')
			j.structure(b, b)
		default:
			if n = strings.IndexAny(text, " \t\r\n\"{}[],:"); n < 0 {
				n = len(text)
			}
			j.bare(text[:n])
		}
		text = text[n:]
	}
	return j.out.String()
}

func (j *jsonExcerpt) structure(b, prev byte) {
	j.out.WriteByte(b)
	j.prev = prev
}

// isKey says whether a text that stands here is a key.
func (j *jsonExcerpt) isKey() bool {
	return j.top().open == '{' && (j.prev == '{' || j.prev == ',')
}

// isValue says whether a value may stand here.
func (j *jsonExcerpt) isValue() bool {
	return j.prev == 0 || j.prev == ':' || j.prev == '[' || j.prev == ',' && j.top().open == '['
}

// privateKey says whether the value that stands here belongs to a private key.
func (j *jsonExcerpt) privateKey() bool {
	return j.prev == ':' && privateKeys.MatchString(j.key)
}

// literal shows a text, its quotes included, or how long it is; next is what
// follows it.
func (j *jsonExcerpt) literal(literal, next string) {
	key := j.isKey()
	after := ",}]"
	if key {
		after = ":"
	}
	next = strings.TrimLeft(next, " \t\r\n")
	j.strict = j.strict || !key && !j.isValue() || next != "" && !strings.ContainsRune(after, rune(next[0]))
	var text string
	broken := json.Unmarshal([]byte(literal), &text) != nil
	if broken {
		text = strings.Trim(literal, `"`)
	}
	if key {
		j.key = fold(text)
	}
	spaced := strings.ContainsFunc(text, unicode.IsSpace)
	private := !key && (len(j.stack) == 0 || j.top().private || j.privateKey() || spaced && !wordyKeys.MatchString(j.key))
	shown := hide(text)
	if j.strict || broken || private || utf8.RuneCountInString(text) > maxPlainText {
		shown = lengthNote(text)
	}
	j.out.WriteString(`"` + shown + `"`)
	j.prev = 'v'
	if key {
		j.prev = 'k'
	}
}

// bare shows what stands without quotes: a number, a word of JSON, or nothing.
func (j *jsonExcerpt) bare(run string) {
	if !j.isValue() || !bareValue.MatchString(run) {
		j.strict = true
		j.out.WriteString(lengthNote(run))
		return
	}
	if strings.ContainsAny(run, "0123456789") && len(run) > 2 {
		run = "#"
	}
	j.out.WriteString(run)
	j.prev = 'v'
}
