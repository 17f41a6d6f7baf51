package kore

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRecordings(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if want := "/api/public/bot/" + testBot + "/v2/recordings?sessionId=" + testSession; r.Method != "GET" || r.RequestURI != want {
			t.Errorf("got %s %s, want GET %s", r.Method, r.RequestURI, want)
		}
		claimsOf(t, r.Header.Get("auth"), "HS256", time.Now())
		io.WriteString(w, `{"status":"success","recording":[{"fileName":"22d8-merged.wav","fileUrl":"https://smartassist.kore.ai/api/x.wav?e=1&n=2&s=Ig$$"}]}`)
	})
	c, b := newClient(t, s.URL, nil)
	got, err := c.Recordings(t.Context(), ClassRecordings, testBot, testSession)
	if err != nil {
		t.Fatal(err)
	}
	want := &RecordingsReply{Status: "success", Files: []File{{Name: "22d8-merged.wav", URL: "https://smartassist.kore.ai/api/x.wav?e=1&n=2&s=Ig$$"}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if classes, verdicts := b.seen(); len(classes) != 1 || classes[0] != ClassRecordings || len(verdicts) != 1 {
		t.Errorf("got %v and %v", classes, verdicts)
	}
	for _, ids := range [][2]string{{"", testSession}, {testBot, ""}, {testBot, "a b"}, {"..", testSession}} {
		if _, err := c.Recordings(t.Context(), ClassRecordings, ids[0], ids[1]); KindOf(err) != KindBadRequest {
			t.Errorf("%q: got %v", ids, err)
		}
	}
}

func TestParseRecordingsJudges(t *testing.T) {
	const file = `{"fileName":"a.wav","fileUrl":"https://h/a"}`
	a := File{"a.wav", "https://h/a"}
	for _, tt := range []struct {
		name, body, status string
		files              []File
		kind               Kind
	}{
		{"one, not in a list", `{"status":"success","recording":` + file + `}`, "success", []File{a}, KindNone},
		{"other spellings", `{"Status":"success","Call_Recordings":[{"file_name":"a.wav","FileURL":"https://h/a"}]}`, "success", []File{a}, KindNone},
		{"under two keys", `{"recording":[` + file + `],"recordings":[` + file + `,{"fileName":"b.wav"}]}`, "", []File{a, {Name: "b.wav"}}, KindNone},
		{"a bare link", `{"recording":["https://h/a"]}`, "", []File{{URL: "https://h/a"}}, KindNone},
		{"wrong types", `{"status":7,"recording":[1,null,[],` + file + `,{"fileUrl":{}}]}`, "7", []File{a}, KindNone},
		{"a status and nothing", `{"status":"media_in_progress"}`, "media_in_progress", nil, KindNone},
		{"a status never heard of", `{"status":"half_done","recording":[]}`, "half_done", nil, KindNone},
		{"a status and null", `{"status":"recording_disabled","recording":null}`, "recording_disabled", nil, KindNone},
		{"a failure with words", `{"status":"failed","message":"something"}`, "failed", nil, KindNone},
		{"a list and no status", `{"recording":[]}`, "", nil, KindNone},
		{"gone", `{"status":"failed","message":"Recording not available. It may have been deleted as per your data retention policy."}`, "", nil, KindGone},
		{"limited", `{"status":"failed","recording":[],"message":"Rate limit for this API has been reached"}`, "", nil, KindLimited},
		{"content beside an error", `{"errors":[{"msg":"x"}],"recording":[` + file + `]}`, "", []File{a}, KindNone},
		{"types exchanged", `{"status":16,"recording":[]}`, "", nil, KindMalformed},
		{"unreadable", `{"status":"success","recording":["x"]}`, "", nil, KindMalformed},
		{"v1's form", `{"recording":["data:audio/wav;base64,QUFB"]}`, "", nil, KindMalformed},
		{"nothing expected", `{"x":1}`, "", nil, KindMalformed},
		{"an empty object", `{}`, "", nil, KindMalformed},
		{"encrypted", `{"encryptedData":"QUFB"}`, "", nil, KindMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := ParseRecordings([]byte(tt.body))
			if got := KindOf(err); got != tt.kind {
				t.Fatalf("got kind %q (%v), want %q", got, err, tt.kind)
			}
			if err != nil {
				return
			}
			if d := cmp.Diff(tt.files, r.Files); d != "" || r.Status != tt.status {
				t.Errorf("status %q, files -want +got:\n%s", r.Status, d)
			}
		})
	}
}

func FuzzParseRecordings(f *testing.F) {
	f.Add([]byte(`{"status":"success","recording":[{"fileName":"a.wav","fileUrl":"https://h/a"}]}`))
	f.Add([]byte(`{"status":{},"Recordings":"https://h/a","recording":{"fileUrl":[]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := ParseRecordings(body)
		if (r == nil) == (err == nil) || err != nil && KindOf(err) == KindNone {
			t.Fatalf("reply %v with error %v", r, err)
		}
	})
}
