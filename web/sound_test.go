package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

// digest is the name of a tone in the archive.
var digest = strings.Repeat("ab", 32)

// keep archives a recording of a voicemail, as the keeper would.
func (b *bench) keep(id int64, n int, kept store.Kept) {
	b.t.Helper()
	lease, err := b.store.ClaimTask(b.t.Context(), store.TaskKey{VoicemailID: id, Kind: store.TaskKeep, N: n}, time.Minute)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.store.RecordTask(b.t.Context(), lease, store.TaskOutcome{State: store.StateStored, Kept: &kept}); err != nil {
		b.t.Fatal(err)
	}
}

// lookUp ends the look-up of a voicemail's call recordings.
func (b *bench) lookUp(id int64, o store.TaskOutcome) {
	b.t.Helper()
	lease, err := b.store.ClaimTask(b.t.Context(), store.TaskKey{VoicemailID: id, Kind: store.TaskLookUp}, time.Minute)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.store.RecordTask(b.t.Context(), lease, o); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) task(id int64, kind store.TaskKind, n int) store.Task {
	b.t.Helper()
	tasks, err := b.store.VoicemailTasks(b.t.Context(), store.AllBots(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	i := slices.IndexFunc(tasks, func(t store.Task) bool { return t.Kind == kind && t.N == n })
	if i < 0 {
		b.t.Fatalf("no task %s %d in %+v", kind, n, tasks)
	}
	return tasks[i]
}

// Every status is said in words of its own, and none is a riddle.
func TestRecordingWords(t *testing.T) {
	statuses := []string{"success", "call_in_progress", "media_in_progress", "partial_download_failed", "partial_upload_failed", "media_conversion_failed",
		"media_unavailable", "failed", "media_generation_failed", "media_unavailable_short_duration", "recording_disabled",
		store.RecordingMissing, store.RecordingNoLink, "", "never_heard_of"}
	seen := map[string]string{}
	for _, status := range statuses {
		words := recordingWords(status)
		if before, twice := seen[words]; twice || words == "" || !strings.HasSuffix(words, ".") {
			t.Errorf("%q: got %q, as for %q", status, words, before)
		}
		seen[words] = status
		if loud := recordingWords(" " + strings.ToUpper(status)); status != "never_heard_of" && loud != words {
			t.Errorf("%q in capitals: got %q, want %q", status, loud, words)
		}
	}
	for _, odd := range []string{"<b>weird</b> +14155551234", strings.Repeat("x", 61), "two words"} {
		if got := recordingWords(odd); !strings.Contains(got, "a status of an unknown form") || strings.Contains(got, odd) {
			t.Errorf("%q: got %q", odd, got)
		}
	}
	if got := recordingWords("never_heard_of"); !strings.Contains(got, "“never_heard_of”") {
		t.Errorf("got %q", got)
	}
}

// Who opens a voicemail wants its call recordings: they are looked up once.
func TestOpeningLooksUpCallRecordings(t *testing.T) {
	for _, path := range []string{"/voicemails/%d", "/api/v1/voicemails/%d", "/api/v1/sessions/s1"} {
		t.Run(path, func(t *testing.T) {
			keeper := &larder{}
			b := newBench(t, func(c *Config) { c.Keeper, c.Ingest = keeper, running("st-a") })
			id := b.archive(message{bot: "st-a", session: "s1", left: noon, segments: said("hello"), recordings: wav()})[0]
			if got := b.task(id, store.TaskLookUp, 0); got.State != store.StateSkipped {
				t.Fatalf("before: got %s", got.State)
			}
			agent := b.person("al", store.RoleAgent, "st-a")
			if strings.Contains(path, "%d") {
				path = fmt.Sprintf(path, id)
			}
			for range 2 {
				got := b.get(path, agent)
				if got.StatusCode != ok || !strings.Contains(got.body, "asking which call recordings there are") {
					t.Errorf("got %d: %s", got.StatusCode, got.body)
				}
			}
			if got := b.task(id, store.TaskLookUp, 0); got.State != store.StateDue || keeper.nudged != 1 {
				t.Errorf("afterwards: %s, nudged %d times", got.State, keeper.nudged)
			}
		})
	}
}

// Who waits for something on a page has it done before all others; programs
// wait for their turn.
func TestHurry(t *testing.T) {
	keeper := &larder{}
	b := newBench(t, equipped, func(c *Config) { c.Keeper = keeper })
	id := b.archive(message{bot: "st-a", session: "s1", left: noon, segments: said("hello"), recordings: wav()},
		message{bot: "st-a", session: "s2", left: noon, segments: said("hello"), recordings: wav()})[0]
	admin := b.person("ada", store.RoleAdmin)
	b.get("/api/v1/sessions/s2", admin)
	b.get(voicemailPath(id), admin)
	b.post(recordingPath(id, 0)+"/fetch", nil, admin)
	b.post(voicemailPath(id)+"/lookup", nil, admin)
	for range 2 { // and not what is worked on
		if _, err := b.store.ClaimTask(t.Context(), store.TaskKey{VoicemailID: id, Kind: store.TaskKeep}, time.Minute); err != nil && !errors.Is(err, store.ErrLeased) {
			t.Fatal(err)
		}
		b.post(recordingPath(id, 0)+"/fetch", nil, admin)
	}
	lookUp, keep := store.TaskKey{VoicemailID: id, Kind: store.TaskLookUp}, store.TaskKey{VoicemailID: id, Kind: store.TaskKeep}
	if diff := cmp.Diff([]store.TaskKey{lookUp, keep, lookUp}, keeper.hurried); diff != "" {
		t.Errorf("hurried (-want +got):\n%s", diff)
	}
}

// Where recordings of calls are not looked up, nobody is told that they are.
func TestLookUpsOff(t *testing.T) {
	keeper := &larder{status: KeeperStatus{LookUpsOff: true}}
	b := newBench(t, equipped, func(c *Config) { c.Keeper = keeper })
	ids := b.archive(message{bot: "st-a", session: "new", left: noon, segments: said("hello"), recordings: wav()},
		message{bot: "st-a", session: "waiting", left: noon, segments: said("hello"), recordings: wav()},
		message{bot: "st-a", session: "none", left: noon, segments: said("hello"), recordings: wav()})
	b.lookUp(ids[1], store.TaskOutcome{State: store.StateWaiting, After: time.Hour, Reason: "It says media_in_progress.",
		Recordings: []store.Recording{{Kind: store.RecordingCallV2, FileName: "c.wav", Status: "media_in_progress"}}})
	b.lookUp(ids[2], store.TaskOutcome{State: store.StateEmpty})
	admin := b.person("ada", store.RoleAdmin)
	for i, want := range []string{"Looking up call recordings is switched off.", "Looking up call recordings is switched off.", "There is no recording of the call."} {
		page := text(b.get(voicemailPath(ids[i]), admin).doc(t))
		if !strings.Contains(page, want) || strings.Contains(page, "asking") || strings.Contains(page, "Asked again") || strings.Contains(page, "Look ") {
			t.Errorf("got %s", page)
		}
		var a VoicemailAnswer
		if err := json.Unmarshal([]byte(b.get("/api/v1"+voicemailPath(ids[i]), admin).body), &a); err != nil {
			t.Fatal(err)
		}
		if a.LookUp == nil || a.LookUp.Words != want || !time.Time(a.LookUp.NextAt).IsZero() {
			t.Errorf("got %+v", a.LookUp)
		}
	}
	if strings.Contains(b.get(voicemailPath(ids[1]), admin).body, recordingPath(ids[1], 1)+"/fetch") {
		t.Error("what only a look-up could tell is offered to be fetched")
	}
	for _, path := range []string{voicemailPath(ids[0]) + "/lookup", recordingPath(ids[1], 1) + "/fetch"} {
		if got := b.post(path, nil, admin); got.StatusCode != http.StatusConflict || !strings.Contains(got.body, "switched off") {
			t.Errorf("%s: got %d", path, got.StatusCode)
		}
	}
	if got := b.task(ids[0], store.TaskLookUp, 0); got.State != store.StateSkipped || len(keeper.hurried) > 0 {
		t.Errorf("got %s, hurried %v", got.State, keeper.hurried)
	}
	if page := text(b.get("/ledger", admin).doc(t)); !strings.Contains(page, "Call recordings looking them up is switched off") {
		t.Errorf("the ledger does not say so: %s", page)
	}
}

// What is archived can be lost all the same: who administers may have it fetched
// anew, and whoever may fetch as soon as it is known to be lost.
func TestFetchAnew(t *testing.T) {
	keeper := &larder{}
	b := newBench(t, equipped, func(c *Config) { c.Keeper = keeper })
	id := b.archive(message{bot: "st-a", session: "s1", left: noon, segments: said("hello"), recordings: wav()})[0]
	b.lookUp(id, store.TaskOutcome{State: store.StateEmpty})
	b.keep(id, 0, store.Kept{Digest: digest, Bytes: 198444, Type: "audio/wav"})
	admin, analyst, agent := b.person("ada", store.RoleAdmin), b.person("ann", store.RoleAnalyst), b.person("al", store.RoleAgent)
	see := func(step, words string, offered ...bool) {
		t.Helper()
		for i, cookie := range []*http.Cookie{admin, analyst, agent} {
			got := b.get(voicemailPath(id), cookie)
			page := text(got.doc(t))
			if !strings.Contains(page, words) || strings.Contains(page, "Fetch again") || strings.Contains(page, "Fetch anew") != offered[i] || strings.Contains(got.body, "/fetch") != offered[i] {
				t.Errorf("%s, for person %d: %s", step, i, page)
			}
		}
	}
	end := func(o store.TaskOutcome) {
		t.Helper()
		lease, err := b.store.ClaimTask(t.Context(), store.TaskKey{VoicemailID: id, Kind: store.TaskKeep}, time.Minute)
		if err == nil {
			_, err = b.store.RecordTask(t.Context(), lease, o)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	see("archived", "In the audio archive.", true, false, false)
	if got := b.post(recordingPath(id, 0)+"/fetch", nil, admin); got.StatusCode != away || len(keeper.hurried) != 1 || b.task(id, store.TaskKeep, 0).State != store.StateDue {
		t.Errorf("got %d, hurried %v", got.StatusCode, keeper.hurried)
	}
	see("asked for", "fetched anew where it is lost or damaged: waiting for its turn.", true, true, false)
	end(store.TaskOutcome{State: store.StateRetry, After: time.Hour, Reason: "It did not answer."})
	see("in vain so far", "met a fault and is tried again: It did not answer. Tried again Wed 12 Feb 2025, 13:00", true, true, false)
	end(store.TaskOutcome{State: store.StateGone, Reason: "It was deleted."})
	see("in vain", "could not be fetched anew, no longer to be had: It was deleted.", true, true, false)
	keeper.status.Off = true
	see("without an archive", "could not be fetched anew", false, false, false)
	keeper.status.Off = false
	end(store.TaskOutcome{State: store.StateStored, Kept: &store.Kept{Digest: digest, Bytes: 198444, Type: "audio/wav"}})
	see("there again", "In the audio archive.", true, false, false)
}

// Where nobody would ask, nothing is promised.
func TestOpeningWithoutKeeper(t *testing.T) {
	b := newBench(t)
	id := b.archive(message{bot: "st-a", session: "s1", left: noon, segments: said("hello"), recordings: wav()})[0]
	page := text(b.get(voicemailPath(id), b.person("ada", store.RoleAdmin)).doc(t))
	if strings.Contains(page, "asking") || strings.Contains(page, "Fetch again") || b.task(id, store.TaskLookUp, 0).State != store.StateSkipped {
		t.Errorf("got %s", page)
	}
}

func TestVoicemailPageTellsOfAudio(t *testing.T) {
	later := noon.Add(10 * time.Minute)
	tests := []struct {
		name    string
		outcome store.TaskOutcome // of the look-up
		status  KeeperStatus
		want    []string
	}{
		{"no recording of the call", store.TaskOutcome{State: store.StateEmpty}, KeeperStatus{}, []string{"There is no recording of the call."}},
		{"still made", store.TaskOutcome{State: store.StateWaiting, After: 10 * time.Minute, Reason: "it says media_in_progress"}, KeeperStatus{},
			[]string{"not finished the recordings of the call. It says media_in_progress.", "Asked again " + reading{}.Exact(later).Text}},
		{"failed", store.TaskOutcome{State: store.StateRetry, After: 10 * time.Minute, Reason: "It did not answer."}, KeeperStatus{}, []string{"could not be found out yet. It did not answer."}},
		{"given up", store.TaskOutcome{State: store.StateDead, Reason: "Not JSON."}, KeeperStatus{}, []string{"could not be found out. Not JSON.", "Look again for call recordings"}},
		{"told that there is none", store.TaskOutcome{State: store.StateGone, Reason: "The call was too short to be recorded."}, KeeperStatus{}, []string{"There is no recording of the call to be had. The call was too short"}},
		{"found", store.TaskOutcome{State: store.StateStored, Recordings: []store.Recording{{Kind: store.RecordingCallV2, FileName: "c.wav", Status: "partial_upload_failed"}}}, KeeperStatus{},
			[]string{"1. Voicemail", "2. Recording of the call The contact centre stored only a part of this recording", "Not archived yet, waiting for its turn."}},
		{"archiving is off", store.TaskOutcome{State: store.StateEmpty}, KeeperStatus{Off: true}, []string{"Not archived: it can be played for as long as"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, func(c *Config) { c.Player, c.Keeper, c.Ingest = &tape{}, &larder{status: tt.status}, running("st-a") })
			id := b.archive(message{bot: "st-a", session: "s1", left: noon, segments: said("hello"), recordings: wav()})[0]
			b.lookUp(id, tt.outcome)
			page := text(b.get(voicemailPath(id), b.person("ada", store.RoleAdmin)).doc(t))
			for _, want := range tt.want {
				if !strings.Contains(page, want) {
					t.Errorf("the page does not say %q: %s", want, page)
				}
			}
		})
	}
}

func TestArchivedRecording(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Player, c.Keeper, c.Ingest = &tape{}, &larder{}, running("st-a") })
	id := b.archive(message{bot: "st-a", session: "s1", left: noon, segments: said("hello"), recordings: wav()})[0]
	admin := b.person("ada", store.RoleAdmin)
	if got := b.get(recordingPath(id, 0)+"/peaks", admin); got.StatusCode != http.StatusNoContent || got.body != "" {
		t.Errorf("before: got %d", got.StatusCode)
	}
	b.keep(id, 0, store.Kept{Digest: digest, Bytes: 198444, Type: "audio/flac", Duration: 12400 * time.Millisecond, Peaks: []byte{0, 128, 255}})
	doc := b.get(voicemailPath(id), admin).doc(t)
	page := text(doc)
	for _, words := range []string{"Voicemail 0:12 198 kB", "In the audio archive."} {
		if !strings.Contains(page, words) {
			t.Errorf("the page does not say %q: %s", words, page)
		}
	}
	waves := all(doc, "svg", "class=wave")
	if len(waves) != 1 || attr(all(waves[0], "path")[0], "d") != "M1 23V25M4 13V35M7 1V47" {
		t.Errorf("got waves %d", len(waves))
	}
	got := b.get(recordingPath(id, 0)+"/peaks", admin)
	if want := `{"n":0,"duration_s":12.4,"peaks":[0,128,255],"voiced":[[4.13,12.4]],"words":[[0,0,5,4.13]],"marks":[],"marked":false}`; strings.TrimSpace(got.body) != want {
		t.Errorf("got %s, want %s", got.body, want)
	}
	var a VoicemailAnswer
	if err := json.Unmarshal([]byte(b.get("/api/v1"+voicemailPath(id), admin).body), &a); err != nil {
		t.Fatal(err)
	}
	size := int64(198444)
	length := 12.4
	want := Recording{N: 0, Kind: "voicemail", FileName: "voicemail.wav", Status: "success", URL: recordingPath(id, 0), Words: "The contact centre has this recording ready.",
		DurationS: &length, Bytes: &size, Archived: true}
	want.NextAt, a.Recordings[0].NextAt = Stamp{}, Stamp(time.Time(a.Recordings[0].NextAt))
	if diff := cmp.Diff(want, a.Recordings[0], cmp.Comparer(func(x, y Stamp) bool { return time.Time(x).Equal(time.Time(y)) })); diff != "" {
		t.Errorf("recording (-want +got):\n%s", diff)
	}
	if got := b.get(recordingPath(id, 0)+"/peaks", b.person("bea", store.RoleAgent, "st-b")); got.StatusCode != missing {
		t.Errorf("somebody of another bot: got %d", got.StatusCode)
	}
}

// A waveform is never too wide, too high or empty.
func TestWave(t *testing.T) {
	if waveOf(nil) != nil {
		t.Error("nothing is drawn")
	}
	for _, n := range []int{1, 3, 199, 200, 201, 800} {
		w := waveOf(slices.Repeat([]byte{255}, n))
		if w.Width != min(n, waveBars)*waveStep || strings.Count(w.Path, "M") != min(n, waveBars) || strings.Contains(w.Path, "-") {
			t.Errorf("%d peaks: got %d wide, %s", n, w.Width, w.Path)
		}
	}
	loud := make([]byte, 800)
	loud[799] = 255 // the last of its bar
	if w := waveOf(loud); !strings.HasSuffix(w.Path, "V47") {
		t.Errorf("the last peak is lost: %s", w.Path)
	}
}

func TestFetchAgain(t *testing.T) {
	keeper := &larder{}
	b := newBench(t, equipped, func(c *Config) { c.Keeper = keeper })
	ids := b.archive(
		message{bot: "st-a", session: "ready", left: noon, segments: said("hello"), recordings: wav()},
		message{bot: "st-a", session: "coming", left: noon, segments: said("hello"), recordings: []store.Recording{{Kind: store.RecordingVoicemail, FileName: "v.wav", Status: "media_in_progress"}}})
	b.keepFailed(ids[0])
	b.lookUp(ids[0], store.TaskOutcome{State: store.StateStored, Recordings: []store.Recording{{Kind: store.RecordingCallV2, FileName: "c.wav", Status: "failed"}}})
	analyst := b.person("ann", store.RoleAnalyst)
	tests := []struct {
		name, path, to string
		due            func() bool
	}{
		{"audio that is there", recordingPath(ids[0], 0) + "/fetch?q=hello", voicemailPath(ids[0]) + "?done=fetch&q=hello",
			func() bool { return b.task(ids[0], store.TaskKeep, 0).State == store.StateDue }},
		{"a recording of the call", recordingPath(ids[0], 1) + "/fetch", voicemailPath(ids[0]) + "?done=fetch",
			func() bool { return b.task(ids[0], store.TaskLookUp, 0).State == store.StateDue }},
		{"all recordings of the call", voicemailPath(ids[1]) + "/lookup", voicemailPath(ids[1]) + "?done=lookup",
			func() bool { return b.task(ids[1], store.TaskLookUp, 0).State == store.StateDue }},
		{"audio that is to come", recordingPath(ids[1], 0) + "/fetch", voicemailPath(ids[1]) + "?done=fetch", func() bool {
			row, err := b.store.Session(t.Context(), store.AllBots(), "coming")
			return err == nil && row.State == store.StateDue
		}},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.due() {
				t.Fatal("it is due already")
			}
			got := b.post(tt.path, nil, analyst)
			if to := got.Header.Get("Location"); got.StatusCode != away || to != tt.to {
				t.Errorf("got %d to %s, want %s", got.StatusCode, to, tt.to)
			}
			if !tt.due() || keeper.nudged != i+1 {
				t.Errorf("due: %v, nudged %d times", tt.due(), keeper.nudged)
			}
		})
	}
	if _, err := b.store.ClaimTask(t.Context(), store.TaskKey{VoicemailID: ids[0], Kind: store.TaskKeep}, time.Minute); err != nil {
		t.Fatal(err)
	}
	got := b.post(recordingPath(ids[0], 0)+"/fetch", nil, analyst)
	if to := got.Header.Get("Location"); to != voicemailPath(ids[0])+"?done=busy" {
		t.Errorf("while it is fetched: got %d to %s", got.StatusCode, to)
	}
	if got := b.post(recordingPath(ids[0], 9)+"/fetch", nil, analyst); got.StatusCode != missing {
		t.Errorf("no such recording: got %d", got.StatusCode)
	}
	for _, page := range []struct {
		cookie *http.Cookie
		want   bool
	}{{analyst, true}, {b.person("al", store.RoleAgent), false}} {
		if got := strings.Contains(b.get(voicemailPath(ids[1]), page.cookie).body, "/fetch"); got != page.want {
			t.Errorf("the page offers it: %v, want %v", got, page.want)
		}
	}
	alone := newBench(t)
	id := alone.archive(message{bot: "st-a", session: "s", left: noon, recordings: wav()})[0]
	if got := alone.post(recordingPath(id, 0)+"/fetch", nil, alone.person("ada", store.RoleAdmin)); got.StatusCode != http.StatusConflict {
		t.Errorf("without anybody who fetches: got %d", got.StatusCode)
	}
}

