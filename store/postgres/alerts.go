package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// alertQuery reads alerts with the searches that their users see.
const alertQuery = `SELECT a.id, a.kind, COALESCE(a.search_id, 0), a.user_id, a.channel, a.target, a.sealed, a.excerpts, a.more_than, a.within_us, a.older_than_us, a.every_us,
		a.quiet_from, a.quiet_to, a.quiet_weekends, a.zone, a.paused, a.created_at, a.since, a.since_at, a.seen, a.told_at, a.next_at,
		COALESCE(s.id, 0), COALESCE(s.user_id, 0), COALESCE(o.name, ''), COALESCE(s.name, ''), COALESCE(s.params, ''),
		COALESCE(s.shared, false), s.created_at, s.changed_at, ` + userColumns + `
	FROM alerts a JOIN users u ON u.id = a.user_id
	LEFT JOIN saved_searches s ON s.id = a.search_id AND (s.user_id = a.user_id OR s.shared)
	LEFT JOIN users o ON o.id = s.user_id`

// goesOn is the condition for an alert that is told.
const goesOn = `NOT a.paused AND NOT u.disabled AND (s.id IS NOT NULL OR a.kind = 'overdue')`

// scanAlert reads alertQuery.
func scanAlert(row pgx.Row) (store.Alert, store.User, error) {
	var a store.Alert
	var within, older, every int64
	q, s := &a.Quiet, &a.Search
	into := []any{&a.ID, &a.Kind, &a.SearchID, &a.UserID, &a.Channel, &a.Target, &a.Sealed, &a.Excerpts, &a.MoreThan, &within, &older, &every,
		&q.From, &q.To, &q.Weekends, &q.Zone, &a.Paused, at(&a.CreatedAt), &a.Since, at(&a.SinceAt), &a.Seen, at(&a.ToldAt), at(&a.NextAt),
		&s.ID, &s.UserID, &s.Owner, &s.Name, &s.Params, &s.Shared, at(&s.CreatedAt), at(&s.ChangedAt)}
	u, err := scanUser(scanFunc(func(user ...any) error { return row.Scan(append(into, user...)...) }))
	a.Within, a.OlderThan, a.Every = time.Duration(within)*time.Microsecond, time.Duration(older)*time.Microsecond, time.Duration(every)*time.Microsecond
	return a, u, err
}

// scanFunc is the rest of a row.
type scanFunc func(...any) error

// Scan implements pgx.Row.
func (f scanFunc) Scan(into ...any) error { return f(into...) }

// Alerts implements store.Alerts.
func (s *Store) Alerts(ctx context.Context, userID int64) ([]store.Alert, error) {
	var list []store.Alert
	err := s.inView(ctx, "list alerts", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, alertQuery+` WHERE a.user_id = $1 ORDER BY a.id`, userID)
		if err != nil {
			return err
		}
		list, err = pgx.AppendRows(list[:0], rows, func(r pgx.CollectableRow) (store.Alert, error) {
			a, _, err := scanAlert(r)
			return a, err
		})
		return err
	})
	return list, err
}

// SaveAlert implements store.Alerts.
func (s *Store) SaveAlert(ctx context.Context, a store.Alert) (store.Alert, error) {
	a, err := a.Clean()
	if err != nil {
		return store.Alert{}, fmt.Errorf("save alert: %w", err)
	}
	var kept store.Alert
	err = s.inTx(ctx, "save alert", func(ctx context.Context, t tx) error {
		if err := lockUser(ctx, t, a.UserID); err != nil {
			return err
		}
		var head int64
		err := t.QueryRow(ctx, `SELECT seq FROM feed`).Scan(&head)
		if err != nil {
			return err
		}
		id := a.ID
		if id == 0 {
			id, err = addAlert(ctx, t, a, head)
		} else {
			err = changeAlert(ctx, t, a, head)
		}
		if err != nil {
			return err
		}
		kept, _, err = scanAlert(t.QueryRow(ctx, alertQuery+` WHERE a.id = $1`, id))
		return err
	})
	if err != nil {
		return store.Alert{}, err
	}
	return kept, nil
}

