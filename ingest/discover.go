package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// maxRowsByOffset bounds how far a window is read by rows, where the upstream
// counts its offset in rows: the documented pages end at about as many.
const maxRowsByOffset = 10 * kore.MaxDetailsLimit

// discoveryTries is how often a page is asked for until discovery gives up for
// this pass; the next pass looks again.
const discoveryTries = 4

// source is one way to list sessions of an account. It serves one goroutine.
type source struct {
	windows string        // the name under which it is written down what was looked at
	longest time.Duration // of a window
	steps   stepper
	read    func(ctx context.Context, s span) (reading, error)
}

// reading is what came of reading one window.
type reading struct {
	pages, rows int
	full        bool // there are more rows than can be had
}

// sources are the ways in which the account's sessions are found: the call
// details once, and the session history of each bot that is searched by it.
// anyway is for what a person asks for: it finds a way also where discovery is off.
func (r *run) sources(class kore.Class, anyway bool) []*source {
	bots := r.account.all()
	by := func(way Discovery) []Bot {
		return slices.DeleteFunc(slices.Clone(bots), func(b Bot) bool { return b.Discovery != way })
	}
	details, sessions := by(DiscoverCallDetails), by(DiscoverSessions)
	if anyway && len(details)+len(sessions) == 0 {
		details = bots
	}
	var all []*source
	if len(details) > 0 {
		d := &detailsReader{run: r, class: class, speakers: details}
		all = append(all, &source{windows: r.account.id, longest: maxWindow, steps: stepper{room: maxRowsByOffset}, read: d.read})
	}
	for _, b := range sessions {
		all = append(all, r.sessionsOf(b, class))
	}
	return all
}

// discover looks at what is to be looked at in this pass. An error that is about
// the account is an *AccountError.
func (r *run) discover(ctx context.Context) error {
	r.account.began(r.in.cfg.Now())
	look := r.lookNow
	if !r.opts.From.IsZero() {
		look = r.lookRange
	}
	err := r.settleLook(ctx, look(ctx))
	r.account.ended(workLook, r.in.cfg.Now(), err)
	return err
}

// lookNow looks at the present, and as far back as the rules of the look-back say.
func (r *run) lookNow(ctx context.Context) error {
	return r.in.exclusively(ctx, r.account.looks, lookLock(r.account.id), r.opts.noWait, func(ctx context.Context) error {
		var errs []error
		for _, src := range r.sources(kore.ClassDiscovery, false) {
			windows, err := r.planned(ctx, src)
			if err == nil {
				err = r.look(ctx, src, windows)
			}
			errs = append(errs, err)
		}
		return errors.Join(append(errs, r.describe(ctx))...)
	})
}

// settleLook tells trouble of the account from other faults, and ends the run
// where nothing more can come of it.
func (r *run) settleLook(ctx context.Context, err error) error {
	switch kind := kore.KindOf(err); {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
		r.account.listed(nil)
		return nil
	case isAccountTrouble(err):
		trouble := &AccountError{r.account.id, err}
		if r.account.listed(trouble) {
			r.in.log.WarnContext(ctx, "the upstream lets an account list no sessions", "account", r.account.id, "err", reasonOf(err))
		}
		if kind != kore.KindScope {
			// Whoever may only not list sessions may still fetch those that
			// are due.
			r.cancel(trouble)
		}
		return trouble
	case kind == kore.KindNone && !errors.Is(err, errLockLost) && !errors.Is(err, store.ErrLocked):
		r.cancel(err)
	}
	return err
}

// planned are the windows that the rules of the look-back ask for.
func (r *run) planned(ctx context.Context, src *source) ([]span, error) {
	now, lookBack := r.in.cfg.Now(), r.in.cfg.LookBack
	since := historyNeeded(now, lookBack)
	looked, err := r.in.cfg.Store.Windows(ctx, src.windows, since)
	if err != nil {
		return nil, fmt.Errorf("list windows: %w", err)
	}
	if began := liveSince(looked); began.IsZero() || began.After(since) {
		// A new account, or one that was not looked at for long: where it was
		// left lies further back.
		if looked, err = r.in.cfg.Store.Windows(ctx, src.windows, time.Time{}); err != nil {
			return nil, fmt.Errorf("list windows: %w", err)
		}
	}
	return planWindows(now, looked, lookBack), nil
}

// lookedAtSince reports whether the present was looked at since a time, in every
// way.
func (r *run) lookedAtSince(ctx context.Context, since time.Time) bool {
	for _, src := range r.sources(kore.ClassDiscovery, false) {
		looked, err := r.in.cfg.Store.Windows(ctx, src.windows, since)
		recently := func(w store.Window) bool { return w.LookedAt.After(since) && !w.To.Before(w.LookedAt) }
		if err != nil || !slices.ContainsFunc(looked, recently) {
			return false
		}
	}
	return true
}

