package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// queueFollowed writes it, after the voicemail, but for the numbers of the changes.
func queueFollowed(b *pgx.Batch, f store.Followed) {
	if f.Body != "" {
		caller, number := store.NumbersOf(f.Voicemail, f.Finding)
		b.Queue(`INSERT INTO findings (voicemail_id, caller, number, who, body) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (voicemail_id) DO UPDATE SET caller = excluded.caller, number = excluded.number, who = excluded.who, body = excluded.body`,
			f.Voicemail.ID, caller, number, store.FoldCaller(f.Finding.Name), f.Body)
	}
	queueCallbacks(b, f.Changed)
	queueEvents(b, f.Events, "")
}

// followShown has the work on a voicemail follow what its session tells, and
// returns what that changes, which has no numbers yet. It is written at once: the
// next voicemail may be of the same case.
func followShown(ctx context.Context, t tx, v store.Voicemail) ([]store.Callback, error) {
	f, err := store.FollowVoicemail(ctx, caseReader{t}, v, nil)
	if err != nil {
		return nil, err
	}
	b := &pgx.Batch{}
	queueFollowed(b, f)
	return f.Changed, t.run(ctx, b)
}
