package koresim

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// texts reads the transcriptions of a reply, components joined.
func texts(t *testing.T, reply map[string]any) []string {
	t.Helper()
	list, _ := reply["transcriptions"].([]any)
	var out []string
	for _, x := range list {
		var parts []string
		for _, c := range x.(map[string]any)["components"].([]any) {
			parts = append(parts, c.(map[string]any)["data"].(map[string]any)["text"].(string))
		}
		out = append(out, strings.Join(parts, "\n"))
	}
	return out
}

func TestRepliesTellTheTruth(t *testing.T) {
	f := start(t, Config{Voicemails: 300, Other: -1, Quirks: documented(nil)})
	files, parts, opted := 0, 0, 0
	for _, v := range f.Voicemails() {
		reply := decode(t, f.voicemail(v.SessionID))
		if got := reply["voicemail recording"].([]any); len(got) != len(v.Texts) {
			t.Errorf("session %s: %d files, want %d", v.SessionID, len(got), len(v.Texts))
		}
		want := slices.DeleteFunc(slices.Clone(v.Texts), func(s string) bool { return s == "" })
		if diff := cmp.Diff(want, texts(t, reply)); len(want) > 0 && diff != "" {
			t.Errorf("session %s (-truth +reply):\n%s", v.SessionID, diff)
		}
		if len(v.Texts) > 1 {
			files++
		}
		if strings.Contains(strings.Join(v.Texts, ""), "\n") {
			parts++
		}
		if v.CallbackOpted {
			opted++
		}
		if !strings.HasPrefix(v.Caller, "+") || v.End.Before(v.Start) || v.End.Sub(v.Start) > longestSession {
			t.Errorf("session %s: caller %s, %v to %v", v.SessionID, v.Caller, v.Start, v.End)
		}
	}
	if files == 0 || parts == 0 || opted == 0 {
		t.Errorf("with several files %d, components %d, callbacks %d: want some of each", files, parts, opted)
	}
}

func TestRecordingKeys(t *testing.T) {
	for _, k := range recordingKeys {
		f := start(t, Config{Voicemails: 1, Other: -1, Quirks: documented(func(q *Quirks) { q.Recording = k })})
		if _, ok := decode(t, f.voicemail(f.Voicemails()[0].SessionID))[string(k)].([]any); !ok {
			t.Errorf("%q: not there", k)
		}
	}
}

func TestAnswersWithoutVoicemail(t *testing.T) {
	for a, want := range map[Answer]struct {
		status int
		text   string
	}{
		AnswerEmpty:       {200, `{"status":"success","voicemail recording":[],"transcriptions":[]}`},
		AnswerUnavailable: {200, `{"status":"media_unavailable"}`},
		AnswerEnvelope:    {200, `{"errors":[{"msg":`},
		AnswerNotFound:    {404, `{"errors":[{"msg":`},
		AnswerBadRequest:  {400, `{"errors":[{"msg":`},
	} {
		t.Run(string(a), func(t *testing.T) {
			f := start(t, Config{Voicemails: -1, Other: 5, Quirks: documented(func(q *Quirks) { q.NoVoicemail, q.UnknownSession = a, a })})
			for _, id := range []string{f.Sessions()[0], "0123456789abcdef01234567", "nonsense"} {
				got := f.voicemail(id)
				if got.status != want.status || !strings.HasPrefix(string(got.body), want.text) {
					t.Errorf("%s: got status %d: %s", id, got.status, got.body)
				}
			}
			if got := f.voicemail(""); got.status != 400 {
				t.Errorf("no session: got status %d, want 400", got.status)
			}
		})
	}
}

func TestSessionsBelongToTheirBot(t *testing.T) {
	bots := []string{"st-one", "st-two"}
	for _, child := range []bool{false, true} {
		f := start(t, Config{Voicemails: 40, Other: -1, Span: 3 * 24 * time.Hour, BotIDs: bots,
			Quirks: documented(func(q *Quirks) { q.ChildBotRows = child })})
		named := map[string]bool{}
		for _, row := range f.everything(windowBody(DefaultUntil.Add(-4*24*time.Hour), DefaultUntil)) {
			named[row["botId"].(string)] = true
		}
		if got, want := len(named) > 2, child; got != want {
			t.Errorf("child %v: rows name %v", child, named)
		}
		for _, v := range f.Voicemails() {
			for _, bot := range bots {
				url := f.api.URL + "/api/public/bot/" + bot + "/voicemail?transcription=true&sessionId=" + v.SessionID
				want := 404
				if bot == v.BotID || child {
					want = 200
				}
				if a := f.must("GET", url, map[string]string{"auth": token(t, f.Sim, nil)}, nil); a.status != want {
					t.Fatalf("child %v, bot %s, session of %s: got status %d, want %d", child, bot, v.BotID, a.status, want)
				}
			}
		}
	}
}

