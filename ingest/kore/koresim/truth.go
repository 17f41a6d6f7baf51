package koresim

import (
	"slices"
	"sort"
	"time"
)

// Voicemail is the truth about one voicemail, for tests and demonstrations.
type Voicemail struct {
	SessionID, BotID, Lang, Queue string
	// Caller and Called are E.164.
	Caller, Called string
	// Start and End are those of the session, UTC.
	Start, End time.Time
	// Texts has one entry per file, "" where it was never transcribed; its
	// components are joined by a line break.
	Texts []string
	// Seconds is the length of each file, but of those that Add gave bytes or a size.
	Seconds []float64
	// CallbackOpted says that the caller pressed the key for a callback.
	CallbackOpted bool
	// Cards are the payment cards that made-up texts say.
	Cards []Card
}

// Card is a payment card that somebody says.
type Card struct {
	// Digits is its whole number.
	Digits string
	// Said is how Texts have it, apart from line breaks in the place of spaces;
	// a text that was never transcribed doesn't have it.
	Said string
}

// NewVoicemail says what Add adds. Empty fields are made up.
type NewVoicemail struct {
	// Start is when the session began; zero: so that it ends now.
	Start time.Time
	// Texts has one entry per file; nil makes up one.
	Texts []string
	// Components is into how many components each text is cut (fewer where it
	// has fewer words); 0 is 1.
	Components int
	// NoTranscript leaves every transcription out for ever.
	NoTranscript bool
	// Lang, Caller (E.164), Queue and BotID as in Voicemail.
	Lang, Caller, Queue, BotID string
	// Audio replaces the made-up files, whatever its bytes are.
	Audio []byte
	// Files says what its files are, in the order of Texts; those that are
	// missing here are as usual.
	Files []NewFile
	// Statuses are what the reply says, and when; nil: as MediaAfter says.
	// There are files while it is "success".
	Statuses []StatusAt
	// DeletedAfter is when everything of it is deleted, counted from the end;
	// 0 is never.
	DeletedAfter time.Duration
	// InDialog leaves it in a dialog of the bot: its record has no flag.
	InDialog bool
	// Recordings are the call recordings of its session; nil: none. Where there
	// are some, an agent had spoken before.
	Recordings *NewRecordings
	// RowAfter, TranscriptAfter and MediaAfter are counted from the end; they
	// replace the quirks' lags, 0 is at once.
	RowAfter, TranscriptAfter, MediaAfter time.Duration
}

// NewFile says what a file is. Empty fields are as usual.
type NewFile struct {
	// Format is what is inside; "" is Config.MediaFormat.
	Format Format
	// Seconds is how long it is; 0: as long as what is said in it.
	Seconds float64
	// Size makes it this many bytes long, made on the fly and never in memory:
	// a tone as WAV or silence as MP3; FLAC and Ogg become WAV.
	Size int64
	// Audio are the bytes themselves, whatever they are.
	Audio []byte
	// Name replaces fileName, Type the Content-Type.
	Name, Type string
}

// StatusAt is a status from some time after the end of the session on.
type StatusAt struct {
	Status string
	After  time.Duration
}

// NewRecordings says what call recordings a session has.
type NewRecordings struct {
	// Statuses are what the second version says; before the first of them it
	// is media_in_progress. nil: success after the quirk's lag.
	Statuses []StatusAt
	// Files has one entry per file; nil makes up one.
	Files []NewFile
}

// NewCall says what AddCall adds: a call that is no voicemail. Empty fields are
// made up.
type NewCall struct {
	// Start is when it began; zero: so that it ends now.
	Start time.Time
	// Seconds is how long it took.
	Seconds int
	// Outbound is a call by an agent, Abandoned one that no agent took.
	Outbound, Abandoned bool
	// Lang, Caller (E.164), Queue and BotID as in Voicemail.
	Lang, Caller, Queue, BotID string
	// RowAfter is counted from the end.
	RowAfter time.Duration
	// Recordings are its call recordings; nil: none.
	Recordings *NewRecordings
}

