package cards

import "afterbeep/ingest/enrich/numeral"

// network is a range of card numbers: those that begin with low to high, which
// have as many digits as each other.
type network struct {
	low, high string
	lengths   lengths // those that are issued
	rare      lengths // those that are allowed and hardly issued
}

// lengths is a set of numbers of digits, a bit for each.
type lengths uint32

func (l lengths) has(n int) bool { return l>>n&1 == 1 }

const (
	of12 lengths = 1 << (12 + iota)
	of13
	of14
	of15
	of16
	of17
	of18
	of19

	over16  = of17 | of18 | of19
	maestro = of12 | of13 | of14 | of15 | of17
)

// networks are the ranges of the issuers' networks.
var networks = [...]network{
	{"4", "4", of16 | of19, of13},                 // Visa
	{"51", "55", of16, 0},                         // Mastercard
	{"2221", "2720", of16, 0},                     // Mastercard, the 2-series
	{"34", "34", of15, 0},                         // American Express
	{"37", "37", of15, 0},                         // American Express
	{"6011", "6011", of16, over16},                // Discover
	{"644", "659", of16, over16},                  // Discover
	{"300", "305", of14 | of16, over16},           // Diners Club
	{"3095", "3095", of14 | of16, over16},         // Diners Club
	{"36", "36", of14 | of16, of15 | over16},      // Diners Club
	{"38", "39", of14 | of16, over16},             // Diners Club
	{"3528", "3589", of16, over16},                // JCB
	{"62", "62", of16 | over16, 0},                // UnionPay
	{"81", "81", of16, over16},                    // UnionPay
	{"5018", "5018", of16 | of18 | of19, maestro}, // Maestro
	{"5020", "5020", of16 | of18 | of19, maestro}, // Maestro
	{"5038", "5038", of16 | of18 | of19, maestro}, // Maestro
	{"5893", "5893", of16 | of18 | of19, maestro}, // Maestro
	{"6304", "6304", of16 | of18 | of19, maestro}, // Maestro
	{"6759", "6759", of16 | of18 | of19, maestro}, // Maestro
	{"6761", "6763", of16 | of18 | of19, maestro}, // Maestro
	{"6771", "6771", of16 | of18 | of19, maestro}, // Maestro
	{"50", "50", of16, maestro | of18 | of19},     // Maestro, the rest of its ranges
	{"56", "58", of16, maestro | of18 | of19},     // Maestro
	{"60", "60", 0, maestro | of16 | of18 | of19}, // Maestro
	{"63", "63", 0, maestro | of16 | of18 | of19}, // Maestro
	{"66", "69", 0, maestro | of16 | of18 | of19}, // Maestro
}

// The fewest and the most digits of a card.
const (
	fewest = 12
	most   = 19
)

// grade says how far digits are believed to be a card's.
type grade int

const (
	noCard grade = iota
	// rareCard has the right check digit, in a range and of a length that is
	// allowed and hardly issued: other numbers are that far more often.
	rareCard
	sureCard
)

// gradeOf judges digits by check digit, issuer and length.
func gradeOf(digits []byte) grade {
	n := len(digits)
	if n < fewest || n > most || !numeral.Luhn(digits) {
		return noCard
	}
	best := noCard
	for _, w := range networks {
		start := string(digits[:len(w.low)])
		if start < w.low || start > w.high {
			continue
		}
		switch {
		case w.lengths.has(n):
			return sureCard
		case w.rare.has(n):
			best = rareCard
		}
	}
	return best
}
