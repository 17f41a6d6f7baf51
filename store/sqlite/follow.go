package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"afterbeep/store"
)

// saveFollowed writes it, after the voicemail, but for the numbers of the changes.
func saveFollowed(ctx context.Context, tx *sql.Tx, f store.Followed) error {
	if f.Body != "" {
		caller, number := store.NumbersOf(f.Voicemail, f.Finding)
		_, err := tx.ExecContext(ctx, `INSERT INTO findings (voicemail_id, caller, number, who, body) VALUES (?,?,?,?,?)
			ON CONFLICT (voicemail_id) DO UPDATE SET caller = excluded.caller, number = excluded.number, who = excluded.who, body = excluded.body`,
			f.Voicemail.ID, caller, number, store.FoldCaller(f.Finding.Name), f.Body)
		if err != nil {
			return wrap("save finding", err)
		}
	}
	return errors.Join(saveCallbacks(ctx, tx, f.Changed), saveEvents(ctx, tx, f.Events, ""))
}

// followShown has the work on a voicemail follow what it now is.
func followShown(ctx context.Context, tx *sql.Tx, v store.Voicemail, find func(store.Voicemail) store.Finding, now time.Time) error {
	f, err := store.FollowVoicemail(ctx, caseReader{tx, now}, v, find)
	if err != nil {
		return err
	}
	if err := saveFollowed(ctx, tx, f); err != nil {
		return err
	}
	return numberCallbacks(ctx, tx, f.Changed)
}
