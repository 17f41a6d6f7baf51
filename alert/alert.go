// Package alert tells people what their saved searches find anew, and which
// requests to be called back wait for too long, by e-mail and by webhook.
//
// It hides how mail and webhooks are spoken. It looks with the rights of whoever
// is told, once more when a message is made, and it promises that every match is
// told at least once: a message is a row of the store from the moment that it is
// decided until its receiver has said that it was taken. A repeat has the
// Message-ID or the delivery id of the first. What is told when is the store's
// rule (store.Alert.Decide), and several processes on one store share the work.
//
// It never writes to its log what was said, who called, what was searched for,
// or where a message goes.
package alert

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/store"
)

// Store is what alerts need of the store; store.Store is one.
type Store interface {
	store.Alerts
	// Summaries returns those of ids that are in the scope, in their order.
	Summaries(ctx context.Context, s store.Scope, ids []int64) ([]store.Voicemail, error)
	// Waits lists requests to be called back.
	Waits(ctx context.Context, s store.Scope, q store.WaitQuery) ([]store.Wait, error)
	// CallbacksOf returns the work on those of the voicemails that have any.
	CallbacksOf(ctx context.Context, s store.Scope, ids []int64) (map[int64]store.Callback, error)
	// Desk returns how the house works.
	Desk(ctx context.Context) (store.Desk, error)
	// Audit writes an entry; it is committed when Audit returns.
	Audit(ctx context.Context, e store.AuditEntry) error
}

// Finder searches. It must be safe for concurrent use.
type Finder interface {
	// Among finds which of the voicemails match a saved search (SavedSearch.Params)
	// in the scope. They are at most lookAt.
	Among(ctx context.Context, s store.Scope, params string, ids []int64) ([]int64, error)
}

// Config is what a Watch is made of.
type Config struct {
	Store  Store
	Finder Finder
	// Through says how far Finder follows the store's change feed.
	Through func() int64
	Mail    *Mail // nil where there is no mail server
	Hook    *Hook
	// Open returns the secret of a webhook, which was sealed for its address.
	Open func(target string, sealed []byte) (string, error)
	// PublicURL is where people reach Afterbeep, for links.
	PublicURL string
	// Excerpts allows messages to hold who called and what was said, where their
	// alert asks for it.
	Excerpts bool
	// Poll is how often the store is asked for what is new and due; 0 is 3 s.
	Poll time.Duration
	// Backoff says how long to wait after an attempt that failed, attempts
	// counting it, and whether to go on; nil is Backoff.
	Backoff func(attempts int) (wait time.Duration, goOn bool)
	Log     *slog.Logger
	Now     func() time.Time // nil is time.Now
}

// Bounds of one round.
const (
	lookAt       = 1000 // changes of one alert
	lookLease    = time.Minute
	looks        = 20 // alerts
	sends        = 8  // deliveries, side by side
	sendLease    = 2 * time.Minute
	sendPatience = 40 * time.Second
	pruneEvery   = time.Hour
	prunes       = store.MaxClaim // deliveries
	defaultPoll  = 3 * time.Second
)

// Watch looks for what is to be told and tells it. It is safe for concurrent use.
type Watch struct {
	Config
	nudged chan struct{}

	mu   sync.Mutex // guards sent
	sent map[Count]uint64
}

// Count is what attempts are counted by.
type Count struct {
	Channel store.Channel
	Outcome string // "sent", "failed" or "dropped"
}

// New checks the configuration.
func New(c Config) (*Watch, error) {
	if c.Store == nil || c.Finder == nil || c.Through == nil || c.Hook == nil || c.Open == nil || c.Log == nil {
		return nil, errors.New("alert: store, finder, its position, hook, opener of secrets and log are needed")
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("alert: the public URL must have a host, not %q", c.PublicURL)
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	if c.Poll <= 0 {
		c.Poll = defaultPoll
	}
	if c.Backoff == nil {
		c.Backoff = func(attempts int) (time.Duration, bool) { return Backoff(attempts, rand.Float64()) }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Watch{Config: c, nudged: make(chan struct{}, 1), sent: map[Count]uint64{}}, nil
}

// Backoff is how long to wait after so many failed attempts, and whether to go on
// at all: after seconds, minutes, then hourly for three days. dice, from 0 to 1,
// moves it by up to a fifth. It is pure.
func Backoff(attempts int, dice float64) (time.Duration, bool) {
	steps := []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour}
	const hourly = 72
	wait := steps[min(max(attempts, 1), len(steps))-1]
	return time.Duration(float64(wait) * (0.8 + 0.4*dice)), attempts < len(steps)+hourly
}

// Nudge says that something may be due. It returns at once.
func (w *Watch) Nudge() {
	select {
	case w.nudged <- struct{}{}:
	default: // it will be looked at
	}
}

// Sent says how attempts ended since the start.
func (w *Watch) Sent() map[Count]uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make(map[Count]uint64, len(w.sent))
	for c, n := range w.sent {
		out[c] = n
	}
	return out
}

