package ingest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"afterbeep/ingest/enrich/langcode"
	"afterbeep/store"
)

// Labelled is a voicemail with what it is, as the labelled set in
// testdata/callbacks has it: one a line, as JSON.
type Labelled struct {
	ID   string `json:"id"`
	Lang string `json:"lang"` // the base code
	Kind string `json:"kind"`
	Text string `json:"text"`
	// Caller is the caller id, E.164; "" where it is withheld. Region is the bot's.
	Caller string `json:"caller"`
	Region string `json:"region"`
	Left   string `json:"left"` // RFC 3339, in the caller's zone
	// Callback says that the caller asks to be called back, and Words is the piece
	// of the text that says so, "" where only a person has seen it.
	Callback bool     `json:"callback"`
	Numbers  []string `json:"numbers"` // to call, E.164, the best first
	Ext      string   `json:"ext"`     // of the first number
	Words    string   `json:"words"`
	When     string   `json:"when"` // the words for it
	Due      string   `json:"due"`  // RFC 3339, in the caller's zone; "" without
}

// kindCorrection is the kind of what a person corrected.
const kindCorrection = "correction"

// Label makes labelled data of a voicemail that a person corrected: what they said
// goes before what was found.
func (f *Finder) Label(v store.Voicemail, found store.Finding, x store.Correction) Labelled {
	region, _ := f.cfg.Settings(v.BotID)
	caller := callerID(v)
	l := Labelled{
		ID: "corrected-" + strconv.FormatInt(v.ID, 10), Lang: langcode.Base(v.Lang), Kind: kindCorrection, Text: v.Text, Caller: caller,
		Region: cmp.Or(region, f.cfg.Region), Callback: found.Requested, Numbers: []string{},
	}
	zone := f.zoneOf(v, callerNumber(callerID(v)))
	if !v.LeftAt.IsZero() {
		l.Left = v.LeftAt.In(zone).Format(time.RFC3339)
	}
	if x.Requested != nil {
		l.Callback = *x.Requested
	}
	for _, n := range found.ToCall() {
		if !slices.Contains(l.Numbers, n.E164) {
			l.Numbers = append(l.Numbers, n.E164)
		}
	}
	if call := found.ToCall(); len(call) > 0 {
		l.Ext = call[0].Ext
	}
	if x.Number != "" && !slices.Equal(l.Numbers[:min(1, len(l.Numbers))], []string{x.Number}) {
		l.Numbers = []string{x.Number}
		l.Ext = ""
	}
	if l.Callback {
		l.Words, l.When = pieceOf(v.Text, found.Words), pieceOf(v.Text, found.When)
		if !found.DueAt.IsZero() {
			l.Due = found.DueAt.In(zone).Format(time.RFC3339)
		}
	}
	return l
}

// pieceOf is the first of the pieces.
func pieceOf(text string, spans []store.Span) string {
	if len(spans) == 0 || spans[0].Start < 0 || spans[0].End > len(text) || spans[0].Start > spans[0].End {
		return ""
	}
	return strings.TrimSpace(text[spans[0].Start:spans[0].End])
}
