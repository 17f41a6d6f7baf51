package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store/storetest"
)

const (
	crowded   = 100_000     // voicemails in a crowded archive
	seeds     = 150         // of which so many came over HTTP, and the others say what two of these say
	reception = "Reception" // the queue of what is told nowhere else
)

// crowd is a program on PostgreSQL with crowded voicemails over two years. All
// can be played: the copies from the audio of what they are copies of.
type crowd struct {
	in       *installation
	upstream *koresim.Server
	server   *process
	token    string // of ann, an administrator
}

// gather makes one that holds these messages too, the newest first and an hour
// apart. They are long enough that none ends while somebody looks around.
func gather(t *testing.T, said []string) *crowd {
	t.Helper()
	in := install(t)
	in.env["DATABASE_URL"] = storetest.Postgres(t)
	plain := koresim.Documented()
	c := &crowd{in: in}
	c.upstream = in.connect(koresim.Config{Quirks: &plain, Seed: 5, Voicemails: seeds, Other: -1, Trouble: -1, MediaSeconds: 4, Until: lately(), Span: 40 * time.Hour})
	for i, text := range said {
		c.upstream.Sim.Add(koresim.NewVoicemail{Texts: []string{text}, Lang: "en", Queue: reception, Caller: fmt.Sprintf("+1415555010%d", i),
			Start: lately().Add(-time.Duration(i) * time.Hour), Files: []koresim.NewFile{{Seconds: 20}}})
	}
	c.token = in.token("ann", "admin")
	first := in.serve()
	first.awaitKept(c.token, seeds+len(said))
	first.stop()
	multiply(t, in.env["DATABASE_URL"], crowded-seeds-len(said))
	c.server = in.serve()
	c.server.awaitTotal(c.token, crowded)
	return c
}

// seeding takes what is copied.
const seeding = `CREATE TEMP TABLE seed AS SELECT id, bot_id, session_id, lang, left_at, transcript, row_number() OVER (PARTITION BY lang ORDER BY id) - 1 AS place,
	count(*) OVER (PARTITION BY lang) AS peers, row_number() OVER (ORDER BY id) - 1 AS n FROM voicemails WHERE queue <> '` + reception + `'`

// planning says which copies there will be, $1 of them: each says what two
// voicemails of its language say, in a session of its own at a time of its own in
// the last two years.
const planning = `CREATE TEMP TABLE copy AS SELECT i, a.id AS a, b.id AS b, a.bot_id, a.session_id AS was, 'copy-' || i AS session_id, a.transcript || E'\n' || b.transcript AS transcript,
	a.left_at - interval '40 hours' - (i * 7919 % $1::bigint) * (interval '730 days' / $1::bigint::float8) AS left_at,
	(('x' || encode(substring(sha256(convert_to(a.bot_id, 'UTF8') || '\x00'::bytea || convert_to('copy-' || i, 'UTF8')) FROM 1 FOR 8), 'hex'))::bit(64)::bigint >> 11)
		& ((1::bigint << 53) - 1) AS id
	FROM generate_series(1, $1::bigint) AS i JOIN seed a ON a.n = i % (SELECT count(*) FROM seed)
	JOIN seed b ON b.lang = a.lang AND b.place = (a.place + 1 + i / (SELECT count(*) FROM seed)) % a.peers`

// copied are the tables that are copied: o is what a row is a copy of and c what
// differs in the copy, as these columns say.
var copied = []struct {
	table, join string
	columns     map[string]string
}{
	{"call_sessions", "o.bot_id = c.bot_id AND o.session_id = c.was", map[string]string{"session_id": "c.session_id", "conversation_id": "c.session_id",
		"started_at": "c.left_at", "ended_at": "c.left_at", "day_at": "c.left_at"}},
	{"voicemails", "o.id = c.a", map[string]string{"id": "c.id", "session_id": "c.session_id", "transcript": "c.transcript",
		"started_at": "c.left_at", "created_on": "c.left_at", "modified_on": "c.left_at", "left_at": "c.left_at"}},
	{"segments", "o.voicemail_id = c.a", map[string]string{"voicemail_id": "c.id", "created_on": "c.left_at", "modified_on": "c.left_at"}},
	{"segments", "o.voicemail_id = c.b", map[string]string{"voicemail_id": "c.id", "created_on": "c.left_at", "modified_on": "c.left_at", "position": "o.position + 100"}},
	{"recordings", "o.voicemail_id = c.a", map[string]string{"voicemail_id": "c.id"}},
	{"peaks", "o.voicemail_id = c.a", map[string]string{"voicemail_id": "c.id"}},
}

// told are the statements that let the copies be seen.
var told = []string{
	`INSERT INTO changes (seq, voicemail_id) SELECT f.seq + c.i, c.id FROM copy c, feed f`,
	`INSERT INTO change_tags (seq, tag) SELECT f.seq + c.i, 'copy-' || c.i FROM copy c, feed f`,
	`UPDATE feed SET seq = seq + (SELECT count(*) FROM copy)`,
	`ANALYZE`,
}

// multiply adds n copies of the voicemails of a database that nobody uses: one
// by one, as they come from an upstream, they would take minutes.
func multiply(t *testing.T, databaseURL string, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	do := func(statement string, args ...any) {
		t.Helper()
		if _, err := conn.Exec(ctx, statement, args...); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	do("BEGIN")
	do(seeding)
	do(planning, n)
	do("ANALYZE copy")
	for _, c := range copied {
		var names, values []string
		rows, _ := conn.Query(ctx, `SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`, c.table)
		columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range columns {
			names, values = append(names, name), append(values, cmp.Or(c.columns[name], "o."+name))
		}
		do(fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM copy c JOIN %[1]s o ON %[4]s", c.table, strings.Join(names, ", "), strings.Join(values, ", "), c.join))
	}
	for _, statement := range told {
		do(statement)
	}
	do("COMMIT")
}
