package ingest

import (
	"strings"
	"testing"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"

	"github.com/google/go-cmp/cmp"
)

func flattened(t testing.TB, body string) store.Reply {
	t.Helper()
	reply, err := kore.ParseVoicemail([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return Flatten(reply, RedactCards)
}

func TestFlattenVendorSample(t *testing.T) {
	got := flattened(t, sample(t))
	if strings.Contains(string(got.Payload), "IldYeks") || !strings.Contains(string(got.Payload), "Hi, this is voicemail testing.") {
		t.Errorf("the payload is %s", got.Payload)
	}
	got.Payload = nil
	at := time.Date(2025, 2, 11, 13, 57, 42, 32e6, time.UTC)
	want := store.Reply{
		AnalysisVersion: AnalysisVersion,
		Segments: []store.Segment{{
			MessageID: "ms-dbd18b09-a8d5-54f3-a936-f694d6adxxxx", ComponentID: "cp-73136603-181e-587a-a9b8-99a65595xxxx",
			Text: "Hi, this is voicemail testing.", Lang: "en", CreatedOn: at, ModifiedOn: at,
			Author: store.Author{ID: "u-353e231f-f6d7-5de2-bd88-5323235fxxxx", Type: "VOICEMAIL"},
		}},
		Recordings: []store.Recording{{
			Kind: store.RecordingVoicemail, FileName: "voicemail_67aa38026e199c8f470exxxx.wav", Status: store.RecordingSuccess,
			ExpiryHint: time.Unix(1739359482, 0).UTC(),
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestFlatten(t *testing.T) {
	type files = []store.Recording
	file := func(name, status string) store.Recording {
		return store.Recording{Kind: store.RecordingVoicemail, FileName: name, Status: status}
	}
	for _, tt := range []struct {
		name, body string
		segments   []store.Segment
		files      files
	}{
		{"nothing", `{"status":"success","voicemail recording":[],"transcriptions":[]}`, nil, nil},
		{"several of everything", `{"status":"success","voicemail_recording":[{"fileName":"a.wav","fileUrl":"https://h/a"},{"fileName":"a.wav","fileUrl":"https://h/b"}],
			"transcriptions":[{"_id":"1","lang":"en","components":[{"_id":"a","cT":"text","data":{"text":"one"}},{"_id":"b","cT":"image","data":{}},{"_id":"c","cT":"text","data":{"text":"two"}}]},
			{"_id":"2","lang":"es","components":[{"_id":"d","data":{"text":"tres"}}]}]}`,
			[]store.Segment{
				{MessageID: "1", ComponentID: "a", Text: "one", Lang: "en"}, {MessageID: "1", ComponentID: "c", Text: "two", Lang: "en"},
				{MessageID: "2", ComponentID: "d", Text: "tres", Lang: "es"},
			}, files{file("a.wav", "success"), file("a.wav", "success")}},
		{"no ids", `{"status":"success","transcriptions":[{"components":[{"data":{"text":"one"}},{"cT":"text","data":{"text":"two"}}]},{"components":[{"cT":"text","data":{"text":"three"}}]}]}`,
			[]store.Segment{
				{MessageID: "#0", ComponentID: "#0.0", Text: "one"}, {MessageID: "#0", ComponentID: "#0.1", Text: "two"},
				{MessageID: "#1", ComponentID: "#1.0", Text: "three"},
			}, nil},
		{"a message without its text", `{"status":"success","transcriptions":[{"_id":"1","author":{"type":"VOICEMAIL"},"components":[]}]}`,
			[]store.Segment{{MessageID: "1", ComponentID: "#0.0", Author: store.Author{Type: "VOICEMAIL"}}}, nil},
		{"a message of nothing", `{"status":"success","transcriptions":[{"_id":"1","components":[]}]}`, nil, nil},
		{"a file without a link", `{"status":"media_in_progress","voicemail recording":[{"fileName":"a.wav"}]}`, nil, files{file("a.wav", "media_in_progress")}},
		{"a file without a link, of success", `{"status":"success","voicemail recording":[{"fileName":"a.wav"}]}`, nil, files{file("a.wav", "no_link")}},
		{"a file without a name", `{"status":"success","voicemail recording":[{"fileUrl":"https://h/x/f-1.wav?s=secret&e=nonsense"}]}`, nil, files{file("f-1.wav", "success")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := flattened(t, tt.body)
			if diff := cmp.Diff(tt.segments, got.Segments); diff != "" {
				t.Errorf("segments -want +got\n%s", diff)
			}
			if diff := cmp.Diff(tt.files, got.Recordings); diff != "" {
				t.Errorf("files -want +got\n%s", diff)
			}
		})
	}
}
