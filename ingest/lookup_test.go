package ingest

import (
	"fmt"
	"testing"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
	"afterbeep/store/archive"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// errKore is an error of the client.
func errKore(kind kore.Kind, status int) error {
	return &kore.Error{Op: "recordings", Kind: kind, Status: status}
}

// lookUpCase is a look-up that came to something at an age of the message.
type lookUpCase struct {
	name string
	in   lookedUp
	age  time.Duration
	want store.TaskOutcome
}

// run settles the look-up, and has the store look at the outcome.
func (tt lookUpCase) run(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	tt.in.now, tt.in.task.LeftAt = now, now.Add(-tt.age)
	got := settleLookUp(tt.in)
	ignore := cmpopts.IgnoreFields(store.Recording{}, "ExpiryHint")
	if diff := cmp.Diff(tt.want, got, ignore); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, err := got.Clean(store.TaskLookUp); err != nil {
		t.Errorf("the store doesn't take it: %v", err)
	}
}

func TestSettleLookUpOfFiles(t *testing.T) {
	const hour, day = time.Hour, 24 * time.Hour
	link := []kore.File{{Name: "a-merged.wav", URL: "https://media.example/a.wav?e=1&s=2"}}
	found := []store.Recording{{Kind: store.RecordingCallV2, FileName: "a-merged.wav", Status: store.RecordingSuccess}}
	had := []store.Recording{{Kind: store.RecordingCallV2, FileName: "a-merged.wav", Status: store.RecordingSuccess, N: 1}}
	for _, tt := range []lookUpCase{
		{"success", lookedUp{status: "success", files: link}, hour,
			store.TaskOutcome{State: store.StateStored, Recordings: found}},
		{"what was there is gone", lookedUp{status: "media_unavailable", had: had}, day,
			store.TaskOutcome{State: store.StateGone, Reason: "the upstream has no recording",
				Recordings: []store.Recording{{Kind: store.RecordingCallV2, FileName: "a-merged.wav", Status: "media_unavailable"}}}},
		{"a file without a link", lookedUp{status: "media_in_progress", files: []kore.File{{Name: "b.wav"}}}, hour,
			store.TaskOutcome{State: store.StateWaiting, After: 2 * time.Minute, Reason: "the upstream is still making the recording",
				Recordings: []store.Recording{{Kind: store.RecordingCallV2, FileName: "b.wav", Status: "media_in_progress"}}}},
		{"version 1 has two", lookedUp{old: true, count: 2}, hour,
			store.TaskOutcome{State: store.StateStored, Recordings: []store.Recording{
				{Kind: store.RecordingCallV1, Status: store.RecordingSuccess}, {Kind: store.RecordingCallV1, Status: store.RecordingSuccess}}}},
		{"version 1 has none yet", lookedUp{old: true}, hour,
			store.TaskOutcome{State: store.StateWaiting, After: 15 * time.Minute, Reason: "no recording of the call yet"}},
		{"version 1 has none", lookedUp{old: true}, day,
			store.TaskOutcome{State: store.StateEmpty, Reason: "the call has no recording"}},
	} {
		t.Run(tt.name, tt.run)
	}
}

func TestSettleLookUpOfStatuses(t *testing.T) {
	const hour, day = time.Hour, 24 * time.Hour
	row := func(status string) []store.Recording {
		return []store.Recording{{Kind: store.RecordingCallV2, Status: status}}
	}
	for _, tt := range []lookUpCase{
		{"success with nothing, soon after", lookedUp{status: "success"}, 20 * time.Minute,
			store.TaskOutcome{State: store.StateWaiting, After: 15 * time.Minute, Reason: "no recording of the call yet"}},
		{"success with nothing", lookedUp{status: "success"}, day,
			store.TaskOutcome{State: store.StateEmpty, Reason: "the call has no recording"}},
		{"call in progress", lookedUp{status: "call_in_progress"}, 0,
			store.TaskOutcome{State: store.StateWaiting, After: 2 * time.Minute, Reason: "the call is still going on", Recordings: row("call_in_progress")}},
		{"media in progress", lookedUp{status: "media_in_progress"}, hour,
			store.TaskOutcome{State: store.StateWaiting, After: 2 * time.Minute, Reason: "the upstream is still making the recording", Recordings: row("media_in_progress")}},
		{"media in progress, for the fifth time", lookedUp{status: "media_in_progress", task: store.Task{Attempts: 4}}, hour,
			store.TaskOutcome{State: store.StateWaiting, After: 32 * time.Minute, Reason: "the upstream is still making the recording", Recordings: row("media_in_progress")}},
		{"media in progress, for days", lookedUp{status: "media_in_progress", task: store.Task{Attempts: 14}}, 5 * day,
			store.TaskOutcome{State: store.StateWaiting, After: day, Reason: "the upstream is still making the recording", Recordings: row("media_in_progress")}},
		{"media in progress for ever", lookedUp{status: "media_in_progress", task: store.Task{Attempts: 14}}, 8 * day,
			store.TaskOutcome{State: store.StateGone, Reason: "the upstream never finished the recording: media_in_progress", Recordings: row("media_in_progress")}},
		{"media in progress of an old call, for the first time", lookedUp{status: "media_in_progress"}, 300 * day,
			store.TaskOutcome{State: store.StateWaiting, After: 2 * time.Minute, Reason: "the upstream is still making the recording", Recordings: row("media_in_progress")}},
		{"a part failed", lookedUp{status: "partial_download_failed"}, hour,
			store.TaskOutcome{State: store.StateWaiting, After: 15 * time.Minute, Reason: "the upstream has a part of the recording only, and tries again", Recordings: row("partial_download_failed")}},
		{"a part failed again", lookedUp{status: "partial_upload_failed", task: store.Task{Attempts: 1}}, hour,
			store.TaskOutcome{State: store.StateWaiting, After: day, Reason: "the upstream has a part of the recording only, and tries again", Recordings: row("partial_upload_failed")}},
		{"conversion failed", lookedUp{status: "media_conversion_failed", task: store.Task{Attempts: 2}}, day,
			store.TaskOutcome{State: store.StateWaiting, After: day, Reason: "the upstream could not convert the recording, and tries again", Recordings: row("media_conversion_failed")}},
		{"unavailable so far", lookedUp{status: "media_unavailable"}, 3 * hour,
			store.TaskOutcome{State: store.StateWaiting, After: 15 * time.Minute, Reason: "the upstream has no recording", Recordings: row("media_unavailable")}},
		{"unavailable so far, again", lookedUp{status: "media_unavailable", task: store.Task{Attempts: 1}}, 3 * hour,
			store.TaskOutcome{State: store.StateWaiting, After: 21 * hour, Reason: "the upstream has no recording", Recordings: row("media_unavailable")}},
		{"unavailable", lookedUp{status: "media_unavailable"}, day,
			store.TaskOutcome{State: store.StateGone, Reason: "the upstream has no recording", Recordings: row("media_unavailable")}},
		{"failed", lookedUp{status: "failed"}, hour,
			store.TaskOutcome{State: store.StateGone, Reason: "the upstream could not make the recording", Recordings: row("failed")}},
		{"generation failed", lookedUp{status: "media_generation_failed"}, hour,
			store.TaskOutcome{State: store.StateGone, Reason: "the upstream could not make the recording", Recordings: row("media_generation_failed")}},
		{"too short", lookedUp{status: "media_unavailable_short_duration"}, hour,
			store.TaskOutcome{State: store.StateEmpty, Reason: "the call was too short to be recorded", Recordings: row("media_unavailable_short_duration")}},
		{"switched off", lookedUp{status: "recording_disabled"}, hour,
			store.TaskOutcome{State: store.StateEmpty, Reason: "recording is switched off", Recordings: row("recording_disabled")}},
		{"a new status", lookedUp{status: "media_archived"}, hour,
			store.TaskOutcome{State: store.StateWaiting, After: 2 * time.Minute, Reason: "the upstream says media_archived", Recordings: row("media_archived")}},
		{"a new status with what may be anything", lookedUp{status: "call +1 415 555 0123"}, hour,
			store.TaskOutcome{State: store.StateWaiting, After: 2 * time.Minute, Reason: "the upstream says a status of an unknown form", Recordings: row("call +1 415 555 0123")}},
	} {
		t.Run(tt.name, tt.run)
	}
}

func TestSettleLookUpOfErrors(t *testing.T) {
	const hour, day = time.Hour, 24 * time.Hour
	for _, tt := range []lookUpCase{
		{"not known", lookedUp{err: errKore(kore.KindNotFound, 404)}, day,
			store.TaskOutcome{State: store.StateEmpty, Reason: "the upstream knows no recording of the call"}},
		{"deleted", lookedUp{err: errKore(kore.KindGone, 410)}, day,
			store.TaskOutcome{State: store.StateGone, Reason: "the upstream has deleted the call's recording"}},
		{"fault", lookedUp{err: errKore(kore.KindServer, 503)}, hour,
			store.TaskOutcome{State: store.StateRetry, After: time.Second, Reason: "kore recordings: server (status 503)"}},
		{"fault for a day", lookedUp{err: errKore(kore.KindNetwork, 0), task: store.Task{Attempts: 30}}, hour,
			store.TaskOutcome{State: store.StateRetry, After: day, Reason: "kore recordings: network"}},
		{"limited", lookedUp{err: errKore(kore.KindLimited, 429), task: store.Task{Attempts: 3}}, hour,
			store.TaskOutcome{State: store.StateDue, After: 30 * time.Second, Reason: "kore recordings: limited (status 429)"}},
		{"unreadable", lookedUp{err: errKore(kore.KindMalformed, 200)}, hour,
			store.TaskOutcome{State: store.StateRetry, After: time.Second, Reason: "kore recordings: malformed (status 200), unreadable times in a row: 1"}},
		{"unreadable again and again", lookedUp{err: errKore(kore.KindMalformed, 200),
			task: store.Task{Attempts: 7, Reason: "x, unreadable times in a row: 7"}}, hour,
			store.TaskOutcome{State: store.StateDead, Reason: "kore recordings: malformed (status 200), unreadable times in a row: 8"}},
		{"the account pauses", lookedUp{err: &accountPause{4 * time.Minute, "no right"}, task: store.Task{Attempts: 2}}, hour,
			store.TaskOutcome{State: store.StateDue, After: 4 * time.Minute, Reason: "no right"}},
		{"one is refused", lookedUp{err: &refusedOne{errKore(kore.KindScope, 403)}}, hour,
			store.TaskOutcome{State: store.StateRetry, After: time.Second, Reason: "kore recordings: scope (status 403)"}},
		{"nobody speaks for the bot", lookedUp{err: errNoClient}, hour,
			store.TaskOutcome{State: store.StateDue, After: noClientAgain, Reason: "the bot is not connected"}},
		{"a stop", lookedUp{err: errStopping, task: store.Task{Reason: "as before"}}, hour,
			store.TaskOutcome{State: store.StateDue, Reason: "as before"}},
	} {
		t.Run(tt.name, tt.run)
	}
}

func TestSettleKeep(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	const hour, day = time.Hour, 24 * time.Hour
	media := func(kind kore.Kind, status int) error {
		return &kore.Error{Op: kore.OpMedia, Kind: kind, Status: status}
	}
	absent := func(status string) keeping { return keeping{err: &noFile{status}, status: status} }
	audio := &store.Kept{Digest: "d", Bytes: 3}
	for _, tt := range []struct {
		name string
		in   keeping
		age  time.Duration
		want store.TaskOutcome
	}{
		{"kept", keeping{kept: audio}, hour, store.TaskOutcome{State: store.StateStored, Kept: audio}},
		{"coming", absent("media_in_progress"), hour,
			store.TaskOutcome{State: store.StateWaiting, After: 2 * time.Minute, Reason: "the upstream is still making the recording"}},
		{"never", absent("failed"), day, store.TaskOutcome{State: store.StateGone, Reason: "the upstream could not make the recording"}},
		{"never, too soon to tell", absent("media_unavailable"), hour,
			store.TaskOutcome{State: store.StateWaiting, After: 15 * time.Minute, Reason: "the upstream has no recording"}},
		{"none expected", absent("recording_disabled"), hour, store.TaskOutcome{State: store.StateEmpty, Reason: "recording is switched off"}},
		{"not named", absent("success"), day, store.TaskOutcome{State: store.StateGone, Reason: "the upstream names this recording no more"}},
		{"too large", keeping{err: tooLargeFor(5 << 20)}, hour,
			store.TaskOutcome{State: store.StateDead, Reason: "the recording is too large to be kept: it is larger than 5 MB"}},
		{"too large for the client", keeping{err: media(kore.KindTooLarge, 200)}, hour,
			store.TaskOutcome{State: store.StateDead, Reason: "kore media: too_large (status 200)"}},
		{"no bytes", keeping{err: errNoBytes}, hour,
			store.TaskOutcome{State: store.StateRetry, After: time.Second, Reason: "the media host sent no bytes, unreadable times in a row: 1"}},
		{"text", keeping{err: errText, task: store.Task{Attempts: 9, Reason: "x, unreadable times in a row: 7"}}, hour,
			store.TaskOutcome{State: store.StateDead, Reason: "the media host sent text instead of audio, unreadable times in a row: 8"}},
		{"media host down", keeping{err: media(kore.KindServer, 503), task: store.Task{Attempts: 2}}, hour,
			store.TaskOutcome{State: store.StateRetry, After: 30 * time.Second, Reason: "kore media: server (status 503)"}},
		{"media host limits", keeping{err: media(kore.KindLimited, 429)}, hour,
			store.TaskOutcome{State: store.StateDue, After: 30 * time.Second, Reason: "kore media: limited (status 429)"}},
		{"another host", keeping{err: media(kore.KindHost, 0)}, hour,
			store.TaskOutcome{State: store.StateWaiting, After: 2 * time.Minute, Reason: "kore media: host_not_allowed"}},
		{"another host once more", keeping{err: media(kore.KindHost, 0), task: store.Task{Attempts: 3}}, 8 * day,
			store.TaskOutcome{State: store.StateWaiting, After: 16 * time.Minute, Reason: "kore media: host_not_allowed"}},
		{"another host for days", keeping{err: media(kore.KindHost, 0), task: store.Task{Attempts: 11}}, 80 * day,
			store.TaskOutcome{State: store.StateWaiting, After: day, Reason: "kore media: host_not_allowed"}},
		{"another host for a week", keeping{err: media(kore.KindHost, 0), task: store.Task{Attempts: hostAsks}}, 8 * day,
			store.TaskOutcome{State: store.StateDead, Reason: "kore media: host_not_allowed"}},
		{"session not known", keeping{err: errKore(kore.KindNotFound, 404)}, day,
			store.TaskOutcome{State: store.StateGone, Reason: "kore recordings: not_found (status 404)"}},
		{"lost, and gone", keeping{err: errKore(kore.KindGone, 410), lost: true}, day,
			store.TaskOutcome{State: store.StateGone, Reason: "kore recordings: gone (status 410)", Lost: true}},
		{"lost, and kept again", keeping{kept: audio, lost: true}, hour, store.TaskOutcome{State: store.StateStored, Kept: audio}},
		{"lost, and down", keeping{err: media(kore.KindServer, 503), lost: true}, hour,
			store.TaskOutcome{State: store.StateRetry, After: time.Second, Reason: "kore media: server (status 503)"}},
		{"no room", keeping{err: errNoRoom, task: store.Task{Attempts: 1}}, hour,
			store.TaskOutcome{State: store.StateDue, After: time.Minute, Reason: "there is no room for more audio"}},
		{"no room on the medium", keeping{err: fmt.Errorf("%w: %w", errNoRoom, archive.ErrFull)}, hour,
			store.TaskOutcome{State: store.StateDue, After: mediumAgain, Reason: "there is no room for more audio"}},
		{"larger than the room", keeping{err: errLargerThanRoom, task: store.Task{Attempts: 2}}, hour,
			store.TaskOutcome{State: store.StateWaiting, After: 8 * time.Minute, Reason: "the recording is larger than the room that is left"}},
		{"larger than the cap", keeping{err: errOverCap}, hour,
			store.TaskOutcome{State: store.StateDead, Reason: "the recording is larger than the whole audio archive may be"}},
		{"archive away", keeping{err: errArchive}, hour,
			store.TaskOutcome{State: store.StateDue, After: time.Minute, Reason: "the audio archive could not be written"}},
		{"warm link over", keeping{err: errWarmOnly, task: store.Task{Reason: "as before"}}, hour,
			store.TaskOutcome{State: store.StateDue, Reason: "as before"}},
		{"a panic", keeping{err: errPanicked}, hour,
			store.TaskOutcome{State: store.StateRetry, After: time.Second, Reason: "the reply could not be worked through, unreadable times in a row: 1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.now, tt.in.task.LeftAt = now, now.Add(-tt.age)
			got := settleKeep(tt.in)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if _, err := got.Clean(store.TaskKeep); err != nil {
				t.Errorf("the store doesn't take it: %v", err)
			}
		})
	}
}

func TestAccountTroubleIsToldOnce(t *testing.T) {
	at := &clock{at: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}
	troubles := newTroubles(at.Now, orDiscard(nil))
	scope := errKore(kore.KindScope, 403)
	if !troubles.refused("a", familyRecordings, 1, scope) {
		t.Error("the first refusal is not the account's")
	}
	for _, want := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
		wait, words := troubles.paused("a", familyRecordings)
		if wait != want || words != "account a: kore recordings: scope (status 403)" {
			t.Errorf("paused for %s with %q, want %s", wait, words, want)
		}
		troubles.refused("a", familyRecordings, 2, scope) // under way when it began
		if again, _ := troubles.paused("a", familyRecordings); again != want {
			t.Errorf("paused for %s more, want %s", again, want)
		}
		if other, _ := troubles.paused("a", familyVoicemail); other != 0 {
			t.Error("voicemails wait too")
		}
		at.Add(wait)
		if left, _ := troubles.paused("a", familyRecordings); left != 0 {
			t.Errorf("paused for %s after the pause", left)
		}
		troubles.refused("a", familyRecordings, 3, scope)
	}
	troubles.good("a", familyRecordings)
	if troubles.words() != "" {
		t.Error("it goes on telling")
	}
	for range 2 {
		if troubles.refused("a", familyRecordings, 1, scope) {
			t.Error("one voicemail that is refused is the account's trouble")
		}
	}
	if !troubles.refused("a", familyRecordings, 2, scope) {
		t.Error("two in a row are not the account's trouble")
	}
}
