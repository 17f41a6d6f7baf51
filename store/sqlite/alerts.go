package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"afterbeep/store"
)

// alertQuery reads alerts with the searches that their users see.
const alertQuery = `SELECT a.id, a.kind, COALESCE(a.search_id, 0), a.user_id, a.channel, a.target, a.sealed, a.excerpts, a.more_than, a.within_us, a.older_than_us, a.every_us,
		a.quiet_from, a.quiet_to, a.quiet_weekends, a.zone, a.paused, a.created_at, a.since, a.since_at, a.seen, a.told_at, a.next_at,
		COALESCE(s.id, 0), COALESCE(s.user_id, 0), COALESCE(o.name, ''), COALESCE(s.name, ''), COALESCE(s.params, ''),
		COALESCE(s.shared, 0), s.created_at, s.changed_at, ` + userColumns + `
	FROM alerts a JOIN users u ON u.id = a.user_id
	LEFT JOIN saved_searches s ON s.id = a.search_id AND (s.user_id = a.user_id OR s.shared)
	LEFT JOIN users o ON o.id = s.user_id`

// goesOn is the condition for an alert that is told.
const goesOn = `NOT a.paused AND NOT u.disabled AND (s.id IS NOT NULL OR a.kind = 'overdue')`

// scanAlert reads alertQuery with a row's Scan.
func scanAlert(scan func(...any) error) (store.Alert, store.User, error) {
	var a store.Alert
	var within, older, every int64
	q, s := &a.Quiet, &a.Search
	into := []any{&a.ID, &a.Kind, &a.SearchID, &a.UserID, &a.Channel, &a.Target, &a.Sealed, &a.Excerpts, &a.MoreThan, &within, &older, &every,
		&q.From, &q.To, &q.Weekends, &q.Zone, &a.Paused, at(&a.CreatedAt), &a.Since, at(&a.SinceAt), &a.Seen, at(&a.ToldAt), at(&a.NextAt),
		&s.ID, &s.UserID, &s.Owner, &s.Name, &s.Params, &s.Shared, at(&s.CreatedAt), at(&s.ChangedAt)}
	u, err := scanUser(func(user ...any) error { return scan(append(into, user...)...) })
	a.Within, a.OlderThan, a.Every = time.Duration(within)*time.Microsecond, time.Duration(older)*time.Microsecond, time.Duration(every)*time.Microsecond
	return a, u, err
}

// oneAlert reads the first alert of a query.
func oneAlert(ctx context.Context, tx *sql.Tx, query string, args ...any) (store.Alert, store.User, error) {
	a, u, err := scanAlert(tx.QueryRowContext(ctx, query, args...).Scan)
	return a, u, found(err)
}

// Alerts implements store.Alerts.
func (s *Store) Alerts(ctx context.Context, userID int64) ([]store.Alert, error) {
	var list []store.Alert
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, alertQuery+` WHERE a.user_id = ? ORDER BY a.id`, []any{userID}, func(rows *sql.Rows) error {
			a, _, err := scanAlert(rows.Scan)
			list = append(list, a)
			return err
		})
	})
	if err != nil {
		return nil, wrap("list alerts", err)
	}
	return list, nil
}

// SaveAlert implements store.Alerts.
func (s *Store) SaveAlert(ctx context.Context, a store.Alert) (store.Alert, error) {
	a, err := a.Clean()
	if err != nil {
		return store.Alert{}, wrap("save alert", err)
	}
	var kept store.Alert
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		if err := userExists(ctx, tx, a.UserID); err != nil {
			return err
		}
		var head int64
		err := tx.QueryRowContext(ctx, `SELECT seq FROM feed`).Scan(&head)
		if err != nil {
			return err
		}
		id := a.ID
		if id == 0 {
			id, err = s.addAlert(ctx, tx, a, head)
		} else {
			err = changeAlert(ctx, tx, a, head, s.now())
		}
		if err != nil {
			return err
		}
		kept, _, err = oneAlert(ctx, tx, alertQuery+` WHERE a.id = ?`, id)
		return err
	})
	if err != nil {
		return store.Alert{}, wrap("save alert", err)
	}
	return kept, nil
}

