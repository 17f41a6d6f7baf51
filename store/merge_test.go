package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"afterbeep/store"
)

var (
	noon    = time.Date(2025, 2, 11, 12, 0, 0, 0, time.UTC)
	session = store.Session{AccountID: "account", BotID: "bot", SessionID: "s1", FoundAt: noon}
)

func seg(id, text string, modified time.Duration) store.Segment {
	return store.Segment{MessageID: id, Text: text, CreatedOn: noon, ModifiedOn: noon.Add(modified)}
}

func TestMergeVoicemailSegments(t *testing.T) {
	had := []store.Segment{seg("a", "alpha", 0), seg("b", "", 0)}
	for _, c := range []struct {
		name    string
		reply   []store.Segment
		want    string
		changed bool
	}{
		{"nothing", nil, "alpha", false},
		{"the same", had, "alpha", false},
		{"a blank one, later", []store.Segment{seg("a", " \n\t", time.Hour)}, "alpha", false},
		{"another text at the same time", []store.Segment{seg("a", "beta", 0)}, "alpha", false},
		{"another text, earlier", []store.Segment{seg("a", "beta", -time.Hour)}, "alpha", false},
		{"another text, less than a microsecond later", []store.Segment{seg("a", "beta", 999)}, "alpha", false},
		{"another text, later", []store.Segment{seg("a", "beta", time.Microsecond)}, "beta", true},
		{"text where there was none, at the same time", []store.Segment{seg("b", "beta", 0)}, "alpha\nbeta", true},
		{"a new one", []store.Segment{seg("c", "gamma", 0)}, "alpha\ngamma", true},
		{"a new one before all others", []store.Segment{seg("c", "gamma", 0), seg("a", "alpha", 0), seg("b", "", 0)}, "gamma\nalpha", true},
		{"twice in one reply, the later first", []store.Segment{seg("c", "new", time.Hour), seg("c", "old", 0)}, "alpha\nnew", true},
		{"twice in one reply, the later last", []store.Segment{seg("c", "old", 0), seg("c", "new", time.Hour)}, "alpha\nnew", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, _ := store.MergeVoicemail(nil, session, &store.Reply{Segments: had}, false, noon)
			got, changed := store.MergeVoicemail(&v, session, &store.Reply{Segments: c.reply}, false, noon)
			if got.Text != c.want || changed != c.changed {
				t.Errorf("got %q, changed %v, want %q, %v", got.Text, changed, c.want, c.changed)
			}
		})
	}
}

// A reply from which something was taken, or that a newer analysis made, goes
// before what was stored of the same time.
func TestMergeVoicemailAgain(t *testing.T) {
	had := []store.Segment{seg("a", "alpha", 0), seg("b", "", time.Hour)}
	for _, c := range []struct {
		name  string
		reply store.Reply
		want  string
	}{
		{"neither", store.Reply{AnalysisVersion: 3, Segments: []store.Segment{seg("a", "beta", 0)}}, "alpha"},
		{"redacted", store.Reply{AnalysisVersion: 3, Redacted: true, Segments: []store.Segment{seg("a", "beta", 0)}}, "beta"},
		{"analysed anew", store.Reply{AnalysisVersion: 4, Segments: []store.Segment{seg("a", "beta", 0)}}, "beta"},
		{"redacted, earlier", store.Reply{AnalysisVersion: 3, Redacted: true, Segments: []store.Segment{seg("a", "beta", -time.Hour)}}, "alpha"},
		{"redacted and blank", store.Reply{AnalysisVersion: 3, Redacted: true, Segments: []store.Segment{seg("a", " ", 0)}}, "alpha"},
		{"redacted, twice in one reply", store.Reply{AnalysisVersion: 3, Redacted: true, Segments: []store.Segment{seg("a", "beta", 0), seg("a", "gamma", 0)}}, "beta"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, _ := store.MergeVoicemail(nil, session, &store.Reply{AnalysisVersion: 3, Segments: had}, false, noon)
			got, _ := store.MergeVoicemail(&v, session, &c.reply, false, noon)
			if got.Text != c.want {
				t.Errorf("got %q, want %q", got.Text, c.want)
			}
			if again, changed := store.MergeVoicemail(&got, session, &c.reply, false, noon); changed || again.Text != got.Text {
				t.Errorf("the same reply again: changed %v, %q", changed, again.Text)
			}
		})
	}
}

