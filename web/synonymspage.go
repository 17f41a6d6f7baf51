package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/index/synonyms"
	"afterbeep/store"
)

const (
	synonymsPath    = "/synonyms"
	apiSynonymsPath = "/api/v1/synonyms"
	// groupsShown is how many groups a preview counts.
	groupsShown = 50
	// previewPatience is how long a preview may count.
	previewPatience = 5 * time.Second
	// wrongShown is how many lines that can't be read are told.
	wrongShown = 20
	// maxSynonymsBody is more than a form with the longest text may have.
	maxSynonymsBody = 3*store.MaxSynonyms + maxBody
)

// synonymLinesWrong is what a text of synonyms is refused with.
const synonymLinesWrong = "Nothing was saved: some lines can’t be read."

type synonymsPage struct {
	frame
	Said    string
	Text    string // as typed, or as saved
	OwnOnly bool
	Saved   string // the version of what was saved when the form was made
	Changed string // by whom and when; "" where never
	Can     bool   // this visitor may change them
	Groups  string // how many are in use
	Problem string
	Wrong   []string // lines that can't be read, and why
	Preview []groupView
	Counted bool // Preview was asked for
	Slow    bool // there was no time for the rest of it
	Most    int
	BuiltIn string
}

// groupView is a group of a preview.
type groupView struct{ Line, Group, Count string }

func (s *Server) getSynonyms(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	saved, err := s.Store.Synonyms(v.ctx())
	if err != nil {
		return fmt.Errorf("read synonyms: %w", err)
	}
	page := s.synonymsPage(v, saved)
	page.Said = saidOf(v)
	page.Text, page.OwnOnly = saved.Text, saved.OwnOnly
	page.Wrong = wrongLines(saved.Text)
	if v.QueryParam("built-in") != "" { // long, and seldom wanted
		page.BuiltIn = synonyms.DefaultText()
	}
	return s.page(v, http.StatusOK, page)
}

// synonymsPage is the page about what is saved, without the form's own text.
func (s *Server) synonymsPage(v *visit, saved store.SynonymLists) *synonymsPage {
	page := &synonymsPage{frame: s.frame(v, "Synonyms"), Saved: versionOf(saved), Can: v.scope().All(), Most: groupsShown,
		Groups: plural(listsOf(saved).Groups(), "group")}
	if !saved.ChangedAt.IsZero() {
		page.Changed = ago(saved.ChangedAt, v.now)
		if saved.ChangedBy != "" {
			page.Changed += ", by " + saved.ChangedBy
		}
	}
	return page
}

// versionOf tells two saved lists apart.
func versionOf(l store.SynonymLists) string {
	if l.ChangedAt.IsZero() {
		return ""
	}
	return l.ChangedAt.UTC().Format(time.RFC3339Nano)
}

// wrongLines says of each line that can't be read why, in few words for many.
func wrongLines(text string) []string {
	_, errs := synonyms.Parse(text)
	var out []string
	for i, err := range errs {
		if i == wrongShown {
			return append(out, fmt.Sprintf("and %d more", len(errs)-wrongShown))
		}
		out = append(out, sentence(err.Error()))
	}
	return out
}

