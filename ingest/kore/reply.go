package kore

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	limitedText = regexp.MustCompile(`(?i)rate[\s_-]*limit|too[\s_-]*many[\s_-]*requests|\bthrottl(ed|ing)\b|` +
		`(quota|(request|call|api|usage)s?[\s_-]+limit)( has been| was| is)?[\s_-]+(exceeded|reached)|exceeded (the|your) (per|hourly|request|api|quota)`)
	hourlyText = regexp.MustCompile(`(?i)hourly|per[\s-](1 )?hour|/\s?h(ou)?r?\b|\b(an|one|1) hour\b`)
	tokenText  = regexp.MustCompile(`(?i)\bjwt\b|\bjti\b|\bjwe\b|invalid sdk credentials|invalid api ?key|possibly a replay|invalid (client|app) ?(id|secret)|` +
		`\b(auth(entication|orization)? )?token (has |is |was )?(expired|invalid|missing|malformed|required|not active|not yet valid|used before)|` +
		`\b(invalid|missing|malformed|expired) (auth(entication|orization)? )?token|invalid signature|authentication (has )?failed|\bclock skew`)
	// bareRefusal says nothing where a status says more.
	bareRefusal = regexp.MustCompile(`(?i)\bunauthori[sz]ed\b|\bunauthenticated\b`)
	replayText  = regexp.MustCompile(`(?i)\breplay`)
	// wordScope is told even by answers that speak of the token too.
	wordScope    = regexp.MustCompile(`(?i)\bscopes?\b`)
	scopeText    = regexp.MustCompile(`(?i)\bscopes?\b|permission|access denied|\bforbidden\b`)
	goneText     = regexp.MustCompile(`(?i)retention|(has|have) been deleted|no longer available`)
	unknownText  = regexp.MustCompile(`(?i)\bnot found\b|does ?n.t exist|does not exist`)
	encryptedKey = regexp.MustCompile(`(?i)encr|cipher|^iv$|^(wrapped|aes)[ _-]?key$`)
)

// envelope is what a reply says about an error, in any of its places.
type envelope struct {
	msgs   []string
	code   string
	signal bool // the reply calls itself an error
	depth  int
}

func (e envelope) text() string { return strings.Join(e.msgs, "; ") }

// status is the code read as an HTTP status, 0 where it is none.
func (e envelope) status() int {
	n, err := strconv.Atoi(e.code)
	if err != nil || n < 400 || n > 599 {
		return 0
	}
	return n
}

// The names under which an error's parts stand.
var (
	errorKeys  = []string{"errors", "error", "fault", "err"}
	errorTexts = []string{"msg", "message", "errorMessage", "error_description", "description", "detail", "faultstring", "errmsg"}
	errorCodes = []string{"code", "errorCode", "statusCode", "errcode"}
)

// envelopeOf reads {"errors":[{"msg","code"}]} and its relatives.
func envelopeOf(o object) envelope {
	o.n = &notes{} // what is odd here is told by the error itself
	var e envelope
	for _, name := range errorKeys {
		for _, v := range o.list(name) {
			e.take(v)
		}
	}
	for _, name := range errorTexts {
		e.takeText(o.text(name))
	}
	if e.code == "" {
		e.code = o.text(errorCodes...)
	}
	e.signal = e.signal || o.flag("success") == FlagNo
	if n, err := strconv.Atoi(o.text("status")); err == nil && n >= 400 && n <= 599 {
		e.signal = true
		if e.code == "" {
			e.code = strconv.Itoa(n)
		}
	}
	return e
}

// take adds one element of an errors array, which may be an object or a text.
func (e *envelope) take(v any) {
	switch v := v.(type) {
	case map[string]any:
		o := object{keys: v, n: &notes{}}
		e.signal = e.signal || len(v) > 0
		e.takeText(o.text(errorTexts...), o.text("error", "title", "reason"))
		if e.code == "" {
			e.code = o.text(slices.Concat(errorCodes, []string{"status"})...)
		}
		for _, name := range []string{"detail", "error"} { // some wrap one in another
			if inner := o.child(name); len(inner.keys) > 0 && e.depth < 3 {
				e.depth++
				e.take(inner.keys)
			}
		}
	case string:
		e.signal = e.signal || v != ""
		e.takeText(v)
	case bool:
		e.signal = e.signal || v
	}
}

func (e *envelope) takeText(texts ...string) {
	for _, s := range texts {
		if s != "" && !slices.Contains(e.msgs, s) {
			e.msgs = append(e.msgs, s)
		}
	}
}

