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

// said is what is said of the number in pieces from to to: by the nearest word
// before it, else by one after it; and how many words away.
func (f *finder) said(from, to int) (label, int) {
	first, last := f.pieces[from].first, f.pieces[to-1].last
	far := 0
	for i := first - 1; i >= 0 && far < wordsBefore; i-- {
		if f.labels[i] != fillLabel {
			far++
		}
		if f.ts[i+1].gap >= stop {
			far += 2
		}
		switch l := f.labels[i]; l {
		case cardLabel, phoneLabel:
			return l, far
		case otherLabel:
			if f.cardBefore(i) {
				return cardLabel, far
			}
			return l, far
		}
		if f.ownNumber(i, first) {
			return phoneLabel, far
		}
		if from > 0 && i <= f.pieces[from-1].last && f.pieces[from-1].written {
			far += 2 // another number stands between
		}
	}
	for i := last + 1; i < len(f.ts) && i <= last+wordsAfter; i++ {
		if f.ts[i].gap >= stop || f.ts[i].digits != "" {
			break
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

// standsAlone reports whether digits are believed to be a card's though nobody
// says so, and with what stands beside them.
func (f *finder) standsAlone(a attempt, to int, said label) bool {
	if said != noLabel && a.fixes+a.others-f.midOf(a) > 0 {
		return false
	}
	inRow := between.close
	if said != noLabel {
		inRow = between.inRow
	}
	after := f.beside(to, 1, inRow)
	if end := f.rowEnd(to); after <= 4 && end > to && f.isAmount(f.pieces[end-1].last+1) {
		after = 0
	}
	if said == otherLabel && f.isIBAN(a.from) {
		return f.beside(a.from, -1, inRow)+f.beside(to, 1, inRow) == 0
	}
	return mayStandBeside(a.n, f.beside(a.from, -1, inRow)+f.midOf(a), after, said)
}

// isIBAN reports whether an account's number is spoken of before a piece that is
// longer than a card's.
func (f *finder) isIBAN(from int) bool {
	first := f.pieces[from].first
	return slices.ContainsFunc(f.ts[max(first-wordsBefore, 0):first], func(t token) bool { return t.word == "iban" })
}

// rowEnd is the end of the pieces that stand close together from one on.
func (f *finder) rowEnd(at int) int {
	for ; at < len(f.pieces) && f.before[at].inRow(); at++ {
	}
	return at
}

// midOf is 1 for an attempt that begins within a piece.
func (f *finder) midOf(a attempt) int {
	if a.mid {
		return 1
	}
	return 0
}

// isWhole reports whether digits are a row by themselves, or with a phone number.
func (f *finder) isWhole(from, to int) bool {
	before, after := f.beside(from, -1, between.inRow), f.beside(to, 1, between.inRow)
	phone := func(n int) bool { return n == 10 || n == 11 }
	return (before == 0 || phone(before)) && (after == 0 || phone(after))
}

// beside counts the digits in one row with the border at, on one side of it, up
// to some more than any number has.
func (f *finder) beside(at, step int, inRow func(between) bool) int {
	n := 0
	for ; n <= mostNear && at > 0 && at < len(f.pieces) && inRow(f.before[at]); at += step {
		next := at
		if step < 0 {
			next = at - 1
		}
		if !f.pieces[next].weak {
			n += len(f.pieces[next].digits)
		}
	}
	return n
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
	return i+2 >= end || slices.Contains([]string{"is", "s", "es", "c", "est", "ist", "lautet", "at"}, f.ts[i+2].word) || i+2 == end
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
	for k := from; k < len(f.pieces); k++ {
		if k > from {
			b := f.before[k]
			if b.ends() || b.words > 1 {
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
			f.byEnd[k+1] = append(f.byEnd[k+1], item{from: from, to: k + 1, score: score, ofCard: f.calledCard(from, k+1)})
		}
	}
}

// phone is how far the digits of pieces are believed to be a phone number; 0 for
// not at all.
func (f *finder) phone(from, to int) int {
	digits := f.digitsOf(from, to)
	plus := f.plus(from)
	apart := !f.before[from].close()
	said, far := f.said(from, to)
	if said != phoneLabel && !plus && (!apart && !nanp(digits) || f.before[from].label == asideLabel) {
		return 0
	}
	score := 0
	switch {
	case f.isPhone(digits, plus):
		score = 60
	case said == phoneLabel && far <= 6 && apart && !f.before[to].close() && len(digits) <= 13:
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
	case said == phoneLabel && far <= 6:
		score += 15
	case said == cardLabel:
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
