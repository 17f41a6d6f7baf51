package numbers

// common are the hesitations that every language writes alike.
var common = []link{
	{filler, "um|uh|uhm|umm|uhh|ehm|eh|er|erm|eeh|ah|ahm|aah|hm|hum|humm|hmm|hmmm|mm|mmm|mhm|euh|euhm|ohm|oehm|aehm|e|m"},
	{filler, "ok|okay|dash|minus|slash"},
	{plusWord, "plus"},
}

func englishTable() table {
	return table{
		units: [10]string{
			"zero nought naught nil aught zeero ~oh ~o ~ought ~null", "~one ?won ?wan", "two ?to ?too ?tu",
			"three ?tree ?free", "four fower ?for ?fore ?fo", "five fife fiver ?hive", "six ?sicks ?sex ?sics",
			"seven ?sven", "eight ?ate ?ait ?aight", "nine niner ?nein ?nigh",
		},
		small: [10]string{
			"ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
		},
		tens: [10]string{
			2: "twenty", 3: "thirty", 4: "forty fourty", 5: "fifty", 6: "sixty", 7: "seventy", 8: "eighty", 9: "ninety ninty",
		},
		hundred: "hundred", thousand: "thousand",
		plurals: [10]string{
			"zeros zeroes ohs", "ones", "twos", "threes", "fours", "fives", "sixes", "sevens", "eights", "nines",
		},
		repeats: map[int]string{2: "double dubble", 3: "triple treble", 4: "quadruple"},
		links: []link{
			{
				again, "that's|that s|thats|that is|so that's|so that s|i think|i believe|i guess|i'm sure|i m sure|pretty sure|i'm pretty sure|yeah|yes|yep|yup|right|correct|" +
					"like i said|as i said|again|once again|i repeat|repeat|that is to say",
			},
			{filler, "then|and then|next|followed by|hyphen|stroke|point|dot|period|comma|space|pause|like|please|you know|well"},
			{filler, "let me see|let's see|let us see|lets see|and so on|after that|that's it"},
			{and, "and|n"},
			{glueWord, "the|my|is|it|its|it s|that|thats|that s|with|in|at|of|a|should be|be|make|what|would be|was|i|s|this|said"},
			{
				correct, "no|nope|nah|no that s not it|let me correct myself|my apologies|apologies|strike|sorry|i'm sorry|im sorry|i mean|i meant|excuse me|pardon|pardon me|correction|rather|oops|whoops|" +
					"scratch that|strike that|make that|my mistake|my bad|not that|or rather|that's wrong|that's not right|that is wrong|not right|wrong|forgive me|i beg your pardon|let me correct that|actually|" +
					"i always do that|i always get that wrong|i keep doing that|wrong again|i said that wrong|i got that wrong|i read that wrong|silly me|oh dear|" +
					"that s one too many|thats one too many|one too many|that s too many|thats too many|too many|one digit too many|i missed one|i ve missed one|i left one out|i ve left one out|that s one short",
			},
			{deny, "sorry not|no not|i mean not|no sorry not|sorry no not|sorry that's not|oops not"},
			{hesitate, "wait|hold on|hang on|one second|one moment|just a second|just a moment|wait a second|wait a minute|uh wait|wait let me check|let me check|let me just check|let me look|wait let me look|let me double check"},
			{
				restart, "let me start over|start over|starting over|let me start again|start again|let me try again|try again|" +
					"let me try that again|from the beginning|from the top|let me begin again|let me repeat|let me do that again|let me say that again",
			},
			{area, "area code|area code is|area"},
			{country, "country code|country code is|international code|country"},
			{rest, "number|number is|phone number|telephone number"},
			{extension, "extension|ext|extension number|x"},
		},
	}
}