// Call is the truth about a session and its call recordings.
type Call struct {
	SessionID, BotID, UserID string
	// Caller is E.164.
	Caller     string
	Start, End time.Time
	// Voicemail says that the session holds a voicemail as well.
	Voicemail bool
	// Status is what the second version says by now of its recordings; ""
	// where there are none and never were.
	Status string
	// Files is how many files there are once Status is "success".
	Files int
	// ReadyAt is when Status becomes "success"; zero is never.
	ReadyAt time.Time
}

// Add makes a voicemail appear and returns the truth about it. It panics for
// no input: what does not fit is made up.
func (s *Sim) Add(spec NewVoicemail) Voicemail {
	x := s.add(kindVoicemail, spec, spec.Recordings, 0)
	return s.truth(x)
}

// AddCall makes a call appear and returns the truth about it. It panics for no
// input: what does not fit is made up.
func (s *Sim) AddCall(spec NewCall) Call {
	k := kindAnswered
	switch {
	case spec.Outbound:
		k = kindOutbound
	case spec.Abandoned:
		k = kindAbandoned
	}
	made := spec.Recordings
	if made == nil {
		made = &NewRecordings{Files: []NewFile{}}
	}
	x := s.add(k, NewVoicemail{
		Start: spec.Start, Lang: spec.Lang, Caller: spec.Caller, Queue: spec.Queue, BotID: spec.BotID, RowAfter: spec.RowAfter,
	}, made, int64(spec.Seconds))
	return s.callTruth(x, s.cfg.Now())
}

// add makes a session of a kind appear; seconds 0 works out its length.
func (s *Sim) add(k kind, spec NewVoicemail, made *NewRecordings, seconds int64) *session {
	s.mu.Lock()
	number := s.adds
	s.adds++
	s.mu.Unlock()
	d := newDice(s.cfg.Seed, "added", number)
	start := spec.Start.UTC().Truncate(time.Second)
	if spec.Start.IsZero() {
		start = s.cfg.Now().UTC().Truncate(time.Second)
	}
	x := s.newSession(&d, k, 1<<45+number, &start)
	if slices.Contains(s.cfg.BotIDs, spec.BotID) {
		x.bot = spec.BotID
	}
	x.spec, x.made = &spec, made
	x.seconds.Store(max(seconds, 0))
	if spec.Start.IsZero() { // it ends now, so it began earlier
		x.start = start.Add(-time.Duration(s.length(x)) * time.Second)
		x.id = sessionID(x.start, x.key)
	}
	s.mu.Lock()
	s.added = append(s.added, x)
	s.byID[x.id] = x
	s.mu.Unlock()
	return x
}

func (s *Sim) truth(x *session) Voicemail {
	m, p := s.message(x), s.personOf(x)
	v := Voicemail{
		SessionID: x.id, BotID: x.bot, Lang: m.lang, Queue: m.queue.name,
		Caller: p.number, Called: m.queue.number, Start: x.start, End: s.end(x), CallbackOpted: m.opted, Cards: m.cards,
	}
	for n, c := range m.clips {
		v.Texts = append(v.Texts, c.transcript())
		v.Seconds = append(v.Seconds, s.fileSeconds(c.seconds, s.newFile(x, n)))
	}
	return v
}

// callTruth is the truth about the call recordings of x.
func (s *Sim) callTruth(x *session, now time.Time) Call {
	p := s.planOf(x)
	c := Call{
		SessionID: x.id, BotID: x.bot, UserID: s.userOf(x), Caller: s.personOf(x).number,
		Start: x.start, End: s.end(x), Voicemail: x.kind == kindVoicemail, Files: len(p.files),
	}
	if p.none() {
		return c
	}
	c.Status = p.at(c.End, now)
	for i, st := range p.statuses {
		if st.Status == statusSuccess {
			c.ReadyAt = c.End.Add(st.After)
		} else if i > 0 && p.statuses[i-1].Status == statusSuccess {
			c.ReadyAt = time.Time{} // it was there once
		}
	}
	return c
}

// Calls returns the truth about every session that has ended by now and has
// call recordings, or is to have had some, oldest first.
func (s *Sim) Calls() []Call {
	now := s.cfg.Now()
	var out []Call
	for _, x := range s.between(time.Unix(0, 0), now) {
		if !s.planOf(x).none() && !s.end(x).After(now) {
			out = append(out, s.callTruth(x, now))
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Start.Before(out[j].Start) })
	return out
}