// keepFailed gives up keeping the first recording.
func (b *bench) keepFailed(id int64) {
	b.t.Helper()
	lease, err := b.store.ClaimTask(b.t.Context(), store.TaskKey{VoicemailID: id, Kind: store.TaskKeep}, time.Minute)
	if err == nil {
		_, err = b.store.RecordTask(b.t.Context(), lease, store.TaskOutcome{State: store.StateDead, Reason: "It is too large."})
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// Of a listen the log is told once, and nothing is heard without an entry.
func TestListens(t *testing.T) {
	now := noon
	b := newBench(t, func(c *Config) { c.Player, c.Now = &tape{}, func() time.Time { return now } })
	id := b.archive(message{bot: "st-a", session: "s1", recordings: wav()})[0]
	people := map[string]*http.Cookie{"ada": b.person("ada", store.RoleAdmin), "bea": b.person("bea", store.RoleAgent, "st-a")}
	const play, download = "recording 0", "recording 0, downloaded"
	steps := []struct {
		name, who, method, rng, query string
		after                         time.Duration
		want                          string // the detail of the entry; "" for none
	}{
		{"begins", "ada", "GET", "bytes=0-", "", 0, play},
		{"goes on", "ada", "GET", "bytes=4-7", "", time.Minute, ""},
		{"back to the start", "ada", "GET", "bytes=0-", "", time.Minute, ""},
		{"somebody else, in the middle", "bea", "GET", "bytes=4-7", "", 0, play},
		{"the whole is another listen", "ada", "GET", "", "", 0, play},
		{"a download", "ada", "GET", "bytes=0-", "?download=1", 0, download},
		{"more of it", "ada", "GET", "bytes=4-7", "?download=1", 0, ""},
		{"how long it is", "ada", "HEAD", "", "", 0, ""},
		{"just within the pause", "ada", "GET", "bytes=4-7", "", listenPause - time.Second, ""},
		{"after the pause", "ada", "GET", "bytes=4-7", "", listenPause, play},
	}
	for i := range 7 { // one who moves about for long
		steps = append(steps, steps[1])
		steps[len(steps)-1].after, steps[len(steps)-1].name = listenPause-time.Second, fmt.Sprint("moves about ", i)
	}
	steps[len(steps)-1].want = play // an hour is over
	for _, s := range steps {
		now = now.Add(s.after)
		if s.after >= time.Hour {
			t.Fatal("the login ends")
		}
		before := len(b.trail())
		r := b.request(s.method, recordingPath(id, 0)+s.query, nil, people[s.who])
		if s.rng != "" {
			r.Header.Set("Range", s.rng)
		}
		if got := b.send(r); got.StatusCode >= 300 {
			t.Fatalf("%s: got %d", s.name, got.StatusCode)
		}
		var got string
		for _, e := range b.trail()[before:] {
			if e.Actor != s.who || e.Action != store.AuditPlay || !e.Allowed || e.VoicemailID != id {
				t.Errorf("%s: got %+v", s.name, e)
			}
			got += e.Detail
		}
		if got != s.want {
			t.Errorf("%s: got entry %q, want %q", s.name, got, s.want)
		}
	}
}

// Who loses the right in the middle of a listen hears no more, and that is
// written down.
func TestListenEndsWithTheRight(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Player = &tape{} })
	id := b.archive(message{bot: "st-a", session: "s1", recordings: wav()})[0]
	cookie := b.person("bea", store.RoleAgent, "st-a")
	hear := func() int {
		r := b.request("GET", recordingPath(id, 0), nil, cookie)
		r.Header.Set("Range", "bytes=0-")
		return b.send(r).StatusCode
	}
	if got := hear(); got != http.StatusPartialContent {
		t.Fatalf("got %d", got)
	}
	u, err := b.store.User(t.Context(), "bea")
	if err != nil {
		t.Fatal(err)
	}
	u.Bots = []string{"st-b"}
	if err := b.store.UpdateUser(t.Context(), u); err != nil {
		t.Fatal(err)
	}
	if got := hear(); got != missing {
		t.Errorf("afterwards: got %d", got)
	}
	trail := b.trail()
	if last := trail[len(trail)-1]; last.Allowed || last.Action != store.AuditPlay || len(trail) != 2 {
		t.Errorf("got %+v", trail)
	}
}

// Without an entry nobody hears anything, ranges included.
func TestListenWithoutAudit(t *testing.T) {
	b, f := newFlakyBench(t, func(c *Config) { c.Player = &tape{} })
	id := b.archive(message{bot: "st-a", session: "s1", recordings: wav()})[0]
	admin := b.person("ada", store.RoleAdmin)
	f.audit = errors.New("disk full")
	for range 2 {
		r := b.request("GET", recordingPath(id, 0), nil, admin)
		r.Header.Set("Range", "bytes=4-")
		if got := b.send(r); got.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("got %d", got.StatusCode)
		}
	}
}
