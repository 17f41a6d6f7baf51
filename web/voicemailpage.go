package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"afterbeep/store"
)

type voicemailPage struct {
	frame
	Back       string // the results that one came from
	Searched   bool   // there is something to go back to
	Self       string // its own address, with what was searched
	Who        string
	When       stampView
	Moment     stampView
	NoText     string
	Segments   []segmentView
	Matches    int // how many matches the segments have
	Numbers    []numberView
	Caller     *callerView
	Heard      heardView
	Remarks    remarksView
	Permalink  string // its address, whatever was searched
	Console    string // the conversation in the upstream's console; "" where no link is known
	Recordings []recordingView
	Said       string // what was just done
	LookUp     string // how it stands with the recordings of the call
	LookUpNext *stampView
	LookUpAt   string // where they are looked up again; "" for those who may not
	LookUpDo   string // what the button says
	Facts      []fact
	Session    string // its page, for those who may see it
	Work       *workState

	work workOn
}

type recordingView struct {
	Label    string
	URL      string
	Track    string // URL without where to begin
	At       string // the second to begin at; "" for the start
	Download string
	Playable bool
	Words    string   // what its status means
	Facts    []string // length, size
	Kept     string   // whether it is archived; "" where there is nothing to archive
	Next     *stampView
	Wave     *waveView // nil where there is none
	Fetch    string    // where it is fetched once more; "" for those who may not
	FetchDo  string    // what the button says
}

// fact is a row of a table: a value or a time.
type fact struct {
	Name  string
	Value string
	Code  bool // Value is an id
	Stamp *stampView
}

func (s *Server) getVoicemail(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	vm, err := s.open(v, id, "")
	if err != nil {
		return err
	}
	s.markSeen(v, vm.ID)
	page, err := s.voicemailPage(v, vm)
	if err != nil {
		return err
	}
	return s.page(v, http.StatusOK, page)
}

// voicemailPage is the page of a voicemail that the visitor may see.
func (s *Server) voicemailPage(v *visit, vm store.Voicemail) (*voicemailPage, error) {
	p := ParamsOf(v.QueryParams())
	zone, err := v.zone(p.TZ)
	if err != nil {
		zone = time.UTC
	}
	marker, err := s.marker(v, p.Q)
	if err != nil {
		return nil, err
	}
	work, err := s.workOn(v, vm.ID)
	if err != nil {
		return nil, err
	}
	page := &voicemailPage{frame: s.frame(v, "Voicemail from "+whoCalled(vm.Caller)), Back: p.Link("/"), Searched: p != (Params{}), Self: p.Link(voicemailPath(vm.ID)),
		Who: whoCalled(vm.Caller), Said: saidOf(v), NoText: transcriptWords(vm.Transcript), Numbers: s.numberViews(vm, work, p), Facts: factsOf(vm, v.reading().in(zone)),
		Permalink: voicemailPath(vm.ID), work: work}
	page.Wide, page.reading = true, page.reading.in(zone)
	page.When, page.Moment = page.Stamp(vm.LeftAt), page.Exact(vm.LeftAt)
	page.Segments, page.Matches = segmentViews(vm, marker, page.Numbers, placesOf(vm, slices.Concat(work.finding.Words, work.finding.When)))
	page.Work = s.workState(v, vm.ID, work, page.reading)
	if may(v.user.Role, rightAdminister) {
		page.Session = sessionPath(store.SessionKey{BotID: vm.BotID, SessionID: vm.SessionID})
	}
	if page.Console, err = s.consoleLink(v, vm); err != nil {
		return nil, err
	}
	if page.Caller, err = s.otherMessages(v, vm, p, page.reading); err != nil {
		return nil, err
	}
	listened, err := s.listened(v, vm.ID)
	if err != nil {
		return nil, err
	}
	page.Heard = heardOf(listened, v.user.Name, page.reading)
	if page.Remarks, err = s.remarks(v, vm.ID, p, page.reading); err != nil {
		return nil, err
	}
	return page, s.fillRecordings(v, page, vm, p)
}

