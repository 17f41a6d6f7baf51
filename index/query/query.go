// Package query turns what a person typed into the search box into a tree.
//
// It hides how the text is read and how words are folded. It promises that
// nothing a person types is refused: whatever can't be read as meant gives a
// tree all the same, and a note in plain words that says how it was read. A
// tree prints itself in the same language, so that what was understood can be
// shown, and Parse of that print gives an equal tree.
//
// The folding and cutting into words that Parse uses is exported as Tokens: the
// index runs the very same over the messages.
//
// The package is pure: it reads no clock, no files and no index, and keeps
// nothing. Everything in it is safe for concurrent use. What a filter such as
// "yesterday" stands for depends on both, so Filter.Window is told them.
package query

// Limits of one query. What lies past them is left out with a note.
const (
	// MaxBytes is how much of the typed text is read, in bytes.
	MaxBytes = 32 << 10
	// MaxClauses is how many words and filters a query may hold; each word of a
	// phrase counts as one.
	MaxClauses = 800
	// MaxDepth is how many parentheses may stand inside each other.
	MaxDepth = 100
	// MaxDistance is the largest distance of a Near.
	MaxDistance = 100
)

// Query is what Parse understood.
type Query struct {
	// Root is never nil. It is All when nothing was asked for; All stands
	// nowhere else in a tree.
	Root Node
	// Notes says in plain words what was not read as typed, in the order of the
	// text. There are at most maxNotes, each short, without repetitions.
	Notes []string
}

// String returns what was understood in canonical syntax, "" for everything.
// Parse of it gives an equal Root and no Notes, as long as it is within MaxBytes
// and MaxDepth itself: it spells out parentheses that the typed text may lack.
func (q Query) String() string { return q.Root.String() }

// Node is a part of the tree: And, Or, Not, Word, Phrase, Near, Number, Filter or
// All, always by value. Each is a set of voicemails, so a Not may stand
// anywhere: alone or beside other Nots it means "everything but".
type Node interface {
	// String returns the node in canonical syntax.
	String() string
	node()
}

// And matches what all of its nodes match. Nodes holds at least two, none of
// them And or All, and no neighbours that are one Number together.
type And struct{ Nodes []Node }

// Or matches what at least one of its nodes matches. Nodes holds at least two,
// none of them Or or All.
type Or struct{ Nodes []Node }

// Not matches everything that Node does not match. Node is neither Not nor All.
type Not struct{ Node Node }

// Word matches a word, in the ways that the index has for it: as itself and in
// the forms that count as the same word.
type Word struct {
	// Text is folded: the Text of a Token. It has a letter, unless Prefix is set
	// and it is one or two digits: other digits alone are a Number.
	Text string
	// Prefix says that Text is only the beginning of the word.
	Prefix bool
	// Fuzzy asks for the word and those that are one edit away, however short it
	// is, and for no other forms. It is never set together with Prefix.
	Fuzzy bool
}

// Phrase matches its words side by side and in order, each exactly as it is: no
// other forms, no edits. A single word that was typed in quotes is a Phrase too.
// What says a number of seven digits or more is none, but a Number.
type Phrase struct {
	// Words are folded, at least one, in order.
	Words []string
	// Prefix says that the last of Words is only the beginning of a word.
	Prefix bool
	// Hyphenated says that hyphens join Words, two or more of plain letters, and
	// that no quotes were typed: "rendez-vous" has synonyms as a word has.
	Hyphenated bool
}

// Near matches its words within a stretch of the text, in any order: the last
// of their places less the first is at most Distance + len(Words) - 1.
type Near struct {
	// Words are folded, at least two.
	Words []string
	// Distance is how many further words may stand among them, 1 to
	// MaxDistance.
	Distance int
}

// Number matches a run of digits however it was said or written, or all of
// Words as words side by side do. Digits are never one letter off.
type Number struct {
	// Digits are what Words say, 0-9, at least one.
	Digits string
	// Plus says that a country code leads the digits.
	Plus bool
	// Prefix says that Digits, three at least, are only the beginning of the
	// number, and the last of Words that of a word.
	Prefix bool
	// Words are the folded words as they were typed, at least one: groups of
	// digits, or spoken digits.
	Words []string
}

// Filter matches by what is known of a voicemail beside its text.
type Filter struct {
	// Field is the Name of one of Fields.
	Field string
	// Value is in the one form that the field has for it, never empty.
	Value string
}

// All matches everything.
type All struct{}

func (And) node()    {}
func (Or) node()     {}
func (Not) node()    {}
func (Word) node()   {}
func (Phrase) node() {}
func (Near) node()   {}
func (Number) node() {}
func (Filter) node() {}
func (All) node()    {}
