package kore

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const corpusDir = "../../testdata/third_party/jsontestsuite"

// corpus reads the vendored documents, by name, after checking their sums.
func corpus(t *testing.T) map[string][]byte {
	t.Helper()
	f, err := os.Open(filepath.Join(corpusDir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	docs := map[string][]byte{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		want, name, _ := strings.Cut(lines.Text(), "  ")
		doc, err := os.ReadFile(filepath.Join(corpusDir, name))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(doc); hex.EncodeToString(sum[:]) != want {
			t.Fatalf("%s is not what was vendored", name)
		}
		if base, ok := strings.CutPrefix(name, "test_parsing/"); ok {
			docs[base] = doc
		}
	}
	files, err := os.ReadDir(filepath.Join(corpusDir, "test_parsing"))
	if err != nil || len(files) != len(docs) || len(docs) < 300 {
		t.Fatalf("got %d documents and %d files, %v", len(docs), len(files), err)
	}
	return docs
}

// TestCorpusAsReplies sends every document as the reply of every endpoint: none
// of the broken ones is taken for a reply, however empty.
func TestCorpusAsReplies(t *testing.T) {
	docs := corpus(t)
	var current atomic.Pointer[[]byte]
	var status atomic.Int64
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(int(status.Load()))
		w.Write(*current.Load())
	})
	c, _ := newClient(t, s.URL, nil)
	for name, doc := range docs {
		current.Store(&doc)
		for _, code := range []int{200, 404, 500} {
			status.Store(int64(code))
			for endpoint, ask := range endpoints {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				err := ask(ctx, c)
				cancel()
				switch kind := KindOf(err); {
				case err == nil && (code != 200 || strings.HasPrefix(name, "n_")):
					t.Errorf("%s with %d for %s: taken for a reply", name, code, endpoint)
				case err != nil && code == 200 && kind != KindMalformed && kind != KindTooLarge:
					t.Errorf("%s for %s: got %v", name, endpoint, err)
				case code == 404 && kind != KindNotFound && kind != KindMalformed, code == 500 && kind != KindServer:
					t.Errorf("%s with %d for %s: got %v", name, code, endpoint, err)
				}
			}
		}
	}
}

