package kore

import (
	"regexp"
	"strings"
	"unicode"
)

// maxExcerpt is how many characters of a foreign text an error may hold.
const maxExcerpt = 200

var (
	secretLink  = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]{1,20}:/?/?/[^\s"'<>]*`)
	secretQuery = regexp.MustCompile(`[?&;][^\s"'<>=?&;]{1,64}=[^\s"'<>]*`)
	secretJWT   = regexp.MustCompile(`eyJ[A-Za-z0-9_=-]*(\.[A-Za-z0-9_=-]*)*|[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}`)
	secretMail  = regexp.MustCompile(`[^\s@<>"']+@[^\s@<>"']+`)
	secretRun   = regexp.MustCompile(`[A-Za-z0-9+/_=$-]{28,}`)
	// Six digits and more, however they are set apart, are a number of
	// somebody's; codes and statuses are shorter.
	secretNumber = regexp.MustCompile(`\p{Nd}(?:[^\p{L}\p{Nd}]{0,3}\p{Nd}){5,}`)
)

// excerpt cuts a foreign text to a line that is safe to log and to show:
// without links, tokens, keys, addresses and numbers of people.
func excerpt(text string) string {
	// Far more than is kept, so that what is cut in half here is cut again.
	text = strings.ToValidUTF8(text[:min(len(text), 8*maxExcerpt)], "\ufffd")
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	for _, rule := range []struct {
		find *regexp.Regexp
		put  string
	}{
		{secretLink, "[link]"}, {secretQuery, "[query]"}, {secretJWT, "[token]"}, {secretMail, "[address]"},
		{secretRun, "[key]"}, {secretNumber, "[number]"},
	} {
		text = rule.find.ReplaceAllString(text, rule.put)
	}
	if runes := []rune(text); len(runes) > maxExcerpt {
		return string(runes[:maxExcerpt]) + "..."
	}
	return text
}

var plainCode = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,40}$`)

// safeCode keeps a code that looks like one.
func safeCode(code string) string {
	if !plainCode.MatchString(code) {
		return ""
	}
	return excerpt(code)
}
