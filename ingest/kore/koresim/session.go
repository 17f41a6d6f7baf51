package koresim

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// kind is what a session was.
type kind int

const (
	kindVoicemail kind = iota
	kindAnswered       // a call that an agent took
	kindAbandoned      // a call whose caller hung up in the queue
	kindOutbound       // an agent's call to somebody who had left a voicemail
	kindChat           // a chat with an agent
	kindBot            // a session that never left the bot
)

// session is one session. Immutable but for the cached length.
type session struct {
	id     string
	key    uint64 // seed of everything about it
	kind   kind
	start  time.Time // UTC, whole seconds
	bot    string
	person uint64
	// spec is set where Add said what to say.
	spec *NewVoicemail
	// made is set where somebody said what call recordings there are.
	made *NewRecordings
	// seconds is the length, 0 before it was worked out.
	seconds atomic.Int64
}

// generate makes all sessions of the configured time, sorted by start.
func (s *Sim) generate() []*session {
	voicemails := make([]*session, 0, max(s.cfg.Voicemails, 0))
	for i := range max(s.cfg.Voicemails, 0) {
		d := newDice(s.cfg.Seed, "voicemail", uint64(i))
		voicemails = append(voicemails, s.newSession(&d, kindVoicemail, uint64(i), nil))
	}
	all := slices.Clone(voicemails)
	for i := range max(s.cfg.Other, 0) {
		d := newDice(s.cfg.Seed, "other", uint64(i))
		k := pick(&d, otherKinds)
		if k == kindOutbound && len(voicemails) > 0 {
			all = append(all, s.callBack(&d, pick(&d, voicemails)))
			continue
		}
		all = append(all, s.newSession(&d, k, 1<<40+uint64(i), nil))
	}
	slices.SortFunc(all, byStart)
	return all
}

// otherKinds holds each kind as often as it is usual.
var otherKinds = []kind{
	kindAnswered, kindAnswered, kindAnswered, kindAnswered, kindAnswered, kindAnswered, kindAnswered, kindAnswered, kindAnswered,
	kindBot, kindBot, kindBot, kindBot, kindBot, kindChat, kindChat, kindChat, kindAbandoned, kindAbandoned, kindOutbound,
}

func byStart(a, b *session) int {
	return cmp.Or(a.start.Compare(b.start), cmp.Compare(a.id, b.id))
}

// newSession makes a session; at is its start, nil draws one.
func (s *Sim) newSession(d *dice, k kind, number uint64, at *time.Time) *session {
	x := &session{kind: k, person: number, bot: pick(d, s.cfg.BotIDs)}
	if d.chance(.22) { // somebody who calls often
		x.person = 1<<50 + uint64(d.n(max(s.cfg.Voicemails/12, 5)))
	}
	if at != nil {
		x.start = *at
	} else {
		x.start = s.moment(d, s.langOf(x.person))
	}
	x.key = d.next()
	x.id = sessionID(x.start, x.key)
	return x
}

// callBack makes the outbound call that follows a voicemail.
func (s *Sim) callBack(d *dice, v *session) *session {
	at := v.start.Add(time.Duration(d.between(15*60, 30*3600)) * time.Second)
	if at.After(s.cfg.Until) {
		at = s.cfg.Until.Add(-time.Minute)
	}
	x := &session{kind: kindOutbound, person: v.person, bot: v.bot, start: at, key: d.next()}
	x.id = sessionID(x.start, x.key)
	return x
}

// sessionID is an ObjectId: four bytes of time, then what makes it unique.
func sessionID(start time.Time, key uint64) string {
	return fmt.Sprintf("%08x%016x", uint32(start.Unix()), mix(key))
}

// sessionTime reads the time out of an id.
func sessionTime(id string) (time.Time, bool) {
	if len(id) != 24 {
		return time.Time{}, false
	}
	n, err := strconv.ParseUint(id[:8], 16, 32)
	if err != nil {
		return time.Time{}, false
	}
	return time.Unix(int64(n), 0).UTC(), true
}

// length is how long a session took, in seconds.
func (s *Sim) length(x *session) int64 {
	if n := x.seconds.Load(); n > 0 {
		return n
	}
	n := s.workOutLength(x)
	x.seconds.Store(n)
	return n
}

func (s *Sim) workOutLength(x *session) int64 {
	d := newDice(x.key, "length", 0)
	switch x.kind {
	case kindVoicemail:
		n := float64(s.waited(x) + s.talked(x))
		for _, c := range s.message(x).clips {
			n += c.seconds + 2
		}
		return int64(math.Ceil(n))
	case kindAnswered, kindOutbound:
		return int64(d.between(60, 900))
	case kindAbandoned:
		return int64(d.between(20, 400))
	case kindChat:
		return int64(d.between(90, 1800))
	default:
		return int64(d.between(5, 180))
	}
}

// waited is how long a caller was in flow and queue before anything happened.
func (s *Sim) waited(x *session) int {
	d := newDice(x.key, "waited", 0)
	return d.between(12, 95)
}

func (s *Sim) end(x *session) time.Time {
	return x.start.Add(time.Duration(s.length(x)) * time.Second)
}

