package main

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// measurePostgres builds and asks PostgreSQL's full-text search.
func measurePostgres(ctx context.Context, c *corpus, requests []request) (f *figures, err error) {
	server, err := startCluster(ctx, "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=8GB",
		"shared_buffers=2GB", "work_mem=256MB", "maintenance_work_mem=1GB", "effective_cache_size=8GB", "random_page_cost=1.1",
		"jit=off", "max_parallel_maintenance_workers=2", "log_min_messages=panic")
	if err != nil {
		return nil, err
	}
	defer func() {
		if eerr := server.end(); err == nil {
			err = eerr
		}
	}()
	conn, err := pgx.Connect(ctx, server.url())
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	f = &figures{Engine: "PostgreSQL FTS", Notes: []string{
		"the plain classes are timed without a total (Afterbeep's with one); months are a stored column, Afterbeep's follow the reader's zone"}}
	var version string
	if err := conn.QueryRow(ctx, `SHOW server_version`).Scan(&version); err != nil {
		return nil, err
	}
	f.About = "PostgreSQL " + version + ", configuration simple, stored tsvector with GIN, ts_rank, ts_headline on the hits shown; fuzzy: pg_trgm over the list of words; " +
		"fsync off, shared_buffers 2 GB, work_mem 256 MB, no JIT"
	began := time.Now()
	if err := buildPostgres(ctx, conn, c); err != nil {
		return nil, err
	}
	f.BuildSecs = time.Since(began).Seconds()
	f.BuildRate = float64(c.size) / f.BuildSecs
	var bytes int64
	if err := conn.QueryRow(ctx, `SELECT pg_total_relation_size('vm') + pg_total_relation_size('words')`).Scan(&bytes); err != nil {
		return nil, err
	}
	f.DiskMB = float64(bytes) / 1e6
	f.Classes, err = measureClasses(ctx, requests, func() (searcher, error) {
		conn, err := pgx.Connect(ctx, server.url())
		return postgresClient{conn}, err
	})
	return f, err
}

func buildPostgres(ctx context.Context, conn *pgx.Conn, c *corpus) error {
	if _, err := conn.Exec(ctx, `CREATE EXTENSION pg_trgm;
		CREATE UNLOGGED TABLE vm (id bigint, created timestamptz, month smallint, lang text, author text, bot text, session text, body text,
			words tsvector GENERATED ALWAYS AS (to_tsvector('simple', body)) STORED)`); err != nil {
		return err
	}
	copying, abandon := context.WithCancel(ctx)
	defer abandon()
	rows := make(chan []any, 1000)
	go func() {
		defer close(rows)
		for i, l := range c.lines {
			created, _ := time.Parse(time.RFC3339, l.CreatedOn) // it was formatted here
			select {
			case rows <- []any{int64(i), created, int16(monthOf(created)), l.Lang, l.AuthorID, l.BotID, l.SessionID, l.Text}:
			case <-copying.Done():
				return
			}
		}
	}()
	_, err := conn.CopyFrom(copying, pgx.Identifier{"vm"}, []string{"id", "created", "month", "lang", "author", "bot", "session", "body"},
		pgx.CopyFromFunc(func() ([]any, error) { return <-rows, nil }))
	if err != nil {
		return err
	}
	for _, order := range []string{
		`CREATE INDEX ON vm USING gin (words) WITH (fastupdate = off)`,
		`ALTER TABLE vm ADD PRIMARY KEY (id)`,
		`CREATE INDEX ON vm (lang, created)`,
		`CREATE UNLOGGED TABLE words AS SELECT word FROM ts_stat('SELECT words FROM vm')`,
		`CREATE INDEX ON words USING gin (word gin_trgm_ops)`,
		`VACUUM ANALYZE`,
	} {
		if _, err := conn.Exec(ctx, order); err != nil {
			return err
		}
	}
	return nil
}

// monthOf counts months from the first of the corpus.
func monthOf(t time.Time) int {
	return (t.Year()-firstDay.Year())*12 + int(t.Month()-firstDay.Month())
}

// postgresClient is one connection.
type postgresClient struct{ conn *pgx.Conn }

