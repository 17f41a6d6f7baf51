package kore

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/crc64"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// took is a recording as a test takes it.
type took struct {
	Type string
	Body string
}

// scan reads a v1 reply out of memory.
func scan(in io.Reader, maxAudio int64) (got []took, err error) {
	s := newInlineScanner(in, maxAudio, 1<<30, func(a InlineAudio) error {
		body, err := io.ReadAll(a.Body)
		if a.N != len(got) {
			return fmt.Errorf("recording %d, want %d", a.N, len(got))
		}
		got = append(got, took{a.Type, string(body)})
		return err
	})
	err = s.run()
	if err == nil && s.n != len(got) {
		err = fmt.Errorf("counted %d, gave %d", s.n, len(got))
	}
	return got, err
}

func TestRecordingsV1Forms(t *testing.T) {
	audio := "RIFF\x00\xff\xfe>>>???" + strings.Repeat("abcd", 20)
	std := base64.StdEncoding.EncodeToString([]byte(audio))
	safe := base64.RawURLEncoding.EncodeToString([]byte(audio))
	lines := std[:40] + `\r\n` + std[40:80] + `\n ` + std[80:]
	escaped := strings.ReplaceAll(strings.ReplaceAll(std, "/", `\/`), "+", `\u002b`)
	one := []took{{"audio/wav", audio}}
	bare := []took{{"", audio}}
	for _, tt := range []struct {
		name, body string
		want       []took
		kind       Kind
	}{
		{"as documented", `{"recording":["data:audio/wav;base64,` + std + `"]}`, one, KindNone},
		{"several", `{"recording":["data:audio/wav;base64,` + std + `","` + std + `"]}`, append(one, bare...), KindNone},
		{"without a list", `{"recording":"data:audio/wav;base64,` + std + `"}`, one, KindNone},
		{"other spellings", "\ufeff" + ` {"status":"success","Call_Recordings" : [ "DATA:audio/wav;base64,` + std + `" ] , "x":{"recording":["no"]}} `, one, KindNone},
		{"without a prefix", `{"recording":["` + std + `"]}`, bare, KindNone},
		{"parameters", `{"recording":["data:audio/ogg;codecs=\"a,b\";base64,` + std + `"]}`, []took{{`audio/ogg;codecs="a,b"`, audio}}, KindNone},
		{"no base64 said", `{"recording":["data:audio/wav,` + std + `"]}`, one, KindNone},
		{"no type", `{"recording":["data:;base64,` + std + `"]}`, bare, KindNone},
		{"URL-safe, no padding", `{"recording":["data:audio/wav;base64,` + safe + `"]}`, one, KindNone},
		{"lines", `{"recording":["data:audio/wav;base64,` + lines + `"]}`, one, KindNone},
		{"lines as they are", `{"recording":["data:audio/wav;base64,` + strings.NewReplacer(`\r`, "\r", `\n`, "\n").Replace(lines) + `"]}`, one, KindNone},
		{"escapes", `{"recording":["data:audio\/wav\u003bbase64,` + escaped + `"]}`, one, KindNone},
		{"within an object", `{"recording":[{"name":"` + std + `","content":"data:audio/wav;base64,` + std + `"}]}`, one, KindNone},
		{"nulls and nothings", `{"recording":[null,"",[],"data:audio/wav;base64,","data:audio/wav;base64,` + std + `"]}`, one, KindNone},
		{"under two keys", `{"recording":["` + std + `"],"recordings":["` + std + `"]}`, append(bare, bare...), KindNone},
		{"no recordings", `{"recording":[]}`, nil, KindNone},
		{"null", `{"recording":null}`, nil, KindNone},
		{"a status alone", `{"status":"success"}`, nil, KindNone},
		{"a pending status", `{"status":"media_in_progress","recording":[]}`, nil, KindServer},
		{"a final status", `{"status":"media_unavailable"}`, nil, KindNotFound},
		{"an error", `{"errors":[{"msg":"Invalid SDK credentials","code":4002}]}`, nil, KindToken},
		{"a limit", `{"message":"Rate limit for this API has been reached"}`, nil, KindLimited},
		{"nothing expected", `{"x":1}`, nil, KindMalformed},
		{"no object", `["` + std + `"]`, nil, KindMalformed},
		{"a page", `<html>`, nil, KindMalformed},
		{"nothing", ``, nil, KindMalformed},
		{"a word", `{"recording":"recording_disabled"}`, nil, KindMalformed},
		{"a link", `{"recording":["https://media.example/api/getMediaStream/smartassistrecording/x.wav?e=1"]}`, nil, KindMalformed},
		{"a v2 reply", `{"recording":[{"fileName":"a.wav","fileUrl":"https://media.example/api/getMediaStream/smartassistrecording/x.wav?e=1"}]}`, nil, KindMalformed},
		{"no data", `{"recording":["data:audio/wav;base64"]}`, nil, KindMalformed},
		{"a prefix without end", `{"recording":["data:` + strings.Repeat("a", 2000) + `,` + std + `"]}`, nil, KindMalformed},
		{"no base64", `{"recording":["` + std[:60] + `*` + std[60:] + `"]}`, nil, KindMalformed},
		{"more after the padding", `{"recording":["data:,QUE=QUE="]}`, nil, KindMalformed},
		{"one character too many", `{"recording":["data:,QUFBQ"]}`, nil, KindMalformed},
		{"a wrong escape", `{"recording":["data:,QUFB\x"]}`, nil, KindMalformed},
		{"half an escape", `{"recording":["data:,QUFB\u00`, nil, KindMalformed},
		{"cut short in a recording", `{"recording":["data:,` + std, nil, KindMalformed},
		{"cut short after one", `{"recording":["` + std + `"`, bare, KindMalformed},
		{"more after the end", `{"recording":["` + std + `"]}]`, bare, KindMalformed},
		{"nested too deep", strings.Repeat("[", 100_000), nil, KindMalformed},
		{"much beside the audio", `{"recording":["` + std + `"],"x":"` + strings.Repeat("a", maxRest) + `"}`, bare, KindTooLarge},
		{"over the cap", `{"recording":["` + base64.StdEncoding.EncodeToString(make([]byte, 1001)) + `"]}`, nil, KindTooLarge},
		{"at the cap", `{"recording":["` + base64.StdEncoding.EncodeToString(make([]byte, 1000)) + `"]}`, []took{{"", string(make([]byte, 1000))}}, KindNone},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for how, in := range map[string]io.Reader{"whole": strings.NewReader(tt.body), "byte by byte": iotest.OneByteReader(strings.NewReader(tt.body))} {
				got, err := scan(in, 1000)
				if KindOf(err) != tt.kind || tt.kind == KindNone && err != nil {
					t.Errorf("%s: got %v, want %q", how, err, tt.kind)
				}
				if d := cmp.Diff(tt.want, got); d != "" && tt.kind == KindNone {
					t.Errorf("%s: -want +got:\n%s", how, d)
				}
			}
		})
	}
}

