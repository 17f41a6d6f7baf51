package web

import (
	"fmt"
	"slices"
	"strings"

	"afterbeep/index"
	"afterbeep/index/query"
)

// callbackWords says what the values of Params.Callback mean, in the order in
// which they are offered.
var callbackWords = []struct{ value, words string }{
	{index.CallbackRequested, "asks to be called back"},
	{"open", "open: to be called back"},
	{"claimed", "claimed by somebody"},
	{"mine", "claimed by you"},
	{"listen", "needs a listen"},
	{"old", "old: found too late"},
	{"done", "done"},
	{"new", "not opened yet"},
	{"seen", "opened"},
	{"heard", "played"},
	{index.CallbackTimely, "asks to be called back, and was found in time"},
	{index.CallbackUnrequested, "asks for nothing"},
	{index.CallbackNone, "nothing to do"},
}

// Callbacks lists what Params.Callback may be: what "is:" may in a query, whether
// there is a request, and "none" for what has nothing to do and nothing done.
func Callbacks() []string {
	var names []string
	for _, c := range callbackWords {
		names = append(names, c.value)
	}
	return names
}

// isValues are those of Callbacks that "is:" knows.
func isValues() []string {
	return slices.DeleteFunc(Callbacks(), func(value string) bool {
		return value == index.CallbackRequested || value == index.CallbackTimely || value == index.CallbackUnrequested || value == index.CallbackNone
	})
}

// state is Callback where "is:" knows it, else "".
func (p Params) state() string {
	value, err := p.callback()
	if err != nil || !slices.Contains(isValues(), value) {
		return ""
	}
	return value
}

// wordsOfCallback says what one of them means.
func wordsOfCallback(value string) string {
	for _, c := range callbackWords {
		if c.value == value {
			return c.words
		}
	}
	return value
}

// callback is Callback as the index knows it. Yes and no are taken for with and
// without a request.
func (p Params) callback() (string, error) {
	switch typed := strings.ToLower(strings.TrimSpace(p.Callback)); typed {
	case "":
		return "", nil
	case "1", "true", "yes", "any":
		return index.CallbackRequested, nil
	case "0", "false", "no":
		return index.CallbackUnrequested, nil
	default:
		if slices.Contains(Callbacks(), typed) {
			return typed, nil
		}
		// What the language knows by another name, as "taken" for "claimed".
		if f, ok := query.Parse("is:" + typed).Root.(query.Filter); ok && f.Field == "is" {
			return f.Value, nil
		}
	}
	return "", &ParamError{"callback", fmt.Sprintf("“%s” is no state of a callback; there are %s.", shown(p.Callback), strings.Join(Callbacks(), ", "))}
}

// callbackChip is what the chip of Callback says.
func (p Params) callbackChip() string {
	value, err := p.callback()
	if err != nil {
		value = shown(p.Callback)
	}
	return wordsOfCallback(value)
}

// callbackFacetWords are the values of the facet in words.
func callbackFacetWords(value string) string {
	switch value {
	case "open":
		return "to be called back"
	case "claimed":
		return "claimed"
	}
	return wordsOfCallback(value)
}
