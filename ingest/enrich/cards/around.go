package cards

import (
	"slices"

	"github.com/nyaruka/phonenumbers"

	"afterbeep/ingest/enrich/numeral"
)

// How far from a number a word says what it is.
const (
	wordsBefore = 12
	wordsAfter  = 5
)

// saidBefore is what is said of the number that begins with a piece by the nearest
// word before it, how many words away that is, and its token.
func (f *finder) saidBefore(from int) (label, int, int) {
	first := f.pieces[from].first
	far := 0
	for i := first - 1; i >= max(0, first-farthestCue) && far < wordsBefore; i-- {
		if f.labels[i] != fillLabel && f.labels[i] != introLabel {
			far++
		}
		if f.ts[i+1].gap >= stop {
			far += 2
		}
		switch l := f.labels[i]; l {
		case cardLabel, phoneLabel:
			return l, far, i
		case otherLabel:
			if f.cardBefore(i) {
				return cardLabel, far, i
			}
			return l, far, i
		}
		if f.ownNumber(i, first) {
			return phoneLabel, far, i + 1
		}
		if from > 0 && i <= f.pieces[from-1].last && f.pieces[from-1].written {
			far += 2 // another number stands between
		}
	}
	return noLabel, 0, -1
}

// saidBehind is what is said of the number that ends before a piece by a word
// behind it, and how many words away that is.
func (f *finder) saidBehind(to int) (label, int) {
	last := f.pieces[to-1].last
	end := last + wordsAfter
	for i := last + 1; i < len(f.ts) && i <= end; i++ {
		if f.ts[i].gap >= stop || f.ts[i].digits != "" {
			break
		}
		if connectingBehind[f.ts[i].word] && end < last+2*wordsAfter {
			end++
		}
		switch l := f.labels[i]; l {
		case cardLabel, phoneLabel, otherLabel:
			if f.digitsIn(i+1, i+wordsAfter) {
				return noLabel, 0 // it is said of those
			}
			return l, wordsBefore + i - last
		}
	}
	return noLabel, 0
}

// asideBehind reports whether a security code or a date is spoken of right behind
// a number.
func (f *finder) asideBehind(to int) bool {
	return f.asideIn(f.pieces[to-1].last+1, f.pieces[to-1].last+1+wordsAfter)
}

// asideRightBefore reports whether one is spoken of right before a number.
func (f *finder) asideRightBefore(from int) bool {
	return f.asideIn(f.pieces[from].first-wordsAfter, f.pieces[from].first)
}

// asideIn reports whether tokens speak of a code or a date.
func (f *finder) asideIn(from, to int) bool {
	from, to = max(from, 0), min(to, len(f.ts))
	return from < to && slices.Contains(f.labels[from:to], asideLabel)
}

// digitsIn reports whether a piece begins among tokens.
func (f *finder) digitsIn(from, to int) bool {
	at := f.pieceAt(from)
	return at < len(f.pieces) && f.pieces[at].first < to
}

// cardBefore reports whether the label at i belongs to a card's before it: card
// account number, numero de cuenta de la tarjeta.
func (f *finder) cardBefore(i int) bool {
	for back := 1; back <= 2 && i-back >= 0; back++ {
		if f.ts[i-back+1].gap > thin {
			return false
		}
		if f.labels[i-back] == cardLabel {
			return true
		}
		if back == 1 && !slices.Contains([]string{"de", "del", "la", "of", "der", "s"}, f.ts[i-1].word) {
			return false
		}
	}
	return false
}

// ownNumber reports whether "my number" stands at i, before the number at end,
// and not "my number of something".
func (f *finder) ownNumber(i, end int) bool {
	if i < 0 || i+1 >= end || i+1 >= len(f.ts) {
		return false
	}
	switch f.ts[i].word + " " + f.ts[i+1].word {
	case "my number", "mi numero", "mon numero", "meine nummer", "our number", "nuestro numero", "notre numero", "unsere nummer":
	default:
		return false
	}
	return i+2 >= end || slices.Contains([]string{"is", "s", "es", "c", "est", "ist", "lautet", "at"}, f.ts[i+2].word)
}

