package koresim

import (
	"fmt"
	"strings"
)

// person is somebody who calls. Invented throughout: names are common ones put
// together by chance, numbers come from ranges set aside for fiction.
type person struct {
	lang, first, last string
	female            bool
	number            string // E.164
}

// areas are the area codes of US callers; 555-0100 to 555-0199 is fiction in each.
var areas = strings.Fields(`212 718 917 646 347 415 510 650 408 213 310 323 619 702 602 505 303 801 206 503
	312 773 847 630 414 612 314 816 913 512 214 713 210 504 901 615 404 305 786 407 813 704 919 804 202 301
	410 215 412 617 508 401 203 860 716 518 607 973 201 856`)

// germanLines are prefixes that the German regulator keeps for fiction, with
// how many digits follow.
var germanLines = []struct {
	prefix string
	digits int
}{{"+493023125", 3}, {"+496990009", 3}, {"+494066969", 3}, {"+492214710", 3}, {"+498999998", 3}}

// frenchLines are prefixes that the French regulator keeps for fiction; four digits follow.
var frenchLines = []string{"+3319900", "+3326191", "+3335301", "+3346571", "+3353649", "+3363998"}

// langOf is the language that a person speaks: 70 in 100 English, 15 Spanish,
// 8 French, 7 German.
func (s *Sim) langOf(id uint64) string {
	d := newDice(s.cfg.Seed, "lang", id)
	switch n := d.n(100); {
	case n < 70:
		return "en"
	case n < 85:
		return "es"
	case n < 93:
		return "fr"
	default:
		return "de"
	}
}

// personOf is who called; Add may have named another number or language.
func (s *Sim) personOf(x *session) person {
	lang := s.langOf(x.person)
	if x.spec != nil && s.lib.langs[x.spec.Lang] != nil {
		lang = x.spec.Lang
	}
	d := newDice(s.cfg.Seed, "person", x.person)
	p := person{lang: lang, female: d.chance(.53)}
	g := s.lib.langs[lang]
	if p.female {
		p.first = pick(&d, g.words["first.f"])
	} else {
		p.first = pick(&d, g.words["first.m"])
	}
	p.last = pick(&d, g.words["last"])
	p.number = lineOf(&d, lang)
	if x.spec != nil && x.spec.Caller != "" {
		p.number = x.spec.Caller
	}
	return p
}

// lineOf draws a telephone number that nobody has. Spanish speakers live in
// the United States here: Spain keeps no range for fiction.
func lineOf(d *dice, lang string) string {
	switch lang {
	case "fr":
		return pick(d, frenchLines) + fmt.Sprintf("%04d", d.n(10000))
	case "de":
		l := pick(d, germanLines)
		return l.prefix + fmt.Sprintf("%0*d", l.digits, d.n(1000))
	default:
		return "+1" + pick(d, areas) + fmt.Sprintf("55501%02d", d.n(100))
	}
}

// national is a number as people of its country write or say it: digits in groups.
func national(number string) []string {
	switch {
	case strings.HasPrefix(number, "+1") && len(number) == 12:
		return []string{number[2:5], number[5:8], number[8:]}
	case strings.HasPrefix(number, "+33") && len(number) == 12:
		n := "0" + number[3:]
		return []string{n[:2], n[2:4], n[4:6], n[6:8], n[8:]}
	case strings.HasPrefix(number, "+49"):
		n := "0" + number[3:]
		cut := 3
		if strings.HasPrefix(n, "0221") {
			cut = 4
		}
		return []string{n[:cut], n[cut : len(n)-3], n[len(n)-3:]}
	default:
		return []string{strings.TrimPrefix(number, "+")}
	}
}

// queue is where callers wait.
type queue struct{ id, name, trade, number string }

// queues of the simulated contact centre, which answers for six trades.
var queues = []queue{
	newQueue("Claims", "insurance", "+12125550140"),
	newQueue("Policy Services", "insurance", "+12125550141"),
	newQueue("Billing", "utilities", "+12125550142"),
	newQueue("Outages", "utilities", "+12125550143"),
	newQueue("Orders", "retail", "+12125550144"),
	newQueue("Support", "retail", "+12125550145"),
	newQueue("Appointments", "clinic", "+12125550146"),
	newQueue("Nurse Line", "clinic", "+12125550147"),
	newQueue("Reservations", "travel", "+12125550148"),
	newQueue("Sales", "travel", "+12125550149"),
	newQueue("Accounts", "bank", "+12125550150"),
	newQueue("Cards", "bank", "+12125550151"),
}

func newQueue(name, trade, number string) queue {
	d := newDice(0, "queue "+name, 0)
	return queue{id: "qu-" + d.shortUUID(), name: name, trade: trade, number: number}
}

// agent is somebody who answers.
type agent struct{ id, name, email string }

// agents of the simulated contact centre.
var agents = hire("Dana Whitfield", "Marcus Oyelaran", "Priya Raman", "Tom Kessler", "Lucía Ferrer", "Grace Okafor",
	"Ben Halloran", "Yuki Tanabe", "Sofia Marchetti", "Andre Baptiste", "Hannah Lindqvist", "Omar Haddad", "Jill Prescott",
	"Wei Zhang", "Rosa Delgado", "Peter Novak", "Amelie Laurent", "Jonas Brandt", "Keisha Monroe", "Sam Truong")

func hire(names ...string) []agent {
	out := make([]agent, len(names))
	for i, name := range names {
		d := newDice(0, "agent "+name, 0)
		first, last, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(name, "í", "i")), " ")
		out[i] = agent{id: "u-" + d.uuid(), name: name, email: first + "." + last + "@example.com"}
	}
	return out
}

// mailOf is an address at a domain that is kept for examples.
func mailOf(p person) string {
	plain := strings.NewReplacer("á", "a", "é", "e", "è", "e", "ê", "e", "ë", "e", "í", "i", "ï", "i", "ó", "o", "ô", "o",
		"ö", "oe", "ú", "u", "ü", "ue", "ñ", "n", "ç", "c", "ä", "ae", "ß", "ss", "É", "E", "Á", "A", " ", "-", "'", "")
	return strings.ToLower(plain.Replace(p.first) + "." + plain.Replace(p.last) + "@example.com")
}
