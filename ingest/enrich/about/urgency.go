package about

import "afterbeep/ingest/enrich/word"

// reason is why a message is urgent.
type reason uint8

const (
	none reason = iota
	saysEmergency
	danger
	medicalNow
	outage
	saysUrgent
	medical
	today
	money
	stuck
	thirdTime
	again
	frail // counts only together with others
)

// words are what a reason is called on pages, and how much it weighs.
var weights = map[reason]struct {
	words  string
	weight int
}{
	saysEmergency: {"says it is an emergency", 2},
	danger:        {"speaks of danger at home", 2},
	medicalNow:    {"may need medical help now", 2},
	outage:        {"has no heating, power or water", 1},
	saysUrgent:    {"says it is urgent", 1},
	medical:       {"is about somebody’s health", 1},
	today:         {"has something that happens today", 1},
	money:         {"is losing money or a card", 1},
	stuck:         {"is locked out or stranded", 1},
	thirdTime:     {"has called several times", 1},
	again:         {"has called before", 1},
	frail:         {"a child, an old or a sick person is affected", 0},
}

// How far before a phrase a word denies it, in words.
const denialReach = 3

// urgency weighs the phrases of the message.
func (m *message) urgency() (level int, reasons []string) {
	var found [frail + 1]bool
	soft := false
	for i := 0; i < len(m.words); {
		if _, n := m.l.soft.At(m.words, i); n > 0 {
			soft = true
			i += n
			continue
		}
		r, n := m.l.urgent.At(m.words, i)
		if n == 0 {
			i++
			continue
		}
		if !m.denied(i) {
			found[r] = true
		}
		i += n
	}
	if soft {
		found[saysUrgent], found[again], found[today] = false, false, false
	}
	if found[thirdTime] {
		found[again] = false
	}
	if found[medicalNow] {
		found[medical] = false
	}
	sum := 0
	for r := saysEmergency; r < frail; r++ {
		if found[r] {
			sum += weights[r].weight
			reasons = append(reasons, weights[r].words)
		}
	}
	if sum > 0 && found[frail] && (found[outage] || found[danger] || found[stuck]) {
		sum++
		reasons = append(reasons, weights[frail].words)
	}
	return min(sum, 2), reasons
}

// denied reports whether the phrase at a word is denied by one before it in the
// same clause.
func (m *message) denied(i int) bool {
	for j := i - 1; j >= 0 && i-j <= denialReach; j-- {
		if m.words[j+1].Mark >= word.Comma {
			return false
		}
		if m.l.denies.Has(m.words[j].Plain) {
			return true
		}
	}
	return false
}
