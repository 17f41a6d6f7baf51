package web

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// peaksOf draws a waveform of ten steps a second: each letter is a step, "." is
// the line's noise, "a" speech, "A" loud speech, "=" a tone.
func peaksOf(drawn string) (peaks []byte, seconds float64) {
	for i, c := range strings.ReplaceAll(drawn, " ", "") {
		level := map[rune]byte{'.': 2, 'n': 20, 'a': 90, 'A': 200, '=': 120}[c]
		if c == 'a' || c == 'A' {
			level += byte(i * 37 % 50) // no two steps of speech are alike
		}
		peaks = append(peaks, level)
	}
	return peaks, float64(len(peaks)) / 10
}

func TestVoiced(t *testing.T) {
	for _, tt := range []struct {
		name, drawn string
		want        []stretch
	}{
		{"nothing", "", nil},
		{"silence", "..........", nil},
		{"one sentence", "....aaAaaa....", []stretch{{.4, 1}}},
		{"a breath is within speech", "....aaAa..aaa.....", []stretch{{.4, 1.3}}},
		{"a pause is none", "....aaAa.....aaa.....", []stretch{{.4, .8}, {1.3, 1.6}}},
		{"noise on the line", "nnnnnnaaAAannnnnnAAAnnnnn", []stretch{{.6, 1.1}, {1.7, 2}}},
		{"speech without a pause", "aAaAaAaAaAaAaAaA", []stretch{{0, 1.6}}},
		{"the tone at the beginning", "..=====....aAaAa....", []stretch{{1.1, 1.6}}},
		{"speech right behind the tone", "..=====aAaAaAaA....", []stretch{{.7, 1.5}}},
		{"a tone in the middle stays", "..aAaAaAaAaAaAaAaAaA......=====....", []stretch{{.2, 2}, {2.6, 3.1}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := voiced(peaksOf(tt.drawn))
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(stretch{}), cmpopts.EquateApprox(0, .001)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if got := voiced([]byte{9, 200, 9}, 0); got != nil {
		t.Errorf("of no length: got %v", got)
	}
}

// excerptsOf marks texts of one message.
func excerptsOf(t *testing.T, q string, texts ...string) []index.Excerpt {
	t.Helper()
	marker, err := newBench(t).Index.Marker(t.Context(), query.Parse(q))
	if err != nil {
		t.Fatal(err)
	}
	parts := make([]index.Part, len(texts))
	for i, text := range texts {
		parts[i] = index.Part{Text: text, Lang: "en"}
	}
	return marker.Parts(parts)
}

func TestAboutWords(t *testing.T) {
	excerpts := excerptsOf(t, "refund refunds", "My refund\n🎉 now", "", "refunds 55 東京")
	var list []spokenText
	for i, e := range excerpts {
		list = append(list, spokenText{i, e})
	}
	// 3 + 7 + 1 + 4, 8 + 9 + 2.5 + 2.5: 37 to say in 3.7 seconds of speech.
	where := []stretch{{1, 2}, {5, 7.7}}
	want := []AboutWord{
		{0, 0, 2, 1}, {0, 3, 9, 1.3}, {0, 10, 12, 5}, {0, 13, 16, 5.1},
		{2, 0, 7, 5.5}, {2, 8, 10, 6.3}, {2, 11, 12, 7.2}, {2, 12, 13, 7.45},
	}
	got := aboutWords(list, where)
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, .02)); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
	marks := []AboutMark{{1.3, "refund"}, {5.5, "refunds"}}
	if diff := cmp.Diff(marks, aboutMarks(list, got), cmpopts.EquateApprox(0, .02)); diff != "" {
		t.Errorf("marks (-want +got):\n%s", diff)
	}
	if got := aboutWords(list, nil); got != nil {
		t.Errorf("in silence: got %v", got)
	}
	text, err := json.Marshal(got[1])
	var back AboutWord
	if err != nil || string(text) != "[0,3,9,1.3]" || json.Unmarshal(text, &back) != nil || back != got[1] {
		t.Errorf("got %s, back %v, error %v", text, back, err)
	}
}

// Whatever is said and however it sounds: words come in order, at moments at
// which somebody speaks.
func TestAboutWordsAreSaidInOrder(t *testing.T) {
	m := &index.Marker{}
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.String(), 1, 4).Draw(t, "texts")
		peaks := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "peaks")
		where := voiced(peaks, rapid.Float64Range(.01, 600).Draw(t, "seconds"))
		var list []spokenText
		parts := make([]index.Part, len(texts))
		for i, text := range texts {
			parts[i] = index.Part{Text: text}
		}
		for i, e := range m.Parts(parts) {
			list = append(list, spokenText{i, e})
		}
		before := AboutWord{}
		for _, w := range aboutWords(list, where) {
			if w.At < before.At || w.Segment < before.Segment || w.Segment == before.Segment && w.From < before.To || w.To <= w.From || w.To > utf16Len(list[w.Segment].excerpt.Text()) {
				t.Fatalf("%+v comes behind %+v", w, before)
			}
			if !slices.ContainsFunc(where, func(s stretch) bool { return w.At >= s.from-.01 && w.At <= s.to+.01 }) {
				t.Fatalf("at %v nobody speaks: %v", w.At, where)
			}
			before = w
		}
		for i := range where {
			if where[i].from >= where[i].to || i > 0 && where[i].from <= where[i-1].to || math.IsNaN(where[i].from) {
				t.Fatalf("stretches %v", where)
			}
		}
	})
}

