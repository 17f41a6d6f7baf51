package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"afterbeep/ingest/kore"
	"afterbeep/store"
	"afterbeep/store/sqlite"
)

// archivedBy puts replies of a session into an archive, one after the other, as
// another version of the program did, that masked nothing.
func archivedBy(t *testing.T, s *sqlite.Store, version int, session string, replies ...string) {
	t.Helper()
	key := store.SessionKey{BotID: "st-1", SessionID: session}
	if _, err := s.SaveSessions(t.Context(), []store.Session{{BotID: "st-1", SessionID: session, FoundAt: time.Now(), Wanted: true}}); err != nil {
		t.Fatal(err)
	}
	for _, body := range replies {
		reply, err := kore.ParseVoicemail([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		flat := Flatten(reply, RedactOff)
		flat.AnalysisVersion = version
		l, err := s.ClaimSession(t.Context(), key, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Record(t.Context(), l, store.Outcome{State: store.StateStored, Reply: &flat}); err != nil {
			t.Fatal(err)
		}
	}
}

// says is a reply with a file and with components, id and text in turn.
func says(components ...string) string {
	var b bytes.Buffer
	for i := 0; i < len(components); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"_id":%q,"cT":"text","data":{"text":%q}}`, components[i], components[i+1])
	}
	return `{"status":"success","voicemail recording":[{"fileName":"a.wav","fileUrl":"https://media.kore.ai/a.wav?Expires=1739289462&Signature=x"}],` +
		`"transcriptions":[{"_id":"m","lang":"en","createdOn":"2025-02-11T13:57:42Z","lmodifiedOn":"2025-02-11T13:57:42Z","components":[` + b.String() + `]}]}`
}

// An archive of an older version is analysed anew from what is in it, ends, and
// loses nothing; being stopped in between is no harm.
func TestReanalyse(t *testing.T) {
	s := openStore(t, filepath.Join(t.TempDir(), "a.db"), time.Now)
	want := map[string]string{}
	archive := func(session, text string, replies ...string) {
		archivedBy(t, s, AnalysisVersion-1, session, replies...)
		want[session] = text
	}
	const card, gone = "4242 4242 4242 4242", "[card ending 4242]"
	archive("plain", "call me on 415 555 0132", says("a", "call me on 415 555 0132"))
	archive("card", "card "+gone, says("a", "card "+card))
	archive("over two segments", "card "+gone+"\n"+gone+" thanks", says("a", "card 4242 4242", "b", "4242 4242 thanks"))
	archive("of two replies", "one\ncard "+gone, says("a", "one"), says("b", "card "+card))
	archive("a card in the reply that was not kept", "card "+gone+"\ntwo", says("a", "card "+card), says("b", "two"))
	archive("what older versions left", "it is "+gone, says("a", "it is 4242&nbsp;4242&nbsp;4242&nbsp;4242"))
	for i := range 2 * analysisBatch {
		archive(fmt.Sprint("many ", i), "hello", says("a", "hello"))
	}
	archivedBy(t, s, AnalysisVersion, "as new", says("a", "not masked: "+card))
	want["as new"] = "not masked: " + card

	before := map[string]store.Voicemail{}
	for session := range want {
		v, err := s.Voicemail(t.Context(), store.AllBots(), store.VoicemailID("st-1", session))
		if err != nil {
			t.Fatal(err)
		}
		before[session] = v
	}
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stopped := &stoppedStore{Store: s, left: 30}
	first, err := Reanalyse(t.Context(), stopped, RedactCards, nil)
	if !errors.Is(err, errStoreAway) || first.Voicemails != 30 {
		t.Fatalf("stopped: got %+v, %v", first, err)
	}
	rest, err := Reanalyse(t.Context(), s, RedactCards, nil)
	if all := len(want) - 1; err != nil || first.Voicemails+rest.Voicemails != all || first.Changed+rest.Changed != 5 || first.Unread+rest.Unread != 0 {
		t.Errorf("got %+v and %+v, %v, want %d voicemails, 5 changed", first, rest, err, all)
	}
	if again, err := Reanalyse(t.Context(), s, RedactCards, nil); err != nil || again != (AnalysisReport{}) {
		t.Errorf("again: got %+v, %v", again, err)
	}
	if now, err := s.Head(t.Context()); err != nil || now.Seq != head.Seq+5 {
		t.Errorf("%d changes, %v, want 5", now.Seq-head.Seq, err)
	}
	for session, text := range want {
		id := store.VoicemailID("st-1", session)
		v, err := s.Voicemail(t.Context(), store.AllBots(), id)
		if err != nil || v.Text != text || v.AnalysisVersion != AnalysisVersion {
			t.Errorf("%s: got %q of version %d, %v, want %q", session, v.Text, v.AnalysisVersion, err, text)
		}
		unread := cmpopts.IgnoreFields(store.Voicemail{}, "Text", "AnalysisVersion")
		if diff := cmp.Diff(before[session], v, unread, cmpopts.IgnoreFields(store.Segment{}, "Text")); diff != "" {
			t.Errorf("%s lost something:\n%s", session, diff)
		}
		payload, err := s.Payload(t.Context(), store.AllBots(), id)
		if err != nil || session != "as new" && bytes.Contains(payload, []byte("4242 4242")) {
			t.Errorf("%s: payload %s, %v", session, payload, err)
		}
	}
}

// Off masks nothing, and an archive without a payload that can be read is masked as
// it is stored.
func TestReanalyseWhatIsThere(t *testing.T) {
	had := store.Voicemail{Segments: []store.Segment{{MessageID: "m", ComponentID: "a", Text: "card 4242 4242 4242 4242"}}}
	for _, tt := range []struct {
		name, payload, want string
		redact              Redaction
		read                bool
	}{
		{"nothing is masked", "{}", "card 4242 4242 4242 4242", RedactOff, true},
		{"no payload", "", "card [card ending 4242]", RedactCards, false},
		{"a damaged one", `{"status":`, "card [card ending 4242]", RedactCards, false},
		{"one without it", "{}", "card [card ending 4242]", RedactCards, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			flat, read := flattenAgain(had, []byte(tt.payload), tt.redact)
			if read != tt.read || len(flat.Segments) != 1 || flat.Segments[0].Text != tt.want || flat.Payload != nil || flat.AnalysisVersion != AnalysisVersion {
				t.Errorf("got %+v, read %v, want %q, %v", flat, read, tt.want, tt.read)
			}
		})
	}
}

var errStoreAway = errors.New("the store is away")

// stoppedStore is away after some voicemails.
type stoppedStore struct {
	*sqlite.Store
	left int
}

func (s *stoppedStore) Reanalyse(ctx context.Context, id int64, r store.Reply) (bool, error) {
	if s.left--; s.left < 0 {
		return false, errStoreAway
	}
	return s.Store.Reanalyse(ctx, id, r)
}

// onceAway is away when it is first asked.
type onceAway struct {
	*sqlite.Store
	asked atomic.Int32
}

func (s *onceAway) Outdated(ctx context.Context, version, limit int) ([]int64, error) {
	if s.asked.Add(1) == 1 {
		return nil, errStoreAway
	}
	return s.Store.Outdated(ctx, version, limit)
}

// A running program reads the archive anew though the store was away at first, reads
// what gets old later, reopens nothing that is done, and ends when it is told to.
func TestKeepAnalysed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openStore(t, filepath.Join(t.TempDir(), "a.db"), time.Now)
		id := func(session string) int64 { return store.VoicemailID("st-1", session) }
		archivedBy(t, s, AnalysisVersion-1, "first", says("a", "call me back"))
		archivedBy(t, s, AnalysisVersion-1, "done", says("a", "call me back"))
		if _, err := s.Act(t.Context(), store.AllBots(), id("done"), store.Action{Verb: store.VerbClose, By: "ada", Outcome: "not_needed"}); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		away := &onceAway{Store: s}
		find := func(store.Voicemail) store.Finding { return store.Finding{Requested: true, Confidence: 1} }
		go func() { ended <- KeepAnalysed(ctx, away, RedactOff, find, nil) }()
		status := func(session string) store.CallbackStatus {
			t.Helper()
			c, err := s.Callback(t.Context(), store.AllBots(), id(session))
			if err != nil {
				t.Fatal(err)
			}
			if v, err := s.Voicemail(t.Context(), store.AllBots(), id(session)); err != nil || v.AnalysisVersion != AnalysisVersion {
				t.Errorf("%s is of version %d, %v", session, v.AnalysisVersion, err)
			}
			return c.Status
		}
		time.Sleep(2 * analysisRest)
		if a, b := status("first"), status("done"); a != store.CallbackOpen || b != store.CallbackDone || away.asked.Load() < 2 {
			t.Errorf("read anew they are %s and %s, after %d looks", a, b, away.asked.Load())
		}
		archivedBy(t, s, AnalysisVersion-1, "later", says("a", "call me back"))
		time.Sleep(2 * analysisRest)
		if got := status("later"); got != store.CallbackOpen {
			t.Errorf("what came later is %s", got)
		}
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	})
}