func addAlert(ctx context.Context, t tx, a store.Alert, head int64) (int64, error) {
	if a.Kind == store.AlertSearch {
		if _, err := savedSearch(ctx, t, a.UserID, a.SearchID); err != nil {
			return 0, err
		}
	}
	var has int
	if err := t.QueryRow(ctx, `SELECT count(*) FROM alerts WHERE user_id = $1`, a.UserID).Scan(&has); err != nil {
		return 0, err
	}
	if has >= store.MaxAlerts {
		return 0, fmt.Errorf("%d alerts are the most: %w", store.MaxAlerts, store.ErrInvalid)
	}
	now, err := t.now(ctx)
	if err != nil {
		return 0, err
	}
	q := a.Quiet
	err = t.QueryRow(ctx, `INSERT INTO alerts (kind, search_id, user_id, channel, target, sealed, excerpts, more_than, within_us, older_than_us, every_us,
			quiet_from, quiet_to, quiet_weekends, zone, paused, created_at, since_at, next_at, since, seen, lease_token)
		VALUES ($1, nullif($2::bigint, 0), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, $18, $19, $19, '') RETURNING id`,
		a.Kind, a.SearchID, a.UserID, a.Channel, a.Target, a.Sealed, a.Excerpts, a.MoreThan, a.Within.Microseconds(), a.OlderThan.Microseconds(), a.Every.Microseconds(),
		q.From, q.To, q.Weekends, q.Zone, a.Paused, now, known(a.FirstLook(now)), head).Scan(&a.ID)
	return a.ID, taken(err)
}

// changeAlert writes the settings of an alert. A look that is under way ends
// with nothing told, for it was by the settings before.
func changeAlert(ctx context.Context, t tx, a store.Alert, head int64) error {
	had, _, err := scanAlert(t.QueryRow(ctx, alertQuery+` WHERE a.id = $1 AND a.user_id = $2 FOR UPDATE OF a`, a.ID, a.UserID))
	if err != nil {
		return err
	}
	now, err := t.now(ctx)
	if err != nil {
		return err
	}
	a = store.ChangeAlert(had, a, head, now)
	q := a.Quiet
	_, err = t.Exec(ctx, `UPDATE alerts SET channel = $2, target = $3, sealed = $4, excerpts = $5, more_than = $6, within_us = $7, every_us = $8,
			quiet_from = $9, quiet_to = $10, quiet_weekends = $11, zone = $12, paused = $13, since = $14, seen = $15, next_at = $16, older_than_us = $17, since_at = $18,
			lease_token = '', lease_until = NULL
		WHERE id = $1`, a.ID, a.Channel, a.Target, a.Sealed, a.Excerpts, a.MoreThan, a.Within.Microseconds(), a.Every.Microseconds(),
		q.From, q.To, q.Weekends, q.Zone, a.Paused, a.Since, a.Seen, known(a.NextAt), a.OlderThan.Microseconds(), known(a.SinceAt))
	return err
}

// DeleteAlert implements store.Alerts.
func (s *Store) DeleteAlert(ctx context.Context, userID, id int64) error {
	return s.inTx(ctx, "delete alert", func(ctx context.Context, t tx) error {
		done, err := t.Exec(ctx, `DELETE FROM alerts WHERE id = $1 AND user_id = $2`, id, userID)
		if err == nil && done.RowsAffected() == 0 {
			return store.ErrNotFound
		}
		return err
	})
}

// ClaimAlerts implements store.Alerts.
func (s *Store) ClaimAlerts(ctx context.Context, through int64, limit int, lease time.Duration) ([]store.AlertLease, error) {
	if err := store.CheckLease(lease); err != nil {
		return nil, fmt.Errorf("claim alerts: %w", err)
	}
	var leases []store.AlertLease
	err := s.inTx(ctx, "claim alerts", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		rows, err := t.Query(ctx, alertQuery+` WHERE `+goesOn+` AND (a.kind = '' AND a.seen < $1 OR a.next_at <= $2) AND (a.lease_until IS NULL OR a.lease_until <= $2)
			ORDER BY a.seen, a.id LIMIT $3 FOR UPDATE OF a SKIP LOCKED`, through, now, store.Clamp(limit, store.MaxClaim))
		if err != nil {
			return err
		}
		until := store.Cut(now.Add(lease))
		leases, err = pgx.AppendRows(leases[:0], rows, func(r pgx.CollectableRow) (store.AlertLease, error) {
			a, u, err := scanAlert(r)
			return store.AlertLease{Alert: a, User: u, Token: rand.Text(), Until: until}, err
		})
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		for _, l := range leases {
			b.Queue(`UPDATE alerts SET lease_token = $2, lease_until = $3 WHERE id = $1`, l.Alert.ID, l.Token, l.Until)
		}
		return t.run(ctx, b)
	})
	if err != nil {
		return nil, err
	}
	return leases, nil
}

