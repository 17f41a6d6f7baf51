package cards

// isForIt reports whether the word at cue, before the number at first, is of what a
// card is for: the card for my account is. Who says the account's number says so.
func (f *finder) isForIt(cue, first int) bool {
	if f.labels[cue] != otherLabel {
		return false
	}
	for i := cue + 1; i < first; i++ {
		if numberNames[f.ts[i].word] {
			return false
		}
	}
	i := cue - 1
	switch {
	case i >= 1 && whoseWords[f.ts[i].word] && forWords[f.ts[i-1].word]:
		i -= 2
	case i >= 0 && forTheWords[f.ts[i].word]:
		i--
	default:
		return false
	}
	for last := i - mostForIt; i >= 0 && i > last && f.ts[i+1].gap < stop; i-- {
		switch {
		case f.labels[i] == cardLabel:
			return i == 0 || !whoseWords[f.ts[i-1].word] || i == 1 || !chargedWords[f.ts[i-2].word]
		case f.labels[i] != noLabel && f.labels[i] != introLabel && f.labels[i] != fillLabel, f.ts[i].digits != "":
			return false
		}
	}
	return false
}

// mostForIt is how many words away from what it is for a card stands, at most.
const mostForIt = 5

// What stands between a card and what it is for, and before a card that something
// else happened to: a charge on my card for my order is of the order.
var (
	forWords = set(`for on of to with from in
		para de a en con por
		pour de a sur dans avec
		fur fuer zu auf von mit bei an in`)
	forTheWords = set(`al del au du zum zur vom beim am im`)
	whoseWords  = set(`the my our your this that his her their
		el la mi nuestra nuestro su este esta ese esa
		le la mon ma notre votre ce cet cette
		das die der den dem mein meine meinen meinem meiner unser unsere unseren unserem unserer dieses diese diesen diesem dieser`)
	chargedWords = set(`on to from with against off
		en a con contra
		sur avec contre
		auf von mit uber`)
	numberNames = set(`number numbers no nr num id code ref reference numero nummer nummern`)
)
