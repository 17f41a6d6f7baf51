package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// callbackColumns are what scanCallback reads, and queueCallback writes.
const callbackColumns = `voicemail_id, bot_id, queue, lang, left_at, case_id, lane, requested, confidence, listen, corrected, caller, number, name,
	found, repeats, due_at, status, assignee, lease_until, next_at, attempts, outcome, closed_at, seen_at, seen_by, heard_at, heard_by, acted,
	created_at, seq`

// inScope is a reader's scope as SQL over callbacks, with its arguments from $2
// to $5.
const inScope = ` AND ($2 OR bot_id = ANY($3)) AND ($4 OR queue = ANY($5))`

func scopeArgs(first any, s store.Scope) []any {
	return []any{first, s.EveryBot(), s.Bots(), s.EveryQueue(), s.Queues()}
}

func scanCallback(row pgx.CollectableRow) (store.Callback, error) {
	var c store.Callback
	err := row.Scan(&c.VoicemailID, &c.BotID, &c.Queue, &c.Lang, at(&c.LeftAt), &c.CaseID, &c.Lane, &c.Requested, &c.Confidence, &c.Listen, &c.Corrected,
		&c.Caller, &c.Number, &c.Name, &c.Found, &c.Repeats, at(&c.DueAt), &c.Status, &c.Assignee, at(&c.LeaseUntil), at(&c.NextAt), &c.Attempts,
		&c.Outcome, at(&c.ClosedAt), at(&c.SeenAt), &c.SeenBy, at(&c.HeardAt), &c.HeardBy, &c.Acted, at(&c.CreatedAt), &c.Seq)
	return c.Weighed(), err
}

// readCallbacks reads rows of callbackColumns.
func readCallbacks(ctx context.Context, t tx, query string, args ...any) ([]store.Callback, error) {
	rows, err := t.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanCallback)
}

// queueCallbacks writes the rows, without their numbers.
func queueCallbacks(b *pgx.Batch, list []store.Callback) {
	for _, c := range list {
		b.Queue(`INSERT INTO callbacks (`+callbackColumns+`, rank, order_at, listed) VALUES
			($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29,
			$30, $31, $32, $33, $34)
			ON CONFLICT (voicemail_id) DO UPDATE SET queue = excluded.queue, lang = excluded.lang, left_at = excluded.left_at,
			case_id = excluded.case_id, lane = excluded.lane, requested = excluded.requested, confidence = excluded.confidence,
			listen = excluded.listen, corrected = excluded.corrected, caller = excluded.caller, number = excluded.number, name = excluded.name,
			found = excluded.found, repeats = excluded.repeats, due_at = excluded.due_at, status = excluded.status, assignee = excluded.assignee,
			lease_until = excluded.lease_until, next_at = excluded.next_at, attempts = excluded.attempts, outcome = excluded.outcome,
			closed_at = excluded.closed_at, seen_at = excluded.seen_at, seen_by = excluded.seen_by, heard_at = excluded.heard_at,
			heard_by = excluded.heard_by, acted = excluded.acted, rank = excluded.rank, order_at = excluded.order_at, listed = excluded.listed`,
			c.VoicemailID, c.BotID, c.Queue, c.Lang, c.LeftAt, c.CaseID, c.Lane, c.Requested, c.Confidence, c.Listen, c.Corrected,
			c.Caller, c.Number, c.Name, c.Found, c.Repeats, known(c.DueAt), c.Status, c.Assignee, known(c.LeaseUntil), known(c.NextAt), c.Attempts,
			c.Outcome, known(c.ClosedAt), known(c.SeenAt), c.SeenBy, known(c.HeardAt), c.HeardBy, c.Acted, c.CreatedAt, c.Seq,
			c.Rank(), c.OrderAt(), c.Listed())
	}
}