// pattern is endless audio that any two of its readers find the same, in no
// step with anything that is read in powers of two.
func pattern() io.Reader {
	block := make([]byte, 65_537)
	for i := range block {
		block[i] = byte(uint64(i+1) * 0x9e3779b97f4a7c15 >> 56)
	}
	return &repeater{text: block}
}

// TestRecordingsV1IsStreamed takes a reply of 200 MB and watches the heap.
func TestRecordingsV1IsStreamed(t *testing.T) {
	const audio = 150 << 20 // 200 MB in base64
	table := crc64.MakeTable(crc64.ECMA)
	sum := func() hash.Hash64 { return crc64.New(table) }
	want := sum()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.RequestURI != "/api/public/bot/"+testBot+"/recordings?sessionId="+testSession {
			t.Errorf("got %s", r.RequestURI)
		}
		io.WriteString(w, `{"recording":["data:audio/wav;base64,`)
		enc := base64.NewEncoder(base64.StdEncoding, w)
		io.CopyN(io.MultiWriter(enc, want), pattern(), audio)
		enc.Close()
		io.WriteString(w, `"]}`)
	})
	c, b := newClient(t, s.URL, func(c *Config) { c.Timeout, c.MediaTimeout = 30*time.Second, 5*time.Minute })
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	runtime.GC()
	before, peak := heap(), uint64(0)
	got, size := sum(), int64(0)
	n, err := c.RecordingsV1(t.Context(), ClassRecordings, RecordingsV1Query{BotID: testBot, SessionID: testSession}, func(a InlineAudio) error {
		for {
			n, err := io.CopyN(got, a.Body, 1<<20)
			size += n
			peak = max(peak, heap())
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
	if err != nil || n != 1 || size != audio || got.Sum64() != want.Sum64() {
		t.Errorf("got %d recordings with %d bytes, %v; want 1 with %d; sums %x and %x", n, size, err, audio, got.Sum64(), want.Sum64())
	}
	grown := (max(peak, before) - before) >> 20
	t.Logf("the heap grew by %d MB at most over a reply of %d MB", grown, audio/3*4>>20)
	if grown >= 32 {
		t.Errorf("the heap grew by %d MB", grown)
	}
	if classes, verdicts := b.seen(); !slices.Equal(classes, []Class{ClassRecordings}) || len(verdicts) != 1 || verdicts[0].Limited {
		t.Errorf("got classes %v, verdicts %v", classes, verdicts)
	}
}

// TestRecordingsV1Paths knows the two forms of the path, and remembers which of
// them the upstream has.
func TestRecordingsV1Paths(t *testing.T) {
	page := func(w http.ResponseWriter) {
		w.WriteHeader(404)
		io.WriteString(w, "<!DOCTYPE html><pre>Cannot GET /api</pre>")
	}
	empty := func(w http.ResponseWriter) { w.WriteHeader(404) }
	known := func(w http.ResponseWriter) {
		w.WriteHeader(404)
		io.WriteString(w, `{"errors":[{"msg":"no recording","code":404}]}`)
	}
	good := func(w http.ResponseWriter) { io.WriteString(w, `{"recording":[]}`) }
	for _, tt := range []struct {
		name       string
		new, older func(http.ResponseWriter)
		paths      string // of two calls
		kind       Kind
	}{
		{"the first is known", good, page, "new new", KindNone},
		{"the first says no", known, page, "new new", KindNotFound},
		{"the second is known", page, good, "new older older", KindNone},
		{"the second is known, no page", empty, good, "new older older", KindNone},
		{"the second says no", page, known, "new older older", KindNotFound},
		{"none is known", page, page, "new older new older", KindMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var paths []string
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/api/1.1/public/bot/"+testBot+"/recordings") {
					paths = append(paths, "older")
					tt.older(w)
				} else {
					paths = append(paths, "new")
					tt.new(w)
				}
			})
			c, b := newClient(t, s.URL, nil)
			for range 2 {
				_, err := c.RecordingsV1(t.Context(), ClassRecordings, RecordingsV1Query{BotID: testBot, UserID: "u-1"}, nil)
				if KindOf(err) != tt.kind {
					t.Errorf("got %v, want %q", err, tt.kind)
				}
			}
			if got := strings.Join(paths, " "); got != tt.paths {
				t.Errorf("got %q, want %q", got, tt.paths)
			}
			if classes, _ := b.seen(); len(classes) != len(paths) {
				t.Errorf("got %d reservations for %d requests", len(classes), len(paths))
			}
		})
	}
}

