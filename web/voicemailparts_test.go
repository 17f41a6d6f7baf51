package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"afterbeep/index"
	"afterbeep/store"
)

func TestMatchesAreSteppedThrough(t *testing.T) {
	b := newBench(t)
	parts := append(said("Please call. Call again."), said("A call, please.")...)
	parts[1].ComponentID = "c2"
	id := b.archive(message{bot: "st-a", session: "s1", left: noon, segments: parts})[0]
	ada := b.person("ada", store.RoleAgent, "st-a")
	doc := b.get(voicemailPath(id)+"?q=call", ada).doc(t)
	for i, mark := range all(doc, "mark") {
		if want := fmt.Sprintf("match-%d", i+1); attr(mark, "id") != want {
			t.Errorf("got mark %q, want %q", attr(mark, "id"), want)
		}
	}
	nav := all(doc, "nav", "class=marks")
	if len(nav) != 1 || !strings.HasPrefix(text(nav[0]), "3 matches 1 2 3") || len(all(nav[0], "a", "href=#match-3")) != 1 {
		t.Errorf("got %q", text(nav...))
	}
	if nav := all(b.get(voicemailPath(id), ada).doc(t), "nav", "class=marks"); len(nav) != 0 {
		t.Error("without a search there are matches")
	}
}

func TestNumbersAreActions(t *testing.T) {
	b := newBench(t)
	id := b.archive(message{bot: "st-a", session: "s1", caller: "+14155550123", left: noon,
		segments: said("It is <b> four one five, five five five, oh one nine nine. Order 98231, at 10:30. Or call 415 555 0123, I say 415-555-0199!")})[0]
	doc := b.get(voicemailPath(id)+"?q=five", b.person("ada", store.RoleAgent, "st-a")).doc(t)
	var got []string
	for _, list := range all(doc, "ul", "class=numbers") {
		for _, row := range all(list, "li") {
			call := ""
			for _, a := range all(row, "a", "class=button quiet") {
				call += attr(a, "href") + " "
			}
			copies := all(row, "button", "type=button")
			if len(copies) != 1 {
				t.Fatalf("got %d buttons that copy", len(copies))
			}
			got = append(got, attr(row, "id")+" "+text(all(row, "bdi")...)+" "+attr(copies[0], "data-copy")+" "+strings.TrimSpace(call))
		}
	}
	want := []string{
		"number-1 +1 415-555-0123 +14155550123 tel:+14155550123 /?q=from%3A%2B14155550123",
		"number-2 +1 415-555-0199 +14155550199 tel:+14155550199 /?q=%2B14155550199",
		"number-3 98231 98231 /?q=98231",
		"number-4 +1 415-555-0123 +14155550123 tel:+14155550123 /?q=%2B14155550123",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	words := all(doc, "p", "class=said")
	if !strings.Contains(text(words[0]), "It is <b> ") {
		t.Errorf("got %q", text(words...))
	}
	var links []string
	for _, a := range all(words[0], "a", "class=number") {
		links = append(links, attr(a, "href")+" "+text(a))
	}
	if d := cmp.Diff([]string{"#number-2 four one five , five five five , oh one nine nine", "#number-3 98231", "#number-4 415 555 0123", "#number-2 415-555-0199"}, links); d != "" {
		t.Errorf("links (-want +got):\n%s", d)
	}
	if marks := all(words[0], "mark"); text(marks...) != "five five five five" {
		t.Errorf("got marks %q", text(marks...))
	}
}

func TestNumbersByAPI(t *testing.T) {
	b := newBench(t)
	id := b.archive(message{bot: "st-a", session: "s1", caller: "+493012345678", left: noon,
		segments: []store.Segment{{MessageID: "m", ComponentID: "c", Text: "null eins sieben eins zwei drei vier fünf sechs sieben acht. Der Auftrag ist 44712.", Lang: "de"}}})[0]
	var one VoicemailAnswer
	if err := json.Unmarshal([]byte(b.get("/api/v1"+voicemailPath(id), b.person("ada", store.RoleAgent, "st-a")).body), &one); err != nil {
		t.Fatal(err)
	}
	want := []FoundNumber{
		{E164: "+491712345678", Said: "null eins sieben eins zwei drei vier fünf sechs sieben acht", Digits: "01712345678", Kind: "phone"},
		{Said: "44712", Digits: "44712", Kind: "other"},
	}
	if d := cmp.Diff(want, one.Numbers); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestOwnNumber(t *testing.T) {
	for _, c := range []struct {
		name, caller, called string
		want                 bool
	}{
		{"a number", "+14155550123", "+18005550100", true},
		{"a mobile elsewhere", "+491712345678", "", true},
		{"a mobile of a range that lists may not know", "+972501234567", "", true},
		{"nobody", "", "", false},
		{"withheld, in words", "anonymous", "", false},
		{"withheld, spelled in digits", "+266696687", "", false},
		{"not written in full", "4155550123", "", false},
		{"an extension", "1234", "", false},
		{"no number", "+1999", "", false},
		{"of a service that many call from", "+18005550199", "", false},
		{"the number that was called", "+14155550123", "+14155550123", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ownNumber(c.caller, c.called); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestCallersOtherMessages(t *testing.T) {
	const caller = "+14155550123"
	b := newBench(t)
	var ms []message
	for i := range 20 {
		ms = append(ms, message{bot: "st-a", session: fmt.Sprint("s", i), caller: caller, left: noon.Add(-time.Duration(i) * time.Hour),
			segments: said(fmt.Sprint("message of hour ", i)), length: 12 * time.Second})
	}
	ms = append(ms, message{bot: "st-b", session: "secret", caller: caller, left: noon, segments: said("of another bot")},
		message{bot: "st-a", session: "withheld1", caller: "anonymous", left: noon, segments: said("who am I")},
		message{bot: "st-a", session: "withheld2", caller: "anonymous", left: noon, segments: said("who am I")})
	ids := b.archive(ms...)
	ada := b.person("ada", store.RoleAgent, "st-a")
	doc := b.get(voicemailPath(ids[10])+"?tz=Asia/Tokyo&q=message", ada).doc(t)
	list := all(doc, "ol", "class=caller-messages")
	if len(list) != 1 {
		t.Fatal("there is no list")
	}
	var got []string
	for _, row := range all(list[0], "li") {
		href := "this"
		if a := all(row, "a"); len(a) == 1 {
			href = attr(a[0], "href")
		}
		got = append(got, href)
	}
	var want []string
	for i := 7; i <= 13; i++ {
		want = append(want, voicemailPath(ids[i])+"?tz=Asia%2FTokyo")
	}
	want[3] = "this"
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	page := text(doc)
	for _, words := range []string{"20 messages from this number", "message of hour 7", "All 20 messages", "0:12"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if strings.Contains(page, "of another bot") {
		t.Error("it tells of another bot's message")
	}
	if n := len(all(doc, "circle")); n != 20 {
		t.Errorf("got %d dots", n)
	}
	if doc := b.get(voicemailPath(ids[21]), ada).doc(t); len(all(doc, "ol", "class=caller-messages")) != 0 || strings.Contains(text(doc), "This caller") {
		t.Error("those who withhold their number are taken for one")
	}
	var one VoicemailAnswer
	if err := json.Unmarshal([]byte(b.get("/api/v1"+voicemailPath(ids[10]), ada).body), &one); err != nil {
		t.Fatal(err)
	}
	if one.CallerMessages.Total != 19 || len(one.CallerMessages.Messages) != 19 || one.CallerMessages.Messages[0].ID != ids[0] {
		t.Errorf("got %d of %d", len(one.CallerMessages.Messages), one.CallerMessages.Total)
	}
}

func TestWhoHeardIt(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Player, c.Ingest = &tape{}, running("st-a") })
	id := b.archive(message{bot: "st-a", session: "s1", left: noon, segments: said("hello"), recordings: wav()})[0]
	ada, bob := b.person("ada", store.RoleAgent, "st-a"), b.person("bob", store.RoleAgent, "st-a")
	if page := text(b.get(voicemailPath(id), ada).doc(t)); !strings.Contains(page, "Who heard it Nobody yet.") {
		t.Errorf("got %s", page)
	}
	b.get(recordingPath(id, 0), ada)
	b.get(recordingPath(id, 0), ada)
	b.get(recordingPath(id, 0)+"?download=1", bob)
	doc := b.get(voicemailPath(id), ada).doc(t)
	var got []string
	for _, list := range all(doc, "ul", "class=heard") {
		for _, row := range all(list, "li") {
			got = append(got, text(row))
		}
	}
	want := []string{"bob now , downloaded", "ada you now , 2 times"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	var one VoicemailAnswer
	if err := json.Unmarshal([]byte(b.get("/api/v1"+voicemailPath(id), ada).body), &one); err != nil {
		t.Fatal(err)
	}
	if len(one.Heard) != 3 || one.Heard[0].By != "bob" || !one.Heard[0].Downloaded || one.Heard[2].By != "ada" || one.Heard[2].Downloaded {
		t.Errorf("got %+v", one.Heard)
	}
}

func TestConsoleLink(t *testing.T) {
	for _, c := range []struct{ name, template, want string }{
		{"none is known", "", ""},
		{"a session", "https://console.example/app/{bot_id}?s={session_id}", "https://console.example/app/st-a?s=67+a%261"},
		{"a conversation", "https://console.example/#/c/{conversation_id}", "https://console.example/#/c/c-1"},
		{"what stands in it is not known", "https://console.example/{account_id}/{session_id}", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, func(cfg *Config) { cfg.ConsoleURL = c.template })
			b.known(store.Session{BotID: "st-a", SessionID: "67 a&1", ConversationID: "c-1", FoundBy: store.FoundByCallDetails, Wanted: true},
				store.Outcome{State: store.StateStored, Reply: &store.Reply{Segments: said("hello")}})
			doc := b.get(voicemailPath(store.VoicemailID("st-a", "67 a&1")), b.person("ada", store.RoleAgent, "st-a")).doc(t)
			got := ""
			for _, a := range all(doc, "a", "rel=noreferrer") {
				got += attr(a, "href")
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCheckConsoleURL(t *testing.T) {
	for _, c := range []struct {
		template string
		bad      bool
	}{
		{"", false},
		{"https://c.example/{session_id}", false},
		{"http://c.example/x?b={bot_id}&c={conversation_id}", false},
		{"javascript:alert('{session_id}')", true},
		{"https://c.example/", true},
		{"https://{session_id}.example/", true},
		{"https://c.example/{session}{session_id}", true},
		{"//c.example/{session_id}", true},
	} {
		if err := CheckConsoleURL(c.template); (err != nil) != c.bad {
			t.Errorf("%q: got %v", c.template, err)
		}
	}
}

// Whatever is said, marked and a number: the page says all of it in order, each
// match is one mark, and neither cuts the other.
func TestWovenIsWhatWasSaid(t *testing.T) {
	word := rapid.SampledFrom([]string{"five", "415", "<b>", "&", "oh", "é", "\"", "שלום", " ", "call"})
	rapid.Check(t, func(t *rapid.T) {
		var pieces []index.Piece
		var whole string
		marks := 0
		for i, w := range rapid.SliceOfN(word, 1, 12).Draw(t, "words") {
			p := index.Piece{Text: w, Marked: rapid.Bool().Draw(t, fmt.Sprint("marked ", i))}
			if p.Marked {
				marks++
				p.Why = "sounds like"
			}
			whole += w
			pieces = append(pieces, p)
		}
		var numbers []numberView
		for i := range rapid.IntRange(0, 4).Draw(t, "numbers") {
			from := rapid.IntRange(0, len(whole)).Draw(t, fmt.Sprint("from ", i))
			to := rapid.IntRange(from, len(whole)).Draw(t, fmt.Sprint("to ", i))
			for !utf8.ValidString(whole[:from]) {
				from--
			}
			for !utf8.ValidString(whole[:to]) {
				to++
			}
			numbers = append(numbers, numberView{ID: fmt.Sprint("number-", i), where: []index.SaidPlace{{Part: 0, Start: from, End: to}}})
		}
		w := weaver{numbers: numbers}
		woven := string(w.segment(0, slices.Clone(pieces)))
		doc, err := html.Parse(strings.NewReader("<pre>" + woven + "</pre>"))
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for d := range doc.Descendants() {
			if d.Type == html.TextNode {
				got.WriteString(d.Data)
			}
		}
		if got.String() != whole {
			t.Errorf("got %q, want %q", got.String(), whole)
		}
		if n := len(all(doc, "mark")); n != marks || w.matches != marks {
			t.Errorf("got %d marks, counted %d, want %d: %s", n, w.matches, marks, woven)
		}
		if strings.Count(woven, "<a ") != strings.Count(woven, "</a>") || len(all(doc, "b")) != 0 {
			t.Errorf("got %s", woven)
		}
	})
}
