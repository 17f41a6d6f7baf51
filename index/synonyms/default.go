package synonyms

import (
	_ "embed"
	"errors"
	"sync"
)

//go:embed lists/en.txt
var english string

//go:embed lists/es.txt
var spanish string

//go:embed lists/fr.txt
var french string

//go:embed lists/de.txt
var german string

var parsed = sync.OnceValue(func() *Lists {
	lists, errs := Parse(DefaultText())
	if len(errs) > 0 {
		panic("synonyms: " + errors.Join(errs...).Error()) // a test reads the same text
	}
	return lists
})

// DefaultText returns the default lists as text for Parse, to begin editing from.
func DefaultText() string {
	return english + "\n" + spanish + "\n" + french + "\n" + german
}

// Default returns the lists for contact centres in English, Spanish, French and
// German that are used where nobody has edited any.
func Default() *Lists { return parsed() }
