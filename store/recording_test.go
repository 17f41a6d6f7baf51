package store_test

import (
	"testing"

	"afterbeep/store"
)

func TestProspectOf(t *testing.T) {
	for status, want := range map[string]store.Prospect{
		"":                                 store.ProspectOpen,
		"success":                          store.ProspectOpen,
		" Success\n":                       store.ProspectOpen,
		store.RecordingNoLink:              store.ProspectOpen,
		"call_in_progress":                 store.ProspectComing,
		"media_in_progress":                store.ProspectComing,
		"partial_download_failed":          store.ProspectComing,
		"partial_upload_failed":            store.ProspectComing,
		"media_conversion_failed":          store.ProspectComing,
		"anything else":                    store.ProspectComing,
		"media_unavailable":                store.ProspectNever,
		"MEDIA_UNAVAILABLE":                store.ProspectNever,
		"failed":                           store.ProspectNever,
		"media_generation_failed":          store.ProspectNever,
		store.RecordingMissing:             store.ProspectNever,
		"media_unavailable_short_duration": store.ProspectNoneExpected,
		"recording_disabled":               store.ProspectNoneExpected,
	} {
		if got := store.ProspectOf(status); got != want {
			t.Errorf("%q: got %d, want %d", status, got, want)
		}
	}
}
