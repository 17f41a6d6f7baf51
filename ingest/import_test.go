package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"afterbeep/store"

	"github.com/google/go-cmp/cmp"
)

const sampleFile = "../testdata/kore/voicemail_sample.json"

func sample(t testing.TB) string {
	t.Helper()
	body, err := os.ReadFile(sampleFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestImportVendorSample(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "a.db"), time.Now)
	for round, want := range []ImportReport{{Replies: 1, Changed: 1}, {Replies: 1}} {
		got, err := Import(t.Context(), s, strings.NewReader(sample(t)), ImportOptions{
			Report: func(line int, err error) { t.Errorf("line %d: %v", line, err) },
		})
		if err != nil || got != want {
			t.Fatalf("round %d: got %+v, %v, want %+v", round, got, err, want)
		}
	}
	id := store.VoicemailID("st-6cbdca58-bf5e-5d9b-bc21-cb37bef2xxxx", "67ab573f3685d1ba9954xxxx")
	v, err := s.Voicemail(t.Context(), store.AllBots(), id)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2025, 2, 11, 13, 57, 42, 32e6, time.UTC)
	if v.Text != "Hi, this is voicemail testing." || v.Author.Type != "VOICEMAIL" || v.Lang != "en" ||
		!v.CreatedOn.Equal(at) || !v.ModifiedOn.Equal(at) || v.Transcript != store.TranscriptPresent {
		t.Errorf("got %+v", v)
	}
	payload, err := s.Payload(t.Context(), store.AllBots(), id)
	if err != nil || strings.Contains(string(payload), "IldYeks") {
		t.Errorf("the payload holds the link's signature, or %v", err)
	}
}

// said is a reply that says text.
func said(text string) string {
	return `{"status":"success","voicemail recording":[],"transcriptions":[{"_id":"m","components":[{"_id":"c","cT":"text","data":{"text":"` + text + `"}}]}]}`
}

// row is a JSON line.
func row(session, text string) string {
	return `{"botId":"st-1","sessionId":"` + session + `","caller":"+14155550123","startedAt":"2025-02-11T13:57:42Z","response":` + said(text) + `}`
}