// classify turns an answer that is not what was asked for into an Error. It
// judges by status, code and text, in the order of what each would set off.
func classify(op string, status int, env envelope) *Error {
	text := env.text()
	e := &Error{Op: op, Status: status, Code: safeCode(env.code), Msg: excerpt(text)}
	effective := status
	if s := env.status(); s != 0 && (status < 400 || status > 599) {
		effective = s
	}
	switch {
	case effective == http.StatusTooManyRequests || limitedText.MatchString(text):
		e.Kind, e.Hourly = KindLimited, hourlyText.MatchString(text)
	case env.code == "4002":
		e.Kind = KindToken
	case effective < 500 && wordScope.MatchString(text):
		e.Kind = KindScope
	case tokenText.MatchString(text):
		e.Kind = KindToken
	case effective == http.StatusForbidden || effective < 500 && scopeText.MatchString(text):
		e.Kind = KindScope
	case effective == http.StatusUnauthorized || env.code == "401" || effective < 400 && bareRefusal.MatchString(text):
		e.Kind = KindToken
	case effective == http.StatusGone || effective < 500 && goneText.MatchString(text):
		e.Kind = KindGone
	case effective == http.StatusNotFound || effective < 500 && unknownText.MatchString(text):
		e.Kind = KindNotFound
	case effective == http.StatusRequestTimeout || effective >= 500:
		e.Kind = KindServer
	case effective >= 400:
		e.Kind = KindBadRequest
	case effective >= 300:
		e.Kind = KindMalformed
	default: // an error said without a status: ask again rather than give up
		e.Kind = KindServer
	}
	if e.Kind == KindToken && replayText.MatchString(text) {
		e.cause = ErrReplay
	}
	return e
}

// failure classifies an answer whose status is not 2xx.
func failure(op string, status int, header http.Header, body []byte, now time.Time) *Error {
	env := envelopeOfBody(body)
	env.header(header)
	e := classify(op, status, env)
	if e.Msg == "" {
		e.Msg = strings.ToLower(http.StatusText(status))
	}
	if (e.Kind == KindNotFound || e.Kind == KindGone) && isPage(body) {
		// A page is what a wrong address answers, for every session alike:
		// it says nothing about this one.
		e.Kind, e.Msg = KindMalformed, "a page instead of the API: "+e.Msg
	}
	if (status == http.StatusNotFound || status == http.StatusMethodNotAllowed) && !env.signal {
		e.cause = cmp.Or(e.cause, ErrUnrouted)
	}
	if e.Kind == KindMalformed {
		e.Excerpt = bodyExcerpt(body)
	}
	e.RetryAfter = retryAfter(header, now)
	return e
}

// isPage says whether a body is HTML or XML.
func isPage(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(body, byteOrderMark)), []byte("<"))
}

// header adds the envelope that the vendor's software repeats in a header.
func (e *envelope) header(h http.Header) {
	text := h.Get("response-error-description")
	if text == "" {
		return
	}
	more := envelopeOfBody([]byte(text))
	e.signal = true
	e.takeText(more.msgs...)
	if e.code == "" {
		e.code = more.code
	}
}

// contentKeys hold what people said, in any reply: no error is looked for there.
var contentKeys = append([]string{keyRecording, keyTranscriptions, keyRows, keySessions, keyInvalid}, callKeys...)

// envelopeOfBody reads what it can of a body of any kind. Of JSON without an
// envelope it takes only what speaks of a limit or a token: the rest may be
// anything.
func envelopeOfBody(body []byte) envelope {
	v, err := decode(body)
	if err != nil {
		return envelope{msgs: pageText(body)}
	}
	switch v := v.(type) {
	case map[string]any:
		e := envelopeOf(object{keys: v, n: &notes{}})
		if len(e.msgs) == 0 {
			e.msgs = telling(v, contentKeys)
		}
		return e
	case string:
		return envelope{msgs: []string{v}}
	case []any:
		var e envelope
		for _, v := range v {
			e.take(v)
		}
		return e
	}
	return envelope{}
}

var (
	pageTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	pageTag   = regexp.MustCompile(`(?s)<[^>]*>?`)
)

// pageText is the title of a page, or a plain text. What began as JSON is cut
// short, and gives no more than that it speaks of a limit or a token: it may be
// half a transcript.
func pageText(body []byte) []string {
	text := bytes.TrimSpace(bytes.TrimPrefix(body, byteOrderMark))
	text = text[:min(len(text), 4096)]
	switch {
	case len(text) == 0:
		return nil
	case text[0] == '{' || text[0] == '[' || text[0] == '"':
		if folded := fold(string(text)); slices.ContainsFunc(contentKeys, func(key string) bool { return strings.Contains(folded, fold(key)) }) {
			return nil
		}
		return phrases(text)
	case text[0] == '<':
		if m := pageTitle.FindSubmatch(text); m != nil {
			title := string(bytes.TrimSpace(m[1]))
			return append([]string{title}, phrases(pageTag.ReplaceAll(bytes.Replace(text, m[0], nil, 1), []byte(" ")))...)
		}
		text = bytes.TrimSpace(pageTag.ReplaceAll(text, []byte(" ")))
	}
	if len(text) == 0 {
		return nil
	}
	return []string{string(text)}
}

