package main

import (
	"context"
	"fmt"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"syscall"
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
	head, err := a.store.Head(ctx)
	if err != nil {
		return nil, err
	}
	spent := processorTime()
	if f.Idle, err = searchUntil(ctx, a, pages, "idle", func() error { <-idle; return nil }); err != nil {
		return nil, err
	}
	f.IdleCPU = spent()
	spent = processorTime()
	f.Arriving, err = searchUntil(ctx, a, pages, "arriving", func() error {
		f.Rate, err = arrive(ctx, c, path, head.Seq)
		if err == nil {
			f.Behind, err = behind(ctx, a)
		}
		return err
	})
	f.ArrivingCPU = spent()
	if err != nil {
		return nil, err
	}
	if err := a.caughtUp(ctx); err != nil {
		return nil, err
	}
	var took []time.Duration
	_, err = searchUntil(ctx, a, pages, "recording", func() error {
		for i := range int64(recorded) {
			d, err := recordAndFind(ctx, a, c, head.Seq+i)
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

// processorTime returns what tells how many processors the process has kept busy
// since: time on the clock says little of what searches leave to others.
func processorTime() (busy func() float64) {
	spent := func() time.Duration {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // never fails for oneself
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	began, before := time.Now(), spent()
	return func() float64 { return float64(spent()-before) / float64(time.Since(began)) }
}

// searchUntil asks for pages at a fixed rate, however long they take, until do
// is done. A search counts from when it was due. In a profile, what they take is
// labelled with what happens meanwhile.
func searchUntil(ctx context.Context, a *archive, pages []request, while string, do func() error) (spread, error) {
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
		all.Go(func() (err error) {
			pprof.Do(ctx, pprof.Labels("searches", while), func(ctx context.Context) { _, err = p.search(ctx, pages[n%len(pages)]) })
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
// and returns how many a second it came to. from is a number that no earlier run
// over the same archive has given a voicemail, nor any behind it.
func arrive(ctx context.Context, c *corpus, path string, from int64) (float64, error) {
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
			v.SessionID += fmt.Sprint(from + int64(n))
			v.ID = store.VoicemailID(v.BotID, v.SessionID)
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
// word of it, which no other number has, until it is found.
func recordAndFind(ctx context.Context, a *archive, c *corpus, number int64) (time.Duration, error) {
	v := c.author().voicemail(int(number % int64(c.size)))
	word := "zzq"
	for rest := number; rest > 0; rest /= 26 {
		word += string(rune('a' + rest%26))
	}
	word += "qzz"
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
