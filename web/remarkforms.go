package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"afterbeep/store"
)

// What saidOf knows to have been done.
const (
	doneNote     = "note"
	doneNoteGone = "nonote"
	doneNoteEdit = "edited"
	doneTag      = "tag"
	doneTagGone  = "notag"
)

// remarked answers a form: the page again, at what was changed. A text that was
// refused stands in its field, with why.
func (s *Server) remarked(v *visit, id int64, done string, err error) error {
	bad, refused := errors.AsType[*ParamError](err)
	if !refused {
		if err != nil {
			return err
		}
		at := "#notes"
		if done == doneTag || done == doneTagGone {
			at = "#tags"
		}
		return v.seeOther(withDone(ParamsOf(v.QueryParams()).Link(voicemailPath(id)), voicemailPath(id), done, 0) + at)
	}
	vm, err := s.open(v, id, bad.Field+" refused")
	if err != nil {
		return err
	}
	page, err := s.voicemailPage(v, vm)
	if err != nil {
		return err
	}
	v.standsAt(ParamsOf(v.QueryParams()).Link(voicemailPath(id)))
	if at := v.Param("note"); at != "" && bad.Field == noteField {
		for i := range page.Remarks.Notes {
			if one := &page.Remarks.Notes[i]; strconv.FormatInt(one.ID, 10) == at {
				one.Typed, one.Bad = s.masked(v.FormValue(noteField)), bad.Words
			}
		}
	} else if bad.Field == noteField {
		page.Remarks.Typed, page.Remarks.BadNote = s.masked(v.FormValue(noteField)), bad.Words
	} else {
		page.Remarks.TypedTag, page.Remarks.BadTag = s.masked(v.FormValue(tagField)), bad.Words
	}
	return s.page(v, http.StatusUnprocessableEntity, page)
}

func (s *Server) postNote(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	_, err = s.addNote(v, id, v.FormValue(noteField))
	return s.remarked(v, id, doneNote, err)
}

func (s *Server) postNoteEdit(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	_, err = s.editNote(v, id, v.Param("note"), v.FormValue(noteField))
	return s.remarked(v, id, doneNoteEdit, err)
}

func (s *Server) postNoteDelete(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	return s.remarked(v, id, doneNoteGone, s.deleteNote(v, id, v.Param("note")))
}

func (s *Server) postTag(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	return s.remarked(v, id, doneTag, s.addTag(v, id, v.FormValue(tagField)))
}

func (s *Server) postTagDelete(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	return s.remarked(v, id, doneTagGone, s.deleteTag(v, id, v.FormValue(tagField)))
}

// sentNote is what the API takes as a note.
type sentNote struct {
	Text *string `json:"text"`
}

// apiAddNote takes {"text": "..."} and answers with the note.
func (s *Server) apiAddNote(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	body, err := io.ReadAll(v.Request().Body)
	if err != nil {
		return unreadable(err)
	}
	var sent sentNote
	if err := json.Unmarshal(body, &sent); err != nil || sent.Text == nil {
		return s.deny(v, store.AuditEntry{VoicemailID: id}, badRequest(`The body must be JSON as in {"text": "Called back, all is well."}.`))
	}
	n, err := s.addNote(v, id, *sent.Text)
	if err != nil {
		return refusal(err)
	}
	return v.json(http.StatusCreated, noteAnswerOf(n))
}

// apiEditNote takes {"text": "..."} and answers with the note.
func (s *Server) apiEditNote(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	var sent sentNote
	if err := v.body(&sent); err != nil || sent.Text == nil {
		return s.deny(v, store.AuditEntry{VoicemailID: id}, badRequest(`The body must be JSON as in {"text": "Called back, all is well."}.`))
	}
	n, err := s.editNote(v, id, v.Param("note"), *sent.Text)
	if err != nil {
		return refusal(err)
	}
	return v.json(http.StatusOK, noteAnswerOf(n))
}

func (s *Server) apiDeleteNote(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	if err := s.deleteNote(v, id, v.Param("note")); err != nil {
		return err
	}
	return v.NoContent(http.StatusNoContent)
}

// apiPutTag puts the tag of the path on, whether it is there or not, and answers
// with all tags.
func (s *Server) apiPutTag(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	if err := s.addTag(v, id, v.sessionID("tag")); err != nil {
		return refusal(err)
	}
	tags, err := s.tagsOf(v, id)
	if err != nil {
		return err
	}
	return v.json(http.StatusOK, TagsAnswer{Tags: tagAnswers(tags)})
}

func (s *Server) apiDeleteTag(v *visit) error {
	id, err := v.voicemailID()
	if err != nil {
		return err
	}
	if err := s.deleteTag(v, id, v.sessionID("tag")); err != nil {
		return err
	}
	return v.NoContent(http.StatusNoContent)
}

func tagAnswers(tags []store.Tag) []TagAnswer {
	out := make([]TagAnswer, 0, len(tags))
	for _, t := range tags {
		out = append(out, TagAnswer{Name: t.Name, By: t.By, At: Stamp(t.At)})
	}
	return out
}

// refusal is the API's answer to a text that can't be taken.
func refusal(err error) error {
	if bad, ok := errors.AsType[*ParamError](err); ok {
		return badRequest(fmt.Sprintf("%s: %s", bad.Field, bad.Words))
	}
	return err
}
