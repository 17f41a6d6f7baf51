package main

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// measureSQLite builds and asks FTS5: through the sqlite3 command where it is
// installed, which is SQLite compiled from C, else through the driver that
// Afterbeep uses, which is slower.
func measureSQLite(ctx context.Context, c *corpus, requests []request, o options) (*figures, error) {
	dir, path := o.Dir, filepath.Join(o.Dir, "fts5.db")
	if err := os.RemoveAll(path); err != nil { // of a folder that was kept
		return nil, err
	}
	f := &figures{Engine: "SQLite FTS5", Notes: []string{
		"the plain classes are timed without a total (Afterbeep's with one); months are a stored column; no fuzzy search (spellfix is not there)"}}
	open := func() (*sqliteClient, error) { return openSQLite(o.SQLite, path) }
	client, err := open()
	if err != nil {
		return nil, err
	}
	defer client.close()
	version, err := client.ask(ctx, "SELECT 'version', sqlite_version(), 0;")
	if err != nil {
		return nil, err
	}
	f.About = "SQLite " + version[0][1] + " (" + client.name + "), FTS5 unicode61, external content, prefix='2 3 4', bm25, snippet; synchronous off, mmap 4 GB, cache 256 MB"
	if err := writeRows(filepath.Join(dir, "rows"), c); err != nil {
		return nil, err
	}
	began := time.Now()
	if err := client.build(ctx, filepath.Join(dir, "rows")); err != nil {
		return nil, err
	}
	f.BuildSecs = time.Since(began).Seconds()
	f.BuildRate = float64(c.size) / f.BuildSecs
	if f.DiskMB, err = folderMB(path); err != nil {
		return nil, err
	}
	if err := os.Remove(filepath.Join(dir, "rows")); err != nil {
		return nil, err
	}
	var all []*sqliteClient
	defer func() {
		for _, c := range all {
			c.close()
		}
	}()
	f.Classes, err = measureClasses(ctx, requests, func() (searcher, error) {
		one, err := open()
		if err == nil {
			all = append(all, one)
		}
		return one, err
	})
	return f, err
}

// The separators of the file that rows are imported from.
const (
	unitSeparator   = "\x1f"
	recordSeparator = "\x1e"
)

func writeRows(path string, c *corpus) error {
	return writeFile(path, func(w io.Writer) error {
		for i, l := range c.lines {
			created, err := time.Parse(time.RFC3339, l.CreatedOn)
			if err != nil {
				return err
			}
			fields := []string{strconv.Itoa(i + 1), strconv.FormatInt(created.UnixMilli(), 10), strconv.Itoa(monthOf(created)),
				l.Lang, l.AuthorID, l.BotID, l.SessionID, l.Text}
			if _, err := io.WriteString(w, strings.Join(fields, unitSeparator)+recordSeparator); err != nil {
				return err
			}
		}
		return nil
	})
}

// sqliteClient is one connection: a sqlite3 command that is fed with orders,
// or the driver.
type sqliteClient struct {
	name  string
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	db    *sql.DB
	conn  *sql.Conn
	turns int
}

const sqlitePragmas = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA mmap_size=4294967296; PRAGMA cache_size=-262144; PRAGMA temp_store=MEMORY;"

func openSQLite(command, path string) (*sqliteClient, error) {
	c := &sqliteClient{}
	program, err := exec.LookPath(command)
	if err != nil {
		return c, c.openDriver(path)
	}
	c.name = "the sqlite3 command, over a pipe"
	c.cmd = exec.Command(program, "-batch", "-bail", path)
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = bufio.NewReaderSize(out, 1<<16)
	c.cmd.Stderr = os.Stderr
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	_, err = c.ask(context.Background(), ".separator \""+`\037`+"\" \""+`\036`+"\"\n"+sqlitePragmas)
	return c, err
}

func (c *sqliteClient) openDriver(path string) error {
	c.name = "modernc.org/sqlite, translated from C and slower than it"
	var err error
	if c.db, err = sql.Open("sqlite", "file:"+path); err != nil {
		return err
	}
	if c.conn, err = c.db.Conn(context.Background()); err != nil {
		return err
	}
	_, err = c.conn.ExecContext(context.Background(), sqlitePragmas)
	return err
}

