package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// The load of the live part.
const (
	searchesPerSecond = 20
	arrivalsPerSecond = 1000
	liveFor           = 15 * time.Second
	recorded          = 100 // voicemails that are looked for after they were recorded
	givenUp           = 10 * time.Second
)

// measureLive lets voicemails arrive while people search. It changes the
// archive, so it comes last.
func measureLive(ctx context.Context, a *archive, c *corpus, path string, pages []request) (*liveFigures, error) {
	var f liveFigures
	following, stop := context.WithCancel(ctx)
	defer stop()
	var follower errgroup.Group
	follower.Go(func() error { return a.index.Follow(following) })
	defer func() { stop(); _ = follower.Wait() }()
	idle := time.After(liveFor)
	var err error
	if f.Idle, err = searchUntil(ctx, a, pages, func() error { <-idle; return nil }); err != nil {
		return nil, err
	}
	f.Arriving, err = searchUntil(ctx, a, pages, func() error {
		f.Rate, err = arrive(ctx, c, path)
		if err == nil {
			f.Behind, err = behind(ctx, a)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := a.caughtUp(ctx); err != nil {
		return nil, err
	}
	var took []time.Duration
	_, err = searchUntil(ctx, a, pages, func() error {
		for i := range recorded {
			d, err := recordAndFind(ctx, a, c, i)
			if err != nil {
				return err
			}
			took = append(took, d)
		}
		return nil
	})
	f.Found = spreadOf(took)
	return &f, err
}

func spreadOf(took []time.Duration) spread {
	return spread{N: len(took), P50: quantile(took, 0.5), P95: quantile(took, 0.95), Max: quantile(took, 1)}
}

// searchUntil asks for pages at a fixed rate, however long they take, until do
// is done. A search counts from when it was due.
func searchUntil(ctx context.Context, a *archive, pages []request, do func() error) (spread, error) {
	var (
		mu   sync.Mutex
		took []time.Duration
		done atomic.Bool
		all  errgroup.Group
	)
	p := a.page(true)
	all.Go(func() error {
		defer done.Store(true)
		return do()
	})
	began := time.Now()
	for n := 0; !done.Load() && ctx.Err() == nil; n++ {
		due := began.Add(time.Duration(n) * time.Second / searchesPerSecond)
		time.Sleep(time.Until(due))
		all.Go(func() error {
			_, err := p.search(ctx, pages[n%len(pages)])
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(due))
			return err
		})
	}
	err := all.Wait()
	return spreadOf(took), err
}

// arrive writes voicemails into the store for a while, in small transactions,
// and returns how many a second it came to.
func arrive(ctx context.Context, c *corpus, path string) (float64, error) {
	l, err := newLoader(ctx, path, true)
	if err != nil {
		return 0, err
	}
	defer l.close()
	const each = 50 * time.Millisecond
	perTurn := int(arrivalsPerSecond * each / time.Second)
	next := *c
	next.seed++ // other voicemails than those that are there
	author := next.author()
	began, n := time.Now(), 0
	for time.Since(began) < liveFor {
		time.Sleep(time.Until(began.Add(time.Duration(n/perTurn) * each)))
		batch := make([]*store.Voicemail, perTurn)
		for i := range batch {
			v := author.voicemail(n % c.size)
			v.SessionID += "-late" // the corpus's own ids are taken
			v.ID = store.VoicemailID(v.BotID, v.SessionID+fmt.Sprint(n))
			v.SessionID += fmt.Sprint(n)
			batch[i] = v
			n++
		}
		if err := l.add(ctx, batch); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(began).Seconds(), nil
}

// behind is how many changes are not indexed yet.
func behind(ctx context.Context, a *archive) (int64, error) {
	head, err := a.store.Head(ctx)
	return head.Seq - a.index.Status().Position.Seq, err
}

// caughtUp waits until every change is indexed.
func (a *archive) caughtUp(ctx context.Context) error {
	for until := time.Now().Add(5 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		n, err := behind(ctx, a)
		if err != nil || n == 0 {
			return err
		}
		if time.Now().After(until) {
			return fmt.Errorf("the index is %d changes behind", n)
		}
	}
}

// recordAndFind records a voicemail as the ingester does and searches for a
// word of it until it is found.
func recordAndFind(ctx context.Context, a *archive, c *corpus, i int) (time.Duration, error) {
	v := c.author().voicemail(i)
	word := "zzq" + string(rune('a'+i/26%26)) + string(rune('a'+i%26)) + "qzz"
	s := store.Session{BotID: v.BotID, SessionID: "recorded-" + word, FoundBy: store.FoundByImport, Voicemail: store.FlagYes, Wanted: true,
		StartedAt: time.Now()}
	if _, err := a.store.SaveSessions(ctx, []store.Session{s}); err != nil {
		return 0, err
	}
	lease, err := a.store.ClaimSession(ctx, s.Key(), time.Minute)
	if err != nil {
		return 0, err
	}
	v.Segments[0].Text += " " + word
	reply := &store.Reply{Segments: v.Segments, Recordings: v.Recordings, Duration: v.Duration, Payload: []byte("{}")}
	if _, err := a.store.Record(ctx, lease, store.Outcome{State: store.StateStored, Reply: reply}); err != nil {
		return 0, err
	}
	q := index.Request{Query: query.Parse(`"` + word + `"`)}
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		found, err := a.index.Search(ctx, store.AllBots(), q)
		if err != nil || found.Total > 0 {
			return time.Since(began), err
		}
		if time.Since(began) > givenUp {
			return 0, fmt.Errorf("what was recorded is not found after %v", givenUp)
		}
	}
}