func TestFreshVoicemailsArePending(t *testing.T) {
	for _, p := range pendings {
		t.Run(string(p), func(t *testing.T) {
			now := at
			f := start(t, Config{Voicemails: -1, Other: -1, Now: func() time.Time { return now }, Quirks: documented(func(q *Quirks) {
				q.PendingTranscript = p
			})})
			v := f.Add(NewVoicemail{Texts: []string{"call me back about the leak"}, MediaAfter: time.Minute, TranscriptAfter: 2 * time.Minute, RowAfter: 30 * time.Second})
			window := windowBody(v.Start.Add(-time.Hour), v.Start.Add(time.Hour))
			step := func(name, wantStatus string, rows, files int, want []string) {
				t.Helper()
				reply := decode(t, f.voicemail(v.SessionID))
				if reply["status"] != wantStatus || len(reply["voicemail recording"].([]any)) != files {
					t.Errorf("%s: got status %v, %v", name, reply["status"], reply["voicemail recording"])
				}
				if got := len(f.everything(window)); got != rows {
					t.Errorf("%s: got %d rows, want %d", name, got, rows)
				}
				if diff := cmp.Diff(want, texts(t, reply)); diff != "" {
					t.Errorf("%s: texts (-want +got):\n%s", name, diff)
				}
				if _, there := reply["transcriptions"]; there == (p == PendingAbsent && want == nil) {
					t.Errorf("%s: key transcriptions there: %v", name, there)
				}
			}
			var none []string
			if p == PendingBlank {
				none = []string{""}
			}
			step("at once", "media_in_progress", 0, 0, none)
			now = now.Add(45 * time.Second)
			step("row", "media_in_progress", 1, 0, none)
			now = now.Add(30 * time.Second)
			step("media", "success", 1, 1, none)
			now = now.Add(time.Minute)
			step("transcript", "success", 1, 1, []string{"call me back about the leak"})
		})
	}
}

func TestTranscriptionFalseLeavesTextsOut(t *testing.T) {
	f := start(t, Config{Voicemails: 3, Other: -1, Quirks: documented(nil)})
	url := strings.Replace(f.voicemailURL(f.Voicemails()[0].SessionID), "transcription=true", "transcription=false", 1)
	a := f.must("GET", url, map[string]string{"auth": token(t, f.Sim, nil)}, nil)
	if got := texts(t, decode(t, a)); len(got) != 0 {
		t.Errorf("got %q, want none", got)
	}
}

func TestAdd(t *testing.T) {
	f := start(t, Config{Voicemails: 10, Other: -1, Quirks: documented(nil), BotIDs: []string{"st-a", "st-b"}})
	v := f.Add(NewVoicemail{Texts: []string{"one two three four five six", "again"}, Components: 3, Lang: "de",
		Caller: "+15555550100", Queue: "Claims", BotID: "st-b"})
	want := Voicemail{
		SessionID: v.SessionID, BotID: "st-b", Lang: "de", Queue: "Claims", Caller: "+15555550100", Called: "+12125550140",
		Start: v.Start, End: v.End, Texts: []string{"one two\nthree four\nfive six", "again"}, Seconds: v.Seconds,
	}
	v.CallbackOpted = false
	if diff := cmp.Diff(want, v); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if v.End.After(at) || at.Sub(v.End) > 2*time.Second {
		t.Errorf("end: got %v, want about now, %v", v.End, at)
	}
	silent := f.Add(NewVoicemail{NoTranscript: true, Texts: []string{"never understood"}, Audio: []byte("fLaC and so on"), BotID: "st-a"})
	if got := texts(t, decode(t, f.voicemail(silent.SessionID))); len(got) != 0 {
		t.Errorf("without transcript: got %q", got)
	}
	if a := f.must("GET", f.links(silent.SessionID)[0], nil, nil); string(a.body) != "fLaC and so on" {
		t.Errorf("audio: got %q", a.body)
	}
	if got := len(f.Voicemails()); got != 12 {
		t.Errorf("voicemails: got %d, want 12", got)
	}
	// Added at once by many: no two the same.
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { f.Add(NewVoicemail{}) })
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, v := range f.Voicemails() {
		seen[v.SessionID] = true
	}
	if len(seen) != 32 {
		t.Errorf("distinct sessions: got %d, want 32", len(seen))
	}
}

func TestSetReply(t *testing.T) {
	f := start(t, Config{Voicemails: 3, Other: -1, Quirks: documented(nil)})
	id := f.Voicemails()[0].SessionID
	before := f.voicemail(id)
	f.SetReply(id, []byte("{}"))
	if got := f.voicemail(id); string(got.body) != "{}" || got.status != 200 {
		t.Errorf("got status %d: %s", got.status, got.body)
	}
	f.SetReply(id, nil)
	if got := f.voicemail(id); !bytes.Equal(got.body, before.body) {
		t.Errorf("afterwards: got %s, want what it was", got.body)
	}
	f.SetReply("any", []byte("1"))
	if got := f.voicemail("any"); string(got.body) != "1" {
		t.Errorf("unknown session: got %s", got.body)
	}
}

