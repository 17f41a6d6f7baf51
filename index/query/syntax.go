package query

// Rule is one row of the help on the query language.
type Rule struct {
	// Example is a query that shows it.
	Example string
	// Means says in plain words what Example finds.
	Means string
}

// Syntax returns the whole language, one row a construct, in the order in which
// people should learn it. Help pages are made from it.
func Syntax() []Rule {
	return []Rule{
		{`refund order`, "both words, anywhere in the message"},
		{`"call me back"`, "exactly these words in a row"},
		{`refund OR return`, "one of the two, or both; OR in capitals"},
		{`refund -order`, "the first word without the second"},
		{`-"wrong number"`, "everything but messages with this phrase"},
		{`refund (late OR missing)`, "parentheses group; without them, words side by side go together before OR"},
		{`refu*`, "words that begin so"},
		{`"my name is jo"*`, "a phrase whose last word begins so"},
		{`call-back`, "words joined by a sign are a phrase"},
	}
}