func TestRecordingsV1QueryIsChecked(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a wrong query was sent") })
	c, _ := newClient(t, s.URL, nil)
	for _, q := range []RecordingsV1Query{
		{}, {BotID: testBot}, {SessionID: testSession}, {BotID: testBot, SessionID: testSession, UserID: "u-1"}, {BotID: testBot, SessionID: "a/b"}, {BotID: testBot, UserID: "a b"},
	} {
		if _, err := c.RecordingsV1(t.Context(), ClassRecordings, q, nil); KindOf(err) != KindBadRequest {
			t.Errorf("%+v: got %v", q, err)
		}
	}
}

// TestRecordingsV1EndsEarly breaks off, each in its way: never without an error.
func TestRecordingsV1EndsEarly(t *testing.T) {
	start := `{"recording":["data:audio/wav;base64,` + strings.Repeat("QUFB", 1000)
	take := func(a InlineAudio) error { _, err := io.Copy(io.Discard, a.Body); return err }
	ignore := func(a InlineAudio) error { io.Copy(io.Discard, a.Body); return nil }
	refuse := func(InlineAudio) error { return io.ErrShortWrite }
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	for _, tt := range []struct {
		name string
		do   func(conn net.Conn)
		each func(InlineAudio) error
		kind Kind
		is   error
	}{
		{"cut by length", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"+start)
		}, take, KindNetwork, io.ErrUnexpectedEOF},
		{"cut by length, each looks away", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"+start)
		}, ignore, KindNetwork, io.ErrUnexpectedEOF},
		{"cut before the audio", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"+start[:40])
		}, take, KindNetwork, io.ErrUnexpectedEOF},
		{"whole, but half a document", func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(start), start)
		}, take, KindMalformed, nil},
		{"too slow", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"+start)
			<-release
		}, take, KindNetwork, nil},
		{"each refuses", func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"+start)
		}, refuse, KindNone, io.ErrShortWrite},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				conn, err := l.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				conn.Read(make([]byte, 4096))
				if tt.name != "too slow" {
					tt.do(conn)
					return
				}
				go tt.do(conn)
				conn.Read(make([]byte, 1)) // until the client is gone
			}()
			c, _ := newClient(t, "http://"+l.Addr().String(), func(c *Config) {
				if tt.name == "too slow" {
					c.Timeout, c.MediaTimeout = 300*time.Millisecond, 300*time.Millisecond
				}
			})
			_, err = c.RecordingsV1(t.Context(), ClassRecordings, RecordingsV1Query{BotID: testBot, SessionID: testSession}, tt.each)
			if err == nil || KindOf(err) != tt.kind || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("got %v, want %q", err, tt.kind)
			}
			c.Close()
			l.Close()
			<-done
		})
	}
}

