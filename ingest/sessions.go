package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

const (
	// longestSessions is the longest window of the session history: the
	// upstream takes less than 7 days.
	longestSessions = maxWindow - time.Hour
	// openFor is how long a session that is said to be under way is left in
	// peace. An older one is asked for all the same.
	openFor = 6 * time.Hour
	// describeMost bounds how many sessions wait to be described.
	describeMost = 20_000
)

// sessionsWindows is the name under which looks at a bot's session history are
// written down: they say nothing of the account's call details.
func sessionsWindows(account, bot string) string { return account + "/" + bot }

// sessionsOf is the session history of a bot as a source.
func (r *run) sessionsOf(bot Bot, class kore.Class) *source {
	s := &sessionsReader{run: r, bot: bot, class: class}
	return &source{windows: sessionsWindows(r.account.id, bot.ID), longest: longestSessions, read: s.read}
}

// sessionsReader reads the session history of one bot. It serves one goroutine.
type sessionsReader struct {
	*run
	bot   Bot
	class kore.Class
}

// read reads a window page by page while the upstream says that there is more.
// Where its paging breaks off (a page that is refused, empty, or holds nothing
// new), the window is full: shorter ones need fewer pages.
func (h *sessionsReader) read(ctx context.Context, s span) (reading, error) {
	var got reading
	seen := map[string]bool{}
	for skip := 0; ; {
		page, err := h.page(ctx, kore.SessionsQuery{
			BotID: h.bot.ID, From: s.From, To: s.To, Containment: kore.ContainmentAgent, Skip: skip, Limit: kore.MaxSessionsLimit,
		})
		if err != nil {
			got.full = skip > 0 && kore.KindOf(err) == kore.KindBadRequest
			if got.full {
				err = nil
			}
			return got, err
		}
		got.pages++
		fresh := 0
		sessions := make([]store.Session, 0, len(page.Rows))
		for _, row := range page.Rows {
			if !seen[row.SessionID] {
				fresh++
			}
			seen[row.SessionID] = true
			sessions = append(sessions, h.sessionOf(row))
		}
		got.rows = len(seen)
		if err := h.save(ctx, sessions); err != nil {
			return got, err
		}
		if !page.More {
			return got, nil
		}
		if fresh == 0 {
			got.full = true
			return got, nil
		}
		skip += page.Received
	}
}

// page asks for one page, or for the sessions that the query names.
func (h *sessionsReader) page(ctx context.Context, q kore.SessionsQuery) (page *kore.SessionsPage, err error) {
	err = h.again(ctx, func() (err error) {
		h.called(h.class)
		page, err = h.bot.Client.Sessions(ctx, h.class, q)
		return err
	})
	if err == nil && len(page.Notes) > 0 {
		h.in.log.DebugContext(ctx, "odd sessions", "bot", h.bot.ID, "notes", page.Notes)
	}
	return page, err
}

// sessionOf is the ledger's row of a session: one that may hold a voicemail is
// asked for, when nothing better is due.
func (h *sessionsReader) sessionOf(row kore.SessionRow) store.Session {
	s := h.described(row)
	agent := row.Containment == "" || strings.EqualFold(row.Containment, kore.ContainmentAgent)
	open := row.Status != "" && !strings.EqualFold(row.Status, "closed") && h.in.cfg.Now().Sub(s.StartedAt) < openFor
	s.Wanted = mayBeVoice(row.Channel) && agent && !open
	return s
}

// described is what the session history knows of a session. Which bot of the
// upstream's it is of may be another than the one that was asked: it is this
// one's, which can ask for it.
func (h *sessionsReader) described(row kore.SessionRow) store.Session {
	now := h.in.cfg.Now()
	return h.in.cfg.Redact.session(store.Session{
		AccountID: h.account.id, BotID: h.bot.ID, SessionID: row.SessionID,
		FoundBy: store.FoundByGetSessions, Priority: store.PriorityUnknown,
		StartedAt: beganAt(row.StartedAt, row.SessionID, now), EndedAt: believed(row.EndedAt, now), Channel: row.Channel, Caller: row.Caller,
	}, h.bot.Region)
}

// describeLater keeps sessions that are known by their ids alone for the next
// look, which asks what they are. Where too many wait, or this process ends
// first, they stay as bare as they are: that loses nothing of what was said.
func (a *account) describeLater(botID string, sessions []store.Session) {
	a.mu.Lock()
	defer a.mu.Unlock()
	waiting := a.undescribed[botID]
	for _, s := range sessions[:min(len(sessions), max(0, describeMost-len(waiting)))] {
		waiting = append(waiting, s.SessionID)
	}
	a.undescribed[botID] = waiting
}

// undescribedOf takes up to n of a bot's sessions that wait to be described.
func (a *account) undescribedOf(botID string, n int) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	waiting := a.undescribed[botID]
	n = min(n, len(waiting))
	taken := slices.Clone(waiting[:n])
	a.undescribed[botID] = waiting[n:]
	return taken
}

// describe asks what the sessions are that were named by their ids alone: fifty
// with one request.
func (r *run) describe(ctx context.Context) error {
	for _, bot := range r.account.all() {
		if bot.Discovery != DiscoverSessions {
			continue
		}
		h := &sessionsReader{run: r, bot: bot, class: kore.ClassDiscovery}
		for {
			ids := r.account.undescribedOf(bot.ID, kore.MaxSessionIDs)
			if len(ids) == 0 {
				break
			}
			page, err := h.page(ctx, kore.SessionsQuery{BotID: bot.ID, SessionIDs: ids})
			if kore.KindOf(err) == kore.KindBadRequest {
				continue // an id that the upstream won't have: the voicemail endpoint decides
			}
			if err != nil {
				return fmt.Errorf("describe sessions of bot %s: %w", bot.ID, err)
			}
			sessions := make([]store.Session, 0, len(page.Rows))
			for _, row := range page.Rows {
				sessions = append(sessions, h.described(row))
			}
			if err := r.save(ctx, sessions); err != nil {
				return err
			}
		}
	}
	return nil
}
