package query

import (
	"slices"
	"strconv"
	"strings"
)

// Kind says what the values of a field are.
type Kind int

// The kinds of fields.
const (
	// KindName is a name or an id, taken as it was typed.
	KindName Kind = iota
	// KindNumber is a phone number, whole or its last digits, or the text that a
	// caller gave instead of one. See Filter.Digits.
	KindNumber
	// KindLang is a language: its code, or its name for some.
	KindLang
	// KindDay is a day, month or year. See Filter.Window.
	KindDay
	// KindAge is how long before now. See Filter.Window.
	KindAge
	// KindLength is how long a recording is. See Filter.Length.
	KindLength
	// KindChoice is one of Values, there are no others.
	KindChoice
)

// Value is one of the values that a field is known to have.
type Value struct {
	// Name is how the value stands in a Filter.
	Name string
	// Aliases are what is read as Name too.
	Aliases []string
}

// Field is a filter of the language: all that the parser, the help page and the
// documentation know of it.
type Field struct {
	// Name is what is typed before the colon, in any case.
	Name string
	// Aliases are further names for the same.
	Aliases []string
	// Opposites are names for the same under a minus sign: "since" is what is not
	// "before".
	Opposites []string
	// Kind says how values are read.
	Kind Kind
	// Example is a query that shows the field.
	Example string
	// Means says in plain words what Example finds.
	Means string
	// Values are those that there are, or that have names, where they can be
	// listed.
	Values []Value
}

// Fields returns all fields, in the order in which people should learn them. It
// is the one table of them: a row added here is read, printed, explained and
// documented.
func Fields() []Field { return slices.Clone(fields) }

