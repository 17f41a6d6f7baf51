package store

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Alerts keeps who is told of what a saved search finds anew, or of requests that
// wait for too long, what was found and told, and the messages that are on their way. An alert runs with the rights
// of its user, who is the one that is told.
type Alerts interface {
	// Alerts lists the user's by id, each with its search.
	Alerts(ctx context.Context, userID int64) ([]Alert, error)
	// SaveAlert adds an alert where a.ID is 0, and else replaces the settings of
	// the user's one with that ID; its search, CreatedAt and all below stay, and
	// so does Sealed where a.Sealed is empty. A new one tells of what becomes
	// news from now on, or waits for too long. ErrNotFound where the user does not
	// see the search or has no such alert; ErrInvalid as of Alert.Clean and where the user has
	// MaxAlerts already.
	SaveAlert(ctx context.Context, a Alert) (Alert, error)
	// DeleteAlert forgets one with its deliveries. ErrNotFound where the user
	// has none of that id.
	DeleteAlert(ctx context.Context, userID, id int64) error
	// ClaimAlerts leases up to limit (clamped to 1 to MaxClaim) alerts that are
	// behind through in the change feed, or whose NextAt has come, those that
	// are furthest behind first. Those on requests do not follow the change feed:
	// their NextAt alone counts. Those that are paused, of a user who is disabled,
	// or on a search that the user does not see any more are left. No alert is
	// handed to two callers while a lease lasts. ErrInvalid for a lease that
	// isn't positive.
	ClaimAlerts(ctx context.Context, through int64, limit int, lease time.Duration) ([]AlertLease, error)
	// Changed lists the voicemails that changed after and up to through in the
	// change feed and were news after since, in the order of their changes. At
	// most limit, which is clamped to 1 to MaxChanges. Erased ones may be among
	// them.
	Changed(ctx context.Context, after, through, since int64, limit int) ([]Changed, error)
	// RecordAlert ends a lease in one transaction: it keeps what was found that
	// was not found before, moves Seen, and tells what Decide says is to be told
	// now, by a delivery that is due at once. The delivery's id is returned; ""
	// where nothing is told yet. ErrLeaseLost when the lease is not held any more.
	RecordAlert(ctx context.Context, l AlertLease, f AlertFound) (delivery string, err error)

	// ClaimDeliveries leases up to limit (clamped to 1 to MaxClaim) deliveries
	// that are due, those due for longest first, each with all that is needed to
	// make it. Those of alerts that ClaimAlerts leaves are left. ErrInvalid for a
	// lease that isn't positive.
	ClaimDeliveries(ctx context.Context, limit int, lease time.Duration) ([]DeliveryLease, error)
	// RecordDelivery ends a lease. ErrLeaseLost when it is not held any more;
	// ErrInvalid for a state that none ends in.
	RecordDelivery(ctx context.Context, l DeliveryLease, o DeliveryOutcome) error
	// Deliveries lists those of the user's alerts, the newest first. At most
	// limit, which is clamped to 1 to MaxClaim.
	Deliveries(ctx context.Context, userID int64, limit int) ([]Delivery, error)
	// WakeDelivery makes one that was given up due again, with no attempts
	// counted. ErrNotFound where the user has none of that id, ErrConflict where
	// it was not given up.
	WakeDelivery(ctx context.Context, userID int64, id string) error
	// PruneDeliveries forgets deliveries that were sent or dropped before ended,
	// and those that were given up before givenUp, those that ended longest ago
	// first. At most limit, which is clamped to 1 to MaxClaim; n is how many. What
	// they told stays told. Those that are to be made stay, however old.
	PruneDeliveries(ctx context.Context, ended, givenUp time.Time, limit int) (n int, err error)
	// AlertSums sums up all alerts and deliveries.
	AlertSums(ctx context.Context) (AlertSums, error)
}

// Bounds of alerts.
const (
	// MaxAlerts is how many one user may have.
	MaxAlerts = 200
	// MaxMoreThan and MaxWithin bound Alert.MoreThan and Alert.Within.
	MaxMoreThan = 5000
	MaxWithin   = 7 * 24 * time.Hour
	// MaxEvery bounds Alert.Every.
	MaxEvery = 7 * 24 * time.Hour
	// MaxTold is how many matches one delivery tells of at most; the others
	// follow in the next one.
	MaxTold = 500
	// MaxTarget is how long an address is at most, in bytes.
	MaxTarget = 2048
)

// How long deliveries are kept after they ended: nothing repeats one that was
// sent, and one that was given up can be sent again for as long as it is there.
const (
	// KeepEnded is for how long one that was sent or dropped is.
	KeepEnded = 30 * 24 * time.Hour
	// KeepGivenUp is for how long one that was given up is.
	KeepGivenUp = 180 * 24 * time.Hour
)

// Channel is a way to tell somebody.
type Channel string

// The channels.
const (
	ChannelEmail   Channel = "email"
	ChannelWebhook Channel = "webhook"
)