// Changed implements store.Alerts.
func (s *Store) Changed(ctx context.Context, after, through, since int64, limit int) ([]store.Changed, error) {
	var list []store.Changed
	err := s.inView(ctx, "list what changed", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT seq, voicemail_id FROM changes WHERE seq > $1 AND seq <= $2 AND news > $3 ORDER BY seq LIMIT $4`,
			after, through, since, store.Clamp(limit, store.MaxChanges))
		if err != nil {
			return err
		}
		list, err = pgx.AppendRows(list[:0], rows, func(r pgx.CollectableRow) (store.Changed, error) {
			var c store.Changed
			err := r.Scan(&c.Seq, &c.VoicemailID)
			return c, err
		})
		return err
	})
	return list, err
}

// RecordAlert implements store.Alerts.
func (s *Store) RecordAlert(ctx context.Context, l store.AlertLease, f store.AlertFound) (string, error) {
	var delivery string
	err := s.inTx(ctx, "record alert", func(ctx context.Context, t tx) error {
		a, _, err := scanAlert(t.QueryRow(ctx, alertQuery+` WHERE a.id = $1 AND a.lease_token = $2 FOR UPDATE OF a`,
			l.Alert.ID, store.CleanText(l.Token)))
		if errors.Is(err, pgx.ErrNoRows) || l.Token == "" {
			return store.ErrLeaseLost
		}
		if err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		var until time.Time
		if err := t.QueryRow(ctx, `SELECT lease_until FROM alerts WHERE id = $1`, a.ID).Scan(at(&until)); err != nil {
			return err
		}
		if !until.After(now) {
			return store.ErrLeaseLost
		}
		delivery, err = recordFound(ctx, t, a, f, now)
		return err
	})
	if err != nil {
		return "", err
	}
	return delivery, nil
}

// recordFound keeps what was found and tells what is to be told.
func recordFound(ctx context.Context, t tx, a store.Alert, f store.AlertFound, now time.Time) (delivery string, err error) {
	b := &pgx.Batch{}
	for _, m := range f.Matches {
		b.Queue(`INSERT INTO alert_matches (alert_id, voicemail_id, left_at, delivery_id) VALUES ($1, $2, $3, '')
			ON CONFLICT (alert_id, voicemail_id) DO NOTHING`, a.ID, m.VoicemailID, store.Cut(m.LeftAt))
	}
	if err := t.run(ctx, b); err != nil {
		return "", err
	}
	rows, err := t.Query(ctx, `SELECT voicemail_id, left_at FROM alert_matches WHERE alert_id = $1 AND delivery_id = ''
		ORDER BY left_at, voicemail_id LIMIT $2`, a.ID, store.MaxUntold)
	if err != nil {
		return "", err
	}
	untold, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (store.Match, error) {
		var m store.Match
		err := r.Scan(&m.VoicemailID, at(&m.LeftAt))
		return m, err
	})
	if err != nil {
		return "", err
	}
	v := a.Decide(untold, now)
	b = &pgx.Batch{}
	if len(v.Tell) > 0 {
		delivery, a.ToldAt = rand.Text(), now
		b.Queue(`INSERT INTO deliveries (id, alert_id, matches, state, attempts, made_at, due_at, reason, lease_token)
			VALUES ($1, $2, $3, 'due', 0, $4, $4, '', '')`, delivery, a.ID, len(v.Tell), now)
	}
	const mark = `UPDATE alert_matches SET delivery_id = $3 WHERE alert_id = $1 AND voicemail_id = ANY($2)`
	b.Queue(mark, a.ID, v.Tell, delivery)
	b.Queue(mark, a.ID, v.Pass, passedOver)
	b.Queue(`UPDATE alerts SET seen = GREATEST(seen, $2::bigint), told_at = $3, next_at = $4, lease_token = '', lease_until = NULL WHERE id = $1`,
		a.ID, f.Seen, known(a.ToldAt), known(v.NextAt))
	return delivery, t.run(ctx, b)
}

// passedOver stands in place of a delivery's id for matches that are not told.
const passedOver = "-"
