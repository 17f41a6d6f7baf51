package web

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"afterbeep/ingest/enrich/cards"
	"afterbeep/store"
)

// NoteAnswer is a note, as the API gives it.
type NoteAnswer struct {
	ID     int64  `json:"id"`
	Author string `json:"author"`
	At     Stamp  `json:"at"`
	Text   string `json:"text"`
	// EditedAt is when its author last changed it; null where never.
	EditedAt Stamp `json:"edited_at"`
}

// TagsAnswer is all tags of a voicemail.
type TagsAnswer struct {
	Tags []TagAnswer `json:"tags"`
}

// TagAnswer is a tag with who put it there.
type TagAnswer struct {
	Name string `json:"name"`
	By   string `json:"by"`
	At   Stamp  `json:"at"`
}

func noteAnswerOf(n store.Note) NoteAnswer {
	return NoteAnswer{ID: n.ID, Author: n.Author, At: Stamp(n.At), Text: n.Text, EditedAt: Stamp(n.EditedAt)}
}

// What is wrong with a note or a tag. Field is the name of its field in the form.
func badNote(words string) error { return &ParamError{Field: noteField, Words: words} }
func badTag(words string) error  { return &ParamError{Field: tagField, Words: words} }

const (
	noteField = "text"
	tagField  = "tag"
)

// masked is a text as it may be kept: cards are masked in it by the policy that
// transcripts are under.
func (s *Server) masked(text string) string {
	if s.KeepCards {
		return text
	}
	return cards.MaskText(text, "")
}

// addNote writes a note below a voicemail. *ParamError for a text that is none.
func (s *Server) addNote(v *visit, id int64, text string) (store.Note, error) {
	// Masked before it is cut to size or refused, and cleaned before: what is
	// taken out could hide a card.
	n, err := noteOf(store.Note{VoicemailID: id, Author: v.user.Name, Text: s.masked(store.CleanText(text))})
	if err != nil {
		return store.Note{}, err
	}
	if _, err := s.open(v, id, "note added"); err != nil {
		return store.Note{}, err
	}
	n, err = s.Store.AddNote(v.ctx(), v.scope(), n)
	switch {
	case errors.Is(err, store.ErrInvalid):
		return store.Note{}, badNote(fmt.Sprintf("This message has %d notes already, and can’t have more.", store.MaxNotes))
	case err != nil:
		return store.Note{}, fmt.Errorf("add note: %w", err)
	}
	return n, nil
}

// editNote gives a note of the visitor's own another text. *ParamError for a text
// that is none.
func (s *Server) editNote(v *visit, id int64, note, text string) (store.Note, error) {
	entry := store.AuditEntry{VoicemailID: id, Detail: "note " + cut(note, maxDetail) + " changed"}
	noteID, err := strconv.ParseInt(note, 10, 64)
	if err != nil {
		return store.Note{}, s.deny(v, entry, notFound())
	}
	n, err := s.Store.Note(v.ctx(), v.scope(), id, noteID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return n, s.deny(v, entry, notFound())
	case err != nil:
		return n, fmt.Errorf("read note: %w", err)
	case n.Author != v.user.Name:
		return n, s.deny(v, entry, forbidden())
	}
	if n, err = noteOf(store.Note{ID: noteID, VoicemailID: id, Author: v.user.Name, Text: s.masked(store.CleanText(text))}); err != nil {
		return n, s.deny(v, entry, err)
	}
	if err := s.allow(v, entry); err != nil {
		return n, err
	}
	if n, err = s.Store.EditNote(v.ctx(), v.scope(), n); err != nil {
		return n, fmt.Errorf("edit note: %w", err)
	}
	return n, nil
}

// noteOf is a note as it may be kept. *ParamError for a text that is none.
func noteOf(n store.Note) (store.Note, error) {
	kept, err := n.Clean()
	switch {
	case err == nil:
		return kept, nil
	case strings.TrimSpace(n.Text) == "":
		return n, badNote("Write something first.")
	}
	return n, badNote(fmt.Sprintf("A note has %d KB at most. Make it shorter.", store.MaxNote>>10))
}

// mayDelete reports whether the visitor may take away what somebody wrote: who
// wrote it may, and administrators.
func (v *visit) mayDelete(author string) bool {
	return author == v.user.Name || may(v.user.Role, rightAdminister)
}

// deleteNote deletes a note that the visitor may delete.
func (s *Server) deleteNote(v *visit, id int64, note string) error {
	entry := store.AuditEntry{VoicemailID: id, Detail: "note " + cut(note, maxDetail) + " deleted"}
	noteID, err := strconv.ParseInt(note, 10, 64)
	if err != nil {
		return s.deny(v, entry, notFound())
	}
	n, err := s.Store.Note(v.ctx(), v.scope(), id, noteID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return s.deny(v, entry, notFound())
	case err != nil:
		return fmt.Errorf("read note: %w", err)
	case !v.mayDelete(n.Author):
		return s.deny(v, entry, forbidden())
	}
	if err := s.allow(v, entry); err != nil {
		return err
	}
	err = s.Store.DeleteNote(v.ctx(), v.scope(), id, noteID)
	if err != nil && !errors.Is(err, store.ErrNotFound) { // not found: somebody else was faster
		return fmt.Errorf("delete note: %w", err)
	}
	return nil
}

