package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/store"
)

// The bounds of a corpus.
const (
	bots    = 40
	authors = 2000
	years   = 3
)

// firstDay is when the first voicemail of a corpus is left.
var firstDay = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)

// lastDay is when the corpus ends; no voicemail is left on it or later.
func lastDay() time.Time { return firstDay.AddDate(years, 0, 0) }

// corpus makes voicemails up: the i-th is the same in every run with the same
// seed and size, so that nothing has to be kept of what was made. Safe for
// concurrent use.
type corpus struct {
	seed    uint64
	size    int
	tongues []*tongue
}

func newCorpus(seed uint64, size int) (*corpus, error) {
	tongues, err := newTongues()
	if err != nil {
		return nil, err
	}
	if size < 1 {
		return nil, fmt.Errorf("a corpus of %d voicemails", size)
	}
	return &corpus{seed: seed, size: size, tongues: tongues}, nil
}

// author writes one voicemail after the other. Not safe for concurrent use.
type author struct {
	*corpus
	source *rand.PCG
	rng    *rand.Rand
	ranks  map[string]*rand.Zipf // of words, by language
	who    *rand.Zipf
	bot    *rand.Zipf
}

// author returns a new one.
func (c *corpus) author() *author {
	a := &author{corpus: c, source: rand.NewPCG(0, 0), ranks: map[string]*rand.Zipf{}}
	a.rng = rand.New(a.source)
	for _, t := range c.tongues {
		a.ranks[t.code] = rand.NewZipf(a.rng, 1.05, 4, uint64(len(t.words)-1))
	}
	a.who = rand.NewZipf(a.rng, 1.1, 20, authors-1)
	a.bot = rand.NewZipf(a.rng, 1.2, 5, bots-1)
	return a
}

// voicemail is the i-th of the corpus, from 0. They are left one after the
// other, but for some hours.
func (a *author) voicemail(i int) *store.Voicemail {
	a.source.Seed(a.seed, uint64(i))
	t := a.tongue()
	at := a.moment(i)
	v := &store.Voicemail{
		BotID: fmt.Sprintf("st-%08x", a.bot.Uint64()*2654435761%(1<<32)), SessionID: fmt.Sprintf("%08x%016x", at.Unix(), i),
		Called: "+18005550100", Queue: pick(a.rng, []string{"Billing", "Support", "Sales", "Claims", ""}),
		Lang: t.code, Author: store.Author{ID: fmt.Sprintf("u-%04d", a.who.Uint64()), Type: "VOICEMAIL"},
		StartedAt: at.Add(-20 * time.Second), CreatedOn: at, ModifiedOn: at, LeftAt: at,
		Transcript: store.TranscriptPresent, AnalysisVersion: 1,
	}
	v.ID = store.VoicemailID(v.BotID, v.SessionID)
	number := a.number(t)
	v.Caller = t.international + number
	text, words := a.message(t, number)
	v.Duration = time.Duration(words) * 400 * time.Millisecond
	v.Segments = segments(v, text)
	texts := make([]string, len(v.Segments))
	for i, s := range v.Segments {
		texts[i] = s.Text
	}
	v.Text = strings.Join(texts, "\n")
	if a.rng.IntN(10) > 0 {
		v.Recordings = []store.Recording{{Kind: store.RecordingVoicemail, FileName: "voicemail_" + v.SessionID + ".wav",
			Status: store.RecordingSuccess, CheckedAt: at}}
	}
	return v
}

func (a *author) tongue() *tongue {
	n := a.rng.IntN(100)
	for _, t := range a.tongues {
		if n -= t.share; n < 0 {
			return t
		}
	}
	return a.tongues[0]
}

// moment is when the i-th voicemail was left, to the millisecond.
func (a *author) moment(i int) time.Time {
	all := lastDay().Sub(firstDay)
	at := firstDay.Add(time.Duration(float64(all) * float64(i) / float64(a.size))).Add(time.Duration(a.rng.Int64N(int64(12 * time.Hour))))
	if !at.Before(lastDay()) {
		at = at.Add(-13 * time.Hour)
	}
	return at.Truncate(time.Millisecond)
}

// segments cuts a message in one or two, as recognisers do.
func segments(v *store.Voicemail, text string) []store.Segment {
	one := store.Segment{MessageID: "ms-" + v.SessionID, ComponentID: "#0", Text: text, Author: v.Author, Lang: v.Lang,
		CreatedOn: v.CreatedOn, ModifiedOn: v.ModifiedOn}
	cut := len(text) / 2
	end := strings.Index(text[cut:], ". ")
	if end < 0 || v.ID%5 != 0 {
		return []store.Segment{one}
	}
	two := one
	one.Text, two.Text, two.ComponentID = text[:cut+end+1], text[cut+end+2:], "#1"
	return []store.Segment{one, two}
}

// each hands every voicemail to one of several goroutines. do is called with
// the number of the goroutine, from 0 to workers-1, and may keep v.
func (c *corpus) each(ctx context.Context, workers int, do func(worker, i int, v *store.Voicemail) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for w := range workers {
		group.Go(func() error {
			a := c.author()
			for i := w * c.size / workers; i < (w+1)*c.size/workers; i++ {
				if i%1024 == 0 && ctx.Err() != nil {
					return ctx.Err()
				}
				if err := do(w, i, a.voicemail(i)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}