// numberCallbacks numbers the rows as changed, and tells list. As queueChanges
// it belongs at the end of the transaction.
func numberCallbacks(b *pgx.Batch, list []store.Callback) {
	if len(list) == 0 {
		return
	}
	ids, place := make([]int64, len(list)), make(map[int64]int, len(list))
	for i, c := range list {
		ids[i], place[c.VoicemailID] = c.VoicemailID, i
	}
	b.Queue(`WITH head AS (UPDATE feed SET callbacks = callbacks + cardinality($1::bigint[]) RETURNING callbacks - cardinality($1::bigint[]) AS seq)
		UPDATE callbacks c SET seq = head.seq + o.n FROM head, unnest($1::bigint[]) WITH ORDINALITY AS o (id, n)
		WHERE c.voicemail_id = o.id RETURNING c.voicemail_id, c.seq`, ids).Query(func(rows pgx.Rows) error {
		var id, seq int64
		_, err := pgx.ForEachRow(rows, []any{&id, &seq}, func() error {
			list[place[id]].Seq = seq
			return nil
		})
		return err
	})
}

// queueEvents writes entries of histories; before is what the last one found.
func queueEvents(b *pgx.Batch, events []store.CallbackEvent, before string) {
	for i, e := range events {
		was := ""
		if i == len(events)-1 {
			was = before
		}
		b.Queue(`INSERT INTO callback_events (voicemail_id, at, done_by, verb, status_from, status_to, detail, note, number, before)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, e.VoicemailID, e.At, e.By, e.Verb, e.From, e.To, e.Detail, e.Note, e.Number, was)
	}
}

// queueCorrection writes what a person says of a voicemail; nil takes it back.
func queueCorrection(b *pgx.Batch, id int64, x *store.Correction) {
	if x == nil {
		b.Queue(`DELETE FROM corrections WHERE voicemail_id = $1`, id)
		return
	}
	b.Queue(`INSERT INTO corrections (voicemail_id, requested, number, made_by, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (voicemail_id) DO UPDATE SET requested = excluded.requested, number = excluded.number, made_by = excluded.made_by, at = excluded.at`,
		id, x.Requested, x.Number, x.By, x.At)
}

// Callback implements store.Callbacks.
func (s *Store) Callback(ctx context.Context, scope store.Scope, voicemailID int64) (store.Callback, error) {
	var c store.Callback
	err := s.inView(ctx, "read callback", func(ctx context.Context, t tx) error {
		list, now, err := callbacksOf(ctx, t, scope, []int64{voicemailID})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return store.ErrNotFound
		}
		c, _ = list[0].Lapse(now)
		return nil
	})
	return c, err
}

func callbacksOf(ctx context.Context, t tx, scope store.Scope, ids []int64) ([]store.Callback, time.Time, error) {
	now, err := t.now(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	list, err := readCallbacks(ctx, t, `SELECT `+callbackColumns+` FROM callbacks WHERE voicemail_id = ANY($1)`+inScope, scopeArgs(ids, scope)...)
	return list, now, err
}

// CallbacksOf implements store.Callbacks.
func (s *Store) CallbacksOf(ctx context.Context, scope store.Scope, voicemailIDs []int64) (map[int64]store.Callback, error) {
	byID := make(map[int64]store.Callback, len(voicemailIDs))
	if len(voicemailIDs) == 0 {
		return byID, ctx.Err()
	}
	err := s.inView(ctx, "read callbacks", func(ctx context.Context, t tx) error {
		list, now, err := callbacksOf(ctx, t, scope, voicemailIDs)
		for _, c := range list {
			byID[c.VoicemailID], _ = c.Lapse(now)
		}
		return err
	})
	return byID, err
}

// CaseOf implements store.Callbacks.
func (s *Store) CaseOf(ctx context.Context, scope store.Scope, voicemailID int64) ([]store.Callback, error) {
	var list []store.Callback
	err := s.inView(ctx, "read the case of a callback", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		list, err = readCallbacks(ctx, t, `SELECT `+callbackColumns+` FROM callbacks WHERE `+seesWork+`
			AND case_id = (SELECT case_id FROM callbacks WHERE voicemail_id = $5) ORDER BY left_at, voicemail_id LIMIT $6`,
			append(seenBy(scope), voicemailID, store.MaxCase)...)
		for i, c := range list {
			list[i], _ = c.Lapse(now)
		}
		return err
	})
	return list, err
}

// Finding implements store.Callbacks.
func (s *Store) Finding(ctx context.Context, scope store.Scope, voicemailID int64) (store.Finding, error) {
	var body string
	err := s.inView(ctx, "read finding", func(ctx context.Context, t tx) error {
		return t.QueryRow(ctx, `SELECT COALESCE(f.body, '') FROM voicemails v LEFT JOIN findings f ON f.voicemail_id = v.id WHERE v.id = $1`+inScope,
			scopeArgs(voicemailID, scope)...).Scan(&body)
	})
	if err != nil {
		return store.Finding{}, err
	}
	return store.DecodeFinding(body)
}

// FindingsOf implements store.Callbacks.
func (s *Store) FindingsOf(ctx context.Context, scope store.Scope, voicemailIDs []int64) (map[int64]store.Finding, error) {
	byID := make(map[int64]store.Finding, len(voicemailIDs))
	if len(voicemailIDs) == 0 {
		return byID, ctx.Err()
	}
	err := s.inView(ctx, "read findings", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT v.id, f.body FROM voicemails v JOIN findings f ON f.voicemail_id = v.id WHERE v.id = ANY($1)`+inScope,
			scopeArgs(voicemailIDs, scope)...)
		if err != nil {
			return err
		}
		var id int64
		var body string
		_, err = pgx.ForEachRow(rows, []any{&id, &body}, func() (err error) {
			byID[id], err = store.DecodeFinding(body)
			return err
		})
		return err
	})
	return byID, err
}

