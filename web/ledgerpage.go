package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"afterbeep/store"
)

const ledgerPath = "/ledger"

type ledgerPage struct {
	frame
	Problem   string // why nothing is shown
	Said      string // what was just done
	Connected bool   // an upstream is set up
	From      string
	To        string
	TZ        string
	Zone      string
	Zones     []string
	Bots      []option
	Odd       []string
	Trouble   []string
	Lags      []fact
	Safe      *progressView
	Keeping   []fact
	Ledgers   []ledgerView
	Older     string
	Newer     string // "" where there is nothing newer
	Past      backfillsView
	Back      string // this page, to come back to
	Adding    string // where a list is added; "" where none can be
}

// progressView is how much of something is done.
type progressView struct {
	Value, Max int
	Text       string
}

// ledgerView is the table of one bot.
type ledgerView struct {
	BotID   string
	Columns []string
	Days    []dayView
	Total   dayView
}

// ledgerColumns names the counts of a day.
func ledgerColumns() []string {
	return []string{"Sessions known", "Voicemails", "Stored", "With text", "Audio archived", "Indexed"}
}

// dayView is a row of it.
type dayView struct {
	Day      string // as "Tue 11 Feb 2025"; "" is the total
	ISO      string
	Counts   []countView
	Missing  []missingView
	Odd      []string
	Complete bool
}

// countView is a count under the name of its column.
type countView struct{ Name, Count string }

// missingView is a count of something missing, with its sessions.
type missingView struct {
	Text string
	Href string
	Bad  bool // nothing will come of it by itself
}

func (s *Server) getLedger(v *visit) error {
	q := v.inReadersZone(v.QueryParams())
	sp, err := spanOf(q, v.now)
	bad, unreadable := errors.AsType[*ParamError](err)
	if err != nil && !unreadable {
		return err
	}
	entry := store.AuditEntry{}
	if !unreadable {
		entry.Detail = sp.link("")
	}
	if err := s.allow(v, entry); err != nil {
		return err
	}
	if unreadable {
		return s.page(v, http.StatusBadRequest, &ledgerPage{frame: s.frame(v, "Ledger"), Zones: zones(), Problem: bad.Words,
			From: q.Get("from"), To: q.Get("to"), TZ: q.Get("tz"), Bots: options("every bot", q.Get("bot"), s.botsOf(v), same)})
	}
	page, err := s.ledger(v, q)
	if err != nil {
		return err
	}
	return s.page(v, http.StatusOK, page)
}

// ledger is the page of a span that can be read.
func (s *Server) ledger(v *visit, q url.Values) (*ledgerPage, error) {
	sp, err := spanOf(q, v.now)
	if err != nil {
		return nil, err
	}
	if !saysDays(q) {
		if sp, err = s.latestDays(v, sp); err != nil {
			return nil, err
		}
	}
	b, err := s.readBook(v, sp)
	if err != nil {
		return nil, err
	}
	page := &ledgerPage{frame: s.frame(v, "Ledger"), Zones: zones(), Said: saidOf(v), Trouble: s.accountTrouble(v),
		Bots: options("every bot", sp.Bot, s.botsOf(v), same), Connected: s.connected(), Back: ledgerPath}
	if v.Request().Method == http.MethodGet {
		page.Back = withoutDone(v.Request().URL)
	}
	page.fill(b, v.now)
	page.keeping(s.Keeper, b.lags)
	if page.Past, err = s.backfills(v, sp.zone); err != nil {
		return nil, err
	}
	for _, run := range page.Past.Runs {
		if run.To == store.BackfillStopped { // it goes on
			page.Lags = append(page.Lags, fact{Name: "The past", Value: strings.Join(append([]string{run.Range, run.Progress.Text}, run.Facts...), ", ")})
		}
	}
	if s.Enlister != nil {
		page.Adding = addSessionsPath
	}
	return page, nil
}

func same(s string) string { return s }

