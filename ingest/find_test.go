package ingest

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"afterbeep/store"
)

func newFinder(t testing.TB) *Finder {
	t.Helper()
	f, err := NewFinder(FinderConfig{Region: "US", Settings: func(bot string) (string, string) {
		if bot == "st-de" {
			return "DE", "Europe/Berlin"
		}
		return "", ""
	}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFindPutsItTogether(t *testing.T) {
	text := "hi this is Agnes Mulcahy we have no heating since Monday please call my daughter Ellen after three at six one seven five five five oh one four one not this number"
	found := newFinder(t).Find(store.Voicemail{
		BotID: "st-1", Lang: "en-US", Caller: "+16175550100", Text: text, LeftAt: time.Date(2026, 3, 12, 14, 30, 0, 0, time.UTC),
	})
	call := found.ToCall()
	if !found.Requested || len(call) == 0 || call[0].E164 != "+16175550141" {
		t.Errorf("requested %v, numbers %+v", found.Requested, found.Numbers)
	}
	if want := time.Date(2026, 3, 12, 19, 0, 0, 0, time.UTC); !found.DueAt.Equal(want) {
		t.Errorf("due %v, want three o'clock where the caller is, %v", found.DueAt, want)
	}
	if found.Name != "Agnes Mulcahy" || found.Urgency != 1 || found.Listen != "" {
		t.Errorf("name %q, urgency %d, listen %q", found.Name, found.Urgency, found.Listen)
	}
	if len(found.Words) == 0 || len(found.When) != 1 || text[found.When[0].Start:found.When[0].End] != "after three" {
		t.Errorf("words %v, when %v", found.Words, found.When)
	}
	if about := text[found.About.Start:found.About.End]; !strings.Contains(about, "no heating since Monday") {
		t.Errorf("about %q", about)
	}
}

// A number to write to is none to call, unless its caller wants a call and names no other.
func TestFindNumbersToWriteTo(t *testing.T) {
	for text, want := range map[string]store.NumberKind{
		"please text me the pickup time at 617 555 0126 i can't take calls at work":                store.NumberWrite,
		"please text me the pickup time at 617 555 0126. Or somebody could give me a call. Thanks": store.NumberCall,
	} {
		found := newFinder(t).Find(store.Voicemail{BotID: "st-1", Lang: "en", Caller: "+16175550100", Text: text})
		if len(found.Numbers) != 1 || found.Numbers[0].Kind != want || found.Numbers[0].E164 != "+16175550126" {
			t.Errorf("%q: got %+v, want %s", text, found.Numbers, want)
		}
	}
}

// The number of who sells or cheats stays found, but is none to call; that of a
// customer who says the same words is one.
func TestFindNumbersOfSellers(t *testing.T) {
	for text, calls := range map[string]int{
		"congratulations you have been pre-approved for a business line of credit call us at 888 555 0102 today": 0,
		"this is your final notice about your vehicle's extended warranty call our office at 844 555 0151":       0,
		"i got a letter about my extended warranty please call me back at 617 555 0151":                          1,
	} {
		found := newFinder(t).Find(store.Voicemail{BotID: "st-1", Lang: "en", Caller: "+16175550100", Text: text})
		if len(found.Numbers) != 1 || len(found.ToCall()) != calls {
			t.Errorf("%q: got %+v, want %d to call", text, found.Numbers, calls)
		}
	}
}

func TestFindByTheBotsSettings(t *testing.T) {
	f := newFinder(t)
	v := store.Voicemail{BotID: "st-de", Lang: "de", Text: "rufen Sie mich bitte nach 17 Uhr unter 030 23125 116 an", LeftAt: time.Date(2026, 7, 6, 9, 0, 0, 0, time.UTC)}
	found := f.Find(v)
	if call := found.ToCall(); len(call) != 1 || call[0].E164 != "+493023125116" {
		t.Errorf("numbers %+v", found.Numbers)
	}
	if want := time.Date(2026, 7, 6, 15, 0, 0, 0, time.UTC); !found.DueAt.Equal(want) {
		t.Errorf("due %v, want %v in the bot's zone", found.DueAt, want)
	}
	v.Caller = "+16175550100"
	if found := f.Find(v); !found.DueAt.Equal(time.Date(2026, 7, 6, 21, 0, 0, 0, time.UTC)) {
		t.Errorf("due %v, want five o'clock where the caller is", found.DueAt)
	}
	v.Caller, v.LeftAt = "anonymous", time.Time{}
	if found := f.Find(v); !found.DueAt.IsZero() {
		t.Errorf("due %v of a message left at no time", found.DueAt)
	}
}

func TestFindWithoutText(t *testing.T) {
	for _, text := range []string{"", " \n "} {
		if found := newFinder(t).Find(store.Voicemail{BotID: "st-1", Text: text}); found.Listen != store.ListenNoText || found.Requested {
			t.Errorf("%q: got %+v", text, found)
		}
	}
}

// Rules of the language that a text was tagged with find nothing in one in other
// letters: nobody may be sure that it asks for nothing.
func TestFindInOtherLetters(t *testing.T) {
	for text, listen := range map[string]bool{
		"السلام عليكم معكم محمد بخصوص الفاتورة التي وصلتني أمس شكرا جزيلا": true,
		"здравствуйте это Анна по поводу моего счёта спасибо":              true,
		"おはようございます、田中です、請求書の件でご連絡しました":                                     true,
		"שלום, מדבר דני": true,
		"hello this is Анна Петрова, thank you very much, all is well now goodbye": false,
		"thank you very much for your help with the bill, all is well now goodbye": false,
	} {
		found := newFinder(t).Find(store.Voicemail{BotID: "st-1", Lang: "en-US", Text: text})
		if got := found.Listen == store.ListenLanguage; got != listen {
			t.Errorf("%s: listen for %q, want it for its language: %v", text, found.Listen, listen)
		}
	}
	asks := newFinder(t).Find(store.Voicemail{BotID: "st-1", Lang: "de", Text: "здравствуйте, перезвоните мне пожалуйста"})
	if !asks.Requested || asks.Listen != store.ListenLanguage {
		t.Errorf("asked for in other letters: %+v", asks)
	}
}

func TestFinderRefusesARegion(t *testing.T) {
	if _, err := NewFinder(FinderConfig{Region: "Texas"}); err == nil {
		t.Error("a region that there is not is taken")
	}
	if f, err := NewFinder(FinderConfig{}); err != nil || !f.Find(store.Voicemail{Lang: "en", Text: "please call me back"}).Requested {
		t.Errorf("without settings: %v", err)
	}
}

func FuzzFind(f *testing.F) {
	for _, text := range []string{"call me back at six one seven five five five oh one two three after 3", "rufen sie mich nicht an", "llámeme al 612 34 50 00", "le même mais finissant par trente", ""} {
		f.Add(text, "en-US", "+16175550123", int64(1_700_000_000))
	}
	finder := newFinder(f)
	f.Fuzz(func(t *testing.T, text, lang, caller string, at int64) {
		v := store.Voicemail{BotID: "st-1", Text: text, Lang: lang, Caller: caller, LeftAt: time.Unix(at%4_000_000_000, 0)}
		found := finder.find(v)
		spans := append(append(append([]store.Span{}, found.Words...), found.When...), found.About)
		for _, n := range found.Numbers {
			spans = append(spans, n.Spans...)
		}
		for _, s := range spans {
			if s.Start < 0 || s.End < s.Start || s.End > len(text) || utf8.ValidString(text) && !utf8.ValidString(text[s.Start:s.End]) {
				t.Fatalf("span %v of %d bytes", s, len(text))
			}
		}
		if found.Confidence < 0 || found.Confidence > 1 || found.Urgency < 0 || found.Urgency > 2 {
			t.Fatalf("got %+v", found)
		}
	})
}

// BenchmarkFind reads a typical message.
func BenchmarkFind(b *testing.B) {
	v := store.Voicemail{
		BotID: "st-1", Lang: "en-US", Caller: "+13125550188", LeftAt: time.Date(2026, 3, 12, 14, 30, 0, 0, time.UTC),
		Text: "hi this is Walt Jankowski um I was calling about the snow blower you have got back there for repair I work days so could you call me back tomorrow afternoon after three at three one two five five five oh one eight eight thanks",
	}
	f := newFinder(b)
	f.Find(v) // what is known of the languages is read once
	b.ReportAllocs()
	for b.Loop() {
		f.Find(v)
	}
}