// CallbackEvents implements store.Callbacks.
func (s *Store) CallbackEvents(ctx context.Context, scope store.Scope, voicemailID int64) ([]store.CallbackEvent, error) {
	var list []store.CallbackEvent
	err := s.inView(ctx, "list events of a callback", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT e.id, e.voicemail_id, e.at, e.done_by, e.verb, e.status_from, e.status_to, e.detail, e.note, e.number
			FROM callback_events e JOIN voicemails v ON v.id = e.voicemail_id WHERE v.id = $1`+inScope+` ORDER BY e.id`, scopeArgs(voicemailID, scope)...)
		if err != nil {
			return err
		}
		list, err = pgx.AppendRows(list[:0], rows, func(r pgx.CollectableRow) (store.CallbackEvent, error) {
			var e store.CallbackEvent
			err := r.Scan(&e.ID, &e.VoicemailID, at(&e.At), &e.By, &e.Verb, &e.From, &e.To, &e.Detail, &e.Note, &e.Number)
			return e, err
		})
		return err
	})
	return list, err
}

// Corrections implements store.Callbacks.
func (s *Store) Corrections(ctx context.Context, scope store.Scope, after int64, limit int) ([]store.Correction, error) {
	var list []store.Correction
	err := s.inView(ctx, "list corrections", func(ctx context.Context, t tx) (err error) {
		list, err = readCorrections(ctx, t, `JOIN voicemails v ON v.id = x.voicemail_id WHERE x.voicemail_id > $1`+inScope+
			` ORDER BY x.voicemail_id LIMIT $6`, append(scopeArgs(after, scope), store.Clamp(limit, store.MaxCorrections))...)
		return err
	})
	return list, err
}

func readCorrections(ctx context.Context, t tx, rest string, args ...any) ([]store.Correction, error) {
	rows, err := t.Query(ctx, `SELECT x.voicemail_id, x.requested, x.number, x.made_by, x.at FROM corrections x `+rest, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (store.Correction, error) {
		var x store.Correction
		err := r.Scan(&x.VoicemailID, &x.Requested, &x.Number, &x.By, at(&x.At))
		return x, err
	})
}

// CallbackChanges implements store.Callbacks.
func (s *Store) CallbackChanges(ctx context.Context, after int64, limit int) ([]store.Callback, error) {
	var list []store.Callback
	err := s.inView(ctx, "read changes of callbacks", func(ctx context.Context, t tx) (err error) {
		list, err = readCallbacks(ctx, t, `SELECT `+callbackColumns+` FROM callbacks WHERE seq > $1 ORDER BY seq LIMIT $2`,
			after, store.Clamp(limit, store.MaxChanges))
		return err
	})
	return list, err
}

// LastCallbackChange implements store.Callbacks.
func (s *Store) LastCallbackChange(ctx context.Context) (int64, error) {
	var seq int64
	err := s.inView(ctx, "read the last change of callbacks", func(ctx context.Context, t tx) error {
		return t.QueryRow(ctx, `SELECT COALESCE(max(seq), 0) FROM callbacks`).Scan(&seq)
	})
	return seq, err
}
