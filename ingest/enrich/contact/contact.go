// Package contact finds the numbers to call in what a machine wrote down of a
// voicemail: said in words or digits, corrected, in parts, with a country code or
// an extension, or as "the number I'm calling from". It tells them from accounts,
// dates, amounts, post codes and the like by the words around them and by what
// libphonenumber says of each reading, and puts those to call in the order of
// calling.
//
// It is pure: the same message gives the same numbers, nothing is read or kept,
// and everything is safe for concurrent use. It takes any bytes.
package contact

import (
	"github.com/nyaruka/phonenumbers"

	"afterbeep/ingest/enrich/langcode"
	"afterbeep/ingest/enrich/numbers"
)

// Kind says what a number that was found is. The values are those of the store.
type Kind string

// The kinds of numbers.
const (
	Call    Kind = "call"    // a telephone number to call
	Not     Kind = "not"     // a telephone number that the caller asks not to call
	Write   Kind = "write"   // a telephone number to write to, which the caller asks not to ring
	Fax     Kind = "fax"     // the number of a fax
	Account Kind = "account" // names an account, a card, a policy, an order, a claim or the like
	Amount  Kind = "amount"  // money or another amount
	Date    Kind = "date"    // a date or a time
	Code    Kind = "code"    // a post code, a house or the like
	Other   Kind = "other"   // any other
)

// Message is what a voicemail says, and from where.
type Message struct {
	// Text is the transcript, Lang the code of its language ("en", "en-US"), ""
	// where it is not known.
	Text, Lang string
	// Caller is the number that the call came from, E.164; "" where it is withheld.
	Caller string
	// CallerNumber is Caller as libphonenumber reads it; nil where it is still to be
	// read, which takes long.
	CallerNumber *phonenumbers.PhoneNumber
	// Region is that of the bot, ISO 3166 ("US"), for numbers without a country
	// code where nothing else says their region; "" for none.
	Region string
}

// Number is a number that was said or meant.
type Number struct {
	Kind   Kind
	E164   string // of a telephone number; "" for every other kind
	Ext    string // the extension that was said with it, digits; "" without
	Digits string // as said, 0-9 only; where it was said in parts or by its end, all that was meant
	Label  string // what the caller calls it, as said: "my daughter"; "" without
	// Spans are the words that say it, in the order of the text; empty where
	// the caller id is meant.
	Spans []numbers.Span
	// CallerID says that the caller meant the number that the call came from.
	CallerID bool
	// Valid says that libphonenumber takes it for a valid number, not only for a
	// possible one.
	Valid bool
}

// Find returns the numbers of a message: those to call first, the best first,
// then the others in the order of the text. Numbers that are the same after all
// are listed once. Nothing said gives nil.
func Find(m Message) []Number {
	runs := numbers.Find(m.Text, m.Lang)
	r := newReader(m, runs)
	if len(runs) == 0 && !r.anyLikeness() {
		return nil
	}
	r.sortOut()
	r.tails()
	r.areas()
	r.mentions()
	r.dial()
	r.reconsider()
	r.extensions()
	r.settle()
	r.prefer()
	return r.list()
}

// language returns the lexicon for a code: of one of the languages, or of all
// together.
func language(code string) *lexicon {
	all := lexicons()
	if x, ok := all[langcode.Base(code)]; ok {
		return x
	}
	return all[""]
}
