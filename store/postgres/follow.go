package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// knownOfVoicemail is what the machine and people said of a voicemail.
type knownOfVoicemail struct {
	body       string // of the finding, as it is stored; "" where there is none
	finding    store.Finding
	correction *store.Correction
	works      bool // there is work on it
}

func knownOf(ctx context.Context, t tx, id int64) (knownOfVoicemail, error) {
	var k knownOfVoicemail
	err := t.QueryRow(ctx, `SELECT COALESCE((SELECT body FROM findings WHERE voicemail_id = $1), ''),
		EXISTS (SELECT FROM callbacks WHERE voicemail_id = $1)`, id).Scan(&k.body, &k.works)
	if err != nil {
		return k, err
	}
	if k.finding, err = store.DecodeFinding(k.body); err != nil {
		return k, err
	}
	list, err := readCorrections(ctx, t, `WHERE x.voicemail_id = $1`, id)
	if len(list) > 0 {
		k.correction = &list[0]
	}
	return k, err
}

// followed is what a voicemail as it now is makes of the work on it.
type followed struct {
	voicemail store.Voicemail
	finding   store.Finding
	body      string // of a finding that differs from what is stored; "" else
	changed   []store.Callback
	events    []store.CallbackEvent
}

// followFinding works out what becomes of the work on v, of which find makes the
// finding; nil leaves what was found. It locks the case.
func followFinding(ctx context.Context, t tx, v store.Voicemail, find func(store.Voicemail) store.Finding) (followed, error) {
	f := followed{voicemail: v}
	k, err := knownOf(ctx, t, v.ID)
	if err != nil || find == nil && !k.works {
		return f, err
	}
	f.finding = k.finding
	if find != nil {
		f.finding = find(v)
		body, err := f.finding.Encode()
		if err != nil {
			return f, err
		}
		if body != k.body {
			f.body = body
		}
	}
	now, err := t.now(ctx)
	if err != nil {
		return f, err
	}
	d, err := deskOf(ctx, t)
	if err != nil {
		return f, err
	}
	if c, _ := store.Follow(nil, v, f.finding, k.correction, d, now); c == nil && !k.works {
		return f, nil
	}
	if err := lockLinks(ctx, t); err != nil {
		return f, err
	}
	l, err := followCase(ctx, t, &f, k.correction, d, now)
	if err != nil {
		return f, err
	}
	f.changed = store.ChangedCallbacks(l.had, l.after)
	f.events = append(f.events, l.events...)
	return f, nil
}

// followCase puts the work on a voicemail into its case. The links are locked.
func followCase(ctx context.Context, t tx, f *followed, x *store.Correction, d store.Desk, now time.Time) (linked, error) {
	var had *store.Callback
	caseID, err := caseOf(ctx, t, f.voicemail.ID)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return linked{}, err
	}
	if err == nil {
		list, err := lockCases(ctx, t, []int64{caseID})
		if err != nil {
			return linked{}, err
		}
		for i := range list {
			if list[i].VoicemailID == f.voicemail.ID {
				had = &list[i]
			}
		}
		if had == nil {
			return linked{}, errRaced // it was erased, or joined to another case
		}
	}
	c, events := store.Follow(had, f.voicemail, f.finding, x, d, now)
	if c == nil {
		return linked{}, nil
	}
	l, err := linkCase(ctx, t, *c, store.ComesIn(events), f.finding.Name, now)
	f.events = store.AsLinked(events, l.after)
	return l, err
}

// queueFollowed writes it, after the voicemail, but for the numbers of the changes.
func queueFollowed(b *pgx.Batch, f followed) {
	if f.body != "" {
		caller, number := store.NumbersOf(f.voicemail, f.finding)
		b.Queue(`INSERT INTO findings (voicemail_id, caller, number, who, body) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (voicemail_id) DO UPDATE SET caller = excluded.caller, number = excluded.number, who = excluded.who, body = excluded.body`,
			f.voicemail.ID, caller, number, store.FoldCaller(f.finding.Name), f.body)
	}
	queueCallbacks(b, f.changed)
	queueEvents(b, f.events, "")
}

// followShown has the work on a voicemail follow what its session tells, and
// returns what that changes, which has no numbers yet. It is written at once: the
// next voicemail may be of the same case.
func followShown(ctx context.Context, t tx, v store.Voicemail) ([]store.Callback, error) {
	f, err := followFinding(ctx, t, v, nil)
	if err != nil {
		return nil, err
	}
	b := &pgx.Batch{}
	queueFollowed(b, f)
	return f.changed, t.run(ctx, b)
}
