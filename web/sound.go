package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"afterbeep/store"
)

// sound is what is being done for the audio of a voicemail.
type sound struct {
	keep   map[int]store.Task // by the recording's N
	lookUp *store.Task        // nil where recordings of the call are not looked up
	asking bool               // this very visit has them looked up
	idle   bool               // nobody works on any of this
	off    bool               // audio is not archived
	deaf   bool               // recordings of calls are not looked up
}

// sound reads the tasks of a voicemail. Recordings of a call that are looked up
// only where somebody cares are looked up now: somebody does.
func (s *Server) sound(v *visit, vm store.Voicemail) (sound, error) {
	so := sound{keep: map[int]store.Task{}, idle: s.Keeper == nil || !s.serves(vm.BotID)}
	so.off, so.deaf = so.idle, so.idle
	if !so.idle {
		st := s.Keeper.Status()
		so.off, so.deaf = st.Off, st.LookUpsOff
	}
	tasks, err := s.Store.VoicemailTasks(v.ctx(), v.scope(), vm.ID)
	if err != nil {
		return so, fmt.Errorf("list tasks: %w", err)
	}
	for _, t := range tasks {
		if t.Kind == store.TaskLookUp {
			so.lookUp = &t
		} else {
			so.keep[t.N] = t
		}
	}
	if so.lookUp == nil || so.lookUp.State != store.StateSkipped || so.deaf {
		return so, nil
	}
	err = s.Store.WakeTask(v.ctx(), v.scope(), so.lookUp.TaskKey)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrLeased): // somebody else was faster
	case err != nil:
		return so, fmt.Errorf("wake task: %w", err)
	case !v.wantsJSON(): // a program may open thousands, and waits for none
		s.Keeper.Hurry(so.lookUp.TaskKey)
	}
	s.Keeper.Nudge()
	so.asking, so.lookUp.State, so.lookUp.DueAt = true, store.StateDue, v.now
	return so, nil
}

// next is when a recording is tried again; zero where it is not.
func (so sound) next(r store.Recording) time.Time {
	if t, ok := so.keep[r.N]; ok && (r.KeptAt.IsZero() || so.renews(r)) && !so.off {
		return t.DueAt
	}
	if so.found(r) && r.Status != store.RecordingSuccess && so.lookUp != nil && !so.deaf {
		return so.lookUp.DueAt
	}
	return time.Time{}
}

// found reports whether it is looking up that tells of a recording.
func (sound) found(r store.Recording) bool { return r.Kind != store.RecordingVoicemail }

// renews reports whether the file of an archived recording was found to be lost
// or damaged, or is looked after because somebody asked for that.
func (so sound) renews(r store.Recording) bool {
	t, ok := so.keep[r.N]
	return ok && !r.KeptAt.IsZero() && t.State != store.StateStored
}

// keptWords says whether a recording is safe.
func (so sound) keptWords(r store.Recording) string {
	t, ok := so.keep[r.N]
	words := ""
	switch {
	case so.renews(r) && (t.State == store.StateGone || t.State == store.StateDead):
		words = "It was in the audio archive, its file was lost, and it could not be fetched anew, "
	case so.renews(r) && !so.off:
		words = "In the audio archive. Its file is looked at, and fetched anew where it is lost or damaged: "
	case !r.KeptAt.IsZero():
		return "In the audio archive."
	case r.Status != store.RecordingSuccess:
		return ""
	case so.off:
		return "Not archived: it can be played for as long as the contact centre keeps it."
	case !ok:
		return "Not archived yet."
	default:
		words = "Not archived yet, "
	}
	words += taskWords(t.State)
	if t.Reason != "" {
		return words + ": " + t.Reason
	}
	return words + "."
}