// tsquery is the request in PostgreSQL's language; errNoWay where no word is
// near enough, which is no error there.
func (p postgresClient) tsquery(ctx context.Context, r request) (string, error) {
	switch r.Kind {
	case "phrase":
		return strings.Join(r.Terms, " <-> "), nil
	case "prefix":
		return r.Terms[0] + ":*", nil
	case "or":
		return strings.Join(r.Terms, " | "), nil
	case "fuzzy":
		words, err := p.near(ctx, r.Terms[0])
		return strings.Join(words, " | "), err
	}
	return strings.Join(r.Terms, " & "), nil
}

// near are the words one edit away. Trigrams find the candidates; few words
// that are near have so few in common that they are missed.
func (p postgresClient) near(ctx context.Context, word string) ([]string, error) {
	rows, err := p.conn.Query(ctx, `SELECT word FROM words WHERE word % $1 AND length(word) BETWEEN $2 AND $3`,
		word, len(word)-1, len(word)+1)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	words := []string{word}
	for _, w := range all {
		if w != word && oneEdit(w, word) && isASCIILetters(w) {
			words = append(words, w)
		}
	}
	return words, err
}

const postgresFound = `FROM vm, to_tsquery('simple', $1) q WHERE words @@ q`

func (p postgresClient) search(ctx context.Context, r request) (answer, error) {
	q, err := p.tsquery(ctx, r)
	if err != nil {
		return answer{}, err
	}
	if r.Facets {
		return p.page(ctx, r, q)
	}
	args := []any{q}
	where := ""
	if r.From != 0 {
		where = ` AND lang = $2 AND created BETWEEN $3 AND $4`
		args = append(args, r.Lang, time.UnixMilli(r.From), time.UnixMilli(r.To))
	}
	rows, err := p.conn.Query(ctx, `SELECT id, ts_headline('simple', body, q) FROM
		(SELECT id, body, q `+postgresFound+where+` ORDER BY ts_rank(words, q) DESC, id LIMIT 20) top`, args...)
	if err != nil {
		return answer{}, err
	}
	defer rows.Close()
	a := answer{total: -1}
	for rows.Next() {
		a.hits++
	}
	return a, rows.Err()
}

// page asks for everything that the page shows in one statement.
func (p postgresClient) page(ctx context.Context, r request, q string) (answer, error) {
	order, rank := "rank DESC, id", "ts_rank(words, q)"
	if r.New {
		order, rank = "created DESC, id", "0::real"
	}
	rows, err := p.conn.Query(ctx, `WITH found AS MATERIALIZED (SELECT id, created, month, lang, author, `+rank+` AS rank `+postgresFound+`),
		top AS (SELECT id, created, rank FROM found ORDER BY `+order+` LIMIT 20)
		SELECT 'total', '', count(*) FROM found
		UNION ALL SELECT 'lang', lang, count(*) FROM found GROUP BY lang
		UNION ALL SELECT 'month', month::text, count(*) FROM found GROUP BY month
		UNION ALL (SELECT 'author', author, count(*) FROM found GROUP BY author ORDER BY 3 DESC LIMIT 10)
		UNION ALL SELECT 'hit', ts_headline('simple', body, to_tsquery('simple', $1)), (extract(epoch FROM created) * 1000)::bigint
			FROM (SELECT vm.body, top.* FROM top JOIN vm USING (id) ORDER BY `+order+`) shown`, q)
	if err != nil {
		return answer{}, err
	}
	defer rows.Close()
	var a answer
	for rows.Next() {
		var what, text string
		var n int64
		if err := rows.Scan(&what, &text, &n); err != nil {
			return answer{}, err
		}
		a.take(what, n, r.New)
	}
	return a, rows.Err()
}

// take adds a row of a page.
func (a *answer) take(what string, n int64, isNew bool) {
	switch {
	case what == "total":
		a.total = int(n)
	case what == "hit":
		a.hits++
		if isNew {
			a.last = append(a.last, n*1000)
		}
	}
}

func (p postgresClient) count(ctx context.Context, r request) (int, error) {
	q, err := p.tsquery(ctx, r)
	if err != nil {
		return 0, err
	}
	args := []any{q}
	where := ""
	if r.From != 0 {
		where = ` AND lang = $2 AND created BETWEEN $3 AND $4`
		args = append(args, r.Lang, time.UnixMilli(r.From), time.UnixMilli(r.To))
	}
	var n int
	err = p.conn.QueryRow(ctx, `SELECT count(*) `+postgresFound+where, args...).Scan(&n)
	return n, err
}
