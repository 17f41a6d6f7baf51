package storetest

import (
	"testing"
	"time"

	"afterbeep/store"
)

func analysisRows() []row {
	return []row{
		{"what is outdated, the oldest first", analysisOutdated},
		{"replaces texts of the same time, and nothing else", analysisReplaces},
		{"what shows no difference writes no change", analysisUnseen},
		{"stays where it is as new", analysisAsNew},
		{"leaves what came later", analysisLater},
		{"of none", analysisOfNone},
	}
}

// analysed is a reply as a version of the program makes it.
func analysed(version int, text string) *store.Reply {
	r := said(text)
	r.AnalysisVersion = version
	return r
}

func (b *bench) outdated(t *testing.T, version, limit int) []int64 {
	t.Helper()
	ids, err := b.Outdated(t.Context(), version, limit)
	must(t, err)
	return ids
}

func (b *bench) reanalyse(t *testing.T, r *store.Reply) bool {
	t.Helper()
	changed, err := b.Reanalyse(t.Context(), store.VoicemailID(bot, "s1"), *r)
	must(t, err)
	return changed
}

func analysisOutdated(t *testing.T, b *bench) {
	for id, version := range map[string]int{"s1": 2, "s2": 1, "s3": 3} {
		b.archive(t, wanted(id), analysed(version, "hello"))
	}
	first, second := store.VoicemailID(bot, "s2"), store.VoicemailID(bot, "s1")
	equal(t, "below 3", b.outdated(t, 3, 10), []int64{first, second})
	equal(t, "one of them", b.outdated(t, 3, 1), []int64{first})
	equal(t, "clamped", b.outdated(t, 3, 0), []int64{first})
	equal(t, "below 2", b.outdated(t, 2, 10), []int64{first})
	equal(t, "below 1", len(b.outdated(t, 1, 10)), 0)
}

func analysisReplaces(t *testing.T, b *bench) {
	want, seq := b.archive(t, wanted("s1"), analysed(1, "four two")), b.head(t)
	session := b.session(t, "s1")
	r := analysed(2, "masked\x00")
	r.Recordings = nil
	r.Payload = []byte(`{"masked":1}`)
	equal(t, "changed", b.reanalyse(t, r), true)
	want.Segments[0].Text, want.Text, want.AnalysisVersion = "masked", "masked", 2
	equal(t, "voicemail", b.voicemail(t, "s1"), want)
	equal(t, "session", b.session(t, "s1"), session)
	equal(t, "payload", b.payload(t), `{"masked":1}`)
	equal(t, "head", b.head(t), seq+1)
	equal(t, "outdated", len(b.outdated(t, 2, 10)), 0)
}

func analysisUnseen(t *testing.T, b *bench) {
	r := analysed(1, "hello")
	r.Payload = []byte(`{"a":1}`)
	want, seq := b.archive(t, wanted("s1"), r), b.head(t)
	r = analysed(2, "hello")
	r.Payload = nil
	equal(t, "changed", b.reanalyse(t, r), false)
	want.AnalysisVersion = 2
	equal(t, "voicemail", b.voicemail(t, "s1"), want)
	equal(t, "payload", b.payload(t), `{"a":1}`)
	equal(t, "head", b.head(t), seq)
}

func analysisAsNew(t *testing.T, b *bench) {
	want, seq := b.archive(t, wanted("s1"), analysed(2, "hello")), b.head(t)
	for _, version := range []int{1, 2} {
		equal(t, "changed", b.reanalyse(t, analysed(version, "goodbye")), false)
	}
	equal(t, "voicemail", b.voicemail(t, "s1"), want)
	equal(t, "head", b.head(t), seq)
}

func analysisLater(t *testing.T, b *bench) {
	r := analysed(1, "later")
	r.Segments[0].ModifiedOn = created.Add(time.Hour)
	r.Segments = append(r.Segments, segment("m2", "another"))
	b.archive(t, wanted("s1"), r)
	again := analysed(2, "earlier")
	again.Segments[0].ModifiedOn = created
	equal(t, "changed", b.reanalyse(t, again), false)
	v := b.voicemail(t, "s1")
	equal(t, "text", v.Text, "later\nanother")
	equal(t, "version", v.AnalysisVersion, 2)
}

func analysisOfNone(t *testing.T, b *bench) {
	_, err := b.Reanalyse(t.Context(), 17, *analysed(1, "hello"))
	wantErr(t, "none", err, store.ErrNotFound)
}