// addTag puts a tag on a voicemail. *ParamError for a name that is none.
func (s *Server) addTag(v *visit, id int64, name string) error {
	t, err := store.Tag{VoicemailID: id, Name: s.masked(store.CleanText(name)), By: v.user.Name}.Clean()
	if err != nil {
		if store.FoldTag(name) == "" {
			return badTag("Write a word for the tag first.")
		}
		return badTag(fmt.Sprintf("A tag has %d letters at most. Make it shorter.", store.MaxTag))
	}
	if _, err := s.open(v, id, fmt.Sprintf("tag “%s” put on", t.Name)); err != nil {
		return err
	}
	_, err = s.Store.AddTag(v.ctx(), v.scope(), t)
	switch {
	case errors.Is(err, store.ErrInvalid):
		return badTag(fmt.Sprintf("This message has %d tags already, and can’t have more.", store.MaxTags))
	case err != nil:
		return fmt.Errorf("add tag: %w", err)
	}
	return nil
}

// deleteTag takes off a tag that the visitor may take off.
func (s *Server) deleteTag(v *visit, id int64, name string) error {
	name = store.FoldTag(name)
	entry := store.AuditEntry{VoicemailID: id, Detail: fmt.Sprintf("tag “%s” taken off", cut(name, store.MaxTag))}
	tags, err := s.tagsOf(v, id)
	if err != nil {
		return err
	}
	for _, t := range tags {
		if t.Name != name {
			continue
		}
		if !v.mayDelete(t.By) {
			return s.deny(v, entry, forbidden())
		}
		if err := s.allow(v, entry); err != nil {
			return err
		}
		err := s.Store.DeleteTag(v.ctx(), v.scope(), id, name)
		if err != nil && !errors.Is(err, store.ErrNotFound) { // not found: somebody else was faster
			return fmt.Errorf("delete tag: %w", err)
		}
		return nil
	}
	return s.deny(v, entry, notFound())
}

func (s *Server) tagsOf(v *visit, id int64) ([]store.Tag, error) {
	tags, err := s.Store.Tags(v.ctx(), v.scope(), []int64{id})
	if err != nil {
		return nil, fmt.Errorf("list tags: %w", err)
	}
	return tags[id], nil
}

func (s *Server) notesOf(v *visit, id int64) ([]store.Note, error) {
	notes, err := s.Store.Notes(v.ctx(), v.scope(), id)
	if err != nil {
		return nil, fmt.Errorf("list notes: %w", err)
	}
	return notes, nil
}

// remarksView is what people wrote about a message, with the forms to write
// more.
type remarksView struct {
	Notes     []noteView
	NoteAt    string // where a note is sent; "" for those who may not write
	Typed     string // a note that was refused
	BadNote   string // why
	NoteFocus bool   // a note was just added or deleted

	Tags     []tagView
	TagAt    string
	TagOff   string // where a tag is taken off
	TypedTag string
	BadTag   string
	TagFocus bool
	Known    []string // tags that are in use
}

type noteView struct {
	ID     int64
	Author string
	You    bool
	When   stampView
	Text   string
	Edited *stampView
	Edit   string // where it is changed; "" for those who may not
	Typed  string // what it is to be changed to
	Bad    string // why that was refused
	Delete string // where it is deleted; "" for those who may not
}

type tagView struct {
	tagLink
	By     string
	When   stampView
	Delete bool // the visitor may take it off
}

// knownTags is how many tags are offered.
const knownTags = 200

// remarks are the notes and tags of a message, for its page.
func (s *Server) remarks(v *visit, id int64, p Params, read reading) (remarksView, error) {
	var view remarksView
	notes, err := s.notesOf(v, id)
	if err != nil {
		return view, err
	}
	tags, err := s.tagsOf(v, id)
	if err != nil {
		return view, err
	}
	for _, n := range notes {
		one := noteView{ID: n.ID, Author: n.Author, You: n.Author == v.user.Name, When: read.Stamp(n.At), Text: n.Text}
		if !n.EditedAt.IsZero() {
			at := read.Stamp(n.EditedAt)
			one.Edited = &at
		}
		if may(v.user.Role, rightRemark) && one.You {
			one.Edit, one.Typed = p.Link(voicemailPath(id)+"/notes/"+strconv.FormatInt(n.ID, 10)), n.Text
		}
		if may(v.user.Role, rightRemark) && v.mayDelete(n.Author) {
			one.Delete = p.Link(voicemailPath(id) + "/notes/" + strconv.FormatInt(n.ID, 10) + "/delete")
		}
		view.Notes = append(view.Notes, one)
	}
	for _, t := range tags {
		view.Tags = append(view.Tags, tagView{tagLink: tagLinkOf(t.Name, p), By: t.By, When: read.Stamp(t.At),
			Delete: may(v.user.Role, rightRemark) && v.mayDelete(t.By)})
	}
	if !may(v.user.Role, rightRemark) {
		return view, nil
	}
	view.NoteAt, view.TagAt, view.TagOff = p.Link(voicemailPath(id)+"/notes"), p.Link(voicemailPath(id)+"/tags"), p.Link(voicemailPath(id)+"/tags/delete")
	done := v.QueryParam("done")
	view.NoteFocus, view.TagFocus = done == doneNote || done == doneNoteGone || done == doneNoteEdit, done == doneTag || done == doneTagGone
	counts, err := s.Store.TagCounts(v.ctx(), v.scope(), knownTags)
	if err != nil {
		return view, fmt.Errorf("list tags in use: %w", err)
	}
	for _, c := range counts {
		view.Known = append(view.Known, c.Name)
	}
	return view, nil
}
