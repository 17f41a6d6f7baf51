package engine

// Field is a field of a document: one of those below.
type Field uint8

// The fields of a document. Every document has all of them, empty where it has
// nothing to say: merging is quickest where all segments have the same fields.
const (
	// FieldText holds the folded words with their positions.
	FieldText Field = iota
	// FieldStem holds the words' stems at the positions of the words.
	FieldStem
	// FieldSound holds a sound code and the word that sounds so.
	FieldSound
	// FieldPair holds two frequent words that stand side by side.
	FieldPair
	// FieldNumber holds the numbers that are said or written, backwards.
	FieldNumber
	// FieldCaller holds the caller's number, backwards, or the caller's name.
	FieldCaller
	// FieldCalled holds the same of what was called.
	FieldCalled
	// FieldSession holds the session's id.
	FieldSession
	// FieldBot holds the bot's id.
	FieldBot
	// FieldQueue holds the queue.
	FieldQueue
	// FieldAuthor holds the author's id.
	FieldAuthor
	// FieldLang holds the base code of the language.
	FieldLang
	// FieldHas holds the names of what the voicemail has; see Has.
	FieldHas
	// fieldDigits holds the numbers of the columns, digit by digit.
	fieldDigits
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

// kinds are the fields' names in the files and their kinds.
var kinds = [...]struct {
	field string
	kind  kind
}{
	FieldText:    {"text", placed},
	FieldStem:    {"stem", placed},
	FieldSound:   {"sound", rare},
	FieldPair:    {"pair", keyword},
	FieldNumber:  {"num", rare},
	FieldCaller:  {"caller", rare},
	FieldCalled:  {"called", rare},
	FieldSession: {"session", rare},
	FieldBot:     {"bot", keyword},
	FieldQueue:   {"queue", keyword},
	FieldAuthor:  {"author", keyword},
	FieldLang:    {"lang", keyword},
	FieldHas:     {"has", keyword},
	fieldDigits:  {"digits", keyword},
}

// String is the field's name in the files.
func (f Field) String() string { return kinds[f].field }

// fieldNames are the names of all fields, as they are written.
func fieldNames() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.field
	}
	return names
}
