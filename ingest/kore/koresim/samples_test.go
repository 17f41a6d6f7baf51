package koresim

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shape adds every key path below v with its JSON type.
func shape(into map[string]string, path string, v any) {
	set := func(kind string) {
		if path != "" {
			into[path] = kind
		}
	}
	switch v := v.(type) {
	case map[string]any:
		set("object")
		for k, x := range v {
			p := k
			if path != "" {
				p = path + "." + k
			}
			shape(into, p, x)
		}
	case []any:
		set("array")
		for _, x := range v {
			shape(into, path+"[]", x)
		}
	case string:
		set("string")
	case float64:
		set("number")
	case bool:
		set("bool")
	default:
		set(fmt.Sprintf("%T", v))
	}
}

func readJSON(t *testing.T, name string) any {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

func TestVoicemailReplyHasTheSamplesShape(t *testing.T) {
	want := map[string]string{}
	shape(want, "", readJSON(t, "voicemail.json"))
	f := start(t, Config{Voicemails: 60, Other: -1, Quirks: documented(nil)})
	n := 0
	for _, v := range f.Voicemails() {
		if v.Texts[0] == "" || len(v.Texts) > 1 {
			continue
		}
		n++
		got := map[string]string{}
		shape(got, "", any(decode(t, f.voicemail(v.SessionID))))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("session %s (-sample +reply):\n%s", v.SessionID, diff)
		}
	}
	if n < 30 {
		t.Errorf("compared %d replies, want most of 60", n)
	}
}

// voiceShape reads testdata/voice_row.txt: which keys a record must have, and
// which it may have.
func voiceShape(t *testing.T) (must, may map[string]string) {
	t.Helper()
	b, err := os.ReadFile("testdata/voice_row.txt")
	if err != nil {
		t.Fatal(err)
	}
	must, may = map[string]string{}, map[string]string{}
	for line := range strings.Lines(string(b)) {
		key, kind, ok := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case !ok || strings.HasPrefix(line, "#"):
		case strings.HasSuffix(key, "?"):
			may[strings.TrimSuffix(key, "?")] = kind
		default:
			must[key] = kind
		}
	}
	return must, may
}

func TestCallDetailsRowsHaveTheSamplesShape(t *testing.T) {
	must, may := voiceShape(t)
	botOnly := map[string]string{}
	sample := readJSON(t, "calldetails.json").(map[string]any)["data"].([]any)
	shape(botOnly, "", sample[1])
	// The page's own sample of a bot-only record has these three as well.
	for _, k := range []string{"reason", "disconnectingEvent", "errorDetails"} {
		botOnly[k] = "string"
	}
	f := start(t, Config{Voicemails: 40, Other: 160, Span: 6 * 24 * time.Hour, Quirks: documented(nil)})
	seen := map[string]int{}
	for _, row := range f.everything(windowBody(DefaultUntil.Add(-7*24*time.Hour), DefaultUntil)) {
		got := map[string]string{}
		shape(got, "", any(row))
		x := f.find(row["sessionId"].(string))
		switch x.kind {
		case kindBot:
			seen["bot"]++
			if diff := cmp.Diff(botOnly, got); diff != "" {
				t.Fatalf("bot-only record (-sample +row):\n%s", diff)
			}
		case kindVoicemail, kindAnswered, kindAbandoned:
			seen["voice"]++
			for k, kind := range must {
				if got[k] != kind {
					t.Fatalf("voice record: key %s: got %q, want %s", k, got[k], kind)
				}
			}
			for k, kind := range got {
				if must[k] != kind && may[k] != kind {
					t.Fatalf("voice record: key %s %s is not in the sample", k, kind)
				}
			}
		}
	}
	if seen["bot"] < 10 || seen["voice"] < 50 {
		t.Errorf("compared %v, want some of each", seen)
	}
}

func TestSelectedFieldsAddTheirKeys(t *testing.T) {
	f := start(t, Config{Voicemails: 20, Other: -1, Span: 5 * 24 * time.Hour, Quirks: documented(nil)})
	body := windowBody(DefaultUntil.Add(-6*24*time.Hour), DefaultUntil)
	keys := []string{"skills", "customerinfo", "userleveltags", "sessionleveltags"}
	for _, k := range keys {
		if _, there := f.everything(body)[0][k]; there {
			t.Errorf("%s: there unasked", k)
		}
	}
	body["selectedFields"] = keys
	row := f.everything(body)[0]
	for _, k := range keys {
		if _, there := row[k]; !there {
			t.Errorf("%s: asked for and not there", k)
		}
	}
	var tags []string
	for _, tag := range row["sessionleveltags"].([]any) {
		tags = append(tags, tag.(map[string]any)["name"].(string))
	}
	if !slices.Contains(tags, "callerNumber") {
		t.Errorf("session tags: got %v, want callerNumber among them", tags)
	}
}
