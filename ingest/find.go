package ingest

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"afterbeep/hours"
	"afterbeep/ingest/enrich/about"
	"afterbeep/ingest/enrich/contact"
	"afterbeep/ingest/enrich/numbers"
	"afterbeep/ingest/enrich/request"
	"afterbeep/ingest/enrich/when"
	"afterbeep/ingest/enrich/word"
	"afterbeep/store"

	"github.com/nyaruka/phonenumbers"
)

// FinderConfig is what a Finder is made of.
type FinderConfig struct {
	// Region is for numbers without a country code, as "US", of bots that have
	// none of their own.
	Region string
	// Settings are a bot's own region and zone, an IANA name; "" is for what it
	// has not set, and for bots that are not connected. It is called within the
	// store's transactions: it must not ask the store. nil is no settings for any bot.
	Settings func(botID string) (region, zone string)
}

// Finder reads out of a voicemail's text whether, where, when and how urgently its
// caller wants to be called. It is safe for concurrent use.
type Finder struct {
	cfg   FinderConfig
	zones hours.Zones
}

// NewFinder makes a Finder. The error names a region that there is not.
func NewFinder(cfg FinderConfig) (*Finder, error) {
	if cfg.Region != "" && !phonenumbers.GetSupportedRegions()[cfg.Region] {
		return nil, fmt.Errorf("finder: %w", errNoRegion)
	}
	if cfg.Settings == nil {
		cfg.Settings = func(string) (string, string) { return "", "" }
	}
	return &Finder{cfg: cfg}, nil
}

var errNoRegion = errors.New("the region is not one; use two letters, as US, GB or DE")

// Find is what the machine makes of a voicemail as it is stored. It depends on
// nothing but the voicemail and the bot's settings.
func (f *Finder) Find(v store.Voicemail) (found store.Finding) {
	// What somebody left must not stop others' messages from coming in: where
	// reading it fails, a person listens.
	defer func() {
		if recover() != nil {
			found = store.Finding{Listen: store.ListenDoubtful}
		}
	}()
	return f.find(v)
}

func (f *Finder) find(v store.Voicemail) (found store.Finding) {
	if strings.TrimSpace(v.Text) == "" {
		return store.Finding{Listen: store.ListenNoText}
	}
	region, _ := f.cfg.Settings(v.BotID)
	caller, lang := callerID(v), v.Lang
	number := callerNumber(caller)
	if inOtherLetters(v.Text) {
		lang = "" // whatever it was tagged with: rules would find nothing in it, and be sure of that
	}
	said := contact.Find(contact.Message{Text: v.Text, Lang: lang, Caller: caller, CallerNumber: number, Region: cmp.Or(region, f.cfg.Region)})
	found.Numbers = numbersFound(said)
	verdict := request.Read(v.Text, lang, request.Options{Duration: v.Duration, Numbers: len(found.ToCall())})
	switch {
	case verdict.Sells:
		found.Numbers = as(found.Numbers, store.NumberCall, store.NumberOther)
	case verdict.Requested && len(found.ToCall()) == 0: // whom else than the one who names only this?
		found.Numbers = as(found.Numbers, store.NumberWrite, store.NumberCall)
	}
	found.Requested, found.Confidence = verdict.Requested, verdict.Confidence
	found.Words, found.Listen = spansFound(verdict.Words), store.ListenReason(verdict.Listen)
	if verdict.Lang != "" {
		lang = verdict.Lang // the text may be in another language than it was tagged with
	}
	left := v.LeftAt
	if !left.IsZero() {
		left = left.In(f.zoneOf(v, number))
	}
	words := word.Cut(v.Text)
	times := when.ReadWords(words, lang, left)
	found.When = spansFound(times.Words)
	if !times.Due.IsZero() {
		found.DueAt = store.Cut(times.Due)
	}
	gist := about.ReadWords(v.Text, words, lang, about.Options{Asks: verdict.Words, Numbers: numberSpans(said), Times: times.Words})
	found.Name, found.About = gist.Name, store.Span(gist.Matters)
	found.Urgency, found.Urgent = gist.Urgency, gist.Reasons
	return found
}

// as takes all numbers of a kind for ones of another: of somebody who sells or cheats
// none is to be called.
func as(list []store.FoundNumber, kind, other store.NumberKind) []store.FoundNumber {
	for i := range list {
		if list[i].Kind == kind {
			list[i].Kind = other
		}
	}
	return list
}

// inOtherLetters reports whether most letters of a text are none of the Latin ones, in
// which all languages are written that there are rules for.
func inOtherLetters(text string) bool {
	latin, others := 0, 0
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf && unicode.IsLetter(r) || unicode.Is(unicode.Latin, r):
			latin++
		case unicode.IsLetter(r):
			others++
		}
	}
	return others > latin
}

// callerID is the number that the call came from, E.164; "" where it is withheld.
func callerID(v store.Voicemail) string {
	if strings.HasPrefix(v.Caller, "+") {
		return v.Caller
	}
	return ""
}

// zoneOf is the zone in which the caller most likely is; number is the caller's.
func (f *Finder) zoneOf(v store.Voicemail, number *phonenumbers.PhoneNumber) *time.Location {
	_, name := f.cfg.Settings(v.BotID)
	own, err := f.zones.Load(name)
	if err != nil { // it was checked when it was set, maybe on another machine
		own = time.UTC
	}
	return f.zones.OfCaller(number, own, v.LeftAt)
}

func spansFound(spans []numbers.Span) []store.Span {
	var list []store.Span
	for _, s := range spans {
		list = append(list, store.Span(s))
	}
	return list
}

func numbersFound(said []contact.Number) []store.FoundNumber {
	var list []store.FoundNumber
	for _, n := range said {
		list = append(list, store.FoundNumber{
			Kind: store.NumberKind(n.Kind), E164: n.E164, Ext: n.Ext, Digits: n.Digits, Label: n.Label,
			Spans: spansFound(n.Spans), CallerID: n.CallerID, Valid: n.Valid,
		})
	}
	return list
}

// numberSpans are the words of all numbers.
func numberSpans(said []contact.Number) []numbers.Span {
	var list []numbers.Span
	for _, n := range said {
		list = append(list, n.Spans...)
	}
	return list
}