// TestRecordingsV1BodyIsOverWithItsCall keeps a body from reading into the next.
func TestRecordingsV1BodyIsOverWithItsCall(t *testing.T) {
	var kept io.Reader
	s := newInlineScanner(strings.NewReader(`{"recording":["data:,QUFB","data:,QkJC"]}`), 1000, 1000, func(a InlineAudio) error {
		if a.N == 0 {
			kept = a.Body
			return nil
		}
		if n, err := kept.Read(make([]byte, 9)); n > 0 || err == nil {
			t.Errorf("got %d bytes of a recording that is over, %v", n, err)
		}
		return nil
	})
	if err := s.run(); err != nil || s.n != 2 {
		t.Errorf("got %d, %v", s.n, err)
	}
}

// oracle reads a v1 reply with all of it in memory. ok is false for what is no
// document; bad says that one of its recordings can't be decoded.
func oracle(body []byte) (want []took, bad, ok bool) {
	body = bytes.TrimPrefix(body, byteOrderMark)
	if !json.Valid(body) {
		return nil, false, false
	}
	members := func(raw []byte, do func(key string, v json.RawMessage)) {
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.Token()
		for dec.More() {
			key, _ := dec.Token()
			var v json.RawMessage
			dec.Decode(&v)
			do(key.(string), v)
		}
	}
	var walk func(raw json.RawMessage, inObject bool)
	walk = func(raw json.RawMessage, inObject bool) {
		switch raw[0] {
		case '[':
			var list []json.RawMessage
			json.Unmarshal(raw, &list)
			for _, v := range list {
				walk(v, inObject)
			}
		case '{':
			members(raw, func(_ string, v json.RawMessage) { walk(v, true) })
		case '"':
			inner := string(raw[1:])
			data := strings.HasPrefix(strings.ToLower(strings.TrimLeft(inner, " ")), "data:") && strings.Index(strings.ToLower(inner), "data:")+5 <= minBare
			if !data && (inObject || strings.IndexByte(inner, '"') < minBare) {
				return
			}
			var text string
			json.Unmarshal(raw, &text)
			one, good := oracleText(text)
			if bad = bad || !good; good && one.Body != "" && !bad {
				want = append(want, one)
			}
		}
	}
	if trimmed := bytes.TrimSpace(body); trimmed[0] == '{' {
		members(trimmed, func(key string, v json.RawMessage) {
			if slices.ContainsFunc(callKeys, func(name string) bool { return fold(name) == fold(key) }) {
				walk(v, false)
			}
		})
	}
	return want, bad, true
}

