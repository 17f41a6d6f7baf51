package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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

// discoverer finds the sessions of one account. It serves one pass and one goroutine.
type discoverer struct {
	store    Sessions
	account  *account
	now      func() time.Time
	wait     func(context.Context, time.Duration) error
	log      *slog.Logger
	count    func(func(*Progress))
	found    func() // called when sessions have come due
	byRows   bool   // the upstream's offset counts rows
	noOffset bool   // and it takes no offset beyond the documented ones
}

// look looks at windows, one after another. A window that fills is bisected
// down to a minute. Each stretch that was read to its end is written down, so
// that a look that is broken off goes on behind it.
func (d *discoverer) look(ctx context.Context, windows []span) error {
	for _, w := range windows {
		stack := []span{w}
		for len(stack) > 0 {
			s := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			began := d.now()
			got, err := d.read(ctx, s)
			if err != nil {
				return fmt.Errorf("discover sessions of account %s: %w", d.account.id, err)
			}
			older, newer, divisible := halves(s)
			if got.full && divisible {
				stack = append(stack, older, newer)
				continue
			}
			if got.full {
				d.count(func(p *Progress) { p.Overfull++ })
				d.log.WarnContext(ctx, "a minute holds more sessions than the upstream lists", "account", d.account.id, "from", s.From)
			}
			err = d.store.SaveWindow(ctx, store.Window{
				AccountID: d.account.id, From: s.From, To: s.To, Pages: got.pages, Rows: got.rows, LookedAt: began,
			})
			if err != nil {
				return fmt.Errorf("write down a window: %w", err)
			}
		}
	}
	return nil
}

// reading is what came of reading one window.
type reading struct {
	pages, rows int
	full        bool // there are more rows than can be had
}

// read reads a window page by page until one is shorter than asked for, and
// saves the sessions of each.
func (d *discoverer) read(ctx context.Context, s span) (reading, error) {
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
		if err := d.save(ctx, page); err != nil {
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
func (d *discoverer) next(offset, received int) (next int, full bool) {
	if d.byRows {
		end := offset + received
		return end - 1, d.noOffset || end >= maxRowsByOffset
	}
	return offset + 1, offset >= kore.MaxDetailsPage
}

// page asks for one page, again where the fault may pass.
func (d *discoverer) page(ctx context.Context, s span, offset int) (*kore.CallDetailsPage, error) {
	query := kore.CallDetailsQuery{BotID: d.account.bots[0].ID, From: s.From, To: s.To, Page: offset, Limit: kore.MaxDetailsLimit}
	for tries := 0; ; {
		page, err := d.account.bots[0].Client.CallDetails(ctx, kore.ClassDiscovery, query)
		switch kore.KindOf(err) {
		case kore.KindNone:
			return page, err
		case kore.KindLimited:
			// The budget holds the next request back for as long as needed.
			d.log.InfoContext(ctx, "the upstream limits the account", "account", d.account.id)
			continue
		case kore.KindServer, kore.KindNetwork, kore.KindMalformed:
			if errors.Is(err, kore.ErrEncrypted) {
				return nil, err
			}
		default:
			return nil, err
		}
		if tries++; tries >= discoveryTries {
			return nil, err
		}
		if err := d.wait(ctx, retryWait(tries-1, 0)); err != nil {
			return nil, err
		}
	}
}

// save puts the rows of a page into the ledger: every one, voicemail or not. A
// row that no ledger can hold is left out, or it would keep the others of its
// page out in every pass.
func (d *discoverer) save(ctx context.Context, page *kore.CallDetailsPage) error {
	place := map[string]int{}
	sessions := make([]store.Session, 0, len(page.Rows))
	leftOut := 0
	for _, row := range page.Rows {
		s, err := d.account.sessionOf(row).Clean()
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
	if len(page.Notes) > 0 {
		d.log.DebugContext(ctx, "odd call details", "account", d.account.id, "notes", page.Notes)
	}
	if leftOut > 0 {
		d.log.WarnContext(ctx, "sessions with ids that can't be stored are left out", "account", d.account.id, "count", leftOut)
	}
	if len(sessions) == 0 {
		return nil
	}
	saved, err := d.store.SaveSessions(ctx, sessions)
	if err != nil {
		return fmt.Errorf("save sessions: %w", err)
	}
	d.count(func(p *Progress) {
		p.Sessions += saved.New
		p.Due += saved.Due
	})
	if saved.Due > 0 {
		d.found()
	}
	return nil
}

// sessionOf is the ledger's row of a call details row. It belongs to the
// configured bot that it names, else to the bot in whose name was asked.
func (a *account) sessionOf(row kore.CallRow) store.Session {
	bot := a.bots[0]
	if named, ok := a.bot(row.BotID); ok {
		bot = named
	}
	s := store.Session{
		AccountID: a.id, BotID: bot.ID, SessionID: row.SessionID, ConversationID: row.ConversationID,
		FoundBy: store.FoundByCallDetails, Voicemail: flagOf(row.Voicemail), Priority: store.PriorityUnknown,
		StartedAt: row.StartedAt, EndedAt: row.EndedAt,
		Caller: row.Caller, CallerE164: e164(row.Caller, bot.Region),
		Called: row.Called, CalledE164: e164(row.Called, bot.Region),
		QueueID: row.QueueID, QueueName: row.QueueName,
		Direction: row.Direction, Channel: row.Channel, FinalStatus: row.FinalStatus,
		CallbackOpted: row.CallbackOpted == kore.FlagYes, CallbackAt: row.CallbackAt,
	}
	if s.StartedAt.IsZero() {
		s.StartedAt = objectIDTime(s.SessionID)
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
	return s
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
