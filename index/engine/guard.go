package engine

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// ErrFailed means that scorch, or what was done with it, panicked.
var ErrFailed = errors.New("the search engine failed")

// Guard runs f and turns a panic, and an access to a part of a mapped file
// that is not there, into an error: damaged files cause both. Of what was
// panicked with the error tells only the type: the value may hold a text.
// ErrFailed where f panicked. Whatever reads from an Engine must run in it.
func Guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: panic with a %T", ErrFailed, r)
		}
	}()
	return f()
}
