package store

import (
	"strconv"
	"strings"
	"time"
)

// noTextAfter is how long a message may be without text before somebody has to
// listen to it.
const noTextAfter = time.Hour

// maxName is how many bytes of a caller's name are kept with the work.
const maxName = 200

// Follow is what a finding makes of the work on a voicemail, with what the
// history says of it: nil where there is no work and was none. What is found in a
// message that is older than the desk has it (Desk.Old) is old, and stays so; what
// was found in time never gets old. had is nil where
// there was none, x nil where nobody corrected anything. What somebody has acted on keeps its
// lane and its status, whatever the machine finds, unless it had no text before;
// what nobody has follows it.
// The case is not judged here: see Linking. It is pure.
func Follow(had *Callback, v Voicemail, f Finding, x *Correction, d Desk, now time.Time) (*Callback, []CallbackEvent) {
	c := Callback{VoicemailID: v.ID, CaseID: v.ID, Status: CallbackOpen, CreatedAt: Cut(now)}
	var events []CallbackEvent
	if had != nil {
		var lapsed *CallbackEvent
		if c, lapsed = had.Lapse(now); lapsed != nil {
			events = append(events, *lapsed)
		}
	}
	was := c.Lane
	c.BotID, c.Queue, c.Lang, c.LeftAt, c.Caller = v.BotID, v.Queue, baseLang(v.Lang), v.LeftAt, ""
	if isE164(v.Caller) {
		c.Caller = v.Caller
	}
	c = c.reads(f, x)
	if !c.Acted {
		c = c.laned(v, f, x)
		if found := was == LaneNone && d.isOld(v.LeftAt, now); c.Lane != LaneNone && !c.Corrected && (found || was == LaneOld) {
			c.Lane, c.NextAt = LaneOld, time.Time{}
		}
	} else if c.lacksText(f) {
		c = c.texted(f)
		events = append(events, c.foundEvent(now))
	}
	c = c.Weighed()
	if had == nil && c.Lane == LaneNone {
		return nil, nil
	}
	if c.Lane == LaneNone || was != LaneNone {
		return &c, events
	}
	return &c, append(events, c.foundEvent(now))
}

// foundEvent says what the machine found.
func (c Callback) foundEvent(now time.Time) CallbackEvent {
	detail := "request"
	if !c.Requested {
		detail = string(c.Listen)
	}
	return CallbackEvent{VoicemailID: c.VoicemailID, At: Cut(now), Verb: VerbFound, From: c.Status, To: c.Status, Detail: detail, Number: c.toCall()}
}

// lacksText reports whether c waits to be heard for want of the text in which f was
// found.
func (c Callback) lacksText(f Finding) bool {
	return c.Listen == ListenNoText && f.Listen != ListenNoText && c.Status != CallbackDone
}

// texted is c, on which somebody works, with what its text says that it lacked: news,
// not second thoughts of the machine. It stays work, also where nothing is asked for.
func (c Callback) texted(f Finding) Callback {
	c.Requested, c.Confidence, c.Listen = f.Requested, f.Confidence, f.Listen
	switch {
	case !c.Requested && c.Listen == "":
		c.Listen = ListenTextCame
	case c.Requested && c.Lane == LaneListen:
		c.Lane = LaneRequests
	}
	return c
}

// reads is c with what is read out of the text, which nobody works on.
func (c Callback) reads(f Finding, x *Correction) Callback {
	c.Number, c.Name, c.DueAt, c.Found = "", cutText(CleanText(f.Name), maxName), Cut(f.DueAt), min(max(f.Urgency, 0), MaxUrgency-1)
	if call := f.ToCall(); len(call) > 0 && isE164(call[0].E164) {
		c.Number = call[0].E164
	}
	if x != nil && x.Number != "" {
		c.Number = x.Number
	}
	return c
}

// laned is c in the lane that the finding, or whoever corrected it, says.
func (c Callback) laned(v Voicemail, f Finding, x *Correction) Callback {
	c.Requested, c.Confidence, c.Listen, c.Corrected = f.Requested, f.Confidence, f.Listen, x != nil && x.Requested != nil
	if c.Corrected {
		c.Requested, c.Listen = *x.Requested, ""
	}
	c.Lane, c.NextAt = LaneNone, time.Time{}
	switch {
	case c.Requested:
		c.Lane = LaneRequests
	case c.Listen != "":
		c.Lane = LaneListen
	}
	if c.Lane == LaneListen && c.Listen == ListenNoText && v.Transcript == TranscriptPending {
		// Its text may still come: it rests as long.
		c.NextAt = Cut(v.LeftAt.Add(noTextAfter))
	}
	return c
}

// awaitsText reports whether c rests because its text may still come.
func (c Callback) awaitsText() bool {
	return c.Listen == ListenNoText && c.NextAt.Equal(Cut(c.LeftAt.Add(noTextAfter)))
}

// Weighed is c with the urgency that follows from what was found and its repeats.
func (c Callback) Weighed() Callback {
	if c.Lane == LaneOld {
		c.Urgency = 0
		return c
	}
	c.Urgency = min(c.Found+c.Repeats, MaxUrgency)
	return c
}