func (page *ledgerPage) fill(b book, now time.Time) {
	sp := b.span
	page.From, page.To, page.TZ, page.Zone = sp.date(sp.first()), sp.date(sp.last()), sp.TZ, sp.zone.String()
	page.Odd, page.Older, page.Newer = b.odd, sp.older(ledgerPath), sp.newer(ledgerPath, now)
	page.Lags = b.facts(now, page.reading)
	read := page.in(sp.zone)
	for _, bot := range b.bots {
		view := ledgerView{BotID: bot.id, Columns: ledgerColumns(), Total: sp.dayView(bot.total, bot.id, read)}
		for _, d := range bot.days {
			view.Days = append(view.Days, sp.dayView(d, bot.id, read))
		}
		page.Ledgers = append(page.Ledgers, view)
	}
}

// facts tell how far each step is behind.
func (b book) facts(now time.Time, read reading) []fact {
	if !b.lags.Now.IsZero() {
		now = b.lags.Now
	}
	step := func(name string, t time.Time, none string) fact {
		if t.IsZero() {
			return fact{Name: name, Value: none}
		}
		st := read.in(b.span.zone).Exact(t)
		st.Text += " (" + ago(t, now) + ")"
		return fact{Name: name, Stamp: &st}
	}
	facts := []fact{
		step("Newest voicemail", b.lags.Newest, "none yet"),
		step("Last looked for calls", b.lags.LookedAt, "not yet"),
		step("Sessions due since", b.lags.OldestDue, "none is overdue"),
		step("Audio due since", b.lags.OldestAudio, "none is overdue"),
	}
	index := fact{Name: "Index", Value: "has every change"}
	switch {
	case b.index.Building:
		index.Value = "is being built, " + have(int(b.behind), "change is", "changes are") + " still to come"
	case b.behind > 0:
		index.Value = have(int(b.behind), "change is", "changes are") + " not indexed yet"
	}
	return append(facts, index)
}

// keeping says how much audio is safe.
func (page *ledgerPage) keeping(k Keeper, l store.Lags) {
	add := func(name, format string, args ...any) {
		page.Keeping = append(page.Keeping, fact{Name: name, Value: fmt.Sprintf(format, args...)})
	}
	page.Safe = &progressView{Value: l.Kept, Max: max(l.Recordings, 1),
		Text: fmt.Sprintf("%s of %s archived, %s.", page.Number(int64(l.Kept)), page.Count(int64(l.Recordings), "recording"), size(l.KeptBytes))}
	if l.Recordings == 0 {
		page.Safe.Text = "No recording is known that can be had."
	}
	if l.Waiting > 0 {
		add("Still to come", "%s, tried again by itself", page.Count(int64(l.Waiting), "recording"))
	}
	if l.GivenUp > 0 {
		add("Given up", "%s: open the gaps below to try again", page.Count(int64(l.GivenUp), "recording"))
	}
	if k == nil {
		add("Audio archive", "off: recordings are played from the contact centre for as long as it keeps them")
		return
	}
	st := k.Status()
	switch {
	case st.Off:
		add("Audio archive", "off")
	case st.Full:
		add("Audio archive", "full: nothing more is kept until there is room")
	default:
		add("Audio archive", "keeping every recording as soon as it is there")
	}
	if st.Why != "" {
		add("Why", "%s", st.Why)
	}
	if st.Where != "" {
		add("Where", "%s", st.Where)
	}
	if st.MaxBytes > 0 {
		add("Used", "%s of the %s allowed", size(st.Bytes), size(st.MaxBytes))
	} else if st.Bytes > 0 {
		add("Used", "%s", size(st.Bytes))
	}
	if st.LookUpsOff {
		add("Call recordings", "looking them up is switched off")
	}
	if st.FreeKnown {
		add("Room left", "%s", size(st.Free))
	}
}

func size(n int64) string { return humanize.Bytes(uint64(max(n, 0))) }

// dayView shows a day, or the total where d has no day.
func (s span) dayView(d store.LedgerDay, bot string, read reading) dayView {
	view := dayView{Odd: oddities(d), Missing: s.missing(d, bot, read)}
	if !d.Day.IsZero() {
		view.Day, view.ISO = d.Day.In(s.zone).Format("Mon ")+read.Day(d.Day), s.date(d.Day)
	}
	for i, n := range []int{d.Known, d.Voicemails, d.Stored, d.Transcribed, d.Archived, d.Indexed} {
		view.Counts = append(view.Counts, countView{ledgerColumns()[i], read.Number(int64(n))})
	}
	view.Complete = len(view.Missing) == 0 && len(view.Odd) == 0
	return view
}

