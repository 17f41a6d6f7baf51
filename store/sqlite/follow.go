package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"afterbeep/store"
)

// knownOfVoicemail is what the machine and people said of a voicemail.
type knownOfVoicemail struct {
	body       string // of the finding, as it is stored; "" where there is none
	finding    store.Finding
	correction *store.Correction
	works      bool // there is work on it
}

func knownOf(ctx context.Context, tx *sql.Tx, id int64) (knownOfVoicemail, error) {
	var k knownOfVoicemail
	err := tx.QueryRowContext(ctx, `SELECT coalesce((SELECT body FROM findings WHERE voicemail_id = ?1), ''),
		EXISTS (SELECT 1 FROM callbacks WHERE voicemail_id = ?1)`, id).Scan(&k.body, &k.works)
	if err != nil {
		return k, err
	}
	if k.finding, err = store.DecodeFinding(k.body); err != nil {
		return k, err
	}
	list, err := readCorrections(ctx, tx, `WHERE x.voicemail_id = ?`, id)
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
// finding; nil leaves what was found.
func followFinding(ctx context.Context, tx *sql.Tx, v store.Voicemail, find func(store.Voicemail) store.Finding, now time.Time) (followed, error) {
	f := followed{voicemail: v}
	k, err := knownOf(ctx, tx, v.ID)
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
	d, err := deskOf(ctx, tx)
	if err != nil {
		return f, err
	}
	if c, _ := store.Follow(nil, v, f.finding, k.correction, d, now); c == nil && !k.works {
		return f, nil
	}
	l, err := followCase(ctx, tx, &f, k.correction, d, now)
	if err != nil {
		return f, err
	}
	f.changed = store.ChangedCallbacks(l.had, l.after)
	f.events = append(f.events, l.events...)
	return f, nil
}

// followCase puts the work on a voicemail into its case.
func followCase(ctx context.Context, tx *sql.Tx, f *followed, x *store.Correction, d store.Desk, now time.Time) (linked, error) {
	var had *store.Callback
	list, err := readCallbacks(ctx, tx, `SELECT `+callbackColumns+` FROM callbacks WHERE voicemail_id = ?`, f.voicemail.ID)
	if err != nil {
		return linked{}, err
	}
	if len(list) > 0 {
		had = &list[0]
	}
	c, events := store.Follow(had, f.voicemail, f.finding, x, d, now)
	if c == nil {
		return linked{}, nil
	}
	l, err := linkCase(ctx, tx, *c, store.ComesIn(events), f.finding.Name, now)
	f.events = store.AsLinked(events, l.after)
	return l, err
}

// saveFollowed writes it, after the voicemail, but for the numbers of the changes.
func saveFollowed(ctx context.Context, tx *sql.Tx, f followed) error {
	if f.body != "" {
		caller, number := store.NumbersOf(f.voicemail, f.finding)
		_, err := tx.ExecContext(ctx, `INSERT INTO findings (voicemail_id, caller, number, who, body) VALUES (?,?,?,?,?)
			ON CONFLICT (voicemail_id) DO UPDATE SET caller = excluded.caller, number = excluded.number, who = excluded.who, body = excluded.body`,
			f.voicemail.ID, caller, number, store.FoldCaller(f.finding.Name), f.body)
		if err != nil {
			return wrap("save finding", err)
		}
	}
	return errors.Join(saveCallbacks(ctx, tx, f.changed), saveEvents(ctx, tx, f.events, ""))
}

// followShown has the work on a voicemail follow what it now is.
func followShown(ctx context.Context, tx *sql.Tx, v store.Voicemail, find func(store.Voicemail) store.Finding, now time.Time) error {
	f, err := followFinding(ctx, tx, v, find, now)
	if err != nil {
		return err
	}
	if err := saveFollowed(ctx, tx, f); err != nil {
		return err
	}
	return numberCallbacks(ctx, tx, f.changed)
}