// postSynonyms saves the form, or shows what it would do.
func (s *Server) postSynonyms(v *visit) error {
	typed := store.SynonymLists{Text: unixLines(v.FormValue("text")), OwnOnly: v.FormValue("own_only") == "1", ChangedBy: v.user.Name}
	if !v.scope().All() {
		return s.deny(v, store.AuditEntry{Detail: synonymDetail(typed)}, notForAllBots())
	}
	if !v.Request().PostForm.Has("text") { // an empty text is one, too
		return s.deny(v, store.AuditEntry{Detail: "form"}, badRequest("This form has no text."))
	}
	saved, err := s.Store.Synonyms(v.ctx())
	if err != nil {
		return fmt.Errorf("read synonyms: %w", err)
	}
	page := s.synonymsPage(v, saved)
	page.Text, page.OwnOnly = typed.Text, typed.OwnOnly
	page.Problem, page.Wrong = checkSynonyms(typed)
	if v.FormValue("do") == "preview" {
		return s.previewSynonyms(v, page)
	}
	if page.Problem == "" && v.FormValue("version") != page.Saved {
		page.Problem = changedMeanwhile(page)
	}
	if page.Problem != "" {
		if err := s.deny(v, store.AuditEntry{Detail: synonymDetail(typed)}, nil); err != nil {
			return err
		}
		return s.page(v, http.StatusUnprocessableEntity, page)
	}
	_, err = s.saveSynonyms(v, typed, saved.ChangedAt)
	if errors.Is(err, store.ErrConflict) { // since they were read just now
		if saved, err = s.Store.Synonyms(v.ctx()); err != nil {
			return fmt.Errorf("read synonyms: %w", err)
		}
		page = s.synonymsPage(v, saved)
		page.Text, page.OwnOnly, page.Problem = typed.Text, typed.OwnOnly, changedMeanwhile(page)
		return s.page(v, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	return v.seeOther(synonymsPath + "?done=synonyms")
}

// checkSynonyms says why lists can't be saved, "" where they can, and which of
// their lines can't be read.
func checkSynonyms(l store.SynonymLists) (problem string, wrong []string) {
	if len(l.Text) > store.MaxSynonyms {
		return "Nothing was saved: the text may be " + size(store.MaxSynonyms) + " long.", nil
	}
	if wrong = wrongLines(l.Text); len(wrong) > 0 {
		problem = synonymLinesWrong
	}
	return problem, wrong
}

func changedMeanwhile(saved *synonymsPage) string {
	return "Nothing was saved: the synonyms were changed meanwhile (" + saved.Changed + "). What you typed stands below; save it again to replace them."
}

// previewSynonyms answers with what the typed groups find: those that can be
// read, whatever the others are.
func (s *Server) previewSynonyms(v *visit, page *synonymsPage) error {
	if err := s.allow(v, store.AuditEntry{Detail: "preview"}); err != nil {
		return err
	}
	if len(page.Wrong) > 0 {
		page.Problem = "" // the lines are told
	}
	if page.Problem == "" {
		ctx, cancel := context.WithTimeout(v.ctx(), previewPatience)
		defer cancel()
		var err error
		page.Counted = true
		if page.Preview, page.Slow, err = s.preview(ctx, v.scope(), v.now, page.Text); err != nil {
			return err
		}
	}
	return s.page(v, http.StatusOK, page)
}

// saveSynonyms writes down who does it, saves over the lists that were changed at
// replaces, and has searches use it. store.ErrConflict as of store.Synonyms, which
// is written down as a refusal.
func (s *Server) saveSynonyms(v *visit, typed store.SynonymLists, replaces time.Time) (store.SynonymLists, error) {
	if err := s.allow(v, store.AuditEntry{Detail: synonymDetail(typed)}); err != nil {
		return typed, err
	}
	l, err := s.Store.SaveSynonyms(v.ctx(), typed, replaces)
	if errors.Is(err, store.ErrConflict) { // somebody else was first: what was written down did not happen
		if err := s.deny(v, store.AuditEntry{Detail: synonymDetail(typed) + ", changed meanwhile"}, nil); err != nil {
			return l, err
		}
	}
	if err != nil {
		return l, fmt.Errorf("save synonyms: %w", err)
	}
	if s.Thesaurus != nil {
		// Saved it is, and followed within seconds whatever happens here.
		if err := s.Thesaurus.Reload(v.ctx()); err != nil {
			s.Log.Warn("the synonyms just saved are not used yet", "err", err, "request_id", v.id)
		}
	}
	return l, nil
}

func synonymDetail(l store.SynonymLists) string {
	detail := plural(strings.Count(l.Text, "\n")+1, "line")
	if l.OwnOnly {
		detail += ", without those built in"
	}
	return detail
}

func notForAllBots() *fault {
	f := forbidden()
	f.words = "Synonyms are for every search of this Afterbeep: only an administrator of all bots may change them."
	return f
}

// unixLines takes the ends of lines as a form sends them.
func unixLines(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// preview counts what the groups of a text find, those that can be read. Until
// ctx has no more time: slow says that groups are missing then.
func (s *Server) preview(ctx context.Context, scope store.Scope, now time.Time, text string) (groups []groupView, slow bool, err error) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		group, _, _ := strings.Cut(line, "#")
		entries := strings.FieldsFunc(group, func(r rune) bool { return r == '=' || r == '>' })
		if len(entries) < 2 {
			continue
		}
		if len(groups) == groupsShown {
			break
		}
		if _, wrong := synonyms.Parse(line); len(wrong) > 0 {
			continue // it may be of any length
		}
		q := entriesQuery(entries)
		if q == "" {
			continue
		}
		found, err := s.Index.Search(ctx, scope, index.Request{Query: query.Parse(q), Sort: index.SortNewest, Limit: 1, FullOnly: true, Now: now})
		if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return groups, true, nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("count a group: %w", err)
		}
		groups = append(groups, groupView{Line: fmt.Sprint(n), Group: cut(strings.TrimSpace(group), 200), Count: humanize.Comma(int64(found.Total))})
	}
	return groups, false, nil
}