// fillRecordings shows the voicemail's recordings and those of its call.
func (s *Server) fillRecordings(v *visit, page *voicemailPage, vm store.Voicemail, p Params) error {
	so, err := s.sound(v, vm)
	if err != nil {
		return err
	}
	canFetch := s.canFetch(vm.BotID)
	for i, r := range sorted(vm.Recordings) {
		view := recordingViewOf(vm, r, i, v.QueryParam("t"))
		if view.Playable && (s.Player == nil || r.KeptAt.IsZero() && !s.serves(vm.BotID)) {
			view.Playable, view.Words = false, noPlayer
		}
		view.Kept = so.keptWords(r)
		if at := so.next(r); at.After(v.now) {
			st := page.Exact(at)
			view.Next = &st
		}
		if view.FetchDo = so.fetchDo(r, v.user.Role); view.FetchDo != "" && canFetch {
			view.Fetch = p.Link(recordingPath(vm.ID, r.N) + "/fetch")
		}
		if !r.KeptAt.IsZero() {
			peaks, err := s.Store.Peaks(v.ctx(), v.scope(), vm.ID, r.N)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("read waveform: %w", err)
			}
			view.Wave = waveOf(peaks)
		}
		page.Recordings = append(page.Recordings, view)
	}
	page.LookUp = so.lookUpWords(vm.Recordings)
	if so.lookUp != nil {
		if at := so.lookUp.DueAt; at.After(v.now) && !so.asking && !so.deaf {
			st := page.Exact(at)
			page.LookUpNext = &st
		}
		busy := so.lookUp.State == store.StateDue && !so.lookUp.DueAt.After(v.now) || so.lookUp.State == store.StateLeased
		if !so.deaf && may(v.user.Role, rightRefetch) && !busy {
			page.LookUpAt, page.LookUpDo = p.Link(voicemailPath(vm.ID)+"/lookup"), "Look again for call recordings"
			if so.lookUp.State == store.StateSkipped {
				page.LookUpDo = "Look for call recordings"
			}
		}
	}
	return nil
}

// recordingViewOf says what can be heard. at is where to start: browsers take
// it from the address, so no script is needed.
func recordingViewOf(vm store.Voicemail, r store.Recording, i int, at string) recordingView {
	view := recordingView{Label: "Voicemail", URL: recordingPath(vm.ID, r.N), Words: recordingWords(r.Status),
		Playable: r.Status == store.RecordingSuccess || !r.KeptAt.IsZero()}
	if r.Kind != store.RecordingVoicemail {
		view.Label = "Recording of the call"
	}
	if len(vm.Recordings) > 1 {
		view.Label = fmt.Sprintf("%d. %s", i+1, view.Label)
	}
	if r.Duration > 0 {
		view.Facts = append(view.Facts, clock(r.Duration))
	}
	if r.Bytes > 0 {
		view.Facts = append(view.Facts, size(r.Bytes))
	}
	view.Track, view.Download = view.URL, view.URL+"?download=1"
	if second, err := strconv.ParseFloat(at, 64); err == nil && second > 0 && second < 24*60*60 {
		view.At = strconv.FormatFloat(second, 'f', -1, 64)
		view.URL += "#t=" + view.At
	}
	return view
}

func factsOf(vm store.Voicemail, r reading) []fact {
	facts := []fact{{Name: "Caller", Value: whoCalled(vm.Caller)}}
	text := func(name, value string, code bool) {
		if value != "" {
			facts = append(facts, fact{Name: name, Value: value, Code: code})
		}
	}
	moment := func(name string, t time.Time) {
		if !t.IsZero() {
			st := r.Fine(t)
			facts = append(facts, fact{Name: name, Stamp: &st})
		}
	}
	text("Called", vm.Called, false)
	text("Queue", vm.Queue, false)
	moment("Left at", vm.LeftAt)
	if vm.Duration > 0 {
		text("Length", clock(vm.Duration), false)
	}
	if vm.Lang != "" {
		text("Language", langName(vm.Lang)+" ("+vm.Lang+")", false)
	}
	text("Author", vm.Author.ID, true)
	text("Author type", vm.Author.Type, true)
	moment("Created", vm.CreatedOn)
	moment("Modified", vm.ModifiedOn)
	moment("Call began", vm.StartedAt)
	text("Session", vm.SessionID, true)
	text("Bot", vm.BotID, true)
	text("Voicemail", strconv.FormatInt(vm.ID, 10), true)
	return facts
}
