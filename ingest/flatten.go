package ingest

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"strconv"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// AnalysisVersion is the version of what Flatten makes of a reply, and a Finder of
// a voicemail. It is raised with each change that makes stored payloads worth
// flattening again, or stored texts worth reading again.
const AnalysisVersion = 14

// Flatten turns a reply into what the store keeps of it: one segment for each
// component with text, in order, one recording for each file, and the body
// without signed queries; in all of it is masked what redaction says. It is
// pure. Links are not in the result, only when they say they expire.
func Flatten(reply *kore.VoicemailReply, redaction Redaction) store.Reply {
	flat := store.Reply{
		AnalysisVersion: AnalysisVersion,
		Payload:         kore.StripSignedQueries(reply.Raw),
	}
	for i, t := range reply.Transcriptions {
		flat.Segments = append(flat.Segments, segmentsOf(i, t)...)
	}
	for _, f := range reply.Files {
		expires, _ := kore.ExpiryHint(f.URL)
		flat.Recordings = append(flat.Recordings, redaction.named(store.Recording{
			Kind:       store.RecordingVoicemail,
			Status:     fileStatus(f, reply.Status),
			ExpiryHint: expires,
		}, f))
	}
	redaction.redact(&flat)
	return flat
}

// segmentsOf is the text of one transcription. One that says who spoke or when,
// but has no text yet, is a segment without text: a message was left.
func segmentsOf(place int, t kore.Transcription) []store.Segment {
	message := store.Segment{
		MessageID:  cmp.Or(t.ID, "#"+strconv.Itoa(place)),
		Author:     store.Author{ID: t.Author.ID, Type: t.Author.Type},
		Lang:       t.Lang,
		CreatedOn:  store.Cut(t.CreatedOn),
		ModifiedOn: store.Cut(t.ModifiedOn),
	}
	var segments []store.Segment
	for i, c := range t.Components {
		if !c.IsText() && c.Text == "" {
			continue
		}
		g := message
		g.ComponentID = cmp.Or(c.ID, fmt.Sprintf("#%d.%d", place, i))
		g.Text = c.Text
		segments = append(segments, g)
	}
	if len(segments) == 0 && (t.Author != kore.Author{} || !t.CreatedOn.IsZero()) {
		message.ComponentID = fmt.Sprintf("#%d.0", place)
		segments = append(segments, message)
	}
	return segments
}

// fileName is the file's name, or what its link ends in.
func fileName(f kore.File) string {
	if f.Name != "" || f.URL == "" {
		return f.Name
	}
	link, err := url.Parse(f.URL)
	if err != nil || link.Path == "" || link.Path == "/" {
		return ""
	}
	return path.Base(link.Path)
}

// fileStatus is success for a file with a link: it can be played whatever the
// reply says of itself.
func fileStatus(f kore.File, reply string) string {
	switch {
	case f.URL != "":
		return store.RecordingSuccess
	case reply == "" || reply == store.RecordingSuccess:
		return store.RecordingNoLink
	}
	return reply
}
