package query

// Rule is one row of the help on the query language.
type Rule struct {
	// Example is a query that shows it.
	Example string
	// Means says in plain words what Example finds.
	Means string
}

// Syntax returns the whole language, one row a construct and one a field, in the
// order in which people should learn it. Help pages are made from it.
func Syntax() []Rule {
	rules := []Rule{
		{`refund order`, "both words, anywhere in the message"},
		{`"call me back"`, "exactly these words in a row"},
		{`refund OR return`, "one of the two, or both; OR in capitals"},
		{`refund -order`, "the first word without the second, which is left out as typed and not in its other forms"},
		{`-"wrong number"`, "everything but messages with this phrase"},
		{`refund (late OR missing)`, "parentheses group; without them, words side by side go together before OR"},
		{`(617) 555-0123`, "this number however it was said or written, with or without country code"},
		{`0123`, "a number that ends so; from four digits on"},
		{`718 555*`, "a number, or a word, that begins so; from three digits on"},
		{`five five five oh one two three`, "the same for a number in words: English, Spanish, French, German"},
		{`refu*`, "words that begin so"},
		{`"my name is jo"*`, "a phrase whose last word begins so"},
		{`jon~`, "this word and words one letter off, but no other forms; longer words are looked up so without asking"},
		{`"refund order"~5`, "these words near each other, in any order, with at most five others among them"},
		{`call-back`, "words joined by a sign are a phrase; by hyphens, one that has synonyms"},
	}
	for _, f := range fields {
		rules = append(rules, Rule{f.Example, f.Means})
	}
	return rules
}