var fields = []Field{
	{Name: "from", Aliases: []string{"caller", "caller_id"}, Kind: KindNumber,
		Example: `from:"+1 (617) 555-0123"`, Means: "left by this caller, in any format; the last four digits or more are enough"},
	{Name: "to", Aliases: []string{"called", "callee", "dialed", "dialled"}, Kind: KindNumber,
		Example: `to:0199`, Means: "the number that was called, likewise"},
	{Name: "after", Kind: KindDay, Opposites: []string{"until"},
		Example: `after:2025-02-11`, Means: "left on a later day; days begin in your time zone. until: includes the day"},
	{Name: "before", Kind: KindDay, Opposites: []string{"since"},
		Example: `before:2025-02`, Means: "left before that month began; since: is from its first day on"},
	{Name: "on", Aliases: []string{"date", "day", "during"}, Kind: KindDay,
		Example: `on:yesterday`, Means: "left on that day; also 2025-02-11, 2025-02, 2025, today, and monday for the last one"},
	{Name: "newer_than", Aliases: []string{"newer"}, Kind: KindAge,
		Example: `newer_than:2h`, Means: "left within the last two hours; m minutes, h hours, d days, w weeks, mo months, y years"},
	{Name: "older_than", Aliases: []string{"older"}, Kind: KindAge,
		Example: `older_than:7d`, Means: "left seven days ago or earlier"},
	{Name: "weekday", Aliases: []string{"weekdays"}, Kind: KindChoice,
		Example: `weekday:saturday,sunday`, Means: "left on a weekend, by your clock",
		Values: []Value{
			{"monday", []string{"mon", "mo"}}, {"tuesday", []string{"tue", "tues", "tu"}}, {"wednesday", []string{"wed", "we"}},
			{"thursday", []string{"thu", "thur", "thurs", "th"}}, {"friday", []string{"fri", "fr"}}, {"saturday", []string{"sat", "sa"}}, {"sunday", []string{"sun", "su"}},
		}},
	{Name: "hour", Aliases: []string{"hours"}, Kind: KindChoice,
		Example: `hour:9,10`, Means: "left between nine and eleven in the morning, by your clock; 0 to 23",
		Values: hoursOfDay()},
	{Name: "longer", Aliases: []string{"longer_than"}, Kind: KindLength,
		Example: `longer:1m30s`, Means: "a minute and a half or longer; also 90, 90s and 1:30"},
	{Name: "shorter", Aliases: []string{"shorter_than"}, Kind: KindLength,
		Example: `shorter:30s`, Means: "shorter than half a minute"},
	{Name: "has", Aliases: []string{"with"}, Kind: KindChoice,
		Example: `has:recording`, Means: "with a recording; has:number with a phone number said in it, has:transcript with a text, has:callback with the request to be called back",
		Values: []Value{
			{Name: "number", Aliases: []string{"numbers", "phone", "phone_number"}},
			{Name: "recording", Aliases: []string{"recordings", "audio", "sound"}},
			{Name: "transcript", Aliases: []string{"transcripts", "transcription", "text"}},
			{Name: "callback", Aliases: []string{"callbacks", "callback_request", "request", "requests"}},
		}},
	{Name: "is", Aliases: []string{"status"}, Kind: KindChoice,
		Example: `is:open`, Means: "asks to be called back, and nobody is on it; is:claimed somebody is, is:mine you are, is:done closed, is:listen a person has to listen, is:old it was found too late to be open work; is:new nobody has opened it yet, is:seen, is:heard",
		Values: []Value{
			{Name: "open", Aliases: []string{"waiting"}},
			{Name: "claimed", Aliases: []string{"taken", "held"}},
			{Name: "mine", Aliases: []string{"me"}},
			{Name: "done", Aliases: []string{"closed"}},
			{Name: "listen", Aliases: []string{"doubtful"}},
			{Name: "old", Aliases: []string{"stale"}},
			{Name: "new", Aliases: []string{"unread", "unseen"}},
			{Name: "seen", Aliases: []string{"read", "opened"}},
			{Name: "heard", Aliases: []string{"played", "listened"}},
		}},
	{Name: "tag", Aliases: []string{"tags", "label", "labels", "tagged"}, Kind: KindName,
		Example: `tag:urgent`, Means: "with this tag, put there by people"},
	{Name: "lang", Aliases: []string{"language"}, Kind: KindLang,
		Example: `lang:de,fr`, Means: "in German or French; a comma lists values in every field but dates and lengths",
		Values: languages},
	{Name: "bot", Aliases: []string{"bot_id"}, Kind: KindName,
		Example: `-bot:st-1234`, Means: "of any bot but this one; a minus turns every filter around"},
	{Name: "queue", Aliases: []string{"queue_id"}, Kind: KindName,
		Example: `queue:"Customer care"`, Means: "left in this queue; a value with spaces needs quotes"},
	{Name: "author", Aliases: []string{"author_id", "by"}, Kind: KindName,
		Example: `author:u-1234`, Means: "whose author has this id"},
	{Name: "session", Aliases: []string{"session_id"}, Kind: KindName,
		Example: `session:67aa0e5c9f1b2d3c4e5f6a7b`, Means: "of this session"},
}

// hoursOfDay are those of a clock, with and without a zero before them.
func hoursOfDay() []Value {
	out := make([]Value, 24)
	for h := range out {
		out[h] = Value{Name: strconv.Itoa(h)}
		if h < 10 {
			out[h].Aliases = []string{"0" + out[h].Name}
		}
	}
	return out
}