// missing counts what a day lacks.
func (s span) missing(d store.LedgerDay, bot string, read reading) []missingView {
	counts := map[store.GapKind]int{
		store.GapWaiting: d.Waiting, store.GapDead: d.Dead, store.GapGone: d.Lost, store.GapUntranscribed: d.Stored - d.Transcribed,
		store.GapUnarchived: d.Audio - d.Archived, store.GapUnindexed: d.Stored - d.Indexed,
	}
	var out []missingView
	for _, kind := range store.GapKinds() {
		if n := counts[kind]; n > 0 {
			out = append(out, missingView{Text: read.Number(int64(n)) + " " + gapWords(kind), Href: s.gapsLink(bot, d.Day, kind),
				Bad: kind == store.GapDead || kind == store.GapGone})
		}
	}
	return out
}

// gapsLink is where the sessions of a gap are; of the whole span where there is
// no day.
func (s span) gapsLink(bot string, day time.Time, kind store.GapKind) string {
	v := url.Values{"bot": {bot}, "kind": {string(kind)}}
	if day.IsZero() {
		v.Set("from", s.date(s.first()))
		v.Set("to", s.date(s.last()))
	} else {
		v.Set("day", s.date(day))
	}
	if s.TZ != "" {
		v.Set("tz", s.TZ)
	}
	return gapsPath + "?" + v.Encode()
}

// apiLedger is the ledger for programs: of every day that has a session, unless
// certain days are asked for.
func (s *Server) apiLedger(v *visit) error {
	q := v.QueryParams()
	sp, err := spanOf(q, v.now)
	if err != nil {
		return asBadRequest(err)
	}
	kinds, err := gapKinds(q)
	if err != nil {
		return asBadRequest(err)
	}
	limit, note, err := gapLimit(q, 200)
	if err != nil {
		return asBadRequest(err)
	}
	if err := s.allow(v, store.AuditEntry{Detail: sp.link("")}); err != nil {
		return err
	}
	if !saysDays(q) {
		if sp, err = s.everyDay(v, sp); err != nil {
			return err
		}
	}
	b, err := s.readBook(v, sp)
	if err != nil {
		return err
	}
	gaps, err := s.Store.Gaps(v.ctx(), v.scope(), store.GapQuery{BotID: sp.Bot, From: sp.first(), To: sp.end(), Kinds: kinds,
		Indexed: b.index.Position.Seq, Limit: limit})
	if err != nil {
		return fmt.Errorf("list gaps: %w", err)
	}
	a := b.answer()
	if note != "" {
		a.Notes = append(a.Notes, note)
	}
	for _, g := range gaps {
		a.Gaps = append(a.Gaps, gapOf(g))
	}
	a.GapsMore = len(gaps) == limit
	return v.json(http.StatusOK, a)
}

// asBadRequest answers a field that can't be read with words for it.
func asBadRequest(err error) error {
	if bad, ok := errors.AsType[*ParamError](err); ok {
		return badRequest(bad.Error())
	}
	return err
}

// saidOf is what a page says after something was done. Addresses carry its name
// and a number alone, so that nobody can make the page say anything else.
func saidOf(v *visit) string {
	n, _ := strconv.Atoi(v.QueryParam("n"))
	switch v.QueryParam("done") {
	case "wake":
		return "It is tried again now."
	case "wakes":
		return have(n, "session is", "sessions are") + " tried again now."
	case "busy":
		return "It is being fetched right now."
	case "fetch":
		return "The recording is asked for again."
	case "lookup":
		return "The contact centre is asked which recordings of the call there are."
	case doneNote:
		return "The note is added."
	case doneNoteEdit:
		return "The note is changed."
	case doneNoteGone:
		return "The note is deleted."
	case doneTag:
		return "The tag is put on."
	case doneTagGone:
		return "The tag is taken off."
	case "backfill":
		return "The past is being looked at. How far it is stands below."
	case "stopped":
		return "It is stopped, and goes on where it stopped whenever you like."
	case "run":
		return "The contact centre is asked for new voicemails now."
	case "saved":
		return "The bot is connected. Its voicemails arrive within minutes."
	case "synonyms":
		return "The synonyms are saved, and searches use them from now on."
	case "gone":
		return "The bot is disconnected. Its voicemails stay in the archive."
	}
	return ""
}
