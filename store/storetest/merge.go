package storetest

import (
	"testing"
	"time"

	"afterbeep/store"
)

func mergeRows() []row {
	return []row{
		{"an empty reply wipes nothing", mergeEmpty},
		{"a shorter reply wipes nothing", mergeShorter},
		{"a failing reply wipes nothing", mergeFailing},
		{"equal content writes no change", mergeEqual},
		{"modified later replaces, by its ids", mergeNewer},
		{"modified earlier or at the same time does not", mergeOlder},
		{"text where there was none", mergeFirstText},
		{"recordings keep their n", mergeRecordings},
		{"a recording is renamed", mergeAlias},
		{"a new link is kept without a change", mergeLink},
		{"the stored order stays, and new ones follow", mergeOrder},
	}
}

func (b *bench) again(t *testing.T, r *store.Reply) bool {
	t.Helper()
	return b.fetch(t, "s1", store.Outcome{State: store.StateStored, Reply: r})
}

func mergeEmpty(t *testing.T, b *bench) {
	want, seq := b.archive(t, wanted("s1"), said("hello")), b.head(t)
	b.clock.move(time.Minute)
	equal(t, "changed", b.again(t, &store.Reply{Payload: []byte("{}")}), true)
	want.Recordings[0].Status, want.Recordings[0].CheckedAt = store.RecordingMissing, b.clock.at(0)
	equal(t, "voicemail", b.voicemail(t, "s1"), want)
	equal(t, "head", b.head(t), seq+1)
	b.clock.move(time.Minute)
	equal(t, "changed by the second empty one", b.again(t, &store.Reply{}), false)
	equal(t, "head", b.head(t), seq+1)
}

func mergeShorter(t *testing.T, b *bench) {
	long := said("one")
	long.Segments = append(long.Segments, segment("m2", "two"))
	want := b.archive(t, wanted("s1"), long)
	equal(t, "changed", b.again(t, said("one")), false)
	equal(t, "voicemail", b.voicemail(t, "s1"), want)
	blank := said("")
	equal(t, "changed by a blank one", b.again(t, blank), false)
	equal(t, "text", b.voicemail(t, "s1").Text, "one\ntwo")
}

func mergeFailing(t *testing.T, b *bench) {
	want, seq := b.archive(t, wanted("s1"), said("hello")), b.head(t)
	equal(t, "changed", b.again(t, nil), false)
	equal(t, "changed", b.fetch(t, "s1", store.Outcome{State: store.StateGone, Reason: "404"}), false)
	equal(t, "voicemail", b.voicemail(t, "s1"), want)
	equal(t, "head", b.head(t), seq)
}

func mergeEqual(t *testing.T, b *bench) {
	want, seq := b.archive(t, full(), wholeReply()), b.head(t)
	equal(t, "changed", b.again(t, wholeReply()), false)
	equal(t, "voicemail", b.voicemail(t, "s1"), want)
	equal(t, "head", b.head(t), seq)
}

func modified(id, text string, later time.Duration) *store.Reply {
	r := said(text)
	r.Segments[0] = segment(id, text)
	r.Segments[0].ModifiedOn = created.Add(later)
	return r
}

func mergeNewer(t *testing.T, b *bench) {
	had, seq := b.archive(t, wanted("s1"), said("hello")), b.head(t)
	equal(t, "changed", b.again(t, modified("m1", "hello again", time.Microsecond)), true)
	v := b.voicemail(t, "s1")
	equal(t, "text", v.Text, "hello again")
	equal(t, "modified", v.ModifiedOn, created.Add(time.Microsecond))
	equal(t, "id", v.ID, had.ID)
	equal(t, "segments", len(v.Segments), 1)
	equal(t, "head", b.head(t), seq+1)
}

func mergeOlder(t *testing.T, b *bench) {
	want := b.archive(t, wanted("s1"), said("hello"))
	for _, later := range []time.Duration{0, 999, -time.Microsecond, -time.Hour} {
		equal(t, "changed", b.again(t, modified("m1", "something else", later)), false)
		equal(t, "voicemail", b.voicemail(t, "s1"), want)
	}
	equal(t, "changed by a newer blank one", b.again(t, modified("m1", " \n", time.Hour)), false)
	equal(t, "voicemail", b.voicemail(t, "s1"), want)
}

func mergeFirstText(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), said(""))
	equal(t, "transcript", b.voicemail(t, "s1").Transcript, store.TranscriptNone)
	equal(t, "changed", b.again(t, said("hello")), true)
	v := b.voicemail(t, "s1")
	equal(t, "text", v.Text, "hello")
	equal(t, "transcript", v.Transcript, store.TranscriptPresent)
}

func files(names ...string) *store.Reply {
	r := said("hello")
	r.Recordings = nil
	for _, name := range names {
		r.Recordings = append(r.Recordings, store.Recording{Kind: store.RecordingVoicemail, FileName: name, Status: store.RecordingSuccess})
	}
	return r
}

