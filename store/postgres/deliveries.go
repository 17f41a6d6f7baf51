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
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	var leases []store.DeliveryLease
	err := s.inTx(ctx, "claim deliveries", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		rows, err := t.Query(ctx, `SELECT `+deliveryColumns+` FROM `+openDeliveries+` AND d.due_at <= $1
			ORDER BY d.due_at, d.id LIMIT $2 FOR UPDATE OF d SKIP LOCKED`, now, store.Clamp(limit, store.MaxClaim))
		if err != nil {
			return err
		}
		leases, err = pgx.AppendRows(leases[:0], rows, func(r pgx.CollectableRow) (store.DeliveryLease, error) {
			l := store.DeliveryLease{Token: rand.Text(), Until: store.Cut(now.Add(lease))}
			err := r.Scan(deliveryInto(&l.Delivery)...)
			l.Delivery.State = store.DeliveryDue
			return l, err
		})
		if err != nil {
			return err
		}
		return leaseDeliveries(ctx, t, leases)
	})
	if err != nil {
		return nil, err
	}
	return leases, nil
}

// leaseDeliveries writes the leases of rows that are locked, and reads what they
// are made of.
func leaseDeliveries(ctx context.Context, t tx, leases []store.DeliveryLease) error {
	b := &pgx.Batch{}
	for i := range leases {
		l := &leases[i]
		b.Queue(`UPDATE deliveries SET state = 'leased', lease_token = $2, due_at = $3 WHERE id = $1`, l.Delivery.ID, l.Token, l.Until)
		b.Queue(alertQuery+` WHERE a.id = $1`, l.Delivery.AlertID).QueryRow(func(row pgx.Row) error {
			var err error
			l.Alert, l.User, err = scanAlert(row)
			return err
		})
		b.Queue(`SELECT voicemail_id FROM alert_matches WHERE delivery_id = $1 AND delivery_id NOT IN ('', '-')
			ORDER BY left_at DESC, voicemail_id`, l.Delivery.ID).Query(func(rows pgx.Rows) error {
			var err error
			l.Told, err = pgx.AppendRows(l.Told[:0], rows, pgx.RowTo[int64])
			return err
		})
	}
	return t.run(ctx, b)
}

// RecordDelivery implements store.Alerts.
func (s *Store) RecordDelivery(ctx context.Context, l store.DeliveryLease, o store.DeliveryOutcome) error {
	o, err := o.Clean()
	if err != nil {
		return fmt.Errorf("record delivery: %w", err)
	}
	return s.inTx(ctx, "record delivery", func(ctx context.Context, t tx) error {
		var d store.Delivery
		err := t.QueryRow(ctx, `SELECT `+deliveryColumns+` FROM deliveries d WHERE id = $1 AND state = 'leased' AND lease_token = $2 FOR UPDATE`,
			store.CleanText(l.Delivery.ID), store.CleanText(l.Token)).Scan(deliveryInto(&d)...)
		if errors.Is(err, pgx.ErrNoRows) {
			return store.ErrLeaseLost
		}
		if err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		if !d.DueAt.After(now) {
			return store.ErrLeaseLost
		}
		return saveDelivery(ctx, t, d.Ends(o, now))
	})
}

func saveDelivery(ctx context.Context, t tx, d store.Delivery) error {
	_, err := t.Exec(ctx, `UPDATE deliveries SET state = $2, attempts = $3, due_at = $4, ended_at = $5, reason = $6, lease_token = '' WHERE id = $1`,
		d.ID, d.State, d.Attempts, known(d.DueAt), known(d.EndedAt), d.Reason)
	return err
}

// Deliveries implements store.Alerts.
func (s *Store) Deliveries(ctx context.Context, userID int64, limit int) ([]store.Delivery, error) {
	var list []store.Delivery
	err := s.inView(ctx, "list deliveries", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT `+deliveryColumns+` FROM deliveries d JOIN alerts a ON a.id = d.alert_id
			WHERE a.user_id = $1 ORDER BY d.made_at DESC, d.id LIMIT $2`, userID, store.Clamp(limit, store.MaxClaim))
		if err != nil {
			return err
		}
		list, err = pgx.AppendRows(list[:0], rows, func(r pgx.CollectableRow) (store.Delivery, error) {
			var d store.Delivery
			err := r.Scan(deliveryInto(&d)...)
			return d, err
		})
		return err
	})
	return list, err
}

// WakeDelivery implements store.Alerts.
func (s *Store) WakeDelivery(ctx context.Context, userID int64, id string) error {
	return s.inTx(ctx, "wake delivery", func(ctx context.Context, t tx) error {
		var d store.Delivery
		err := t.QueryRow(ctx, `SELECT `+deliveryColumns+` FROM deliveries d JOIN alerts a ON a.id = d.alert_id
			WHERE d.id = $1 AND a.user_id = $2 FOR UPDATE OF d`, store.CleanText(id), userID).Scan(deliveryInto(&d)...)
		if err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		if d, err = d.Wake(now); err != nil {
			return err
		}
		return saveDelivery(ctx, t, d)
	})
}

// PruneDeliveries implements store.Alerts.
func (s *Store) PruneDeliveries(ctx context.Context, ended, givenUp time.Time, limit int) (int, error) {
	var ids []string
	err := s.inTx(ctx, "prune deliveries", func(ctx context.Context, t tx) error {
		// Locked, so that none is woken meanwhile.
		rows, err := t.Query(ctx, `SELECT id FROM deliveries WHERE ended_at IS NOT NULL AND (state IN ('sent', 'dropped') AND ended_at < $1 OR state = 'dead' AND ended_at < $2)
			ORDER BY ended_at, id LIMIT $3 FOR UPDATE SKIP LOCKED`, store.Cut(ended), store.Cut(givenUp), store.Clamp(limit, store.MaxClaim))
		if err != nil {
			return err
		}
		if ids, err = pgx.AppendRows(ids[:0], rows, pgx.RowTo[string]); err != nil || len(ids) == 0 {
			return err
		}
		b := &pgx.Batch{}
		// What they told is passed over from now on, so that it is not told again.
		b.Queue(`UPDATE alert_matches SET delivery_id = $2 WHERE delivery_id = ANY ($1) AND delivery_id NOT IN ('', '-')`, ids, passedOver)
		b.Queue(`DELETE FROM deliveries WHERE id = ANY ($1)`, ids)
		return t.run(ctx, b)
	})
	if err != nil {
		return 0, err
	}
	return len(ids), nil
}

// AlertSums implements store.Alerts.
func (s *Store) AlertSums(ctx context.Context) (store.AlertSums, error) {
	var sums store.AlertSums
	err := s.inView(ctx, "sum up alerts", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		sums = store.AlertSums{Now: now}
		return t.QueryRow(ctx, `SELECT (SELECT count(*) FROM alerts WHERE NOT paused), (SELECT count(*) FROM deliveries WHERE state = 'dead'),
				count(*), min(d.due_at) FILTER (WHERE d.due_at <= $1)
			FROM `+openDeliveries, now).Scan(&sums.Alerts, &sums.Dead, &sums.Waiting, at(&sums.Oldest))
	})
	return sums, err
}