func (w *Watch) count(c store.Channel, outcome string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent[Count{c, outcome}]++
}

// Run looks and tells until ctx ends, which is no error. It returns when messages
// that are under way have ended.
func (w *Watch) Run(ctx context.Context) error {
	ticker := time.NewTicker(w.Poll)
	defer ticker.Stop()
	failing := false
	var pruned time.Time
	for {
		more, err := w.round(ctx)
		if now := w.Now(); err == nil && !more && now.Sub(pruned) >= pruneEvery {
			more, err = w.prune(ctx, now)
			if !more {
				pruned = now
			}
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && !failing:
			w.Log.WarnContext(ctx, "alerts wait", "err", err)
		case err == nil && failing:
			w.Log.InfoContext(ctx, "alerts go on")
		}
		failing = err != nil
		if more && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		case <-w.nudged:
		}
	}
}

// prune forgets deliveries that ended long ago. more says that there may be more
// of them.
func (w *Watch) prune(ctx context.Context, now time.Time) (more bool, err error) {
	n, err := w.Store.PruneDeliveries(ctx, now.Add(-store.KeepEnded), now.Add(-store.KeepGivenUp), prunes)
	return err == nil && n == prunes, err
}

// round looks once and tells once. more says that there may be more to do at
// once.
func (w *Watch) round(ctx context.Context) (more bool, err error) {
	looked, lookErr := w.look(ctx)
	told, tellErr := w.tell(ctx)
	return looked == looks || told > 0, errors.Join(lookErr, tellErr)
}

// look finds what alerts have to tell, and returns how many it looked for.
func (w *Watch) look(ctx context.Context) (int, error) {
	through := w.Through()
	leases, err := w.Store.ClaimAlerts(ctx, through, looks, lookLease)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, l := range leases {
		look := w.lookFor
		if l.Alert.Kind == store.AlertOverdue {
			look = w.lookForOverdue
		}
		if err := look(ctx, l, through); err != nil && !errors.Is(err, store.ErrLeaseLost) {
			errs = append(errs, fmt.Errorf("look for alert %d: %w", l.Alert.ID, err))
		}
	}
	return len(leases), errors.Join(errs...)
}

// lookFor looks through what changed since one alert was looked for.
func (w *Watch) lookFor(ctx context.Context, l store.AlertLease, through int64) error {
	a, scope := l.Alert, l.User.Scope()
	changed, err := w.Store.Changed(ctx, a.Seen, through, a.Since, lookAt)
	if err != nil {
		return err
	}
	f := store.AlertFound{Seen: max(through, a.Seen)}
	ids := make([]int64, len(changed))
	for i, c := range changed {
		ids[i] = c.VoicemailID
	}
	if len(changed) == lookAt {
		f.Seen = changed[lookAt-1].Seq
	}
	if len(ids) > 0 {
		found, err := w.Finder.Among(ctx, scope, a.Search.Params, ids)
		if err != nil {
			return withoutWords(err)
		}
		vs, err := w.Store.Summaries(ctx, scope, found)
		if err != nil {
			return err
		}
		for _, v := range vs {
			f.Matches = append(f.Matches, store.Match{VoicemailID: v.ID, LeftAt: v.LeftAt})
		}
	}
	_, err = w.Store.RecordAlert(ctx, l, f)
	return err
}

// withoutWords keeps what was searched for out of errors: those of a search may
// tell of what was typed.
func withoutWords(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return errors.New("its search can't be made")
}

// tell makes the deliveries that are due, and returns how many it tried.
func (w *Watch) tell(ctx context.Context) (int, error) {
	leases, err := w.Store.ClaimDeliveries(ctx, sends, sendLease)
	if err != nil || len(leases) == 0 {
		return 0, err
	}
	var group errgroup.Group
	for _, l := range leases {
		group.Go(func() error {
			// A message that is under way is seen to its end: to break it off would
			// leave open whether it was taken.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendPatience)
			defer cancel()
			return w.record(ctx, l, w.make(ctx, l))
		})
	}
	return len(leases), group.Wait()
}

