package web

import (
	"reflect"
	"testing"
)

// TestPagesKeepTheirFrame holds that no field of a page hides one that every page
// has: the layout would show it in that one's place.
func TestPagesKeepTheirFrame(t *testing.T) {
	for _, sample := range samples(frame{}) {
		page := reflect.Indirect(reflect.ValueOf(sample)).Type()
		for field := range reflect.TypeFor[frame]().Fields() {
			if got, ok := page.FieldByName(field.Name); !ok || got.Type != field.Type || len(got.Index) == 1 && page != reflect.TypeFor[frame]() {
				t.Errorf("%s has its own %s", page, field.Name)
			}
		}
	}
}
