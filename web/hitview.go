package web

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"afterbeep/index/query"
	"afterbeep/store"
)

// hitView is one voicemail that was found.
type hitView struct {
	ID      int64
	Href    string
	Who     string
	When    stampView
	Lang    string // of the snippet, for HTML
	Snippet template.HTML
	NoText  string    // why there is no snippet
	Work    *workTag  // where the work on it stands; nil where there is none
	Facts   []string  // language, queue, length
	Tags    []tagLink // what people put on it
	Why     string    // how it matched, where not word for word
	Track   string    // the recording to play; "" where none can be played
	Audio   string    // why it can't be played yet; "" where it can
}

// tagLink is a tag, with the search for all that have it.
type tagLink struct{ Name, Href string }

func tagLinkOf(name string, p Params) tagLink {
	return tagLink{name, Params{Q: query.Filter{Field: "tag", Value: name}.String(), TZ: p.TZ}.Link("/")}
}

func hitViewOf(h Hit, p Params, read reading) hitView {
	back := p // what the voicemail's page goes back to
	if len(back.Q) > maxNext {
		back.Q = "" // a query of 32 KB in each of 200 links is a page of megabytes
	}
	view := hitView{ID: h.ID, Href: back.Link(voicemailPath(h.ID)), Who: whoCalled(h.Caller), When: read.Stamp(time.Time(h.LeftAt)), Lang: langTag(h.Lang),
		// The index promises that all but <mark> is escaped.
		Snippet: template.HTML(h.excerpt.Explained()), NoText: transcriptWords(store.TranscriptState(h.Transcript))}
	view.Work = workTagOf(h.Callback)
	if h.Lang != "" {
		view.Facts = append(view.Facts, langName(h.Lang))
	}
	if h.DurationS != nil {
		view.Facts = append(view.Facts, clock(time.Duration(*h.DurationS*float64(time.Second))))
	}
	if h.Queue != "" {
		view.Facts = append(view.Facts, h.Queue)
	}
	for _, name := range h.Tags {
		view.Tags = append(view.Tags, tagLinkOf(name, p))
	}
	inexact := slices.DeleteFunc(slices.Clone(h.Matched), func(m string) bool { return m == "exact" })
	view.Why = strings.Join(inexact, ", ")
	first := slices.IndexFunc(h.Recordings, func(r Recording) bool { return r.Status == store.RecordingSuccess || r.Archived })
	if first >= 0 {
		view.Track = h.Recordings[first].URL
	} else {
		view.Audio = "no audio"
		coming := func(r Recording) bool { return store.ProspectOf(r.Status) == store.ProspectComing }
		if slices.ContainsFunc(h.Recordings, coming) {
			view.Audio = "audio to come"
		}
	}
	return view
}