func mergeRecordings(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), files("a", "b", "a"))
	for _, c := range []struct {
		reply *store.Reply
		want  string // name and status by n
	}{
		{files("b", "a", "a"), "0 a success, 1 b success, 2 a success, "},
		{files("c", "a"), "0 a success, 1 b missing, 2 a missing, 3 c success, "},
		{files(), "0 a missing, 1 b missing, 2 a missing, 3 c missing, "},
		{files("c", "b", "a", "a", "d"), "0 a success, 1 b success, 2 a success, 3 c success, 4 d success, "},
	} {
		b.again(t, c.reply)
		var got string
		for _, r := range b.voicemail(t, "s1").Recordings {
			got += string(rune('0'+r.N)) + " " + r.FileName + " " + r.Status + ", "
		}
		equal(t, "recordings", got, c.want)
	}
}

// A file that is named otherwise than before keeps its place, where its reply
// says how it was named.
func mergeAlias(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), files("x", "b", "x"))
	again := files("[x]", "b", "[x]")
	for i := range again.Recordings {
		if again.Recordings[i].FileName == "[x]" {
			again.Recordings[i].Alias = "x"
		}
	}
	for range 2 {
		b.again(t, again)
		var got string
		for _, r := range b.voicemail(t, "s1").Recordings {
			got += string(rune('0'+r.N)) + " " + r.FileName + " " + r.Status + r.Alias + ", "
		}
		equal(t, "recordings", got, "0 [x] success, 1 b success, 2 [x] success, ")
	}
}

func mergeLink(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), said("hello"))
	seq := b.head(t)
	b.clock.move(time.Hour)
	r := said("hello")
	r.Recordings[0].ExpiryHint = created.Add(5 * time.Hour)
	equal(t, "changed", b.again(t, r), false)
	got := b.voicemail(t, "s1").Recordings[0]
	equal(t, "expiry hint", got.ExpiryHint, created.Add(5*time.Hour))
	equal(t, "checked at", got.CheckedAt, b.clock.at(0))
	equal(t, "head", b.head(t), seq)
}

func mergeOrder(t *testing.T, b *bench) {
	reply := func(ids ...string) *store.Reply {
		r := said("")
		r.Segments = nil
		for _, id := range ids {
			r.Segments = append(r.Segments, segment(id, id))
		}
		return r
	}
	b.archive(t, wanted("s1"), reply("b", "a"))
	for _, c := range []struct {
		reply *store.Reply
		want  string
	}{
		{reply("c"), "b\na\nc"},
		{reply("a", "b"), "b\na\nc"},
		{reply("d", "a"), "b\na\nc\nd"},
		{reply("a", "b", "c", "d", "a"), "a\nb\nc\nd"},
	} {
		b.again(t, c.reply)
		equal(t, "text", b.voicemail(t, "s1").Text, c.want)
	}
}

func payloadRows() []row {
	return []row{
		{"comes back as it was recorded", payloadRoundTrip},
		{"follows a change, not an equal or shorter reply", payloadFollows},
		{"of none", payloadNone},
	}
}

func (b *bench) payload(t *testing.T) string {
	t.Helper()
	p, err := b.Payload(t.Context(), store.AllBots(), store.VoicemailID(bot, "s1"))
	must(t, err)
	return string(p)
}

func payloadRoundTrip(t *testing.T, b *bench) {
	body := make([]byte, 300_000) // bytes that are no text
	for i := range body {
		body[i] = byte(i * i >> 3)
	}
	r := said("hello")
	r.Payload = body
	b.archive(t, wanted("s1"), r)
	equal(t, "payload", b.payload(t) == string(body), true)
}

func payloadFollows(t *testing.T, b *bench) {
	with := func(r *store.Reply, payload string) *store.Reply {
		r.Payload = []byte(payload)
		return r
	}
	b.archive(t, wanted("s1"), with(said("hello"), "one"))
	b.again(t, with(said("hello"), "equal"))
	equal(t, "after an equal reply", b.payload(t), "one")
	b.again(t, with(modified("m1", "hello again", time.Hour), "two"))
	equal(t, "after a newer reply", b.payload(t), "two")
	b.again(t, with(&store.Reply{}, "empty"))
	equal(t, "after an empty reply", b.payload(t), "two")
	b.again(t, with(modified("m2", "and more", time.Hour), "partial"))
	equal(t, "text after a partial reply", b.voicemail(t, "s1").Text, "hello again\nand more")
	equal(t, "after a partial reply", b.payload(t), "two")
	b.again(t, with(modified("m1", "hello a third time", 2*time.Hour), ""))
	equal(t, "after a reply without a body", b.payload(t), "two")
}

func payloadNone(t *testing.T, b *bench) {
	b.archive(t, wanted("s1"), file())
	for _, id := range []int64{store.VoicemailID(bot, "s1"), 1} {
		_, err := b.Payload(t.Context(), store.AllBots(), id)
		wantErr(t, "payload", err, store.ErrNotFound)
	}
}
