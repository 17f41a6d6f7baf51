package koresim

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func (f *fixture) apiGet(path string) answer {
	f.t.Helper()
	return f.must("GET", f.api.URL+path, map[string]string{"auth": token(f.t, f.Sim, nil)}, nil)
}

func (f *fixture) v2(session string) answer {
	f.t.Helper()
	return f.apiGet("/api/public/bot/" + f.cfg.BotIDs[0] + "/v2/recordings?sessionId=" + session)
}

// status is that of a v2 reply, and its links.
func (f *fixture) recordings(session string) (status string, links []string) {
	f.t.Helper()
	reply := decode(f.t, f.v2(session))
	for _, x := range reply["recording"].([]any) {
		links = append(links, x.(map[string]any)["fileUrl"].(string))
	}
	return reply["status"].(string), links
}

func TestRecordingsLive(t *testing.T) {
	now := at
	f := start(t, Config{Voicemails: -1, Other: -1, Quirks: documented(nil), Now: func() time.Time { return now }})
	c := f.AddCall(NewCall{Start: at, Seconds: 120, Recordings: &NewRecordings{}})
	for _, step := range []struct {
		after time.Duration
		want  string
		files int
	}{
		{0, "call_in_progress", 0}, {119 * time.Second, "call_in_progress", 0},
		{2 * time.Minute, "media_in_progress", 0}, {12*time.Minute - time.Second, "media_in_progress", 0},
		{12 * time.Minute, "success", 1},
	} {
		now = at.Add(step.after)
		if got, links := f.recordings(c.SessionID); got != step.want || len(links) != step.files {
			t.Errorf("after %v: got %s and %d files, want %s and %d", step.after, got, len(links), step.want, step.files)
		}
	}
	_, links := f.recordings(c.SessionID)
	a := f.must("GET", links[0], nil, nil)
	if a.status != 200 || !bytes.Equal(a.body, f.CallFile(c.SessionID, 0)) || !strings.HasPrefix(string(a.body), "RIFF") {
		t.Errorf("file: got status %d, %d bytes", a.status, len(a.body))
	}
}

func TestWhoIsRecorded(t *testing.T) {
	f := start(t, Config{Voicemails: 300, Other: 300, Quirks: documented(nil)})
	byKind, with := map[kind]int{}, map[kind]int{}
	for _, id := range f.Sessions() {
		x := f.find(id)
		byKind[x.kind]++
		if !f.planOf(x).none() {
			with[x.kind]++
		}
	}
	for _, k := range []kind{kindAbandoned, kindChat, kindBot} {
		if with[k] != 0 || byKind[k] == 0 {
			t.Errorf("kind %d: %d of %d recorded, want none", k, with[k], byKind[k])
		}
	}
	if with[kindAnswered] != byKind[kindAnswered] {
		t.Errorf("answered: %d of %d recorded, want all", with[kindAnswered], byKind[kindAnswered])
	}
	if n := with[kindVoicemail]; n < 40 || n > 80 {
		t.Errorf("voicemails: %d of 300 recorded, want about a fifth", n)
	}
}

// Every status of the documents, the console and nobody at all comes to be said
// by some session, and some of those that were not there come to be there.
func TestEveryStatusComesUp(t *testing.T) {
	now := at
	f := start(t, Config{Voicemails: -1, Other: 3000, Quirks: documented(nil), Now: func() time.Time { return now }})
	f.AddCall(NewCall{Start: now, Seconds: 600, Recordings: &NewRecordings{}})
	seen, recovers := map[string]int{}, 0
	for _, c := range f.Calls() {
		seen[f.planOf(f.find(c.SessionID)).at(c.End, c.End.Add(time.Hour))]++
		if c.ReadyAt.Sub(c.End) > 24*time.Hour {
			recovers++
		}
		if (c.Status == "success") != (!c.ReadyAt.IsZero() && !c.ReadyAt.After(now)) {
			t.Errorf("%s: %s, ready at %v", c.SessionID, c.Status, c.ReadyAt)
		}
	}
	for _, want := range slices.Concat(recovering, lasting, []string{"success"}) {
		if seen[want] == 0 {
			t.Errorf("%s: never said", want)
		}
	}
	if recovers < 10 {
		t.Errorf("%d recover, want some", recovers)
	}
}

func TestAnswersWithoutRecording(t *testing.T) {
	for a, want := range map[Answer]struct {
		status int
		text   string
	}{
		AnswerEmpty:       {200, `{"status":"success","recording":[]}`},
		AnswerUnavailable: {200, `{"status":"media_unavailable"}`},
		AnswerEnvelope:    {200, `{"errors":[{"msg":`},
		AnswerNotFound:    {404, `{"errors":[{"msg":`},
		AnswerBadRequest:  {400, `{"errors":[{"msg":`},
	} {
		f := start(t, Config{Voicemails: -1, Other: -1, Quirks: documented(func(q *Quirks) { q.NoRecording = a })})
		for _, id := range []string{f.AddCall(NewCall{}).SessionID, "0123456789abcdef01234567", "nonsense"} {
			if got := f.v2(id); got.status != want.status || !strings.HasPrefix(string(got.body), want.text) {
				t.Errorf("%s, %s: got status %d: %s", a, id, got.status, got.body)
			}
		}
	}
}

