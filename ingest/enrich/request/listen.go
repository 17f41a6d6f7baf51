package request

import "time"

// Listen says why a person should listen to a message.
type Listen string

// The reasons.
const (
	ListenDoubtful Listen = "doubtful"  // the verdict is not sure
	ListenLanguage Listen = "language"  // its language has no rules
	ListenFewWords Listen = "few_words" // too few words for its length
	ListenInvented Listen = "invented"  // words that recognisers make up where nobody speaks
)

// What is expected of somebody who speaks: a word in so long a time, once the
// message is so long.
const (
	longEnough  = 12 * time.Second
	slowestWord = 2500 * time.Millisecond
)

// listen says why a person should listen, "" where none need do so. A request
// that is beyond doubt is one whatever else is strange.
func listen(c *chart, found []match, v Verdict, o Options) Listen {
	words := len(c.tokens)
	if v.Requested && v.Confidence > doubtful && v.Lang != "" {
		return ""
	}
	made := 0 // words of phrases that are made up
	for i := 0; i < words; i++ {
		if n := c.invented(i); n > 0 {
			made += n
			i += n - 1
		}
	}
	switch {
	case made > 0 && 2*made >= words:
		return ListenInvented
	case o.Duration >= longEnough && time.Duration(words)*slowestWord < o.Duration && !tested(found):
		return ListenFewWords
	case v.Lang == "":
		return ListenLanguage
	case v.Confidence < doubtful:
		return ListenDoubtful
	}
	return ""
}

// tested tells whether somebody said that this is a test.
func tested(found []match) bool {
	for _, m := range found {
		if m.kind == nothing {
			return true
		}
	}
	return false
}

// invented returns how many words from i on are a phrase that recognisers are
// known to make up, 0 for none.
func (c *chart) invented(i int) int {
	longest := uint16(0)
	for k := c.heads[i]; k >= 0; k = c.cells[k].next {
		if c.cells[k].class == inventedClass {
			longest = max(longest, c.cells[k].size)
		}
	}
	return int(longest)
}
