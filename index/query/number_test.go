package query

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseNumbers(t *testing.T) {
	number := func(digits string, words ...string) Number { return Number{Digits: digits, Words: words} }
	plus := func(digits string, words ...string) Number { return Number{Digits: digits, Plus: true, Words: words} }
	begins := func(digits string, words ...string) Number { return Number{Digits: digits, Prefix: true, Words: words} }
	word := func(s string) Node { return Word{Text: s} }
	phrase := func(words ...string) Node { return Phrase{Words: words} }
	tests := []struct {
		in   string
		want []Node // side by side
	}{
		// Written.
		{"42", []Node{number("42", "42")}},
		{"٤٢ ４２", []Node{number("4242", "42", "42")}},
		{"5550123", []Node{number("5550123", "5550123")}},
		{"555-0123", []Node{number("5550123", "555", "0123")}},
		{"555–0123", []Node{number("5550123", "555", "0123")}},
		{"(617) 555-0123", []Node{number("6175550123", "617", "555", "0123")}},
		{"617.555.0123,", []Node{number("6175550123", "617", "555", "0123")}},
		{"617 555 0123", []Node{number("6175550123", "617", "555", "0123")}},
		{"+1 617 555-0123", []Node{plus("16175550123", "1", "617", "555", "0123")}},
		{"＋1-617-555-0123", []Node{plus("16175550123", "1", "617", "555", "0123")}},
		{"+49 (0)30 123456", []Node{plus("4930123456", "49", "30", "123456")}},
		{"+49(0)30/123456", []Node{plus("4930123456", "49", "30", "123456")}},
		{"030/123456", []Node{number("030123456", "030", "123456")}},
		{"06 12 34 56 78", []Node{number("0612345678", "06", "12", "34", "56", "78")}},
		{"1-800 555 0123", []Node{number("18005550123", "1", "800", "555", "0123")}},
		{"555 01-23", []Node{number("5550123", "555", "01", "23")}},
		{"call 555-0123 please", []Node{word("call"), number("5550123", "555", "0123"), word("please")}},
		{"6175550123 4155550100", []Node{number("6175550123", "6175550123"), number("4155550100", "4155550100")}},
		{"555-0123 +1 555-0100", []Node{number("5550123", "555", "0123"), plus("15550100", "1", "555", "0100")}},
		{"617 555 0123 (415) 555-0100", []Node{number("6175550123", "617", "555", "0123"), number("4155550100", "415", "555", "0100")}},
		{"1 617 555 0123 42", []Node{number("16175550123", "1", "617", "555", "0123"), number("42", "42")}},
		{"0049 152 28817386", []Node{number("004915228817386", "0049", "152", "28817386")}},
		{"+4915 228817386 5550123", []Node{plus("4915228817386", "4915", "228817386"), number("5550123", "5550123")}},
		{"63-91-58", []Node{number("639158", "63", "91", "58")}},
		{"617 OR 555", []Node{Or{[]Node{number("617", "617"), number("555", "555")}}}},
		{"-555-0123 x", []Node{Not{number("5550123", "555", "0123")}, word("x")}},
		{"-(617) 555-0123 42", []Node{Not{number("6175550123", "617", "555", "0123")}, number("42", "42")}},
		{"-617 555", []Node{Not{number("617", "617")}, number("555", "555")}},
		{"(5 (5)) 5", []Node{number("555", "5", "5", "5")}},

		// Not numbers.
		{"10:30", []Node{phrase("10", "30")}},
		{"1,000 3.5 24/7 10-4", []Node{phrase("1", "000"), phrase("3", "5"), phrase("24", "7"), phrase("10", "4")}},
		{"2025-02-11 11.02.2025 2/11/25", []Node{phrase("2025", "02", "11"), phrase("11", "02", "2025"), phrase("2", "11", "25")}},
		{"a1 4th", []Node{word("a1"), word("4th")}},
		{"55* 1-5*", []Node{Word{Text: "55", Prefix: true}, Phrase{Words: []string{"1", "5"}, Prefix: true}}},
		{"2025-02-1* \"2025 02 11\"", []Node{Phrase{Words: []string{"2025", "02", "1"}, Prefix: true}, phrase("2025", "02", "11")}},
		{`"555 012" x`, []Node{phrase("555", "012"), word("x")}},

		// Beginnings.
		{"718*", []Node{begins("718", "718")}},
		{"718 555*", []Node{begins("718555", "718", "555")}},
		{"718555*", []Node{begins("718555", "718555")}},
		{"718-555*", []Node{begins("718555", "718", "555")}},
		{"(718) 555*", []Node{begins("718555", "718", "555")}},
		{"718.555.01*", []Node{begins("71855501", "718", "555", "01")}},
		{"+1 718 5*", []Node{Number{Digits: "17185", Plus: true, Prefix: true, Words: []string{"1", "718", "5"}}}},
		{"seven one eight 555*", []Node{begins("718555", "seven", "one", "eight", "555")}},
		{"718* 555*", []Node{begins("718", "718"), begins("555", "555")}},
		{"-718* a", []Node{Not{begins("718", "718")}, word("a")}},
		{"-(718 555*)", []Node{Not{begins("718555", "718", "555")}}},

		// In quotes.
		{`"6175550123"`, []Node{number("6175550123", "6175550123")}},
		{`"617 555 0123" "a 5550123"`, []Node{number("6175550123", "617", "555", "0123"), phrase("a", "5550123")}},
		{`"617-555-0123"`, []Node{number("6175550123", "617", "555", "0123")}},
		{`"five five five oh one two three"`, []Node{number("5550123", "five", "five", "five", "oh", "one", "two", "three")}},
		{`"five five five" "555"`, []Node{phrase("five", "five", "five"), phrase("555")}},
		{`"617 555 01"*`, []Node{begins("61755501", "617", "555", "01")}},

		// Spoken.
		{"five five five oh one two three", []Node{number("5550123", "five", "five", "five", "oh", "one", "two", "three")}},
		{"Call null eins sieben eins bitte", []Node{word("call"), number("0171", "null", "eins", "sieben", "eins"), word("bitte")}},
		{"cinco cinco cinco", []Node{number("555", "cinco", "cinco", "cinco")}},
		{"one word", []Node{word("one"), word("word")}},
		{"-(five five five)", []Node{Not{number("555", "five", "five", "five")}}},
		{"five five -five", []Node{word("five"), word("five"), Not{word("five")}}},
		{"six OR seven", []Node{Or{[]Node{word("six"), word("seven")}}}},
		{"five-five-five oh one two three", []Node{number("5550123", "five", "five", "five", "oh", "one", "two", "three")}},
		{"five-five-five", []Node{number("555", "five", "five", "five")}},
		{"zéro six quatre-vingt-dix-neuf zéro un", []Node{number("069901", "zero", "six", "quatre", "vingt", "dix", "neuf", "zero", "un")}},
		{"twenty-five dollars", []Node{phrase("twenty", "five"), word("dollars")}},
		{"-twenty-five", []Node{Not{phrase("twenty", "five")}}},
	}
	for _, tt := range tests {
		t.Run(excerpt(tt.in), func(t *testing.T) {
			q := Parse(tt.in)
			if diff := cmp.Diff(newAnd(tt.want), q.Root); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", tt.in, diff)
			}
			if q.Notes != nil {
				t.Errorf("Parse(%q): notes %q", tt.in, q.Notes)
			}
			checkQuery(t, tt.in)
		})
	}
}
