package engine

// The fields of a document. Every document has all of them, empty where it has
// nothing to say: merging is quickest where all segments have the same fields.
const (
	// FieldText holds the folded words with their positions.
	FieldText = "text"
	// FieldStem holds the words' stems at the positions of the words.
	FieldStem = "stem"
	// FieldSound holds a sound code and the word that sounds so.
	FieldSound = "sound"
	// FieldPair holds two frequent words that stand side by side.
	FieldPair = "pair"
	// FieldNumber holds the numbers that are said or written, backwards.
	FieldNumber = "num"
	// FieldCaller holds the caller's number, backwards, or the caller's name.
	FieldCaller = "caller"
	// FieldCalled holds the same of what was called.
	FieldCalled = "called"
	// FieldSession holds the session's id.
	FieldSession = "session"
	// FieldBot holds the bot's id.
	FieldBot = "bot"
	// FieldQueue holds the queue.
	FieldQueue = "queue"
	// FieldAuthor holds the author's id.
	FieldAuthor = "author"
	// FieldLang holds the base code of the language.
	FieldLang = "lang"
	// FieldHas holds the names of what the voicemail has; see Has.
	FieldHas = "has"
	// fieldDigits holds the numbers of the columns, digit by digit.
	fieldDigits = "digits"
)

// kind says what is kept of a field's terms.
type kind uint8

const (
	// placed terms have frequency, positions and the field's length.
	placed kind = iota
	// rare terms are usually those of one document. It costs nothing but its
	// place in the dictionary then.
	rare
	// keywords are few, or each is in many documents.
	keyword
)

var kinds = []struct {
	field string
	kind  kind
}{
	{FieldText, placed}, {FieldStem, placed},
	{FieldSound, rare}, {FieldNumber, rare}, {FieldCaller, rare}, {FieldCalled, rare}, {FieldSession, rare},
	{FieldPair, keyword}, {FieldBot, keyword}, {FieldQueue, keyword}, {FieldAuthor, keyword},
	{FieldLang, keyword}, {FieldHas, keyword}, {fieldDigits, keyword},
}