// languages are those that have names here; every other one goes by its code.
var languages = []Value{
	{"en", []string{"english", "eng"}},
	{"es", []string{"spanish", "español", "espanol", "spa"}},
	{"fr", []string{"french", "français", "francais", "fra"}},
	{"de", []string{"german", "deutsch", "deu"}},
	{"ar", []string{"arabic"}},
	{"bg", []string{"bulgarian"}},
	{"ca", []string{"catalan"}},
	{"cs", []string{"czech"}},
	{"da", []string{"danish"}},
	{"el", []string{"greek"}},
	{"fa", []string{"persian", "farsi"}},
	{"fi", []string{"finnish"}},
	{"he", []string{"hebrew"}},
	{"hi", []string{"hindi"}},
	{"hr", []string{"croatian"}},
	{"hu", []string{"hungarian"}},
	{"hy", []string{"armenian"}},
	{"id", []string{"indonesian"}},
	{"it", []string{"italian", "italiano"}},
	{"ja", []string{"japanese"}},
	{"ko", []string{"korean"}},
	{"nl", []string{"dutch", "nederlands"}},
	{"no", []string{"norwegian"}},
	{"pl", []string{"polish", "polski"}},
	{"pt", []string{"portuguese", "português", "portugues"}},
	{"ro", []string{"romanian"}},
	{"ru", []string{"russian"}},
	{"sv", []string{"swedish"}},
	{"th", []string{"thai"}},
	{"tr", []string{"turkish"}},
	{"uk", []string{"ukrainian"}},
	{"vi", []string{"vietnamese"}},
	{"zh", []string{"chinese", "mandarin"}},
}

// named is what a name before a colon stands for.
type named struct {
	field    *Field
	opposite bool
}

var byName = namesOf(fields)

func namesOf(fields []Field) map[string]named {
	out := make(map[string]named)
	for i := range fields {
		f := &fields[i]
		out[foldName(f.Name)] = named{field: f}
		for _, a := range f.Aliases {
			out[foldName(a)] = named{field: f}
		}
		for _, o := range f.Opposites {
			out[foldName(o)] = named{f, true}
		}
	}
	return out
}

// maxName is longer than every name of a field or value.
const maxName = 40

// foldName makes one of "Older_Than", "older-than" and "olderthan".
func foldName(typed string) string {
	if len(typed) > maxName {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r == '_' || r == ' ' || isMinus(r) {
			return -1
		}
		return r
	}, strings.ToLower(typed))
}

// nearestField is the name of a field that was probably meant, or "".
func nearestField(typed string) string {
	if len(typed) > maxName {
		return ""
	}
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
		names = append(names, f.Aliases...)
		names = append(names, f.Opposites...)
	}
	return nearest(foldName(typed), names)
}

// value returns the name of the value that was typed.
func (f *Field) value(typed string) (name string, ok bool) {
	typed = foldName(typed)
	for _, v := range f.Values {
		if foldName(v.Name) == typed {
			return v.Name, true
		}
		for _, a := range v.Aliases {
			if foldName(a) == typed {
				return v.Name, true
			}
		}
	}
	return "", false
}

// nearestValue is the value that was probably meant, or "".
func (f *Field) nearestValue(typed string) string {
	if len(typed) > maxName {
		return ""
	}
	var names []string
	for _, v := range f.Values {
		names = append(names, v.Name)
		names = append(names, v.Aliases...)
	}
	return nearest(foldName(typed), names)
}

// minNearest is from how many letters a name is worth guessing at.
const minNearest = 3

func nearest(folded string, names []string) string {
	if len(folded) < minNearest {
		return ""
	}
	for _, name := range names {
		if OneEdit(folded, foldName(name)) {
			return name
		}
	}
	for _, name := range names {
		if strings.HasPrefix(foldName(name), folded) {
			return name
		}
	}
	return ""
}

// lists tells whether a comma parts values of the field.
func (f *Field) lists() bool {
	return f.Kind == KindName || f.Kind == KindNumber || f.Kind == KindLang || f.Kind == KindChoice
}

// hint says in plain words what values there are.
func (f *Field) hint() string {
	switch f.Kind {
	case KindLang:
		return "write a language as de or german"
	case KindDay:
		return "write a day as 2025-02-11, 2025-02, today, yesterday or monday"
	case KindAge:
		return "write an age as 30m, 2h, 7d, 2w, 6mo or 1y"
	case KindLength:
		return "write a length as 30s, 1m30s or 90"
	case KindChoice:
		names := make([]string, len(f.Values))
		for i, v := range f.Values {
			names[i] = v.Name
		}
		return "there is " + strings.Join(names, ", ")
	}
	return "it needs a value"
}