// look looks at windows, one after another.
func (r *run) look(ctx context.Context, src *source, windows []span) error {
	for _, left := range windows {
		for left.From.Before(left.To) {
			done, err := r.lookAt(ctx, src, left)
			if err != nil {
				return err
			}
			left.To = done.From
		}
	}
	return nil
}

// lookAt reads the newest stretch of a window that can be read to its end, down
// to a minute, and writes down that it was: a look that is broken off goes on
// behind it.
func (r *run) lookAt(ctx context.Context, src *source, left span) (span, error) {
	for {
		s := src.steps.newest(left, src.longest)
		began := r.in.cfg.Now()
		got, err := src.read(ctx, s)
		if err != nil {
			return s, fmt.Errorf("discover sessions of account %s: %w", r.account.id, err)
		}
		if got.full && s.To.Sub(s.From) > time.Minute {
			src.steps.overflowed(s, got.rows)
			continue
		}
		if got.full {
			r.count(func(p *Progress) { p.Overfull++ })
			r.in.log.WarnContext(ctx, "a minute holds more sessions than the upstream lists", "account", r.account.id, "from", s.From)
		}
		src.steps.held(s, got.rows, src.longest)
		err = r.in.cfg.Store.SaveWindow(ctx, store.Window{
			AccountID: src.windows, From: s.From, To: s.To, Pages: got.pages, Rows: got.rows, LookedAt: began,
		})
		if err != nil {
			return s, fmt.Errorf("write down a window: %w", err)
		}
		return s, nil
	}
}

// again asks until the answer is good, where the fault may pass.
func (r *run) again(ctx context.Context, ask func() error) error {
	for tries := 0; ; {
		err := ask()
		switch kore.KindOf(err) {
		case kore.KindLimited:
			// The budget holds the next request back for as long as needed.
			r.in.log.InfoContext(ctx, "the upstream limits the account", "account", r.account.id)
			continue
		case kore.KindServer, kore.KindNetwork, kore.KindMalformed, kore.KindTooLarge:
			if errors.Is(err, kore.ErrEncrypted) {
				return err
			}
		default:
			return err
		}
		if tries++; tries >= discoveryTries {
			return err
		}
		if err := r.in.wait(ctx, retryWait(tries-1, 0)); err != nil {
			return err
		}
	}
}

// save puts sessions into the ledger. One that no ledger can hold is left out, or
// it would keep the others of its page out in every pass.
func (r *run) save(ctx context.Context, found []store.Session) error {
	place := map[string]int{}
	sessions := make([]store.Session, 0, len(found))
	leftOut := 0
	for _, s := range found {
		s, err := s.Clean()
		if err != nil {
			leftOut++
			continue
		}
		if at, ok := place[s.SessionID]; ok {
			sessions[at], _ = store.MergeSession(sessions[at], s)
			continue
		}
		place[s.SessionID] = len(sessions)
		sessions = append(sessions, s)
	}
	if leftOut > 0 {
		r.in.log.WarnContext(ctx, "sessions with ids that can't be stored are left out", "account", r.account.id, "count", leftOut)
	}
	if len(sessions) == 0 {
		return nil
	}
	saved, err := r.in.cfg.Store.SaveSessions(ctx, sessions)
	if err != nil {
		return fmt.Errorf("save sessions: %w", err)
	}
	r.count(func(p *Progress) {
		p.Sessions += saved.New
		p.Due += saved.Due
	})
	if saved.Due > 0 {
		signal(r.account.nudged)
	}
	return nil
}

// detailsReader reads the call details of an account. It serves one goroutine.
type detailsReader struct {
	*run
	class    kore.Class
	speakers []Bot // in whose names is asked: the first, while it is let in
	byRows   bool  // the upstream's offset counts rows
	noOffset bool  // and it takes no offset beyond the documented ones
}

// read reads a window page by page until one is shorter than asked for, and
// saves the sessions of each: every one, voicemail or not.
func (d *detailsReader) read(ctx context.Context, s span) (reading, error) {
	var got reading
	seen := map[string]bool{}
	offset := 0
	for {
		page, err := d.page(ctx, s, offset)
		if err != nil {
			if offset > 0 && kore.KindOf(err) == kore.KindBadRequest {
				d.noOffset = d.noOffset || d.byRows
				got.full = true
				return got, nil
			}
			return got, err
		}
		got.pages++
		known := 0
		for _, row := range page.Rows {
			if seen[row.SessionID] {
				known++
			}
			seen[row.SessionID] = true
		}
		got.rows = len(seen)
		if err := d.savePage(ctx, page); err != nil {
			return got, err
		}
		if offset == 1 && !d.byRows && 2*known >= max(1, len(page.Rows)) {
			d.byRows = known > 0
		}
		// By rows each page is asked to begin with the last row known: a
		// page without it is not what follows.
		if d.byRows && offset > 1 && known == 0 {
			d.noOffset, got.full = true, true
			return got, nil
		}
		if page.Received < kore.MaxDetailsLimit {
			return got, nil
		}
		if offset, got.full = d.next(offset, page.Received); got.full {
			return got, nil
		}
	}
}