// oracleText decodes one recording.
func oracleText(text string) (took, bool) {
	var one took
	if startsData([]byte(text)) {
		end, quoted := -1, false
		for i, b := range []byte(text) {
			if b == '"' {
				quoted = !quoted
			}
			if b == ',' && !quoted {
				end = i
				break
			}
		}
		if end < 0 || end > maxPrefix {
			return one, false
		}
		one.Type, text = typeInPrefix([]byte(text[:end])), text[end+1:]
	}
	text = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "", "-", "+", "_", "/").Replace(text)
	audio, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	one.Body = string(audio)
	return one, err == nil
}

// judgeScan compares the scanner with the oracle.
func judgeScan(fail func(string, ...any), body []byte) {
	want, bad, ok := oracle(body)
	got, err := scan(bytes.NewReader(body), 1<<20)
	switch {
	case len(body) > maxRest/2:
	case !ok && err == nil:
		// Only lines that are not escaped, within a recording, are let pass.
		mended := bytes.Map(func(r rune) rune {
			if r == '\r' || r == '\n' || r == '\t' {
				return ' '
			}
			return r
		}, body)
		if want, bad, ok = oracle(mended); !ok || bad || cmp.Diff(want, got) != "" {
			fail("%q: got %q though it is no document", body, got)
		}
	case ok && bad && err == nil:
		fail("%q: got %q though a recording is broken", body, got)
	case ok && !bad && len(want) > 0 && (err != nil || cmp.Diff(want, got) != ""):
		fail("%q: got %q, %v, want %q", body, got, err, want)
	case ok && !bad && len(want) == 0 && len(got) > 0:
		fail("%q: got %q, want nothing", body, got)
	case err != nil && KindOf(err) == KindNone:
		fail("%q: an error without a kind: %v", body, err)
	}
}

func FuzzRecordingsV1(f *testing.F) {
	long := strings.Repeat("QUFB", 12)
	for _, body := range []string{
		`{"recording":["data:audio/wav;base64,QUFB"]}`, `{"recording":"` + long + `"}`, `{"recording":["` + long + `QQ==","data:,QQ="],"x":"\"","recordings":[{"a":"data:,QUE"}]}`,
		`{"recording":["data:a;b=\",\",Q\u0055\/\r\nB"]}`, `{"call recording":[[["` + long + `"]]],"recording":{"x":["` + long + `"]}}`, "{\"recording\":[\"data:,QU\nFB\"]}",
		`{"recording":["` + long + `\uD834\uDD1E"]}`, `[{"recording":["` + long + `"]}]`, `{"a":{"recording":["` + long + `"]},"recording":[1,null,true]}`, `{"recording":["data:,` + long,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) { judgeScan(t.Fatalf, body) })
}

// TestRecordingsV1AgainstOracle makes documents of the pieces that matter.
func TestRecordingsV1AgainstOracle(t *testing.T) {
	long := strings.Repeat("QUFB", 12)
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.SampledFrom([]string{
			"{", "}", "[", "]", ",", ":", `"`, `\`, " ", "\n", `"recording":`, `"recordings":`, `"x":`, `"data:audio/wav;base64,QUFB"`, `"data:,QQ=="`, `"data:;x="`,
			`"` + long + `"`, `"` + long + `\/\u002b_-=="`, `"` + long + `*"`, `"` + long, long, `"a"`, "null", "1", `{"recording":["` + long + `"]}`, "\x00", "é",
		})
		body := strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "")
		if rapid.Bool().Draw(t, "wrapped") {
			body = `{"recording":[` + body + `]}`
		}
		judgeScan(t.Fatalf, []byte(body))
	})
}