// record writes down how a delivery ended. That is tried for as long as the lease
// lasts: else it would be sent again though its receiver said that it has it.
func (w *Watch) record(ctx context.Context, l store.DeliveryLease, o store.DeliveryOutcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendLease-sendPatience)
	defer cancel()
	for {
		err := w.Store.RecordDelivery(ctx, l, o)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, store.ErrLeaseLost), errors.Is(err, store.ErrInvalid):
			return fmt.Errorf("delivery %s: %w", l.Delivery.ID, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("delivery %s: %w", l.Delivery.ID, err)
		case <-time.After(time.Second):
		}
	}
}

// make makes one delivery and says how that ended.
func (w *Watch) make(ctx context.Context, l store.DeliveryLease) store.DeliveryOutcome {
	now := w.Now()
	if quiet := l.Alert.Quiet.Ends(now); quiet.After(now) {
		return store.DeliveryOutcome{State: store.DeliveryDue, After: quiet.Sub(now), Reason: l.Delivery.Reason}
	}
	// What was found by the rights of then is told by those of now.
	vs, err := w.Store.Summaries(ctx, l.User.Scope(), l.Told)
	gone := "none of it may be seen any more"
	if err == nil && len(vs) > 0 && l.Alert.Kind == store.AlertOverdue {
		vs, err = w.stillOpen(ctx, l, vs)
		gone = "they were done before it could be sent"
	}
	if err == nil && len(vs) == 0 {
		w.count(l.Alert.Channel, "dropped")
		return store.DeliveryOutcome{State: store.DeliveryDropped, Reason: gone}
	}
	if err == nil {
		err = w.sendTo(ctx, l, vs)
	} else {
		err = &Refusal{Words: "the archive did not answer", Err: err}
	}
	if err == nil {
		w.count(l.Alert.Channel, "sent")
		return store.DeliveryOutcome{State: store.DeliverySent, Attempt: true}
	}
	return w.failed(ctx, l, err)
}

// failed is when a delivery is tried again.
func (w *Watch) failed(ctx context.Context, l store.DeliveryLease, err error) store.DeliveryOutcome {
	w.count(l.Alert.Channel, "failed")
	o := store.DeliveryOutcome{State: store.DeliveryDue, Reason: Words(err), Attempt: true}
	wait, goOn := w.Backoff(l.Delivery.Attempts + 1)
	if no, ok := errors.AsType[*Refusal](err); ok {
		wait = max(wait, min(no.RetryAfter, time.Hour))
	}
	if o.After = wait; !goOn {
		o.State = store.DeliveryDead
		w.Log.WarnContext(ctx, "an alert could not be sent and is given up", "delivery", l.Delivery.ID, "alert", l.Alert.ID, "channel", string(l.Alert.Channel))
	}
	return o
}

// sendTo makes the message and sends it. Where it holds what was said, that is
// written down first: no entry, no message.
func (w *Watch) sendTo(ctx context.Context, l store.DeliveryLease, vs []store.Voicemail) error {
	m := w.message(l, vs)
	if m.excerpts {
		entry := store.AuditEntry{Actor: l.User.Name, Action: store.AuditAlert, Allowed: true,
			Detail: fmt.Sprintf("alert %d by %s: %d voicemails", l.Alert.ID, l.Alert.Channel, len(vs))}
		if err := w.Store.Audit(ctx, entry); err != nil {
			return &Refusal{Words: "it could not be written down", Err: err}
		}
	}
	return w.send(ctx, l.Alert, m)
}

// send sends a message by the channel of its alert. *Refusal where it was not
// taken for sure.
func (w *Watch) send(ctx context.Context, a store.Alert, m *message) error {
	if a.Channel == store.ChannelEmail {
		if w.Mail == nil {
			return &Refusal{Words: "no mail server is set"}
		}
		return w.Mail.send(ctx, a.Target, m)
	}
	secret, err := w.Open(a.Target, a.Sealed)
	if err != nil {
		return &Refusal{Words: "its secret was sealed with another key; set its address again", Err: err}
	}
	return w.Hook.send(ctx, a.Target, secret, m)
}

// Test sends a message of an alert without any voicemail, at once, whatever the
// hour. *Refusal where it was not taken.
func (w *Watch) Test(ctx context.Context, a store.Alert) error {
	ctx, cancel := context.WithTimeout(ctx, sendPatience/4)
	defer cancel()
	return w.send(ctx, a, w.testMessage(a, w.Now()))
}

// Refusal says that a message was not taken, or that nobody said that it was.
type Refusal struct {
	Words      string        // for people, and safe to show
	RetryAfter time.Duration // what the receiver asked for; 0 where nothing
	Err        error         // the cause; may be nil
}

// Error returns the words.
func (r *Refusal) Error() string { return r.Words }

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Err }

// Words is what an error of this package says to people.
func Words(err error) string {
	if no, ok := errors.AsType[*Refusal](err); ok {
		return no.Words
	}
	return "it could not be sent"
}
