package kore

import (
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

const samplePath = "../../testdata/kore/voicemail_sample.json"

func sample(t testing.TB) []byte {
	t.Helper()
	body, err := os.ReadFile(samplePath)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestParseVoicemailSample reads the vendor's printed sample, value by value.
func TestParseVoicemailSample(t *testing.T) {
	body := sample(t)
	got, err := ParseVoicemail(body)
	if err != nil {
		t.Fatal(err)
	}
	created := time.Date(2025, 2, 11, 13, 57, 42, 32_000_000, time.UTC)
	want := &VoicemailReply{
		Status: "success",
		Files: []File{{
			Name: "voicemail_67aa38026e199c8f470exxxx.wav",
			URL: "https://agentassist-az.korebots.com/api/getMediaStream/smartassistrecording/UAT/o-2b41857b-a1cb-5862-8faf-e3d99c3axxxx/" +
				"st-b110e148-7428-5295-960b-099e8167xxxx/2025/10-02-2025/f-71f45a0e-da5a-5989-8a73-341a199bxxxx.wav" +
				"?e=1739359482&n=3757551799&s=IldYeks0dFNacGtWbjJicGpNNU5KL0ZNUWtWZVhUQm9yelFMeVk2SDdkcWM9xxxx",
		}},
		Transcriptions: []Transcription{{
			ID:         "ms-dbd18b09-a8d5-54f3-a936-f694d6adxxxx",
			BotID:      "st-6cbdca58-bf5e-5d9b-bc21-cb37bef2xxxx",
			SessionID:  "67ab573f3685d1ba9954xxxx",
			Type:       "incoming",
			Status:     "received",
			Channel:    "korevg",
			Lang:       "en",
			Author:     Author{ID: "u-353e231f-f6d7-5de2-bd88-5323235fxxxx", Type: "VOICEMAIL"},
			CreatedOn:  created,
			ModifiedOn: created,
			Components: []Component{{ID: "cp-73136603-181e-587a-a9b8-99a65595xxxx", Type: "text", Text: "Hi, this is voicemail testing."}},
		}},
		Raw: body,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	got.NoteIDs("st-b110e148-7428-5295-960b-099e8167xxxx", "67aa38026e199c8f470exxxx")
	if len(got.Notes) != 2 {
		t.Errorf("the sample names another bot and session than it was asked for: notes %q", got.Notes)
	}
}

const oneFile = `[{"fileName":"a.wav","fileUrl":"https://m.example/a"}]`

func TestParseVoicemailSpellings(t *testing.T) {
	want := []File{{Name: "a.wav", URL: "https://m.example/a"}}
	for name, body := range map[string]string{
		"space":             `{"voicemail recording":` + oneFile + `}`,
		"underscore":        `{"voicemail_recording":` + oneFile + `}`,
		"camel case":        `{"voicemailRecording":` + oneFile + `}`,
		"dash and capitals": `{"Voicemail-Recording":` + oneFile + `}`,
		"both, one empty":   `{"voicemail recording":[],"voicemail_recording":` + oneFile + `}`,
		"both alike":        `{"voicemail recording":` + oneFile + `,"voicemail_recording":` + oneFile + `}`,
		"one object":        `{"voicemail recording":{"fileName":"a.wav","fileUrl":"https://m.example/a"}}`,
		"other keys' case":  `{"voicemail recording":[{"filename":"a.wav","FILE_URL":"https://m.example/a"}]}`,
		"byte order mark":   "\ufeff" + `{"voicemail recording":` + oneFile + `}`,
		"a null beside it":  `{"voicemail recording":[null,{"fileName":"a.wav","fileUrl":"https://m.example/a"}],"transcriptions":null}`,
		"an error beside":   `{"voicemail recording":` + oneFile + `,"errors":[{"msg":"rate limit","code":429}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseVoicemail([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got.Files); d != "" {
				t.Errorf("files -want +got:\n%s", d)
			}
		})
	}
}

func TestParseVoicemailTolerates(t *testing.T) {
	at := time.Date(2025, 2, 11, 13, 57, 42, 32_000_000, time.UTC)
	text := func(s string) []Component { return []Component{{Type: "text", Text: s}} }
	for _, tt := range []struct {
		name, transcriptions string
		want                 []Transcription
		notes                int
	}{
		{"several with several components", `[{"_id":"a","components":[{"_id":"1","cT":"text","data":{"text":"x"}},{"cT":"image"},{"cT":"text","data":{"text":"y"}}]},{"_id":"b"}]`,
			[]Transcription{{ID: "a", Components: []Component{{ID: "1", Type: "text", Text: "x"}, {Type: "image"}, {Type: "text", Text: "y"}}}, {ID: "b"}}, 0},
		{"numbers for strings", `[{"_id":17,"lang":1,"components":[{"cT":"text","data":{"text":42}}]}]`,
			[]Transcription{{ID: "17", Lang: "1", Components: text("42")}}, 0},
		{"wrong types are left out", `[{"_id":{"a":1},"lang":[],"author":"me","components":"none","createdOn":true},5]`,
			[]Transcription{{}}, 6},
		{"objects for arrays", `{"_id":"a","components":{"cT":"text","data":{"text":"x"}}}`,
			[]Transcription{{ID: "a", Components: text("x")}}, 0},
		{"bare texts", `[{"components":[{"cT":"text","data":"x"},{"cT":"text","text":"y"}]}]`,
			[]Transcription{{Components: append(text("x"), text("y")...)}}, 1},
		{"nulls", `[{"_id":null,"author":null,"components":[null],"createdOn":null,"lmodifiedOn":null}]`,
			[]Transcription{{}}, 1},
		{"time without fraction", `[{"createdOn":"2025-02-11T13:57:42Z"}]`, []Transcription{{CreatedOn: at.Truncate(time.Second)}}, 0},
		{"time in a zone", `[{"createdOn":"2025-02-11T19:27:42.032+05:30"}]`, []Transcription{{CreatedOn: at}}, 0},
		{"time without zone", `[{"createdOn":"2025-02-11T13:57:42.032"}]`, []Transcription{{CreatedOn: at}}, 0},
		{"milliseconds", `[{"createdOn":1739282262032}]`, []Transcription{{CreatedOn: at}}, 0},
		{"milliseconds as a string", `[{"createdOn":"1739282262032"}]`, []Transcription{{CreatedOn: at}}, 0},
		{"fallback", `[{"createdOn":"yesterday","timestampValue":1739282262032}]`, []Transcription{{CreatedOn: at}}, 1},
		{"fallback of the change", `[{"__lModifiedOn__":"2025-02-11T13:57:42.032Z"}]`, []Transcription{{ModifiedOn: at}}, 0},
		{"the better spelling wins", `[{"__lModifiedOn__":"2025-02-11T13:57:42.000Z","lmodifiedOn":"2025-02-11T13:57:42.032Z"}]`, []Transcription{{ModifiedOn: at}}, 0},
		{"huge numbers", `[{"createdOn":1e999,"lmodifiedOn":99999999999999999999999,"_id":1e400}]`, []Transcription{{ID: "1e400"}}, 2},
		{"a NUL", `[{"components":[{"cT":"text","data":{"text":"a\u0000b"}}]}]`, []Transcription{{Components: text("ab")}}, 1},
		{"half a surrogate", `[{"components":[{"cT":"text","data":{"text":"a\ud83d b"}}]}]`, []Transcription{{Components: text("a\ufffd b")}}, 0},
		{"invalid UTF-8", "[{\"components\":[{\"cT\":\"text\",\"data\":{\"text\":\"caf\xe9 au\"}}]}]", []Transcription{{Components: text("caf\ufffd au")}}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseVoicemail([]byte(`{"status":"success","transcriptions":` + tt.transcriptions + `}`))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got.Transcriptions); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			if len(got.Notes) != tt.notes {
				t.Errorf("got notes %q, want %d", got.Notes, tt.notes)
			}
		})
	}
}

// TestParseVoicemailJudges holds what is an empty reply, what an error, and what
// no reply at all.
func TestParseVoicemailJudges(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		kind       Kind
		is         error
	}{
		{"empty lists", `{"status":"success","voicemail recording":[],"transcriptions":[]}`, KindNone, nil},
		{"status alone", `{"status":"media_in_progress"}`, KindNone, nil},
		{"empty object", `{}`, KindNone, nil},
		{"a transcript about rate limits", `{"transcriptions":[{"components":[{"cT":"text","data":{"text":"I hit your rate limit, the JWT expired"}}]}]}`, KindNone, nil},
		{"the same, unreadable, is not searched", `{"transcriptions":"I hit your rate limit"}`, KindMalformed, nil},
		{"limited envelope", `{"errors":[{"msg":"You’ve exceeded the per-minute rate limit. Please wait","code":4003}]}`, KindLimited, nil},
		{"limited text", `"Rate limit for this API has been reached. Please try again later"`, KindLimited, nil},
		{"limited as plain text", `Rate limit for this API has been reached.`, KindLimited, nil},
		{"limited beside empty lists", `{"status":"failed","message":"Rate limit reached","voicemail recording":[]}`, KindLimited, nil},
		{"limited, deeper", `{"status":"failure","data":{"reason":"You've exceeded the hourly rate limit."}}`, KindLimited, nil},
		{"bad credentials", `{"errors":[{"msg":"Invalid SDK credentials","code":4002}]}`, KindToken, nil},
		{"code as a string", `{"errors":[{"msg":"whatever","code":"4002"}]}`, KindToken, nil},
		{"replay", `{"errors":[{"msg":"error verifying the jwt: possibly a replay","code":401}]}`, KindToken, ErrReplay},
		{"scope", `{"errors":[{"msg":"no API scope","code":403}]}`, KindScope, nil},
		{"not found by code", `{"errors":[{"msg":"no such","code":404}]}`, KindNotFound, nil},
		{"not found by text", `{"errors":[{"msg":"Conversation not found for the given session id."}]}`, KindNotFound, nil},
		{"retention", `{"status":"failed","message":"Recording not available. It may have been deleted as per your data retention policy."}`, KindGone, nil},
		{"an error without a reason", `{"errors":["something"]}`, KindServer, nil},
		{"a status number", `{"status":503}`, KindServer, nil},
		{"error is false", `{"status":"success","error":false,"errors":[]}`, KindNone, nil},
		{"unknown keys", `{"foo":1}`, KindMalformed, nil},
		{"encrypted", `{"encryptedPayload":"AAAA","iv":"BBBB","encryptedKey":"CCCC"}`, KindMalformed, ErrEncrypted},
		{"content of an unknown form", `{"voicemail recording":"QUFB","status":"success"}`, KindMalformed, nil},
		{"types exchanged", `{"status":7,"voicemail recording":[{"fileName":38,"fileUrl":245}],"transcriptions":[{"_id":39,"components":[{"cT":4,"data":{"text":30}}]}]}`, KindMalformed, nil},
		{"types exchanged, nothing there", `{"status":7,"voicemail recording":[],"transcriptions":[]}`, KindMalformed, nil},
		{"a status number of HTTP's", `{"status":200,"voicemail recording":[],"transcriptions":[]}`, KindNone, nil},
		{"a status number beside a link", `{"status":7,"voicemail recording":` + oneFile + `}`, KindNone, nil},
		{"array", `[]`, KindMalformed, nil},
		{"null", `null`, KindMalformed, nil},
		{"number", `5`, KindMalformed, nil},
		{"nothing", ``, KindMalformed, nil},
		{"cut short", `{"status":"success","transcr`, KindMalformed, nil},
		{"two documents", `{} {}`, KindMalformed, nil},
		{"page", `<!doctype html><title>Sign in</title>`, KindMalformed, nil},
		{"too deep", strings.Repeat("[", 100_000), KindMalformed, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := ParseVoicemail([]byte(tt.body))
			if got := KindOf(err); got != tt.kind {
				t.Errorf("got kind %q (%v), want %q", got, err, tt.kind)
			}
			if tt.is != nil && !isErr(err, tt.is) {
				t.Errorf("got %v, want %v", err, tt.is)
			}
			if (r == nil) == (err == nil) {
				t.Errorf("got reply %v with error %v", r, err)
			}
		})
	}
}

// TestNotesAreBounded feeds nonsense in bulk.
func TestNotesAreBounded(t *testing.T) {
	r, err := ParseVoicemail([]byte(`{"status":"success","transcriptions":[{},` + strings.Repeat("1,", 5000) + `2]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(r.Notes); got != maxNotes+1 {
		t.Errorf("got %d notes, want %d", got, maxNotes+1)
	}
}

// TestListsAreBounded feeds more of them than anybody could have said.
func TestListsAreBounded(t *testing.T) {
	r, err := ParseVoicemail([]byte(`{"transcriptions":[` + strings.Repeat("{},", 2*maxItems) + `{}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Transcriptions) != maxItems || len(r.Notes) != 1 {
		t.Errorf("got %d transcriptions, notes %q", len(r.Transcriptions), r.Notes)
	}
}

func FuzzParseVoicemail(f *testing.F) {
	f.Add(sample(f))
	f.Add([]byte(`{"voicemail_recording":{"fileUrl":"https://a/b?e=1&n=2&s=3"},"transcriptions":[{"createdOn":{"$date":1}}]}`))
	f.Add([]byte(`{"errors":[{"msg":"rate limit","code":"429"}]}`))
	f.Add([]byte("{\"transcriptions\":[{\"_id\":\"\xff\\u0000\"}]}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := ParseVoicemail(body)
		if (r == nil) == (err == nil) {
			t.Fatalf("reply %v with error %v", r, err)
		}
		if err != nil {
			if KindOf(err) == KindNone || len(err.Error()) > 2000 {
				t.Fatalf("error without a kind, or too long: %v", err)
			}
			return
		}
		for _, tr := range r.Transcriptions {
			for _, c := range tr.Components {
				if !utf8.ValidString(c.Text) || strings.ContainsRune(c.Text, 0) {
					t.Fatalf("text %q can't be stored", c.Text)
				}
			}
			if y := tr.CreatedOn.Year(); !tr.CreatedOn.IsZero() && (y < 1990 || y > 2200) {
				t.Fatalf("created in %d", y)
			}
		}
	})
}