func TestMergeVoicemailDerives(t *testing.T) {
	started := session
	started.StartedAt = noon.Add(-time.Hour)
	spoken := &store.Reply{Segments: []store.Segment{
		{MessageID: "a", Text: "one", CreatedOn: noon.Add(time.Minute)},
		{MessageID: "b", Text: "two", Lang: "de", Author: store.Author{ID: "u"}, CreatedOn: noon, ModifiedOn: noon.Add(time.Hour)},
	}}
	file := &store.Reply{Recordings: []store.Recording{{FileName: "a"}}}
	for _, c := range []struct {
		name    string
		s       store.Session
		r       *store.Reply
		waiting bool
		want    store.Voicemail
	}{
		{"words", started, spoken, true, store.Voicemail{Lang: "de", Author: store.Author{ID: "u"}, CreatedOn: noon,
			ModifiedOn: noon.Add(time.Hour), LeftAt: noon, Transcript: store.TranscriptPresent, Text: "one\ntwo"}},
		{"a file, waiting", started, file, true, store.Voicemail{CreatedOn: noon.Add(-time.Hour), LeftAt: noon.Add(-time.Hour),
			Transcript: store.TranscriptPending}},
		{"a file, not waiting", started, file, false, store.Voicemail{CreatedOn: noon.Add(-time.Hour), LeftAt: noon.Add(-time.Hour),
			Transcript: store.TranscriptNone}},
		{"a file and no start", session, file, false, store.Voicemail{LeftAt: noon, Transcript: store.TranscriptNone}},
		{"blank words", session, &store.Reply{Segments: []store.Segment{{Text: " \n"}}}, false, store.Voicemail{LeftAt: noon,
			Transcript: store.TranscriptNone}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, changed := store.MergeVoicemail(nil, c.s, c.r, c.waiting, noon)
			if !changed {
				t.Error("a new voicemail is no change")
			}
			got := store.Voicemail{Lang: v.Lang, Author: v.Author, CreatedOn: v.CreatedOn, ModifiedOn: v.ModifiedOn,
				LeftAt: v.LeftAt, Transcript: v.Transcript, Text: v.Text}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestShownBy(t *testing.T) {
	v := store.Voicemail{Caller: "+1", Called: "+2", Queue: "old", AccountID: "account", StartedAt: noon}
	for _, c := range []struct {
		name string
		s    store.Session
		want [5]any // account, caller, called, queue, start
	}{
		{"nothing is taken away", store.Session{}, [5]any{"account", "+1", "+2", "old", noon}},
		{"E.164 before what the upstream writes", store.Session{Caller: "a", CallerE164: "+3", Called: "b", CalledE164: "+4"},
			[5]any{"account", "+3", "+4", "old", noon}},
		{"else what the upstream writes", store.Session{Caller: "a", Called: "b"}, [5]any{"account", "a", "b", "old", noon}},
		{"a queue's name before its id", store.Session{QueueID: "q", QueueName: "Billing"}, [5]any{"account", "+1", "+2", "Billing", noon}},
		{"a queue's id", store.Session{QueueID: "q"}, [5]any{"account", "+1", "+2", "q", noon}},
		{"a start, cut", store.Session{AccountID: "other", StartedAt: noon.Add(1999)}, [5]any{"other", "+1", "+2", "old", noon.Add(1000)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := store.ShownBy(c.s, v)
			if d := cmp.Diff(c.want, [5]any{got.AccountID, got.Caller, got.Called, got.Queue, got.StartedAt}); d != "" {
				t.Error(d)
			}
		})
	}
}

// replies draws what an upstream may answer: few ids and texts, so that they meet.
func replies(rt *rapid.T) *store.Reply {
	segment := rapid.Custom(func(rt *rapid.T) store.Segment {
		return store.Segment{
			MessageID:   rapid.SampledFrom([]string{"m1", "m2", "m3"}).Draw(rt, "message"),
			ComponentID: rapid.SampledFrom([]string{"", "c1"}).Draw(rt, "component"),
			Text:        rapid.SampledFrom([]string{"", " ", "one", "two", "three"}).Draw(rt, "text"),
			CreatedOn:   noon.Add(time.Duration(rapid.IntRange(0, 3).Draw(rt, "created")) * 700),
			ModifiedOn:  noon.Add(time.Duration(rapid.IntRange(0, 9).Draw(rt, "modified")) * 700),
		}
	})
	recording := rapid.Custom(func(rt *rapid.T) store.Recording {
		return store.Recording{
			N:        rapid.IntRange(-1, 9).Draw(rt, "n"),
			Kind:     rapid.SampledFrom([]store.RecordingKind{store.RecordingVoicemail, "call"}).Draw(rt, "kind"),
			FileName: rapid.SampledFrom([]string{"", "a", "b"}).Draw(rt, "file"),
			Status:   rapid.SampledFrom([]string{store.RecordingSuccess, "media_in_progress"}).Draw(rt, "status"),
		}
	})
	return &store.Reply{
		Segments:   rapid.SliceOfN(segment, 0, 5).Draw(rt, "segments"),
		Recordings: rapid.SliceOfN(recording, 0, 5).Draw(rt, "recordings"),
		Duration:   time.Duration(rapid.IntRange(0, 3).Draw(rt, "duration")) * 1500,
		Redacted:   rapid.Bool().Draw(rt, "redacted"),
	}
}

// TestMergeVoicemailOnlyAdds holds for any replies in any order: words and
// files that were there stay, ids stay, the same reply again changes nothing,
// and what was handed in is left as it was.
func TestMergeVoicemailOnlyAdds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var had *store.Voicemail
		for i := range rapid.IntRange(1, 5).Draw(rt, "replies") {
			r := replies(rt)
			now := noon.Add(time.Duration(i) * time.Minute)
			before := clone(had)
			v, changed := store.MergeVoicemail(had, session, r, false, now)
			if d := cmp.Diff(before, clone(had)); d != "" {
				rt.Fatalf("the merge changed what was stored:\n%s", d)
			}
			if had != nil {
				checkKept(rt, *had, v)
				if shown := !cmp.Equal(*had, v, unseen); shown != changed {
					rt.Fatalf("changed is %v", changed)
				}
			}
			again, changed := store.MergeVoicemail(&v, session, r, false, now)
			if d := cmp.Diff(v, again); d != "" || changed {
				rt.Fatalf("the same reply again: changed %v\n%s", changed, d)
			}
			had = &v
		}
	})
}