// baseLang is a language without its region, in lower case.
func baseLang(lang string) string {
	base, _, _ := strings.Cut(strings.ReplaceAll(lang, "_", "-"), "-")
	return cutText(strings.ToLower(strings.TrimSpace(CleanText(base))), maxSetting)
}

// MaxCase is how many messages one case has at most. What a caller leaves
// beyond it begins another.
const MaxCase = 500

// SharedNames is under how many different names a number is nobody's own: it
// makes no case.
const SharedNames = 5

// Links are the numbers by which a message is linked to others of its bot.
func (c Callback) Links() []string {
	var links []string
	if c.Caller != "" {
		links = append(links, c.Caller)
	}
	if c.Number != "" && c.Number != c.Caller {
		links = append(links, c.Number)
	}
	return links
}

// Linking is messages of one bot of which some may be of one caller.
type Linking struct {
	// Members are all messages of all cases that may be touched.
	Members []Callback
	// New is the message that has just come into the work; 0 where none has.
	New int64
	// Shared are the numbers that many callers use.
	Shared map[string]bool
}

// Link puts the messages into cases: those that a number links, which isn't
// shared. A case is called after its oldest message. It returns all of them in
// their order, and what the histories say of a new one: each message that waits with it is
// told that the caller has left another, and it is held by whoever holds the case.
// Cases that two people hold are not put together. It is pure.
func (l Linking) Link(now time.Time) ([]Callback, []CallbackEvent) {
	after := make([]Callback, len(l.Members))
	var events []CallbackEvent
	for _, set := range l.sets() {
		events = append(events, l.join(set, after, now)...)
	}
	return after, events
}

// sets are the places of the members that belong together.
func (l Linking) sets() [][]int {
	root := make([]int, len(l.Members))
	var find func(i int) int
	find = func(i int) int {
		if root[i] != i {
			root[i] = find(root[i])
		}
		return root[i]
	}
	first := make(map[string]int)
	for i, c := range l.Members {
		root[i] = i
		for _, n := range c.Links() {
			if l.Shared[n] {
				continue
			}
			key := c.BotID + "\x00" + n
			if at, known := first[key]; known {
				root[find(i)] = find(at)
			} else {
				first[key] = i
			}
		}
	}
	place := make(map[int]int)
	var sets [][]int
	for i := range l.Members {
		r := find(i)
		at, known := place[r]
		if !known {
			at, place[r] = len(sets), len(sets)
			sets = append(sets, nil)
		}
		sets[at] = append(sets[at], i)
	}
	return sets
}

// join writes a set of members as one case to after.
func (l Linking) join(set []int, after []Callback, now time.Time) []CallbackEvent {
	oldest, holders, holder := -1, map[string]bool{}, Callback{}
	waits := 0
	for _, i := range set {
		c := l.Members[i]
		if oldest < 0 || older(c, l.Members[oldest]) {
			oldest = i
		}
		if held := c.heldBy(now); held != "" {
			holders[held], holder = true, c
		}
		if c.waits() {
			waits++
		}
	}
	var events []CallbackEvent
	for _, i := range set {
		c, lapsed := l.Members[i], (*CallbackEvent)(nil)
		repeats := l.New != 0 && c.VoicemailID != l.New && c.waits() && l.has(set)
		if repeats {
			if c, lapsed = c.Lapse(now); lapsed != nil {
				events = append(events, *lapsed)
			}
		}
		if len(holders) < 2 {
			c.CaseID = l.Members[oldest].VoicemailID
		}
		c.Repeats = 0
		if c.waits() {
			c.Repeats = waits - 1
		}
		if c.VoicemailID == l.New && c.waits() && !c.Acted && len(holders) == 1 {
			c.Status, c.Assignee, c.LeaseUntil, c.NextAt = CallbackClaimed, holder.Assignee, holder.LeaseUntil, time.Time{}
		}
		after[i] = c.Weighed()
		if repeats {
			events = append(events, CallbackEvent{VoicemailID: c.VoicemailID, At: Cut(now), Verb: VerbRepeat, From: c.Status, To: c.Status,
				Detail: strconv.FormatInt(l.New, 10), Number: c.toCall()})
		}
	}
	return events
}

// has reports whether the new message is in the set, and waits.
func (l Linking) has(set []int) bool {
	for _, i := range set {
		if l.Members[i].VoicemailID == l.New {
			return l.Members[i].waits()
		}
	}
	return false
}

// waits reports whether somebody has yet to do something about c. What is old
// doesn't wait.
func (c Callback) waits() bool {
	return (c.Lane == LaneRequests || c.Lane == LaneListen) && c.Status != CallbackDone
}

// older orders the messages of a case.
func older(a, b Callback) bool {
	if !a.LeftAt.Equal(b.LeftAt) {
		return a.LeftAt.Before(b.LeftAt)
	}
	return a.VoicemailID < b.VoicemailID
}
