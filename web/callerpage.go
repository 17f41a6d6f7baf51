package web

import (
	"fmt"
	"slices"

	"afterbeep/store"
)

// Bounds of the other messages of a caller.
const (
	// callerSpan is how many are shown before and after the message.
	callerSpan = 3
	// callerWords is how much of each is shown, in letters.
	callerWords = 140
)

// callerView is what else a caller left.
type callerView struct {
	Words    string // how many, and since when
	Line     *timelineView
	Messages []callerMessageView // the newest first, this one among them
	All      string              // the search for all; "" where all are shown
	More     string              // what its link says
}

type callerMessageView struct {
	Href   string
	This   bool
	When   stampView
	Length string
	Text   string
	Lang   string
}

// timelineView draws when they were left, from the first to the last.
type timelineView struct {
	Words       string // what it shows, for who does not see it
	Dots        []dotView
	First, Last string // below its ends
}

type dotView struct {
	X    int
	This bool
}

// Of a timeline, in its own units.
const (
	lineWidth = 600
	lineEdge  = 8
)

// otherMessages is what else the caller left; nothing where nobody can know.
func (s *Server) otherMessages(v *visit, vm store.Voicemail, p Params, read reading) (*callerView, error) {
	if !ownNumber(vm.Caller, vm.Called) {
		return &callerView{}, nil
	}
	list, total, err := s.Store.CallerMessages(v.ctx(), v.scope(), vm.Caller, store.MaxCallerMessages)
	if err != nil {
		return nil, fmt.Errorf("list a caller's messages: %w", err)
	}
	if total == 0 {
		return &callerView{Words: "Many callers use this number, so its messages are not put together."}, nil
	}
	view := &callerView{Words: "This is the only message from this number."}
	if total < 2 {
		return view, nil
	}
	view.Words = read.Count(int64(total), "message") + " from this number."
	view.Line = timelineOf(list, vm.ID, read)
	shown := around(list, vm.ID)
	texts, err := s.textsOf(v, shown)
	if err != nil {
		return nil, err
	}
	for _, m := range shown {
		one := callerMessageView{Href: voicemailPath(m.ID), This: m.ID == vm.ID, When: read.Stamp(m.LeftAt)}
		if p.TZ != "" {
			one.Href = Params{TZ: p.TZ}.Link(one.Href)
		}
		if m.Duration > 0 {
			one.Length = clock(m.Duration)
		}
		if t, ok := texts[m.ID]; ok {
			one.Text, one.Lang = cut(t.Text, callerWords), langTag(t.Lang)
			if one.Text == "" {
				one.Text = transcriptWords(t.Transcript)
			}
		}
		view.Messages = append(view.Messages, one)
	}
	if len(shown) < total {
		view.All, view.More = Params{Q: "from:" + vm.Caller, TZ: p.TZ}.Link("/"), "All "+read.Count(int64(total), "message")
	}
	return view, nil
}

// around are the messages next to the one, in time.
func around(list []store.CallerMessage, id int64) []store.CallerMessage {
	at := max(0, slices.IndexFunc(list, func(m store.CallerMessage) bool { return m.ID == id }))
	from := max(0, min(at-callerSpan, len(list)-2*callerSpan-1))
	return list[from:min(len(list), from+2*callerSpan+1)]
}

func (s *Server) textsOf(v *visit, list []store.CallerMessage) (map[int64]store.Voicemail, error) {
	ids := make([]int64, len(list))
	for i, m := range list {
		ids[i] = m.ID
	}
	vs, err := s.Store.Summaries(v.ctx(), v.scope(), ids)
	if err != nil {
		return nil, fmt.Errorf("read a caller's messages: %w", err)
	}
	texts := make(map[int64]store.Voicemail, len(vs))
	for _, vm := range vs {
		texts[vm.ID] = vm
	}
	return texts, nil
}

func timelineOf(list []store.CallerMessage, id int64, read reading) *timelineView {
	first, last := list[len(list)-1].LeftAt, list[0].LeftAt
	line := &timelineView{First: read.Day(first), Last: read.Day(last)}
	line.Words = fmt.Sprintf("When they were left, from %s to %s", line.First, line.Last)
	span := max(last.Sub(first), 1)
	var this dotView
	for _, m := range slices.Backward(list) {
		dot := dotView{X: lineEdge + int(float64(lineWidth-2*lineEdge)*(float64(m.LeftAt.Sub(first))/float64(span))), This: m.ID == id}
		if dot.This {
			this = dot
			continue
		}
		if n := len(line.Dots); n == 0 || line.Dots[n-1].X != dot.X {
			line.Dots = append(line.Dots, dot)
		}
	}
	if this.This { // last, so that it lies on top
		line.Dots = append(line.Dots, this)
	}
	return line
}