func (s *Store) addAlert(ctx context.Context, tx *sql.Tx, a store.Alert, head int64) (int64, error) {
	if a.Kind == store.AlertSearch {
		if _, err := savedSearch(ctx, tx, a.UserID, a.SearchID); err != nil {
			return 0, err
		}
	}
	var has int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM alerts WHERE user_id = ?`, a.UserID).Scan(&has); err != nil {
		return 0, err
	}
	if has >= store.MaxAlerts {
		return 0, fmt.Errorf("%d alerts are the most: %w", store.MaxAlerts, store.ErrInvalid)
	}
	q, now := a.Quiet, store.Cut(s.now())
	err := tx.QueryRowContext(ctx, `INSERT INTO alerts (kind, search_id, user_id, channel, target, sealed, excerpts, more_than, within_us, older_than_us, every_us,
			quiet_from, quiet_to, quiet_weekends, zone, paused, created_at, since_at, next_at, since, seen, lease_token)
		VALUES (?1, nullif(?2, 0), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?17, ?18, ?19, ?19, '') RETURNING id`,
		a.Kind, a.SearchID, a.UserID, a.Channel, a.Target, a.Sealed, a.Excerpts, a.MoreThan, a.Within.Microseconds(), a.OlderThan.Microseconds(), a.Every.Microseconds(),
		q.From, q.To, q.Weekends, q.Zone, a.Paused, known(now), known(a.FirstLook(now)), head).Scan(&a.ID)
	return a.ID, err
}

// changeAlert writes the settings of an alert. A look that is under way ends
// with nothing told, for it was by the settings before.
func changeAlert(ctx context.Context, tx *sql.Tx, a store.Alert, head int64, now time.Time) error {
	had, _, err := oneAlert(ctx, tx, alertQuery+` WHERE a.id = ? AND a.user_id = ?`, a.ID, a.UserID)
	if err != nil {
		return err
	}
	a = store.ChangeAlert(had, a, head, now)
	q := a.Quiet
	_, err = tx.ExecContext(ctx, `UPDATE alerts SET channel = ?2, target = ?3, sealed = ?4, excerpts = ?5, more_than = ?6, within_us = ?7, every_us = ?8,
			quiet_from = ?9, quiet_to = ?10, quiet_weekends = ?11, zone = ?12, paused = ?13, since = ?14, seen = ?15, next_at = ?16, older_than_us = ?17, since_at = ?18,
			lease_token = '', lease_until = NULL
		WHERE id = ?1`, a.ID, a.Channel, a.Target, a.Sealed, a.Excerpts, a.MoreThan, a.Within.Microseconds(), a.Every.Microseconds(),
		q.From, q.To, q.Weekends, q.Zone, a.Paused, a.Since, a.Seen, known(a.NextAt), a.OlderThan.Microseconds(), known(a.SinceAt))
	return err
}

// DeleteAlert implements store.Alerts.
func (s *Store) DeleteAlert(ctx context.Context, userID, id int64) error {
	return wrap("delete alert", s.inTx(ctx, func(tx *sql.Tx) error {
		n, err := affected(tx.ExecContext(ctx, `DELETE FROM alerts WHERE id = ? AND user_id = ?`, id, userID))
		if err == nil && n == 0 {
			err = store.ErrNotFound
		}
		return err
	}))
}

// ClaimAlerts implements store.Alerts.
func (s *Store) ClaimAlerts(ctx context.Context, through int64, limit int, lease time.Duration) ([]store.AlertLease, error) {
	if err := store.CheckLease(lease); err != nil {
		return nil, wrap("claim alerts", err)
	}
	var leases []store.AlertLease
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		until := store.Cut(now.Add(lease))
		err := each(ctx, tx, alertQuery+` WHERE `+goesOn+` AND (a.kind = '' AND a.seen < ?1 OR a.next_at <= ?2) AND (a.lease_until IS NULL OR a.lease_until <= ?2)
			ORDER BY a.seen, a.id LIMIT ?3`, []any{through, known(now), store.Clamp(limit, store.MaxClaim)}, func(rows *sql.Rows) error {
			a, u, err := scanAlert(rows.Scan)
			leases = append(leases, store.AlertLease{Alert: a, User: u, Token: rand.Text(), Until: until})
			return err
		})
		if err != nil {
			return err
		}
		for _, l := range leases {
			_, err := tx.ExecContext(ctx, `UPDATE alerts SET lease_token = ?2, lease_until = ?3 WHERE id = ?1`, l.Alert.ID, l.Token, known(l.Until))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, wrap("claim alerts", err)
	}
	return leases, nil
}

// Changed implements store.Alerts.
func (s *Store) Changed(ctx context.Context, after, through, since int64, limit int) ([]store.Changed, error) {
	var list []store.Changed
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT seq, voicemail_id FROM changes WHERE seq > ? AND seq <= ? AND news > ? ORDER BY seq LIMIT ?`,
			[]any{after, through, since, store.Clamp(limit, store.MaxChanges)}, func(rows *sql.Rows) error {
				var c store.Changed
				err := rows.Scan(&c.Seq, &c.VoicemailID)
				list = append(list, c)
				return err
			})
	})
	if err != nil {
		return nil, wrap("list what changed", err)
	}
	return list, nil
}

