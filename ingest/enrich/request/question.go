package request

import (
	"slices"
	"strings"
)

const (
	// leastQuestion is how many words a question has at least that wants an answer:
	// "is anybody there?" does not.
	leastQuestion = 4
	// questionWeight is what a question speaks for a call of which no rule knows more
	// than that it is one: nobody answers a voicemail but by calling.
	questionWeight = 2.75
)

// withQuestions adds to what the rules found the questions of a text of which they
// found nothing. list is in the order in which its matches end, and is so after it.
func (c *chart) withQuestions(text string, list []match) []match {
	if !strings.Contains(text, "?") {
		return list
	}
	var out []match
	from, n := 0, 0 // the first token of the sentence, and of the matches that end in it
	for i := range c.tokens {
		mark := markBehind(text, c.tokens, i)
		if mark == 0 {
			continue
		}
		had := n
		for n < len(list) && int(list[n].end) <= i+1 {
			n++
		}
		out = append(out, list[had:n]...)
		judged := slices.ContainsFunc(list[had:n], judges)
		if to := i + 1; mark == '?' && to-from >= leastQuestion && !judged && (n == len(list) || int(list[n].start) >= to) {
			out = append(out, match{rule: noRule, kind: wish, weight: questionWeight, start: int32(from), end: int32(to)})
		}
		from = i + 1
	}
	return append(out, list[n:]...)
}

// judges tells whether a match says what a question is: "my" says nothing of it.
func judges(m match) bool { return m.kind != own }

// noRule is the rule of what none found.
const noRule = -1

// markBehind is the mark that ends a sentence behind a word, '?' where there are
// several; 0 without.
func markBehind(text string, tokens []token, i int) byte {
	end := len(text)
	if i+1 < len(tokens) {
		end = tokens[i+1].start
	}
	between := text[tokens[i].end:end]
	if strings.Contains(between, "?") {
		return '?'
	}
	if at := strings.IndexAny(between, ".!;¿¡"); at >= 0 && (at+1 == len(between) || between[at] != '.' || strings.TrimLeft(between[at+1:], " \n") != between[at+1:]) {
		return '.'
	}
	return 0
}
