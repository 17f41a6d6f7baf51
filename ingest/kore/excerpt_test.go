package kore

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestBodyExcerptShows holds what must stay readable, for whoever looks into it.
func TestBodyExcerptShows(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"nothing", "", ""},
		{"structure", `{"status":"success","voicemail recording":[{"fileName":"a.wav"}],`, `{"status":"success","voicemail recording":[{"fileName":"a.wav"}],`},
		{"statuses", `{"status":"media_unavailable_sho","x":"partial_download_failed"}`, `{"status":"media_unavailable_sho","x":"partial_download_failed"}`},
		{"numbers", `[1,12,123,-4.5e9,true,null]`, `[1,12,#,#,true,null]`},
		{"a short sentence of the upstream's", `{"errors":[{"msg":"Please try again","code":4002}]`, `{"errors":[{"msg":"Please try again","code":#}]`},
		{"a long text", `{"note":"` + strings.Repeat("é", 30) + `"}`, `{"note":"[30 characters]"}`},
		{"under data", `{"data":[{"a":"b","c":{"d":"e","f":5}}],"g":"h"}`, `{"data":[{"a":"[1 characters]","c":{"d":"[1 characters]","f":5}}],"g":"h"}`},
		{"under text", `{"text":"Hi"}`, `{"text":"[2 characters]"}`},
		{"after what is no JSON", `{"status":"ok",oops,"next":"word"}`, `{"status":"ok",[4 characters],"[4 characters]":"[4 characters]"}`},
		{"cut short", `{"status":"succ`, `{"status":"[4 characters]"`},
		{"control characters", "{\n\t\"a\x00b\":\x1b", `{\n\t"[3 characters]":[1 characters]`},
		{"invalid UTF-8", "{\"a\":\"b\xffc\",\"d\":1}" + strings.Repeat(" ", 9), `{"a":"b` + "\ufffd" + `c","d":1}         `},
		{"a page", "<html><head><title>502 Bad Gateway</title></head>\r\n<body>a short text<p>Please call our hot line, we are here for you</p>", `<html><head><title># Bad Gateway</title></head>\r\n<body>[12 characters]<p>[45 characters]</p>`},
		{"plain text", "upstream connect error\x1b[0m or reset", `upstream connect error\u001b[0m or reset`},
		{"plain text with a quotation", `unknown "thing"`, `unknown [7 characters]`},
		{"plain, not UTF-8", "no route " + "\xff" + " to the host", `no route \xff to the host`},
		{"compressed", "\x1f\x8b\x08\x00\x00\x00\xff\xfe\xfd", "[no text, begins 1f8b0800]"},
		{"of another width", "{\x00\"\x00t\x00e\x00x\x00t\x00", "[no text, begins 7b002200]"},
	} {
		if got := bodyExcerpt([]byte(tt.body)); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// hostile are replies full of what must not be seen, in the forms in which the
// upstream sends it, whole.
func hostile(token string) []string {
	const link = `https://agentassist-az.korebots.com/api/getMediaStream/smartassistrecording/UAT/o-1/f-9.wav?e=1739359482&n=3757551799&s=InpqMWpnVzRk+/ek09Ig$$`
	escaped := strings.ReplaceAll(strings.ReplaceAll(link, "/", `\/`), "&", `\u0026`)
	said := `Hello it's marmalade Quixote, my \"zeppelin\" \n number is 415 555 0123, call \u006darmalade back`
	return []string{
		`{"status":"success","voicemail recording":[{"fileName":"voicemail_67aa38026e199c8f470e0001.wav","fileUrl":"` + link + `"}],"transcriptions":[{"_id":"ms-1","components":[{"cT":"text","data":{"text":"` + said + `"}}],"auth":"` + token + `"}]}`,
		`{"transcriptions":["` + said + `"],"recording":["` + escaped + `"],"auth":"` + token + `"}`,
		`{"data":[{"sessionId":"68db8194aaaaaaaaaaaaaaaa","metaInfo":{"caller":"+14155550123","callee":4155550123},"customerinfo":{"name":"Quixote"},"userleveltags":[{"name":"who","value":"Quixote"}],"summary":"` + said + `"}]}`,
		`{"utterance":"` + said + `","to":"tel:+14155550123","sip":"sip:4155550123@h","mail":"quixote@example.com","n":4155550123,"f":4.155550123e9}`,
		`["` + token + `","` + link + `","` + base64.StdEncoding.EncodeToString([]byte(said)) + `","0 4 1 5 5 5 5 0 1 2 3","４１５５５５０１２３"]`,
		`<html><body><text>` + said + `</text><a href="` + link + `">x</a><script>var x={"text":"` + said + `"}</script>auth: ` + token,
		`auth: ` + token + "\nlocation: " + link + "\ncaller 4155550123 called",
		`{'text': '` + said + `', 'auth': '` + token + `'}`,
	}
}

// secretsOf are parts of hostile replies of which none may be seen.
func secretsOf(token string) []string {
	parts := strings.Split(token, ".")
	return append([]string{
		"marmalade", "zeppelin", "Quixote", "quixote", "getMediaStream", "1739359482", "3757551799", "InpqMW", "ek09Ig", "415", "0123", "４１５", "67aa3802", "68db8194",
		token[:20], parts[1][:12], parts[2][:12], parts[2][20:],
	}, base64.StdEncoding.EncodeToString([]byte("Hello it's marmalade"))[:12])
}

func hostileToken(t *testing.T) string {
	t.Helper()
	c, _ := newClient(t, "http://127.0.0.1:1", nil)
	token, err := c.mint()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// TestBodyExcerptHides breaks hostile replies in every way that one byte can
// break them, and finds nothing of theirs in the excerpt.
func TestBodyExcerptHides(t *testing.T) {
	token := hostileToken(t)
	secrets := secretsOf(token)
	odd := []string{`\`, "{", "\xff", ",", "\u200b", "}", ":", "]"}
	lengths := regexp.MustCompile(`\[\d+ characters\]`)
	check := func(body string) {
		t.Helper()
		got := lengths.ReplaceAllString(bodyExcerpt([]byte(body)), "[]")
		for _, s := range secrets {
			if strings.Contains(got, s) {
				t.Fatalf("%q is left in\n%s\nof\n%s", s, got, body)
			}
		}
	}
	for n, body := range hostile(token) {
		check(body)
		for i := n % 2; i < len(body); i += 2 { // every other place: each is as good as the next
			check(body[:i])
			if looksJSON.MatchString(body) && body[0] != '<' {
				check(body[i:])
			}
			check(body[:i] + body[i+1:])
			for _, b := range []string{`"`, odd[i%len(odd)]} {
				check(body[:i] + b + body[i:])
			}
		}
		check(strings.Repeat(" ", excerptWindow-len(body)/2) + body)
	}
}

// TestBodyExcerptIsPrintable takes any bytes.
func TestBodyExcerptIsPrintable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.OneOf(
			rapid.StringMatching(`[\[\]{}",:\\<>a-z0-9 ]{0,9}`), rapid.String(),
			rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 5), func(b []byte) string { return string(b) }),
		)).Draw(t, "pieces")
		got := bodyExcerpt([]byte(strings.Join(pieces, "")))
		if len(got) > maxBodyExcerpt || !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("%d bytes: %q", len(got), got)
		}
	})
}

// TestExcerptIsNoPartOfTheError keeps the excerpt out of logs.
func TestExcerptIsNoPartOfTheError(t *testing.T) {
	e := &Error{Op: opVoicemail, Kind: KindMalformed, Msg: "not JSON", Excerpt: "EXCERPT"}
	for _, verb := range []string{"%v", "%s", "%q", "%+v"} {
		if text := fmt.Sprintf(verb, e); strings.Contains(text, "EXCERPT") {
			t.Errorf("%s prints %s", verb, text)
		}
	}
}