// phrases are the words of a text by which a limit or a token is known.
func phrases(text []byte) []string {
	var found []string
	for _, known := range []*regexp.Regexp{limitedText, hourlyText, tokenText, replayText} {
		if m := known.Find(text); m != nil && (known != hourlyText || len(found) > 0) {
			found = append(found, string(m))
		}
	}
	return found
}

// readObject is the way into a 2xx body: a JSON object, or the Error that says
// what it is instead.
func readObject(op string, body []byte, n *notes) (object, *Error) {
	v, err := decode(body)
	if err == nil {
		if m, ok := v.(map[string]any); ok {
			noteUTF8(body, n)
			return object{keys: m, n: n}, nil
		}
	}
	env := envelopeOfBody(body)
	if text := env.text(); limitedText.MatchString(text) || tokenText.MatchString(text) {
		return object{}, classify(op, 0, env)
	}
	e := &Error{Op: op, Kind: KindMalformed, Code: safeCode(env.code)}
	syntax, isSyntax := errors.AsType[*json.SyntaxError](err)
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		e.Msg = "the body is empty"
	case errors.Is(err, errTooMany):
		e.Kind, e.Msg = KindTooLarge, err.Error()
	case err == nil:
		e.Msg = "want a JSON object, got " + typeOf(v)
	case len(env.msgs) > 0:
		e.Msg = "not JSON: " + excerpt(env.text())
	case isSyntax:
		e.Msg = fmt.Sprintf("not JSON: broken at byte %d of %d", syntax.Offset, len(body))
	default:
		e.Msg = fmt.Sprintf("not JSON: cut short at %d bytes", len(body))
	}
	return object{}, e
}

// trouble is the error that a reply without content tells of, nil if it tells
// of none. The keys of content are not searched: they hold what people said.
func trouble(op string, o object, content ...string) *Error {
	env := envelopeOf(o)
	if env.signal {
		return classify(op, 0, env)
	}
	if said := telling(o.keys, content); len(said) > 0 {
		env.msgs = said
		return classify(op, 0, env)
	}
	if slices.ContainsFunc(content, o.has) {
		return nil
	}
	text := env.text()
	if goneText.MatchString(text) || unknownText.MatchString(text) || text != "" && !o.has("status") {
		return classify(op, 0, env)
	}
	return nil
}

// telling are the texts of an object, outside the given keys and two levels
// deep, that speak of a limit or a token. Others may be anything.
func telling(keys map[string]any, except []string) []string {
	var texts []string
	for k, v := range keys {
		if slices.ContainsFunc(except, func(name string) bool { return fold(name) == fold(k) }) {
			continue
		}
		switch v := v.(type) {
		case string:
			v = v[:min(len(v), 500)]
			if limitedText.MatchString(v) || tokenText.MatchString(v) {
				texts = append(texts, v)
			}
		case map[string]any:
			if except != nil {
				texts = append(texts, telling(v, nil)...)
			}
		}
	}
	slices.Sort(texts)
	return texts
}

// unread says whether the keys hold anything at all, where nothing in them could
// be read: what looks like no content is then content of an unknown form.
func unread(o object, names ...string) bool {
	for _, name := range names {
		for _, v := range o.list(name) {
			switch v := v.(type) {
			case nil:
			case string:
				if strings.TrimSpace(v) != "" {
					return true
				}
			case map[string]any:
				if len(v) > 0 {
					return true
				}
			case []any:
				if len(v) > 0 {
					return true
				}
			case bool:
				if v {
					return true
				}
			default:
				return true
			}
		}
	}
	return false
}

// unexpected is the Error for an object that has nothing of what was asked for.
func unexpected(op string, o object) *Error {
	e := &Error{Op: op, Kind: KindMalformed}
	var keys []string
	for k := range o.keys {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	if slices.ContainsFunc(keys, encryptedKey.MatchString) {
		e.cause = ErrEncrypted
		e.Msg = "the reply looks encrypted: switch payload encryption off for the app, or use another app"
		return e
	}
	e.Msg = excerpt("nothing of what was expected under the keys: " + strings.Join(keys[:min(len(keys), 8)], ", "))
	return e
}

// maxRetryAfter keeps a nonsense header from stopping an account for good.
const maxRetryAfter = 24 * time.Hour

// retryAfter reads the header's seconds or date, the latter by the answer's own
// clock where it has one.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if s, err := strconv.ParseFloat(text, 64); err == nil {
		if !(s > 0) { // NaN too
			return 0
		}
		return time.Duration(min(s, maxRetryAfter.Seconds()) * float64(time.Second))
	}
	t, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return min(max(0, t.Sub(now)), maxRetryAfter)
}