// Quiet is when nobody is told anything: what is found waits. The zero Quiet is
// never.
type Quiet struct {
	From     int    // minutes of the day; the same as To is no quiet hours
	To       int    // minutes of the day; before From it is on the next day
	Weekends bool   // all of Saturday and Sunday, too
	Zone     string // IANA name; "" is UTC
}

// AlertKind says what an alert is on.
type AlertKind string

// The kinds of alerts.
const (
	// AlertSearch is on what a saved search finds anew.
	AlertSearch AlertKind = ""
	// AlertOverdue is on requests to be called back that are older than a limit.
	AlertOverdue AlertKind = "overdue"
)

// AlertPause is after how long requests are looked at again for an alert.
const AlertPause = 30 * time.Second

// MaxOlderThan bounds Alert.OlderThan.
const MaxOlderThan = 90 * 24 * time.Hour

// Alert says who is told of what a saved search finds anew, or of requests that
// wait for too long.
type Alert struct {
	ID       int64
	Kind     AlertKind
	SearchID int64 // 0 of AlertOverdue
	UserID   int64 // who is told, and with whose rights it runs
	Channel  Channel
	Target   string // the mail address, or the webhook's URL
	Sealed   []byte // the webhook's secret, sealed: the store can't read it
	Excerpts bool   // the messages hold who called and what was said
	// MoreThan is how many matches must be left within Within for anything to be
	// told; 0 tells of each.
	MoreThan int
	Within   time.Duration
	// OlderThan is how old a request gets, in business time, before it is told, of
	// AlertOverdue; 0 is when it is overdue (Callback.Overdue).
	OlderThan time.Duration
	Every     time.Duration // at least so long between two messages; 0 is at once
	Quiet     Quiet
	Paused    bool

	CreatedAt time.Time
	Since     int64     // only what became news after this number of the change feed is told
	SinceAt   time.Time // only requests that get too old after it are told
	Seen      int64     // how far the change feed was looked through
	ToldAt    time.Time // when the last delivery was made; zero where none was
	NextAt    time.Time // when what waits is looked at again; zero where nothing does
	// Search is the search as its user sees it; given by the store. Its ID is 0
	// where it is not shared with its user any more.
	Search SavedSearch
}

// Clean returns the alert with clean text and cut times. ErrInvalid for a channel
// that there is not, a target that is empty or over MaxTarget, and for numbers
// out of their bounds.
func (a Alert) Clean() (Alert, error) {
	a.Channel = Channel(CleanText(string(a.Channel)))
	cleanAll(&a.Target, &a.Quiet.Zone)
	a.Sealed = append([]byte{}, a.Sealed...) // none is none, not NULL
	a.Kind = AlertKind(CleanText(string(a.Kind)))
	a.Within, a.Every, a.OlderThan = a.Within.Truncate(time.Microsecond), a.Every.Truncate(time.Microsecond), a.OlderThan.Truncate(time.Microsecond)
	if a.Kind == AlertOverdue {
		a.SearchID, a.MoreThan = 0, 0
	} else {
		a.OlderThan = 0
	}
	if a.MoreThan == 0 {
		a.Within = 0
	}
	const day = 24 * 60
	q := a.Quiet
	_, err := time.LoadLocation(q.Zone)
	switch {
	case a.Kind != AlertSearch && a.Kind != AlertOverdue:
		return Alert{}, fmt.Errorf("an alert on %q: %w", a.Kind, ErrInvalid)
	case a.OlderThan < 0 || a.OlderThan > MaxOlderThan:
		return Alert{}, fmt.Errorf("an alert on what is older than %s: %w", a.OlderThan, ErrInvalid)
	case a.Channel != ChannelEmail && a.Channel != ChannelWebhook:
		return Alert{}, fmt.Errorf("an alert by %q: %w", a.Channel, ErrInvalid)
	case a.Target == "" || len(a.Target) > MaxTarget:
		return Alert{}, fmt.Errorf("an alert to an address of %d bytes: %w", len(a.Target), ErrInvalid)
	case a.MoreThan < 0 || a.MoreThan > MaxMoreThan || a.MoreThan > 0 && a.Within <= 0 || a.Within > MaxWithin:
		return Alert{}, fmt.Errorf("an alert from more than %d within %s: %w", a.MoreThan, a.Within, ErrInvalid)
	case a.Every < 0 || a.Every > MaxEvery:
		return Alert{}, fmt.Errorf("an alert every %s: %w", a.Every, ErrInvalid)
	case q.From < 0 || q.From >= day || q.To < 0 || q.To >= day || err != nil:
		return Alert{}, fmt.Errorf("quiet hours of an alert: %w", ErrInvalid)
	}
	return a, nil
}

// FirstLook is the NextAt of a new alert: those on requests are looked for by time
// alone.
func (a Alert) FirstLook(now time.Time) time.Time {
	if a.Kind == AlertOverdue {
		return Cut(now)
	}
	return time.Time{}
}

// AlertLease is the right to look for what an alert tells.
type AlertLease struct {
	Alert Alert
	User  User // who is told
	Token string
	Until time.Time
}

