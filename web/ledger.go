package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"afterbeep/index"
	"afterbeep/store"
)

// LedgerAnswer is how complete the archive is, as the API tells it.
type LedgerAnswer struct {
	From     string      `json:"from"` // the first day
	To       string      `json:"to"`   // the last day
	TZ       string      `json:"tz"`
	Notes    []string    `json:"notes"`
	Bots     []LedgerBot `json:"bots"`
	Gaps     []LedgerGap `json:"gaps"`
	GapsMore bool        `json:"gaps_more"` // there may be more gaps than limit
	Odd      []string    `json:"odd"`       // what does not add up beside what the days say
	Lags     LedgerLags  `json:"lags"`
}

// LedgerBot is the ledger of one bot, newest day first.
type LedgerBot struct {
	BotID string      `json:"bot_id"`
	Total LedgerCount `json:"total"`
	Days  []LedgerDay `json:"days"`
}

// LedgerDay is one day of one bot.
type LedgerDay struct {
	Day string `json:"day"` // in the zone asked for
	LedgerCount
}

// LedgerCount counts sessions.
type LedgerCount struct {
	Known       int `json:"known"`
	Voicemails  int `json:"voicemails"`  // flagged as voicemails, and those stored
	Stored      int `json:"stored"`      // with a voicemail in the archive
	Transcribed int `json:"transcribed"` // of stored: with text
	Pending     int `json:"pending"`     // of stored: whose transcript is still waited for
	Audio       int `json:"audio"`       // of stored: with a recording that can be had, or could once
	Archived    int `json:"archived"`    // of audio: with all of these archived
	Indexed     int `json:"indexed"`     // of stored: in the index
	Waiting     int `json:"waiting"`     // to be fetched, or being fetched
	Dead        int `json:"dead"`        // given up as unreadable
	Gone        int `json:"gone"`        // not there upstream any more
	Empty       int `json:"empty"`       // nothing was said
	Skipped     int `json:"skipped"`     // not wanted
	Lost        int `json:"lost"`        // of gone and empty: flagged as voicemails
	// Odd says in words what does not add up.
	Odd []string `json:"odd"`
}

// LedgerGap is something that a session lacks.
type LedgerGap struct {
	BotID       string `json:"bot_id"`
	SessionID   string `json:"session_id"`
	VoicemailID *int64 `json:"voicemail_id"` // null where there is no voicemail
	Kind        string `json:"kind"`
	State       string `json:"state"`
	Reason      string `json:"reason"`
	Excerpt     string `json:"excerpt"` // of a reply that could not be read
	Attempts    int    `json:"attempts"`
	NextAt      Stamp  `json:"next_at"`
	StartedAt   Stamp  `json:"started_at"`
}

// LedgerLags tells how far each step is behind. Null where there is nothing.
type LedgerLags struct {
	Now            Stamp `json:"now"`
	NewestAt       Stamp `json:"newest_at"`
	LookedAt       Stamp `json:"looked_at"`
	OldestDueAt    Stamp `json:"oldest_due_at"`
	OldestAudioAt  Stamp `json:"oldest_audio_at"`
	IndexChanges   int64 `json:"index_changes"`
	Recordings     int   `json:"recordings"`
	RecordingsKept int   `json:"recordings_kept"`
	Waiting        int   `json:"recordings_waiting"`
	GivenUp        int   `json:"recordings_given_up"`
	KeptBytes      int64 `json:"kept_bytes"`
}

// book is what the ledger holds of a span, for one reader.
type book struct {
	span  span
	bots  []botBook
	odd   []string
	lags  store.Lags
	index index.Status
	// behind is how many changes are not indexed yet.
	behind int64
}

type botBook struct {
	id    string
	total store.LedgerDay
	days  []store.LedgerDay
}

// readBook reads the ledger of a span.
func (s *Server) readBook(v *visit, sp span) (book, error) {
	b := book{span: sp, index: s.Index.Status()}
	var err error
	if b.bots, err = s.countDays(v, sp, b.index.Position.Seq); err != nil {
		return b, err
	}
	if b.lags, err = s.Store.Lags(v.ctx(), v.scope(), s.worked()); err != nil {
		return b, fmt.Errorf("read the lags: %w", err)
	}
	head, err := s.Store.Head(v.ctx())
	if err != nil {
		return b, fmt.Errorf("read the feed's head: %w", err)
	}
	b.behind = max(0, head.Seq-b.index.Position.Seq)
	if v.scope().All() && b.behind == 0 && !b.index.Building && b.index.LastError == "" {
		b.odd, err = s.countBoth(v, head, b.index)
	}
	return b, err
}

// countBoth counts the voicemails in store and index, and says where they
// differ. What arrives in between is no fault.
func (s *Server) countBoth(v *visit, head store.Position, st index.Status) ([]string, error) {
	held, err := s.Store.Ledger(v.ctx(), v.scope())
	if err != nil {
		return nil, fmt.Errorf("sum up the archive: %w", err)
	}
	again, err := s.Store.Head(v.ctx())
	if err != nil {
		return nil, fmt.Errorf("read the feed's head: %w", err)
	}
	if again != head {
		return nil, nil
	}
	return oddIndex(held.Voicemails, st.Voicemails), nil
}

// oddIndex compares what the store holds with what the index says that it does.
func oddIndex(stored, indexed int) []string {
	if stored == indexed {
		return nil
	}
	return []string{fmt.Sprintf("The archive holds %s, and the index says that it holds %s, though it has followed every change. If this stays so, build it anew with “afterbeep reindex”.",
		plural(stored, "voicemail"), plural(indexed, "voicemail"))}
}