// entriesQuery asks for any of the entries, each with all of its words.
func entriesQuery(entries []string) string {
	var parts []string
	for _, e := range entries {
		var ws []string
		for _, t := range query.Tokens(e) {
			ws = append(ws, t.Text)
		}
		if len(ws) > 0 {
			parts = append(parts, "("+strings.Join(ws, " ")+")")
		}
	}
	return strings.Join(slices.Compact(parts), " OR ")
}

// SynonymsAnswer is the synonyms of the installation as the API gives them.
type SynonymsAnswer struct {
	Text      string `json:"text"`
	OwnOnly   bool   `json:"own_only"` // those built in are not used
	ChangedBy string `json:"changed_by"`
	ChangedAt Stamp  `json:"changed_at"` // null where never
	Version   string `json:"version"`    // to be sent back; "" where never saved
	Groups    int    `json:"groups"`     // in use, those built in included
	BuiltIn   string `json:"built_in"`
}

func synonymsAnswerOf(l store.SynonymLists) SynonymsAnswer {
	return SynonymsAnswer{Text: l.Text, OwnOnly: l.OwnOnly, ChangedBy: l.ChangedBy, ChangedAt: Stamp(l.ChangedAt), Version: versionOf(l),
		Groups: listsOf(l).Groups(), BuiltIn: synonyms.DefaultText()}
}

func (s *Server) apiSynonyms(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	saved, err := s.Store.Synonyms(v.ctx())
	if err != nil {
		return fmt.Errorf("read synonyms: %w", err)
	}
	return v.json(http.StatusOK, synonymsAnswerOf(saved))
}

// sentSynonyms is what the API takes as synonyms.
type sentSynonyms struct {
	Text    *string `json:"text"`     // a group a line, as "bill = invoice"
	OwnOnly bool    `json:"own_only"` // those built in are not used
	Version *string `json:"version"`  // of the answer that is replaced; without, whatever is there
}

// apiPutSynonyms replaces them with {"text": "...", "own_only": false}. With the
// "version" of an earlier answer, only those of that answer.
func (s *Server) apiPutSynonyms(v *visit) error {
	body, err := io.ReadAll(v.Request().Body)
	if err != nil {
		return unreadable(err)
	}
	var sent sentSynonyms
	if err := json.Unmarshal(body, &sent); err != nil || sent.Text == nil {
		return s.deny(v, store.AuditEntry{}, badRequest(`The body must be JSON as in {"text": "bill = invoice", "own_only": false}.`))
	}
	l := store.SynonymLists{Text: unixLines(*sent.Text), OwnOnly: sent.OwnOnly, ChangedBy: v.user.Name}
	entry := store.AuditEntry{Detail: synonymDetail(l)}
	if !v.scope().All() {
		return s.deny(v, entry, notForAllBots())
	}
	if problem, wrong := checkSynonyms(l); problem != "" {
		return s.deny(v, entry, badRequest(strings.Join(append([]string{problem}, wrong...), " ")))
	}
	saved, err := s.Store.Synonyms(v.ctx())
	if err != nil {
		return fmt.Errorf("read synonyms: %w", err)
	}
	if sent.Version != nil && *sent.Version != versionOf(saved) {
		return s.deny(v, entry, synonymsConflict(nil))
	}
	saved, err = s.saveSynonyms(v, l, saved.ChangedAt)
	switch {
	case errors.Is(err, store.ErrConflict):
		return synonymsConflict(err)
	case errors.Is(err, store.ErrInvalid):
		return badRequest(synonymLinesWrong)
	case err != nil:
		return err
	}
	return v.json(http.StatusOK, synonymsAnswerOf(saved))
}

func synonymsConflict(err error) *fault {
	return &fault{status: http.StatusConflict, code: codeConflict, title: "Changed meanwhile",
		words: "Nothing was saved: the synonyms were changed meanwhile. Read them again, and send their version with yours.", err: err}
}