// corpusForms are replies with something good in them, and a place, @, for
// something else: all that is good is still found wherever that is JSON.
var corpusForms = func() map[string]struct {
	forms []string
	good  func(body []byte) (bool, error)
} {
	const file = `{"fileName":"good.wav","fileUrl":"https://h/good"}`
	audio := `"data:audio/wav;base64,` + base64.StdEncoding.EncodeToString([]byte("good")) + `"`
	has := func(files []File) bool {
		for _, f := range files {
			if f == (File{"good.wav", "https://h/good"}) {
				return true
			}
		}
		return false
	}
	return map[string]struct {
		forms []string
		good  func(body []byte) (bool, error)
	}{
		"voicemail": {[]string{
			`{"status":@,"voicemail recording":[` + file + `]}`, `{"voicemail recording":[@,` + file + `]}`, `{"voicemail_recording":@,"voicemail recording":` + file + `}`,
			`{"voicemail recording":[` + file + `,{"fileName":@,"fileUrl":"https://h/b"},{"fileUrl":@}],"transcriptions":@}`, `{"voicemail recording":[` + file + `],"transcriptions":[@]}`,
			`{"voicemail recording":[` + file + `],"transcriptions":[{"_id":@,"lang":@,"author":@,"createdOn":@,"components":@}],"errors":@}`,
			`{"voicemail recording":[` + file + `],"transcriptions":[{"components":[@,{"cT":@,"data":@},{"data":{"text":@}}]}]}`,
		}, func(body []byte) (bool, error) {
			r, err := ParseVoicemail(body)
			return err == nil && has(r.Files), err
		}},
		"recordings": {[]string{
			`{"status":@,"recording":[` + file + `]}`, `{"status":"success","recording":[` + file + `,@]}`, `{"recordings":@,"recording":` + file + `}`,
			`{"recording":[{"fileName":@,"fileUrl":@},` + file + `],"errors":@}`,
		}, func(body []byte) (bool, error) {
			r, err := ParseRecordings(body)
			return err == nil && has(r.Files), err
		}},
		"call details": {[]string{
			`{"numResults":@,"data":[{"sessionId":"good"}]}`, `{"data":[@,{"sessionId":"good"}]}`, `{"DATA":@,"data":{"sessionId":"good"}}`,
			`{"data":[{"sessionId":"good","isVoicemail":@,"metaInfo":@,"destinations":@,"sessionleveltags":@,"sessionStartTime":@,"channel":@}],"error":@}`,
			`{"data":[{"sessionId":"good","metaInfo":{"caller":@},"destinations":[@,{"queueId":@,"respondingAgent":@,"nonRespondingAgents":[@],"agentId":"u","interactionDuration":@}],"sessionleveltags":[@,{"name":@,"value":@}]}]}`,
		}, func(body []byte) (bool, error) {
			p, err := ParseCallDetails(body)
			for i := 0; err == nil && i < len(p.Rows); i++ {
				if p.Rows[i].SessionID == "good" {
					return true, nil
				}
			}
			return false, err
		}},
		"sessions": {[]string{
			`{"total":@,"moreAvailable":@,"sessions":[{"sessionId":"good"}],"invalidSessions":@}`, `{"sessions":[@,{"sessionId":"good"}],"invalidSessions":[@]}`,
			`{"sessions":[{"sessionId":"good","session_lang":@,"tags":@,"start_time":@,"isDeveloper":@,"userId":@}],"message":@}`,
			`{"sessions":[{"sessionId":"good","tags":{"sessionTags":[@,{"name":"callerNumber","value":@}],"userTags":@}}]}`,
		}, func(body []byte) (bool, error) {
			p, err := ParseSessions(body, 0, 100)
			for i := 0; err == nil && i < len(p.Rows); i++ {
				if p.Rows[i].SessionID == "good" {
					return true, nil
				}
			}
			return false, err
		}},
		"recordings v1": {[]string{
			`{"recording":[` + audio + `],"x":@}`, `{"status":@,"recording":[` + audio + `,@]}`, `{"recording":[{"x":@},` + audio + `]}`, `{"recordings":@,"recording":` + audio + `}`,
		}, func(body []byte) (bool, error) {
			got, err := scan(strings.NewReader(string(body)), 1<<20)
			for i := 0; err == nil && i < len(got); i++ {
				if got[i].Body == "good" {
					return true, nil
				}
			}
			return false, err
		}},
	}
}()

// TestCorpusWithinReplies puts every document where a reply has a value.
func TestCorpusWithinReplies(t *testing.T) {
	docs := corpus(t)
	tried := 0
	for endpoint, f := range corpusForms {
		for _, form := range f.forms {
			if good, err := f.good([]byte(strings.ReplaceAll(form, "@", "null"))); !good {
				t.Fatalf("%s: got %v", form, err)
			}
			for name, doc := range docs {
				body := []byte(strings.ReplaceAll(form, "@", string(doc)))
				good, err := f.good(body)
				tried++
				if !good && KindOf(err) == KindNone {
					t.Errorf("%s in %s of %s: what is good is lost, with %v", name, form, endpoint, err)
				}
				if valid := json.Valid(body); valid && !good || !valid && good {
					t.Errorf("%s in %s of %s: got %v, %v, of a document that is valid: %v", name, form, endpoint, good, err, valid)
				}
			}
		}
	}
	t.Logf("%d replies", tried)
}

// TestCorpusForKeeping does what is done to bodies that are kept.
func TestCorpusForKeeping(t *testing.T) {
	for name, doc := range corpus(t) {
		if got := bodyExcerpt(doc); len(got) > maxBodyExcerpt {
			t.Errorf("%s: an excerpt of %d bytes", name, len(got))
		}
		if stripped := StripSignedQueries(doc); json.Valid(doc) != json.Valid(stripped) {
			t.Errorf("%s: stripping changed what it is", name)
		}
		if _, err := ParseVoicemail(doc); err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || strings.ContainsAny(e.Error(), "\n\x00") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
