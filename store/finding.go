package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// Finding is what the machine read out of a voicemail's text. What a person
// says instead (Correction) wins over it.
type Finding struct {
	// Requested says that the caller asks to be called back, Confidence how sure
	// that is: 0 to 1, for either answer.
	Requested  bool
	Confidence float64
	// Words are the pieces of the text that say so, in its order.
	Words []Span
	// Numbers are all numbers that were found: those to call first, the best
	// first, then the others in the order of the text.
	Numbers []FoundNumber
	// When are the words that say when, in the order of the text; DueAt is the
	// time that they come to, zero where it can't be worked out.
	When  []Span
	DueAt time.Time
	// Name is who calls, as said; "" where nobody is named.
	Name string
	// About is the sentence that matters most; empty where there is none.
	About Span
	// Urgency is 0 for most, 1 for what should go first and 2 for what can't
	// wait; Urgent says why, in words for people: "says it is urgent".
	Urgency int
	Urgent  []string
	// Listen says why a person has to listen; "" where the machine can judge.
	Listen ListenReason
}

// Span is a piece of Voicemail.Text in bytes, at borders of runes: Text[Start:End].
type Span struct{ Start, End int }

// NumberKind says what a number that was found is.
type NumberKind string

// The kinds of numbers.
const (
	// NumberCall is a telephone number to call.
	NumberCall NumberKind = "call"
	// NumberNot is a telephone number that the caller asks not to call.
	NumberNot NumberKind = "not"
	// NumberWrite is a telephone number to write to, which the caller asks not to ring.
	NumberWrite NumberKind = "write"
	// NumberFax is the number of a fax.
	NumberFax NumberKind = "fax"
	// NumberAccount names an account, a card, a policy, an order, a claim or the like.
	NumberAccount NumberKind = "account"
	// NumberAmount is money or another amount, NumberDate a date or a time.
	NumberAmount NumberKind = "amount"
	NumberDate   NumberKind = "date"
	// NumberCode is a post code or the like.
	NumberCode NumberKind = "code"
	// NumberOther is any other.
	NumberOther NumberKind = "other"
)

// FoundNumber is a number that was said.
type FoundNumber struct {
	Kind   NumberKind
	E164   string // of a telephone number; "" for every other kind
	Ext    string // the extension that was said with it, digits; "" without
	Digits string // as said, 0-9 only
	Label  string // what the caller calls it: "home", "mobile", "my daughter's"; "" without
	Spans  []Span // the words that say it; empty where the caller id is meant
	// CallerID says that the caller meant the number that the call came from.
	CallerID bool
	// Valid says that libphonenumber takes it for a valid number, not only for a
	// possible one.
	Valid bool
}

// ListenReason says why the machine can't judge a voicemail.
type ListenReason string

// The reasons for listening.
const (
	ListenNoText   ListenReason = "no_text"   // no text an hour after it was left
	ListenDoubtful ListenReason = "doubtful"  // the confidence is low
	ListenLanguage ListenReason = "language"  // no rules for its language
	ListenFewWords ListenReason = "few_words" // too few words for its length
	ListenTextCame ListenReason = "text_came" // its text came while somebody worked on it, and asks for nothing
	ListenInvented ListenReason = "invented"  // phrases that recognisers make up where nobody speaks
)

// ToCall are the numbers to call, the best first.
func (f Finding) ToCall() []FoundNumber {
	var list []FoundNumber
	for _, n := range f.Numbers {
		if n.Kind == NumberCall {
			list = append(list, n)
		}
	}
	return list
}

// Correction is what a person says of a voicemail where the machine was wrong, or
// had to ask. It survives every analysis.
type Correction struct {
	VoicemailID int64
	// Requested is whether the caller asks to be called back; nil leaves what
	// the machine says.
	Requested *bool
	// Number is the number to call, E.164; "" leaves what the machine says.
	Number string
	By     string    // the name of the user
	At     time.Time // given by the store
}

// Encode is the form in which the finding is kept: JSON, opaque to SQL.
func (f Finding) Encode() (string, error) {
	text, err := json.Marshal(f)
	return CleanText(string(text)), err
}

// DecodeFinding is the reverse of Encode; no text is the empty finding.
func DecodeFinding(text string) (Finding, error) {
	var f Finding
	if text == "" {
		return f, nil
	}
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return Finding{}, fmt.Errorf("read a finding: %w", err)
	}
	return f, nil
}
