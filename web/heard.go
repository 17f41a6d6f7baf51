package web

import (
	"fmt"
	"slices"
	"strings"

	"afterbeep/store"
)

const (
	// maxListened is how many entries of the audit log are read for those who
	// heard a message, maxHearers how many people are shown.
	maxListened = 500
	maxHearers  = 12
	// downloaded ends the detail of an entry of a download.
	downloaded = ", downloaded"
)

// heardView is who heard the message.
type heardView struct {
	People []hearerView // who heard it last comes first
	More   string       // how many are not shown; "" where all are
}

type hearerView struct {
	Name       string
	You        bool
	When       stampView
	Times      string // "" for once
	Downloaded bool
}

// Listening is one time that somebody heard a message.
type Listening struct {
	At         Stamp  `json:"at"`
	By         string `json:"by"`
	Downloaded bool   `json:"downloaded"`
}

func listeningOf(e store.AuditEntry) Listening {
	return Listening{At: Stamp(e.At), By: e.Actor, Downloaded: strings.HasSuffix(e.Detail, downloaded)}
}

// listened lists who heard the message when, the newest first.
func (s *Server) listened(v *visit, id int64) ([]store.AuditEntry, error) {
	list, err := s.Store.Listens(v.ctx(), v.scope(), id, maxListened)
	if err != nil {
		return nil, fmt.Errorf("list who listened: %w", err)
	}
	return list, nil
}

// heardOf sums up by person.
func heardOf(list []store.AuditEntry, you string, read reading) heardView {
	var view heardView
	times := map[string]int{}
	for _, e := range list {
		if times[e.Actor]++; times[e.Actor] == 1 {
			view.People = append(view.People, hearerView{Name: e.Actor, You: e.Actor == you, When: read.Stamp(e.At)})
		}
		at := slices.IndexFunc(view.People, func(p hearerView) bool { return p.Name == e.Actor })
		view.People[at].Downloaded = view.People[at].Downloaded || listeningOf(e).Downloaded
	}
	for i, p := range view.People {
		if n := times[p.Name]; n > 1 {
			view.People[i].Times = plural(n, "time")
		}
	}
	if n := len(view.People) - maxHearers; n > 0 {
		view.People, view.More = view.People[:maxHearers], "and "+plural(n, "other")
	}
	return view
}