// unseen leaves out what neither readers nor the index see.
var unseen = cmp.Options{cmpopts.IgnoreFields(store.Recording{}, "CheckedAt", "ExpiryHint"), cmpopts.EquateEmpty()}

func clone(v *store.Voicemail) *store.Voicemail {
	if v == nil {
		return nil
	}
	c := *v
	c.Segments, c.Recordings = slices.Clone(v.Segments), slices.Clone(v.Recordings)
	return &c
}

func checkKept(rt *rapid.T, had, v store.Voicemail) {
	for _, g := range had.Segments {
		at := slices.IndexFunc(v.Segments, func(n store.Segment) bool {
			return n.MessageID == g.MessageID && n.ComponentID == g.ComponentID
		})
		if at < 0 || (g.Text != "" && g.Text != " " && (v.Segments[at].Text == "" || v.Segments[at].Text == " ")) {
			rt.Fatalf("segment %s/%s lost its text", g.MessageID, g.ComponentID)
		}
	}
	for i, r := range had.Recordings {
		if n := v.Recordings[i]; n.N != r.N || n.Kind != r.Kind || n.FileName != r.FileName {
			rt.Fatalf("recording %d is another now", r.N)
		}
	}
	if v.ID != had.ID || (had.Duration != 0 && v.Duration == 0) {
		rt.Fatalf("id or duration lost")
	}
}
