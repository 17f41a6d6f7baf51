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
}

// sound reads the tasks of a voicemail. Recordings of a call that are looked up
// only where somebody cares are looked up now: somebody does.
func (s *Server) sound(v *visit, vm store.Voicemail) (sound, error) {
	so := sound{keep: map[int]store.Task{}, idle: s.Keeper == nil || !s.serves(vm.BotID)}
	so.off = so.idle || s.Keeper.Status().Off
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
	if so.lookUp == nil || so.lookUp.State != store.StateSkipped || so.idle {
		return so, nil
	}
	err = s.Store.WakeTask(v.ctx(), v.scope(), so.lookUp.TaskKey)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrLeased): // somebody else was faster
	case err != nil:
		return so, fmt.Errorf("wake task: %w", err)
	}
	s.Keeper.Nudge()
	so.asking, so.lookUp.State, so.lookUp.DueAt = true, store.StateDue, v.now
	return so, nil
}

// next is when a recording is tried again; zero where it is not.
func (so sound) next(r store.Recording) time.Time {
	if so.idle {
		return time.Time{}
	}
	if t, ok := so.keep[r.N]; ok && r.KeptAt.IsZero() && !so.off {
		return t.DueAt
	}
	if r.Kind != store.RecordingVoicemail && r.Status != store.RecordingSuccess && so.lookUp != nil {
		return so.lookUp.DueAt
	}
	return time.Time{}
}

// keptWords says whether a recording is safe.
func (so sound) keptWords(r store.Recording) string {
	switch t, ok := so.keep[r.N]; {
	case !r.KeptAt.IsZero():
		return "In the audio archive."
	case r.Status != store.RecordingSuccess:
		return ""
	case so.off:
		return "Not archived: it can be played for as long as the contact centre keeps it."
	case !ok:
		return "Not archived yet."
	case t.Reason != "":
		return "Not archived yet, " + taskWords(t.State) + ": " + t.Reason
	default:
		return "Not archived yet, " + taskWords(t.State) + "."
	}
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
	case store.StateGone, store.StateDead:
		words = "Which call recordings there are could not be found out."
	case store.StateStored:
		ofCall := func(r store.Recording) bool { return r.Kind != store.RecordingVoicemail }
		if slices.ContainsFunc(rs, ofCall) {
			return ""
		}
		words = "There is no recording of the call."
	}
	if so.lookUp.Reason != "" && so.lookUp.State != store.StateStored {
		words += " " + so.lookUp.Reason
	}
	return words
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

// postFetch has one recording fetched again: its audio where it is said to be
// there, else the answer that names it.
func (s *Server) postFetch(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	n, err := v.recordingNumber()
	if err != nil {
		return err
	}
	vm, err := s.open(v, id, fmt.Sprintf("recording %d", n))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(vm.Recordings, func(r store.Recording) bool { return r.N == n })
	if i < 0 {
		return notFound()
	}
	if !s.canFetch(vm.BotID) {
		return nobodyFetches()
	}
	err = s.fetchAgain(v, vm, vm.Recordings[i])
	return s.fetched(v, vm, "fetch", err)
}

func (s *Server) fetchAgain(v *visit, vm store.Voicemail, r store.Recording) error {
	if r.Status == store.RecordingSuccess && s.Keeper != nil {
		err := s.Store.WakeTask(v.ctx(), v.scope(), store.TaskKey{VoicemailID: vm.ID, Kind: store.TaskKeep, N: r.N})
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	if r.Kind == store.RecordingVoicemail {
		return s.Store.WakeSession(v.ctx(), v.scope(), store.SessionKey{BotID: vm.BotID, SessionID: vm.SessionID})
	}
	return s.Store.WakeTask(v.ctx(), v.scope(), store.TaskKey{VoicemailID: vm.ID, Kind: store.TaskLookUp})
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
	err = s.Store.WakeTask(v.ctx(), v.scope(), store.TaskKey{VoicemailID: id, Kind: store.TaskLookUp})
	return s.fetched(v, vm, "lookup", err)
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

// PeaksAnswer is the waveform of one recording.
type PeaksAnswer struct {
	N         int      `json:"n"`
	DurationS *float64 `json:"duration_s"`
	Peaks     []int    `json:"peaks"` // 0 to 255, from the start to the end
}

func (s *Server) getPeaks(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	n, err := v.recordingNumber()
	if err != nil {
		return err
	}
	vm, err := s.open(v, id, fmt.Sprintf("waveform of recording %d", n))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(vm.Recordings, func(r store.Recording) bool { return r.N == n })
	if i < 0 {
		return notFound()
	}
	peaks, err := s.Store.Peaks(v.ctx(), v.scope(), id, n)
	if errors.Is(err, store.ErrNotFound) {
		return &fault{status: http.StatusNotFound, code: codeNotFound, title: "No waveform",
			words: "There is no waveform of this recording: it is not in the audio archive yet, or can’t be read."}
	}
	if err != nil {
		return fmt.Errorf("read waveform: %w", err)
	}
	a := PeaksAnswer{N: n, DurationS: seconds(vm.Recordings[i].Duration), Peaks: make([]int, len(peaks))}
	for i, p := range peaks {
		a.Peaks[i] = int(p)
	}
	return v.json(http.StatusOK, a)
}