func TestRetention(t *testing.T) {
	f := start(t, Config{Voicemails: 50, Other: -1, Retention: 90 * 24 * time.Hour, Quirks: documented(nil)})
	list := f.Voicemails()
	if a := f.voicemail(list[0].SessionID); a.status != 404 || !strings.Contains(string(a.body), "retention policy") {
		t.Errorf("oldest: got status %d: %s", a.status, a.body)
	}
	if a := f.voicemail(list[len(list)-1].SessionID); a.status != 200 {
		t.Errorf("newest: got status %d", a.status)
	}
}

func TestForeignIDs(t *testing.T) {
	f := start(t, Config{Voicemails: 60, Other: -1, Quirks: documented(func(q *Quirks) { q.ForeignIDs = true })})
	same, other := 0, 0
	for _, v := range f.Voicemails() {
		list := decode(t, f.voicemail(v.SessionID))["transcriptions"].([]any)
		for _, x := range list {
			got := x.(map[string]any)
			switch {
			case got["sessionId"] == v.SessionID && got["botId"] == v.BotID:
				same++
			case len(got["sessionId"].(string)) == 24 && got["botId"] != v.BotID:
				other++
			default:
				t.Errorf("ids: got %v, %v", got["sessionId"], got["botId"])
			}
		}
	}
	if same == 0 || other == 0 {
		t.Errorf("got %d with own and %d with foreign ids, want some of each", same, other)
	}
}

func TestSameConfigSameBytes(t *testing.T) {
	for seed := range uint64(3) {
		run := func(order int) map[string]string {
			f := start(t, Config{Seed: seed, Voicemails: 30, Other: 30, Span: 5 * 24 * time.Hour, LivePerHour: 5, Now: at.UTC})
			if err := f.SetMediaURL("http://media.example"); err != nil {
				t.Fatal(err)
			}
			out := map[string]string{}
			list := f.Sessions()
			if order == 1 {
				slices.Reverse(list)
			}
			for _, id := range list {
				out[id] = string(f.voicemail(id).body)
			}
			body := windowBody(DefaultUntil.Add(-6*24*time.Hour), at)
			body["selectedFields"] = []string{"customerinfo", "sessionleveltags"}
			out["rows"] = string(f.details("limit=100", body).body)
			return out
		}
		if diff := cmp.Diff(run(0), run(1)); diff != "" {
			t.Errorf("seed %d: two runs differ:\n%s", seed, diff)
		}
	}
	a, err := json.Marshal(DrawQuirks(1))
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(DrawQuirks(2))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(a, b) {
		t.Error("two seeds draw the same quirks")
	}
}

func TestNewVoicemailsAppearAsTimePasses(t *testing.T) {
	now := DefaultUntil
	cfg := Config{Voicemails: 20, Other: 40, LivePerHour: 10, Quirks: documented(nil), Now: func() time.Time { return now }}
	f := start(t, cfg)
	before := len(f.Voicemails())
	now = DefaultUntil.Add(24 * time.Hour)
	list := f.Voicemails()
	fresh := list[before:]
	if len(fresh) < 80 || len(fresh) > 300 {
		t.Fatalf("in a day: got %d new voicemails, want about 150", len(fresh))
	}
	if a := f.voicemail(fresh[3].SessionID); a.status != 200 {
		t.Errorf("new voicemail: got status %d", a.status)
	}
	// Another simulator of the same configuration knows them by id at once.
	again := start(t, cfg)
	v := fresh[len(fresh)/2]
	if a := again.voicemail(v.SessionID); a.status != 200 {
		t.Errorf("after a restart: got status %d", a.status)
	}
	if got := ids(f.everything(windowBody(v.Start, v.Start))); !slices.Contains(got, v.SessionID) {
		t.Errorf("rows: got %v, want %s among them", got, v.SessionID)
	}
	// What has not happened is not known.
	now = DefaultUntil.Add(-time.Hour)
	if a := again.voicemail(v.SessionID); a.status != 404 {
		t.Errorf("before its time: got status %d, want 404", a.status)
	}
}

func TestLateRowsAppearInTheEnd(t *testing.T) {
	now := at
	f := start(t, Config{Voicemails: 300, Other: -1, Span: 2 * 24 * time.Hour, Now: func() time.Time { return now },
		Quirks: documented(func(q *Quirks) { q.LateShare, q.LateBy, q.RowLag = .5, 20*time.Hour, time.Minute })})
	body := windowBody(DefaultUntil.Add(-3*24*time.Hour), DefaultUntil)
	first := len(f.everything(body))
	now = now.Add(21 * time.Hour)
	if second := len(f.everything(body)); first >= second || second != 300 {
		t.Errorf("rows: got %d, 21 hours later %d, want fewer first and 300 in the end", first, second)
	}
}
