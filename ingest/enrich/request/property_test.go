package request

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"
)

var fillers = map[string][]string{
	"en": {"um", "uh", "er"}, "es": {"eh", "este", "em"}, "fr": {"euh", "hein", "bah"}, "de": {"äh", "ähm", "hm"},
}

var greetings = map[string][]string{
	"en": {"hello good morning to you all, I hope you are having a lovely day.", "hi there, how are you."},
	"es": {"hola muy buenos días, espero que estén todos bien.", "buenas tardes, qué tal."},
	"fr": {"bonjour messieurs dames, j'espère que tout le monde va bien.", "allô bonsoir."},
	"de": {"guten Tag, schönen guten Morgen zusammen.", "hallo, einen schönen guten Abend."},
}

// How a message is written down changes nothing: case, punctuation (but for the
// mark of a question), fillers and the greeting in front of it.
func TestVerdictKeeps(t *testing.T) {
	set := readHalf(t, "tuned")
	check := func(t *rapid.T, m labelled, text string) {
		t.Helper()
		if got, want := Read(text, m.Lang, Options{}), Read(m.Text, m.Lang, Options{}); got.Requested != want.Requested {
			t.Fatalf("%s: got %t (%.2f), want %t (%.2f): %q", m.ID, got.Requested, got.Confidence, want.Requested, want.Confidence, text)
		}
	}
	draw := func(t *rapid.T) labelled { return rapid.SampledFrom(set).Draw(t, "message") }
	t.Run("case", rapid.MakeCheck(func(t *rapid.T) {
		m := draw(t)
		check(t, m, strings.ToUpper(m.Text))
		check(t, m, strings.ToLower(m.Text))
	}))
	t.Run("punctuation", rapid.MakeCheck(func(t *rapid.T) {
		m := draw(t)
		m.Text = strings.ReplaceAll(m.Text, "?", ".")
		words := strings.FieldsFunc(m.Text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(".,;:!?¿¡…", r) })
		check(t, m, strings.Join(words, " "))
		for i := range words {
			words[i] += rapid.SampledFrom([]string{"", "", "", ",", ".", " -", "..."}).Draw(t, "mark")
		}
		check(t, m, strings.Join(words, " "))
	}))
	t.Run("fillers", rapid.MakeCheck(func(t *rapid.T) {
		m := draw(t)
		words := strings.Fields(m.Text)
		for i := range words {
			if rapid.IntRange(0, 5).Draw(t, "often") == 0 {
				words[i] += " " + rapid.SampledFrom(fillers[m.Lang]).Draw(t, "filler")
			}
		}
		check(t, m, strings.Join(words, " "))
	}))
	t.Run("greeting", rapid.MakeCheck(func(t *rapid.T) {
		m := draw(t)
		check(t, m, rapid.SampledFrom(greetings[m.Lang]).Draw(t, "greeting")+" "+m.Text)
	}))
}

// A greeting alone asks for nothing.
func TestChatter(t *testing.T) {
	for lang, list := range greetings {
		for _, text := range list {
			if v := Read(text, lang, Options{}); v.Requested || v.Listen != "" {
				t.Errorf("%q: got %+v", text, v)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, m := range readHalf(f, "tuned") {
		if strings.HasSuffix(m.ID, "-01") {
			f.Add(m.Text, m.Lang, 10)
		}
	}
	f.Add("\xff\xfecall me\x00back ' ’ ", "en", -1)
	f.Add("llAmA\xb7", "es", 10)
	f.Add("ſtraße ẞ \u0301 call\u0301me 555", "de", 0)
	f.Fuzz(func(t *testing.T, text, lang string, seconds int) {
		o := Options{Duration: time.Duration(seconds) * time.Second}
		v := Read(text, lang, o)
		if v.Confidence < 0.5 || v.Confidence > 1 {
			t.Errorf("confidence %v", v.Confidence)
		}
		if !v.Requested && v.Words != nil {
			t.Errorf("words %v where nothing is asked", v.Words)
		}
		end := 0
		edges := map[int]bool{len(text): true} // a byte that is no rune stands alone
		for i := range text {
			edges[i] = true
		}
		for _, s := range v.Words {
			if s.Start < end || s.End <= s.Start || !edges[s.Start] || !edges[s.End] {
				t.Errorf("span %v behind %d", s, end)
			}
			end = s.End
		}
	})
}

func TestBuildRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no section":      "  word",
		"unknown section": "verbs\n  call",
		"unknown class":   "ask 3\n  CALLED",
		"empty pattern":   "ask 3\n  *2 !x",
		"bad weight":      "ask much\n  call",
		"gap in front":    "ask 3\n  *2 call",
		"gap without end": "ask 3\n  call *",
	} {
		if _, err := build("en", text); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
