package engine

import (
	"errors"
	"testing"
)

func TestQuietlyHandsItsPanicOn(t *testing.T) {
	defer GiveWay()()
	broken := errors.New("a damaged segment")
	var got any
	func() {
		defer func() { got = recover() }()
		Quietly(func() { panic(broken) })
	}()
	if got != broken {
		t.Errorf("got %v, want what was panicked with", got)
	}
	ran := false
	Quietly(func() { ran = true })
	if !ran {
		t.Error("returned before it was done")
	}
}
