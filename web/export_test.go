package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

// exported runs a search through an export.
func (b *bench) exported(format string, scope store.Scope, p Params) string {
	b.t.Helper()
	var out bytes.Buffer
	x, err := NewExport(&out, format, "https://afterbeep.example/")
	if err == nil {
		err = errors.Join(b.engine.Each(b.t.Context(), scope, p, x.Write), x.Close())
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return out.String()
}

func TestExportCSV(t *testing.T) {
	b := newBench(t)
	ids := b.archive(
		message{bot: "st-a", session: "s1", caller: "+14155550123", queue: "=Returns", left: noon.Add(-time.Hour), length: 12400 * time.Millisecond, recordings: wav(),
			segments: said("=HYPERLINK(\"http://evil.example\") \"refund\", café\nsecond line")},
		message{bot: "st-a", session: "s2", caller: "@anonymous", left: noon.Add(-2 * time.Hour), segments: said("refund")},
		message{bot: "st-b", session: "s3", left: noon, segments: said("refund")},
	)
	for _, name := range []string{"vip", "=call back"} {
		if _, err := b.store.AddTag(t.Context(), store.AllBots(), store.Tag{VoicemailID: ids[0], Name: name, By: "ada"}); err != nil {
			t.Fatal(err)
		}
	}
	got := b.exported(ExportCSV, store.OnlyBots("st-a"), Params{Q: "refund"})
	text, marked := strings.CutPrefix(got, "\uFEFF")
	if !marked || strings.Count(text, "\r\n") != 4 { // one within the text
		t.Errorf("it has no byte order mark, or not the line ends of a table: %q", got)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	link := func(id int64) string { return fmt.Sprintf("https://afterbeep.example/voicemails/%d", id) }
	want := [][]string{exportColumns(),
		{link(ids[0]), fmt.Sprint(ids[0]), "2025-02-12T11:00:00.000Z", "+14155550123", "'=Returns", "en", "12.4", "st-a", "s1", "u-1", "present",
			link(ids[0]) + "/recordings/0", "exact", "'=call-back vip", "", "", "", "", "", "'=HYPERLINK(\"http://evil.example\") \"refund\", café\nsecond line"},
		{link(ids[1]), fmt.Sprint(ids[1]), "2025-02-12T10:00:00.000Z", "'@anonymous", "", "en", "", "st-a", "s2", "u-1", "present", "", "exact", "", "", "", "", "", "", "refund"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got := b.exported(ExportCSV, store.AllBots(), Params{Q: "pineapple"}); strings.Count(got, "\n") != 1 || !strings.Contains(got, "link,id,left_at") {
		t.Errorf("nothing found: got %q, want the header alone", got)
	}
}

// Every match is there once, in order, over more than a page, and nothing that
// only matches partly.
func TestExportJSONLines(t *testing.T) {
	b := newBench(t)
	var messages []message
	const many = 250
	b.engine.eachPage = 100
	for i := range many {
		messages = append(messages, message{bot: "st-a", session: fmt.Sprint("s", i), left: noon.Add(-time.Duration(i) * time.Second), segments: said("refund order")})
	}
	messages = append(messages, message{bot: "st-a", session: "partly", left: noon, segments: said("refund of another order number four")},
		message{bot: "st-a", session: "alone", left: noon, segments: said("zebra quagga okapi")})
	b.archive(messages...)
	lines := strings.Split(strings.TrimSuffix(b.exported(ExportJSONL, store.AllBots(), Params{Q: `"refund order"`, Limit: "3", Facets: "1"}), "\n"), "\n")
	if len(lines) != many {
		t.Fatalf("got %d lines, want %d", len(lines), many)
	}
	for i, line := range lines {
		var h Hit
		if err := json.Unmarshal([]byte(line), &h); err != nil || h.SessionID != fmt.Sprint("s", i) || h.Text != "refund order" {
			t.Fatalf("line %d is %s (%v)", i, line, err)
		}
	}
	if got := b.exported(ExportJSONL, store.AllBots(), Params{Q: "zebra quagga pelican"}); got != "" {
		t.Errorf("a partial match is exported: %s", got)
	}
}

func TestEachStops(t *testing.T) {
	b := newBench(t)
	b.archive(message{bot: "st-a", session: "s1", segments: said("a")}, message{bot: "st-a", session: "s2", segments: said("b")})
	enough, n := errors.New("enough"), 0
	err := b.engine.Each(t.Context(), store.AllBots(), Params{}, func(Hit) error { n++; return enough })
	if !errors.Is(err, enough) || n != 1 {
		t.Errorf("got %v after %d, want the error of the first", err, n)
	}
	if err := b.engine.Each(t.Context(), store.AllBots(), Params{From: "never"}, nil); err == nil {
		t.Error("a date that can't be read is taken")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.engine.Each(gone, store.AllBots(), Params{}, func(Hit) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("who has gone: got %v", err)
	}
	if _, err := NewExport(nil, "xlsx", ""); err == nil {
		t.Error("an unknown format is taken")
	}
}

func TestHarmless(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "refund": "refund", "+14155550123": "+14155550123", "-7": "-7", "12.4": "12.4", "1-2": "1-2",
		"=1+1": "'=1+1", "+1+cmd|' /C calc'!A0": "'+1+cmd|' /C calc'!A0", "-2+3": "'-2+3", "@SUM(A1)": "'@SUM(A1)", " =1": "' =1",
		"\t=1": "'\t=1", "\r=1": "'\r=1", "＝1": "'＝1", "--": "'--", "+": "'+", "+1 415": "'+1 415",
	} {
		if got := harmless(cell); got != want {
			t.Errorf("harmless(%q) = %q, want %q", cell, got, want)
		}
	}
}
