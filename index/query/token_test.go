package query

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func texts(tokens []Token) string {
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.Text
	}
	return strings.Join(words, "|")
}

func TestTokens(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"empty", "", ""},
		{"sentence", "Hi, this is Ann. Call me!", "hi|this|is|ann|call|me"},
		{"digits and letters", "room 12B at 3pm", "room|12b|at|3pm"},
		{"phone number", "(415) 555-0123", "415|555|0123"},
		{"slash and underscore", "and/or foo_bar", "and|or|foo|bar"},
		{"decimal", "3.50 1,000 $5", "3|50|1|000|5"},
		{"apostrophes of every shape", "don't don’t don‘t don`t don´t donʼt don＇t don′t", "dont|dont|dont|dont|dont|dont|dont|dont"},
		{"quoted word", "'hello' ’tis rock'n'roll dogs'", "hello|tis|rocknroll|dogs"},
		{"two apostrophes", "a''b", "a|b"},
		{"feet and inches", "5'10 a'1 1'a", "5|10|a|1|1|a"},
		{"elision", "l'appel d’une qu'il J'ai jusqu'à L'hôtel", "l|appel|d|une|qu|il|j|ai|jusqu|a|l|hotel"},
		{"elision in Italian and Irish", "dell'acqua un’altra all'ufficio b'ait", "dell|acqua|un|altra|all|ufficio|b|ait"},
		{"no elision", "aujourd'hui o'clock c'mon I'm y'all O'Brien", "aujourdhui|oclock|cmon|im|yall|obrien"},
		{"point of Catalan", "col·legi coŀlegi cel‧la a · b 3·5", "collegi|collegi|cella|a|b|3|5"},
		{"accents", "Élève señor größe Çà naïve Ångström", "eleve|senor|grosse|ca|naive|angstrom"},
		{"letters that do not decompose", "Straße STRAẞE Łódź Ørsted Æsop cœur Þór İstanbul ısı", "strasse|strasse|lodz|orsted|aesop|coeur|thor|istanbul|isi"},
		{"decomposed", "e\u0301le\u0300ve", "eleve"},
		{"compatibility", "ﬁx ＡＢＣ１２３ x² Ⅷ ①", "fix|abc123|x2|viii|1"},
		{"fractions separate", "2½ cups", "2|cups"},
		{"soft hyphen and joiners", "re\u00adfund re\u200dfund re\u200cfund re\ufefffund", "refund|refund|refund|refund"},
		{"invisible around an apostrophe", "don\u00ad'\u00adt", "dont"},
		{"zero-width space separates", "call\u200bback", "call|back"},
		{"spaces of every kind", "a\u00a0b\u2003c\u3000d\x00e\u0085f\u2028g", "a|b|c|d|e|f|g"},
		{"not UTF-8", "re\xfffund \xc3 caf\xc3\xa9", "re|fund|cafe"},
		{"Greek", "ΣΟΦΟΣ σοφός", "σοφοσ|σοφοσ"},
		{"Cyrillic", "Ещё мой", "еще|мои"},
		{"Arabic", "مُحَمَّد مـحمد ٠١٢٣", "محمد|محمد|0123"},
		{"Hebrew points", "שָׁלוֹם", "שלום"},
		{"Hindi keeps its vowels", "हिन्दी में", "हिन्दी|में"},
		{"Devanagari digits", "१२३", "123"},
		{"Hangul, composed or not", "한국어 \u1112\u1161\u11ab", "한국어|한"},
		{"ideographs", "電話ください", "電|話|く|だ|さ|い"},
		{"kana of half width", "ｶﾞｶ", "ガ|カ"},
		{"mixed scripts", "abc電話def12", "abc|電|話|def12"},
		{"Thai", "น้ำ", "น้|ำ"},
		{"emoji", "ok👍🏽 👩‍👩‍👧", "ok"},
		{"lone mark", "\u0301 \u093f a", "a"},
		{"long word", strings.Repeat("Ab", 300), strings.Repeat("ab", 50)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := texts(Tokens(tt.in)); got != tt.want {
				t.Errorf("Tokens(%q)\n got %s\nwant %s", tt.in, got, tt.want)
			}
		})
	}
}

func TestTokensPlaces(t *testing.T) {
	text := "Är\u00adger, don’t l'été x2\u00ad cafe\u0301!"
	want := []struct {
		written string
		digits  bool
	}{{"Är\u00adger", false}, {"don’t", false}, {"l", false}, {"été", false}, {"x2", true}, {"cafe\u0301", false}}
	tokens := Tokens(text)
	if len(tokens) != len(want) {
		t.Fatalf("got %d tokens %v, want %d", len(tokens), tokens, len(want))
	}
	for i, tok := range tokens {
		if got := text[tok.Start:tok.End]; got != want[i].written || tok.Digits != want[i].digits {
			t.Errorf("token %d: got %q digits %t, want %q %t", i, got, tok.Digits, want[i].written, want[i].digits)
		}
	}
}

// checkTokens holds for any text at all.
func checkTokens(t *testing.T, text string) {
	t.Helper()
	atBorder := func(i int) bool {
		return i == len(text) || utf8.RuneStart(text[i]) || !utf8.ValidString(text)
	}
	last := 0
	for _, tok := range Tokens(text) {
		if tok.Start < last || tok.End <= tok.Start || tok.End > len(text) || !atBorder(tok.Start) || !atBorder(tok.End) {
			t.Fatalf("Tokens(%q): %+v is out of place, the last one ended at %d", text, tok, last)
		}
		last = tok.End
		if tok.Text == "" || !utf8.ValidString(tok.Text) || utf8.RuneCountInString(tok.Text) > maxTokenRunes {
			t.Fatalf("Tokens(%q): bad text %q", text, tok.Text)
		}
		if strings.ContainsFunc(tok.Text, isBreak) || strings.ContainsFunc(tok.Text, unicode.IsPunct) {
			t.Fatalf("Tokens(%q): %q would not be read as one word", text, tok.Text)
		}
		want := Token{Text: tok.Text, End: len(tok.Text), Digits: tok.Digits}
		if again := Tokens(tok.Text); len(again) != 1 || again[0] != want {
			t.Fatalf("Tokens(%q): folding again got %+v, want one %+v", text, again, want)
		}
	}
}

// Every rune there is, where it stands alone, joins, ends or follows a word.
func TestTokensOfEveryRune(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cf) {
			continue // unassigned, for private use, or half a pair
		}
		if unicode.In(r, unicode.Han, unicode.Hangul) && r%64 != 0 {
			continue // a hundred thousand that are all alike
		}
		checkTokens(t, string(r)+" a"+string(r)+"b 電"+string(r)+" e\u0301"+string(r))
	}
}

func TestTokensOfSameWordAgree(t *testing.T) {
	for _, same := range [][]string{
		{"cafe", "café", "CAFÉ", "cafe\u0301", "ca\u00adfé"},
		{"dont", "don't", "DON’T"},
		{"가", "\u1100\u1161"},
		{"ガ", "ｶﾞ", "カ\u3099"},
		{"2024", "２０２４", "٢٠٢٤"},
	} {
		for _, s := range same {
			if got := texts(Tokens(s)); got != same[0] {
				t.Errorf("Tokens(%q) = %q, want %q", s, got, same[0])
			}
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"", "Hi, don't call 555-0123", "l'été \xff", "電話ｶﾞน้ำ", "\u0301\u200d'a''b", "मैं ŉ ½ ǆ ﷺ"} {
		f.Add(s)
	}
	f.Fuzz(checkTokens)
}