// inline decodes v1's reply.
func inline(t *testing.T, a answer) (kinds []string, audio [][]byte) {
	t.Helper()
	if a.status != 200 {
		t.Fatalf("status %d: %.200s", a.status, a.body)
	}
	var reply struct{ Recording []string }
	if err := json.Unmarshal(a.body, &reply); err != nil {
		t.Fatalf("%v: %.100s", err, a.body)
	}
	for _, uri := range reply.Recording {
		kind, text, ok := strings.Cut(strings.TrimPrefix(uri, "data:"), ";base64,")
		b, err := base64.StdEncoding.DecodeString(text)
		if !ok || err != nil {
			t.Fatalf("%.60s: %v", uri, err)
		}
		kinds, audio = append(kinds, kind), append(audio, b)
	}
	return kinds, audio
}

func TestRecordingsInline(t *testing.T) {
	for form, paths := range map[V1Form]map[string]bool{
		V1Both:      {"/api/public": true, "/api/1.1/public": true},
		V1Plain:     {"/api/public": true, "/api/1.1/public": false},
		V1Versioned: {"/api/public": false, "/api/1.1/public": true},
	} {
		f := start(t, Config{Voicemails: -1, Other: -1, Quirks: documented(func(q *Quirks) { q.V1, q.InlineType = form, "audio/x" })})
		who := "+12125550199"
		c := f.AddCall(NewCall{Start: at.Add(-2 * time.Hour), Seconds: 60, Caller: who, Recordings: &NewRecordings{
			Files: []NewFile{{Seconds: 1}, {Audio: []byte("ab")}, {Audio: []byte{}}},
		}})
		for base, there := range paths {
			path := base + "/bot/" + f.cfg.BotIDs[0] + "/recordings?"
			a := f.apiGet(path + "sessionId=" + c.SessionID)
			if !there {
				if a.status != 404 || !strings.Contains(string(a.body), "Cannot GET") {
					t.Errorf("%s: got status %d", path, a.status)
				}
				continue
			}
			for _, q := range []string{"sessionId=" + c.SessionID, "userId=" + url.QueryEscape(c.UserID)} {
				kinds, audio := inline(t, f.apiGet(path+q))
				if len(audio) != 3 || kinds[0] != "audio/x" || !bytes.Equal(audio[0], f.CallFile(c.SessionID, 0)) || string(audio[1]) != "ab" || len(audio[2]) != 0 {
					t.Errorf("%s: got %d recordings, %v", q, len(audio), kinds)
				}
			}
			if _, audio := inline(t, f.apiGet(path+"userId=u-nobody")); len(audio) != 0 {
				t.Errorf("nobody has %d recordings", len(audio))
			}
			if a := f.apiGet(path); a.status != 400 {
				t.Errorf("neither: got status %d, want 400", a.status)
			}
		}
	}
}

// A recording of 200 MB is made on the way: reading it takes no such memory.
func TestLongRecordings(t *testing.T) {
	const size = 200 << 20
	f := start(t, Config{Voicemails: -1, Other: -1, Quirks: documented(nil)})
	c := f.AddCall(NewCall{Start: at.Add(-2 * time.Hour), Seconds: 60, Recordings: &NewRecordings{Files: []NewFile{{Size: size}}}})
	_, links := f.recordings(c.SessionID)
	count := func(url string, h map[string]string) (int64, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range h {
			req.Header.Set(k, v)
		}
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		head := make([]byte, 40)
		if _, err := io.ReadFull(res.Body, head); err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return n + 40, string(head)
	}
	if n, head := count(links[0], nil); n != size || !strings.HasPrefix(head, "RIFF") {
		t.Errorf("file: %d bytes, %.4q", n, head)
	}
	path := f.api.URL + "/api/public/bot/" + f.cfg.BotIDs[0] + "/recordings?sessionId=" + c.SessionID
	n, head := count(path, map[string]string{"auth": token(t, f.Sim, nil)})
	if want := int64((size+2)/3*4 + len(`{"recording":["data:audio/wav;base64,"]}`)); n != want || !strings.HasPrefix(head, `{"recording":["data:audio/wav;base64,Ukl`) {
		t.Errorf("inline: %d bytes, want %d: %s", n, want, head)
	}
	part := f.must("GET", links[0], map[string]string{"Range": "bytes=100000000-100000009"}, nil)
	if part.status != 206 || len(part.body) != 10 {
		t.Errorf("range: got status %d, %d bytes", part.status, len(part.body))
	}
}
