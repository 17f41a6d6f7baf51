package web

import (
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

type voicemailPage struct {
	frame
	Back       string // the results that one came from
	Searched   bool   // there is something to go back to
	Who        string
	When       stampView
	Age        string
	Zone       string
	NoText     string
	Segments   []segmentView
	Recordings []recordingView
	Facts      []fact
}

type segmentView struct {
	Lang string
	Name string // of the language; "" where it is the one before's
	Text template.HTML
}

type recordingView struct {
	Label    string
	URL      string
	Download string
	Playable bool
	Words    string
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
	p := ParamsOf(v.QueryParams())
	zone, err := zoneOf(p.TZ)
	if err != nil {
		zone = time.UTC
	}
	page := &voicemailPage{frame: s.frame(v, "Voicemail from "+whoCalled(vm.Caller)), Back: p.Link("/"), Searched: p != (Params{}),
		Who: whoCalled(vm.Caller), When: stampIn(vm.LeftAt, zone), Age: ago(vm.LeftAt, v.now), Zone: zone.String(),
		NoText: transcriptWords(vm.Transcript), Segments: segmentViews(vm, p.Q), Facts: factsOf(vm, zone)}
	for i, r := range sorted(vm.Recordings) {
		view := recordingViewOf(vm, r, i, v.QueryParam("t"))
		if s.Player == nil && view.Playable {
			view.Playable, view.Words = false, noPlayer
		}
		page.Recordings = append(page.Recordings, view)
	}
	return s.page(v, http.StatusOK, page)
}

func segmentViews(vm store.Voicemail, q string) []segmentView {
	marker := index.NewMarker(query.Parse(q)).For(vm.Text)
	var out []segmentView
	before := ""
	for _, g := range vm.Segments {
		if g.Text == "" {
			continue
		}
		view := segmentView{Lang: langTag(g.Lang), Text: template.HTML(marker.Mark(g.Text))}
		if g.Lang != before {
			view.Name, before = langName(g.Lang), g.Lang
		}
		out = append(out, view)
	}
	return out
}

// recordingViewOf says what can be heard. at is where to start: browsers take
// it from the address, so no script is needed.
func recordingViewOf(vm store.Voicemail, r store.Recording, i int, at string) recordingView {
	view := recordingView{Label: "Recording", URL: recordingPath(vm.ID, r.N), Words: recordingWords(r.Status),
		Playable: r.Status == store.RecordingSuccess}
	if len(vm.Recordings) > 1 {
		view.Label = fmt.Sprintf("Recording %d", i+1)
	}
	if r.Kind != store.RecordingVoicemail {
		view.Label += " (" + string(r.Kind) + ")"
	}
	view.Download = view.URL + "?download=1"
	if second, err := strconv.ParseFloat(at, 64); err == nil && second > 0 && second < 24*60*60 {
		view.URL += "#t=" + strconv.FormatFloat(second, 'f', -1, 64)
	}
	return view
}

func factsOf(vm store.Voicemail, zone *time.Location) []fact {
	facts := []fact{{Name: "Caller", Value: whoCalled(vm.Caller)}}
	text := func(name, value string, code bool) {
		if value != "" {
			facts = append(facts, fact{Name: name, Value: value, Code: code})
		}
	}
	moment := func(name string, t time.Time) {
		if !t.IsZero() {
			st := exactIn(t, zone)
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