func TestSaidIn(t *testing.T) {
	file := func(n int) store.Recording { return store.Recording{N: n, Kind: store.RecordingVoicemail} }
	call := store.Recording{N: 9, Kind: store.RecordingCallV2}
	seg := func(message string) store.Segment { return store.Segment{MessageID: message} }
	for _, tt := range []struct {
		name       string
		recordings []store.Recording
		segments   []store.Segment
		n          int
		want       []int
	}{
		{"one file, one text", []store.Recording{file(0)}, []store.Segment{seg("a")}, 0, []int{0}},
		{"one file, two texts", []store.Recording{file(0)}, []store.Segment{seg("a"), seg("b")}, 0, []int{0, 1}},
		{"a file for each text", []store.Recording{file(0), call, file(1)}, []store.Segment{seg("a"), seg("b"), seg("b")}, 1, []int{1, 2}},
		{"more files than texts", []store.Recording{file(0), file(1)}, []store.Segment{seg("a")}, 0, nil},
		{"fewer files than texts", []store.Recording{file(0), file(1)}, []store.Segment{seg("a"), seg("b"), seg("c")}, 0, nil},
		{"a recording of the call", []store.Recording{file(0), call}, []store.Segment{seg("a")}, 9, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			vm := store.Voicemail{Recordings: tt.recordings, Segments: tt.segments}
			var got []int
			for _, s := range saidIn(vm, tt.n, make([]index.Excerpt, len(tt.segments))) {
				got = append(got, s.segment)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The waveform's answer tells where what was searched is said.
func TestPeaksTellOfMarks(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Player = &tape{} })
	id := b.archive(message{bot: "st-a", session: "s1", left: noon, segments: said("call me about the refund"), recordings: wav()})[0]
	b.keep(id, 0, store.Kept{Digest: digest, Bytes: 1, Type: "audio/wav", Duration: 10 * time.Second, Peaks: slices.Repeat([]byte{90, 140}, 50)})
	var a PeaksAnswer
	got := b.get(recordingPath(id, 0)+"/peaks?q=refunded", b.person("ada", store.RoleAgent, "st-a"))
	if err := json.Unmarshal([]byte(got.body), &a); err != nil {
		t.Fatal(err)
	}
	if len(a.Words) != 5 || len(a.Marks) != 1 || a.Marks[0].Text != "refund" || a.Marks[0].At != a.Words[4].At || a.Marks[0].At < 6 {
		t.Errorf("got words %v, marks %v", a.Words, a.Marks)
	}
}