// plus reports whether a plus stands before a piece.
func (f *finder) plus(at int) bool {
	i := f.pieces[at].first
	if f.ts[i].plus {
		return true
	}
	return i > 0 && slices.Contains([]string{"plus", "mas"}, f.ts[i-1].word)
}

// The fewest and the most digits of a phone number.
const (
	fewestPhone = 7
	mostPhone   = 15
)

// phonesFrom collects the phone numbers that begin with a piece.
func (f *finder) phonesFrom(from int) {
	n, cost := 0, 0
	end := f.rows[f.rowOf[from]].to
	for k := from; k < end; k++ {
		if k > from {
			b := f.before[k]
			if b.words > 1 {
				return
			}
			if b.fix {
				cost += 30
			}
			cost += b.cost()
		}
		if n += len(f.pieces[k].digits); n > mostPhone+2 {
			return
		}
		if n < fewestPhone {
			continue
		}
		if score := f.phone(from, k+1); score > 0 {
			score -= cost + f.before[from].cut() + f.before[k+1].cut()
			f.byEnd[k+1] = append(f.byEnd[k+1], item{from: from, to: k + 1, score: score, ofCard: f.called(from) == cardLabel})
		}
	}
}

// phone is how far the digits of pieces are believed to be a phone number; 0 for
// not at all.
func (f *finder) phone(from, to int) int {
	digits := f.digitsOf(from, to)
	plus := f.plus(from)
	apart := !f.before[from].close()
	r := f.rows[f.rowOf[from]]
	if r.said != phoneLabel && !plus && (!apart && !nanp(digits) || f.before[from].label == asideLabel) {
		return 0
	}
	score := 0
	switch {
	case f.isPhone(digits, plus):
		score = 60
	case r.said == phoneLabel && r.far <= 6 && apart && !f.before[to].close() && len(digits) <= 13:
		score = 50
	default:
		return 0
	}
	if plus {
		score += 60
	}
	if !apart {
		score -= 12
	}
	switch {
	case r.said == phoneLabel && r.far <= 6:
		score += 15
	case r.said == cardLabel:
		score -= 30
	}
	return score
}

// nanp reports whether digits have the form of a North American number.
func nanp(digits string) bool {
	if len(digits) == 11 && digits[0] == '1' {
		digits = digits[1:]
	}
	return numeral.NorthAmerican(digits)
}

// regions are those whose numbers are known without a country code, by the
// language of the text.
var regions = map[string][]string{
	"en": {"US", "GB", "AU"}, "es": {"US", "ES", "MX"}, "fr": {"US", "FR", "BE", "CH"}, "de": {"US", "DE", "AT", "CH"},
}

// trunkless are the regions that dial no 0 before their numbers.
var trunkless = map[string]bool{"US": true, "ES": true, "MX": true}

// isPhone reports whether digits are a valid phone number.
func (f *finder) isPhone(digits string, plus bool) bool {
	key := digits
	if plus {
		key = "+" + digits
	}
	valid, known := f.asked[key]
	if known {
		return valid
	}
	if f.asks--; f.asks < 0 {
		return false
	}
	if plus {
		valid = isValid(key, "US")
	} else {
		known := regions[f.lang]
		if known == nil {
			known = []string{"US"}
		}
		valid = slices.ContainsFunc(known, func(region string) bool {
			return (trunkless[region] || digits[0] == '0') && isValid(digits, region)
		})
	}
	f.asked[key] = valid
	return valid
}

func isValid(number, region string) bool {
	parsed, err := phonenumbers.Parse(number, region)
	return err == nil && phonenumbers.IsValidNumber(parsed)
}