// byBot groups days, and sums them up.
func byBot(days []store.LedgerDay) []botBook {
	var bots []botBook
	for _, d := range days {
		if len(bots) == 0 || bots[len(bots)-1].id != d.BotID {
			bots = append(bots, botBook{id: d.BotID, total: store.LedgerDay{BotID: d.BotID}})
		}
		b := &bots[len(bots)-1]
		b.days = append(b.days, d)
		addDay(&b.total, d)
	}
	return bots
}

func addDay(to *store.LedgerDay, d store.LedgerDay) {
	for _, f := range []struct {
		to   *int
		from int
	}{
		{&to.Known, d.Known}, {&to.Stored, d.Stored}, {&to.Waiting, d.Waiting}, {&to.Dead, d.Dead}, {&to.Gone, d.Gone},
		{&to.Empty, d.Empty}, {&to.Skipped, d.Skipped}, {&to.Lost, d.Lost}, {&to.Voicemails, d.Voicemails}, {&to.Transcribed, d.Transcribed},
		{&to.Pending, d.Pending}, {&to.Audio, d.Audio}, {&to.Archived, d.Archived}, {&to.Indexed, d.Indexed},
	} {
		*f.to += f.from
	}
}

// oddities says what of a day does not add up, in words: a session that is said
// to be stored and has no voicemail is known, and nowhere. It is pure.
func oddities(d store.LedgerDay) []string {
	parts := d.Stored + d.Waiting + d.Dead + d.Gone + d.Empty + d.Skipped
	if parts == d.Known {
		return nil
	}
	return []string{fmt.Sprintf("%s known, but %s accounted for.", have(d.Known, "session is", "sessions are"), have(parts, "is", "are"))}
}

func have(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func countOf(d store.LedgerDay) LedgerCount {
	return LedgerCount{Known: d.Known, Voicemails: d.Voicemails, Stored: d.Stored, Transcribed: d.Transcribed, Pending: d.Pending,
		Audio: d.Audio, Archived: d.Archived, Indexed: d.Indexed, Waiting: d.Waiting, Dead: d.Dead, Gone: d.Gone, Empty: d.Empty,
		Skipped: d.Skipped, Lost: d.Lost, Odd: append([]string{}, oddities(d)...)}
}

// answer is the book as the API tells it, without gaps.
func (b book) answer() *LedgerAnswer {
	a := &LedgerAnswer{From: b.span.date(b.span.first()), To: b.span.date(b.span.last()), TZ: b.span.zone.String(),
		Notes: []string{}, Gaps: []LedgerGap{}, Odd: append([]string{}, b.odd...), Bots: make([]LedgerBot, 0, len(b.bots))}
	for _, bot := range b.bots {
		lb := LedgerBot{BotID: bot.id, Total: countOf(bot.total), Days: make([]LedgerDay, 0, len(bot.days))}
		for _, d := range bot.days {
			lb.Days = append(lb.Days, LedgerDay{Day: b.span.date(d.Day), LedgerCount: countOf(d)})
		}
		a.Bots = append(a.Bots, lb)
	}
	l := b.lags
	a.Lags = LedgerLags{Now: Stamp(l.Now), NewestAt: Stamp(l.Newest), LookedAt: Stamp(l.LookedAt), OldestDueAt: Stamp(l.OldestDue),
		OldestAudioAt: Stamp(l.OldestAudio), IndexChanges: b.behind, Recordings: l.Recordings, RecordingsKept: l.Kept,
		Waiting: l.Waiting, GivenUp: l.GivenUp, KeptBytes: l.KeptBytes}
	return a
}

func gapOf(g store.Gap) LedgerGap {
	a := LedgerGap{BotID: g.BotID, SessionID: g.SessionID, Kind: string(g.Kind), State: string(g.State), Reason: g.Reason,
		Excerpt: g.Excerpt, Attempts: g.Attempts, NextAt: Stamp(g.NextAt), StartedAt: Stamp(g.StartedAt)}
	if g.VoicemailID != 0 {
		a.VoicemailID = &g.VoicemailID
	}
	return a
}

// gapWords says what sessions with a gap lack; "" for a kind that there isn't.
func gapWords(k store.GapKind) string {
	switch k {
	case store.GapWaiting:
		return "not stored yet"
	case store.GapDead:
		return "given up"
	case store.GapGone:
		return "no longer to be had"
	case store.GapUntranscribed:
		return "without text"
	case store.GapUnarchived:
		return "audio not archived"
	case store.GapUnindexed:
		return "not searchable yet"
	}
	return ""
}

// splitList reads a list with commas between its parts.
func splitList(s string) []string {
	parts := strings.Split(s, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return slices.DeleteFunc(parts, func(p string) bool { return p == "" })
}

// botsOf lists bots by id, each once: those of a book and those connected.
func (s *Server) botsOf(v *visit, more ...string) []string {
	known := slices.Clone(more)
	known = append(known, v.scope().Bots()...)
	if s.Ingest != nil {
		for _, bot := range s.Ingest.Status().Bots {
			if v.scope().Sees(bot) {
				known = append(known, bot)
			}
		}
	}
	slices.SortFunc(known, cmp.Compare[string])
	return slices.DeleteFunc(slices.Compact(known), func(bot string) bool { return bot == "" })
}