// talked is for how many seconds an agent spoke before the caller of a
// voicemail was sent on to leave it; 0 for the four fifths with whom none did.
func (s *Sim) talked(x *session) int {
	d := newDice(x.key, "talked", 0)
	if x.kind != kindVoicemail || x.spec != nil && x.made == nil || x.spec == nil && !d.chance(.2) || s.inDialog(x) {
		return 0
	}
	return d.between(20, 240)
}

// inDialog tells whether a voicemail was left in a dialog of the bot, and not
// in a queue: its record has no flag.
func (s *Sim) inDialog(x *session) bool {
	if x.spec != nil {
		return x.spec.InDialog
	}
	d := newDice(x.key, "dialog", 0)
	return d.chance(s.cfg.InDialog)
}

// userOf is the id of who called or wrote: the same person, the same id.
func (s *Sim) userOf(x *session) string {
	d := newDice(s.cfg.Seed, "user", x.person)
	return "u-" + d.uuid()
}

// isUser tells whether a request's userId means who called in x: the id, or
// the address that an enterprise may have assigned.
func (s *Sim) isUser(x *session, user string) bool {
	if strings.Contains(user, "@") {
		return mailOf(s.personOf(x)) == user
	}
	return s.userOf(x) == user
}

// rowThere tells whether call details tell of x at now. It does not work out
// the end of what has long ended.
func (s *Sim) rowThere(x *session, now time.Time) bool {
	if x.spec == nil && now.Sub(x.start) > longestSession+s.quirks.RowLag+s.quirks.LateBy {
		return true
	}
	return !s.rowAt(x).After(now)
}

// rowAt is when call details begin to tell of x.
func (s *Sim) rowAt(x *session) time.Time {
	if x.spec != nil {
		return s.end(x).Add(x.spec.RowAfter)
	}
	at := s.end(x).Add(s.quirks.RowLag)
	d := newDice(x.key, "late", 0)
	if d.chance(s.quirks.LateShare) {
		at = at.Add(time.Duration(d.float() * float64(s.quirks.LateBy)))
	}
	return at
}

// between returns the sessions that start in [from, to], unsorted, those that
// are still to come included.
func (s *Sim) between(from, to time.Time) []*session {
	lo := sort.Search(len(s.base), func(i int) bool { return !s.base[i].start.Before(from) })
	hi := sort.Search(len(s.base), func(i int) bool { return s.base[i].start.After(to) })
	out := slices.Clone(s.base[lo:max(lo, hi)])
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.added {
		if !x.start.Before(from) && !x.start.After(to) {
			out = append(out, x)
		}
	}
	if now := s.cfg.Now(); to.After(now) {
		to = now // nothing live is known before its hour
	}
	if s.cfg.LivePerHour == 0 || to.Before(s.cfg.Until) {
		return out
	}
	for h := max(0, s.liveHour(from)); h <= s.liveHour(to); h++ {
		for _, x := range s.liveLocked(h) {
			if !x.start.Before(from) && !x.start.After(to) {
				out = append(out, x)
			}
		}
	}
	return out
}

// find returns the session of an id that has begun, nil where there is none.
func (s *Sim) find(id string) *session {
	now := s.cfg.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.byID[id]
	if t, ok := sessionTime(id); x == nil && ok && s.cfg.LivePerHour > 0 && !t.Before(s.cfg.Until) && !t.After(now) {
		s.liveLocked(s.liveHour(t))
		x = s.byID[id]
	}
	if x == nil || x.start.After(now) {
		return nil
	}
	return x
}

// liveHour is the number of whole hours from Until to t; negative before it.
func (s *Sim) liveHour(t time.Time) int64 {
	return int64(math.Floor(t.Sub(s.cfg.Until).Hours()))
}

// liveLocked returns the sessions that begin in one hour after Until. s.mu is held.
func (s *Sim) liveLocked(hour int64) []*session {
	if have, ok := s.live[hour]; ok {
		return have
	}
	from := s.cfg.Until.Add(time.Duration(hour) * time.Hour)
	d := newDice(s.cfg.Seed, "live", uint64(hour))
	// Nights are quieter, but never dead: somebody may be watching a demo.
	pace := s.cfg.LivePerHour * (.4 + .6*weight(from, "en"))
	ratio := min(4, float64(max(s.cfg.Other, 0))/float64(max(s.cfg.Voicemails, 1)))
	var out []*session
	add := func(mean float64, draw func() kind) {
		n := int(mean)
		if d.chance(mean - float64(n)) {
			n++
		}
		for range n {
			at := from.Add(time.Duration(d.n(3600)) * time.Second)
			out = append(out, s.newSession(&d, draw(), 1<<42+uint64(hour)<<12+uint64(len(out)), &at))
		}
	}
	add(pace, func() kind { return kindVoicemail })
	add(pace*ratio, func() kind { return pick(&d, otherKinds) })
	slices.SortFunc(out, byStart)
	for _, x := range out {
		s.byID[x.id] = x
	}
	s.live[hour] = out
	return out
}