// RecordAlert implements store.Alerts.
func (s *Store) RecordAlert(ctx context.Context, l store.AlertLease, f store.AlertFound) (string, error) {
	var delivery string
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		a, _, err := oneAlert(ctx, tx, alertQuery+` WHERE a.id = ? AND a.lease_token = ? AND a.lease_until > ?`,
			l.Alert.ID, store.CleanText(l.Token), known(now))
		if errors.Is(err, store.ErrNotFound) || l.Token == "" {
			return store.ErrLeaseLost
		}
		if err != nil {
			return err
		}
		delivery, err = recordFound(ctx, tx, a, f, now)
		return err
	})
	if err != nil {
		return "", wrap("record alert", err)
	}
	return delivery, nil
}

// recordFound keeps what was found and tells what is to be told.
func recordFound(ctx context.Context, tx *sql.Tx, a store.Alert, f store.AlertFound, now time.Time) (delivery string, err error) {
	for _, m := range f.Matches {
		_, err := tx.ExecContext(ctx, `INSERT INTO alert_matches (alert_id, voicemail_id, left_at, delivery_id) VALUES (?,?,?,'')
			ON CONFLICT (alert_id, voicemail_id) DO NOTHING`, a.ID, m.VoicemailID, store.Cut(m.LeftAt).UnixMicro())
		if err != nil {
			return "", err
		}
	}
	var untold []store.Match
	err = each(ctx, tx, `SELECT voicemail_id, left_at FROM alert_matches WHERE alert_id = ? AND delivery_id = ''
		ORDER BY left_at, voicemail_id LIMIT ?`, []any{a.ID, store.MaxUntold}, func(rows *sql.Rows) error {
		var m store.Match
		err := rows.Scan(&m.VoicemailID, at(&m.LeftAt))
		untold = append(untold, m)
		return err
	})
	if err != nil {
		return "", err
	}
	v := a.Decide(untold, now)
	if len(v.Tell) > 0 {
		delivery, a.ToldAt = rand.Text(), now
		_, err := tx.ExecContext(ctx, `INSERT INTO deliveries (id, alert_id, matches, state, attempts, made_at, due_at, reason, lease_token)
			VALUES (?1, ?2, ?3, 'due', 0, ?4, ?4, '', '')`, delivery, a.ID, len(v.Tell), known(now))
		if err != nil {
			return "", err
		}
	}
	if err := markMatches(ctx, tx, a.ID, v.Tell, delivery); err != nil {
		return "", err
	}
	if err := markMatches(ctx, tx, a.ID, v.Pass, passedOver); err != nil {
		return "", err
	}
	_, err = tx.ExecContext(ctx, `UPDATE alerts SET seen = max(seen, ?2), told_at = ?3, next_at = ?4, lease_token = '', lease_until = NULL WHERE id = ?1`,
		a.ID, f.Seen, known(a.ToldAt), known(v.NextAt))
	return delivery, err
}

// passedOver stands in place of a delivery's id for matches that are not told.
const passedOver = "-"

func markMatches(ctx context.Context, tx *sql.Tx, alertID int64, ids []int64, mark string) error {
	for _, id := range ids {
		_, err := tx.ExecContext(ctx, `UPDATE alert_matches SET delivery_id = ?3 WHERE alert_id = ?1 AND voicemail_id = ?2`, alertID, id, mark)
		if err != nil {
			return err
		}
	}
	return nil
}
