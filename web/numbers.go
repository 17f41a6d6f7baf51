package web

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"afterbeep/index"
	"afterbeep/store"
)

// FoundNumber is a number that a message says.
type FoundNumber struct {
	E164   string `json:"e164"`   // "" where it can't be called as it was said
	Said   string `json:"said"`   // the words that say it
	Digits string `json:"digits"` // 0-9 only
	// Kind is what the number is for: "call", "not" to be called, "write" to write to, "fax" and so on; of
	// a message that was not read for callbacks yet "phone", or "other" for one that
	// can't be called.
	Kind     string `json:"kind"`
	Ext      string `json:"ext"`       // the extension said with it
	Label    string `json:"label"`     // what the caller calls it: "mobile"
	CallerID bool   `json:"caller_id"` // it is the number that the call came from
}

// The kinds of a FoundNumber of a message that was not read for callbacks.
const (
	numberPhone = "phone"
	numberOther = "other"
)

// minDigits is how many digits a number has at least that is worth an action and
// can't be called: an order's, a policy's. Shorter ones are times and amounts.
const minDigits = 5

// defaultRegion is where numbers without a country code are taken to be from
// where nothing else tells.
const defaultRegion = "US"

// saidNumbers are the numbers of the message that something can be done with,
// each once, with their places.
func (s *Server) saidNumbers(vm store.Voicemail) ([]FoundNumber, [][]index.SaidPlace) {
	var found []FoundNumber
	var places [][]index.SaidPlace
	region := s.regionOf(vm)
	for _, n := range index.SaidNumbers(partsOf(vm)) {
		one := FoundNumber{E164: callable(n, region), Said: n.Said, Digits: n.Digits, Kind: numberPhone}
		if one.E164 == "" {
			if one.Kind = numberOther; len(n.Digits) < minDigits {
				continue
			}
		}
		same := slices.IndexFunc(found, func(f FoundNumber) bool {
			return f.E164 == one.E164 && (f.E164 != "" || f.Digits == one.Digits)
		})
		if same >= 0 {
			places[same] = append(places[same], n.Where...)
			continue
		}
		found, places = append(found, one), append(places, n.Where)
	}
	return found, places
}

// regionOf is where a number without a country code is taken to be from: where
// the caller is, else who was called, else the installation.
func (s *Server) regionOf(vm store.Voicemail) string {
	for _, number := range []string{vm.Caller, vm.Called} {
		if parsed, err := phonenumbers.Parse(number, ""); err == nil {
			if region := phonenumbers.GetRegionCodeForNumber(parsed); region != "" && region != phonenumbers.UNKNOWN_REGION {
				return region
			}
		}
	}
	if s.Region != "" {
		return s.Region
	}
	return defaultRegion
}

// callable is the number as it is called from anywhere, "" where it can't be.
// What may have been said as well counts where what was heard is no number.
func callable(n index.SaidNumber, region string) string {
	for _, digits := range append([]string{n.Digits}, n.Alts...) {
		if n.Plus {
			digits = "+" + digits
		}
		if e164 := validNumber(digits, region); e164 != "" {
			return e164
		}
	}
	return ""
}

func validNumber(number, region string) string {
	parsed, err := phonenumbers.Parse(number, region)
	if err != nil || !phonenumbers.IsValidNumber(parsed) {
		return ""
	}
	return phonenumbers.Format(parsed, phonenumbers.E164)
}

// spelled are words that carriers send as digits for who withholds a number:
// they look like a number and are one for everybody.
var spelled = map[string]bool{
	"+266696687":   true, // ANONYMOUS
	"+2562533":     true, // BLOCKED
	"+7378742883":  true, // RESTRICTED
	"+8656696":     true, // UNKNOWN
	"+86282452253": true, // UNAVAILABLE
}

// ownNumber reports whether the caller is a number of one caller's own: one that
// is written in full, was not withheld, and is not one that many call from, as
// numbers of services are, and the very number that was called.
func ownNumber(caller, called string) bool {
	if !strings.HasPrefix(caller, "+") || spelled[caller] || caller == called {
		return false
	}
	// One that is possible, and not one that is known to be given out: numbers are
	// given out before lists of them tell.
	parsed, err := phonenumbers.Parse(caller, "")
	if err != nil || !phonenumbers.IsPossibleNumber(parsed) || phonenumbers.Format(parsed, phonenumbers.E164) != caller {
		return false
	}
	switch phonenumbers.GetNumberType(parsed) {
	case phonenumbers.TOLL_FREE, phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST, phonenumbers.UAN, phonenumbers.VOICEMAIL, phonenumbers.PAGER:
		return false
	}
	return true
}