// next is the offset of the page after one that was full; full says that there
// is none.
func (d *detailsReader) next(offset, received int) (next int, full bool) {
	if d.byRows {
		end := offset + received
		return end - 1, d.noOffset || end >= maxRowsByOffset
	}
	return offset + 1, offset >= kore.MaxDetailsPage
}

// page asks for one page, in another bot's name where the first is refused: they
// may have credentials of their own, and one that is let in tells of all.
func (d *detailsReader) page(ctx context.Context, s span, offset int) (page *kore.CallDetailsPage, err error) {
	for {
		speaker := d.speakers[0]
		query := kore.CallDetailsQuery{BotID: speaker.ID, From: s.From, To: s.To, Page: offset, Limit: kore.MaxDetailsLimit}
		err = d.again(ctx, func() (err error) {
			d.called(d.class)
			page, err = speaker.Client.CallDetails(ctx, d.class, query)
			return err
		})
		if !isAccountTrouble(err) {
			return page, err
		}
		others := slices.DeleteFunc(slices.Clone(d.speakers), func(b Bot) bool { return b.Client == speaker.Client })
		if len(others) == 0 {
			return nil, err
		}
		d.speakers = others
	}
}

// savePage puts the rows of a page into the ledger.
func (d *detailsReader) savePage(ctx context.Context, page *kore.CallDetailsPage) error {
	sessions := make([]store.Session, 0, len(page.Rows))
	for _, row := range page.Rows {
		sessions = append(sessions, d.sessionOf(row))
	}
	if len(page.Notes) > 0 {
		d.in.log.DebugContext(ctx, "odd call details", "account", d.account.id, "notes", page.Notes)
	}
	return d.save(ctx, sessions)
}

// sessionOf is the ledger's row of a call details row. It belongs to the
// configured bot that it names, else to the bot in whose name was asked.
func (d *detailsReader) sessionOf(row kore.CallRow) store.Session {
	bot, now := d.speakers[0], d.in.cfg.Now()
	if named, ok := d.account.bot(row.BotID); ok {
		bot = named
	}
	s := store.Session{
		AccountID: d.account.id, BotID: bot.ID, SessionID: row.SessionID, ConversationID: row.ConversationID,
		FoundBy: store.FoundByCallDetails, Voicemail: flagOf(row.Voicemail), Priority: store.PriorityUnknown,
		StartedAt: beganAt(row.StartedAt, row.SessionID, now), EndedAt: believed(row.EndedAt, now),
		Caller: row.Caller, Called: row.Called, QueueID: row.QueueID, QueueName: row.QueueName,
		Direction: row.Direction, Channel: row.Channel, FinalStatus: row.FinalStatus,
		CallbackOpted: row.CallbackOpted == kore.FlagYes, CallbackAt: row.CallbackAt,
	}
	for _, agent := range row.Agents {
		s.Agents = append(s.Agents, store.Agent{ID: agent.ID, Status: agent.Status, Seconds: agent.Seconds})
	}
	switch s.Voicemail {
	case store.FlagYes:
		s.Wanted, s.Priority = true, store.PriorityVoicemail
	case store.FlagUnknown:
		s.Wanted = mayBeVoice(row.Channel)
	}
	return d.in.cfg.Redact.session(s, bot.Region)
}

func flagOf(f kore.Flag) store.Flag {
	switch f {
	case kore.FlagYes:
		return store.FlagYes
	case kore.FlagNo:
		return store.FlagNo
	}
	return store.FlagUnknown
}

// voiceChannels are words in the names of the channels on which people speak.
var voiceChannels = [...]string{"voice", "korevg", "audiocodes", "twilio", "ivr", "phone", "sip"}

// mayBeVoice reports whether a session of the channel can hold a voicemail; one
// of an unnamed channel can.
func mayBeVoice(channel string) bool {
	channel = strings.ToLower(strings.TrimSpace(channel))
	if channel == "" {
		return true
	}
	for _, word := range voiceChannels {
		if strings.Contains(channel, word) {
			return true
		}
	}
	return false
}
