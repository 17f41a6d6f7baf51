package ingest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"afterbeep/ingest/enrich/cards"
	"afterbeep/ingest/kore"
	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
	"afterbeep/store/sqlite"

	"github.com/google/go-cmp/cmp"
)

func TestParseRedaction(t *testing.T) {
	for in, want := range map[string]Redaction{"": RedactCards, "cards": RedactCards, "off": RedactOff, "Cards": "", "phones": ""} {
		got, err := ParseRedaction(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", in, got, err, want)
		}
	}
	if _, err := New(Config{Redact: "some"}); err == nil || !strings.Contains(err.Error(), "redaction: want cards or off") {
		t.Errorf("got %v", err)
	}
}

func TestFlattenMasks(t *testing.T) {
	body := `{"status":"success","transcriptions":[{"_id":"4242424242424242","lang":"en","components":[
		{"_id":"a","cT":"text","data":{"text":"my card is four two four two four two four two"}},
		{"_id":"b","cT":"text","data":{"text":"four two four two four two four two expires 12\/27"}},
		{"_id":"c","cT":"text","data":{"text":"call me on 617 555 0123"}}]}]}`
	reply, err := kore.ParseVoicemail([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	flat := Flatten(reply, "")
	want := []string{"my card is [card ending 4242]", "[card ending 4242] expires [expiry]", "call me on 617 555 0123"}
	for i, g := range flat.Segments {
		if g.Text != want[i] {
			t.Errorf("segment %d: got %q, want %q", i, g.Text, want[i])
		}
	}
	again, err := kore.ParseVoicemail(flat.Payload)
	if err != nil || !flat.Redacted {
		t.Fatalf("redacted: %v, %v", flat.Redacted, err)
	}
	reflat := Flatten(again, RedactCards)
	if diff := cmp.Diff(flat.Segments, reflat.Segments); diff != "" {
		t.Errorf("the payload says something else: -want +got\n%s", diff)
	}
	if reflat.Redacted || !bytes.Equal(reflat.Payload, flat.Payload) {
		t.Errorf("masking again changed the payload to %s", reflat.Payload)
	}
	if off := Flatten(reply, RedactOff); off.Redacted || off.Segments[0].Text != reply.Transcriptions[0].Components[0].Text || !bytes.Equal(off.Payload, []byte(body)) {
		t.Errorf("off: got %+v", off)
	}
}

// Marks within a card hide it neither in a segment nor in the payload.
func TestFlattenMasksMarkup(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"bold", "it is <b>4242</b> 4242 4242 4242, thanks", "it is <b>[card ending 4242]</b> [card ending 4242], thanks"},
		{"speech", `<speak>my card <say-as interpret-as="digits">4242</say-as> <break time="200ms"/> 4242 4242 4242</speak>`, "my card [card ending 4242]"},
		{"characters", "it is 4242&nbsp;4242&nbsp;4242&#160;4242, thanks", "it is [card ending 4242], thanks"},
		{"no card", "<b>617</b> 555 0123", "<b>617</b> 555 0123"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := fmt.Sprintf(`{"status":"success","transcriptions":[{"_id":"a","lang":"en","components":[{"_id":"b","cT":"text","data":{"text":%q}}]}]}`, tt.text)
			reply, err := kore.ParseVoicemail([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			flat := Flatten(reply, RedactCards)
			if got := flat.Segments[0].Text; got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			again, err := kore.ParseVoicemail(flat.Payload)
			if err != nil {
				t.Fatal(err)
			}
			if got := again.Transcriptions[0].Components[0].Text; got != tt.want {
				t.Errorf("payload: got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestMaskPayload(t *testing.T) {
	for _, tt := range []struct {
		name, body, want string
		said             map[string]string
	}{
		{"nothing to mask", `{ "b":1,"a":"hello \u00e9" ,"b":[true,null,-1.5e3]}`, `{ "b":1,"a":"hello \u00e9" ,"b":[true,null,-1.5e3]}`, nil},
		{"what was said, and the same elsewhere", `{"z":"four two","a":{"other":["four two","no"]}}`, `{"z":"[x]","a":{"other":["[x]","no"]}}`, map[string]string{"four two": "[x]"}},
		{"within another text", `{"summary":"he said: four two four two, and rang off"}`, `{"summary":"he said: [x], and rang off"}`, map[string]string{"four two four two": "[x]"}},
		{"a card under an unknown key", `{"note":"4242 4242 4242 4242","n":[4242424242424242,17]}`, `{"note":"[card ending 4242]","n":["[card ending 4242]",17]}`, nil},
		{"a number that is read as a text", `{"data":{"text":42}}`, `{"data":{"text":"[x]"}}`, map[string]string{"42": "[x]"}},
		{"escapes", `{"note":"\u0034242\u00204242 4242 4242\u0021 \"\/"}`, `{"note":"[card ending 4242]! \"/"}`, nil},
		{"NUL", `{"note":"4242 4242\u0000 4242 4242"}`, `{"note":"[card ending 4242]"}`, nil},
		{"a word each", `{"words":[{"w":"4242","t":1},{"w":"4242","t":2},{"w":"4242","t":3},{"w":"4242","t":4}]}`,
			`{"words":[{"w":"[card ending 4242]","t":1},{"w":"[card ending 4242]","t":2},{"w":"[card ending 4242]","t":3},{"w":"[card ending 4242]","t":4}]}`, nil},
		{"ids and times", `{"_id":"4242424242424242","sessionId":4242424242424242,"createdOn":"2025-02-11T13:57:42.032Z","__lModifiedOn__":1739282262032,"timestamp":"4242 4242 4242 4"}`,
			`{"_id":"4242424242424242","sessionId":4242424242424242,"createdOn":"2025-02-11T13:57:42.032Z","__lModifiedOn__":1739282262032,"timestamp":"4242 4242 4242 4"}`, nil},
		{"no times", `{"createdOn":"4242 4242 4242 4242","timestamp":4242424242424242}`, `{"createdOn":"[card ending 4242]","timestamp":"[card ending 4242]"}`, nil},
		{"links and names", `{"fileUrl":"https://h/4242424242424242.wav","fileName":"4242_4242_4242_4242.wav","a":["https://h/v/4242%204242%204242%204242.wav?x=1"]}`,
			`{"fileUrl":"https://h/[card ending 4242].wav","fileName":"[card ending 4242].wav","a":["https://h/v/%5Bcard%20ending%204242%5D.wav?x=1"]}`, nil},
		{"queries and fragments of links", `["https://h/v?a=1&card=4242%204242+4242%204242&b=x%20y","https://h/v#4242%204242%204242%204242"]`,
			`["https://h/v?a=1&card=%5Bcard+ending+4242%5D&b=x%20y","https://h/v#%5Bcard%20ending%204242%5D"]`, nil},
		{"markup", `["<b>4242</b> 4242 <i>4242</i> 4242, <u>please</u>","<b>617</b> 555 0123"]`, `["<b>[card ending 4242]</b> [card ending 4242], <u>please</u>","<b>617</b> 555 0123"]`, nil},
		{"characters written as HTML", `["4242&nbsp;4242&#160;4242&amp;nbsp;&#52;242, please","617&nbsp;555&nbsp;0123"]`, `["[card ending 4242], please","617&nbsp;555&nbsp;0123"]`, nil},
		{"a list of numbers", `{"card":[4242,4242, 4242,4242],"digits":[4,2,4,2,4,2,4,2,4,2,4,2,4,2,4,2]}`,
			`{"card":["[card ending 4242]","[card ending 4242]", "[card ending 4242]","[card ending 4242]"],"digits":[` + strings.Repeat(`"[card ending 4242]",`, 15) + `"[card ending 4242]"]}`, nil},
		{"lists of other numbers", `{"phone":[617,555,123],"phones":[6175550123,4155550132],"peaks":[4,2,4,2,4,2,4,2,4,2,4,2,4,2,4,2,7,9,1,3],"minus":[-4242,4242,4242,4243]}`,
			`{"phone":[617,555,123],"phones":[6175550123,4155550132],"peaks":[4,2,4,2,4,2,4,2,4,2,4,2,4,2,4,2,7,9,1,3],"minus":[-4242,4242,4242,4243]}`, nil},
		{"a list of texts", `{"card":["4242","4242","4242","4242"],"phone":["617","555","0123"]}`,
			`{"card":["[card ending 4242]","[card ending 4242]","[card ending 4242]","[card ending 4242]"],"phone":["617","555","0123"]}`, nil},
		{"keys", `{"4242 4242 4242 4242":{"4242424242424242":1}}`, `{"[card ending 4242]":{"[card ending 4242]":1}}`, nil},
		{"the author's id and those of others", `{"author":{"id":"4242424242424242"},"customerId":"4242424242424242"}`, `{"author":{"id":"[card ending 4242]"},"customerId":"[card ending 4242]"}`, nil},
		{"numbers of other forms", `[4242424242424242.0,4.242424242424242e15,-4242424242424242,1e999999999,0.1e1]`,
			`["[card ending 4242]","[card ending 4242]","[card ending 4242]",1e999999999,0.1e1]`, nil},
		{"words that end like ids", `{"said":"4242424242424242","paid":"4242424242424242"}`, `{"said":"[card ending 4242]","paid":"[card ending 4242]"}`, nil},
		{"half a document", `{"a":"4242424242424242","b":"4242`, `{"a":"[card ending 4242]","b":"4242`, nil},
		{"closed too often", `]}"4242424242424242"`, `]}"[card ending 4242]"`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := string(maskPayload([]byte(tt.body), tt.said, "en"))
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if again := string(maskPayload([]byte(got), tt.said, "en")); again != got {
				t.Errorf("again %s", again)
			}
		})
	}
}

// Masks of texts that begin alike come out the same every time: the longest is
// looked for first.
func TestMaskPayloadTakesTheLongest(t *testing.T) {
	said := map[string]string{}
	for n := longEnough; n < longEnough+8; n++ {
		said[strings.Repeat("four ", 8)[:n]] = fmt.Sprintf("[%d]", n)
	}
	for range 50 { // the order of a map changes
		got := string(maskPayload([]byte(`{"a":"he said four four four four"}`), said, ""))
		if want := `{"a":"he said [19]"}`; got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
}

// A text of a megabyte that nearly repeats a masked one is looked through in time.
// It takes milliseconds; what grows with both lengths takes minutes.
func TestMaskPayloadOfRepeats(t *testing.T) {
	said := map[string]string{"b" + strings.Repeat("a", 1<<18): "[x]"}
	body := `{"note":"` + strings.Repeat("a", 1<<20) + `"}`
	begin := time.Now()
	if got := string(maskPayload([]byte(body), said, "en")); got != body {
		t.Errorf("changed to %d bytes", len(got))
	}
	if took := time.Since(begin); took > time.Minute {
		t.Errorf("took %v", took)
	}
}

// What is not read holds no card: the short way finds what the long one does.
func TestMaskAlone(t *testing.T) {
	for _, text := range []string{
		"", "u-67aab0a1b2c3d4e5f6071829", "https://h.example/67aab0a1b2c3d4e5f6071829/voicemail_1739282262.wav?x=17", "+16175550123", "4242",
		"4242424242424242", "x_4242424242424242", "4242-4242-4242-4242.wav", "4242_4242_4242_4242", "4242,4242;4242.4242", "sip:4242424242424242@h",
		"four two four two four two four two four two four two four two four two", "４２４２４２４２４２４２４２４２", "a4242424242424242b", "378282246310005", "30569309025904",
	} {
		if got, want := maskAlone(text), cards.MaskText(text, ""); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestMaskSession(t *testing.T) {
	for said, want := range map[string]string{
		"+16175550123": "+16175550123", "6175550123": "6175550123", "+442079460958": "+442079460958", "anonymous": "anonymous", "": "",
		"sip:1002@pbx.example": "sip:1002@pbx.example", "5425301661318608": "[card ending 8608]", "sip:5425301661318608@pbx": "sip:[card ending 8608]@pbx",
	} {
		of := func(text string) store.Session {
			return store.Session{BotID: "b", SessionID: "5425301661318608", Caller: text, Called: text, QueueID: text, QueueName: text, Direction: text,
				Channel: text, FinalStatus: text, ConversationID: text, Agents: []store.Agent{{ID: text, Status: text}}}
		}
		masked, off := RedactCards.session(of(said), "US"), RedactOff.session(of(said), "US")
		phone := strings.Contains(said, "617555") || strings.HasPrefix(said, "+")
		if masked.CallerE164 != masked.CalledE164 || (masked.CallerE164 != "") != phone {
			t.Errorf("%q is read as the numbers %q and %q", said, masked.CallerE164, masked.CalledE164)
		}
		masked.CallerE164, masked.CalledE164, off.CallerE164, off.CalledE164 = "", "", "", ""
		if diff := cmp.Diff(of(want), masked); diff != "" {
			t.Errorf("%q: -want +got\n%s", said, diff)
		}
		if diff := cmp.Diff(of(said), off); diff != "" {
			t.Errorf("%q off: -want +got\n%s", said, diff)
		}
	}
}

// FuzzMaskPayload holds for any bytes: a document stays one, and a second time
// changes nothing.
func FuzzMaskPayload(f *testing.F) {
	f.Add([]byte(`{"a":["4242 4242 4242 4242",{"b":4242424242424242}],"text":"x\u0000y"}`), "4242 4242")
	f.Add([]byte(`]}{"a`), "")
	f.Fuzz(func(t *testing.T, body []byte, said string) {
		masks := map[string]string{}
		if len(said) > 3 && !strings.Contains("[x]", said) {
			masks[said] = "[x]"
		}
		got := maskPayload(body, masks, "")
		if json.Valid(body) && !json.Valid(got) {
			t.Errorf("%q became %q", body, got)
		}
	})
}

// spokenCard is a transcript of the labelled set.
type spokenCard struct {
	Lang, Text string
	Secret     []string
	Phones     []string
}

func spokenCards(t *testing.T) []spokenCard {
	t.Helper()
	file, err := os.Open("../testdata/cards/cards.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []spokenCard
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var c spokenCard
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if len(c.Secret) > 0 {
			all = append(all, c)
		}
	}
	return all
}

// reply is one that says the text, each line a component, and says it again in
// places that nobody knows of.
func (c spokenCard) reply(t *testing.T) []byte {
	t.Helper()
	var components []map[string]any
	for i, line := range strings.Split(c.Text, "\n") {
		components = append(components, map[string]any{"_id": fmt.Sprint("c", i), "cT": "text", "data": map[string]any{"text": line}})
	}
	body, err := json.Marshal(map[string]any{
		"status": "success", "voicemail recording": []any{},
		"transcriptions": []any{map[string]any{"_id": "m", "lang": c.Lang, "components": components, "whole": c.Text, "tokens": strings.Fields(c.Text)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

var (
	writtenRun = regexp.MustCompile(`[0-9][0-9 -]{10,}[0-9]`)
	notDigits  = regexp.MustCompile(`[^0-9]+`)
)

// leaks lists what of a card's text is in data, which is anything: its first
// line, which holds the card or its beginning, and its digits.
func (c spokenCard) leaks(data []byte) []string {
	var found []string
	if line, _, _ := strings.Cut(c.Text, "\n"); bytes.Contains(data, []byte(line)) {
		found = append(found, line)
	}
	for _, run := range writtenRun.FindAllString(c.Text, -1) {
		for _, secret := range c.Secret {
			if len(secret) >= 13 && notDigits.ReplaceAllString(run, "") == secret && bytes.Contains(data, []byte(run)) {
				found = append(found, run)
			}
		}
	}
	for _, secret := range c.Secret {
		if len(secret) >= 13 && bytes.Contains(data, []byte(secret)) {
			found = append(found, secret)
		}
	}
	return found
}

// imported puts the texts into a store.
func imported(t *testing.T, s ImportStore, all []spokenCard, as Redaction) {
	t.Helper()
	var lines bytes.Buffer
	for i, one := range all {
		fmt.Fprintf(&lines, `{"botId":"st-1","sessionId":"s%d","response":%s}`+"\n", i, one.reply(t))
	}
	if got, err := Import(t.Context(), s, &lines, ImportOptions{Redact: as}); err != nil || got.Replies != len(all) {
		t.Fatalf("got %+v, %v", got, err)
	}
}

// written is every byte of the files in a folder, and the payloads of the
// imported texts as they were before they were compressed.
func written(t *testing.T, dir string, s *sqlite.Store, texts int) (files, payloads []byte) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) < 2 {
		t.Fatalf("got %v, %v", names, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, data...)
	}
	for i := range texts {
		payload, err := s.Payload(t.Context(), store.AllBots(), store.VoicemailID("st-1", fmt.Sprintf("s%d", i)))
		if err != nil {
			t.Fatal(err)
		}
		payloads = append(payloads, payload...)
	}
	return files, payloads
}

// TestNoCardReachesTheStore records the labelled set and looks for its cards in
// every byte of the database.
func TestNoCardReachesTheStore(t *testing.T) {
	all := spokenCards(t)
	dir := t.TempDir()
	s := openStore(t, filepath.Join(dir, "a.db"), time.Now)
	imported(t, s, all, RedactCards)
	files, payloads := written(t, dir, s, len(all))
	for i, one := range all {
		if leaks := append(one.leaks(files), one.leaks(payloads)...); len(leaks) > 0 {
			t.Errorf("the database holds %q", leaks)
		}
		v, err := s.Voicemail(t.Context(), store.AllBots(), store.VoicemailID("st-1", fmt.Sprintf("s%d", i)))
		if err != nil {
			t.Fatal(err)
		}
		for _, phone := range one.Phones {
			if strings.Contains(one.Text, phone) && !strings.Contains(v.Text, phone) {
				t.Errorf("the phone number %s is lost: %q", phone, v.Text)
			}
		}
	}

	// The same search finds them where nothing is masked.
	dir = t.TempDir()
	s = openStore(t, filepath.Join(dir, "a.db"), time.Now)
	imported(t, s, all[:20], RedactOff)
	files, payloads = written(t, dir, s, 20)
	for _, one := range all[:20] {
		if len(one.leaks(files)) == 0 || len(one.leaks(payloads)) == 0 {
			t.Errorf("not found where it is: %q", one.Text)
		}
	}
}

// What is fetched is masked too, and what is told of a reply that can't be read.
func TestNoCardIsFetched(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 1, Other: 1})
	one := spokenCards(t)[0]
	live, dead := w.sim.Add(koresim.NewVoicemail{}), w.sim.Add(koresim.NewVoicemail{})
	w.sim.SetReply(live.SessionID, one.reply(t))
	w.sim.SetReply(dead.SessionID, []byte(`{"errors": "card" 4242424242424242 four two four two four two four two four two four two four two four two`))
	if _, err := w.ingester().Pass(t.Context(), PassOptions{}); err != nil {
		t.Fatal(err)
	}
	if v := w.stored()[live.SessionID]; !strings.Contains(v.Text, "[card ending "+one.Secret[0][len(one.Secret[0])-4:]+"]") {
		t.Errorf("got %q", v.Text)
	}
	unread, err := w.store.Session(t.Context(), store.AllBots(), dead.SessionID)
	if err != nil || unread.Excerpt == "" {
		t.Fatalf("no excerpt of the unreadable reply: %+v, %v", unread, err)
	}
	if told := unread.Excerpt + unread.Reason; strings.Contains(told, "4242") || strings.Contains(told, "four two") {
		t.Errorf("the reply is told as %q", told)
	}
}

// Reasons and excerpts hold no card, however the error came to hold one.
func TestSettleMasks(t *testing.T) {
	const spoken = "four two four two four two four two four two four two four two four two"
	err := &kore.Error{Op: "voicemail", Kind: kore.KindMalformed, Msg: "at " + spoken, Excerpt: "{" + spoken + "}"}
	got := settle(answer{err: err, now: time.Now()})
	if want := "{[card ending 4242]}"; got.Excerpt != want || strings.Contains(got.Reason, "four") {
		t.Errorf("got %q for %q, want %q", got.Excerpt, got.Reason, want)
	}
	err.Kind = kore.KindServer
	if got := settle(answer{err: err, now: time.Now()}); strings.Contains(got.Reason, "four") {
		t.Errorf("got the reason %q", got.Reason)
	}
}

// A card that is complete only with a later reply is masked in what was stored
// of an earlier one, and so is what an older program stored.
func TestMaskingReachesBack(t *testing.T) {
	half := `{"_id":"a","cT":"text","data":{"text":"my card is 4242 4242"}}`
	rest := `{"_id":"b","cT":"text","data":{"text":"4242 4242 thanks"}}`
	reply := func(components string) string {
		return `{"botId":"st-1","sessionId":"s","response":{"status":"success","transcriptions":[{"_id":"m","lang":"en","createdOn":"2025-02-11T13:57:42Z","components":[` + components + `]}]}}`
	}
	const masked = "my card is [card ending 4242]\n[card ending 4242] thanks"
	for _, tt := range []struct {
		name  string
		first string
		as    Redaction
	}{{"half of it before", half, RedactCards}, {"stored as it was", half + "," + rest, RedactOff}} {
		t.Run(tt.name, func(t *testing.T) {
			s := openStore(t, filepath.Join(t.TempDir(), "a.db"), time.Now)
			for _, step := range []struct {
				components string
				as         Redaction
			}{{tt.first, tt.as}, {half + "," + rest, RedactCards}} {
				if _, err := Import(t.Context(), s, strings.NewReader(reply(step.components)), ImportOptions{Redact: step.as}); err != nil {
					t.Fatal(err)
				}
			}
			id := store.VoicemailID("st-1", "s")
			v, err := s.Voicemail(t.Context(), store.AllBots(), id)
			if err != nil || v.Text != masked {
				t.Errorf("got %q, %v, want %q", v.Text, err, masked)
			}
			payload, err := s.Payload(t.Context(), store.AllBots(), id)
			if err != nil || bytes.Contains(payload, []byte("4242 4242")) {
				t.Errorf("the payload is %s, %v", payload, err)
			}
		})
	}
}

// A file with a card for a name is masked, keeps its place when it was stored
// before that, and is found by its masked name.
func TestMaskedFileNames(t *testing.T) {
	const reply = `{"status":"success","voicemail recording":[{"fileName":"4242424242424242.wav","fileUrl":"https://h/1"},
		{"fileName":"4000 0566 5569 4242.wav","fileUrl":"https://h/2"},{"fileUrl":"https://h/4242%204242%204242%204242.wav?x=3"},{"fileName":"b.wav","fileUrl":"https://h/4"}]}`
	parsed, err := kore.ParseVoicemail([]byte(reply))
	if err != nil {
		t.Fatal(err)
	}
	for name, as := range map[string][]Redaction{"new": {RedactCards}, "stored before": {RedactOff, RedactCards}, "and switched off": {RedactCards, RedactOff}} {
		t.Run(name, func(t *testing.T) {
			s := openStore(t, filepath.Join(t.TempDir(), "a.db"), time.Now)
			for _, redact := range as {
				line := `{"botId":"st-1","sessionId":"s","response":` + reply + `}`
				if _, err := Import(t.Context(), s, strings.NewReader(line), ImportOptions{Redact: redact}); err != nil {
					t.Fatal(err)
				}
			}
			v, err := s.Voicemail(t.Context(), store.AllBots(), store.VoicemailID("st-1", "s"))
			if err != nil {
				t.Fatal(err)
			}
			want := []string{"[card ending 4242].wav", "[card ending 4242].wav", "[card ending 4242].wav", "b.wav"}
			if as[len(as)-1] == RedactOff {
				want = []string{"4242424242424242.wav", "4000 0566 5569 4242.wav", "4242 4242 4242 4242.wav", "b.wav"}
			}
			var got []string
			for i, r := range v.Recordings {
				got = append(got, r.FileName)
				place, _, _ := placeOf(v, r.N)
				if f, ok := fileAt(place, parsed.Files); !ok || f != parsed.Files[i] || r.N != i || r.Status != store.RecordingSuccess {
					t.Errorf("recording %d of status %s is the file %q", r.N, r.Status, f.URL)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("names: -want +got\n%s", diff)
			}
			payload, err := s.Payload(t.Context(), store.AllBots(), v.ID)
			if err != nil || as[len(as)-1] == RedactCards && bytes.Contains(payload, []byte("4242424")) {
				t.Errorf("the payload is %s, %v", payload, err)
			}
		})
	}
}
