package cards

import "regexp"

// unsaid finds a date and a code that follow a card without a word: three or four
// digits, a month and a year, or both. Anything else is another number, a
// telephone's or a place's.
func (f *finder) unsaid(c item) []aside {
	from := c.to
	if said := f.sentences(from); len(said) > 0 {
		return said
	}
	if said := f.namedMonth(c); len(said) > 0 {
		return said
	}
	if from >= len(f.pieces) || f.claimed[from] != nil || f.before[from].ends() || f.before[from].words > 0 || f.before[from].gap >= stop {
		return nil
	}
	to := f.runEnd(from, len(f.ts))
	_, to = f.trimmed(from, to)
	if to <= from || f.isAmount(f.pieces[to-1].last+1) {
		return nil
	}
	if n := len(f.digitsOf(from, to)); n == 3 || n == 4 {
		mask := codeMask
		if f.isDate(from, to) && (n == 4 || to-from > 1) {
			mask = expiryMask
		}
		return []aside{f.asideOf(from, to, mask)}
	}
	if to-from > mostUnsaid {
		return nil
	}
	for at := to; at > from; at-- {
		if !f.isDate(from, at) {
			continue
		}
		date := f.asideOf(from, at, expiryMask)
		if at == to {
			return []aside{date}
		}
		if n := len(f.digitsOf(at, to)); (n == 3 || n == 4) && !f.isLocal(from, to) {
			return []aside{date, f.asideOf(at, to, codeMask)}
		}
	}
	if f.isDateAndCode(from, to) {
		return []aside{f.asideOf(from, to, expiryMask)}
	}
	return nil
}

// namedMonth finds a date with the name of its month behind a card, and a code behind
// it. A month and two digits alone may be a day.
func (f *finder) namedMonth(c item) []aside {
	at := f.pieces[c.to-1].last + 1
	for at < len(f.ts) && (f.labels[at] == fillLabel || f.labels[at] == introLabel) && f.ts[at].gap < stop {
		at++
	}
	if at >= len(f.ts) || !months[f.ts[at].word] || f.ts[at].gap > stop {
		return nil
	}
	date, ok := f.monthAndYear(at, len(f.ts))
	if !ok {
		return nil
	}
	from := f.pieceAt(date.last + 1)
	year := f.digitsOf(f.pieceAt(at), from)
	all := []aside{date}
	if from < len(f.pieces) && f.claimed[from] == nil && f.before[from].words == 0 && !f.before[from].ends() {
		to := f.runEnd(from, len(f.ts))
		if n := len(f.digitsOf(from, to)); (n == 3 || n == 4) && !f.isAmount(f.pieces[to-1].last+1) {
			all = append(all, f.asideOf(from, to, codeMask))
		}
	}
	if !isExpiry("01"+year) || len(year) == 2 && len(all) == 1 {
		return nil
	}
	return all
}

// mostUnsaid is how many pieces a date and a code have at most: a digit each.
const mostUnsaid = 10

func (f *finder) asideOf(from, to int, mask string) aside {
	return aside{f.pieces[from].first, f.pieces[to-1].last, mask}
}

// isDate reports whether pieces are a month and a year that a card of today may
// be valid until, and not one run of digits that is something else more often.
func (f *finder) isDate(from, to int) bool {
	digits := f.digitsOf(from, to)
	if !isExpiry(digits) {
		return false
	}
	if year := digits[len(digits)-2:]; year < "20" || year > "45" {
		return false
	}
	if n := len(digits); n == 3 || n == 5 { // a month of one digit stands by itself
		return len(f.pieces[from].digits) == 1 && (n == 3 || to-from > 1)
	}
	return true
}

// isDateAndCode reports whether one run of digits is a date and a code.
func (f *finder) isDateAndCode(from, to int) bool {
	digits := f.digitsOf(from, to)
	if to-from > 1 || len(digits) != 7 && len(digits) != 8 || digits[0] > '1' {
		return false
	}
	year := digits[2:4]
	return isExpiry(digits[:4]) && "20" <= year && year <= "45"
}

// isLocal reports whether digits have the form of a telephone number that is
// dialled within a place.
func (f *finder) isLocal(from, to int) bool {
	digits := f.digitsOf(from, to)
	return len(digits) == fewestPhone && digits[0] >= '2' && len(f.pieces[from].digits) != 2 &&
		!(len(f.pieces[from].digits) == 1 && from+1 < to && len(f.pieces[from+1].digits) == 2)
}

// isAmount reports whether the word at i makes an amount of the number before it.
func (f *finder) isAmount(i int) bool {
	return i < len(f.ts) && (f.ts[i].gap == other || f.ts[i].word != "" && amountWords.MatchString(f.ts[i].word))
}

var amountWords = regexp.MustCompile(`^(?:dollars?|bucks|cents?|euros?|pounds?|pence|quid|pesos?|dolar(?:es)?|centavos?|francs?|franken|rappen|percent|prozent|` +
	`times|days?|weeks?|months?|years?|hours?|minutes?|nights?|people|persons?|guests|items?|pieces?|units?|tickets?|payments?|instal?lments?|orders?|` +
	`veces|vez|dias?|semanas?|mes|meses|anos?|horas?|minutos?|noches?|personas?|cuotas?|pagos?|plazos?|entradas?|unidades|` +
	`fois|jours?|semaines?|mois|ans?|heures?|nuits?|personnes?|paiements?|echeances?|billets?|places?|mensualites?|versements?|` +
	`mal|tage?n?|wochen?|monate?n?|jahre?n?|stunden?|nachte?n?|personen?|leute|rate|raten|zahlungen|stuck|karten)$`)
