package kore

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

func TestStripSignedQueries(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"as the vendor signs", `{"fileUrl": "https://h/p.wav?e=1&n=2&s=Ig$$" , "a":1.50}`, `{"fileUrl": "https://h/p.wav" , "a":1.50}`},
		{"under an unknown key, nested", `[{"x":{"y":["http://h/p?s=x&e=1"]}}]`, `[{"x":{"y":["http://h/p"]}}]`},
		{"escaped slashes and ampersands", `{"u":"https:\/\/h\/p?e=1\u0026n=2\u0026s=abc"}`, `{"u":"https://h/p"}`},
		{"HTML ampersands", `{"u":"https://h/p?e=1&amp;n=2&amp;s=abc"}`, `{"u":"https://h/p"}`},
		{"within a text", `{"t":"see https://h/p?e=1&n=2&s=abc. Thanks"}`, `{"t":"see https://h/p Thanks"}`},
		{"a path without a host", `{"u":"/api/getMediaStream/p?e=1&n=2&s=abc"}`, `{"u":"/api/getMediaStream/p"}`},
		{"the fragment stays", `{"u":"https://h/p?e=1&s=abc#t=2"}`, `{"u":"https://h/p#t=2"}`},
		{"in a key", `{"https://h/p?e=1&s=abc":1}`, `{"https://h/p":1}`},
		{"other signatures", `["https://h/p?X-Amz-Signature=a","https://h/p?sv=1&sig=b","https://h/p?Signature=c&Expires=1","https://h/p?token=d"]`, `["https://h/p","https://h/p","https://h/p","https://h/p"]`},
		{"nested link", `{"u":"https://h/go?to=https%3A%2F%2Fm%2Fp%3Fe%3D1%26n%3D2%26s%3Dabc"}`, `{"u":"https://h/go"}`},
		{"unsigned stays", `{"u":"https://h/p?q=1&s=2","t":"why? e=mc2 & n=1 & s=2"}`, `{"u":"https://h/p?q=1&s=2","t":"why? e=mc2 & n=1 & s=2"}`},
		{"quotes in the text stay escaped", `{"t":"\"https://h/p?e=1&s=2\" <b>\u00e9"}`, `{"t":"\"https://h/p\" <b>é"}`},
		{"untouched texts keep their escapes", `{"t":"\u00e9\/\u0026","u":"https://h/p?e=1&s=2"}`, `{"t":"\u00e9\/\u0026","u":"https://h/p"}`},
		{"half a reply", `{"fileUrl":"https://h/p?e=1&n=2&s=abc`, `{"fileUrl":"https://h/p`},
		{"half an escaped reply", `{"fileUrl":"https:\/\/h\/p?e=1\u0026n=2\u0026s=abc\u00`, `{"fileUrl":"https:\/\/h\/p`},
		{"no JSON", `<a href=https://h/p?e=1&n=2&s=abc>x</a>`, `<a href=https://h/p>x</a>`},
		{"nothing", ``, ``},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := []byte(tt.in)
			if got := string(StripSignedQueries(in)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if string(in) != tt.in {
				t.Error("the argument was changed")
			}
		})
	}
}

func TestStripSignedQueriesOfTheSample(t *testing.T) {
	raw := sample(t)
	want := regexp.MustCompile(`\?e=[^"]*`).ReplaceAll(raw, nil)
	if len(want) == len(raw) {
		t.Fatal("the sample holds no signed link")
	}
	if got := StripSignedQueries(raw); !bytes.Equal(got, want) {
		t.Errorf("got %s", got)
	}
}

func FuzzStripSignedQueries(f *testing.F) {
	f.Add(sample(f))
	f.Add([]byte(`{"a":"x?e=1\u0026s=2?e=1&s=3","b":"\\\"?e=1&s=2"}`))
	f.Add([]byte(`"https://h/p?to=%3Fe%3D1%26s%3D2`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := StripSignedQueries(raw)
		if again := StripSignedQueries(got); !bytes.Equal(again, got) {
			t.Fatalf("once %q, twice %q", got, again)
		}
		if !json.Valid(raw) {
			return
		}
		if !json.Valid(got) {
			t.Fatalf("valid %q became %q", raw, got)
		}
		if !strings.Contains(string(raw), "?") && !strings.Contains(string(raw), "\\u003") && !bytes.Equal(raw, got) {
			t.Fatalf("%q has no query and became %q", raw, got)
		}
		var v any
		values := json.NewDecoder(bytes.NewReader(got))
		values.UseNumber() // 1e700 is JSON and no float64
		if err := values.Decode(&v); err != nil {
			t.Fatal(err)
		}
		walk(v, func(s string) {
			if stripText(s) != s {
				t.Fatalf("a signed query is left in %q", s)
			}
		})
	})
}

// walk visits every text in a JSON value, keys included.
func walk(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case []any:
		for _, e := range v {
			walk(e, visit)
		}
	case map[string]any:
		for k, e := range v {
			visit(k)
			walk(e, visit)
		}
	}
}
