package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"time"

	"afterbeep/store"
)

// deliveryColumns are what deliveryInto reads, of deliveries AS d.
const deliveryColumns = `d.id, d.alert_id, d.matches, d.state, d.attempts, d.made_at, d.due_at, d.ended_at, d.reason`

// openDeliveries are those that are to be made, of alerts that are told.
const openDeliveries = `deliveries d JOIN alerts a ON a.id = d.alert_id JOIN users u ON u.id = a.user_id
	LEFT JOIN saved_searches s ON s.id = a.search_id AND (s.user_id = a.user_id OR s.shared)
	WHERE d.state IN ('due', 'leased') AND ` + goesOn

func deliveryInto(d *store.Delivery) []any {
	return []any{&d.ID, &d.AlertID, &d.Matches, &d.State, &d.Attempts, at(&d.MadeAt), at(&d.DueAt), at(&d.EndedAt), &d.Reason}
}

// ClaimDeliveries implements store.Alerts.
func (s *Store) ClaimDeliveries(ctx context.Context, limit int, lease time.Duration) ([]store.DeliveryLease, error) {
	if err := store.CheckLease(lease); err != nil {
		return nil, wrap("claim deliveries", err)
	}
	var leases []store.DeliveryLease
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		until := store.Cut(now.Add(lease))
		err := each(ctx, tx, `SELECT `+deliveryColumns+` FROM `+openDeliveries+` AND d.due_at <= ? ORDER BY d.due_at, d.id LIMIT ?`,
			[]any{known(now), store.Clamp(limit, store.MaxClaim)}, func(rows *sql.Rows) error {
				l := store.DeliveryLease{Token: rand.Text(), Until: until}
				err := rows.Scan(deliveryInto(&l.Delivery)...)
				l.Delivery.State = store.DeliveryDue
				leases = append(leases, l)
				return err
			})
		if err != nil {
			return err
		}
		for i := range leases {
			if err := leaseDelivery(ctx, tx, &leases[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, wrap("claim deliveries", err)
	}
	return leases, nil
}

// leaseDelivery writes a lease, and reads what its delivery is made of.
func leaseDelivery(ctx context.Context, tx *sql.Tx, l *store.DeliveryLease) (err error) {
	_, err = tx.ExecContext(ctx, `UPDATE deliveries SET state = 'leased', lease_token = ?2, due_at = ?3 WHERE id = ?1`,
		l.Delivery.ID, l.Token, known(l.Until))
	if err != nil {
		return err
	}
	if l.Alert, l.User, err = oneAlert(ctx, tx, alertQuery+` WHERE a.id = ?`, l.Delivery.AlertID); err != nil {
		return err
	}
	return each(ctx, tx, `SELECT voicemail_id FROM alert_matches WHERE delivery_id = ? AND delivery_id NOT IN ('', '-')
		ORDER BY left_at DESC, voicemail_id`, []any{l.Delivery.ID}, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		l.Told = append(l.Told, id)
		return err
	})
}

// RecordDelivery implements store.Alerts.
func (s *Store) RecordDelivery(ctx context.Context, l store.DeliveryLease, o store.DeliveryOutcome) error {
	o, err := o.Clean()
	if err != nil {
		return wrap("record delivery", err)
	}
	return wrap("record delivery", s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		var d store.Delivery
		err := tx.QueryRowContext(ctx, `SELECT `+deliveryColumns+` FROM deliveries d
			WHERE id = ? AND state = 'leased' AND lease_token = ? AND due_at > ?`,
			store.CleanText(l.Delivery.ID), store.CleanText(l.Token), known(now)).Scan(deliveryInto(&d)...)
		if errors.Is(err, sql.ErrNoRows) {
			return store.ErrLeaseLost
		}
		if err != nil {
			return err
		}
		return saveDelivery(ctx, tx, d.Ends(o, now))
	}))
}

func saveDelivery(ctx context.Context, tx *sql.Tx, d store.Delivery) error {
	_, err := tx.ExecContext(ctx, `UPDATE deliveries SET state = ?2, attempts = ?3, due_at = ?4, ended_at = ?5, reason = ?6, lease_token = '' WHERE id = ?1`,
		d.ID, d.State, d.Attempts, known(d.DueAt), known(d.EndedAt), d.Reason)
	return err
}

// Deliveries implements store.Alerts.
func (s *Store) Deliveries(ctx context.Context, userID int64, limit int) ([]store.Delivery, error) {
	var list []store.Delivery
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT `+deliveryColumns+` FROM deliveries d JOIN alerts a ON a.id = d.alert_id
			WHERE a.user_id = ? ORDER BY d.made_at DESC, d.id LIMIT ?`, []any{userID, store.Clamp(limit, store.MaxClaim)}, func(rows *sql.Rows) error {
			var d store.Delivery
			err := rows.Scan(deliveryInto(&d)...)
			list = append(list, d)
			return err
		})
	})
	if err != nil {
		return nil, wrap("list deliveries", err)
	}
	return list, nil
}

// WakeDelivery implements store.Alerts.
func (s *Store) WakeDelivery(ctx context.Context, userID int64, id string) error {
	return wrap("wake delivery", s.inTx(ctx, func(tx *sql.Tx) error {
		var d store.Delivery
		err := tx.QueryRowContext(ctx, `SELECT `+deliveryColumns+` FROM deliveries d JOIN alerts a ON a.id = d.alert_id
			WHERE d.id = ? AND a.user_id = ?`, store.CleanText(id), userID).Scan(deliveryInto(&d)...)
		if err != nil {
			return found(err)
		}
		if d, err = d.Wake(s.now()); err != nil {
			return err
		}
		return saveDelivery(ctx, tx, d)
	}))
}

// PruneDeliveries implements store.Alerts.
func (s *Store) PruneDeliveries(ctx context.Context, ended, givenUp time.Time, limit int) (int, error) {
	var ids []string
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		ids = nil
		err := each(ctx, tx, `SELECT id FROM deliveries WHERE ended_at IS NOT NULL AND (state IN ('sent', 'dropped') AND ended_at < ? OR state = 'dead' AND ended_at < ?)
			ORDER BY ended_at, id LIMIT ?`, []any{known(store.Cut(ended)), known(store.Cut(givenUp)), store.Clamp(limit, store.MaxClaim)}, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		})
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := forgetDelivery(ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, wrap("prune deliveries", err)
	}
	return len(ids), nil
}

// forgetDelivery deletes a delivery. What it told is passed over from now on, so
// that it is not told again.
func forgetDelivery(ctx context.Context, tx *sql.Tx, id string) error {
	_, err := tx.ExecContext(ctx, `UPDATE alert_matches SET delivery_id = ?2 WHERE delivery_id = ?1 AND delivery_id NOT IN ('', '-')`, id, passedOver)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM deliveries WHERE id = ?`, id)
	return err
}

// AlertSums implements store.Alerts.
func (s *Store) AlertSums(ctx context.Context) (store.AlertSums, error) {
	sums := store.AlertSums{Now: s.now()}
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM alerts WHERE NOT paused), (SELECT count(*) FROM deliveries WHERE state = 'dead'),
				count(*), min(d.due_at) FILTER (WHERE d.due_at <= ?)
			FROM `+openDeliveries, known(sums.Now)).Scan(&sums.Alerts, &sums.Dead, &sums.Waiting, at(&sums.Oldest))
	})
	if err != nil {
		return store.AlertSums{}, wrap("sum up alerts", err)
	}
	return sums, nil
}
