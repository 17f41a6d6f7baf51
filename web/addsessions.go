package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"afterbeep/store"
)

const (
	addSessionsPath = "/sessions/add"
	// maxFile is how much of a list is read.
	maxFile = 1 << 20
	// oddShown is how many odd lines are shown.
	oddShown = 10
)

type addSessionsPage struct {
	frame
	Can     bool // there is somebody who takes a list
	Bots    []option
	IDs     string // as typed
	Problem string
	Done    *listDone
}

// listDone says what became of a list.
type listDone struct {
	Bot      string
	New      string
	Known    string
	Again    string // known ones that are tried again now; "" for none
	Odd      string // lines that are no ids; "" for none
	OddLines []string
}

func (s *Server) addSessions(v *visit, chosen string) *addSessionsPage {
	page := &addSessionsPage{frame: s.frame(v, "Add sessions"), Can: s.Enlister != nil && s.Ingest != nil}
	if page.Can {
		bots := s.connectedBots(v)
		page.Bots = options("choose a bot", chosen, bots, same)
		if len(bots) == 1 {
			page.Bots = options("", bots[0], nil, same)[1:]
		}
		page.Can = len(bots) > 0
	}
	return page
}

// connectedBots are those that the reader may see.
func (s *Server) connectedBots(v *visit) []string {
	return v.seen(s.Ingest.Status().Bots)
}

func (s *Server) getAddSessions(v *visit) error {
	if err := s.allow(v, store.AuditEntry{Detail: "form"}); err != nil {
		return err
	}
	return s.page(v, http.StatusOK, s.addSessions(v, v.QueryParam("bot")))
}

func (s *Server) postAddSessions(v *visit) error {
	bot, typed := v.FormValue("bot"), v.FormValue("ids")
	page := s.addSessions(v, bot)
	if !page.Can {
		if err := s.allow(v, store.AuditEntry{Detail: "bot " + cut(bot, maxName)}); err != nil {
			return err
		}
		return nobodyFetches()
	}
	file, err := uploaded(v.Request(), "file")
	if err != nil {
		return unreadable(err)
	}
	ids, odd := sessionList(typed + "\n" + file)
	entry := store.AuditEntry{Detail: fmt.Sprintf("bot %s, %s", cut(bot, maxName), plural(len(ids), "session"))}
	if err := s.allow(v, entry); err != nil {
		return err
	}
	switch {
	case !slices.Contains(s.connectedBots(v), bot):
		page.Problem = "Choose one of the connected bots."
	case len(ids) == 0 && len(odd) == 0:
		page.Problem = "There is no session id in this list. Write one on each line, or choose a file."
	case len(ids) == 0:
		page.Problem = "None of these lines is the id of a session."
	}
	if page.Problem != "" {
		page.IDs = typed
		return s.page(v, http.StatusUnprocessableEntity, page)
	}
	saved, err := s.enlist(v, bot, ids)
	if err != nil {
		return err
	}
	page.Done = listDoneOf(bot, len(ids), saved, odd)
	return s.page(v, http.StatusOK, page)
}

// enlist takes the list. It may be long, so it has more time than other answers.
func (s *Server) enlist(v *visit, bot string, ids []string) (store.Saved, error) {
	// A recorder that answers no deadlines keeps the server's.
	err := http.NewResponseController(v.Response()).SetWriteDeadline(time.Now().Add(listPatience + answerPatience))
	if err != nil && !errors.Is(err, http.ErrNotSupported) {
		return store.Saved{}, fmt.Errorf("prolong answer: %w", err)
	}
	saved, err := s.Enlister.Enlist(v.ctx(), bot, ids, store.FoundByList)
	if err != nil {
		return saved, &fault{status: http.StatusServiceUnavailable, code: codeUnavailable, title: "Not all of the list was taken",
			words: fmt.Sprintf("%s new so far, then something went wrong. Send the list again: what is there already is left as it is.", have(saved.New, "session is", "sessions are")),
			retry: answerPatience, err: fmt.Errorf("enlist sessions: %w", err)}
	}
	return saved, nil
}

func listDoneOf(bot string, asked int, saved store.Saved, odd []string) *listDone {
	done := &listDone{Bot: bot, New: "No session is new.", Known: "None was known already."}
	if saved.New > 0 {
		done.New = have(saved.New, "session is", "sessions are") + " new and fetched now."
	}
	if known := asked - saved.New; known > 0 {
		done.Known = have(known, "session was", "sessions were") + " known already."
	}
	if again := saved.Due - saved.New; again > 0 {
		done.Again = have(again, "of these is", "of these are") + " tried again now."
	}
	if len(odd) > 0 {
		done.Odd = have(len(odd), "entry is no id and was left out.", "entries are no ids and were left out.")
		for _, line := range odd[:min(len(odd), oddShown)] {
			done.OddLines = append(done.OddLines, shown(line))
		}
	}
	return done
}

// uploaded reads the file of a form, "" where none was chosen.
func uploaded(r *http.Request, name string) (string, error) {
	if r.MultipartForm == nil || len(r.MultipartForm.File[name]) == 0 {
		return "", nil
	}
	f, err := r.MultipartForm.File[name][0].Open()
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return "", err
	}
	if len(b) > maxFile {
		return "", &http.MaxBytesError{Limit: maxFile}
	}
	return string(b), nil
}

// sessionList reads ids, one on a line or with commas or semicolons between
// them, each once. Lines with a # before them are remarks; odd are those that
// are no ids.
func sessionList(text string) (ids, odd []string) {
	seen := map[string]bool{}
	text = strings.TrimPrefix(text, "\uFEFF")
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "\uFEFF"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		for part := range strings.FieldsFuncSeq(line, func(r rune) bool { return r == ',' || r == ';' }) {
			id := strings.Trim(strings.TrimSpace(part), `"'`)
			switch {
			case id == "":
			case !isID(id):
				odd = append(odd, id)
			case !seen[id]:
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids, odd
}