// Changed is a voicemail that changed.
type Changed struct {
	Seq         int64
	VoicemailID int64
}

// Match is a voicemail that an alert has found.
type Match struct {
	VoicemailID int64
	LeftAt      time.Time
}

// AlertFound is what a look through the change feed has found.
type AlertFound struct {
	Seen    int64 // how far it was looked through
	Matches []Match
}

// DeliveryState says how a delivery stands.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryDue    DeliveryState = "due"
	DeliveryLeased DeliveryState = "leased"
	// DeliverySent was taken by its receiver.
	DeliverySent DeliveryState = "sent"
	// DeliveryDead was tried again and again and is given up.
	DeliveryDead DeliveryState = "dead"
	// DeliveryDropped had nothing left that its receiver may see.
	DeliveryDropped DeliveryState = "dropped"
)

// Delivery is one message of an alert on its way.
type Delivery struct {
	ID       string // random; what the receiver tells repeats by
	AlertID  int64
	Matches  int // how many voicemails it tells of
	State    DeliveryState
	Attempts int
	MadeAt   time.Time
	DueAt    time.Time // when it is tried next, or its lease runs out; zero where neither
	EndedAt  time.Time // when it was sent, given up or dropped; zero before
	Reason   string    // why it is in this state; safe to show
}

// DeliveryLease is the right to make one delivery.
type DeliveryLease struct {
	Delivery Delivery // as it was before the claim
	Alert    Alert
	User     User    // who is told
	Told     []int64 // the voicemails, those left last first
	Token    string
	Until    time.Time
}

// DeliveryOutcome is how an attempt ended.
type DeliveryOutcome struct {
	State   DeliveryState // DeliveryDue to be tried again after After
	After   time.Duration
	Reason  string // safe to show
	Attempt bool   // it counts as one
}

// Clean returns the outcome with clean text and no negative wait. ErrInvalid for
// a state that no attempt ends in.
func (o DeliveryOutcome) Clean() (DeliveryOutcome, error) {
	if !slices.Contains([]DeliveryState{DeliveryDue, DeliverySent, DeliveryDead, DeliveryDropped}, o.State) {
		return DeliveryOutcome{}, fmt.Errorf("a delivery can't end in state %q: %w", CleanText(string(o.State)), ErrInvalid)
	}
	o.After = max(o.After, 0)
	o.Reason = cutText(CleanText(o.Reason), MaxExcerpt)
	return o, nil
}

// Ends is the delivery after an attempt that ended at now. It is pure.
func (d Delivery) Ends(o DeliveryOutcome, now time.Time) Delivery {
	d.State, d.Reason, d.DueAt, d.EndedAt = o.State, o.Reason, time.Time{}, time.Time{}
	if o.Attempt {
		d.Attempts++
	}
	if o.State == DeliveryDue {
		d.DueAt = Cut(now.Add(o.After))
	} else {
		d.EndedAt = Cut(now)
	}
	return d
}

// AlertSums sums up alerts and deliveries.
type AlertSums struct {
	Alerts  int       // that are not paused
	Waiting int       // deliveries that are to be made
	Dead    int       // deliveries that were given up
	Oldest  time.Time // when the most overdue delivery was due; zero where none is
	Now     time.Time // by the clock that judges it
}

// ChangeAlert is had as SaveAlert makes it with a at now: what a person doesn't
// set stays. One that goes on after it was paused tells of what becomes news after
// head, where the change feed is, or gets too old from now on. So does one on
// requests that get another age. It is pure.
func ChangeAlert(had, a Alert, head int64, now time.Time) Alert {
	if had.Kind == AlertSearch {
		a.OlderThan = 0
	}
	a.Kind, a.SinceAt = had.Kind, had.SinceAt
	a.ID, a.SearchID, a.UserID, a.CreatedAt, a.Search = had.ID, had.SearchID, had.UserID, had.CreatedAt, had.Search
	a.Since, a.Seen, a.ToldAt, a.NextAt = had.Since, had.Seen, had.ToldAt, had.NextAt
	if len(a.Sealed) == 0 {
		a.Sealed = append([]byte{}, had.Sealed...) // none is none, not NULL
	}
	if had.Paused && !a.Paused {
		a.Since, a.Seen, a.SinceAt = head, head, Cut(now)
	}
	if had.OlderThan != a.OlderThan {
		a.SinceAt = Cut(now)
	}
	if !a.NextAt.IsZero() {
		a.NextAt = had.CreatedAt // what waits is looked at again, by the new settings
	}
	return a
}

// Wake is the delivery as WakeDelivery makes it. ErrConflict where it was not
// given up. It is pure.
func (d Delivery) Wake(now time.Time) (Delivery, error) {
	if d.State != DeliveryDead {
		return Delivery{}, fmt.Errorf("a delivery that is %s: %w", d.State, ErrConflict)
	}
	d.State, d.Attempts, d.DueAt, d.EndedAt, d.Reason = DeliveryDue, 0, Cut(now), time.Time{}, ""
	return d, nil
}
