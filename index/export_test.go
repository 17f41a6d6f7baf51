package index

import (
	"testing"
	"time"

	"afterbeep/index/engine"
)

// SetMappingVersion writes another mapping version into the index in dir.
func SetMappingVersion(t *testing.T, dir, version string) {
	t.Helper()
	name, err := readCurrent(dir)
	if err != nil {
		t.Fatal(err)
	}
	g, err := openGeneration(t.Context(), dir, name, 1)
	if err != nil {
		t.Fatal(err)
	}
	b := engine.NewBatch()
	b.SetInternal(keyMapping, []byte(version))
	if err := g.commit(b, *g.position.Load()); err != nil {
		t.Fatal(err)
	}
	if err := g.close(time.Minute); err != nil {
		t.Fatal(err)
	}
}

// Guarded runs f as this package runs the engine.
func Guarded(f func() error) error { return engine.Guard(f) }

// Mark returns the whole text as HTML, as the only part of a message.
func (m *Marker) Mark(text, lang string) string { return m.Parts([]Part{{text, lang}})[0].HTML() }
