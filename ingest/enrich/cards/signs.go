package cards

import (
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestEntity is how many bytes a character that is written as HTML has at most.
const longestEntity = 12

// entityAt is the length of the sign that a text begins with written as HTML, as
// &nbsp; and &#160;: 0 where it begins with none, or with a letter or digit.
func entityAt(text string) int {
	end := strings.IndexByte(text[:min(len(text), longestEntity)], ';')
	if end < 0 || text[0] != '&' {
		return 0
	}
	sign := html.UnescapeString(text[:end+1])
	r, size := utf8.DecodeRuneInString(sign)
	if size < len(sign) || unicode.IsLetter(r) || unicode.IsDigit(r) {
		return 0
	}
	return end + 1
}

// markGroups takes signs that end a number elsewhere for space where they part the
// groups of a card: quotes and colons, the same between all of them, as in
// "4242", "4242", "4242", "4242".
func markGroups(text string, ts []token) {
	for from := 0; from < len(ts); {
		to := from + 1
		for to < len(ts) && to < from+most && ts[from].digits != "" && ts[to].digits != "" && partsGroups(text, ts, from, to) {
			to++
		}
		n := max(groupsOf(ts[from:to]), 1)
		for i := from + 1; i < from+n; i++ {
			ts[i].gap = thin
		}
		from += n
	}
}

// partsGroups reports whether the sign before a token is one that may part groups,
// and the same as the first in its row.
func partsGroups(text string, ts []token, from, at int) bool {
	if ts[at].gap != other || ts[at].plus || ts[at].opens || ts[at-1].closes {
		return false
	}
	sign := text[ts[at-1].end:ts[at].start]
	if sign != text[ts[from].end:ts[from+1].start] {
		return false
	}
	return strings.Trim(html.UnescapeString(sign), " \u00a0\n,:\"“”„«»‘’'") == ""
}

// groupsOf is how many tokens a card begins with that is printed so, or has each
// digit by itself; 0 where they begin with none.
func groupsOf(ts []token) int {
	sizes := make([]int, 0, most)
	digits := make([]byte, 0, most)
	single := true
	for _, t := range ts {
		if len(digits)+len(t.digits) > most {
			break
		}
		sizes, digits = append(sizes, len(t.digits)), append(digits, t.digits...)
		single = single && len(t.digits) == 1
		if len(sizes) == 1 || gradeOf(digits) != sureCard {
			continue
		}
		if single || slices.ContainsFunc(layouts, func(layout []int) bool { return slices.Equal(layout, sizes) }) {
			return len(sizes)
		}
	}
	return 0
}