func TestImport(t *testing.T) {
	pretty := func(s string) string {
		var b bytes.Buffer
		if err := json.Indent(&b, []byte(s), "", "  "); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	big := strings.Repeat("long ", 1<<18)
	for _, tt := range []struct {
		name  string
		input string
		opts  ImportOptions
		texts map[string]string // by session
		bad   []string          // line: part of the error
		err   error
	}{
		{name: "nothing", err: ErrNothing},
		{name: "blank lines", input: "\n\r\n  \n", err: ErrNothing},
		{name: "UTF-16", input: "\xff\xfe{\x00\n\x00\"\x00b\x00o\x00t\x00\n\x00}\x00", bad: []string{"1: UTF-8"}},
		{name: "UTF-16, big end first", input: "\xfe\xff\x00{\x00}", bad: []string{"1: UTF-8"}},
		{name: "a sound", input: "RIFF\x24\x08\x00\x00WAVEfmt \n\x10\n\x00", bad: []string{"1: UTF-8"}},
		{name: "another encoding in one line", input: "caf\xe9\n" + row("a", "one"), texts: map[string]string{"a": "one"}, bad: []string{"1: UTF-8"}},
		{name: "lines", input: row("a", "one") + "\n" + row("b", "two") + "\n", texts: map[string]string{"a": "one", "b": "two"}},
		{name: "last line without newline", input: row("a", "one") + "\n" + row("b", "two"), texts: map[string]string{"a": "one", "b": "two"}},
		{name: "byte order mark, CRLF, blank lines", input: "\xef\xbb\xbf\r\n" + row("a", "one") + "\r\n\r\n" + row("b", "two") + "\r\n", texts: map[string]string{"a": "one", "b": "two"}},
		{name: "byte order mark at a document", input: "\xef\xbb\xbf" + row("a", "one"), texts: map[string]string{"a": "one"}},
		{name: "a bad line among good ones", input: row("a", "one") + "\n{broken\n[1]\nnull\n" + row("b", "two"), texts: map[string]string{"a": "one", "b": "two"},
			bad: []string{"2: not JSON", "3: not a JSON object", "4: not a JSON object"}},
		{name: "the first line is bad", input: "\n{broken\n" + row("b", "two"), texts: map[string]string{"b": "two"}, bad: []string{"2: not JSON"}},
		{name: "a line cut short at the end", input: row("a", "one") + "\n" + row("b", "two")[:60], texts: map[string]string{"a": "one"}, bad: []string{"2: not JSON"}},
		{name: "one document on many lines", input: "\n" + pretty(row("a", "one")), texts: map[string]string{"a": "one"}},
		{name: "a bare response", input: pretty(said("one")), opts: ImportOptions{BotID: "st-1", SessionID: "a"}, texts: map[string]string{"a": "one"}},
		{name: "a bare response on one line", input: said("one"), opts: ImportOptions{BotID: "st-1", SessionID: "a"}, texts: map[string]string{"a": "one"}},
		{name: "a bare response of nobody", input: said("one"), bad: []string{"1: --bot"}},
		{name: "a bare response of no session", input: said("one"), opts: ImportOptions{BotID: "st-1"}, bad: []string{"1: --session"}},
		{name: "a damaged document", input: pretty(said("one"))[:90], bad: []string{"1: not JSON"}},
		{name: "no response", input: `{"botId":"st-1","sessionId":"a"}`, bad: []string{"1: response"}},
		{name: "a response of the wrong type", input: `{"botId":"st-1","sessionId":"a","response":"x"}`, bad: []string{"1: JSON object"}},
		{name: "a caller of the wrong type", input: `{"botId":"st-1","caller":7,"sessionId":"a","response":` + said("x") + `}`, bad: []string{"1: caller"}},
		{name: "a time that is none", input: strings.ReplaceAll(row("a", "one"), "2025-02-11T", "yesterday "), bad: []string{"1: startedAt"}},
		{name: "an error envelope", input: `{"botId":"st-1","sessionId":"a","response":{"errors":[{"msg":"Not Found","code":404}]}}`, bad: []string{"1: not_found"}},
		{name: "a line of over a megabyte", input: row("a", big) + "\n" + row("b", "two"), texts: map[string]string{"a": big, "b": "two"}},
		{name: "the same twice", input: row("a", "one") + "\n" + row("a", "one"), texts: map[string]string{"a": "one"}},
		{name: "an empty response later", input: row("a", "one") + "\n" + `{"botId":"st-1","sessionId":"a","response":{"status":"success","voicemail recording":[]}}`,
			texts: map[string]string{"a": "one"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &world{t: t, store: openStore(t, filepath.Join(t.TempDir(), "a.db"), time.Now)}
			var bad []string
			opts := tt.opts
			opts.Report = func(line int, err error) { bad = append(bad, fmt.Sprintf("%d: %v", line, err)) }
			report, err := Import(t.Context(), w.store, strings.NewReader(tt.input), opts)
			if !errors.Is(err, tt.err) {
				t.Fatalf("got %v, want %v", err, tt.err)
			}
			texts := map[string]string{}
			for _, v := range w.stored() {
				texts[v.SessionID] = v.Text
			}
			want := tt.texts
			if want == nil {
				want = map[string]string{}
			}
			if !cmp.Equal(want, texts) {
				t.Errorf("%d sessions are stored, want %d, or their texts differ", len(texts), len(want))
			}
			if len(bad) != len(tt.bad) || report.Bad != len(bad) {
				t.Fatalf("got %q, want %q", bad, tt.bad)
			}
			for i, want := range tt.bad {
				line, part, _ := strings.Cut(want, ": ")
				if !strings.HasPrefix(bad[i], line+": ") || !strings.Contains(bad[i], part) {
					t.Errorf("got %q, want %q", bad[i], want)
				}
			}
		})
	}
}

func TestImportKeepsWhatIsKnown(t *testing.T) {
	w := &world{t: t, store: openStore(t, filepath.Join(t.TempDir(), "a.db"), time.Now)}
	if _, err := Import(t.Context(), w.store, strings.NewReader(row("a", "one")), ImportOptions{AccountOf: func(string) string { return "acc" }}); err != nil {
		t.Fatal(err)
	}
	v := w.stored()["a"]
	if v.AccountID != "acc" || v.Caller != "+14155550123" || !v.StartedAt.Equal(time.Date(2025, 2, 11, 13, 57, 42, 0, time.UTC)) {
		t.Errorf("got %+v", v)
	}
	s, err := w.store.Session(t.Context(), store.AllBots(), "a")
	if err != nil || s.State != store.StateStored || !s.DueAt.IsZero() {
		t.Errorf("got %+v, %v", s, err)
	}
}

// brokenReader fails in the middle.
type brokenReader struct{ err error }

func (r brokenReader) Read([]byte) (int, error) { return 0, r.err }

func TestImportTellsOfABrokenReader(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "a.db"), time.Now)
	want := errors.New("disk")
	if _, err := Import(t.Context(), s, brokenReader{want}, ImportOptions{}); !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

func FuzzEachDocument(f *testing.F) {
	for _, s := range []string{row("a", "one"), row("a", "one") + "\n" + row("b", "two"), "{\n}\n", "\xef\xbb\xbf[]", "{\"a\":\n1}\n{}", "x\n{}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		last := 0
		err := eachDocument(bytes.NewReader(input), func(line int, doc []byte, err error) error {
			if line <= last {
				t.Errorf("line %d comes after line %d", line, last)
			}
			last = line
			if err == nil && len(bytes.TrimSpace(doc)) == 0 {
				t.Errorf("line %d is blank", line)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Count(input, []byte("\n"))+1 < last {
			t.Errorf("line %d of %d", last, bytes.Count(input, []byte("\n"))+1)
		}
	})
}