// fetchDo is what the button says that has a recording fetched once more; ""
// where nobody would come for it, or the role may not ask for it. What is
// archived needs that only where its file is lost, which administrators may know
// before anybody else does.
func (so sound) fetchDo(r store.Recording, role store.Role) string {
	switch {
	case !may(role, rightRefetch):
	case !r.KeptAt.IsZero():
		if !so.off && (so.renews(r) || may(role, rightAdminister)) {
			return "Fetch anew"
		}
	case r.Status == store.RecordingSuccess || !so.found(r) || !so.deaf:
		return "Fetch again"
	}
	return ""
}

// lookUpWords says how it stands with the recordings of the call; "" where there
// is nothing to say.
func (so sound) lookUpWords(rs []store.Recording) string {
	if so.asking {
		return "Afterbeep is asking which call recordings there are. They show here when it knows."
	}
	if so.lookUp == nil || so.idle {
		return ""
	}
	if so.deaf && so.pending() {
		return "Looking up call recordings is switched off."
	}
	words := ""
	switch so.lookUp.State {
	case store.StateDue, store.StateLeased:
		return "Afterbeep is asking which call recordings there are. They show here when it knows."
	case store.StateSkipped:
		return "Afterbeep has not asked which call recordings there are."
	case store.StateEmpty:
		words = "There is no recording of the call."
	case store.StateWaiting:
		words = "The contact centre has not finished the recordings of the call."
	case store.StateRetry:
		words = "Which call recordings there are could not be found out yet."
	case store.StateGone:
		words = "There is no recording of the call to be had."
	case store.StateDead:
		words = "Which call recordings there are could not be found out."
	case store.StateStored:
		if slices.ContainsFunc(rs, so.found) {
			return ""
		}
		words = "There is no recording of the call."
	}
	if so.lookUp.Reason != "" && so.lookUp.State != store.StateStored {
		words += " " + sentence(so.lookUp.Reason)
	}
	return words
}

// pending reports whether the look-up has not ended.
func (so sound) pending() bool {
	return so.lookUp != nil && slices.Contains([]store.State{store.StateSkipped, store.StateDue, store.StateLeased, store.StateWaiting, store.StateRetry}, so.lookUp.State)
}

// taskWords says what a task's state means.
func taskWords(st store.State) string {
	switch st {
	case store.StateDue:
		return "waiting for its turn"
	case store.StateLeased:
		return "being fetched now"
	case store.StateStored:
		return "done"
	case store.StateEmpty:
		return "nothing there"
	case store.StateWaiting:
		return "the contact centre is still making it"
	case store.StateRetry:
		return "met a fault and is tried again"
	case store.StateGone:
		return "no longer to be had"
	case store.StateDead:
		return "given up"
	case store.StateSkipped:
		return "not asked for"
	}
	return string(st)
}

// canFetch says whether anybody would come for what is asked for again of a bot.
func (s *Server) canFetch(bot string) bool {
	return s.serves(bot) && (s.Keeper != nil || s.Enlister != nil)
}

// nobodyFetches answers where there is nobody to fetch anything.
func nobodyFetches() *fault {
	return &fault{status: http.StatusConflict, code: codeConflict, title: "Nothing to fetch it from",
		words: "Its bot is not connected, so there is nowhere to fetch this from."}
}

// noLookUps answers where recordings of calls are not looked up.
func noLookUps() *fault {
	return &fault{status: http.StatusConflict, code: codeConflict, title: "Call recordings are not looked up",
		words: "Looking up call recordings is switched off, so nothing can be found out about them."}
}

// recordingOf is the recording that the address names, of a voicemail that is
// opened with open.
func (v *visit) recordingOf(open func(id int64, n int) (store.Voicemail, error)) (vm store.Voicemail, r store.Recording, err error) {
	id, err := v.voicemailID()
	if err != nil {
		return vm, r, err
	}
	n, err := v.recordingNumber()
	if err != nil {
		return vm, r, err
	}
	if vm, err = open(id, n); err != nil {
		return vm, r, err
	}
	i := slices.IndexFunc(vm.Recordings, func(r store.Recording) bool { return r.N == n })
	if i < 0 {
		return vm, r, notFound()
	}
	return vm, vm.Recordings[i], nil
}

