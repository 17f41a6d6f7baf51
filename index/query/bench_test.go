package query

import (
	"strings"
	"testing"
)

// longTexts are 32 KB of what is awkward, each of one kind.
var longTexts = []string{
	"a", "a ", "a*", "a-", "é", "電", "a:b ", "abc:b ", "x~ ", `"`, `"a" `, `" `, "(", ")", "(a ", "-(", "-", "- ", "--a ", "* ", "OR ", "a OR ",
	"AND ", "🙂", "🙂 ", "()", "'", "a'", "\xff", "\x00", "e\u0301", "(a OR b c) ", `"a`, "-(a OR ",
	"from:", "from:x ", "from:(", "-(1 ", "(1 (2) ", "from:1 1", "from:+1 ", "lang:de,", "bot:", "bot:a,b,c,", "on:x ", "has:recoding ", "since:2025 ", `queue:"`, "longer:1 min ",
	"1", "1 ", "1-", "1-1 ", "+1 ", "+1(0)", "555-0123 ", "five ", "five-five ", "two hundred and ", "quatre-vingt ", "oh ", `"a b"~5 `, `"a b"~`, "~", "*~", "：", "a：", "，",
	"from:1 \u3000", "1\u00ad", "\u202e", "\ufeff", "from: -", "five OR ", "-five ", "(five ", "12345678901234567890 ", "doppelt zwo ",
}

func BenchmarkParse(b *testing.B) {
	texts := map[string]string{
		"short":  `refund order "call me back" -spam`,
		"number": "five five five oh one two three",
		"filter": `refund from:"+1 (617) 555-0123" after:2025-02-11 has:recording`,
	}
	for _, piece := range longTexts {
		texts["32KB of "+excerpt(piece)] = strings.Repeat(piece, MaxBytes/len(piece))
	}
	texts["32KB of other names"] = func() string {
		var s strings.Builder
		for i := range 5000 {
			s.WriteString(excerpt(strings.Repeat("xyz", 1+i%3)) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676)) + ":1 ")
		}
		return s.String()[:MaxBytes]
	}()
	for name, text := range texts {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse(text)
			}
		})
	}
}