// numberView is a number as a page shows it, with what can be done with it.
type numberView struct {
	ID     string // of its row
	Name   string // whose it is, or what
	Text   string
	Call   template.URL // "" where it can't be called
	Copy   string
	Search string // the link that finds it
	Words  string // what the link says
	Said   string // how it was said; "" where it was written so

	Ext      string
	Label    string // what the caller calls it
	CallerID bool   // it is the number that the call came from

	kind  store.NumberKind // of one that was found; "" for others
	e164  string
	where []index.SaidPlace
}

// numberViews are the caller's number and those that the message says.
func (s *Server) numberViews(vm store.Voicemail, w workOn, p Params) []numberView {
	var out []numberView
	if ownNumber(vm.Caller, vm.Called) {
		v := numberViewOf(vm.Caller, vm.Caller)
		v.Name, v.Search, v.Words = "The caller’s number", Params{Q: "from:" + vm.Caller, TZ: p.TZ}.Link("/"), "Messages from it"
		v.Call = callLink(w.desk, vm.Caller, "")
		out = append(out, v)
	}
	said := s.foundViews(vm, w)
	if len(w.finding.Numbers) == 0 {
		said = s.saidViews(vm)
	}
	for _, v := range said {
		v.Search, v.Words = Params{Q: v.Copy, TZ: p.TZ}.Link("/"), "Messages with it"
		out = append(out, v)
	}
	for i := range out {
		out[i].ID = "number-" + strconv.Itoa(i+1)
	}
	return out
}

// saidViews are the numbers of a message that was not read for callbacks.
func (s *Server) saidViews(vm store.Voicemail) []numberView {
	var out []numberView
	found, places := s.saidNumbers(vm)
	for i, n := range found {
		v := numberViewOf(n.E164, n.Digits)
		v.Name, v.where = "A number that was said", places[i]
		if n.E164 == "" {
			v.Name = "Digits that were said"
		} else if n.E164 == vm.Caller {
			v.Name = "The caller’s number, as it was said"
		}
		v.Said = saidWords(n.Said)
		out = append(out, v)
	}
	return out
}

// saidWords is how a number was said, "" where it was written as numbers are.
func saidWords(said string) string {
	if strings.Trim(said, "0123456789+-–./() \u00a0\n") == "" {
		return ""
	}
	return cut(said, 160)
}

// foundViews are the numbers that were found in a message, each once: those to
// call first. Amounts, dates and the like are nothing to do something with.
func (s *Server) foundViews(vm store.Voicemail, w workOn) []numberView {
	var out []numberView
	for _, n := range w.finding.Numbers {
		v := numberViewOf(n.E164, n.Digits)
		if v.Name = numberName(n); v.Name == "" {
			continue
		}
		v.kind, v.e164, v.Ext, v.Label, v.where = n.Kind, n.E164, n.Ext, n.Label, placesOf(vm, n.Spans)
		v.Said, v.CallerID = saidWords(saidAt(vm.Text, n.Spans)), n.CallerID || n.E164 != "" && n.E164 == vm.Caller
		if v.Call = ""; n.Kind == store.NumberCall {
			v.Call = callLink(w.desk, n.E164, n.Ext)
		}
		out = append(out, v)
	}
	return out
}

// numberName says what a number is, "" for what no page shows.
func numberName(n store.FoundNumber) string {
	switch n.Kind {
	case store.NumberCall:
		if n.CallerID {
			return "To call: the number that the call came from"
		}
		return "To call"
	case store.NumberNot:
		return "Not to be called, the caller says"
	case store.NumberWrite:
		return "To write to, not to ring"
	case store.NumberFax:
		return "A fax"
	case store.NumberAccount:
		return "Of an account, an order or the like"
	case store.NumberAmount, store.NumberDate, store.NumberCode:
		return ""
	}
	if len(n.Digits) < minDigits {
		return ""
	}
	return "Digits that were said"
}

// numberViewOf shows a number that can be called, or else the digits.
func numberViewOf(e164, digits string) numberView {
	parsed, err := phonenumbers.Parse(e164, "")
	if e164 == "" || err != nil {
		return numberView{Text: digits, Copy: digits}
	}
	return numberView{Text: phonenumbers.Format(parsed, phonenumbers.INTERNATIONAL), Copy: e164, e164: e164,
		Call: template.URL("tel:" + e164)} // a plus and digits: validNumber made it
}