// postFetch has one recording fetched again: its audio where it is said to be
// there, else the answer that names it.
func (s *Server) postFetch(v *visit) error {
	vm, r, err := v.recordingOf(func(id int64, n int) (store.Voicemail, error) {
		return s.open(v, id, fmt.Sprintf("recording %d", n))
	})
	if err != nil {
		return err
	}
	if !s.canFetch(vm.BotID) {
		return nobodyFetches()
	}
	return s.fetched(v, vm, "fetch", s.fetchAgain(v, vm, r))
}

func (s *Server) fetchAgain(v *visit, vm store.Voicemail, r store.Recording) error {
	if s.Keeper != nil && (r.Status == store.RecordingSuccess || !r.KeptAt.IsZero()) {
		err := s.wakeAndHurry(v, store.TaskKey{VoicemailID: vm.ID, Kind: store.TaskKeep, N: r.N})
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	if r.Kind == store.RecordingVoicemail {
		return s.Store.WakeSession(v.ctx(), v.scope(), store.SessionKey{BotID: vm.BotID, SessionID: vm.SessionID})
	}
	return s.lookUpAgain(v, vm)
}

// wakeAndHurry has a task done that a person waits for.
func (s *Server) wakeAndHurry(v *visit, key store.TaskKey) error {
	err := s.Store.WakeTask(v.ctx(), v.scope(), key)
	if err == nil {
		s.Keeper.Hurry(key)
	}
	return err
}

func (s *Server) lookUpAgain(v *visit, vm store.Voicemail) error {
	if s.Keeper == nil || s.Keeper.Status().LookUpsOff {
		return noLookUps()
	}
	return s.wakeAndHurry(v, store.TaskKey{VoicemailID: vm.ID, Kind: store.TaskLookUp})
}

// postLookUp has the recordings of the call looked up again.
func (s *Server) postLookUp(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	vm, err := s.open(v, id, "recordings of the call")
	if err != nil {
		return err
	}
	if s.Keeper == nil || !s.serves(vm.BotID) {
		return nobodyFetches()
	}
	return s.fetched(v, vm, "lookup", s.lookUpAgain(v, vm))
}

// fetched goes back to the voicemail's page.
func (s *Server) fetched(v *visit, vm store.Voicemail, done string, err error) error {
	switch {
	case errors.Is(err, store.ErrLeased):
		done = "busy"
	case err != nil:
		return fmt.Errorf("fetch again: %w", err)
	}
	s.nudge()
	return v.seeOther(withDone(ParamsOf(v.QueryParams()).Link(voicemailPath(vm.ID)), voicemailPath(vm.ID), done, 0))
}

// Of a waveform: how wide a bar is, how high all are, how many there are, and
// what is drawn no louder than it is.
const (
	quiet    = 32
	waveStep = 3
	waveHigh = 48
	waveBars = 200
)

// waveView is a waveform as a drawing of bars.
type waveView struct {
	Width, Height int
	Path          string
}

// waveOf draws peaks, each the highest sample of its stretch, 0 to 255. It is
// pure.
func waveOf(peaks []byte) *waveView {
	if len(peaks) == 0 {
		return nil
	}
	bars, loudest := min(len(peaks), waveBars), max(slices.Max(peaks), quiet)
	var path strings.Builder
	for i := range bars {
		highest := slices.Max(peaks[i*len(peaks)/bars : (i+1)*len(peaks)/bars])
		half := max(1, int(highest)*(waveHigh/2-1)/int(loudest))
		fmt.Fprintf(&path, "M%d %dV%d", i*waveStep+1, waveHigh/2-half, waveHigh/2+half)
	}
	return &waveView{Width: bars * waveStep, Height: waveHigh, Path: path.String()}
}