func (c *sqliteClient) close() {
	if c.db != nil {
		_ = c.conn.Close()
		_ = c.db.Close() // of a file that is thrown away
		return
	}
	_ = c.in.Close()
	_ = c.cmd.Wait() // it ends with its input
}

// ask runs orders and returns the rows of all of them.
func (c *sqliteClient) ask(ctx context.Context, orders string) ([][]string, error) {
	if c.db != nil {
		return c.askDriver(ctx, orders)
	}
	c.turns++
	end := fmt.Sprintf("end-%d", c.turns)
	if _, err := io.WriteString(c.in, orders+"\n.print "+end+"\n"); err != nil {
		return nil, fmt.Errorf("ask sqlite3: %w", err)
	}
	var text strings.Builder
	for {
		line, err := c.out.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("read of sqlite3: %w", err)
		}
		if strings.HasSuffix(line, end+"\n") {
			text.WriteString(strings.TrimSuffix(line, end+"\n"))
			break
		}
		text.WriteString(line)
	}
	var rows [][]string
	for row := range strings.SplitSeq(text.String(), recordSeparator) {
		if fields := strings.Split(row, unitSeparator); len(fields) == 3 {
			rows = append(rows, fields)
		}
	}
	return rows, nil
}

// askDriver runs orders one by one: the driver returns rows of one only.
func (c *sqliteClient) askDriver(ctx context.Context, orders string) ([][]string, error) {
	var all [][]string
	for order := range strings.SplitSeq(orders, ";") {
		rows, err := c.conn.QueryContext(ctx, order)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			row := make([]string, 3)
			if err := rows.Scan(&row[0], &row[1], &row[2]); err != nil {
				_ = rows.Close()
				return nil, err
			}
			all = append(all, row)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// build makes the tables from a file of rows. Texts stand apart from what is
// counted, so that counting reads less.
func (c *sqliteClient) build(ctx context.Context, rows string) error {
	const tables = `CREATE TABLE meta (id INTEGER PRIMARY KEY, created INTEGER, month INTEGER, lang TEXT, author TEXT);
		CREATE TABLE body (id INTEGER PRIMARY KEY, bot TEXT, session TEXT, text TEXT);
		CREATE VIRTUAL TABLE fts USING fts5(text, content='body', content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='2 3 4');
		CREATE TABLE raw (id INTEGER PRIMARY KEY, created INTEGER, month INTEGER, lang TEXT, author TEXT, bot TEXT, session TEXT, text TEXT);`
	const fill = `INSERT INTO meta SELECT id, created, month, lang, author FROM raw;
		INSERT INTO body SELECT id, bot, session, text FROM raw;
		DROP TABLE raw;
		INSERT INTO fts(rowid, text) SELECT id, text FROM body;
		INSERT INTO fts(fts) VALUES ('optimize');
		CREATE INDEX meta_lang ON meta (lang, created);
		ANALYZE; VACUUM;`
	if c.db == nil {
		_, err := c.ask(ctx, tables+"\n.import --ascii "+rows+" raw\n"+fill)
		return err
	}
	if _, err := c.ask(ctx, strings.TrimSuffix(tables, ";")); err != nil {
		return err
	}
	if err := c.importRows(ctx, rows); err != nil {
		return err
	}
	_, err := c.ask(ctx, strings.TrimSuffix(fill, ";"))
	return err
}

// importRows does for the driver what the command has an order for.
func (c *sqliteClient) importRows(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	tx, err := c.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	for in := bufio.NewReaderSize(f, 1<<20); ; {
		row, err := in.ReadString(recordSeparator[0])
		if err == io.EOF {
			return tx.Commit()
		}
		if err != nil {
			return err
		}
		var args []any
		for field := range strings.SplitSeq(strings.TrimSuffix(row, recordSeparator), unitSeparator) {
			args = append(args, field)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO raw VALUES (?,?,?,?,?,?,?,?)`, args...); err != nil {
			return err
		}
	}
}

// match is the request in FTS5's language, as an SQL literal.
func (r request) match() (string, error) {
	quoted := make([]string, len(r.Terms))
	for i, t := range r.Terms {
		quoted[i] = `"` + t + `"`
	}
	switch r.Kind {
	case "phrase":
		return `'"` + strings.Join(r.Terms, " ") + `"'`, nil
	case "prefix":
		return `'` + quoted[0] + `*'`, nil
	case "or":
		return `'` + strings.Join(quoted, " OR ") + `'`, nil
	case "fuzzy":
		return "", errNoWay
	}
	return `'` + strings.Join(quoted, " ") + `'`, nil
}

func (r request) sqliteWindow() string {
	if r.From == 0 {
		return ""
	}
	return fmt.Sprintf(" AND meta.lang = '%s' AND meta.created BETWEEN %d AND %d", r.Lang, r.From, r.To)
}

func (c *sqliteClient) search(ctx context.Context, r request) (answer, error) {
	q, err := r.match()
	if err != nil {
		return answer{}, err
	}
	const excerpt = `snippet(fts, 0, '<b>', '</b>', '…', 24)`
	var orders string
	a := answer{total: -1}
	switch {
	case r.Facets:
		a.total = 0
		order, rank := "rank, id", "rank"
		if r.New {
			order, rank = "created DESC, id", "0"
		}
		orders = `DROP TABLE IF EXISTS temp.found;
			CREATE TEMP TABLE found AS SELECT meta.*, ` + rank + ` AS rank FROM fts CROSS JOIN meta ON meta.id = fts.rowid WHERE fts MATCH ` + q + `;
			SELECT 'total', '', count(*) FROM found;
			SELECT 'lang', lang, count(*) FROM found GROUP BY lang;
			SELECT 'month', month, count(*) FROM found GROUP BY month;
			SELECT 'author', author, count(*) FROM found GROUP BY author ORDER BY 3 DESC LIMIT 10;
			WITH top AS MATERIALIZED (SELECT id, created FROM found ORDER BY ` + order + ` LIMIT 20)
			SELECT 'hit', ` + excerpt + `, top.created FROM top CROSS JOIN fts ON fts.rowid = top.id WHERE fts MATCH ` + q
	case r.From != 0:
		orders = `WITH top AS MATERIALIZED (SELECT meta.id FROM fts CROSS JOIN meta ON meta.id = fts.rowid
			WHERE fts MATCH ` + q + r.sqliteWindow() + ` ORDER BY rank LIMIT 20)
			SELECT 'hit', ` + excerpt + `, 0 FROM top CROSS JOIN fts ON fts.rowid = top.id WHERE fts MATCH ` + q
	default:
		orders = `SELECT 'hit', ` + excerpt + `, 0 FROM fts WHERE fts MATCH ` + q + ` ORDER BY rank LIMIT 20`
	}
	rows, err := c.ask(ctx, c.ended(orders))
	for _, row := range rows {
		n, _ := strconv.ParseInt(row[2], 10, 64) // of our own statement
		a.take(row[0], n, r.New)
	}
	return a, err
}

func (c *sqliteClient) count(ctx context.Context, r request) (int, error) {
	q, err := r.match()
	if err != nil {
		return 0, err
	}
	orders := `SELECT 'total', '', count(*) FROM fts WHERE fts MATCH ` + q
	if r.From != 0 {
		orders = `SELECT 'total', '', count(*) FROM fts CROSS JOIN meta ON meta.id = fts.rowid WHERE fts MATCH ` + q + r.sqliteWindow()
	}
	rows, err := c.ask(ctx, c.ended(orders))
	if err != nil || len(rows) != 1 {
		return 0, fmt.Errorf("count: %d rows: %w", len(rows), err)
	}
	return strconv.Atoi(rows[0][2])
}

// ended closes the last order where the command needs it.
func (c *sqliteClient) ended(orders string) string {
	if c.db != nil {
		return orders
	}
	return orders + ";"
}
